"""General names: alternative names, distribution points, access locations, name constraints.

OpenSSL prints them in two ways: as rows of name and value (`rows`), and one by one in text (`print_general_name`).
"""

from collections.abc import Iterable
from typing import NamedTuple

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import names, objects
from tlsca.pki.dump.page import Page, Row, dots, until_nul

OTHER_NAME, EMAIL, DNS, X400, DIRECTORY, EDI_PARTY, URI, IP_ADDRESS, REGISTERED_ID = range(9)
"""The kinds of general name, which are their tag numbers (RFC 5280 section 4.2.1.6)."""

_TEXT_LABELS = {EMAIL: b"email", DNS: b"DNS", URI: b"URI"}
# Names that OpenSSL labels itself, and the string type it then insists on.
_OTHER_NAMES = {
    "id-on-SmtpUTF8Mailbox": (b"SmtpUTF8Mailbox", der.UTF8_STRING),
    "id-on-xmppAddr": (b"XmppAddr", der.UTF8_STRING),
    "id-on-dnsSRV": (b"SRVName", der.IA5_STRING),
    "msUPN": (b"UPN", der.UTF8_STRING),
    "id-on-NAIRealm": (b"NAIRealm", der.UTF8_STRING),
}
DIRECTORY_STRINGS = (
    der.PRINTABLE_STRING,
    der.T61_STRING,
    der.BMP_STRING,
    der.UNIVERSAL_STRING,
    der.UTF8_STRING,
)
_OTHER_NAME_BUFFER = 255


class GeneralName(NamedTuple):
    """One name: `value` holds text, address octets or an identifier's octets, `directory` a directory name.

    An other name keeps its type in `identifier` and the tag of its value in `tag`.
    """

    kind: int
    value: bytes = b""
    directory: names.Name = ()
    identifier: bytes = b""
    tag: int = 0


def general_name(element: Tlv) -> GeneralName:
    """Return one name. Raises `DerError` for whatever OpenSSL does not load."""
    kind = element.number
    if element.tag != CONTEXT | kind or kind > REGISTERED_ID:
        raise DerError("a general name was expected", offset=element.offset)
    if kind in {EMAIL, DNS, URI, IP_ADDRESS}:
        return GeneralName(kind, der.octets(element))
    if kind == DIRECTORY:
        return GeneralName(kind, directory=names.name(der.explicit(element)))
    if kind == REGISTERED_ID:
        return GeneralName(kind, der.object_identifier(element, tag=element.tag))
    if kind == OTHER_NAME:
        return _other_name(element)
    if kind == EDI_PARTY:
        _check_edi_party(element)
    elif not element.constructed:
        raise DerError("an X.400 address in primitive form", offset=element.offset)
    return GeneralName(kind)


def general_names(element: Tlv) -> list[GeneralName]:
    """Return the names of a SEQUENCE OF, whatever its own tag. Raises `DerError`."""
    return [general_name(child) for child in element.children()]


def _other_name(element: Tlv) -> GeneralName:
    fields = der.Fields(element)
    identifier = der.object_identifier(fields.any())
    value = der.explicit(fields.take(CONTEXT | 0))
    fields.end()
    return GeneralName(OTHER_NAME, der.any_content(value), identifier=identifier, tag=value.tag)


def _check_edi_party(element: Tlv) -> None:
    fields = der.Fields(element)
    assigner = fields.maybe(CONTEXT | 0)
    party = fields.take(CONTEXT | 1)
    fields.end()
    for wrapped in (assigner, party):
        if wrapped is not None:
            directory_string(der.explicit(wrapped))


def directory_string(element: Tlv) -> bytes:
    """Return the content of a DirectoryString. Raises `DerError` for another type."""
    if element.tag not in DIRECTORY_STRINGS:
        raise DerError("a DirectoryString was expected", offset=element.offset)
    return der.any_content(element)


def ip_address(address: bytes) -> bytes:
    """Return an address as OpenSSL writes it: IPv6 in full, upper case, nothing left out."""
    if len(address) == 4:
        return b"%d.%d.%d.%d" % tuple(address)
    if len(address) == 16:
        return b":".join(b"%X" % int.from_bytes(address[at : at + 2], "big") for at in range(0, 16, 2))
    return b"<invalid length=%d>" % len(address)


def rows(general: Iterable[GeneralName]) -> list[Row] | None:
    """Return names and values as alternative names show them; None if one holds a zero octet, which OpenSSL refuses."""
    found: list[Row] = []
    for one in general:
        row = _row(one)
        if row is None:
            return None
        found.append(row)
    return found


def _row(one: GeneralName) -> Row | None:
    label = _TEXT_LABELS.get(one.kind)
    if label is not None:
        return None if 0 in one.value else (label, one.value)
    if one.kind == DIRECTORY:
        return b"DirName", names.oneline(one.directory)
    if one.kind == IP_ADDRESS:
        return b"IP Address", ip_address(one.value)
    if one.kind == REGISTERED_ID:
        return b"Registered ID", objects.buffered_name(one.value, _OTHER_NAME_BUFFER)
    if one.kind == OTHER_NAME:
        return _other_name_row(one)
    return (b"X400Name" if one.kind == X400 else b"EdiPartyName"), b"<unsupported>"


def _other_name_row(one: GeneralName) -> Row | None:
    known = _OTHER_NAMES.get(objects.known_as(one.identifier) or "")
    if known is not None:
        label, tag = known
        return None if one.tag != tag or 0 in one.value else (b"othername: %s:" % label, one.value)
    label = b"othername: %s:" % objects.buffered_name(one.identifier, _OTHER_NAME_BUFFER)
    printable = one.tag in {der.IA5_STRING, der.UTF8_STRING} and 0 not in one.value
    return label, one.value if printable else b"<unsupported>"


def print_general_name(page: Page, one: GeneralName) -> None:
    """Write one name as distribution points show it (OpenSSL's `GENERAL_NAME_print`)."""
    label = _TEXT_LABELS.get(one.kind)
    if label is not None:
        page.write(label + b":")
        page.value(dots(one.value))
    elif one.kind == DIRECTORY:
        page.write(b"DirName:" + names.readable(one.directory))
    elif one.kind == IP_ADDRESS:
        page.write(b"IP Address:" + ip_address(one.value))
    elif one.kind == REGISTERED_ID:
        page.write(b"Registered ID:" + objects.long_name(one.value))
    elif one.kind == OTHER_NAME:
        _print_other_name(page, one)
    else:
        page.write((b"X400Name" if one.kind == X400 else b"EdiPartyName") + b":<unsupported>")


def _print_other_name(page: Page, one: GeneralName) -> None:
    known = _OTHER_NAMES.get(objects.known_as(one.identifier) or "")
    if known is None or one.tag != known[1]:
        page.write(b"othername:<unsupported>")
        return
    page.write(b"othername:%s:" % known[0])
    page.value(until_nul(one.value))


def print_list(page: Page, general: list[GeneralName], indent: int) -> None:
    """Write names one per line, without a newline behind the last one."""
    for place, one in enumerate(general):
        page.write((b"\n" if place else b"") + b" " * indent)
        print_general_name(page, one)
