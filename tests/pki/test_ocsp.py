"""OCSP answers as OpenSSL, GnuTLS, pkilint and cryptography read them, and requests as they come.

OpenSSL and GnuTLS hold the times of an answer against the clock of the machine, so these tests are of the present.
"""

import contextlib
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import Refused, Unreadable
from tlsca.pki import der
from tlsca.pki.ocsp import LONGEST_NONCE, MOST_ASKED, Status, answer, read_request
from tlsca.pki.revoke import REASONS, Revocation
from tlsca.pki.writing import octet_string, sequence, tagged

NOW = datetime.now(UTC).replace(microsecond=0)
TOMORROW = NOW + timedelta(days=1)
SIGNERS = ["ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519", "ed448"]
POST_QUANTUM = ["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"]
COMPROMISED = Revocation(1, NOW - timedelta(days=2), x509.ReasonFlags.key_compromise)
NONCE_OID = bytes.fromhex("06092b0601050507300102")


def request_for(*leaves, hash_name="sha256", nonce=None):
    """A request made with `cryptography`, of which each can ask about one certificate."""
    (leaf,) = leaves
    algorithm = {
        "sha1": hashes.SHA1,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        leaf.certificate, leaf.chain[1], algorithm[hash_name]()
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def answered(request, responder, *said):
    """Answer with the statuses `good`, `unknown`, or a revocation, in the order of the request."""
    read = read_request(request)
    statuses = [
        Status(asked, known=word != "unknown", revocation=word if isinstance(word, Revocation) else None)
        for asked, word in zip(read.asked, said, strict=True)
    ]
    return answer(
        statuses,
        responder.certificate,
        responder.key,
        nonce=read.nonce,
        this_update=NOW,
        next_update=TOMORROW,
    )


@pytest.fixture
def root(make):
    return make("root", "CN=Root", now=NOW)


@pytest.fixture
def intermediate(make, root):
    return make("intermediate", "CN=Between", issuer=root, now=NOW)


@pytest.fixture
def three(make, intermediate):
    return [
        make("server", f"{name}.example", issuer=intermediate, now=NOW) for name in ("good", "bad", "lost")
    ]


@pytest.fixture
def responder(make, intermediate):
    return make("ocsp", "ocsp.example", issuer=intermediate, now=NOW)


@pytest.fixture
def serve():
    """Answer HTTP requests with a function of their bodies; return the URL."""
    servers = []

    def serve(respond):
        class Responder(BaseHTTPRequestHandler):
            def do_POST(self):
                reply = respond(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/ocsp-response")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_words):
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Responder))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def ask(run, tmp_path, serve):
    """Let OpenSSL ask about certificates, with a nonce, and verify the answer; return all it says."""

    def ask(respond, *leaves):
        issuer, *above = leaves[0].chain[1:]
        top = above[-1] if above else issuer
        (tmp_path / "top.pem").write_bytes(top.public_bytes(Encoding.PEM))
        (tmp_path / "issuer.pem").write_bytes(issuer.public_bytes(Encoding.PEM))
        words = ["-issuer", tmp_path / "issuer.pem", "-CAfile", tmp_path / "top.pem"]
        for number, leaf in enumerate(leaves):
            (tmp_path / f"{number}.pem").write_bytes(leaf.pem)
            words += ["-cert", tmp_path / f"{number}.pem"]
        done = run(
            "openssl", "ocsp", "-url", serve(respond), "-verify_other", tmp_path / "issuer.pem", *words
        )
        return (done.stdout + done.stderr).decode()

    return ask


# What outsiders say


def test_openssl_hears_good_revoked_and_unknown_in_one_answer(ask, three, responder):
    said = ask(lambda request: answered(request, responder, "good", COMPROMISED, "unknown"), *three)
    assert "Response verify OK" in said
    assert "once" not in said, "a nonce that is not echoed, or another, is complained of"
    assert "0.pem: good" in said
    assert "1.pem: revoked" in said
    assert "Reason: keyCompromise" in said
    assert f"Revocation Time: {COMPROMISED.revoked_at:%b %e %H:%M:%S %Y} GMT" in said
    assert "2.pem: unknown" in said


def test_openssl_misses_a_nonce_that_is_not_echoed(ask, three, responder):
    def without_nonce(request):
        statuses = [Status(asked, known=True) for asked in read_request(request).asked]
        return answer(
            statuses, responder.certificate, responder.key, nonce=None, this_update=NOW, next_update=TOMORROW
        )

    assert "no nonce in response" in ask(without_nonce, *three)


@pytest.mark.parametrize("kind", SIGNERS)
def test_openssl_verifies_a_delegated_responder_with_any_kind_of_key(make, intermediate, ask, three, kind):
    delegated = make("ocsp", "ocsp.example", issuer=intermediate, kind=kind, now=NOW)
    said = ask(lambda request: answered(request, delegated, "good", COMPROMISED, "good"), *three)
    assert "Response verify OK" in said
    assert "1.pem: revoked" in said


@pytest.mark.parametrize("kind", SIGNERS)
def test_openssl_verifies_the_issuer_itself_with_any_kind_of_key(make, ask, kind):
    root = make("root", "CN=Root", kind=kind, now=NOW)
    said = ask(
        lambda request: answered(request, root, COMPROMISED),
        make("server", "a.example", issuer=root, now=NOW),
    )
    assert "Response verify OK" in said
    assert "0.pem: revoked" in said


def test_openssl_refuses_a_responder_that_the_issuer_did_not_delegate_to(make, ask, root, three):
    stranger = make("ocsp", "ocsp.example", issuer=root, now=NOW)
    said = ask(lambda request: answered(request, stranger, "good", "good", "good"), *three)
    assert "Response Verify Failure" in said


def test_gnutls_verifies_the_answer(run, tmp_path, three, intermediate, responder):
    (tmp_path / "issuer.pem").write_bytes(intermediate.pem)
    (tmp_path / "answer.der").write_bytes(answered(request_for(three[0]), responder, "good"))
    words = ["--load-trust", tmp_path / "issuer.pem", "--load-response", tmp_path / "answer.der"]
    done = run("ocsptool", "--verify-response", *words)
    assert b"Verifying OCSP Response: Success" in done.stdout, done.stdout + done.stderr


def test_pkilint_finds_nothing(capsys, tmp_path, three, intermediate, responder):
    program = pytest.importorskip("pkilint.bin.lint_ocsp_response", reason="pkilint is not installed")
    file = tmp_path / "answer.der"
    for signer in (responder, intermediate):
        for status in ("good", COMPROMISED, "unknown"):
            file.write_bytes(answered(request_for(three[0], nonce=b"n" * 32), signer, status))
            program.main(["lint", "-s", "WARNING", "-f", "JSON", str(file)])
            said = capsys.readouterr()
            assert not said.err
            assert json.loads(said.out)["results"] == []


@pytest.mark.parametrize("kind", POST_QUANTUM)
def test_answers_of_post_quantum_keys_verify(make, kind):
    root = make("root", "CN=Root", kind=kind)
    read = ocsp.load_der_ocsp_response(
        answered(request_for(make("server", "a.example", issuer=root)), root, "good")
    )
    root.certificate.public_key().verify(read.signature, read.tbs_response_bytes)
    assert read.signature_algorithm_oid == root.certificate.signature_algorithm_oid


# What is in an answer


def test_the_answer_says_who_when_and_about_what(three, responder):
    read = ocsp.load_der_ocsp_response(
        answered(request_for(three[0], nonce=b"n" * 16), responder, COMPROMISED)
    )
    assert read.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert read.responder_key_hash == responder.extension(x509.SubjectKeyIdentifier).value.digest
    assert read.certificates == [responder.certificate]
    assert (read.produced_at_utc, read.this_update_utc, read.next_update_utc) == (NOW, NOW, TOMORROW)
    assert (read.revocation_time_utc, read.revocation_reason) == (
        COMPROMISED.revoked_at,
        x509.ReasonFlags.key_compromise,
    )
    assert read.serial_number == three[0].certificate.serial_number
    assert isinstance(read.hash_algorithm, hashes.SHA256)
    assert read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16


@pytest.mark.parametrize("reason", [None, *REASONS.values()])
def test_every_reason_is_told_as_it_is(three, responder, reason):
    read = ocsp.load_der_ocsp_response(answered(request_for(three[0]), responder, Revocation(1, NOW, reason)))
    assert read.revocation_reason is (None if reason is x509.ReasonFlags.unspecified else reason)


def test_a_dsa_key_is_refused(root, dsa_key):
    with pytest.raises(Refused, match="DSA"):
        answer(
            [],
            root.certificate,
            dsa_key,
            nonce=None,
            this_update=NOW,
            next_update=TOMORROW,
        )


# What is in a request


@pytest.mark.parametrize("name", ["sha1", "sha256", "sha384", "sha512"])
def test_the_issuer_is_recognised_by_any_hash_in_use(three, intermediate, root, name):
    (asked,) = read_request(request_for(three[0], hash_name=name)).asked
    assert asked.is_of(intermediate.certificate)
    assert not asked.is_of(root.certificate)
    assert asked.serial == three[0].certificate.serial_number


def test_an_issuer_of_the_same_name_with_another_key_is_another(make, three):
    (asked,) = read_request(request_for(three[0])).asked
    assert not asked.is_of(make("root", "CN=Acme Issuing,O=Acme,C=SE").certificate)


def with_extension(request, extension):
    """The same request with one more extension after the list of certificates."""
    body = ocsp.load_der_ocsp_request(request)
    assert not list(body.extensions)
    asked = der.read(request).children()[0].children()[0].encoding
    return sequence(sequence(asked, tagged(0xA2, sequence(extension))))


def nonce_of(length, *, inner=octet_string):
    return sequence(NONCE_OID, octet_string(inner(b"n" * length)))


@pytest.mark.parametrize("length", [1, 16, 32, LONGEST_NONCE])
def test_the_nonce_is_kept_whole(three, length):
    assert read_request(with_extension(request_for(three[0]), nonce_of(length))).nonce == nonce_of(length)


@pytest.mark.parametrize(
    "extension",
    [
        nonce_of(0),
        nonce_of(LONGEST_NONCE + 1),
        sequence(NONCE_OID, octet_string(b"")),
        sequence(bytes.fromhex("06032a0304"), tagged(0x01, b"\xff"), octet_string(b"x")),
    ],
    ids=["empty nonce", "long nonce", "no nonce", "critical stranger"],
)
def test_an_extension_that_cannot_be_honoured_is_refused(three, extension):
    with pytest.raises(Unreadable, match="no OCSP request"):
        read_request(with_extension(request_for(three[0]), extension))


def test_an_extension_that_is_not_critical_is_passed_over(three):
    stranger = sequence(bytes.fromhex("06032a0304"), octet_string(b"x"))
    assert read_request(with_extension(request_for(three[0]), stranger)).nonce is None


def test_too_many_certificates_at_once_are_refused(three):
    (one,) = read_request(request_for(three[0])).asked
    with pytest.raises(Unreadable, match=f"asks about {MOST_ASKED + 1} certificates"):
        read_request(sequence(sequence(sequence(*([sequence(one.identifier)] * (MOST_ASKED + 1))))))
    with pytest.raises(Unreadable, match="asks about 0 certificates"):
        read_request(sequence(sequence(sequence())))


@given(st.binary(max_size=200))
def test_what_is_no_request_is_refused_in_a_sentence(data):
    with pytest.raises(Unreadable):
        read_request(data)


@given(st.data())
def test_a_damaged_request_is_read_or_refused(data):
    request = bytearray(PRISTINE)
    for _ in range(data.draw(st.integers(1, 3))):
        request[data.draw(st.integers(0, len(request) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        read_request(bytes(request))


PRISTINE = (
    ocsp.OCSPRequestBuilder()
    .add_certificate_by_hash(b"\1" * 20, b"\2" * 20, 12345, hashes.SHA1())  # noqa: S303 -- what most clients send
    .add_extension(x509.OCSPNonce(b"n" * 16), critical=False)
    .build()
    .public_bytes(Encoding.DER)
)
