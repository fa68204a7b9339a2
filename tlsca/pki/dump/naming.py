"""Extensions made of general names: alternative names, authority key, access, distribution points, name constraints."""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, BitString, Tlv
from tlsca.pki.dump import names, numbers, objects
from tlsca.pki.dump.basic import Printer, print_or_fail, tagged
from tlsca.pki.dump.general_names import (
    IP_ADDRESS,
    GeneralName,
    general_name,
    general_names,
    ip_address,
    print_general_name,
    print_list,
    rows,
)
from tlsca.pki.dump.page import Page, Row, hex_colons, print_rows

_REASONS = (
    b"Unused",
    b"Key Compromise",
    b"CA Compromise",
    b"Affiliation Changed",
    b"Superseded",
    b"Cessation Of Operation",
    b"Certificate Hold",
    b"Privilege Withdrawn",
    b"AA Compromise",
)


def _alternative_names(page: Page, content: bytes, indent: int) -> bool:
    found = rows(map(general_name, tagged(content, der.SEQUENCE).walk()))
    if found is None:
        return False
    print_rows(page, found, indent, one_per_line=page.safe)
    return True


def _authority_key(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    identifier, issuer, serial = (fields.maybe(CONTEXT | number) for number in range(3))
    fields.end()
    found: list[Row] = []
    if identifier is not None:
        is_alone = issuer is None and serial is None
        found.append((None if is_alone else b"keyid", hex_colons(der.octets(identifier))))
    if issuer is not None:
        issuer_rows = rows(general_names(issuer))
        if issuer_rows is None:
            return False
        found += issuer_rows
    if serial is not None:
        found.append((b"serial", hex_colons(numbers.magnitude(der.integer(serial, tag=serial.tag)))))
    return print_or_fail(page, found, indent, one_per_line=True)


def _access(page: Page, content: bytes, indent: int) -> bool:
    descriptions = [_access_description(element) for element in tagged(content, der.SEQUENCE).children()]
    found = rows([location for _, location in descriptions])
    if found is None:
        return False
    labelled: list[Row] = [
        (objects.buffered_name(method) + b" - " + (name or b""), value)
        for (method, _), (name, value) in zip(descriptions, found, strict=True)
    ]
    print_rows(page, labelled, indent, one_per_line=True)
    return True


def _access_description(element: Tlv) -> tuple[bytes, GeneralName]:
    fields = der.sequence(element)
    method = der.object_identifier(fields.any())
    location = general_name(fields.any())
    fields.end()
    return method, location


def _service_locator(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    issuer = names.name(fields.any())
    locator = fields.maybe(der.SEQUENCE)
    descriptions = [_access_description(element) for element in locator.children()] if locator else []
    fields.end()
    page.write(b"%*sIssuer: %s" % (indent, b"", names.readable(issuer)))
    if not issuer:
        return False
    for method, location in descriptions:
        page.write(b"\n%*s%s - " % (2 * indent, b"", objects.long_name(method)))
        print_general_name(page, location)
    return True


@dataclass(frozen=True, slots=True)
class _PointName:
    """Where a CRL is: full names, or a name relative to the issuer's."""

    full: list[GeneralName] | None
    relative: names.Name = ()


def _point_name(element: Tlv) -> _PointName:
    inner = der.explicit(element)
    if inner.tag == CONTEXT | 0:
        return _PointName(general_names(inner))
    if inner.tag == CONTEXT | 1:
        return _PointName(None, tuple(names.relative_name(inner)))
    raise DerError("a distribution point name was expected", offset=inner.offset)


def _print_point_name(page: Page, point: _PointName, indent: int) -> None:
    if point.full is not None:
        page.line(indent, b"Full Name:")
        print_list(page, point.full, indent + 2)
        return
    page.line(indent, b"Relative Name:")
    page.line(indent + 2, names.readable(point.relative))


def _print_reasons(page: Page, label: bytes, bits: BitString, indent: int) -> None:
    page.line(indent, label + b":")
    page.line(
        indent + 2, b", ".join(reason for bit, reason in enumerate(_REASONS) if bits.has(bit)) or b"<EMPTY>"
    )


@dataclass(frozen=True, slots=True)
class _Point:
    name: _PointName | None
    reasons: BitString | None
    issuer: list[GeneralName] | None


def _point(element: Tlv) -> _Point:
    fields = der.sequence(element)
    name, reasons, issuer = (fields.maybe(CONTEXT | number) for number in range(3))
    fields.end()
    return _Point(
        None if name is None else _point_name(name),
        None if reasons is None else der.bit_string(reasons),
        None if issuer is None else general_names(issuer),
    )


def _distribution_points(page: Page, content: bytes, indent: int) -> bool:
    points = [_point(element) for element in tagged(content, der.SEQUENCE).children()]
    for place, point in enumerate(points):
        if place:
            page.write(b"\n")
        if point.name is not None:
            _print_point_name(page, point.name, indent)
        if point.reasons is not None:
            _print_reasons(page, b"Reasons", point.reasons, indent)
        if point.issuer is not None:
            page.line(indent, b"CRL Issuer:")
            print_list(page, point.issuer, indent + 2)
    return True


def _issuing_distribution_point(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    name, users, authorities, reasons, indirect, attributes = (
        fields.maybe(CONTEXT | number) for number in range(6)
    )
    fields.end()
    point = None if name is None else _point_name(name)
    flags = [
        element is not None and der.boolean(element) for element in (users, authorities, indirect, attributes)
    ]
    some_reasons = None if reasons is None else der.bit_string(reasons)
    if point is not None:
        _print_point_name(page, point, indent)
    for is_set, label in zip(
        flags[:3], (b"Only User Certificates", b"Only CA Certificates", b"Indirect CRL"), strict=True
    ):
        if is_set:
            page.line(indent, label)
    if some_reasons is not None:
        _print_reasons(page, b"Only Some Reasons", some_reasons, indent)
    if flags[3]:
        page.line(indent, b"Only Attribute Certificates")
    if point is None and some_reasons is None and not any(flags):
        page.line(indent, b"<EMPTY>")
    return True


def _name_constraints(page: Page, content: bytes, indent: int) -> bool:
    fields = der.sequence(der.read(content))
    permitted, excluded = (fields.maybe(CONTEXT | number) for number in range(2))
    fields.end()
    subtrees = [(b"Permitted:", _subtrees(permitted)), (b"Excluded:", _subtrees(excluded))]
    for place, (label, bases) in enumerate(subtrees):
        if place and permitted is not None and excluded is not None:
            page.write(b"\n")
        if bases:
            page.line(indent, label)
        for number, base in enumerate(bases):
            page.write(b"%s%*s" % (b"\n" if number else b"", indent + 2, b""))
            _print_subtree(page, base)
    return True


def _subtrees(element: Tlv | None) -> list[GeneralName]:
    return [] if element is None else [_subtree(child) for child in element.children()]


def _subtree(element: Tlv) -> GeneralName:
    fields = der.sequence(element)
    base = general_name(fields.any())
    for bound in (fields.maybe(CONTEXT | 0), fields.maybe(CONTEXT | 1)):
        if bound is not None:
            der.integer(bound, tag=bound.tag)
    fields.end()
    return base


def _print_subtree(page: Page, base: GeneralName) -> None:
    if base.kind != IP_ADDRESS:
        print_general_name(page, base)
        return
    length = len(base.value)
    half = 16 if length >= 16 else min(length, 4)
    page.write(b"IP:%s/%s" % (ip_address(base.value[:half]), ip_address(base.value[half:])))


PRINTERS: dict[str, Printer] = {
    "authorityInfoAccess": _access,
    "authorityKeyIdentifier": _authority_key,
    "certificateIssuer": _alternative_names,
    "crlDistributionPoints": _distribution_points,
    "freshestCRL": _distribution_points,
    "issuerAltName": _alternative_names,
    "issuingDistributionPoint": _issuing_distribution_point,
    "nameConstraints": _name_constraints,
    "serviceLocator": _service_locator,
    "subjectAltName": _alternative_names,
    "subjectInfoAccess": _access,
}
"""Printers by the extension's short name."""
