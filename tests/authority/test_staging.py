"""Files are written in a place of their own; what a killed program left in one goes, what a living one writes stays."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tlsca.authority.files import write_file
from tlsca.authority.staging import stage

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows locks no directories")

WRITER = """
import sys
from pathlib import Path
from pathlib import Path
from tlsca.authority.staging import stage
with stage(Path(sys.argv[1])) as place:
    (place / "key.pem").write_text("half a key")
    print(place, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writer(tmp_path):
    """Another process that is amid writing a key into the directory."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.place = process.stdout.readline().strip()
    yield process
    process.kill()
    process.communicate()


def test_nothing_is_left_of_a_place_that_was_written_in(tmp_path):
    with stage(tmp_path) as place:
        (place / "file").write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_program_writes_is_left_alone(writer, tmp_path):
    write_file(tmp_path / "other.pem", b"x", private=True, force=False)
    assert sorted(path.name for path in tmp_path.rglob("*.pem")) == ["key.pem", "other.pem"]


def test_what_a_killed_program_wrote_goes_when_the_next_file_is_written(writer, tmp_path):
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert Path(writer.place).exists()
    write_file(tmp_path / "other.pem", b"x", private=True, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["other.pem"]


def test_a_link_or_a_file_of_such_a_name_is_nobody_s_place(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / f".tlsca-{'0' * 16}.tmp").symlink_to(precious)
    (tmp_path / f".tlsca-{'1' * 16}.tmp").write_text("x")
    write_file(tmp_path / "other.pem", b"x", private=False, force=False)
    assert len(list(tmp_path.iterdir())) == 4
