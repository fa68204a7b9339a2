"""Passphrases for keys that leave: one that nobody can guess, and how hard a typed one is to guess.

Whoever gets a sealed file tries as many passphrases as they like, so that the passphrase is all that stands before the key.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Base 32 without letters that are taken for digits or for one another (Crockford's)."""
_OCTETS = 15
_GROUP = 4

GENERATED_BITS = _OCTETS * 8

_WORD_BITS = 13.0  # one of 8,192 words, about what people choose from
_NUMBER_BITS = 11.0  # a year, a date, a run of digits
_SIGN_BITS = 5.0
_PARTS = re.compile(r"[^\W\d_]+|\d+|[^\w\s-]|_|[\s-]+")
_SEPARATOR = re.compile(r"[\s-]+")


class Grade(IntEnum):
    """How long a passphrase withstands guessing."""

    WEAK = 1
    """A single machine finds it."""
    FAIR = 2
    STRONG = 3
    """Nobody finds it."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How hard a passphrase is to guess."""

    bits: int
    """Guesses that it takes, as a power of two; of a typed one at most."""
    grade: Grade


def generate(random: Callable[[int], bytes]) -> str:
    """Return a passphrase of 120 bits in groups of four, drawn from `random(count)`: `k7qf-2m9x-…`; ASCII, 29 characters."""
    number = int.from_bytes(random(_OCTETS), "big")
    letters = [_ALPHABET[number >> shift & 31] for shift in range(0, GENERATED_BITS, 5)]
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, len(letters), _GROUP))


def strength(passphrase: str) -> Strength:
    """Return how hard a typed passphrase is to guess: an upper bound, which takes letters for words and digits for years."""
    parts = dict.fromkeys(
        part.casefold() for part in _PARTS.findall(passphrase)
    )  # said twice is guessed once
    bits = int(sum(map(_bits, parts)))
    return Strength(bits, _grade(bits))


def generated_strength() -> Strength:
    """Return how hard one that `generate` made is to guess, which is known exactly."""
    return Strength(GENERATED_BITS, Grade.STRONG)


def _bits(part: str) -> float:
    if _SEPARATOR.fullmatch(part):
        return 1.0
    variety = len(set(part))
    if part.isdigit():
        return min(variety * math.log2(10), _NUMBER_BITS)
    return min(variety * math.log2(26), _WORD_BITS) if part.isalpha() else _SIGN_BITS


def _grade(bits: int) -> Grade:
    return Grade.STRONG if bits >= 80 else Grade.FAIR if bits >= 50 else Grade.WEAK
