"""Targets that are watched: probed again and again, and what changed since the last time is said.

What is kept of each is what the next look is held against; the certificate itself is not, so a thousand targets cost little.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tlsca.authority.connecting import ProbeForm, options_of, prove_each, target_of
from tlsca.authority.desk import Desk
from tlsca.errors import NotFound, StoreError
from tlsca.pki.certificate import Certificate
from tlsca.probe.options import Options
from tlsca.probe.result import Outcome, Result
from tlsca.probe.target import Target
from tlsca.store.records import WatchRecord
from tlsca.text import printable, rfc3339

_PREFIX = "watch:"
_KEPT_AT_ONCE = 100

WATCH_JOBS = 16
"""Targets that are looked at together."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    what: str
    """`certificate`, `issuer`, `expiry`, `version`, `verdict` or `problems`."""
    before: str
    """Printable, as `after`."""
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before or 'none'} → {self.after or 'none'}"

    def to_json(self) -> dict[str, str]:
        """Return the object that `--json` prints."""
        return {"what": self.what, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Looked:
    """One target looked at again."""

    record: WatchRecord
    """As it is from now on."""
    changes: tuple[Change, ...]
    """Empty the first time, and when all is as it was."""
    result: Result

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints for one look."""
        return {
            **watch_json(self.record),
            "changes": [change.to_json() for change in self.changes],
            "result": self.result.to_json(),
        }


def watch(desk: Desk, forms: Sequence[ProbeForm]) -> tuple[WatchRecord, ...]:
    """Watch targets from now on, all of them or none; one that is watched already is kept with what was found.

    Raises UsageError for what is no target, StoreError.
    """
    now = desk.now()
    wanted = {record.id: record for record in (_record(form, now) for form in forms)}
    known = {record.id: record for record in watches(desk)}
    kept = {name: _taken_over(record, known.get(name)) for name, record in wanted.items()}
    with desk.ledger.transaction(act="watch", at=now, detail={"targets": sorted(kept)}) as change:
        for record in kept.values():
            change.put_setting(_PREFIX + record.id, record.to_document())
    return tuple(kept.values())


def unwatch(desk: Desk, names: Sequence[str]) -> tuple[WatchRecord, ...]:
    """Watch targets no longer, all that are named or none. Raises NotFound, StoreError."""
    records = tuple({record.id: record for name in names for record in _named(desk, name)}.values())
    detail = {"targets": sorted(record.id for record in records)}
    with desk.ledger.transaction(act="unwatch", at=desk.now(), detail=detail) as change:
        for record in records:
            change.remove_setting(_PREFIX + record.id)
    return records


def watches(desk: Desk) -> tuple[WatchRecord, ...]:
    """Return the watched targets: those that end first before those that end later, those never seen last."""
    found = (desk.ledger.setting(name) for name in desk.ledger.settings(_PREFIX))
    records = [WatchRecord.from_document(document) for document in found if document]
    return tuple(sorted(records, key=_by_end))


def _by_end(record: WatchRecord) -> tuple[bool, str, str]:
    return (record.not_after is None, rfc3339(record.not_after) if record.not_after else "", record.id)


def chosen_watches(desk: Desk, names: Sequence[str]) -> tuple[WatchRecord, ...]:
    """Return the watched targets that are named, or all where none is. Raises NotFound."""
    return tuple(record for name in names for record in _named(desk, name)) if names else watches(desk)


def look_again(
    desk: Desk, records: Iterable[WatchRecord], *, options: Options | None = None, jobs: int = WATCH_JOBS
) -> Generator[Looked, None, None]:
    """Probe watched targets and yield what was found and what changed, in their order; what is found is kept.

    `options` are for all of them; by default those of a plain probe. Closing the iterator ends what is under way. A store that
    cannot be written to still tells what changed. Raises as `options_of`.
    """
    waiting = list(records)
    shared = options or options_of(desk, ProbeForm(target=""))
    looked: list[WatchRecord] = []
    results = prove_each(desk, map(_form, waiting), options=shared, jobs=jobs)
    with closing(results):
        try:
            for before, result in zip(waiting, results, strict=True):
                after = _found(before, result, desk.now())
                looked.append(after)
                if len(looked) >= _KEPT_AT_ONCE:
                    _keep(desk, looked)
                yield Looked(after, changes(before, after), result)
        finally:
            _keep(desk, looked)


def changes(before: WatchRecord, after: WatchRecord) -> tuple[Change, ...]:
    """Return what is not as it was; a host that serves nothing now has not changed its certificate."""
    if before.verdict is None:
        return ()
    pairs = [("verdict", before.verdict, after.verdict or "")]
    if before.sha256 and after.sha256:
        pairs += [
            ("certificate", before.sha256[:16], after.sha256[:16]),
            ("issuer", before.served_issuer or "", after.served_issuer or ""),
            ("expiry", _day(before.not_after), _day(after.not_after)),
            ("version", before.version or "", after.version or ""),
        ]
    pairs.append(("problems", ", ".join(before.codes), ", ".join(after.codes)))
    return tuple(Change(what, printable(old), printable(new)) for what, old, new in pairs if old != new)


def watch_json(record: WatchRecord) -> dict[str, Any]:
    """Return the object that `--json` prints for one watched target."""
    return {
        "id": record.id,
        "target": record.target,
        "starttls": record.starttls,
        "server_name": record.server_name,
        "address": record.address,
        "verify_name": record.verify_name,
        "probed_at": rfc3339(record.probed_at) if record.probed_at else None,
        "verdict": record.verdict,
        "problems": list(record.codes),
        "sha256": record.sha256,
        "subject": record.subject,
        "issuer": record.served_issuer,
        "not_after": rfc3339(record.not_after) if record.not_after else None,
        "version": record.version,
    }


def _record(form: ProbeForm, now: datetime) -> WatchRecord:
    target = target_of(form)
    return WatchRecord(
        id=_identity(target),
        target=form.target.strip(),
        starttls=form.starttls,
        server_name=form.server_name,
        address=form.address,
        verify_name=form.verify_name,
        created_at=now,
    )


def _identity(target: Target) -> str:
    usual = target.server_name in {None, target.host}
    return str(target) if usual else f"{target}#{target.server_name}"


def _taken_over(wanted: WatchRecord, known: WatchRecord | None) -> WatchRecord:
    if known is None:
        return wanted
    return replace(
        known,
        target=wanted.target,
        starttls=wanted.starttls,
        server_name=wanted.server_name,
        address=wanted.address,
        verify_name=wanted.verify_name,
    )


def _named(desk: Desk, name: str) -> tuple[WatchRecord, ...]:
    """Return the targets of a name: an identity, a target as it is typed, or a host with all its ports."""
    every = watches(desk)
    for alike in (lambda one: one.id == name, lambda one: one.target == name, lambda one: _host(one) == name):
        found = tuple(filter(alike, every))
        if found:
            return found
    raise NotFound(f"{printable(name)} is not watched.", hint="tlsca watch list shows what is.")


def _host(record: WatchRecord) -> str:
    return record.id.partition("#")[0].rpartition(":")[0].strip("[]")


def _form(record: WatchRecord) -> ProbeForm:
    return ProbeForm(
        target=record.target,
        starttls=record.starttls,
        server_name=record.server_name,
        address=record.address,
        verify_name=record.verify_name,
    )


def _found(before: WatchRecord, result: Result, now: datetime) -> WatchRecord:
    """Return the record after a look; what was served last stays known while the host serves nothing."""
    codes = tuple(problem.code for problem in result.problems)
    after = replace(before, probed_at=now, verdict=result.verdict.value, codes=codes)
    if result.verdict is Outcome.FAILED or not result.chain_sent:
        return after
    leaf: Certificate = result.chain_sent[0]
    return replace(
        after,
        sha256=leaf.sha256,
        subject=leaf.subject,
        served_issuer=leaf.issuer,
        not_after=leaf.not_after,
        version=result.tls.version if result.tls else None,
    )


def _keep(desk: Desk, looked: list[WatchRecord]) -> None:
    """Write down what was found, in one transaction, of targets that are still watched; then forget it here."""
    found = [record for record in looked if desk.ledger.setting(_PREFIX + record.id) is not None]
    looked.clear()
    if not found or desk.ledger.read_only is not None:
        return
    try:
        with desk.ledger.transaction(
            act="look-again", at=desk.now(), detail={"targets": len(found)}
        ) as change:
            for record in found:
                change.put_setting(_PREFIX + record.id, record.to_document())
    except StoreError:
        return  # what was learnt is told all the same, and learnt again the next time


def _day(moment: datetime | None) -> str:
    return rfc3339(moment) if moment else ""
