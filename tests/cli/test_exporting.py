"""export: what goes out, and what does not."""

import os
import stat
import subprocess
import sys

import pytest

from tlsca.pki.bundle import FORMATS

PRIVATE = [name for name, form in FORMATS.items() if form.has_key]


@pytest.mark.parametrize(("form", "count"), [("pem", 1), ("chain", 2), ("fullchain", 3)])
def test_pem_chain_and_fullchain_hold_so_many_certificates_leaf_first(done, store, openssl, form, count):
    done("export", "localhost", "--as", form, "--out", "out.pem")
    told = done("export", "localhost", "--as", form).out
    assert told.count(b"BEGIN CERTIFICATE") == count
    assert b"PRIVATE" not in told
    assert (
        openssl("x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in", "out.pem")
        == b"subject=CN=localhost\n"
    )


def test_der_is_the_certificate_to_the_byte(done, store, openssl):
    done("export", "localhost", "--as", "pem", "--out", "a.pem")
    assert done("export", "localhost", "--as", "der").out == openssl(
        "x509", "-in", "a.pem", "-outform", "DER"
    )


def test_the_key_is_pkcs8_and_belongs_to_the_certificate(done, store, openssl, tmp_path):
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "key.pem")
    done("export", "localhost", "--as", "pem", "--out", "a.pem")
    assert b"BEGIN PRIVATE KEY" in (tmp_path / "key.pem").read_bytes()
    assert openssl("pkey", "-in", "key.pem", "-pubout") == openssl(
        "x509", "-in", "a.pem", "-noout", "-pubkey"
    )
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_an_encrypted_key_opens_with_its_passphrase_alone(done, store, environment, openssl):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "key", "--out", "key.pem")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in openssl(
        "pkcs8", "-in", "key.pem", "-passin", "pass:open sesame", "-topk8", "-passout", "pass:x1234"
    )
    with pytest.raises(AssertionError):
        openssl("pkey", "-in", "key.pem", "-passin", "pass:close sesame", "-noout")


def test_pkcs12_holds_key_and_chain_under_its_passphrase(done, store, environment, openssl):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "pkcs12", "--out", "a.p12")
    found = openssl("pkcs12", "-in", "a.p12", "-passin", "pass:open sesame", "-nodes")
    assert found.count(b"BEGIN CERTIFICATE") == 3
    assert found.count(b"BEGIN PRIVATE KEY") == 1


def test_a_directory_gets_a_file_named_after_the_certificate(done, store, tmp_path):
    told = done("export", "localhost", "--as", "chain", "--out", ".", "--json").json
    assert told["path"] == str(tmp_path / "localhost.chain.pem")
    assert told["octets"] == (tmp_path / "localhost.chain.pem").stat().st_size


@pytest.mark.parametrize("form", PRIVATE)
def test_a_key_never_leaves_in_the_clear_unless_that_is_spelled_out(cli, store, tmp_path, form):
    ran = cli("export", "localhost", "--as", form, "--out", "out")
    assert (ran.status, ran.out) == (4, b"")
    assert "--no-passphrase" in ran.talk or "TLSCA_EXPORT_PASSPHRASE" in ran.talk
    assert not (tmp_path / "out").exists()


def test_an_empty_passphrase_file_is_no_way_to_a_key_in_the_clear(cli, store, tmp_path):
    (tmp_path / "empty").write_text("\n")
    ran = cli("export", "localhost", "--as", "key", "--export-passphrase-file", "empty", "--out", "out")
    assert ran.status == 4
    assert not (tmp_path / "out").exists()


def test_writing_a_key_out_is_in_the_log(done, store):
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "key.pem")
    last = done("log", "--json").json_lines[-1]
    assert (last["act"], last["detail"]["clear"]) == ("export-key", True)


def test_a_file_that_is_there_stays_unless_forced(cli, done, store, tmp_path):
    (tmp_path / "a.pem").write_text("mine")
    ran = cli("export", "localhost", "--as", "pem", "--out", "a.pem")
    assert ran.status == 3
    assert (tmp_path / "a.pem").read_text() == "mine"
    done("export", "localhost", "--as", "pem", "--out", "a.pem", "--force")
    assert b"BEGIN CERTIFICATE" in (tmp_path / "a.pem").read_bytes()


def test_force_replaces_a_link_and_not_what_it_points_to(done, store, tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a.pem").symlink_to("precious")
    done("export", "localhost", "--as", "pem", "--out", "a.pem", "--force")
    assert (tmp_path / "precious").read_text() == "mine"
    assert not (tmp_path / "a.pem").is_symlink()


def test_private_files_are_private_from_the_start_whatever_the_umask(done, store, tmp_path):
    before = os.umask(0)
    try:
        done("export", "localhost", "--as", "pem-all", "--no-passphrase", "--out", "all.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "all.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["localhost", "--as", "nonsense"], 2),
        (["localhost"], 2),
        (["nobody", "--as", "pem"], 3),
        (["localhost", "--as", "pem", "--out", "missing/a.pem"], 3),
        (["localhost", "--as", "pem", "--json"], 2),
    ],
)
def test_what_cannot_be_exported_is_refused(cli, store, words, status):
    ran = cli("export", *words)
    assert (ran.status, ran.out) == (status, b"")
    assert ran.talk.strip()


def test_a_certificate_whose_key_is_elsewhere_has_none_to_export(cli, done, store, empty_store):
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    empty_store()
    done("import", "chain.pem")
    ran = cli("export", "localhost", "--as", "key", "--no-passphrase")
    assert (ran.status, ran.out) == (3, b"")


def test_a_request_of_a_certificate_is_signed_with_its_key(done, store, openssl):
    asked = done("export", "localhost", "--as", "csr").out
    assert b"DNS:localhost" in openssl("req", "-noout", "-text", "-verify", stdin=asked)


def test_a_revocation_list_is_that_of_the_authority_or_of_who_issued_the_leaf(cli, done, store, openssl):
    before = cli("export", "localhost", "--as", "crl")
    assert (before.status, before.out) == (3, b"")
    assert "Publish" in before.talk
    published = done("crl", "Test Intermediate").out
    for reference in ("localhost", "Test Intermediate"):
        assert done("export", reference, "--as", "crl").out == published


def test_public_forms_need_no_passphrase(done, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert done("export", "localhost", "--as", "jwk").json["crv"] == "P-256"
    assert done("export", "localhost", "--as", "ssh-public").text.startswith("ecdsa-sha2-nistp256 ")
    assert done("export", "localhost", "--as", "text").text.startswith("Certificate:\n")
    assert done("export", "localhost", "--as", "truststore").out.startswith(b"\x30")


def test_what_a_file_is_sealed_with_is_told(dear_seals, done, store, environment):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "a passphrase for the file")
    told = done("export", "localhost", "--as", "pkcs12", "--out", "bundle.p12", "--json").json
    assert told["sealing"]["MAC"] == "HMAC-SHA256, 300,000 rounds"
    assert "AES-256-CBC" in told["sealing"]["Sealed part"]
    assert "300,000 rounds" in done("export", "localhost", "--as", "pkcs12", "--out", "b.p12").talk


# A file system of its own, filled to the last page, in a name space that ends with the command; then what is left on it.
_ON_A_FULL_DISK = """
place=$1; shift
mount -t tmpfs -o size=16k none "$place" && mkdir "$place/out" || exit
cat /dev/zero >"$place/filling" 2>/dev/null
"$@"
ls -A "$place/out"
"""


_ON_A_READ_ONLY_DISK = """
place=$1; shift
mount -t tmpfs none "$place" && mkdir "$place/out" && mount -o remount,ro "$place" || exit
"$@"
ls -A "$place/out"
"""


@pytest.mark.parametrize("words", [("--for", "nginx"), ("--as", "chain")])
@pytest.mark.parametrize(
    ("disk", "told"),
    [(_ON_A_FULL_DISK, "space"), (_ON_A_READ_ONLY_DISK, "can be written to")],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing_is_told_in_a_sentence(store, tmp_path, words, disk, told):
    place = tmp_path / "disk"
    place.mkdir()
    export = [sys.executable, "-m", "tlsca", "export", "localhost", *words, "--out", place / "out"]
    secret = os.environ | {"TLSCA_EXPORT_PASSPHRASE": "a passphrase for the file"}
    command = ["unshare", "-rm", "sh", "-c", disk, "sh", place, *export]
    ran = subprocess.run(command, env=secret, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in ran.stderr or "mount" in ran.stderr:
        pytest.skip("no file system of our own can be mounted here")
    assert "Traceback" not in ran.stderr
    assert told in ran.stderr
    assert ran.stdout == ""
