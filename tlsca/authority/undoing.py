"""Undo the last act that can be undone: a revocation that nobody has heard of yet, a note, a name, what was put away.

Each act is taken back by what it means, never by writing an older state over a newer one: what was changed again since is told,
and stays. A signature that was made cannot be unmade; for those acts there is a sentence about what to do instead.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509

from tlsca.authority.annotating import put_annotations
from tlsca.authority.auditing import CALLED
from tlsca.authority.desk import Desk
from tlsca.authority.listing import title_of
from tlsca.authority.lists import delta_list, full_list, load_list, scopes
from tlsca.authority.revocations import (
    forget_unseen,
    keep_unseen,
    revocation_fields,
    unseen_document,
)
from tlsca.authority.trash import put_away, take_back_all
from tlsca.errors import NotFound, Refused, StoreConflict
from tlsca.pki.revoke import REASONS
from tlsca.store.ledger import Act
from tlsca.store.records import CertificateRecord, Document, Reason, RevocationRecord
from tlsca.text import listing, printable, rfc3339

LOOKED_AT = 1000
"""So many lines of the audit log back an act is found."""

_LOGGED = 20

_INSTEAD: Mapping[str, str] = {
    "issue": "A certificate that was signed stays valid: take it back with tlsca revoke, or put it away with tlsca trash put.",
    "issue-many": "Certificates that were signed stay valid: take them back with tlsca revoke.",
    "sign-request": "A certificate that was signed stays valid: take it back with tlsca revoke.",
    "create-authority": "Put the authority away with tlsca trash put, if it has issued nothing.",
    "cross-sign": "Take the cross-certificate back with tlsca revoke.",
    "renew": "Take the new certificate back with tlsca revoke, or put it away with tlsca trash put; the old one then counts again.",
    "rekey": "Take the new certificate back with tlsca revoke, or put it away with tlsca trash put; the old one then counts again.",
    "publish-crl": "A list that is out stays out: publish a newer one with tlsca crl.",
    "import": "Put away what was imported, with tlsca trash put.",
    "request": "A request without a certificate does no harm.",
    "partition": "Certificates name the partitions' lists from now on; go on publishing them.",
    "trust": "Take the root back with tlsca trust remove.",
    "distrust": "Trust the root again with tlsca trust install.",
    "change-passphrase": "Change it again with tlsca passphrase.",
    "empty-trash": "What was emptied is gone; a backup may have it.",
}
"""Acts that cannot be undone, and what to do instead. Acts that are neither here nor undone below changed nothing to speak of."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """An act that can be undone, as far as can be told beforehand."""

    act: Act

    @property
    def title(self) -> str:
        """What would be undone; printable: `the revocation of www.example.com, by ca on host at 2030-01-31T09:30:00Z`."""
        what = CALLED[self.act.act]
        who = printable(f"{self.act.who} on {self.act.host}")
        return f"the {what} of {about(self.act)}, by {who} at {rfc3339(self.act.at)}"


def last_undoable(desk: Desk, *, line: int | None = None) -> Undoable:
    """Return the last act that changed something, or that of a line of the audit log; nothing is changed.

    Raises Refused where it cannot be undone, saying what to do instead, and NotFound where there is none.
    """
    recent = _recent(desk)
    undone = _undone(recent)
    for act in reversed(recent):
        if act.seq in undone or (line is not None and act.seq != line):
            continue
        if _can_be_undone(act):
            return Undoable(act)
        if act.act in _INSTEAD or act.act in _UNDO or line is not None:
            raise _cannot(act, recent, undone)
    raise NotFound(
        f"There is nothing to undo in line {line}."
        if line is not None
        else f"Among the last {LOOKED_AT:,} acts there is none to undo.",
        hint="tlsca log shows what was done.",
    )


def undo(desk: Desk, *, line: int | None = None) -> Undoable:
    """Undo the last act, or that of a line, as one act more; return what was undone.

    Raises as `last_undoable`; Refused for a revocation that was published, StoreConflict for what changed since, StoreError.
    """
    found = last_undoable(desk, line=line)
    _UNDO[found.act.act](desk, found.act)
    return found


def about(act: Act) -> str:
    """Return the certificates that an act was about, by name; printable."""
    named = act.detail.get("certificates")
    names = [str(one).partition(" ")[2] or str(one) for one in named] if isinstance(named, list) else []
    return printable(listing(names, most=3)) or "nothing"


def _recent(desk: Desk) -> list[Act]:
    return list(desk.ledger.history(max(desk.ledger.position - LOOKED_AT, 0) + 1))


def _can_be_undone(act: Act) -> bool:
    """Say whether an act is of a kind that can be undone, and a tlsca wrote it that kept what is needed for that."""
    return act.act in _UNDO and bool({"was", "ids"} & act.detail.keys())


def _undone(recent: Sequence[Act]) -> set[int]:
    """Return the lines of acts that were undone, and of what undid them."""
    found: set[int] = set()
    for act in recent:
        line = act.detail.get("line")
        if act.act == "undo" and isinstance(line, int):
            found |= {act.seq, line}
    return found


def _cannot(act: Act, recent: Sequence[Act], undone: set[int]) -> Refused:
    earlier = next((one for one in reversed(recent) if _can_be_undone(one) and one.seq not in undone), None)
    besides = f" To undo {Undoable(earlier).title}: tlsca undo --line {earlier.seq}." if earlier else ""
    return Refused(
        f"The last act, {act.act} at {rfc3339(act.at)}, cannot be undone.",
        hint=_INSTEAD.get(act.act, "It changed nothing that could be taken back.") + besides,
    )


# What changed since


def _check_untouched(desk: Desk, act: Act) -> None:
    """Refuse where a later act that was not undone changed the same again. Raises StoreConflict."""
    recent = _recent(desk)
    undone = _undone(recent)
    mine = _touched(act)
    for later in recent:
        if later.seq > act.seq and later.seq not in undone and mine & _touched(later):
            raise _changed_since(
                act, f"{later.act} changed it again at {rfc3339(later.at)}, in line {later.seq}"
            )


def _touched(act: Act) -> set[tuple[str, str]]:
    was = act.detail.get("was")
    return (
        {(identity, name) for identity, fields in was.items() for name in fields}
        if isinstance(was, dict)
        else set()
    )


def _changed_since(act: Act, reason: str) -> StoreConflict:
    return StoreConflict(
        f"The {CALLED[act.act]} of {about(act)} cannot be undone: {reason}.",
        hint="Undo that first, or change it by hand.",
    )


def _certificate(desk: Desk, act: Act, identity: str) -> CertificateRecord:
    try:
        return desk.ledger.certificate(identity)
    except NotFound:
        raise _changed_since(act, "a certificate was put away since") from None


def _with(record: CertificateRecord, fields: Mapping[str, object]) -> CertificateRecord:
    """Return a record with fields as its document had them; those that it had not are None or empty."""
    document = record.to_document() | dict(fields)
    return CertificateRecord.from_document(
        {name: value for name, value in document.items() if value is not None}
    )


def _detail(act: Act) -> Document:
    named = act.detail.get("certificates", [])
    return {"line": act.seq, "undone": act.act, "certificates": list(named)[:_LOGGED]}


# One function for each kind of act


def _undo_note(desk: Desk, act: Act) -> None:
    _check_untouched(desk, act)
    records = {identity: _certificate(desk, act, identity) for identity in act.detail["was"]}
    pairs = [(record, _with(record, act.detail["was"][identity])) for identity, record in records.items()]
    put_annotations(desk, pairs, act="undo", detail=_detail(act))


def _undo_revocation(desk: Desk, act: Act) -> None:
    """Take back a revocation or a hold that is on no list and in no answer yet, or a release."""
    _check_untouched(desk, act)
    released = act.act == "unhold"
    pairs = []
    for identity, fields in act.detail["was"].items():
        record = _certificate(desk, act, identity)
        _check_is_as_left(act, record, fields)
        if not released:
            _check_unpublished(desk, act, desk.issuer_of(record), record.serial, record.reason)
        pairs.append((record, _with(record, fields)))
    unseen = [
        (_certificate(desk, act, one["issuer"]), one["serial"], one["was"]) for one in act.detail["unseen"]
    ]
    for issuer, serial, before in unseen:
        if before is None:
            _check_unpublished(desk, act, issuer, serial, Reason(act.detail["reason"]))
    with desk.ledger.transaction(act="undo", at=desk.now(), detail=_detail(act)) as change:
        for old, new in pairs:
            change.replace_certificate(old, new)
        for issuer, serial, before in unseen:
            if before is not None:
                keep_unseen(change, issuer, RevocationRecord.from_document(before))
            elif unseen_document(desk, issuer, serial) is not None:
                forget_unseen(change, issuer, serial)


def _check_is_as_left(act: Act, record: CertificateRecord, was: Mapping[str, object]) -> None:
    """Refuse a certificate whose revocation is not what the act made of it. Raises StoreConflict."""
    left = None if act.act == "unhold" else act.detail.get("reason")
    if act.act == "unhold" and was.get("revoked_at") is None:
        return  # it was held as one that the store had not seen
    if revocation_fields(record)["reason"] != left:
        raise _changed_since(act, f"{printable(title_of(record))} was changed since")


def _check_unpublished(
    desk: Desk, act: Act, issuer: CertificateRecord | None, serial: str, reason: Reason | None
) -> None:
    """Refuse a revocation that clients may know of: by a list, or by an answer. Raises Refused."""
    for one in _newest_lists(desk, issuer) if issuer else ():
        entry = one.get_revoked_certificate_by_serial_number(int(serial, 16))
        if entry is not None and _reason_of(entry) is (REASONS.get(reason) if reason else None):
            raise _known(act, f"the CRL of {rfc3339(one.last_update_utc)} names it")
    for later in desk.ledger.history(act.seq + 1):
        if later.act == "answer-ocsp" and any(
            str(said).startswith(f"{serial} revoked") for said in later.detail.get("said", ())
        ):
            raise _known(act, f"an OCSP answer of {rfc3339(later.at)} told of it")


def _newest_lists(desk: Desk, issuer: CertificateRecord) -> list[x509.CertificateRevocationList]:
    kept = [
        one
        for scope in scopes(desk, issuer)
        for one in (full_list(desk, issuer, scope), delta_list(desk, issuer, scope))
        if one is not None
    ]
    return [load_list(desk, one) for one in kept]


def _reason_of(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return x509.ReasonFlags.unspecified


def _known(act: Act, how: str) -> Refused:
    hint = (
        "Release it with tlsca unhold, and publish that."
        if act.act == "hold"
        else "A revocation that clients know of is for good; issue a new certificate."
    )
    return Refused(f"The {CALLED[act.act]} of {about(act)} was published already: {how}.", hint=hint)


def _undo_put_away(desk: Desk, act: Act) -> None:
    try:
        take_back_all(desk, act.detail["ids"], undoes=act.seq)
    except NotFound as error:
        raise _changed_since(act, error.sentence.rstrip(".").lower()) from None


def _undo_take_back(desk: Desk, act: Act) -> None:
    records = [_certificate(desk, act, identity) for identity in act.detail["ids"]]
    put_away(desk, [record.sha256 for record in records], undoes=act.seq)


_UNDO: Mapping[str, Callable[[Desk, Act], None]] = {
    "note": _undo_note,
    "revoke": _undo_revocation,
    "hold": _undo_revocation,
    "unhold": _undo_revocation,
    "put-away": _undo_put_away,
    "take-back": _undo_take_back,
}
