"""The JSON that scripts depend on: its keys, its types, and where null stands."""

import dataclasses
import json
import socket
import ssl

import pytest

from tlsca.probe.handshake import Options, probe_text
from tlsca.probe.result import Inventory

KEYS = {
    "target": {"host", "port", "address", "server_name", "starttls"},
    "tls": {"version", "cipher", "group", "signature", "alpn", "peercert"},
    "client_auth": {"requested", "required", "accepted", "acceptable_cas"},
    "timings_ms": {"dns", "tcp", "starttls", "tls", "total"},
}


def told(result):
    return json.loads(json.dumps(result.to_json()))


def test_every_key_of_the_contract(serve_tls, look, hierarchy):
    answer = told(look(serve_tls([hierarchy.server(days=(-9, -1)), hierarchy.intermediate])))
    assert list(answer) == [
        "target",
        "verdict",
        "problems",
        "tls",
        "chain_sent",
        "chain_verified",
        "client_auth",
        "inventory",
        "strict",
        "timings_ms",
        "transcript",
    ]
    for key, inner in KEYS.items():
        assert set(answer[key]) == inner
    assert set(answer["problems"][0]) == {"code", "severity", "certificate", "message", "fix"}
    assert set(answer["transcript"][0]) == {"at_ms", "direction", "message", "detail"}
    assert set(answer["chain_sent"][0]) == {
        "subject",
        "issuer",
        "serial",
        "sha256",
        "not_before",
        "not_after",
        "pem",
    }


def test_values_are_those_of_the_certificate(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]))
    leaf = told(result)["chain_sent"][0]
    assert leaf["subject"] == "CN=localhost"
    assert int(leaf["serial"], 16) == hierarchy.leaf.certificate.serial_number
    assert leaf["not_after"] == hierarchy.leaf.certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert leaf["pem"].encode() == hierarchy.leaf.pem


def test_the_peer_s_dictionary_is_that_of_getpeercert(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    context = ssl.create_default_context(cadata=hierarchy.root.pem.decode())
    with (
        socket.create_connection(("127.0.0.1", server.port)) as sock,
        context.wrap_socket(sock, server_hostname="localhost") as tls,
    ):
        expected = tls.getpeercert(), tls.cipher(), tls.version()
    negotiated = look(server).tls
    assert (negotiated.peercert, negotiated.cipher, negotiated.version) == expected


def test_a_stage_that_was_not_reached_has_no_time(now):
    answer = told(probe_text("host:99999", Options(), now=now))
    assert answer["timings_ms"] == {"dns": None, "tcp": None, "starttls": None, "tls": None, "total": None}
    assert (answer["tls"], answer["inventory"], answer["chain_sent"]) == (None, None, [])


def test_the_inventory_is_filled_in_by_whoever_has_one(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]))
    filled = dataclasses.replace(result, inventory=Inventory("superseded", "ab12", "cd34"))
    assert told(filled)["inventory"] == {"state": "superseded", "ref": "ab12", "newer": "cd34"}


def test_a_result_cannot_be_changed(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.verdict = "trusted"
