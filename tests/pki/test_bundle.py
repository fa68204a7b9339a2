"""What goes out, read back by the programs it is for."""

import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tlsca.errors import Refused, UsageError
from tlsca.pki import keys, pkcs8
from tlsca.pki.bundle import FORMATS, Material, bundle, format_named
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


@pytest.mark.parametrize("form", FORMATS)
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
def test_java_opens_pkcs12(run, write, tmp_path, form):
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
