"""What is drawn where no colours are wanted (NO_COLOR, see no-color.org): what stands out by its background is reversed.

Textual's own answer is shades of grey, which are colours to a terminal. Here no colour is sent at all; states are told by sign and
word anyway, and the cursor, marks and verdicts by reverse and bold.
"""

from collections.abc import Callable
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_FURTHER = 30
"""Steps of brightness, of 255, by which a background has to differ more than the panels do to stand out."""

_FAINT = 120
"""Steps between text and what is behind it below which the text is meant to stand back: what a field says while nothing is in it."""

Grounds = Callable[[], tuple[Color, Color]]
"""Returns the colours of the theme's background and of its panels."""


class WithoutColour(LineFilter):
    """Takes the colours out of every line, and leaves what they meant."""

    def __init__(self, grounds: Grounds) -> None:
        super().__init__()
        self._grounds = grounds

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 -- that of one widget
        """Return the segments of a line without colours."""
        ground, panel = map(_brightness, self._grounds())
        least = abs(panel - ground) + _FURTHER
        return [
            Segment(text, style and _plain(style, ground, least), control)
            for text, style, control in segments
        ]


def _brightness(colour: Color) -> int:
    return round(colour.brightness * 255)


@lru_cache(maxsize=4096)
def _plain(style: Style, ground: int, least: int) -> Style:
    """Return a style without its colours: reversed where it stands out from the ground by `least`, dim where it stands back."""
    behind = _brightness_of(style.bgcolor, ground)
    stands_out = abs(behind - ground) >= least
    is_faint = abs(_brightness_of(style.color, behind + _FAINT) - behind) < _FAINT
    return Style(
        bold=style.bold,
        dim=style.dim or is_faint,
        italic=style.italic,
        underline=style.underline,
        strike=style.strike,
        reverse=bool(style.reverse) != stands_out,
        link=style.link,
        meta=style.meta or None,
    )


def _brightness_of(colour: RichColor | None, otherwise: int) -> int:
    """Return the brightness of a colour, or `otherwise` for one that the terminal chooses."""
    if colour is None or colour.is_default:
        return otherwise
    return _brightness(Color.from_rich_color(colour))
