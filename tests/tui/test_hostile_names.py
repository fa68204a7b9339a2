"""Names that attack whoever reads them: in the store, on the wire, in files; in every widget, and out to a real terminal."""

import re
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from textual.widgets import TabbedContent

from tlsca.authority.importing import import_files
from tlsca.authority.keeping import open_store, unlock
from tlsca.text import printable
from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.connection import ConnectionPanel

CLEAR, CLIPBOARD, TITLE, C1 = "\x1b[2J", "\x1b]52;c;aGFjaw==\x07", "\x1b]0;owned\x07", "\x9b31m"
HOSTILE = f"{CLEAR}{CLIPBOARD}[/bad][@click=q]x[/]\u202e\u200b\x00\n\x08"
SHORTER = f"{CLEAR}{CLIPBOARD}[/b]\u202e{C1}"
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_TABS = ("summary", "text", "structure", "chain", "pem", "connection")


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, SHORTER),
        ]
    )


def _certificate(subject, issuer, key, signer, *, ca, usage=None):
    # What the types of `cryptography` refuse, such as these octets in a DNS name, is put there past them.
    names = [
        x509.DNSName._init_without_validation(f"{CLEAR}{TITLE}[/bad]\0.example"),
        x509.RFC822Name._init_without_validation("a\x1b[2J@[/bad].example"),
        x509.UniformResourceIdentifier._init_without_validation("http://x/\x1b]52;c;aGFjaw==\x07"),
        x509.DirectoryName(_name(HOSTILE)),
        x509.DNSName("localhost"),
    ]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return made.sign(signer, hashes.SHA256())


@pytest.fixture(scope="module")
def hostile_files(tmp_path_factory):
    """A CA, a server's certificate and a client's, each with its key, all of whose names attack."""
    place = tmp_path_factory.mktemp("hostile")
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    ca_name, subject = _name(HOSTILE), _name("\x1b[2Jleaf" + SHORTER)
    certificates = [
        _certificate(ca_name, ca_name, keys[0], keys[0], ca=True),
        _certificate(subject, ca_name, keys[1], keys[0], ca=False, usage=ExtendedKeyUsageOID.SERVER_AUTH),
        _certificate(subject, ca_name, keys[2], keys[0], ca=False, usage=ExtendedKeyUsageOID.CLIENT_AUTH),
    ]
    for name, key, certificate in zip(("ca", "server", "client"), keys, certificates, strict=True):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (place / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM) + pem)
    return place


@pytest.fixture
def hostile_store(demo, passphrase, hostile_files):
    desk = open_store(demo)
    unlock(desk, passphrase)
    report = import_files(desk, sorted(hostile_files.iterdir()), passphrase=None)
    assert len(report.certificates) == 3
    desk.close()
    return demo


@pytest.fixture
def hostile_server(hostile_files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(hostile_files / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept():
            while True:
                try:
                    with (
                        listening.accept()[0] as connection,
                        context.wrap_socket(connection, server_side=True) as tls,
                    ):
                        tls.recv(1)
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def check(op):
    """Nothing on the screen moves a cursor, and what looks like markup is there to be read."""
    found = UNSAFE.search(op.text().replace("\n", ""))
    assert found is None, op.text()


async def drawn(op):
    """Wait for what a key or a value led to, in threads as well."""
    await op.settle()
    await op.until(lambda: not any(worker.is_running for worker in op.app.workers))
    await op.settle()


@pytest.mark.timeout(600)  # every screen there is, one after the other
async def test_every_widget_shows_hostile_names_as_text(
    operate, hostile_store, hostile_server, hostile_files, passphrase, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with operate(hostile_store, (160, 50)) as op:
        await op.opened()
        await op.press("ctrl+l")
        await op.unlock(passphrase)
        await op.until("▣ unlocked")
        for entry in [one for one in op.rows() if "\x1b" in one.record.subject or "\x1b" in one.title]:
            await look_at(op, entry)
            await life(op, entry)
            await commands(op)
        await closer(op)
        await several(op)
        await by_number(op)
        await doctor(op)
        await request(op, tmp_path / "hostile.csr")
        await forms(op)
        await crosses(op, hostile_files)
        await imports(op, hostile_files)
        await connection(op, hostile_server)
        assert op.app.is_running


async def look_at(op, entry):
    await op.press("home")
    while op.current().record.id != entry.record.id:
        await op.press("down")
    inspector = op.home_screen.query_one("Inspector")
    await op.until(
        lambda: inspector._seen is not None and inspector._seen.inspection.entry.record.id == entry.record.id
    )
    for tab in _TABS:
        op.home_screen.query_one(TabbedContent).active = tab
        await drawn(op)
        await op.until(lambda: "[/bad]" in op.text() or "\\x1b" in op.text())
        check(op)
    await op.press("e")
    await op.dialog("ExportDialog")
    await op.type("pem")
    check(op)
    await op.press("ctrl+s")
    await op.until(lambda: "✔ Written" in op.text() or "y/n" in op.text())
    if "y/n" in op.text():  # two of them are called the same
        check(op)
        await op.press("y")
    await op.until("✔ Written")
    check(op)
    await op.press("escape")
    await op.home()


async def life(op, entry):
    """What can be done to a certificate tells its name first; what cannot be done to it is told with its name as well."""
    for key, act in (("x", "revoke"), ("r", "renew"), ("P", "publish")):
        able = op.home_screen.check_action(act, ())
        await op.press(key)
        if able:
            await op.until(lambda: op.app.screen is not op.home_screen)
            await drawn(op)
            await op.press("escape")
            await op.home()
        await drawn(op)
        check(op)
    assert entry.record.id == op.current().record.id


async def commands(op):
    """What would be pasted into a shell is shown as it is copied, for every act there is."""
    await op.press("c")
    await op.dialog("CommandDialog")
    select = op.find("#act")
    for _, value in select._options:
        select.value = value
        await drawn(op)
        check(op)
    await op.press("escape")
    await op.home()


async def closer(op):
    """What is found, compared and saved goes by the same names."""
    await op.press("ctrl+f")
    await op.type("[/bad]")
    await op.until(" of ")
    check(op)
    await op.press("escape", "escape", "d")
    await op.dialog("DiffDialog")
    check(op)
    op.find("#what").value = "Home Root CA"
    await op.press("ctrl+s")
    await op.dialog("DifferenceDialog")
    await op.press("f")
    await op.until("= Kind" if "= Kind" in op.app.screen._diff.text(unfolded=True) else "~ Kind")
    check(op)
    await op.press("y")
    assert UNSAFE.search(op.app.clipboard.replace("\n", "")) is None
    await op.press("escape", "ctrl+s")
    await op.dialog("SaveDialog")
    check(op)
    await op.press("escape")
    await op.home()


async def crosses(op, hostile_files):
    await op.press("C")
    await op.dialog("CrossSignDialog")
    select = op.find("#issuer")
    select.value = next(value for prompt, value in select._options if "[/bad]" not in str(prompt))
    op.find("#other").value = "foreign"
    op.find("#path").value = str(hostile_files / "ca.pem")
    await op.until("keeps its name and its key")
    assert "[/bad]" in op.text()
    check(op)
    op.find("#permit").value = "[/bad]\x1b[2J"
    await op.until("is no ")
    check(op)
    await op.press("escape")
    await op.home()


async def several(op):
    """What is marked is listed by its names; so is what keeps an act from being done to all of it."""
    for key, dialog in (("x", "RevokeDialog"), ("r", "RenewDialog")):
        for row, entry in enumerate(op.rows()):
            if "\\x1b" in printable(entry.title) and not entry.record.is_authority:
                op.home_screen.query_one(CertificateTable).cursor = row
                await op.press("space")
        await op.press(key)
        await op.dialog(dialog)
        await op.until(lambda: op.text().count("[/bad]\\0.example") > 1)
        check(op)
        await op.press("escape")
        await op.home()
        await op.press("escape", "*", key)
        await op.until("It is done to all")
        check(op)
        await op.press("escape")


async def by_number(op):
    await op.press("X")
    await op.dialog("RevokeSerialDialog")
    select = op.find("#authority")
    select.value = next(value for prompt, value in select._options if "[/bad]" in str(prompt))
    op.find("#serial").value = "[/bad]\x1b[2J"
    await op.until("is no serial number")
    check(op)
    op.find("#serial").value = "1000"
    await op.until("The store never saw")
    check(op)
    await op.press("escape")
    await op.home()


async def doctor(op):
    await op.press("D")
    await op.dialog("DoctorDialog")
    await op.until("live certificates looked at")
    for _ in range(12):
        await op.press("down")
        check(op)
    assert "[/b" in op.text()
    await op.press("escape")
    await op.home()


async def request(op, file):
    """A request whose subject attacks is refused with that subject in the sentence."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder(_name(HOSTILE)).sign(key, hashes.SHA256())
    file.write_bytes(made.public_bytes(Encoding.PEM))
    await op.press("S")
    await op.dialog("SignDialog")
    op.find("#profile").value = "client"
    op.find("#path").value = str(file)
    await op.until("cannot stand in a certificate")
    assert "[/bad]" in op.text()
    check(op)
    await op.press("escape")
    await op.home()


async def forms(op):
    for key, dialog in (("i", "IssueDialog"), ("a", "AuthorityDialog")):
        await op.press(key)
        await op.dialog(dialog)
        select = op.find("#issuer")
        hostile = next(value for prompt, value in select._options if "[/bad]" in str(prompt))
        select.value = hostile
        op.find("#names" if key == "i" else "#name").value = "[/bad] \x1b[2J"
        await drawn(op)
        select.focus()
        await op.press("enter")
        await drawn(op)
        check(op)
        await op.press("escape", "ctrl+s")
        await drawn(op)
        check(op)
        await op.press("escape")
        await op.home()


async def imports(op, files):
    await op.press("I")
    await op.dialog("ImportDialog")
    op.find("#paths").value = str(files / "ca.pem")
    await op.press("ctrl+s")
    await op.dialog("ImportReportDialog")
    await op.until("skipped, and why")
    check(op)
    await op.press("escape")
    await op.home()
    check(op)
    await op.press("I")
    await op.dialog("ImportDialog")
    op.find("#paths").value = "/nowhere/[/bad]\x1b[2J.pem"
    await op.press("ctrl+s")
    await op.until("There is no file")
    check(op)
    await op.press("escape")
    await op.home()


async def connection(op, port):
    await op.press("t")
    panel = op.home_screen.query_one(ConnectionPanel)
    client = op.find("#client")
    await op.until(
        lambda: any("[/b" in str(prompt) or "\\x1b" in str(prompt) for prompt, _ in client._options)
    )
    client.value = next(value for prompt, value in client._options if "\\x1b" in str(prompt))
    check(op)
    await op.replace(f"localhost:{port}")
    await op.press("enter")
    await op.until(lambda: panel.result is not None)
    assert panel.result.chain_sent
    await drawn(op)
    check(op)
    for key in "NKAJOV":
        await op.press(key)
        await drawn(op)
        check(op)
        assert UNSAFE.search(panel.copied()[1].replace("\n", "")) is None
    await op.press("t")
    await op.replace("[/bad]\x1b[2J:x")
    await op.press("enter")
    await op.until(lambda: panel.result is not None and panel.result.tls is None)
    check(op)


def test_no_octet_of_an_attack_reaches_the_terminal(terminal, hostile_store, hostile_server):
    app = terminal(hostile_store)
    app.until("localhost")
    app.keys("G")
    for key in ("\r", ">", ">", ">", "q"):
        app.rest(0.25)
        app.keys(key)
    assert app.ended(5) == 0
    assert app.restored
    for attack in (CLEAR, CLIPBOARD, TITLE, "\u202e", C1, "\x08", "\x00", "\u200b"):
        assert attack.encode() not in app.sent.replace(b"\x1b[2J\x1b[H", b""), attack
    assert b"\xc2\x9b" not in app.sent
    assert "[/bad]" in app.words
    assert "\\x1b[2J" in app.words
