"""The programs of others that an act runs: the one place from which a process is started on the operator's behalf.

No shell reads a word, nothing waits for an answer, and no secret stands among the words, where every user of the machine could read
it: a program that wants one is told a file, and gets it through a pipe.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field, replace

from tlsca.errors import Refused
from tlsca.pki import shell
from tlsca.text import printable, shorten

PASSWORD_FILE = "PASSWORD-FILE"  # noqa: S105 -- where a password is to be found, not one
"""Stands among the words of a command for the file that holds the secret."""

_TIMEOUT = 120.0
_SYSTEM_DIRECTORIES = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where an ordinary user's PATH does not look."""
_LONGEST_SECRET = 4096
"""What fits into a pipe on every system before anybody reads."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program and what it is given."""

    words: tuple[str, ...]
    stdin: bytes = b""
    """Public: it is shown."""
    stdin_file: str = ""
    """A file that holds the same, which is shown in its place."""
    secret: bytes | None = field(default=None, repr=False)
    """What the program reads where its words say PASSWORD_FILE."""

    def shown(self, *, root: bool = False) -> str:
        """Return it as lines for a shell, with sudo for `root`."""
        line = " ".join(map(shell.word, (("sudo",) if root else ()) + self.words))
        if not self.stdin:
            return f"{line}\n"
        if self.stdin_file:
            return f"{line} < {shell.word(self.stdin_file)}\n"
        return shell.file_on(line, self.stdin.decode("ascii"))


def installed(name: str) -> str | None:
    """Return the path of a program, or None where it is not installed."""
    return shutil.which(name, path=_path())


def run(command: Command) -> bytes:
    """Run a command to its end and return what it printed.

    Raises Refused when the program is not installed, ends with another status than 0, or takes longer than two minutes.
    """
    program = installed(command.words[0])
    name = os.path.basename(command.words[0])  # noqa: PTH119 -- a name, of which no path is made
    if program is None:
        raise Refused(f"{printable(name)} is not installed.", hint="Install it, or choose another place.")
    if command.secret is None:
        return _run(name, program, command, ())
    read_end, write_end = os.pipe()
    try:
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(command.secret[:_LONGEST_SECRET] + b"\n")
        place = f"/dev/fd/{read_end}"
        words = tuple(place if word == PASSWORD_FILE else word for word in command.words)
        return _run(name, program, replace(command, words=words), (read_end,))
    finally:
        os.close(read_end)


def _run(name: str, program: str, command: Command, descriptors: tuple[int, ...]) -> bytes:
    try:
        ran = subprocess.run(  # noqa: S603 -- a list of words; no shell reads them
            [program, *command.words[1:]],
            input=command.stdin,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
            pass_fds=descriptors,
            env={**os.environ, "LC_ALL": "C", "PATH": _path()},
            start_new_session=True,  # no terminal: what would ask there fails instead
        )
    except subprocess.TimeoutExpired:
        raise Refused(f"{name} did not end within {_TIMEOUT:.0f} seconds.") from None
    except OSError as error:
        raise Refused(f"{name} cannot be run: {printable(error.strerror or str(error))}.") from None
    if ran.returncode != 0:
        raise Refused(f"{name} failed with status {ran.returncode}{_complaint(ran.stderr + ran.stdout)}.")
    return ran.stdout


def _complaint(said: bytes) -> str:
    """Return the last line of what a program said, which is where the reason stands."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return f": {shorten(printable(lines[-1]), 200).rstrip('.')}" if lines else ""


def _path() -> str:
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *_SYSTEM_DIRECTORIES])
