"""Extensions that hold one value or a few: constraints, usages, numbers, strings, times."""

from collections.abc import Callable

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import numbers, objects
from tlsca.pki.dump.page import Page, Row, dots, hex_colons, print_rows, until_nul

Printer = Callable[[Page, bytes, int], bool]
"""Writes the content of an extension at an indent; False if OpenSSL would go on to dump it as octets.

A printer reads everything before it writes, and raises `DerError` for what OpenSSL does not load.
"""

_KEY_USAGES = (
    b"Digital Signature",
    b"Non Repudiation",
    b"Key Encipherment",
    b"Data Encipherment",
    b"Key Agreement",
    b"Certificate Sign",
    b"CRL Sign",
    b"Encipher Only",
    b"Decipher Only",
)
_NETSCAPE_TYPES = (
    b"SSL Client",
    b"SSL Server",
    b"S/MIME",
    b"Object Signing",
    b"Unused",
    b"SSL CA",
    b"S/MIME CA",
    b"Object Signing CA",
)
_REASONS = {
    0: b"Unspecified",
    1: b"Key Compromise",
    2: b"CA Compromise",
    3: b"Affiliation Changed",
    4: b"Superseded",
    5: b"Cessation Of Operation",
    6: b"Certificate Hold",
    8: b"Remove From CRL",
    9: b"Privilege Withdrawn",
    10: b"AA Compromise",
}
_TLS_FEATURES = {5: b"status_request", 17: b"status_request_v2"}
_EXTRANET_VERSION_MOST = 2**63 - 1


def tagged(content: bytes, *tags: int) -> Tlv:
    """Return the element that the content of an extension begins with. Raises `DerError` for another tag."""
    element = der.read(content)
    if element.tag not in tags:
        raise DerError("an extension of another type", offset=0)
    return element


def optional_integer(fields: der.Fields, tag: int) -> int | None:
    """Take an INTEGER that may be missing."""
    element = fields.maybe(tag)
    return None if element is None else der.integer(element, tag=tag)


def print_or_fail(page: Page, rows: list[Row] | None, indent: int, *, one_per_line: bool = False) -> bool:
    """Write rows, unless there are none (OpenSSL's `i2v` returning NULL)."""
    if not rows:
        return False
    print_rows(page, rows, indent, one_per_line=one_per_line)
    return True


def print_text(page: Page, indent: int, text: bytes) -> bool:
    """Write a text that needs no escaping."""
    page.write(b" " * indent + text)
    return True


def _basic_constraints(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    authority = fields.maybe(der.BOOLEAN)
    is_authority = authority is not None and der.boolean(authority)
    path_length = optional_integer(fields, der.INTEGER)
    fields.end()
    rows: list[Row] = [(b"CA", b"TRUE" if is_authority else b"FALSE")]
    if path_length is not None:
        rows.append((b"pathlen", numbers.decimal_or_hex(path_length)))
    return print_or_fail(page, rows, indent)


def _bits(labels: tuple[bytes, ...]) -> Printer:
    def print_bits(page: Page, content: bytes, indent: int) -> bool:
        bits = der.bit_string(tagged(content, der.BIT_STRING))
        return print_or_fail(
            page, [(label, None) for bit, label in enumerate(labels) if bits.has(bit)], indent
        )

    return print_bits


def _identifiers(page: Page, content: bytes, indent: int) -> bool:
    elements = tagged(content, der.SEQUENCE).children()
    rows: list[Row] = [(None, objects.buffered_name(der.object_identifier(element))) for element in elements]
    return print_or_fail(page, rows, indent)


def _tls_features(page: Page, content: bytes, indent: int) -> bool:
    features = [der.integer(element) for element in tagged(content, der.SEQUENCE).children()]
    rows: list[Row] = [(None, _TLS_FEATURES.get(one, numbers.decimal_or_hex(one))) for one in features]
    return print_or_fail(page, rows, indent)


def _key_identifier(page: Page, content: bytes, indent: int) -> bool:
    return print_text(page, indent, hex_colons(der.octets(tagged(content, der.OCTET_STRING))))


def _number(page: Page, content: bytes, indent: int) -> bool:
    return print_text(page, indent, numbers.decimal_or_hex(der.integer(der.read(content))))


def _reason(page: Page, content: bytes, indent: int) -> bool:
    code = der.integer(der.read(content), tag=der.ENUMERATED)
    return print_text(page, indent, _REASONS.get(code, numbers.decimal_or_hex(code)))


def _time(page: Page, content: bytes, indent: int) -> bool:
    text = numbers.time(tagged(content, der.GENERALIZED_TIME))
    return print_text(page, indent, text) and text != numbers.BAD_TIME


def _instruction(page: Page, content: bytes, indent: int) -> bool:
    return print_text(page, indent, objects.long_name(der.object_identifier(der.read(content))))


def _nothing(_page: Page, content: bytes, _indent: int) -> bool:
    der.null(der.read(content))
    return True


def _poison(page: Page, content: bytes, indent: int) -> bool:
    der.null(der.read(content))
    return print_text(page, indent, b"NULL")


def _string(tag: int) -> Printer:
    def print_string(page: Page, content: bytes, indent: int) -> bool:
        text = der.octets(tagged(content, tag))
        if not text:
            return False
        page.write(b" " * indent)
        page.value(until_nul(text))
        return True

    return print_string


def _usage_period(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    moments = [
        (label, numbers.time_text(der.GENERALIZED_TIME, der.octets(moment)))
        for label, moment in (
            (b"Not Before: ", fields.maybe(CONTEXT | 0)),
            (b"Not After: ", fields.maybe(CONTEXT | 1)),
        )
        if moment is not None
    ]
    fields.end()
    return print_text(page, indent, b", ".join(label + moment for label, moment in moments))


def _nonce(page: Page, content: bytes, indent: int) -> bool:
    rows = [content[start : start + 35].hex().upper().encode() for start in range(0, len(content), 35)]
    return print_text(page, indent, b"\\\n".join(rows) or b"0")


def _crl_reference(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    wrapped = [fields.maybe(CONTEXT | number) for number in range(3)]
    fields.end()
    url, number, moment = (None if one is None else der.explicit(one) for one in wrapped)
    shown_url = None if url is None else der.octets(_of(url, der.IA5_STRING))
    shown_number = None if number is None else der.integer(number)
    shown_moment = None if moment is None else numbers.time(_of(moment, der.GENERALIZED_TIME))
    if shown_url is not None:
        page.write(b"%*scrlUrl: " % (indent, b""))
        page.value(dots(shown_url))
        page.write(b"\n")
    if shown_number is not None:
        page.line(indent, b"crlNum: " + numbers.hex_with_breaks(shown_number))
    if shown_moment is not None:
        page.write(b"%*scrlTime: %s" % (indent, b"", shown_moment))
        if shown_moment == numbers.BAD_TIME:
            return False
        page.write(b"\n")
    return True


def _of(element: Tlv, tag: int) -> Tlv:
    if element.tag != tag:
        raise DerError("a value of another type", offset=element.offset)
    return element


def _strong_extranet(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    version = der.integer(fields.any())
    users = [_extranet_user(element) for element in fields.take(der.SEQUENCE).children()]
    fields.end()
    if -_EXTRANET_VERSION_MOST - 1 <= version < _EXTRANET_VERSION_MOST:
        page.write(b"%*sVersion: %d (0x%X)" % (indent, b"", version + 1, version & 0xFFFFFFFFFFFFFFFF))
    else:
        page.write(b"%*sVersion: <unsupported>" % (indent, b""))
    for zone, user in users:
        page.write(b"\n%*sZone: %s, User: " % (indent, b"", numbers.decimal_or_hex(zone)))
        page.value(dots(user))
    return True


def _extranet_user(element: Tlv) -> tuple[int, bytes]:
    fields = der.sequence(element)
    zone = der.integer(fields.any())
    user = der.octets(fields.take(der.OCTET_STRING))
    fields.end()
    return zone, user


def _issuer_sign_tool(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    labels = (b"signTool    : ", b"cATool      : ", b"signToolCert: ", b"cAToolCert  : ")
    tools = [der.octets(fields.take(der.UTF8_STRING)) for _ in labels]
    fields.end()
    for place, (label, tool) in enumerate(zip(labels, tools, strict=True)):
        page.write(b"%s%*s%s" % (b"\n" if place else b"", indent, b"", label))
        page.value(tool)
    return True


PRINTERS: dict[str, Printer] = {
    "CRLReason": _reason,
    "CrlID": _crl_reference,
    "Nonce": _nonce,
    "SXNetID": _strong_extranet,
    "acceptableResponses": _identifiers,
    "archiveCutoff": _time,
    "basicConstraints": _basic_constraints,
    "crlNumber": _number,
    "ct_precert_poison": _poison,
    "deltaCRL": _number,
    "extendedKeyUsage": _identifiers,
    "holdInstructionCode": _instruction,
    "inhibitAnyPolicy": _number,
    "invalidityDate": _time,
    "issuerSignTool": _issuer_sign_tool,
    "keyUsage": _bits(_KEY_USAGES),
    "noCheck": _nothing,
    "nsBaseUrl": _string(der.IA5_STRING),
    "nsCaPolicyUrl": _string(der.IA5_STRING),
    "nsCaRevocationUrl": _string(der.IA5_STRING),
    "nsCertType": _bits(_NETSCAPE_TYPES),
    "nsComment": _string(der.IA5_STRING),
    "nsRenewalUrl": _string(der.IA5_STRING),
    "nsRevocationUrl": _string(der.IA5_STRING),
    "nsSslServerName": _string(der.IA5_STRING),
    "privateKeyUsagePeriod": _usage_period,
    "subjectKeyIdentifier": _key_identifier,
    "subjectSignTool": _string(der.UTF8_STRING),
    "tlsfeature": _tls_features,
}
"""Printers by the extension's short name."""
