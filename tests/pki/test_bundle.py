"""What goes out, read back by the programs it is for."""

import base64
import hashlib
import json
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tlsca.errors import Refused, UsageError
from tlsca.pki import keys, pkcs8
from tlsca.pki.bundle import FORMATS, Material, bundle, format_named
from tlsca.pki.jwk import thumbprint
from tlsca.pki.read import Kind, read

SECRET = "pässword"
PASS = f"pass:{SECRET}"


def material(made, **fields) -> Material:
    return Material(**{"chain": made.chain, "key": made.key, "friendly_name": "www.example.com", **fields})


@pytest.fixture
def write(server, tmp_path):
    """Write a bundle of the server in a format, under the passphrase, and return its path."""

    def write(form: str, made=server, **fields):
        wanted = {"passphrase": SECRET.encode(), **fields}
        path = tmp_path / f"bundle{FORMATS[form].suffix}"
        path.write_bytes(bundle(FORMATS[form], material(made, **wanted), random=os.urandom))
        return path

    return write


CONTENTS = {
    "pem": [Kind.CERTIFICATE],
    "chain": [Kind.CERTIFICATE] * 2,
    "fullchain": [Kind.CERTIFICATE] * 3,
    "key": [Kind.PRIVATE_KEY],
    "pem-all": [Kind.PRIVATE_KEY, *[Kind.CERTIFICATE] * 2],
    "der": [Kind.CERTIFICATE],
    "pkcs7": [Kind.CERTIFICATE] * 3,
    "pkcs12": [*[Kind.CERTIFICATE] * 3, Kind.PRIVATE_KEY],
    "pkcs12-compatible": [*[Kind.CERTIFICATE] * 3, Kind.PRIVATE_KEY],
}


@pytest.mark.parametrize("form", CONTENTS)
def test_each_format_holds_what_it_says_and_reads_back(write, form):
    found = read(write(form).read_bytes(), passphrase=SECRET.encode())
    assert [item.kind for item in found] == CONTENTS[form]


def test_a_chain_ends_before_the_root_unless_the_root_is_all_there_is(write, server, root):
    chain = x509.load_pem_x509_certificates(write("chain").read_bytes())
    assert chain == list(server.chain[:-1]), "RFC 8446, 4.4.2: a server leaves the root out"
    assert x509.load_pem_x509_certificates(write("chain", root).read_bytes()) == [root.certificate]


@pytest.mark.parametrize("kind", ["ec-p256", "ed25519", "rsa-2048"])
def test_openssl_and_gnutls_open_a_sealed_key(run, write, make, kind):
    made = make("root", "CN=Keys", kind=kind)
    file = write("key", made)
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in file.read_bytes()
    opened = run("openssl", "pkey", "-in", file, "-passin", PASS, "-outform", "DER")
    assert keys.pkcs8(read(opened.stdout)[0].key) == keys.pkcs8(made.key)
    shown = run("openssl", "asn1parse", "-in", file).stdout.decode()
    assert "PBKDF2" in shown
    assert "aes-256-cbc" in shown
    assert f":{pkcs8.ROUNDS:06X}" in shown
    if kind == "ed25519":
        return  # GnuTLS 3.7 opens none that is sealed, not even OpenSSL's own
    info = run("certtool", "--key-info", "--pkcs8", "--infile", file, "--password", SECRET)
    assert b"Key Security Level" in info.stdout, info.stderr


def test_a_wrong_passphrase_opens_nothing(run, write):
    assert run("openssl", "pkey", "-in", write("key"), "-passin", "pass:wrong").returncode != 0
    assert run("openssl", "pkcs12", "-in", write("pkcs12"), "-passin", "pass:wrong", "-noout").returncode != 0


def test_a_key_in_the_clear_is_plain_pkcs8(run, write, server):
    file = write("key", passphrase=None)
    assert run("openssl", "pkey", "-in", file, "-outform", "DER").returncode == 0
    assert keys.pkcs8(read(file.read_bytes())[0].key) == keys.pkcs8(server.key)


@pytest.mark.parametrize(
    ("form", "facts"),
    [
        (
            "pkcs12",
            ["MAC: sha256, Iteration 300000", "AES-256-CBC, Iteration 300000, PRF hmacWithSHA256"],
        ),
        (
            "pkcs12-compatible",
            ["MAC: sha1, Iteration 2048", "3-KeyTripleDES-CBC, Iteration 2048"],
        ),
    ],
)
def test_openssl_opens_pkcs12_and_says_how_it_is_protected(run, write, server, form, facts):
    provider = ["-legacy"] if form == "pkcs12-compatible" else []
    shown = run("openssl", "pkcs12", *provider, "-info", "-in", write(form), "-passin", PASS, "-nodes")
    assert shown.returncode == 0, shown.stderr
    assert b"friendlyName: www.example.com" in shown.stdout
    for fact in facts:
        assert fact in shown.stderr.decode()
    assert shown.stderr.count(b"Iteration") == 3, "certificates, key and MAC"
    found = [item for item in read(shown.stdout) if item.kind is Kind.CERTIFICATE]
    assert {item.der for item in found} == {link.public_bytes(Encoding.DER) for link in server.chain}


def test_gnutls_opens_pkcs12(run, write):
    for form in ("pkcs12", "pkcs12-compatible"):
        shown = run("certtool", "--p12-info", "--inder", "--infile", write(form), "--password", SECRET)
        assert shown.stdout.count(b"BEGIN CERTIFICATE") == 3, shown.stderr


@pytest.mark.parametrize("form", ["pkcs12", "pkcs12-compatible"])
def test_nss_opens_pkcs12(run, write, tmp_path, form):
    file = write(form)
    database = tmp_path / "nss"
    database.mkdir()
    assert run("certutil", "-N", "-d", f"sql:{database}", "--empty-password").returncode == 0
    imported = run("pk12util", "-i", file, "-d", f"sql:{database}", "-W", SECRET, "-K", "")
    assert b"PKCS12 IMPORT SUCCESSFUL" in imported.stdout, imported.stderr
    assert b"www.example.com" in run("certutil", "-K", "-d", f"sql:{database}").stdout


@pytest.mark.parametrize("form", ["pkcs12", "pkcs12-compatible"])
def test_java_opens_pkcs12(run, write, tmp_path, form, monkeypatch):
    monkeypatch.delenv("JAVA_TOOL_OPTIONS")  # so many rounds of a derivation are worth being compiled well
    password = tmp_path / "password"
    password.write_text("password")
    file = write(form, passphrase=b"password")
    listed = run(
        "keytool", "-list", "-v", "-storetype", "PKCS12", "-keystore", file, "-storepass:file", password
    )
    assert b"Entry type: PrivateKeyEntry" in listed.stdout, listed.stdout + listed.stderr
    assert b"Certificate chain length: 3" in listed.stdout


def test_openssl_lists_the_certificates_of_pkcs7(run, write):
    shown = run("openssl", "pkcs7", "-in", write("pkcs7"), "-print_certs")
    assert shown.stdout.count(b"BEGIN CERTIFICATE") == 3


def test_pkcs12_in_the_clear_needs_no_passphrase(write, server):
    opened = pkcs12.load_pkcs12(write("pkcs12", passphrase=None).read_bytes(), None)
    assert opened.cert.certificate == server.certificate
    assert opened.cert.friendly_name == b"www.example.com"


@pytest.mark.parametrize("form", ["pkcs12", "pkcs12-compatible"])
def test_pkcs12_refuses_a_post_quantum_key_and_names_a_format_that_does_not(write, make, form):
    made = make("root", "CN=Keys", kind="ml-dsa-65")
    with pytest.raises(Refused, match="cannot hold a key of kind ml-dsa-65") as refusal:
        write(form, made)
    assert refusal.value.hint == "Export pem-all instead."
    assert [item.kind for item in read(write("pem-all", made).read_bytes(), passphrase=SECRET.encode())] == [
        Kind.PRIVATE_KEY,
        Kind.CERTIFICATE,
    ]


@pytest.mark.parametrize("form", ["pkcs12", "pkcs12-compatible"])
def test_pkcs12_refuses_a_passphrase_that_is_no_text(write, form):
    with pytest.raises(Refused, match="no UTF-8"):
        write(form, passphrase=b"\xff\xfe\xfd")


@pytest.mark.parametrize("form", [form for form in FORMATS.values() if form.has_key], ids=str)
def test_a_format_with_a_key_needs_the_key(form, server):
    with pytest.raises(Refused, match="not in the store"):
        bundle(form, material(server, key=None), random=os.urandom)


def test_salts_come_from_the_randomness_that_is_handed_in(server):
    drawn = iter([b"s" * 16, b"v" * 16])
    sealed = bundle(FORMATS["key"], material(server, passphrase=b"x"), random=lambda size: next(drawn))
    again = pkcs8.encrypted(keys.pkcs8(server.key), b"x", salt=b"s" * 16, vector=b"v" * 16)
    assert sealed == pkcs8.pem("ENCRYPTED PRIVATE KEY", again)


def test_an_unknown_format_is_named_beside_those_there_are():
    with pytest.raises(UsageError, match="“p13”") as refusal:
        format_named("p13")
    assert "pkcs12" in refusal.value.hint


def test_neither_key_nor_passphrase_shows_in_what_a_bundle_is_made_of(server):
    shown = repr(material(server, passphrase=b"horse"))
    assert "horse" not in shown
    assert "PrivateKey" not in shown


def test_java_lists_the_root_of_a_trust_store_as_trusted(run, write, root):
    path = write("truststore", passphrase=None)
    told = run("keytool", "-list", "-keystore", str(path), "-storepass", "changeit").stdout
    assert b"trustedCertEntry" in told
    assert root.certificate.fingerprint(hashes.SHA256()).hex(":").upper().encode() in told


def test_a_trust_store_may_have_a_passphrase_of_its_own(write, root):
    store = pkcs12.load_pkcs12(write("truststore").read_bytes(), SECRET.encode())
    assert [one.certificate for one in store.additional_certs] == [root.certificate]


@pytest.mark.parametrize("kind", ["ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519", "ed448"])
def test_a_json_web_key_is_the_certificates_with_its_chain(make, kind):
    made = make("root", "CN=Keys", kind=kind)
    document = json.loads(bundle(FORMATS["jwk"], material(made), random=os.urandom))
    ders = [one.public_bytes(Encoding.DER) for one in made.chain]
    assert [base64.b64decode(text) for text in document["x5c"]] == ders
    assert document["x5t#S256"] == _url(hashlib.sha256(ders[0]).digest())
    assert not {"d", "p", "q"} & document.keys()
    numbers = {name: int.from_bytes(_octets(document[name]), "big") for name in ("x", "y", "n", "e") if name in document}  # fmt: skip
    public = made.chain[0].public_key()
    if kind.startswith("ec"):
        assert (numbers["x"], numbers["y"]) == (public.public_numbers().x, public.public_numbers().y)
        assert len(_octets(document["x"])) == (public.key_size + 7) // 8, (
            "RFC 7518, 6.2.1.2: leading zeros stay"
        )
    elif kind.startswith("rsa"):
        assert (numbers["n"], numbers["e"]) == (public.public_numbers().n, public.public_numbers().e)
    else:
        assert _octets(document["x"]) == public.public_bytes_raw()


def test_a_thumbprint_is_that_of_rfc_7638():
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRX"
        "jBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaS"
        "qzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksIN"
        "HaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    members = {"kty": "RSA", "n": modulus, "e": "AQAB"}
    assert thumbprint(members) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(("form", "word"), [("jwk", "JWK"), ("ssh-public", "OpenSSH")])
def test_a_key_that_a_format_cannot_hold_is_refused_and_another_format_named(make, form, word):
    with pytest.raises(Refused, match=word) as refused:
        bundle(FORMATS[form], material(make("root", "CN=Keys", kind="ml-dsa-44")), random=os.urandom)
    assert "pem" in refused.value.hint


def test_openssh_reads_its_public_key(run, write, server):
    told = run("ssh-keygen", "-l", "-f", str(write("ssh-public")))
    assert b"www.example.com" in told.stdout


def test_a_name_in_a_key_of_openssh_stays_on_its_line(server):
    made = material(server, friendly_name="a\nssh-rsa AAAA evil \x1b[2J é")
    line = bundle(FORMATS["ssh-public"], made, random=os.urandom)
    assert line.count(b"\n") == 1
    assert line.endswith(b" a-ssh-rsa-AAAA-evil-[2J-\n")


def test_the_text_is_openssls(run, write):
    text = write("text").read_bytes()
    words = ("openssl", "x509", "-noout", "-text", "-nameopt", "oneline")  # as it is by itself before 3.2
    assert run(*words, "-in", str(write("pem"))).stdout == text


def test_there_is_no_list_and_no_request_where_none_is_given(server):
    for form in ("crl", "csr"):
        with pytest.raises(Refused) as refused:
            bundle(FORMATS[form], material(server), random=os.urandom)
        assert refused.value.hint


def _octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
