"""`lint`, `verify`, `doctor` and `calendar`: what they print, and with which status they end."""

import icalendar
import pytest

from tlsca.cli.edge import INTERRUPTED


def ref(cli, name):
    (found,) = [one for one in cli("list", "--json").json if one["subject"].startswith(f"CN={name}")]
    return found["sha256"]


@pytest.fixture
def leaf_file(store, done, tmp_path):
    """The server's certificate as a file, without its chain."""
    done("export", "localhost", "--as", "pem", "--out", tmp_path / "leaf.pem", "--force")
    return tmp_path / "leaf.pem"


def test_lint_of_a_sound_certificate_has_nothing_to_say(store, cli):
    ran = cli("lint", "localhost")
    assert ran.status == 0, ran.talk
    assert "nothing to remark upon" in ran.text


def test_lint_of_a_file_and_of_standard_input_say_the_same(store, cli, openssl, tmp_path):
    weak = openssl(
        "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", tmp_path / "k", "-subj", "/CN=a.example"
    )
    (tmp_path / "weak.pem").write_bytes(weak)
    from_file, from_stdin = cli("lint", tmp_path / "weak.pem"), cli("lint", "-", stdin=weak)
    assert from_file.status == from_stdin.status == 1
    assert "weak-key" in from_file.text
    assert from_file.text.splitlines()[1:] == from_stdin.text.splitlines()[1:]
    told = cli("lint", "-", "--json", stdin=weak).json
    assert not told["sound"]
    assert {"code", "severity", "culprit", "message", "fix", "source", "repair"} <= told["remarks"][0].keys()


def test_lint_works_without_a_store(environment, cli, openssl, tmp_path):
    pem = openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-subj", "/CN=A\x1b[2J"
    )
    ran = cli("lint", "-", stdin=pem)
    assert ran.status in {0, 1}
    assert not ran.unsafe


@pytest.mark.parametrize("command", ["lint", "verify"])
def test_what_is_nowhere_cannot_be_checked(store, cli, command):
    ran = cli(command, "nobody.example")
    assert ran.status == 3
    assert "nobody.example" in ran.talk


@pytest.mark.parametrize("command", ["lint", "verify"])
def test_a_file_without_a_certificate_is_refused(store, cli, command):
    assert cli(command, "-", stdin=b"hello").status == 3


def test_verify_trusts_the_store_s_own_roots(store, cli):
    ran = cli("verify", "localhost", "--host", "localhost")
    assert ran.status == 0, ran.text
    assert "It stands." in ran.text
    told = cli("verify", "localhost", "--json").json
    assert told["good"]
    assert [one["subject"] for one in told["path"]][1:] == ["CN=Test Intermediate", "CN=Test Root"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--host", "other.example"), "hostname-mismatch"),
        (("--purpose", "client"), "wrong-usage"),
        (("--at", "2099-01-01"), "expired"),
        (("--trust", "none"), "untrusted-root"),
    ],
)
def test_verify_says_no_with_status_1_and_why(store, cli, words, code):
    ran = cli("verify", "localhost", *words, "--json")
    assert ran.status == 1
    assert code in {finding["code"] for finding in ran.json["findings"]}
    assert "It does not stand." in cli("verify", "localhost", *words).text


def test_verify_takes_revocation_lists(store, cli, done, tmp_path):
    done("revoke", "localhost", "--yes")
    done("crl", "Test Intermediate", "--out", tmp_path / "list.pem")
    ran = cli("verify", ref(cli, "localhost"), "--crl", tmp_path / "list.pem", "--json")
    assert ran.status == 1
    assert [one["code"] for one in ran.json["findings"]] == ["revoked"]


def test_verify_takes_an_authority_for_its_newest_lists(store, cli, done):
    words = ("verify", ref(cli, "localhost"), "--crl", "Test Intermediate")
    ran = cli(*words)
    assert (ran.status, ran.out) == (3, b"")
    assert "has published no CRL" in ran.talk
    done("crl", "Test Intermediate")
    done(*words)
    done("revoke", "localhost", "--yes")
    done("crl", "Test Intermediate", "--delta")
    assert [one["code"] for one in cli(*words, "--json").json["findings"]] == ["revoked"]
    for word, said in (("localhost", "no authority"), ("nobody.crl", "nobody.crl")):
        ran = cli("verify", ref(cli, "localhost"), "--crl", word)
        assert (ran.status, said in ran.talk) == (3, True)


@pytest.mark.parametrize("words", [("--purpose", "peace"), ("--at", "soon"), ("--host", "a@b.example")])
def test_wrong_words_are_wrong_usage(store, cli, words):
    assert cli("verify", "localhost", *words).status == 2


def test_the_doctor_finds_a_sound_store_sound(store, cli):
    ran = cli("doctor", "--fail-on", "warning")
    assert ran.status == 0, ran.text
    assert "4 live certificates: nothing to remark upon" in ran.text


def test_the_doctor_fails_from_the_level_that_is_asked(store, cli):
    (store / "journal.jsonl").chmod(0o644)
    assert cli("doctor").status == 0
    ran = cli("doctor", "--fail-on", "warning")
    assert ran.status == 1
    assert "lax-modes" in ran.text
    assert "chmod -R go= " in ran.text
    told = cli("doctor", "--json").json
    assert told["counts"]["warning"] == 1


def test_the_doctor_counts_on_a_terminal_alone_and_can_be_stopped(store, cli, done, terminal, environment):
    rows = "".join(f"host{number}.example\n" for number in range(400))
    done("issue", "--from-csv", "-", "--issuer", "Test Intermediate", stdin=f"name\n{rows}".encode())
    environment.setenv("TERM", "xterm")
    stopped = terminal("doctor", typing=[(b" of 40", b"\x03")])
    assert stopped.status == INTERRUPTED
    assert stopped.text.endswith("\x1b[KStopped.\n")
    ran = terminal("doctor")
    assert " certificates\r\x1b[K" in ran.text
    assert "live certificates" in ran.text.splitlines()[-1]
    assert cli("doctor").talk == ""


def test_the_doctor_needs_no_passphrase(store, cli, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert cli("doctor").status == 0


def test_the_calendar_goes_to_standard_output_or_a_file(store, cli, done, tmp_path):
    shown = done("calendar").out
    assert len(icalendar.Calendar.from_ical(shown).walk("VEVENT")) == 4
    done("calendar", "--out", tmp_path / "ends.ics")
    assert (tmp_path / "ends.ics").read_bytes() == shown
    assert cli("calendar", "--out", tmp_path / "ends.ics").status == 3
    done("calendar", "--out", tmp_path / "ends.ics", "--force")
