"""Acts on several certificates at once: shown, refused or done for all of them together."""

import pytest

from tlsca.authority.keeping import open_store
from tlsca.authority.revoking import RevocationForm, revoke


@pytest.fixture(autouse=True)
def _files_go_here(tmp_path, monkeypatch):
    place = tmp_path / "files"
    place.mkdir()
    monkeypatch.chdir(place)


def statuses(op, *titles):
    return [entry.status for entry in op.rows() if entry.title in titles]


async def mark(op, *titles):
    for title in titles:
        await op.go_to(title)
        await op.press("space")
    await op.until(f"✔ {len(titles)} marked")


async def test_several_are_revoked_in_one_go_and_the_list_says_since_when_each_is_bad(
    operate, demo, passphrase, tmp_path, openssl
):
    async with operate(demo) as op:
        await op.opened()
        await mark(op, "mail.home.arpa", "www.home.arpa")
        await op.press("x")
        await op.dialog("RevokeDialog")
        assert op.find("#leave").has_focus
        await op.until("Revoke 2 for good? y/n")
        for told in ("mail.home.arpa, ", "www.home.arpa, ", "nothing else has their names or keys"):
            await op.until(told)
        await op.press("tab", "tab")
        await op.choose("key-compromise")
        await op.press("tab")
        await op.type("2026-1")
        await op.until("“2026-1” is no date.")
        await op.replace("2026-01-31")
        await op.until("2026-01-31T00:00:00Z  ")
        await op.press("enter")
        assert op.find("#leave").has_focus
        await op.press("y")
        await op.home()
        await op.until(lambda: "mail.home.arpa and www.home.arpa are revoked." in op.told())
        await op.until(lambda: statuses(op, "mail.home.arpa", "www.home.arpa") == ["revoked", "revoked"])
        await op.until("≡ 1 CRL unpublished")
        assert "marked" not in op.text()
        revoked = [entry.record for entry in op.rows() if entry.status == "revoked"]

        await op.press("P")
        await op.dialog("PublishDialog")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "CRL unpublished" not in op.text())
    crl = tmp_path / "files" / "Home-Issuing-CA.crl"
    told = openssl("crl", "-inform", "DER", "-noout", "-text", "-in", crl).decode()
    assert told.count("Invalidity Date") == 2
    assert told.count("Jan 31 00:00:00 2026 GMT") == 2
    assert told.count("Key Compromise") == 2
    assert all(record.serial.upper() in told for record in revoked)
    desk = open_store(demo)
    assert [one.act for one in desk.ledger.history()].count("revoke") == 1
    desk.close()


async def test_what_cannot_be_done_to_one_of_them_is_told_with_its_reason_and_done_to_none(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await mark(op, "Home Root CA", "Home Issuing CA", "localhost")
        await op.press("x")
        for told in (
            "Home Root CA is a root, and a root cannot revoke itself.",
            "Home Issuing CA is an authority, which is revoked alone and by its name.",
            "It is done to all 3 that are marked or to none: unmark them with space.",
        ):
            await op.until(lambda told=told: told in op.told())
        await op.home()
        assert {entry.status for entry in op.rows()} <= {"valid", "expiring", "expired"}
        await op.until("✔ 3 marked")


async def test_an_authority_and_what_is_below_it_are_not_renewed_together(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await mark(op, "Home Issuing CA", "localhost")
        await op.press("r")
        await op.dialog("RenewDialog")
        await op.until("localhost is below Home Issuing CA, which is to be renewed too.")


async def test_several_are_renewed_with_another_kind_of_key_after_what_changes_in_each_was_shown(
    operate, demo, passphrase
):
    async with operate(demo) as op:
        await op.opened()
        await mark(op, "www.home.arpa", "db.home.arpa")
        before = {entry.record.id for entry in op.rows()}
        await op.press("r")
        await op.dialog("RenewDialog")
        await op.until("Keys themselves")
        assert op.text().index("www.home.arpa") < op.text().index("db.home.arpa")
        await op.press("tab")
        await op.choose("ec-p521")
        await op.until("new ones")
        await op.until("ec-p521")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "Renewed CN=www.home.arpa and CN=db.home.arpa." in op.told())
        await op.until(lambda: len(op.rows()) == 13)
        new = [entry.record for entry in op.rows() if entry.record.id not in before]
        assert [record.key for record in new] == ["ec-p521", "ec-p521"]
        assert [record.subject for record in new] == ["CN=www.home.arpa", "CN=db.home.arpa"]
        assert "marked" not in op.text()


async def test_a_date_to_come_is_refused_while_it_is_typed_and_nothing_is_revoked(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("x")
        await op.dialog("RevokeDialog")
        await op.until("Revoke for good? y/n")
        await op.press("tab", "tab", "tab")
        await op.type("2999-01-01")
        await op.until("2999-01-01T00:00:00Z has not come yet")
        await op.press("enter", "y")
        await op.dialog("RevokeDialog")
        assert "has not come yet" in str(op.find(".dialog-error").content)
        await op.press("n")
        await op.home()
        assert statuses(op, "localhost") == ["valid"]


@pytest.fixture
def held(demo):
    """A demo store with two certificates on hold."""
    desk = open_store(demo)
    revoke(desk, RevocationForm(references=("localhost", "db.home.arpa"), reason="hold"))
    desk.close()
    return demo


async def test_several_on_hold_are_released_together(operate, held):
    async with operate(held) as op:
        await op.opened()
        await mark(op, "localhost", "db.home.arpa")
        await op.press("x")
        await op.dialog("UnholdDialog")
        await op.until("db.home.arpa and localhost")
        await op.press("y")
        await op.home()
        await op.until(lambda: statuses(op, "localhost", "db.home.arpa") == ["valid", "valid"])


async def test_what_is_on_hold_can_be_revoked_for_good_instead(operate, held):
    async with operate(held) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("x")
        await op.dialog("UnholdDialog")
        await op.press("tab", "enter")
        await op.dialog("RevokeDialog")
        await op.until("Revoke for good? y/n")
        await op.press("y")
        await op.home()
        await op.until(lambda: statuses(op, "localhost", "db.home.arpa") == ["held", "revoked"])
