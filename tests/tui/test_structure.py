"""The structure of a document on the screen: opened and closed, explained, copied; as long as it may be."""

import time

import pytest
from textual.app import App
from textual.widgets import TabbedContent

from tlsca.pki import der
from tlsca.pki.read import Kind
from tlsca.tui.widgets.facts import Facts
from tlsca.tui.widgets.octets import hex_dump
from tlsca.tui.widgets.structure import StructureView
from tlsca.tui.widgets.structure_tree import StructureTree

SECONDS = 3.0
"""What an act may take at most; a few hundredths are usual, and machines pause."""


async def structure_of(op, title):
    await op.opened()
    await op.go_to(title)
    await op.press("enter")
    while op.find(TabbedContent).active != "structure":
        await op.press("full_stop")
    await op.until(lambda: isinstance(op.app.focused, StructureTree) and op.app.focused.current)
    await op.until("Subject key identifier")


async def down_to(op, title):
    while op.find(StructureTree).current.title != title:
        before = op.find(StructureTree).cursor
        await op.press("j")
        assert op.find(StructureTree).cursor != before, title


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_the_field_under_the_cursor_is_explained(operate, demo, size):
    async with operate(demo, size=size) as op:
        await structure_of(op, "localhost")
        await down_to(op, "Key usage")
        await op.until("What the key may do at all")
        for told in ("RFC 5280, 4.2.1.3", "has to refuse", "2.5.29.15", "SEQUENCE ·", "critical"):
            assert told in op.text()


async def test_branches_open_and_close_with_arrows_and_letters(operate, demo):
    async with operate(demo) as op:
        await structure_of(op, "localhost")
        await down_to(op, "Key usage")
        tree = op.find(StructureTree)
        await op.press("l", "l")
        assert tree.current.title == "Digital signature"
        await op.until("TLS handshakes")
        await op.press("h", "h", "h")
        assert tree.current.title == "Extensions"
        await op.press("left", "left")
        assert tree.current.title == "Signed part"
        await op.press("enter")
        assert "Validity" not in op.text()
        await op.press("space", "end")
        assert tree.current.title == "Signature"
        await op.press("home")
        assert tree.current.title == "Certificate"


async def test_the_value_and_the_octets_of_a_field_are_copied(operate, demo):
    async with operate(demo) as op:
        await structure_of(op, "localhost")
        await down_to(op, "Version")
        await op.press("y")
        assert op.app.clipboard == "3 (written as 2)"
        await op.press("Y")
        assert op.app.clipboard == "a003020102"
        assert "Copied 5 octets in hexadecimal" in op.told()


async def test_hjkl_stay_inside_the_tree(operate, demo):
    async with operate(demo) as op:
        await structure_of(op, "localhost")
        await op.press("h", "l", "k", "j")
        assert op.find(TabbedContent).active == "structure"
        assert op.current().title == "localhost"


async def test_tab_goes_to_the_explanation_which_scrolls_to_octets_and_asn1(operate, demo):
    async with operate(demo) as op:
        await structure_of(op, "localhost")
        await op.press("tab")
        assert op.app.focused.id == "explanation"
        await op.press("end")
        await op.until(":d=")


async def test_the_summary_shows_the_life_the_findings_and_where_it_came_from(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("old.home.arpa")
        await op.press("enter")
        await op.until("The certificate expired")
        assert "over for" in op.text()
        assert "━" * 16 in op.text()
        assert op.text().index("Error") < op.text().index("Subject")
        told = [line.plain.split() for line in op.find("#summary-page", Facts).laid_out(100)]
        assert ["From", "the", "store,", "as"] in [words[:4] for words in told]


class Alone(App[None]):
    """A structure and nothing else."""

    def compose(self):
        yield StructureView()


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


def long_list(members):
    """Return a certificate's bytes with so many names in it."""
    algorithm = tlv(0x30, tlv(0x06, b"\x2b\x65\x70"))
    validity = tlv(0x30, tlv(0x17, b"200101000000Z"), tlv(0x18, b"99991231235959Z"))
    key = tlv(0x30, algorithm, tlv(0x03, b"\0" + b"\7" * 32))
    names = tlv(0x30, *(tlv(0x82, b"host-%06d.example" % at) for at in range(members)))
    extensions = tlv(0xA3, tlv(0x30, tlv(0x30, tlv(0x06, b"\x55\x1d\x11"), tlv(0x04, names))))
    signed = tlv(0x30, tlv(0xA0, tlv(0x02, b"\2")), tlv(0x02, b"\5"), algorithm, tlv(0x30), validity, tlv(0x30), key, extensions)  # fmt: skip
    return tlv(0x30, signed, algorithm, tlv(0x03, b"\0" + b"\1" * 64))


async def test_two_hundred_thousand_names_open_at_once_and_the_last_is_a_key_press_away():
    app = Alone()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(StructureView)
        tree = app.query_one(StructureTree)
        tree.focus()
        view.show(long_list(200_000), Kind.CERTIFICATE)
        while tree.current is None:
            await pilot.pause(0.01)
        while tree.current.title != "Subject alternative name":
            await pilot.press("j")
        begin = time.process_time()
        await pilot.press("l", "end", "k", "k", "k", "k", "k", "pageup")
        assert time.process_time() - begin < SECONDS
        assert tree.current.value.startswith("host-1999")
        await pilot.press("y")
        assert app.clipboard == tree.current.value


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 1000, b"\x30\x80" * 1000, long_list(3)[:-30], b"\x30\x03\x02\x01"]
)
async def test_whatever_the_bytes_are_something_is_drawn(data):
    app = Alone()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(StructureView)
        view.show(data, Kind.CERTIFICATE)
        await pilot.pause(0.1)
        await pilot.press("j", "l", "end", "h", "Y")
        assert app.is_running
        assert (app.query_one(StructureTree).current is None) == (data == b"")


def test_a_dump_says_what_it_leaves_out():
    rows = list(hex_dump(bytes(range(40)), first=256, width=16, most=2))
    assert rows[0][0] == "000100"
    assert rows[0][1].startswith("00 01 02")
    assert rows[2] == ("", "… 8 octets more", "")
