"""What is said of a name that nobody has: the one that was meant."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tlsca.store.indexes import CertificateIndexes
from tlsca.store.references import nearest, unknown

HOSTS = [f"host{number}.example.com" for number in range(1, 400)]
TABLE = {
    str(number): {
        "subject": f"CN={host},O=Acme",
        "names": [host],
        "serial": f"{number:x}",
        "sha256": f"{number:x}",
    }
    for number, host in enumerate(HOSTS, 1)
}


@pytest.fixture(scope="module", params=["noted", "indexed"])
def names_with(request):
    indexes = CertificateIndexes(lambda: TABLE)
    if request.param == "indexed":
        indexes.names.words()
    return indexes.names_with()


def mistyped(name: str, at: int, letter: str) -> set[str]:
    """Return a name with one letter mistyped, left out or added, and with two exchanged."""
    before, after = name[:at], name[at:]
    return {
        before + letter + after[1:],
        before + after[1:],
        before + letter + after,
        before + after[1::-1] + after[2:],
    }


@given(host=st.sampled_from(HOSTS), at=st.integers(0, 18), letter=st.sampled_from("abxyz-."))
@example(host="host1.example.com", at=0, letter="x")
def test_a_name_that_was_mistyped_is_told(names_with, host, at, letter):
    for wrong in mistyped(host, at, letter) - set(HOSTS):
        told = nearest(wrong, names_with)
        assert told is not None
        assert wrong in mistyped_anywhere(told)


def mistyped_anywhere(name: str) -> set[str]:
    letters = {*"abcdefghijklmnopqrstuvwxyz0123456789-."}
    return {
        wrong for at in range(len(name) + 1) for letter in letters for wrong in mistyped(name, at, letter)
    }


def test_a_name_that_is_like_none_has_none_told(names_with):
    error = unknown("printer", names_with)
    assert error.sentence == "Nothing in the store is called “printer”."
    assert error.hint == "See `tlsca list` for what there is."


@pytest.mark.parametrize("name", ["a", "ab", "", "\n", "=", "cn="])
def test_short_and_odd_names_are_told_apart_from_all(names_with, name):
    assert nearest(name, names_with) in (None, *HOSTS)


def test_a_subject_that_was_mistyped_is_told(names_with):
    assert nearest("cn=hots17.example.com,o=acme", names_with) == "cn=host17.example.com,o=acme"
