"""How long the app takes to open a certificate of 4 MB with 200,000 names, and for how long at most it answers nothing meanwhile.

    python tests/benchmarks/open_large.py [NAMES]

The file is opened by the app's own dialog, then every view is brought to the front and the text is scrolled from end to end. A task
on the event loop notes whenever it is not called in time: that is how long a key press would have to wait. On a machine that is busy with
other things, both say more about those.
"""

import asyncio
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
from textual.widgets import Input, TabbedContent

from tlsca.authority.demo import create_demo
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.screens.home import HomeScreen
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
    """Notes the longest time for which the event loop did nothing else."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(_BEAT)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - _BEAT)
            last = now

    def since(self) -> float:
        """Return the longest pause since the last call, in milliseconds."""
        longest, self.longest = self.longest, 0.0
        return longest * 1000


async def until(condition: object) -> float:
    """Wait for something to be so; return the seconds that took."""
    begin = time.perf_counter()
    while not condition():
        if time.perf_counter() - begin > _PATIENCE:
            sys.exit("waited in vain")
        await asyncio.sleep(_BEAT)
    return time.perf_counter() - begin


def tell(what: str, seconds: float | None, pause: float) -> None:
    took = "" if seconds is None else f"{seconds:6.2f} s"
    sys.stdout.write(f"{what:<42} {took:>9}   longest pause {pause:6.0f} ms\n")


async def measure(pilot: Pilot[int], file: Path, heart: Heartbeat) -> None:
    app = pilot.app
    await until(lambda: isinstance(app.screen, HomeScreen) and app.screen.query("Inspector"))
    await pilot.press("o")
    await until(lambda: type(app.screen).__name__ == "OpenDialog")
    app.screen.query_one("#path", Input).value = str(file)
    heart.since()
    app.screen.action_confirm()
    took = await until(
        lambda: type(app.screen).__name__ == "InspectScreen" and app.screen.query("#text-page")
    )
    tell("opened: the summary is there", took, heart.since())
    more = await until(lambda: len(app.screen.query_one("#text-page", TextPage).page.lines) > 1)
    tell("every view is laid out", took + more, heart.since())
    for tab in ("text", "structure", "chain", "pem", "summary"):
        begin = time.perf_counter()
        app.screen.query_one(TabbedContent).active = tab
        await pilot.pause()
        tell(f"view brought to the front: {tab}", time.perf_counter() - begin, heart.since())
    app.screen.query_one(TabbedContent).active = "text"
    text = app.screen.query_one("#text-page", TextPage)
    await pilot.pause()
    begin = time.perf_counter()
    for step in range(100):
        text.scroll_to(y=text.max_scroll_y * step // 99, animate=False, force=True)
        await pilot.pause()
    tell("100 jumps through the text", time.perf_counter() - begin, heart.since())


async def main(names: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        store, file = Path(temporary) / "store", Path(temporary) / "large.pem"
        create_demo(store).close()
        file.write_bytes(large_certificate(names))
        sys.stdout.write(f"a certificate of {file.stat().st_size:,} octets with {names:,} names\n")
        app = TlscaApp(Settings(store=store))
        heart = Heartbeat()
        async with app.run_test(size=(120, 40)) as pilot:
            beating = asyncio.create_task(heart.beat())
            await measure(pilot, file, heart)
            beating.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else NAMES))
