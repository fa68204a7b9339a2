"""What our own store knows of what a host serves, and what a probe tells the store: where each certificate was last seen live."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tlsca.authority.desk import Desk
from tlsca.authority.listing import entries_of
from tlsca.authority.remembering import remember
from tlsca.errors import NotFound, StoreError
from tlsca.pki.finding import Finding, error, gravest_first, warning
from tlsca.probe.result import Inventory, Outcome, Result
from tlsca.store.records import CertificateRecord, Reason
from tlsca.text import duration, printable, rfc3339

NEWS_AFTER = timedelta(minutes=1)
"""A certificate that is seen again at the same place sooner than this is not written down anew."""


def joined(desk: Desk | None, result: Result) -> Result:
    """Return a result with what the store knows of the certificates that were served."""
    if desk is None or not result.chain_sent:
        return result
    findings = tuple(_findings(desk, result))
    revoked = any(finding.is_error for finding in findings)
    return replace(
        result,
        inventory=inventory_of(desk, result.chain_sent[0].sha256),
        problems=gravest_first([*result.problems, *findings]),
        verdict=Outcome.UNTRUSTED if revoked and result.verdict is Outcome.TRUSTED else result.verdict,
    )


def inventory_of(desk: Desk, sha256: str) -> Inventory:
    """Return what the store knows of the certificate of a fingerprint."""
    record = desk.ledger.by_fingerprint(sha256)
    if record is None:
        return Inventory("unknown", None, None)
    known = entries_of(desk, [record])[0]
    if record.revoked_at is not None:
        return Inventory("revoked", known.ref, known.renewed_by_ref)
    return Inventory("superseded" if record.renewed_by else "current", known.ref, known.renewed_by_ref)


def _findings(desk: Desk, result: Result) -> Iterator[Finding]:
    """Say of each certificate what only the store knows: that it was revoked here, or replaced by another."""
    told = {problem.certificate for problem in result.problems if problem.code == "revoked"}
    for place, served in enumerate(result.chain_sent):
        record = desk.ledger.by_fingerprint(served.sha256)
        if record is not None and record.revoked_at is not None and served.sha256 not in told:
            yield _revoked(record)
        elif record is not None and place == 0 and record.revoked_at is None and record.renewed_by:
            yield from _superseded(desk, record, str(result.target))


def _revoked(record: CertificateRecord) -> Finding:
    name = printable(record.subject or ", ".join(record.names))
    held = record.reason is Reason.HOLD
    since = rfc3339(record.revoked_at) if record.revoked_at else ""
    why = f" ({record.reason})" if record.reason and not held else ""
    return error(
        "revoked",
        f"{name} {'is on hold' if held else 'was revoked'} in this store since {since}{why}.",
        "Release it from hold (tlsca unhold REF), or install another certificate."
        if held
        else "Install another certificate.",
        certificate=record.sha256,
    )


def _superseded(desk: Desk, record: CertificateRecord, target: str) -> Iterator[Finding]:
    try:
        newer = desk.ledger.certificate(str(record.renewed_by))
    except NotFound:
        return
    ago = duration(desk.now() - newer.created_at)
    yield warning(
        "superseded",
        f"{printable(record.subject or ', '.join(record.names))} was renewed {ago} ago, and {target} still serves the old one.",
        f"Install {newer.sha256[:12]} there, and reload the service.",
        certificate=record.sha256,
    )


def note_sightings(
    desk: Desk | None, results: Iterable[Result], *, news_after: timedelta = NEWS_AFTER
) -> None:
    """Write down where certificates of the store were seen being served, in one transaction, if there is any news.

    The authorities' certificates that hosts sent are kept, too, for chains that lack them. A store that cannot be written to
    keeps what it knew: what was learnt of the host is worth more than this note of it.
    """
    results = tuple(results)
    if desk is not None:
        remember(desk, ((one, str(result.target)) for result in results for one in result.chain_sent[1:]))
    seen = {result.chain_sent[0].sha256: str(result.target) for result in results if result.chain_sent}
    if desk is None or desk.ledger.read_only is not None or not seen:
        return
    now = desk.now()
    found = [(desk.ledger.by_fingerprint(sha256), place) for sha256, place in seen.items()]
    news = [
        (record, place) for record, place in found if record and _is_news(record, place, now - news_after)
    ]
    if not news:
        return
    detail = {"places": sorted({place for _, place in news})}
    with (
        contextlib.suppress(StoreError),
        desk.ledger.transaction(act="probe", at=now, detail=detail) as change,
    ):
        for record, place in news:
            change.replace_certificate(record, replace(record, last_seen=place, last_seen_at=now))


def _is_news(record: CertificateRecord, place: str, lately: datetime) -> bool:
    return record.last_seen != place or record.last_seen_at is None or record.last_seen_at < lately
