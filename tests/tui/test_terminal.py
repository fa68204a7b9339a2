"""The app on a real terminal: it is left at any moment, and leaves the terminal as it was and nothing behind."""

import re
import socket
import stat

import pytest

from tlsca.authority.demo import PASSPHRASE


def reports(tmp_path):
    return [path for path in (tmp_path / "tmp").iterdir() if path.name.startswith("tlsca-defect-")]


@pytest.mark.parametrize("moment", ["STATE", "Home Issuing CA"])
def test_q_ends_the_app_as_soon_as_it_is_drawn_and_restores_the_terminal(terminal, demo, tmp_path, moment):
    app = terminal(demo)
    app.until(moment)
    for _ in range(3):
        app.keys("q")
    assert app.ended(5) == 0
    assert app.restored
    assert list((tmp_path / "tmp").iterdir()) == []


def test_ctrl_c_tells_how_to_leave_and_ctrl_q_leaves(terminal, demo):
    app = terminal(demo)
    app.until("localhost")
    app.keys("\x03")
    app.keys("\x03")
    app.keys("\x11")
    assert app.ended(5) == 0
    assert app.restored
    assert "Traceback" not in app.words


def test_resizing_while_dialogs_open_and_close_does_no_harm(terminal, demo):
    app = terminal(demo)
    app.until("localhost")
    for key in ("?", "\x1b", "i", "\x1b", "e", "\x1b", "t", "\x1b", "\x10", "\x1b"):
        app.keys(key)
        for size in ((1, 1), (200, 60), (40, 5), (80, 24)):
            app.resize(*size)
            app.rest(0.01)
        app.rest(0.15)
    app.keys("\x11")
    assert app.ended(5) == 0
    assert "defect" not in app.words


def test_quitting_while_a_probe_waits_for_a_silent_server_takes_no_time(terminal, demo, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = terminal(demo)
        app.until("localhost")
        silent.settimeout(10)
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        app.keys("t")
        app.until("Host:port")
        app.keys(address)
        app.until(address[-2:])
        app.keys("\r")
        dialled = silent.accept()[0]
        dialled.recv(1)  # the handshake is under way
        app.keys("\x11")
        assert app.ended(2) == 0
        dialled.close()
    assert app.restored
    assert list((tmp_path / "tmp").iterdir()) == []


def test_quitting_while_a_certificate_is_served_closes_the_port(terminal, demo, tmp_path):
    app = terminal(demo)
    app.until("localhost")
    app.keys("G")
    app.keys("L")
    app.until("Unlock the store")
    app.keys(PASSPHRASE)
    app.keys("\r")
    app.until("serving on 127.0.0.1:")
    port = int(re.findall(r"serving on 127\.0\.0\.1:(\d+)", app.words)[-1])
    with socket.create_connection(("127.0.0.1", port)):  # a client that says nothing
        app.keys("\x11")
        assert app.ended(3) == 0
    assert app.restored
    assert list((tmp_path / "tmp").iterdir()) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def walked_through(app):
    """Look at a certificate, open a dialog, and leave; return every octet that was sent."""
    app.until("localhost")
    app.keys("G\r")
    app.until("Issuer key id")
    app.keys("\x1b")
    app.rest(0.5)
    app.keys("i")
    app.until("What clients dial")
    app.keys("\x11")
    assert app.ended(5) == 0
    return app.sent


@pytest.mark.parametrize("told", [{"LC_ALL": "POSIX"}, {"TERM": "linux"}], ids=["no UTF-8", "console"])
def test_a_terminal_that_shows_ascii_alone_is_sent_nothing_else(terminal, demo, told):
    assert walked_through(terminal(demo, **told)).isascii()


def test_other_terminals_are_sent_signs_that_say_more(terminal, demo):
    assert not walked_through(terminal(demo)).isascii()


_COLOUR = re.compile(rb"\x1b\[(?:[\d:]*;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;:m]")


def test_where_no_colours_are_wanted_none_is_sent(terminal, demo):
    sent = walked_through(terminal(demo, NO_COLOR="1", COLORTERM="truecolor"))
    assert not _COLOUR.search(sent)
    assert b"\x1b[1;7m" in sent  # the row under the cursor is reversed


_DEFECT_IN_AN_ACT = """
import tlsca.authority.listing as listing
def entries(desk):
    secret = "hunter2 in a variable"
    raise RuntimeError("hunter2 in a message")
listing.entries = entries
"""
_DEFECT_IN_A_HANDLER = """
import tlsca.tui.screens.home as home
def action_theme(self):
    secret = "hunter2 in a variable"
    raise RuntimeError("hunter2 in a message")
home.HomeScreen.action_theme = action_theme
"""
_DEFECT_IN_A_WORKER = """
import tlsca.tui.screens.home as home
async def look_up():
    secret = "hunter2 in a variable"
    raise RuntimeError("hunter2 in a message")
def action_theme(self):
    self.run_worker(look_up())
home.HomeScreen.action_theme = action_theme
"""
_WORKER_OF_AN_APP_THAT_IS_LEFT = """
import tlsca.tui.screens.home as home
async def look_up(screen):
    screen.app.exit()
    screen.query_one("#gone-by-then")
def action_theme(self):
    self.run_worker(look_up(self))
home.HomeScreen.action_theme = action_theme
"""


def test_a_defect_in_an_act_is_reported_without_secrets_and_the_app_goes_on(terminal, demo, tmp_path):
    app = terminal(demo, before=_DEFECT_IN_AN_ACT)
    app.until("A defect in tlsca")
    app.keys("q")
    assert app.ended(5) == 0
    assert app.restored
    assert "hunter2" not in app.words
    report = reports(tmp_path)[0]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "hunter2" not in report.read_text()
    assert "RuntimeError" in report.read_text()


def test_a_worker_that_misses_what_is_gone_while_the_app_is_left_is_no_defect(terminal, demo, tmp_path):
    app = terminal(demo, before=_WORKER_OF_AN_APP_THAT_IS_LEFT)
    app.until("localhost")
    app.keys("\x1bOQ")
    assert app.ended(5) == 0
    assert app.restored
    assert reports(tmp_path) == []


@pytest.mark.parametrize(
    ("defect", "place"),
    [(_DEFECT_IN_A_HANDLER, "action_theme"), (_DEFECT_IN_A_WORKER, "look_up")],
    ids=["handler", "worker"],
)
def test_a_defect_in_a_handler_or_a_worker_ends_the_app_with_a_report_without_secrets(
    terminal, demo, tmp_path, defect, place
):
    app = terminal(demo, before=defect)
    app.until("localhost")
    app.keys("\x1bOQ")
    assert app.ended(5) == 1
    assert app.restored
    assert "hunter2" not in app.words
    assert "A defect in tlsca (RuntimeError)" in app.words
    (report,) = reports(tmp_path)
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "hunter2" not in report.read_text()
    assert place in report.read_text()
