"""Linux comes first, but nothing breaks elsewhere that need not: what only POSIX systems have is behind seams.

A process of its own takes itself for Windows: the platform's name, the modules and the functions that are missing there, and a
`msvcrt` that locks. What the standard library and other packages need of the system that really runs is loaded before.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import tlsca

PACKAGE = Path(tlsca.__file__).parent
ELSEWHERE = """
import asyncio, builtins, ctypes, getpass, importlib, os, pathlib, pkgutil, platform, selectors, shutil, signal, ssl, subprocess
import sys, tempfile, types, uuid
import bcrypt, click, click.testing, cryptography.x509, idna, platformdirs, textual.app, textual.drivers.linux_driver, tinydb
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import cryptography.hazmat.primitives.serialization.pkcs12, cryptography.hazmat.primitives.serialization.ssh
for found in pkgutil.iter_modules(textual.widgets.__path__, "textual.widgets."):
    importlib.import_module(found.name)

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
for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGTSTP", "SIGUSR1", "SIGWINCH"):
    delattr(signal, name)
locks = types.ModuleType("msvcrt")
locks.LK_NBLCK, locks.LK_UNLCK, locks.locking = 2, 0, lambda descriptor, mode, octets: None
sys.modules["msvcrt"] = locks
sys.platform = "win32"
os.environ["USERNAME"] = "operator"
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
    ["revoke", "far.example", "--yes"], ["crl", "Far Root", "--out", "far.crl"], ["backup", "far.backup"],
):
    status = run(words, open_app=lambda store, read_only, demo: 0, list_keys=dict)
    if status:
        sys.exit(f"{words} ended with {status}")
"""


def run_elsewhere(program: str, place: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", ELSEWHERE + program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=place,
    )


def test_every_module_can_be_imported_where_posix_is_missing(tmp_path):
    ran = run_elsewhere(EVERYTHING, tmp_path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    expected = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
    }
    assert set(ran.stdout.split()) == expected - {"tlsca"}


def test_an_authority_works_where_posix_is_missing(tmp_path, environment):
    ran = run_elsewhere(STORY, tmp_path)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "far.example" in ran.stdout
    assert (tmp_path / "far.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")


POSIX_ALONE = re.compile(r"fcntl|grp|pty|pwd|resource|syslog|termios|tty")
SEAMS = {"store/lock.py", "store/account.py", "store/secrecy.py", "authority/staging.py"}


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
