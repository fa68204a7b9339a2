"""The calendar is iCalendar that others read back as it was meant, whatever the names in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tlsca.authority import publishing, revoking
from tlsca.authority.calendar import Event, calendar, events, render

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)


def read(octets):
    """The events as an outsider reads them."""
    return icalendar.Calendar.from_ical(octets).walk("VEVENT")


def event(**fields):
    given_fields = {
        "uid": "1@certificates.tlsca",
        "at": NOW + timedelta(days=90),
        "made": NOW,
        "summary": "Certificate ends: www.example.com",
        "description": "Subject: CN=www.example.com",
        "category": "Certificate",
        "ahead": timedelta(days=30),
    }
    return Event(**(given_fields | fields))


@pytest.fixture
def furnished(create, issue):
    return (
        create("Root"),
        create("Issuing", issuer="Root"),
        issue("www.example.com", issuer="Issuing", days=90),
    )


def test_each_certificate_and_authority_has_the_moment_of_its_end(desk, furnished):
    found = {str(one["SUMMARY"]): one.decoded("DTSTART") for one in read(calendar(desk))}
    root, between, leaf = furnished
    assert found == {
        "Authority ends: Root": root.not_after,
        "Authority ends: Issuing": between.not_after,
        "Certificate ends: www.example.com": leaf.not_after,
    }


def test_the_earliest_comes_first_and_each_reminds_while_there_is_time(desk, furnished):
    found = read(calendar(desk))
    assert [str(one["CATEGORIES"].to_ical().decode()) for one in found] == [
        "Certificate",
        "Authority",
        "Authority",
    ]
    triggers = [one.walk("VALARM")[0].decoded("TRIGGER") for one in found]
    assert triggers == [-timedelta(days=29), -timedelta(days=365), -timedelta(days=730)]


def test_the_file_stays_the_same_while_nothing_changes(desk, furnished, clock):
    before = calendar(desk)
    clock.move(days=1)
    assert calendar(desk) == before
    assert len({str(one["UID"]) for one in read(before)}) == 3


def test_what_is_revoked_over_or_replaced_is_left_out(desk, furnished, issue, clock):
    _, _, leaf = furnished
    gone = issue("gone.example.com", issuer="Issuing")
    revoking.revoke(desk, revoking.RevocationForm(references=(gone.sha256,)))
    new = issue("www.example.com", issuer="Issuing", days=90)
    with desk.ledger.transaction("renew", at=desk.now()) as change:
        change.replace_certificate(leaf, replace(leaf, renewed_by=new.id))
    assert [one.uid.partition("@")[0] for one in events(desk) if one.category == "Certificate"] == [
        new.sha256
    ]
    clock.move(days=91)
    assert all(one.category == "Authority" for one in events(desk))


def test_a_list_goes_stale_at_its_next_update_and_keeps_its_identity(desk, furnished, clock):
    _, between, _ = furnished
    form = publishing.CrlForm(reference=between.sha256)
    first = publishing.publish_crl(desk, form)
    (before,) = [one for one in events(desk) if one.category == "CRL"]
    clock.move(days=5)
    second = publishing.publish_crl(desk, form)
    (after,) = [one for one in events(desk) if one.category == "CRL"]
    assert (before.at, after.at) == (first.record.next_update, second.record.next_update)
    assert before.uid == after.uid


def test_lines_end_in_crlf_and_have_at_most_75_octets(desk, create):
    create("CN=" + "Ünïcödé" * 5 + ",O=" + "日本" * 10)
    lines = calendar(desk).split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75


@given(summary=st.text(max_size=300), description=st.text(max_size=300))
@example(summary="BEGIN:VEVENT", description="\r\nBEGIN:VEVENT\r\n")
def test_any_text_comes_back_and_ends_no_line(summary, description):
    from tlsca.text import printable

    shown = event(summary=printable(summary), description=printable(description, keep_newlines=True))
    octets = render([shown])
    (back,) = read(octets)
    assert str(back["SUMMARY"]) == shown.summary
    assert str(back["DESCRIPTION"]) == shown.description
    lines = octets.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == 1
    assert all(len(line) <= 75 for line in lines)


def test_a_stranger_s_name_cannot_forge_an_event(desk, furnished):
    _, _, leaf = furnished
    hostile = "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\u202e;x,y\\n"
    with desk.ledger.transaction("import", at=desk.now()) as change:
        change.replace_certificate(leaf, replace(leaf, names=(hostile,), subject=f"CN={hostile}"))
    first, *others = read(calendar(desk))
    assert len(others) == 2
    assert str(first["SUMMARY"]) == "Certificate ends: a\\r\\nEND:VEVENT\\r\\nBEGIN:VEVENT\\u202e;x,y\\n"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=30), b"-P30D"),
        (timedelta(days=2), b"-P2D"),
        (timedelta(hours=47, minutes=59), b"-PT47H59M"),
        (timedelta(seconds=1), b"-PT0H1M"),
    ],
)
def test_how_long_before_it_reminds_is_said_in_one_unit_that_fits(span, text):
    assert b"TRIGGER:" + text + b"\r\n" in render([event(ahead=span)])


def test_an_early_year_has_four_digits():
    assert b"DTSTART:09991231T000000Z" in render([event(at=datetime(999, 12, 31, tzinfo=UTC))])
