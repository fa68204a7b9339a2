"""When a certificate is valid: the wrong way round, over, not yet, soon over, or for longer than clients put up with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tlsca.pki.date_defects import LEAF, ON_THE_HOST, Dated, date_defects
from tlsca.pki.lifetime import EXPIRING, LONGEST_FOR_APPLE, longest_public_days, soon_over, whole_days
from tlsca.pki.lint.remark import Remark, adopt
from tlsca.pki.lint.subject import RENEW, Rule, Subject
from tlsca.text import rfc3339

_APPLE_FROM = datetime(2019, 7, 1, tzinfo=UTC)


def _reversed(subject: Subject) -> Iterator[Remark]:
    start, end = subject.facts.not_before, subject.facts.not_after
    if start is not None and end is not None and start > end:
        message = f"It begins on {rfc3339(start)}, after its end on {rfc3339(end)}, so it is never valid."
        yield subject.error(
            "validity-reversed", "validity", message, fix="Renew it.", source="RFC 5280, 4.1.2.5"
        )


def _at_the_time(subject: Subject) -> Iterator[Remark]:
    one = subject.facts
    dated = Dated(LEAF, ON_THE_HOST, one.sha256, one.not_before, one.not_after)
    for finding in date_defects(dated, now=subject.now, warn_within=_soon(subject)):
        yield adopt(
            finding,
            about=one.label,
            culprit="validity",
            source="RFC 5280, 4.1.2.5",
            act=RENEW,
        )


def _soon(subject: Subject) -> timedelta:
    start, end = subject.facts.not_before, subject.facts.not_after
    return EXPIRING if start is None or end is None else soon_over(start, end)


def _too_long(subject: Subject) -> Iterator[Remark]:
    start, end = subject.facts.not_before, subject.facts.not_after
    if start is None or end is None or not subject.is_server:
        return
    days = whole_days(start, end)
    if days > LONGEST_FOR_APPLE and start >= _APPLE_FROM:
        message = f"It is valid for {days} days; Apple's systems refuse servers beyond {LONGEST_FOR_APPLE}, whoever issued them."
        yield subject.warning(
            "long-lifetime",
            "validity",
            message,
            fix="Renew it for 398 days or fewer.",
            source="Apple HT210176",
        )
        return
    most = longest_public_days(start)
    if most is not None and days > most:
        message = (
            f"It is valid for {days} days; a publicly trusted server of {start:%Y-%m-%d} may be for {most}."
        )
        fix = f"Renew it for {most} days if its clients apply the public rules; a private authority is free to keep it."
        yield subject.notice(
            "long-lifetime", "validity", message, fix=fix, source="CA/B BR 6.3.2, ballot SC-081v3"
        )


RULES: tuple[Rule, ...] = (_reversed, _at_the_time, _too_long)
