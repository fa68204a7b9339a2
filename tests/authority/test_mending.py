"""What can be done at once about what a probe found, seen with real servers on loopback."""

import contextlib
import socket
import threading
from datetime import UTC, datetime

import pytest

from tlsca.authority.connecting import ProbeForm, prove, serve
from tlsca.authority.credentials import credential
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.mending import Act, qualifying, repairs
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.probe.listener import Listener
from tlsca.text import hex_colons


@pytest.fixture(autouse=True)
def present(clock):
    """OpenSSL goes by the time of the machine, so the desk does here too."""
    clock.time = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def serving():
    """Return a function that serves a certificate and returns its port."""
    with contextlib.ExitStack() as stack:

        def start(desk, record, **how):
            listener = serve(desk, record, report=lambda visit: None, **how)
            stack.callback(listener.stop)
            return listener.port

        yield start


def look(desk, target, **fields):
    form = ProbeForm(target=target, **fields)
    result = prove(desk, form)
    return result, repairs(desk, form, result)


def furnish(desk, name="www.example"):
    create_authority(desk, AuthorityForm(name="Root"))
    return issue(desk, CertificateForm(names=(name, "127.0.0.1"))).record


def test_where_nothing_is_wrong_nothing_is_offered(desk, serving):
    port = serving(desk, furnish(desk))
    assert look(desk, f"127.0.0.1:{port}")[1] == ()


def test_a_root_that_was_sent_along_can_be_imported_with_its_fingerprint_shown(desk, new_store, tmp_path):
    theirs = new_store(tmp_path / "theirs")
    leaf = furnish(theirs)
    root = theirs.issuer_of(leaf)
    mine = credential(theirs, leaf)
    chain = mine.chain + theirs.ledger.object_pem(root.sha256)
    listener = Listener(chain, mine.key, lambda visit: None, host="127.0.0.1")
    listener.start()
    try:
        result, (repair,) = look(desk, f"127.0.0.1:{listener.port}")
    finally:
        listener.stop()
    assert [problem.code for problem in result.problems] == ["untrusted-root"]
    assert (repair.act, repair.certificate.sha256) == (Act.IMPORT, root.sha256)
    assert hex_colons(root.sha256) in repair.title


def test_a_missing_name_leads_to_a_certificate_that_holds_it_too_and_to_a_name_that_is_held(desk, serving):
    record = furnish(desk)
    target = f"127.0.0.1:{serving(desk, record)}"
    result, (reissue, connect) = look(desk, target, server_name="shop.example")
    assert [problem.code for problem in result.problems] == ["hostname-mismatch"]
    assert (reissue.act, reissue.record.id, reissue.name) == (Act.REISSUE, record.id, "shop.example")
    assert (connect.act, connect.title) == (Act.RETRY, "Connect by the name www.example, at the same address")
    assert prove(desk, connect.form).problems == ()


def test_what_ends_soon_can_be_renewed_and_what_was_renewed_can_be_installed(desk, serving, clock):
    create_authority(desk, AuthorityForm(name="Root"))
    record = issue(desk, CertificateForm(names=("127.0.0.1",), days=3)).record
    port = serving(desk, record)
    (soon,) = look(desk, f"127.0.0.1:{port}")[1]
    assert (soon.act, soon.record.id) == (Act.RENEW, record.id)
    (made,) = renew(desk, RenewalForm(references=(record.sha256,)))
    _, found = look(desk, f"127.0.0.1:{port}")
    assert {repair.act for repair in found} == {Act.CHAIN}
    assert {repair.record.id for repair in found} == {made.record.id}


def test_a_demand_for_a_client_certificate_shows_which_of_ours_qualify(desk, serving):
    record = furnish(desk)
    create_authority(desk, AuthorityForm(name="Another Root"))
    ours = issue(desk, CertificateForm(names=("Alice",), profile="client", issuer="Root")).record
    issue(desk, CertificateForm(names=("Bob",), profile="client", issuer="Another Root"))
    port = serving(desk, record, demand_client_certificate=True)
    result, (repair,) = look(desk, f"127.0.0.1:{port}")
    assert repair.act is Act.CLIENT
    fitting, every = qualifying(desk, result)
    assert every == 2
    assert ours.id in {entry.record.id for entry in fitting}
    assert f"{len(fitting)} of your 2 client certificates qualify" in repair.title


@pytest.fixture
def plaintext():
    """Return a function that starts a service which greets in the clear, and returns its port."""
    with contextlib.ExitStack() as stack:

        def start(greeting):
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def greet():
                with contextlib.suppress(OSError):
                    while True:
                        with listening.accept()[0] as connection:
                            connection.sendall(greeting)
                            connection.recv(1000)

            threading.Thread(target=greet, daemon=True).start()
            return listening.getsockname()[1]

        yield start


def test_a_service_that_begins_in_the_clear_can_be_asked_to_upgrade(desk, plaintext):
    _, (repair,) = look(desk, f"127.0.0.1:{plaintext(b'220 mail.example ESMTP')}")
    assert (repair.act, repair.form.starttls) == (Act.RETRY, "smtp")


def test_an_old_server_can_be_tried_with_everything_once(desk, plaintext):
    alert = b"\x15\x03\x01\x00\x02\x02\x46"  # protocol_version
    port = plaintext(alert)
    result, (repair,) = look(desk, f"127.0.0.1:{port}")
    assert result.problems[0].code == "protocol-version"
    assert (repair.act, repair.form.legacy) == (Act.RETRY, True)
    assert look(desk, f"127.0.0.1:{port}", legacy=True)[1] == ()


def test_a_name_that_the_server_does_not_know_can_be_left_out(desk, plaintext):
    alert = b"\x15\x03\x03\x00\x02\x02\x70"  # unrecognized_name
    _, (repair,) = look(desk, f"127.0.0.1:{plaintext(alert)}", server_name="www.example")
    assert (repair.act, repair.form.server_name, repair.form.verify_name) == (Act.RETRY, "", "www.example")
