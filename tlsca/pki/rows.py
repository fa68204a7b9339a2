"""A titled fact: what every description of an object is made of.

It stands apart from those who describe, because whoever shows a fact need not load what it takes to find one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One titled fact. `note` says what it means, `children` are the facts inside it; all text is printable."""

    title: str
    value: str = ""
    note: str = ""
    children: Sequence["Row"] = ()
    """Of a very long list the members are made when they are asked for."""
    code: str = ""
    """Of a fact that finds fault, the code of the finding, which has a page."""

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON holds it, empty parts left out."""
        rows = [child.to_json() for child in self.children]
        parts = {"title": self.title, "value": self.value, "note": self.note, "rows": rows}
        return {name: part for name, part in parts.items() if part}
