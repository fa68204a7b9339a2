"""Eight processes at one store lose nothing and repeat nothing, and whoever looks sees it within a second."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_eight_processes_that_write_at_once(tmp_path):
    program = Path(__file__).with_name("crowd.py")
    run = subprocess.run(
        [sys.executable, str(program), str(tmp_path), "8", "24"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["acts"] == 8 * 24
    assert report["lost"] == report["revoked twice"] == report["faults"] == []
    assert report["numbers repeated"] == 0
    assert report["numbers rise"]
    assert report["seen after at most"] < 1 + SLACK, "the app looks twice in a second"


SLACK = 1.0
"""Seconds for which a machine that others use may stop a process."""
