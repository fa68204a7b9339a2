"""The clipboard: the octets that reach it through what stands between, and the file for what does not get there."""

import base64
import re
import stat

import pytest
from cryptography import x509

from tlsca.tui.clipboard import MOST, keep, reaches, sequence

PLAIN = b"\x1b]52;c;w6Q=\x07"


def test_a_terminal_is_sent_the_text_in_base64():
    assert sequence("ä", {"TERM": "xterm-256color"}).encode() == PLAIN


def test_tmux_is_told_to_pass_it_on_with_every_escape_doubled():
    assert sequence("ä", {"TMUX": "/run/tmux/default,1,0"}).encode() == b"\x1bPtmux;\x1b" + PLAIN + b"\x1b\\"


def test_screen_is_told_to_pass_it_on_in_strings_that_it_takes():
    sent = sequence("a" * 1000, {"STY": "1.pts-0"}).encode()
    parts = re.findall(rb"\x1bP(.*?)\x1b\\", sent, re.DOTALL)
    assert b"".join(b"\x1bP" + part + b"\x1b\\" for part in parts) == sent
    assert max(map(len, parts)) <= 252
    assert b"".join(parts) == b"\x1b]52;c;" + base64.b64encode(b"a" * 1000) + b"\x07"


def test_the_longest_text_makes_a_sequence_below_what_terminals_cut_off():
    assert len(sequence("a" * MOST, {})) <= 100_000
    assert reaches("a" * MOST, {})
    assert not reaches("a" * (MOST + 1), {})
    assert not reaches("ä" * (MOST // 2 + 1), {})


@pytest.mark.parametrize(
    ("environment", "able"),
    [
        ({}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "vt220"}, False),
        ({"TERM": "linux", "TMUX": "x"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
    ],
)
def test_a_terminal_without_a_clipboard_is_known(environment, able):
    assert reaches("a", environment) is able


def test_what_does_not_get_there_is_kept_in_one_file_of_its_owner(tmp_path):
    place = keep("first", tmp_path / "new" / "state")
    assert keep("second", tmp_path / "new" / "state") == place
    assert place.read_text() == "second"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert list(place.parent.iterdir()) == [place]


async def test_the_menu_copies_each_part_of_a_certificate(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        one = op.home_screen._desk.certificate(op.current().record)
        for key, text in (("s", f"{one.serial_number:x}"), ("b", "localhost"), ("n", "localhost\n127.0.0.1")):
            await op.press("y")
            await op.dialog("MenuDialog")
            await op.press(key)
            await op.until(lambda text=text: text in op.app.clipboard)
            await op.home()
        await op.press("y")
        await op.dialog("MenuDialog")
        await op.press("c")
        await op.until(lambda: op.app.clipboard.count("BEGIN") == 3)
        assert x509.load_pem_x509_certificates(op.app.clipboard.encode())[0] == one


async def test_where_there_is_no_clipboard_the_file_is_named(operate, demo, monkeypatch, tmp_path):
    monkeypatch.setenv("TERM", "linux")
    async with operate(demo) as op:
        await op.opened()
        await op.press("y")
        await op.dialog("MenuDialog")
        await op.press("p")
        await op.until(lambda: "clipboard does not take it" in op.told())
        kept = tmp_path / "state" / "tlsca" / "copied.txt"
        assert str(kept) in op.told()
        assert "Copied the" not in op.told()
        assert kept.read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_the_app_in_tmux_sends_the_terminal_what_tmux_passes_on(terminal, demo):
    app = terminal(demo, TMUX="/run/tmux/default,1,0")
    app.until("localhost")
    app.rest(0.3)
    app.keys("y")
    app.until("serial number")
    app.keys("p")
    app.until("Copied the PEM")
    app.keys("q")
    assert app.ended() == 0
    (sent,) = re.findall(rb"\x1bPtmux;\x1b\x1b\]52;c;([^\x07]*)\x07\x1b\\", app.sent)
    assert base64.b64decode(sent).startswith(b"-----BEGIN CERTIFICATE-----\n")
