"""The openssl commands behind a form: what is shown for what was typed is copied, pasted into a shell, and works."""

import subprocess

import pytest
from cryptography import x509

from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.keeping import create_store
from tlsca.authority.showing import show_authority
from tlsca.store.vault import KdfParameters
from tlsca.tui.widgets.connection import ConnectionPanel


@pytest.fixture
def clipboard(monkeypatch):
    """What the app copied, newest last."""
    copied = []
    monkeypatch.setattr("tlsca.tui.app.TlscaApp.copy_to_clipboard", lambda _app, text: copied.append(text))
    return copied


@pytest.fixture
def paste(tmp_path):
    """Paste a text into a shell in a directory of its own, which is returned."""
    where = tmp_path / "pasted"
    where.mkdir()

    def run(text):
        ran = subprocess.run(["sh", "-e"], input=text.encode(), cwd=where, capture_output=True, timeout=60, check=False)  # fmt: skip
        assert ran.returncode == 0, ran.stderr.decode()
        return where

    return run


@pytest.fixture
def authorities(tmp_path, paste):
    """Authorities of the same names as the demo's, made in the shell, so that its commands have something to sign with."""
    quick = KdfParameters(memory_kib=8, passes=1, lanes=1)
    desk = create_store(tmp_path / "shadow", "seen by nobody", parameters=quick)
    root = AuthorityForm(name="CN=Home Root CA,O=Home")
    paste(show_authority(desk, root))
    create_authority(desk, root)
    paste(show_authority(desk, AuthorityForm(name="CN=Home Issuing CA,O=Home", issuer="Home Root CA")))
    desk.close()


async def copied(op, clipboard):
    """Wait for commands, copy them and close them again; return what was copied."""
    await op.dialog("CommandDialog")
    await op.until("openssl ")
    before = len(clipboard)
    await op.press("y")
    await op.until(lambda: len(clipboard) > before)
    await op.press("escape")
    return clipboard[-1]


async def test_what_the_form_says_is_issued_in_the_shell_too(operate, demo, authorities, clipboard, paste):
    async with operate(demo) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("shell.home.arpa 10.1.2.3")
        await op.press("f3")
        text = await copied(op, clipboard)
        await op.dialog("IssueDialog")
        assert op.find("#names").value == "shell.home.arpa 10.1.2.3"
    made = x509.load_pem_x509_certificate((paste(text) / "shell.home.arpa.pem").read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["shell.home.arpa", "10.1.2.3"]
    assert made.issuer.rfc4514_string() == "CN=Home Issuing CA,O=Home"


async def test_an_export_is_made_in_the_shell_from_the_files_of_the_issue(
    operate, demo, authorities, clipboard, paste
):
    async with operate(demo) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("mail.home.arpa")
        await op.press("f3")
        paste(await copied(op, clipboard))
        await op.press("escape")
        await op.home()

        await op.go_to("mail.home.arpa")
        await op.press("e")
        await op.dialog("ExportDialog")
        await op.type("chain")
        await op.press("f3")
        where = paste(await copied(op, clipboard))
    (chain,) = where.glob("mail.home.arpa*chain*")
    subjects = [one.subject.rfc4514_string() for one in x509.load_pem_x509_certificates(chain.read_bytes())]
    assert subjects[0] == "CN=mail.home.arpa"
    assert "CN=Home Issuing CA,O=Home" in subjects


async def test_what_cannot_be_done_says_why_in_the_place_of_commands(operate, demo, clipboard):
    async with operate(demo) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.type("not..a..name")
        await op.press("f3")
        await op.dialog("CommandDialog")
        await op.until("not..a..name")
        await op.press("y")
        assert clipboard == []


async def test_c_offers_what_can_be_done_with_the_certificate_under_the_cursor(operate, demo, clipboard):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("www.home.arpa")
        await op.press("c")
        await op.dialog("CommandDialog")
        await op.until("openssl x509 -in www.home.arpa.pem -noout -text")
        offered = [str(prompt) for prompt, _ in op.find("#act")._options]
        assert offered == [
            "look at it",
            "verify it and its chain",
            "export it with its chain, as PEM",
            "export it with chain and key, as PKCS#12",
            "test the connection to www.home.arpa:443",
            "renew it with the same key",
            "renew it with a new key",
            "revoke it",
        ]
        await op.choose(4)
        await op.until("openssl s_client")
        await op.choose(7)
        await op.until("Home-Issuing-CA.index")
        await op.press("y")
        await op.until(lambda: clipboard)
        assert "-revoke www.home.arpa.pem" in clipboard[0]
        await op.press("escape")
        await op.home()

        await op.go_to("Home Root CA")
        await op.press("c")
        await op.dialog("CommandDialog")
        offered = [str(prompt) for prompt, _ in op.find("#act")._options]
        assert "publish its revocation list" in offered
        assert "revoke it" not in offered


async def test_a_connection_is_tested_by_the_same_command_before_its_form_was_ever_seen(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        panel = op.home_screen.query_one(ConnectionPanel)
        before = panel.form()
        assert before.target == "localhost:443"
        assert not panel.children
        await op.press("t")
        await op.until("Server name")
        assert panel.form() == before
