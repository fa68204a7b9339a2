"""The acts of a certificate's life by the keyboard: renew, revoke, hold and release, publish, and what the doctor sees."""

import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from textual.command import CommandPalette
from textual.widgets import Button

from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters


@pytest.fixture(autouse=True)
def _files_go_here(tmp_path, monkeypatch):
    place = tmp_path / "files"
    place.mkdir()
    monkeypatch.chdir(place)


def status(op, title):
    return next(entry.status for entry in op.rows() if entry.title == title)


async def press_the_button(op, label):
    """Go to a button by the Tab key, and press it."""
    while not (isinstance(op.app.focused, Button) and str(op.app.focused.label) == label):
        await op.press("tab")
    await op.press("enter")


async def test_what_is_revoked_is_a_matter_of_today_until_it_is_published(
    operate, demo, passphrase, tmp_path, either_size
):
    async with operate(demo, either_size) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await op.press("x")
        await op.dialog("RevokeDialog")
        assert op.find("#leave").has_focus
        await op.until("nothing else has its name or key")
        await press_the_button(op, "Revoke")
        await op.home()
        await op.until(lambda: status(op, "mail.home.arpa") == "revoked")
        await op.until("≡ 1 CRL unpublished")

        await op.press("P")
        await op.dialog("PublishDialog")
        await op.until("is not published yet")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "CRL unpublished" not in op.text())
        crl = x509.load_der_x509_crl((tmp_path / "files" / "Home-Issuing-CA.crl").read_bytes())
        serial = int(op.current().record.serial, 16)
        assert [entry.serial_number for entry in crl] == [serial]


async def test_a_certificate_is_renewed_with_a_new_key_after_what_changes_was_shown(
    operate, demo, passphrase
):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("www.home.arpa")
        old = op.current()
        await op.press("r")
        await op.dialog("RenewDialog")
        await op.until("the one it has")
        await op.press("tab")
        await op.choose("alike")
        await op.until(lambda: re.search("the one it has +a new one", op.text()))
        assert "NOW" in op.text()
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.current().title == old.title and op.current().record.id != old.record.id)
        assert op.current().record.key_id != old.record.key_id
        assert op.current().record.names == old.record.names

        await op.go_to("www.home.arpa")
        await op.press("r")
        await op.until(
            lambda: f"www.home.arpa was renewed already, by {op.current().renewed_by_ref}." in op.told()
        )


async def test_a_root_is_told_what_a_new_key_means_and_gets_cross_certificates(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.press("r")
        await op.dialog("RenewDialog")
        await op.until("With the same key what it issued stays valid and attached to it.")
        await op.press("tab")
        await op.choose("alike")
        await op.until("vouch for each other.")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "Renewed CN=Home Root CA,O=Home, with 2 cross-certificates." in op.told())
        await op.until(lambda: op.titles().count("Home Root CA") == 4)


async def test_cancel_revokes_nothing(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("x")
        await op.dialog("RevokeDialog")
        await op.press("enter")
        await op.home()
        assert status(op, "localhost") == "valid"


async def test_what_is_on_hold_is_released_by_the_same_key(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("x")
        await op.dialog("RevokeDialog")
        await op.press("tab", "tab")
        await op.choose("hold")
        await op.until("Put on hold? y/n")
        await press_the_button(op, "Revoke")
        await op.home()
        await op.until(lambda: status(op, "localhost") == "held")
        await op.until(lambda: op.current().status == "held")
        await op.press("x")
        await op.dialog("UnholdDialog")
        await press_the_button(op, "Release")
        await op.home()
        await op.until(lambda: status(op, "localhost") == "valid")


async def test_an_authority_is_revoked_only_by_its_name_and_what_falls_with_it_is_shown_before(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("Home Issuing CA")
        await op.press("x")
        await op.dialog("RevokeDialog")
        await op.until("8 that nobody will trust")
        await press_the_button(op, "Revoke")
        await op.until("type its name")
        assert op.find("#name").has_focus
        await op.type("Home Issuing CA")
        await op.press("enter")
        await op.home()
        await op.until(lambda: status(op, "Home Issuing CA") == "revoked")


async def test_a_key_that_can_do_nothing_here_says_why(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("Home Root CA")
        assert op.home_screen.check_action("revoke", ()) is None
        await op.press("x")
        await op.until(
            lambda: op.told().count("Home Root CA is a root, and a root cannot revoke itself.") == 1
        )
        await op.press("ctrl+p")
        await op.until(lambda: isinstance(op.app.screen, CommandPalette))
        await op.type("Revoke")
        await op.until("Not now: Home Root CA is a root")
        await op.press("enter")
        await op.home()
        await op.until(
            lambda: op.told().count("Home Root CA is a root, and a root cannot revoke itself.") == 2
        )


async def test_the_doctor_says_what_mends_it_and_enter_goes_to_the_certificate(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("slash")
        await op.type("localhost")
        await op.press("enter")
        await op.press("D")
        await op.dialog("DoctorDialog")
        await op.until("10 live certificates looked at: ")
        while "printer.home.arpa, " not in op.text():
            await op.press("down")
        for told in ("It is valid for 398 days", "SC-081v3", "tlsca renew "):
            await op.until(told)
        await op.press("enter")
        await op.home()
        await op.until(lambda: op.current().title == "printer.home.arpa")


async def test_a_directory_of_another_ca_is_imported_with_what_it_revoked(
    operate, demo, passphrase, tmp_path
):
    tree = elsewhere(tmp_path)
    async with operate(demo) as op:
        await op.opened()
        await op.press("I")
        await op.dialog("ImportDialog")
        assert "whole directories of other CAs" in op.text()
        await op.type(str(tree))
        await op.press("enter")
        await op.unlock(passphrase)
        await op.dialog("ImportReportDialog")
        await op.until("It is bookkeeping of openssl ca.")
        await op.press("escape")
        await op.home()
        await op.until(lambda: "Took over 1 revocation of certificates that are not there." in op.told())
        assert f"Found openssl ca in {tree}." in op.told()
        assert "Imported 1 certificate and 1 key." in op.told()
        await op.until("≡ 1 CRL unpublished")


def elsewhere(tmp_path):
    """Return a directory as `openssl ca` keeps it, whose index revoked a certificate that nobody has."""
    quick = KdfParameters(memory_kib=8, passes=1, lanes=1)
    desk = create_store(tmp_path / "elsewhere", "made somewhere else", parameters=quick)
    record = create_authority(desk, AuthorityForm(name="Elsewhere CA")).record
    tree = tmp_path / "demoCA"
    (tree / "private").mkdir(parents=True)
    (tree / "cacert.pem").write_bytes(desk.certificate(record).public_bytes(Encoding.PEM))
    key = desk.private_key(record).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tree / "private" / "cakey.pem").write_bytes(key)
    (tree / "serial").write_text("1001\n")
    (tree / "index.txt").write_text("R\t400101000000Z\t260101000000Z\t1000\tunknown\t/CN=gone.example\n")
    desk.close()
    return tree
