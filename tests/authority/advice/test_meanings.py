"""The table of what fields and choices mean: complete, and each sentence short enough for the line that it is read in."""

import pytest

from tlsca.authority.advice.meanings import FIELDS, OPTIONS, PROFILES, WIDEST, meaning
from tlsca.pki.keys import KINDS
from tlsca.pki.profiles import PROFILES as BUILT_IN


@pytest.mark.parametrize(
    "sentence", [*FIELDS.values(), *(one for of in OPTIONS.values() for one in of.values())]
)
def test_each_sentence_fits_a_line_of_eighty_columns(sentence):
    assert len(sentence) <= WIDEST
    assert sentence[0].isupper()


def test_every_profile_that_is_issued_and_every_kind_of_key_has_a_meaning():
    assert set(PROFILES) == set(BUILT_IN) - {"root"}
    assert set(OPTIONS["key"]) == set(KINDS)


def test_a_value_without_a_meaning_of_its_own_has_that_of_its_field():
    assert meaning("profile", "web") == FIELDS["profile"]
    assert meaning("key", "ed25519") != FIELDS["key"]
    assert meaning("elsewhere") == ""
