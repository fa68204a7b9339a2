"""Stores of any size for the benchmarks: certificates on record, each by a line of the journal of its own, as after years of issuing.

There are no objects behind the records, and nothing is synced: what is measured begins once the store is there.
"""

import hashlib
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tlsca.store.ledger import JOURNAL, Ledger
from tlsca.store.lines import Entry, encode
from tlsca.store.records import CertificateRecord, Reason

SIZES = (100, 1_000, 10_000, 100_000)
NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
ISSUER = "0" * 32


def record(
    number: int, *, issuer: str = "CN=Acme Issuing CA,O=Acme", issuer_id: str = ISSUER, revoked: bool = False
) -> CertificateRecord:
    """Return one of many certificates; another number is another one, and so is a revoked one."""
    digits = hashlib.sha256(b"%d %d" % (number, revoked)).hexdigest()
    return CertificateRecord(
        id=digits[:32],
        sha256=digits,
        serial="7" + digits[1:40],
        subject=f"CN=host{number}.example.com,O=Acme",
        issuer=issuer,
        issuer_id=issuer_id,
        profile="server",
        names=(f"host{number}.example.com", f"www.host{number}.example.com"),
        not_before=NOW,
        not_after=NOW + timedelta(days=90, minutes=number),
        key="ec-p256",
        key_id=digits[::-1],
        is_authority=False,
        created_at=NOW,
        revoked_at=NOW if revoked else None,
        reason=Reason.SUPERSEDED if revoked else None,
    )


def make_store(directory: Path, certificates: int) -> None:
    """Make a store of so many certificates."""
    with Ledger.create(directory, at=NOW, random=os.urandom) as ledger:
        position = ledger.head
    with (directory / JOURNAL).open("ab") as file:
        for number in range(certificates):
            one = record(number)
            detail = {
                "subject": one.subject,
                "serial": one.serial,
                "profile": one.profile,
                "names": list(one.names),
            }
            put = {"certificates": {str(number + 1): one.to_document()}}
            entry = Entry("issue", "2030-01-31T09:30:00Z", "ada", "host", detail, put, {}, [])
            line, position = encode(entry, position)
            file.write(line)
