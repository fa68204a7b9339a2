"""Whether now is within a certificate's validity, and how near its end: what a chain and a single certificate say of it.

Apart from the other defects, because two dates are all that it takes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from tlsca.pki.finding import Finding, error, warning
from tlsca.text import duration, rfc3339

LEAF = "The certificate"
"""What a sentence calls the certificate that a host presents for itself."""
ON_THE_HOST = "and install it on the host"
"""How an operator puts another one in its place."""


class Dated(NamedTuple):
    """A certificate of which only the dates matter here."""

    who: str
    """The subject of a sentence."""
    replace: str
    """How an operator puts another one in its place."""
    sha256: str
    not_before: datetime | None
    """None for either date where it cannot be read."""
    not_after: datetime | None


def date_defects(dated: Dated, *, now: datetime, warn_within: timedelta) -> Iterator[Finding]:
    """Yield that it is not yet valid, is expired, or ends within the time of warning; nothing where a date cannot be read."""
    who, not_before, not_after = dated.who, dated.not_before, dated.not_after
    if not_before is None or not_after is None:
        return
    renew = f"Renew it {dated.replace}"
    if now < not_before:
        fix = "Set the host's and this machine's clock right, or wait for that moment."
        what = f"{who} is not valid for another {duration(not_before - now)}, until {rfc3339(not_before)}."
        yield error("not-yet-valid", what, fix, certificate=dated.sha256)
    if now > not_after:
        what = f"{who} expired {duration(now - not_after)} ago, on {rfc3339(not_after)}."
        yield error("expired", what, f"{renew}.", certificate=dated.sha256)
    elif not_after - now < warn_within:
        what = f"{who} expires in {duration(not_after - now)}, on {rfc3339(not_after)}."
        yield warning("expires-soon", what, f"{renew} before that day.", certificate=dated.sha256)
