"""A field for a pasted PEM text: what is pasted may hold escape sequences, which Textual's own would draw."""

from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tlsca.text import printable


class PemArea(TextArea):
    """A few lines of text without any character that a terminal would act upon."""

    DEFAULT_CSS = """
    PemArea { height: 3; border: none; padding: 0; background: $panel; &:focus { background: $primary 20%; border: none; } }
    """

    def edit(self, edit: Edit) -> EditResult:
        """Leave control, bidirectional and invisible characters out of whatever goes in."""
        edit.text = "".join(char for char in edit.text if char == "\n" or printable(char) == char)
        return super().edit(edit)
