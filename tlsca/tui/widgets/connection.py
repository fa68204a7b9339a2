"""The *Test connection* panel: one real handshake, everything that was learnt, and every problem with the key that mends it."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input

from tlsca.authority.connecting import ProbeForm, client_certificates, enumerate_host, options_of
from tlsca.authority.deepening import deepened
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry
from tlsca.authority.mending import Act, Repair
from tlsca.authority.preflight import own_name, rehearse
from tlsca.errors import PassphraseMissing, PassphraseWrong, TlscaError
from tlsca.probe.enumeration import Capabilities
from tlsca.probe.result import Result
from tlsca.probe.transcript import Event
from tlsca.tui.widgets.own_server import OwnServer
from tlsca.tui.widgets.probe_fields import FIRST_TRUST, ProbeFields
from tlsca.tui.widgets.proof import Proof, against_lists, proof_of, proven, with_result
from tlsca.tui.widgets.result_views import OVER, ResultViews
from tlsca.tui.widgets.tick import Tick
from tlsca.tui.work import sentence, tell, tell_node, work

_DEFAULT_PORT = 443
_LOOKS = 0.1
"""Seconds between looks at how far the asking for what a host accepts is."""
_HINT = (
    "Type a host and press Enter: one real TLS handshake, and everything that is wrong with it.",
    "On a certificate with its key in the store, p proves it here before its host gets it.",
)


class ConnectionPanel(Widget):
    """Where to dial, what to ask for, whom to trust; and below it what happened.

    It is laid out when somebody first looks at it: its fields are more than everything else beside the list together, and most
    who open a store want something else. Posts `Mend` for a repair that takes a dialog of the screen; that screen calls `again`
    once it is done.
    """

    HELP = (
        "Enter in a field makes the connection, Escape stops it, F4 shows more options. In the result: a digit does "
        "the repair beside it, [ and ] or the marked letters turn the views, Enter or F5 probes again."
    )

    DEFAULT_CSS = """
    ConnectionPanel { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Stop", show=False),
        Binding("f4", "fold", "More options", show=False),
        Binding("f5", "again", "Again", show=False),
    ]

    @dataclass
    class Mend(Message):
        """Somebody wants a repair for which the screen has the dialog."""

        repair: Repair

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 -- Textual's own word
        super().__init__(id=id)
        self._desk = desk
        self._laying_out = asyncio.Lock()
        self._is_laid_out = False
        self._aim: Entry | None = None
        self._rehearsed: Entry | None = None
        self._cancelled: threading.Event | None = None
        self._asking: threading.Event | None = None
        self._asked = ("", 0)
        self._pinned = False

    async def lay_out(self) -> None:
        """Lay out the form above the result, unless that was done before; whatever fills it in or moves in it comes after this."""
        async with self._laying_out:
            if self._is_laid_out:
                return
            await self.mount(ProbeFields(), OwnServer(self._desk), ResultViews(self._desk.now))
            self._is_laid_out = True
            self._fields.aim(self._address, "")
            self._draw_hint()
            self.set_interval(_LOOKS, self._draw_asking)

    def on_unmount(self) -> None:
        """Stop what is under way: nobody will see what comes of it."""
        self._stop_everything()

    # What others call

    def aim_at(self, selected: Entry | None) -> None:
        """Fill the form in for another certificate, unless it points at a server of our own that is still running."""
        if _same(selected, self._aim):
            return  # what was typed, and what came of it, stays when only the list was read anew
        self._aim = selected
        if self._is_laid_out and not self._pinned:
            self._fields.aim(self._address, "")
            self._fields.options.forget_host()
            self._forget_result()

    def point_at(self, form: ProbeForm) -> None:
        """Fill the form in for a host that need not be where the selected certificate is served, dialled as this says."""
        self._fields.aim(form.target, form.server_name or "")
        self._fields.options.show(form)
        self._forget_result()

    def toggle_serving(self) -> None:
        """Serve the selected certificate on this machine, or stop."""
        if self._aim is not None:
            self.query_one(OwnServer).toggle(self._aim, demand_client_certificate=self._fields.demands)

    def focus_target(self) -> None:
        """Put the cursor where the address is typed."""
        self._fields.focus_target()

    def copied(self) -> tuple[str, str] | None:
        """Return what would be copied: the view in front as text."""
        return self._views.copied() if self._is_laid_out else None

    def offer_client_certificates(self) -> None:
        """Look up which client certificates there are now, in a thread, and offer them."""
        work(self, lambda: client_certificates(self._desk), self._fields.offer, group="offer", exclusive=True)

    def again(self) -> None:
        """Do once more what was done last: a probe as the form says, or a pre-flight."""
        if self._rehearsed is not None:
            self.rehearse(self._rehearsed)
        else:
            self._connect()

    def rehearse(self, selected: Entry) -> None:
        """Serve a certificate here, probe it by its own name, and show the verdict."""
        self._once_unlocked("to serve with the private key", lambda: self._rehearse(selected))

    def form(self) -> ProbeForm:
        """Return what is typed now; before there is anything to type in, what would stand there."""
        return (
            self._fields.form() if self._is_laid_out else ProbeForm(target=self._address, trust=FIRST_TRUST)
        )

    @property
    def result(self) -> Result | None:
        """What the last handshake gave."""
        proof = self._views.proof if self._is_laid_out else None
        return proof.result if proof is not None else None

    @property
    def _address(self) -> str:
        """Where the selected certificate is most likely served."""
        return _address_of(self._aim) if self._aim else ""

    @property
    def _fields(self) -> ProbeFields:
        return self.query_one(ProbeFields)

    @property
    def _views(self) -> ResultViews:
        return self.query_one(ResultViews)

    # A server of our own

    def on_own_server_started(self, event: OwnServer.Started) -> None:
        """Fill the form in for the server that this app runs itself."""
        self._pinned = True
        self._fields.aim(event.address, event.name)
        self._fields.say_serving(serving=True)

    def on_own_server_stopped(self) -> None:
        """Return to the selected certificate."""
        self._pinned = False
        self._fields.aim(self._address, "")
        self._fields.say_serving(serving=False)

    @on(Button.Pressed, "#serve")
    def _serve(self, event: Button.Pressed) -> None:
        event.stop()
        self.toggle_serving()

    # Probing

    @on(Input.Submitted)
    @on(Tick.Submitted)
    @on(Button.Pressed, "#connect")
    def _connect_or_stop(self, event: Message) -> None:
        event.stop()
        if self._cancelled is not None:
            self.action_cancel()
        else:
            self._connect()

    @on(ResultViews.AgainWanted)
    def action_again(self) -> None:
        """Do once more what was done last."""
        if self._cancelled is None:
            self.again()

    def action_fold(self) -> None:
        """Show the rarer options, or put them away."""
        self._fields.fold()

    def action_cancel(self) -> None:
        """Stop what is under way; where nothing is the key goes on to whoever else wants it."""
        if self._cancelled is None and self._asking is None:
            raise SkipAction
        self._stop_everything()

    def _connect(self) -> None:
        form = self.form()
        if self._fields.uses_store_key:
            self._once_unlocked("to use the client certificate", lambda: self._probe(form))
        else:
            self._probe(form)

    def _probe(self, form: ProbeForm) -> None:
        desk, checks = self._desk, self._fields.options.checks_revocation
        self._rehearsed = None

        def act(cancelled: threading.Event, hear: Callable[[Event], None]) -> Proof:
            wanted = against_lists(desk, form) if checks else form
            return proven(desk, wanted, cancelled=cancelled, on_event=hear)

        self._start(act, form.target)

    def _rehearse(self, selected: Entry) -> None:
        desk, trust = self._desk, self._fields.trust
        self._rehearsed = selected

        def act(cancelled: threading.Event, hear: Callable[[Event], None]) -> Proof:
            done = rehearse(desk, selected.record, trust=trust, cancelled=cancelled, on_event=hear)
            return proof_of(desk, done.form, done.result, rehearsal=True)

        self._start(act, selected.record.id)
        self._views.focus_view()

    def _start(self, act: Callable[[threading.Event, Callable[[Event], None]], Proof], about: str) -> None:
        """Begin a probe of somebody; what is still under way is stopped and told nothing of any more."""
        self._stop_everything()
        cancelled = threading.Event()
        self._cancelled, self._asking = cancelled, None
        self._fields.say(probing=True)
        if self._fields.has_focus_within:
            self._views.focus_view()  # its keys are the next that are wanted
        self._views.begin(about)

        def hear(event: Event) -> None:
            tell_node(self, lambda: self._views.step(event) if self._cancelled is cancelled else None)

        work(
            self,
            lambda: act(cancelled, hear),
            self._finish,
            failed=lambda error: self._fail(error, cancelled),
            group="probe",
            exclusive=True,
        )

    def _finish(self, proof: Proof) -> None:
        self._rest()
        self._views.show(proof)

    def _fail(self, error: TlscaError, cancelled: threading.Event) -> None:
        self._rest()
        if isinstance(error, PassphraseMissing | PassphraseWrong) and self.form().client_cert:
            self._fields.ask_for_passphrase()
        stopped = Content.styled("Stopped.", "$text-warning")
        self._views.tell(stopped if cancelled.is_set() else sentence(error))

    def _rest(self) -> None:
        self._cancelled = None
        self._fields.say(probing=False)

    def _stop_everything(self) -> None:
        for under_way in (self._cancelled, self._asking):
            if under_way is not None:
                under_way.set()

    def _once_unlocked(self, purpose: str, then: Callable[[], None]) -> None:
        """Go on once the store is unlocked; not at all if the passphrase was not given."""
        from tlsca.tui.dialogs.unlock import UnlockDialog  # noqa: PLC0415 -- a dialog is loaded when it is first needed

        if self._desk.unlocked:
            then()
        else:
            dialog = UnlockDialog(self._desk, purpose)
            self.app.push_screen(dialog, lambda unlocked: then() if unlocked else None)

    # Asking more of the same host

    @on(ResultViews.MoreWanted)
    def _ask_what_it_accepts(self) -> None:
        proof = self._askable()
        if proof is None or self._asking is not None:
            return
        asking = threading.Event()
        self._asking, self._asked = asking, ("what it accepts", 0)
        form = replace(proof.form, client_cert=None, client_key=None)
        self._draw_asking()

        def told(what: str, handshakes: int) -> None:
            self._asked = (what, handshakes)

        work(
            self,
            lambda: enumerate_host(form, options_of(self._desk, form), cancelled=asking, told=told),
            lambda found: self._learnt_what_it_accepts(found, asking),
            failed=lambda error: self._no_answer(error, asking),
            group="more",
            exclusive=True,
        )

    def _learnt_what_it_accepts(self, found: Capabilities, asking: threading.Event) -> None:
        if self._asking is asking:
            self._end_asking()
            self._add(lambda result: replace(result, accepts=found), "accepts")

    def _no_answer(self, error: TlscaError, asking: threading.Event) -> None:
        if self._asking is asking:
            self._end_asking()
        if not asking.is_set():
            tell(self.app, error)

    def _end_asking(self) -> None:
        self._asking = None
        self._views.ask(None)

    def _draw_asking(self) -> None:
        if self._asking is not None:
            self._views.ask(*self._asked)

    @on(ResultViews.DeeperWanted)
    def _ask_as_a_modern_client(self) -> None:
        proof = self._askable()
        if proof is None or self._asking is not None:
            return
        asking = threading.Event()
        self._asking, self._asked = asking, ("a staple", 1)
        work(
            self,
            lambda: deepened(self._desk, proof.form, proof.result, cancelled=asking),
            lambda result: self._learnt_more(result, asking),
            failed=lambda error: self._no_answer(error, asking),
            group="more",
            exclusive=True,
        )

    def _learnt_more(self, result: Result, asking: threading.Event) -> None:
        if self._asking is asking:
            self._end_asking()
            self._add(lambda shown: replace(shown, depth=result.depth), "verdict")

    def _add(self, learnt: Callable[[Result], Result], view: str) -> None:
        proof = self._views.proof
        if proof is not None:
            self._views.show(with_result(proof, learnt(proof.result)), view)

    def _askable(self) -> Proof | None:
        """Return what is shown, if there is still a host to ask about it."""
        proof = self._views.proof
        if proof is not None and proof.rehearsal:
            self.notify(OVER, severity="warning", timeout=6, markup=False)
            return None
        return proof if proof is not None and proof.result.target.port else None

    # Repairs

    @on(ResultViews.RepairWanted)
    def _repair(self, event: ResultViews.RepairWanted) -> None:
        event.stop()
        proof = self._views.proof
        if proof is None or self._cancelled is not None:
            return
        repair = proof.repairs[event.number - 1]
        if repair.act is Act.RETRY and repair.form is not None:
            self._fields.show(repair.form)
            self._connect()
        elif repair.act is Act.CLIENT:
            self._choose_client(repair)
        else:
            if repair.act is Act.IMPORT:
                self._fields.trust_the_store()
            self.post_message(self.Mend(repair))

    def _choose_client(self, repair: Repair) -> None:
        from tlsca.tui.dialogs.client import ClientDialog  # noqa: PLC0415 -- a dialog is loaded when it is first needed

        self.app.push_screen(ClientDialog(repair.clients), self._show_client)

    def _show_client(self, client: Entry | None) -> None:
        if client is not None:
            self._fields.choose_client(client)
            self._connect()

    def _forget_result(self) -> None:
        if self._cancelled is None:
            self._rehearsed = None
            self._stop_everything()
            self._asking = None
            self._draw_hint()

    def _draw_hint(self) -> None:
        self._views.tell(*(Content.styled(line, "$foreground-muted") for line in _HINT))


def _same(one: Entry | None, other: Entry | None) -> bool:
    return (one.record.id if one else None) == (other.record.id if other else None)


def _address_of(selected: Entry) -> str:
    """Return where a certificate is most likely served: its first name that can be dialled, at port 443."""
    name = own_name(selected.record)
    if not name:
        return ""
    return f"[{name}]:{_DEFAULT_PORT}" if ":" in name else f"{name}:{_DEFAULT_PORT}"
