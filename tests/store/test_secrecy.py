"""A process that holds secrets leaves no core dump."""

import subprocess
import sys

import pytest

_LOOK = """
import resource, ctypes
from tlsca.store.secrecy import leave_no_core
libc = ctypes.CDLL(None)
before = libc.prctl(3, 0, 0, 0, 0)
leave_no_core()
print(before, libc.prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_no_core_is_dumped_and_no_other_program_may_look_once_secrets_are_there():
    ran = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == ["1", "0", "0"]
