"""import: what is there already, taken in once."""

from pathlib import Path

import pytest


@pytest.fixture
def exported(done, store, environment, tmp_path):
    """A PKCS#12 and its parts, and a new, empty store to import into."""
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "pkcs12", "--out", "a.p12")
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    done("export", "localhost", "--as", "key", "--out", "key.pem")
    environment.setenv("TLSCA_STORE", str(tmp_path / "second"))
    done("init")
    return tmp_path


def test_a_pkcs12_brings_the_certificate_its_chain_and_its_key(done, exported, environment):
    environment.setenv("TLSCA_IMPORT_PASSPHRASE", "open sesame")
    made = done("import", "a.p12", "--json").json
    assert {item["subject"]: item["has_key"] for item in made} == {
        "CN=Test Root": False,
        "CN=Test Intermediate": False,
        "CN=localhost": True,
    }
    assert {item["profile"] for item in made} == {"root", "intermediate", "server"}
    assert done("list", "--json").json == made
    issuers = {item["subject"]: item["issuer_ref"] for item in made}
    refs = {item["subject"]: item["ref"] for item in made}
    assert issuers["CN=localhost"] == refs["CN=Test Intermediate"]


def test_parts_in_several_files_find_each_other(done, exported, environment):
    environment.setenv("TLSCA_IMPORT_PASSPHRASE", "open sesame")
    done("import", "key.pem", "chain.pem")
    found = {item["subject"]: item["has_key"] for item in done("list", "--json").json}
    assert found["CN=localhost"]


def test_importing_twice_changes_nothing_and_says_so(done, exported):
    done("import", "chain.pem")
    before = done("list", "--json").out
    ran = done("import", "chain.pem", "--json")
    assert ran.json == []
    assert ran.talk.count("already") == 3
    assert done("list", "--json").out == before


@pytest.mark.parametrize("secret", ["close sesame", "", None], ids=["wrong", "empty", "missing"])
def test_without_the_files_passphrase_nothing_is_imported(cli, done, exported, tmp_path, secret):
    words = []
    if secret is not None:
        (tmp_path / "secret").write_text(secret)
        words = ["--passphrase-file-in", "secret"]
    for file in ("a.p12", "key.pem"):
        ran = cli("import", "chain.pem", file, *words)
        assert (ran.status, ran.out) == (4, b"")
    assert done("list", "--json").json == []


@pytest.mark.parametrize("path", ["missing", "noise", "/dev/null", "/dev/zero", "a\udcff", "a\x1b[2J", ""])
def test_one_bad_file_among_good_ones_imports_nothing(cli, done, exported, path):
    Path("noise").write_bytes(bytes(range(256)))
    ran = cli("import", "chain.pem", path)
    assert (ran.status, ran.out) == (3, b""), ran.talk
    assert "defect" not in ran.talk
    assert not ran.unsafe
    assert done("list", "--json").json == []
