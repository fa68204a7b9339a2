"""What is typed, dropped or pasted, and what it opens."""

from pathlib import Path

import pytest

from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.importing import import_files
from tlsca.authority.opening import (
    Wanted,
    completions,
    dropped_path,
    import_wanted,
    open_wanted,
    wanted_of,
    with_passphrase,
)
from tlsca.errors import NotFound, PassphraseMissing, Unreadable
from tlsca.pki.found import Kind


@pytest.fixture
def leaf(create, issue):
    create("Acme Root")
    return issue("www.example.com")


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "it's my file.pem"
    place.write_text("x")
    return place


@pytest.mark.parametrize(
    "spelled",
    ["{path}", "{path}\n", "'{quoted}'", '"{path}"', "{escaped}", "  {path} ", "file://{url}"],
)
def test_a_dropped_file_is_found_however_the_terminal_quotes_it(file, spelled):
    path = str(file)
    text = spelled.format(
        path=path,
        quoted=path.replace("'", "'\\''"),
        escaped=path.replace(" ", "\\ ").replace("'", "\\'"),
        url=path.replace(" ", "%20"),
    )
    assert dropped_path(text) == file
    assert wanted_of(text) == Wanted(what=path)


def test_a_tilde_is_the_home_directory(monkeypatch, file):
    monkeypatch.setenv("HOME", str(file.parent))
    assert dropped_path(f"~/{file.name}") == file


@pytest.mark.parametrize(
    "text", ["", "hello world", "two\nlines", "no/such/file", "x" * 5000, "~nobody/x", "a\0b"]
)
def test_what_is_neither_content_nor_a_file_was_meant_for_something_else(text):
    assert wanted_of(text) is None


def test_content_is_told_from_a_path(desk, leaf):
    text = desk.ledger.object_pem(leaf.sha256).decode()
    bare = "".join(text.splitlines()[1:-1])
    for content in (text, f"Hello\n{text}\nBye", bare):
        assert wanted_of(content) == Wanted(content=content)
        (shown,) = open_wanted(desk, Wanted(content=content), now=desk.now()).objects
        assert (shown.kind, shown.entry.record) == (Kind.CERTIFICATE, leaf)
    assert wanted_of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@host").content
    assert "AAAA" not in repr(Wanted(content="AAAA", passphrase="AAAA"))


def test_paths_are_completed_with_directories_marked_and_hidden_files_when_asked(tmp_path, monkeypatch):
    (tmp_path / "certs").mkdir()
    for name in ("ca.pem", "ca.key", ".hidden", "bad\x1b[2J"):
        (tmp_path / name).touch()
    place = f"{tmp_path}/"
    assert completions(place) == (place + "ca.key", place + "ca.pem", place + "certs/")
    assert completions(place + "ca.p") == (place + "ca.pem",)
    assert completions(place + ".h") == (place + ".hidden",)
    assert completions(place + "none") == completions("/no/such/place/") == completions("a\0b") == ()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completions("~/ce") == ("~/certs/",)


def test_a_key_is_shown_with_the_certificates_of_the_store_that_it_belongs_to(desk, leaf, tmp_path):
    form = ExportForm(reference="www.example.com", format="key", passphrase="exported horse")
    wanted = Wanted(what=str(export(desk, form, tmp_path).path))
    with pytest.raises(PassphraseMissing):
        open_wanted(desk, wanted, now=desk.now())
    (key,) = open_wanted(desk, with_passphrase(wanted, "exported horse"), now=desk.now()).objects
    rows = {row.title: row.value for row in key.rows}
    assert rows["In the store"] == "www.example.com"
    assert rows["Key SHA-256"] == leaf.key_id


def test_what_cannot_be_opened_is_one_sentence(desk, leaf, tmp_path):
    with pytest.raises(Unreadable, match="is a directory"):
        open_wanted(desk, Wanted(what=str(tmp_path)), now=desk.now())
    with pytest.raises(NotFound, match="no file, nothing in the store, and no host:port"):
        open_wanted(desk, Wanted(what="nobody"), now=desk.now())


def test_what_was_opened_can_be_imported_from_there(desk, leaf, foreign, tmp_path):
    text = foreign.decode()
    pasted = Wanted(content=text)
    opened = open_wanted(desk, pasted, now=desk.now())
    assert opened.objects[0].entry is None
    report = import_wanted(desk, pasted, opened)
    assert [record.subject for record in report.certificates] == ["CN=foreign.example"]
    again = open_wanted(desk, pasted, now=desk.now())
    assert again.objects[0].entry.record == report.certificates[0]
    place = tmp_path / "again.pem"
    place.write_text(text)
    assert import_wanted(desk, Wanted(what=str(place)), again).skipped == import_files(desk, [Path(place)], passphrase=None).skipped  # fmt: skip


@pytest.fixture
def foreign(tmp_path):
    """A certificate that nobody here made."""
    import subprocess

    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=foreign.example"]  # fmt: skip
    return subprocess.run(words, capture_output=True, check=True, cwd=tmp_path).stdout
