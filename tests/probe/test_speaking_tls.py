"""Hosts that answer, but with no TLS session: plaintext, alerts, silence, closed connections."""

import socket
import ssl
import threading
import time

import pytest

HELLO_ALERTS = {
    70: "protocol-version",
    40: "no-shared-cipher",
    71: "no-shared-cipher",
    112: "unrecognized-name",
    120: "alpn-mismatch",
    80: "alert",
}


def codes(result):
    return [problem.code for problem in result.problems]


def saying(words, *, first=False):
    """Return a server that says `words`, by itself or when a ClientHello comes, and closes."""

    def serve(connection):
        if not first:
            connection.recv(4096)
        connection.sendall(words)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65536)

    return serve


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not-tls", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not-tls", "SSH"),
        (b"-ERR unknown command\r\n", "not-tls", "Redis"),
        (b"garbage nobody knows\r\n", "not-tls", "garbage"),
        (b"220 mail.example.com ESMTP ready\r\n", "needs-starttls", "--starttls smtp"),
        (b"220 (vsFTPd 3.0.3)\r\n", "needs-starttls", "--starttls ftp"),
        (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "needs-starttls", "--starttls imap"),
        (b"+OK POP3 ready\r\n", "needs-starttls", "--starttls pop3"),
        (b"200 news.example.com ready\r\n", "needs-starttls", "--starttls nntp"),
        (b'"IMPLEMENTATION" "Dovecot"\r\n', "needs-starttls", "--starttls sieve"),
        (b"J\0\0\0\x0a8.0.36\0\x05\0\0\0", "needs-starttls", "--starttls mysql"),
    ],
)
def test_a_plaintext_service_is_named(serve, look, words, code, named):
    for first in (True, False):
        result = look(serve(saying(words, first=first)))
        assert (result.verdict, codes(result)) == ("failed", [code])
        assert named in result.problems[0].message + result.problems[0].fix


def test_what_a_plaintext_service_says_is_made_safe(serve, look):
    result = look(serve(saying(b"\x1b[2Jboo\r\n")))
    assert "\\x1b" in result.problems[0].message
    assert "\x1b" not in result.problems[0].message


@pytest.mark.parametrize("number", HELLO_ALERTS)
def test_an_alert_instead_of_a_server_hello(serve, look, number):
    result = look(serve(saying(bytes([21, 3, 3, 0, 2, 2, number]))))
    assert (result.verdict, codes(result)) == ("failed", [HELLO_ALERTS[number]])
    assert [message.message for message in result.transcript][-1].startswith(f"alert {number} ")


def test_an_unrecognized_name_as_a_warning_before_the_end(serve, look):
    result = look(serve(saying(bytes([21, 3, 3, 0, 2, 1, 112]))))
    assert codes(result) == ["unrecognized-name"]


def test_an_unknown_alert_is_told_by_its_number(serve, look):
    result = look(serve(saying(bytes([21, 3, 3, 0, 2, 2, 200]))))
    assert codes(result) == ["alert"]
    assert "200" in result.problems[0].message


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # the server's own
def test_a_server_that_only_speaks_an_old_version(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], version=ssl.TLSVersion.TLSv1_1)
    assert codes(look(server)) == ["protocol-version"]
    result = look(server, legacy=True)
    assert (result.verdict, result.tls.version) == ("trusted", "TLSv1.1")


def test_version_bounds_are_kept(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    assert look(server, max_version="1.2").tls.version == "TLSv1.2"
    only_new = serve_tls([hierarchy.leaf], version=ssl.TLSVersion.TLSv1_3)
    assert codes(look(only_new, max_version="1.2")) == ["protocol-version"]


def test_no_cipher_suite_in_common(serve_tls, look, hierarchy):
    chain = [hierarchy.leaf, hierarchy.intermediate]
    server = serve_tls(chain, version=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES256-GCM-SHA384")
    result = look(server, ciphers="ECDHE-ECDSA-CHACHA20-POLY1305")
    assert (result.verdict, codes(result)) == ("failed", ["no-shared-cipher"])


def test_application_protocols(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], alpn=["h2", "http/1.1"])
    assert look(server, alpn=("http/1.1",)).tls.alpn == "http/1.1"
    assert look(server).tls.alpn is None


def test_a_server_name_that_the_server_refuses(serve_tls, look, hierarchy):
    def refuse(*_arguments):
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], sni_callback=refuse)
    result = look(server)
    assert (result.verdict, codes(result)) == ("failed", ["unrecognized-name"])


def test_a_connection_closed_at_once(serve, look):
    result = look(serve(lambda connection: connection.recv(4096)))
    assert (result.verdict, codes(result)) == ("failed", ["closed-early"])


def test_a_server_that_says_nothing(serve, look):
    hung = threading.Event()
    begun = time.monotonic()
    result = look(serve(lambda _connection: hung.wait(30)), timeout=0.3)
    hung.set()
    assert (result.verdict, codes(result)) == ("failed", ["tls-timeout"])
    assert 0.25 < time.monotonic() - begun < 5


@pytest.mark.parametrize("starttls", ["none", "smtp", "ldap", "xmpp"])
def test_a_peer_that_dribbles_does_not_outlast_the_deadline(serve, look, starttls):
    def dribble(connection):
        octets = {
            "none": b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc",
            "smtp": b"220-x\r\n",
            "ldap": b"\x30\x84\x00\x00\xff\xff",
        }
        connection.sendall(octets.get(starttls, b"<"))
        while True:
            connection.sendall(b"2")
            time.sleep(0.02)

    begun = time.monotonic()
    result = look(serve(dribble), timeout=0.4, target={"starttls": starttls})
    assert time.monotonic() - begun < 5
    assert (result.verdict, len(result.problems)) == ("failed", 1)


def test_a_flood_of_data_after_the_handshake_ends_the_probe_all_the_same(
    serve, look, hierarchy, tmp_path, server_context
):
    context = server_context([hierarchy.leaf, hierarchy.intermediate], folder=tmp_path, tickets=0)

    def flood(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            while True:
                tls.sendall(bytes(16384))

    begun = time.monotonic()
    assert look(serve(flood)).verdict == "trusted"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("port", [389, 5432])
def test_a_service_that_waits_for_its_client_is_told_by_its_port(port):
    from tlsca.probe.refusal import refusal
    from tlsca.probe.session import Ending, Session
    from tlsca.probe.target import parse_target
    from tlsca.probe.transcript import Heard

    target = parse_target(f"db.example.com:{port}", starttls="none")
    assert refusal(Session(ending=Ending.CLOSED), Heard(), target).code == "needs-starttls"
