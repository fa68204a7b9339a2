"""The edge of the command line: streams, signals, words that make no sense, and what is not imported."""

import os
import subprocess
import sys

import pytest

import tlsca

COMMANDS = ("init", "ca", "issue", "list", "inspect", "export", "import", "probe", "listen", "log", "config")


def modules_after(*words: str) -> set[str]:
    """The names of the packages that a command has loaded by its end."""
    program = (
        "import sys, tlsca.cli.command as c\n"
        "status = c.run(sys.argv[1:], open_app=lambda store, read_only, demo: 0, list_keys=dict)\n"
        "print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)\n"
        "sys.exit(status)"
    )
    ran = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, check=True, timeout=30)
    return set(ran.stderr.decode().split())


@pytest.fixture
def loaded():
    return False


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_version_and_help_load_neither_cryptography_nor_textual(environment, words):
    assert not modules_after(*words) & {"cryptography", "textual", "rich", "tinydb", "ssl"}


@pytest.mark.parametrize("words", [["list"], ["probe", "127.0.0.1:bad", "--help"], ["inspect", "localhost"]])
def test_no_command_loads_textual(store, words):
    assert not modules_after(*words) & {"textual", "rich"}


def test_the_version_is_the_packages(process):
    ran = process("--version")
    assert (ran.status, ran.text, ran.err) == (0, f"tlsca {tlsca.__version__}\n", b"")


def test_the_installed_entry_point_is_the_same_program():
    ran = subprocess.run(
        ["tlsca", "--version"], capture_output=True, check=True, timeout=30, env={"PATH": _bin()}
    )
    assert ran.stdout.decode() == f"tlsca {tlsca.__version__}\n"


def _bin() -> str:
    return sys.executable.rpartition("/")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(done, command):
    told = done(command, "--help").text
    assert told.startswith(f"Usage: tlsca {command}")
    assert "Traceback" not in told


def test_help_names_every_command(done):
    told = done("--help").text
    for command in COMMANDS:
        assert f"  {command} " in told


def test_without_words_the_app_opens(cli, environment):
    assert cli("--store", "somewhere").status == 0


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["list", "--nonsense"],
        ["ca"],
        ["ca", "nonsense"],
        ["--nonsense"],
        ["issue"],
        ["\x1b[2J"],
        ["\udcff"],
        ["list", "--\u202e"],
    ],
)
def test_wrong_usage_is_status_2_with_a_way_out(cli, store, words):
    ran = cli(*words)
    assert (ran.status, ran.out) == (2, b"")
    assert "--help" in ran.talk
    assert not ran.unsafe


@pytest.mark.parametrize(
    "words", [["list"], ["log", "--json"], ["export", "localhost", "--as", "der"], ["--help"]]
)
def test_a_reader_who_has_seen_enough_is_no_fault(store, words):
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [sys.executable, "-m", "tlsca", *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=30,
    )
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    "words", ["list", "log --json", "export localhost --as der", "inspect localhost --as text"]
)
def test_output_that_cannot_be_written_is_a_sentence(store, words):
    ran = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m tlsca {words} > /dev/full"],
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert ran.returncode == 3
    assert b"No space left on device" in ran.stderr
    assert b"Traceback" not in ran.stderr
    assert b"Exception" not in ran.stderr


def test_closed_streams_are_no_fault(store):
    command = f"{sys.executable} -m tlsca list <&- >&- 2>&-"
    assert subprocess.run(["bash", "-c", command], check=False, timeout=30).returncode == 0


def test_a_locale_that_knows_no_glyphs_is_no_fault(process, store):
    assert (
        "valid" in process("list", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}).text
    )


def test_the_passphrase_is_asked_for_and_not_shown(terminal, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    ran = terminal(
        "issue", "a.example", "--issuer", "Test Root",
        typing=[(b"Passphrase of the store:", b"correct horse battery staple\n")],
    )  # fmt: skip
    assert ran.status == 0
    assert "Issued a.example" in ran.text
    assert "correct" not in ran.text


def test_init_asks_twice(terminal, environment, tmp_path):
    environment.delenv("TLSCA_PASSPHRASE")
    ran = terminal(
        "init",
        typing=[(b"store:", b"correct horse battery\n"), (b"confirmation:", b"correct horse battery\n")],
    )
    assert ran.status == 0, ran.text
    assert (tmp_path / "store" / "journal.jsonl").exists()


def test_ctrl_c_at_the_prompt_changes_nothing(terminal, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    before = (store / "journal.jsonl").read_bytes()
    ran = terminal(
        "issue", "a.example", "--issuer", "Test Root", typing=[(b"Passphrase of the store:", b"\x03")]
    )
    assert ran.status == 130
    assert "Traceback" not in ran.text
    assert (store / "journal.jsonl").read_bytes() == before


def test_a_defect_is_reported_without_what_was_in_it(cli, store, environment, tmp_path):
    def broken(_desk):
        raise RuntimeError("hunter2")

    environment.setenv("TMPDIR", str(tmp_path))
    environment.setattr("tempfile.tempdir", None)
    environment.setattr("tlsca.cli.certificates.entries", broken)
    ran = cli("list")
    assert (ran.status, ran.out) == (3, b"")
    assert "RuntimeError" in ran.talk
    assert "Traceback" not in ran.talk
    (report,) = tmp_path.glob("tlsca-defect-*.txt")
    assert "in broken" in report.read_text()
    assert "hunter2" not in ran.talk + report.read_text()
