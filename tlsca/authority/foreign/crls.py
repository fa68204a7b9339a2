"""Revocation lists among what is imported: what each says, if an authority at hand really signed it."""

from collections.abc import Iterator, Mapping

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from tlsca.authority.foreign.gathered import CrlNumber, ForeignRevocation, Gathered, Item, Skipped
from tlsca.pki.read import Kind
from tlsca.pki.revoke import Revocation

MOST_ENTRIES = 1_000_000
"""Of a longer list nothing is taken."""


def read_crls(gathered: Gathered, authorities: Mapping[str, x509.Certificate]) -> Gathered:
    """Return what the lists among the gathered items say; `authorities` are certificates by their SHA-256.

    A list of an authority whose books were read counts for its number alone: it was made from them. Of several lists of one
    authority the newest full one counts, since a hold may have been lifted since the older ones.
    """
    said = Gathered()
    kept_books = {one.issuer for one in gathered.revocations} | {one.issuer for one in gathered.crl_numbers}
    newest: dict[str, tuple[Item, x509.CertificateRevocationList]] = {}
    for item in gathered.items:
        if item.found.kind is not Kind.CRL:
            continue
        crl = _loaded(item)
        issuer = None if crl is None else _signer(crl, authorities)
        if crl is None or issuer is None:
            said.skipped.append(
                Skipped(Kind.CRL.value, "no authority here signed it, or it is a delta", item.source)
            )
            continue
        said.crl_numbers += _numbers(crl, issuer)
        before = newest.get(issuer)
        if before is None or before[1].last_update_utc < crl.last_update_utc:
            newest[issuer] = item, crl
    for issuer, (item, crl) in newest.items():
        if issuer in kept_books:
            continue
        if len(crl) > MOST_ENTRIES:
            said.skipped.append(
                Skipped(Kind.CRL.value, f"it has more than {MOST_ENTRIES:,} entries", item.source)
            )
            continue
        said.revocations += _entries(crl, issuer)
    return said


def _loaded(item: Item) -> x509.CertificateRevocationList | None:
    """Return a full list that can be read whole; a delta list, or one of a part of the certificates, says too little."""
    try:
        crl = x509.load_der_x509_crl(item.found.der)
        partial = any(isinstance(one.value, x509.DeltaCRLIndicator) for one in crl.extensions)
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return None
    return None if partial else crl


def _signer(crl: x509.CertificateRevocationList, authorities: Mapping[str, x509.Certificate]) -> str | None:
    for sha256, authority in authorities.items():
        if authority.subject == crl.issuer and _is_signed(crl, authority):
            return sha256
    return None


def _is_signed(crl: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # what cannot sign raises TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _numbers(crl: x509.CertificateRevocationList, issuer: str) -> Iterator[CrlNumber]:
    for extension in crl.extensions:
        if isinstance(extension.value, x509.CRLNumber):
            yield CrlNumber(issuer, extension.value.crl_number)


def _entries(crl: x509.CertificateRevocationList, issuer: str) -> Iterator[ForeignRevocation]:
    for entry in crl:
        values = _values(entry)
        reason = next((one.reason for one in values if isinstance(one, x509.CRLReason)), None)
        since = next(
            (one.invalidity_date_utc for one in values if isinstance(one, x509.InvalidityDate)), None
        )
        at = entry.revocation_date_utc
        # XCA writes the year 9999 for a time that it does not know.
        revocation = Revocation(entry.serial_number, at, reason, since if since and since <= at else None)
        yield ForeignRevocation(revocation, issuer)


def _values(entry: x509.RevokedCertificate) -> list[x509.ExtensionType]:
    """Return what an entry's extensions say; nothing where they cannot be read, for revoked it is all the same."""
    try:
        return [extension.value for extension in entry.extensions]
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return []
