"""Somebody who has nothing yet, and somebody who has a month's renewals to do: by keyboard alone, in a small terminal and a large one."""

import pytest

from tlsca.tui.widgets.connection import ConnectionPanel

SECRET = "four quiet words here"


@pytest.fixture(autouse=True)
def _files_go_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


async def test_the_first_certificate_comes_step_by_step_from_the_first_run_and_is_proven(
    operate, tmp_path, either_size
):
    async with operate(tmp_path / "store", either_size) as op:
        await op.until("Step by step")
        await op.press("s")
        await op.dialog("SetupDialog")
        await op.until("five odd words")
        await op.until("then the certificate, in five questions")
        await op.type(SECRET)
        await op.press("tab")
        await op.type(SECRET)
        await op.press("enter")

        await op.dialog("WizardDialog")
        await op.until("What is it for?")
        await op.until("Proves a host to clients")
        await op.press("down", "enter")
        await op.until("Which names?")
        await op.until("Whom it stands for")
        await op.press("escape")
        await op.until("What is it for?")
        await op.press("up", "enter")

        await op.until("Which names?")
        await op.until("To try it on this computer alone: localhost, 127.0.0.1.")
        await op.press("enter")
        await op.until("A certificate needs a name.")
        await op.type("under_score.example")
        await op.press("enter")
        await op.until("no DNS name, IP address")
        await op.replace("localhost, 127.0.0.1")
        await op.press("enter")
        await op.until("Who signs it?")
        assert "My Issuing CA" in op.text()
        await op.press("enter")
        await op.until("How long is it valid?")
        await op.press("down")
        await op.until("15 March 2029")
        await op.press("enter")
        await op.until("Is this what you want?")
        await op.until("47 days, until")
        assert op.titles() == ["My Root CA", "My Issuing CA"]
        await op.press("enter")
        await op.until("Issued CN=localhost.")

        await op.press("p")
        await op.home()
        await op.until("✔ TRUSTED")
        assert op.current().record.names == ("localhost", "127.0.0.1")
        assert op.home_screen.query_one(ConnectionPanel).result is not None


async def test_all_that_expires_this_month_is_found_and_renewed_at_once(
    operate, demo, passphrase, either_size
):
    async with operate(demo, either_size) as op:
        await op.opened()
        await op.press("slash")
        await op.type("expires<30d status:expiring")
        await op.press("enter")
        await op.until(lambda: {"mail.home.arpa"} <= set(op.titles()) and len(op.titles()) < 11)
        ending = {entry.record.id for entry in op.rows()}
        assert all(entry.remaining.days < 30 for entry in op.rows())
        await op.press("asterisk")
        await op.until(f"✔ {len(ending)} marked")
        await op.press("r")
        await op.dialog("RenewDialog")
        await op.until("Valid")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "Renewed " in op.told())
        await op.press("escape")
        await op.until(lambda: len(op.rows()) == 11 + len(ending))
        assert {entry.record.id for entry in op.rows() if entry.renewed_by_ref} == ending
