"""Themes of the house and of one's own, and what becomes of them where there are no colours or no signs beyond ASCII."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tlsca.errors import SettingsError
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.ascii_output import in_ascii, wants_ascii
from tlsca.tui.own_themes import own_themes
from tlsca.tui.themes import THEMES, counterpart
from tlsca.tui.without_colour import WithoutColour

_READABLE = 4.5
"""Contrast of text, by the Web Content Accessibility Guidelines, 1.4.3."""


def luminance(colour):
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one, other):
    lighter, darker = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_states_can_be_read_on_every_ground_of_our_themes(theme):
    least = 7 if "contrast" in theme.name else _READABLE
    for colour in (theme.foreground, theme.primary, theme.success, theme.warning, theme.error, theme.accent):
        assert min(contrast(colour, ground) for ground in (theme.background, theme.surface)) >= least


def test_dark_and_light_go_together_in_pairs():
    for theme in THEMES:
        there = next(one for one in THEMES if one.name == counterpart(theme))
        assert there.dark != theme.dark
        assert counterpart(there) == theme.name
    assert counterpart(BUILTIN_THEMES["nord"]) == "tlsca-light"


def test_a_theme_of_ones_own_is_offered(tmp_path, monkeypatch):
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "amber.toml").write_text('primary = "#ffb000"\ndark = true\n')
    (tmp_path / "config.toml").write_text("")
    monkeypatch.setenv("TLSCA_CONFIG", str(tmp_path / "config.toml"))
    app = TlscaApp(Settings(store=tmp_path / "none", theme="amber"))
    assert app.current_theme.primary == "#ffb000"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('secondary = "red"\n', "no primary"),
        ('primary = "red"\nprimry = "red"\n', r"amber\.toml:2 sets “primry”"),
        ('primary = "no such"\n', r"amber\.toml:1: primary is “no such”, which is no colour"),
        ('primary = "red"\ndark = 1\n', r"amber\.toml:2: dark is neither"),
        ("primary", "cannot be read"),
    ],
)
def test_a_theme_that_cannot_be_is_told_with_its_line(tmp_path, text, said):
    (tmp_path / "amber.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        list(own_themes(tmp_path))


def test_a_theme_that_there_is_not_is_told_with_the_nearest(tmp_path):
    with pytest.raises(SettingsError) as told:
        TlscaApp(Settings(store=tmp_path / "none", theme="tlsca-drak"))
    assert told.value.hint == "Did you mean tlsca-dark?"


def test_without_colours_what_stood_out_is_reversed_and_the_rest_keeps_its_weight():
    drawn = WithoutColour(lambda: (Color(0, 0, 0), Color(10, 10, 10)))
    cursor, panel, cut = (
        Segment("row", Style(color="red", bgcolor="#404040", bold=True)),
        Segment("bar", Style(color="red", bgcolor="#0c0c0c")),
        Segment("x", Style(bgcolor="#ffffff", reverse=True, meta={"@click": "app.quit"})),
    )
    row, bar, turned = (one.style for one in drawn.apply([cursor, panel, cut], Color(0, 0, 0)))
    assert (row.color, row.bgcolor, row.reverse, row.bold) == (None, None, True, True)
    assert (bar.color, bar.bgcolor, bar.reverse) == (None, None, False)
    assert (turned.reverse, turned.meta) == (False, {"@click": "app.quit"})


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_text_in_ascii_takes_the_cells_that_it_took(text):
    drawn = in_ascii(text)
    assert drawn.isascii()
    assert cell_len(drawn) == sum(cell_len(one) for one in text)


def test_the_signs_of_the_app_are_told_apart_in_ascii():
    assert len(set(in_ascii("●◐○✕◫◌"))) == len("●◐○✕◫◌")
    assert in_ascii("╭─ “Tomás” ─╮ → …") == '+- "Tomas" -+ > ~'
    assert not re.search(r"\?", in_ascii("✔✘▣▢≡✎◆▁▂▃▄▅▆▇█├└│⏎▰▱⠋"))


def test_ascii_is_drawn_where_it_is_wanted_or_nothing_else_is_known():
    assert wants_ascii("always", {"TERM": "xterm"})
    assert not wants_ascii("never", {"TERM": "linux"})
    assert wants_ascii("auto", {"TERM": "linux"})
