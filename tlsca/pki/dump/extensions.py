"""The extensions of a certificate, a request, a CRL or an entry of one."""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.dump import admission, basic, naming, objects, policies, resources, transparency
from tlsca.pki.dump.basic import Printer
from tlsca.pki.dump.oids import OBJECTS
from tlsca.pki.dump.page import Page, dots
from tlsca.text import printable

_PRINTERS: dict[str, Printer] = {
    **admission.PRINTERS,
    **basic.PRINTERS,
    **naming.PRINTERS,
    **policies.PRINTERS,
    **resources.PRINTERS,
    **transparency.PRINTERS,
}


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension: `identifier` and `content` are octets, the content without its OCTET STRING."""

    identifier: bytes
    is_critical: bool
    content: bytes


def extensions(element: Tlv) -> list[Extension]:
    """Return the extensions of a SEQUENCE OF. Raises `DerError`."""
    if element.tag != der.SEQUENCE:
        raise DerError("extensions that are no SEQUENCE", offset=element.offset)
    return [_extension(child) for child in element.children()]


def _extension(element: Tlv) -> Extension:
    fields = der.sequence(element)
    identifier = der.object_identifier(fields.any())
    critical = fields.maybe(der.BOOLEAN)
    content = der.octets(fields.take(der.OCTET_STRING))
    fields.end()
    return Extension(identifier, critical is not None and der.boolean(critical), content)


def value_text(identifier: str, content: bytes) -> str:
    """Return the value of an extension in one line, printable; empty for one that OpenSSL prints as octets."""
    known = OBJECTS.get(identifier)
    printer = _PRINTERS.get(known[0]) if known else None
    page = Page(safe=True)
    try:
        if printer is None or not printer(page, content, 0):
            return ""
    except DerError:
        return ""
    lines = page.text().decode("utf-8", "backslashreplace").splitlines()
    return printable("; ".join(line.strip() for line in lines if line.strip()))


def print_titled(page: Page, title: bytes, listed: list[Extension], indent: int) -> None:
    """Write a title and the extensions under it; nothing if there are none."""
    if listed:
        page.line(indent, title + b":")
        print_extensions(page, listed, indent + 4)


def print_extensions(page: Page, listed: list[Extension], indent: int) -> None:
    """Write extensions: a line with name and criticality, the value under it."""
    for extension in listed:
        criticality = b"critical" if extension.is_critical else b""
        page.line(indent, objects.long_name(extension.identifier) + b": " + criticality)
        if not _is_printed(page, extension, indent + 4):
            page.write(b" " * (indent + 4))
            page.value(dots(extension.content))
        page.write(b"\n")


def _is_printed(page: Page, extension: Extension, indent: int) -> bool:
    printer = _PRINTERS.get(objects.known_as(extension.identifier) or "")
    if printer is None:
        return False
    try:
        return printer(page, extension.content, indent)
    except DerError:
        return False
