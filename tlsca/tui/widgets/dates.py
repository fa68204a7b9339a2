"""Times at a glance: when a certificate ends, how much of its life is over, and how long ago something was found out."""

from datetime import datetime, timedelta

from textual.content import Content

from tlsca.pki.certificate import Certificate
from tlsca.pki.describe import status_word
from tlsca.pki.life import EMPTY, FULL
from tlsca.pki.lifetime import EXPIRING
from tlsca.text import STATE_GLYPHS, remaining, rfc3339

COLOURS = {"valid": "$text-success", "expiring": "$text-warning", "not-yet-valid": "$text-warning"}
_JUST_NOW = timedelta(minutes=1)
"""The screen is not drawn anew each second, so it counts none."""
_YEARS = 730
"""Days from which a time is told in years."""


def state_of(one: Certificate, now: datetime) -> str:
    """Return the word for where a certificate is in its life; `unreadable` where its dates are."""
    if one.not_before is None or one.not_after is None:
        return "unreadable"
    return status_word(one.not_before, one.not_after, now=now, soon=EXPIRING)


def glyph(one: Certificate, now: datetime) -> tuple[str, str]:
    """Return the state's glyph and its colour."""
    word = state_of(one, now)
    return STATE_GLYPHS.get(word, "?"), COLOURS.get(word, "$text-error")


def ends(one: Certificate, now: datetime, *, exact: bool = False) -> Content:
    """Return when it ends: how long still, in the colour of its state, and the date; `exact` tells years in days, too."""
    if one.not_before is None or one.not_after is None:
        return Content.styled("its dates cannot be read", "$text-error")
    word = state_of(one, now)
    days = abs((one.not_after - now).days)
    if word == "not-yet-valid":
        told = f"begins {remaining(one.not_before, now)}"
    elif exact and days >= _YEARS:
        told = f"ended {days:,} days ago" if word == "expired" else f"ends in {days:,} days"
    else:
        told = f"{'ended' if word == 'expired' else 'ends'} {remaining(one.not_after, now)}"
    date = rfc3339(one.not_after)[:10]
    return Content.assemble((told, COLOURS.get(word, "$text-error")), (f"  {date}", "$foreground-muted"))


def life(one: Certificate, now: datetime, cells: int) -> Content:
    """Return how much of its life is over, as a bar."""
    if one.not_before is None or one.not_after is None or one.not_after <= one.not_before:
        return Content(" " * cells)
    share = min(max((now - one.not_before) / (one.not_after - one.not_before), 0.0), 1.0)
    over = int(cells * share)
    colour = COLOURS.get(state_of(one, now), "$text-error")
    return Content.assemble((FULL * over, colour), (EMPTY * (cells - over), "$foreground-disabled"))


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was: `just now`, `3 minutes ago`."""
    return "just now" if now - at < _JUST_NOW else remaining(at, now)
