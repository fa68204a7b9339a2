"""What an object is made of, part by part, each under a name by which it is found again in another object.

Two certificates, or a request and the certificate that it became, can only be laid beside each other where the same thing has
the same name in both. What cannot be loaded is taken apart as the text that OpenSSL prints of it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from tlsca.errors import DerError, Unreadable
from tlsca.pki import der, dump
from tlsca.pki.describe import describe_extensions, name_type
from tlsca.pki.dump import objects
from tlsca.pki.dump.extensions import Extension, extensions, print_extensions
from tlsca.pki.dump.page import Page
from tlsca.pki.identity import general_name_text
from tlsca.pki.keys import key_id, kind_of
from tlsca.pki.legible import extensions_of
from tlsca.pki.names import attribute_type, dn_text
from tlsca.pki.quiet import quietly
from tlsca.pki.read import Kind
from tlsca.pki.revoke import REASONS
from tlsca.text import duration, hex_colons, listing, printable, rfc3339, serial_hex

Signed = x509.Certificate | x509.CertificateSigningRequest | x509.CertificateRevocationList

_ILLEGIBLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
ORDER = "Order"
"""The field by which two objects that have the same names differ where the names stand in another order."""

_MOST_NAMES = 20
_SAN = x509.SubjectAlternativeName.oid.dotted_string


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an object; all text is printable."""

    group: str
    """What it belongs to: `Subject`, `Names`, `Extensions` …"""
    field: str
    value: str
    octets: bytes = b""
    """What is compared beside the words, where those may say less than what is there."""
    key: str = ""
    """By what it is found within its group; the field, if left out."""


def parts(kind: Kind, source: bytes) -> tuple[Part, ...] | None:
    """Return what a DER certificate, request or revocation list is made of, in the order in which people read it.

    None where it cannot be loaded as a whole: `text_parts` can tell something of anything.
    """
    try:
        with quietly(UserWarning):
            return _distinct((*_of_loaded(_load(kind, source), source), *_fingerprints(source)))
    except _ILLEGIBLE:
        return None


def text_parts(kind: Kind, source: bytes) -> tuple[Part, ...]:
    """Return the same of any octets, by what OpenSSL would print of them: a line's headings are the name of its part."""
    try:
        text = _DUMPS[kind](source, safe=True).decode("utf-8", "backslashreplace")
    except Unreadable as error:
        text = f"Damaged: {printable(error.sentence)}"
    return _distinct((*_printed(text), *_fingerprints(source)))


def whose(kind: Kind, source: bytes) -> str:
    """Return the name in an object: its subject, or a list's issuer; empty where it has none or cannot be loaded. Printable."""
    try:
        with quietly(UserWarning):
            loaded = _load(kind, source)
            return printable(
                dn_text(
                    loaded.issuer if isinstance(loaded, x509.CertificateRevocationList) else loaded.subject
                )
            )
    except _ILLEGIBLE:
        return ""


_DUMPS = {Kind.CERTIFICATE: dump.certificate_text, Kind.REQUEST: dump.request_text, Kind.CRL: dump.crl_text}


def _load(kind: Kind, source: bytes) -> Signed:
    """Load a DER object; raises whatever `cryptography` does."""
    match kind:
        case Kind.CERTIFICATE:
            return x509.load_der_x509_certificate(source)
        case Kind.REQUEST:
            return x509.load_der_x509_csr(source)
        case _:
            return x509.load_der_x509_crl(source)


def _distinct(found: Iterable[Part]) -> tuple[Part, ...]:
    """Return parts with a key each that no other of the group has: the second `OU` of a subject is `OU 2`."""
    seen: Counter[tuple[str, str]] = Counter()
    kept: list[Part] = []
    for part in found:
        key = part.key or part.field
        seen[part.group, key] += 1
        number = seen[part.group, key]
        kept.append(
            Part(part.group, part.field, part.value, part.octets, key if number == 1 else f"{key} {number}")
        )
    return tuple(kept)


def _of_loaded(signed: Signed, source: bytes) -> Iterator[Part]:
    match signed:
        case x509.Certificate():
            yield from _certificate(signed, source)
            yield from _extensions(Kind.CERTIFICATE, source, _loaded_extensions(signed))
        case x509.CertificateSigningRequest():
            yield from _request(signed, source)
            yield from _extensions(Kind.REQUEST, source, _loaded_extensions(signed))
        case _:
            yield from _list(signed)
            yield from _extensions(Kind.CRL, source, _loaded_extensions(signed))
            yield from _revoked(signed)
    yield from _signature(signed)


def _certificate(certificate: x509.Certificate, source: bytes) -> Iterator[Part]:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    yield Part("Object", "Kind", Kind.CERTIFICATE.value)
    yield Part("Object", "Version", certificate.version.name)
    yield Part("Object", "Serial", serial_hex(certificate.serial_number))
    yield from _name("Subject", certificate.subject)
    yield from _names(certificate)
    yield from _name("Issuer", certificate.issuer)
    yield Part("Validity", "Not before", rfc3339(begin))
    yield Part("Validity", "Not after", rfc3339(end))
    yield Part("Validity", "Lifetime", duration(end - begin))
    yield from _public_key(certificate, Kind.CERTIFICATE, source)


def _request(request: x509.CertificateSigningRequest, source: bytes) -> Iterator[Part]:
    yield Part("Object", "Kind", Kind.REQUEST.value)
    yield from _name("Subject", request.subject)
    yield from _names(request)
    yield from _public_key(request, Kind.REQUEST, source)


def _list(crl: x509.CertificateRevocationList) -> Iterator[Part]:
    yield Part("Object", "Kind", Kind.CRL.value)
    yield from _name("Issuer", crl.issuer)
    yield Part("Validity", "This update", rfc3339(crl.last_update_utc))
    if crl.next_update_utc:
        yield Part("Validity", "Next update", rfc3339(crl.next_update_utc))


def _name(group: str, name: x509.Name) -> Iterator[Part]:
    for attribute in name:
        value = attribute.value
        yield Part(
            group, attribute_type(attribute), printable(value if isinstance(value, str) else value.hex())
        )


def _names(signed: x509.Certificate | x509.CertificateSigningRequest) -> Iterator[Part]:
    """Yield each subject alternative name under itself, so that one more of them is one part more."""
    found = next((one for one in _loaded_extensions(signed) if one.oid.dotted_string == _SAN), None)
    if found is None or not isinstance(found.value, x509.SubjectAlternativeName):
        return
    for name in found.value:
        text = printable(general_name_text(name))
        yield Part("Names", name_type(name), text, key=f"{name_type(name)} {text}")
    order = [printable(general_name_text(name)) for name in found.value]
    yield Part("Names", ORDER, listing(order, most=_MOST_NAMES), "\0".join(order).encode())
    yield Part("Names", "Critical", "yes" if found.critical else "no")


def _public_key(
    signed: x509.Certificate | x509.CertificateSigningRequest, kind: Kind, source: bytes
) -> Iterator[Part]:
    try:
        key = signed.public_key()
        yield Part("Key", "Kind", kind_of(key))
        yield Part("Key", "SHA-256", hex_colons(key_id(key)))
    except _ILLEGIBLE:
        yield Part("Key", "Kind", "unknown")
        yield Part("Key", "SHA-256", hex_colons(hashlib.sha256(_encoded_key(kind, source)).hexdigest()))


def _encoded_key(kind: Kind, source: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo as it is encoded: a key of a kind that is unknown here is still the same or another."""
    fields = [one for one in der.read(source).children()[0].children() if one.tag != der.CONTEXT | 0]
    return fields[5 if kind is Kind.CERTIFICATE else 2].encoding


def _loaded_extensions(signed: Signed) -> Sequence[x509.Extension[x509.ExtensionType]]:
    """Return the extensions as values; none where any of them cannot be read, of which OpenSSL's text then tells."""
    try:
        return list(extensions_of(signed))
    except _ILLEGIBLE:
        return ()


def _extensions(
    kind: Kind, source: bytes, loaded: Sequence[x509.Extension[x509.ExtensionType]]
) -> Iterator[Part]:
    by_oid = {extension.oid.dotted_string: extension for extension in loaded}
    for extension in _encoded_extensions(kind, source):
        oid = objects.dotted(extension.identifier)
        if oid == _SAN and oid in by_oid:
            continue
        field, words = _in_words(by_oid.get(oid), extension)
        told = f"{words} (critical)" if extension.is_critical else words
        yield Part("Extensions", field, told, extension.content, oid)


def _in_words(loaded: x509.Extension[x509.ExtensionType] | None, encoded: Extension) -> tuple[str, str]:
    if loaded is not None:
        with suppress(*_ILLEGIBLE):
            row = describe_extensions([loaded])[0]
            return row.title, row.value
    page = Page(safe=True)
    print_extensions(page, [encoded], 0)
    head, _, value = page.text().decode("utf-8", "backslashreplace").partition("\n")
    lines = (line.strip() for line in value.splitlines())
    return printable(head.partition(": ")[0]), printable(" ".join(line for line in lines if line))


def _encoded_extensions(kind: Kind, source: bytes) -> Sequence[Extension]:
    """Return the extensions as they are encoded (RFC 5280, 4.1 and 5.1; RFC 2985, 5.4.2); none where they cannot be found."""
    try:
        content = der.read(source).children()[0].children()
        if kind is Kind.REQUEST:
            return _requested(content)
        wrapper = der.CONTEXT | (3 if kind is Kind.CERTIFICATE else 0)
        found = next((element for element in content if element.tag == wrapper), None)
        return extensions(der.explicit(found)) if found else ()
    except (DerError, IndexError):
        return ()


def _requested(content: Sequence[der.Tlv]) -> Sequence[Extension]:
    attributes = next((element for element in content if element.tag == der.CONTEXT | 0), None)
    for attribute in attributes.children() if attributes else ():
        identifier, values = attribute.children()[:2]
        if objects.known_as(der.object_identifier(identifier)) in {"extReq", "msExtReq"}:
            return extensions(values.children()[0])
    return ()


def _revoked(crl: x509.CertificateRevocationList) -> Iterator[Part]:
    for entry in crl:
        serial = serial_hex(entry.serial_number)
        yield Part("Revoked", serial, f"{rfc3339(entry.revocation_date_utc)}{_reason(entry)}")


def _reason(entry: x509.RevokedCertificate) -> str:
    try:
        said = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return ""
    except _ILLEGIBLE:
        return ", for a reason that cannot be read"
    return f", {_REASON_WORDS.get(said, said.value)}"


def _signature(signed: Signed) -> Iterator[Part]:
    oid = signed.signature_algorithm_oid
    name = oid._name  # noqa: SLF001 -- the only table of names
    yield Part("Signature", "Algorithm", printable(oid.dotted_string if name == "Unknown OID" else name))
    if isinstance(signed, x509.CertificateSigningRequest):
        yield Part("Signature", "Proof", "correct" if signed.is_signature_valid else "WRONG")
    yield Part("Signature", "Value", _abridged(signed.signature), signed.signature)


def _abridged(octets: bytes) -> str:
    shown = hex_colons(octets[:_MOST_OCTETS].hex())
    return shown if len(octets) <= _MOST_OCTETS else f"{shown} and {len(octets) - _MOST_OCTETS} octets more"


_MOST_OCTETS = 16
_REASON_WORDS = {flag: word for word, flag in REASONS.items()}
_FRAMES = frozenset(
    {"Certificate", "Certificate Request", "Certificate Revocation List (CRL)", "Data", "X509v3 extensions"}
)
"""Headings of OpenSSL's text that say nothing of what stands below them."""


def _fingerprints(source: bytes) -> Iterator[Part]:
    sha1 = hashlib.sha1(source).hexdigest()  # noqa: S324 -- a fingerprint to compare, not a proof
    yield Part("Fingerprints", "SHA-256", hex_colons(hashlib.sha256(source).hexdigest()))
    yield Part("Fingerprints", "SHA-1", hex_colons(sha1))


def _printed(text: str) -> Iterator[Part]:
    """Yield the lines of OpenSSL's text, each under the headings that it is indented below; rows of octets are one value."""
    headings: list[tuple[int, str]] = []
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        title, colon, value = line.strip().partition(":")
        while headings and headings[-1][0] >= indent:
            headings.pop()
        titled = bool(colon) and (not value or value.startswith(" "))
        if titled:
            headings.append((indent, printable(title.strip())))
        told = value.strip() if titled else line.strip()
        field = ": ".join(heading for _, heading in headings if heading not in _FRAMES)
        if told:
            found.setdefault(field or "Text", []).append(printable(told))
    for field, values in found.items():
        yield Part("Text", field, " ".join(values))
