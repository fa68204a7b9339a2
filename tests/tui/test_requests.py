"""Requests by the keyboard: one's own, which is shown and written, and somebody's, which is compared before it is signed."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from textual import events


@pytest.fixture(autouse=True)
def _files_go_here(tmp_path, monkeypatch):
    place = tmp_path / "files"
    place.mkdir()
    monkeypatch.chdir(place)


@pytest.fixture
def greedy():
    """A request for a server's names that also asks to be an authority, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName("shop.example")])
    builder = x509.CertificateSigningRequestBuilder(x509.Name([])).add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


async def test_what_was_asked_stands_beside_what_results_before_it_is_signed(
    operate, demo, passphrase, greedy, either_size
):
    async with operate(demo, either_size) as op:
        await op.opened()
        await op.press("S")
        await op.dialog("SignDialog")
        await op.until("nothing is signed before you have seen what results")
        await op.press("tab")
        op.app.post_message(events.Paste(f"\x1b[31m{greedy}".replace("\n", "\r")))  # as terminals paste lines
        await op.until("never makes an authority")
        assert "\x1b" not in op.app.focused.text
        assert "ASKED" in op.text()
        await op.press("tab")
        await op.choose("client")
        await op.until("TLS client")
        await op.press("shift+tab", "tab")
        await op.choose("server")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.current().title == "shop.example")
        assert not op.current().record.is_authority
        assert not op.current().has_key


async def test_a_request_of_ones_own_is_shown_written_and_signed_by_file(operate, demo, passphrase, tmp_path):
    async with operate(demo) as op:
        await op.opened()
        await op.press("R")
        await op.dialog("RequestDialog")
        await op.type("new.example")
        await op.press("tab", "tab", "tab")
        await op.type("new.csr")
        await op.press("enter")
        await op.unlock(passphrase)
        await op.until("✔ Written")
        await op.until("END CERTIFICATE REQUEST")
        written = (tmp_path / "files" / "new.csr").read_bytes()
        assert x509.load_pem_x509_csr(written).is_signature_valid
        await op.press("escape")
        await op.home()

        await op.press("S")
        await op.dialog("SignDialog")
        await op.type("new.csr")
        await op.until("RESULT")
        await op.press("enter")
        await op.home()
        await op.until(lambda: op.current().title == "new.example")
        assert op.current().has_key


async def test_a_profile_of_ones_own_is_offered_and_a_broken_one_says_why(operate, demo):
    profiles = demo / "profiles"
    profiles.mkdir()
    (profiles / "web.toml").write_text('extends = "server"\n')
    (profiles / "odd.toml").write_text('extends = "servre"\n')
    async with operate(demo, (160, 45)) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.press("tab", "enter")
        await op.until("public-server  ")
        await op.until("web  ")
        await op.until("odd  ")
        assert "! " in next(line for line in op.text().splitlines() if "odd  " in line)


@pytest.mark.parametrize(
    ("key", "dialog", "field"), [("I", "ImportDialog", "#paths"), ("S", "SignDialog", "#path")]
)
async def test_a_path_is_completed_and_the_home_of_nobody_is_told(
    operate, demo, passphrase, tmp_path, key, dialog, field
):
    (tmp_path / "files" / "the request.csr").touch()
    async with operate(demo) as op:
        await op.opened()
        await op.press(key)
        await op.dialog(dialog)
        await op.type("~no-one/x.pem, the" if key == "I" else "the")
        await op.until("the request.csr")
        await op.press("right")
        assert op.find(field).value.endswith("the request.csr")
        await op.replace("~no-one/x.pem")
        if key == "I":  # the form to sign with follows what is typed
            await op.press("ctrl+s")
            await op.unlock(passphrase)
        await op.until(lambda: op.text().count("~no-one/x.pem") == 2)  # as it was typed, and in the refusal
