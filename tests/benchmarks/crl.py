"""What publishing a CRL of 100,000 entries costs, beside building and signing the same list with `cryptography` alone.

    python tests/benchmarks/crl.py [DIRECTORY]

Both are measured in turns in the same run, in a directory of its own (a temporary one, unless told). Publishing is the whole act:
collecting what is revoked from the store, building, signing, writing the list and its record durably. The bare list is handed to
the builder in one piece; adding its entries one by one, each of which copies all before it, would take minutes. What revoking one
certificate costs in such a store is told beside it.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from large import NOW, record

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.revocations import revocations
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.pki.keys import PrivateKey
from tlsca.pki.revoke import Revocation
from tlsca.store.vault import KdfParameters

ENTRIES = 100_000
ROUNDS = 5


def store(directory: Path, entries: int) -> Desk:
    """Return a store with an authority that has revoked so many certificates, and as many that it has not."""
    desk = create_store(
        directory,
        "correct horse battery",
        clock=lambda: NOW,
        parameters=KdfParameters(memory_kib=32, passes=1, lanes=1),
    )
    issuer = create_authority(desk, AuthorityForm(name="Root")).record
    with desk.ledger.transaction("import", at=NOW):
        table = desk.ledger.database.table("certificates")
        table.insert_multiple(
            record(number, issuer=issuer.subject, issuer_id=issuer.id, revoked=revoked).to_document()
            for revoked in (True, False)
            for number in range(entries)
        )
    for number in range(ROUNDS):
        issue(desk, CertificateForm(names=(f"live{number}.example.org",), issuer="Root"))
    desk.ledger.certificates()
    return desk


def bare(issuer: x509.Certificate, key: PrivateKey, entries: list[Revocation]) -> bytes:
    """Build and sign the same list with nothing but `cryptography`, into PEM."""
    revoked = []
    for entry in entries:
        builder = (
            x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.revoked_at)
        )
        if entry.reason:
            builder = builder.add_extension(x509.CRLReason(entry.reason), critical=False)
        revoked.append(builder.build())
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    crl = (
        x509.CertificateRevocationListBuilder(revoked_certificates=revoked)
        .issuer_name(issuer.subject)
        .last_update(NOW)
        .next_update(NOW + timedelta(days=7))
        .add_extension(identifier, critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    return crl.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def seconds(act: Callable[..., object], *arguments: object) -> float:
    started = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - started


def main(directory: Path) -> None:
    full, small = store(directory / "full", ENTRIES), store(directory / "small", 0)
    root = full.ledger.by_name("root")[0]
    issuer, key, entries = full.certificate(root), full.private_key(root), list(revocations(full, root))
    times: dict[str, list[float]] = {"bare": [], "publish": [], "revoke in full": [], "revoke in small": []}
    for number in range(ROUNDS):
        times["bare"].append(seconds(bare, issuer, key, entries))
        times["publish"].append(seconds(publish_crl, full, CrlForm(reference="Root")))
        for name, desk in (("revoke in full", full), ("revoke in small", small)):
            form = RevocationForm(references=(f"live{number}.example.org",))
            times[name].append(seconds(revoke, desk, form))
    alone, published, here, there = (statistics.median(values) for values in times.values())
    sys.stdout.write(
        f"bare build and sign, {len(entries):,} entries   {alone:8.3f} s\n"
        f"publish, {len(entries):,} entries               {published:8.3f} s\n"
        f"ratio                                   {published / alone:8.2f}\n"
        f"revoke one, empty store                 {there * 1000:8.2f} ms\n"
        f"revoke one, {2 * ENTRIES:,} certificates       {here * 1000:8.2f} ms\n"
    )
    for desk in (full, small):
        desk.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix=f"crl-{os.getpid()}-") as temporary:
            main(Path(temporary))
