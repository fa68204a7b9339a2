"""What issuing 1,000 P-256 certificates from a table costs, beside making the same ones with `cryptography` alone.

    python tests/benchmarks/bulk.py [DIRECTORY]

Both are measured in turns in the same run, in a directory of its own (a temporary one, unless told). Issuing is the whole act:
the table planned and checked, keys made and sealed, certificates signed, all of it durable on disk in one transaction. Alone is
a key, a certificate with the same names and extensions, and its signature, and nothing is kept. Then some rounds are issued with
a watch on each part, which tells where the time goes; watches take some time themselves, so these rounds are not in the ratio.

On ext4 a file is slow to create, for minutes, in a part of the disk where thousands were deleted: another run at once, whose
temporary directory takes the place of the one before, measures that as well. A directory elsewhere does not.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[2]))

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tlsca.authority import bulk
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.pki import keys
from tlsca.pki.series import Series
from tlsca.store.documents import Tables
from tlsca.store.journal import FileJournal
from tlsca.store.transaction import Change
from tlsca.store.vault import KdfParameters

CERTIFICATES = 1000
ROUNDS = 15
WATCHED = 5

Extension = x509.Extension[x509.ExtensionType]


def names(number: int) -> list[str]:
    return [f"host{number}-{row}.example.com" for row in range(CERTIFICATES)]


def bare(issuer: x509.Certificate, key: keys.PrivateKey, common: Sequence[Extension], number: int) -> None:
    """Make the same certificates with nothing but `cryptography`; `common` are the extensions that all of them share."""
    now = datetime.now(UTC)
    for name in names(number):
        public_key = ec.generate_private_key(ec.SECP256R1()).public_key()
        builder = (
            x509.CertificateBuilder()
            .serial_number(x509.random_serial_number())
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer.subject)
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=90))
            .public_key(public_key)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        )
        for extension in common:
            builder = builder.add_extension(extension.value, critical=extension.critical)
        builder.sign(key, hashes.SHA256())


def rows(number: int) -> tuple[bulk.Row, ...]:
    usual = CertificateForm(names=(), issuer="Issuing CA")
    return bulk.read_lines("\n".join(names(number)), usual=usual)


def seconds(act: Callable[..., object], *arguments: object) -> float:
    started = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - started


PARTS = {
    "table: orders and drafts": [(bulk, "order_of"), (bulk, "draft")],
    "keys made": [(keys, "generate")],
    "keys sealed": [(Desk, "sealed_key")],
    "certificates signed": [(Series, "sign")],
    "keys put into the draft": [(Change, "add_key")],
    "objects written, records put": [(Change, "add_certificates")],
    "journal written and synced": [(FileJournal, "append")],
    "tables and indexes": [(Tables, "apply")],
}
"""What takes part in issuing, and none of which is within another."""


@contextmanager
def watched(taken: dict[str, float]) -> Iterator[None]:
    """Add to `taken` how long each of `PARTS` takes."""
    with ExitStack() as patches:
        for part, functions in PARTS.items():
            for owner, name in functions:
                patches.enter_context(patch.object(owner, name, _timed(getattr(owner, name), part, taken)))
        yield


def _timed(function: Callable[..., object], part: str, taken: dict[str, float]) -> Callable[..., object]:
    def timed(*arguments: object, **named: object) -> object:
        started = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            taken[part] += time.perf_counter() - started

    return timed


def shares(desk: Desk) -> str:
    """Return where the time goes in the quickest of some rounds."""
    rounds = []
    for number in range(ROUNDS, ROUNDS + WATCHED):
        taken = dict.fromkeys(PARTS, 0.0)
        table = rows(number)
        with watched(taken):
            whole = seconds(bulk.issue_many, desk, table)
        rounds.append({**taken, "all else": whole - sum(taken.values())})
    best = min(rounds, key=lambda taken: sum(taken.values()))
    return "".join(
        f"  {part:<28}{spent * 1000:13.1f} ms {spent / sum(best.values()) * 100:8.0f} %\n"
        for part, spent in best.items()
    )


def main(directory: Path) -> None:
    parameters = KdfParameters(memory_kib=32, passes=1, lanes=1)
    desk = create_store(directory / "store", "correct horse battery", parameters=parameters)
    create_authority(desk, AuthorityForm(name="Root CA"))
    record = create_authority(desk, AuthorityForm(name="Issuing CA", issuer="Root CA")).record
    sample = desk.certificate(issue(desk, CertificateForm(names=("a.example",), issuer="Issuing CA")).record)
    own = (x509.SubjectKeyIdentifier.oid, x509.SubjectAlternativeName.oid)
    common = [extension for extension in sample.extensions if extension.oid not in own]
    issuer, key = desk.certificate(record), desk.private_key(record)
    alone, whole = [], []
    for number in range(ROUNDS):
        alone.append(seconds(bare, issuer, key, common, number))
        whole.append(seconds(bulk.issue_many, desk, rows(number)))
    least, middle = (measure(whole) / measure(alone) for measure in (min, statistics.median))
    sys.stdout.write(
        f"{CERTIFICATES:,} certificates, {len(common) + len(own)} extensions each      least       median\n"
        f"bare key, build and sign      {min(alone) * 1000:13.1f} ms {statistics.median(alone) * 1000:8.1f} ms\n"
        f"issue_many                    {min(whole) * 1000:13.1f} ms {statistics.median(whole) * 1000:8.1f} ms\n"
        f"ratio                         {least:13.2f}    {middle:8.2f}\n"
        f"where the time goes\n{shares(desk)}"
    )
    desk.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix=f"bulk-{os.getpid()}-") as temporary:
            main(Path(temporary))
