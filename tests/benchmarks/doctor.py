"""How long the doctor and the calendar take over a store with many certificates: `python tests/benchmarks/doctor.py [COUNT]`."""

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.authority import issuing, keeping
from tlsca.authority.calendar import calendar
from tlsca.authority.doctor import examine
from tlsca.pki.names import dn
from tlsca.store.vault import KdfParameters

_CHEAP = KdfParameters(memory_kib=32, passes=1, lanes=1)
_USAGE = x509.KeyUsage(True, *(False,) * 8)
_SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def fill(desk, count):
    """Put an authority and so many server certificates with keys of their own into a store, in one transaction."""
    issuing.create_authority(desk, issuing.AuthorityForm(name="Root"))
    record = issuing.create_authority(desk, issuing.AuthorityForm(name="Issuing", issuer="Root")).record
    issuer, key, now = desk.certificate(record), desk.private_key(record), desk.now()
    made = [signed(f"host{number}.example.com", issuer, key, now) for number in range(count)]
    records = [issuing.record_of(desk, one, profile="server", issuer_id=record.id, at=now) for one, _ in made]
    sealed = [desk.sealed_key(own, at=now) for _, own in made]
    with desk.ledger.transaction("import", at=now) as change:
        for one, (certificate, _), private in zip(records, made, sealed, strict=True):
            change.add_key(private)
            change.add_certificate(one, certificate.public_bytes(Encoding.PEM))


def signed(name, issuer, key, now):
    own = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(dn(f"CN={name}"))
        .issuer_name(issuer.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=90, seconds=-1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(_SERVER, critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    return builder.sign(key, hashes.SHA256()), own


def main(count):
    with tempfile.TemporaryDirectory() as folder:
        desk = keeping.create_store(Path(folder) / "store", "correct horse battery", parameters=_CHEAP)
        os.fsync = lambda _descriptor: None  # filling the store is not what is measured
        fill(desk, count)
        for name, act in (("doctor", examine), ("calendar", calendar)):
            begun = time.perf_counter()
            act(desk)
            print(f"{name:<9}{count:>7} certificates {time.perf_counter() - begun:6.2f} s")  # noqa: T201 -- a benchmark prints
        desk.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
