"""Requests: built so that OpenSSL verifies them, and read so strictly that a broken one is one sentence."""

import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import NotAName, Refused, TlscaError, Unreadable
from tlsca.pki import keys
from tlsca.pki.identity import identity
from tlsca.pki.key_policy import check_public_key
from tlsca.pki.names import dn
from tlsca.pki.request import build_request, read_request
from tlsca.text import printable

HOST = identity("www.example.com")
KEY = keys.generate("ec-p256")


def request(*extensions, subject="CN=www.example.com", key=KEY) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(dn(subject))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, keys.signature_hash(key)).public_bytes(Encoding.DER)


PLAIN = request(x509.SubjectAlternativeName([x509.DNSName("www.example.com")]))


@pytest.mark.parametrize("kind", [kind for kind in keys.KINDS if kind not in {"rsa-3072", "rsa-4096"}])
def test_a_request_that_is_built_is_read_again(kind):
    key = keys.generate(kind)
    built = build_request(dn("CN=www.example.com,O=Acme"), [HOST, identity("10.0.0.1")], key)
    found = read_request(built.public_bytes(Encoding.PEM))
    assert (found.subject, found.key_kind) == (dn("CN=www.example.com,O=Acme"), kind)
    assert found.names == (HOST.general_name(), identity("10.0.0.1").general_name())


@pytest.mark.parametrize("kind", ["ec-p256", "ec-p384", "ec-p521", "ed25519", "ed448", "rsa-2048"])
def test_openssl_verifies_a_request_that_is_built(run, tmp_path, kind):
    file = tmp_path / "request.pem"
    built = build_request(dn("CN=www.example.com"), [HOST], keys.generate(kind))
    file.write_bytes(built.public_bytes(Encoding.PEM))
    done = run("openssl", "req", "-verify", "-noout", "-in", file)
    assert (done.returncode, b"verify OK" in done.stderr + done.stdout) == (0, True)


def test_gnutls_reads_a_request_that_is_built(run, tmp_path):
    file = tmp_path / "request.pem"
    built = build_request(dn("CN=www.example.com"), [HOST, identity("ada@example.com")], KEY)
    file.write_bytes(built.public_bytes(Encoding.PEM))
    told = run("certtool", "--crq-info", "--infile", file).stdout
    assert b"DNSname: www.example.com" in told
    assert b"RFC822Name: ada@example.com" in told
    assert b"Self signature: verified" in told


def test_a_request_without_a_subject_marks_its_names_critical():
    names = build_request(x509.Name([]), [HOST], KEY).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.critical, "RFC 5280, 4.2.1.6"


def test_a_request_for_nobody_is_not_built():
    with pytest.raises(NotAName, match="needs a name"):
        build_request(x509.Name([]), [], KEY)


# Broken ones


def refusal_of(data: bytes) -> TlscaError:
    with pytest.raises(TlscaError) as refusal:
        read_request(data)
    assert "\n" not in refusal.value.sentence
    assert printable(refusal.value.sentence) == refusal.value.sentence
    return refusal.value


def test_a_changed_request_is_refused():
    changed = PLAIN.replace(b"www.example.com", b"www.evil---.com")
    assert "signature is wrong" in refusal_of(changed).sentence


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255))
def test_no_changed_octet_is_taken_for_a_proof(place, octet):
    changed = PLAIN[:place] + bytes([octet]) + PLAIN[place + 1 :]
    if changed != PLAIN:
        with pytest.raises(TlscaError):
            read_request(changed)


@given(st.integers(0, len(PLAIN) - 1))
def test_a_request_cut_short_is_refused(length):
    with pytest.raises(TlscaError):
        read_request(PLAIN[:length])


def test_what_is_no_request_and_what_is_several_is_refused(root):
    pem = x509.load_der_x509_csr(PLAIN).public_bytes(Encoding.PEM)
    assert isinstance(refusal_of(root.pem), Unreadable)
    assert "2 certificate requests" in refusal_of(pem + pem).sentence
    assert isinstance(refusal_of(b"nonsense"), Unreadable)


def test_an_extension_that_is_asked_for_twice_is_refused():
    marked = request(
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.5"), b"\x05\x00"),
    )
    doubled = resigned(marked, bytes.fromhex("06032a0305"), bytes.fromhex("06032a0304"))
    assert "1.2.3.4 twice" in refusal_of(doubled).sentence


def test_a_tls_feature_that_is_unknown_is_named():
    asked = request(x509.UnrecognizedExtension(x509.TLSFeature.oid, bytes.fromhex("3003020109")))
    assert "TLS feature 9 is unknown" in refusal_of(asked).sentence


def test_a_subject_that_hides_something_is_refused():
    hidden = resigned(request(subject="CN=www.example.comX"), b"comX", b"com\x00")
    refusal = refusal_of(hidden)
    assert isinstance(refusal, NotAName)
    assert "\\0" in refusal.sentence


def resigned(der: bytes, old: bytes, new: bytes) -> bytes:
    """A request in which some octets are others, signed again by the key that it is for."""
    loaded = x509.load_der_x509_csr(der)
    body = loaded.tbs_certrequest_bytes
    assert old in body
    signature = KEY.sign(body.replace(old, new), ec.ECDSA(hashes.SHA256()))
    end = der.index(body) + len(body)
    algorithm = der[end : end + 2 + der[end + 1]]
    bits = b"\x03" + bytes([len(signature) + 1]) + b"\x00" + signature
    content = body.replace(old, new) + algorithm + bits
    length = len(content)
    return (
        b"\x30\x82" + length.to_bytes(2, "big") if length > 255 else b"\x30\x81" + bytes([length])
    ) + content


# Keys


def test_a_small_rsa_key_is_refused(tmp_path):
    file = tmp_path / "small.pem"
    words = [
        "req",
        "-new",
        "-newkey",
        "rsa:512",
        "-nodes",
        "-keyout",
        tmp_path / "key",
        "-subj",
        "/CN=a.example",
    ]
    subprocess.run(["openssl", *words, "-out", file], check=True, capture_output=True)
    assert (
        refusal_of(file.read_bytes()).sentence
        == "The RSA key has 512 bits; 2,048 are the fewest that are certified."
    )


@pytest.mark.parametrize("exponent", [b"\x01\x00\x00", b"\x01\x00\x02", b"\x00\x00\x01"])
def test_an_rsa_key_with_an_exponent_that_hides_nothing_is_refused(exponent):
    der = request(key=rsa.generate_private_key(65537, 2048))
    refusal = refusal_of(der.replace(b"\x02\x03\x01\x00\x01", b"\x02\x03" + exponent))
    assert isinstance(refusal, Refused)
    assert "public key cannot be certified" in refusal.sentence


def test_the_exponent_one_is_refused_in_its_shortest_form():
    der = request(key=rsa.generate_private_key(65537, 2048))
    start = der.index(b"\x02\x03\x01\x00\x01")
    shorter = bytearray(der[:start] + b"\x02\x01\x01" + der[start + 5 :])
    for place in (0, 4):  # the request and its body are two octets shorter
        shorter[place + 2 : place + 4] = (int.from_bytes(shorter[place + 2 : place + 4], "big") - 2).to_bytes(
            2, "big"
        )
    with pytest.raises(TlscaError):
        read_request(bytes(shorter))


@pytest.mark.parametrize(
    ("make_key", "why"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "1,024 bits"),  # noqa: S505 -- the weakness is the point
        (lambda: ec.generate_private_key(ec.SECP224R1()), "secp224r1"),
    ],
    ids=["rsa-1024", "p-224"],
)
def test_a_weak_key_is_refused_in_one_sentence(make_key, why):
    with pytest.raises(Refused, match=why):
        check_public_key(make_key().public_key())


def test_a_dsa_key_is_refused_in_one_sentence(dsa_key):
    with pytest.raises(Refused, match="DSA"):
        check_public_key(dsa_key.public_key())


@pytest.mark.parametrize("kind", keys.KINDS)
def test_every_kind_of_key_that_is_made_here_may_be_certified(kind):
    check_public_key(keys.generate(kind).public_key() if kind != "rsa-4096" else KEY.public_key())


def test_a_request_on_a_curve_that_nobody_knows_is_refused(run, tmp_path):
    key, file = tmp_path / "key.pem", tmp_path / "request.pem"
    run("openssl", "ecparam", "-genkey", "-name", "secp192k1", "-noout", "-out", key)
    run("openssl", "req", "-new", "-key", key, "-subj", "/CN=a.example", "-out", file)
    assert isinstance(refusal_of(file.read_bytes()), Refused)


def test_a_request_with_a_dsa_key_is_refused(dsa_key):
    der = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(dn("CN=a.example"))
        .sign(dsa_key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    assert "DSA" in refusal_of(der).sentence


def test_a_file_with_the_request_and_its_key_is_read(tmp_path):
    both = x509.load_der_x509_csr(PLAIN).public_bytes(Encoding.PEM) + KEY.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    assert read_request(both).names == (HOST.general_name(),)
