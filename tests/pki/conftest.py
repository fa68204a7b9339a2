"""Keys, authorities and outsiders that the tests of the pki share."""

import ctypes
import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tlsca.pki import identity, keys
from tlsca.pki.issue import Issuer, draft, random_serial, sign
from tlsca.pki.names import dn
from tlsca.pki.order import Order
from tlsca.pki.profiles import PROFILES

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def dsa_key():
    """A key of 2,048 bits that was made before: to find its primes takes a second."""
    vectors = pytest.importorskip("cryptography_vectors", reason="cryptography-vectors is not installed")
    name = "asymmetric/Traditional_OpenSSL_Serialization/dsa.2048.pem"
    return load_pem_private_key((Path(vectors.__path__[0]) / name).read_bytes(), None)


@dataclass(frozen=True)
class Made:
    """A certificate with its key and everything above it."""

    chain: tuple[x509.Certificate, ...]
    key: keys.PrivateKey

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def extension(self, kind: type):
        return self.certificate.extensions.get_extension_for_class(kind)


@functools.cache
def key_of(kind: str, owner: str) -> keys.PrivateKey:
    """One key for each owner in the whole run: RSA keys take long to make."""
    return keys.generate(kind)


def made(
    profile: str,
    *names: str,
    issuer: Made | None = None,
    kind: str = "ec-p256",
    now=NOW,
    owner: str | None = None,
    **order,
) -> Made:
    """Issue a certificate; `names` are identities, except for an authority, whose name is one.

    Certificates of one `owner` share their key; without, those of one profile with the same names do.
    """
    authority = PROFILES[profile].authority
    asked = Order(
        profile=PROFILES[profile],
        key_kind=kind,
        **({"subject": dn(names[0])} if authority else {}),
        **({} if authority else {"names": tuple(identity.identity(name) for name in names)}),
        **order,
    )
    above = Issuer(issuer.chain) if issuer else None
    key = key_of(kind, owner or "".join((profile, *names)))
    certificate = sign(
        draft(asked, above, now=now),
        key.public_key(),
        above,
        issuer.key if issuer else key,
        serial=random_serial(os.urandom),
    )
    return Made((certificate, *(issuer.chain if issuer else ())), key)


@pytest.fixture(scope="session")
def now():
    return NOW


@pytest.fixture(scope="session")
def make():
    return made


@pytest.fixture(scope="session")
def root():
    return made("root", "CN=Acme Root,O=Acme,C=SE")


@pytest.fixture(scope="session")
def intermediate(root):
    return made("intermediate", "CN=Acme Issuing,O=Acme,C=SE", issuer=root)


@pytest.fixture(scope="session")
def server(intermediate):
    return made("server", "www.example.com", "10.0.0.1", issuer=intermediate)


@pytest.fixture
def run():
    """Run an outsider's program; skip the test, naming it, where it is not installed."""

    def run(program: str, *arguments: str | Path, **options) -> subprocess.CompletedProcess:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
        return subprocess.run(
            [program, *map(str, arguments)], capture_output=True, check=False, timeout=60, **options
        )

    return run


@pytest.fixture
def verify(run, tmp_path):
    """Ask OpenSSL about a chain, as strictly as it can; return what it says, `OK` at the end if it is content."""

    def verify(*chain: x509.Certificate, purpose: str = "any", at: datetime = NOW) -> str:
        pems = [certificate.public_bytes(Encoding.PEM) for certificate in chain]
        leaf, between, top = (tmp_path / name for name in ("leaf.pem", "between.pem", "top.pem"))
        leaf.write_bytes(pems[0])
        between.write_bytes(b"".join(pems[1:-1]))
        top.write_bytes(pems[-1])
        untrusted = ["-untrusted", between] if pems[1:-1] else []
        moment = ["-attime", str(int(at.timestamp())), "-purpose", purpose]
        done = run("openssl", "verify", "-x509_strict", *moment, "-CAfile", top, *untrusted, leaf)
        return (done.stdout + done.stderr).decode().strip()

    return verify


_TYPES = {"x509": "X509", "req": "X509_REQ", "crl": "X509_CRL"}
# What is left out of each: nothing; of a list nothing can be.
_FLAGS = {"X509": (ctypes.c_ulong(0),), "X509_REQ": (ctypes.c_ulong(0),), "X509_CRL": ()}


class LibCrypto:
    """The library of the machine's OpenSSL, asked to print: the program starts 40 times slower than it prints."""

    # XN_FLAG_ONELINE of <openssl/x509.h>: how the program prints names unless it is told otherwise.
    _NAMES = 0x82031F
    # It prints its error queue into the text, with a thread's number that changes with every run.
    _ERROR_QUEUE = re.compile(rb"^[0-9A-F]{8,16}:error:.*\n", re.MULTILINE)
    _BIO_CTRL_INFO = 3

    def __init__(self):
        self._library = ctypes.CDLL("libcrypto.so.3")

    @property
    def version(self) -> str:
        return self._pointer("OpenSSL_version", ctypes.c_char_p)(0).decode()

    def text(self, kind: str, der: bytes) -> bytes:
        """Return what `openssl KIND -noout -text` says of a document; nothing of one that it cannot read."""
        name = _TYPES[kind]
        start = ctypes.c_char_p(der)
        document = self._pointer(f"d2i_{name}")(None, ctypes.byref(start), ctypes.c_long(len(der)))
        self._library.ERR_clear_error()
        if document is None:
            return b""
        document = ctypes.c_void_p(document)
        memory = ctypes.c_void_p(self._pointer("BIO_new")(ctypes.c_void_p(self._pointer("BIO_s_mem")())))
        self._library[f"{name}_print_ex"](memory, document, ctypes.c_ulong(self._NAMES), *_FLAGS[name])
        printed = ctypes.c_void_p()
        length = self._library.BIO_ctrl(memory, self._BIO_CTRL_INFO, ctypes.c_long(0), ctypes.byref(printed))
        text = ctypes.string_at(printed, length)
        self._library[f"{name}_free"](document)
        self._library.BIO_free(memory)
        self._library.ERR_clear_error()
        return self.without_errors(text)

    def without_errors(self, text: bytes) -> bytes:
        return self._ERROR_QUEUE.sub(b"", text)

    def _pointer(self, name: str, kind: type = ctypes.c_void_p):
        function = self._library[name]
        function.restype = kind
        return function


@pytest.fixture(scope="session")
def libcrypto():
    """The library of OpenSSL 3.0, whose texts are the reference; skips the test where the machine has another."""
    try:
        library = LibCrypto()
    except OSError:
        pytest.skip("the reference is OpenSSL 3.0, and this machine has no libcrypto.so.3")
    if not library.version.startswith("OpenSSL 3.0."):
        pytest.skip(f"the reference is OpenSSL 3.0, and this machine has {library.version}")
    return library
