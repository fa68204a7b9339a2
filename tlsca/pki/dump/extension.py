"""An extension as it stands in a certificate, a request, a CRL or an entry of one: which it is, and its content still encoded."""

from typing import NamedTuple

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv


class Extension(NamedTuple):
    """One extension: `identifier` and `content` are octets, the content without its OCTET STRING."""

    identifier: bytes
    is_critical: bool
    content: bytes


def extensions(element: Tlv) -> list[Extension]:
    """Return the extensions of a SEQUENCE OF. Raises `DerError`."""
    if element.tag != der.SEQUENCE:
        raise DerError("extensions that are no SEQUENCE", offset=element.offset)
    return [_extension(child) for child in element.children()]


def _extension(element: Tlv) -> Extension:
    fields = der.sequence(element)
    identifier = der.object_identifier(fields.any())
    critical = fields.maybe(der.BOOLEAN)
    content = der.octets(fields.take(der.OCTET_STRING))
    fields.end()
    return Extension(identifier, critical is not None and der.boolean(critical), content)
