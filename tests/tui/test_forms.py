"""The forms: what they refuse, in a sentence below the fields, and what they write."""

import pytest

from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters


@pytest.fixture(autouse=True)
def _exports_go_here(tmp_path, monkeypatch):
    place = tmp_path / "exports"
    place.mkdir()
    monkeypatch.chdir(place)


async def unlocked(op, passphrase):
    await op.opened()
    await op.press("ctrl+l")
    await op.unlock(passphrase)
    await op.until("▣ unlocked")


async def test_a_second_authority_of_one_name_is_refused_in_the_form(operate, demo, passphrase):
    async with operate(demo) as op:
        await unlocked(op, passphrase)
        await op.press("a")
        await op.dialog("AuthorityDialog")
        await op.type("CN=Home Root CA,O=Home")
        await op.until("There is an authority")
        await op.press("enter")
        await op.until(lambda: "There is an authority" in str(op.find(".dialog-error").content))
        assert len(op.rows()) == 11
        await op.replace("Second Root CA")
        await op.press("enter")
        await op.home()
        await op.until(lambda: op.current().title == "Second Root CA")


async def test_a_name_that_is_none_is_told_before_and_when_it_is_issued(operate, demo, passphrase):
    async with operate(demo) as op:
        await unlocked(op, passphrase)
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("under_score..arpa")
        await op.until("under_score..arpa” ")
        await op.press("enter")
        await op.until(lambda: "under_score..arpa" in str(op.find(".dialog-error").content))
        await op.press("escape")
        await op.home()
        assert len(op.rows()) == 11


async def test_two_passphrases_that_differ_are_told_and_no_store_is_made(operate, tmp_path):
    async with operate(tmp_path / "store") as op:
        await op.until("Create an authority")
        await op.press("c")
        await op.dialog("SetupDialog")
        await op.type("four quiet words here")
        await op.press("enter")
        await op.until(lambda: op.find("#again").has_focus)
        assert "differ" not in op.text()
        await op.type("four quiet words her")
        await op.press("enter")
        await op.until("differ")
        await op.type("e")
        op.find("#name").value = "CN=Spaced Root, O=House"
        await op.press("enter")
        await op.opened()
        assert op.titles() == ["Spaced Root", "Spaced Root Issuing"]


async def test_a_short_passphrase_is_told_and_no_store_is_made(operate, tmp_path):
    async with operate(tmp_path / "store") as op:
        await op.until("Create an authority")
        await op.press("c")
        await op.dialog("SetupDialog")
        await op.type("short")
        await op.press("tab")
        await op.type("short")
        await op.press("ctrl+s")
        await op.until(lambda: op.find(".dialog-error").has_class("-shown"))
        assert not (tmp_path / "store" / "journal.jsonl").exists()
        await op.press("escape")
        await op.until("Try the demo")


@pytest.fixture
def authority_files(tmp_path):
    """A CA made elsewhere: certificate and key, as PEM files."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    quick = KdfParameters(memory_kib=8 * 1024, passes=1, lanes=1)
    desk = create_store(tmp_path / "elsewhere", "made somewhere else", parameters=quick)
    record = create_authority(desk, AuthorityForm(name="Elsewhere CA")).record
    certificate, key = tmp_path / "ca.pem", tmp_path / "ca.key"
    certificate.write_bytes(desk.certificate(record).public_bytes(Encoding.PEM))
    key.write_bytes(desk.private_key(record).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    desk.close()
    return certificate, key


async def test_an_authority_that_one_has_is_imported_and_can_issue(
    operate, demo, passphrase, authority_files
):
    certificate, key = authority_files
    async with operate(demo) as op:
        await unlocked(op, passphrase)
        await op.press("I")
        await op.dialog("ImportDialog")
        await op.type(f"{certificate}, /nowhere/else.pem")
        await op.press("enter")
        await op.until("no file /nowhere/else.pem")
        op.find("#paths").value = f"{certificate}, {key}"
        await op.press("ctrl+s")
        await op.home()
        await op.until(lambda: op.current().title == "Elsewhere CA")
        await op.until(lambda: "Imported 1 certificate and 1 key." in op.told())
        await op.press("i")
        await op.dialog("IssueDialog")
        assert "Elsewhere CA" in str([option[0] for option in op.find("#issuer")._options])


DIALOGS = {"i": "IssueDialog", "W": "WizardDialog", "a": "AuthorityDialog", "e": "ExportDialog", "I": "ImportDialog", "R": "RequestDialog", "S": "SignDialog", "r": "RenewDialog", "P": "PublishDialog", "C": "CrossSignDialog", "w": "RequestsDialog", "c": "CommandDialog", "D": "DoctorDialog", "question_mark": "HelpDialog", "ctrl+l": "UnlockDialog"}  # fmt: skip


@pytest.mark.parametrize("keys", [list(DIALOGS)[part::3] for part in range(3)], ids=" ".join)
async def test_escape_leaves_every_dialog_whatever_the_size_of_the_terminal(operate, demo, keys):
    async with operate(demo) as op:
        await op.opened()
        for key in keys:
            await op.press(key)
            await op.dialog(DIALOGS[key])
            for size in ((200, 60), (20, 6), (1, 1), (120, 40), (80, 24)):
                await op.pilot.resize_terminal(*size)
            assert op.find("#leave").region.height == 1
            await op.press("escape")
            await op.home()
