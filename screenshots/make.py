"""Render the pictures of the README: `python screenshots/make.py` writes the SVGs beside this file.

The app that is drawn is the real one, over the demo store: same names and ages each time, keys made anew. What answers the
handshakes is the app's own listener on this machine.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from tlsca.authority.connecting import serve
from tlsca.authority.demo import create_demo
from tlsca.authority.desk import Desk
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.connection import ConnectionPanel

HERE = Path(__file__).parent
SMALL, LARGE = (100, 30), (140, 38)
PATIENCE = 200
Scene = Callable[[Pilot[int], Desk], Awaitable[None]]


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait until something is on the screen."""
    for _ in range(PATIENCE):
        if condition():
            await pilot.pause(0.3)
            return
        await pilot.pause(0.05)
    raise TimeoutError("the scene did not come about")


def address(pilot: Pilot[int]) -> Input:
    """Return the field in which the address is typed."""
    return pilot.app.screen.query_one("#target", Input)


async def choose(pilot: Pilot[int], title: str) -> None:
    """Put the cursor on a certificate."""
    table = pilot.app.screen.query_one(CertificateTable)
    await until(pilot, lambda: any(entry.title == title for entry in table.entries))
    table.cursor = next(at for at, entry in enumerate(table.entries) if entry.title == title)
    await pilot.pause(0.5)


async def home(pilot: Pilot[int], desk: Desk) -> None:
    """Show a certificate of our own, served and proven."""
    await choose(pilot, "localhost")
    await pilot.press("L")
    panel = pilot.app.screen.query_one(ConnectionPanel)
    await until(pilot, lambda: address(pilot).value.startswith("127.0.0.1:"))
    await pilot.press("enter")
    await until(pilot, lambda: panel.result is not None)


async def untrusted(pilot: Pilot[int], desk: Desk) -> None:
    """Show a host that serves an expired certificate for another name."""
    record = desk.ledger.find("old.home.arpa", now=desk.now())
    listener = serve(desk, record, report=lambda _: None, port=8443)
    try:
        await choose(pilot, "localhost")
        await pilot.press("t")
        panel = pilot.app.screen.query_one(ConnectionPanel)
        address(pilot).value = "localhost:8443"
        await pilot.press("enter")
        await until(pilot, lambda: panel.result is not None)
    finally:
        listener.stop()


async def issue(pilot: Pilot[int], desk: Desk) -> None:
    """Show the form whose preview is the certificate-to-be."""
    await choose(pilot, "www.home.arpa")
    await pilot.press("i")
    await pilot.pause(0.8)
    await pilot.press(
        *"git",
        "full_stop",
        *"home",
        "full_stop",
        *"arpa",
        "space",
        *"10",
        "full_stop",
        *"0",
        "full_stop",
        *"0",
        "full_stop",
        "7",
    )
    await pilot.pause(1.0)


async def text(pilot: Pilot[int], desk: Desk) -> None:
    """Show a certificate as OpenSSL prints it."""
    await choose(pilot, "db.home.arpa")
    await pilot.press("enter", "full_stop")
    await pilot.pause(0.8)


SCENES: dict[str, tuple[Scene, tuple[int, int]]] = {
    "home": (home, LARGE),
    "untrusted": (untrusted, LARGE),
    "issue": (issue, SMALL),
    "text": (text, LARGE),
}


_INDENTED = re.compile(r'x="([\d.]+)"([^>]*?)textLength="([\d.]+)"([^>]*)>((?:&#160;)+)')
_CELL = 12.2
"""Width of a character cell in Textual's pictures."""


def indented(svg: str) -> str:
    """Return a picture whose texts begin where they are seen: some viewers drop the blanks before a text."""

    def moved(found: re.Match[str]) -> str:
        blank = found[5].count("&") * _CELL
        start, length = float(found[1]) + blank, float(found[3]) - blank
        return f'x="{start:g}"{found[2]}textLength="{length:g}"{found[4]}>'

    return _INDENTED.sub(moved, svg)


async def render(name: str, place: Path) -> None:
    """Play one scene and write its picture."""
    scene, size = SCENES[name]
    desk = create_demo(place)
    app = TlscaApp(Settings(store=place, session=False), open_desk=lambda _: desk)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.5)
        await scene(pilot, desk)
        (HERE / f"{name}.svg").write_text(indented(app.export_screenshot(title="tlsca")), "utf-8")
    print(f"screenshots/{name}.svg")


def main() -> None:
    """Render every scene, each over a store of its own."""
    for name in SCENES:
        with tempfile.TemporaryDirectory() as directory:
            os.environ["HOME"] = directory
            asyncio.run(render(name, Path(directory) / ".local" / "share" / "tlsca"))


if __name__ == "__main__":
    main()
