"""What was written: each file with its mode, its size and its proof, and below them the lines that use them."""

import os
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from pathlib import Path

from textual.content import Content

from tlsca.authority.deploying import Placed
from tlsca.authority.outgoing import HandedOut
from tlsca.text import count, printable
from tlsca.tui.widgets.laid_out import LaidOut

_MOST_FILES = 200
_BEFORE_NAME = 15
_BEGIN, _END = "--- begin: ", "--- end: "
_INSTALLATION = f"{_BEGIN}install ---"


class HandedOutView(LaidOut):
    """Files, and the configuration that names them."""

    def show(self, done: HandedOut, base: Path) -> None:
        """Show what was written; names are told as seen from `base`."""
        self.lay_out(lambda width: _lines(done, base, max(width, _BEFORE_NAME + 1)))


def _lines(done: HandedOut, base: Path, width: int) -> list[Content]:
    return [*_written(done, base, width), *_used(done.readme, width)]


def configuration(readme: str) -> str:
    """Return the lines of a README that go into a configuration: its blocks, a blank line between them.

    The one that brings the files to their place is a shell's, and no part of it.
    """
    blocks: list[list[str]] = []
    inside = False
    for line in readme.splitlines():
        if line.startswith(_BEGIN) and line != _INSTALLATION:
            inside = True
            blocks.append([])
        elif line.startswith(_END):
            inside = False
        elif inside:
            blocks[-1].append(line)
    return "\n\n".join("\n".join(block) for block in blocks) + "\n" if blocks else ""


def _written(done: HandedOut, base: Path, width: int) -> Iterator[Content]:
    where = printable(str(base))
    yield from Content.assemble(("✔ Written to ", "bold $text-success"), (where, "bold")).wrap(width)
    yield Content("")
    yield Content.styled("Mode   Octets  File", "$foreground-muted")
    for file in done.files[:_MOST_FILES]:
        yield from _file(file, base, width)
    if len(done.files) > _MOST_FILES:
        yield Content.styled(f"and {count(len(done.files) - _MOST_FILES, 'file')} more", "$text-warning")


def _file(file: Placed, base: Path, width: int) -> Iterator[Content]:
    """Yield a file, what it holds by its own account, and how that is sealed."""
    secret = file.mode & 0o077 == 0
    name = printable(os.path.relpath(file.path, base))
    head = Content.assemble((f"{file.mode:04o}", "$text-warning" if secret else ""), f"{file.octets:>9,}  ")
    holds = f"read back: {file.proof.holds}"
    room = max(width - _BEFORE_NAME, 1)
    if len(name) + 2 + len(holds) <= room:
        yield Content.assemble(head, name, (f"  {holds}", "$text-success"))
    else:
        yield from _indented(head, Content(name).fold(room))
        yield from _indented(Content(" " * _BEFORE_NAME), Content.styled(holds, "$text-success").wrap(room))
    for row in file.proof.sealing:
        told = Content.assemble((f"{row.title}: ", "$foreground-muted"), row.value)
        yield from _indented(Content(" " * _BEFORE_NAME), told.wrap(room))


def _indented(head: Content, lines: list[Content]) -> Iterator[Content]:
    yield Content.assemble(head, lines[0])
    yield from (Content.assemble(" " * _BEFORE_NAME, line) for line in lines[1:])


def _used(readme: str, width: int) -> Iterator[Content]:
    """Yield what a README says about the use of the files; lines to be pasted stand out, and keep their breaks."""
    inside = False
    for line in _about_use(readme):
        if line.startswith((_BEGIN, _END)):
            inside = line.startswith(_BEGIN)
        elif inside:
            yield from Content.styled(printable(line), "$primary").fold(width) or [Content("")]
        else:
            yield from Content(printable(line)).wrap(width) or [Content("")]


def _about_use(readme: str) -> Iterator[str]:
    """Yield the README without the list of files, which stands above, and without what is for the day of renewal."""
    lines = takewhile(lambda line: not line.startswith("Valid until "), readme.splitlines())
    before = list(takewhile(lambda line: line != "Files:", lines))
    yield from ("", *(line for line in before if line.startswith("Place"))) if before else ()
    yield from dropwhile(lambda line: line.startswith("  "), lines)
