"""Certificate policies (RFC 5280, 4.2.1.4): under which rules a certificate was issued, and where those can be read."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from tlsca.errors import UsageError
from tlsca.pki.urls import fetched_urls
from tlsca.text import printable

_LONGEST_NOTICE = 200  # characters; RFC 5280, 4.2.1.4: explicitText
_HINT = "Write OID, OID,cps=URL or OID,cps=URL,notice=TEXT; the notice comes last."


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """One policy, with the address of its practice statement and a notice for the user; both may be empty."""

    oid: ObjectIdentifier
    cps: str = ""
    notice: str = ""

    def __str__(self) -> str:
        cps = f",cps={self.cps}" if self.cps else ""
        return f"{self.oid.dotted_string}{cps}{f',notice={self.notice}' if self.notice else ''}"

    def information(self) -> x509.PolicyInformation:
        """Return the policy as the extension holds it."""
        notice = x509.UserNotice(None, self.notice) if self.notice else None
        qualifiers = [qualifier for qualifier in (self.cps, notice) if qualifier]
        return x509.PolicyInformation(self.oid, qualifiers or None)


def policy(text: str) -> CertificatePolicy:
    """Read `OID[,cps=URL][,notice=TEXT]`. Raises UsageError."""
    rest, _, notice = text.partition(",notice=")
    oid, _, cps = rest.partition(",cps=")
    return checked_policy(oid.strip(), cps.strip(), notice.strip())


def checked_policy(oid: str, cps: str = "", notice: str = "") -> CertificatePolicy:
    """Return a policy whose parts are what they should be. Raises UsageError."""
    try:
        identifier = ObjectIdentifier(oid)
    except ValueError as error:
        raise UsageError(f"“{printable(oid)}” is no OID of a certificate policy.", hint=_HINT) from error
    if len(notice) > _LONGEST_NOTICE or printable(notice) != notice:
        raise UsageError(
            f"A user notice is at most {_LONGEST_NOTICE} visible characters (RFC 5280, 4.2.1.4).",
            hint="Shorten it.",
        )
    return CertificatePolicy(identifier, fetched_urls([cps])[0] if cps else "", notice)


def certificate_policies(policies: Iterable[CertificatePolicy]) -> x509.CertificatePolicies:
    """Return the extension; a policy that is given twice stands in it once. Raises UsageError when the two differ."""
    by_oid: dict[ObjectIdentifier, CertificatePolicy] = {}
    for item in policies:
        if by_oid.setdefault(item.oid, item) != item:
            raise UsageError(
                f"The policy {item.oid.dotted_string} is given twice, and not the same.", hint="Give it once."
            )
    return x509.CertificatePolicies([item.information() for item in by_oid.values()])
