"""What is said on the wire, decoded: real handshakes, and messages that no honest peer would send."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.probe.messages import decode
from tlsca.probe.transcript import CERTIFICATE, Event, Recorder, Stage
from tlsca.text import printable

BOTH = pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"]
)


def flow(result):
    return [(one.direction.value, one.message) for one in result.transcript]


def details(result):
    return {one.message: one.detail for one in result.transcript}


def test_a_handshake_of_tls_1_3_in_order(serve_tls, look, hierarchy, heard_out):
    options = {"version": ssl.TLSVersion.TLSv1_3, "tickets": 1, "group": "X25519"}
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], **options)
    result = look(server)
    assert flow(result)[:8] == [
        ("sent", "ClientHello"),
        ("received", "ServerHello"),
        ("received", "EncryptedExtensions"),
        ("received", "Certificate"),
        ("received", "CertificateVerify"),
        ("received", "Finished"),
        ("sent", "Finished"),
        ("received", "NewSessionTicket"),
    ]
    assert (result.tls.version, result.tls.group, result.tls.signature) == (
        "TLSv1.3",
        "x25519",
        "ecdsa_secp256r1_sha256",
    )
    said = details(result)
    assert "server name localhost" in said["ClientHello"]
    assert said["Certificate"].startswith("2 certificates of ")
    assert [one.at_ms for one in result.transcript] == sorted(one.at_ms for one in result.transcript)


def test_a_handshake_of_tls_1_2_in_order(serve_tls, look, hierarchy):
    server = serve_tls(
        [hierarchy.leaf, hierarchy.intermediate],
        version=ssl.TLSVersion.TLSv1_2,
        client_roots=[hierarchy.root],
    )
    result = look(server)
    assert flow(result)[:10] == [
        ("sent", "ClientHello"),
        ("received", "ServerHello"),
        ("received", "Certificate"),
        ("received", "ServerKeyExchange"),
        ("received", "CertificateRequest"),
        ("received", "ServerHelloDone"),
        ("sent", "Certificate"),
        ("sent", "ClientKeyExchange"),
        ("sent", "Finished"),
        ("received", "alert 40 (handshake_failure)"),
    ]
    assert (result.tls.group, result.tls.signature) == ("x25519", "ecdsa_secp256r1_sha256")
    assert details(result)["ServerKeyExchange"].startswith("group x25519; ecdsa_secp256r1_sha256")


def test_our_own_alert_is_in_the_transcript(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.server(days=(-9, -1)), hierarchy.intermediate]))
    assert flow(result)[-1] == ("sent", "alert 45 (certificate_expired)")


def test_application_protocols_are_told(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], alpn=["h2"])
    said = details(look(server, alpn=("h2", "http/1.1")))
    assert "ALPN h2, http/1.1" in said["ClientHello"]
    assert said["EncryptedExtensions"].startswith("ALPN h2")


def test_a_server_that_asks_for_another_hello(serve, look, hierarchy, tmp_path, server_context):
    context = server_context([hierarchy.leaf, hierarchy.intermediate], folder=tmp_path)
    context.set_ecdh_curve("secp521r1")

    def shake(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    result = look(serve(shake))
    assert (result.verdict, result.tls.group) == ("trusted", "secp521r1")
    assert [message for _side, message in flow(result)].count("ClientHello") == 2


def test_events_come_as_stages_begin_and_messages_pass(serve_tls, look, hierarchy):
    events: list[Event] = []
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]), on_event=events.append)
    assert [event.stage for event in events if event.message is None] == [Stage.TCP, Stage.TLS]
    assert tuple(event.message for event in events if event.message) == result.transcript


def test_a_talkative_peer_fills_no_memory():
    recorder = Recorder()
    for _ in range(1000):
        recorder.note("read", 22, b"\x18\0\0\x01\0")
        recorder.note("read", 21, b"\x01\x5a")
    heard = recorder.heard()
    assert max(len(heard.messages), len(heard.alerts)) <= 200


@given(st.binary(max_size=300), st.sampled_from([None, "TLSv1", "TLSv1.2", "TLSv1.3"]))
def test_no_message_is_too_broken_to_be_told(octets, version):
    facts = decode(octets, version=version)
    assert printable(facts.detail) == facts.detail


@given(st.sampled_from([1, 2, 4, 8, 11, 12, 13, 15, 25]), st.data())
def test_a_message_cut_short_or_altered_is_told_all_the_same(kind, data):
    body = bytearray(_SAMPLES[kind])
    for _ in range(data.draw(st.integers(0, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(body[: data.draw(st.integers(0, len(body)))])
    for version in (None, "TLSv1.1", "TLSv1.2", "TLSv1.3"):
        detail = decode(bytes([kind, 0, 0, 0]) + cut, version=version).detail
        assert printable(detail) == detail


_NAME = bytes.fromhex("3010310e300c06035504030c05") + b"R\x1b[2J"
_AUTHORITIES = (len(_NAME) + 2).to_bytes(2, "big") + len(_NAME).to_bytes(2, "big") + _NAME
_SAMPLES = {
    1: bytes.fromhex("0303")
    + bytes(32)
    + bytes.fromhex("00 0002 1301 01 00 000b 0000 0007 0005 00 0002 6162".replace(" ", "")),
    2: bytes.fromhex("0303")
    + bytes(32)
    + bytes.fromhex("00130100000e002b00020304003300040017 0000".replace(" ", "")),
    4: bytes.fromhex("00001c2000000000000000"),
    8: bytes.fromhex("00090010000500030268 32".replace(" ", "")),
    11: bytes.fromhex("00000008000003616263 0000".replace(" ", "")),
    12: bytes.fromhex("03001d0203040403"),
    13: bytes.fromhex("010100020403") + _AUTHORITIES,
    15: bytes.fromhex("08070000"),
    25: bytes.fromhex("0001 000312 000004 deadbeef".replace(" ", "")),
}
_NOTHING_COMPRESSED = bytes.fromhex("0001 000004 000004 deadbeef".replace(" ", ""))


def test_an_authority_s_name_is_made_safe():
    facts = decode(bytes([13, 0, 0, 0]) + _SAMPLES[13], version="TLSv1.2")
    assert facts.detail == "from CN=R\\x1b[2J"
    assert facts.authorities == (_NAME,)


def compressed(body):
    return b"\x19" + len(body).to_bytes(3, "big") + body


def test_a_compressed_certificate_of_the_peer_is_its_certificate():
    recorder = Recorder()
    recorder.note("read", 22, compressed(_SAMPLES[25]))
    assert recorder.received(CERTIFICATE)
    (said,) = recorder.heard().messages
    assert (said.message, said.detail) == ("CompressedCertificate", "zlib, 786 octets before; 16 octets")


@pytest.mark.parametrize(("body", "presented"), [(_SAMPLES[25], True), (_NOTHING_COMPRESSED, False)])
def test_a_compressed_certificate_that_we_send_is_one_unless_it_is_empty(body, presented):
    recorder = Recorder()
    recorder.note("write", 22, compressed(body))
    assert not recorder.heard().presented  # OpenSSL has made it, and it has not left yet
    recorder.sent_out()
    heard = recorder.heard()
    assert (heard.sent(CERTIFICATE), heard.presented) == (True, presented)
