"""How long the app takes to its first frame, beside a hello-world Textual app; until its table is filled; and to say its version.

    python tests/benchmarks/first_frame.py [ROUNDS]

Each start is a fresh process on a pseudo-terminal of its own, the two apps in turns, so that the ratio does not depend on the
machine. The first frame is out when the terminal has been sent the end of a synchronised update that drew text. The demo is
founded anew each time. `tlsca --version` is timed beside a Python that does nothing.
"""

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tlsca.authority.demo import create_demo
from tlsca.authority.keeping import open_store

ROOT = Path(__file__).parents[2]
ROUNDS = 15
_PATIENCE = 60.0
_ESCAPES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[=>78PX^_\]][^\x07\x1b]*(\x07|\x1b\\)?)")

HELLO = """
from textual.app import App
from textual.widgets import Static

class Hello(App):
    def compose(self):
        yield Static("hello world")

Hello().run()
"""
TLSCA = "from tlsca.__main__ import main; main()"
DEMO = f"import sys; sys.argv.append('--demo'); {TLSCA}"
_ON_ITS_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
exec(compile(sys.argv.pop(1), "app", "exec"))
"""


def seconds_until(
    text: bytes, program: str, environment: dict[str, str], *, python: str = sys.executable
) -> float:
    """Start a Python program on a terminal and return the seconds until it has drawn some text there."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    started = time.perf_counter()
    process = subprocess.Popen(
        [python, "-c", _ON_ITS_TERMINAL, program],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )
    os.close(slave)
    try:
        return _watch(master, text, started)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(master)


def _watch(master: int, text: bytes, started: float) -> float:
    sent = b""
    while text not in _ESCAPES.sub(b"", sent):
        if not select.select([master], [], [], _PATIENCE)[0]:
            sys.exit(f"waited in vain for {text!r}")
        sent += os.read(master, 65536)
    return time.perf_counter() - started


def seconds_of(*words: str) -> float:
    """Return how long a Python with these words runs."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
    return time.perf_counter() - started


def fill(directory: Path, records: int) -> None:
    """Make a store with so many more certificates, all but a few of them records without an object."""
    create_demo(directory).close()
    if not records:
        return
    from large import record

    desk = open_store(directory)
    with desk.ledger.transaction("import", at=desk.now()):
        table = desk.ledger.database.table("certificates")
        table.insert_multiple(record(number).to_document() for number in range(records))
    desk.close()


def median(times: list[float]) -> float:
    return statistics.median(times) * 1000


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        few, some, many = (Path(temporary) / name for name in ("few", "some", "many"))
        fill(few, 0)
        fill(some, 1_000)
        fill(many, 10_000)
        plain = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "HOME": temporary, "LANG": "C.UTF-8"}
        times: dict[str, list[float]] = {"hello": [], "first": [], "few": [], "some": [], "many": []}
        times |= {"demo": [], "nothing": [], "version": []}
        for _ in range(rounds):
            times["hello"].append(seconds_until(b"hello world", HELLO, plain))
            ours = plain | {"TLSCA_STORE": str(few)}
            times["first"].append(seconds_until(b"STATE", TLSCA, ours))
            times["few"].append(seconds_until(b"Home Issuing CA", TLSCA, ours))
            times["some"].append(seconds_until(b"Home Issuing CA", TLSCA, plain | {"TLSCA_STORE": str(some)}))
            times["demo"].append(seconds_until(b"legacy-erp", DEMO, plain | {"TMPDIR": temporary}))
            times["nothing"].append(seconds_of("-c", "pass"))
            times["version"].append(seconds_of("-m", "tlsca", "--version"))
        for _ in range(max(rounds // 5, 1)):
            times["many"].append(seconds_until(b"Home Issuing CA", TLSCA, plain | {"TLSCA_STORE": str(many)}))
    hello, first = median(times["hello"]), median(times["first"])
    sys.stdout.write(
        f"hello world, first frame          {hello:8.0f} ms\n"
        f"tlsca, first frame                {first:8.0f} ms\n"
        f"ratio                             {first / hello:8.2f}\n"
        f"table filled, 11 certificates     {median(times['few']):8.0f} ms\n"
        f"table filled, 1,011 certificates  {median(times['some']):8.0f} ms\n"
        f"table filled, 10,011 certificates {median(times['many']):8.0f} ms\n"
        f"after the first frame, with 1,011  {median(times['some']) - first:8.0f} ms\n"
        f"demo founded, its table filled    {median(times['demo']):8.0f} ms\n"
        f"tlsca --version                   {median(times['version']):8.0f} ms\n"
        f"ratio to python -c pass           {median(times['version']) / median(times['nothing']):8.2f}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
