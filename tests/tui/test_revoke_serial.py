"""Revoking by serial number: what the store never saw, without ever hitting what was not meant."""

import pytest

from tlsca.authority.keeping import open_store
from tlsca.authority.revoking import RevocationForm, revoke


@pytest.fixture(autouse=True)
def _files_go_here(tmp_path, monkeypatch):
    place = tmp_path / "files"
    place.mkdir()
    monkeypatch.chdir(place)


async def asked(op, *, at):
    """Open the form, with the cursor on a certificate."""
    await op.opened()
    await op.go_to(at)
    await op.press("X")
    await op.dialog("RevokeSerialDialog")
    assert op.find("#serial").has_focus


async def test_a_number_that_the_store_never_saw_gets_onto_the_published_list(
    operate, demo, passphrase, tmp_path, openssl
):
    async with operate(demo) as op:
        await asked(op, at="localhost")
        await op.type("12:g4")
        await op.until("“12:g4” is no serial number.")
        await op.replace("DE:AD:be:ef:01")
        await op.until("not in the store")
        await op.until("DE:AD:BE:EF:01")
        await op.until("never saw serial number deadbeef01")
        await op.press("tab")
        await op.choose("superseded")
        await op.press("tab")
        await op.type("2026-02-03")
        await op.until("2026-02-03T00:00:00Z")
        await op.until("Revoke for good? y/n")
        await op.press("enter")
        assert op.find("#leave").has_focus
        await op.press("y")
        await op.home()
        await op.until(lambda: "Serial number deadbeef01 is revoked." in op.told())
        await op.until("1 CRL unpublished")
        await op.until(lambda: op.current().title == "Home Issuing CA")

        await op.press("P")
        await op.dialog("PublishDialog")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "unpublished" not in op.text())
    crl = tmp_path / "files" / "Home-Issuing-CA.crl"
    told = openssl("crl", "-inform", "DER", "-noout", "-text", "-in", crl).decode()
    assert "Serial Number: DEADBEEF01" in told
    assert "Superseded" in told
    assert "Feb  3 00:00:00 2026 GMT" in told


async def test_enter_in_the_number_and_enter_again_revokes_nothing(operate, demo):
    async with operate(demo) as op:
        await asked(op, at="Home Issuing CA")
        await op.type("1000")
        await op.until("4096 in decimal")
        await op.press("enter", "enter")
        await op.home()
        await op.press("X")
        await op.dialog("RevokeSerialDialog")
        await op.type("1000")
        await op.until("Revoke for good? y/n")


async def test_letters_that_are_typed_beside_the_fields_answer_nothing(operate, demo):
    async with operate(demo) as op:
        await asked(op, at="Home Issuing CA")
        await op.type("1000")
        await op.until("Revoke for good? y/n")
        await op.press("tab")
        await op.type("y")
        await op.dialog("RevokeSerialDialog")
        assert op.find("#leave").has_focus
        await op.press("n")
        await op.home()
        assert op.told() == ""


async def test_the_commands_that_do_the_same_are_shown_and_missed_without_a_number(operate, demo):
    async with operate(demo, (120, 40)) as op:
        await asked(op, at="Home Issuing CA")
        await op.press("f3")
        await op.until("“” is no serial number.")
        await op.press("escape")
        await op.type("1000")
        await op.until("Revoke for good? y/n")
        await op.press("f3")
        await op.dialog("CommandDialog")
        await op.until("Home-Issuing-CA")


async def test_the_beginning_of_a_number_is_another_number(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        serial = next(entry.record.serial for entry in op.rows() if entry.title == "localhost")
        await asked(op, at="Home Issuing CA")
        await op.type(serial[:8])
        await op.until("not in the store")
        await op.type(serial[8:])
        await op.until("localhost  ")
        assert "not in the store" not in op.text()


async def test_an_authority_of_the_list_is_not_revoked_by_its_number(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        serial = next(entry.record.serial for entry in op.rows() if entry.title == "Home Issuing CA")
        await asked(op, at="Home Root CA")
        await op.type(f"0x{serial}")
        await op.until("8 that nobody will trust")
        await op.press("enter", "y")
        await op.until("Home Issuing CA is an authority, and in the store.")
        await op.press("n")
        await op.home()
        assert [entry.status for entry in op.rows() if entry.title == "Home Issuing CA"] == ["valid"]


async def test_a_number_is_revoked_once(operate, demo):
    desk = open_store(demo)
    revoke(desk, RevocationForm(references=("0x1000",), issuer="Home Issuing CA"))
    desk.close()
    async with operate(demo) as op:
        await asked(op, at="Home Issuing CA")
        await op.type("10:00")
        await op.until("was revoked already")
