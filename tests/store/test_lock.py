import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

import tlsca
from tlsca.errors import StoreError, StoreMissing
from tlsca.store.lock import StoreLock

ROOT = Path(tlsca.__file__).parents[1]


@pytest.fixture
def lock(tmp_path):
    return StoreLock(tmp_path / "lock")


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock until it is killed."""
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from tlsca.store.lock import StoreLock
        with StoreLock(Path(sys.argv[1])).held():
            print("held", flush=True)
            time.sleep(60)
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "lock")], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def hold(lock: StoreLock, **how) -> str:
    with lock.held(**how):
        return "held"


def test_a_lock_that_another_process_holds_is_waited_for_so_long_and_then_told(lock, holder):
    started = time.monotonic()
    with pytest.raises(StoreError, match=r"Another process has been changing the store for 0\.2 seconds"):
        hold(lock, patience=0.2)
    assert 0.2 <= time.monotonic() - started < 5


def test_a_process_that_died_with_the_lock_is_no_obstacle(lock, holder):
    holder.kill()
    holder.wait()
    assert hold(lock, patience=0) == "held"


def test_a_lock_that_comes_free_while_waiting_is_taken(lock, holder):
    threading.Timer(0.2, holder.kill).start()
    assert hold(lock, patience=10) == "held"


def test_readers_hold_the_lock_together_and_keep_writers_out(lock):
    with lock.held(shared=True):
        assert hold(lock, shared=True, patience=0) == "held"
        with pytest.raises(StoreError):
            hold(lock, patience=0)
    assert hold(lock, patience=0) == "held"


def test_a_lock_whose_file_was_deleted_is_taken_on_the_new_file(tmp_path, lock):
    with lock.held():
        (tmp_path / "lock").unlink()
        with lock.held(patience=0):
            assert (tmp_path / "lock").exists()


def test_a_lock_in_a_directory_that_is_gone_is_a_missing_store(tmp_path):
    with pytest.raises(StoreMissing, match=r"The store in .* is gone"):
        hold(StoreLock(tmp_path / "gone" / "lock"))
