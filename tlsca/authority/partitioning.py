"""Part an authority's certificates among several revocation lists, or among more than before.

The number only ever grows, and the lists stay where they are: certificates that are out name them as their distribution points.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record
from tlsca.authority.partitions import (
    MOST_PARTITIONS,
    PLACE,
    keep_partitions,
    partition_in,
    partitions_of,
    shared_url,
)
from tlsca.authority.revocations import same_authority
from tlsca.errors import Refused, UsageError
from tlsca.pki.quiet import quietly
from tlsca.pki.urls import fetched_urls
from tlsca.store.records import CertificateRecord, PartitionsRecord
from tlsca.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionForm:
    """What is typed to part an authority's certificates."""

    reference: str
    count: int
    url: str | None = None
    """Where clients fetch the lists, with `{partition}` for the number; None to keep the one that was given before."""


@dataclass(frozen=True, slots=True)
class Partitioned:
    """How an authority parts its certificates now."""

    authority: CertificateRecord
    partitions: PartitionsRecord
    found: int = 0
    """How many certificates that were there already name one of the lists."""


def partitions(desk: Desk, reference: str) -> Partitioned | None:
    """Return how an authority parts its certificates; None where it does not. Raises NotFound, Ambiguous, Refused."""
    authority = authority_record(desk, reference)
    parted = partitions_of(desk, authority)
    return Partitioned(authority, parted) if parted else None


def plan_partitions(desk: Desk, form: PartitionForm) -> Partitioned:
    """Return how an authority would part its certificates; nothing is changed, and no passphrase is needed.

    Raises NotFound, Ambiguous, UsageError, and Refused for fewer than before, other addresses than before, and those of another one.
    """
    authority = authority_record(desk, form.reference)
    before = partitions_of(desk, authority)
    _check_count(form.count)
    url = form.url or (before.url if before else None)
    if url is None:
        raise UsageError(
            "Certificates have to name the list of their partition.",
            hint=f"Say where clients fetch it: --url http://crl.example.com/ca-{PLACE}.crl",
        )
    wanted = PartitionsRecord(count=form.count, url=_checked_url(url))
    name = printable(authority.subject)
    if before is not None:
        _check_growth(before, wanted, name)
    if shared_url(desk, authority, wanted):
        raise Refused(
            f"The lists of another authority, or of another key of {name}, are at {printable(url)} already.",
            hint="One address serves one list: choose another --url.",
        )
    return Partitioned(authority, wanted, sum(1 for _ in _named(desk, authority, wanted)))


def set_partitions(desk: Desk, form: PartitionForm) -> Partitioned:
    """Part an authority's certificates, in one transaction; those that are issued from now on name their list.

    What was issued before stays on the full list, unless it names one of the lists already. Raises as `plan_partitions`.
    """
    plan = plan_partitions(desk, form)
    authority, wanted = plan.authority, plan.partitions
    named = tuple(_named(desk, authority, wanted))
    detail = {"authority": authority.subject, "count": wanted.count, "url": wanted.url}
    with desk.ledger.transaction(act="partition", at=desk.now(), detail=detail) as change:
        keep_partitions(change, authority, wanted)
        for record, number in named:
            change.replace_certificate(record, replace(record, partition=number))
    return plan


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_PARTITIONS:
        raise UsageError(
            f"An authority has 1 to {MOST_PARTITIONS} partitions, not {count}.", hint="Give a number like 16."
        )


def _checked_url(url: str) -> str:
    if url.count(PLACE) != 1:
        raise UsageError(
            f"“{printable(url)}” does not say where the number of a partition stands.",
            hint=f"Write {PLACE} there once: http://crl.example.com/ca-{PLACE}.crl",
        )
    fetched_urls([url.replace(PLACE, "1")])
    return url


def _check_growth(before: PartitionsRecord, wanted: PartitionsRecord, name: str) -> None:
    if wanted.count < before.count:
        raise Refused(
            f"{name} has {before.count} partitions, and never fewer: certificates name their lists.",
            hint=f"Give {before.count} or more.",
        )
    if wanted.url != before.url:
        raise Refused(
            f"Certificates of {name} name lists at {printable(before.url)}, and they stay there.",
            hint="Leave out --url.",
        )


def _named(
    desk: Desk, authority: CertificateRecord, wanted: PartitionsRecord
) -> Iterator[tuple[CertificateRecord, int]]:
    """Yield the certificates that name one of these lists and are in none of them yet, each with its number."""
    for twin in same_authority(desk, authority):
        for record in desk.ledger.by_issuer(twin.id):
            if record.partition is None and record.id != twin.id:
                with quietly(UserWarning):
                    number = partition_in(wanted, desk.certificate(record))
                if number is not None:
                    yield record, number
