"""Extensions and purposes by the short names of OpenSSL's configuration: `subjectAltName`, `tlsfeature`, `serverAuth`.

Operators know these words from `openssl.cnf`; what OpenSSL has no name for goes by its OID.
"""

import difflib
import re
from dataclasses import dataclass

from cryptography.x509.oid import ObjectIdentifier

from tlsca.errors import UsageError
from tlsca.pki.dump.oids import OBJECTS
from tlsca.text import printable


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The short names of one sort of object identifier."""

    what: str
    names: dict[str, str]
    """OID as numbers -> short name."""
    offered: tuple[str, ...]
    """The names that a hint lists."""

    def name(self, oid: ObjectIdentifier) -> str:
        """Return the short name, or the OID as numbers."""
        return self.names.get(oid.dotted_string, oid.dotted_string)

    def named(self, text: str) -> ObjectIdentifier:
        """Return the OID that is written as a short name, in any case, or as numbers. Raises UsageError with the nearest name."""
        stripped = text.strip()
        for oid, short in self.names.items():
            if short.lower() == stripped.lower():
                return ObjectIdentifier(oid)
        try:
            if re.fullmatch(r"[0-9]+(\.[0-9]+)+", stripped):
                return ObjectIdentifier(stripped)
        except ValueError:
            pass
        near = difflib.get_close_matches(stripped, self.names.values(), n=1)
        known = "Known are " + ", ".join(self.offered) + ", and OIDs."
        raise UsageError(
            f"There is no {self.what} called “{printable(stripped)}”.",
            hint=f"Did you mean {near[0]}?" if near else known,
        )


def _named_below(pattern: str) -> dict[str, str]:
    return {oid: short for oid, (short, _) in OBJECTS.items() if re.fullmatch(pattern, oid)}


EXTENSIONS = Vocabulary(
    "extension",
    # id-ce and id-pe (RFC 5280, 4.2), OCSP no-check (RFC 6960), certificate transparency (RFC 6962), Netscape.
    _named_below(
        r"(2\.5\.29|1\.3\.6\.1\.5\.5\.7\.1|1\.3\.6\.1\.4\.1\.11129\.2\.4|2\.16\.840\.1\.113730\.1)\.\d+|1\.3\.6\.1\.5\.5\.7\.48\.1\.5"
    ),
    (
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
    ),
)
"""The extensions of certificates."""

PURPOSES = Vocabulary(
    "purpose of a key",
    # id-kp (RFC 5280, 4.2.1.12; RFC 9336 for document signing, which OpenSSL 3.0 has no name for) and Microsoft's.
    _named_below(r"1\.3\.6\.1\.5\.5\.7\.3\.\d+|1\.3\.6\.1\.4\.1\.311\.(10\.3\.\d+|20\.2\.2)|2\.5\.29\.37\.0")
    | {"1.3.6.1.5.5.7.3.36": "documentSigning"},
    (
        "serverAuth",
        "clientAuth",
        "codeSigning",
        "emailProtection",
        "timeStamping",
        "OCSPSigning",
        "documentSigning",
        "msSmartcardLogin",
    ),
)
"""The purposes in extendedKeyUsage."""


def extension_name(oid: ObjectIdentifier) -> str:
    """Return an extension's short name, or its OID as numbers."""
    return EXTENSIONS.name(oid)
