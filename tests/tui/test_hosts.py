"""Watched hosts: the screen on which they are added, looked at again and again, and what changed is told."""

import asyncio
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from textual import events

from tlsca.authority.connecting import ProbeForm, serve
from tlsca.authority.keeping import open_store, unlock
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.watching import look_again, watch, watches
from tlsca.tui.host_acts import HOST_ACTS
from tlsca.tui.keymap import Keymap
from tlsca.tui.screens.hosts import HostsScreen
from tlsca.tui.widgets.host_table import HostTable

ADDRESS = "127.0.0.1"


@pytest.fixture
def desk(demo, passphrase):
    """The demo store as another process of its owner has it open, to serve certificates from."""
    desk = open_store(demo)
    unlock(desk, passphrase)
    yield desk
    desk.close()


@pytest.fixture
def served(desk):
    """Return a function that serves a certificate of the store on this machine and returns the port."""
    listeners = []

    def start(reference: str, port: int = 0) -> int:
        record = desk.ledger.find(reference, now=desk.now())
        listeners.append(serve(desk, record, report=lambda _visit: None, port=port))
        return listeners[-1].port

    start.stop = lambda: listeners.pop().stop()
    yield start
    for one in listeners:
        one.stop()


@pytest.fixture
def silent():
    """The port of a host that takes connections and never says a word."""
    with socket.create_server((ADDRESS, 0)) as server:
        yield server.getsockname()[1]


def look(desk) -> None:
    for _ in look_again(desk, watches(desk)):
        pass


@contextmanager
def hostile_server(tmp_path, text: str):
    """Serve a certificate whose subject and issuer are what an attacker likes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    path = tmp_path / "hostile.pem"
    path.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server((ADDRESS, 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, context), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _answer(server, context) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(connection, server_side=True) as speaking:
                speaking.recv(1)
        except OSError:
            connection.close()


async def at_hosts(op) -> None:
    await op.opened()
    await op.press("H")
    await op.until(lambda: isinstance(op.app.screen, HostsScreen))


def shown(op) -> list[str]:
    return [one.record.id for one in op.find(HostTable).hosts]


def verdicts(op) -> dict[str, str | None]:
    return {one.record.id: one.record.verdict for one in op.find(HostTable).hosts}


async def test_hosts_are_added_many_at_once_and_looked_at_at_once(operate, demo, served):
    www, old = served("www.home.arpa"), served("old.home.arpa")
    async with operate(demo) as op:
        await at_hosts(op)
        await op.until("Nothing is watched yet")
        await op.press("a")
        await op.dialog("WatchDialog")
        await op.type(f"www.home.arpa:{www} old.home.arpa:{old} host:99999")
        await op.until("“99999” is no port")
        assert op.find("#confirm").disabled
        await op.press(*["backspace"] * len("host:99999"))
        await op.until("2 new hosts")
        await op.press("tab", "tab", "tab")
        await op.type(ADDRESS)
        await op.press("ctrl+s")
        wanted = {f"old.home.arpa:{old}": "untrusted", f"www.home.arpa:{www}": "trusted"}
        await op.until(lambda: isinstance(op.app.screen, HostsScreen) and verdicts(op) == wanted)
        assert shown(op)[0] == f"old.home.arpa:{old}", "what ends first stands first"
        await op.until("1 expired")
        await op.until(lambda: "2 hosts looked at: 1 not trusted." in op.told())


async def test_what_is_pasted_onto_the_screen_is_asked_about(operate, demo, desk):
    async with operate(demo) as op:
        await at_hosts(op)
        op.app.screen.post_message(events.Paste("# ours\r\na.example\r\nsmtp://b.example\r\n"))
        await op.dialog("WatchDialog")
        await op.until("2 new hosts")
        await op.until("as b.example:25")


async def test_a_line_that_is_watched_already_is_said_and_kept(operate, demo, desk):
    watch(desk, [ProbeForm(target="www.home.arpa")])
    async with operate(demo) as op:
        await at_hosts(op)
        await op.press("a")
        await op.dialog("WatchDialog")
        await op.type("https://www.home.arpa new.example new.example:443")
        await op.until("1 new host, 1 watched already")
        await op.until("stands above")
        await op.press("escape")
        await op.until(lambda: isinstance(op.app.screen, HostsScreen))
        assert len(watches(desk)) == 1


async def test_a_new_certificate_is_told_as_a_change_with_its_time(operate, demo, desk, served):
    port = served("www.home.arpa")
    watch(desk, [ProbeForm(target=f"www.home.arpa:{port}", address=ADDRESS)])
    look(desk)
    (renewed,) = renew(desk, RenewalForm(references=("www.home.arpa",), rekey=True))
    async with operate(demo, (160, 45)) as op:
        await at_hosts(op)
        await op.until("◐ superseded")
        served.stop()
        served(renewed.record.sha256, port)
        await op.press("R")
        await op.until("≠")
        await op.until("● newest")
        await op.until(lambda: f"Changed: www.home.arpa:{port} (certificate, expiry" in op.told())
        await op.press("enter")
        await op.dialog("HostDialog")
        await op.until("What changed")
        await op.until(f"→ {renewed.record.sha256[:16]}")


async def test_a_look_goes_on_elsewhere_and_can_be_stopped(operate, demo, desk, served, silent):
    port = served("www.home.arpa")
    watch(desk, [ProbeForm(target=f"{ADDRESS}:{silent}")])
    watch(desk, [ProbeForm(target=f"www.home.arpa:{port}", address=ADDRESS)])
    async with operate(demo) as op:
        await at_hosts(op)
        await op.until(lambda: len(shown(op)) == 2)
        await op.press("f5")
        await op.until("1 of 2 looked at")
        assert verdicts(op)[f"www.home.arpa:{port}"] == "trusted", "a slow host keeps no other back"
        await op.press("q")
        await op.home()
        await op.press("H")
        await op.until("1 of 2 looked at")
        await op.press("escape")
        await op.until(lambda: "Stopped after 1 of 2 hosts: all trusted." in op.told())
        await op.until(lambda: not op.find("SweepLine").display)
        assert isinstance(op.app.screen, HostsScreen)
        await op.press("escape")
        await op.home()
    desk.ledger.refresh()
    kept = {record.id: record.verdict for record in watches(desk)}
    assert kept == {f"{ADDRESS}:{silent}": None, f"www.home.arpa:{port}": "trusted"}


async def test_leaving_the_app_ends_the_look_at_once(operate, demo, desk, silent):
    watch(desk, [ProbeForm(target=f"{ADDRESS}:{silent}")])
    async with operate(demo) as op:
        await at_hosts(op)
        await op.until(lambda: shown(op))
        await op.press("R")
        await op.until("0 of 1 looked at")
        sweep = op.home_screen._sweeper.last
        began = time.monotonic()
    while not sweep.over:
        assert time.monotonic() - began < 5, "a host that says nothing would be waited for for ten seconds"
        await asyncio.sleep(0.01)


async def test_a_host_is_removed_after_the_question_only(operate, demo, desk):
    watch(desk, [ProbeForm(target="a.example"), ProbeForm(target="b.example")])
    async with operate(demo) as op:
        await at_hosts(op)
        await op.until("a.example:443")
        await op.press("x")
        await op.dialog("UnwatchDialog")
        await op.press("enter")
        await op.until(lambda: isinstance(op.app.screen, HostsScreen))
        assert len(watches(desk)) == 2
        await op.press("delete")
        await op.dialog("UnwatchDialog")
        await op.press("y")
        await op.until(lambda: isinstance(op.app.screen, HostsScreen) and shown(op) == ["b.example:443"])


async def test_the_list_is_ordered_and_filtered(operate, demo, desk, served):
    www, mail = served("www.home.arpa"), served("mail.home.arpa")
    here = {"address": ADDRESS}
    watch(desk, [ProbeForm(target=f"www.home.arpa:{www}", **here)])
    watch(desk, [ProbeForm(target=f"mail.home.arpa:{mail}", **here), ProbeForm(target=f"{ADDRESS}:1")])
    look(desk)
    async with operate(demo) as op:
        await at_hosts(op)
        await op.until(
            lambda: shown(op) == [f"mail.home.arpa:{mail}", f"www.home.arpa:{www}", f"{ADDRESS}:1"]
        )
        await op.press("s")
        assert shown(op) == [f"{ADDRESS}:1", f"mail.home.arpa:{mail}", f"www.home.arpa:{www}"]
        await op.until("PROBLEMS ↑")
        await op.press("s")
        assert shown(op) == [f"{ADDRESS}:1", f"mail.home.arpa:{mail}", f"www.home.arpa:{www}"]
        await op.until("HOST ↑")
        await op.press("slash")
        await op.type("expires-soon MAIL")
        await op.until("1 of 3 watched")
        await op.press("enter", "escape")
        await op.until("3 watched")


async def test_t_aims_the_test_of_the_connection_at_the_host(operate, demo, desk, served):
    port = served("www.home.arpa")
    watch(desk, [ProbeForm(target=f"www.home.arpa:{port}", address=ADDRESS)])
    async with operate(demo) as op:
        await at_hosts(op)
        await op.until(f"www.home.arpa:{port}")
        await op.press("t")
        await op.home()
        await op.until(f"www.home.arpa:{port}")
        await op.press("enter")
        await op.until(lambda: "✔ trusted" in op.text().lower())


async def test_hostile_names_reach_no_terminal(operate, demo, desk, tmp_path):
    hostile = "[/bad]\x1b[31m\u202e\u200b\x9b2J evil"
    with hostile_server(tmp_path, hostile) as port:
        watch(desk, [ProbeForm(target=f"{ADDRESS}:{port}")])
        async with operate(demo, (160, 45)) as op:
            await at_hosts(op)
            await op.press("R")
            await op.until("[/bad]")
            await op.press("enter")
            await op.dialog("HostDialog")
            await op.until("self-signed")
            seen = op.text()
            await op.press("escape")
            await op.until(lambda: isinstance(op.app.screen, HostsScreen))
            assert not {"\x1b", "\u202e", "\u200b", "\x9b"} & set(seen + op.text())


async def test_hosts_are_looked_at_by_themselves_and_only_changes_are_told_and_kept(
    operate, demo, desk, served
):
    port = served("www.home.arpa")
    watch(desk, [ProbeForm(target=f"www.home.arpa:{port}", address=ADDRESS)])

    async def look_by_itself(op, condition):
        op.app._look_at_hosts()  # a minute is longer than anybody waits for a test
        await op.until(lambda: op.home_screen._sweeper and op.home_screen._sweeper.last.over and condition())

    async with operate(demo, watch_every=1) as op:
        await op.opened()
        await look_by_itself(
            op, lambda: op.home_screen._desk.ledger.setting(f"watch:www.home.arpa:{port}")["verdict"]
        )
        length = (demo / "journal.jsonl").stat().st_size
        first = op.home_screen._sweeper.last
        await look_by_itself(op, lambda: op.home_screen._sweeper.last is not first)
        assert (demo / "journal.jsonl").stat().st_size == length
        assert "Looked at hosts" not in op.told()
        served.stop()
        await look_by_itself(op, lambda: f"Changed: www.home.arpa:{port} (verdict, problems)" in op.told())
        assert (demo / "journal.jsonl").stat().st_size > length


async def test_the_screen_of_a_store_that_cannot_be_written_to_still_shows(operate, demo, desk):
    watch(desk, [ProbeForm(target="a.example")])
    desk.close()
    journal = demo / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"watch"', b'"Watch"'))
    async with operate(demo) as op:
        await at_hosts(op)
        await op.press("a")
        await op.until(lambda: "Read-only" in op.told())
        assert isinstance(op.app.screen, HostsScreen)


def test_every_act_has_a_method_and_a_key_of_its_own():
    assert [
        act.id for act in HOST_ACTS if not act.action and not hasattr(HostsScreen, f"action_{act.id}")
    ] == []
    keys = [key for act in HOST_ACTS for key in act.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert sum(len(f" {Keymap().shown(act)} {act.title} ") for act in HOST_ACTS if act.footer) <= 86


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_help_lists_every_key_and_the_footer_is_not_cut(operate, demo, size):
    async with operate(demo, size) as op:
        await at_hosts(op)
        titles = [act.title for act in HOST_ACTS if act.footer]
        await op.until(lambda: all(title in op.text().splitlines()[-1] for title in titles))
        await op.press("question_mark")
        await op.dialog("HelpDialog")
        await op.until("Watch more hosts")
