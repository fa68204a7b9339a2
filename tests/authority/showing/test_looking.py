"""What looks at hosts and files is shown too, and pasted here against a server of ours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tlsca.authority.connecting import ProbeForm, serve
from tlsca.authority.inspecting import inspect
from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.requesting import RequestForm, make_request
from tlsca.authority.showing_checks import show_inspection, show_probe, show_verification
from tlsca.authority.verifying import VerifyForm
from tlsca.errors import NotFound, UsageError
from tlsca.probe.target import PROTOCOLS


@pytest.fixture
def real_time(clock):
    """Let the desk live now: servers and their clients go by the machine's clock."""
    clock.time = datetime.now(UTC)


@pytest.fixture
def host(real_time, desk, root, paste, monkeypatch):
    """Serve a certificate below the store's root, and leave that root where the shell finds it; return the port."""
    record = issue(desk, CertificateForm(names=("localhost", "127.0.0.1"))).record
    where = paste("")
    monkeypatch.chdir(where)
    (where / "Root.pem").write_bytes(desk.ledger.object_pem(root.sha256))
    listener = serve(desk, record, report=lambda _visit: None)
    yield listener.port
    listener.stop()


@pytest.mark.parametrize(
    "trust", [(), ("Root",), ("store",), ("Root.pem",)], ids=["all", "one", "store", "file"]
)
def test_a_host_is_tested_by_openssl_and_by_python(desk, host, paste, trust):
    form = ProbeForm(target=f"localhost:{host}", address="127.0.0.1", trust=trust, alpn=("h2", "http/1.1"))
    said = (paste(show_probe(desk, form)) / "said").read_text()
    assert "Verify return code: 0 (ok)" in said
    assert "('DNS', 'localhost')" in said


def test_an_address_is_verified_as_one(desk, host, paste):
    said = (
        paste(show_probe(desk, ProbeForm(target=f"127.0.0.1:{host}", trust=("store",)))) / "said"
    ).read_text()
    assert "Verification: OK" in said


def test_a_host_of_another_name_fails_as_it_should(desk, host, paste):
    form = ProbeForm(target=f"localhost:{host}", verify_name="other.example", trust=("store",))
    paste(show_probe(desk, form), status=1)


def test_what_a_host_serves_is_inspected(desk, host, paste):
    said = (paste(show_inspection(desk, f"localhost:{host}")) / "said").read_text()
    assert "DNS:localhost" in said


def test_every_upgrade_has_a_command(desk):
    for protocol in PROTOCOLS:
        text = show_probe(desk, ProbeForm(target="mail.example.com", starttls=protocol, trust=("none",)))
        assert "-starttls" in text


def test_a_target_that_is_none_is_refused(desk):
    with pytest.raises(UsageError):
        show_probe(desk, ProbeForm(target="$(touch owned)"))


def test_a_file_with_a_hostile_name_is_only_a_file(desk, paste, monkeypatch):
    where = paste("")
    monkeypatch.chdir(where)
    pem = make_request(desk, RequestForm(names=("www.example.com",))).pem
    for name in (
        "-in",
        "a b; touch owned",
        "$(touch owned)",
        "it's `touch owned`",
        "new\nline\x1b[2J",
        "ö\\",
    ):
        Path(name).write_bytes(pem)
        said = (paste(show_inspection(desk, name)) / "said").read_bytes()
        assert b"DNS:www.example.com" in said


def test_names_are_shown_as_tlsca_writes_them_whichever_openssl_it_is(desk, host, paste):
    """OpenSSL writes names in another way from 3.2 on, unless it is told how."""
    paste(show_inspection(desk, "Root"))
    (shown,) = inspect(desk, "Root", passphrase=None, now=desk.now())
    assert (Path() / "said").read_bytes() == shown.text()
    for what in ("Root", f"localhost:{host}"):
        said = (paste(show_inspection(desk, what, form="summary")) / "said").read_text()
        assert "issuer=O = Example, CN = Root\n" in said


def test_what_is_nowhere_is_said_to_be_nowhere(desk):
    with pytest.raises(NotFound):
        show_inspection(desk, "nothing")
    with pytest.raises(NotFound):
        show_verification(None, VerifyForm(what="nothing"))
