"""Certificates that a hostile server makes up: nothing of them reaches a sentence raw, and nothing crashes or hangs."""

import ssl
import time

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
