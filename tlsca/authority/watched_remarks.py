"""The doctor's remarks on watched hosts: who was last seen to serve a certificate that is over, soon over, replaced or revoked.

They come from what the last look wrote down and from the store; nothing is dialled, so a host that was mended since is named until
it is looked at again, and each remark says when that was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tlsca.authority.desk import Desk
from tlsca.authority.listing import title_of
from tlsca.authority.watched import Watched, watched
from tlsca.errors import NotFound
from tlsca.pki.lint import Level, Remark, Repair
from tlsca.store.records import CertificateRecord
from tlsca.text import duration, printable, remaining

_SOURCE = "the last look at the watched host"
_ELSEWHERE = "Have whoever issued it issue the next one, and install that."


def host_remarks(
    desk: Desk, repair_for: Callable[[Desk, CertificateRecord, str], Repair | None]
) -> Iterator[Remark]:
    """Yield a remark for each watched host that serves what it should not, the gravest fault of each.

    `repair_for` returns the command that does an act (`renew`, `issue`) to a certificate of the store.
    """
    for one in watched(desk):
        fault = fault_of(one)
        if fault is not None:
            yield _remark(desk, one, fault, repair_for)


@dataclass(frozen=True, slots=True)
class Fault:
    """The gravest thing that is wrong with what a host serves."""

    code: str
    level: Level
    what: str
    act: str
    """What makes the next certificate where there is none yet."""


def fault_of(one: Watched) -> Fault | None:
    """Return what is wrong with what a watched host served last; None where nothing is, or where none was served."""
    known = one.known.state if one.known else ""
    left = one.record.not_after
    when = remaining(left, one.now) if left else ""
    if known == "revoked":
        return Fault("host-serves-revoked", Level.ERROR, "was revoked or is on hold in this store", "issue")
    if one.state == "expired":
        return Fault("host-serves-expired", Level.ERROR, f"expired {when}", "renew")
    if known == "superseded":
        return Fault("host-serves-superseded", Level.WARNING, "was renewed, so there is a newer one", "renew")
    if one.state == "expiring":
        return Fault("host-serves-expiring", Level.WARNING, f"expires {when}", "renew")
    return None


def _remark(
    desk: Desk,
    one: Watched,
    fault: Fault,
    repair_for: Callable[[Desk, CertificateRecord, str], Repair | None],
) -> Remark:
    record = desk.ledger.by_fingerprint(one.record.sha256 or "")
    newer = _newest(desk, record) if record else None
    name = printable(title_of(record) if record else one.record.subject or "no subject")
    if newer is not None:
        reference = newer.sha256[:12]
        fix = f"Install {reference}, the newest of its line, there, and reload the service."
        repair: Repair | None = Repair("export", f"tlsca export {reference}")
    elif record is not None:
        fix, repair = (
            "Make the next one, install it there, and reload the service.",
            repair_for(desk, record, fault.act),
        )
    else:
        fix, repair = _ELSEWHERE, None
    looked = one.record.probed_at
    ago = f", as seen {duration(one.now - looked)} ago" if looked else ""
    return Remark(
        code=fault.code,
        level=fault.level,
        culprit="watched host",
        message=f"{printable(one.record.id)} serves {name}, which {fault.what}{ago}.",
        fix=fix,
        source=_SOURCE,
        repair=repair,
        certificate=record.sha256 if record else None,
        about=printable(one.record.id),
    )


def _newest(desk: Desk, record: CertificateRecord) -> CertificateRecord | None:
    """Return the last of those that replaced a certificate one after the other, unless it is itself revoked or over."""
    met, last = {record.id}, record
    while last.renewed_by is not None and last.renewed_by not in met:
        met.add(last.renewed_by)
        try:
            last = desk.ledger.certificate(last.renewed_by)
        except NotFound:
            break
    fit = last.id != record.id and last.revoked_at is None and last.not_after > desk.now()
    return last if fit else None
