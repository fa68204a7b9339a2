"""A request beside the profile and the certificate that results: extension by extension, who won, and what was dropped.

The three columns are read from what was really asked, what the profile alone would give, and the draft that will be signed, so
that the table cannot disagree with the certificate.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography import x509

from tlsca.pki.describe import describe_extensions
from tlsca.pki.extension_names import extension_name
from tlsca.pki.granting import SUBJECT, Extension, Granted
from tlsca.pki.identity import general_name_text
from tlsca.pki.issue import Draft
from tlsca.pki.names import dn_text
from tlsca.pki.profile_rows import names_policy
from tlsca.pki.profiles import Profile
from tlsca.pki.request import Request
from tlsca.text import printable


class Won(StrEnum):
    """Whose wish a part of the certificate is; each value is a word for a person."""

    BOTH = "both"
    REQUEST = "request"
    PROFILE = "profile"
    OPERATOR = "operator"
    MERGED = "merged"
    """Part of what was asked, or more than it."""
    DROPPED = "dropped"
    """Asked for, and not in the certificate at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRow:
    """One part of the certificate in three columns, each None where that column says nothing; all text is printable."""

    extension: str
    """The short name, or `subject`."""
    asked: str | None
    profile: str | None
    result: str | None
    won: Won
    why: str = ""
    """Why it is not as asked."""
    critical: bool = False
    """Whether it is critical in the result."""

    @property
    def dropped(self) -> bool:
        """Whether something that was asked for is not in the result as asked."""
        return self.asked is not None and self.won not in {Won.BOTH, Won.REQUEST}

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON holds it."""
        return {
            "extension": self.extension,
            "asked": self.asked,
            "profile": self.profile,
            "result": self.result,
            "won": str(self.won),
            "why": self.why,
            "critical": self.critical,
        }


def merge(request: Request, granted: Granted, alone: Draft, result: Draft) -> tuple[MergeRow, ...]:
    """Return the rows, the subject first; `alone` is the draft that the profile gives without the request's extensions."""
    asked, profile, final = (_by_name(item.extensions) for item in (request, alone, result))
    found = _key_identifiers(asked)
    rows = [_subject_row(request, granted, result)]
    for name in dict.fromkeys((*final, *profile, *asked)):
        if name in found:
            rows.append(found[name])
        elif name == "subjectAltName":
            rows.append(_names_row(request, granted, result, final.get(name)))
        else:
            why = granted.reasons.get(name, "")
            rows.append(_row(name, asked.get(name), profile.get(name), final.get(name), why))
    return tuple(rows)


def _by_name(extensions: Iterable[Extension]) -> dict[str, Extension]:
    return {extension_name(extension.oid): extension for extension in extensions}


def _row(
    name: str, asked: Extension | None, profile: Extension | None, result: Extension | None, why: str
) -> MergeRow:
    values = [extension.value if extension else None for extension in (asked, profile, result)]
    return MergeRow(
        extension=name,
        asked=_text(asked),
        profile=_text(profile),
        result=_text(result),
        won=_won(*values),
        why=why,
        critical=result is not None and result.critical,
    )


def _won(asked: object, profile: object, result: object) -> Won:
    if result is None:
        return Won.DROPPED
    if result == asked:
        return Won.BOTH if result == profile else Won.REQUEST
    if result == profile:
        return Won.PROFILE
    return Won.OPERATOR if asked is None else Won.MERGED


def _subject_row(request: Request, granted: Granted, result: Draft) -> MergeRow:
    final = result.subject
    given = final == request.subject
    own = Won.PROFILE if final == granted.subject or not list(granted.subject) else Won.OPERATOR
    return MergeRow(
        extension=SUBJECT,
        asked=_subject(request.subject) if list(request.subject) else None,
        profile=_subject_policy(result.profile),
        result=_subject(final),
        won=Won.REQUEST if given else own,
        why=granted.reasons.get(SUBJECT, ""),
    )


def _subject(subject: x509.Name) -> str:
    return printable(dn_text(subject)) or "(empty)"


def _subject_policy(profile: Profile) -> str:
    if not profile.subject_types:
        return "as asked"
    allowed = (attribute._name for attribute in profile.subject_types)  # noqa: SLF001 -- the only table of names
    return "only " + ", ".join(allowed)


def _names_row(request: Request, granted: Granted, result: Draft, final: Extension | None) -> MergeRow:
    asked, got = [_labelled(name) for name in request.names], [str(name) for name in result.names]
    taken = [str(name) for name in granted.names]
    if not got:
        won = Won.DROPPED if asked else Won.PROFILE
    elif got == taken and len(taken) >= len(set(asked)):
        won = Won.REQUEST
    elif taken:
        won = Won.MERGED
    else:
        won = Won.OPERATOR
    return MergeRow(
        extension="subjectAltName",
        asked=", ".join(asked) or None,
        profile=names_policy(result.profile),
        result=printable(", ".join(got)) or _names_of(final),
        won=won,
        why=granted.reasons.get("subjectAltName", ""),
        critical=final is not None and final.critical,
    )


def _labelled(name: x509.GeneralName) -> str:
    return printable(general_name_text(name))


def _names_of(extension: Extension | None) -> str | None:
    if extension is None or not isinstance(extension.value, x509.SubjectAlternativeName):
        return None
    return ", ".join(_labelled(name) for name in extension.value)


def _key_identifiers(asked: Mapping[str, Extension]) -> dict[str, MergeRow]:
    """Return rows for what the two keys decide, where it was asked for."""
    return {
        name: MergeRow(
            extension=name,
            asked=_text(asked[name]),
            profile="of the key",
            result="of the key",
            won=Won.PROFILE,
            why="the keys decide it",
        )
        for name in ("subjectKeyIdentifier", "authorityKeyIdentifier")
        if name in asked
    }


def _text(extension: Extension | None) -> str | None:
    if extension is None:
        return None
    return describe_extensions([extension])[0].value
