"""The frame that every dialog stands in: a title, its content, a line for what is wrong, and its buttons."""

from collections.abc import Callable
from typing import ClassVar, Protocol, TypeVar, runtime_checkable

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from tlsca.authority.advice.meanings import meaning
from tlsca.errors import TlscaError
from tlsca.tui.actions import LOCK
from tlsca.tui.bindings import bindings
from tlsca.tui.dialogs.frame import Frame
from tlsca.tui.jobs import Behind, Job, Way
from tlsca.tui.moving_acts import FORM_ACTS
from tlsca.tui.widgets.chooser import Chooser
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import sentence, tell_node, work

Answer = TypeVar("Answer")
T = TypeVar("T")

_FRAME_LINES = 4
"""The border, the buttons and the line above them, which says what the field with the focus means."""
_ERROR_LINES = 4
"""A sentence and its hint, and the line above them."""
_TIGHT = 70
"""Cells below which only the buttons that leave and do it have room; the others' keys work all the same."""
_LONG = 0.7
"""Seconds after which one may leave what is being done to itself."""


@runtime_checkable
class HasCommands(Protocol):
    """A dialog whose act has openssl commands that do the same; its frame then offers to show them."""

    def commands(self) -> Callable[[], str]:
        """Read the form as it stands now, and return what writes the commands down in a thread, or raises TlscaError there."""
        ...


class Dialog(ModalScreen[Answer]):
    """A dialog that Escape leaves without an answer."""

    TITLE_TEXT: ClassVar[str] = ""
    """What stands in the frame."""
    CONFIRM: ClassVar[str] = "OK"
    """What the button says that does it."""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """What takes the focus and what loses it draw themselves; Textual's own would have all drawn each time, also what lies below."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-huge")]  # noqa: RUF012 -- an instance variable to Textual

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        & > Vertical {
            width: 76; max-width: 100%; height: auto; max-height: 100%;
            background: $surface; border: round $primary; border-title-color: $primary; border-title-style: bold; border-subtitle-color: $text-muted; padding: 0 1;
        }
        & .dialog-body { height: auto; max-height: 1fr; scrollbar-size-vertical: 1; }
        & .dialog-lead { color: $text-muted; margin-bottom: 1; width: 100%; height: auto; }
        & .dialog-error { height: auto; margin-top: 1; display: none; }
        & .dialog-error.-shown { display: block; }
        & .dialog-lesson { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & .dialog-buttons { height: 1; align-horizontal: right; & Button { margin-left: 2; min-width: 12; } }
        &.-tight .dialog-buttons > #commands, &.-tight .dialog-buttons > #like { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings((*FORM_ACTS, LOCK)),
        Binding("pagedown", "page(1)", "Further down", show=False, id="page_down"),
        Binding("pageup", "page(-1)", "Further up", show=False, id="page_up"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.behind: Behind[Answer] | None = None
        """Where its work goes on when it is left; None where it cannot be left before that is done."""
        self._busy = False
        self._job: Job[Answer] | None = None

    def compose(self) -> ComposeResult:
        """Lay out title, body, error line and buttons."""
        with Frame(self.TITLE_TEXT):
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield from self.compose_body()
            yield Static(classes="dialog-error")
            yield Static(classes="dialog-lesson")
            with Horizontal(classes="dialog-buttons"):
                if isinstance(self, HasCommands):
                    yield _command_button()
                yield from self.compose_buttons()

    def on_resize(self) -> None:
        """Keep the error and the buttons in view, however much there is above them, and however little beside them."""
        self.set_class(self.size.width < _TIGHT, "-tight")
        self._fit()

    def _fit(self) -> None:
        told = _ERROR_LINES if self.query_one(".dialog-error").has_class("-shown") else 0
        room = max(self.size.height - _FRAME_LINES - told, 1)
        self.query_one(".dialog-body").styles.max_height = room
        self.share_out(room)

    def share_out(self, room: int) -> None:
        """Share out so many lines among the parts of the body, where one of them is not as high as what is in it."""

    def action_page(self, direction: int) -> None:
        """Scroll what is too long: the preview of a form, or else the whole body; no field takes these keys."""
        scrolled = [
            *self.query("#preview-box").results(VerticalScroll),
            self.query_one(".dialog-body", VerticalScroll),
        ]
        for part in scrolled:
            if part.max_scroll_y:
                part.scroll_relative(y=direction * max(part.size.height - 1, 1), animate=False)
                return

    def compose_body(self) -> ComposeResult:
        """Lay out what the dialog asks or tells."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """Lay out the buttons: to leave, and to do it."""
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="primary", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Leave or do it."""
        event.stop()
        if event.button.id == "leave":
            self.action_leave()
        elif event.button.id == "confirm":
            self.action_confirm()
        elif event.button.id == "commands":
            self.action_show_commands()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take Enter for the button."""
        event.stop()
        if not self._busy:
            self.action_confirm()

    def on_tick_submitted(self, event: Tick.Submitted) -> None:
        """Take Enter on a box for the button as well."""
        event.stop()
        if not self._busy:
            self.action_confirm()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be done twice, nor left half done: what is being made comes out."""
        if self._busy and action in {"confirm", "leave", "show_commands"}:
            return True if action == "leave" and self._can_be_left else None
        return super().check_action(action, parameters)

    @on(events.DescendantFocus)
    def _teach_focused(self, event: events.DescendantFocus) -> None:
        self._teach(event.widget)

    @on(events.DescendantBlur)
    def _teach_nothing(self) -> None:
        self.query_one(".dialog-lesson", Static).update("")

    @on(Chooser.Pointed)
    def _teach_pointed(self, event: Chooser.Pointed) -> None:
        self._teach(event.chooser, event.value)

    @on(Select.Changed)
    def _teach_chosen(self) -> None:
        self.teach_again()

    def teach_again(self) -> None:
        """Say anew what the field with the focus means, since something in it has changed."""
        if self.focused is not None:
            self._teach(self.focused)

    def _teach(self, widget: Widget, value: str = "") -> None:
        field = field_of(widget)
        chooser = next((above for above in widget.ancestors_with_self if isinstance(above, Chooser)), None)
        if field is not None:
            chosen = value or (chooser.chosen if chooser is not None else "")
            self.query_one(".dialog-lesson", Static).update(self.lesson(field, chosen))

    def lesson(self, field: Field, value: str) -> Content:
        """Return what is said, in one line, while a field has the focus; `value` is what is chosen in it, or pointed at."""
        return Content(meaning(field.topic, value))

    def action_leave(self) -> None:
        """Close without an answer; what is being made comes out all the same, and whoever asked for it is told."""
        if not self.is_mounted:  # else it would be laid out without its parts
            self.call_later(self.action_leave)
            return
        if self._job is not None and self.behind is not None:
            self._job.leave(self.behind.done, self.behind.jobs.tell)
        self.dismiss(None)

    def action_confirm(self) -> None:
        """Do what the dialog is for; one that only tells something closes."""
        self.dismiss(None)

    def action_show_commands(self) -> None:
        """Show the openssl commands that do what the form says now."""
        from tlsca.tui.dialogs.command import CommandDialog, Shown  # noqa: PLC0415 -- it is a dialog itself

        if isinstance(self, HasCommands) and not self._busy:
            self.app.push_screen(CommandDialog([Shown(self.CONFIRM, self.commands())]))

    def show_error(self, error: TlscaError | None) -> None:
        """Say what is wrong below the body, or nothing any more."""
        line = self.query_one(".dialog-error", Static)
        line.set_class(error is not None, "-shown")
        line.update(sentence(error) if error else "")
        self._fit()

    def busy(self, doing: bool) -> None:
        """Say that the work is being done, and keep it from being done twice."""
        self._busy = doing
        self.query_one("#leave", Button).disabled = doing
        button = self.query_one("#confirm", Button)
        button.disabled = doing
        button.label = "Working …" if doing else self.CONFIRM

    # Work that may take long

    def set_about(
        self,
        title: str,
        act: Callable[[], T],
        done: Callable[[T], object],
        failed: Callable[[TlscaError], object],
        *,
        told: Callable[[T], str] | None = None,
        way: Way = Way(),  # noqa: B008 -- it is frozen
    ) -> Job[T] | None:
        """Do something in a thread, which is a job where there is a home for it; as `Jobs.begin`, while the dialog is there."""
        if self.behind is None:
            work(self, act, done, failed=failed)
            return None
        return self.behind.jobs.begin(title, act, self._here(done), self._here(failed), told=told, way=way)

    def carry_out(
        self, title: str, act: Callable[[], Answer], failed: Callable[[TlscaError], object]
    ) -> None:
        """Do what the dialog is for in a thread, and answer what comes of it; where it takes long, one can leave it to itself."""

        def refused(error: TlscaError) -> None:
            self._job = None
            self.query_one("#leave", Button).label = "Cancel"
            failed(error)

        self.busy(True)
        self._job = self.set_about(title, act, self.dismiss, refused, way=Way(signs=True))
        self.set_timer(_LONG, self._offer_to_leave)

    def _here(self, hear: Callable[[T], object]) -> Callable[[T], None]:
        return lambda value: tell_node(self, lambda: hear(value))

    @property
    def _can_be_left(self) -> bool:
        return self._job is not None and not self.query_one("#leave", Button).disabled

    def _offer_to_leave(self) -> None:
        if self._busy and self._job is not None:
            leave = self.query_one("#leave", Button)
            leave.disabled, leave.label = False, "Leave it running"


def _command_button() -> Button:
    """Return the button that its key presses: Tab goes past it, from the fields to what the dialog is for."""
    button = Button("Command (F3)", id="commands", compact=True)
    button.can_focus = False
    return button


def field_of(widget: Widget) -> Field | None:
    """Return the field that a widget stands in, if any."""
    return next((above for above in widget.ancestors_with_self if isinstance(above, Field)), None)
