"""The form of an explanation: what a field is called, what it is for, and where that is written down.

Data, apart from the code that reads the fields: a sentence can then be checked against its source, and mended, by who knows the
source and no Python.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person wants to know of a field, an extension, a purpose or an algorithm."""

    title: str
    text: str
    """A sentence or two: what it is for, and what goes wrong without it."""
    source: str = ""
    """Where that is written: `RFC 5280, 4.2.1.9`."""
    critical: str = ""
    """Of an extension: whether it is to be critical, and why."""

    @property
    def note(self) -> str:
        """The text and its source, for one paragraph."""
        return f"{self.text} ({self.source})" if self.source else self.text
