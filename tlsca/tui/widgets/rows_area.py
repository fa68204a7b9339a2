"""A field for pasted rows, thousands of them if need be: what is pasted may hold escape sequences, which Textual's own would draw."""

import re

from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tlsca.text import printable

_LINE_END = re.compile(r"\r\n?")


class RowsArea(TextArea):
    """Lines of text without any character that a terminal would act upon; tabs stay, for they part the cells of a spreadsheet."""

    DEFAULT_CSS = """
    RowsArea {
        border: none; padding: 0 1; background: $panel; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        &:focus { background: $primary 20%; border: none; }
        & .text-area--placeholder { color: $text-muted; }
    }
    """

    def edit(self, edit: Edit) -> EditResult:
        """Leave control, bidirectional and invisible characters out of whatever goes in; terminals paste CR for a line's end."""
        edit.text = harmless(edit.text)
        return super().edit(edit)


def harmless(text: str) -> str:
    """Return the text without what a terminal would act upon, its lines ended by LF; a character that is shown is never changed."""
    lines = _LINE_END.sub("\n", text)
    without_tabs = lines.replace("\t", " ")
    if printable(without_tabs, keep_newlines=True) == without_tabs:
        return lines
    return "".join(char for char in lines if char in "\n\t" or printable(char) == char)
