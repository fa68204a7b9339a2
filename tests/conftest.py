"""The command line as tests run it: in this process, as a process of its own, and on a terminal; and a store to run it over."""

import contextlib
import fcntl
import io
import json
import os
import pty
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

import tlsca
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.cli.command import run
from tlsca.store.vault import KdfParameters
from tlsca.tui.places import key_table

# Tests start the command hundreds of times: what it loads is compiled once, whatever the environment says of that.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# The Java of a test ends before it would have run any faster for being compiled well.
os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"

# A machine that others use pauses now and then: how long one example takes proves nothing.
settings.register_profile("tlsca", deadline=None)
settings.load_profile("tlsca")

PASSPHRASE = "correct horse battery staple"
CHEAP = KdfParameters(memory_kib=64, passes=1, lanes=1)
_DEADLINE = 30.0
# Between fork and exec no Python may run where there are threads, so a process of its own takes the terminal.
_ON_ITS_TERMINAL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may ignore it
os.execv(sys.argv[1], sys.argv[1:])
"""
_HERE = Path(__file__).parent
_TLSCA = Path(tlsca.__file__).parents[1]
_FIRST = {
    room: rank
    for rank, room in enumerate(
        ("packaging", "benchmarks", "docs", "story", "trust", "programs", "torture", "daemons")
    )
}
_BELOW_THOSE_OF_THE_SYSTEM = range(20000, 32768)
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}


def pytest_collection_modifyitems(items):
    """Begin with the rooms whose tests take longest, so that no worker is still at one of them when the others have nothing left."""
    items.sort(key=lambda item: _FIRST.get(item.path.relative_to(_HERE).parts[0], len(_FIRST)))


@pytest.fixture(autouse=True, scope="session")
def cheap_is_dear_enough():
    """The stores of these tests have passphrases that are cheap to try, and the doctor is not to warn of each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tlsca.authority.safekeeping.RECOMMENDED", KdfParameters(memory_kib=8, passes=1, lanes=1)
        )
        yield


@pytest.fixture
def dear_seals():
    """Have files under a passphrase built as an operator gets them, where a room takes `cheap_seals`."""


@pytest.fixture
def cheap_seals(request, monkeypatch):
    """Let the passphrases of exported files be cheap to try, for tests that look at what is in them and not at what they withstand."""
    if "dear_seals" not in request.fixturenames:
        for name in (
            "pkcs8.ROUNDS",
            "bundle.PKCS12_ROUNDS",
            "openssl_export.PKCS8_ROUNDS",
            "openssl_export.PKCS12_ROUNDS",
        ):
            monkeypatch.setattr(f"tlsca.pki.{name}", 1000)


@pytest.fixture
def heard_out(monkeypatch):
    """Let a probe wait for what a host has to say after the handshake, which takes longer where others use the machine too.

    It waits no longer than until that comes: where it never comes is not what this is for.
    """
    for name in ("_GRACE", "_GRACE_ASKED", "_LONGEST_GRACE"):
        monkeypatch.setattr(f"tlsca.probe.session.{name}", 20.0)


@pytest.fixture(scope="session")
def free_port():
    """Return a function that finds a port of this machine which nobody listens at, and which it names only once.

    Each worker has ports of its own. The system hands none of them out by itself: to somebody else before a test listens there,
    or to a connection of the test's own, which would then reach itself (RFC 9293, 3.5: a simultaneous open) and find somebody there.
    """
    worker, workers = (
        os.environ.get("PYTEST_XDIST_WORKER", "gw0"),
        os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"),
    )
    own = list(_BELOW_THOSE_OF_THE_SYSTEM[int(worker.removeprefix("gw")) :: int(workers)])
    random.SystemRandom().shuffle(own)

    def find() -> int:
        while True:
            port = own.pop()
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
                return port

    return find


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """Let one worker make something dear for all: `with once("name") as (place, is_new)`, and nobody else looks before it is made."""
    own = tmp_path_factory.getbasetemp()
    common = own if worker_id == "master" else own.parent

    @contextlib.contextmanager
    def first_in(name: str):
        with (common / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield common / f"once-{name}", not (common / f"once-{name}.done").exists()
            (common / f"once-{name}.done").touch()

    return first_in


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def talk(self) -> str:
        return self.err.decode()

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def unsafe(self) -> list[str]:
        """Every character of it that moves a cursor, turns a direction or hides another; a newline is none of them."""
        said = (self.out + self.err).decode()
        return [char for char in said if char != "\n" and unicodedata.category(char) in _UNSAFE]

    @property
    def json_lines(self) -> list:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A store with a root, an intermediate, a server's and a client's certificate; its passphrase is cheap to try."""
    directory = tmp_path_factory.mktemp("furnished") / "store"
    desk = create_store(directory, PASSPHRASE, parameters=CHEAP)
    create_authority(desk, AuthorityForm(name="Test Root"))
    create_authority(desk, AuthorityForm(name="Test Intermediate", issuer="Test Root"))
    for profile, names in (("server", ("localhost", "127.0.0.1")), ("client", ("Alice Doe",))):
        issue(desk, CertificateForm(names=names, profile=profile, issuer="Test Intermediate"))
    desk.close()
    return directory


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An environment in which tlsca knows of no store, no settings and no passphrase but what a test puts there."""
    for name in [name for name in os.environ if name.startswith("TLSCA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TLSCA_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("TLSCA_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def store(environment, furnished, tmp_path):
    """The furnished store, to do with as a test likes; commands find it and its passphrase in the environment."""
    directory = tmp_path / "store"
    shutil.copytree(furnished, directory)
    return directory


@pytest.fixture
def empty_store(environment, tmp_path):
    """Return a function that makes a store with nothing in it, which commands find from then on."""

    def make():
        create_store(tmp_path / "second", PASSPHRASE, parameters=CHEAP).close()
        environment.setenv("TLSCA_STORE", str(tmp_path / "second"))

    return make


@pytest.fixture
def cli(environment):
    """Run a command in this process: `cli("issue", "a.example", stdin=b"")`."""

    def run_here(*words, stdin: bytes = b"") -> Ran:
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdout", "stderr")}
        streams["stdin"] = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        with contextlib.ExitStack() as stack:
            for name, stream in streams.items():
                environment.setattr(sys, name, stream)
                stack.callback(environment.setattr, sys, name, getattr(sys, f"__{name}__"))
            status = run(
                [str(word) for word in words],
                open_app=lambda _store, _read_only, _demo: 0,
                list_keys=key_table,
            )
            for name in ("stdout", "stderr"):
                streams[name].flush()
        return Ran(status, *(streams[name].buffer.getvalue() for name in ("stdout", "stderr")))

    return run_here


@pytest.fixture
def done(cli):
    """Run a command in this process that has to succeed."""

    def run_well(*words, stdin: bytes = b"") -> Ran:
        ran = cli(*words, stdin=stdin)
        assert ran.status == 0, ran.talk
        return ran

    return run_well


@pytest.fixture
def loaded():
    """Whether what a test runs as a process of its own is forked from a tlsca that is loaded already: it is, where this is overridden."""
    return False


@pytest.fixture
def tlsca_words(request, loaded):
    """What a process of its own is started with."""
    return (request.getfixturevalue("standby"),) if loaded else (sys.executable, "-m", "tlsca")


@pytest.fixture
def process(environment, tlsca_words):
    """Run a command as a process of its own."""

    def run_apart(*words, stdin: bytes = b"", env=None) -> Ran:
        ran = subprocess.run(
            [*tlsca_words, *words],
            input=stdin,
            capture_output=True,
            timeout=_DEADLINE,
            check=False,
            env={**os.environ, **(env or {})},
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run_apart


@pytest.fixture(scope="session")
def standby(tmp_path_factory):
    """A program that is tlsca as standby.py has it: loaded already. Where the system cannot do that it is tlsca itself."""
    program = tmp_path_factory.mktemp("standby") / "tlsca"
    if not hasattr(os, "pidfd_open"):
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tlsca "$@"\n')
        program.chmod(0o755)
        yield program
        return
    with tempfile.TemporaryDirectory(prefix="tlsca-standby-") as place:
        path = Path(place) / "socket"  # a short name: more than 107 octets are too many for a socket
        known = {name: value for name, value in os.environ.items() if not name.startswith("TLSCA_")}
        with subprocess.Popen(
            [sys.executable, "-P", _HERE / "standby.py", path, program],
            env=known | {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(_TLSCA)}, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as server:  # fmt: skip
            assert server.stdout.readline() == b"ready\n"
            yield program
            server.stdin.close()


@pytest.fixture
def terminal(environment, tlsca_words, loaded):
    """Run a command on a terminal; each of `typing` is (what to wait for, what to type then). All output comes as `out`."""
    takes_it_itself = {"STANDBY_ON_ITS_TERMINAL": "yes"}

    def run_there(*words, typing=(), size=(80, 24), program=tlsca_words) -> Ran:
        is_standby = loaded and program is tlsca_words
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, size[::-1])
        child = subprocess.Popen(
            [*program, *words]
            if is_standby
            else [sys.executable, "-ISc", _ON_ITS_TERMINAL, *program, *words],
            env=os.environ | takes_it_itself if is_standby else None,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        seen = _converse(ours, list(typing))
        os.close(ours)
        return Ran(_as_a_shell_says(child.wait(_DEADLINE)), seen.replace(b"\r\n", b"\n"), b"")

    return run_there


def _as_a_shell_says(status: int) -> int:
    """Return 128 and the signal for whoever ended by one: as Python does if Ctrl+C came while it made a dataclass."""
    return status if status >= 0 else 128 - status


def _converse(terminal: int, typing: list) -> bytes:
    seen, looked_from, end = b"", 0, time.monotonic() + _DEADLINE
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # EIO: the last process on the terminal has ended
            return seen
        if not piece:
            return seen
        seen += piece
        if typing and typing[0][0] in seen[looked_from:]:
            looked_from = len(seen)
            os.write(terminal, typing.pop(0)[1])
    raise AssertionError(f"no end to {seen!r}")


class Listening:
    """`tlsca listen` as a process of its own."""

    def __init__(self, program, *words):
        self.child = subprocess.Popen(
            [*program, "listen", *words, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.watchdog = threading.Timer(_DEADLINE, self.child.kill)
        self.watchdog.start()
        self.first = json.loads(self.child.stdout.readline() or "{}")

    @property
    def port(self) -> int:
        return self.first["listening"]["port"]

    def next(self) -> dict:
        """Wait for the next handshake and return what is said of it."""
        return json.loads(self.child.stdout.readline())

    def interrupt(self) -> Ran:
        """Press Ctrl+C."""
        self.child.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> Ran:
        """Wait for the end."""
        out, err = self.child.communicate()
        return Ran(self.child.returncode, out, err)


@pytest.fixture
def listen(environment, tlsca_words):
    """Start `tlsca listen`; it is stopped when the test ends."""
    started = []

    def start(*words) -> Listening:
        started.append(Listening(tlsca_words, *words))
        assert started[-1].first, started[-1].end().talk
        return started[-1]

    yield start
    for listening in started:
        listening.watchdog.cancel()
        if listening.child.poll() is None:
            listening.child.kill()
        listening.child.communicate()


@pytest.fixture
def openssl():
    """The machine's openssl, called with words and answering with its standard output."""

    def call(*words, stdin: bytes = b"") -> bytes:
        ran = subprocess.run(
            ["openssl", *map(str, words)], input=stdin, capture_output=True, timeout=30, check=False
        )
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout

    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return call


@pytest.fixture(scope="session")
def answering():
    """Run a program that asks for a passphrase at its terminal only, and type it each time that it is asked for."""
    return _at_a_terminal


def _at_a_terminal(*words, cwd, typed: bytes, **environment: str) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execvpe(words[0], list(words), {**os.environ, **environment})  # noqa: S606 -- as a shell would
    seen, answered, end = b"", 0, time.monotonic() + 2 * _DEADLINE
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        piece = b""
        with contextlib.suppress(OSError):  # the tool has ended
            piece = os.read(terminal, 4096)
        if not piece:
            break
        seen += piece
        if seen.count(b"assword:") > answered:
            answered += 1
            while termios.tcgetattr(terminal)[3] & termios.ECHO:
                time.sleep(0.01)  # what is typed before the tool listens is thrown away
            os.write(terminal, typed + b"\n")
    status = os.waitpid(child, 0)[1]
    os.close(terminal)
    assert status == 0, seen
