"""tlsca for programs: what the page says is so, nothing is left behind, and importing it costs nothing."""

import doctest
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import tlsca
from tlsca.errors import PassphraseMissing, PassphraseWrong, Refused, StoreMissing

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "python.md"


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Where temporary files go, so that what is left behind can be seen."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.skipif(not PAGE.exists(), reason="the page stands in the source tree")
def test_what_the_page_says_is_so(scratch):
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8", optionflags=doctest.ELLIPSIS)
    assert found.attempted > 30
    assert found.failed == 0


def test_a_temporary_store_leaves_nothing_behind(scratch):
    with tlsca.temporary() as ca:
        ca.issue("localhost").server_context()
        (store,) = scratch.iterdir()
        assert store.stat().st_mode & 0o077 == 0
    assert list(scratch.iterdir()) == []


def test_a_store_is_locked_until_its_passphrase_is_given(tmp_path):
    place, passphrase = tmp_path / "store", "correct horse battery"
    with tlsca.create(place, passphrase) as ca:
        ca.create_authority("Root")
    with tlsca.open(place) as ca:
        root = ca.find("Root")
        with pytest.raises(PassphraseMissing):
            root.issue("localhost")
        ca.unlock(passphrase)
        assert root.issue("localhost").status == "valid"
    with pytest.raises(PassphraseWrong):
        tlsca.open(place, "another passphrase")
    with pytest.raises(StoreMissing):
        tlsca.open(tmp_path / "elsewhere")


def test_a_client_trusts_this_store_and_no_other():
    with tlsca.temporary() as ours, tlsca.temporary() as theirs:
        trusted, stranger = ours.issue("localhost"), theirs.issue("localhost")
        assert "TLS" in shake_hands(trusted.server_context(), ours.client_context())
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(stranger.server_context(), ours.client_context())


def test_a_client_whose_authority_is_another_is_refused():
    with tlsca.temporary() as ours, tlsca.temporary() as theirs:
        demanding = ours.issue("localhost").server_context(require_client_certificate=True)
        forged = theirs.issue("mallory", profile="client").client_context()
        forged.load_verify_locations(cadata=b"".join(ours.roots))
        with pytest.raises(ssl.SSLError):
            shake_hands(demanding, forged)


def test_a_certificate_without_its_key_presents_nothing():
    with tlsca.temporary() as ca, tlsca.temporary() as elsewhere:
        signed = ca.sign(request_of(elsewhere))
        with pytest.raises(Refused):
            signed.server_context()


def test_importing_it_loads_nothing_heavy():
    program = "import sys, tlsca; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"cryptography", "ssl", "tinydb", "textual"} & set(loaded.stdout.split())


def request_of(store):
    from tlsca.authority.requesting import RequestForm, make_request

    return make_request(store._desk, RequestForm(names=("localhost",))).pem


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """Join a server and a client in memory; return the version that they agreed upon."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return str(sides[0].version())
