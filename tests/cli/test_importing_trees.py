"""import of whole directories: what is said, what is asked, and that nothing half done is left."""

import json
import shutil
import subprocess

import pytest

SECRET = "imported horse"


@pytest.fixture
def tree(empty_store, tmp_path):
    """A directory of another authority: its certificate, its key under a passphrase, a leaf, a request and a letter."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    directory = tmp_path / "theirs"
    directory.mkdir()

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True, timeout=30)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "900")
    openssl("req", "-x509", *new, "-subj", "/CN=Their CA", "-keyout", "ca.key", "-passout", f"pass:{SECRET}",
            "-out", "ca.pem")  # fmt: skip
    openssl("req", "-x509", *new, "-subj", "/CN=leaf.example", "-CA", "ca.pem", "-CAkey", "ca.key", "-passin",
            f"pass:{SECRET}", "-nodes", "-keyout", "leaf.key", "-out", "leaf.pem", "-set_serial", "0x2a",
            "-addext", "basicConstraints=critical,CA:FALSE")  # fmt: skip
    (directory / "index.txt").write_text(
        "R\t290101000000Z\t260101000000Z,keyCompromise\t2B\tunknown\t/CN=gone\n"
    )
    (directory / "letter").write_text("Dear Ada")
    empty_store()
    return directory


@pytest.fixture
def secret(tmp_path):
    """A file of passphrases, the right one last."""
    (tmp_path / "secrets").write_text(f"wrong\n{SECRET}\n")
    return tmp_path / "secrets"


def test_a_directory_comes_in_and_each_part_is_told(done, tree, secret):
    ran = done("import", tree, "--passphrase-file-in", secret)
    assert ran.out == b""
    for line in (
        f"Found openssl ca in {tree}.",
        "Imported CN=Their CA.",
        "Imported CN=leaf.example.",
        "Imported 2 private keys.",
        "Imported 1 revocation of certificates that are not there.",
        f"Skipped {tree / 'letter'}: it holds nothing that tlsca knows.",
    ):
        assert line in ran.talk.splitlines()
    assert done("issue", "new.example", "--issuer", "Their CA", "--json").json["issuer"] == "CN=Their CA"


def test_json_has_the_certificates_and_with_report_everything(done, tree, secret):
    words = ("import", tree, "--passphrase-file-in", secret, "--json")
    report = done(*words, "--report", "--dry-run").json
    assert {item["subject"] for item in report["certificates"]} == {"CN=Their CA", "CN=leaf.example"}
    assert [key["kind"] for key in report["keys"]] == ["ec-p256", "ec-p256"]
    assert report["revoked_unseen"] == [
        {"serial": "2b", "issuer": "CN=Their CA", "revoked_at": "2026-01-01T00:00:00Z"}
    ]
    assert report["trees"] == [{"tool": "openssl ca", "path": str(tree)}]
    assert {"what": str(tree / "letter"), "why": "it holds nothing that tlsca knows", "where": ""} in report[
        "skipped"
    ]
    assert {item["subject"] for item in done(*words).json} == {"CN=Their CA", "CN=leaf.example"}


def test_a_dry_run_asks_for_no_passphrase_of_the_store_and_changes_nothing(done, environment, tree, secret):
    environment.delenv("TLSCA_PASSPHRASE")
    ran = done("import", tree, "--passphrase-file-in", secret, "--dry-run")
    assert "Would import CN=Their CA." in ran.talk
    assert done("list", "--json").json == []


def test_certificates_alone_need_no_passphrase_at_all(done, environment, tree):
    environment.delenv("TLSCA_PASSPHRASE")
    (tree / "leaf.key").unlink()
    ran = done("import", tree, "--leave-locked")
    assert f"Skipped {tree / 'ca.key'}: no passphrase that was given opens it." in ran.talk
    assert len(done("list", "--json").json) == 2


def test_a_person_is_asked_for_each_locked_thing_and_may_err(terminal, done, tree):
    prompt = b"ca.key: "
    ran = terminal("import", str(tree), typing=[(prompt, b"wrong\n"), (prompt, SECRET.encode() + b"\n")])
    assert ran.status == 0, ran.text
    assert SECRET not in ran.text
    assert len(done("list", "--json").json) == 2


def test_a_person_who_errs_three_times_ends_it(terminal, done, tree):
    ran = terminal("import", str(tree), typing=[(b"ca.key: ", b"wrong\n")] * 3)
    assert ran.status == 4
    assert "3 passphrases do not open" in ran.text
    assert done("list", "--json").json == []


def test_passphrases_may_come_on_standard_input(done, tree):
    ran = done("import", tree, "--passphrase-file-in", "-", stdin=f"wrong\r\n{SECRET}\r\n".encode())
    assert "Imported 2 private keys." in ran.talk


def test_many_lines_of_one_kind_are_only_counted(done, tree, secret):
    for number in range(60):
        (tree / f"letter-{number:02}").write_text("Dear Ada")
    ran = done("import", tree, "--passphrase-file-in", secret)
    assert sum(line.startswith(f"Skipped {tree}") for line in ran.talk.splitlines()) == 50
    assert "Skipped 11 more; --json --report names them all." in ran.talk


def test_hostile_names_reach_no_terminal(done, tree, secret):
    (tree / "a\x1b[2Jb\u202e").write_text("Dear Ada")
    (tree / "cfssl.json").write_text(json.dumps({"cert": "-----BEGIN \x1b[2J-----"}))
    ran = done("import", tree, "--passphrase-file-in", secret, "--json", "--report")
    assert not ran.unsafe
    assert "a\\x1b[2Jb" in ran.talk
