"""How long certificates may be valid, and when they are soon over: the numbers of the rules on dates.

Apart from the rules, for whoever has two dates and no certificate.
"""

from datetime import UTC, datetime, timedelta

EXPIRING = timedelta(days=30)
"""How long before its end a certificate is said to expire soon, or a third of its life if that is less, as the list says it."""

LONGEST_FOR_APPLE = 825
"""Days beyond which Apple's systems refuse a server's certificate, whoever issued it (Apple HT210176)."""

# CA/B ballot SC-081v3 and, for the first step, SC-31: from this day on, at most so many days.
_STEPS: tuple[tuple[datetime, int], ...] = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
)


def longest_public_days(not_before: datetime) -> int | None:
    """Return for how many days a publicly trusted server certificate of that first day may be valid; None before any step."""
    return next((days for start, days in _STEPS if not_before >= start), None)


def next_public_step(moment: datetime) -> tuple[datetime, int] | None:
    """Return when it will be fewer days after a time, and how many then; None after the last step."""
    return next(((start, days) for start, days in reversed(_STEPS) if start > moment), None)


def whole_days(not_before: datetime, not_after: datetime) -> int:
    """Return a validity in days as CA/B BR 6.3.2 counts them: both ends included, a begun day is a day."""
    return -((not_before - not_after - timedelta(seconds=1)) // timedelta(days=1))


def soon_over(not_before: datetime, not_after: datetime) -> timedelta:
    """Return how long before its end a certificate of these dates is said to expire soon."""
    return min(EXPIRING, (not_after - not_before) / 3)
