"""Looking closer: find in the inspector, the chain link by link, compare, the pager, save."""

import shutil
import subprocess
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from textual.widgets import TabbedContent

from tlsca.authority.importing import import_files
from tlsca.authority.keeping import open_store, unlock
from tlsca.errors import UsageError
from tlsca.tui.pager import pager_command
from tlsca.tui.widgets.chain_view import ChainView
from tlsca.tui.widgets.inspector import Inspector
from tlsca.tui.widgets.seen import look_at
from tlsca.tui.widgets.structure_tree import StructureTree
from tlsca.tui.widgets.text_page import TextPage


@pytest.fixture
def orphan(demo, passphrase, tmp_path):
    """The demo with a leaf in it whose issuer is nowhere; its AIA says where that could be had."""
    shutil.which("openssl") or pytest.skip("openssl is not installed")

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=tmp_path, timeout=30)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-subj", "/CN=Elsewhere CA", "-out", "ca.pem")  # fmt: skip
    (tmp_path / "x").write_text(
        "subjectAltName=DNS:orphan.example\nauthorityKeyIdentifier=keyid\n"
        "authorityInfoAccess=caIssuers;URI:http://elsewhere.example/ca.cer\n"
    )
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "o.key", "-subj", "/CN=orphan.example", "-out", "o.csr")  # fmt: skip
    openssl("x509", "-req", "-in", "o.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "x", "-days", "30", "-out", "o.pem")  # fmt: skip
    desk = open_store(demo)
    unlock(desk, passphrase)
    import_files(desk, [tmp_path / "o.pem"], passphrase=None)
    desk.close()
    return demo


async def view(op, name, focused):
    """Open a view of the certificate under the cursor, by the keys."""
    await op.press("enter")
    while op.find(TabbedContent).active != name:
        await op.press("full_stop")
    await op.until(lambda: isinstance(op.app.focused, focused))


async def in_text(op):
    """Open its text."""
    await view(op, "text", TextPage)
    await op.until("Certificate:")


async def test_letters_are_found_as_they_are_typed_and_gone_through(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await in_text(op)
        await op.press("slash")
        await op.type("no such words")
        await op.until("not found")
        await op.replace("SIGNATURE")
        await op.until("1 of 4")
        await op.press("enter", "n")
        await op.until("2 of 4")
        await op.press("N", "N")
        await op.until("4 of 4")
        await op.press("ctrl+f", "escape")
        await op.until(lambda: "4 of 4" not in op.text())
        assert isinstance(op.app.focused, TextPage)
        assert op.home_screen.has_class("-inspecting")


async def test_what_is_not_open_yet_in_the_tree_is_found_and_opened(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await view(op, "structure", StructureTree)
        await op.until("Certificate")
        await op.press("ctrl+f")
        await op.type("2.5.4.3")
        await op.until("1 of 2")
        assert op.find(StructureTree).current.title == "CN"
        await op.press("enter", "n")
        await op.until("2 of 2")
        assert op.find(StructureTree).current.value != ""
        assert isinstance(op.app.focused, StructureTree)
        await op.press("ctrl+f", *["backspace"] * 7)
        await op.type("key")
        await op.until(lambda: "key" in marked(op.find(StructureTree)))
        await op.press("escape")
        assert marked(op.find(StructureTree)) == []


def marked(tree: StructureTree) -> list[str]:
    """Return the letters that are marked in the rows in view."""
    colours = {
        tree.get_component_rich_style(f"structure-tree--{name}").bgcolor for name in ("found", "current")
    }
    rows = map(tree.render_line, range(tree.size.height))
    return [segment.text for row in rows for segment in row if segment.style.bgcolor in colours]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_the_views_are_gone_through_as_fast_as_somebody_types(operate, demo, size):
    async with operate(demo, size) as op:
        await op.opened()
        await op.press("enter")
        for view in ("structure", "pem", "summary", "structure"):
            await op.type("..")
            await op.until(lambda view=view: op.find(TabbedContent).active == view)
        await op.until(lambda: isinstance(op.app.focused, StructureTree))
        op.find(Inspector).action_turn(1)
        assert op.app.focused is op.find("Inspector Tabs"), "the next key is for what is hidden"


async def test_find_leads_to_the_text_from_a_view_that_has_none(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("ctrl+f")
        await op.until("Find")
        assert op.find(TabbedContent).active == "text"
        await op.type("validity")
        await op.until("1 of 1")
        await op.press("enter", "full_stop")
        await op.until(lambda: "1 of 1" not in op.text())


async def test_a_part_is_copied_where_a_part_is_selected(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await in_text(op)
        assert (await op.copy()).startswith("Certificate:\n    Data:\n        Version")
        await op.press("shift+down", "shift+down")
        assert await op.copy() == "Certificate:\n    Data:\n"
        await op.until("Copied the 2 lines.")


async def test_the_chain_is_gone_up_link_by_link(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await view(op, "chain", ChainView)
        await op.until("The chain of 3 certificates is whole")
        assert op.text().count("✔ signature verifies") == 2
        assert op.text().index("CN=localhost") < op.text().index("CN=Home Root CA")
        await op.press("down", "enter")
        await op.until(lambda: op.current().title == "Home Issuing CA")
        await op.until("The chain of 2 certificates is whole")
        assert "signed by itself: the root" in await op.copy()


async def test_a_missing_issuer_is_named_with_the_place_where_it_could_be_had(operate, orphan):
    async with operate(orphan) as op:
        await op.opened()
        await op.go_to("orphan.example")
        await view(op, "chain", ChainView)
        await op.until("✘ missing")
        for told in (
            "CN=Elsewhere CA",
            "key id ",
            "http://elsewhere.example/ca.cer, which was not asked",
            "import it",
        ):
            assert told in op.text()


async def test_two_marked_certificates_stand_beside_each_other_older_first(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("space")
        await op.go_to("mail.home.arpa")
        await op.press("space", "d")
        await op.dialog("DifferenceDialog")
        await op.until("~ CN ")
        (line,) = [line for line in op.text().splitlines() if "~ CN " in line]
        assert line.index("mail.home.arpa") < line.index("localhost")
        assert "- DNS" in op.text()
        assert "+ DNS" in op.text()
        assert "CN=Home" not in op.text()
        assert "= Issuer: 2 fields alike" in op.text() or "= Issuer" in op.app.screen._diff.text()
        await op.press("f")
        await op.until("= Kind")
        await op.press("y")
        assert "Home Issuing CA" in op.app.clipboard
        await op.press("f", "escape")
        await op.home()


async def test_a_certificate_is_compared_with_a_file(operate, demo, tmp_path):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        pem = op.home_screen._desk.certificate(op.current().record).public_bytes(Encoding.PEM)
        (tmp_path / "same.pem").write_bytes(pem)
        await op.press("d")
        await op.dialog("DiffDialog")
        await op.press("enter")
        await op.until("There is nothing to compare with.")
        await op.type(str(tmp_path / "nowhere.pem"))
        await op.press("enter")
        await op.until("is no file")
        await op.replace(str(tmp_path / "same.pem"))
        await op.press("enter")
        await op.dialog("DifferenceDialog")
        await op.until("The two are equal")


async def test_a_renewed_certificate_is_compared_with_the_one_that_it_renewed(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        old = op.current().record
        await op.press("r")
        await op.dialog("RenewDialog")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(
            lambda: op.current().record.issuer_id == old.issuer_id and op.current().record.id != old.id
        )
        await op.press("d")
        await op.dialog("DiffDialog")
        await op.until("renewed by it: until")
        await op.press("ctrl+s")
        await op.dialog("DifferenceDialog")
        assert op.app.screen._diff.old.sha256 == old.sha256


async def test_what_was_opened_is_compared_found_and_followed_up_its_chain(operate, demo, tmp_path):
    async with operate(demo) as op:
        await op.opened()
        desk = op.home_screen._desk
        chain = [
            desk.certificate(desk.ledger.find(name, now=desk.now()))
            for name in ("localhost", "Home Issuing CA")
        ]
        (tmp_path / "two.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
        await op.press("ctrl+o")
        await op.dialog("OpenDialog")
        await op.type(str(tmp_path / "two.pem"))
        await op.press("enter")
        await op.until(lambda: type(op.app.screen).__name__ == "InspectScreen")
        await op.until("Home Issuing CA")
        await op.press("d")
        await op.dialog("DiffDialog")
        await op.press("ctrl+s")
        await op.dialog("DifferenceDialog")
        assert {op.app.screen._diff.old.title, op.app.screen._diff.new.title} == {
            "localhost",
            "Home Issuing CA",
        }
        await op.press("escape")
        await op.until(lambda: type(op.app.screen).__name__ == "InspectScreen")
        await op.press("ctrl+f")
        await op.type("home issuing")
        await op.until("1 of ")
        await op.press("escape", "full_stop", "full_stop")
        await op.until("found: " + str(tmp_path / "two.pem")[:20])
        await op.press("down", "enter")
        await op.until("The chain of 2 certificates is whole")


async def test_three_marked_certificates_are_told_to_be_one_too_many(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("space", "space", "space", "d")
        await op.until("two can be compared")


async def test_what_is_shown_is_saved_and_nothing_is_replaced_without_a_yes(
    operate, demo, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        certificate = op.home_screen._desk.certificate(op.current().record)
        await in_text(op)
        await op.press("ctrl+s")
        await op.dialog("SaveDialog")
        assert op.find("#out").value == str(tmp_path / "localhost.txt")
        await op.press("enter")
        await op.home()
        assert (tmp_path / "localhost.txt").read_text().startswith("Certificate:\n    Data:")
        (tmp_path / "a.der").write_bytes(b"precious")
        await op.press("ctrl+s")
        await op.dialog("SaveDialog")
        await op.replace(str(tmp_path / "a.der"))
        await op.press("enter")
        await op.until("Replace it? y/n")
        await op.press("n")
        await op.until(lambda: "Replace it?" not in op.text())
        assert (tmp_path / "a.der").read_bytes() == b"precious"
        await op.press("enter")
        await op.until("Replace it? y/n")
        await op.press("y")
        await op.home()
        assert x509.load_der_x509_certificate((tmp_path / "a.der").read_bytes()) == certificate
        await op.until(lambda: "DER" in op.told())


async def test_what_is_saved_is_what_the_cursor_stands_on_and_not_what_was_shown_before(
    operate, demo, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    go_on = threading.Event()

    def look_at_length(desk, entry):
        assert go_on.wait(60)
        return look_at(desk, entry)

    async with operate(demo) as op:
        await op.opened()
        await op.go_to("db.home.arpa")
        await in_text(op)
        await op.press("escape")
        monkeypatch.setattr("tlsca.tui.widgets.inspector.look_at", look_at_length)
        await op.press("down", "ctrl+s")
        name = op.current().title
        go_on.set()
        await op.dialog("SaveDialog")
        assert op.find("#out").value == str(tmp_path / f"{name}.txt")


async def test_a_chain_is_saved_as_text_alone(operate, demo, tmp_path):
    async with operate(demo) as op:
        await op.opened()
        await view(op, "chain", ChainView)
        await op.until("whole")
        await op.press("ctrl+s")
        await op.dialog("SaveDialog")
        await op.replace(str(tmp_path / "a.pem"))
        await op.press("enter")
        await op.until("cannot be saved as PEM")
        await op.replace(str(tmp_path / "missing" / "a.txt"))
        await op.press("enter")
        await op.until("no directory that can be written to")
        await op.replace(str(tmp_path / "a.txt"))
        await op.press("enter")
        await op.home()
        assert "signed by itself: the root" in (tmp_path / "a.txt").read_text()


async def test_without_a_terminal_of_its_own_the_app_says_that_it_cannot_step_aside(
    operate, demo, monkeypatch
):
    monkeypatch.setenv("PAGER", "cat")
    async with operate(demo) as op:
        await op.opened()
        await op.press("o")
        await op.until(lambda: "cannot be handed to a pager" in op.told())
        monkeypatch.setenv("PAGER", "/nowhere/[/bad]\x1b[2J")
        await op.press("o")
        await op.until(lambda: "“/nowhere/[/bad]\\x1b[2J”, which is no program here" in op.told())


def test_the_pager_gets_the_text_through_a_pipe_and_the_app_comes_back(terminal, demo, tmp_path):
    seen, script = tmp_path / "seen", tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat > '{seen}'\necho PAGED THROUGH\n")
    script.chmod(0o755)
    before = {path.name for path in tmp_path.iterdir()}
    app = terminal(demo, PAGER=f"'{script}' -x")
    app.until("localhost")
    app.rest(0.3)
    app.keys("\r")
    app.until("SHA-1")
    app.keys(">")
    app.until("Signature Algorithm")
    app.keys("o")
    app.until("PAGED THROUGH")
    app.keys("<")
    app.until("SHA-1")
    app.keys("q")
    assert app.ended() == 0
    assert app.restored
    assert seen.read_text().startswith("Certificate:\n    Data:")
    session = {".local"}
    assert {path.name for path in tmp_path.iterdir()} - before - session == {"seen", "tmp"} - before


@pytest.mark.parametrize(
    ("pager", "words"),
    [("sh -c 'cat > x'", ["sh", "-c", "cat > x"]), ("  cat  ", ["cat"])],
)
def test_pager_is_split_as_a_shell_would(pager, words):
    assert pager_command({"PAGER": pager}) == words


@pytest.mark.parametrize("pager", ["'", "no-such-program-here", "/"])
def test_a_pager_that_is_none_is_one_sentence(pager):
    with pytest.raises(UsageError, match="is no program here"):
        pager_command({"PAGER": pager})
