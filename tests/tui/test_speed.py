"""What keeps the app quick: nothing heavy before the first frame, and no wait that cannot be broken off."""

import socket
import subprocess
import sys
import time

from tlsca.tui.widgets.connection import ConnectionPanel

_HEAVY = (
    "cryptography",
    "tinydb",
    "ssl",
    "tlsca.store",
    "tlsca.pki",
    "tlsca.probe",
    "tlsca.tui.dialogs.issue",
)


def test_the_first_frame_needs_neither_cryptography_nor_the_store():
    program = "import sys, tlsca.tui.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found = [module for module in loaded.stdout.split() if module.startswith(_HEAVY) and module != "ssl"]
    assert found == []


async def test_a_probe_of_a_server_that_never_answers_stops_at_once(operate, demo):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with operate(demo) as op:
            await op.opened()
            await op.press("t")
            await op.replace(f"127.0.0.1:{silent.getsockname()[1]}")
            delays = []
            for _ in range(3):
                await op.press("enter")
                await op.until("ClientHello")
                assert "Stop" in op.text()
                started = time.monotonic()
                await op.press("escape")
                await op.until("Stopped.")
                delays.append(time.monotonic() - started)
            assert min(delays) < 0.3  # the least of three: the machine may pause, the app may not
            panel = op.home_screen.query_one(ConnectionPanel)
            assert panel.result is None
            await op.press("escape")
            await op.until(lambda: not op.home_screen.has_class("-inspecting"))
