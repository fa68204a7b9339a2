"""import: what is there already, taken in once."""

import shutil
from pathlib import Path

import pytest

from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.keeping import open_store, unlock

STORES_OWN = "correct horse battery staple"


@pytest.fixture(scope="module")
def parts(furnished, tmp_path_factory):
    """A directory with a PKCS#12 and its parts."""
    place = tmp_path_factory.mktemp("parts")
    desk = open_store(shutil.copytree(furnished, tmp_path_factory.mktemp("first") / "store"))
    unlock(desk, STORES_OWN)
    for form, name, secret in (
        ("pkcs12", "a.p12", "open sesame"),
        ("fullchain", "chain.pem", None),
        ("key", "key.pem", "open sesame"),
    ):
        export(desk, ExportForm(reference="localhost", format=form, passphrase=secret), place / name)
    desk.close()
    return place


@pytest.fixture
def exported(parts, empty_store, tmp_path):
    """Those files, and a new, empty store to import them into."""
    shutil.copytree(parts, tmp_path, dirs_exist_ok=True)
    empty_store()
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
