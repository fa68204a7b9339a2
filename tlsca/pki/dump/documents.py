"""The three documents: certificate, certificate request, certificate revocation list."""

from tlsca.errors import DerError, Unreadable
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, BitString, Tlv
from tlsca.pki.dump import names, numbers, objects
from tlsca.pki.dump.algorithms import Algorithm, algorithm, print_algorithm, print_signature
from tlsca.pki.dump.extensions import Extension, extensions, print_extensions, print_titled
from tlsca.pki.dump.keys import print_public_key, public_key
from tlsca.pki.dump.page import Page, hex_rows

_ROW = 18
_TIMES = (der.UTC_TIME, der.GENERALIZED_TIME)
_TEXTS = (der.PRINTABLE_STRING, der.T61_STRING, der.NUMERIC_STRING, der.UTF8_STRING, der.IA5_STRING)
_EXTENSION_REQUESTS = ("extReq", "msExtReq")
_ATTRIBUTE_COLUMN = 25
_REVOKED_INDENT = 8


def certificate_text(source: bytes, *, safe: bool = False) -> bytes:
    """Return a DER certificate as `openssl x509 -noout -text` of OpenSSL 3.0 prints it.

    With `safe`, values from the certificate have their control characters escaped before they are laid out, and each
    alternative name has its own row: text for a terminal, in which no value can forge a line. The result is then UTF-8.
    Raises `Unreadable` for what OpenSSL does not load.
    """
    try:
        return _certificate(der.read(source), Page(safe=safe))
    except DerError as error:
        raise Unreadable(f"These bytes are no certificate: {error}.") from error


def request_text(source: bytes, *, safe: bool = False) -> bytes:
    """Return a DER certificate request as `openssl req -noout -text` prints it; see `certificate_text`."""
    try:
        return _request(der.read(source), Page(safe=safe))
    except DerError as error:
        raise Unreadable(f"These bytes are no certificate request: {error}.") from error


def crl_text(source: bytes, *, safe: bool = False) -> bytes:
    """Return a DER certificate revocation list as `openssl crl -noout -text` prints it; see `certificate_text`."""
    try:
        return _revocation_list(der.read(source), Page(safe=safe))
    except DerError as error:
        raise Unreadable(f"These bytes are no certificate revocation list: {error}.") from error


def _signed(element: Tlv) -> tuple[der.Fields, Algorithm, BitString]:
    """Return the fields of what is signed, the algorithm and the signature (RFC 5280 section 4.1.1)."""
    fields = der.sequence(element)
    content = der.sequence(fields.any())
    signed_by = algorithm(fields.any())
    signature = der.bit_string(fields.take(der.BIT_STRING))
    fields.end()
    return content, signed_by, signature


def _certificate(element: Tlv, page: Page) -> bytes:
    fields, signed_by, signature = _signed(element)
    wrapped_version = fields.maybe(CONTEXT | 0)
    version = 0 if wrapped_version is None else der.integer(der.explicit(wrapped_version))
    serial = der.integer(fields.any())
    announced = algorithm(fields.any())
    issuer = names.name(fields.any())
    not_before, not_after = _validity(fields.any())
    subject = names.name(fields.any())
    key = public_key(fields.any())
    unique = [fields.maybe(CONTEXT | 1), fields.maybe(CONTEXT | 2)]
    identifiers = [None if one is None else der.bit_string(one) for one in unique]
    listed = _wrapped_extensions(fields.maybe(CONTEXT | 3))
    fields.end()

    page.write(
        b"Certificate:\n    Data:\n" + _version_line(version, most=2) + _serial_lines(serial) + b"    "
    )
    print_algorithm(page, announced)
    page.line(8, b"Issuer: " + names.readable(issuer))
    page.write(
        b"        Validity\n            Not Before: %s\n            Not After : %s\n"
        % (not_before, not_after)
    )
    page.line(8, b"Subject: " + names.readable(subject))
    print_public_key(page, key)
    for title, identifier in zip((b"Issuer", b"Subject"), identifiers, strict=True):
        if identifier is not None:
            page.write(
                b"        %s Unique ID: " % title + hex_rows(identifier.content, indent=12, width=_ROW)
            )
    print_titled(page, b"X509v3 extensions", listed, 8)
    print_signature(page, signed_by, signature)
    return page.text()


def _validity(element: Tlv) -> tuple[bytes, bytes]:
    fields = der.sequence(element)
    moments = (numbers.time(fields.take(*_TIMES)), numbers.time(fields.take(*_TIMES)))
    fields.end()
    return moments


def _wrapped_extensions(element: Tlv | None) -> list[Extension]:
    return [] if element is None else extensions(der.explicit(element))


def _version_line(version: int, *, most: int) -> bytes:
    number = numbers.as_long(version)
    if 0 <= number <= most:
        return b"        Version: %d (0x%x)\n" % (number + 1, number)
    return b"        Version: Unknown (%d)\n" % number


def _serial_lines(serial: int) -> bytes:
    title = b"        Serial Number:"
    if numbers.as_long(serial) != -1:
        sign = b"-" if serial < 0 else b""
        return b"%s %s%d (%s0x%x)\n" % (title, sign, abs(serial), sign, abs(serial))
    negative = b" (Negative)" if serial < 0 else b""
    return b"%s\n            %s%s\n" % (title, negative, numbers.magnitude(serial).hex(":").encode())


def _request(element: Tlv, page: Page) -> bytes:
    fields, signed_by, signature = _signed(element)
    version = der.integer(fields.any())
    subject = names.name(fields.any())
    key = public_key(fields.any())
    wrapped = fields.maybe(CONTEXT | 0)
    attributes = None if wrapped is None else [_attribute(child) for child in wrapped.children()]
    fields.end()

    page.write(b"Certificate Request:\n    Data:\n" + _version_line(version, most=0))
    page.line(8, b"Subject: " + names.readable(subject))
    print_public_key(page, key)
    if not _print_attributes(page, attributes):
        return page.text()
    _print_requested(page, attributes or [])
    print_signature(page, signed_by, signature)
    return page.text()


_Attribute = tuple[bytes, list[Tlv]]


def _attribute(element: Tlv) -> _Attribute:
    fields = der.sequence(element)
    identifier = der.object_identifier(fields.any())
    values = fields.take(der.SET).children()
    fields.end()
    for value in values:
        der.any_content(value)
    return identifier, values


def _print_attributes(page: Page, attributes: list[_Attribute] | None) -> bool:
    """Write the attributes but for requested extensions; False if OpenSSL stops at one without a value.

    It says `(none)` of an empty list, and nothing where the list itself was left out.
    """
    page.line(8, b"Attributes:")
    if attributes == []:
        page.line(12, b"(none)")
    for identifier, values in attributes or []:
        if objects.known_as(identifier) in _EXTENSION_REQUESTS:
            continue
        name = objects.long_name(identifier)
        page.write(b"            " + name)
        if not values:
            return False
        used = len(name)
        for value in values:
            missing = _ATTRIBUTE_COLUMN - used
            page.write(b" " * missing + b":")
            _print_attribute_value(page, value)
            used = min(
                missing, 0
            )  # as in OpenSSL, a name beyond the column pushes the second value out by as much
    return True


def _print_attribute_value(page: Page, value: Tlv) -> None:
    if value.tag in _TEXTS:
        page.value(der.any_content(value))
        page.write(b"\n")
    else:
        page.write(b"unable to print attribute\n")


def _print_requested(page: Page, attributes: list[_Attribute]) -> None:
    """Write the extensions of the first attribute that requests some, PKCS #9's before Microsoft's."""
    for kind in _EXTENSION_REQUESTS:
        requests = [values for identifier, values in attributes if objects.known_as(identifier) == kind]
        if requests:
            _print_request(page, requests[0])
            return
    page.line(12, b"Requested Extensions:")


def _print_request(page: Page, values: list[Tlv]) -> None:
    if not values:
        page.line(12, b"Requested Extensions:")
        return
    try:
        listed = extensions(values[0])
    except DerError:
        return
    page.line(12, b"Requested Extensions:")
    print_extensions(page, listed, 16)


def _revocation_list(element: Tlv, page: Page) -> bytes:
    fields, signed_by, signature = _signed(element)
    version_element = fields.maybe(der.INTEGER)
    version = 0 if version_element is None else der.integer(version_element)
    algorithm(fields.any())
    issuer = names.name(fields.any())
    last_update = numbers.time(fields.take(*_TIMES))
    next_element = fields.maybe(*_TIMES)
    next_update = b"NONE" if next_element is None else numbers.time(next_element)
    revoked_element = fields.maybe(der.SEQUENCE)
    revoked = [] if revoked_element is None else [_revoked(child) for child in revoked_element.children()]
    listed = _wrapped_extensions(fields.maybe(CONTEXT | 0))
    fields.end()

    page.write(b"Certificate Revocation List (CRL):\n" + _list_version_line(version) + b"    ")
    print_algorithm(page, signed_by)
    page.line(8, b"Issuer: " + names.readable(issuer))
    page.line(8, b"Last Update: " + last_update)
    page.line(8, b"Next Update: " + next_update)
    print_titled(page, b"CRL extensions", listed, 8)
    page.write(b"Revoked Certificates:\n" if revoked else b"No Revoked Certificates.\n")
    for entry in revoked:
        _print_revoked(page, entry)
    print_signature(page, signed_by, signature)
    return page.text()


def _list_version_line(version: int) -> bytes:
    number = numbers.as_long(version)
    if number in {0, 1}:
        return b"        Version %d (0x%x)\n" % (number + 1, number)
    return b"        Version unknown (%d)\n" % number


_Revoked = tuple[int, bytes, list[Extension]]


def _revoked(element: Tlv) -> _Revoked:
    fields = der.sequence(element)
    serial = der.integer(fields.any())
    moment = numbers.time(fields.take(*_TIMES))
    listed = fields.maybe(der.SEQUENCE)
    fields.end()
    return serial, moment, [] if listed is None else extensions(listed)


def _print_revoked(page: Page, entry: _Revoked) -> None:
    serial, moment, listed = entry
    page.line(4, b"Serial Number: " + numbers.hex_with_breaks(serial))
    page.line(_REVOKED_INDENT, b"Revocation Date: " + moment)
    print_titled(page, b"CRL entry extensions", listed, _REVOKED_INDENT)
