"""The installed program in a terminal that people use, driven through tmux; and what it leaves behind, however it ends."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

PATIENCE = 30.0
PROGRAM = Path(sys.executable).with_name("tlsca")
"""As pip installs it, beside its Python."""

_DEFECTIVE = """
import tlsca.tui.screens.home as home
def action_theme(self):
    raise RuntimeError("provoked")
home.HomeScreen.action_theme = action_theme
from tlsca.__main__ import main
main()
"""


class Tmux:
    """A tmux of one's own with a shell in it."""

    def __init__(self, place: Path) -> None:
        self._short = tempfile.mkdtemp(prefix="tlsca-")  # the path of a socket is short
        self.runtime, self.home = place / "runtime", place / "home"
        self.runtime.mkdir(mode=0o700)
        self.home.mkdir()
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "TMUX_TMPDIR": self._short,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "env 'PS1=ready> ' sh")
        self.until("ready>")

    def run(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        return done.stdout

    def type(self, text: str) -> None:
        self.run("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    @property
    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.screen:
            assert time.monotonic() < deadline, f"waited in vain for {text}:\n{self.screen}"
            time.sleep(0.1)

    def start(self, *command: str) -> None:
        """Start the app over the demo, and note its process."""
        self.type(f"sh -c 'echo $$ >pid; exec \"$@\"' - {shlex.join(command)} --demo")
        self.press("Enter")
        self.until("legacy-erp")

    @property
    def pid(self) -> int:
        return int((Path.cwd() / "pid").read_text())

    def assert_clean(self) -> None:
        """Wait for the shell, and look at what the program left of the terminal and of its demo."""
        self.press("Enter")
        self.until("ready>")
        told = self.run("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}")
        assert told.split() == ["0", "1", "0"]
        self.type("stty -a; echo all$((2 + 2))")
        self.press("Enter")
        self.until("all4")
        words = self.screen.replace(";", " ").split()
        assert {"echo", "icanon", "isig", "icrnl"} <= set(words)
        assert list(self.runtime.iterdir()) == []

    def close(self) -> None:
        subprocess.run(["tmux", "kill-server"], env=self._environment, check=False, timeout=PATIENCE)
        shutil.rmtree(self._short)


@pytest.fixture
def tmux(tmp_path, monkeypatch):
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    if not PROGRAM.exists():
        pytest.skip("tlsca is not installed beside this Python")
    monkeypatch.chdir(tmp_path)
    opened = Tmux(tmp_path)
    yield opened
    opened.close()


def test_the_program_is_used_resized_and_left(tmux):
    tmux.start(str(PROGRAM))
    tmux.type("/")
    tmux.until("status:valid")
    tmux.type("payments")
    tmux.until("1 of 65")
    tmux.press("Enter")
    tmux.run("resize-window", "-x", "60", "-y", "15")
    tmux.until("payments.northgate")
    assert all(len(line) <= 60 for line in tmux.screen.splitlines())
    tmux.run("resize-window", "-x", "80", "-y", "24")
    tmux.press("Escape")
    tmux.until("camera-yard")
    tmux.press("q")
    tmux.assert_clean()


def test_a_defect_leaves_the_terminal_as_it_was(tmux):
    tmux.start(sys.executable, "-c", _DEFECTIVE)
    tmux.press("F2")
    tmux.until("A defect in tlsca (RuntimeError)")
    tmux.assert_clean()


def test_a_signal_to_end_leaves_the_terminal_as_it_was(tmux):
    tmux.start(str(PROGRAM))
    os.kill(tmux.pid, signal.SIGTERM)
    tmux.assert_clean()
