"""A plan to revoke as rows: what is meant, since when, and whom it hits; what is not there is said too, because it was looked for."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tlsca.authority.listing import title_of
from tlsca.authority.revoking import RevocationPlan
from tlsca.pki.rows import Row
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, remaining, rfc3339

_MOST_SHOWN = 10
"""What there is beyond these is only counted."""


def since_row(plan: RevocationPlan, now: datetime) -> Row:
    """Return the invalidity date as it was understood."""
    if plan.invalid_since is None:
        return Row("Invalid since", "no date: from the revocation on")
    return Row("Invalid since", rfc3339(plan.invalid_since), remaining(plan.invalid_since, now))


def target_rows(plan: RevocationPlan) -> Iterator[Row]:
    """Yield what is revoked, where it is more than one certificate."""
    if len(plan.targets) > 1:
        yield from _some("Revoked", [_record(target.record) for target in plan.targets if target.record])


def radius_rows(plan: RevocationPlan) -> tuple[Row, ...]:
    """Return whom a revocation hits."""
    radius = plan.radius
    alone = (
        "nothing else has its name or key"
        if len(plan.targets) == 1
        else "nothing else has their names or keys"
    )
    seen = [
        f"{printable(one.host)}, {rfc3339(one.at) if one.at else 'some time ago'}{', watched' if one.watched else ''}"
        for one in radius.sightings
    ]
    kin = [
        f"{_record(one.record)}, {'same key' if one.same_key else 'for ' + printable(one.names[0])}"
        for one in radius.kin
    ]
    below = [_record(record) for record in radius.below]
    return (
        *_some("Falls with it", [f"{len(below)} that nobody will trust:", *below] if below else []),
        *_some("Served by", seen or ["no host, as far as was tested"]),
        *_some("Stays good", kin or [alone]),
    )


def _some(title: str, lines: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(lines[:_MOST_SHOWN]):
        yield Row("" if number else title, line)
    if len(lines) > _MOST_SHOWN:
        yield Row("", f"and {len(lines) - _MOST_SHOWN} more")


def _record(record: CertificateRecord) -> str:
    return f"{printable(title_of(record))}, {record.sha256[:12]}"
