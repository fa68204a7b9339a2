"""A root of ours, a server that presents what it issued, and places to trust it that belong to nobody."""

import contextlib
import hashlib
import http.server
import shutil
import ssl
import subprocess
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store, open_store
from tlsca.authority.programs import installed
from tlsca.authority.trust.java import JavaKeystore
from tlsca.authority.trust.nss import nss_databases
from tlsca.authority.trust.places import Places
from tlsca.authority.trust.system import SystemRoots
from tlsca.authority.trusting import root_of
from tlsca.store.vault import KdfParameters

PASSPHRASE = "correct horse battery staple"
P12_PASSPHRASE = "a bundle for the browser"
CHEAP = KdfParameters(memory_kib=64, passes=1, lanes=1)
ROOT = "Trusted Root"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def needed(program: str) -> str:
    path = installed(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def _self_signed(common_name: str) -> bytes:
    """A root of somebody else's, in DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    return (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.fixture(name="self_signed")
def _make_self_signed():
    return _self_signed


@dataclass(frozen=True)
class Deployed:
    """A store, and what was exported from it."""

    store: Path
    files: Path


@pytest.fixture
def loaded():
    return True


@pytest.fixture(scope="session")
def deployed(tmp_path_factory):
    place = tmp_path_factory.mktemp("deployed")
    desk = create_store(place / "store", PASSPHRASE, parameters=CHEAP)
    create_authority(desk, AuthorityForm(name=ROOT))
    another = x509.load_der_x509_certificate(_self_signed("Another Root"))
    (place / "another.pem").write_bytes(another.public_bytes(Encoding.PEM))
    create_authority(desk, AuthorityForm(name="Trusted Intermediate", issuer=ROOT))
    issue(
        desk,
        CertificateForm(names=("localhost", "127.0.0.1"), profile="server", issuer="Trusted Intermediate"),
    )
    issue(desk, CertificateForm(names=("Alice Doe",), profile="client", issuer="Trusted Intermediate"))
    for reference, form, name in (
        (ROOT, "pem", "root.pem"),
        (ROOT, "der", "root.der"),
        ("Trusted Intermediate", "fullchain", "authorities.pem"),
        ("localhost", "chain", "chain.pem"),
        ("localhost", "key", "key.pem"),
    ):
        export(desk, ExportForm(reference=reference, format=form, clear_key=form == "key"), place / name)
    bundle = ExportForm(reference="Alice Doe", format="pkcs12", passphrase=P12_PASSPHRASE)
    export(desk, bundle, place / "alice.p12")
    desk.close()
    return Deployed(place / "store", place)


@pytest.fixture
def store(deployed, tmp_path):
    """A copy of the store, to do with as a test likes."""
    return Path(shutil.copytree(deployed.store, tmp_path / "store"))


@pytest.fixture
def desk(store):
    opened = open_store(store)
    yield opened
    opened.close()


@pytest.fixture
def root(desk):
    return root_of(desk, ROOT)


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def system(tmp_path, deployed):
    """The system's roots as Debian keeps them, in directories of the test's own, with one root in them already."""
    needed("update-ca-certificates")
    place = tmp_path / "system"
    directories = {name: place / name for name in ("certs", "local", "etc", "hooks")}
    for directory in directories.values():
        directory.mkdir(parents=True)
    shutil.copy(deployed.files / "another.pem", directories["certs"] / "vendor.crt")
    (place / "conf").write_text("vendor.crt\n")
    words = ["update-ca-certificates", "--certsconf", str(place / "conf")]
    for name, option in (
        ("certs", "certsdir"),
        ("local", "localcertsdir"),
        ("etc", "etccertsdir"),
        ("hooks", "hooksdir"),
    ):
        words += [f"--{option}", str(directories[name])]
    subprocess.run([needed(words[0]), *words[1:]], check=True, capture_output=True, timeout=60)
    return SystemRoots("Debian, Ubuntu", directories["local"], tuple(words), afresh=("--fresh",))


@pytest.fixture
def bundle(system):
    """What programs read of the system's roots."""
    return system.path.parent / "etc" / "ca-certificates.crt"


@pytest.fixture
def nss(home):
    """Chromium's database below a home of the test's own; it is not there yet."""
    needed("certutil")
    return nss_databases(home)[0]


@pytest.fixture
def cacerts(tmp_path):
    """A copy of Java's own trust store, with the public roots that it comes with."""
    keytool = Path(needed("keytool")).resolve()
    shutil.copy(keytool.parents[1] / "lib/security/cacerts", tmp_path / "cacerts")
    return JavaKeystore(tmp_path / "cacerts")


@pytest.fixture(scope="session")
def _small_cacerts(tmp_path_factory, deployed):
    place = tmp_path_factory.mktemp("java") / "cacerts"
    words = ("-importcert", "-noprompt", "-alias", "vendor", "-storepass", "changeit", "-keystore", place)
    another = deployed.files / "another.pem"
    subprocess.run([needed("keytool"), *words, "-file", another], check=True, capture_output=True, timeout=60)
    return place


@pytest.fixture
def java(tmp_path, _small_cacerts):
    """A trust store of Java's with one root in it, which keytool reads in half the time."""
    return JavaKeystore(Path(shutil.copy(_small_cacerts, tmp_path / "small")))


@pytest.fixture
def places(system, nss, java):
    return Places((system, nss, java))


def state_of(directory: Path) -> dict[str, str]:
    """Return every file and link below a directory, with what it holds."""
    return {
        str(path.relative_to(directory)): str(path.readlink())
        if path.is_symlink()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture
def snapshot():
    return state_of


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        subject = (self.connection.getpeercert() or {}).get("subject", ())
        names = dict(pair for part in subject for pair in part)
        body = f"<p>served to {names.get('commonName', 'a stranger')}</p>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a client that does not trust us is not our fault


@pytest.fixture
def https(deployed):
    """Serve a page with our certificate: `port = https()`, or `https(clients_of=FILE)` to demand a client's certificate."""
    running = []

    def start(*, clients_of=None) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(deployed.files / "chain.pem", deployed.files / "key.pem")
        if clients_of:
            context.load_verify_locations(clients_of)
            context.verify_mode = ssl.CERT_REQUIRED
        server = _Server(("127.0.0.1", 0), _Page)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        running.append((server, thread))
        return server.server_address[1]

    yield start
    for server, thread in running:
        with contextlib.suppress(OSError):
            server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def outsider():
    """Run a program of others; answers with its status and what it said."""

    def call(*words, stdin=b"", **options) -> tuple[int, str]:
        program = needed(str(words[0]))
        ran = subprocess.run(
            [program, *map(str, words[1:])],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=90,
            **options,
        )
        return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")

    return call
