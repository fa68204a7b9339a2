"""Files for the operator: whole or not at all, with their mode from the start, never over another by accident."""

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority.files import check_target, file_stem, is_readable_file, read_file, write_file
from tlsca.errors import Refused, Unreadable


@pytest.fixture
def umask():
    """Set the umask for one test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def names_in(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_private_file_is_its_owners_alone_whatever_the_umask(tmp_path, umask, mask):
    umask(mask)
    assert mode(write_file(tmp_path / "a.key", b"key", private=True, force=False)) == 0o600
    assert mode(write_file(tmp_path / "a.pem", b"pem", private=False, force=False)) == 0o644 & ~mask


def test_a_private_file_is_private_before_it_holds_anything(tmp_path, umask, monkeypatch):
    umask(0)
    seen = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
    )
    monkeypatch.setattr(os, "chmod", lambda *_: pytest.fail("a file's mode is never changed afterwards"))
    write_file(tmp_path / "a.key", b"key", private=True, force=False)
    assert seen[0] == 0o600


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path):
    path = tmp_path / "a.pem"
    path.write_bytes(b"old")
    with pytest.raises(Refused, match="is there already"):
        write_file(path, b"new", private=False, force=False)
    assert path.read_bytes() == b"old"
    write_file(path, b"new", private=True, force=True)
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600
    assert names_in(tmp_path) == ["a.pem"]


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_is_replaced_and_what_it_points_to_stays(tmp_path, there):
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_bytes(b"precious")
    link.symlink_to(target)
    with pytest.raises(Refused):
        write_file(link, b"new", private=False, force=False)
    write_file(link, b"new", private=False, force=True)
    assert not link.is_symlink()
    assert link.read_bytes() == b"new"
    assert target.exists() == there
    assert not there or target.read_bytes() == b"precious"


def test_whoever_makes_the_file_first_keeps_it(tmp_path):
    path, results = tmp_path / "a.pem", []
    barrier = threading.Barrier(8)

    def write(number: int) -> None:
        barrier.wait()
        try:
            write_file(path, bytes([number]) * 1000, private=False, force=False)
            results.append(number)
        except Refused:
            results.append(None)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [number for number in results if number is not None]
    assert path.read_bytes() == bytes([winner]) * 1000
    assert names_in(tmp_path) == ["a.pem"]


@pytest.mark.parametrize("name", ["missing/a.pem", ".", "..", "a\0b", "n" * 300, "file/a.pem"])
def test_a_place_that_cannot_be_written_is_refused_and_nothing_is_left(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused) as refusal:
        write_file(tmp_path / name, b"data", private=True, force=True)
    assert "\0" not in refusal.value.sentence
    assert names_in(tmp_path) == ["file"]


def test_a_write_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="No space left on device"):
        write_file(tmp_path / "a.key", b"key", private=True, force=False)
    assert names_in(tmp_path) == []


def test_the_longest_name_that_the_system_takes_is_taken(tmp_path):
    name = "ü" * 125 + ".pem"
    assert write_file(tmp_path / name, b"", private=False, force=False).name == name


def test_a_file_system_without_hard_links_will_do(tmp_path, monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_file(tmp_path / "a.pem", b"data", private=False, force=False)
    assert (tmp_path / "a.pem").read_bytes() == b"data"


def test_a_target_can_be_checked_before_anything_is_done(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_target(Path("a.pem"), force=False) == tmp_path / "a.pem"
    with pytest.raises(Refused, match="is a directory"):
        check_target(Path(), force=True)


# Reading


def test_a_file_is_read_up_to_a_size(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_file(path, most=5) == b"12345"
    with pytest.raises(Unreadable, match="larger than the 4 octets"):
        read_file(path, most=4)


@pytest.mark.parametrize("name", ["missing", ".", "a\0b", "n" * 300, "\x1b[2J"])
def test_what_cannot_be_read_is_named_safely(tmp_path, name):
    assert not is_readable_file(tmp_path / name)
    with pytest.raises(Unreadable) as refusal:
        read_file(tmp_path / name, most=5)
    assert not {"\0", "\x1b"} & set(refusal.value.sentence)


# Names from certificates


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("www.example.com", "www.example.com"),
        ("*.example.com", "wildcard.example.com"),
        ("../../etc/passwd", "etc-passwd"),
        ("Alice Smith", "Alice-Smith"),
        ("", "certificate"),
        ("...", "certificate"),
        ("例え", "certificate"),
        ("-rf", "rf"),
        ("CON", "CON-certificate"),
        ("com1.example", "com1.example-certificate"),
        ("a" * 300, "a" * 100),
    ],
)
def test_a_name_becomes_the_beginning_of_a_file_name(name, stem):
    assert file_stem(name) == stem


@given(st.text() | st.text(alphabet="./\\:*?\0 -_a\u202e\n", max_size=200))
def test_no_name_is_ever_a_path(name):
    stem = file_stem(name)
    assert 0 < len(stem) <= 120
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert stem[0] not in ".-"
    assert stem[-1] != "."
    assert Path(stem).name == stem
    assert file_stem(stem) == stem


def test_a_pipe_is_refused_by_its_name_and_read_where_a_shell_has_opened_it(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(Unreadable, match="is a pipe or a device"):
        read_file(tmp_path / "pipe", most=10)
    reading, writing = os.pipe()
    os.write(writing, b"octets")
    os.close(writing)
    try:
        assert read_file(Path(f"/dev/fd/{reading}"), most=10) == b"octets"
    finally:
        os.close(reading)
    with pytest.raises(Unreadable, match="is a pipe or a device"):
        read_file(Path("/dev/zero"), most=10)
