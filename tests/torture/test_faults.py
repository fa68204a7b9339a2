"""Whatever the operating system refuses is told in a sentence, and leaves the store as it was."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("failing.py")
ACTS = {"issue", "revoke", "import", "bulk", "crl", "export"}
# A small file system of its own, in a name space that ends with the command.
_ON_A_DISK = 'mount -t tmpfs -o size=2m none "$0" && exec "$@"'


def said_amid(directory: Path, fault: str, *, mounted: bool = False) -> dict[str, set[str]]:
    """What each act was refused with while a fault lasted; an act that was done all the same has an empty sentence."""
    command = [sys.executable, PROGRAM, directory, fault]
    if mounted:
        command = ["unshare", "-rm", "sh", "-c", _ON_A_DISK, directory, *command]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if ran.stderr.startswith(("unshare", "mount")):
        pytest.skip("no file system of our own can be mounted here")
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said.keys() == ACTS
    return {act: set(sentences) for act, sentences in said.items()}


def test_a_full_disk(tmp_path):
    said = said_amid(tmp_path, "full", mounted=True)
    for act in ACTS - {"revoke"}:  # its few octets find room on the journal's last page
        assert any("No space left on device" in sentence for sentence in said[act]), act


def test_a_limit_on_the_size_of_files(tmp_path):
    said = said_amid(tmp_path, "limited")
    for act in ACTS:
        assert any("File too large" in sentence for sentence in said[act]), act


def test_a_disk_that_has_become_read_only(tmp_path):
    said = said_amid(tmp_path, "read-only", mounted=True)
    for act in ACTS - {"export"}:
        assert said[act] == {"The store's lock cannot be opened: Read-only file system."}


def test_a_disk_that_fails_to_keep_what_it_was_given(tmp_path):
    said = said_amid(tmp_path, "unsynced")
    for act in ACTS:
        assert any("Input/output error" in sentence for sentence in said[act]), act


def test_a_store_that_is_taken_away_while_it_is_open(tmp_path):
    said = said_amid(tmp_path, "gone")
    for sentences in said.values():
        assert all(sentence.endswith(f"The store in {tmp_path}/store is gone.") for sentence in sentences)
