"""Certificates, requests and lists as rows that say what they are, from their DER alone.

What a person asks first is answered also where a strict parser refuses the object, and without waiting for one to be loaded.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import names, numbers, objects
from tlsca.pki.dump.extension import Extension, extensions
from tlsca.pki.extension_rows import extension_rows
from tlsca.pki.key_rows import NOTES, spki_kind
from tlsca.pki.life import life_rows
from tlsca.pki.listed_names import name_rows, names_in
from tlsca.pki.name_text import common_name_of, dn_text, general_name_text
from tlsca.pki.rows import Row
from tlsca.text import count, duration, hex_colons, printable, remaining, rfc3339, serial_hex

_TIMES = (der.UTC_TIME, der.GENERALIZED_TIME)
_MOST_NAMES_IN_A_LINE = 50
_REQUESTED = {"extReq", "msExtReq"}


class Signed(NamedTuple):
    """What certificates, requests and lists have in common; what one of them lacks is empty."""

    signature_algorithm: bytes
    subject: names.Name = ()
    issuer: names.Name = ()
    serial: int = 0
    times: tuple[datetime | None, ...] = ()
    spki: bytes = b""
    extensions: tuple[Extension, ...] = ()
    revoked: int = 0
    version: int = 3


def certificate(data: bytes) -> Signed:
    """Read a DER certificate (RFC 5280, 4.1). Raises DerError."""
    outer = der.sequence(der.read(data))
    fields = der.sequence(outer.any())
    version = fields.maybe(CONTEXT | 0)
    serial = der.integer(fields.any())
    fields.any()
    issuer, validity, subject, key = (fields.any() for _ in range(4))
    for unique_id in (CONTEXT | 1, CONTEXT | 2):
        fields.maybe(unique_id)
    return Signed(
        _algorithm(outer.any()),
        names.name(subject),
        names.name(issuer),
        serial,
        _both(der.sequence(validity)),
        key.encoding,
        _wrapped(fields.maybe(CONTEXT | 3)),
        version=1 if version is None else der.integer(der.explicit(version)) + 1,
    )


def _both(validity: der.Fields) -> tuple[datetime | None, ...]:
    return moment(validity.any()), moment(validity.any())


def request(data: bytes) -> Signed:
    """Read a DER certificate request (RFC 2986, 4). Raises DerError."""
    outer = der.sequence(der.read(data))
    fields = der.sequence(outer.any())
    fields.take(der.INTEGER)
    subject, key = fields.any(), fields.any()
    attributes = fields.maybe(CONTEXT | 0)
    asked = [] if attributes is None else [one for child in attributes.children() for one in _asked(child)]
    return Signed(_algorithm(outer.any()), names.name(subject), spki=key.encoding, extensions=tuple(asked))


def _asked(attribute: Tlv) -> list[Extension]:
    fields = der.sequence(attribute)
    if objects.known_as(der.object_identifier(fields.any())) not in _REQUESTED:
        return []
    values = fields.take(der.SET).children()
    return extensions(values[0]) if values else []


def revocation_list(data: bytes) -> Signed:
    """Read a DER CRL (RFC 5280, 5.1). Raises DerError."""
    outer = der.sequence(der.read(data))
    fields = der.sequence(outer.any())
    fields.maybe(der.INTEGER)
    fields.any()
    issuer = names.name(fields.any())
    made, following = fields.take(*_TIMES), fields.maybe(*_TIMES)
    revoked = fields.maybe(der.SEQUENCE)
    return Signed(
        _algorithm(outer.any()),
        issuer=issuer,
        times=(moment(made), None if following is None else moment(following)),
        extensions=_wrapped(fields.maybe(CONTEXT | 0)),
        revoked=0 if revoked is None else len(revoked.children()),
    )


def _algorithm(element: Tlv) -> bytes:
    return der.object_identifier(der.sequence(element).any())


def _wrapped(element: Tlv | None) -> tuple[Extension, ...]:
    return () if element is None else tuple(extensions(der.explicit(element)))


def moment(element: Tlv) -> datetime | None:
    """Return a UTCTime or GeneralizedTime as an aware time; None for one that is none."""
    parts = numbers.time_parts(element.number, der.octets(element)) if element.tag in _TIMES else None
    try:
        return None if parts is None else datetime(*parts, tzinfo=UTC)
    except ValueError:  # the year 0
        return None


def certificate_rows(read: Signed, data: bytes, *, now: datetime) -> tuple[Row, ...]:
    """Return what a person asks first of a certificate: who, by whom, for which names, until when, which key, for what."""
    kind = spki_kind(read.spki)
    damaged = Row("Damaged", f"its version, {read.version}, is none that exists")
    return (
        *(() if read.version in {1, 2, 3} else (damaged,)),
        Row("Subject", printable(dn_text(read.subject)) or "(empty)"),
        Row(
            "Issuer",
            "itself (self-signed)" if read.subject == read.issuer else printable(dn_text(read.issuer)),
        ),
        *_names_row(read.extensions),
        _validity(read.times, now),
        *_life(read.times, now),
        Row("Key", kind, NOTES.get(kind, "")),
        Row("Signed with", _signature_title(read.signature_algorithm)),
        *extension_rows(read.extensions),
        Row("Serial", serial_hex(read.serial)),
        *fingerprints(data),
    )


def request_rows(read: Signed, *, signature: str) -> tuple[Row, ...]:
    """Return what a certificate request asks for; `signature` says in words whether its own signature is right."""
    return (
        Row("Subject", printable(dn_text(read.subject)) or "(empty)"),
        *_names_row(read.extensions),
        Row("Key", spki_kind(read.spki)),
        Row("Signature", signature, "proves that who asks has the private key"),
        *extension_rows(read.extensions),
    )


def crl_rows(read: Signed, *, now: datetime) -> tuple[Row, ...]:
    """Return who revokes how many certificates, and until when the list holds."""
    made, until = read.times
    return (
        Row("Issuer", printable(dn_text(read.issuer))),
        Row("Made", rfc3339(made) if made else "at no time that can be read"),
        Row("Next", f"{rfc3339(until)} ({remaining(until, now)})" if until else "not said"),
        Row("Revoked", count(read.revoked, "certificate")),
        *extension_rows(read.extensions),
    )


def _signature_title(identifier: bytes) -> str:
    """Return a signature algorithm's name, or its numbers."""
    return printable(objects.long_name(identifier).decode("utf-8", "backslashreplace"))


def fingerprints(data: bytes) -> tuple[Row, Row]:
    """Return the two fingerprints that people compare."""
    return (
        Row("SHA-256", hex_colons(hashlib.sha256(data).hexdigest())),
        Row("SHA-1", hex_colons(hashlib.sha1(data).hexdigest())),  # noqa: S324 -- a fingerprint to compare, not a proof
    )


def title(data: bytes, read: Signed) -> str:
    """Return the name by which an object is listed: common name, else a name, else the whole subject or issuer; printable."""
    whose = read.subject or read.issuer
    name = (
        common_name_of(whose)
        or next(map(general_name_text, names_in(_name_lists(read.extensions))), "")
        or dn_text(whose)
    )
    return printable(name) or f"SHA-256 {hashlib.sha256(data).hexdigest()[:16]}"


def _name_lists(listed: tuple[Extension, ...]) -> Iterator[bytes]:
    """Yield the content of every extension of subject alternative names: a damaged certificate may hold two."""
    return (one.content for one in listed if objects.known_as(one.identifier) == "subjectAltName")


def _names_row(listed: tuple[Extension, ...]) -> Iterator[Row]:
    shown = name_rows(_name_lists(listed))
    if shown:
        yield Row("Names", ", ".join(row.value for row in shown[:_MOST_NAMES_IN_A_LINE]), "", shown)


def _validity(times: tuple[datetime | None, ...], now: datetime) -> Row:
    begin, end = times if len(times) == 2 else (None, None)
    if begin is None or end is None:
        return Row("Valid", f"{_said(begin)} until {_said(end)}")
    lifetime = f"{duration(end - begin)} in all"
    if now < begin:
        return Row(
            "Valid", f"{rfc3339(begin)} until {rfc3339(end)} (begins {remaining(begin, now)})", lifetime
        )
    word = "ended" if now > end else "ends"
    return Row("Valid", f"{rfc3339(begin)} until {rfc3339(end)} ({word} {remaining(end, now)})", lifetime)


def _life(times: tuple[datetime | None, ...], now: datetime) -> Iterator[Row]:
    begin, end = times if len(times) == 2 else (None, None)
    if begin is not None and end is not None:
        yield from life_rows(begin, end, now=now)


def _said(when: datetime | None) -> str:
    return rfc3339(when) if when else "no time that can be read"
