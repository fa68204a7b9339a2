"""Keys and certificates made many at a time, before any of them is kept.

A batch is made one step after the other, all its keys first: going from one step to the next for each certificate has the
processor load its caches anew each time, which takes a quarter longer.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import signing_issuer
from tlsca.authority.issuing import names_besides
from tlsca.authority.partitions import partition_in, partitions_of
from tlsca.lazy import lazy_property
from tlsca.pki import keys
from tlsca.pki.issue import Draft, random_serial
from tlsca.pki.names import dn_text
from tlsca.pki.series import Series
from tlsca.store.records import CertificateRecord, KeyRecord
from tlsca.text import serial_hex

_AT_ONCE = 50


class Issuing:
    """One issuer of many certificates, with what all of them need of it."""

    def __init__(self, desk: Desk, record: CertificateRecord) -> None:
        """Take an authority. Raises Refused as `signing_issuer` does."""
        self._desk = desk
        self.record = record
        self.issuer = signing_issuer(desk, record)
        self.name = dn_text(self.issuer.certificate.subject)
        self.parted = partitions_of(desk, record)

    @lazy_property
    def series(self) -> Series:
        """What signs. Raises PassphraseMissing, and Refused where the private key is not here."""
        return Series(self.issuer, self._desk.private_key(self.record))


Plan = tuple[Draft, Issuing]
"""What will be in a certificate, and who issues it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate with its sealed key, neither of them kept yet."""

    record: CertificateRecord
    der: bytes
    key: KeyRecord
    notes: tuple[str, ...]


def batches(plans: Sequence[Plan]) -> Iterator[Sequence[Plan]]:
    """Yield the plans in batches that are made in a moment: a few dozen, none with more than one RSA key."""
    start = 0
    for end, (draft, _) in enumerate(plans, 1):
        if end - start == _AT_ONCE or end == len(plans) or keys.is_rsa(draft.key_kind):
            yield plans[start:end]
            start = end


def make(desk: Desk, plans: Sequence[Plan]) -> list[Made]:
    """Make a key for each plan, seal it, and sign its certificate. Raises PassphraseMissing, and Refused as `sign` does."""
    now = desk.now().replace(microsecond=0)
    private_keys = [keys.generate(draft.key_kind) for draft, _ in plans]
    public_keys = [key.public_key() for key in private_keys]
    infos = [keys.spki(key) for key in public_keys]
    sealed = [desk.sealed_key(key, at=now, info=info) for key, info in zip(private_keys, infos, strict=True)]
    serials = [random_serial(desk.random) for _ in plans]
    signed = [
        by.series.sign(draft, key, serial=serial, info=info)
        for (draft, by), key, serial, info in zip(plans, public_keys, serials, infos, strict=True)
    ]
    return [
        Made(_record(desk, plan, key, serial, der), der, key, plan[0].notes)
        for plan, key, serial, der in zip(plans, sealed, serials, signed, strict=True)
    ]


def _record(desk: Desk, plan: Plan, key: KeyRecord, serial: int, der: bytes) -> CertificateRecord:
    """Return what `record_of` says of the certificate, without reading it."""
    draft, by = plan
    return CertificateRecord(
        id=desk.new_id(),
        sha256=hashlib.sha256(der).hexdigest(),
        serial=serial_hex(serial),
        subject=dn_text(draft.subject),
        issuer=by.name,
        issuer_id=by.record.id,
        profile=draft.profile.name,
        names=_names(draft),
        not_before=draft.not_before,
        not_after=draft.not_after,
        key=key.kind,
        key_id=key.id,
        is_authority=False,
        created_at=key.created_at,
        partition=partition_in(by.parted, x509.load_der_x509_certificate(der)) if by.parted else None,
    )


def _names(draft: Draft) -> tuple[str, ...]:
    values = (extension.value for extension in draft.extensions)
    names = (value for value in values if type(value) is x509.SubjectAlternativeName)
    return names_besides(draft.subject, chain.from_iterable(names))
