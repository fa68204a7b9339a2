"""The audit log as an operator reads it: what was done, by whom, on which machine and when, in words.

Each line of the journal is one act, whoever did it and by whichever front end; nothing is written down a second time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tlsca.authority.carrying import parse_until
from tlsca.authority.desk import Desk
from tlsca.errors import UsageError
from tlsca.store.ledger import Act
from tlsca.text import listing, printable, rfc3339

_AGO = re.compile(r"(\d{1,5})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}
_FOR_UNDOING = frozenset({"was", "unseen", "ids"})
"""What a line keeps for `undo`, and says nothing to a reader."""

WORDS: Mapping[str, str] = {
    "init": "Made the store",
    "set-passphrase": "Set the passphrase",
    "change-passphrase": "Changed the passphrase",
    "unlock": "Unlocked",
    "unlock-failed": "Gave a wrong passphrase",
    "lock": "Locked",
    "create-authority": "Made the authority",
    "issue": "Issued",
    "issue-many": "Issued many",
    "sign-request": "Signed the request of",
    "request": "Made a request for",
    "renew": "Renewed",
    "rekey": "Renewed with a new key",
    "cross-sign": "Cross-signed",
    "revoke": "Revoked",
    "hold": "Put on hold",
    "unhold": "Released from hold",
    "publish-crl": "Published a CRL of",
    "answer-ocsp": "Answered an OCSP request for",
    "partition": "Set the partitions of",
    "export-key": "Exported the private key of",
    "import": "Imported",
    "note": "Noted about",
    "put-away": "Put away",
    "take-back": "Took back",
    "empty-trash": "Removed for good",
    "undo": "Undid an act on",
    "trust": "Had the system trust",
    "distrust": "Had the system no longer trust",
    "watch": "Watched",
    "unwatch": "Watched no more",
    "look-again": "Looked again at watched hosts",
    "probe": "Saw a host serve",
    "remember": "Kept certificates that were sent by",
    "checkpoint": "Signed a checkpoint",
    "backup": "Made a backup",
    "restore": "Restored a backup",
    "edit": "Changed records",
}
"""What each act is, as the beginning of a sentence about whom or what it was done to."""

CALLED: Mapping[str, str] = {
    "note": "note",
    "revoke": "revocation",
    "hold": "hold",
    "unhold": "release",
    "put-away": "putting away",
    "take-back": "taking back",
}
"""What each act that can be undone is called."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One act of the audit log."""

    line: int
    """Its number, from 1."""
    at: datetime
    who: str
    """The operating system's name of the user. Not yet printable."""
    host: str
    """Not yet printable."""
    act: str
    """The act's word, for a filter. Not yet printable."""
    what: str
    """The act and what it was done to; printable."""
    said: Mapping[str, Any]
    """What else the line says. Not yet printable."""
    digest: str
    """The line's hash, in hexadecimal."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "line": self.line,
            "at": rfc3339(self.at),
            "who": self.who,
            "host": self.host,
            "act": self.act,
            "detail": dict(self.said),
            "hash": self.digest,
        }


def activity(
    desk: Desk,
    *,
    since: datetime | None = None,
    acts: Sequence[str] = (),
    before: int | None = None,
    most: int | None = None,
) -> Iterator[Activity]:
    """Yield the acts of the audit log, oldest first: since a time, of some kinds, before a line.

    `most` looks at no more than so many lines before that end, which is how a screen reads a long log page by page. Raises
    StoreDamaged.
    """
    end = desk.ledger.position if before is None else before - 1
    first = 1 if most is None else max(end - most, 0) + 1
    for act in desk.ledger.history(first):
        if act.seq > end:
            return
        if (not acts or act.act in acts) and (since is None or act.at >= since):
            yield _activity(act)


def parse_since(text: str, *, now: datetime) -> datetime:
    """Return the time that `30d`, `12h`, `2w`, `2030-01-31` (its beginning, in UTC) or an RFC 3339 time means. Raises UsageError."""
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - timedelta(hours=int(ago[1]) * _HOURS[ago[2]])
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC)
    except ValueError:
        return parse_until(text)


def check_acts(acts: Sequence[str]) -> None:
    """Raise UsageError for a word that is no act."""
    for act in acts:
        if act not in WORDS:
            raise UsageError(f"There is no act “{printable(act)}”.", hint=f"Acts: {', '.join(WORDS)}.")


def _activity(act: Act) -> Activity:
    said = {name: value for name, value in act.detail.items() if name not in _FOR_UNDOING}
    undone = CALLED.get(str(said.get("undone"))) if act.act == "undo" else None
    words = f"Undid the {undone} of" if undone else WORDS.get(act.act, act.act)
    about = _about(said)
    return Activity(
        line=act.seq,
        at=act.at,
        who=act.who,
        host=act.host,
        act=act.act,
        what=printable(f"{words} {about}" if about else words),
        said=said,
        digest=act.digest,
    )


_ABOUT = ("certificates", "names", "subject", "authority", "targets", "hosts", "path", "root")


def _about(said: Mapping[str, Any]) -> str:
    """Return what an act was done to: the first of those fields that its line has."""
    for name in _ABOUT:
        value = said.get(name)
        if isinstance(value, list) and value:
            return listing([_called(str(one)) for one in value], most=3)
        if isinstance(value, str) and value:
            return value
    return ""


def _called(logged: str) -> str:
    """Return the name in `serial name`, as the log names certificates; any other text as it is."""
    serial, space, name = logged.partition(" ")
    return name if space and re.fullmatch(r"-?[0-9a-f]{2,}", serial) else logged
