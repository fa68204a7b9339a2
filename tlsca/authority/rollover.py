"""A root gets a new key: the two certificates by which its old and its new key vouch for each other (RFC 4210, 4.4).

Clients learn of a new root one by one, over years. Until all have, those who trust only the old certificate accept what the new key
signs through *new with old*, and those who trust only the new one accept what the old key signed through *old with new*.
"""

from dataclasses import dataclass, replace

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import record_of
from tlsca.pki.issue import Draft, Issuer, random_serial, sign
from tlsca.pki.keys import PrivateKey
from tlsca.pki.renew import CROSS, key_identifier_of, new_with_old, old_with_new
from tlsca.store.records import CertificateRecord


@dataclass(frozen=True, slots=True)
class Root:
    """One certificate of a root, with the key that goes with it."""

    record: CertificateRecord
    certificate: x509.Certificate
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Cross:
    """A cross-certificate that was signed and is not kept yet."""

    record: CertificateRecord
    certificate: x509.Certificate


def cross_certificates(desk: Desk, old: Root, new: Root) -> tuple[Cross, Cross]:
    """Return *new with old* and *old with new*.

    Both are replaced by the new root from the beginning, so that whoever names the authority means its root.
    """
    return (
        _cross(desk, new_with_old(old.certificate, new.certificate), subject=new, signer=old, root=new),
        _cross(desk, old_with_new(old.certificate, new.certificate), subject=old, signer=new, root=new),
    )


def _cross(desk: Desk, plan: Draft, *, subject: Root, signer: Root, root: Root) -> Cross:
    certificate = sign(
        plan,
        subject.key.public_key(),
        Issuer((signer.certificate,)),
        signer.key,
        serial=random_serial(desk.random),
        key_identifier=key_identifier_of(subject.certificate),
    )
    record = record_of(
        desk, certificate, profile=CROSS, issuer_id=signer.record.id, at=desk.now().replace(microsecond=0)
    )
    return Cross(replace(record, renewed_by=root.record.id), certificate)
