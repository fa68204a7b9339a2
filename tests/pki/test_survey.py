"""Everything that can be in a file: each kind of object, what the file says besides, and what was left out and why."""

import base64
import re
import shutil
import subprocess
import time

import pytest

from tlsca.errors import DerError, PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.pki import keys, read, trusted
from tlsca.pki.armour import pem
from tlsca.pki.found import Kind
from tlsca.pki.key_rows import key_text, spki_kind
from tlsca.pki.read import MOST_OBJECTS, survey

SECRET = b"correct horse"


@pytest.fixture
def tool(tmp_path):
    """Run a program in a directory of its own and return what it printed; skip the test where it is not installed."""

    def run(*words, stdin: bytes = b"") -> bytes:
        if shutil.which(words[0]) is None:
            pytest.skip(f"{words[0]} is not installed")
        command = [str(word) for word in words]
        done = subprocess.run(
            command, input=stdin, capture_output=True, check=False, cwd=tmp_path, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run


@pytest.fixture
def leaf(server, tmp_path):
    """Files for openssl: a certificate and its key."""
    (tmp_path / "leaf.pem").write_bytes(server.pem)
    (tmp_path / "leaf.key").write_bytes(pem("PRIVATE KEY", keys.pkcs8(server.key)))
    return server


def kinds(data: bytes, **options) -> list[Kind]:
    return [one.kind for one in survey(data, **options).found]


def facts(found) -> dict[str, str]:
    return {row.title: row.value for row in found.facts}


# Keys


def test_public_keys_are_found_in_every_form(tool):
    tool("openssl", "genrsa", "-out", "rsa.key", "2048")
    der = tool("openssl", "rsa", "-in", "rsa.key", "-pubout", "-outform", "DER")
    forms = [
        der,
        tool("openssl", "rsa", "-in", "rsa.key", "-pubout"),
        tool("openssl", "rsa", "-in", "rsa.key", "-RSAPublicKey_out"),
        tool("openssl", "rsa", "-in", "rsa.key", "-RSAPublicKey_out", "-outform", "DER"),
    ]
    for form in forms:
        (found,) = survey(form).found
        assert (found.kind, found.der, spki_kind(found.spki)) == (Kind.PUBLIC_KEY, der, "rsa-2048")


@pytest.mark.parametrize("kind", ["rsa:2048", "ec:P-256", "ec:secp256k1", "ed25519", "x25519", "ed448"])
def test_the_text_of_a_public_key_is_openssls(tool, kind):
    algorithm, _, option = kind.partition(":")
    more = (
        ("-pkeyopt", {"rsa": "rsa_keygen_bits:", "ec": "ec_paramgen_curve:"}[algorithm] + option)
        if option
        else ()
    )
    tool("openssl", "genpkey", "-algorithm", algorithm, *more, "-out", "a.key")
    (found,) = survey(tool("openssl", "pkey", "-in", "a.key", "-pubout")).found
    assert key_text(found.spki) == tool("openssl", "pkey", "-in", "a.key", "-noout", "-text_pub")


def test_a_private_key_that_cannot_sign_certificates_is_looked_at_all_the_same(tool):
    key = tool("openssl", "genpkey", "-algorithm", "x25519")
    (found,) = survey(key).found
    assert (found.kind, found.key, spki_kind(found.spki)) == (Kind.PRIVATE_KEY, None, "x25519")
    with pytest.raises(Unreadable, match="cannot sign"):
        read.read(key)


@pytest.mark.parametrize(
    ("kind", "named"), [("rsa", "rsa-2048"), ("ecdsa", "ec-p256"), ("ed25519", "ed25519")]
)
def test_ssh_keys_are_the_keys_that_ssh_keygen_says_they_are(tool, tmp_path, kind, named):
    bits = ("-b", "2048") if kind == "rsa" else ()
    tool("ssh-keygen", "-q", "-t", kind, *bits, "-N", "correct horse", "-a", "4", "-C", "me@host", "-f", "a")
    public = (tmp_path / "a.pub").read_bytes()
    fingerprint = tool("ssh-keygen", "-lf", "a.pub").split()[1].decode()
    forms = [
        public,
        tool("ssh-keygen", "-e", "-f", "a.pub"),
        b'from="10.*" ' + public,
        (tmp_path / "a").read_bytes(),
    ]
    for form in forms:
        (found,) = survey(form, passphrase=SECRET).found
        assert facts(found)["SSH fingerprint"] == fingerprint
        assert spki_kind(found.spki) == named
    if kind != "ed25519":  # which ssh-keygen does not write in this form
        assert pem("PUBLIC KEY", found.spki) == tool("ssh-keygen", "-e", "-m", "PKCS8", "-f", "a.pub")
    assert facts(found)["Sealed with"] == "aes256-ctr, bcrypt, 4 rounds"
    assert facts(survey(public).found[0])["Comment"] == "me@host"


def test_an_ssh_key_asks_for_its_passphrase_and_can_be_imported(tool, tmp_path):
    tool("ssh-keygen", "-q", "-t", "ecdsa", "-N", "correct horse", "-a", "4", "-f", "a")
    sealed = (tmp_path / "a").read_bytes()
    with pytest.raises(PassphraseMissing):
        survey(sealed)
    with pytest.raises(PassphraseWrong):
        survey(sealed, passphrase=b"wrong")
    (found,) = read.read(sealed, passphrase=SECRET)
    assert keys.kind_of(found.key.public_key()) == "ec-p256"


def test_an_ssh_key_of_two_billion_rounds_is_refused_before_anything_is_derived(tool, tmp_path):
    tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "correct horse", "-a", "4", "-f", "a")
    body = base64.b64decode(b"".join((tmp_path / "a").read_bytes().splitlines()[1:-1]))
    begin = time.process_time()
    absurd = pem("OPENSSH PRIVATE KEY", body.replace(b"\0\0\0\x04\0\0\0\x01", b"\x7f\xff\xff\xff\0\0\0\x01"))
    with pytest.raises(Unreadable, match="2,147,483,647 rounds"):
        survey(absurd, passphrase=SECRET)
    assert time.process_time() - begin < 2


def test_an_ssh_certificate_says_for_whom_it_is(tool, tmp_path):
    for name in ("ca", "user"):
        tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name)
    tool("ssh-keygen", "-q", "-s", "ca", "-I", "alice", "-n", "root,alice", "-z", "7", "user.pub")
    (found,) = survey((tmp_path / "user-cert.pub").read_bytes()).found
    said = facts(found)
    assert (said["SSH certificate"], said["Key id"], said["Serial"]) == ("for a user", "alice", "7")
    assert said["Principals"] == "root, alice"


def test_key_parameters_are_named(tool):
    for words, named in (
        (("dhparam", "-dsaparam", "512"), "Diffie-Hellman"),
        (("dsaparam", "1024"), "DSA"),
        (("ecparam", "-name", "prime256v1"), "the curve prime256v1"),
    ):
        for encoding in ("PEM", "DER"):
            (found,) = survey(tool("openssl", words[0], "-outform", encoding, *words[1:])).found
            assert found.kind is Kind.PARAMETERS
            assert facts(found)["Parameters"].startswith(named)


@pytest.mark.parametrize("vector", ["", "975C", "975C518B7D2CCD11", "x" * 32])
def test_a_sealed_key_whose_vector_is_damaged_is_refused(tool, vector):
    tool("openssl", "genrsa", "-out", "rsa.key", "2048")
    words = ("-aes256", "-passout", "pass:correct horse", "-traditional")
    sealed = tool("openssl", "rsa", "-in", "rsa.key", *words)
    assert facts(survey(sealed, passphrase=SECRET).found[0])["Sealed with"] == "AES-256-CBC, MD5, 1 round"
    damaged = re.sub(rb"(DEK-Info: AES-256-CBC,)\w+", rb"\g<1>" + vector.encode(), sealed)
    with pytest.raises(Unreadable, match="DEK-Info"):
        survey(damaged, passphrase=SECRET)


# What certificates come in


def test_trust_settings_are_shown_as_openssl_shows_them(leaf, tool):
    words = (
        "-addtrust",
        "serverAuth",
        "-addtrust",
        "emailProtection",
        "-addreject",
        "clientAuth",
        "-setalias",
        "an alias",
    )
    file = tool("openssl", "x509", "-in", "leaf.pem", "-trustout", *words)
    (found,) = survey(file).found
    assert found.kind is Kind.CERTIFICATE
    assert facts(found)["Trusted for"] == "TLS Web Server Authentication, E-mail Protection"
    assert facts(found)["Not trusted for"] == "TLS Web Client Authentication"
    text = tool("openssl", "x509", "-noout", "-text", stdin=file)
    assert text.endswith(trusted.trust_text(found.trust))
    assert trusted.trust_text(found.trust).startswith(b"Trusted Uses:")
    with pytest.raises(DerError):
        trusted.trust_text(b"\x04\x00")


def test_a_pkcs12_tells_how_it_is_built(leaf, tool):
    args = (
        "-export",
        "-in",
        "leaf.pem",
        "-inkey",
        "leaf.key",
        "-passout",
        "pass:correct horse",
        "-name",
        "friend",
    )
    modern = tool("openssl", "pkcs12", *args, "-iter", "3000", "-macalg", "sha384")
    bundle, certificate, key = survey(modern, passphrase=SECRET).found
    assert facts(bundle) == {
        "Sealed part": "AES-256-CBC, PBKDF2 with HMAC-SHA256, 3,000 rounds",
        "Key": "AES-256-CBC, PBKDF2 with HMAC-SHA256, 3,000 rounds",
        "MAC": "HMAC-SHA384, 3,000 rounds",
    }
    assert facts(certificate) == {"Friendly name": "friend"}
    assert [one.inside for one in (bundle, certificate, key)] == [False, True, True]
    old = tool("openssl", "pkcs12", *args, "-keypbe", "PBE-SHA1-3DES", "-certpbe", "NONE", "-nomac")
    rows = survey(old, passphrase=SECRET).found[0].facts
    assert {row.title: row.value for row in rows} == {
        "Certificate in the clear": "1",
        "Key": "PBE-SHA1-3DES, 2,048 rounds",
        "MAC": "none",
    }


def test_a_message_tells_who_signed_it_and_gives_its_certificates_and_crls(leaf, tool, tmp_path):
    (tmp_path / "note").write_bytes(b"hello")
    words = ("-sign", "-in", "note", "-signer", "leaf.pem", "-inkey", "leaf.key", "-nodetach", "-binary")
    for encoding in ("PEM", "DER"):
        message, certificate = survey(tool("openssl", "cms", *words, "-outform", encoding)).found
        assert (message.kind, certificate.kind) == (Kind.PKCS7, Kind.CERTIFICATE)
        said = facts(message)
        assert said["Message"] == "signed data"
        assert said["Signed content"] == "5 octets"
        assert "of O = Acme" in said["Signer"] or "CN = Acme Issuing" in said["Signer"]
    bundle = tool("openssl", "crl2pkcs7", "-nocrl", "-certfile", "leaf.pem")
    assert facts(survey(bundle).found[0])["Message"] == "certificates, signed by nobody"
    with pytest.raises(Unreadable, match="damaged"):
        survey(pem("PKCS7", bytes.fromhex("300d06092a864886f70d010702a000")))


# Many, damaged, strange


def test_a_bundle_gives_everything_and_a_note_of_what_was_left_out(leaf, tool):
    public = tool("openssl", "pkey", "-in", "leaf.key", "-pubout")
    file = b"".join((
        b"Dear operator,\n", leaf.pem, public, b"-----BEGIN PGP MESSAGE-----\nAAAA\n-----END PGP MESSAGE-----\n",
        b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", leaf.pem, b"-----BEGIN X509 CRL-----\nMIIB",
    ))  # fmt: skip
    found = survey(file)
    assert [one.kind for one in found.found] == [
        Kind.CERTIFICATE,
        Kind.PUBLIC_KEY,
        Kind.CERTIFICATE,
    ]
    assert [(one.what, one.why) for one in found.skipped] == [
        ("a PEM block “PGP MESSAGE”", "its kind is not known"),
        ("a PEM block “CERTIFICATE”", "a PEM block does not hold base64"),
        ("a PEM block “X509 CRL”", "it begins and has no END line"),
    ]


def test_certificates_in_der_one_behind_the_other_are_all_found(leaf, root):
    both = b"".join(base64.b64decode(b"".join(one.pem.splitlines()[1:-1])) for one in (leaf, root))
    assert kinds(both) == [Kind.CERTIFICATE] * 2
    found = survey(both + b"trailing")
    assert [one.kind for one in found.found] == [Kind.CERTIFICATE] * 2
    assert found.skipped[0].what == "8 octets at the end"


def test_a_text_in_utf_16_is_read(leaf):
    assert kinds("\ufeff".encode("utf-16-le") + leaf.pem.decode().encode("utf-16-le")) == [Kind.CERTIFICATE]


def test_der_of_no_known_kind_is_kept_for_its_structure():
    (found,) = survey(b"\x30\x06\x0c\x04text").found
    assert (found.kind, found.der) == (Kind.STRUCTURE, b"\x30\x06\x0c\x04text")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x30\x82\x10\x00abc", "4,100 octets are announced, and 7 are there"),
        (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "begins and has no END line"),
        (b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me", "cut short"),
        (bytes(50 * 1024 * 1024), "holds nothing"),
        (b"\x30\x80" * 3_000_000, "DER is damaged"),
        (b"AAAA" * 8_000_000, "holds nothing"),
    ],
)
def test_what_cannot_be_shown_says_so_at_once_in_a_sentence(data, said):
    begin = time.process_time()
    with pytest.raises(Unreadable, match=re.escape(said)):
        survey(data)
    assert time.process_time() - begin < 2


def test_more_objects_than_anybody_looks_at_are_not_taken_out():
    block = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    found = survey(block * (MOST_OBJECTS + 5))
    assert len(found.found) == MOST_OBJECTS
    assert "10,000" in found.skipped[-1].why
