"""Foreign text on its way to a terminal, and the small forms that facts take as text."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca import text
from tlsca.text import printable

EVERYTHING = st.text(st.characters())
HOSTILE = st.text(
    alphabet="a\x1b\x07\x9b\x7f\n\r\t\0\u202e\u2066\u200b\u200d\u00ad\ufeff\u2028\ue000\U000e0041\ufe0f\u3164\\x",
    max_size=20,
)
"""Escape, bell, CSI, DEL, overrides, isolates, zero-width characters, tags, private use, variation selectors, Hangul filler."""


@given(EVERYTHING | HOSTILE)
def test_nothing_that_moves_a_cursor_turns_a_line_round_or_hides_survives(foreign):
    safe = printable(foreign)
    assert not {unicodedata.category(char) for char in safe} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not set(safe) & set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u3164\ufe00\ufe0f\uffa0\U000e0100")
    safe.encode("utf-8")


@given(EVERYTHING | HOSTILE)
def test_making_safe_text_safe_again_changes_nothing(foreign):
    assert printable(printable(foreign)) == printable(foreign)


@given(
    st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0"))
)
def test_letters_digits_and_punctuation_of_every_script_stay(harmless):
    assert printable(harmless) == harmless


@given(HOSTILE)
def test_only_text_that_tlsca_laid_out_keeps_its_newlines(foreign):
    kept = printable(foreign, keep_newlines=True)
    assert kept.count("\n") == foreign.count("\n")
    assert kept.replace("\n", "\\n") == printable(foreign)


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\t\r\0", "a\\nb\\t\\r\\0"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("Bücher, 例え, 💩", "Bücher, 例え, 💩"),
    ],
)
def test_what_is_unsafe_is_shown_as_an_escape(foreign, shown):
    assert printable(foreign) == shown


@given(st.text(), st.integers(0, 50))
def test_shortened_text_fits(words, width):
    shortened = text.shorten(words, width)
    assert len(shortened) <= max(width, 1)
    assert shortened == words or shortened.endswith("…")


@given(st.integers(-(2**160), 2**160))
def test_a_serial_number_is_whole_octets_in_lower_case_and_reads_back(serial):
    shown = text.serial_hex(serial)
    assert int(shown, 16) == serial
    assert len(shown.lstrip("-")) % 2 == 0
    assert shown == shown.lower()


def test_fingerprints_are_compared_by_eye():
    assert text.hex_colons("abcdef") == "AB:CD:EF"
    assert text.hex_colons("abc") == "0A:BC"
    assert text.hex_colons("") == ""


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(9999, 12, 30)), st.integers(-12, 14))  # noqa: DTZ001 -- hypothesis draws naive times
def test_a_time_is_written_in_utc_and_reads_back(moment, hours):
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    written = text.rfc3339(aware)
    assert written.endswith("Z")
    assert text.from_rfc3339(written) == aware.replace(microsecond=0)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=90, seconds=-1), "90 days"),
        (timedelta(days=729), "729 days"),
        (timedelta(days=3650), "10 years"),
        (-timedelta(days=3), "3 days"),
    ],
)
def test_a_time_span_is_one_rounded_unit(span, words):
    assert text.duration(span) == words


def test_what_remains_is_said_from_now():
    now = datetime(2030, 1, 31, tzinfo=UTC)
    assert text.remaining(now + timedelta(days=89), now) == "in 89 days"
    assert text.remaining(now - timedelta(hours=3), now) == "3 hours ago"
    assert text.remaining(now, now) == "in 0 seconds"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (list("abc"), "a, b and c"),
        (list("abcdefg"), "a, b, c, d and 3 more"),
    ],
)
def test_a_list_is_said_and_its_rest_counted(words, said):
    assert text.listing(words) == said


@given(st.binary())
def test_a_passphrase_that_is_no_utf_8_keeps_its_octets(octets):
    assert text.passphrase_octets(octets.decode("utf-8", "surrogateescape")) == octets


def test_a_state_is_a_glyph_and_a_word():
    assert text.state("revoked") == "✕ revoked"
    assert text.state("unheard-of") == "· unheard-of"
