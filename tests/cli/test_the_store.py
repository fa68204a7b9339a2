"""init, config, log: the store itself."""

import os
import shutil
import stat

import pytest


def test_init_makes_a_store_that_only_its_owner_can_enter(done, tmp_path):
    made = done("init", "--json")
    assert made.json == {"store": str(tmp_path / "store")}
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert done("list", "--json").json == []


def test_a_second_init_is_refused_and_changes_nothing(cli, store):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("init")
    assert ran.status == 3
    assert "already" in ran.talk
    assert (store / "journal.jsonl").read_bytes() == before


def test_init_refuses_a_passphrase_that_protects_nothing(cli, environment, tmp_path):
    environment.setenv("TLSCA_PASSPHRASE", "short")
    ran = cli("init")
    assert ran.status == 3
    assert "too short" in ran.talk
    assert not (tmp_path / "store" / "journal.jsonl").exists()


def test_init_without_anybody_to_ask_is_refused(cli, environment, tmp_path):
    environment.delenv("TLSCA_PASSPHRASE")
    ran = cli("init")
    assert (ran.status, ran.out) == (4, b"")
    assert "TLSCA_PASSPHRASE" in ran.talk
    assert not (tmp_path / "store" / "journal.jsonl").exists()


def test_init_says_first_that_a_store_is_still_to_be_put_back(cli, store, environment):
    """Where a restore was interrupted, nobody is asked for the passphrase of a store that will not be made."""
    environment.delenv("TLSCA_PASSPHRASE")
    stamp = "20260301T120000Z"
    for role in ("before", "restored"):
        shutil.copytree(store, store.with_name(f"{store.name}-{role}-{stamp}"))
    shutil.rmtree(store)
    ran = cli("init")
    assert (ran.status, ran.out) == (3, b"")
    assert f"mv {store}-before-{stamp} {store}" in ran.talk.replace("\n", " ")
    assert not store.exists()


def test_the_passphrase_is_the_first_line_of_a_file_or_of_stdin(cli, store, environment, tmp_path):
    secret = "correct horse battery staple"
    environment.delenv("TLSCA_PASSPHRASE")
    (tmp_path / "secret").write_text(f"{secret}\r\nand a note\n")
    words = ("issue", "a.example", "--issuer", "Test Root")
    assert cli("--passphrase-file", "secret", *words).status == 0
    assert cli(*words, "--passphrase-file", "-", stdin=secret.encode()).status == 0
    (tmp_path / "secret").write_text(f"not the {secret}\n")
    assert cli(*words, "--passphrase-file", "secret").status == 4


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\n", b"a\0b\n"], ids=repr)
def test_a_passphrase_file_that_does_not_open_the_store_is_status_4(cli, store, tmp_path, content):
    (tmp_path / "secret").write_bytes(content)
    ran = cli("--passphrase-file", "secret", "issue", "a.example", "--issuer", "Test Root")
    assert ran.status == 4
    assert "passphrase" in ran.talk


def test_looking_never_asks_for_the_passphrase(done, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    for words in (
        ("list",),
        ("ca", "list"),
        ("log",),
        ("inspect", "localhost"),
        ("export", "localhost", "--as", "chain"),
    ):
        done(*words)


def test_the_log_tells_what_was_done_and_holds_when_verified(done, store):
    done("issue", "a.example", "--issuer", "Test Root")
    acts = done("log", "--json").json_lines
    assert [act["line"] for act in acts] == list(range(1, len(acts) + 1))
    assert acts[-1]["act"] == "issue"
    assert acts[-1]["detail"]["names"] == ["a.example"]
    assert done("log", "--verify", "--json").json == {"lines": len(acts), "intact": True}
    assert "issue" in done("log").text


def test_a_log_that_somebody_changed_is_named_by_its_line(cli, store):
    journal = store / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"Test Root", b"Best Root")
    journal.write_bytes(b"".join(lines))
    ran = cli("log", "--verify")
    assert ran.status == 3
    assert "line 3" in ran.talk.lower()


def test_config_says_where_each_setting_comes_from(done, environment, tmp_path):
    settings = tmp_path / "config" / "tlsca" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('key = "ec-p384"\nstore = "/nowhere"\n')
    found = done("config", "--json").json
    assert found["key"] == {"value": "ec-p384", "from": str(settings)}
    assert found["store"] == {"value": str(tmp_path / "store"), "from": "TLSCA_STORE"}
    assert found["expiring_days"] == {"value": 30, "from": "default"}
    assert done("config", "--store", "elsewhere", "--json").json["store"]["from"] == "--store"
    environment.delenv("TLSCA_STORE")
    assert done("config", "--json").json["store"] == {"value": "/nowhere", "from": str(settings)}
    assert "expiring_days" in done("config").text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kye = 1", "Did you mean key?"),
        ("expiring_days = true", "whole number"),
        ("theme = 3", "not text"),
        ("]", "no TOML"),
    ],
)
def test_a_settings_file_that_cannot_be_meant_is_wrong_usage(cli, environment, tmp_path, text, told):
    (tmp_path / "settings.toml").write_text(text)
    environment.setenv("TLSCA_CONFIG", str(tmp_path / "settings.toml"))
    ran = cli("config")
    assert ran.status == 2
    assert told in ran.talk


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("ca", "list"),
        ("issue", "a"),
        ("ca", "create", "X"),
        ("log",),
        ("import", "x"),
        ("export", "x", "--as", "pem"),
        ("listen", "x"),
    ],
)
def test_without_a_store_a_command_says_how_to_make_one(cli, words):
    ran = cli(*words)
    assert (ran.status, ran.out) == (3, b"")
    assert "tlsca init" in ran.talk


def test_config_has_the_keys_of_the_app_and_the_line_that_chose_each(done, cli, environment, tmp_path):
    settings = tmp_path / "settings.toml"
    environment.setenv("TLSCA_CONFIG", str(settings))
    settings.write_text('theme = "tlsca-light"\n\n[keys]\nissue = "f7, ctrl+n"\n')
    found = done("config", "--json").json["keys"]
    assert found["issue"] == {"value": "f7,ctrl+n", "from": f"{settings}:4"}
    assert found["renew"] == {"value": "r", "from": "default"}
    assert f"{settings}:4" in done("config").text
    assert "Issue a certificate" in done("config", "--keys").text
    settings.write_text('[keys]\nisue = "f7"\n')
    ran = cli("config")
    assert ran.status == 2
    assert f"{settings}:2: “isue” is no act." in ran.talk
    assert "Did you mean issue?" in ran.talk


@pytest.mark.parametrize(
    "words", [("--read-only", "ca", "create", "Another"), ("ca", "create", "Another", "--read-only")]
)
def test_a_store_that_is_read_only_by_option_takes_nothing(cli, done, store, words):
    before = len(done("list", "--read-only", "--json").json)
    ran = cli(*words)
    assert ran.status == 3
    assert "opened for reading only" in ran.talk
    assert len(done("list", "--json").json) == before


def test_a_store_that_is_read_only_by_the_settings_takes_nothing(cli, environment, store, tmp_path):
    (tmp_path / "settings.toml").write_text("read_only = true\n")
    environment.setenv("TLSCA_CONFIG", str(tmp_path / "settings.toml"))
    assert "opened for reading only" in cli("ca", "create", "Another").talk


def test_a_file_in_the_place_of_the_store_is_told_for_one(cli, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    ran = cli("--store", tmp_path / "notes.txt", "list")
    assert ran.status == 3
    assert ran.talk.splitlines()[0].endswith("notes.txt is a file, and a store is a directory.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else for a while")
def test_a_store_of_somebody_else_is_told_for_one(cli, done, store, environment):
    environment.setenv("TLSCA_CONFIG", os.devnull)
    done("list")  # what that loads is loaded while it can be read
    os.seteuid(65534)
    try:
        ran = cli("list")
    finally:
        os.seteuid(0)
    assert ran.status == 3
    assert "cannot be opened: Permission denied." in ran.talk
    assert "Its owner alone can read a store." in ran.talk
