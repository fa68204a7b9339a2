"""The story that the app is for, by keyboard alone in a small terminal and a large one: begin, issue, export, serve, prove."""

import socket
import ssl
import threading
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from tlsca.probe.result import Outcome
from tlsca.tui.widgets.connection import ConnectionPanel

SECRET = "four quiet words here"


@contextmanager
def serving(chain, key, *, client_roots=None):
    """Serve exported files with Python's own ssl, as an operator's program would; yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key, password=SECRET)
    if client_roots:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_roots)
    listening = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                with connection, context.wrap_socket(connection, server_side=True) as tls:
                    tls.recv(1)
            except OSError:
                continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


@pytest.fixture(autouse=True)
def _exports_go_here(tmp_path, monkeypatch):
    place = tmp_path / "exports"
    place.mkdir()
    monkeypatch.chdir(place)


async def begin(op):
    """Make a store with a root and an intermediate."""
    await op.until("Create an authority")
    await op.press("enter")
    await op.dialog("SetupDialog")
    await op.type(SECRET)
    await op.press("tab")
    await op.type(SECRET)
    await op.press("tab")
    await op.replace("Story Root CA")
    await op.press("ctrl+s")
    await op.opened()


async def issue(op, names):
    await op.press("i")
    await op.dialog("IssueDialog")
    await op.type(names)
    await op.until("90 days, until")
    assert "CN=localhost" in op.text()
    await op.press("enter")
    await op.home()
    await op.until("Issued CN=localhost")
    await op.until(lambda: op.current().title == "localhost")


async def export(op, form, *, secret=""):
    """Export what is under the cursor and return the file that the dialog names."""
    await op.press("e")
    await op.dialog("ExportDialog")
    await op.type(form)
    if secret:
        await op.press("enter")
        await op.type(secret)
        await op.press("enter")
        await op.type(secret)
    await op.press("ctrl+s")
    await op.until("✔ Written")
    await op.until("read back: ")
    await op.press("escape")
    await op.home()


def result_of(op):
    return op.home_screen.query_one(ConnectionPanel).result


async def test_an_operator_begins_issues_exports_serves_and_proves(operate, tmp_path, either_size):
    async with operate(tmp_path / "store", either_size) as op:
        await begin(op)
        assert op.titles() == ["Story Root CA", "Story Issuing CA"]
        await issue(op, "localhost 127.0.0.1")
        assert op.titles()[-1] == "localhost"

        await export(op, "chain")
        await export(op, "key", secret=SECRET)
        await export(op, "pkcs12", secret=SECRET)
        place = tmp_path / "exports"
        assert sorted(path.name for path in place.iterdir()) == [
            "localhost.chain.pem",
            "localhost.key.pem",
            "localhost.p12",
        ]
        bag = pkcs12.load_pkcs12((place / "localhost.p12").read_bytes(), SECRET.encode())
        assert len(bag.additional_certs) == 2
        assert [path.stat().st_mode & 0o777 for path in sorted(place.iterdir())] == [0o644, 0o600, 0o600]

        with serving(place / "localhost.chain.pem", place / "localhost.key.pem") as port:
            await op.press("t")
            await op.replace(f"localhost:{port}")
            await op.press("enter")
            await op.until("✔ TRUSTED")
        assert result_of(op).verdict is Outcome.TRUSTED
        await read_the_result(op)


async def read_the_result(op):
    """Everything that was learnt can be read by scrolling, in 24 lines."""
    await op.until(lambda: op.app.focused.id == "connection-result")
    read = op.text()
    while "('DNS', 'localhost')" not in op.text():
        await op.press("pagedown")
        await op.until(lambda before=read: op.text() not in before)
        read += op.text()
    for words in ("version()", "'TLSv1.3'", "cipher()", "TLS_AES_", "getpeercert()", "Story Root CA"):
        assert words in read, words
    await op.press("N")
    await op.until("As sent")
    await op.press("K")
    await op.until("ClientHello")


async def test_a_client_certificate_of_the_store_opens_a_server_that_demands_one(operate, demo, passphrase):
    async with operate(demo, (120, 40)) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("t", *["tab"] * 7, "space", "L")
        await op.unlock(passphrase)
        await op.until("serving on 127.0.0.1:")

        await op.until(lambda: op.find("#target").has_focus)
        await op.press("enter")
        await op.until(lambda: result_of(op) is not None)
        assert result_of(op).verdict is not Outcome.TRUSTED
        await op.until("✘ client-cert-required")
        await op.until("client sent no certificate.")

        await op.press("t", *["tab"] * 3)
        alice = next(entry for entry in op.rows() if entry.title == "alice@home.arpa")
        await op.choose(alice.record.sha256)
        await op.press("f5")
        await op.until("✔ TRUSTED")
        assert result_of(op).client_auth.accepted
        await op.until("client CN=Alice")

        await op.press("escape", "L")
        await op.until(lambda: "serving on" not in op.text())
