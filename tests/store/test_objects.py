import hashlib
import stat

import pytest

from tlsca.errors import StoreDamaged, StoreWriteFailed, Unreadable
from tlsca.store.objects import Objects, canonical

DER = bytes(range(100))
SHA256 = hashlib.sha256(DER).hexdigest()


def added(objects, *pems):
    """Add objects in a transaction of their own; return their fingerprints."""
    contents = dict(canonical(pem) for pem in pems)
    objects.begin(1)
    try:
        objects.add(contents)
    except StoreWriteFailed:
        objects.undo()
        raise
    objects.keep()
    return list(contents)


@pytest.fixture
def objects(tmp_path):
    return Objects(tmp_path / "objects", tmp_path / "unfinished")


@pytest.fixture
def pem(pem_of):
    return pem_of(DER)


@pytest.mark.parametrize("label", ["CERTIFICATE", "CERTIFICATE REQUEST", "X509 CRL"])
def test_an_object_is_read_as_it_was_written_and_is_named_after_its_der(objects, pem_of, label, tmp_path):
    assert added(objects, pem_of(DER, label)) == [SHA256]
    assert objects.path(SHA256) == tmp_path / "objects" / SHA256[:2] / f"{SHA256}.pem"
    assert objects.read(SHA256) == pem_of(DER, label)


def test_an_object_is_written_once(objects, pem):
    added(objects, pem)
    before = objects.path(SHA256).stat()
    added(objects, pem)
    assert objects.path(SHA256).stat().st_ino == before.st_ino


def test_text_around_the_pem_block_and_its_line_ends_do_not_matter(objects, pem):
    added(objects, b"subject: CN=x\r\n" + pem.replace(b"\n", b"\r\n") + b"more")
    assert objects.read(SHA256) == pem


def test_objects_are_private_and_leave_nothing_beside_them(objects, pem, tmp_path):
    added(objects, pem)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [objects.path(SHA256)]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700


def test_a_flipped_bit_anywhere_is_damage_of_that_object(objects, pem, put_byte):
    added(objects, pem)
    path = objects.path(SHA256)
    for place in range(len(pem)):
        for bit in range(8):
            put_byte(path, place, pem[place] ^ 1 << bit)
            with pytest.raises(StoreDamaged, match=SHA256):
                objects.read(SHA256)
        put_byte(path, place, pem[place])
    assert objects.read(SHA256) == pem


def test_a_damaged_object_is_healed_by_adding_it_again(objects, pem):
    added(objects, pem)
    objects.path(SHA256).write_bytes(b"")
    added(objects, pem)
    assert objects.read(SHA256) == pem


def test_what_a_crash_left_beside_an_object_is_used_again(objects, pem):
    path = objects.path(SHA256)
    path.parent.mkdir(parents=True)
    path.with_name(path.name + ".new").write_bytes(b"half")
    added(objects, pem)
    assert objects.read(SHA256) == pem
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_object_is_damage(objects):
    with pytest.raises(StoreDamaged, match=f"{SHA256} is damaged: No such file"):
        objects.read(SHA256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32])
def test_what_is_no_fingerprint_names_no_object(objects, name):
    with pytest.raises(StoreDamaged, match="names no object"):
        objects.read(name)


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"-----BEGIN X-----\n!\n-----END X-----", b"-----BEGIN X-----\nAA\n-----END X-----"],
)
def test_what_is_no_pem_is_not_stored(objects, content):
    with pytest.raises(Unreadable):
        added(objects, content)


def test_a_directory_that_cannot_be_made_is_a_failed_write(tmp_path, pem):
    (tmp_path / "objects").write_bytes(b"in the way")
    with pytest.raises(StoreWriteFailed, match="object cannot be written"):
        added(Objects(tmp_path / "objects", tmp_path / "unfinished"), pem)


def test_many_objects_are_written_together(objects, pem_of, tmp_path):
    pems = [pem_of(bytes([number]) * 50) for number in range(60)]
    assert len(added(objects, *pems)) == 60
    assert [objects.read(canonical(pem)[0]) for pem in pems] == pems
    assert not list(tmp_path.rglob("*.new"))


def test_when_one_of_many_cannot_be_written_none_stays(objects, pem_of, tmp_path):
    pems = [pem_of(bytes([number]) * 50) for number in range(60)]
    blocked = objects.path(canonical(pems[30])[0])
    blocked.mkdir(parents=True)
    with pytest.raises(StoreWriteFailed):
        added(objects, *pems)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# Transactions that come to nothing


@pytest.fixture
def begun(objects, pem):
    """A transaction after line 7 that has written one object that was there before, and one that was not."""
    added(objects, pem)
    objects.begin(7)
    objects.add(dict([canonical(pem), OTHER]))
    return objects


OTHER = hashlib.sha256(b"other").hexdigest(), b"other"


def test_what_a_killed_program_wrote_goes_with_the_next_transaction_and_nothing_else_does(begun, objects):
    beside = begun.path(OTHER[0]).with_name(f"{OTHER[0]}.pem.new")
    beside.write_bytes(b"half")
    assert begun.is_left_over()
    begun.begin(7)
    assert not begun.path(OTHER[0]).exists()
    assert not beside.exists()
    assert begun.path(SHA256).exists()
    assert not begun.is_left_over()


def test_what_a_line_of_the_journal_names_stays_even_if_its_writer_was_killed_then(begun):
    begun.begin(8)
    assert begun.path(OTHER[0]).exists()
    assert not begun.is_left_over()


def test_a_transaction_that_fails_takes_its_objects_back(begun):
    begun.undo()
    assert not begun.path(OTHER[0]).exists()
    assert begun.path(SHA256).exists()
    assert not begun.is_left_over()


@pytest.mark.parametrize("note", [b"", b"7", b"7\n../../x\n", b"\xff\n", b"7\n" + b"0" * 64 + b"\n"])
def test_a_note_that_is_torn_or_made_up_is_dropped(objects, tmp_path, note):
    (tmp_path / "x.pem").write_bytes(b"precious")
    (tmp_path / "unfinished").write_bytes(note)
    objects.begin(7)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["x.pem"]
