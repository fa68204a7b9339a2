"""Directories that nobody vouches for: garbage, links, pipes, endless ones; what is good comes in, the rest has a reason."""

import os
import shutil
import time

import pytest

from tlsca.authority import listing
from tlsca.authority.foreign import gathering, walking
from tlsca.errors import NotFound, PassphraseMissing, PassphraseWrong, Unreadable

SECRET = "imported horse"


@pytest.fixture
def directory_of(openssl_ca, tmp_path):
    """A directory with an authority's certificate in it."""
    plain = tmp_path / "plain"
    plain.mkdir()
    shutil.copy(openssl_ca / "cacert.pem", plain)
    return plain


def reasons(report) -> dict[str, str]:
    return {one.what.rpartition("/")[2]: one.why for one in report.skipped}


def test_garbage_among_good_files_is_skipped_with_a_reason_each(take, openssl_ca, directory_of):
    good = (openssl_ca / "good.pem").read_bytes()
    for name, data in {
        "empty": b"",
        "noise": bytes(range(256)) * 40,
        "torn.pem": good[: len(good) // 2],
        "wrong.pem": good.replace(b"M", b"!"),
        "half.der": b"\x30\x82\x01\x00" + bytes(17),
        "deep.json": b'{"a":' * 100_000,
        "list.json": b'{"a": [1, 2]}',
        "begin": b"-----BEGIN " * 10_000,
        "index.txt": b"V\t300101000000Z\t\t01\tunknown\t/CN=a\nR\tnever\t\t02\tunknown\t/CN=b\nnonsense\n",
        "large": bytes(gathering.LARGEST_IN_DIRECTORY + 1),
        "old.xdb": bytes.fromhex("cadb1969"),
        "new.xdb": b"SQLite format 3\0" + bytes(300),
        "\x1b[2J": b"",
        "pfx.p12": bytes.fromhex("308201000201033082") + bytes(40),
    }.items():
        (directory_of / name).write_bytes(data)
    report = take(directory_of)
    assert [listing.title_of(record) for record in report.certificates] == ["Acme CA"]
    why = reasons(report)
    assert why["large"] == "it is larger than the 4,194,304 octets that are looked at"
    assert why["old.xdb"] == "it is a database of XCA before 2.0"
    assert why["list.json"] == "it is JSON without a certificate or a key in it"
    assert why["index.txt, line 2"] == "one of its times is no time"
    assert why["index.txt, line 3"] == "it has not the six columns of an index.txt"
    skipped = {(one.where or one.what).rpartition("/")[2].partition(",")[0] for one in report.skipped}
    assert skipped >= {path.name for path in directory_of.iterdir()} - {"cacert.pem", "\x1b[2J"}
    assert not any("\x1b" in one.what + one.why for one in report.skipped)


def test_nothing_is_read_through_a_link_that_leads_out(take, openssl_ca, directory_of):
    (directory_of / "out.pem").symlink_to(openssl_ca / "good.pem")
    (directory_of / "away").symlink_to(openssl_ca)
    (directory_of / "loop").symlink_to(directory_of / "loop")
    (directory_of / "1234.0").symlink_to("cacert.pem")
    (directory_of / "here").symlink_to(directory_of)
    report = take(directory_of)
    assert len(report.certificates) == 1
    assert (
        reasons(report)["out.pem"]
        == reasons(report)["away"]
        == "it is a link that leads out of the directory"
    )
    assert "1234.0" not in reasons(report)


def test_the_directory_itself_may_be_named_by_a_link(take, directory_of, tmp_path):
    (tmp_path / "link").symlink_to(directory_of)
    assert len(take(tmp_path / "link").certificates) == 1


def test_a_pipe_in_a_directory_keeps_nobody_waiting(take, directory_of):
    os.mkfifo(directory_of / "pipe")
    assert reasons(take(directory_of))["pipe"] == "it is no plain file"


def test_a_directory_with_too_many_files_is_refused_whole(take, directory_of, unchanged, monkeypatch):
    monkeypatch.setattr(walking, "MOST_ENTRIES", 50)
    for number in range(51):
        (directory_of / f"{number}").touch()
    unchanged()
    with pytest.raises(Unreadable, match="more than the 50 files"):
        take(directory_of)


def test_a_directory_with_too_much_in_it_is_refused_whole(take, directory_of, unchanged, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_OCTETS", 3000)
    for number in range(4):
        (directory_of / f"{number}").write_bytes(bytes(1000))
    unchanged()
    with pytest.raises(Unreadable, match="more than the 3,000 octets"):
        take(directory_of)


def test_ten_thousand_files_take_seconds(take, directory_of):
    for number in range(10_000):
        (directory_of / f"{number:05}.txt").write_bytes(b"not a certificate\n")
    start = time.process_time()
    report = take(directory_of)
    assert time.process_time() - start < 8
    assert (len(report.certificates), len(report.skipped)) == (1, 10_000)


def test_a_directory_that_may_not_be_read_is_named(take, directory_of):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    directory_of.chmod(0)
    with pytest.raises(Unreadable, match="cannot be listed"):
        take(directory_of)


def test_a_file_that_is_named_has_to_be_good(take, directory_of, unchanged):
    (directory_of / "noise").write_bytes(b"noise")
    unchanged()
    with pytest.raises(Unreadable, match="holds nothing"):
        take(directory_of / "cacert.pem", directory_of / "noise")
    with pytest.raises(NotFound):
        take(directory_of / "cacert.pem", directory_of / "missing")


def test_a_serial_number_that_was_used_twice_keeps_one_certificate_out(take, directory_of, tool):
    tool("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj",
         "/CN=Twice", "-days", "900", cwd=directory_of)  # fmt: skip
    for name in "ab":
        tool("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem",
             "-subj", f"/CN={name}", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "7", cwd=directory_of)  # fmt: skip
    report = take(directory_of)
    assert {listing.title_of(record) for record in report.certificates} == {"Acme CA", "Twice", "a"}
    assert reasons(report)["CN=b"] == "its issuer gave another certificate the serial number 07"


# Passphrases


def test_a_person_is_asked_once_for_things_with_the_same_passphrase(take, step):
    asked = []

    def ask(what: str) -> str:
        asked.append(what)
        return SECRET

    assert len(take(step, passphrases=(), ask=ask).keys) == 2
    assert asked == [str(step / "secrets" / "intermediate_ca_key")]


def test_a_person_may_err_twice(take, step):
    answers = iter(["wrong", "wrong again", SECRET])
    assert len(take(step, passphrases=(), ask=lambda _: next(answers)).keys) == 2


def test_three_wrong_passphrases_end_it_and_nothing_is_changed(take, step, unchanged):
    unchanged()
    asked = []
    with pytest.raises(PassphraseWrong, match=r"3 passphrases do not open .*intermediate_ca_key"):
        take(step, passphrases=(), ask=lambda what: asked.append(what) or "wrong")
    assert len(asked) == 3


def test_each_passphrase_that_was_given_is_tried_and_none_is_told(take, step, openssl_ca):
    assert len(take(openssl_ca, step, passphrases=("one", "two", SECRET)).keys) == 7
    with pytest.raises(PassphraseWrong) as refused:
        take(step, passphrases=("hunter2",))
    assert "hunter2" not in str(refused.value) + refused.value.hint


def test_what_is_locked_stops_the_import_unless_it_is_to_be_left(take, step, unchanged):
    unchanged()
    with pytest.raises(PassphraseMissing, match="intermediate_ca_key"):
        take(step, passphrases=())


def test_what_is_locked_may_be_left(take, step):
    report = take(step, passphrases=("wrong",), leave_locked=True)
    assert (len(report.certificates), report.keys) == (2, ())
    assert set(reasons(report)) >= {"root_ca_key", "intermediate_ca_key"}
