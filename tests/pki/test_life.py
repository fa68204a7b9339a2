"""The bar of a certificate's life."""

from datetime import UTC, datetime, timedelta

import pytest

from tlsca.pki.life import EMPTY, FULL, life_rows

BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=100)


@pytest.mark.parametrize(
    ("elapsed", "over", "said"),
    [
        (-10, 0, "begins in 10 days"),
        (0, 0, "0 %, 100 days left"),
        (50, 8, "50 %, 50 days left"),
        (99, 15, "99 %, 24 hours left"),
        (100, 16, "100 %, 0 seconds left"),
        (130, 16, "over for 30 days"),
    ],
)
def test_the_bar_shows_how_much_is_over_and_says_what_is_left(elapsed, over, said):
    (row,) = life_rows(BEGIN, END, now=BEGIN + timedelta(days=elapsed))
    assert row.value == FULL * over + EMPTY * (16 - over) + " " + said


def test_what_ends_before_it_begins_has_no_life():
    assert not list(life_rows(END, BEGIN, now=BEGIN))
