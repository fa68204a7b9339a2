"""The filter: what it finds, how it is written and read again, and how it goes on while it is typed."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tlsca.authority import listing
from tlsca.authority.catalogue import Catalogue
from tlsca.authority.completing import Vocabulary, completions
from tlsca.authority.filter_fields import FIELDS, MOMENTS
from tlsca.authority.filter_reading import FIELD_NAMES, read_filter
from tlsca.authority.filtering import Filter, InField, Term, Text, When
from tlsca.authority.ordering import Order
from tlsca.errors import FilterUnreadable


def found(desk, text):
    """Return what a filter finds; the test of one certificate and the one of the whole list must agree."""
    entries, wanted = listing.entries(desk), read_filter(text)
    selected = Catalogue(entries).select(wanted, Order()).entries
    assert selected == [entry for entry in entries if wanted.tester()(entry)]
    return [entry.title for entry in selected]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", ["Acme Root", "Acme Issuing", "www.corp.example", "Alice Smith", "*.test.example"]),
        ("corp", ["www.corp.example"]),
        ("ALICE", ["Alice Smith"]),
        ('"alice smith"', ["Alice Smith"]),
        ('"smith alice"', []),
        ("-example -root", ["Acme Issuing", "Alice Smith"]),
        ("san:*.corp.example", ["www.corp.example"]),
        ("san:10.0.0.1", ["www.corp.example"]),
        ("san:*.0.*.1", ["www.corp.example"]),
        ("san:*.example", ["www.corp.example", "*.test.example"]),
        ("san:*.test.*", ["*.test.example"]),
        ("issuer:issuing", ["www.corp.example", "*.test.example"]),
        ("issuer:acme*g", ["www.corp.example", "*.test.example"]),
        ('issuer:"Acme Root" -profile:root', ["Acme Issuing", "Alice Smith"]),
        ("issuer:acme -issuer:issuing", ["Acme Root", "Acme Issuing", "Alice Smith"]),
        ("profile:client", ["Alice Smith"]),
        ("profile:client,root", ["Acme Root", "Alice Smith"]),
        ("key:ed25519", ["Alice Smith"]),
        ("key:ec-*", ["Acme Root", "Acme Issuing", "www.corp.example", "*.test.example"]),
        ("expires<30d", ["Alice Smith"]),
        ("expires>1y -profile:root -profile:intermediate", ["*.test.example"]),
        ("expires<2w", ["Alice Smith"]),
        ("expires:2030-02", ["Alice Smith"]),
        ("expires:2030", ["www.corp.example", "Alice Smith"]),
        ("expires:2030-05-01", ["www.corp.example"]),
        ("expires<2030-05-01", ["Alice Smith"]),
        ("expires>2030 -profile:root -profile:intermediate", ["*.test.example"]),
        ("issued>1d", []),
        ("issued<1d alice", ["Alice Smith"]),
        ("name:alice status:valid", ["Alice Smith"]),
        ("state:valid,expired alice", ["Alice Smith"]),
        ("status:expired", []),
        ("status:*i*d -client", ["Acme Root", "Acme Issuing", "www.corp.example", "*.test.example"]),
        ("subject:o=acme", ["Acme Root"]),
        ("status: alice", ["Alice Smith"]),
        ("[", []),
        ("expires.example", []),
        ("https://x", []),
        ('"status:valid"', []),
    ],
)
def test_a_filter_joins_its_terms(desk, shop, text, titles):
    assert found(desk, text) == titles


def test_a_number_is_found_by_its_beginning_with_or_without_colons(desk, shop):
    record = listing.entries(desk)[2].record
    colons = ":".join(record.sha256[at : at + 2] for at in range(0, 64, 2)).upper()
    for text in (record.sha256[:8], colons, record.serial, f"serial:{record.serial[2:]}", f"sha256:{colons}"):
        assert found(desk, text) == ["www.corp.example"], text
    assert found(desk, record.sha256[:3]) == []  # it would be part of many numbers, and mean none of them


def test_valid_does_not_find_what_is_not_yet_valid(desk, shop, clock):
    clock.move(minutes=-2)
    assert found(desk, "status:valid") == []
    assert len(found(desk, "status:not-yet")) == 5


def test_notes_tags_labels_and_contacts_are_found(desk, shop, change):
    www = listing.entries(desk)[2].record
    change(
        www, note="Ask before\nrenewing", tags=("db", "prod"), contacts=("ops@corp.example",), label="Shop"
    )
    for text in (
        "tag:prod",
        "note:ask*renewing",
        "contact:ops",
        '"ask before"',
        "label:shop",
        "shop",
        "prod",
    ):
        expected = [] if text.startswith("label:") else ["Shop"]
        assert found(desk, text) == expected, text


def test_what_was_never_seen_is_found_by_that(desk, shop, change, clock):
    www = listing.entries(desk)[2].record
    change(www, last_seen="www.corp.example:443", last_seen_at=clock() - timedelta(days=3))
    assert (
        found(desk, "seen:*") == found(desk, "seen<7d") == found(desk, "seen:2030-01") == ["www.corp.example"]
    )
    assert len(found(desk, "-seen:*")) == 4
    assert found(desk, "seen>7d") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("alice expires<", "expires<"),
        ("expires<x b", "expires<x"),
        ("expires:30", "expires:30"),
        ("expires=30d", "expires=30d"),
        ("expires<9999999d", "expires<9999999d"),
        ("expires:2030-13", "expires:2030-13"),
        ("a -issued>soon", "-issued>soon"),
        ("statsu:valid", "statsu:valid"),
        ("expire<30d", "expire<30d"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_and_said_where(text, word):
    with pytest.raises(FilterUnreadable) as refusal:
        read_filter(text)
    assert word[:6] in refusal.value.sentence
    assert text[refusal.value.start : refusal.value.end] == word


letters = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
small = (
    (letters | st.text(alphabet='ab*"\\,:<>-= 9', min_size=1, max_size=6))
    .map(str.lower)
    .filter(lambda text: text == text.lower())
)
spans = st.builds(lambda number, unit: f"{number}{unit}", st.integers(0, 99999), st.sampled_from("dwmy"))
dates = st.builds(lambda date, length: date.isoformat()[:length], st.dates(), st.sampled_from((4, 7, 10)))
whats = st.one_of(
    st.builds(Text, small),
    st.builds(
        InField,
        st.sampled_from(sorted(set(FIELDS) - set(MOMENTS))),
        st.lists(small, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(When, st.sampled_from(sorted(MOMENTS)), st.sampled_from("<>"), spans),
    st.builds(When, st.sampled_from(sorted(MOMENTS)), st.sampled_from("<>:"), dates),
)
filters = st.builds(Filter, st.lists(st.builds(Term, whats, st.booleans()), max_size=4).map(tuple))


@given(filters)
def test_a_filter_that_is_written_and_read_again_is_the_same(wanted):
    assert read_filter(str(wanted)) == wanted


@given(st.text() | st.text(alphabet='expirs<>:*?[]-!19dy."\\, '))
@example('"open')
@example("-")
def test_any_text_is_a_filter_or_refused(text):
    try:
        wanted, start, end = read_filter(text), 0, 1
    except FilterUnreadable as error:
        wanted, start, end = Filter(), error.start, error.end
    assert 0 <= start < end <= max(len(text), 1)
    assert read_filter(str(wanted)) == wanted


KNOWN = Vocabulary(
    {
        "status": ("valid", "not-yet-valid", "revoked"),
        "issuer": ("Acme Root", 'A "strange", one\\', "issuing"),
        "tag": ("prod", "db"),
        "expires": ("2030-01", "2031-12"),
        "seen": ("www.corp.example:443", "2030-01"),
    }
)
beginnings = st.builds(
    lambda before, sign, name, sign2, value: f"{before}{sign}{name}{sign2}{value}",
    st.sampled_from(["", "alice ", '"a b" ', "tag:db "]),
    st.sampled_from(["", "-"]),
    st.sampled_from(["", *FIELD_NAMES, "i", "ex", "s"]),
    st.sampled_from(["", ":", "<", ">"]),
    st.sampled_from(["", "a", "A", "valid,", "valid,r", '"acme', "1", "30", "2030-", "x", "www"]),
)


@given(beginnings | st.text(alphabet='isuer:,"<>- a13', max_size=20))
def test_whatever_is_offered_can_be_read_and_goes_on_from_what_was_typed(text):
    for offered in completions(text, KNOWN):
        read_filter(offered)
        assert offered != text
        assert completions(offered, KNOWN) != (text,)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", ()),
        ("sta", ("status:",)),
        ("alice -sta", ("alice -status:",)),
        ("ex", ("expires<30d",)),
        ("status:v", ("status:valid",)),
        ("status:valid,r", ("status:valid,revoked",)),
        ("issuer:ac", ('issuer:"Acme Root"',)),
        ('issuer:"acme r', ('issuer:"Acme Root"',)),
        ("expires<3", ("expires<3d", "expires<3w", "expires<3m", "expires<3y")),
        ("expires:", ("expires:2030-01", "expires:2031-12")),
        ("status:valid", ()),
        ("status:valid ", ()),
        ("http://", ()),
    ],
)
def test_a_field_is_completed_and_then_what_the_store_has_in_it(text, offered):
    assert completions(text, KNOWN) == offered


def test_what_is_offered_is_what_the_store_holds_the_commonest_first(desk, shop, change):
    change(listing.entries(desk)[2].record, tags=("db", "prod"))
    known = Catalogue(listing.entries(desk)).vocabulary.values
    assert known["issuer"] == ["Acme Root", "Acme Issuing"]
    assert known["tag"] == ["db", "prod"]
    assert known["key"] == ["ec-p256", "ed25519"]
    assert known["reason"] == known["seen"] == []
    assert known["expires"][0] == "2030-02"


@given(filters, filters)
def test_a_filter_that_narrows_another_finds_nothing_that_the_other_does_not(first, second):
    both = Filter((*first.terms, *second.terms))
    assert both.narrows(first)
    assert both.narrows(second)


@pytest.mark.parametrize(
    ("longer", "shorter", "narrows"),
    [
        ("alice", "ali", True),
        ("alice tag:x", "ali", True),
        ("ali", "alice", False),
        ("-alice", "-ali", False),
        ("cafe", "caf", False),  # it may begin a number now
        ("cafeb", "cafe", True),
        ("tag:prod", "tag:pr", True),
        ("tag:xpr", "tag:pr", False),
        ("san:a*b", "san:a", False),
        ("status:valid,expired", "status:valid", False),
        ("expires<7d", "expires<30d", False),
    ],
)
def test_only_what_plainly_narrows_is_looked_for_in_what_was_found_before(longer, shorter, narrows):
    assert read_filter(longer).narrows(read_filter(shorter)) is narrows


def test_typing_on_finds_the_same_as_typing_at_once(desk, shop):
    catalogue = Catalogue(listing.entries(desk))
    before = None
    for end in range(len("example -san:*.test status:valid") + 1):
        wanted = read_filter("example -san:*.test status:valid"[:end])
        before = catalogue.select(wanted, Order("name"), before)
        assert before.entries == catalogue.select(wanted, Order("name")).entries


def test_a_catalogue_that_follows_another_finds_what_has_changed(desk, shop, change):
    first = Catalogue(listing.entries(desk))
    assert first.select(read_filter("prod"), Order()).entries == []
    change(listing.entries(desk)[3].record, tags=("prod",))
    later = first.followed_by(listing.entries(desk))
    assert [entry.title for entry in later.select(read_filter("prod"), Order()).entries] == ["Alice Smith"]
    assert len(later.followed_by(listing.entries(desk)[:2]).select(read_filter("acme"), Order()).entries) == 2
