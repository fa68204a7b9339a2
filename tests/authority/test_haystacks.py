"""The texts in which a filter looks: whatever stands in certificates, they find what a look at each certificate finds."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from tlsca.authority.catalogue import Catalogue
from tlsca.authority.filtering import Filter, InField, Term, Text
from tlsca.authority.listing import Entry
from tlsca.authority.ordering import Order
from tlsca.store.records import CertificateRecord

NOW = datetime(2030, 1, 31, tzinfo=UTC)
VALUES = st.text("abA.Σ \n\x1c\x1d\x1e\x1fserv", max_size=6)
NEEDLES = st.text("ab.σς \x1c\x1eserv", min_size=1, max_size=4)
PATTERNS = st.text("ab.*σς \n\x1eserv", min_size=1, max_size=6)
FIELDS = st.sampled_from(["san", "name", "subject", "serial", "sha256", "note", "tag", "profile"])


def entry_of(subject="CN=a", names=(), serial="7a", label=None, note=None, tags=()) -> Entry:
    record = CertificateRecord(
        id="0" * 32,
        sha256="ab" * 32,
        serial=serial,
        subject=subject,
        issuer="CN=b",
        profile="server",
        names=tuple(names),
        not_before=NOW,
        not_after=NOW + timedelta(days=9),
        key="ec-p256",
        key_id="0" * 64,
        is_authority=False,
        created_at=NOW,
        label=label,
        note=note,
        tags=tuple(tags),
    )
    return Entry(record, "valid", None, False, None, NOW)


ENTRIES = st.lists(
    st.builds(
        entry_of,
        subject=VALUES,
        names=st.lists(VALUES, max_size=3),
        serial=st.sampled_from(["7a", "abab", "a"]),
        label=st.none() | VALUES,
        note=st.none() | VALUES,
        tags=st.lists(VALUES, max_size=2),
    ),
    max_size=4,
)
TERMS = st.builds(
    Term,
    st.builds(Text, NEEDLES | st.just("abab"))
    | st.builds(InField, FIELDS, st.lists(PATTERNS, min_size=1, max_size=2).map(tuple)),
    st.booleans(),
)


def selected(catalogue: Catalogue, wanted: Filter) -> list[Entry]:
    return list(catalogue.select(wanted, Order()).entries)


@given(entries=ENTRIES, terms=st.lists(TERMS, min_size=1, max_size=2))
@example(entries=[entry_of(names=["b", "a"])], terms=[Term(InField("san", ("ba",)))])
@example(entries=[entry_of(subject="CN=a")], terms=[Term(InField("subject", ("server*",)))])
@example(entries=[entry_of(names=["a\x1eb"])], terms=[Term(InField("san", ("b*",)), negated=True)])
@example(entries=[entry_of(subject="")], terms=[Term(InField("name", ("7*",)))])
@example(entries=[entry_of(subject="", serial="abab")], terms=[Term(Text("ba"))])
@example(entries=[entry_of(), entry_of(serial="abab")], terms=[Term(Text("ababababab"))])
def test_texts_find_what_a_look_at_each_certificate_finds(entries, terms):
    wanted = Filter(tuple(terms))
    keeps = wanted.tester()
    assert selected(Catalogue(entries), wanted) == [entry for entry in entries if keeps(entry)]


@given(before=ENTRIES, later=ENTRIES, term=TERMS)
def test_texts_that_are_taken_over_find_the_same_as_new_ones(before, later, term):
    entries, wanted = [*before[:2], *later], Filter((term,))
    assert selected(Catalogue(before).followed_by(entries), wanted) == selected(Catalogue(entries), wanted)
