"""The hash by which OpenSSL finds authorities and revocation lists in a directory: that of a name in canonical form.

`openssl x509 -hash` prints it, and `-CApath` looks for files of that name (X509_NAME_hash_ex in crypto/x509/x509_cmp.c). Two
names that X.500 takes for equal have the same, whatever their string types, letter case and spaces.
"""

import hashlib
import re

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.writing import tagged

# ASN1_MASK_CANON in crypto/x509/x_name.c; values of any other type stay as they are.
_ENCODINGS = {
    der.UTF8_STRING: "utf-8",
    der.BMP_STRING: "utf-16-be",
    der.UNIVERSAL_STRING: "utf-32-be",
    der.PRINTABLE_STRING: "latin-1",
    der.T61_STRING: "latin-1",
    der.IA5_STRING: "latin-1",
    der.VISIBLE_STRING: "latin-1",
}
_SPACES = re.compile(rb"[ \t\n\v\f\r]+")
_UTF8, _SET, _SEQUENCE = 0x0C, 0x31, 0x30


def subject_hash(name: bytes) -> str:
    """Return the hash of a DER Name as eight hexadecimal digits. Raises DerError."""
    parts = b"".join(_relative_name(part) for part in der.read(name).children())
    digest = hashlib.sha1(parts, usedforsecurity=False).digest()
    return digest[:4][::-1].hex()


def _relative_name(element: der.Tlv) -> bytes:
    """Return a RelativeDistinguishedName in canonical form: a SET OF, so sorted by encoding (X.690, 11.6)."""
    return tagged(_SET, b"".join(sorted(map(_attribute, element.children()))))


def _attribute(element: der.Tlv) -> bytes:
    fields = der.sequence(element)
    return tagged(_SEQUENCE, fields.any().encoding + _canonical(fields.any()))


def _canonical(value: der.Tlv) -> bytes:
    """Return a string as UTF-8, ASCII letters small, white space at the ends dropped and elsewhere one space (asn1_string_canon)."""
    encoding = _ENCODINGS.get(value.tag)
    if encoding is None:
        return value.encoding
    try:
        text = value.content.decode(encoding).encode()
    except UnicodeError as error:
        raise DerError("a name holds text that is not of its type", offset=value.offset) from error
    return tagged(_UTF8, _SPACES.sub(b" ", text.strip(b" \t\n\v\f\r")).lower())
