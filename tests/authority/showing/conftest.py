"""A shell to paste into, and the eye that compares what comes out with what tlsca makes."""

import subprocess

import pytest
from cryptography import x509

from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.showing import show_authority
from tlsca.text import printable

KEY_IDS = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)


@pytest.fixture
def paste(tmp_path):
    """Paste a text into a shell, in a directory of its own; return a function that reads a file there."""
    where = tmp_path / "pasted"
    where.mkdir()

    def run(text: str, *, status: int = 0):
        assert printable(text, keep_newlines=True) == text
        ran = subprocess.run(
            ["sh", "-e"], input=text.encode(), cwd=where, capture_output=True, timeout=60, check=False
        )
        (where / "said").write_bytes(ran.stdout)
        assert ran.returncode == status, f"{ran.stderr.decode()}\n{text}"
        assert not (where / "owned").exists(), text
        return where

    return run


@pytest.fixture
def pasted(paste):
    """Paste a text and return the certificate that it makes under this stem."""

    def certificate(text: str, stem: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((paste(text) / f"{stem}.pem").read_bytes())

    return certificate


def _content(extensions: x509.Extensions) -> dict[str, tuple[bool, bytes]]:
    """Return everything that extensions say; of the key identifiers, which depend on keys, that they are there."""
    return {
        one.oid.dotted_string: (one.critical, b"" if one.oid in KEY_IDS else one.value.public_bytes())
        for one in extensions
    }


@pytest.fixture
def content():
    """Return what extensions say, as something that can be compared."""
    return _content


@pytest.fixture
def assert_alike():
    """Hold a certificate that the shell made against the one that tlsca made."""
    return _assert_alike


def _assert_alike(made: x509.Certificate, own: x509.Certificate) -> None:
    assert _content(made.extensions) == _content(own.extensions)
    assert made.subject.public_bytes() == own.subject.public_bytes()
    assert made.issuer.public_bytes() == own.issuer.public_bytes()
    assert made.not_valid_before_utc == own.not_valid_before_utc
    assert made.not_valid_after_utc == own.not_valid_after_utc
    assert made.signature_algorithm_oid == own.signature_algorithm_oid
    assert made.version == own.version


@pytest.fixture
def root(desk, paste):
    """Make a root here and in the shell; its files are called Root."""
    form = AuthorityForm(name="CN=Root,O=Example")
    paste(show_authority(desk, form))
    return create_authority(desk, form).record


@pytest.fixture
def openssl():
    """The machine's openssl, called with words and answering with its standard output."""

    def call(*words: str, stdin: bytes = b"") -> bytes:
        return subprocess.run(
            ["openssl", *words], input=stdin, capture_output=True, timeout=30, check=True
        ).stdout

    return call
