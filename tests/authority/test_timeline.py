"""The timeline: each certificate that ends is in exactly one of its spans, and a span's filter shows just what it counts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tlsca.authority.filter_reading import read_filter
from tlsca.authority.listing import Entry, status_of
from tlsca.authority.timeline import LATELY, WEEKS, timeline
from tlsca.store.records import CertificateRecord, Reason

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
SOON = timedelta(days=30)


def entry(number, ends_in, *, revoked=False, renewed=False, authority=False):
    """Return a certificate that ends so many seconds from now."""
    end = NOW + timedelta(seconds=ends_in)
    record = CertificateRecord(
        id=f"{number:032x}",
        serial=f"{number:040x}",
        sha256=f"{number:064x}",
        subject=f"CN=host-{number}",
        issuer="CN=Some CA",
        profile="server",
        names=(f"host-{number}",),
        not_before=end - timedelta(days=90),
        not_after=end,
        key_id="k",
        key="ec-p256",
        issuer_id="i",
        is_authority=authority,
        created_at=end - timedelta(days=90),
        revoked_at=NOW - timedelta(days=1) if revoked else None,
        reason=Reason.SUPERSEDED if revoked else None,
    )
    return Entry(
        record=record,
        status=status_of(record, now=NOW, soon=SOON),
        issuer_ref="i",
        has_key=True,
        renewed_by_ref="f" * 12 if renewed else None,
        now=NOW,
    )


_DAY = 86_400
_SECONDS = st.one_of(
    st.integers(-60 * _DAY, 900 * _DAY),
    st.integers(-3, 3).map(
        lambda days: days * _DAY
    ),  # about the edges of today, of weeks and of what counts as lately
    st.sampled_from([-30 * _DAY, -31 * _DAY, 7 * _DAY, 7 * WEEKS * _DAY]),
)
_ENTRIES = st.lists(st.tuples(_SECONDS, st.booleans(), st.booleans(), st.booleans()), max_size=40).map(
    lambda made: [
        entry(number, ends_in, revoked=revoked, renewed=renewed, authority=authority)
        for number, (ends_in, revoked, renewed, authority) in enumerate(made)
    ]
)


@given(_ENTRIES)
def test_everything_that_will_end_is_counted_once(entries):
    found = timeline(entries, NOW)
    ahead = [one for one in entries if one.record.not_after >= NOW and one.status != "revoked"]
    assert sum(span.total for span in (*found.weeks, found.later)) == len(ahead)
    assert sum(span.authorities for span in (*found.weeks, found.later)) == sum(
        one.record.is_authority for one in ahead
    )


@given(_ENTRIES)
def test_what_ended_lately_counts_unless_it_was_replaced_or_revoked(entries):
    since = (NOW - LATELY).date()
    ended = [one for one in entries if one.status == "expired" and one.renewed_by_ref is None]
    lapsed = timeline(entries, NOW).past.lapsed
    assert lapsed == sum(one.record.not_after.date() >= since for one in ended)


@given(_ENTRIES, st.integers(1, WEEKS))
@settings(max_examples=60)
def test_the_filter_of_a_span_shows_as_many_as_it_counts(entries, weeks):
    for span in timeline(entries, NOW).of_weeks(weeks).spans:
        if span.total:
            assert sum(map(read_filter(span.filter).tester(), entries)) == span.total, span.filter


@given(_ENTRIES, st.integers(0, WEEKS))
def test_fewer_weeks_lose_nothing(entries, weeks):
    whole = timeline(entries, NOW)
    part = whole.of_weeks(weeks)
    assert len(part.weeks) == weeks
    for field in ("total", "renewed", "revoked", "authorities"):
        assert sum(getattr(span, field) for span in part.spans) == sum(
            getattr(span, field) for span in whole.spans
        )
    assert part.later.end is None


def test_days_follow_each_other_without_a_gap():
    spans = timeline([], NOW).of_weeks(60).spans
    assert spans[1].begin == NOW.date()
    for one, following in pairwise(spans[1:]):
        assert following.begin - one.end == timedelta(days=1)


def test_what_ends_next_is_named_earliest_first():
    entries = [entry(number, days * _DAY) for number, days in enumerate((400, 3, 90, -5, 12))]
    assert [one.title for one in timeline(entries, NOW).next] == ["host-1", "host-4", "host-2"]


def test_weeks_begin_at_midnight_in_utc():
    until_midnight = 14 * 3600 + 30 * 60
    last, first = entry(1, 6 * _DAY + until_midnight - 1), entry(2, 6 * _DAY + until_midnight)
    assert [span.total for span in timeline([last, first], NOW).weeks[:3]] == [1, 1, 0]
