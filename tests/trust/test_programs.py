"""Running the programs of others: without a shell, without a secret in sight, and never for ever."""

import sys

import pytest

from tlsca.authority import programs
from tlsca.authority.programs import PASSWORD_FILE, Command, run
from tlsca.errors import Refused


def python(program: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program, *words)


def test_words_reach_a_program_as_they_are():
    hostile = ("-n", "a b", "$(id)", "'; rm -rf ~", "two\nlines", "")
    printed = run(Command(python("import sys; print(sys.argv[1:])", *hostile)))
    assert printed.decode().strip() == str(list(hostile))


def test_a_secret_is_read_from_a_file_that_its_words_name_and_from_nowhere_else():
    look = "import os, sys; print(sys.argv[1:], dict(os.environ), open(sys.argv[1]).read())"
    command = Command(python(look, PASSWORD_FILE), secret=b"open sesame")
    before, _, secret = run(command).decode().strip().rpartition("} ")
    assert secret == "open sesame"
    assert "sesame" not in before
    assert "sesame" not in repr(command) + command.shown()


def test_standard_input_is_given_and_shown_as_text_or_as_the_file_that_holds_it():
    command = Command(python("import sys; print(sys.stdin.read().upper())"), b"abc\n")
    assert run(command) == b"ABC\n\n"
    assert command.shown().endswith("<<'END_OF_FILE'\nabc\nEND_OF_FILE\n")
    named = Command(("cat",), b"abc\n", "/a file.pem")
    assert named.shown(root=True) == "sudo cat < '/a file.pem'\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-program", "x"), "no-such-program is not installed."),
        (python("import sys; sys.exit('\x1b[31mno')"), "failed with status 1: \\x1b[31mno."),
        (python("import sys; open('/dev/tty')"), "failed with status 1: "),
    ],
    ids=["missing", "failing", "asking on the terminal"],
)
def test_what_goes_wrong_is_one_sentence(words, said):
    with pytest.raises(Refused) as refused:
        run(Command(words))
    assert said in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_a_program_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(programs, "_TIMEOUT", 0.3)
    with pytest.raises(Refused, match="did not end within"):
        run(Command(python("import time; time.sleep(60)")))
