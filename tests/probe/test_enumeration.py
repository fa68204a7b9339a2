"""What a host would accept, found by elimination and held against how the server was really set up."""

import contextlib
import re
import shutil
import ssl
import subprocess
import threading
import time
from base64 import encodebytes

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tlsca.probe.enumeration import capabilities
from tlsca.probe.hello import TLS12, TLS13, Hello, encode
from tlsca.probe.messages import decode
from tlsca.probe.options import Options
from tlsca.probe.suites import all_suites, suite
from tlsca.probe.target import parse_target
from tlsca.probe.trust import Trust
from tlsca.probe.wire import Cancelled

OPTIONS = Options(trust=Trust(system=False), timeout=5.0)


@pytest.fixture
def ask(look):
    """Return a function that finds out what a server on loopback accepts."""

    def ask_it(server, *, starttls="none", options=OPTIONS, **how):
        target = parse_target(f"localhost:{server.port}", address=server.host, starttls=starttls)
        return capabilities(target, options, **how)

    return ask_it


def of_version(found, version):
    return next(one for one in found.accepted if one.version == version)


def names(accepted):
    return [one.openssl for one in accepted.suites]


def test_the_suites_of_tls12_are_found_in_the_servers_own_order(serve_tls, hierarchy, ask):
    order = [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES256-SHA",
    ]
    server = serve_tls([hierarchy.leaf], version=ssl.TLSVersion.TLSv1_2, ciphers=":".join(order))
    found = ask(server)
    accepted = of_version(found, "TLSv1.2")
    assert names(accepted) == order
    assert accepted.own_order is True  # Python's servers choose (OP_CIPHER_SERVER_PREFERENCE)
    assert [one.version for one in found.accepted] == ["TLSv1.2"]
    assert found.cut_short is None


def test_a_server_that_takes_the_clients_choice_is_told(openssl_server, ask):
    accepted = of_version(ask(openssl_server("-tls1_2")), "TLSv1.2")
    assert accepted.own_order is False
    assert len(accepted.suites) > 3


@pytest.fixture
def openssl_server(hierarchy, tmp_path):
    """Return a function that starts `openssl s_server` with options, and gives what the others give: host and port."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to serve")
    with contextlib.ExitStack() as stack:

        def start(*options, leaf=hierarchy.leaf):
            (tmp_path / "server.pem").write_bytes(leaf.pem + leaf.key_pem)
            command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", *options]
            process = stack.enter_context(
                subprocess.Popen(
                    command,
                    cwd=tmp_path,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
            )
            stack.callback(process.kill)
            said = b""
            for line in process.stdout:
                said += line
                if found := re.match(rb"ACCEPT [0-9.]+:(\d+)", line):
                    return type("Place", (), {"host": "127.0.0.1", "port": int(found[1])})
            raise AssertionError(said)

        yield start


def test_every_group_of_tls13_is_found_without_agreeing_on_one(openssl_server, ask):
    accepted = of_version(ask(openssl_server("-groups", "P-384:X25519:ffdhe2048")), "TLSv1.3")
    assert set(accepted.groups) == {"secp384r1", "x25519", "ffdhe2048"}


def test_the_curve_of_the_certificate_does_not_hide_the_others_in_tls12(openssl_server, ask):
    """Without the curve of its own key in the offer, OpenSSL refuses everything."""
    accepted = of_version(ask(openssl_server("-tls1_2", "-groups", "P-521:X25519:P-256")), "TLSv1.2")
    assert set(accepted.groups) == {"secp256r1", "secp521r1", "x25519"}


def test_old_versions_and_what_is_weak_are_called_so(openssl_server, ask):
    found = ask(openssl_server("-cipher", "ALL:@SECLEVEL=0"))
    assert {"TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"} <= {one.version for one in found.accepted}
    assert of_version(found, "TLSv1").weaknesses[0] == "TLSv1 itself is retired (RFC 8996)"
    anonymous = [why for why in of_version(found, "TLSv1.2").weaknesses if "_anon_" in why]
    assert anonymous
    assert "no authentication" in anonymous[0]
    assert of_version(found, "TLSv1.3").weaknesses == ()


# The second Oakley group (RFC 2409, 6.2), with which half the web once agreed on its keys.
_OAKLEY_2 = bytes.fromhex(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
)


def test_a_short_prime_is_told(openssl_server, hierarchy, ask, tmp_path):
    der = bytes.fromhex("308187028181" + "00") + _OAKLEY_2 + bytes.fromhex("020102")
    (tmp_path / "dh.pem").write_text(
        f"-----BEGIN DH PARAMETERS-----\n{encodebytes(der).decode()}-----END DH PARAMETERS-----\n"
    )
    leaf = hierarchy.server(key=rsa.generate_private_key(65537, 2048))
    server = openssl_server(
        "-tls1_2", "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0", "-dhparam", "dh.pem", leaf=leaf
    )
    accepted = of_version(ask(server), "TLSv1.2")
    assert accepted.prime_bits == 1024
    assert accepted.weaknesses == ("a Diffie-Hellman prime of 1024 bits: Logjam (CVE-2015-4000)",)


def test_a_few_handshakes_are_enough(serve_tls, hierarchy, ask):
    server = serve_tls(
        [hierarchy.leaf], version=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-GCM-SHA256"
    )
    found = ask(server)
    assert names(of_version(found, "TLSv1.2")) == ["ECDHE-ECDSA-AES128-GCM-SHA256"]
    assert found.handshakes < 40


def test_a_service_that_is_upgraded_is_upgraded_each_time(serve_tls, hierarchy, ask):
    def postgres(connection):
        assert connection.recv(8) == bytes.fromhex("0000000804d2162f")
        connection.sendall(b"S")

    found = ask(serve_tls([hierarchy.leaf], before=postgres), starttls="postgresql")
    assert {one.version for one in found.accepted} >= {"TLSv1.3", "TLSv1.2"}
    assert found.cut_short is None


@pytest.mark.parametrize(
    "said",
    [
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.0 400 Bad\r\n\r\n",
        b"\x16\x03\x03\x00\x02\x02\x00",
        b"\x16\x03\x03\xff\xff",
    ],
)
def test_what_does_not_speak_tls_is_said_so(serve, ask, said):
    def babble(connection):
        connection.sendall(said)
        connection.recv(4096)

    found = ask(serve(babble))
    assert found.accepted == ()
    assert found.cut_short is None or found.cut_short.code in {"not-tls", "tls-timeout"}


def test_a_server_that_accepts_everything_is_left(serve, ask):
    """It picks the first suite that is offered and never ends: the count of handshakes is bounded."""

    def agree(connection):
        hello = connection.recv(65536)
        suites_at = 5 + 4 + 2 + 32 + 1 + 32
        chosen = hello[suites_at + 2 : suites_at + 4]
        body = b"\x03\x03" + bytes(32) + b"\x00" + chosen + b"\x00"
        message = b"\x02" + len(body).to_bytes(3, "big") + body
        connection.sendall(b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message)

    found = ask(serve(agree))
    assert found.handshakes <= 500


def test_a_host_that_falls_silent_is_told_and_what_was_found_stays(serve_tls, hierarchy, serve, ask):
    found = ask(
        serve(lambda connection: time.sleep(3)), options=Options(trust=Trust(system=False), timeout=0.3)
    )
    assert found.accepted == ()
    assert found.cut_short.code == "tls-timeout"


def test_nothing_listens(ask, free_port):
    found = ask(type("Place", (), {"host": "127.0.0.1", "port": free_port()}))
    assert (found.accepted, found.cut_short.code) == ((), "refused")


def test_it_can_be_called_off(serve, ask):
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    with pytest.raises(Cancelled):
        ask(serve(lambda connection: time.sleep(5)), cancelled=cancelled)


def test_progress_is_told(serve_tls, hierarchy, ask):
    steps = []
    ask(serve_tls([hierarchy.leaf]), told=lambda version, count: steps.append((version, count)))
    assert [count for _, count in steps] == list(range(1, len(steps) + 1))
    assert steps[0][0] == "TLSv1.3"


def test_json_names_every_suite_twice_and_says_what_it_is_worth(serve_tls, hierarchy, ask):
    server = serve_tls(
        [hierarchy.leaf], version=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-ECDSA-AES128-GCM-SHA256"
    )
    (version,) = ask(server).to_json()["versions"]
    assert version["suites"] == [
        {
            "name": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "openssl": "ECDHE-ECDSA-AES128-GCM-SHA256",
            "forward_secrecy": True,
            "weakness": None,
        }
    ]


def test_a_hello_of_ours_is_one_that_we_can_read():
    hello = Hello(
        version=TLS13,
        suites=(0x1301,),
        groups=(29,),
        server_name="www.example",
        random=bytes(32),
        alpn=("h2",),
    )
    told = decode(encode(hello)[5:], version=None).detail
    assert told == "TLSv1.3; 1 cipher suites; server name www.example; ALPN h2"
    assert (
        encode(Hello(version=TLS12, suites=(1,), groups=(), server_name=None, random=bytes(32)))[:3]
        == b"\x16\x03\x01"
    )


def test_names_agree_with_openssls():
    listed = subprocess.run(
        ["openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for line in listed.splitlines():
        numbers, _, standard, _, own, *_ = line.split()
        number = int("".join(part[2:] for part in numbers.split(",")), 16)
        assert (suite(number).name, suite(number).openssl) == (standard, own)


@pytest.mark.parametrize(
    ("number", "forward_secrecy", "weak"),
    [
        (0x1301, True, ""),
        (0xC02F, True, ""),
        (0x002F, False, ""),
        (0x0005, False, "RC4"),
        (0x000A, False, "Sweet32"),
        (0x0009, False, "56-bit"),
        (0x0001, False, "no encryption"),
        (0x0018, True, "no authentication"),
        (0x0003, False, "40-bit"),
        (0xEEEE, False, ""),
    ],
)
def test_what_a_suite_is_worth(number, forward_secrecy, weak):
    assert suite(number).forward_secrecy is forward_secrecy
    assert weak in suite(number).weakness
    assert bool(weak) == bool(suite(number).weakness)


def test_the_best_is_offered_first_and_the_worst_last():
    order = all_suites()
    assert not order[0].weakness
    assert order[-1].weakness
    first_weak = next(at for at, one in enumerate(order) if one.weakness)
    assert all(one.weakness for one in order[first_weak:])
