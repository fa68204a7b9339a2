"""Trust: put a root where the system, NSS and Java look up what they trust, say where it is, and take it away again.

Everything is looked at and told before anything is changed. What was put somewhere is remembered in the store, so that it can be
taken away; where one place fails, the others are put back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.authority.trust.change import Change, State, adding, do, look, taking, undo
from tlsca.authority.trust.place import Contents, Place, Root, place_id
from tlsca.authority.trust.places import Places
from tlsca.errors import NotFound, Refused, StoreError, StoreReadOnly
from tlsca.pki.certificate import Certificate
from tlsca.pki.certificate import certificate as certificate_of
from tlsca.pki.read import LARGEST, Kind, read
from tlsca.store.records import CertificateRecord, TrustRecord
from tlsca.text import printable, rfc3339

_PREFIX = "trust:"
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done with one root. Nothing happened yet."""

    root: Root
    changes: tuple[Change, ...]

    @property
    def adds(self) -> bool:
        """Whether the root is put anywhere, and not only taken away."""
        return any(change.adds for change in self.changes)

    @property
    def to_do(self) -> tuple[Change, ...]:
        """Those that will be made, in this order: Debian's Java follows the system, so it is left before the system is."""
        wanted = [change for change in self.changes if change.state is State.TO_DO]
        added = [change for change in wanted if change.adds]
        return (*added, *reversed([change for change in wanted if not change.adds]))

    @property
    def blocked(self) -> tuple[Change, ...]:
        """Those that cannot be made from here."""
        return tuple(change for change in self.changes if change.state is State.BLOCKED)

    @property
    def commands(self) -> str:
        """Everything that will be run, as lines for a shell."""
        return "".join(change.commands for change in self.changes if change.steps)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "sha256": self.root.sha256,
            "subject": self.root.certificate.subject,
            "changes": [_change_json(change) for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Prospect:
    """What can be done with a root in one place: put it there, or take it away."""

    add: Change
    take: Change

    @property
    def place(self) -> Place:
        """Where."""
        return self.add.place

    @property
    def there(self) -> bool:
        """Whether the place trusts it now."""
        return self.add.state is State.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """One root in one place."""

    sha256: str
    subject: str
    """Foreign text."""
    place: Place
    name: str
    """What it is called there; foreign text."""
    ours: bool
    """Whether tlsca put it there."""
    there: bool = True
    """False where it was put there, and somebody took it away since."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "sha256": self.sha256,
            "subject": self.subject,
            "kind": self.place.kind,
            "path": str(self.place.path),
            "title": self.place.title,
            "name": self.name,
            "ours": self.ours,
            "there": self.there,
        }


@dataclass(frozen=True, slots=True)
class Overview:
    """Where the roots of the store are trusted, and which places could not be read."""

    trusted: tuple[Trusted, ...]
    unread: tuple[str, ...] = ()
    """Sentences; printable."""


# Which root


def root_of(desk: Desk | None, what: str) -> Root:
    """Return the root in a file, or the one that `what` refers to in the store; `desk` is None where there is none.

    Raises NotFound, Ambiguous, Unreadable, and Refused for what is no root.
    """
    path = Path(what)
    if is_readable_file(path):
        root = _root_in(path)
    elif desk is None:
        raise NotFound(
            f"There is no file {printable(what)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    else:
        root = _root_in_store(desk, what)
    _check_root(root.certificate)
    return root


def _check_root(certificate: Certificate) -> None:
    """Raise Refused for a certificate that is no root: an authority that signed itself."""
    if not certificate.is_ca:
        raise Refused(
            f"{certificate.label} is no authority's certificate, so it is not one to trust others by.",
            hint="Give the root at the end of its chain.",
        )
    if not certificate.is_self_signed:
        raise Refused(
            f"{certificate.label} did not sign itself: it is an intermediate of {printable(certificate.issuer)}.",
            hint="Trust its root; servers send the intermediates.",
        )


def _root_in_store(desk: Desk, what: str) -> Root:
    try:
        sha256 = desk.ledger.find(what, now=desk.now()).sha256
    except NotFound:
        remembered = [record for record in records(desk) if record.sha256.startswith(what.lower())]
        if len(what) < _SHORTEST_PREFIX or len(remembered) != 1:
            raise
        sha256 = remembered[0].sha256
    (found,) = read(desk.ledger.object_pem(sha256), name=sha256)
    return Root(found.der, str(desk.ledger.object_path(sha256).absolute()))


def _root_in(path: Path) -> Root:
    shown, data = printable(str(path)), read_file(path, most=LARGEST)
    found = read(data, name=shown)
    certificates = {one.der for one in found if one.kind is Kind.CERTIFICATE}
    if len(certificates) != 1:
        raise Refused(
            f"{shown} holds {len(certificates) or 'no'} certificates, and one root is to be trusted.",
            hint="Give a file that holds the root alone.",
        )
    alone = data.lstrip().startswith(b"-----BEGIN CERTIFICATE") and len(found) == 1
    return Root(certificates.pop(), str(path.absolute()) if alone else "")


# What is to be done


def plan_trust(root: Root, places: Sequence[Place]) -> Changes:
    """Return what puts a root into places. Nothing is changed."""
    return Changes(root, tuple(adding(place, root, look(place)) for place in places))


def plan_distrust(desk: Desk | None, root: Root, places: Sequence[Place]) -> Changes:
    """Return what takes a root out of places. Nothing is changed; what tlsca did not put there stays."""
    return Changes(root, tuple(prospect.take for prospect in prospects(desk, root, places)))


def prospects(desk: Desk | None, root: Root, places: Sequence[Place]) -> tuple[Prospect, ...]:
    """Return what can be done with a root in each place. Nothing is changed."""
    put = _remembered(desk, root.sha256)
    found = []
    for place in places:
        contents, ours = look(place), put.get(place_id(place), {})
        take = taking(place, root, contents, put=ours.get("name"), flags=ours.get("flags", ""))
        found.append(Prospect(adding(place, root, contents), take))
    return tuple(found)


def places_of(desk: Desk | None, root: Root, places: Places, words: Sequence[str]) -> tuple[Place, ...]:
    """Return the places that words mean; without words, those found and those in which the store remembers the root."""
    chosen = {place_id(place): place for place in places.chosen(words)}
    if not words:
        for name, put in _remembered(desk, root.sha256).items():
            if name not in chosen and put["kind"] != "system":
                chosen[name] = places.named(put["kind"], Path(put["path"]))
    return tuple(chosen.values())


def warnings(root: Root, now: datetime) -> Iterator[str]:
    """Yield what is to be known of a root before it is trusted, as sentences; printable."""
    certificate = root.certificate
    if certificate.not_after is not None and certificate.not_after < now:
        yield f"{certificate.label} ended on {rfc3339(certificate.not_after)}: nothing that it signed is trusted any more."
    if certificate.weak_hash:
        yield f"{certificate.label} is signed with {certificate.weak_hash}."


# Doing it


def carry_out(desk: Desk | None, plan: Changes) -> tuple[Change, ...]:
    """Make all changes that can be made, or none; remember them in the store, where there is one; return what was done.

    Raises Refused when a command fails: all was put back then, or the hint says what was not. Raises StoreError likewise.
    """
    if desk is not None and desk.ledger.read_only:
        raise StoreReadOnly(
            desk.ledger.read_only, hint="What is put where has to be remembered in the store."
        )
    done: list[Change] = []
    missing = [change.place.path for change in plan.to_do if not change.place.path.exists()]
    try:
        for change in plan.to_do:
            done.append(change)
            do(change)
        if desk is not None:
            _remember(desk, plan, done)
    except (Refused, StoreError) as error:
        made = [f"{printable(str(path))} was made, and stays." for path in missing if path.exists()]
        remains = [*filter(None, [undo(done)]), *made]
        raise Refused(error.sentence, hint="\n".join(remains) or "Everything is as it was before.") from None
    except KeyboardInterrupt:
        undo(done)
        raise
    return tuple(done)


def _remember(desk: Desk, plan: Changes, done: Sequence[Change]) -> None:
    before = _remembered(desk, plan.root.sha256)
    after = _after(before, plan, done, rfc3339(desk.now()))
    if not done and after == before:
        return
    root, name = plan.root, _PREFIX + plan.root.sha256
    with desk.ledger.transaction(act=_act(plan), at=desk.now(), detail=_detail(root, done)) as change:
        if after:
            change.add_object(root.pem)
            record = TrustRecord(
                sha256=root.sha256, subject=root.certificate.subject, places=tuple(after.values())
            )
            change.put_setting(name, record.to_document())
        elif before:
            change.remove_setting(name)


def _act(plan: Changes) -> str:
    return "trust" if plan.adds else "distrust"


def _detail(root: Root, done: Sequence[Change]) -> dict[str, Any]:
    """Return what the audit log tells of it."""
    places = {
        word: [printable(place_id(change.place)) for change in done if change.adds == adds]
        for word, adds in (("put", True), ("taken", False))
    }
    told = {word: named for word, named in places.items() if named}
    return {"sha256": root.sha256, "subject": root.certificate.subject, **told}


def _after(
    before: dict[str, dict[str, str]], plan: Changes, done: Sequence[Change], at: str
) -> dict[str, dict[str, str]]:
    """Return where the root is after the changes; a place from which it was gone already is forgotten too."""
    gone = {
        place_id(change.place)
        for change in plan.changes
        if not change.adds and change.state is not State.BLOCKED
    }
    kept = {name: put for name, put in before.items() if name not in gone}
    return kept | {place_id(change.place): _put(change, at) for change in done if change.adds}


def _put(change: Change, at: str) -> dict[str, str]:
    place = change.place
    return {"kind": place.kind, "path": str(place.path), "name": change.name, "flags": change.flags, "at": at}


# Where it is


def records(desk: Desk) -> tuple[TrustRecord, ...]:
    """Return every root that was put somewhere."""
    found = (desk.ledger.setting(name) for name in desk.ledger.settings(_PREFIX))
    return tuple(TrustRecord.from_document(document) for document in found if document)


def trusted(desk: Desk | None, places: Places, words: Sequence[str] = ()) -> Overview:
    """Return where the store's roots are trusted, and those that bear a name of tlsca's, place by place.

    Without words, in the places found and in those in which the store remembers a root. Raises UsageError.
    """
    known = dict(_known(desk)) if desk is not None else {}
    put = {record.sha256: _by_place(record) for record in records(desk)} if desk is not None else {}
    everywhere = {place_id(place): place for place in places.chosen(words)}
    for by_place in () if words else put.values():
        for name, one in by_place.items():
            if name not in everywhere and one["kind"] != "system":
                everywhere[name] = places.named(one["kind"], Path(one["path"]))
    found: list[Trusted] = []
    unread: list[str] = []
    for place in everywhere.values():
        try:
            contents = place.contents()
        except Refused as error:
            unread.append(f"{printable(place_id(place))} is not known: {error.sentence}")
            continue
        found += _trusted_in(place, contents, known, put)
    return Overview(tuple(found), tuple(unread))


def _trusted_in(
    place: Place, contents: Contents, known: dict[str, str], put: dict[str, dict[str, dict[str, str]]]
) -> Iterator[Trusted]:
    here = {
        sha256: by_place[place_id(place)] for sha256, by_place in put.items() if place_id(place) in by_place
    }
    for sha256, held in contents.items():
        ours = sha256 in here or place.is_ours(Root(held.der), held)
        if held.trusted and (ours or sha256 in known):
            subject = certificate_of(held.der).subject
            yield Trusted(sha256=sha256, subject=subject, place=place, name=held.name, ours=ours)
    for sha256, one in here.items():
        if sha256 not in contents or not contents[sha256].trusted:
            yield Trusted(
                sha256=sha256, subject=known[sha256], place=place, name=one["name"], ours=True, there=False
            )


def _known(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield fingerprint and subject of the roots of the store, and of those that were put somewhere."""
    for record in desk.ledger.certificates():
        if is_root(record):
            yield record.sha256, record.subject
    for remembered in records(desk):
        yield remembered.sha256, remembered.subject


def is_root(record: CertificateRecord) -> bool:
    """Say whether a certificate of the store is an authority that signed itself."""
    return record.is_authority and record.issuer_id == record.id


def _remembered(desk: Desk | None, sha256: str) -> dict[str, dict[str, str]]:
    """Return where a root was put, by the place's id."""
    document = desk.ledger.setting(_PREFIX + sha256) if desk is not None else None
    return _by_place(TrustRecord.from_document(document)) if document else {}


def _by_place(record: TrustRecord) -> dict[str, dict[str, str]]:
    return {f"{put['kind']}:{put['path']}": dict(put) for put in record.places}


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.place.kind,
        "path": str(change.place.path),
        "title": change.place.title,
        "state": str(change.state),
        "why": change.why,
        "steps": [
            {"does": step.sentence, "command": step.command.shown(root=change.place.needs_root).rstrip("\n")}
            for step in change.steps
        ],
    }
