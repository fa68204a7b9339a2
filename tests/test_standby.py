"""The tlsca that stands by: to whoever calls it, it is the one that is started."""

import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "words",
    [
        "list --json",
        "nonsense",
        "inspect nowhere.pem",
        "list >/dev/full",
        "list | head -n 1",
        "inspect <(tlsca export localhost --as pem)",
    ],
)
def test_it_says_what_tlsca_says_and_ends_alike(standby, store, tmp_path, words):
    (tmp_path / "bin").mkdir()
    started = tmp_path / "bin" / "tlsca"
    started.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tlsca "$@"\n')
    started.chmod(0o755)
    told = [
        subprocess.run(
            ["bash", "-c", f'PATH="{program.parent}:$PATH"; tlsca {words}; echo "status $?"; umask; pwd'],
            capture_output=True, timeout=60, check=True,
        )
        for program in (started, standby)
    ]  # fmt: skip
    assert told[0].stdout == told[1].stdout
    assert told[0].stderr == told[1].stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_command(standby, store, number):
    with subprocess.Popen([standby, "listen", "localhost"], stderr=subprocess.PIPE) as listening:
        assert b"Listening" in listening.stderr.readline()
        listening.send_signal(number)
        assert listening.wait(60) == 0


def test_nothing_is_left_of_a_command_whose_caller_was_killed(standby, store):
    with subprocess.Popen([standby, "listen", "localhost"], stderr=subprocess.PIPE) as listening:
        assert b"Listening" in listening.stderr.readline()
        listening.kill()
        listening.stderr.read()  # to its end, which comes when nobody has it open any more
        assert listening.wait(60) == -signal.SIGKILL
