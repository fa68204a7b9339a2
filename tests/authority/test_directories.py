"""A directory that is written whole or not at all."""

import os
import stat

import pytest

from tlsca.authority.directories import Member, check_directory, write_directory
from tlsca.errors import Refused

KEY = Member("key.pem", b"secret", private=True)
FILES = (Member("certificate.pem", b"public"), KEY)


def content(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_new_directory_has_every_file_with_its_mode_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        made = write_directory(tmp_path / "new", FILES, force=False)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [made, *made.iterdir()]}
    assert modes == {"new": 0o700, "certificate.pem": 0o644, "key.pem": 0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_one_that_holds_nothing_secret_can_be_entered(tmp_path):
    made = write_directory(tmp_path / "new", FILES[:1], force=False)
    assert stat.S_IMODE(made.stat().st_mode) & 0o500 == 0o500
    assert made.stat().st_mode & 0o022 == 0


def test_what_is_there_stays_and_nothing_is_added(tmp_path):
    (tmp_path / "key.pem").write_bytes(b"mine")
    with pytest.raises(Refused, match="is there already"):
        write_directory(tmp_path, FILES, force=False)
    assert content(tmp_path) == {"key.pem": b"mine"}


def test_by_force_it_is_replaced_and_the_rest_stays(tmp_path):
    (tmp_path / "key.pem").write_bytes(b"mine")
    (tmp_path / "other").write_bytes(b"other")
    write_directory(tmp_path, FILES, force=True)
    assert content(tmp_path) == {"key.pem": b"secret", "certificate.pem": b"public", "other": b"other"}
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_a_link_is_replaced_itself_and_not_what_it_points_to(tmp_path):
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "key.pem").symlink_to("../precious")
    write_directory(tmp_path / "out", FILES, force=True)
    assert (tmp_path / "precious").read_bytes() == b"mine"


@pytest.mark.parametrize("force", [False, True])
def test_a_link_to_a_directory_is_not_followed(tmp_path, force):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    for target in (tmp_path / "link", tmp_path):
        name = "key.pem" if target.name == "link" else "link/key.pem"
        with pytest.raises(Refused, match="symbolic link"):
            write_directory(target, (Member(name, b"secret", private=True),), force=force)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_directory_in_the_place_of_a_file_stops_everything(tmp_path):
    (tmp_path / "key.pem").mkdir()
    with pytest.raises(Refused, match="is a directory"):
        write_directory(tmp_path, FILES, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize("place", ["missing/new", "file", "file/new", "a" * 300, "nul\0"])
def test_a_place_that_cannot_be_is_refused_beforehand(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused):
        write_directory(tmp_path / place, FILES, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_turns_up_meanwhile_stays_and_what_was_placed_goes_again(tmp_path, monkeypatch):
    """Between looking and writing somebody makes the last of the files."""
    first = os.link

    def link(source, target, **words):
        if str(target).endswith("key.pem"):
            (tmp_path / "key.pem").write_bytes(b"theirs")
        first(source, target, **words)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(Refused, match="somebody else"):
        write_directory(tmp_path, FILES, force=False)
    assert content(tmp_path) == {"key.pem": b"theirs"}


def test_a_disk_that_is_full_leaves_nothing(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="No space left"):
        write_directory(tmp_path / "new", FILES, force=False)
    assert list(tmp_path.iterdir()) == []


def test_links_are_written_as_links(tmp_path):
    made = write_directory(
        tmp_path / "new", (*FILES, Member("ca/abc.0", b"root.pem", is_link=True)), force=False
    )
    assert str((made / "ca" / "abc.0").readlink()) == "root.pem"
    assert check_directory(made, ["ca/other"], force=False) == made
