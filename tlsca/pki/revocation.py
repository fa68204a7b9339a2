"""Whether a certificate was revoked, by the CRLs at hand (RFC 5280, section 6.3), complete and delta.

Asked for only where an operator gives CRLs; then a missing or stale one is a fault, since "not found" would mean nothing.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from tlsca.pki.certificate import Certificate
from tlsca.pki.finding import Finding, error
from tlsca.text import duration, printable, rfc3339

_UNREADABLE = (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


def revocation_defects(
    path: Sequence[Certificate], crls: Sequence[bytes], *, now: datetime
) -> Iterator[Finding]:
    """Find what CRLs (DER) say against the certificates of a path; nothing when no CRL is given.

    The leaf needs a current CRL of its issuer. Authorities are looked up too, wherever a CRL of their issuer is at hand.
    """
    if not crls:
        return
    for index, (subject, issuer) in enumerate(itertools.pairwise(path)):
        lists = [crl for crl in map(_crl, crls) if crl is not None]
        own = [crl for crl in lists if _covers(crl, subject) and _is_signed_by(crl, issuer)]
        if own:
            yield from _looked_up(subject, issuer, own, now)
        elif index == 0:
            yield _missing(subject, issuer, lists)


def _missing(
    subject: Certificate, issuer: Certificate, lists: list[x509.CertificateRevocationList]
) -> Finding:
    name = issuer.label
    if any(_is_signed_by(crl, issuer) for crl in lists):
        what = f"The revocation lists of {name} that were given are about other certificates than {subject.label}."
        points = sorted(_addresses(subject.value(x509.CRLDistributionPoints)))
        fix = (
            f"Get the list at {printable(points[0])} and give it (--crl FILE)."
            if points
            else f"Get the whole CRL of {name} and give it (--crl FILE)."
        )
    else:
        what = f"None of the revocation lists given was signed by {name}."
        fix = f"Get the current CRL of {name} and give it as well (--crl FILE)."
    return error("crl-missing", what, fix, certificate=subject.sha256)


@lru_cache(maxsize=64)
def _crl(der: bytes) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_der_x509_crl(der)
    except ValueError:
        return None


def _covers(crl: x509.CertificateRevocationList, subject: Certificate) -> bool:
    """Say whether a list is about this certificate (RFC 5280, 5.2.5 and 6.3.3, b); indirect lists are not read."""
    try:
        scope = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    except _UNREADABLE:
        return False
    wrong_kind = scope.only_contains_user_certs if subject.is_ca else scope.only_contains_ca_certs
    if wrong_kind or scope.indirect_crl or scope.only_contains_attribute_certs:
        return False
    own = _addresses([scope])
    return not own or not own.isdisjoint(_addresses(subject.value(x509.CRLDistributionPoints)))


def _addresses(
    points: Iterable[x509.DistributionPoint | x509.IssuingDistributionPoint] | None,
) -> set[str]:
    """Return the URLs of distribution points."""
    names = (name for point in points or () for name in point.full_name or ())
    return {name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)}


def _is_signed_by(crl: x509.CertificateRevocationList, issuer: Certificate) -> bool:
    key = issuer.public_key
    if key is None or issuer.content is None or crl.issuer != issuer.subject_name:
        return False
    try:
        return crl.is_signature_valid(key)  # type: ignore[arg-type]  # a key that cannot sign raises TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _looked_up(
    subject: Certificate, issuer: Certificate, crls: list[x509.CertificateRevocationList], now: datetime
) -> Iterator[Finding]:
    """Look a certificate up in the newest list; a delta list counts where it is the newest."""
    newest_first = sorted(crls, key=_age, reverse=True)
    newest = newest_first[0]
    entry = _entry(subject, newest_first)
    if entry is not None:
        yield _revoked(subject, entry)
    end = newest.next_update_utc
    if end is not None and end < now:
        yield error(
            "crl-expired",
            f"The revocation list of {issuer.label} was due for renewal {duration(now - end)} ago, on {rfc3339(end)}.",
            f"Publish a new CRL of {issuer.label} (tlsca crl REF), and put it where clients fetch it.",
            certificate=subject.sha256,
        )


def _age(crl: x509.CertificateRevocationList) -> tuple[datetime, int]:
    """Return what rises from list to list: the time, and the number where two are of one second (RFC 5280, 5.2.3)."""
    try:
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (x509.ExtensionNotFound, *_UNREADABLE):
        number = 0
    return crl.last_update_utc, number


def _entry(
    subject: Certificate, newest_first: list[x509.CertificateRevocationList]
) -> x509.RevokedCertificate | None:
    if subject.serial_number is None:
        return None
    for crl in newest_first:
        entry = crl.get_revoked_certificate_by_serial_number(subject.serial_number)
        if entry is not None:
            return None if _reason(entry) is x509.ReasonFlags.remove_from_crl else entry
        if not _is_delta(crl):
            return None
    return None


def _is_delta(crl: x509.CertificateRevocationList) -> bool:
    try:
        return any(isinstance(extension.value, x509.DeltaCRLIndicator) for extension in crl.extensions)
    except _UNREADABLE:
        return False


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *_UNREADABLE):
        return None


def _revoked(subject: Certificate, entry: x509.RevokedCertificate) -> Finding:
    reason = _reason(entry)
    why = f" ({printable(reason.value)})" if reason else ""
    return error(
        "revoked",
        f"The certificate {subject.label} was revoked on {rfc3339(entry.revocation_date_utc)}{why}.",
        "Renew it with a new key (tlsca renew REF, with --rekey), and install the new one on the host.",
        certificate=subject.sha256,
    )
