"""A defect of tlsca itself, told without telling secrets.

A traceback with local variables would hold passphrases and keys. The report has the kind of error and the lines of code it passed
through, and nothing that was in them; it goes to a file that only its owner can read.
"""

import os
import tempfile
import traceback
from pathlib import Path

import tlsca


def write_report(error: BaseException) -> Path:
    """Write a redacted report of an unexpected error and return the file, made with mode 0600."""
    descriptor, name = tempfile.mkstemp(prefix="tlsca-defect-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(report(error))
    return Path(name)


def report(error: BaseException) -> str:
    """Return the kind of error and the lines of code it passed through: no message, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join(
        [f"tlsca {tlsca.__version__}", f"{type(error).__module__}.{type(error).__qualname__}", *lines, ""]
    )
