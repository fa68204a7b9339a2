"""Render the pictures of the README: `python screenshots/make.py [NAME...]` writes the SVGs beside this file.

The app that is drawn is the real one, over the demo's company: same names and ages each time, keys made anew. What answers the
handshakes are the demo's own servers on this machine.
"""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.css.query import NoMatches
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.dialogs.client import ClientDialog
from tlsca.tui.dialogs.export import ExportDialog
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.host_table import HostTable
from tlsca.tui.widgets.result_page import ResultPage
from tlsca.tui.widgets.title_bar import TitleBar

HERE = Path(__file__).parent
TINY, SMALL, LARGE = (80, 24), (100, 32), (140, 40)
PATIENCE = 200
DOMAIN = "northgate.example"
Scene = Callable[[Pilot[int]], Awaitable[None]]


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait until something is on the screen."""
    for _ in range(PATIENCE):
        if condition():
            await pilot.pause(0.3)
            return
        await pilot.pause(0.05)
    raise TimeoutError("the scene did not come about")


async def type_in(pilot: Pilot[int], text: str) -> None:
    """Type a text into the field that has the focus."""
    await until(pilot, lambda: isinstance(pilot.app.screen.focused, Input))
    for character in text:
        await pilot.press(_character_to_key(character))
    await pilot.pause(0.8)


async def choose(pilot: Pilot[int], title: str) -> None:
    """Put the cursor on the last certificate of this name."""
    table = pilot.app.screen.query_one(CertificateTable)
    await until(pilot, lambda: any(entry.title == title for entry in table.entries))
    table.cursor = max(at for at, entry in enumerate(table.entries) if entry.title == title)
    await pilot.pause(0.5)


async def aim(pilot: Pilot[int], host: str) -> ConnectionPanel:
    """Aim the test of the connection at a watched host."""
    await pilot.press("3")
    await until(pilot, lambda: bool(pilot.app.screen.query(HostTable)) and bool(hosts(pilot).hosts))
    table = hosts(pilot)
    table.cursor = next(at for at, one in enumerate(table.hosts) if one.record.id.startswith(host))
    await pilot.pause(0.3)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    panel = pilot.app.screen.query_one(ConnectionPanel)
    await until(pilot, lambda: panel.form().target.startswith(host))
    return panel


def hosts(pilot: Pilot[int]) -> HostTable:
    """Return the table of watched hosts."""
    return pilot.app.screen.query_one(HostTable)


async def connect(pilot: Pilot[int], host: str) -> ConnectionPanel:
    """Test the connection to a watched host."""
    panel = await aim(pilot, host)
    panel.query_one("#target", Input).focus()
    await pilot.press("enter")
    await until(pilot, lambda: panel.result is not None)
    return panel


async def home(pilot: Pilot[int]) -> None:
    """Show what matters today, the timeline, the authorities, the table and a certificate."""
    await choose(pilot, f"payments.{DOMAIN}")


async def table(pilot: Pilot[int]) -> None:
    """Show the table alone, filtered."""
    await pilot.press("z", "slash")
    await type_in(pilot, "expires<90d san:*.northgate.example")
    await pilot.press("enter")


async def issue(pilot: Pilot[int]) -> None:
    """Show the form whose preview is the certificate-to-be."""
    await choose(pilot, f"wiki.{DOMAIN}")
    await pilot.press("i")
    await type_in(pilot, f"reports.{DOMAIN} 10.8.0.7")


async def inspect(pilot: Pilot[int], title: str, *, views: int) -> None:
    """Show a view of a certificate: so many after its summary."""
    await choose(pilot, title)
    await pilot.press("enter", *["full_stop"] * views)


async def text(pilot: Pilot[int]) -> None:
    """Show a certificate as OpenSSL prints it."""
    await inspect(pilot, f"db-1.{DOMAIN}", views=1)


async def structure(pilot: Pilot[int]) -> None:
    """Show the fields of a certificate, one of them explained."""
    await inspect(pilot, f"db-1.{DOMAIN}", views=2)
    await pilot.pause(0.5)
    await pilot.press(*["down"] * 4, "right", "down", "down")


async def diff(pilot: Pilot[int]) -> None:
    """Show what differs between a certificate and the one that replaced it."""
    table = pilot.app.screen.query_one(CertificateTable)
    await choose(pilot, f"login.{DOMAIN}")
    await pilot.press("space")
    table.cursor = min(at for at, one in enumerate(table.entries) if one.title == f"login.{DOMAIN}")
    await pilot.pause(0.3)
    await pilot.press("space", "d")


async def trusted(pilot: Pilot[int]) -> None:
    """Show a host that serves what it should."""
    await connect(pilot, "api")


async def untrusted(pilot: Pilot[int]) -> None:
    """Show a host that does not send the intermediate, and what mends it."""
    await connect(pilot, "partners")


async def mutual(pilot: Pilot[int]) -> None:
    """Show a host that wants to know its clients, and a client that it knows."""
    panel = await connect(pilot, "vault")
    refused = panel.result
    panel.query_one(ResultPage).focus()
    await pilot.press("1")
    await until(pilot, lambda: isinstance(pilot.app.screen, ClientDialog))
    await pilot.press("down", "enter")
    await until(pilot, lambda: panel.result is not None and panel.result is not refused)


async def watched(pilot: Pilot[int]) -> None:
    """Show the watched hosts."""
    await pilot.press("3")
    await until(pilot, lambda: bool(pilot.app.screen.query(HostTable)) and bool(hosts(pilot).hosts))
    await pilot.press("down")


async def export(pilot: Pilot[int]) -> None:
    """Show what nginx gets."""
    await choose(pilot, f"www.{DOMAIN}")
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportDialog))
    pilot.app.screen.query_one("#out", Input).value = "~/www"


async def revoke(pilot: Pilot[int]) -> None:
    """Show whom the revocation of an authority hits."""
    await choose(pilot, "Northgate Server CA")
    await pilot.press("x")


SCENES: dict[str, tuple[Scene, tuple[int, int]]] = {
    "home": (home, LARGE),
    "table": (table, LARGE),
    "issue": (issue, (120, 36)),
    "text": (text, LARGE),
    "structure": (structure, LARGE),
    "diff": (diff, (120, 36)),
    "trusted": (trusted, LARGE),
    "untrusted": (untrusted, LARGE),
    "mutual": (mutual, LARGE),
    "hosts": (watched, SMALL),
    "export": (export, SMALL),
    "revoke": (revoke, SMALL),
    "small": (home, TINY),
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


def is_filled(app: TlscaApp) -> bool:
    """Say whether the company's certificates are shown."""
    try:
        return bool(app.screen.query_one(CertificateTable).entries)
    except NoMatches:
        return False


async def render(name: str, place: Path) -> None:
    """Play one scene and write its picture."""
    scene, size = SCENES[name]
    app = TlscaApp(Settings(store=place, session=False), demo=True)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: is_filled(app))
        app.screen.query_one(TitleBar).place = "~/northgate"
        await scene(pilot)
        await pilot.pause(0.8)
        (HERE / f"{name}.svg").write_text(indented(app.export_screenshot(title="tlsca")), "utf-8")
    print(f"screenshots/{name}.svg")


def main(names: list[str]) -> None:
    """Render the scenes of these names, or all."""
    for name in names or SCENES:
        with tempfile.TemporaryDirectory() as directory:
            os.environ["HOME"] = directory
            os.chdir(directory)
            asyncio.run(render(name, Path(directory) / "none"))


if __name__ == "__main__":
    main(sys.argv[1:])
