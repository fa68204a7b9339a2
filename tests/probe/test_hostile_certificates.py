"""Certificates that a hostile server makes up: nothing of them reaches a sentence raw, and nothing crashes or hangs."""

import contextlib
import ssl
import time
import tracemalloc

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlsca.pki.certificate import certificate
from tlsca.text import printable

NASTY = "a\x1b]0;owned\x07\u202e\nb"


def sentences(result):
    found = [text for problem in result.problems for text in (problem.message, problem.fix)]
    found += [text for step in result.transcript for text in (step.message, step.detail)]
    return [*found, *result.client_auth.acceptable_cas]


def test_names_full_of_control_characters(serve_tls, look, make):
    root = make(NASTY, ca=True)
    leaf = make(NASTY, root, names=[NASTY[:1] + "\x1b[2J.example"])
    result = look(serve_tls([leaf, root]))
    assert {"untrusted-root", "hostname-mismatch"} <= {problem.code for problem in result.problems}
    assert all(printable(text) == text for text in sentences(result))


def test_a_chain_of_hundreds(serve_tls, look, hierarchy, make):
    stranger = make("Stranger", ca=True)
    begun = time.process_time()
    result = look(serve_tls([hierarchy.leaf, *[stranger] * 150, hierarchy.intermediate]))
    assert len(result.chain_sent) == 100
    assert time.process_time() - begun < 2
    assert result.verdict == "trusted"


def test_a_certificate_message_that_is_too_long_ends_the_handshake(serve_tls, look, hierarchy, make):
    fat = make("Fat", ca=True, names=[f"{number:060}.example" for number in range(700)])
    result = look(serve_tls([hierarchy.leaf, *[fat] * 4]))
    assert (result.verdict, len(result.problems)) == ("failed", 1)


def records(message):
    """Return a handshake message in TLS records, as many as it takes."""
    pieces = (message[start : start + 16384] for start in range(0, len(message), 16384))
    return b"".join(b"\x16\x03\x03" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def test_a_certificate_message_of_16_megabytes_is_not_waited_for(serve, look):
    """Its length is the longest that the header can hold, and the octets really come."""
    hello = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00" + b"\x00\x05\xff\x01\x00\x01\x00"
    longest = 0xFFFFFF
    certificate = b"\x0b" + longest.to_bytes(3, "big") + (longest - 3).to_bytes(3, "big") + bytes(longest - 3)
    flight = records(b"\x02" + len(hello).to_bytes(3, "big") + hello) + records(certificate)

    def answer(connection):
        connection.recv(4096)
        with contextlib.suppress(OSError):
            connection.sendall(flight)

    server = serve(answer)
    tracemalloc.start()
    begun = time.monotonic()
    result = look(server, max_version="1.2", timeout=10)
    spent, (_, most) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (result.verdict, len(result.problems)) == ("failed", 1)
    assert [message.message for message in result.transcript][:2] == ["ClientHello", "ServerHello"]
    assert spent < 5
    assert most < 4 * 1024 * 1024


@pytest.mark.parametrize("extensions", [1, 300])
def test_thousands_of_names(serve_tls, look, hierarchy, extensions):
    leaf = hierarchy.server(names=[f"host{number}.example" for number in range(1000 * min(extensions, 2))])
    begun = time.process_time()
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert [problem.code for problem in result.problems] == ["hostname-mismatch"]
    assert len(result.problems[0].message) < 800
    assert time.process_time() - begun < 2


@pytest.fixture
def broken():
    """Return an issuerAltName that is no DER, which OpenSSL does not look at and `cryptography` refuses."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.18"), b"\x30\x80broken")


def test_an_extension_that_only_we_cannot_read_is_a_warning(serve_tls, look, hierarchy, broken):
    leaf = hierarchy.server(extra=[(broken, False)])
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    found = [(problem.code, problem.severity) for problem in result.problems]
    assert (result.verdict, found) == ("trusted", [("malformed-certificate", "warning")])
    assert result.to_json()["chain_sent"][0]["subject"] == "CN=localhost"


def test_a_name_that_nobody_could_check_is_not_taken_for_checked(serve_tls, look, hierarchy, broken):
    leaf = hierarchy.server(extra=[(broken, False)])
    server = serve_tls([leaf, hierarchy.intermediate])
    result = look(server, target={"verify_name": "other.example"})
    assert result.verdict == "untrusted"
    assert [problem.code for problem in result.problems] == ["malformed-certificate"]


def test_a_fault_of_a_certificate_that_cannot_be_read_is_still_found(serve_tls, look, hierarchy, broken):
    leaf = hierarchy.server(extra=[(broken, False)], days=(-9, -1))
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert {problem.code for problem in result.problems} == {"expired", "malformed-certificate"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_altered_certificate_in_a_chain_is_answered_in_words(hierarchy, data):
    altered = bytearray(hierarchy.leaf.der)
    for _ in range(data.draw(st.integers(1, 4))):
        altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    seen = certificate(bytes(altered))
    assert printable(seen.label) == seen.label
    assert len(seen.sha256) == 64
    assert seen.pem.startswith(ssl.PEM_HEADER)
    assert isinstance(seen.serial + seen.subject + seen.issuer + seen.pem + (seen.flaw or ""), str)
    assert isinstance(seen.general_names, tuple)
