"""The line above a list in which words are typed that must all occur, hidden until it is asked for.

The certificates' own filter has fields and completions (see `filter_bar`); lists that are searched by words alone share this one.
"""

from tlsca.tui.widgets.line_input import LineInput


class WordFilter(LineInput):
    """Words as they are typed. Each change posts Textual's `Input.Changed`, Enter its `Input.Submitted`."""

    DEFAULT_CSS = """
    WordFilter {
        display: none;
        &.-shown { display: block; height: 1; border: none; background: $boost; padding: 0 1; }
    }
    """

    def __init__(self, placeholder: str) -> None:
        super().__init__(compact=True, placeholder=placeholder)

    @property
    def is_open(self) -> bool:
        """Whether it is to be seen."""
        return self.has_class("-shown")

    def open(self) -> None:
        """Show the line and put the cursor into it."""
        self.add_class("-shown")
        self.focus()

    def close(self) -> None:
        """Clear the filter and hide the line."""
        self.value = ""
        self.remove_class("-shown")
