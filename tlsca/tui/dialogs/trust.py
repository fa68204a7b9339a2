"""Trust a root on this machine, or no longer: a box for each place that was found, and below them what ticking it changes.

Nothing is changed by a tick. What will be run stands there in full before it is, and the question counts the changes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Checkbox, Input, Label, Static

from tlsca.authority.desk import Desk
from tlsca.authority.trust.change import Change, State
from tlsca.authority.trust.place import Root, place_id, shown_path
from tlsca.authority.trust.places import Passwords, machine_places
from tlsca.authority.trusting import Changes, Prospect, carry_out, prospects, root_of, warnings
from tlsca.errors import TlscaError
from tlsca.pki.rows import Row
from tlsca.store.records import CertificateRecord
from tlsca.text import count, passphrase_octets, printable
from tlsca.tui.dialogs.dialog import Dialog
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.follower import Follower
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import work

_LOOKING = "Looking at what trusts it …"
_IDLE = "Tick what shall trust it. What that changes is shown here, and nothing is changed before you say so."


class TrustDialog(Dialog[None]):
    """What trusts a root, and what shall."""

    TITLE_TEXT = "Trust on this machine"
    CONFIRM = "Change"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('confirm')", "Yes", show=False),
        Binding("n", "answer('leave')", "No", show=False),
    ]

    DEFAULT_CSS = """
    TrustDialog {
        & #places { height: auto; margin-top: 1; }
        & #places Tick { width: 1fr; background: transparent; padding: 0; }
        & #preview-box { height: auto; min-height: 4; max-height: 10; margin-top: 1; background: $background; padding: 0 1; scrollbar-size-vertical: 1; }
        & #question { width: 1fr; margin-left: 1; }
        &.-huge > Vertical { width: 120; }
        &.-huge #preview-box { max-height: 26; }
    }
    """

    def __init__(self, desk: Desk, record: CertificateRecord) -> None:
        super().__init__()
        self._desk = desk
        self._record = record
        self._root: Root | None = None
        self._prospects: tuple[Prospect, ...] = ()
        self._outcome: tuple[Content, ...] = ()
        self._follower: Follower[tuple[Prospect, ...]] = Follower(self, self._show, self._explain)

    # Laying out

    def compose_body(self) -> ComposeResult:
        """Lay out the root, its places, the passwords, and what will be changed."""
        yield Facts(id="root")
        yield Vertical(id="places")
        yield Field("NSS password", _password("nss-password", "where a browser has a primary password"))
        yield Field("Java password", _password("java-password", "changeit, unless somebody changed it"))
        with VerticalScroll(id="preview-box", can_focus=False):
            yield Facts(id="changes")

    def compose_buttons(self) -> ComposeResult:
        """Lay out the question and the buttons."""
        yield Label("", id="question", markup=False)
        yield Button("Cancel", id="leave", compact=True)
        yield Button(self.CONFIRM, id="confirm", variant="error", compact=True)

    def on_mount(self) -> None:
        """Begin on Cancel, and look what trusts it."""
        self.query_one("#leave", Button).focus()
        self.query_one("#confirm", Button).disabled = True
        self.query_one("#changes", Facts).show((), head=[Content.styled(_LOOKING, "$foreground-muted")])
        self.look()

    # Looking

    @on(Input.Changed)
    def look(self) -> None:
        """Look what trusts it, with the passwords as they are typed now."""
        passwords = self._passwords()
        self.query_one("#confirm", Button).disabled = True
        self._follower.follow(lambda: self._looked(passwords))

    def _looked(self, passwords: Passwords) -> tuple[Prospect, ...]:
        self._root = root_of(self._desk, self._record.sha256)
        return prospects(self._desk, self._root, machine_places(passwords).found)

    def _passwords(self) -> Passwords:
        typed = [self.query_one(f"#{kind}-password", Input).value for kind in ("nss", "java")]
        nss, java = (passphrase_octets(value) if value else None for value in typed)
        return Passwords(nss, java)

    def _show(self, found: tuple[Prospect, ...]) -> None:
        self.call_later(self._lay_out, found)

    async def _lay_out(self, found: tuple[Prospect, ...]) -> None:
        """Show the places found, each ticked where it trusts the root, or as the operator has it."""
        wanted = {place_id(one.place): tick.value for one, tick in self._boxes() if tick.value != one.there}
        self._prospects = found
        places = self.query_one("#places", Vertical)
        await places.remove_children()
        await places.mount_all([_tick(one, wanted.get(place_id(one.place), one.there)) for one in found])
        self._show_root()
        self._show_changes()

    def _show_root(self) -> None:
        root = self._root
        if root is not None:
            told = [Row("Warning", sentence) for sentence in warnings(root, self._desk.now())]
            name = Row("Root", root.certificate.label)
            self.query_one("#root", Facts).show((name, Row("SHA-256", root.fingerprint), *told))

    def _explain(self, error: TlscaError) -> None:
        self.query_one("#changes", Facts).show(())
        self.show_error(error)

    # What is ticked

    def _boxes(self) -> Iterator[tuple[Prospect, Tick]]:
        return zip(self._prospects, self.query("#places Tick").results(Tick), strict=False)

    def _changes(self) -> tuple[Change, ...]:
        """Return what the boxes ask for that is otherwise now."""
        return tuple(
            one.add if tick.value else one.take for one, tick in self._boxes() if tick.value != one.there
        )

    @on(Checkbox.Changed)
    def _show_changes(self) -> None:
        """Show what the boxes ask for, and count it."""
        asked = {place_id(change.place): change for change in self._changes()}
        facts = [line for one in self._prospects for line in _lines(one, asked.get(place_id(one.place)))]
        idle = () if facts else (Content.styled(_IDLE, "$foreground-muted"),)
        self.query_one("#changes", Facts).show(facts, head=(*self._outcome, *idle))
        to_do = sum(change.state is State.TO_DO for change in asked.values())
        self.query_one("#question", Static).update(
            Content(f"Make {count(to_do, 'change')}? y/n" if to_do else "")
        )
        self.query_one("#confirm", Button).disabled = not to_do

    # Doing it

    @on(Input.Submitted)
    @on(Tick.Submitted)
    def _leave_the_field(self, event: Message) -> None:
        """Let Enter in a field do nothing but go to Cancel."""
        event.stop()
        event.prevent_default()
        self.query_one("#leave", Button).focus()

    async def action_answer(self, answer: str) -> None:
        """Take y or n for an answer, except where letters are typed."""
        if not isinstance(self.focused, Input):
            await self.run_action(answer)

    def action_confirm(self) -> None:
        """Make the changes in a thread."""
        plan = self._plan()
        if plan is None or not plan.to_do or self.query_one("#confirm", Button).disabled:
            return
        self.show_error(None)
        self.busy(True)
        work(self, lambda: carry_out(self._desk, plan), self._done, failed=self._refuse)

    def _plan(self) -> Changes | None:
        return Changes(self._root, self._changes()) if self._root is not None else None

    def _done(self, done: Sequence[Change]) -> None:
        """Say what became of each place, and look again."""
        self.busy(False)
        self._outcome = tuple(Content.styled(_outcome(change), "$text-success") for change in done)
        self.query_one("#leave", Button).label = "Close"
        self.query_one("#leave", Button).focus()
        self.look()

    def _refuse(self, error: TlscaError) -> None:
        self.busy(False)
        self.show_error(error)

    def commands(self) -> Callable[[], str]:
        """Return what writes down the commands that the ticked boxes run."""
        plan = self._plan()
        return lambda: (plan.commands if plan else "") or "# Nothing is changed.\n"


def _password(name: str, hint: str) -> LineInput:
    return LineInput(id=name, compact=True, password=True, placeholder=hint)


def _tick(one: Prospect, value: bool) -> Tick:
    tick = Tick("", value)
    tick.label = Content.assemble(_heading(one), "  ", (_standing(one), "$foreground-muted"))
    return tick


def _standing(one: Prospect) -> str:
    """Return how a place stands to the root, in a few words."""
    if one.there:
        return "trusts it" if one.take.steps else "trusts it, not by tlsca"
    if one.add.before is None:
        return "cannot be read"
    return "not asked from here" if one.place.only_shown else "does not trust it"


def _lines(one: Prospect, change: Change | None) -> Iterator[Content]:
    """Yield what happens in a place: the commands that are run, or why they are not and what they would be; else nothing."""
    unread = one.add.before is None
    if change is None and not unread:
        return
    yield Content.assemble((_heading(one), "bold"), "  ", (shown_path(one.place), "$foreground-muted"))
    why = one.add.why if unread or change is None else change.why
    if why:
        yield Content.styled(f"! Stays as it is. {why}", "$text-warning")
    for step in change.steps if change is not None else ():
        if not why:
            yield Content(f"· {step.sentence}")
        for line in step.command.shown(root=one.place.needs_root).splitlines():
            yield Content.styled(printable(line), "$foreground-muted")


def _heading(one: Prospect) -> str:
    return one.place.title[:1].upper() + one.place.title[1:]


def _outcome(change: Change) -> str:
    done = "trusts it now" if change.adds else "trusts it no longer"
    return f"✔ {change.place.title} {done}. {change.place.note}".rstrip()
