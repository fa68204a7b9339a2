"""A line of text to be typed: Textual's own would draw whatever it is given, and what is pasted or filled in may hold escape sequences."""

from textual.widgets import Input

from tlsca.text import printable


class LineInput(Input):
    """An input that holds no character that a terminal would act upon, whoever put it there.

    It is not for passphrases: those are drawn as dots, and each of their characters counts.
    """

    def validate_value(self, value: str) -> str:
        """Leave out control, bidirectional and invisible characters."""
        return "".join(char for char in value if printable(char) == char)
