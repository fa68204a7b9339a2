"""The first minute in a place that is not ready: each time a sentence that helps, never a traceback."""

import ast
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tlsca
from tlsca.errors import SettingsError
from tlsca.settings import load_settings

PACKAGE = Path(tlsca.__file__).parent
OLDEST_READER = (3, 7)
USAGE, IMPOSSIBLE = 2, 3


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_what_says_that_python_is_too_old_can_be_read_by_an_old_one(name):
    ast.parse((PACKAGE / name).read_text(), feature_version=OLDEST_READER)


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10"])
def test_an_old_python_says_which_one_is_needed(version):
    python = _python(version)
    ran = subprocess.run(
        [python, "-B", "-m", "tlsca", "list"],
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (IMPOSSIBLE, "")
    assert f"needs another Python: this is {version} " in ran.stderr
    assert "3.11 or newer" in ran.stderr


def _python(version: str) -> str:
    """The path of a Python of this version, wherever it is kept; a name on PATH may be a signpost that leads nowhere."""
    kept = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python{version}"))
    for one in [*kept, shutil.which(f"python{version}")]:
        asked = one and subprocess.run([one, "-c", "0"], capture_output=True, check=False)
        if asked and asked.returncode == 0:
            return str(one)
    pytest.skip(f"python{version} is not installed")


def test_an_older_python_is_told_so_by_this_one(monkeypatch, capsys):
    from tlsca.__main__ import main

    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == IMPOSSIBLE
    assert "this is 3.10" in capsys.readouterr().err


def test_without_a_terminal_the_commands_are_named(process):
    ran = process()
    assert (ran.status, ran.out) == (USAGE, b"")
    assert "needs a terminal" in ran.talk
    assert "tlsca --help" in ran.talk
    assert not ran.unsafe


@pytest.mark.parametrize("kind", ["dumb", "", None])
def test_a_terminal_that_cannot_be_drawn_on_is_told_of_commands(terminal, environment, kind):
    if kind is None:
        environment.delenv("TERM", raising=False)
    else:
        environment.setenv("TERM", kind)
    ran = terminal()
    assert ran.status == USAGE
    assert "cannot be drawn on" in ran.text
    assert "tlsca list" in ran.text
    assert not ran.unsafe


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "LANG": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "no_SUCH.locale", "PYTHONUTF8": "0"},
    ],
    ids=["C", "ascii", "missing"],
)
def test_a_poor_locale_takes_nothing_away(process, store, locale):
    listed = process("list", env=locale)
    assert listed.status == 0
    assert "valid" in listed.text
    refused = process("inspect", "no-such-thing", env=locale)
    assert refused.status == IMPOSSIBLE
    assert "no-such-thing" in refused.talk


def test_an_ascii_locale_gets_ascii(process, store):
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert process("list", env=locale).out.isascii()
    refused = process("inspect", "no-such-thing", env=locale)
    assert refused.err.startswith(b'"no-such-thing" is no file')


@pytest.mark.parametrize("home", ["/dev/null", "/nonexistent", "/proc"])
def test_a_home_that_cannot_be_written_to_is_no_traceback(process, environment, home):
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "TLSCA_STORE"):
        environment.delenv(name)
    environment.setenv("HOME", home)
    looked = process("list")
    assert looked.status == IMPOSSIBLE
    assert "There is no store in" in looked.talk
    if home == "/nonexistent" and os.geteuid() == 0:
        return  # root may make it
    made = process("init")
    assert made.status == IMPOSSIBLE
    assert f"{home}/.local/share/tlsca cannot be made" in made.talk
    assert "--store" in made.talk


def test_nobody_has_a_home_but_may_say_where_the_store_is(environment, monkeypatch, tmp_path):
    def nobody(_user):
        raise KeyError

    environment.delenv("XDG_DATA_HOME")
    environment.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(SettingsError, match="you have none") as refused:
        load_settings({})
    assert "--store" in refused.value.hint
    assert load_settings({"TLSCA_STORE": str(tmp_path)}).store == tmp_path


def test_the_app_opens_in_forty_columns_without_a_home_to_write_to(terminal, store, environment):
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        environment.setenv(name, "/dev/null")
    environment.setenv("TERM", "xterm-256color")
    ran = terminal(size=(40, 24), typing=[(b"Test Root", b"q")])
    assert ran.status == 0
    assert b"Traceback" not in ran.out
    assert b"defect" not in ran.out
