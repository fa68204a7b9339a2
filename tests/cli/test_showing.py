"""`--show-command`: the commands that do the same are printed, and nothing is done."""

import json
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.requesting import RequestForm, plan_request
from tlsca.pki.keys import generate
from tlsca.pki.request import build_request

WORDS = [
    ("ca", "create", "New Root"),
    ("ca", "create", "New Inner", "--issuer", "Test Root", "--path-length", "0"),
    ("issue", "www.example.com", "--issuer", "Test Intermediate", "--must-staple"),
    ("request", "www.example.com"),
    ("sign", "www.csr", "--issuer", "Test Intermediate"),
    ("renew", "localhost"),
    ("renew", "Test Root", "--rekey"),
    ("revoke", "localhost", "--reason", "superseded"),
    ("crl", "Test Intermediate"),
    ("export", "localhost", "--as", "pkcs12"),
    ("verify", "localhost", "--host", "localhost"),
    ("inspect", "localhost"),
    ("probe", "localhost", "mail.example.com:25"),
    ("issue", "--from-csv", "table.csv", "--issuer", "Test Intermediate"),
]


@pytest.fixture
def locked(store, environment, tmp_path):
    """A store whose passphrase nobody gives, and a request and a table in files."""
    environment.delenv("TLSCA_PASSPHRASE")
    subject, names = plan_request(RequestForm(names=("www.example.com",)))
    request = build_request(subject, names, generate("ec-p256"))
    (tmp_path / "www.csr").write_bytes(request.public_bytes(Encoding.PEM))
    (tmp_path / "table.csv").write_text("name\na.example\nb.example\n")
    return store


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_it_needs_no_passphrase_and_changes_nothing(locked, done, words):
    before = {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()}
    ran = done(*words, "--show-command")
    assert "openssl" in ran.text
    assert {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()} == before
    assert subprocess.run(["sh", "-n"], input=ran.out, check=False, timeout=10).returncode == 0


def test_what_could_not_be_done_is_not_shown(locked, cli):
    ran = cli("issue", "www.example.com", "--issuer", "Nobody", "--show-command")
    assert ran.status == 3
    assert not ran.out


def test_a_whole_story_is_pasted(locked, done, tmp_path):
    where = tmp_path / "pasted"
    where.mkdir()
    story = [
        done("ca", "create", "New Root", "--show-command").out,
        done("request", "www.example.com", "--key", "rsa-2048", "--show-command").out,
    ]
    for text in story:
        subprocess.run(["sh", "-e"], input=text, cwd=where, check=True, capture_output=True, timeout=60)
    check = ["openssl", "verify", "-x509_strict", "-CAfile", "New-Root.pem", "New-Root.pem"]
    assert b"OK" in subprocess.run(check, cwd=where, check=True, capture_output=True, timeout=10).stdout
    assert (where / "www.example.com.csr").exists()


def test_keys_that_openssl_3_0_cannot_make_are_said_to_need_a_newer_one(locked, done):
    assert "3.5" in done("ca", "create", "New Root", "--key", "ml-dsa-65", "--show-command").text


def test_the_certificates_of_the_store_are_not_touched_by_a_show(locked, done):
    before = json.loads(done("list", "--json").out)
    done("revoke", "localhost", "--show-command")
    assert json.loads(done("list", "--json").out) == before
