"""The company's hosts: servers on this machine that present its certificates, some of them as they should not.

They are watched under the company's names and dialled on loopback, so each of the usual mistakes can be looked at, and mended.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import MappingProxyType

from tlsca.authority.company.certificates import DOMAIN
from tlsca.authority.connecting import LOOPBACK, ProbeForm, serve
from tlsca.authority.credentials import credential
from tlsca.authority.desk import Desk
from tlsca.authority.watching import look_again, watch
from tlsca.pki.bundle import chain_pem
from tlsca.probe.listener import Listener, Visit
from tlsca.store.records import CertificateRecord

Serving = Callable[[Desk, str], Listener]
"""Starts a server for a name."""


def open_hosts(desk: Desk, opened: ExitStack) -> None:
    """Start the company's servers, which end with `opened`, watch them, and look at each once. Raises TlscaError."""
    forms: list[ProbeForm] = []
    for host, serving in _SERVERS.items():
        name = f"{host}.{DOMAIN}"
        listener = serving(desk, name)
        opened.callback(listener.stop)
        forms.append(ProbeForm(target=f"{name}:{listener.port}", address=LOOPBACK))
    for _ in look_again(desk, watch(desk, forms)):
        pass


def _as_it_should(desk: Desk, name: str) -> Listener:
    return serve(desk, _record(desk, name), report=_unheard)


def _without_the_intermediate(desk: Desk, name: str) -> Listener:
    record = _record(desk, name)
    alone = chain_pem((desk.certificate(record),))
    listener = Listener(alone, credential(desk, record).key, _unheard, host=LOOPBACK)
    listener.start()
    return listener


def _with_the_old_certificate(desk: Desk, name: str) -> Listener:
    old = desk.ledger.find(name, now=desk.now(), among=lambda record: record.renewed_by is not None)
    return serve(desk, old, report=_unheard)


def _to_clients_with_certificates(desk: Desk, name: str) -> Listener:
    return serve(desk, _record(desk, name), report=_unheard, demand_client_certificate=True)


_SERVERS: Mapping[str, Serving] = MappingProxyType({
    "api": _as_it_should,
    "partners": _without_the_intermediate,
    "login": _with_the_old_certificate,
    "vault": _to_clients_with_certificates,
    "intranet": _as_it_should,
})  # fmt: skip
"""How each host of the company serves; the certificate of the last one has ended."""


def _record(desk: Desk, name: str) -> CertificateRecord:
    return desk.ledger.find(name, now=desk.now())


def _unheard(_visit: Visit) -> None:
    """Leave a visit at that: whoever makes one sees it from the other side."""
