"""The loopback server, visited by Python's `ssl`, by curl, by our own probe, and by guests who behave badly."""

import queue
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

from tlsca.errors import TlscaError, Unreadable
from tlsca.probe.listener import ClientCertificates, Listener
from tlsca.probe.options import ClientCredential


@pytest.fixture
def visits():
    return queue.SimpleQueue()


@pytest.fixture
def listen(hierarchy, visits):
    def start(chain=None, **options):
        chain = chain or [hierarchy.leaf, hierarchy.intermediate]
        pem = b"".join(one.pem for one in chain)
        return Listener(pem, chain[0].key_pem, visits.put, **options)

    return start


def client_context(root):
    return ssl.create_default_context(cadata=root.pem.decode())


def get(listener, context):
    """Ask as a simple program does; return the whole answer."""
    with (
        socket.create_connection(("127.0.0.1", listener.port), timeout=5) as sock,
        context.wrap_socket(sock, server_hostname="localhost") as tls,
    ):
        tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while piece := tls.recv(4096):
            answer += piece
        return answer


def test_a_client_gets_an_answer_and_the_handshake_is_reported(listen, hierarchy, visits):
    with listen() as listener:
        answer = get(listener, client_context(hierarchy.root))
        visit = visits.get(timeout=20)
    assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
    assert b"TLSv1.3" in answer
    assert (visit.succeeded, visit.version, visit.server_name) == (True, "TLSv1.3", "localhost")
    assert visit.cipher
    assert visit.peer.startswith("127.0.0.1:")
    assert visit.client_subject is None


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_is_content(listen, hierarchy, visits, tmp_path):
    (tmp_path / "root.pem").write_bytes(hierarchy.root.pem)
    with listen() as listener:
        words = ["curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", "root.pem"]
        url = f"https://localhost:{listener.port}/"
        done = subprocess.run([*words, url], cwd=tmp_path, capture_output=True, check=True, text=True)
        assert "client certificate: none" in done.stdout
        assert visits.get(timeout=20).succeeded


def test_our_own_probe_trusts_it(listen, look, visits):
    with listen() as listener:
        result = look(None, port=listener.port, target={"address": "127.0.0.1"})
        assert (result.verdict, visits.get(timeout=20).succeeded) == ("trusted", True)


def test_it_listens_on_this_machine_only(listen):
    with listen() as listener, socket.socket() as sock:
        sock.settimeout(1)
        with pytest.raises(OSError):  # noqa: PT011 -- refused or unreachable, by platform
            sock.connect(("127.0.0.2", listener.port))


def test_a_client_that_does_not_trust_it_is_told_by_its_alert(listen, make, visits):
    with listen() as listener:
        with pytest.raises(ssl.SSLCertVerificationError):
            get(listener, client_context(make("Foreign Root", ca=True)))
        visit = visits.get(timeout=20)
    assert (visit.succeeded, visit.alert) == (False, 48)
    assert "48 (unknown_ca)" in visit.failure


def test_a_client_certificate_is_reported(listen, look, hierarchy, visits):
    client = hierarchy.client("Alice")
    options = {"client_certificates": ClientCertificates.REQUIRED, "client_roots": (hierarchy.root.der,)}
    with listen(**options) as listener:
        credential = ClientCredential(client.pem + hierarchy.intermediate.pem, client.key_pem)
        result = look(None, port=listener.port, target={"address": "127.0.0.1"}, client=credential)
        visit = visits.get(timeout=20)
    assert (result.verdict, result.client_auth.accepted) == ("trusted", True)
    assert (visit.client_subject, visit.client_sha256) == ("CN=Alice", client.sha256)


def test_a_client_without_the_certificate_that_is_required(listen, look, hierarchy, visits):
    options = {"client_certificates": ClientCertificates.REQUIRED, "client_roots": (hierarchy.root.der,)}
    with listen(**options) as listener:
        result = look(None, port=listener.port, target={"address": "127.0.0.1"})
        visit = visits.get(timeout=20)
    assert [one.code for one in result.problems] == ["client-cert-required"]
    assert (visit.failure, visit.alert) == ("The client sent no certificate.", 116)


def test_a_client_certificate_that_is_only_requested_may_be_missing(listen, look, hierarchy, visits):
    options = {"client_certificates": ClientCertificates.REQUESTED, "client_roots": (hierarchy.root.der,)}
    with listen(**options) as listener:
        assert look(None, port=listener.port, target={"address": "127.0.0.1"}).verdict == "trusted"
        assert visits.get(timeout=20).succeeded


def test_a_client_certificate_of_a_stranger_is_refused(listen, look, make, hierarchy, visits):
    stranger = make("Mallory", make("Foreign Root", ca=True))
    options = {"client_certificates": ClientCertificates.REQUIRED, "client_roots": (hierarchy.root.der,)}
    with listen(**options) as listener:
        credential = ClientCredential(stranger.pem, stranger.key_pem)
        look(None, port=listener.port, target={"address": "127.0.0.1"}, client=credential)
        visit = visits.get(timeout=20)
    assert "certificate was refused" in visit.failure


@pytest.mark.parametrize(
    ("words", "failure"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "plain HTTP"),
        (b"\0" * 100, "did not speak TLS"),
        (b"", "closed the connection"),
    ],
)
def test_a_client_that_speaks_no_tls(listen, visits, words, failure):
    with listen() as listener, socket.create_connection(("127.0.0.1", listener.port)) as sock:
        sock.sendall(words)
        sock.shutdown(socket.SHUT_WR)
        visit = visits.get(timeout=20)
    assert failure in visit.failure


def test_many_clients_at_once(listen, hierarchy, visits):
    context = client_context(hierarchy.root)
    with listen() as listener:
        threads = [threading.Thread(target=get, args=(listener, context)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [visits.get(timeout=20).succeeded for _ in threads] == [True] * 12


def test_once_ends_after_one_handshake(listen, hierarchy, visits):
    with listen(once=True) as listener:
        get(listener, client_context(hierarchy.root))
        assert listener.wait(2)
        assert visits.get(timeout=20).succeeded
        with pytest.raises(OSError):  # noqa: PT011 -- refused or reset, by timing
            get(listener, client_context(hierarchy.root))


def test_stopping_takes_less_than_a_second_though_a_client_hangs(listen, hierarchy, visits):
    listener = listen()
    listener.start()
    with socket.create_connection(("127.0.0.1", listener.port)):
        context = client_context(hierarchy.root)
        with (
            socket.create_connection(("127.0.0.1", listener.port)) as sock,
            context.wrap_socket(sock, server_hostname="localhost"),
        ):
            visits.get(timeout=20)
            begun = time.monotonic()
            listener.stop()
            assert time.monotonic() - begun < 5
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", listener.port), timeout=1):  # noqa: PT011
        pass


def test_a_port_that_is_taken_is_refused_in_a_sentence(listen):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TlscaError) as refusal:
        listen(port=taken.getsockname()[1]).start()
    assert refusal.value.sentence.endswith("cannot be listened on: address already in use.")
    assert refusal.value.hint


def test_a_port_that_is_none_is_refused_in_a_sentence(listen):
    with pytest.raises(TlscaError, match="from 0 to 65535"):
        listen(port=70000).start()


def test_a_key_of_another_certificate_is_refused(hierarchy, visits):
    with pytest.raises(Unreadable, match="does not belong"):
        Listener(hierarchy.leaf.pem, hierarchy.root.key_pem, visits.put)


def test_it_listens_on_ipv6_as_well(listen, look, visits):
    with listen(host="::1") as listener:
        assert look(None, port=listener.port, target={"address": "::1"}).verdict == "trusted"
        assert visits.get(timeout=20).peer.startswith("[::1]:")
