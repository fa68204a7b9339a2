import hashlib
import stat

import pytest

from tlsca.errors import StoreDamaged, StoreWriteFailed, Unreadable
from tlsca.store.objects import Objects

DER = bytes(range(100))
SHA256 = hashlib.sha256(DER).hexdigest()


@pytest.fixture
def objects(tmp_path):
    return Objects(tmp_path / "objects")


@pytest.fixture
def pem(pem_of):
    return pem_of(DER)


@pytest.mark.parametrize("label", ["CERTIFICATE", "CERTIFICATE REQUEST", "X509 CRL"])
def test_an_object_is_read_as_it_was_written_and_is_named_after_its_der(objects, pem_of, label, tmp_path):
    assert objects.add(pem_of(DER, label)) == (SHA256, True)
    assert objects.path(SHA256) == tmp_path / "objects" / SHA256[:2] / f"{SHA256}.pem"
    assert objects.read(SHA256) == pem_of(DER, label)


def test_an_object_is_written_once(objects, pem):
    objects.add(pem)
    before = objects.path(SHA256).stat()
    assert objects.add(pem) == (SHA256, False)
    assert objects.path(SHA256).stat().st_ino == before.st_ino


def test_text_around_the_pem_block_and_its_line_ends_do_not_matter(objects, pem):
    objects.add(b"subject: CN=x\r\n" + pem.replace(b"\n", b"\r\n") + b"more")
    assert objects.read(SHA256) == pem


def test_objects_are_private_and_leave_nothing_beside_them(objects, pem, tmp_path):
    objects.add(pem)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [objects.path(SHA256)]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700


def test_a_flipped_bit_anywhere_is_damage_of_that_object(objects, pem):
    objects.add(pem)
    path = objects.path(SHA256)
    for place in range(len(pem)):
        for bit in range(8):
            flipped = bytearray(pem)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            with pytest.raises(StoreDamaged, match=SHA256):
                objects.read(SHA256)


def test_a_damaged_object_is_healed_by_adding_it_again(objects, pem):
    objects.add(pem)
    objects.path(SHA256).write_bytes(b"")
    assert objects.add(pem) == (SHA256, True)
    assert objects.read(SHA256) == pem


def test_what_a_crash_left_beside_an_object_is_used_again(objects, pem):
    path = objects.path(SHA256)
    path.parent.mkdir(parents=True)
    path.with_name(path.name + ".new").write_bytes(b"half")
    objects.add(pem)
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
        objects.add(content)


def test_a_directory_that_cannot_be_made_is_a_failed_write(tmp_path, pem):
    (tmp_path / "objects").write_bytes(b"in the way")
    with pytest.raises(StoreWriteFailed, match=f"{SHA256[:16]} cannot be written"):
        Objects(tmp_path / "objects").add(pem)
