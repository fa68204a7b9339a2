"""The chain of a certificate, leaf to root: each one, how it hangs on the next, where it was found, and who is missing."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tlsca.authority.chaining import Chain, Link, Missing
from tlsca.pki.tie import Bond, Tie
from tlsca.text import listing, printable, rfc3339, state
from tlsca.tui.bindings import bindings
from tlsca.tui.moving_acts import LIST_ACTS

_COLOURS = {"valid": "$text-success", "expiring": "$text-warning", "not-yet-valid": "$text-warning"}
_BONDS = {
    Bond.SIGNED: ("✔", "$text-success"),
    Bond.KEY: ("≈", "$text-warning"),
    Bond.NAME: ("≈", "$text-warning"),
    Bond.BROKEN: ("✘", "$text-error"),
}
_QUIET = "$foreground-muted"
_STEP = 3
_DEEPEST = 8
"""Links below this one are not set in any further."""
_NARROWEST = 24


@dataclass(frozen=True, slots=True)
class _Line:
    """One line, and the certificate that it belongs to; None between two of them."""

    content: Content
    link: Link | None = None


class ChainView(Widget, can_focus=True):
    """A chain as a tree whose leaf stands at the top; one certificate is under the cursor.

    Posts `Chosen` on Enter, or on a click on the certificate under the cursor.
    """

    HELP = "Up and down go from certificate to certificate of the chain, Enter opens one."

    DEFAULT_CSS = """
    ChainView { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(act for act in LIST_ACTS if act.id not in {"page_up", "page_down"}),
        Binding("enter", "choose", "Open", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """Somebody wants to see this certificate."""

        link: Link

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._chain: Chain | None = None
        self._links: tuple[Link, ...] = ()
        self._told = Content("")

    @property
    def chain(self) -> Chain | None:
        """What is shown."""
        return self._chain

    def show(self, chain: Chain | None, told: Content | None = None) -> None:
        """Show a chain, or only some words where there is none; the cursor begins at the leaf."""
        same = chain is not None and self._chain is not None and _who(chain) == _who(self._chain)
        self._chain, self._told = chain, told or Content("")
        self._links = (*chain.links, *(chain.missing.namesakes if chain.missing else ())) if chain else ()
        if not same:
            self.set_reactive(ChainView.cursor, 0)
        self.refresh(layout=True)

    def text(self) -> str:
        """Return the chain as lines for a clipboard or a file."""
        return "\n".join(line.content.plain.rstrip() for line in self._laid_out(100)) + "\n"

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a certificate."""
        return max(0, min(cursor, len(self._links) - 1))

    def watch_cursor(self) -> None:
        """Bring the certificate into view, with what is said of it."""
        rows = [row for row, line in enumerate(self._lines()) if line.link is self._current]
        if rows and isinstance(self.parent, Widget):
            self.parent.scroll_to_region(
                Region(0, rows[0], 1, len(rows) + 1), animate=False, force=True, x_axis=False
            )
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor by so many certificates."""
        self.cursor += by

    def action_choose(self) -> None:
        """Ask for the certificate under the cursor to be shown."""
        if self._current is not None:
            self.post_message(self.Chosen(self._current))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the certificate; a second click opens it."""
        lines = self._lines()
        link = lines[event.y].link if 0 <= event.y < len(lines) else None
        if link is None:
            return
        if link is self._current:
            self.action_choose()
        else:
            self.cursor = next(place for place, one in enumerate(self._links) if one is link)

    def on_focus(self) -> None:
        """Draw the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw it more quietly."""
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- Textual's signature
        """Return how many lines there are at this width."""
        return len(self._laid_out(width))

    def render(self) -> RenderResult:
        """Draw them, the certificate under the cursor on its own ground."""
        ground = "on $primary 45%" if self.has_focus else "on $primary 15%"
        lines = [
            line.content.pad_right(max(self.size.width - line.content.cell_length, 0)).stylize(ground)
            if line.link is not None and line.link is self._current
            else line.content
            for line in self._lines()
        ]
        return Content("\n").join(lines)

    @property
    def _current(self) -> Link | None:
        return self._links[self.cursor] if 0 <= self.cursor < len(self._links) else None

    def _lines(self) -> list[_Line]:
        return self._laid_out(self.size.width)

    def _laid_out(self, width: int) -> list[_Line]:
        room = max(width, _NARROWEST)
        told = [_Line(part) for part in self._told.wrap(room)] if self._told.plain else []
        return [*told, *_chain_lines(self._chain, room)] if self._chain else told


def _who(chain: Chain) -> list[str]:
    return [link.certificate.sha256 for link in chain.links]


def _chain_lines(chain: Chain, width: int) -> Iterator[_Line]:
    for part in _wrapped(chain.sentence, width, "$text-success" if chain.sound else "$text-warning"):
        yield _Line(part)
    yield _Line(Content(""))
    for depth, link in enumerate(chain.links):
        yield from _link_lines(link, depth, width)
        last = depth == len(chain.links) - 1
        if link.tie is not None:
            yield _Line(_tie_line(link.tie, depth, itself=last))
    if chain.missing is not None:
        yield from _missing_lines(chain.missing, len(chain.links), width)


def _link_lines(link: Link, depth: int, width: int) -> Iterator[_Line]:
    margin = _margin(depth)
    room = max(width - len(margin), _NARROWEST)
    name = printable(link.certificate.subject) or link.certificate.label
    for part in _wrapped(name, room, "bold"):
        yield _Line(Content.assemble(margin, part), link)
    yield _Line(Content.assemble(margin, _state(link)), link)
    for part in _wrapped(_found(link), room, _QUIET):
        yield _Line(Content.assemble(margin, part), link)


def _state(link: Link) -> Content:
    one = link.certificate
    colour = _COLOURS.get(link.status, "$text-error")
    ends = f"until {rfc3339(one.not_after)[:10]}  " if one.not_after else ""
    return Content.assemble((f"{state(link.status)}  ", colour), (f"{ends}{one.sha256[:12]}", _QUIET))


def _found(link: Link) -> str:
    places = f"found: {listing(list(link.places))}"
    return f"{places}, trusted as a root" if link.trusted else places


def _tie_line(tie: Tie, depth: int, *, itself: bool) -> Content:
    glyph, colour = _BONDS[tie.bond]
    words = "signed by itself: the root" if itself and tie.bond is Bond.SIGNED else tie.bond.value
    why = f", {tie.why}" if tie.why else ""
    stem = "" if itself else "╰─ "
    return Content.assemble((_margin(depth) + stem, _QUIET), (f"{glyph} {words}", colour), (why, _QUIET))


def _missing_lines(missing: Missing, depth: int, width: int) -> Iterator[_Line]:
    margin = _margin(depth)
    room = max(width - len(margin), _NARROWEST)
    yield _Line(Content.assemble((_margin(depth - 1) + "╰─ ", _QUIET), ("✘ missing", "$text-error")))
    for part in _wrapped(missing.issuer, room, "bold $text-error"):
        yield _Line(Content.assemble(margin, part))
    facts = [f"key id {missing.key_id}"] if missing.key_id else []
    facts += [f"to be had at {url}, which was not asked" for url in missing.urls]
    for fact in facts:
        for part in _wrapped(fact, room, _QUIET):
            yield _Line(Content.assemble(margin, part))
    for part in _wrapped(missing.advice, room, ""):
        yield _Line(Content.assemble(margin, part))
    for link in missing.namesakes:
        yield _Line(Content(""))
        for part in _wrapped("Another of that name, which did not sign it:", room, "$text-warning"):
            yield _Line(Content.assemble(margin, part))
        yield from _link_lines(link, depth, width)
        if link.tie is not None:
            for part in _wrapped(f"✘ {link.tie.why}", room, "$text-error"):
                yield _Line(Content.assemble(margin, part))


def _margin(depth: int) -> str:
    return " " * (_STEP * min(depth, _DEEPEST))


def _wrapped(text: str, room: int, style: str) -> list[Content]:
    return [Content.styled(part, style) for part in textwrap.wrap(text, room, break_on_hyphens=False)]
