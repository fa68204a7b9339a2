"""The panel at two in the morning: every problem of a real server on loopback, and the one key that mends it."""

import contextlib
import json
import re
import socket
import threading
import time
from dataclasses import replace

import pytest
from textual.widgets import Input, Select

from tlsca.authority.connecting import serve
from tlsca.authority.credentials import credential
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store, open_store, unlock
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.probe.listener import Listener
from tlsca.probe.result import Outcome
from tlsca.store.vault import KdfParameters
from tlsca.text import hex_colons
from tlsca.tui.widgets.connection import ConnectionPanel
from tlsca.tui.widgets.result_page import ResultPage
from tlsca.tui.widgets.result_views import ResultViews

UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e]")
CHEAP = KdfParameters(memory_kib=8, passes=1, lanes=1)


@pytest.fixture
def host(demo, passphrase):
    """Return a function that serves a certificate of the demo as its host would, and returns the port."""
    with contextlib.ExitStack() as stack:
        desk = open_store(demo)
        stack.callback(desk.close)
        unlock(desk, passphrase)

        def start(name, **how):
            listener = serve(desk, desk.ledger.find(name, now=desk.now()), report=lambda _: None, **how)
            stack.callback(listener.stop)
            return listener.port

        start.desk = desk
        yield start


def panel_of(op):
    return op.home_screen.query_one(ConnectionPanel)


def result_of(op):
    return panel_of(op).result


def codes(op):
    return [problem.code for problem in result_of(op).problems]


async def probe(op, target, name=""):
    """Type a target and wait for what comes of it."""
    await op.opened()
    await op.press("t")
    await op.replace(target)
    if name:
        await op.press("tab")
        await op.replace(name)
    await op.press("enter")
    await op.until(lambda: result_of(op) is not None)
    await op.until(lambda: isinstance(op.app.focused, ResultPage))


async def trusted(op):
    await op.until(lambda: result_of(op) is not None and result_of(op).verdict is Outcome.TRUSTED)
    await op.until("✔ TRUSTED")


# One key for each repair


@pytest.fixture
def strangers_root(tmp_path):
    """A host whose root nobody here knows, though it sends it along: its port and the root's fingerprint."""
    desk = create_store(tmp_path / "theirs", "their passphrase", parameters=CHEAP)
    create_authority(desk, AuthorityForm(name="Stranger Root"))
    leaf = issue(desk, CertificateForm(names=("localhost",))).record
    root, mine = desk.issuer_of(leaf), credential(desk, leaf)
    with Listener(mine.chain + desk.ledger.object_pem(root.sha256), mine.key, lambda _: None) as listener:
        yield listener.port, root.sha256
    desk.close()


async def test_a_root_is_trusted_after_a_look_at_its_fingerprint(operate, demo, strangers_root):
    port, root = strangers_root
    async with operate(demo) as op:
        await probe(op, f"localhost:{port}")
        assert codes(op) == ["untrusted-root"]
        await op.until("Import Stranger Root and trust it")
        await op.press("1")
        await op.dialog("TrustRootDialog")
        shown = re.findall(r"(?:[0-9A-F]{2}:)+(?:[0-9A-F]{2})?", op.text())
        assert hex_colons(root) in "".join(shown)
        assert op.app.focused.id == "leave"
        await op.press("enter")
        await op.home()
        assert root not in {entry.record.sha256 for entry in op.rows()}
        await op.press("1")
        await op.dialog("TrustRootDialog")
        await op.press("y")
        await op.home()
        await trusted(op)
        await op.until(lambda: root in {entry.record.sha256 for entry in op.rows()})


@pytest.fixture(params=[b"220 mail.example ESMTP\r\n"])
def mail(request):
    """A service that greets in the clear and never gets further: its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet():
            with contextlib.suppress(OSError):
                while True:
                    with listening.accept()[0] as connection:
                        connection.sendall(request.param)
                        connection.recv(1000)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


async def test_a_service_that_begins_in_the_clear_is_upgraded_with_one_key(operate, demo, mail):
    async with operate(demo) as op:
        await probe(op, f"localhost:{mail}")
        assert codes(op) == ["needs-starttls"]
        await op.press("1")
        await op.until(lambda: result_of(op) is not None and codes(op) == ["starttls-failed"])
        assert op.find("#starttls", Select).value == "smtp"
        await op.until("with STARTTLS smtp")
        await op.press("K")
        await op.until("220 mail.example")
        await op.until("EHLO")


@pytest.mark.parametrize(
    "mail", [b"220 \x1b[2J\x1b]52;c;aGFjaw==\x07[/bad]\xe2\x80\xae\xc2\x9b31m \r\n"], indirect=True
)
async def test_a_greeting_that_attacks_is_shown_and_does_nothing(operate, demo, mail):
    async with operate(demo) as op:
        await probe(op, f"localhost:{mail}")
        await op.press("1")
        await op.until(lambda: result_of(op) is not None and codes(op) != ["needs-starttls"])
        for key in "VKJO":
            await op.press(key)
            told = await op.copy()
            assert UNSAFE.search(op.text().replace("\n", "")) is None
            assert UNSAFE.search(told.replace("\n", "")) is None
        await op.press("K")
        await op.until("[/bad]")


async def test_a_name_that_the_certificate_holds_is_tried_by_a_digit(operate, demo, host, either_size):
    async with operate(demo, either_size) as op:
        await probe(op, f"localhost:{host('www.home.arpa')}", "shop.home.arpa")
        assert codes(op) == ["hostname-mismatch"]
        told = " ".join(op.find(ResultPage).text().split())
        assert "or connect by a name that it holds: www.home.arpa." in told
        assert "2 Connect by the name www.home.arpa, at the same address" in told
        assert "--" not in told.partition("Session")[0]
        await op.press("2")
        await op.until(lambda: result_of(op) is not None and codes(op) == [])
        assert op.find("#server-name", Input).value == "www.home.arpa"


async def test_a_missing_name_leads_to_a_form_that_holds_it(operate, demo, host, passphrase):
    async with operate(demo) as op:
        await probe(op, f"localhost:{host('db.home.arpa')}", "shop.home.arpa")
        assert codes(op) == ["hostname-mismatch"]
        await op.press("1")
        await op.dialog("IssueDialog")
        assert op.find("#names", Input).value == "db.home.arpa 10.0.0.5 shop.home.arpa"
        assert op.find("#profile", Select).value == "server"
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.dialog("ExportDialog")
        assert op.app.screen.chosen == "chain"
        await op.press("escape")
        await op.home()
        await op.until(lambda: any("shop.home.arpa" in entry.record.names for entry in op.rows()))
        assert result_of(op) is not None  # what was found out stays in view


async def test_a_demand_for_a_client_certificate_is_met_with_one_that_qualifies(
    operate, demo, host, passphrase
):
    async with operate(demo) as op:
        await probe(op, f"localhost:{host('localhost', demand_client_certificate=True)}")
        assert codes(op) == ["client-cert-required"]
        await op.press("1")
        await op.dialog("ClientDialog")
        assert "alice@home.arpa" in op.text()
        await op.press("enter")
        await op.unlock(passphrase)
        await trusted(op)
        assert result_of(op).client_auth.accepted
        chosen = op.find("#client", Select).value
        assert chosen == next(e.record.sha256 for e in op.rows() if e.title == "alice@home.arpa")


async def test_a_renewed_certificate_that_the_host_does_not_serve_yet_is_exported(operate, demo, host):
    port = host("localhost")
    old = host.desk.ledger.find("localhost", now=host.desk.now())
    (made,) = renew(host.desk, RenewalForm(references=(old.sha256,)))
    async with operate(demo) as op:
        await probe(op, f"localhost:{port}")
        assert codes(op) == ["superseded"]
        assert result_of(op).verdict is Outcome.TRUSTED
        await op.until("was renewed")
        await op.press("1")
        await op.dialog("ExportDialog")
        assert op.app.screen._selected[0].record.id == made.record.id
        assert op.app.screen.chosen == "chain"


async def test_what_has_expired_is_renewed_and_an_incomplete_chain_is_exported(
    operate, demo, host, either_size
):
    async with operate(demo, either_size) as op:
        await probe(op, f"localhost:{host('old.home.arpa')}", "old.home.arpa")
        assert codes(op) == ["expired"]
        await op.press("1")
        await op.dialog("RenewDialog")
        await op.press("escape")
        await op.home()
        mine = credential(host.desk, host.desk.ledger.find("localhost", now=host.desk.now()))
        end = b"-----END CERTIFICATE-----\n"
        with Listener(mine.chain.split(end)[0] + end, mine.key, lambda _: None) as alone:
            await probe(op, f"localhost:{alone.port}", "localhost")
            assert codes(op) == ["missing-intermediate"]
            await op.press("N")
            await op.until("the chain breaks here: CN=Home")
            await op.press("1")
            await op.dialog("ExportDialog")
            assert op.app.screen.chosen == "chain"


async def test_a_list_that_is_missing_is_published(operate, demo, host, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.press("t", "f4")
        op.find("#revocation", Select).value = "lists"
        await op.press("f4")
        await op.replace(f"localhost:{host('localhost')}")
        await op.press("enter")
        await op.until("No authority of this store has published a CRL.")
        publish_crl(host.desk, CrlForm(reference="Home Root CA"))
        await op.until(lambda: op.home_screen._desk.ledger.position == host.desk.ledger.position)
        await op.press("enter")
        await op.until(lambda: result_of(op) is not None)
        assert codes(op) == ["crl-missing"]
        await op.press("1")
        await op.dialog("PublishDialog")
        assert "Home Issuing CA" in op.text()
        op.find("#out", Input).value = ""
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await trusted(op)


# The views


async def test_the_ladder_grows_while_the_handshake_happens(operate, demo):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with operate(demo) as op:
            await op.opened()
            await op.press("t")
            await op.replace(f"127.0.0.1:{silent.getsockname()[1]}")
            await op.press("enter")
            await op.until("ClientHello")
            assert "TCP" in op.text()
            assert "ServerHello" not in op.text()
            assert result_of(op) is None
            silent.settimeout(5)
            connection = silent.accept()[0]
            connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
            connection.close()
            await op.until(lambda: result_of(op) is not None)
            await op.press("K")
            await op.until("alert 40")
            await op.until("handshake_failure")


async def test_every_view_is_turned_to_by_its_key_and_copied(operate, demo, host):
    async with operate(demo, (120, 40)) as op:
        await probe(op, f"localhost:{host('localhost')}")
        texts = {}
        for key in "VNKAJO":
            await op.press(key)
            view = op.home_screen.query_one(ResultViews).view
            texts[view] = await op.copy()
        assert "✔ TRUSTED" in texts["verdict"]
        assert "getpeercert()" in texts["verdict"]
        assert "As verified" in texts["chain"]
        assert "ServerHello" in texts["handshake"]
        assert json.loads(texts["json"])["verdict"] == "trusted"
        assert "openssl s_client" in texts["commands"]
        assert "wrap_socket" in texts["commands"]
        assert len(set(texts.values())) == 6


async def test_the_views_turn_around_and_the_text_can_be_searched(operate, demo, host):
    async with operate(demo) as op:
        await probe(op, f"localhost:{host('localhost')}")
        views = op.home_screen.query_one(ResultViews)
        await op.press("right")
        assert views.view == "chain"
        await op.press("left_square_bracket", "left_square_bracket")
        assert views.view == "commands"
        await op.press("J")
        await op.until('"verdict": "trusted"')
        await op.press("slash")
        await op.type("subject")
        await op.until("1 of ")
        await op.press("enter", "N")
        assert views.view == "json"  # N goes on with the search
        await op.press("ctrl+f", "escape", "V")
        await op.until("✔ TRUSTED")


async def test_both_chains_stand_side_by_side_where_there_is_room(operate, demo, host):
    port = host("localhost")
    async with operate(demo, (160, 45)) as op:
        await probe(op, f"localhost:{port}")
        await op.press("N")
        await op.until("As sent")
        line = next(line for line in op.text().split("\n") if "As sent" in line)
        assert "As verified" in line
    async with operate(demo, (80, 24)) as op:
        await probe(op, f"localhost:{port}")
        await op.press("N")
        await op.until("As sent")
        assert "As verified" not in next(line for line in op.text().split("\n") if "As sent" in line)


# More of the same host


async def test_what_a_host_accepts_is_asked_for_and_weak_suites_are_marked(operate, demo, host):
    async with operate(demo, (120, 40)) as op:
        await probe(op, f"localhost:{host('localhost')}")
        await op.press("A")
        await op.until("asks what else it accepts")
        await op.press("enter")
        await op.until("forward secret")
        found = result_of(op).accepts
        assert [one.version for one in found.accepted] == ["TLSv1.3", "TLSv1.2"]
        assert f"{found.handshakes} handshakes" in op.text()
        assert "TLS_AES_256_GCM_SHA384" in op.text()
        await op.press("J")
        assert json.loads(await op.copy())["accepts"]["handshakes"] == found.handshakes


async def test_the_asking_stops_at_once(operate, demo, host):
    port = host("localhost")
    with socket.create_server(("127.0.0.1", 0)) as slow:
        ended = threading.Event()

        def hold():
            held = []
            slow.settimeout(0.05)
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    held.append(slow.accept()[0])
            for connection in held:
                connection.close()

        thread = threading.Thread(target=hold)
        thread.start()
        async with operate(demo) as op:
            await probe(op, f"localhost:{port}")
            proof = op.home_screen.query_one(ResultViews).proof
            target = replace(proof.form, target=f"127.0.0.1:{slow.getsockname()[1]}")
            op.home_screen.query_one(ResultViews).show(replace(proof, form=target), "accepts")
            delays = []
            for _ in range(3):
                await op.press("A")
                await op.until("so far")
                begun = time.monotonic()
                await op.press("escape")
                await op.until("asks what else it accepts")
                delays.append(time.monotonic() - begun)
        ended.set()
        thread.join()
    assert min(delays) < 0.3  # the least of three: the machine may pause, the app may not


async def test_a_modern_client_is_tried_on_a_key(operate, demo, host):
    pytest.importorskip("OpenSSL")
    async with operate(demo, (120, 45)) as op:
        await probe(op, f"localhost:{host('localhost')}")
        assert result_of(op).depth is None
        await op.press("M")
        await op.until("none was sent")
        assert result_of(op).depth.group in op.text()


# Pre-flight


async def test_a_certificate_is_proven_before_its_host_gets_it(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("www.home.arpa")
        await op.press("p")
        await op.unlock(passphrase)
        await trusted(op)
        assert "pre-flight of www.home.arpa" in op.text()
        assert next(e for e in op.rows() if e.title == "www.home.arpa").record.last_seen is None
        await op.press("A", "enter")
        await op.until("The pre-flight is over")
        await op.press("escape")
        await op.go_to("old.home.arpa")
        await op.press("p")
        await op.until("✘ NOT TRUSTED")
        assert codes(op) == ["expired"]
        port = result_of(op).target.port
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)


async def test_pre_flight_says_why_an_authority_has_none(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("Home Root CA")
        await op.press("p")
        await op.until(lambda: "hosts serve what it issued" in op.told())


# The form


async def test_rarer_options_are_folded_away_and_remembered(operate, demo, host):
    async with operate(demo) as op:
        await op.opened()
        await op.press("t")
        assert "TLS to" not in op.text()
        await op.press("f4")
        await op.until("Verify name")
        op.find("#max-version", Select).value = "1.2"
        await op.pilot.pause()
        await op.press("f4")
        await op.until("with up to TLS 1.2")
        await probe(op, f"localhost:{host('localhost')}")
        assert result_of(op).tls.version == "TLSv1.2"
        await op.press("escape")
        await op.go_to("www.home.arpa")
        await op.press("t")
        assert op.find("#max-version", Select).value == "1.2"
