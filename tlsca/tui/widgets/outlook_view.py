"""What would be written, line by line: the mode, the size and the name of each file, and what to know beforehand."""

import os
from collections.abc import Iterator
from pathlib import Path

from textual.content import Content

from tlsca.authority.deploying import PlannedFile
from tlsca.authority.outgoing import Outlook
from tlsca.text import count, printable
from tlsca.tui.widgets.laid_out import LaidOut

_MOST_FILES = 100
_BEFORE_NAME = 15
"""Cells for mode and size."""


class OutlookView(LaidOut):
    """An outlook, or words in its place."""

    def show(self, outlook: Outlook, base: Path) -> None:
        """Show what would be written; names are told as seen from `base`."""
        self.lay_out(lambda width: list(_lines(outlook, base, max(width, _BEFORE_NAME + 1))))

    def say(self, instead: Content) -> None:
        """Say something in its place: why it cannot be."""
        self.lay_out(instead.wrap)


def _lines(outlook: Outlook, base: Path, width: int) -> Iterator[Content]:
    there = set(outlook.there)
    yield Content.styled("Mode   Octets  File", "$foreground-muted")
    for file in outlook.files[:_MOST_FILES]:
        yield from _file_lines(file, base, width, is_there=file.path in there)
    if len(outlook.files) > _MOST_FILES:
        yield Content.styled(f"and {count(len(outlook.files) - _MOST_FILES, 'file')} more", "$text-warning")
    for remark in outlook.remarks:
        yield Content("")
        yield from Content.styled(f"! {remark}", "$text-warning").wrap(width)


def _file_lines(file: PlannedFile, base: Path, width: int, *, is_there: bool) -> Iterator[Content]:
    """Yield the file, and what is in it beside its name, or below where there is no room for that."""
    size = "-" if file.octets is None else f"{file.octets:,}"
    secret = file.mode & 0o077 == 0
    mode = (f"{file.mode:04o}", "$text-warning" if secret else "")
    head = Content.assemble(mode, f"{size:>9}  ")
    told = Content.assemble(
        ("is there already; " if is_there else "", "$text-warning"), (file.title, "$foreground-muted")
    )
    name = printable(os.path.relpath(file.path, base))
    if len(name) + 2 + told.cell_length <= width - _BEFORE_NAME:
        yield Content.assemble(head, name, "  ", told)
        return
    names = Content(name).fold(max(width - _BEFORE_NAME, 1))
    yield Content.assemble(head, names[0])
    yield from (Content.assemble(" " * _BEFORE_NAME, rest) for rest in names[1:])
    for part in told.wrap(max(width - _BEFORE_NAME, 1)):
        yield Content.assemble(" " * _BEFORE_NAME, part)
