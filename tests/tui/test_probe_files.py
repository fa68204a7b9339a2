"""What the panel takes beside the store: roots and client certificates from files, a proxy's password; and all who came to our own server."""

import pytest
from textual.widgets import Input, Select

from tlsca.authority.credentials import NOBODY, credential, roots_of
from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.probe.listener import ClientCertificates, Listener
from tlsca.probe.result import Outcome
from tlsca.store.vault import KdfParameters
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.own_server import Visits

CHEAP = KdfParameters(memory_kib=8, passes=1, lanes=1)
SECRET = "opens sesame, twelve"


@pytest.fixture
def theirs(tmp_path):
    """A host of strangers that wants their client certificate: its port; the root and a client's PKCS#12 lie in files."""
    desk = create_store(tmp_path / "theirs", "their passphrase", parameters=CHEAP)
    root = create_authority(desk, AuthorityForm(name="Stranger Root")).record
    mine = credential(desk, issue(desk, CertificateForm(names=("localhost",))).record)
    client = issue(desk, CertificateForm(names=("visitor",), profile="client")).record
    (tmp_path / "stranger-root.pem").write_bytes(desk.ledger.object_pem(root.sha256))
    form = ExportForm(reference=client.sha256, format="pkcs12", passphrase=SECRET)
    export(desk, form, tmp_path / "visitor.p12")
    wanted = {"client_certificates": ClientCertificates.REQUIRED, "client_roots": roots_of(desk)}
    with Listener(mine.chain, mine.key, lambda _: None, **wanted) as listener:
        yield listener.port
    desk.close()


def panel_of(op):
    return op.home_screen.query_one(ConnectionPanel)


async def fill(op, name, text):
    """Type into the field of this name."""
    op.find(f"#{name}", Input).focus()
    await op.replace(text)


async def test_a_root_and_a_client_certificate_come_from_files(operate, demo, theirs, tmp_path):
    async with operate(demo, (100, 40)) as op:
        await op.opened()
        await op.press("t", "f4")
        await fill(op, "target", f"localhost:{theirs}")
        op.find("#trust", Select).value = NOBODY
        await fill(op, "trust-file", str(tmp_path / "stranger"))
        await op.press("tab")
        await op.until(lambda: op.find("#trust-file", Input).value == str(tmp_path / "stranger-root.pem"))
        await fill(op, "client-file", str(tmp_path / "visitor.p12"))
        await op.press("enter")
        await op.until(lambda: op.app.focused.id == "key-passphrase")
        assert panel_of(op).result is None
        await op.type(SECRET)
        await op.press("enter")
        await op.until(lambda: panel_of(op).result is not None)
        assert panel_of(op).result.verdict is Outcome.TRUSTED
        assert panel_of(op).result.client_auth.accepted
        await op.press("f4")
        await op.until("with trusting stranger-root.pem, as visitor.p12")
        assert SECRET not in op.text() + repr(panel_of(op).form())


async def test_a_file_that_is_not_there_is_named(operate, demo, theirs, tmp_path):
    async with operate(demo, (100, 40)) as op:
        await op.opened()
        await op.press("t", "f4")
        await fill(op, "target", f"localhost:{theirs}")
        await fill(op, "trust-file", str(tmp_path / "nowhere.pem"))
        await op.press("enter")
        await op.until("There is no file")


async def test_a_proxys_password_is_never_seen(operate, demo):
    async with operate(demo, (120, 40)) as op:
        await op.opened()
        await op.press("t", "f4")
        await fill(op, "target", "127.0.0.1:1")
        await fill(op, "proxy", "socks5://bob:s3%40cret@127.0.0.1:1")
        await op.until(lambda: op.find("#proxy", Input).value == "socks5://127.0.0.1:1")
        assert panel_of(op).form().proxy == "socks5://bob:s3%40cret@127.0.0.1:1"
        assert "s3" not in op.text()
        await op.press("enter")
        await op.until(lambda: panel_of(op).result is not None)
        await op.press("f4")
        told = [repr(panel_of(op).form()), str(panel_of(op).result.to_json()), op.told()]
        for key in "VKAJO":
            await op.press(key)
            told += [op.text(), await op.copy()]
        assert "The proxy is not reached" in "".join(told)
        assert not any("s3%40cret" in one or "s3@cret" in one for one in told)
    everything = b"".join(file.read_bytes() for file in demo.rglob("*") if file.is_file())
    assert b"cret@" not in everything


async def test_everybody_who_came_to_our_own_server_can_be_looked_at(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("L")
        await op.unlock(passphrase)
        await op.until("no client yet")
        for number, name in enumerate(("localhost", "visit.example", "localhost", "localhost"), 1):
            await fill(op, "server-name", name)
            await op.press("enter")
            await op.until(f" {number} {'✔' if name == 'localhost' else '✘'} ")
        visits = op.home_screen.query_one(Visits)
        assert visits.size.height == 2
        assert " 2 ✘ " not in op.text()
        visits.focus()
        await op.press("end")
        await op.until(" 1 ✔ TLSv1.3")
        assert " 2 ✘ The client ended" in op.text()
