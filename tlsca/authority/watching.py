"""Targets that are watched: probed again and again, and what changed since the last time is said.

What is kept of each is what the next look is held against; the certificate itself is not, so a thousand targets cost little.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tlsca.authority.connecting import ProbeForm, drained, options_of, prove_each, target_of
from tlsca.authority.desk import Desk
from tlsca.authority.inventory import NEWS_AFTER
from tlsca.authority.watch_reports import REPORT, Change, changes, report_after, report_of
from tlsca.errors import NotFound, StoreError
from tlsca.pki.certificate import Certificate
from tlsca.probe.options import Options
from tlsca.probe.result import Outcome, Result
from tlsca.probe.target import Target
from tlsca.store.records import Document, WatchRecord
from tlsca.text import printable, rfc3339

_PREFIX = "watch:"
_KEPT_AT_ONCE = 100

Told = Callable[["WatchRecord", "Looked | None"], None]
"""Told from the probing threads of a target that is begun with, and again with what was found, in whatever order they come."""

WATCH_JOBS = 16
"""Targets that are looked at together."""


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
            if desk.ledger.setting(REPORT + record.id) is not None:
                change.remove_setting(REPORT + record.id)
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
    desk: Desk,
    records: Iterable[WatchRecord],
    *,
    options: Options | None = None,
    jobs: int = WATCH_JOBS,
    cancelled: threading.Event | None = None,
    told: Told | None = None,
    sparing: timedelta = timedelta(0),
) -> Generator[Looked, None, None]:
    """Probe watched targets and yield what was found and what changed, in their order; what is found is kept.

    `options` are for all of them; by default those of a plain probe. Closing the iterator ends what is under way, and so does
    setting `cancelled`, with Cancelled; what was found until then is kept. A store that cannot be written to still tells what
    changed. Who looks all the time gives `sparing`: where all is as it was that long ago, the time of the look is not kept, for the
    journal never forgets. Raises as `options_of`.
    """
    waiting = {form_of(record): record for record in records}
    shared = options or options_of(desk, ProbeForm(target=""))
    found: dict[str, Looked] = {}
    fresh: deque[Looked] = deque()

    def hear(form: ProbeForm, result: Result | None) -> None:
        before = waiting[form]
        looked = None if result is None else _looked(before, result, desk.now())
        if looked is not None:
            found[before.id] = looked
            fresh.append(looked)
        if told is not None:
            told(before, looked)

    news_after = max(sparing, NEWS_AFTER)
    results = prove_each(
        desk, waiting, options=shared, jobs=jobs, cancelled=cancelled, told=hear, news_after=news_after
    )
    with closing(results):
        try:
            for before, _ in zip(waiting.values(), results, strict=True):
                if len(fresh) >= _KEPT_AT_ONCE:
                    _keep(desk, drained(fresh), sparing)
                yield found.pop(before.id)
        finally:
            _keep(desk, drained(fresh), sparing)


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
        "not_before": rfc3339(record.not_before) if record.not_before else None,
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


def identity_of(form: ProbeForm) -> str:
    """Return the `id` under which a target is watched. Raises UsageError for what is no target."""
    return _identity(target_of(form))


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


def form_of(record: WatchRecord) -> ProbeForm:
    """Return what is typed to probe a watched target."""
    return ProbeForm(
        target=record.target,
        starttls=record.starttls,
        server_name=record.server_name,
        address=record.address,
        verify_name=record.verify_name,
    )


def _looked(before: WatchRecord, result: Result, now: datetime) -> Looked:
    after = _found(before, result, now)
    return Looked(after, changes(before, after), result)


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
        not_before=leaf.not_before,
        not_after=leaf.not_after,
        version=result.tls.version if result.tls else None,
    )


def _is_news(kept: Document | None, now: WatchRecord, sparing: timedelta) -> bool:
    """Say whether a look has to be written down: not of what is watched no longer, nor where only little time has passed."""
    if kept is None:
        return False
    before = WatchRecord.from_document(kept)
    if before.probed_at is None or now.probed_at is None or replace(before, probed_at=now.probed_at) != now:
        return True
    return now.probed_at - before.probed_at >= sparing


def _keep(desk: Desk, looked: Sequence[Looked], sparing: timedelta) -> None:
    """Write down what was found, in one transaction, of targets that are still watched."""
    found = [
        one for one in looked if _is_news(desk.ledger.setting(_PREFIX + one.record.id), one.record, sparing)
    ]
    if not found or desk.ledger.read_only is not None:
        return
    reports = [(report_of(desk, one.record.id), one) for one in found]
    # What was learnt is told even if it cannot be kept, and learnt again the next time.
    with (
        contextlib.suppress(StoreError),
        desk.ledger.transaction(act="look-again", at=desk.now(), detail={"targets": len(found)}) as change,
    ):
        for before, one in reports:
            change.put_setting(_PREFIX + one.record.id, one.record.to_document())
            after = report_after(before, one.changes, one.result.problems, one.record.probed_at or desk.now())
            if after != before:
                change.put_setting(REPORT + after.id, after.to_document())
