"""Whoever works at a store may be killed at any moment: nothing acknowledged is lost, and nobody has to put anything right.

`pytest tests/torture --kills 300` does for minutes what is done here for seconds.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 12


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
@pytest.mark.timeout(0)
def test_after_any_kill_the_store_is_whole_and_holds_all_that_was_acknowledged(tmp_path, request, capsys):
    kills = request.config.getoption("--kills", default=None) or KILLS
    program = Path(__file__).with_name("killing.py")
    run = subprocess.run(
        [sys.executable, str(program), str(tmp_path), str(kills)], capture_output=True, text=True, check=False
    )
    assert run.stdout, run.stderr
    report = json.loads(run.stdout)
    with capsys.disabled():
        sys.stdout.write(f"\n{run.stdout}" if kills > KILLS else "")
    assert report["faults"] == []
    assert report["kills"] == kills
