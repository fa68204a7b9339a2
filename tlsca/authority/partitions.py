"""Partitions: an authority with very many certificates parts them among several short revocation lists.

Each certificate names its own list as its distribution point, and stays with that one for ever, since clients look nowhere else
(RFC 5280, 5.2.5 and 6.3.3). So a partition is chosen when a certificate is issued, and read from the certificate after that.
"""

import hashlib
import re
from dataclasses import replace

from cryptography import x509

from tlsca.authority.desk import Desk
from tlsca.authority.revocations import mark
from tlsca.pki.issue import Draft
from tlsca.pki.order import Order
from tlsca.store.records import CertificateRecord, PartitionsRecord
from tlsca.store.transaction import Change

PLACE = "{partition}"
"""Where the number stands in the URL of an authority's lists."""

MOST_PARTITIONS = 1000

_PARTITIONS = ":partitions"
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


def partitions_of(desk: Desk, authority: CertificateRecord) -> PartitionsRecord | None:
    """Return how an authority parts its certificates; None where it does not."""
    document = desk.ledger.setting(_name(authority))
    return PartitionsRecord.from_document(document) if document else None


def keep_partitions(change: Change, authority: CertificateRecord, parted: PartitionsRecord) -> None:
    """Remember how an authority parts its certificates."""
    change.put_setting(_name(authority), parted.to_document())


def list_url(parted: PartitionsRecord, number: int) -> str:
    """Return where clients fetch the list of one partition."""
    return parted.url.replace(PLACE, str(number))


def in_partition(desk: Desk, authority: CertificateRecord | None, order: Order) -> Order:
    """Return an order with the distribution point of a partition, if the authority has any and the order names no other.

    The names decide which one, so that a plan says what will come of it, and a thousand certificates spread evenly.
    """
    parted = partitions_of(desk, authority) if authority else None
    if parted is None or order.crl_urls:
        return order
    names = [str(name) for name in order.names]
    return replace(order, crl_urls=(_chosen_url(parted, order.subject, order.common_name, names),))


def renewed_in_partition(
    desk: Desk, old: CertificateRecord, issuer: CertificateRecord | None, plan: Draft
) -> Draft:
    """Return the plan of a renewal with a distribution point at which its issuer's list will be.

    What the old certificate names is carried over, unless that is a list of the key that its issuer had before; where it names
    nothing, the new one names its partition, if the issuer has any.
    """
    points = [item for item in plan.extensions if item.oid == x509.CRLDistributionPoints.oid]
    signer = desk.signer_of(old)
    stays = old.partition is None or signer is None or issuer is None or mark(signer) == mark(issuer)
    if issuer is None or (points and stays):
        return plan
    kept = [item for item in plan.extensions if item not in points]
    parted = partitions_of(desk, issuer)
    if parted is not None:
        url = x509.UniformResourceIdentifier(_chosen_url(parted, plan.subject, None, plan.names))
        value = x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)])
        kept.append(x509.Extension(value.oid, False, value))
    return replace(plan, extensions=tuple(kept))


def _chosen_url(parted: PartitionsRecord, *said: object) -> str:
    number = int.from_bytes(hashlib.sha256(repr(said).encode()).digest()) % parted.count + 1
    return list_url(parted, number)


def named_partition(
    desk: Desk, issuer: CertificateRecord | None, certificate: x509.Certificate
) -> int | None:
    """Return the partition of its issuer that a certificate names as its distribution point, if it names one."""
    parted = partitions_of(desk, issuer) if issuer else None
    return partition_in(parted, certificate) if parted else None


def partition_in(parted: PartitionsRecord, certificate: x509.Certificate) -> int | None:
    """Return which of these partitions a certificate names as its distribution point, if it names one."""
    found = (partition_at(parted, url) for url in _distribution_urls(certificate))
    return next((number for number in found if number), None)


def partition_at(parted: PartitionsRecord, url: str) -> int | None:
    """Return the partition whose list is at an address, if it is one of these."""
    before, _, after = parted.url.partition(PLACE)
    digits = url[len(before) : len(url) - len(after)]
    if not _NUMBER.fullmatch(digits) or url != list_url(parted, int(digits)):
        return None
    return int(digits) if int(digits) <= parted.count else None


def _distribution_urls(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the addresses of a certificate's distribution points; none where they cannot be read."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return ()
    names = (name for point in points for name in point.full_name or ())
    return tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))


def shared_url(desk: Desk, authority: CertificateRecord, wanted: PartitionsRecord) -> bool:
    """Say whether other lists than this authority's are at the address that is wanted for its own."""
    names = [name for name in desk.ledger.settings("crl:") if name.endswith(_PARTITIONS)]
    others = (desk.ledger.setting(name) for name in names if name != _name(authority))
    return any(other is not None and other["url"] == wanted.url for other in others)


def _name(authority: CertificateRecord) -> str:
    return f"crl:{mark(authority)}{_PARTITIONS}"
