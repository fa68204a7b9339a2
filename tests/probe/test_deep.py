"""The staple and the post-quantum key exchange, from servers that have them, and what is said where nothing is known."""

import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tlsca.probe.deep import look_deeper
from tlsca.probe.options import Options
from tlsca.probe.target import parse_target
from tlsca.probe.trust import Trust
from tlsca.probe.wire import Cancelled

SSL = pytest.importorskip("OpenSSL.SSL", reason="pyOpenSSL is not installed")
OPTIONS = Options(trust=Trust(system=False), timeout=5.0)


def ocsp_response(hierarchy, now, status=ocsp.OCSPCertStatus.GOOD):
    return (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=hierarchy.leaf.certificate,
            issuer=hierarchy.intermediate.certificate,
            algorithm=hashes.SHA256(),
            cert_status=status,
            this_update=now - timedelta(hours=1),
            next_update=now + timedelta(days=3),
            revocation_time=now - timedelta(days=1) if status is ocsp.OCSPCertStatus.REVOKED else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, hierarchy.intermediate.certificate)
        .sign(hierarchy.intermediate.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.fixture
def modern(serve, hierarchy, tmp_path):
    """Return a function that serves with pyOpenSSL's own OpenSSL, with a staple if one is given."""
    file = tmp_path / "leaf.pem"
    file.write_bytes(hierarchy.leaf.pem + hierarchy.leaf.key_pem)

    def start(staple=b""):
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.use_certificate_file(str(file))
        context.use_privatekey_file(str(file))
        context.set_ocsp_server_callback(lambda connection, data: staple)

        def shake(connection):
            connection.settimeout(None)
            tls = SSL.Connection(context, connection)
            tls.set_accept_state()
            try:
                tls.do_handshake()
                tls.recv(1)
            except SSL.Error:
                return

        return serve(shake)

    return start


def look(server, **how):
    return look_deeper(parse_target(f"localhost:{server.port}", address="127.0.0.1"), OPTIONS, **how)


def test_a_key_exchange_that_python_does_not_know_is_named(modern):
    depth = look(modern())
    assert depth.group == "X25519MLKEM768"
    assert depth.post_quantum is True
    assert depth.staple is None


def test_a_server_without_it_is_said_so(serve_tls, hierarchy):
    depth = look(serve_tls([hierarchy.leaf], group="X25519"))
    assert (depth.group.lower(), depth.post_quantum) == ("x25519", False)


@pytest.mark.parametrize(
    ("status", "word"), [(ocsp.OCSPCertStatus.GOOD, "good"), (ocsp.OCSPCertStatus.REVOKED, "revoked")]
)
def test_a_staple_is_read(modern, hierarchy, now, status, word):
    depth = look(modern(ocsp_response(hierarchy, now, status)))
    assert depth.staple.status == word
    assert int(depth.staple.serial, 16) == hierarchy.leaf.certificate.serial_number
    assert depth.staple.next_update == now + timedelta(days=3)
    assert depth.to_json()["staple"]["status"] == word


@pytest.mark.parametrize("octets", [b"\x30\x03\x0a\x01\x06", b"garbage", b"\x30\x80" * 100])
def test_a_staple_that_is_no_answer_does_no_harm(modern, octets):
    """OpenSSL 4 drops what it cannot read itself; older ones hand it over."""
    depth = look(modern(octets))
    assert depth.staple is None or depth.staple.status in {"unauthorized", "malformed"}


def test_openssls_own_server_staples_too(hierarchy, now, tmp_path, free_server):
    (tmp_path / "ocsp.der").write_bytes(ocsp_response(hierarchy, now))
    port = free_server("-status_file", "ocsp.der")
    depth = look_deeper(parse_target(f"127.0.0.1:{port}"), OPTIONS)
    assert depth.staple.status == "good"


@pytest.fixture
def free_server(hierarchy, tmp_path):
    """Return a function that starts `openssl s_server` and returns its port."""
    started = []

    def start(*options):
        (tmp_path / "server.pem").write_bytes(hierarchy.leaf.pem + hierarchy.leaf.key_pem)
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", *options]
        started.append(
            subprocess.Popen(
                command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
        )
        line = next(line for line in started[-1].stdout if line.startswith(b"ACCEPT"))
        return int(line.rpartition(b":")[2])

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_service_is_upgraded_first(serve_tls, hierarchy):
    def postgres(connection):
        assert connection.recv(8) == bytes.fromhex("0000000804d2162f")
        connection.sendall(b"S")

    server = serve_tls([hierarchy.leaf], before=postgres)
    target = parse_target(f"127.0.0.1:{server.port}", starttls="postgresql")
    assert look_deeper(target, OPTIONS).group


def test_where_nothing_listens_that_is_why_nothing_is_known(free_port):
    depth = look_deeper(parse_target(f"127.0.0.1:{free_port()}"), OPTIONS)
    assert "Nothing listens" in depth.unknown
    assert depth.post_quantum is None


def test_a_host_that_hangs_up_is_said(serve):
    depth = look(serve(lambda connection: connection.recv(10)))
    assert depth.unknown


def test_it_can_be_called_off(serve):
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    with pytest.raises(Cancelled):
        look(serve(lambda connection: time.sleep(2)), cancelled=cancelled)


def test_without_pyopenssl_the_reason_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "OpenSSL", None)
    depth = look_deeper(parse_target("127.0.0.1:1"), OPTIONS)
    assert "tlsca[deep]" in depth.unknown
    assert depth.to_json() == {"group": None, "post_quantum": None, "staple": None, "unknown": depth.unknown}
