"""What the pages begin with: the store that the tutorial leaves, and somebody's database of XCA."""

import os
import shutil
import subprocess

import pytest

import tlsca
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters

PASSPHRASE = "correct horse battery"
OF_XCA = "imported horse"


@pytest.fixture(scope="session")
def tutorial_store(tmp_path_factory):
    """The store as the tutorial leaves it; its passphrase is cheap to try."""
    directory = tmp_path_factory.mktemp("tutorial") / "store"
    desk = create_store(directory, PASSPHRASE, parameters=KdfParameters(memory_kib=64, passes=1, lanes=1))
    create_authority(desk, AuthorityForm(name="Home Root CA"))
    create_authority(desk, AuthorityForm(name="Home Issuing CA", issuer="Home Root CA", path_length=0))
    below = {"issuer": "Home Issuing CA"}
    issue(desk, CertificateForm(names=("localhost", "127.0.0.1"), **below))
    issue(desk, CertificateForm(names=("alice",), profile="client", **below))
    desk.close()
    return directory


@pytest.fixture(scope="session")
def xca_database(answering, tmp_path_factory):
    """A database that XCA made: an authority with its key, a server's certificate, and one that it knows to be revoked."""
    if shutil.which("xca") is None:
        pytest.skip("xca is not installed (Debian package xca)")
    home = tmp_path_factory.mktemp("xca")
    with tlsca.temporary() as theirs:
        authority = theirs.create_authority("Acme CA")
        for name, profile in (("www.example", "server"), ("bob", "client")):
            authority.issue(name, profile=profile).export("pem", home / f"{name}.pem")
        theirs.find("bob").revoke("key-compromise")
        (home / "crl.der").write_bytes(authority.crl(days=7))
        authority.export("pem", home / "ca.pem")
        authority.export("key", home / "ca.key", clear_key=True)
    (home / "password").write_text(f"{OF_XCA}\n")
    ask = ["xca", "--no-gui", f"--database={home / 'acme.xdb'}"]
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}
    answering(*ask, "--keygen=EC:prime256v1", "--name=spare", cwd=home, typed=OF_XCA.encode(), **environment)
    files = [str(home / name) for name in ("ca.key", "ca.pem", "www.example.pem", "bob.pem", "crl.der")]
    subprocess.run(
        [*ask, f"--password=file:{home / 'password'}", "--import", *files],
        env=os.environ | environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    return home / "acme.xdb"
