"""A contest: programs that do the same, timed in turns, and what came of it.

Turns, so that whatever else the machine does falls on all alike, and shuffled, so that nobody always follows whoever leaves the disk
busy; the least time is what a program takes when nothing disturbs it.
"""

import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Act = Callable[[], float]
"""Does it once, and returns the seconds that took."""

SLOW_ROUNDS = 2


class Failed(Exception):
    """A program that was to be timed did not do what it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way to do it; `act` is None where the program is not there, which is said and not guessed at."""

    name: str
    does: str
    act: Act | None
    units: int = 1
    """How many things one act makes."""
    slow: bool = False
    """Whether it takes many seconds: two rounds have to do, and a quick run leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What is to be done, and who does it; the first contender is the one that the others are compared with."""

    title: str
    about: str
    unit: str
    """What is made, in the singular."""
    contenders: tuple[Contender, ...]
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one contender took, in seconds for one thing; or why there is nothing to tell."""

    name: str
    does: str
    seconds: tuple[float, ...] = ()
    absent: str = ""

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A contest and its rows, in the order of its contenders."""

    contest: Contest
    rows: tuple[Row, ...]


def hold(contest: Contest, *, quick: bool) -> Outcome:
    """Let everybody have a turn in each round, each time in another order, which is the same in each run."""
    times: dict[str, list[float]] = {one.name: [] for one in contest.contenders}
    absent = dict(_absent(contest, quick=quick))
    shuffle = random.Random(0)  # noqa: S311 -- an order, no secret
    for number in range(1 if quick else contest.rounds):
        for one in shuffle.sample(contest.contenders, len(contest.contenders)):
            if one.act is None or one.name in absent or (one.slow and number >= SLOW_ROUNDS):
                continue
            try:
                times[one.name].append(one.act() / one.units)
            except Failed as failure:
                absent[one.name] = str(failure)
    return Outcome(contest, tuple(_row(one, times[one.name], absent) for one in contest.contenders))


def _absent(contest: Contest, *, quick: bool) -> Iterator[tuple[str, str]]:
    for one in contest.contenders:
        if one.act is None:
            yield one.name, "not installed"
        elif one.slow and quick:
            yield one.name, "left out of a quick run"


def _row(one: Contender, times: list[float], absent: dict[str, str]) -> Row:
    if one.name in absent:
        return Row(name=one.name, does=one.does, absent=absent[one.name])
    return Row(name=one.name, does=one.does, seconds=tuple(times))
