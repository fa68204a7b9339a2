"""Pre-flight: serve a certificate on this machine, probe it by its own name, and stop: what its host's clients will see.

A certificate that does not prove itself here would not do so on the host either, and here nobody is waiting for it.
"""

import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from tlsca.authority.connecting import LOOPBACK, ProbeForm, options_of, prove, serve
from tlsca.authority.desk import Desk
from tlsca.authority.inventory import joined
from tlsca.probe.handshake import Event
from tlsca.probe.listener import Visit
from tlsca.probe.result import Result
from tlsca.store.records import CertificateRecord


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of a pre-flight."""

    form: ProbeForm
    """How it was probed; the port is closed by now."""
    result: Result


def rehearse(
    desk: Desk,
    record: CertificateRecord,
    *,
    trust: tuple[str, ...] = (),
    cancelled: threading.Event | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Rehearsal:
    """Serve a certificate on loopback for one handshake of our own, and return what it gave.

    That it was seen here is not written down: no host serves it. Raises PassphraseMissing, Refused (its key is not here), StoreError, Cancelled.
    """
    listener = serve(desk, record, report=_unheard)
    try:
        form = replace(_form_for(record), target=f"{LOOPBACK}:{listener.port}", trust=trust)
        options = options_of(desk, form)
        result = prove(None, form, options=options, cancelled=cancelled, on_event=on_event)
        return Rehearsal(form, joined(desk, result))
    finally:
        listener.stop()


def _form_for(record: CertificateRecord) -> ProbeForm:
    """Return how a certificate is asked for by its own name; an address is in no SNI (RFC 6066, 3), so it is verified alone."""
    name = own_name(record)
    if not name:
        return ProbeForm(target=LOOPBACK)
    if _is_address(name):
        return ProbeForm(target=LOOPBACK, server_name="", verify_name=name)
    return ProbeForm(target=LOOPBACK, server_name=name)


def own_name(record: CertificateRecord) -> str:
    """Return the first name of a certificate that a client can dial; of a wildcard one that it covers; empty for none."""
    dialled = (name for name in record.names if not set("@/= ") & set(name))
    first = next(dialled, "")
    return f"www{first[1:]}" if first.startswith("*.") else first


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _unheard(_visit: Visit) -> None:
    """Leave the server's side untold: it is our own client that calls."""
