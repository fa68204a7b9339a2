"""Every way in which no TCP connection comes about, and how long it may take."""

import errno
import socket
import threading
import time

import pytest

from tlsca.probe import reach
from tlsca.probe.handshake import Cancelled, Options, probe, probe_text
from tlsca.probe.target import parse_target
from tlsca.probe.trust import Trust

OPTIONS = Options(trust=Trust(system=False), timeout=3.0)


def codes(result):
    return [problem.code for problem in result.problems]


@pytest.fixture
def closed_port(free_port):
    return free_port()


@pytest.fixture
def full_backlog():
    """Return a port on which connections are neither accepted nor refused, as behind a firewall that drops packets."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listening.getsockname())
        time.sleep(0.05)
        yield listening.getsockname()[1]
        for sock in waiting:
            sock.close()


def test_a_target_that_cannot_be_read_is_a_failed_result(now):
    result = probe_text("host:99999", OPTIONS, now=now)
    assert (result.verdict, codes(result)) == ("failed", ["bad-target"])
    assert result.to_json()["target"]["port"] is None
    assert "99999" in result.problems[0].message


def test_nothing_listens(closed_port, now):
    result = probe(parse_target(f"127.0.0.1:{closed_port}"), OPTIONS, now=now)
    assert (result.verdict, codes(result)) == ("failed", ["refused"])
    assert result.address == "127.0.0.1"
    assert result.tls is None


def test_a_host_that_drops_packets(full_backlog, now):
    options = Options(trust=Trust(system=False), timeout=0.3)
    begun = time.monotonic()
    result = probe(parse_target(f"127.0.0.1:{full_backlog}"), options, now=now)
    assert (result.verdict, codes(result)) == ("failed", ["connect-timeout"])
    assert time.monotonic() - begun < 5


# The resolver and the routes of the machine that runs the tests are whatever they are, so what the operating system answers
# is given here; everything above it is real.
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "dns-not-found"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "dns-unavailable"),
        (socket.gaierror(socket.EAI_NODATA, "No address associated with hostname"), "dns-no-address"),
        (socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure"), "dns-unavailable"),
    ],
)
def test_name_resolution_that_fails(monkeypatch, answer, code, now):
    def refuse(*_arguments, **_options):
        raise answer

    monkeypatch.setattr(reach.socket, "getaddrinfo", refuse)
    result = probe(parse_target("www.example.com"), OPTIONS, now=now)
    assert (result.verdict, codes(result)) == ("failed", [code])


@pytest.mark.parametrize("number", [errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES])
def test_a_network_without_a_way_there(monkeypatch, number, now):
    def refuse(*_arguments):
        raise OSError(number, "")

    monkeypatch.setattr(reach, "connecting", refuse)
    assert codes(probe(parse_target("192.0.2.1"), OPTIONS, now=now)) == ["unreachable"]


def test_a_resolver_that_hangs_is_left_behind_at_the_deadline(monkeypatch, now):
    hung = threading.Event()
    monkeypatch.setattr(reach.socket, "getaddrinfo", lambda *_words, **_options: hung.wait(10) and [])
    begun = time.monotonic()
    result = probe(parse_target("www.example.com"), Options(trust=Trust(system=False), timeout=0.3), now=now)
    hung.set()
    assert (codes(result), time.monotonic() - begun < 5) == (["dns-unavailable"], True)


def test_the_second_address_is_tried_when_the_first_refuses(monkeypatch, serve_tls, hierarchy, now):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    real = socket.getaddrinfo
    both = [
        (socket.AF_INET6, 0, 0, "", ("::1", server.port)),
        (socket.AF_INET, 0, 0, "", ("127.0.0.1", server.port)),
    ]

    def answer(host, *words, **options):
        return both if host == "localhost" else real(host, *words, **options)

    monkeypatch.setattr(reach.socket, "getaddrinfo", answer)
    options = Options(trust=Trust(system=False, roots=(hierarchy.root.der,)))
    result = probe(parse_target(f"localhost:{server.port}"), options, now=now)
    assert (result.verdict, result.address) == ("trusted", "127.0.0.1")
    assert result.timings_ms.dns is not None


@pytest.mark.parametrize("stage", ["tcp", "dns", "tls", "starttls"])
def test_a_probe_ends_within_a_fifth_of_a_second_of_being_called_off(
    stage, monkeypatch, full_backlog, serve, now
):
    hung = threading.Event()
    silent = serve(lambda connection: connection.recv(1) and hung.wait(10)).port
    targets = {
        "tcp": parse_target(f"127.0.0.1:{full_backlog}"),
        "tls": parse_target(f"127.0.0.1:{silent}"),
        "starttls": parse_target(f"127.0.0.1:{silent}", starttls="imap"),
        "dns": parse_target("www.example.com"),
    }
    if stage == "dns":
        monkeypatch.setattr(reach.socket, "getaddrinfo", lambda *_words, **_options: hung.wait(10) and [])
    delays = [_cancelled_after(targets[stage], now) for _ in range(3)]
    hung.set()
    assert min(delays) < 0.2  # the least of three: the machine may pause, the probe may not


def _cancelled_after(target, now):
    """Seconds from calling a probe off until it has ended."""
    cancelled, ended = threading.Event(), []

    def run():
        with pytest.raises(Cancelled):
            probe(target, OPTIONS, now=now, cancelled=cancelled)
        ended.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.2)
    assert not ended
    called_off = time.monotonic()
    cancelled.set()
    thread.join(20)
    return ended[0] - called_off
