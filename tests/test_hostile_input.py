"""Certificates whose text attacks the terminal, through every command: in a file, in the store, and served by a host."""

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length")  # it is meant to be too long

# Clears the screen, sets the clipboard (OSC 52), retitles the window, breaks Rich markup, clicks, turns the direction round,
# hides a character, ends a C string, forges a line, and begins a sequence with a single C1 octet.
ATTACK = "\x1b[2J\x1b]52;c;cm0=\x07\x1b]0;owned\x1b\\[/bad][@click=app.quit]x[/]\u202efdp.\u200b\0\nSubject: CN=forged\r\x9b31m\x7f\u2028"
COMMON_NAME = f"evil{ATTACK}"
RAW = b"raw\x1b[31m\x9b31m\n\0\r\x07\xff.example"
ASCII = bytes(octet for octet in RAW if octet < 0x80)  # what `cryptography` still reads in a name


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    header = bytes([tag, length]) if length < 128 else bytes([tag, 0x82, *length.to_bytes(2, "big")])
    return header + content


def _alternative_names() -> x509.UnrecognizedExtension:
    """Names that no library would agree to write, and two that make it a server's."""
    names = b"".join(_tlv(tag, ASCII) for tag in (0x81, 0x82, 0x86))
    names += _tlv(0x82, b"localhost") + _tlv(0x87, ipaddress.ip_address("127.0.0.1").packed)
    return x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.17"), _tlv(0x30, names))


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name, _validate=False),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ATTACK, _validate=False),
        ]
    )


def _certificate(subject: x509.Name, key, issuer: x509.Name, signer, *extensions) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(days=1),
        now + timedelta(days=9),
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _comment() -> x509.UnrecognizedExtension:
    """Netscape's comment, which OpenSSL prints as it is."""
    return x509.UnrecognizedExtension(ObjectIdentifier("2.16.840.1.113730.1.13"), _tlv(0x16, RAW))


def _policy() -> x509.CertificatePolicies:
    qualifiers = ["http://" + ATTACK.encode("ascii", "ignore").decode(), x509.UserNotice(None, ATTACK)]
    return x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier("1.2.3"), qualifiers)])


@pytest.fixture
def loaded():
    return True


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A directory with a hostile root (`root.pem`), what it issued (`chain.pem`, `key.pem`) and both with keys (`all.pem`)."""
    place = tmp_path_factory.mktemp("hostile")
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, leaf_name = _name(f"root{ATTACK}"), _name(COMMON_NAME)
    authority = x509.BasicConstraints(ca=True, path_length=None)
    root = _certificate(root_name, root_key, root_name, root_key, authority)
    leaf = _certificate(leaf_name, leaf_key, root_name, root_key, _alternative_names(), _comment(), _policy())
    keys = [
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in (root_key, leaf_key)
    ]
    certificates = [one.public_bytes(Encoding.PEM) for one in (root, leaf)]
    (place / "root.pem").write_bytes(certificates[0])
    (place / "chain.pem").write_bytes(certificates[1])
    (place / "key.pem").write_bytes(keys[1])
    (place / "all.pem").write_bytes(b"".join(certificates + keys))
    return place


@pytest.fixture
def taken_in(done, store, hostile):
    """The store with all of it imported; the reference of the leaf."""
    made = done("import", str(hostile / "all.pem"), "--json").json
    return next(item["ref"] for item in made if item["profile"] == "server")


@pytest.fixture
def host(hostile):
    """The port of a host that serves the hostile chain and demands a certificate of its own hostile authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(hostile / "chain.pem", hostile / "key.pem")
    context.load_verify_locations(hostile / "root.pem")
    context.verify_mode = ssl.CERT_OPTIONAL
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                try:
                    with context.wrap_socket(listening.accept()[0], server_side=True) as connection:
                        connection.recv(1)
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        ended.set()
        with socket.create_connection(listening.getsockname()):
            pass
        thread.join()


def _words(command: str, hostile: Path, leaf: str = "", port: int = 0) -> list[str]:
    return [word.format(place=hostile, leaf=leaf, port=port) for word in command.split()]


OVER_FILES = [
    "inspect {place}/chain.pem",
    "inspect {place}/all.pem",
    "inspect {place}/chain.pem --json",
    "inspect {place}/chain.pem --as pem",
]
OVER_THE_STORE = [
    "list",
    "list --json",
    "ca list",
    "ca list --json",
    "log",
    "log --json",
    "inspect {leaf}",
    "inspect {leaf} --json",
    "export {leaf} --as fullchain",
    "export {leaf} --as key --no-passphrase",
    "export {leaf} --as chain --out .",
    "export {leaf} --as chain --out . --json",
    "import {place}/all.pem",
    "import {place}/all.pem --json",
    "issue a.example --issuer {leaf}",
    "issue a.example",
    "inspect evil",
]
OVER_A_HOST = [
    "inspect localhost:{port}",
    "inspect localhost:{port} --json",
    "probe localhost:{port}",
    "probe localhost:{port} --json",
    "probe other.example:{port} --address 127.0.0.1",
    "probe localhost:{port} --trust none",
    "probe localhost:{port} --trust {place}/root.pem --json",
]


@pytest.mark.parametrize("command", OVER_FILES)
def test_a_hostile_file_reaches_no_terminal(cli, store, hostile, command):
    ran = cli(*_words(command, hostile))
    assert ran.status == 0, ran.talk
    assert not ran.unsafe


@pytest.mark.parametrize("command", OVER_THE_STORE)
def test_a_hostile_record_reaches_no_terminal(cli, taken_in, hostile, command):
    ran = cli(*_words(command, hostile, taken_in))
    assert ran.out or ran.err
    assert "defect" not in ran.talk
    assert not ran.unsafe


@pytest.mark.parametrize("command", OVER_A_HOST)
def test_a_hostile_host_reaches_no_terminal(cli, taken_in, hostile, host, command):
    ran = cli(*_words(command, hostile, port=host))
    assert ran.out
    assert "defect" not in ran.talk
    assert not ran.unsafe


def test_a_hostile_client_reaches_no_terminal(done, cli, store, hostile, listen):
    done("import", str(hostile / "root.pem"))
    listening = listen("localhost", "--require-client-cert")
    words = ("--client-cert", str(hostile / "chain.pem"), "--client-key", str(hostile / "key.pem"))
    cli("probe", f"localhost:{listening.port}", *words)
    assert "\\x1b" in listening.next()["client_subject"]
    ended = listening.interrupt()
    assert not ended.unsafe


def test_on_a_terminal_openssls_text_is_made_safe(terminal, process, taken_in, hostile, openssl):
    path = str(hostile / "chain.pem")
    for what in (path, taken_in):
        shown = terminal("inspect", what, "--as", "text")
        assert shown.status == 0
        assert not shown.unsafe
        assert "raw\\x1b[31m" in shown.text
        assert "Subject: CN=forged" not in [line.strip() for line in shown.text.splitlines()]
    # From OpenSSL 3.2 on, names are spaced in another way unless they are asked for on one line.
    expected = openssl("x509", "-noout", "-text", "-nameopt", "oneline", "-in", path)
    assert process("inspect", path, "--as", "text").out == expected


@pytest.mark.parametrize(
    "command",
    ["list", "ca list", "log", "inspect {leaf}", "inspect {place}/all.pem", "probe localhost:{port}"],
)
def test_nothing_else_on_a_terminal_moves_a_cursor(terminal, taken_in, hostile, host, command):
    shown = terminal(*_words(command, hostile, taken_in, host))
    assert shown.out
    assert not shown.unsafe


@pytest.mark.parametrize("command", ["inspect", "list", "export --as pem", "issue", "ca create", "import", "probe", "listen", "issue a --issuer", "issue a --san", "probe localhost:1 --trust", "probe localhost:1 --client-cert", "probe localhost:1 --alpn", "probe localhost:1 --ciphers", "probe localhost:1 --crl", "list --store", "issue a --passphrase-file", "nonsense", "ca"])  # fmt: skip
@pytest.mark.parametrize(
    "word",
    [ATTACK.replace("\0", ""), "\udc9b\udcff", "\u202e" * 300, "x" * 20_000],
    ids=["attack", "octets", "bidi", "long"],
)
def test_a_hostile_word_reaches_no_terminal_either(cli, store, command, word):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli(*command.split(), word)
    assert ran.status in ({0} if command == "list" else {1, 2, 3})
    assert "defect" not in ran.talk
    assert not ran.unsafe
    assert (store / "journal.jsonl").read_bytes() == before
