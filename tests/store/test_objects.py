import hashlib
import stat

import pytest

from tlsca.errors import StoreDamaged, StoreWriteFailed, Unreadable
from tlsca.store.objects import Objects, canonical

DER = bytes(range(100))
SHA256 = hashlib.sha256(DER).hexdigest()


def added(objects, *pems):
    return objects.add(dict(canonical(pem) for pem in pems))


@pytest.fixture
def objects(tmp_path):
    return Objects(tmp_path / "objects")


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
    assert added(objects, pem) == []
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


def test_a_flipped_bit_anywhere_is_damage_of_that_object(objects, pem):
    added(objects, pem)
    path = objects.path(SHA256)
    for place in range(len(pem)):
        for bit in range(8):
            flipped = bytearray(pem)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            with pytest.raises(StoreDamaged, match=SHA256):
                objects.read(SHA256)


def test_a_damaged_object_is_healed_by_adding_it_again(objects, pem):
    added(objects, pem)
    objects.path(SHA256).write_bytes(b"")
    assert added(objects, pem) == [SHA256]
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
        added(Objects(tmp_path / "objects"), pem)


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
