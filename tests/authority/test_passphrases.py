"""Passphrases: what is made cannot be guessed, and what is typed is not flattered."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority.passphrases import GENERATED_BITS, Grade, generate, generated_strength, strength


@given(st.binary(min_size=15, max_size=15), st.binary(min_size=15, max_size=15))
def test_every_bit_that_is_drawn_is_in_what_is_made(one, other):
    asked = []

    def draw(count):
        asked.append(count)
        return one

    assert (generate(draw) == generate(lambda _: other)) == (one == other)
    assert asked == [GENERATED_BITS // 8]


def test_what_is_made_can_be_read_out_and_typed_on_any_keyboard():
    made = generate(os.urandom)
    assert [len(group) for group in made.split("-")] == [4] * 6
    assert made.isascii()
    assert made == made.lower()
    assert not set(made) & set("ilou")
    assert generated_strength().bits >= 100


@pytest.mark.parametrize("typed", ["", "password", "Passw0rd!", "letmein2026", "aaaaaaaaaaaaaaaaaaaa", "test test test test", "1234567890123456"])  # fmt: skip
def test_what_everybody_thinks_of_is_weak(typed):
    assert strength(typed).grade is Grade.WEAK


def test_four_words_are_fair_and_seven_strong():
    assert strength("correct horse battery staple").grade is Grade.FAIR
    assert strength("correct horse battery staple window river moss").grade is Grade.STRONG


@given(st.text(), st.text())
def test_more_letters_never_make_it_weaker_than_either_part(one, other):
    both = strength(f"{one} {other}").bits
    assert both >= max(strength(one).bits, strength(other).bits)
