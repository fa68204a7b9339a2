"""What a chain is asked to be for, beyond TLS: mail, code, time stamps, OCSP; by the usages of each certificate in it.

An authority that names usages limits everything below it to them, which RFC 5280 leaves open and every client enforces.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from tlsca.pki.certificate import Certificate
from tlsca.pki.defects import ANY, CLIENT, SERVER
from tlsca.pki.finding import Finding, error

_USAGES: Mapping[str, tuple[ObjectIdentifier, str]] = MappingProxyType(
    {
        "email": (ExtendedKeyUsageOID.EMAIL_PROTECTION, "emailProtection"),
        "code": (ExtendedKeyUsageOID.CODE_SIGNING, "codeSigning"),
        "timestamp": (ExtendedKeyUsageOID.TIME_STAMPING, "timeStamping"),
        "ocsp": (ExtendedKeyUsageOID.OCSP_SIGNING, "OCSPSigning"),
    }
)

PURPOSES: tuple[str, ...] = (ANY, SERVER, CLIENT, *_USAGES)
"""The words of the command line."""


def chain_purpose(purpose: str) -> str:
    """Return the purpose as `chain.verify` knows it; what it does not know is looked at here."""
    return purpose if purpose in {SERVER, CLIENT} else ANY


def purpose_defects(path: Sequence[Certificate], purpose: str) -> Iterator[Finding]:
    """Find the certificates of a path that are not for a purpose other than TLS."""
    if purpose not in _USAGES:
        return
    wanted, name = _USAGES[purpose]
    for index, one in enumerate(path):
        allowed = one.value(x509.ExtendedKeyUsage)
        if allowed is not None and wanted not in allowed:
            who = f"The authority {one.label}" if index else "The certificate"
            fix = f"Issue one of the profile {purpose} (tlsca issue NAME), below authorities that allow it."
            yield error("wrong-usage", f"{who} is not for {name}.", fix, certificate=one.sha256)
    usage = path[0].value(x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        fix = f"Issue one of the profile {purpose} (tlsca issue NAME)."
        message = "The certificate is not for signing: its keyUsage lacks digitalSignature."
        yield error("wrong-usage", message, fix, certificate=path[0].sha256)
