"""Servers that ask for a client certificate: what they want, what they say to ours, and what never leaves this machine."""

import re
import ssl
import subprocess
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.errors import Unreadable
from tlsca.probe.options import ClientCredential
from tlsca.probe.trust import Trust

BOTH = pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"]
)


def codes(result):
    return [problem.code for problem in result.problems]


def said(result, message):
    return [one for one in result.transcript if one.message == message]


def credential(*chain):
    return ClientCredential(b"".join(one.pem for one in chain), chain[0].key_pem)


@pytest.fixture
def demanding(serve_tls, hierarchy, heard_out):
    """Return a function that starts a server which demands client certificates of the hierarchy's root."""

    def start(chain=None, **options):
        wanted = {"client_roots": [hierarchy.root]} | options
        return serve_tls(chain or [hierarchy.leaf, hierarchy.intermediate], **wanted)

    return start


@BOTH
def test_a_server_that_asks_for_nothing(serve_tls, look, hierarchy, version):
    auth = look(serve_tls([hierarchy.leaf, hierarchy.intermediate], version=version)).client_auth
    assert (auth.requested, auth.required, auth.accepted, auth.acceptable_cas) == (False, False, None, ())


@BOTH
def test_a_server_that_demands_a_certificate_and_gets_none(demanding, look, version):
    result = look(demanding(version=version))
    assert (result.verdict, codes(result)) == ("untrusted", ["client-cert-required"])
    auth = result.client_auth
    assert (auth.requested, auth.required, auth.accepted) == (True, True, None)
    assert result.tls is not None


@BOTH
def test_a_server_that_asks_and_does_not_insist(demanding, look, version):
    result = look(demanding(version=version, demand=False))
    auth = result.client_auth
    assert (result.verdict, auth.requested, auth.required, auth.accepted) == ("trusted", True, False, None)


@BOTH
def test_a_certificate_that_is_accepted(demanding, look, hierarchy, version):
    client = credential(hierarchy.client(), hierarchy.intermediate)
    result = look(demanding(version=version), client=client)
    auth = result.client_auth
    assert (result.verdict, codes(result)) == ("trusted", [])
    assert (auth.requested, auth.required, auth.accepted) == (True, None, True)


def test_acceptance_cannot_be_told_where_nothing_comes_after_the_handshake(
    serve, look, hierarchy, tmp_path, server_context
):
    context = server_context(
        [hierarchy.leaf, hierarchy.intermediate], folder=tmp_path, client_roots=[hierarchy.root], tickets=0
    )
    over = threading.Event()

    def shake(connection):
        with context.wrap_socket(connection, server_side=True):
            over.wait(5)

    client = credential(hierarchy.client(), hierarchy.intermediate)
    result = look(serve(shake), client=client)
    over.set()
    assert (result.verdict, result.client_auth.accepted) == ("trusted", None)
    assert result.timings_ms.total < 1000


@BOTH
def test_a_certificate_of_an_authority_that_the_server_does_not_know(demanding, look, make, version):
    foreign = make("Mallory", make("Foreign Root", ca=True), extended=[ExtendedKeyUsageOID.CLIENT_AUTH])
    result = look(demanding(version=version), client=credential(foreign))
    assert (result.verdict, codes(result)) == ("untrusted", ["client-cert-untrusted"])
    assert result.problems[0].certificate == foreign.sha256
    assert result.client_auth.accepted is False


@BOTH
def test_an_expired_client_certificate(demanding, look, hierarchy, version):
    client = hierarchy.client(days=(-20, -10))
    result = look(demanding(version=version), client=credential(client, hierarchy.intermediate))
    assert (result.verdict, codes(result)) == ("untrusted", ["client-cert-expired"])
    assert result.problems[0].is_error


@BOTH
def test_a_server_s_certificate_as_a_client_certificate(demanding, look, hierarchy, version):
    client = hierarchy.server()
    result = look(demanding(version=version), client=credential(client, hierarchy.intermediate))
    assert result.verdict == "untrusted"
    assert "client-cert-unsuitable" in codes(result)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (42, "client-cert-unsuitable"),
        (43, "client-cert-unsuitable"),
        (44, "client-cert-revoked"),
        (45, "client-cert-expired"),
        (46, "client-cert-denied"),
        (48, "client-cert-untrusted"),
        (49, "client-cert-denied"),
        (116, "client-cert-required"),
    ],
)
def test_each_alert_after_a_certificate_has_its_meaning(number, code, hierarchy, now):
    from tlsca.pki.certificate import certificate
    from tlsca.probe.client_auth import client_auth, client_findings
    from tlsca.probe.messages import Direction
    from tlsca.probe.session import Aftermath, Ending, Session
    from tlsca.probe.transcript import CERTIFICATE, CERTIFICATE_REQUEST, Alert, Heard

    heard = Heard(
        version="TLSv1.3",
        kinds_received=frozenset({CERTIFICATE_REQUEST}),
        kinds_sent=frozenset({CERTIFICATE}),
        alerts=(Alert(Direction.RECEIVED, fatal=True, number=number),),
        presented=True,
    )
    session = Session(ending=Ending.DONE, aftermath=Aftermath.REFUSED)
    auth = client_auth(session, heard)
    own = (certificate(hierarchy.client().der),)
    assert auth.accepted is False
    assert [one.code for one in client_findings(session, heard, auth, own, now=now)] == [code]


@BOTH
@pytest.mark.parametrize("fault", ["expired", "hostname-mismatch", "unknown-ca", "verify-name", "revoked"])
def test_a_server_that_is_not_verified_never_sees_the_certificate(
    *, serve, look, hierarchy, make, tmp_path, server_context, revocation_list, version, fault
):
    chains = {
        "expired": [hierarchy.server(days=(-9, -1)), hierarchy.intermediate],
        "hostname-mismatch": [hierarchy.server(names=["other.example"]), hierarchy.intermediate],
        "unknown-ca": [make("localhost", make("Foreign", ca=True), names=["localhost"])],
    }
    chain = chains.get(fault, [hierarchy.leaf, hierarchy.intermediate])
    context = server_context(
        chain, folder=tmp_path, version=version, client_roots=[hierarchy.root], demand=False
    )
    seen, heard = [], threading.Event()

    def shake(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as tls:
                seen.append(tls.getpeercert())
        except OSError as problem:
            seen.append(problem)
        finally:
            heard.set()

    changes = {
        "verify-name": {"target": {"verify_name": "other.example"}},
        "revoked": {"crls": (revocation_list(hierarchy.intermediate, hierarchy.leaf),)},
    }.get(fault, {})
    client = credential(hierarchy.client(), hierarchy.intermediate)
    result = look(serve(shake), client=client, **changes)
    assert heard.wait(2)
    assert isinstance(seen[0], OSError)
    assert result.verdict == "untrusted"
    assert codes(result) == [{"verify-name": "hostname-mismatch"}.get(fault, fault)]
    assert result.client_auth.accepted is None
    assert ("sent", "Certificate") not in [(one.direction, one.message) for one in result.transcript]


@BOTH
def test_an_unverified_server_sees_the_certificate_when_the_operator_says_so(
    demanding, look, hierarchy, version
):
    server = demanding([hierarchy.server(days=(-9, -1)), hierarchy.intermediate], version=version)
    client = credential(hierarchy.client(), hierarchy.intermediate)
    result = look(server, client=client, send_cert_unverified=True)
    assert (result.verdict, codes(result)) == ("untrusted", ["expired"])
    assert result.client_auth.accepted is True
    assert [one.label for one in result.chain_verified] == ["localhost", "Intermediate", "Root"]


@BOTH
@pytest.mark.parametrize(
    "fault", ["bad-signature", "self-signed", "missing-intermediate", "hostname-mismatch", "none"]
)
def test_without_openssl_s_verdict_our_own_walk_finds_the_same(
    *, serve_tls, look, hierarchy, make, version, fault
):
    forger = ec.generate_private_key(ec.SECP256R1())
    chain = {
        "bad-signature": [make("localhost", hierarchy.root, names=["localhost"], signing_key=forger)],
        "self-signed": [make("localhost", names=["localhost"])],
        "missing-intermediate": [hierarchy.leaf],
        "hostname-mismatch": [hierarchy.server(names=["other.example"]), hierarchy.intermediate],
        "none": [hierarchy.leaf, hierarchy.intermediate],
    }[fault]
    server = serve_tls(chain, version=version)
    client = credential(hierarchy.client(), hierarchy.intermediate)
    known = (hierarchy.intermediate.der,)
    result = look(server, client=client, send_cert_unverified=True, known=known)
    assert codes(result) == ([] if fault == "none" else [fault])
    assert codes(result) == codes(look(server, known=known))


def test_the_key_is_gone_when_the_handshake_begins_and_was_never_readable_by_others(
    demanding, look, hierarchy, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    seen = []
    real = ssl.SSLContext.load_cert_chain

    def watch(context, file, **options):
        seen.extend((file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777))
        real(context, file, **options)

    server = demanding()
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
    client = credential(hierarchy.client(), hierarchy.intermediate)

    def is_gone(_event):
        assert list((tmp_path / "temporary").iterdir()) == []

    assert look(server, client=client, on_event=is_gone).verdict == "trusted"
    assert seen == [0o600, 0o700]


def test_the_key_is_gone_after_loading_failed(look, serve_tls, hierarchy, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    server = serve_tls([hierarchy.leaf])
    weak = hierarchy.client(key=rsa.generate_private_key(65537, 1024))  # noqa: S505 -- OpenSSL is to refuse it
    with pytest.raises(Unreadable, match="KEY_TOO_SMALL"):
        look(server, client=credential(weak))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_key_never_shows_in_a_repr(hierarchy):
    client = credential(hierarchy.client())
    assert "PRIVATE" not in repr(client)
    assert "key=" not in repr(client)


@pytest.mark.parametrize(
    ("chain", "key", "words"),
    [
        (b"garbage", "own", "No certificate can be read"),
        ("own", b"garbage", "No private key can be read"),
        ("own", "other", "does not belong"),
        ("own", "encrypted", "is encrypted"),
    ],
)
def test_a_credential_that_cannot_be_used_is_refused_before_dialling(
    *, look, serve, hierarchy, chain, key, words
):
    from cryptography.hazmat.primitives import serialization

    own = hierarchy.client()
    locked = own.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    keys = {"own": own.key_pem, "other": hierarchy.leaf.key_pem, "encrypted": locked}
    client = ClientCredential(own.pem if chain == "own" else chain, keys.get(key, key))
    dialled = []
    with pytest.raises(Unreadable, match=words):
        look(serve(dialled.append), client=client)
    assert dialled == []


def test_revocation_is_looked_at_when_lists_are_given(serve_tls, look, hierarchy, revocation_list):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    clean = revocation_list(hierarchy.intermediate)
    stale = revocation_list(hierarchy.intermediate, days=(-20, -10))
    guilty = revocation_list(hierarchy.intermediate, hierarchy.leaf)
    other = revocation_list(hierarchy.root)
    assert (look(server, crls=(clean,)).verdict, codes(look(server, crls=(clean,)))) == ("trusted", [])
    assert (look(server, crls=(guilty,)).verdict, codes(look(server, crls=(guilty,)))) == (
        "untrusted",
        ["revoked"],
    )
    assert codes(look(server, crls=(other,))) == ["crl-missing"]
    assert codes(look(server, crls=(stale,))) == ["crl-expired"]


def test_a_revoked_intermediate_is_the_culprit(serve_tls, look, hierarchy, revocation_list):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    lists = (revocation_list(hierarchy.intermediate), revocation_list(hierarchy.root, hierarchy.intermediate))
    result = look(server, crls=lists)
    assert codes(result) == ["revoked"]
    assert result.problems[0].certificate == hierarchy.intermediate.sha256


@pytest.fixture
def openssl_server(hierarchy, tmp_path):
    """Return a function that starts `openssl s_server`, which names the authorities that it accepts, as Python's does not."""
    running = []

    def start(roots, version):
        (tmp_path / "server.pem").write_bytes(hierarchy.leaf.pem + hierarchy.leaf.key_pem)
        (tmp_path / "chain.pem").write_bytes(hierarchy.intermediate.pem)
        (tmp_path / "roots.pem").write_bytes(b"".join(root.pem for root in roots))
        words = [
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-Verify",
            "3",
            "-verify_return_error",
            version,
        ]
        words += ["-cert", "server.pem", "-cert_chain", "chain.pem", "-CAfile", "roots.pem"]
        process = subprocess.Popen(
            words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE
        )
        running.append(process)
        ports = (re.match(rb"ACCEPT .*:(\d+)", line) for line in process.stdout)
        return int(next(port for port in ports if port)[1])

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_the_authorities_that_the_server_accepts_are_named(look, openssl_server, hierarchy, make, version):
    others = [make(f"Root {number}", ca=True) for number in range(30)]
    port = openssl_server([hierarchy.root, *others], version)
    result = look(None, port=port, target={"address": "127.0.0.1"})
    assert (result.verdict, codes(result)) == ("untrusted", ["client-cert-required"])
    assert result.client_auth.acceptable_cas == ("CN=Root", *(f"CN=Root {number}" for number in range(30)))
    assert "from CN=Root, CN=Root 0" in result.problems[0].message
    direct = make("Alice", hierarchy.root, extended=[ExtendedKeyUsageOID.CLIENT_AUTH])
    accepted = look(None, port=port, target={"address": "127.0.0.1"}, client=credential(direct))
    assert (accepted.verdict, codes(accepted)) == ("trusted", [])
    foreign = make("Mallory", make("Foreign Root", ca=True), extended=[ExtendedKeyUsageOID.CLIENT_AUTH])
    refused = look(None, port=port, target={"address": "127.0.0.1"}, client=credential(foreign))
    assert (refused.verdict, codes(refused)) == ("untrusted", ["client-cert-untrusted"])
    assert refused.problems[0].is_error


def test_a_certificate_that_does_not_suit_the_server_is_not_sent_and_not_called_accepted(
    look, demanding, hierarchy
):
    """OpenSSL sends an empty Certificate when the key fits no signature scheme: TLS 1.3 has none for this curve."""
    server = demanding(version=ssl.TLSVersion.TLSv1_3, demand=False)
    client = credential(hierarchy.client(key=ec.generate_private_key(ec.SECP256K1())))
    result = look(server, client=client)
    auth = result.client_auth
    assert (result.verdict, auth.requested, auth.required, auth.accepted) == ("trusted", True, False, None)
    assert [one.detail for one in said(result, "Certificate")][1].startswith("none;")


def test_trust_none_trusts_nobody(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]), trust=Trust(system=False))
    assert codes(result) == ["unknown-ca"]
    assert x509.load_der_x509_certificate(result.chain_sent[0].der) == hierarchy.leaf.certificate
