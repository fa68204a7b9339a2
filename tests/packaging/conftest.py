"""Shells that run tlsca by its name, as somebody's shell does."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def started():
    """Have `tlsca` started each time; else it is one that has been loaded already."""


@pytest.fixture
def program(request, tmp_path):
    """The program that `tlsca` is to a shell."""
    if "started" not in request.fixturenames:
        return request.getfixturevalue("standby")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "tlsca"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tlsca "$@"\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def shell(environment, program, tmp_path):
    """Run a script in a shell for which `tlsca` is this one; return what it printed. Skips where the shell is missing."""

    def run(*words: str) -> str:
        if shutil.which(words[0]) is None:
            pytest.skip(f"{words[0]} is not installed")
        told = os.environ | {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
        }
        ran = subprocess.run(words, env=told, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        assert not ran.stderr
        return ran.stdout

    return run
