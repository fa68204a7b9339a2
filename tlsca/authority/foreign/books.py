"""The books of an `openssl ca` directory: which of its certificates index.txt says were revoked, and by which authority.

index.txt names neither its authority nor a certificate's file. A serial number together with the end of validity finds the
certificate; whoever signed it is the authority of those lines whose certificates are gone too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tlsca.authority.foreign.gathered import CrlNumber, ForeignRevocation, Gathered
from tlsca.authority.linking import issued
from tlsca.errors import Unreadable
from tlsca.pki.index_txt import BadLine, IndexEntry, read_index
from tlsca.pki.read import Kind, load_certificate
from tlsca.text import printable

_ENOUGH = 100  # listed certificates that are asked who signed them


@dataclass(frozen=True, slots=True)
class Books:
    """One index.txt and the number beside it."""

    path: Path
    entries: tuple[IndexEntry, ...]
    next_crl: int | None


def read_books(path: Path, data: bytes, crl_number: bytes | None, gathered: Gathered) -> Books:
    """Read index.txt; `crl_number` is what crlnumber beside it holds. Lines that make no sense are skipped by their number."""
    entries = []
    for line in read_index(data):
        if isinstance(line, BadLine):
            gathered.skip(f"{printable(str(path))}, line {line.number}", line.why)
        else:
            entries.append(line)
    return Books(path, tuple(entries), _number(crl_number))


def settle(books: Sequence[Books], gathered: Gathered) -> None:
    """Gather the revocations of every index.txt, once the certificates around them are gathered."""
    certificates = _certificates(gathered) if books else []
    for one in books:
        directory = one.path.parent
        around = [certificate for path, certificate in certificates if path.is_relative_to(directory)]
        _settle(one, around, gathered)


def _settle(books: Books, around: Sequence[x509.Certificate], gathered: Gathered) -> None:
    known = {(one.serial_number, one.not_valid_after_utc): one for one in around}
    listed = [one for entry in books.entries if (one := known.get((entry.serial, entry.not_after)))]
    authority = _authority(around, listed)
    lost = 0
    for entry in books.entries:
        if entry.revocation is None:
            continue
        certificate = known.get((entry.serial, entry.not_after))
        if certificate is None and authority is None:
            lost += 1
        else:
            gathered.revocations.append(
                ForeignRevocation(entry.revocation, _fingerprint(authority), _fingerprint(certificate))
            )
    if lost:
        gathered.skip(
            printable(str(books.path)),
            f"{lost} revocations by an authority whose certificate is not beside it",
        )
    if authority is not None and books.next_crl is not None and books.next_crl > 1:
        gathered.crl_numbers.append(CrlNumber(authority.fingerprint(SHA256()).hex(), books.next_crl - 1))


def _certificates(gathered: Gathered) -> list[tuple[Path, x509.Certificate]]:
    found = []
    for item in gathered.items:
        if item.found.kind is Kind.CERTIFICATE:
            try:
                found.append((item.path, load_certificate(item.found.der)))
            except Unreadable:
                continue  # the import says so where it comes by it
    return found


def _authority(
    around: Sequence[x509.Certificate], listed: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    """Return whoever signed most of the listed certificates; where none is left, the only authority around."""
    authorities = [one for one in around if _is_authority(one)]
    signed = Counter(
        index for one in listed[:_ENOUGH] for index, above in enumerate(authorities) if issued(above, one)
    )
    if signed:
        return authorities[signed.most_common(1)[0][0]]
    return authorities[0] if len(authorities) == 1 else None


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return False


def _number(data: bytes | None) -> int | None:
    try:
        return int((data or b"").strip()[:40], 16)
    except ValueError:
        return None


def _fingerprint(certificate: x509.Certificate | None) -> str | None:
    return certificate.fingerprint(SHA256()).hex() if certificate else None
