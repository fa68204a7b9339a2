"""The extensions of a certificate, a request, a CRL or an entry of one, printed."""

from tlsca.errors import DerError
from tlsca.pki.dump import admission, basic, naming, objects, policies, resources, transparency
from tlsca.pki.dump.basic import Printer
from tlsca.pki.dump.extension import Extension, extensions
from tlsca.pki.dump.oids import OBJECTS
from tlsca.pki.dump.page import Page, dots
from tlsca.text import printable

__all__ = ["Extension", "extensions", "print_extensions", "print_titled", "value_text"]

_PRINTERS: dict[str, Printer] = {
    **admission.PRINTERS,
    **basic.PRINTERS,
    **naming.PRINTERS,
    **policies.PRINTERS,
    **resources.PRINTERS,
    **transparency.PRINTERS,
}


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
