"""note, trash, undo, passphrase."""

import pytest


def test_what_is_noted_is_listed_and_found(done, store):
    done("note", "localhost", "--set", "Ask Ann.", "--tag", "shop", "--contact", "ann@example.com")
    (listed,) = done("list", "localhost", "--json").json
    assert (listed["note"], listed["tags"], listed["contacts"]) == ("Ask Ann.", ["shop"], ["ann@example.com"])
    shown = done("note", "localhost").text
    assert shown == "localhost\n  tags: shop\n  contacts: ann@example.com\n  Ask Ann.\n"


def test_a_name_is_given_and_taken_away(done, store):
    assert done("note", "localhost", "--name", "The shop", "--json").json[0]["label"] == "The shop"
    assert done("inspect", "the shop", "--as", "summary").text
    assert done("note", "The shop", "--name", "", "--json").json[0]["label"] is None


def test_hostile_notes_reach_no_terminal(done, store):
    done("note", "localhost", "--set", "a\x1b[2Jb", "--name", "x\x1b]0;y")
    for words in (("note", "localhost"), ("list",), ("log",)):
        assert not done(*words).unsafe


def test_trash_puts_away_lists_takes_back_and_empties(cli, done, store):
    asked = cli("trash", "put", "localhost")
    assert (asked.status, "There is nobody to ask" in asked.talk) == (2, True)
    (put,) = done("trash", "put", "localhost", "--yes", "--json").json
    assert done("trash", "list", "--json").json == [put]
    assert "localhost" in done("trash", "list").text
    assert not done("list", "localhost", "--json").json
    done("trash", "restore", put["ref"])
    assert done("list", "localhost", "--json").json[0]["has_key"]
    done("trash", "put", "localhost", "--yes")
    assert cli("trash", "empty").status == 2
    assert done("trash", "empty", "--yes", "--json").json == [put["sha256"]]
    assert done("trash", "list", "--json").json == []


def test_an_authority_with_certificates_is_refused(cli, store):
    ran = cli("trash", "put", "Test Intermediate", "--yes")
    assert ran.status == 3
    assert "issued 2 certificates that would lose their issuer" in ran.talk


def test_undo_takes_back_the_last_act_and_says_when_it_cannot(cli, done, store):
    done("revoke", "localhost", "--yes")
    assert done("undo", "--json").json["act"] == "revoke"
    assert done("list", "localhost", "--json").json[0]["status"] == "valid"
    ran = cli("undo")
    assert ran.status == 3
    assert "issue" in ran.talk
    assert "tlsca revoke" in ran.talk


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "new"
    path.write_text("four other words here\n")
    return path


def test_the_passphrase_is_changed_from_a_file(cli, done, store, secret, environment):
    done("passphrase", "--new-passphrase-file", str(secret))
    assert cli("issue", "a.example", "--issuer", "Test Intermediate").status == 4
    done("issue", "a.example", "--issuer", "Test Intermediate", "--passphrase-file", str(secret))


def test_what_a_guess_costs_is_raised_alone(cli, done, store):
    told = done("passphrase", "--keep", "--memory", "2", "--passes", "2", "--json").json
    assert (told["memory_kib"], told["passes"]) == (2048, 2)
    assert cli("passphrase", "--keep", "--memory", "1").status == 2
    done("issue", "a.example", "--issuer", "Test Intermediate")


def test_a_wrong_passphrase_changes_none(cli, store, secret, environment):
    environment.setenv("TLSCA_PASSPHRASE", "not the passphrase")
    assert cli("passphrase", "--new-passphrase-file", str(secret)).status == 4


# log


def test_the_log_is_filtered(cli, done, store):
    done("issue", "a.example", "--issuer", "Test Intermediate")
    assert [one["act"] for one in done("log", "--act", "unlock", "--json").json_lines] == ["unlock"]
    assert done("log", "--since", "1h", "--act", "issue").text.count("Issued") == 3
    assert done("log", "--since", "2000-01-01", "--json").json_lines[0]["act"] == "init"
    assert cli("log", "--act", "isue").status == 2
    assert cli("log", "--since", "yesterdayish").status == 2


def test_a_checkpoint_shows_that_the_journal_was_cut_short(cli, done, store, tmp_path):
    done("log", "--checkpoint", "--sign", "Test Root", "--out", "checkpoint.json")
    assert "signed by CN=Test Root" in done("log", "--compare", "checkpoint.json").text
    journal = store / "journal.jsonl"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-3]))
    done("log", "--verify")
    ran = cli("log", "--compare", "checkpoint.json")
    assert (ran.status, "The journal was cut short" in ran.text) == (1, True)
    assert not cli("log", "--compare", "checkpoint.json", "--json").json["holds"]


def test_a_checkpoint_goes_through_a_pipe(done, store):
    made = done("log", "--checkpoint").out
    assert done("log", "--compare", "-", "--json", stdin=made).json["holds"]


def test_what_is_no_checkpoint_or_no_use_is_refused(cli, store, tmp_path):
    (tmp_path / "x.json").write_text("{}")
    assert cli("log", "--compare", "x.json").status == 3
    assert cli("log", "--sign", "Test Root").status == 2
    assert cli("log", "--verify", "--checkpoint").status == 2


# backup and restore


def test_a_backup_is_made_checked_and_restored(cli, done, store, tmp_path):
    made = done("backup", "a.tar", "--json").json
    assert "is whole: " in done("backup", "a.tar", "--check").text
    done("trash", "put", "localhost", "--yes")
    assert cli("restore", "a.tar").status == 2  # nobody to ask
    told = done("restore", "a.tar", "--yes", "--json").json
    assert told["backup"]["hash"] == made["hash"]
    assert done("list", "localhost", "--json").json
    done("list", "--store", told["kept"])


def test_a_damaged_backup_changes_nothing(cli, done, store, tmp_path):
    done("backup", "a.tar")
    path = tmp_path / "a.tar"
    path.write_bytes(path.read_bytes()[:5000])
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("restore", "a.tar", "--yes")
    assert (ran.status, "is damaged" in ran.talk) == (3, True)
    assert cli("backup", "a.tar", "--check").status == 3
    assert (store / "journal.jsonl").read_bytes() == before


def test_backups_come_round_after_an_act_and_never_fail_it(done, store, tmp_path, environment):
    config = tmp_path / "config.toml"
    config.write_text('backup_every = 7\nbackup_keep = 3\nbackup_dir = "round"\n')
    environment.setenv("TLSCA_CONFIG", str(config))
    done("list")
    assert not (tmp_path / "round").exists()
    done("issue", "a.example", "--issuer", "Test Intermediate")
    assert len(list((tmp_path / "round").iterdir())) == 1
    done("note", "a.example", "--tag", "x")
    assert len(list((tmp_path / "round").iterdir())) == 1
    config.write_text('backup_every = 7\nbackup_dir = "config.toml/below"\n')
    ran = done("note", "a.example", "--tag", "y")
    assert "Upkeep of the store: " in ran.talk


def test_settings_of_backups_are_shown(done, store):
    assert done("config", "--json").json["backup_keep"] == {"value": 10, "from": "default"}


# At the door


def test_a_store_that_others_may_enter_is_warned_of_before_anything(done, store, tmp_path, environment):
    assert not done("list").talk
    store.chmod(0o755)
    assert "Others than its owner may read" in done("list").talk
    store.chmod(0o700)
    (tmp_path / "link").symlink_to(store)
    assert "is a symbolic link" in done("list", "--store", tmp_path / "link").talk


def test_who_only_wants_to_look_replaces_no_store(cli, done, store, tmp_path):
    done("--read-only", "backup", "a.tar")
    assert cli("--read-only", "restore", "a.tar", "--yes").status == 3
    done("--read-only", "restore", "a.tar", "--into", "elsewhere")
    assert done("list", "--store", "elsewhere").text == done("list").text
