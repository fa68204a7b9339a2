"""Extensions about policies: certificate policies with qualifiers, mappings, constraints, proxy policies."""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump import numbers, objects
from tlsca.pki.dump.basic import Printer, optional_integer, print_or_fail, tagged
from tlsca.pki.dump.page import Page, Row, until_nul

_DISPLAY_TEXTS = (der.IA5_STRING, der.VISIBLE_STRING, der.BMP_STRING, der.UTF8_STRING)


@dataclass(frozen=True, slots=True)
class _Notice:
    """A user notice (RFC 5280 section 4.2.1.4); what is missing is None."""

    organization: bytes | None
    numbers: list[int]
    text: bytes | None


@dataclass(frozen=True, slots=True)
class _Qualifier:
    """A policy qualifier: a CPS pointer, a notice, or one of another kind, of which only the identifier shows."""

    identifier: bytes
    pointer: bytes | None = None
    notice: _Notice | None = None


_Policy = tuple[bytes, list[_Qualifier] | None]


def _policy(element: Tlv) -> _Policy:
    fields = der.sequence(element)
    identifier = der.object_identifier(fields.any())
    qualifiers = fields.maybe(der.SEQUENCE)
    fields.end()
    return identifier, None if qualifiers is None else [_qualifier(child) for child in qualifiers.children()]


def _qualifier(element: Tlv) -> _Qualifier:
    fields = der.sequence(element)
    identifier = der.object_identifier(fields.any())
    kind = objects.known_as(identifier)
    content = fields.any()
    fields.end()
    if kind == "id-qt-cps":
        if content.tag != der.IA5_STRING:
            raise DerError("a CPS pointer that is no IA5String", offset=content.offset)
        return _Qualifier(identifier, pointer=der.octets(content))
    if kind == "id-qt-unotice":
        return _Qualifier(identifier, notice=_notice(content))
    der.any_content(content)
    return _Qualifier(identifier)


def _notice(element: Tlv) -> _Notice:
    fields = der.sequence(element)
    reference = fields.maybe(der.SEQUENCE)
    organization, references = (None, []) if reference is None else _notice_reference(reference)
    text = fields.maybe(*_DISPLAY_TEXTS)
    fields.end()
    return _Notice(organization, references, None if text is None else der.any_content(text))


def _notice_reference(element: Tlv) -> tuple[bytes, list[int]]:
    fields = der.Fields(element)
    organization = der.any_content(fields.take(*_DISPLAY_TEXTS))
    found = [der.integer(child) for child in fields.take(der.SEQUENCE).children()]
    fields.end()
    return organization, found


def _certificate_policies(page: Page, content: bytes, indent: int) -> bool:
    policies = [_policy(element) for element in tagged(content, der.SEQUENCE).children()]
    for place, (identifier, qualifiers) in enumerate(policies):
        page.write(b"%s%*sPolicy: %s" % (b"\n" if place else b"", indent, b"", objects.long_name(identifier)))
        if qualifiers is not None:
            page.write(b"\n")
            _print_qualifiers(page, qualifiers, indent + 2)
    return True


def _print_qualifiers(page: Page, qualifiers: list[_Qualifier], indent: int) -> None:
    for place, qualifier in enumerate(qualifiers):
        if place:
            page.write(b"\n")
        if qualifier.pointer is not None:
            page.write(b"%*sCPS: " % (indent, b""))
            page.value(until_nul(qualifier.pointer))
        elif qualifier.notice is not None:
            page.line(indent, b"User Notice:")
            _print_notice(page, qualifier.notice, indent + 2)
        else:
            name = objects.long_name(qualifier.identifier)
            page.write(b"%*sUnknown Qualifier: %s" % (indent + 2, b"", name))


def _print_notice(page: Page, notice: _Notice, indent: int) -> None:
    if notice.organization is not None:
        page.write(b"%*sOrganization: " % (indent, b""))
        page.value(until_nul(notice.organization))
        plural = b"s" if len(notice.numbers) > 1 else b""
        shown = b", ".join(map(numbers.decimal_or_hex, notice.numbers))
        page.write(b"\n%*sNumber%s: %s" % (indent, b"", plural, shown))
        if notice.text is not None:
            page.write(b"\n")
    if notice.text is not None:
        page.write(b"%*sExplicit Text: " % (indent, b""))
        page.value(until_nul(notice.text))


def _policy_mappings(page: Page, content: bytes, indent: int) -> bool:
    rows: list[Row] = [_policy_mapping(element) for element in tagged(content, der.SEQUENCE).children()]
    return print_or_fail(page, rows, indent)


def _policy_mapping(element: Tlv) -> Row:
    fields = der.sequence(element)
    issuer, subject = (der.object_identifier(fields.any()) for _ in range(2))
    fields.end()
    return objects.buffered_name(issuer), objects.buffered_name(subject)


def _policy_constraints(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    counts = (
        (b"Require Explicit Policy", optional_integer(fields, CONTEXT | 0)),
        (b"Inhibit Policy Mapping", optional_integer(fields, CONTEXT | 1)),
    )
    fields.end()
    rows: list[Row] = [(label, numbers.decimal_or_hex(count)) for label, count in counts if count is not None]
    return print_or_fail(page, rows, indent)


def _proxy_certificate(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    path_length = optional_integer(fields, der.INTEGER)
    policy = der.sequence(fields.any())
    fields.end()
    language = der.object_identifier(policy.any())
    text = policy.maybe(der.OCTET_STRING)
    policy.end()
    shown = None if text is None else der.octets(text)
    limit = b"infinite" if path_length is None else numbers.hex_with_breaks(path_length)
    page.line(indent, b"Path Length Constraint: " + limit)
    page.write(b"%*sPolicy Language: %s" % (indent, b"", objects.long_name(language)))
    if shown is not None:
        page.write(b"\n%*sPolicy Text: " % (indent, b""))
        page.value(until_nul(shown))
    return True


PRINTERS: dict[str, Printer] = {
    "certificatePolicies": _certificate_policies,
    "policyConstraints": _policy_constraints,
    "policyMappings": _policy_mappings,
    "proxyCertInfo": _proxy_certificate,
}
"""Printers by the extension's short name."""
