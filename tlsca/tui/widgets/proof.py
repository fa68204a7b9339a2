"""What the panel shows of one probe: its result, what can be done about it, and the commands that do the same."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tlsca.authority.connecting import ProbeForm, prove
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.lists import newest_crls
from tlsca.authority.mending import Act, Repair, qualifying, repairs
from tlsca.authority.showing_checks import show_probe
from tlsca.errors import Refused, TlscaError
from tlsca.probe.result import Result
from tlsca.probe.transcript import Event
from tlsca.text import printable
from tlsca.tui.wording import in_the_app

MOST_REPAIRS = 9
"""Repairs that have a digit of their own."""

_OF_HOSTS = frozenset({Act.RETRY, Act.CLIENT})
"""Repairs that call the host once more, which nothing does after a pre-flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One probe and everything that was worked out from it."""

    form: ProbeForm
    result: Result
    at: datetime
    events: tuple[Event, ...] = ()
    """The steps as they came; empty where nobody listened."""
    repairs: tuple[Repair, ...] = ()
    fitting: tuple[Entry, ...] = ()
    """Client certificates of the store that the server accepts, as far as it says."""
    clients: int = 0
    """Client certificates of the store in all."""
    commands: str = ""
    rehearsal: bool = False
    """Whether it was a pre-flight: the port is closed by now."""

    @property
    def json(self) -> str:
        """The result as `tlsca probe --json` prints it, laid out for people; escapes keep it safe for a terminal."""
        return json.dumps(self.result.to_json(), indent=2).replace("\x7f", "\\u007f")


def proven(
    desk: Desk,
    form: ProbeForm,
    *,
    cancelled: threading.Event,
    on_event: Callable[[Event], None],
) -> Proof:
    """Probe, and work everything out; called in a thread. Raises Cancelled, and as `options_of`."""
    events: list[Event] = []

    def hear(event: Event) -> None:
        events.append(event)
        on_event(event)

    result = prove(desk, form, cancelled=cancelled, on_event=hear)
    return proof_of(desk, form, result, events=tuple(events))


def proof_of(
    desk: Desk, form: ProbeForm, result: Result, *, events: tuple[Event, ...] = (), rehearsal: bool = False
) -> Proof:
    """Work out what belongs to a result."""
    fitting, clients = qualifying(desk, result) if result.client_auth.requested else ((), 0)
    return Proof(
        form=form,
        result=result,
        at=desk.now(),
        events=events,
        repairs=tuple(one for one in repairs(desk, form, result) if not (rehearsal and one.act in _OF_HOSTS))[
            :MOST_REPAIRS
        ],
        fitting=fitting,
        clients=clients,
        commands=_commands(desk, form),
        rehearsal=rehearsal,
    )


def with_result(proof: Proof, result: Result) -> Proof:
    """Return the same with more learnt."""
    return replace(proof, result=result)


def against_lists(desk: Desk, form: ProbeForm) -> ProbeForm:
    """Return a form that checks revocation against the lists of this store's authorities. Raises Refused where there are none."""
    listed = [record.sha256 for record in desk.ledger.authorities() if newest_crls(desk, record)]
    if not listed:
        raise Refused(
            "No authority of this store has published a CRL.",
            hint="Publish one with the key P, or do not check revocation.",
        )
    return replace(form, crls=tuple(listed))


def _commands(desk: Desk, form: ProbeForm) -> str:
    try:
        return show_probe(desk, form)
    except TlscaError as error:
        return f"# {printable(error.sentence)} {printable(in_the_app(error.hint))}\n"
