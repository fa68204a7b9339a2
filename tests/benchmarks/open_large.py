"""How long the app takes to open a certificate of 4 MB with 200,000 names, and for how long at most it answers nothing meanwhile.

    python tests/benchmarks/open_large.py [NAMES]

The file is opened by the app's own dialog, then every view is brought to the front, scrolled, searched and copied. A task on the event
loop notes whenever it is not called in time: that is how long a key press would have to wait. On a machine that is busy with other
things both say more about those; processor time says less about them.
"""

import asyncio
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from textual.pilot import Pilot
from textual.widgets import Input, Static, TabbedContent

from tlsca.authority.demo import create_demo
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.widgets.chain_view import ChainView
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.structure_tree import StructureTree
from tlsca.tui.widgets.text_page import TextPage

NAMES = 200_000
_BEAT = 0.005
_PATIENCE = 120.0


def large_certificate(names: int) -> bytes:
    """Return the DER of a certificate with so many DNS names."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "large")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    listed = x509.SubjectAlternativeName(
        [x509.DNSName(f"host-{number:06}.example.com") for number in range(names)]
    )
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, now, now + timedelta(days=90))
    return builder.add_extension(listed, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


class Heartbeat:
    """Notes the longest time for which the event loop did nothing else, by the clock and in processor time of all threads."""

    def __init__(self) -> None:
        self.longest = self.worked = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        last, last_worked = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(_BEAT)
            now, worked = time.perf_counter(), time.process_time()
            self.longest = max(self.longest, now - last - _BEAT)
            self.worked = max(self.worked, worked - last_worked)
            last, last_worked = now, worked

    def since(self) -> tuple[float, float]:
        """Return the longest pause since the last call, by the clock and in processor time, in milliseconds."""
        longest, worked = self.longest, self.worked
        self.longest = self.worked = 0.0
        return longest * 1000, worked * 1000


async def until(condition: object) -> float:
    """Wait for something to be so; return the seconds that took."""
    begin = time.perf_counter()
    while not condition():
        if time.perf_counter() - begin > _PATIENCE:
            sys.exit("waited in vain")
        await asyncio.sleep(_BEAT)
    return time.perf_counter() - begin


class Stopwatch:
    """Tells of each phase how long it took, how much processor time, and the longest pause in it."""

    def __init__(self, heart: Heartbeat) -> None:
        self._heart = heart
        self.begin()

    def begin(self) -> None:
        """Begin a phase."""
        self._heart.since()
        self._clock, self._processor = time.perf_counter(), time.process_time()

    def tell(self, what: str) -> None:
        """End a phase, and begin the next one."""
        took, worked = time.perf_counter() - self._clock, time.process_time() - self._processor
        pause, busy = self._heart.since()
        sys.stdout.write(
            f"{what:<40} {took:6.2f} s   processor {worked:5.2f} s   longest pause {pause:5.0f} ms, processor {busy:5.0f} ms\n"
        )
        self.begin()


async def keys(pilot: Pilot[int], key: str, times: int) -> None:
    """Press a key so many times, each after what the one before it led to."""
    for _ in range(times):
        await pilot.press(key)


async def measure(pilot: Pilot[int], file: Path, heart: Heartbeat) -> None:
    app = pilot.app
    await until(lambda: isinstance(app.screen, HomeScreen) and app.screen.query("Inspector"))
    await pilot.pause(0.5)
    await pilot.press("ctrl+o")
    await until(lambda: type(app.screen).__name__ == "OpenDialog")
    await pilot.pause(0.5)
    app.screen.query_one("#path", Input).value = str(file)
    watch = Stopwatch(heart)
    app.screen.action_confirm()
    await until(lambda: type(app.screen).__name__ == "InspectScreen")
    await until(lambda: app.screen.query("Facts") and app.screen.query_one(Facts).size.height > 10)
    watch.tell("opened: the summary is there")
    await turned(pilot, watch)
    await scrolled(pilot, watch)
    await found(pilot, watch)
    app.screen.query_one(TabbedContent).active = "text"
    app.screen.query_one("#text-page", TextPage).focus()
    await pilot.pause()
    watch.begin()
    await pilot.press("y")
    await until(lambda: len(app.clipboard) > 1_000_000)
    watch.tell("the text copied")
    app.screen.dismiss(None)
    await until(lambda: isinstance(app.screen, HomeScreen))
    watch.tell("left")


async def turned(pilot: Pilot[int], watch: Stopwatch) -> None:
    """Bring every view to the front, and wait for what it shows."""
    screen = pilot.app.screen
    laid_out = {
        "text": lambda: len(screen.query_one("#text-page", TextPage).page.lines) > 1,
        "structure": lambda: screen.query_one(StructureTree).root is not None,
        "chain": lambda: screen.query_one(ChainView).chain is not None,
        "pem": lambda: len(screen.query_one("#pem-page", TextPage).page.lines) > 1,
        "summary": lambda: True,
    }
    for tab, condition in laid_out.items():
        screen.query_one(TabbedContent).active = tab
        await until(condition)
        await pilot.pause()
        watch.tell(f"view brought to the front: {tab}")


async def scrolled(pilot: Pilot[int], watch: Stopwatch) -> None:
    """Go down fifty pages in the text, then in the tree, where the names have been opened."""
    screen = pilot.app.screen
    text = screen.query_one("#text-page", TextPage)
    screen.query_one(TabbedContent).active = "text"
    text.focus()
    await pilot.pause()
    watch.begin()
    await keys(pilot, "pagedown", 50)
    watch.tell("50 pages down the text")
    for _ in range(10):
        await pilot.press("end")
        await pilot.press("home")
    watch.tell("20 jumps from end to end of the text")
    tree = screen.query_one(StructureTree)
    screen.query_one(TabbedContent).active = "structure"
    tree.focus()
    await pilot.pause()
    while tree.current is None or "names" not in tree.current.value:
        await pilot.press("down")
    watch.begin()
    await pilot.press("right")
    watch.tell("the names opened in the tree")
    await keys(pilot, "pagedown", 50)
    watch.tell("50 pages down the tree")


async def found(pilot: Pilot[int], watch: Stopwatch) -> None:
    """Look for a name in the text and in the tree, letter by letter."""
    for tab in ("text", "structure"):
        pilot.app.screen.query_one(TabbedContent).active = tab
        await pilot.pause()
        watch.begin()
        await pilot.press("ctrl+f")
        await keys(pilot, "backspace", 6)
        for key in "199998":
            await pilot.press(key)
        standing = pilot.app.screen.query_one("#standing", Static)
        await until(lambda told=standing: "1 of 1" in str(told.content))
        watch.tell(f"a name found: {tab}")
        await pilot.press("escape")


async def main(names: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        store, file = Path(temporary) / "store", Path(temporary) / "large.pem"
        create_demo(store).close()
        file.write_bytes(large_certificate(names))
        load = " ".join(f"{one:.1f}" for one in os.getloadavg())
        sys.stdout.write(
            f"a certificate of {file.stat().st_size:,} octets with {names:,} names; load {load}\n"
        )
        app = TlscaApp(Settings(store=store, session=False))
        heart = Heartbeat()
        async with app.run_test(size=(120, 40)) as pilot:
            beating = asyncio.create_task(heart.beat())
            await measure(pilot, file, heart)
            beating.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else NAMES))
