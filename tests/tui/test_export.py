"""The export dialog: for which program, what would be written, and whether openssl opens what was, all by the keyboard."""

import subprocess
from pathlib import Path

import pytest
from textual.widgets import Input

from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.keeping import open_store, unlock
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.tick import Tick

SECRET = "twelve quiet geese"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return the directory that the app is started in."""
    place = tmp_path / "exports"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def clipboard(monkeypatch):
    """Everything that was copied."""
    copied = []
    monkeypatch.setattr("tlsca.tui.app.TlscaApp.copy_to_clipboard", lambda _, text: copied.append(text))
    return copied


@pytest.fixture
def issued(demo, passphrase):
    """Return a function that issues a certificate of another kind before the app is opened."""

    def make(*names, **more):
        desk = open_store(demo)
        unlock(desk, passphrase)
        record = issue(desk, CertificateForm(names=names, issuer="Home Issuing CA", **more)).record
        desk.close()
        return record

    return make


def openssl(*words):
    """Return what openssl says of a file."""
    ran = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return (ran.stdout + ran.stderr).decode()


def modes(directory):
    return {path.name: f"{path.stat().st_mode & 0o777:o}" for path in Path(directory).iterdir()}


async def export(op, title, destination):
    """Open the dialog on a certificate, and type where it is to go."""
    await op.opened()
    await op.go_to(title)
    await op.press("e")
    await op.dialog("ExportDialog")
    await op.type(destination)
    await op.until(lambda: op.app.screen.chosen == destination)
    await op.until(lambda: not any(worker.is_running for worker in op.app.workers))


async def seal(op, secret=SECRET):
    """Give the passphrase twice, each with Enter, the second of which exports."""
    await op.press("enter")
    await op.type(secret)
    await op.press("enter")
    await op.type(secret)
    await op.press("enter")


async def test_nginx_gets_its_directory_and_the_connection_is_tested_next(
    operate, demo, passphrase, place, clipboard
):
    async with operate(demo) as op:
        await export(op, "localhost", "nginx")
        await op.until("0600        -  key.pem")
        for name in ("certificate.pem", "root.pem", "README", "the private key, under a passphrase"):
            assert name in op.text()
        assert not list(place.iterdir())

        await op.press("ctrl+g")
        await op.dialog("PassphraseDialog")
        await op.press("y")
        made = clipboard.pop()
        assert made in op.text()
        await op.press("enter")
        await op.until("strong, 120 bits")
        assert made not in op.text()
        await op.press("enter")
        await op.unlock(passphrase)
        await op.until("✔ Written to")
        for told in ("read back: 2 certificates", "AES-256-CBC", "600,000", "/etc/nginx/tls/localhost"):
            assert told in op.text()
        await op.press("y")
        assert clipboard.pop().startswith("ssl_certificate /etc/nginx/tls/localhost/certificate.pem;\n")
        await op.press("t")
        await op.home()
        assert (
            op.home_screen.query_one(ConnectionPanel)
            .query_one("#target", Input)
            .value.startswith("localhost")
        )
        assert made not in op.told()
    directory = place / "localhost-nginx"
    assert modes(directory) == {
        "certificate.pem": "644",
        "key.pem": "600",
        "root.pem": "644",
        "README": "644",
    }
    assert "localhost" in openssl(
        "x509", "-in", directory / "certificate.pem", "-noout", "-ext", "subjectAltName"
    )
    assert "PRIVATE KEY" in openssl("pkey", "-in", directory / "key.pem", "-passin", f"pass:{made}")
    assert made not in (demo / "journal.jsonl").read_text()


async def test_a_browser_gets_a_pkcs12_whose_construction_is_shown(operate, demo, passphrase, place):
    async with operate(demo, (120, 40)) as op:
        await export(op, "alice@home.arpa", "browser")
        await seal(op)
        await op.unlock(passphrase)
        await op.until("✔ Written to")
        for told in (
            "Key: AES-256-CBC, PBKDF2 with HMAC-SHA256, 300,000 rounds",
            "MAC: HMAC-SHA256, 300,000 rounds",
        ):
            assert told in op.text()
        await op.press("escape")
        await op.home()
    bag = place / "alice-home.arpa-browser" / "alice-home.arpa.p12"
    told = openssl("pkcs12", "-in", bag, "-info", "-nokeys", "-passin", f"pass:{SECRET}")
    assert "friendlyName: alice@home.arpa" in told
    assert "PBES2, PBKDF2, AES-256-CBC, Iteration 300000" in told
    assert SECRET not in (demo / "journal.jsonl").read_text()


async def test_a_program_that_can_be_told_no_passphrase_gets_its_key_in_the_clear_only_by_a_tick(
    operate, demo, passphrase, place
):
    async with operate(demo) as op:
        await export(op, "www.home.arpa", "haproxy")
        await op.until("There is no way to tell haproxy")
        await op.press("ctrl+s")
        await op.until(lambda: op.find(".dialog-error").has_class("-shown"))
        assert not list(place.iterdir())
        await op.press("shift+tab")
        op.find("#clear", Tick).focus()
        await op.press("space")
        await op.until("! Whoever can read the file has the key.")
        await op.until("haproxy.pem")
        await op.press("enter")
        await op.unlock(passphrase)
        await op.until("✔ Written to")
    pem = place / "www.home.arpa-haproxy" / "haproxy.pem"
    assert pem.stat().st_mode & 0o777 == 0o600
    assert pem.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert '"clear":true' in (demo / "journal.jsonl").read_text().replace(" ", "")


async def test_a_file_that_is_there_is_named_and_replaced_only_after_a_yes(operate, demo, place):
    there = place / "www.home.arpa.pem"
    there.write_text("precious")
    async with operate(demo) as op:
        await export(op, "www.home.arpa", "pem")
        await op.until("is there already")
        await op.press("enter", "enter")
        await op.until("Replace www.home.arpa.pem? y/n")
        assert op.app.focused.id == "leave"
        await op.press("n")
        assert op.app.focused.id == "out"
        assert there.read_text() == "precious"
        await op.press("ctrl+s")
        await op.until("Replace www.home.arpa.pem? y/n")
        await op.press("y")
        await op.until("✔ Written to")
    assert "www.home.arpa" in openssl("x509", "-in", there, "-noout", "-subject")


async def test_what_a_certificate_cannot_become_is_said_beside_the_choice(operate, demo, issued):
    issued("post.home.arpa", key="ml-dsa-65")
    async with operate(demo) as op:
        await export(op, "post.home.arpa", "pkcs12")
        await op.until("✗ pkcs12")
        await op.until("PKCS#12 cannot hold a key of kind ml-dsa-65 yet.")
        await op.press("ctrl+s")
        await op.until(lambda: op.find(".dialog-error").has_class("-shown"))
        await op.press("home")
        await op.type("java")
        await op.until("which PKCS#12 cannot hold yet")
        await op.press("escape", "escape")
        await op.home()
        await export(op, "alice@home.arpa", "nginx")
        await op.until("this one is for a client")
        await op.press("escape", "escape")
        await op.home()
        await export(op, "spiffe://home.arpa/backup", "pkcs12")
        await op.until("NSS reads no key of kind ed25519")


def beside_the_programs(op):
    """Return what stands there without its spaces, since it is wrapped where the length of a path has it."""
    return "".join(line[24:].strip(" │") for line in op.text().splitlines()).replace(" ", "")


async def test_a_place_or_a_passphrase_that_will_not_do_is_told_before_anything_is_written(
    operate, demo, place
):
    async with operate(demo) as op:
        await export(op, "mail.home.arpa", "postgresql")
        await op.press("ctrl+s")
        await op.until("no passphrase was given")
        assert op.app.focused.id == "passphrase"
        await op.type("short")
        await op.until("too short, 8 at least")
        await op.press("ctrl+s")
        await op.until("8 are the least")
        await op.type("er than long")
        await op.press("ctrl+s")
        await op.until("The two passphrases differ.")
        op.find("#out").focus()
        await op.replace(f"{place}/nowhere/mail")
        await op.until(lambda: "anotherplace(thepath)" in beside_the_programs(op))
        assert "nowhereisnodirectory" in beside_the_programs(op)
        await op.replace("")
        await op.until("There is no place to write to.")
    assert not list(place.iterdir())


async def test_several_that_are_marked_go_out_together(operate, demo, passphrase, place):
    async with operate(demo, (160, 45)) as op:
        await op.opened()
        for title in ("mail.home.arpa", "www.home.arpa"):
            await op.go_to(title)
            await op.press("space")
        await op.press("e")
        await op.dialog("ExportDialog")
        await op.until("2 certificates: mail.home.arpa and www.home.arpa")
        await op.type("postgres")
        await op.until("www.home.arpa-postgresql/server.key")
        await seal(op)
        await op.unlock(passphrase)
        await op.until("✔ Written to")
        await op.press("escape")
        await op.home()
    for name in ("mail.home.arpa", "www.home.arpa"):
        directory = place / f"{name}-postgresql"
        assert modes(directory)["server.key"] == "600"
        public = openssl("x509", "-in", directory / "server.crt", "-noout", "-pubkey")
        assert public == openssl(
            "pkey", "-in", directory / "server.key", "-passin", f"pass:{SECRET}", "-pubout"
        )


async def test_a_name_is_found_by_its_letters_and_the_place_keeps_what_was_typed(operate, demo, tmp_path):
    async with operate(demo) as op:
        await export(op, "www.home.arpa", "chain")
        await op.type("zz")
        await op.until("which nothing has")
        await op.press("backspace", "backspace", "backspace")
        assert op.app.screen.chosen == "chain"
        op.find("#out").focus()
        await op.replace(f"{tmp_path}/www.home.arpa.chain.pem")
        op.find("#destinations").focus()
        await op.type("der")
        await op.until(lambda: op.find("#out").value == f"{tmp_path}/www.home.arpa.der")
        op.find("#out").focus()
        await op.replace(f"{tmp_path}/mine.cer")
        op.find("#destinations").focus()
        await op.type("pem")
        await op.until(lambda: op.app.screen.chosen == "pem")
        assert op.find("#out").value == f"{tmp_path}/mine.cer"
