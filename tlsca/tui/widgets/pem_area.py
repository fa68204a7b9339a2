"""A field for a pasted PEM text: what is pasted may hold escape sequences, which Textual's own would draw."""

from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from tlsca.tui.widgets.rows_area import harmless


class PemArea(TextArea):
    """A few lines of text without any character that a terminal would act upon."""

    DEFAULT_CSS = """
    PemArea { height: 3; border: none; padding: 0; background: $panel; &:focus { background: $primary 20%; border: none; } }
    """

    def edit(self, edit: Edit) -> EditResult:
        """Leave control, bidirectional and invisible characters out of whatever goes in; terminals paste CR for a line's end."""
        edit.text = harmless(edit.text)
        return super().edit(edit)
