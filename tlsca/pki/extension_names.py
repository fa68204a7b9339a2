"""Extensions by the short names that OpenSSL's configuration gives them: `subjectAltName`, `extendedKeyUsage`, `tlsfeature`.

Operators know these words from `openssl.cnf`; an extension that OpenSSL has no name for goes by its OID.
"""

import difflib
import re

from cryptography.x509.oid import ObjectIdentifier

from tlsca.errors import UsageError
from tlsca.pki.dump.oids import OBJECTS
from tlsca.text import printable

_ARCS = (
    "2.5.29.",  # id-ce (RFC 5280, 4.2.1)
    "1.3.6.1.5.5.7.1.",  # id-pe (RFC 5280, 4.2.2)
    "1.3.6.1.5.5.7.48.1.5",  # OCSP no-check (RFC 6960, 4.2.2.2.1)
    "1.3.6.1.4.1.11129.2.4.",  # certificate transparency (RFC 6962, 3.3)
    "2.16.840.1.113730.1.",  # Netscape
)

_NAMES = {oid: short for oid, (short, _) in OBJECTS.items() if oid.startswith(_ARCS)}
_OIDS = {short.lower(): oid for oid, short in _NAMES.items()}
_OFFERED = (
    "subjectAltName",
    "keyUsage",
    "extendedKeyUsage",
    "basicConstraints",
    "certificatePolicies",
    "authorityInfoAccess",
    "crlDistributionPoints",
    "nameConstraints",
    "tlsfeature",
    "noCheck",
)


def extension_name(oid: ObjectIdentifier) -> str:
    """Return an extension's short name, or its OID as numbers."""
    return _NAMES.get(oid.dotted_string, oid.dotted_string)


def extension_named(text: str) -> ObjectIdentifier:
    """Return the OID of an extension that is named by its short name, in any case, or by its OID. Raises UsageError."""
    stripped = text.strip()
    known = _OIDS.get(stripped.lower())
    if known is not None:
        return ObjectIdentifier(known)
    try:
        if re.fullmatch(r"[0-9]+(\.[0-9]+)+", stripped):
            return ObjectIdentifier(stripped)
    except ValueError:
        pass
    near = difflib.get_close_matches(stripped.lower(), _OIDS, n=1)
    raise UsageError(
        f"There is no extension called “{printable(stripped)}”.",
        hint=f"Did you mean {_NAMES[_OIDS[near[0]]]}?"
        if near
        else "Known are " + ", ".join(_OFFERED) + ", and OIDs.",
    )
