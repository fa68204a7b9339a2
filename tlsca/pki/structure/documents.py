"""The documents: certificate, request, revocation list, and the containers that they travel in."""

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.explanations import attributes, fields
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.structure import values
from tlsca.pki.structure.algorithms import algorithm, public_key_info, signature
from tlsca.pki.structure.extensions import EXTENSIONS_LIST
from tlsca.pki.structure.names import name
from tlsca.pki.structure.node import Seen, Shape, attempt
from tlsca.pki.structure.shapes import (
    ANYTHING,
    NUMBER,
    OCTETS,
    Field,
    explicit,
    identifier_of,
    leaf,
    list_of,
    named,
    record,
)
from tlsca.pki.structure.times import TIMES, time
from tlsca.text import serial_hex

_LONGEST_SERIAL = 20
_REASON = "2.5.29.21"
_MOST_LOOKED_AT = 10
"""So many extensions of an entry are gone through for its reason."""
_VERSIONS = ("1", "2", "3")


def _version(element: Tlv) -> Seen:
    number = der.integer(element)
    known = 0 <= number < len(_VERSIONS)
    return Seen(f"{number + 1} (written as {number})" if known else values.shown_number(number), flaw="" if known else "There is no such version.")  # fmt: skip


def _serial(element: Tlv) -> Seen:
    number = der.integer(element)
    octets = (number.bit_length() + 8) // 8
    flaw = ""
    if number <= 0:
        flaw = "A serial number has to be positive (RFC 5280, 4.1.2.2)."
    elif octets > _LONGEST_SERIAL:
        flaw = f"It has {octets} octets; {_LONGEST_SERIAL} are the most (RFC 5280, 4.1.2.2)."
    return Seen(serial_hex(number), flaw=flaw)


def _validity(element: Tlv) -> Seen:
    seen = record(
        Field(fields.NOT_BEFORE, time, TIMES), Field(fields.NOT_AFTER, time, TIMES)
    )(element)  # fmt: skip
    ends = [node.value for node in seen.parts()[:2]]
    flaw = "It ends before it begins." if len(ends) == 2 and ends[1] < ends[0] else ""
    return Seen(" until ".join(ends), seen.parts, flaw=flaw)


_BITS = leaf(lambda element: values.octets(element.content[1:]))
_CERTIFICATE_PART = record(
    Field(fields.VERSION, explicit(_version), (CONTEXT | 0,), optional=True),
    Field(fields.SERIAL, _serial, (der.INTEGER,)),
    Field(fields.INNER_ALGORITHM, algorithm, (der.SEQUENCE,)),
    Field(fields.ISSUER, name, (der.SEQUENCE,)),
    Field(fields.VALIDITY, _validity, (der.SEQUENCE,)),
    Field(fields.SUBJECT, name, (der.SEQUENCE,)),
    Field(fields.SPKI, public_key_info, (der.SEQUENCE,)),
    Field(fields.ISSUER_ID, _BITS, (CONTEXT | 1,), optional=True),
    Field(fields.SUBJECT_ID, _BITS, (CONTEXT | 2,), optional=True),
    Field(fields.EXTENSIONS, explicit(EXTENSIONS_LIST), (CONTEXT | 3,), optional=True),
)


def _attribute(element: Tlv) -> Seen:
    """Read an attribute of a request, a bag or a signer: a type, and a SET of values."""
    oid = identifier_of(element)
    places = element.places(3)
    about = attributes.REQUEST_ATTRIBUTES.get(oid)
    title = about.title if about else values.object_name(places[0])
    note = about.note if about else ""
    if len(places) != 2 or places[1].tag != der.SET:
        raise DerError("an attribute is a type and a SET of values", offset=element.offset)
    seen = attempt(places[1], list_of(_attribute_value(oid), Explanation("Value", ""), "value"))
    return Seen(seen.value, seen.parts, title=title, note=note, oid=oid, flaw=seen.flaw)


def _attribute_value(oid: str) -> Shape:
    return EXTENSIONS_LIST if oid in _EXTENSION_REQUESTS else ANYTHING


_EXTENSION_REQUESTS = frozenset({"1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14"})
_ATTRIBUTES = list_of(_attribute, Explanation("Attribute", ""), "attribute", say=None)
_REQUEST_PART = record(
    Field(fields.REQUEST_VERSION, _version, (der.INTEGER,)),
    Field(fields.REQUEST_SUBJECT, name, (der.SEQUENCE,)),
    Field(fields.SPKI, public_key_info, (der.SEQUENCE,)),
    Field(fields.REQUEST_ATTRIBUTES, _ATTRIBUTES, (CONTEXT | 0,), optional=True),
)


def _revoked(element: Tlv) -> Seen:
    seen = record(
        Field(fields.REVOKED_SERIAL, _serial, (der.INTEGER,)),
        Field(fields.REVOCATION_DATE, time, TIMES),
        Field(fields.ENTRY_EXTENSIONS, EXTENSIONS_LIST, (der.SEQUENCE,), optional=True),
    )(element)
    nodes = seen.parts()
    said = [node.value for node in nodes[:2]]
    said += [
        one.value for node in nodes[2:3] for one in node.children[:_MOST_LOOKED_AT] if one.oid == _REASON
    ]
    return Seen(", ".join(filter(None, said)), seen.parts)


_CRL_PART = record(
    Field(fields.CRL_VERSION, _version, (der.INTEGER,), optional=True),
    Field(fields.INNER_ALGORITHM, algorithm, (der.SEQUENCE,)),
    Field(fields.CRL_ISSUER, name, (der.SEQUENCE,)),
    Field(fields.THIS_UPDATE, time, TIMES),
    Field(fields.NEXT_UPDATE, time, TIMES, optional=True),
    Field(fields.REVOKED, list_of(_revoked, fields.REVOKED_ENTRY, "certificate", say=None), (der.SEQUENCE,), optional=True),
    Field(fields.CRL_EXTENSIONS, explicit(EXTENSIONS_LIST), (CONTEXT | 0,), optional=True),
)  # fmt: skip


def signed(about_part: Explanation, part: Shape, about_signature: Explanation, said: str) -> Shape:
    """Return the shape of what is signed, how, and the signature; `said` is the field of the signed part that its row says."""
    shape = record(
        Field(about_part, part, (der.SEQUENCE,)),
        Field(fields.OUTER_ALGORITHM, algorithm, (der.SEQUENCE,)),
        Field(about_signature, signature, (der.BIT_STRING,)),
    )

    def read(element: Tlv) -> Seen:
        seen = shape(element)
        first = next(iter(seen.parts()), None)
        row = next((node.value for node in first.children[:10] if node.title == said), "") if first else ""
        return Seen(row, seen.parts)

    return read


CERTIFICATE = signed(fields.SIGNED_PART, _CERTIFICATE_PART, fields.SIGNATURE, fields.SUBJECT.title)
REQUEST = signed(fields.REQUEST_PART, _REQUEST_PART, fields.REQUEST_SIGNATURE, fields.REQUEST_SUBJECT.title)
CRL = signed(fields.CRL_PART, _CRL_PART, fields.SIGNATURE, fields.CRL_ISSUER.title)

# Containers

_CONTENT_TYPE = Explanation("Content type", "What the content is.", "RFC 5652, 3")
_CONTENTS: dict[str, Explanation] = {
    "1.2.840.113549.1.7.1": Explanation("Data", "Plain octets.", "RFC 5652, 4"),
    "1.2.840.113549.1.7.2": Explanation("Signed data", "Content, certificates and signatures; a bundle of certificates is one without content and signers.", "RFC 5652, 5"),
    "1.2.840.113549.1.7.3": Explanation("Enveloped data", "Encrypted for somebody's key.", "RFC 5652, 6"),
    "1.2.840.113549.1.7.6": Explanation("Encrypted data", "Encrypted under a passphrase.", "RFC 5652, 8"),
}  # fmt: skip
_SIGNED_DATA = record(
    Field(Explanation("Version", ""), NUMBER, (der.INTEGER,)),
    Field(Explanation("Digests", "The digests that the signers used."), list_of(algorithm, Explanation("Digest", ""), "digest"), (der.SET,)),
    Field(Explanation("Content", "What is signed; nothing in a bundle of certificates."), ANYTHING, (der.SEQUENCE,)),
    Field(Explanation("Certificates", "In no order that means anything."), list_of(CERTIFICATE, fields.CERTIFICATE, "certificate", say=None), (CONTEXT | 0,), optional=True),
    Field(Explanation("Revocation lists", ""), list_of(CRL, fields.CRL, "list", say=None), (CONTEXT | 1,), optional=True),
    Field(Explanation("Signers", ""), ANYTHING, (der.SET,)),
)  # fmt: skip


def content_info(element: Tlv) -> Seen:
    """Read a PKCS#7 or CMS ContentInfo: its kind, and what is inside. Raises `DerError`."""
    oid = identifier_of(element)
    about = _CONTENTS.get(oid)
    places = element.places(2)
    inner = explicit(_SIGNED_DATA if oid.endswith(".7.2") else _content)
    parts = record(
        Field(_CONTENT_TYPE, named(_CONTENTS)),
        Field(Explanation("Content", ""), inner, (CONTEXT | 0,), optional=True),
    )(element).parts
    value = about.title if about else values.object_name(places[0])
    return Seen(value, parts, note=about.note if about else "", oid=oid)


def _content(element: Tlv) -> Seen:
    """Read what a container holds: safes in an OCTET STRING, as PKCS#12 has them, or anything else."""
    if element.tag == der.OCTET_STRING:
        try:
            inside = element.inside()
        except DerError:
            return OCTETS(element)
        return list_of(content_info, Explanation("Safe", "", "RFC 7292, 4.1"), "safe")(inside) if _holds_safes(inside) else Seen("withheld: private keys may be inside")  # fmt: skip
    return ANYTHING(element)


def _holds_safes(element: Tlv) -> bool:
    """Say whether an element lists ContentInfos rather than the bags of PKCS#12, among which private keys are."""
    if element.tag != der.SEQUENCE or not element.constructed:
        return False
    try:
        places = element.places(1)
        return bool(len(places)) and identifier_of(places[0]) in _CONTENTS
    except DerError:
        return False


PKCS12 = record(
    Field(Explanation("Version", "Always 3.", "RFC 7292, 4"), NUMBER, (der.INTEGER,)),
    Field(Explanation("Safes", "Certificates and keys, most of them encrypted.", "RFC 7292, 4"), content_info, (der.SEQUENCE,)),
    Field(Explanation("Integrity", "A keyed hash under the passphrase, with its salt and how often it is repeated.", "RFC 7292, 4"), ANYTHING, (der.SEQUENCE,), optional=True),
)  # fmt: skip
ENCRYPTED_KEY = record(
    Field(Explanation("Encryption", "How the key is sealed under a passphrase.", "RFC 5958, 3"), algorithm, (der.SEQUENCE,)),
    Field(Explanation("Sealed key", "", "RFC 5958, 3"), OCTETS, (der.OCTET_STRING,)),
)  # fmt: skip
