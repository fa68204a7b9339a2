"""What every problem and finding means: one page for each code, which the app and the command line show without a network.

The pages are Markdown files beside this module, so that the documentation is made of the same text; a test holds that every code
which can be found has its page, and that no page is about nothing.
"""

import difflib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tlsca.errors import NotFound
from tlsca.text import printable, shorten

_SUFFIX = ".md"
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Section:
    """One question about a problem, and its answer: paragraphs, and commands that are indented by four blanks."""

    heading: str
    """Empty for what comes first: the meaning."""
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of one problem."""

    code: str
    title: str
    sections: tuple[Section, ...]

    @property
    def markdown(self) -> str:
        """The page as the documentation has it, without its title."""
        parts = (f"## {one.heading}\n\n{one.text}" if one.heading else one.text for one in self.sections)
        return "\n\n".join(parts) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        meaning, *rest = self.sections
        told = [{"heading": one.heading, "text": one.text} for one in rest]
        return {"code": self.code, "title": self.title, "meaning": meaning.text, "sections": told}


@cache
def codes() -> tuple[str, ...]:
    """Return every code that has a page, in alphabetical order."""
    names = (one.name for one in _folder().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def page(code: str) -> Page:
    """Return the page of a code. Raises NotFound, which names the nearest code there is."""
    if code not in codes():
        raise NotFound(
            f"There is no problem “{shorten(printable(code), _LONGEST_SHOWN)}”.", hint=_nearest(code)
        )
    head, *parts = _folder().joinpath(code + _SUFFIX).read_text("utf-8").split("\n## ")
    first, _, meaning = head.partition("\n")
    title = first.removeprefix(f"# {code}: ")
    return Page(code, title, (Section("", meaning.strip("\n")), *map(_section, parts)))


def _section(part: str) -> Section:
    heading, _, text = part.partition("\n")
    return Section(heading, text.strip("\n"))


def _folder() -> Traversable:
    return files(__name__)


def _nearest(code: str) -> str:
    near = difflib.get_close_matches(code.lower(), codes(), n=3)
    if near:
        return f"Meant is perhaps {' or '.join(near)}."
    return "tlsca explain lists all of them."
