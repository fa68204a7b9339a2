"""The ladder of a handshake: who said what, which way, how large it was and when, beside a thin scale of time.

It is drawn from the steps as they come, so it grows while the handshake happens, and stays as it was when that is over.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from tlsca.probe.result import Direction, Message, Result
from tlsca.probe.transcript import Event, Stage
from tlsca.text import printable, shorten
from tlsca.tui.widgets.setting import BAD, BLANK, QUIET, heading, spread

_TITLES = {Stage.DNS: "DNS", Stage.TCP: "TCP", Stage.STARTTLS: "STARTTLS", Stage.TLS: "TLS"}
_WHEN, _SIZE, _GAP = 9, 6, 2
_NARROWEST_BODY, _WIDEST_BODY = 24, 56
_NARROWEST_SCALE, _WIDEST_SCALE = 8, 40
_ALERT, _FAREWELL = "alert ", "close_notify"
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How wide the parts are, and how much time the scale shows."""

    body: int
    scale: int
    whole_ms: float

    def at(self, ms: float) -> int:
        """Return the cell of the scale in which a moment lies."""
        share = min(max(ms / self.whole_ms, 0.0), 1.0) if self.whole_ms else 0.0
        return min(int(share * self.scale), self.scale - 1)


def ladder_lines(events: Sequence[Event], width: int, *, result: Result | None = None) -> list[Content]:
    """Return the ladder of what happened so far; `result` adds how long each stage took."""
    ended = result.timings_ms.total if result else None
    last = max((event.at_ms for event in events), default=0.0)
    shape = _shape(width, max(last, ended or 0.0))
    lines = [_head(shape)]
    for place, event in enumerate(events):
        if event.message is None:
            lines.append(_stage(event, _end(events, place, result), shape))
        else:
            lines += _rung(event.message, shape, width)
    if ended is not None:
        lines += [BLANK, *_summary(result, width)]
    return lines


def events_of(result: Result) -> tuple[Event, ...]:
    """Return the steps of a result that nobody listened to: each stage begins where the one before it ended."""
    events: list[Event] = []
    begun = 0.0
    timings = result.timings_ms
    for stage in Stage:
        took = getattr(timings, stage.value)
        if took is not None:
            events.append(Event(stage, begun))
            begun += took
    plain = Stage.STARTTLS if timings.starttls is not None else Stage.TCP
    events += [
        Event(Stage.TLS if _is_tls(message) else plain, message.at_ms, message)
        for message in result.transcript
    ]
    return tuple(sorted(events, key=lambda event: event.at_ms))


def _is_tls(message: Message) -> bool:
    return bool(message.octets) or _is_alert(message)


def _shape(width: int, whole_ms: float) -> _Shape:
    room = max(width - (_WHEN + 2 + _SIZE + 2 * _GAP), 1)
    scale = min(max(room // 3, _NARROWEST_SCALE), _WIDEST_SCALE)
    body = min(max(room - scale, _NARROWEST_BODY), _WIDEST_BODY, room)
    return _Shape(body, min(room - body, _WIDEST_SCALE), _round_up(whole_ms))


def _round_up(ms: float) -> float:
    """Return the end of the scale: the next of 1, 2, 5, 10, 20 … milliseconds, so that it seldom changes while it grows."""
    unit = 1.0
    while True:
        for step in _STEPS:
            if ms <= step * unit:
                return step * unit
        unit *= 10


def _head(shape: _Shape) -> Content:
    ends = f"{shape.whole_ms:g} ms"
    scale = f"0{ends:>{shape.scale - 1}}" if shape.scale > len(ends) + 1 else ends[: shape.scale]
    sides = " here" + " " * max(shape.body - 10, 1) + "host "
    return Content.styled(
        f"{'ms':>{_WHEN - 1}}  {sides} {'octets':>{_SIZE + _GAP}}{' ' * _GAP}{scale}", QUIET
    )


def _stage(event: Event, end: float | None, shape: _Shape) -> Content:
    """Return the line with which a stage begins, and its span on the scale."""
    name = f" {_TITLES[event.stage]} "
    rule = name + "╌" * max(shape.body - len(name), 0)
    first = shape.at(event.at_ms)
    last = shape.at(end) if end is not None else first
    span = " " * first + "━" * (last - first + 1)
    took = f"{end - event.at_ms:.1f} ms" if end is not None else "…"
    return Content.assemble(
        (f"{event.at_ms:>{_WHEN - 1}.1f} ", QUIET),
        ("├", QUIET),
        (rule, "bold $primary"),
        ("┤", QUIET),
        (f"{took:>{_SIZE + _GAP}}"[: _SIZE + _GAP], QUIET),
        " " * _GAP if shape.scale else "",
        (span[: shape.scale], "$primary"),
    )


def _end(events: Sequence[Event], place: int, result: Result | None) -> float | None:
    """Return when a stage ended: as it was timed, or while it goes on when the next one began; None for the last one."""
    took = getattr(result.timings_ms, events[place].stage.value) if result else None
    if took is not None:
        return events[place].at_ms + float(took)
    return next((event.at_ms for event in events[place + 1 :] if event.message is None), None)


def _rung(step: Message, shape: _Shape, width: int) -> Iterator[Content]:
    """Yield one message as an arrow between the two sides, and below it what it says."""
    name, told = _named(step)
    colour = _colour(step)
    shown = shorten(name, max(shape.body - 5, 1))
    size = f"{len(step.octets)}" if step.octets else ""
    track = " " * shape.at(step.at_ms) + "●" if shape.scale else ""
    yield Content.assemble(
        (f"{step.at_ms:>{_WHEN - 1}.1f} ", QUIET),
        ("│", QUIET),
        *_arrow(shown, step.direction, shape.body, colour),
        ("│", QUIET),
        (f"{size:>{_SIZE + _GAP}}", ""),
        " " * _GAP,
        (track, colour or "$primary"),
    )
    full = [name] if shown != name else []
    margin = " " * (_WHEN + 2)
    for part in [*full, *([told] if told else [])]:
        for line in textwrap.wrap(part, max(width - len(margin), 16), break_on_hyphens=False):
            yield Content.assemble((f"{' ' * _WHEN}│", QUIET), (f" {line}", QUIET))


def _arrow(name: str, direction: Direction, body: int, colour: str) -> list[tuple[str, str]]:
    line = max(body - len(name) - 3, 1)
    if direction is Direction.SENT:
        return [(f" {name} ", colour), ("─" * line + "▶", "$secondary")]
    return [("◀" + "─" * line, "$accent"), (f" {name} ", colour)]


def _named(step: Message) -> tuple[str, str]:
    """Return what a message is called, and what it says; an alert is called by its number."""
    name, told = printable(step.message), _told(step)
    if not _is_alert(step):
        return name, told
    number, _, meaning = name.removesuffix(")").partition(" (")
    return number, f"{meaning}, {told}" if meaning else told


def _is_alert(step: Message) -> bool:
    return not step.octets and step.message.startswith(_ALERT)


def _colour(step: Message) -> str:
    if _is_alert(step) and _FAREWELL not in step.message:
        return BAD
    return "$text-warning" if step.message == "CertificateRequest" else ""


def _told(step: Message) -> str:
    """Return what is worth knowing of a message beside its size, which has a column of its own."""
    size = f"{len(step.octets)} octets"
    return step.detail.removesuffix(size).removesuffix("; ") if step.octets else printable(step.remark)


def _summary(result: Result | None, width: int) -> Iterator[Content]:
    if result is None:
        return
    timings = result.timings_ms
    stages = [
        f"{_TITLES[stage]} {took:.1f}"
        for stage in Stage
        if (took := getattr(timings, stage.value)) is not None
    ]
    sent = sum(len(step.octets) for step in result.transcript if step.direction is Direction.SENT)
    received = sum(len(step.octets) for step in result.transcript if step.direction is Direction.RECEIVED)
    yield heading("Together", width)
    yield spread(
        Content.styled("  ".join(stages), QUIET),
        Content(f"{timings.total:.1f} ms" if timings.total is not None else ""),
        width,
    )
    yield Content.styled(f"{sent:,} octets of handshake sent, {received:,} received", QUIET)
