"""Extensions in words: what each allows, forbids or points to, as a row.

Read from DER and leniently: an extension that is not what it should be is shown as octets, and spoils no other.
"""

from collections.abc import Callable, Iterator, Sequence

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT
from tlsca.pki.dump import objects
from tlsca.pki.dump.extension import Extension
from tlsca.pki.dump.general_names import general_name, general_names
from tlsca.pki.name_text import general_name_text
from tlsca.pki.rows import Row
from tlsca.text import hex_colons, printable

_MOST_OCTETS = 512
_MOST_NAMES = 50

_USAGES = (
    "digital signature",
    "content commitment",
    "key encipherment",
    "data encipherment",
    "key agreement",
    "sign certificates",
    "sign CRLs",
)
_PURPOSES = {
    "1.3.6.1.5.5.7.3.1": "TLS server",
    "1.3.6.1.5.5.7.3.2": "TLS client",
    "1.3.6.1.5.5.7.3.3": "code signing",
    "1.3.6.1.5.5.7.3.4": "e-mail",
    "1.3.6.1.5.5.7.3.8": "time stamping",
    "1.3.6.1.5.5.7.3.9": "OCSP responses",
    "1.3.6.1.5.5.7.3.36": "document signing",
    "2.5.29.37.0": "any purpose",
}
_ACCESS_METHODS = {"1.3.6.1.5.5.7.48.1": "OCSP", "1.3.6.1.5.5.7.48.2": "issuer certificate"}


def extension_rows(extensions: Sequence[Extension]) -> tuple[Row, ...]:
    """Return a row for each extension; subject alternative names are rows of their own elsewhere."""
    return tuple(
        extension_row(one) for one in extensions if objects.known_as(one.identifier) != "subjectAltName"
    )


def extension_row(extension: Extension) -> Row:
    """Return one extension: its title, its value in words, and whether it is critical."""
    known = objects.known_as(extension.identifier) or ""
    title, words = _WORDS.get(known, (_title(extension.identifier), _octets))
    try:
        value = words(extension.content)
    except DerError:
        value = f"not readable: {_octets(extension.content)}"
    return Row(title, printable(value), "critical" if extension.is_critical else "")


def _title(identifier: bytes) -> str:
    name = objects.long_name(identifier).decode("utf-8", "backslashreplace")
    return printable(name.removeprefix("X509v3 "))


def _octets(content: bytes) -> str:
    more = f" and {len(content) - _MOST_OCTETS:,} octets more" if len(content) > _MOST_OCTETS else ""
    return hex_colons(content[:_MOST_OCTETS].hex()) + more


def _listed(words: Sequence[str]) -> str:
    more = [f"and {len(words) - _MOST_NAMES:,} more"] if len(words) > _MOST_NAMES else []
    return ", ".join([*words[:_MOST_NAMES], *more])


def _basic_constraints(content: bytes) -> str:
    fields = der.sequence(der.read(content))
    authority = fields.maybe(der.BOOLEAN)
    path_length = fields.maybe(der.INTEGER)
    if authority is None or not der.boolean(authority):
        return "no authority"
    return (
        "authority" if path_length is None else f"authority, with at most {der.integer(path_length)} below it"
    )


def _key_usage(content: bytes) -> str:
    bits = der.bit_string(der.read(content))
    return ", ".join(title for bit, title in enumerate(_USAGES) if bits.has(bit)) or "nothing"


def _extended_key_usage(content: bytes) -> str:
    identifiers = [der.dotted(der.object_identifier(one)) for one in der.read(content).children()]
    return _listed([_PURPOSES.get(one, one) for one in identifiers])


def _authority_key_identifier(content: bytes) -> str:
    identifier = der.sequence(der.read(content)).maybe(CONTEXT | 0)
    return hex_colons(der.octets(identifier).hex()) if identifier is not None else "issuer and serial"


def _name_constraints(content: bytes) -> str:
    fields = der.sequence(der.read(content))
    words = []
    for tag, verb in ((CONTEXT | 0, "permits"), (CONTEXT | 1, "excludes")):
        trees = fields.maybe(tag)
        words += [f"{verb} {_base(tree)}" for tree in ([] if trees is None else trees.children())]
    return _listed(words)


def _base(subtree: der.Tlv) -> str:
    return general_name_text(general_name(der.Fields(subtree).any()))


def _access(content: bytes) -> str:
    words = []
    for element in der.read(content).children():
        fields = der.sequence(element)
        method = der.dotted(der.object_identifier(fields.any()))
        words.append(f"{_ACCESS_METHODS.get(method, method)} {general_name_text(general_name(fields.any()))}")
    return _listed(words)


def _distribution_points(content: bytes) -> str:
    return _listed([name for point in der.read(content).children() for name in _point(point)])


def _point(element: der.Tlv) -> Iterator[str]:
    place = der.sequence(element).maybe(CONTEXT | 0)
    if place is not None and (inner := der.explicit(place)).tag == CONTEXT | 0:
        yield from map(general_name_text, general_names(inner))


def _policies(content: bytes) -> str:
    return "; ".join(_policy(one) for one in der.read(content).children()[:_MOST_NAMES])


def _policy(element: der.Tlv) -> str:
    fields = der.sequence(element)
    identifier = der.dotted(der.object_identifier(fields.any()))
    qualifiers = fields.maybe(der.SEQUENCE)
    texts = [text for one in (qualifiers.children() if qualifiers else ()) for text in _qualifier(one)]
    return " ".join([identifier, *(f"({text})" for text in texts)])


def _qualifier(element: der.Tlv) -> Iterator[str]:
    """Yield a CPS pointer, or the explicit text of a notice (RFC 5280, 4.2.1.4)."""
    fields = der.sequence(element)
    fields.any()
    content = fields.any()
    inside = content.children() if content.constructed else [content]
    for one in inside:
        if one.tag in {der.IA5_STRING, der.UTF8_STRING, der.VISIBLE_STRING}:
            yield der.octets(one).decode("utf-8", "backslashreplace")
        elif one.tag == der.BMP_STRING:
            yield der.octets(one).decode("utf-16-be", "backslashreplace")


def _key_identifier(content: bytes) -> str:
    return hex_colons(der.octets(der.read(content)).hex())


def _number(content: bytes) -> str:
    return str(der.integer(der.read(content)))


def _said(words: str) -> Callable[[bytes], str]:
    return lambda _: words


_WORDS: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "basicConstraints": ("Authority", _basic_constraints),
    "keyUsage": ("Key usage", _key_usage),
    "extendedKeyUsage": ("Purposes", _extended_key_usage),
    "subjectKeyIdentifier": ("Subject key id", _key_identifier),
    "authorityKeyIdentifier": ("Issuer key id", _authority_key_identifier),
    "nameConstraints": ("Name constraints", _name_constraints),
    "certificatePolicies": ("Policies", _policies),
    "authorityInfoAccess": ("Issuer information", _access),
    "crlDistributionPoints": ("CRL at", _distribution_points),
    "tlsfeature": ("TLS feature", _said("must staple OCSP")),
    "noCheck": ("OCSP", _said("its own revocation is not checked")),
    "crlNumber": ("CRL number", _number),
}
