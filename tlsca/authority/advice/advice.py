"""One piece of advice: on which field of a form, how grave, in a sentence, and the form put right where that is certain.

Advice is data, so that a form can set it below its field, a wizard before its review, and a command beside its answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tlsca.authority.issuing import CertificateForm
from tlsca.pki.lint.remark import Level

WIDEST = 61
"""Characters of a sentence that a form has room for in 80 columns."""


class Part(StrEnum):
    """The field of the form that advice is about."""

    NAMES = "names"
    PROFILE = "profile"
    ISSUER = "issuer"
    KEY = "key"
    LIFETIME = "lifetime"
    SUBJECT = "subject"
    POINTERS = "pointers"
    """Where clients fetch lists and ask responders, and whether they insist on an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to know about what is in a form."""

    code: str
    level: Level
    """An error would be refused; a warning some client minds; a notice is worth knowing."""
    part: Part
    sentence: str
    """What is so; safe for a terminal, and at most `WIDEST` characters unless it is an error, which the preview says in full."""
    hint: str = ""
    """What to do about it, in one imperative sentence; safe for a terminal."""
    cure: str = ""
    """What `cured` does, in a few words; empty where only a person can tell what was meant."""
    cured: CertificateForm | None = None
    """The form put right."""
    noted: bool = False
    """Whether the notes of the draft say it too."""


def gravest_first(found: Iterable[Advice]) -> tuple[Advice, ...]:
    """Return advice without repetitions, errors first, otherwise in the order in which it was found."""
    return tuple(sorted(dict.fromkeys(found), key=lambda advice: -advice.level.rank))


def on_part(found: Iterable[Advice], part: str) -> tuple[Advice, ...]:
    """Return the advice on one field."""
    return tuple(advice for advice in found if advice.part == part)
