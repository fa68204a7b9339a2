"""The public part of a store as a directory tree, as openssl and a web server use it."""

import subprocess

import pytest
from cryptography import x509

from tlsca.authority.public_tree import write_tree
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.errors import Refused


def verify(tree, file, *words):
    command = ["openssl", "verify", "-CApath", str(tree / "ca"), "-attime", "1896090000", *words, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(desk, create, issue, tmp_path):
    """A tree of a root, an intermediate with a CRL, and two leaves, one revoked."""
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    issue("good.example", issuer="Acme Issuing")
    bad = issue("bad.example", issuer="Acme Issuing")
    revoke(desk, RevocationForm(references=(bad.sha256,)))
    for name in ("Acme Root", "Acme Issuing"):
        publish_crl(desk, CrlForm(reference=name))
    return write_tree(desk, tmp_path / "tree")


def leaf(tree, name):
    (found,) = (tree.directory / "certs").glob(f"{name}-*.pem")
    return found


def test_openssl_finds_chain_and_lists_by_hash(tree):
    assert verify(tree.directory, leaf(tree, "good.example"), "-crl_check_all").returncode == 0
    revoked = verify(tree.directory, leaf(tree, "bad.example"), "-crl_check_all")
    assert "certificate revoked" in revoked.stderr


def test_the_links_are_those_that_openssl_makes_itself(tree):
    folder = tree.directory / "ca"
    links = {path.name: str(path.readlink()) for path in folder.iterdir() if path.is_symlink()}
    subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)
    assert {path.name: str(path.readlink()) for path in folder.iterdir() if path.is_symlink()} == links
    assert len(links) == 4


def test_a_web_server_finds_the_lists_as_der(tree):
    lists = [x509.load_der_x509_crl(path.read_bytes()) for path in (tree.directory / "crl").iterdir()]
    assert sorted(one.issuer.rfc4514_string() for one in lists) == ["CN=Acme Issuing", "CN=Acme Root"]


def test_it_counts_what_is_in_it_and_holds_no_key(tree):
    assert (tree.authorities, tree.certificates, tree.lists) == (2, 2, 2)
    files = [path for path in tree.directory.rglob("*") if path.is_file()]
    assert not any(b"PRIVATE" in path.read_bytes() for path in files)


def test_one_that_is_there_stays_unless_forced(desk, tree):
    with pytest.raises(Refused, match="is there already"):
        write_tree(desk, tree.directory)
    assert write_tree(desk, tree.directory, force=True) == tree
    assert not list(tree.directory.rglob(".tlsca-*"))


def test_authorities_of_one_name_have_links_of_their_own(desk, create, tmp_path):
    root = create("Acme Root")
    renew(desk, RenewalForm(references=(root.sha256,)))
    made = write_tree(desk, tmp_path / "tree")
    links = sorted(path.suffix for path in (made.directory / "ca").iterdir() if path.is_symlink())
    assert links == [".0", ".1"]
