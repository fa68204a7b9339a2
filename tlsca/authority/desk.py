"""What an operator works at: an open store, the vault once it is unlocked, a clock and a source of randomness.

Every act takes a desk. The clock and the randomness come from here and are handed down as values, so a test can hold both still.
"""

import hashlib
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tlsca.errors import NotFound, PassphraseMissing, Refused, StoreDamaged
from tlsca.pki import keys
from tlsca.pki.issue import Issuer
from tlsca.pki.lifetime import EXPIRING
from tlsca.pki.quiet import quietly
from tlsca.store.ledger import Ledger
from tlsca.store.records import CertificateRecord, KeyRecord
from tlsca.store.vault import Vault
from tlsca.text import printable

DEEPEST_CHAIN = 64
"""More certificates than these are not followed from a leaf to its root."""


def system_clock() -> datetime:
    """Return the time of this machine, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Desk:
    """An open store and what it takes to work with it. `vault` is None while the store is locked."""

    ledger: Ledger
    clock: Callable[[], datetime] = system_clock
    random: Callable[[int], bytes] = os.urandom
    expiring: timedelta = EXPIRING
    """How long before its end a certificate counts as expiring."""
    vault: Vault | None = field(default=None, repr=False)
    wait: Callable[[float], None] = time.sleep
    """Lets some seconds pass, for whoever gave a wrong passphrase."""
    failures: int = 0
    """How often in a row a wrong one was given here."""
    hint: str = ""
    """What is said where the passphrase is asked for: of a store that guards nothing, the passphrase."""

    def now(self) -> datetime:
        """Return the time at this desk."""
        return self.clock()

    @property
    def unlocked(self) -> bool:
        """Whether private keys can be used."""
        return self.vault is not None

    def open_vault(self) -> Vault:
        """Return the vault. Raises PassphraseMissing while the store is locked."""
        if self.vault is None:
            raise PassphraseMissing("The store is locked.", hint="Unlock it with its passphrase.")
        return self.vault

    def certificate(self, record: CertificateRecord) -> x509.Certificate:
        """Return the certificate of a record. Raises StoreDamaged when its object is not what was written."""
        return _load(self.ledger.object_pem(record.sha256), record)

    def certificate_der(self, record: CertificateRecord) -> bytes:
        """Return the DER of a record's certificate. Raises StoreDamaged when its object is not what was written."""
        return self.certificate(record).public_bytes(Encoding.DER)

    def chain(self, record: CertificateRecord) -> tuple[CertificateRecord, ...]:
        """Return the record and those above it, as far as the store knows them; the root, if it does, is last.

        Authorities that were renewed with their key stand in it by their newest certificate, unless foreign ones that signed each
        other would make that a circle. Raises StoreDamaged.
        """
        path = self._path(record, self.issuer_of) or self._path(record, self.signer_of)
        if path is None:
            raise StoreDamaged("The store holds certificates that are each other's issuer.")
        return path

    def _path(
        self,
        record: CertificateRecord,
        above_of: Callable[[CertificateRecord], CertificateRecord | None],
    ) -> tuple[CertificateRecord, ...] | None:
        found = {record.id: record}
        above = above_of(record)
        while above is not None:
            if above.id in found or len(found) >= DEEPEST_CHAIN:
                return None
            found[above.id] = above
            above = above_of(above)
        return tuple(found.values())

    def issuer_of(self, record: CertificateRecord) -> CertificateRecord | None:
        """Return the authority that signed the record's certificate, by its newest certificate with the key that did.

        None for a root, and for an issuer that is not in the store.
        """
        signer = self.signer_of(record)
        return signer and self.newest(signer)

    def signer_of(self, record: CertificateRecord) -> CertificateRecord | None:
        """Return the very certificate under which the record's was signed; None as in `issuer_of`."""
        if record.issuer_id in {None, record.id}:
            return None
        try:
            return self.ledger.certificate(str(record.issuer_id))
        except NotFound:
            return None

    def newest(self, authority: CertificateRecord) -> CertificateRecord:
        """Return the newest of an authority's certificates for one key: unrevoked and in force, if any is, and begun last.

        They have name, key and issuer's name in common; a cross-certificate, by which somebody else vouches for the authority,
        is none of them.
        """
        now = self.now()
        alike = [
            twin for twin in self.ledger.with_key(authority.key_id) if _line_of(twin) == _line_of(authority)
        ]
        return max(reversed(alike), key=lambda twin: _freshness(twin, now), default=authority)

    def successor(self, record: CertificateRecord) -> CertificateRecord | None:
        """Return the certificate that replaced the record's, while it is good: neither revoked nor over."""
        try:
            found = self.ledger.certificate(record.renewed_by) if record.renewed_by else None
        except NotFound:
            return None
        good = found is not None and found.revoked_at is None and found.not_after >= self.now()
        return found if good else None

    def chain_certificates(self, record: CertificateRecord) -> tuple[x509.Certificate, ...]:
        """Return the certificates of `chain`."""
        return tuple(self.certificate(link) for link in self.chain(record))

    def issuer(self, record: CertificateRecord) -> Issuer:
        """Return the record as somebody who issues."""
        return Issuer(self.chain_certificates(record))

    def has_key(self, record: CertificateRecord) -> bool:
        """Say whether the store holds the private key."""
        return self.ledger.key(record.key_id) is not None

    def private_key(self, record: CertificateRecord) -> keys.PrivateKey:
        """Unseal a certificate's private key. Raises PassphraseMissing, Refused when there is none, StoreDamaged.

        It is the key of the record's certificate, or StoreDamaged: a record that was made to name another key signs nothing.
        """
        sealed = self.ledger.key(record.key_id)
        if sealed is None:
            raise Refused(
                "The store does not hold this certificate's private key.",
                hint="Import the key, or choose another one.",
            )
        private_key = keys.from_pkcs8(self.open_vault().open(b64decode(sealed.sealed), _bound_to(sealed.id)))
        own = keys.spki(private_key.public_key())
        if own != self.certificate(record).public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        ):
            raise StoreDamaged(
                f"The private key that the record of {printable(record.subject) or record.serial} names is not its certificate's.",
                hint="Look at what tlsca doctor says, and restore the store from a backup.",
            )
        return private_key

    def sealed_key(
        self, private_key: keys.PrivateKey, *, at: datetime, info: bytes | None = None
    ) -> KeyRecord:
        """Return a private key as the store keeps it; `info` is its SubjectPublicKeyInfo, if known. Raises PassphraseMissing."""
        public_key = private_key.public_key()
        key_id = hashlib.sha256(info or keys.spki(public_key)).hexdigest()
        sealed = self.open_vault().seal(keys.pkcs8(private_key), _bound_to(key_id))
        kind = keys.kind_of(public_key)
        return KeyRecord(id=key_id, kind=kind, sealed=b64encode(sealed).decode("ascii"), created_at=at)

    def new_id(self) -> str:
        """Return a new record's identity: 128 random bits."""
        return self.random(16).hex()

    def close(self) -> None:
        """Forget the passphrase and close the store."""
        if self.vault is not None:
            self.vault.close()
            self.vault = None
        self.ledger.close()


def _line_of(record: CertificateRecord) -> tuple[object, ...]:
    """Return what the certificates of one authority for one key have in common, renewed as often as it may be."""
    is_root = record.issuer_id == record.id
    return (record.is_authority, record.subject, record.key_id, record.issuer, is_root)


def _freshness(record: CertificateRecord, now: datetime) -> tuple[object, ...]:
    in_force = record.not_before <= now <= record.not_after
    return (record.revoked_at is None, in_force, record.not_before, record.not_after)


def _bound_to(key_id: str) -> bytes:
    """Return the associated data of a sealed key: its public key's hash, so that no two rows can be swapped."""
    return f"tlsca private key {key_id}".encode("ascii")


def _load(pem: bytes, record: CertificateRecord) -> x509.Certificate:
    try:
        with quietly(UserWarning):  # an imported root may have a serial number below one
            return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise StoreDamaged(f"The object {record.sha256} of the store is no certificate.") from error
