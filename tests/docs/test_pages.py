"""Every block of code in the README and in docs/ is true: it is run, page by page, as a reader would paste it.

How a page is written, so that it can be run:

- ```console is pasted into one shell, block after block, in an empty directory with an empty home. A command that is expected to
  say no is followed by `|| echo "status $?"`. One that reads the passphrase is given it, and the page has it from nowhere else.
- ```output is what the block before it prints: whole lines of it, in that order. `…` stands for what differs from run to run, or leads too far.
- Any block with `title="name"` is a file of that name, written before what follows is run; ```python without a title is a whole program.
- All other blocks are held to what they say by test_blocks.py.
- `<!-- needs: nginx curl -->` names the programs of others; where one is missing the page is skipped by its name.
- `<!-- begins: tutorial -->` means that the store is there already, with the authorities and the certificates that the tutorial makes;
  `<!-- begins: xca -->` that acme.xdb is, which XCA made under the password “imported horse”.
- `<!-- refuse-root: initdb -->` names programs that refuse to be run by root: where root runs the tests, nobody runs those.
- A block that installs, runs the tests, or opens the app, is not run here: `.ci/run` does the first two, tests/story opens it, and test_blocks.py
  holds both to the words that stand here. It is known by how it begins.

Where a page makes tlsca a command of the shell itself, as the README and the tutorial do, that is what is started; on the other pages it
is one that has been loaded already.

Ports from 8400 to 8499 and 5433 become ports that are free.
"""

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import certifi
import pytest

from tlsca.pki.programs.catalogue import PROGRAMS
from tlsca.probe.target import PROTOCOLS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TLSCA = Path(sys.executable).parent / "tlsca"
PASSPHRASE = "correct horse battery"
PATIENCE = 180
MARK = "=== block"
READS_PASSPHRASE = "read -rs TLSCA_PASSPHRASE"
SETTING_UP = re.compile(
    r"python3 -m venv |pip |pipx |uvx |git clone |(\.venv/bin/)?tlsca( --demo)?$|\.venv/bin/pytest$"
)
_FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_DIRECTIVE = re.compile(r"^<!-- ([\w-]+): (.+?) -->$", re.MULTILINE)
_PORT = re.compile(r"\b(84\d\d|5433)\b")
# Between fork and exec no Python may run where there are threads, so a process of its own takes the terminal.
_ON_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
_SHELL = """
set -e
listening() { grep -q ":$(printf %04X "$1") [0:]* 0A" /proc/net/tcp /proc/net/tcp6; }
count() { n=0; for port in $PORTS; do if listening "$port"; then n=$((n + 1)); fi; done; }
started() {  # a person types the next line once the server is up; this waits until one more of the page's ports is listened on
    before=$n
    for _ in $(seq 200); do
        count
        if [ "$n" -gt "$before" ]; then return; fi
        sleep 0.05
    done
    echo "nothing has begun to listen" >&2
    return 1
}
as_nobody() ( chown -R nobody . && exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@" )
"""


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the name of the file that it is, and its text."""

    language: str
    title: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found.groups("")) for found in _FENCE.finditer(page.read_text("utf-8"))]


def said(page: Path, directive: str) -> list[str]:
    return dict(_DIRECTIVE.findall(page.read_text("utf-8"))).get(directive, "").split()


def is_setting_up(block: Block) -> bool:
    return SETTING_UP.match(block.text) is not None


def is_run(block: Block) -> bool:
    return block.language in {"console", "python"} and not block.title and not is_setting_up(block)


def asks(page: Path) -> bool:
    """Say whether a page has the reader type the passphrase, and make `tlsca` a command of the shell."""
    return any(READS_PASSPHRASE in block.text for block in blocks(page))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def with_ports(text: str, ports: dict[str, str]) -> str:
    return _PORT.sub(lambda found: ports.get(found[0], found[0]), text)


@pytest.fixture
def place():
    """An empty directory under a short and public name: sockets and other users have to do with it."""
    with tempfile.TemporaryDirectory(prefix="tlsca-page-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)  # those that refuse to be run by root have to get in
        yield Path(directory)


def environment(place: Path, ports: Iterable[str], tlsca: Path | None) -> dict[str, str]:
    """Return what a reader's shell knows: where programs are, an empty home, and, unless the page asks for it, tlsca and the passphrase."""
    servers = [str(path) for path in Path("/usr/lib/postgresql").glob("*/bin")]
    path = [*servers, os.environ["PATH"], "/usr/sbin", "/sbin"]
    home = place / "home"
    given = {"TLSCA_PASSPHRASE": PASSPHRASE} if tlsca else {}
    return given | {
        "PATH": os.pathsep.join([str(tlsca.parent), str(TLSCA.parent), *path] if tlsca else path),
        "HOME": str(home),
        "TMPDIR": str(place / "scratch"),
        "USER": "reader",
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "*",
        "REQUESTS_CA_BUNDLE": certifi.where(),
        "PYTHONUNBUFFERED": "1",
        "PORTS": " ".join(ports),
    }


def script(page: Path) -> str:
    """Return a page as one script: files are written, commands run, and a line with the mark parts what the blocks print."""
    lines = [_SHELL]
    if os.getuid() == 0:
        lines += [
            f'{program}() {{ as_nobody "$(type -P {program})" "$@"; }}'
            for program in said(page, "refuse-root")
        ]
    for number, block in enumerate(blocks(page)):
        if block.title:
            target = block.title.replace("~", "$HOME", 1)
            lines.append(
                f'mkdir -p "$(dirname "{target}")"\ncat >"{target}" <<\'{MARK}\'\n{block.text}{MARK}'
            )
        elif is_run(block):
            lines.append(f'echo "{MARK} {number}"\n{pasted(block)}')
    return "\n".join(lines)


def pasted(block: Block) -> str:
    """Return a block as lines of the script: what it starts is waited for, and what it asks for is typed."""
    if block.language == "python":
        return f"python3 - <<'{MARK}'\n{block.text}{MARK}"
    text = re.sub(r"^(.*) &$", r"count; \1 & started", block.text, flags=re.MULTILINE)
    if READS_PASSPHRASE in text:
        return f"{{\n{text}}} <<'{MARK}'\n{PASSPHRASE}\n{MARK}"
    return text


def end_session(session: int) -> None:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(int(process.name)) == session:
                os.kill(int(process.name), signal.SIGKILL)


def paste(text: str, place: Path, known: dict[str, str]) -> str:
    """Run a script as one shell and return what it prints; fail with that if a command fails or the shell does not end.

    The shell has a terminal, on which somebody types ahead: what is started in the background and reads that is stopped, as it is for a
    reader. Its standard error has to be the terminal when it begins, for it to look after jobs.
    """
    log = place / "log"
    terminal, theirs = pty.openpty()
    os.write(terminal, b"\n" * 9)
    with log.open("wb") as output:
        shell = subprocess.Popen(
            [sys.executable, "-ISc", _ON_ITS_TERMINAL, shutil.which("bash"), "-mc", f"exec 2>&1\n{text}"], cwd=place / "work", env=known,
            stdin=theirs, stdout=output, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        try:
            status = str(shell.wait(PATIENCE))
        except subprocess.TimeoutExpired:
            status = "it does not end"
        finally:  # whatever it started and left is in its session
            end_session(shell.pid)
            shell.wait()
            os.close(terminal)
    told = log.read_text("utf-8")
    assert status == "0", f"{status}: {told}"
    return told


def check_output(page: Path, told: dict[int, str], ports: dict[str, str]) -> None:
    """Hold what a page says is printed against what was printed: each line is one of those, whole but for `…`, in that order."""
    before = None
    for number, block in enumerate(blocks(page)):
        if block.language == "output":
            assert before is not None, "nothing was run before it"
            printed = iter(told[before].splitlines())
            for line in with_ports(block.text, ports).splitlines():
                pattern = ".*".join(map(re.escape, line.split("…")))
                assert any(re.fullmatch(pattern, one.rstrip()) for one in printed), (
                    f"not printed: {line}\nbut:\n{told[before]}"
                )
        elif number in told:
            before = number


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="there is no /proc to see who listens in")
@pytest.mark.skipif(not TLSCA.exists(), reason="tlsca is not installed beside this interpreter")
@pytest.mark.parametrize("page", [page for page in PAGES if any(map(is_run, blocks(page)))], ids=name)
def test_a_page_is_true_when_it_is_pasted(page, place, tutorial_store, standby, free_port, request):
    for program in said(page, "needs"):
        if not shutil.which(program, path=environment(place, [], standby)["PATH"]):
            pytest.skip(f"{program} is not installed")
    for directory in ("work", "home", "scratch"):
        (place / directory).mkdir()
    if asks(page):
        if not (Path(sys.prefix) / "bin/activate").exists():
            pytest.skip("this Python is in no virtual environment, as the README's is")
        (place / "work/.venv").symlink_to(sys.prefix)
    if said(page, "begins") == ["tutorial"]:
        shutil.copytree(tutorial_store, place / "home/.local/share/tlsca")
    if said(page, "begins") == ["xca"]:
        shutil.copy2(request.getfixturevalue("xca_database"), place / "work")
    written = script(page)
    ports = {port: str(free_port()) for port in sorted(set(_PORT.findall(written)))}
    known = environment(place, ports.values(), None if asks(page) else standby)
    told = paste(with_ports(written, ports), place, known)
    parts = re.split(rf"^{MARK} (\d+)\n", told, flags=re.MULTILINE)[1:]
    check_output(page, dict(zip(map(int, parts[::2]), parts[1::2], strict=True)), ports)


def test_the_comparison_is_the_same_wherever_it_stands():
    readme, page = (
        [line for line in (ROOT / path).read_text("utf-8").splitlines() if line.count("|") > 8]
        for path in ("README.md", "docs/comparison.md")
    )
    assert readme
    assert readme == page


def test_the_comparison_counts_what_tlsca_has():
    page = (ROOT / "docs" / "comparison.md").read_text("utf-8")
    assert f"| {len(PROGRAMS)} programs |" in page
    assert f"| {len(PROTOCOLS)} protocols |" in page
    assert f"tlsca: {', '.join(PROTOCOLS)}." in page
