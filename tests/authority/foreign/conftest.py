"""What real tools leave on disk: easy-rsa, mkcert, XCA and openssl, each run here; made once, copied for each test."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tlsca.authority import importing, issuing
from tlsca.authority.importing import Keyring, gather
from tlsca.authority.issuing import CertificateForm

SECRET = "imported horse"
_DEADLINE = 60
_EASY_RSA = Path("/usr/share/easy-rsa")


def needs(program: str, package: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian package {package})")


def run(*words, cwd: Path, **environment: str) -> str:
    """Run a tool as an operator does, with a home directory of its own."""
    environment = {**os.environ, "HOME": str(cwd), **environment}
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_DEADLINE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode()


@pytest.fixture(scope="session")
def tool():
    return run


@pytest.fixture
def clock(clock):
    """The tools know no other time than the machine's."""
    clock.time = datetime.now(UTC).replace(microsecond=0)
    return clock


@pytest.fixture
def take(desk):
    """Import paths, with any number of passphrases; return the report."""

    def take(*paths: Path, passphrases=(SECRET,), dry_run: bool = False, **ways):
        gathered = gather(paths, Keyring(passphrases, **ways))
        return importing.import_gathered(desk, gathered, dry_run=dry_run)

    return take


@pytest.fixture
def issues(desk, clock, tmp_path):
    """Issue a certificate below an authority, and let `openssl verify` judge its chain."""

    def issues(authority: str) -> None:
        clock.time = datetime.now(UTC)  # the tools may have run since the test began
        record = issuing.issue(desk, CertificateForm(names=("new.example",), issuer=authority)).record
        leaf, *above = [desk.ledger.object_pem(link.sha256) for link in desk.chain(record)]
        for name, pems in (("leaf", [leaf]), ("above", above[:-1]), ("root", above[-1:])):
            (tmp_path / f"{name}.pem").write_bytes(b"".join(pems))
        between = ["-untrusted", "above.pem"] if above[:-1] else []
        run("openssl", "verify", "-CAfile", "root.pem", *between, "leaf.pem", cwd=tmp_path)

    return issues


# openssl ca

_CONFIGURATION = """
[ca]
default_ca = one
[one]
dir = .
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = newcerts
certificate = cacert.pem
private_key = private/cakey.pem
default_md = sha256
default_days = 900
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = nobody
[nobody]
[v3_ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@pytest.fixture(scope="session")
def made_openssl_ca(tmp_path_factory):
    needs("openssl", "openssl")
    home = tmp_path_factory.mktemp("openssl-ca")
    for name in ("newcerts", "private"):
        (home / name).mkdir()
    for name, text in (
        ("index.txt", ""),
        ("serial", "1000\n"),
        ("crlnumber", "07\n"),
        ("ca.cnf", _CONFIGURATION),
    ):
        (home / name).write_text(text)

    def openssl(*words) -> None:
        run("openssl", *words, cwd=home)

    openssl("req", "-x509", *_EC, "-config", "ca.cnf", "-extensions", "v3_ca", "-days", "3000",
            "-subj", "/CN=Acme CA", "-keyout", "private/cakey.pem", "-passout", f"pass:{SECRET}",
            "-out", "cacert.pem")  # fmt: skip
    batch = ("ca", "-config", "ca.cnf", "-batch", "-passin", f"pass:{SECRET}", "-notext")
    for name in ("good", "stolen", "gone", "plain"):
        openssl("req", "-new", *_EC, "-nodes", "-config", "ca.cnf", "-subj", f"/CN={name}.example",
                "-keyout", f"private/{name}.key", "-out", f"{name}.csr")  # fmt: skip
        openssl(*batch, "-in", f"{name}.csr", "-out", f"{name}.pem")
    openssl(*batch, "-revoke", "stolen.pem", "-crl_compromise", "20260102030405Z")
    openssl(*batch, "-revoke", "gone.pem", "-crl_reason", "superseded")
    openssl(*batch, "-revoke", "plain.pem")
    openssl(*batch, "-gencrl", "-out", "crl.pem")
    for left in (home / "gone.pem", home / "newcerts" / "1002.pem"):
        left.unlink()
    return home


# easy-rsa


@pytest.fixture(scope="session")
def made_easy_rsa(tmp_path_factory):
    if not (_EASY_RSA / "easyrsa").exists():
        pytest.skip("easy-rsa is not installed (Debian package easy-rsa)")
    home = tmp_path_factory.mktemp("easy-rsa")

    def easyrsa(*words: str, **more: str) -> None:
        run(_EASY_RSA / "easyrsa", *words, cwd=home, EASYRSA=str(_EASY_RSA), EASYRSA_PKI=str(home / "pki"),
            EASYRSA_BATCH="1", EASYRSA_ALGO="ec", EASYRSA_CURVE="prime256v1",
            EASYRSA_PASSIN=f"pass:{SECRET}", EASYRSA_PASSOUT=f"pass:{SECRET}", **more)  # fmt: skip

    easyrsa("init-pki")
    easyrsa("build-ca", EASYRSA_REQ_CN="Easy CA")
    easyrsa("build-server-full", "www.example", "nopass")
    easyrsa("build-client-full", "bob", "nopass")
    easyrsa("build-client-full", "alice")
    easyrsa("revoke", "bob", "keyCompromise")
    easyrsa("gen-crl")
    return home / "pki"


# mkcert


@pytest.fixture(scope="session")
def made_mkcert(tmp_path_factory):
    needs("mkcert", "mkcert")
    home = tmp_path_factory.mktemp("mkcert")
    run("mkcert", "-ecdsa", "dev.example", cwd=home, CAROOT=str(home / "root"))
    return home


# step, whose tool is in no distribution: the directory as its documentation describes it, the keys as it seals them


@pytest.fixture(scope="session")
def made_step(tmp_path_factory):
    needs("openssl", "openssl")
    home = tmp_path_factory.mktemp("step")
    for name in ("certs", "config", "db", "secrets", "templates"):
        (home / name).mkdir()
    (home / "ca.cnf").write_text(_CONFIGURATION)

    def openssl(*words) -> None:
        run("openssl", *words, cwd=home)

    for name in ("root_ca", "intermediate_ca"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.plain")
        openssl("ec", "-in", f"{name}.plain", "-aes256", "-passout", f"pass:{SECRET}",
                "-out", f"secrets/{name}_key")  # fmt: skip
    common = ("-config", "ca.cnf", "-extensions", "v3_ca", "-days", "3000")
    openssl("req", "-x509", *common, "-key", "root_ca.plain", "-subj", "/O=Acme/CN=Acme Root CA",
            "-out", "certs/root_ca.crt")  # fmt: skip
    openssl("req", "-x509", *common, "-key", "intermediate_ca.plain", "-subj", "/O=Acme/CN=Acme Intermediate CA",
            "-CA", "certs/root_ca.crt", "-CAkey", "root_ca.plain", "-out", "certs/intermediate_ca.crt")  # fmt: skip
    (home / "config" / "ca.json").write_text('{"root": "certs/root_ca.crt", "encryptedKey": "eyJhbGciOiJ"}')
    (home / "db" / "MANIFEST").write_bytes(b"Bdgr\0\0\0\4")
    (home / "db" / "000000.vlog").write_bytes(bytes(64))
    for left in [*home.glob("*.plain"), home / "ca.cnf"]:
        left.unlink()
    return home


# XCA


@pytest.fixture(scope="session")
def xca(answering):
    """Run XCA without its windows over a database."""
    needs("xca", "xca")

    def xca(database: Path, *words, new: bool = False) -> str:
        home = database.parent
        (home / "secret").write_text(SECRET + "\n")
        options = ["xca", "--no-gui", f"--database={database}"]
        environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}
        if new:
            answering(*options, *map(str, words), cwd=home, typed=SECRET.encode(), **environment)
            return ""
        return run(*options, f"--password=file:{home / 'secret'}", *words, cwd=home, **environment)

    return xca


@pytest.fixture(scope="session")
def made_xca(xca, made_openssl_ca, tmp_path_factory):
    """A database with what `openssl ca` made, imported by XCA: its CA, a leaf, a revoked one, a request and the CRL."""
    home = tmp_path_factory.mktemp("xca")
    database = home / "acme.xdb"
    xca(database, "--keygen=EC:prime256v1", "--name=spare", new=True)
    run("openssl", "pkey", "-in", made_openssl_ca / "private" / "cakey.pem", "-passin", f"pass:{SECRET}",
        "-out", "cakey.pem", cwd=home)  # fmt: skip
    names = ("cacert.pem", "good.pem", "private/good.key", "stolen.pem", "good.csr", "crl.pem")
    xca(database, "--import", home / "cakey.pem", *(made_openssl_ca / name for name in names))
    return database


def _copying(name: str):
    def copied(request, tmp_path):
        made = request.getfixturevalue(f"made_{name}")
        copy = shutil.copy2 if made.is_file() else shutil.copytree
        return Path(copy(made, tmp_path / f"{name}{made.suffix}"))

    return pytest.fixture(copied, name=name)


openssl_ca = _copying("openssl_ca")
easy_rsa = _copying("easy_rsa")
mkcert = _copying("mkcert")
step = _copying("step")
xca_database = pytest.fixture(
    lambda request, tmp_path: Path(shutil.copy2(request.getfixturevalue("made_xca"), tmp_path))
)
