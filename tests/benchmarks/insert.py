"""What one durable insert costs in a store of 100,000 certificates, beside one in an empty store and a bare fsync.

    python tests/benchmarks/insert.py [DIRECTORY]

All three are measured in turns in the same run, in the same directory (a temporary one, unless told), so that the ratio does
not depend on the disk or on what else the machine is doing.
"""

import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tlsca.store.ledger import Ledger
from tlsca.store.records import CertificateRecord

RECORDS = 100_000
ROUNDS = 500
NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)


def record(number: int) -> CertificateRecord:
    digits = hashlib.sha256(b"%d" % number).hexdigest()
    return CertificateRecord(
        id=digits[:32],
        sha256=digits,
        serial=digits[:40],
        subject=f"CN=host{number}.example.com,O=Acme",
        issuer="CN=Acme Issuing CA,O=Acme",
        issuer_id="0" * 32,
        profile="server",
        names=(f"host{number}.example.com", f"www.host{number}.example.com"),
        not_before=NOW,
        not_after=NOW + timedelta(minutes=number),
        key="ec-p256",
        key_id=digits[::-1],
        is_authority=False,
        created_at=NOW,
    )


def insert(ledger: Ledger, number: int) -> None:
    ledger.database.table("certificates").insert(record(number).to_document())


def store(directory: Path, records: int) -> Ledger:
    """Return a store of so many certificates with every index in use, as after a while in the app."""
    ledger = Ledger.create(directory, at=NOW, random=os.urandom)
    with ledger.transaction("import", at=NOW):
        ledger.database.table("certificates").insert_multiple(record(n).to_document() for n in range(records))
    ledger.expiring(NOW)
    for question in (
        ledger.by_name,
        ledger.by_serial,
        ledger.by_fingerprint,
        ledger.by_issuer,
        ledger.with_key,
    ):
        question("00")
    return ledger


def append(descriptor: int, line: bytes) -> None:
    os.write(descriptor, line)
    os.fsync(descriptor)


def seconds(act: Callable[..., None], *arguments: object) -> float:
    started = time.perf_counter()
    act(*arguments)
    return time.perf_counter() - started


def main(directory: Path) -> None:
    empty, full = store(directory / "empty", 0), store(directory / "full", RECORDS)
    line = (directory / "empty" / "journal.jsonl").read_bytes().ljust(900)[:900]
    times: dict[str, list[float]] = {"fsync": [], "empty": [], "full": []}
    descriptor = os.open(directory / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in range(RECORDS, RECORDS + ROUNDS):
        times["fsync"].append(seconds(append, descriptor, line))
        times["empty"].append(seconds(insert, empty, number))
        times["full"].append(seconds(insert, full, number))
    os.close(descriptor)
    bare, small, large = (statistics.median(values) * 1000 for values in times.values())
    sys.stdout.write(
        f"bare append and fsync       {bare:8.3f} ms\n"
        f"insert, empty store         {small:8.3f} ms\n"
        f"insert, {RECORDS:,} records     {large:8.3f} ms\n"
        f"ratio                       {large / small:8.2f}\n"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))
