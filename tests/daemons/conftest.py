"""Real servers that begin in the clear, as Debian packages them, run by an ordinary user on loopback."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tlsca.authority.connecting import ProbeForm, prove
from tlsca.authority.credentials import credential
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_PATIENCE = 30.0


def program(name):
    """Return where a program is, also where only a superuser looks; skip the test where it is not installed."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name, path=_PATH) or (newest and str(newest[-1]))
    if not found:
        pytest.skip(f"{name} is not installed")
    return str(found)


@dataclass
class Home:
    """A directory of its own for a server, and whom it runs as: daemons refuse to be run by root."""

    directory: Path
    user: str | None

    @property
    def certificate(self) -> Path:
        return self.directory / "server.pem"

    @property
    def key(self) -> Path:
        return self.directory / "server.key"

    @property
    def roots(self) -> Path:
        return self.directory / "roots.pem"

    @property
    def name(self) -> str:
        return self.user or pwd.getpwuid(os.getuid()).pw_name

    def write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        self._give(path)
        return path

    def folder(self, name):
        path = self.directory / name
        path.mkdir(mode=0o700)
        self._give(path)
        return path

    def keep(self, path, content):
        path.touch(mode=0o600)
        path.write_bytes(content)
        self._give(path)

    def _give(self, path):
        if self.user:
            shutil.chown(path, self.user)

    def run(self, *command):
        subprocess.run(command, check=True, capture_output=True, **self.popen())

    def popen(self):
        ids = {"user": self.user, "group": "nogroup", "extra_groups": []} if self.user else {}
        return {
            "cwd": self.directory,
            "env": {"PATH": _PATH, "LC_ALL": "C.UTF-8", "HOME": str(self.directory)},
        } | ids


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A store with a root, and in it the certificate of localhost."""
    directory = tmp_path_factory.mktemp("authority") / "store"
    cheap = KdfParameters(memory_kib=8, passes=1, lanes=1)
    desk = create_store(directory, "correct horse battery", parameters=cheap)
    create_authority(desk, AuthorityForm(name="Daemons Root"))
    record = issue(desk, CertificateForm(names=("localhost", "127.0.0.1"), key="rsa-2048")).record
    yield desk, record
    desk.close()


@pytest.fixture
def home(authority):
    """A directory with the certificate, its key and the root, that only the server's user can enter."""
    desk, record = authority
    user = "nobody" if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="tlsca-daemon-", ignore_cleanup_errors=True) as name:
        made = Home(Path(name), user)
        made._give(made.directory)
        identity = credential(desk, record)
        made.keep(made.certificate, identity.chain)
        made.keep(made.key, identity.key)
        made.keep(made.roots, desk.ledger.object_pem(desk.issuer_of(record).sha256))
        yield made


@pytest.fixture
def start(home):
    """Return a function that starts a server in its home, and waits until its port answers."""
    with contextlib.ExitStack() as stack:

        def start_it(port, *command, own=False):
            """`own` programs of the tests run as whoever runs the tests."""
            who = {"cwd": home.directory} if own else home.popen()
            log = stack.enter_context((home.directory / "log").open("wb"))
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **who)
            stack.callback(_end, process)
            _await(port, process, home.directory / "log")

        yield start_it


def _end(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(port, process, log):
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail(f"it does not listen: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def look(authority):
    """Return a function that probes a port of localhost, trusting the root of the store alone."""
    desk, _ = authority

    def look_at(port, starttls, **fields):
        form = ProbeForm(
            target=f"localhost:{port}", address="127.0.0.1", starttls=starttls, trust=("store",), **fields
        )
        return prove(desk, form)

    return look_at


@pytest.fixture(name="program")
def _program():
    """Return the function that finds a program or skips."""
    return program
