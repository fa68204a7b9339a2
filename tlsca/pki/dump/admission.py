"""The admission extension: what a profession's body attests (Common PKI 2.0, part 1, section 3.1.2)."""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import objects
from tlsca.pki.dump.basic import Printer
from tlsca.pki.dump.general_names import (
    DIRECTORY_STRINGS,
    GeneralName,
    directory_string,
    general_name,
    print_general_name,
)
from tlsca.pki.dump.page import Page, dots

_IDENTIFIER_BUFFER = 127


@dataclass(frozen=True, slots=True)
class _NamingAuthority:
    identifier: bytes | None
    url: bytes | None
    text: bytes | None


@dataclass(frozen=True, slots=True)
class _Profession:
    authority: _NamingAuthority | None
    items: list[bytes]
    identifiers: list[bytes] | None
    registration: bytes | None


@dataclass(frozen=True, slots=True)
class _Admission:
    admitted_by: GeneralName | None
    authority: _NamingAuthority | None
    professions: list[_Profession]


def _naming_authority(wrapped: Tlv | None) -> _NamingAuthority | None:
    if wrapped is None:
        return None
    fields = der.sequence(der.explicit(wrapped))
    identifier = fields.maybe(der.OBJECT_IDENTIFIER)
    url = fields.maybe(der.IA5_STRING)
    text = fields.maybe(*DIRECTORY_STRINGS)
    fields.end()
    return _NamingAuthority(
        None if identifier is None else der.object_identifier(identifier),
        None if url is None else der.octets(url),
        None if text is None else directory_string(text),
    )


def _profession(element: Tlv) -> _Profession:
    fields = der.sequence(element)
    authority = _naming_authority(fields.maybe(CONTEXT | 0))
    items = [directory_string(child) for child in fields.take(der.SEQUENCE).children()]
    identifiers = fields.maybe(der.SEQUENCE)
    registration = fields.maybe(der.PRINTABLE_STRING)
    more = fields.maybe(der.OCTET_STRING)
    fields.end()
    if more is not None:
        der.octets(more)
    return _Profession(
        authority,
        items,
        None if identifiers is None else [der.object_identifier(child) for child in identifiers.children()],
        None if registration is None else der.octets(registration),
    )


def _admission_entry(element: Tlv) -> _Admission:
    fields = der.sequence(element)
    admitted_by = fields.maybe(CONTEXT | 0)
    authority = _naming_authority(fields.maybe(CONTEXT | 1))
    professions = [_profession(child) for child in fields.take(der.SEQUENCE).children()]
    fields.end()
    name = None if admitted_by is None else general_name(der.explicit(admitted_by))
    return _Admission(name, authority, professions)


def _admission(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    first = fields.peek()
    if first is None:
        raise DerError("an admission without content", offset=0)
    admitted_by = None if first.tag == der.SEQUENCE else general_name(fields.any())
    entries = [_admission_entry(child) for child in fields.take(der.SEQUENCE).children()]
    fields.end()
    _print_admitted_by(page, admitted_by, indent)
    return all(_print_entry(page, number, entry, indent) for number, entry in enumerate(entries, start=1))


def _print_admitted_by(page: Page, name: GeneralName | None, indent: int) -> None:
    if name is not None:
        page.line(indent, b"admissionAuthority:")
        page.write(b" " * (indent + 2))
        print_general_name(page, name)
        page.write(b"\n")


def _print_entry(page: Page, number: int, entry: _Admission, indent: int) -> bool:
    page.line(indent, b"Entry %d:" % number)
    _print_admitted_by(page, entry.admitted_by, indent + 2)
    return _print_naming_authority(page, entry.authority, indent + 2) and all(
        _print_profession(page, number, profession, indent + 2)
        for number, profession in enumerate(entry.professions, start=1)
    )


def _print_naming_authority(page: Page, authority: _NamingAuthority | None, indent: int) -> bool:
    if authority is None:
        return True
    if authority.identifier is None and authority.text is None and authority.url is None:
        return False
    page.line(indent, b"namingAuthority:")
    if authority.identifier is not None:
        page.line(indent, b"  namingAuthorityId: " + _named(authority.identifier))
    for label, value in ((b"namingAuthorityText", authority.text), (b"namingAuthorityUrl", authority.url)):
        if value is not None:
            _print_value(page, indent + 2, label + b": ", value)
    return True


def _print_profession(page: Page, number: int, profession: _Profession, indent: int) -> bool:
    page.line(indent, b"Profession Info Entry %d:" % number)
    if profession.registration is not None:
        _print_value(page, indent + 2, b"registrationNumber: ", profession.registration)
    if not _print_naming_authority(page, profession.authority, indent + 2):
        return False
    page.line(indent + 2, b"Info Entries:")
    for item in profession.items:
        _print_value(page, indent + 4, b"", item)
    if profession.identifiers is not None:
        page.line(indent + 2, b"Profession OIDs:")
        for identifier in profession.identifiers:
            page.line(indent + 4, _named(identifier))
    return True


def _print_value(page: Page, indent: int, label: bytes, value: bytes) -> None:
    page.write(b"%*s%s" % (indent, b"", label))
    page.value(dots(value))
    page.write(b"\n")


def _named(identifier: bytes) -> bytes:
    name = objects.long_name(identifier) if objects.known_as(identifier) else b"undefined"
    return b"%s (%s)" % (name, objects.dotted(identifier)[:_IDENTIFIER_BUFFER].encode())


PRINTERS: dict[str, Printer] = {"x509ExtAdmission": _admission}
"""Printers by the extension's short name."""
