"""The list of requests by the keyboard: what waits is read and signed there, and what was signed leads to its certificate."""

import pytest

from tlsca.authority.importing import import_files
from tlsca.authority.keeping import create_store, open_store, unlock
from tlsca.authority.requesting import RequestForm, SignForm, make_request, sign_request
from tlsca.store.vault import KdfParameters


@pytest.fixture
def waiting(demo, passphrase, tmp_path):
    """A demo with a request of its own that was signed, and one of somebody else that waits."""
    quick = KdfParameters(memory_kib=8, passes=1, lanes=1)
    elsewhere = create_store(tmp_path / "elsewhere", "made somewhere else", parameters=quick)
    theirs = tmp_path / "theirs.csr"
    theirs.write_bytes(make_request(elsewhere, RequestForm(names=("theirs.example",))).pem)
    elsewhere.close()
    desk = open_store(demo)
    unlock(desk, passphrase)
    ours = make_request(desk, RequestForm(names=("ours.home.arpa",)))
    sign_request(desk, SignForm(request=ours.pem, issuer="Home Issuing CA"))
    import_files(desk, [theirs], passphrase=None)
    desk.close()
    return demo


async def test_what_waits_is_read_and_signed_and_becomes_a_certificate(operate, waiting, passphrase):
    async with operate(waiting) as op:
        await op.opened()
        await op.press("w")
        await op.dialog("RequestsDialog")
        await op.until("2 requests, 1 waiting for a signature")
        await op.until("nothing yet: it waits for a signature")
        await op.press("o")
        await op.until(lambda: "It has not become a certificate of this store yet." in op.told())
        await op.press("enter")
        await op.dialog("RequestTextDialog")
        await op.until("proves that who asks has the private key")
        await op.until("Version: 1 (0x0)")
        await op.press("escape")
        await op.dialog("RequestsDialog")
        await op.press("S")
        await op.dialog("SignDialog")
        await op.until("RESULT")
        await op.until("theirs.example")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.current().title == "theirs.example")
        assert not op.current().has_key

        await op.press("w")
        await op.dialog("RequestsDialog")
        await op.until("2 requests, 0 waiting for a signature")


async def test_what_was_signed_leads_to_its_certificate_past_a_filter(operate, waiting):
    async with operate(waiting) as op:
        await op.opened()
        await op.press("slash")
        await op.type("localhost")
        await op.press("enter", "w")
        await op.dialog("RequestsDialog")
        await op.until("1 waiting")
        await op.press("down")
        await op.until("its private key is in the store")
        await op.press("o")
        await op.home()
        await op.until(lambda: op.current().title == "ours.home.arpa")


async def test_cancelling_a_signature_comes_back_to_the_list(operate, waiting):
    async with operate(waiting, (160, 45)) as op:
        await op.opened()
        await op.press("w")
        await op.dialog("RequestsDialog")
        await op.until("1 waiting")
        await op.press("S")
        await op.dialog("SignDialog")
        await op.press("escape")
        await op.dialog("RequestsDialog")
        await op.until("theirs.example")


async def test_a_store_without_requests_says_how_to_come_by_some(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("w")
        await op.dialog("RequestsDialog")
        await op.until("No requests yet. R makes one here; S signs somebody's; I imports them.")
        await op.press("S", "o", "enter")
        assert type(op.app.screen).__name__ == "RequestsDialog"
