"""Signature algorithms and signatures, RSASSA-PSS parameters among them."""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, BitString, Tlv
from tlsca.pki.dump import numbers, objects
from tlsca.pki.dump.page import Page, hex_rows

_SIGNATURE_INDENT = 8
_ROW = 18
_DSA = frozenset({"DSA-SHA", "DSA-SHA1", "DSA-SHA1-old", "dsa_with_SHA224", "dsa_with_SHA256"})


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An AlgorithmIdentifier: the octets of its identifier, and its parameters."""

    identifier: bytes
    parameters: Tlv | None

    @property
    def name(self) -> str | None:
        """The short name; None for an algorithm OpenSSL does not know."""
        return objects.known_as(self.identifier)


def algorithm(element: Tlv) -> Algorithm:
    """Return an AlgorithmIdentifier. Raises `DerError`."""
    fields = der.sequence(element)
    identifier = der.object_identifier(fields.any())
    parameters = None if fields.peek() is None else fields.any()
    fields.end()
    if parameters is not None:
        der.any_content(parameters)
    return Algorithm(identifier, parameters)


@dataclass(frozen=True, slots=True)
class PssParameters:
    """RSASSA-PSS-params (RFC 4055 section 3.1); None stands for a default."""

    digest: bytes | None
    mask: bytes | None
    mask_digest: bytes | None
    salt_length: int | None
    trailer: int | None


def pss_parameters(parameters: Tlv | None) -> PssParameters | None:
    """Return the parameters of RSASSA-PSS; None if they are missing or cannot be read."""
    if parameters is None or parameters.tag != der.SEQUENCE:
        return None
    try:
        return _pss_parameters(parameters)
    except DerError:
        return None


def _pss_parameters(parameters: Tlv) -> PssParameters:
    fields = der.sequence(parameters)
    wrapped = [fields.maybe(CONTEXT | number) for number in range(4)]
    fields.end()
    digest, mask, salt_length, trailer = (None if one is None else der.explicit(one) for one in wrapped)
    mask_algorithm = None if mask is None else algorithm(mask)
    return PssParameters(
        None if digest is None else algorithm(digest).identifier,
        None if mask_algorithm is None else mask_algorithm.identifier,
        None if mask_algorithm is None else _mask_digest(mask_algorithm),
        None if salt_length is None else der.integer(salt_length),
        None if trailer is None else der.integer(trailer),
    )


def _mask_digest(mask: Algorithm) -> bytes:
    if mask.name != "MGF1" or mask.parameters is None:
        raise DerError("a mask generation function other than MGF1", offset=0)
    return algorithm(mask.parameters).identifier


def print_algorithm(page: Page, signed_by: Algorithm) -> None:
    """Write the name of a signature algorithm, and its parameters if it is RSASSA-PSS."""
    page.write(b"    Signature Algorithm: " + objects.long_name(signed_by.identifier))
    _print_parameters(page, signed_by)


def print_signature(page: Page, signed_by: Algorithm, signature: BitString) -> None:
    """Write the name of a signature algorithm and the signature."""
    page.write(b"    Signature Algorithm: %s\n    Signature Value:" % objects.long_name(signed_by.identifier))
    if signed_by.name in _DSA:
        page.write(b"\n" + (_dsa_signature(signature.content) or _dump(signature)))
        return
    _print_parameters(page, signed_by)
    page.write(_dump(signature))


def _dump(signature: BitString) -> bytes:
    return hex_rows(signature.content, indent=_SIGNATURE_INDENT, width=_ROW)


def _print_parameters(page: Page, signed_by: Algorithm) -> None:
    if signed_by.name != "RSASSA-PSS":
        page.write(b"\n")
        return
    margin = b" " * _SIGNATURE_INDENT
    parameters = pss_parameters(signed_by.parameters)
    if parameters is None:
        page.write(margin + b"(INVALID PSS PARAMETERS)\n")
        return
    page.write(margin + b"\n")
    for line in _pss_lines(parameters):
        page.line(_SIGNATURE_INDENT, line)


def _pss_lines(parameters: PssParameters) -> list[bytes]:
    digest, mask, mask_digest = parameters.digest, parameters.mask, parameters.mask_digest
    salt, trailer = parameters.salt_length, parameters.trailer
    return [
        b"Hash Algorithm: " + (b"sha1 (default)" if digest is None else objects.long_name(digest)),
        b"Mask Algorithm: "
        + (
            b"mgf1 with sha1 (default)"
            if mask is None or mask_digest is None
            else objects.long_name(mask) + b" with " + objects.long_name(mask_digest)
        ),
        b" Salt Length: 0x" + (b"14 (default)" if salt is None else numbers.hex_with_breaks(salt)),
        b"Trailer Field: 0x" + (b"01 (default)" if trailer is None else numbers.hex_with_breaks(trailer)),
    ]


def _dsa_signature(signature: bytes) -> bytes | None:
    """Return the two numbers of a DSA signature; None if it holds none. Here OpenSSL insists on DER."""
    try:
        element = der.read(signature)
        fields = der.sequence(element)
        found = [der.integer(fields.any()) for _ in range(2)]
        fields.end()
    except DerError:
        return None
    if not _is_der(element) or not all(number >= 0 for number in found):
        return None
    return b"".join(
        numbers.labelled(label, number, indent=_SIGNATURE_INDENT)
        for label, number in zip((b"r:   ", b"s:   "), found, strict=True)
    )


def _is_der(element: Tlv) -> bool:
    """Whether an element and its children have lengths of at most two octets, as OpenSSL asks of these signatures."""
    return all(not one.is_indefinite and one.header_length <= 4 for one in (element, *element.children()))
