"""Linux comes first, but nothing breaks elsewhere that need not: what only POSIX systems have is behind seams.

A process of its own takes itself for Windows: the platform's name, the modules and the functions that are missing there, and a
`msvcrt` that locks; another for macOS, whose disks are asked in another way to write what they hold. What the standard library and
other packages need of the system that really runs is loaded before. That is less than running there: file names, open files
that cannot be removed, and consoles stay those of this system.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tlsca

PACKAGE = Path(tlsca.__file__).parent
LOADED = """
import asyncio, builtins, ctypes, getpass, importlib, os, pathlib, pkgutil, platform, select, selectors, shutil, signal, ssl, subprocess
import sys, tempfile, types, uuid
import bcrypt, click, click.testing, cryptography.x509, idna, platformdirs, textual.app, textual.drivers.linux_driver, tinydb
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import cryptography.hazmat.primitives.serialization.pkcs12, cryptography.hazmat.primitives.serialization.ssh
for found in pkgutil.iter_modules(textual.widgets.__path__, "textual.widgets."):
    importlib.import_module(found.name)
"""
WINDOWS = """
MISSING = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}
FUNCTIONS = ("chown", "fchmod", "fchown", "fork", "geteuid", "getuid", "getgid", "mkfifo", "statvfs", "uname")
FLAGS = ("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK")

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

platform.node()
for name in MISSING:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Missing())
for name in (*FUNCTIONS, *FLAGS):
    delattr(os, name)
shutil._use_fd_functions = shutil.rmtree.avoids_symlink_attacks = False
shutil._rmtree_impl = getattr(shutil, "_rmtree_unsafe", None)  # how Python 3.14 has chosen by then
os.supports_dir_fd, os.supports_fd = set(), set()
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGTSTP", "SIGUSR1", "SIGWINCH"):
    delattr(signal, name)
locks = types.ModuleType("msvcrt")
locks.LK_NBLCK, locks.LK_UNLCK, locks.locking = 2, 0, lambda descriptor, mode, octets: None
sys.modules["msvcrt"] = locks
sys.platform = "win32"
os.environ["USERNAME"] = "operator"
"""
MACOS = """
import fcntl

flushed = []
asked = fcntl.fcntl

def full_sync(descriptor, request, *rest):
    if request == fcntl.F_FULLFSYNC:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        return os.fsync(descriptor)
    return asked(descriptor, request, *rest)

fcntl.F_FULLFSYNC, fcntl.fcntl = 51, full_sync
for name in ("O_TMPFILE", "O_PATH", "copy_file_range", "fdatasync", "memfd_create", "pipe2", "sched_getaffinity", "splice"):
    delattr(os, name)
for name in ("SIGPOLL", "SIGPWR", "SIGSTKFLT"):
    delattr(signal, name)
del select.epoll
sys.platform = "darwin"
"""
EVERYTHING = """
import tlsca
for found in pkgutil.walk_packages(tlsca.__path__, "tlsca."):
    importlib.import_module(found.name)
    print(found.name)
"""
STORY = """
from tlsca.cli.command import run
for words in (
    ["init"], ["ca", "create", "Far Root"], ["issue", "far.example", "10.0.0.1"], ["list"],
    ["export", "far.example", "--as", "pem", "--out", "far.pem"], ["verify", "far.example"], ["doctor"], ["log", "--verify"],
    ["inspect", "far.pem"], ["export", "far.example", "--as", "pkcs12", "--out", "far.p12", "--no-passphrase"], ["renew", "far.example"],
    ["revoke", "far.example", "--yes"], ["crl", "Far Root", "--out", "far.crl"], ["backup", "far.backup"],
):
    status = run(words, open_app=lambda store, read_only, demo: 0, list_keys=dict)
    if status:
        sys.exit(f"{words} ended with {status}")
"""


ELSEWHERE = pytest.mark.parametrize("system", [WINDOWS, MACOS], ids=["windows", "macos"])


def run_on(system: str, program: str, place: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", LOADED + system + program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=place,
    )


@ELSEWHERE
def test_every_module_can_be_imported(tmp_path, system):
    ran = run_on(system, EVERYTHING, tmp_path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    expected = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
    }
    assert set(ran.stdout.split()) == expected - {"tlsca"}


def test_an_authority_works_where_posix_is_missing(tmp_path, environment):
    ran = run_on(WINDOWS, STORY, tmp_path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "far.example" in ran.stdout
    assert (tmp_path / "far.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")


def test_an_authority_on_macos_has_the_disk_write_what_it_keeps(tmp_path, environment):
    ran = run_on(MACOS, STORY + 'print(*flushed, sep="\\n")', tmp_path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    flushed = {Path(line).name for line in ran.stdout.splitlines() if line.startswith("/")}
    assert {"journal.jsonl", "store", "far.pem"} <= flushed
    assert (tmp_path / "far.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")


UNKNOWN_TO_THE_FILE_SYSTEM = """
import errno, fcntl
fcntl.F_FULLFSYNC = 51

def refuse(descriptor, request):
    raise OSError(number, os.strerror(number))

fcntl.fcntl, os.fsync, sys.platform = refuse, print, "darwin"
from tlsca.store.flush import flush
number = errno.ENOTSUP
flush("fsync instead")
number = errno.EIO
try:
    flush("no fsync hides that")
except OSError as error:
    print(error.strerror)
"""


def test_a_disk_that_fails_is_told_from_a_file_system_that_knows_no_full_sync(tmp_path):
    ran = run_on("", UNKNOWN_TO_THE_FILE_SYSTEM, tmp_path)
    assert ran.stdout.splitlines() == ["fsync instead", "Input/output error"], ran.stderr


POSIX_ALONE = re.compile(r"fcntl|grp|pty|pwd|resource|syslog|termios|tty")
SEAMS = {"store/lock.py", "store/flush.py", "store/account.py", "store/secrecy.py", "authority/staging.py"}


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return names


def test_only_the_seams_import_what_only_posix_has():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(POSIX_ALONE.fullmatch(name) for name in imports(path))
    }
    assert found == SEAMS


def test_no_file_has_a_name_that_windows_cannot_write():
    reserved = {"aux", "con", "nul", "prn"}
    paths = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py")]
    assert not [path for path in paths if reserved & {part.partition(".")[0].lower() for part in path.parts}]
