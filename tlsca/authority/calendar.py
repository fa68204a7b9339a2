"""The calendar: when certificates and authorities end and revocation lists go stale, as iCalendar (RFC 5545).

A calendar reads the file again and again, so that an event keeps its identity and its text for as long as nothing changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tlsca.authority.desk import Desk
from tlsca.authority.listing import title_of
from tlsca.authority.publishing import crl_states
from tlsca.authority.succession import ahead_of_end, is_live
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, shorten

_LONGEST_LINE = 75  # octets, RFC 5545 section 3.1
_LEAF_AHEAD = timedelta(days=30)
_NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One moment to think of."""

    uid: str
    """Its identity for ever."""
    at: datetime
    made: datetime
    """When it came to be known."""
    summary: str
    description: str
    category: str
    ahead: timedelta
    """How long before to remind."""


def events(desk: Desk) -> tuple[Event, ...]:
    """Return what lies ahead, the earliest first; neither what is revoked or over, nor what has a successor in its place."""
    now = desk.now()
    live = {record.id: record for record in desk.ledger.certificates() if is_live(record, now)}
    found = [_end(record) for record in live.values() if record.renewed_by not in live]
    return tuple(sorted((*found, *_lists(desk)), key=lambda event: (event.at, event.uid)))


def calendar(desk: Desk) -> bytes:
    """Return the events as an iCalendar file, in UTF-8."""
    return render(events(desk))


def render(found: Iterable[Event]) -> bytes:
    """Return events as an iCalendar file: lines end in CRLF and have at most 75 octets."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tlsca//tlsca//EN", "CALSCALE:GREGORIAN"]
    lines += ["NAME:Certificates", "X-WR-CALNAME:Certificates"]
    for event in found:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _end(record: CertificateRecord) -> Event:
    kind = "Authority" if record.is_authority else "Certificate"
    names = [printable(name) for name in record.names[:_NAMES_SHOWN]]
    told = [
        f"Subject: {printable(record.subject)}",
        f"Issuer: {printable(record.issuer)}",
        *([f"Names: {', '.join(names)}"] if names else []),
        f"Serial number: {record.serial}",
        f"Renew: tlsca renew {record.sha256[:12]}",
    ]
    life = record.not_after - record.not_before
    return Event(
        uid=f"{record.sha256}@certificates.tlsca",
        at=record.not_after,
        made=record.created_at,
        summary=f"{kind} ends: {shorten(printable(title_of(record)), 100)}",
        description="\n".join(told),
        category=kind,
        ahead=ahead_of_end(record) if record.is_authority else min(_LEAF_AHEAD, life / 3),
    )


def _lists(desk: Desk) -> Iterator[Event]:
    for state in crl_states(desk):
        newest = state.delta or state.full
        if newest is None or state.until is None:
            continue
        name = printable(title_of(state.authority))
        yield Event(
            uid=f"{state.authority.id}-crl{state.scope.word}@certificates.tlsca",
            at=state.until,
            made=newest.this_update,
            summary=f"{state.scope.list_title} goes stale: {shorten(name, 100)}",
            description=f"Number: {newest.number}\nPublish: {state.command}",
            category="CRL",
            ahead=(state.until - newest.this_update) / 4,
        )


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_time(event.made)}"
    yield f"DTSTART:{_time(event.at)}"
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    yield f"CATEGORIES:{_text(event.category)}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"TRIGGER:-{_duration(event.ahead)}"
    yield f"DESCRIPTION:{_text(event.summary)}"
    yield "END:VALARM"
    yield "END:VEVENT"


def _time(moment: datetime) -> str:
    """Return a time in the form of RFC 5545, 3.3.5, in UTC; years before 1000 have leading zeros."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc:%m%dT%H%M%SZ}"


def _duration(span: timedelta) -> str:
    """Return a length of time in whole days, or hours and minutes below two days (RFC 5545, 3.3.6)."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes >= 2 * 24 * 60:
        return f"P{minutes // (24 * 60)}D"
    return f"PT{minutes // 60}H{minutes % 60}M"


def _text(value: str) -> str:
    """Escape text as RFC 5545, 3.3.11 asks; what is no text was made printable before."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """Break a line after at most 75 octets, never within a character."""
    octets = line.encode()
    pieces: list[bytes] = []
    start = 0
    while len(octets) - start > (room := _room(pieces)):
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # the second or a later octet of a character
            end -= 1
        pieces.append(octets[start:end])
        start = end
    return b"\r\n ".join((*pieces, octets[start:])) + b"\r\n"


def _room(pieces: list[bytes]) -> int:
    """Return how many octets the next piece may have: the space before a continued one is an octet of its line."""
    return _LONGEST_LINE - 1 if pieces else _LONGEST_LINE
