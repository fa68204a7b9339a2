"""The public part of a store as a directory tree, for programs that know nothing of tlsca.

ca/      every authority as PEM, and its newest revocation lists, with the links by hash that `openssl verify -CApath` follows
certs/   every other certificate as PEM
crl/     the revocation lists as DER, for a web server to publish
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.directories import Member, write_directory
from tlsca.authority.files import file_stem
from tlsca.authority.listing import own_title_of
from tlsca.authority.lists import delta_list, full_list, load_list, scopes
from tlsca.pki.certificate import certificate
from tlsca.pki.subject_hash import subject_hash
from tlsca.store.records import CertificateRecord

_SERIAL_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Tree:
    """What was written."""

    directory: Path
    authorities: int
    certificates: int
    """Those of no authority."""
    lists: int


def write_tree(desk: Desk, directory: Path, *, force: bool = False) -> Tree:
    """Write the tree, all or nothing; with `force` onto one that is there. Raises Refused, StoreDamaged."""
    records = desk.ledger.certificates()
    authorities = [record for record in records if record.is_authority]
    others = [record for record in records if not record.is_authority]
    lists = list(_lists(desk, authorities))
    members = [
        *_authorities(desk, authorities),
        *(_certificate(desk, "certs", record) for record in others),
        *_published(lists),
        *_links(desk, authorities, lists),
    ]
    written = write_directory(directory, members, force=force)
    return Tree(written, len(authorities), len(others), len(lists))


@dataclass(frozen=True, slots=True)
class _List:
    name: str
    crl: x509.CertificateRevocationList


def _authorities(desk: Desk, records: list[CertificateRecord]) -> Iterator[Member]:
    for record in records:
        yield _certificate(desk, "ca", record)


def _certificate(desk: Desk, room: str, record: CertificateRecord) -> Member:
    return Member(f"{room}/{_stem(record)}.pem", desk.ledger.object_pem(record.sha256))


def _stem(record: CertificateRecord) -> str:
    """Return a name that no other certificate has: the serial number tells apart those that share theirs."""
    return (
        f"{file_stem(own_title_of(record))}-{record.serial[:_SERIAL_DIGITS]}-{record.sha256[:_SERIAL_DIGITS]}"
    )


def _lists(desk: Desk, authorities: list[CertificateRecord]) -> Iterator[_List]:
    """Yield the newest lists, each once: certificates of one authority share them."""
    seen: set[str] = set()
    for record in authorities:
        for scope in scopes(desk, record):
            word = f"-{scope.word}" if scope.word else ""
            for kept, delta in (
                (full_list(desk, record, scope), ""),
                (delta_list(desk, record, scope), "-delta"),
            ):
                if kept is not None and kept.sha256 not in seen:
                    seen.add(kept.sha256)
                    yield _List(file_stem(_stem(record) + word + delta), load_list(desk, kept))


def _published(lists: list[_List]) -> Iterator[Member]:
    for one in lists:
        yield Member(f"crl/{one.name}.crl", one.crl.public_bytes(Encoding.DER))
        yield Member(f"ca/{one.name}.crl.pem", one.crl.public_bytes(Encoding.PEM))


def _links(desk: Desk, authorities: list[CertificateRecord], lists: list[_List]) -> Iterator[Member]:
    """Yield the links as `openssl rehash` makes them: HASH.0, HASH.1 for certificates of one subject, HASH.r0 for its lists."""
    numbers: Counter[str] = Counter()
    for record in authorities:
        digest = subject_hash(certificate(desk.certificate_der(record)).subject_der)
        yield Member(f"ca/{digest}.{numbers[digest]}", f"{_stem(record)}.pem".encode(), is_link=True)
        numbers[digest] += 1
    for one in lists:
        digest = subject_hash(one.crl.issuer.public_bytes()) + ".r"
        yield Member(f"ca/{digest}{numbers[digest]}", f"{one.name}.crl.pem".encode(), is_link=True)
        numbers[digest] += 1
