"""Input that nobody should send, and everybody will: one sentence, a way out, and a store in which no octet has changed."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tlsca.pki.writing import bit_string, integer, octet_string, sequence, tagged

ISSUER = ("--issuer", "Test Intermediate")
KEY = ec.generate_private_key(ec.SECP256R1())
SHA256_WITH_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
RSA = bytes.fromhex("300d06092a864886f70d0101010500")
EXTENSION_REQUEST = bytes.fromhex("06092a864886f70d01090e")
SUBJECT_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


@pytest.fixture
def refused(cli, store):
    """Run a command that has to refuse; return its sentence. Nothing in the store is other than before."""

    def refused(*words, status: int, stdin: bytes = b"") -> str:
        before = everything_in(store)
        ran = cli(*words, stdin=stdin)
        assert (ran.status, ran.out) == (status, b""), ran.talk
        assert everything_in(store) == before
        return sentence_of(ran)

    return refused


def everything_in(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def sentence_of(ran) -> str:
    """Return the one sentence of a refusal, which a hint follows."""
    assert not ran.unsafe
    assert "Traceback" not in ran.talk
    assert "defect" not in ran.talk
    sentence, hint = ran.talk.splitlines()
    assert sentence.endswith(".")
    assert hint.strip()
    return sentence


# Certificate requests


def body(spki: bytes, *extensions: bytes) -> bytes:
    name = x509.Name.from_rfc4514_string("CN=www.example.com").public_bytes()
    asked = sequence(EXTENSION_REQUEST, tagged(0x31, sequence(*extensions))) if extensions else b""
    return sequence(integer(0), name, spki, tagged(0xA0, asked))


def signed(content: bytes, algorithm: bytes, signature: bytes) -> bytes:
    return sequence(content, algorithm, bit_string(signature))


def names(*dns: str) -> bytes:
    value = sequence(*(tagged(0x82, name.encode()) for name in dns))
    return sequence(SUBJECT_ALTERNATIVE_NAME, octet_string(value))


def with_extensions(*extensions: bytes) -> bytes:
    content = body(
        KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), *extensions
    )
    return signed(content, ECDSA_WITH_SHA256, KEY.sign(content, ec.ECDSA(hashes.SHA256())))


def with_exponent_one() -> bytes:
    """A request whose signature anybody can make: what is raised to the power of one stays what it is."""
    modulus = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    content = body(sequence(RSA, bit_string(sequence(integer(modulus), integer(1)))))
    info = DIGEST_INFO + hashlib.sha256(content).digest()
    return signed(content, SHA256_WITH_RSA, b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info)


def with_512_bits(openssl) -> bytes:
    words = ("-newkey", "rsa:512", "-nodes", "-keyout", "small.key", "-subj", "/CN=www.example.com")
    return openssl("req", "-new", *words)


REQUESTS = {
    "a broken signature": (
        lambda: with_extensions(names("www.example.com")).replace(b"www.example.com", b"www.evil---.com"),
        "signature is wrong",
    ),
    "the exponent 1": (with_exponent_one, "e must be >= 3"),
    "a NUL in a name": (lambda: with_extensions(names("www.example.com\0.evil.example")), "\\0"),
    "an extension twice": (lambda: with_extensions(names("a.example"), names("b.example")), "twice"),
    "no octets": (lambda: b"", "holds nothing"),
    "half a request": (lambda: with_extensions(names("a.example"))[:100], "cut short"),
}


@pytest.mark.parametrize("fault", REQUESTS)
def test_a_request_with_a_fault_is_refused(refused, tmp_path, fault):
    make, why = REQUESTS[fault]
    (tmp_path / "bad.csr").write_bytes(make())
    assert why in refused("sign", "bad.csr", *ISSUER, status=3)


def test_a_request_with_an_rsa_key_of_512_bits_is_refused(refused, tmp_path, openssl):
    (tmp_path / "bad.csr").write_bytes(with_512_bits(openssl))
    assert "512 bits" in refused("sign", "bad.csr", *ISSUER, status=3)


def test_the_signature_with_the_exponent_one_fits(openssl):
    """OpenSSL has nothing against it: only a look at the key tells that nobody needs a private one."""
    words = ["openssl", "req", "-inform", "DER", "-noout", "-verify"]
    ran = subprocess.run(words, input=with_exponent_one(), capture_output=True, check=True, timeout=30)
    assert b"verify OK" in ran.stdout + ran.stderr


def test_ten_thousand_names_are_signed_and_told_briefly(cli, store, tmp_path, openssl):
    (tmp_path / "many.csr").write_bytes(with_extensions(names(*(f"n{n}.example" for n in range(10_000)))))
    ran = cli("sign", "many.csr", *ISSUER, "--json")
    assert ran.status == 0, ran.talk
    assert len(ran.json["names"]) == 10_000
    assert len(ran.talk) < 10_000
    for name, reference in (
        ("leaf", ran.json["ref"]),
        ("between", "Test Intermediate"),
        ("root", "Test Root"),
    ):
        cli("export", reference, "--as", "pem", "--out", f"{name}.pem")
    said = openssl("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "between.pem", "-verify_hostname",
                   "n9999.example", "leaf.pem")  # fmt: skip
    assert said == b"leaf.pem: OK\n"


# Tables


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (b"name,days\na.example,30\nb.example,many\n", "Row 3, column days"),
        (b"name,profile\na.example,server\nb.example,servr\n", "Row 3, column profile"),
        (b"name\na.example\nb..example\n", "Row 3, column name"),
        (b"name,key\na.example,rsa-512\n", "Row 2, column key"),
        (b"name,issuer\na.example,Test Intermediate\nb.example,Nobody\n", "Row 3, column issuer"),
        (b"name\na.example\nwww.example.com\0.evil.example\n", "Row 3, column name"),
        (b"name,colour\na.example,red\n", "colour"),
        (b"name,days\na.example,30,40\n", "Row 2"),
        (b"name\n", "no rows"),
        (b"\xff\xfe\0", "UTF-8"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_issued(refused, table, place):
    assert place in refused("issue", "--from-csv", "-", *ISSUER, status=3, stdin=table)


# Directories


@pytest.fixture
def mixed(done, store, tmp_path):
    """A directory with one good certificate among garbage."""
    directory = tmp_path / "mixed"
    directory.mkdir()
    other = with_extensions(names("a.example"))
    garbage = {
        "noise.pem": bytes(range(256)) * 8,
        "empty.pem": b"",
        "cut.pem": b"-----BEGIN CERTIFICATE-----\nMIIB\n",
        "lies.pem": b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "half.der": other[: len(other) // 2],
        "deep.der": b"\x30\x80" * 5000,
        "name\x1b[2J.txt": b"Dear Ada",
        "not.p12": b"\x30\x82\xff\xff" + bytes(64),
    }
    for name, data in garbage.items():
        (directory / name).write_bytes(data)
    (directory / "loop").symlink_to(directory)
    return directory, garbage


def good_certificate(openssl) -> bytes:
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null")
    return openssl("req", "-x509", *new, "-subj", "/CN=Good CA", "-days", "900")


def test_garbage_among_good_files_is_told_line_by_line_and_the_good_comes_in(
    cli, done, store, mixed, openssl
):
    directory, garbage = mixed
    (directory / "good.pem").write_bytes(good_certificate(openssl))
    ran = cli("import", directory)
    assert (ran.status, ran.unsafe) == (0, [])
    assert "Traceback" not in ran.talk
    assert ran.talk.count("Skipped ") == len(garbage)
    assert "CN=Good CA" in {one["subject"] for one in done("list", "--json").json}


def test_a_directory_of_garbage_alone_changes_nothing(cli, store, mixed):
    before = everything_in(store)
    ran = cli("import", mixed[0])
    assert ran.talk.count("Skipped ") == len(mixed[1])
    assert everything_in(store) == before


def test_one_locked_key_among_good_files_keeps_them_all_out(refused, mixed, openssl):
    directory, _ = mixed
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-passout", "pass:secret")
    pem = openssl("req", "-x509", *new, "-subj", "/CN=Good CA", "-keyout", directory / "good.key")
    (directory / "good.pem").write_bytes(pem)
    assert "under a passphrase" in refused("import", directory, status=4)


# Passphrases


def on_a_terminal(ran) -> str:
    """Return the last sentence of a refusal on a terminal, without what was asked."""
    assert "Traceback" not in ran.text
    sentence, hint = ran.text.strip().splitlines()[-2:]
    assert hint.strip() in {"Nothing was changed.", "Nothing was imported.", "Nothing was made."}
    return sentence


def test_three_wrong_passphrases_of_the_store_end_it(terminal, done, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    before, log = done("list", "--json").json, done("log", "--json").json_lines
    ran = terminal("issue", "a.example", *ISSUER, typing=[(b"Passphrase of the store", b"wrong\n")] * 3)
    assert (ran.status, on_a_terminal(ran)) == (4, "3 passphrases do not open the store.")
    assert done("list", "--json").json == before
    added = done("log", "--json").json_lines[len(log) :]
    assert [one["act"] for one in added] == ["unlock-failed"] * 3


def test_who_errs_twice_may_go_on(terminal, done, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    prompt = b"Passphrase of the store"
    typing = [
        (prompt, b"wrong\n"),
        (b"(attempt 2 of 3)", b"wrong\n"),
        (prompt, b"correct horse battery staple\n"),
    ]
    ran = terminal("issue", "a.example", *ISSUER, typing=typing)
    assert ran.status == 0, ran.text


def test_a_command_in_the_background_says_what_it_lacks_instead_of_being_stopped(
    terminal, done, store, environment
):
    environment.delenv("TLSCA_PASSPHRASE")
    job = 'python -m tlsca issue a.example --issuer "$0" & wait $!; echo "status $?"'
    ran = terminal(ISSUER[-1], program=("/bin/sh", "-mc", job.replace("python", sys.executable)))
    assert "Passphrase of the store is needed, and a command in the background cannot ask." in ran.text
    assert "set TLSCA_PASSPHRASE" in ran.text
    assert "status 4" in ran.text


def test_a_wrong_passphrase_that_nobody_typed_is_tried_once(cli, done, store, environment):
    environment.setenv("TLSCA_PASSPHRASE", "wrong")
    log = done("log", "--json").json_lines
    ran = cli("issue", "a.example", *ISSUER)
    assert ran.status == 4
    assert sentence_of(ran)
    assert [one["act"] for one in done("log", "--json").json_lines[len(log) :]] == ["unlock-failed"]


def test_init_with_three_different_repetitions_makes_nothing(terminal, environment, tmp_path):
    environment.delenv("TLSCA_PASSPHRASE")
    typing = [(b"store:", b"correct horse battery\n"), (b"confirmation:", b"correct horse batery\n")] * 3
    ran = terminal("init", typing=typing)
    assert (ran.status, on_a_terminal(ran)) == (4, "The passphrase and its repetition differed 3 times.")
    assert not (tmp_path / "store").exists()


def test_three_wrong_passphrases_of_a_pkcs12_import_nothing(terminal, done, store, environment):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "pkcs12", "--out", "a.p12")
    before = everything_in(store)
    ran = terminal("import", "a.p12", typing=[(b"a.p12:", b"wrong\n")] * 3)
    assert (ran.status, on_a_terminal(ran)) == (4, "3 passphrases do not open a.p12.")
    assert everything_in(store) == before
