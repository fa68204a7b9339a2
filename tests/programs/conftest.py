"""The programs that certificates are exported for, run with the very lines that the README of each export says."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tlsca.authority.connecting import ProbeForm, prove
from tlsca.authority.deploying import DeployForm, deploy
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters

SECRET = 'export "horse" \\battery'
"""With what a line of configuration might trip over."""
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_PATIENCE = 30.0
CLEAR, SEALED = False, True


@pytest.fixture(autouse=True)
def _cheap_seals(cheap_seals):
    """What a passphrase withstands is looked at by few tests here; they ask for `dear_seals`."""


def program(name):
    """Return where a program is, also where only a superuser looks; skip the test where it is not installed."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name, path=_PATH)
    if name in {"postgres", "initdb", "psql"}:
        found = str(newest[-1]) if newest else None
    if not found:
        pytest.skip(f"{name} is not installed")
    return str(found)


@dataclass
class Directory:
    """What was exported for a program, at its place."""

    path: Path

    @property
    def readme(self) -> str:
        return (self.path / "README").read_text()

    def place(self, role=None) -> str:
        """Return the place that the README names."""
        pattern = rf"^Place{f' [(]{role}[)]' if role else ''}: (.+)$"
        return re.search(pattern, self.readme, re.MULTILINE)[1].partition(",")[0]

    def lines(self, name, *, role=None, **instead) -> str:
        """Return lines of the README as an operator pastes them: the place is this one, ports and hosts are the test's own."""
        name = re.escape(name)
        text = re.search(rf"--- begin: {name} ---\n(.*?\n)--- end: {name} ---", self.readme, re.DOTALL)[1]
        if self.place(role).startswith("/"):
            text = text.replace(self.place(role), str(self.path))
        for old, new in instead.get("instead", {}).items():
            assert old in text, f"the README says nothing of {old}"
            text = text.replace(old, str(new))
        return text


class Home:
    """A directory of its own for one test, and whom its programs run as: many refuse to be run by root."""

    def __init__(self, directory, user, desk):
        self.directory, self.user, self.desk = directory, user, desk
        self.give(directory)

    def give(self, path):
        """Do what the README says of owners."""
        if self.user:
            for one in [path, *path.rglob("*")]:
                shutil.chown(one, self.user)

    def export(self, reference, name, *, sealed=CLEAR, to="tls") -> Directory:
        """Export for a program, with the passphrase in the file that the README asks for."""
        form = DeployForm(
            reference=reference, program=name, passphrase=SECRET if sealed else None, clear_key=not sealed
        )
        done = deploy(self.desk, form, self.directory / to)
        if sealed:
            (done.directory / "passphrase").touch(mode=0o600)
            (done.directory / "passphrase").write_text(SECRET + "\n")
        self.give(done.directory)
        return Directory(done.directory)

    def write(self, name, text) -> Path:
        path = self.directory / name
        path.write_text(text)
        path.chmod(0o600)
        self.give(path)
        return path

    def folder(self, name) -> Path:
        path = self.directory / name
        path.mkdir(mode=0o700)
        self.give(path)
        return path

    def room(self, name) -> "Home":
        """Return a new directory in this one, where a program of its own runs."""
        return Home(self.folder(name), self.user, self.desk)

    def popen(self):
        ids = {"user": self.user, "group": "nogroup", "extra_groups": []} if self.user else {}
        home = str(self.directory)
        environment = {
            "PATH": _PATH,
            "LC_ALL": "C.UTF-8",
            "HOME": home,
            "NO_PROXY": "*",
            "PYTHONUNBUFFERED": "1",
        }
        return {"cwd": self.directory, "env": environment} | ids

    def run(self, *command, check=True, **environment):
        """Run a command to its end; a string is run by a shell, as it is pasted."""
        settings = self.popen()
        settings["env"] |= environment
        words = ["sh", "-c", command[0]] if len(command) == 1 else [str(word) for word in command]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL, **settings)  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """A store with a root and an intermediate, and below it certificates of a server, of a client, and of one that is both."""
    directory = tmp_path_factory.mktemp("programs") / "store"
    made = create_store(
        directory, "correct horse battery", parameters=KdfParameters(memory_kib=8, passes=1, lanes=1)
    )
    create_authority(made, AuthorityForm(name="Programs Root"))
    create_authority(made, AuthorityForm(name="Programs Issuing", issuer="Programs Root"))
    below = {"issuer": "Programs Issuing"}
    issue(made, CertificateForm(names=("localhost", "127.0.0.1"), **below))
    issue(made, CertificateForm(names=("alice",), profile="client", **below))
    issue(made, CertificateForm(names=("peer.example",), profile="peer", **below))
    yield made
    made.close()


@pytest.fixture
def home(desk):
    user = "nobody" if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="tlsca-program-", ignore_cleanup_errors=True) as name:
        yield Home(Path(name), user, desk)


@pytest.fixture
def start(home):
    """Return a function that starts a server in its home, and waits until its port answers."""
    with contextlib.ExitStack() as stack:

        def start_it(port, *command, within=home, makes=""):
            """`makes` is a file that is there only once it has really started; one without a port is not waited for."""
            log = stack.enter_context((within.directory / "log").open("ab"))
            words = [str(word) for word in command]
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **within.popen()
            )
            stack.callback(_end, process)
            if port is not None:
                _await(port, process, within.directory / "log", within.directory / makes)

        yield start_it


@pytest.fixture
def log_with():
    """Return a function that waits until a program in its home has said something, and returns all that it has said."""

    def wait(words, *, within):
        log, end = within.directory / "log", time.monotonic() + _PATIENCE
        while words not in (told := log.read_text(errors="replace")):
            assert time.monotonic() < end, f"it does not say {words!r}: {told[-2000:]}"
            time.sleep(0.05)
        return told

    return wait


def _end(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(port, process, log, made):
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            if made.exists():
                return
        time.sleep(0.05)
    pytest.fail(f"it does not listen: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def look(desk):
    """Return a function that probes a port of localhost, trusting the root of the store alone, as alice if that is said."""

    def look_at(port, starttls="auto", *, alice=False):
        form = ProbeForm(
            target=f"localhost:{port}",
            address="127.0.0.1",
            starttls=starttls,
            trust=("store",),
            client_cert="alice" if alice else None,
        )
        return prove(desk, form)

    return look_at


@pytest.fixture
def port(free_port):
    return free_port()


@pytest.fixture(name="program")
def _program():
    """Return the function that finds a program or skips."""
    return program


@pytest.fixture(name="home_of")
def _home_of():
    """Return what makes a home of a directory."""
    return Home
