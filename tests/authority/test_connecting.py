"""Many hosts probed at once: each answer is what a probe of that host alone gives, and nobody is pressed."""

import socket
import threading
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tlsca.authority.connecting import ProbeForm, options_of, prove, prove_each, prove_many
from tlsca.authority.credentials import credential
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.probe.listener import ClientCertificates, Listener
from tlsca.probe.wire import Cancelled
from tlsca.store.vault import KdfParameters

CHEAP = KdfParameters(memory_kib=8, passes=1, lanes=1)
TIMES = {"at_ms", "timings_ms"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A store of today with a root and two servers: OpenSSL asks the clock of this machine."""
    desk = create_store(tmp_path_factory.mktemp("shop") / "store", "correct horse battery", parameters=CHEAP)
    create_authority(desk, AuthorityForm(name="Shop Root"))
    for name in ("localhost", "other.example"):
        issue(desk, CertificateForm(names=(name,)))
    yield desk
    desk.close()


@pytest.fixture
def hosts(shop, free_port):
    """Hosts good and bad: two names, one that demands a client certificate, one that speaks no TLS, one where nothing listens."""
    with ExitStack() as stack:

        def start(name, **how):
            mine = credential(shop, shop.ledger.find(name, now=shop.now()))
            return stack.enter_context(Listener(mine.chain, mine.key, lambda _: None, **how)).port

        demanding = {"client_certificates": ClientCertificates.REQUIRED}
        ports = [start("localhost"), start("other.example"), start("localhost", **demanding)]
        plain = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=_greet, args=(plain,), daemon=True).start()
        stack.callback(plain.shutdown, socket.SHUT_RDWR)
        yield [f"localhost:{port}" for port in (*ports, plain.getsockname()[1], free_port())]


def _greet(listening):
    while True:
        try:
            connection = listening.accept()[0]
        except OSError:
            return
        with connection:
            connection.sendall(b"SSH-2.0-OpenSSH_9\r\n")
            connection.recv(100)


def lasting(value):
    """Return JSON without what differs between two visits to the same host.

    That is times, the length of an ECDSA signature, and how many of the tickets that follow a handshake come before we go.
    """
    if isinstance(value, dict):
        known = {key: lasting(one) for key, one in value.items() if key not in TIMES}
        if known.get("message") == "CertificateVerify":
            known["detail"] = known["detail"].partition(";")[0]
        return known
    if isinstance(value, list):
        return [
            lasting(one)
            for one in value
            if not (isinstance(one, dict) and one.get("message") == "NewSessionTicket")
        ]
    return value


def test_a_target_among_many_has_the_result_that_it_has_alone(shop, hosts):
    form = ProbeForm(target="", address="127.0.0.1", trust=("store",), timeout=5)
    options = options_of(shop, form)
    swept = list(prove_many(shop, form, hosts * 4, options=options, jobs=6))
    alone = [prove(shop, replace(form, target=host), options=options) for host in hosts]
    assert len({(result.verdict, *(one.code for one in result.problems)) for result in alone}) == 5
    for result, expected in zip(swept, alone * 4, strict=True):
        assert lasting(result.to_json()) == lasting(expected.to_json())


def test_the_ports_of_one_host_are_probed_one_after_the_other():
    """Addresses of a network that is nobody's (RFC 5737): what counts is how many visits are in their first step at once."""
    busy, most = [], []
    lock = threading.Lock()

    def told(form, result):
        if result is not None:
            return
        host = form.target.rpartition(":")[0]
        with lock:
            busy.append(host)
            most.append((busy.count(host), len(busy)))
        time.sleep(0.02)  # where there is no way to these networks, that is said at once
        with lock:
            busy.remove(host)

    forms = [
        ProbeForm(target=f"{host}:{port}", timeout=0.1)
        for host in ("192.0.2.1", "192.0.2.2", "198.51.100.1")
        for port in (443, 25, 8443)
    ]
    options = options_of(None, forms[0])
    assert len(list(prove_each(None, forms, options=options, jobs=8, told=told))) == 9
    assert max(same for same, _ in most) == 1
    assert max(all_ for _, all_ in most) > 1


def test_calling_off_a_sweep_ends_it_within_a_fifth_of_a_second():
    assert min(_called_off() for _ in range(3)) < 0.2  # the machine may pause, the sweep may not


def _called_off():
    """Seconds from calling a sweep off until it has ended."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        port = silent.getsockname()[1]
        cancelled = threading.Event()
        forms = [ProbeForm(target=f"localhost:{port}", address=f"127.0.0.{n}") for n in range(1, 9)]
        sweep = prove_each(None, forms, options=options_of(None, forms[0]), jobs=8, cancelled=cancelled)
        threading.Timer(0.3, cancelled.set).start()
        with pytest.raises(Cancelled):
            next(sweep)
        assert cancelled.is_set()
        begun = time.monotonic()
        sweep.close()
        return time.monotonic() - begun
