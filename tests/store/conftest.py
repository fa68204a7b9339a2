"""Certificates and ledgers that the tests of the store share."""

import base64
import hashlib
import os
from datetime import UTC, datetime, timedelta

import pytest

from tlsca.store.ledger import Ledger
from tlsca.store.records import CertificateRecord

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)


def block(der: bytes, label: str = "CERTIFICATE") -> bytes:
    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def issued(number: int = 1, **fields) -> tuple[CertificateRecord, bytes]:
    """A record and the PEM of its object, which to the store is any bytes with a PEM label."""
    der = b"certificate %d" % number
    given = {
        "id": f"{number:032x}",
        "sha256": hashlib.sha256(der).hexdigest(),
        "serial": hashlib.sha256(b"serial %d" % number).hexdigest()[:40],
        "subject": f"CN=host{number}.example.com",
        "issuer": "CN=Acme Root",
        "issuer_id": "0" * 32,
        "profile": "server",
        "names": (f"host{number}.example.com",),
        "not_before": NOW,
        "not_after": NOW + timedelta(days=90),
        "key": "ec-p256",
        "key_id": hashlib.sha256(b"key %d" % number).hexdigest(),
        "is_authority": False,
        "created_at": NOW,
    }
    return CertificateRecord(**{**given, **fields}), block(der)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def make():
    return issued


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def ledger(directory):
    with Ledger.create(directory, at=NOW, random=os.urandom, clock=lambda: NOW) as ledger:
        yield ledger


@pytest.fixture
def add(ledger):
    """Add certificates to the ledger, in one transaction; each word is a field of all of them."""

    def add(*numbers: int, **fields) -> list[CertificateRecord]:
        with ledger.transaction("issue", at=NOW) as change:
            return [change.add_certificate(*issued(number, **fields)) for number in numbers]

    return add


@pytest.fixture
def pem_of():
    return block


@pytest.fixture
def put_byte():
    """Write one byte of a file in its place: where a file is emptied and written anew, file systems wait for the disk."""

    def put(path, place: int, byte: int) -> None:
        with path.open("r+b", buffering=0) as file:
            file.seek(place)
            file.write(bytes([byte]))

    return put
