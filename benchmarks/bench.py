"""Where the contests are held: a directory that is thrown away, the programs that were found, and how long a command takes in it."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contest import Act, Failed
from programs import Program

from tlsca.text import printable

ROOT = Path(__file__).parents[1]
TLSCA = (sys.executable, "-m", "tlsca")
PASSPHRASE = "correct horse battery staple"  # noqa: S105 -- of stores that are thrown away
_PATIENCE = 120.0

Word = str | Path


@dataclass(frozen=True)
class Bench:
    """A place to measure in."""

    directory: Path
    programs: dict[str, Program]
    quick: bool
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def environment(self) -> dict[str, str]:
        """What every program is started with: nothing of whoever runs this but where programs are."""
        home = str(self.directory)
        passphrase = {"TLSCA_PASSPHRASE": PASSPHRASE, "TLSCA_STORE": str(self.directory / "none")}
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": home,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            **passphrase,
        }

    def path(self, program: str) -> Path | None:
        """Return where a program is, or None where it is not installed."""
        return self.programs[program].path

    def name(self) -> str:
        """Return a host name that was not given before."""
        return f"host{next(self._numbers)}.example.com"

    def act_of(self, program: str, make: Callable[[Path], Act]) -> Act | None:
        """Return what `make` makes of a program's path, or None where the program is not installed.

        Where the program fails when it is made ready, its turn says so.
        """
        path = self.path(program)
        try:
            return make(path) if path else None
        except Failed as failure:
            return _failing(failure)

    def run(self, *command: Word, expects: bytes = b"", **more: str) -> None:
        """Run a command in the directory; `more` goes into its environment. Raises Failed, also when it does not say what is expected."""
        try:
            ran = subprocess.run(  # noqa: S603 -- the programs that are compared
                [str(word) for word in command],
                cwd=self.directory,
                env=self.environment | more,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise Failed(f"not done after {_PATIENCE:.0f} s") from late
        if not expects and ran.returncode:
            raise Failed(f"failed with {ran.returncode}: {_last_line(ran.stderr)}")
        if expects not in ran.stdout + ran.stderr:
            raise Failed(f"did not say {expects.decode()!r}: {_last_line(ran.stderr)}")

    def seconds(self, *commands: Sequence[Word], expects: bytes = b"", **more: str) -> float:
        """Return how long some commands take one after the other."""
        begun = time.perf_counter()
        for command in commands:
            self.run(*command, expects=expects, **more)
        return time.perf_counter() - begun


def _failing(failure: Failed) -> Act:
    def act() -> float:
        raise failure

    return act


def _last_line(said: bytes) -> str:
    """Return the last thing that a program said, fit for a cell of a table."""
    last = said.decode(errors="replace").strip().rpartition("\n")[2]
    return printable(last).replace("|", "/") or "nothing said"
