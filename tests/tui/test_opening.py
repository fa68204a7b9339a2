"""Open anything: by its path, by pasting, by dropping; and from there into the store."""

import asyncio
import os
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from textual import events
from textual.widgets import TabbedContent

from tlsca.tui.screens.inspect import InspectScreen
from tlsca.tui.widgets.inspector import Inspector
from tlsca.tui.widgets.object_list import ObjectList
from tlsca.tui.widgets.text_page import TextPage


@pytest.fixture
def files(tmp_path):
    """A certificate, its key, a bundle of both under a passphrase, and a file of several things, one of them damaged."""
    place = tmp_path / "files"
    place.mkdir()

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=place, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-subj", "/CN=foreign.example", "-out", "server.pem")  # fmt: skip
    openssl("pkcs12", "-export", "-in", "server.pem", "-inkey", "server.key", "-passout", "pass:open sesame", "-out", "bundle.p12")  # fmt: skip
    many = (place / "server.pem").read_text() + (place / "server.key").read_text()
    (place / "many.pem").write_text(many + "-----BEGIN CERTIFICATE-----\nMIIB\n")
    return place


@pytest.fixture
def pipe():
    """The name of a pipe that is open already, and that nobody writes to."""
    ends = os.pipe()
    yield f"/dev/fd/{ends[0]}"
    for end in ends:
        os.close(end)


def paste(op, text: str) -> None:
    """Paste as a terminal does it, in brackets."""
    event = events.Paste(text)
    event.set_sender(op.app)
    op.app._driver.send_message(event)


async def inspected(op, title: str) -> None:
    await op.until(lambda: isinstance(op.app.screen, InspectScreen) and title in op.text())


async def test_a_file_is_opened_by_its_path_which_tab_completes(operate, demo, files):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+o")
        await op.dialog("OpenDialog")
        await op.type(f"{files}/ser")
        await op.press("tab")
        await op.until(lambda: op.find("#path").value == f"{files}/server.")
        await op.until("server.key  server.pem")
        await op.type("p")
        await op.press("tab", "enter")
        await inspected(op, "CN=foreign.example")
        assert "1 certificate" in op.text()
        assert not op.find(ObjectList).display
        await op.press("escape")
        await op.home()


async def test_of_several_objects_each_is_shown_with_the_views_that_it_has(operate, demo, files):
    async with operate(demo) as op:
        await op.opened()
        paste(op, f"'{files}/many.pem'\n")
        await inspected(op, "Skipped a PEM block “CERTIFICATE”: it begins and has no END line.")
        await op.until("CN=foreign.example")
        await op.press("down")
        await op.until("Belongs to")
        await op.press("greater_than_sign")
        await op.until("A private key is not printed.")
        op.find(TabbedContent).active = "pem"
        await op.until("A private key is not shown.")
        await op.press("y")
        await op.until(lambda: "nothing to copy" in op.told())
        assert "PRIVATE" not in op.text()


async def test_what_is_pasted_is_opened_and_imported(operate, demo, files, passphrase):
    async with operate(demo) as op:
        await op.opened()
        before = len(op.rows())
        paste(op, (files / "server.pem").read_text())
        await inspected(op, "CN=foreign.example")
        await op.press("I")
        await op.unlock(passphrase)
        await op.until(lambda: "Imported 1 certificate" in op.told())
        await op.press("escape")
        await op.home()
        await op.until(lambda: len(op.rows()) == before + 1)
        paste(op, "just some words")
        await op.until(lambda: "no certificate, key, request or CRL" in op.told())


async def test_a_passphrase_is_asked_for_and_three_wrong_ones_are_one_sentence(operate, demo, files):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+o")
        await op.dialog("OpenDialog")
        paste(op, f"{files}/bundle.p12\n")
        await op.until(lambda: op.find("#path").value.endswith("bundle.p12"))
        await op.press("enter")
        for _ in range(3):
            await op.until(lambda: op.app.focused.id == "passphrase" and not op.app.screen._busy)
            await op.type("wrong")
            await op.press("enter")
        await op.until("Three passphrases did not open it.")
        assert op.app.focused.id == "path"
        await op.press("enter")
        await op.until(lambda: op.app.focused.id == "passphrase")
        await op.type("open sesame")
        await op.press("enter")
        await inspected(op, "PKCS#12")
        await op.until("HMAC-SHA256")
        assert [one.inside for one in op.app.screen._objects] == [False, True, True]


async def test_a_bundle_whose_passphrase_nobody_gives_is_shown_from_outside(operate, demo, files):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+o")
        await op.dialog("OpenDialog")
        paste(op, f"{files}/bundle.p12\n")
        await op.until(lambda: op.find("#path").value.endswith("bundle.p12"))
        await op.press("enter")
        await op.until(lambda: op.app.focused.id == "passphrase" and not op.app.screen._busy)
        await op.press("escape")
        await inspected(op, "PKCS#12")
        await op.until("its passphrase was not given")
        await op.until("PBKDF2 with HMAC-SHA256, 2,048 rounds")


async def test_what_cannot_be_opened_says_so_below_the_field(operate, demo, files, pipe):
    (files / "noise").write_bytes(bytes(1000))
    os.mkfifo(files / "pipe", 0o600)
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+o")
        await op.dialog("OpenDialog")
        for typed, said in (
            (files, "is a directory"),
            (files / "noise", "holds nothing"),
            ("[/bad]", "no file"),
            (files / "pipe", "is a pipe or a device"),
            ("/dev/zero", "/dev/zero is a pipe"),
            (pipe, f"{pipe} is a pipe"),
        ):
            await op.replace(str(typed))
            await op.press("enter")
            await op.until(said)
        await op.press("tab")
        paste(op, "-----BEGIN CERTIFICATE-----\nMIIB\n")
        await op.press("ctrl+s")
        await op.until("no file")
        await op.press("escape")
        await op.home()


async def test_a_host_that_does_not_answer_can_be_left(operate, demo):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with operate(demo) as op:
            await op.opened()
            await op.press("ctrl+o")
            await op.dialog("OpenDialog")
            await op.type(f"127.0.0.1:{silent.getsockname()[1]}")
            await op.press("enter")
            await op.until("Working")
            await op.press("escape")
            await op.home()


def large(names: int) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "large")])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    san = x509.SubjectAlternativeName(
        [x509.DNSName(f"host-{number:06}.example.com") for number in range(names)]
    )
    builder = x509.CertificateBuilder(
        subject, subject, key.public_key(), 1, begin, begin + timedelta(days=90)
    )
    return builder.add_extension(san, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


async def test_a_certificate_of_many_megabytes_does_not_hold_the_app_up(operate, demo, tmp_path):
    """The text has one name a line, all of them can be reached, and meanwhile the app goes on answering."""
    file = tmp_path / "large.der"
    file.write_bytes(large(100_000))
    pauses = []

    async def beat():
        while True:
            # Of all threads of this process: what others do on the machine holds nobody up in here.
            begin = time.process_time()
            await asyncio.sleep(0.01)
            pauses.append(time.process_time() - begin)

    async with operate(demo, (120, 40)) as op:
        await op.opened()
        beating = asyncio.create_task(beat())
        paste(op, str(file))
        await inspected(op, "host-000000.example.com")
        text = op.find("#text-page", TextPage)
        op.find(Inspector).open_tab("text")
        await op.until(lambda: len(text.page.lines) > 100_000)
        await op.pilot.pause()
        await op.press("end")
        await op.until("Signature Value")
        text.scroll_to(y=50_000, animate=False, force=True)
        await op.until("DNS:host-0499")
        beating.cancel()
    assert max(pauses) < 2
