"""Cross-signing by the keyboard: somebody's authority from a file or pasted, one of the store's, and what is refused."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from textual import events

from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.keeping import create_store, open_store, unlock
from tlsca.store.vault import KdfParameters


@pytest.fixture
def partner(tmp_path, monkeypatch):
    """Somebody else's root in the file partner.pem of the working directory; return its certificate."""
    monkeypatch.chdir(tmp_path)
    quick = KdfParameters(memory_kib=8, passes=1, lanes=1)
    desk = create_store(tmp_path / "elsewhere", "made somewhere else", parameters=quick)
    certificate = desk.certificate(
        create_authority(desk, AuthorityForm(name="CN=Partner Root,O=Partner")).record
    )
    (tmp_path / "partner.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    desk.close()
    return certificate


def made(demo, record):
    desk = open_store(demo)
    certificate = desk.certificate(record)
    desk.close()
    return certificate


async def test_a_file_is_vouched_for_within_bounds_that_were_shown_before(operate, demo, passphrase, partner):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("www.home.arpa")
        await op.press("C")
        await op.dialog("CrossSignDialog")
        await op.until("Give the other authority's own certificate.")
        await op.press("tab")
        await op.type("partner.pem")
        await op.until("CN=Partner Root,O=Partner  keeps its name and its key")
        await op.press("tab", "tab", "tab", "tab", "tab")
        assert op.find("#path-length").has_focus
        await op.type("1")
        await op.press("tab")
        await op.type("partner.example")
        await op.press("tab")
        await op.type("secret.partner.example")
        await op.until("with at most 1 below it")
        await op.press("enter")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.current().title == "Partner Root")
        record = op.current().record
        assert op.current().record.issuer == "CN=Home Root CA,O=Home"
    certificate = made(demo, record)
    assert certificate.public_key() == partner.public_key()
    bounds = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    assert [one.value for one in bounds.permitted_subtrees] == ["partner.example"]
    assert [one.value for one in bounds.excluded_subtrees] == ["secret.partner.example"]


async def test_what_is_pasted_is_vouched_for_until_a_date(operate, demo, passphrase, partner):
    pem = partner.public_bytes(Encoding.PEM).decode()
    async with operate(demo, (120, 40)) as op:
        await op.opened()
        await op.press("C")
        await op.dialog("CrossSignDialog")
        await op.press("tab", "tab")
        op.app.post_message(events.Paste("no certificate"))
        await op.until("The pasted text holds nothing that tlsca knows.")
        await op.press("ctrl+a")
        op.app.post_message(events.Paste(pem))
        await op.until("CN=Partner Root,O=Partner")
        await op.press("tab", "tab", "tab")
        await op.type("2028-02-29")
        await op.until("until 2028-02-29")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.current().title == "Partner Root")
        assert f"{op.current().record.not_after:%Y-%m-%d}" == "2028-02-29"


async def test_the_authority_under_the_cursor_is_offered_with_one_that_can_vouch_for_it(
    operate, demo, passphrase
):
    desk = open_store(demo)
    unlock(desk, passphrase)
    create_authority(desk, AuthorityForm(name="Second Root"))
    desk.close()
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("Home Root CA")
        await op.press("C")
        await op.dialog("CrossSignDialog")
        await op.until("CN=Home Root CA,O=Home  keeps its name and its key")
        await op.until("CN=Second Root")
        await op.press("tab")
        await op.choose(op.rows()[0].record.sha256)
        await op.until("itself, or stands above")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.until(lambda: op.find(".dialog-error").has_class("-shown"))
        await op.press("escape")
        await op.home()
        assert op.titles().count("Home Root CA") == 1
