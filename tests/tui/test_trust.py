"""Trust by the keyboard: boxes for what was found, the commands before they are run, and what came of them."""

import shutil

import pytest

from tlsca.authority.trust.nss import NssDatabase, nss_databases
from tlsca.authority.trust.places import Places
from tlsca.text import hex_colons
from tlsca.tui.widgets.tick import Tick


class OfSomebodyElse(NssDatabase):
    """A database that only root may change, whoever runs the tests."""

    needs_root = True


@pytest.fixture
def chromium(tmp_path, monkeypatch):
    """Chromium's database, not there yet, and that of somebody else, in a home of the test's own; nothing else is found."""
    if shutil.which("certutil") is None:
        pytest.skip("certutil is not installed")
    (tmp_path / "home").mkdir()
    (database,) = nss_databases(tmp_path / "home")
    theirs = OfSomebodyElse(tmp_path / "theirs/nssdb", "Firefox of Bob", can_be_made=True)
    found = lambda passwords: Places((database, theirs), passwords)  # noqa: E731 -- what the dialog is given in its place
    monkeypatch.setattr("tlsca.tui.dialogs.trust.machine_places", found)
    return database


async def opened(op):
    await op.opened()
    await op.go_to("Home Root CA")
    await op.press("T")
    await op.dialog("TrustDialog")
    await op.until(lambda: len(op.app.screen.query("#places Tick")) == 2)


async def test_a_root_is_trusted_and_no_longer_after_the_commands_were_seen(operate, demo, chromium):
    async with operate(demo) as op:
        await opened(op)
        fingerprint = op.current().record.sha256
        await op.until(hex_colons(fingerprint[:8]))
        await op.press("y", "ctrl+s")
        assert not chromium.exists
        op.app.screen.query(Tick).first().focus()
        await op.press("space")
        await op.until("mkdir -m 700 --")
        await op.until("Make 1 change? y/n")
        await op.press("y")
        await op.until("✔ Chromium, Chrome trusts it now.")
        assert set(chromium.contents()) == {fingerprint}
        await op.until(lambda: op.app.screen.query(Tick).first().value)
        op.app.screen.query(Tick).first().focus()
        await op.press("space")
        await op.until("delete tlsca-")
        await op.press("ctrl+s")
        await op.until("✔ Chromium, Chrome trusts it no longer.")
        assert chromium.contents() == {}
        await op.press("escape")
        await op.home()


async def test_what_only_root_may_change_is_told_with_the_commands_and_left_alone(operate, demo, chromium):
    async with operate(demo) as op:
        await opened(op)
        op.app.screen.query(Tick).last().focus()
        await op.press("space")
        await op.until("! Stays as it is. Only root may change")
        await op.until("sudo mkdir -m 700")
        await op.press("y", "ctrl+s")
        assert "Make" not in op.text()
        assert not (chromium.path.parents[2] / "theirs").exists()
        await op.press("f3")
        await op.dialog("CommandDialog")
        await op.until("sudo certutil -A -d")


async def test_what_fails_is_one_sentence_and_the_boxes_stay(operate, demo, chromium):
    chromium.path.mkdir(parents=True)
    (chromium.path / "cert9.db").write_bytes(b"no database at all")
    async with operate(demo) as op:
        await opened(op)
        await op.until("cannot be read")
        await op.until("! Stays as it is. certutil failed with status 255")


async def test_a_certificate_that_is_no_root_is_refused_before_anything_opens(operate, demo, chromium):
    async with operate(demo) as op:
        await op.opened()
        for title, said in (("Home Issuing CA", "is no root"), ("www.home.arpa", "is no authority")):
            await op.go_to(title)
            await op.press("T")
            await op.until(lambda said=said: said in op.told())
        await op.home()
