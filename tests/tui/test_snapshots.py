"""What the app looks like: pictures of its screens in three sizes, compared with those that were looked at and found good.

After a wanted change: `UPDATE_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py`, then look at each picture that changed
(`rsvg-convert -o x.png x.svg`). The store in `snapshots/store` was made once by `snapshots/make_store.py`, because keys and
signatures are never the same twice; the clock stands still.
"""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from textual.widgets import Input
from textual.widgets._tabs import Underline

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.keeping import open_store
from tlsca.pki.certificate import certificate
from tlsca.probe.result import ClientAuth, Direction, Inventory, Message, Outcome, Result, Timings, Tls
from tlsca.probe.target import parse_target
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.screens.home import HomeScreen
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.proof import proof_of
from tlsca.tui.widgets.result_page import ResultPage

PICTURES = Path(__file__).parent / "snapshots"
NOW = datetime.fromisoformat("2030-01-31T09:30:00Z")
SIZES = ((80, 24), (120, 40), (200, 60))


@pytest.fixture
def snapshot(request):
    """Return a function that compares the screen with its picture, or with UPDATE_SNAPSHOTS set makes it."""

    def compare(app):
        size = f"{app.size.width}x{app.size.height}"
        picture = PICTURES / f"{request.node.originalname.removeprefix('test_')}-{size}.svg"
        drawn = _without_chance(app.export_screenshot(title="tlsca"))
        if os.environ.get("UPDATE_SNAPSHOTS"):
            picture.write_text(drawn, "utf-8")
        assert picture.exists(), f"{picture.name} is missing; see the top of this file"
        if drawn != picture.read_text("utf-8"):
            actual = Path(os.environ.get("SNAPSHOT_FAILURES", "/tmp")) / f"actual-{picture.name}"  # noqa: S108 -- to be looked at
            actual.write_text(drawn, "utf-8")
            pytest.fail(f"{picture.name} has changed; it is {actual} now")

    return compare


def _without_chance(svg: str) -> str:
    """Return a screenshot without the number that Rich makes from its content, which says nothing and changes with all."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def _own_store(place: Path) -> Path:
    """Return a copy of the fixed store, with the mode that a repository does not keep."""
    copy = Path(shutil.copytree(PICTURES / "store", place))
    copy.chmod(0o700)
    return copy


@pytest.fixture
def still(tmp_path, monkeypatch):
    """Return a function that makes the app over the fixed store, at rest."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    store = _own_store(tmp_path / "store")
    monkeypatch.setattr(HomeScreen, "on_mount", _in_srv(HomeScreen.on_mount))

    def make(place=store, **settings):
        return TlscaApp(
            Settings(store=place, session=False, **settings),
            open_desk=lambda place: open_store(place, clock=lambda: NOW),
        )

    return make


def _in_srv(mount):
    def on_mount(self):
        mount(self)
        self.query_one("TitleBar").place = "/srv/ca"

    return on_mount


def underlined(line):
    """Tell whether the line below tabs is below one of them, if it is to be seen."""
    return line.highlight_start < line.highlight_end or not line.region.width


async def at_rest(op):
    """Wait until nothing moves, no worker works, and the line below tabs has come to the one that is active."""
    before = ""
    await op.until(lambda: all(map(underlined, op.app.screen.query(Underline))))
    while before != (before := op.app.export_screenshot()):
        await op.until(lambda: not any(worker.is_running for worker in op.app.workers))
        await op.pilot.pause(0.15)  # longer than the pause after which a preview is worked out


_STEPS = (
    (0.2, Direction.SENT, "ClientHello", "TLS 1.3, server name localhost"),
    (3.1, Direction.RECEIVED, "ServerHello", "TLS 1.3, TLS_AES_256_GCM_SHA384"),
    (3.4, Direction.RECEIVED, "Certificate", "2 certificates"),
    (3.9, Direction.SENT, "Finished", ""),
)


@pytest.fixture
def result(tmp_path):
    """What a probe of a server finds out that presents the store's own certificate for localhost."""
    desk = open_store(_own_store(tmp_path / "read"), clock=lambda: NOW)
    record = desk.ledger.find("localhost", now=NOW)
    chain = tuple(certificate(desk.certificate_der(link)) for link in desk.chain(record))
    desk.close()
    return Result(
        target=parse_target("localhost:8443"),
        address="127.0.0.1",
        verdict=Outcome.TRUSTED,
        problems=(),
        tls=Tls(
            version="TLSv1.3",
            cipher=("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256),
            group="x25519",
            signature="ecdsa_secp256r1_sha256",
            alpn=None,
            peercert={
                "subject": ((("commonName", "localhost"),),),
                "subjectAltName": (("DNS", "localhost"),),
            },
        ),
        chain_sent=chain[:2],
        chain_verified=chain,
        client_auth=ClientAuth(requested=False),
        inventory=Inventory("current", record.sha256[:12], None),
        timings_ms=Timings(total=4.2),
        transcript=tuple(Message(at, direction, name, detail) for at, direction, name, detail in _STEPS),
    )


@pytest.mark.parametrize("size", SIZES)
async def test_welcome(operate, still, snapshot, size):
    async with operate(None, size, app=still(Path("/srv/ca/none"))) as op:
        await op.until("Try the demo")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES)
async def test_home(operate, still, snapshot, size):
    async with operate(None, size, app=still()) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES)
async def test_home_in_the_light(operate, still, snapshot, size):
    async with operate(None, size, app=still(theme="tlsca-light")) as op:
        await op.opened()
        await op.go_to("old.home.arpa")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES)
async def test_home_without_colours(operate, still, snapshot, size, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with operate(None, size, app=still()) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await op.press("space")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES[:1])
async def test_home_in_high_contrast(operate, still, snapshot, size):
    async with operate(None, size, app=still(theme="tlsca-contrast-dark")) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES[:1])
async def test_export(operate, still, snapshot, size, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    async with operate(None, size, app=still()) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await op.press("e")
        await op.dialog("ExportDialog")
        await at_rest(op)
        op.app.screen.query_one("#out", Input).value = "~/mail"
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES)
async def test_issue(operate, still, snapshot, size):
    async with operate(None, size, app=still()) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("www.example.com 10.0.0.1")
        await op.until("90 days, until")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES)
async def test_help(operate, still, snapshot, size):
    async with operate(None, size, app=still()) as op:
        await op.opened()
        await op.press("question_mark")
        await op.dialog("HelpDialog")
        await at_rest(op)
        snapshot(op.app)


@pytest.mark.parametrize("size", SIZES)
async def test_connection(operate, still, snapshot, result, size):
    async with operate(None, size, app=still()) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("t")
        form = ProbeForm(target="localhost:8443")
        panel = op.home_screen.query_one(ConnectionPanel)
        panel._finish(proof_of(op.home_screen._desk, form, result))
        panel.query_one(ResultPage).focus()
        await at_rest(op)
        snapshot(op.app)
