"""Many files become durable with one sync where the system offers that, and one by one where it does not."""

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tlsca.store import durable, syncfs
from tlsca.store.syncfs import SyncRefused

ROOT = Path(__file__).parents[2]
MANY = {f"{number % 7:02x}/{number:064x}.pem": b"content %d" % number for number in range(100)}


@pytest.fixture
def syncs(monkeypatch):
    """Count the syncs of whole file systems and of descriptors; both are done as well."""
    done = {"whole": 0, "each": 0}
    found, fsync = syncfs._calls(), os.fsync
    if found is None:
        pytest.skip("there is no syncfs here")

    def whole(descriptor: int) -> int:
        done["whole"] += 1
        return found.syncfs(descriptor)

    def each(descriptor: int) -> None:
        done["each"] += 1
        fsync(descriptor)

    monkeypatch.setattr(syncfs, "_calls", lambda: syncfs._Calls(whole, lambda _: 0xEF53))
    monkeypatch.setattr(os, "fsync", each)
    return done


def says(monkeypatch, number: int, kind: int = 0xEF53) -> None:
    """Let the system answer a request to sync a whole file system of this kind with an error number."""
    monkeypatch.setattr(syncfs, "_calls", lambda: syncfs._Calls(lambda _: number, lambda _: kind))


def written(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_many_files_take_one_sync(tmp_path, syncs):
    directory = tmp_path / "objects"
    directory.mkdir()
    durable.write_files(directory, MANY)
    assert written(directory) == MANY
    assert syncs == {"whole": 1, "each": 0}


def test_a_few_files_are_synced_each(tmp_path, syncs):
    few = dict(list(MANY.items())[:3])
    durable.write_files(tmp_path, few)
    assert written(tmp_path) == few
    assert syncs["whole"] == 0
    assert syncs["each"] >= len(few)


@pytest.mark.parametrize("refusal", [errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.EOPNOTSUPP])
def test_where_it_is_refused_each_file_is_synced(tmp_path, syncs, monkeypatch, refusal):
    says(monkeypatch, refusal)
    assert sorted(durable.write_files(tmp_path, MANY)) == sorted(MANY)
    assert written(tmp_path) == MANY
    assert syncs["each"] >= len(MANY)


def test_a_file_system_that_is_not_known_to_wait_for_its_disk_is_not_relied_on(tmp_path, syncs, monkeypatch):
    says(monkeypatch, 0, kind=0x65735546)  # FUSE
    durable.write_files(tmp_path, MANY)
    assert written(tmp_path) == MANY
    assert syncs["each"] >= len(MANY)


def test_where_there_is_no_such_call_each_file_is_synced(tmp_path, syncs, monkeypatch):
    monkeypatch.setattr(syncfs, "_calls", lambda: None)
    durable.write_files(tmp_path, MANY)
    assert written(tmp_path) == MANY
    assert syncs["each"] >= len(MANY)


@pytest.mark.parametrize("failure", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_failed_is_told_and_what_is_new_is_removed(tmp_path, monkeypatch, failure):
    there, content = next(iter(MANY.items()))
    durable.write_files(tmp_path, {there: content})
    says(monkeypatch, failure)
    with pytest.raises(OSError, match=os.strerror(failure)):
        durable.write_files(tmp_path, MANY)
    assert written(tmp_path) == {there: content}


def test_a_damaged_file_among_many_is_replaced(tmp_path, syncs):
    torn = tmp_path / next(iter(MANY))
    torn.parent.mkdir()
    torn.write_bytes(b"cont")
    durable.write_files(tmp_path, MANY)
    assert written(tmp_path) == MANY


def test_a_link_in_a_files_place_is_not_followed(tmp_path, syncs):
    directory, elsewhere = tmp_path / "objects", tmp_path / "elsewhere"
    place = directory / next(iter(MANY))
    place.parent.mkdir(parents=True)
    elsewhere.write_bytes(b"mine")
    place.symlink_to(elsewhere)
    durable.write_files(directory, MANY)
    assert elsewhere.read_bytes() == b"mine"
    assert written(directory) == MANY


def test_many_files_and_their_directories_are_private(tmp_path, syncs):
    directory = tmp_path / "objects"
    durable.write_files(directory, MANY)
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in directory.rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


def test_files_that_are_there_are_made_durable_too(tmp_path, syncs):
    durable.write_files(tmp_path, MANY)
    syncs.update(whole=0, each=0)
    assert durable.write_files(tmp_path, MANY) == []
    assert syncs == {"whole": 1, "each": 0}
    few = dict(list(MANY.items())[:2])
    assert durable.write_files(tmp_path, few) == []
    assert syncs["each"] >= len(few)


@pytest.mark.parametrize(("release", "version"), [("6.1.0-18-amd64", (6, 1)), ("5.7", (5, 7)), ("", (0, 0))])
def test_the_version_of_the_system_is_read(release, version):
    assert syncfs._version(release) == version


def test_an_older_linux_which_keeps_failures_to_itself_is_not_relied_on(monkeypatch):
    release = os.uname()
    old = os.uname_result((release.sysname, release.nodename, "5.7.19", release.version, release.machine))
    monkeypatch.setattr(os, "uname", lambda: old)
    assert syncfs._calls.__wrapped__() is None


def test_a_directory_that_is_not_there_cannot_be_opened(tmp_path, monkeypatch):
    says(monkeypatch, 0)
    with pytest.raises(FileNotFoundError), syncfs.opened(tmp_path / "nothing"):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="syncfs is Linux's")
def test_the_system_is_asked_once_after_every_file_was_written(tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    try:
        with syncfs.opened(tmp_path):
            pass
    except SyncRefused:
        pytest.skip("the file system of the temporary directory is not relied on")
    program = (
        "import pathlib, sys; from tlsca.store import durable; "
        "durable.write_files(pathlib.Path(sys.argv[1]), {f'ab/{n}': b'x' for n in range(100)})"
    )
    log = tmp_path / "calls"
    watched = ["strace", "-f", "-o", log, "-e", "trace=openat,syncfs"]
    done = subprocess.run(
        [*watched, sys.executable, "-c", program, tmp_path / "objects"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        pytest.skip("strace may not look at another program here")
    calls = log.read_text().splitlines()
    synced = [number for number, call in enumerate(calls) if " syncfs(" in call]
    made = [number for number, call in enumerate(calls) if '"ab/' in call and "O_EXCL" in call]
    assert (len(made), len(synced)) == (100, 1)
    assert max(made) < synced[0]
    assert not [call for call in calls[synced[0] :] if '"ab/' in call]


@pytest.mark.parametrize("count", [1, 10, len(MANY)])
@pytest.mark.parametrize("refused", [False, True])
def test_work_for_the_meantime_is_done_once_however_the_files_are_synced(
    tmp_path, monkeypatch, count, refused
):
    if refused:
        says(monkeypatch, errno.ENOSYS)
    some, done = dict(list(MANY.items())[:count]), []
    durable.write_files(tmp_path, some, meanwhile=lambda: done.append(written(tmp_path)))
    assert done == [some], "and the files are written by then"


@pytest.mark.parametrize("count", [1, len(MANY)])
def test_where_the_work_for_the_meantime_fails_no_file_stays(tmp_path, count):
    def fail() -> None:
        raise KeyError("no")

    with pytest.raises(KeyError):
        durable.write_files(tmp_path, dict(list(MANY.items())[:count]), meanwhile=fail)
    assert written(tmp_path) == {}
