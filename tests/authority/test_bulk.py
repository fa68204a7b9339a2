"""Many certificates at once: every row is right before the first is made, and all are kept or none."""

import errno
import subprocess
import sys
import threading
from dataclasses import fields
from pathlib import Path

import pytest

from tlsca.authority.bulk import issue_many, plan_many, read_lines, read_table
from tlsca.authority.issuing import CertificateForm, record_of
from tlsca.authority.partitions import keep_partitions
from tlsca.errors import PassphraseMissing, Refused, StoreWriteFailed
from tlsca.pki import keys
from tlsca.pki.profiles import LEAF_PROFILES, PROFILES
from tlsca.store import syncfs
from tlsca.store.records import PartitionsRecord

USUAL = CertificateForm(names=())


@pytest.fixture
def root(create):
    return create("Root")


TABLE = """name,profile,san,key,days,until,issuer,subject
www.example.com example.com,,,,,,,
alice@example.com,client,,ed25519,30,,,"CN=Alice,O=Example"
10.0.0.5,server,db.example.com,,,2030-03-01,,
"""


def test_each_row_becomes_a_certificate_and_what_it_leaves_out_is_as_usual(desk, root):
    issued = issue_many(desk, read_table(TABLE, usual=CertificateForm(names=(), key="ec-p384")))
    assert [one.record.names for one in issued] == [
        ("www.example.com", "example.com"),
        ("alice@example.com",),
        ("10.0.0.5", "db.example.com"),
    ]
    assert [one.record.key for one in issued] == ["ec-p384", "ed25519", "ec-p384"]
    assert issued[1].record.subject == "CN=Alice,O=Example"
    assert issued[2].record.not_after.isoformat() == "2030-03-01T23:59:59+00:00"
    assert all(desk.has_key(one.record) for one in issued)


def test_all_rows_are_one_act_in_the_audit_log(desk, root):
    before = desk.ledger.position
    issue_many(desk, read_table(TABLE, usual=USUAL))
    assert desk.ledger.position == before + 1
    assert next(iter(desk.ledger.history(before + 1))).act == "issue-many"


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("name,days\na.example,3\nb.example,x\n", "Row 3, column days"),
        ("name,days\na.example,0\n", "Row 2, column days"),
        ("name\na.example\nb_b.example\n", "Row 3, column name"),
        ("name,profile\na.example,sever\n", "Row 2, column profile"),
        ("name,profile\na.example,root\n", "Row 2, column profile"),
        ("name,key\na.example,rsa-512\n", "Row 2, column key"),
        ("name,san\na.example,b_b\n", "Row 2, column san"),
        ("name,issuer\na.example,nobody\n", "Row 2, column issuer"),
        ("name,until\na.example,soon\n", "Row 2, column until"),
        ("name,subject\na.example,FOO=x\n", "Row 2, column subject"),
        ("name,days\n,3\n", "Row 2, column name"),
        ("name\na.example,3\n", "Row 2 has more fields"),
        ("nam\na.example\n", "Row 1 names a column “nam”"),
        ("days\n3\n", "Row 1 names no column “name”"),
        ("name,name\na.example,b\n", "Row 1 names a column twice"),
        ('name\n"a.example\n', "Row 2 is no CSV"),
        ('name,subject\na.example,"CN=a\n"\n"b.example\nc.example,\n', "Row 3 is no CSV"),
        ('name,days\n"a.example\nb.example",3\nc.example,x\n', "Row 3, column days"),
        ("name;days\na.example;3\nb.example;x\n", "Row 3, column days"),
        ("name\n", "has no rows"),
        ("", "no column “name”"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_nothing_is_issued(desk, root, table, place):
    before = desk.ledger.position
    with pytest.raises(Refused, match=place):
        issue_many(desk, read_table(table, usual=USUAL))
    assert desk.ledger.position == before
    assert len(desk.ledger.certificates()) == 1


def test_a_plan_shows_every_certificate_and_changes_nothing(desk, root):
    before = desk.ledger.position
    plans = plan_many(desk, read_table(TABLE, usual=USUAL))
    assert [plan.row.number for plan in plans] == [2, 3, 4]
    assert plans[1].draft.profile.name == "client"
    assert desk.ledger.position == before


def test_pasted_lines_are_rows_of_names(desk, root):
    rows = read_lines("a.example b.example\n\nc.example, 10.0.0.1\n", usual=USUAL)
    assert [(row.number, row.form.names) for row in rows] == [
        (1, ("a.example", "b.example")),
        (3, ("c.example", "10.0.0.1")),
    ]
    with pytest.raises(Refused):
        read_lines(" \n", usual=USUAL)


def test_progress_is_told_and_a_stop_keeps_nothing(desk, root):
    stop, told = threading.Event(), []

    def progress(done, total):
        told.append((done, total))
        if done == 2:
            stop.set()

    rows = read_lines("a.example\nb.example\nc.example\n", usual=USUAL)
    before = desk.ledger.position
    with pytest.raises(Refused, match="none was kept"):
        issue_many(desk, rows, progress=progress, cancelled=stop)
    assert told == [(1, 3), (2, 3)]
    assert (desk.ledger.position, len(desk.ledger.certificates())) == (before, 1)


def test_a_stop_is_heard_while_the_rows_are_planned(desk, root):
    stop = threading.Event()
    stop.set()
    wrong = read_lines("a.example\nb_b.example\n", usual=USUAL)
    with pytest.raises(Refused, match="Stopped after 0 of 2; none was kept"):
        issue_many(desk, wrong, cancelled=stop)


def test_a_row_of_its_own_days_does_not_last_as_long_as_its_issuer(desk, root):
    usual = CertificateForm(names=(), until_issuer_ends=True)
    rows = read_table("name,days,until\na.example,7,\nb.example,,2030-03-01\nc.example,,\n", usual=usual)
    ends = [plan.draft.not_after for plan in plan_many(desk, rows)]
    assert ends[0] < ends[2]
    assert f"{ends[1]:%Y-%m-%d}" == "2030-03-01"
    assert ends[2] == root.not_after


def test_a_locked_store_issues_nothing(desk, root):
    desk.vault.close()
    desk.vault = None
    with pytest.raises(PassphraseMissing):
        issue_many(desk, read_lines("a.example", usual=USUAL))


# The same as one by one


def described(certificate) -> list[object]:
    """What two certificates for the same names have in common, whatever their keys and serial numbers."""
    own = {"subjectKeyIdentifier"}
    carried = [
        (extension.oid, extension.critical, extension.value)
        for extension in certificate.extensions
        if extension.oid._name not in own
    ]
    lifetime = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return [certificate.version, certificate.subject, certificate.issuer, *lifetime, carried]


@pytest.mark.parametrize("profile", LEAF_PROFILES)
def test_a_row_becomes_what_issuing_it_alone_becomes(desk, root, issue, profile):
    name = "www.example.com" if PROFILES[profile].needs_identity else "alice@example.com"
    alone = issue(name, profile=profile, days=9)
    usual = CertificateForm(names=(), profile=profile, days=9)
    (row,) = issue_many(desk, read_lines(name, usual=usual))
    assert described(desk.certificate(row.record)) == described(desk.certificate(alone))
    own = {"id", "sha256", "serial", "key_id"}
    for field in {field.name for field in fields(alone)} - own:
        assert getattr(row.record, field) == getattr(alone, field), field


EVERYTHING = CertificateForm(
    names=(),
    profile="client",
    ocsp_urls=("http://ocsp.example/",),
    issuer_urls=("http://ca.example/ca.crt",),
    policies=("1.3.6.1.4.1.99999.1,cps=https://ca.example/cps",),
    must_staple=True,
    extensions=("1.2.3.4=0500",),
)
LINES = (
    "a.example *.b.example\n10.0.0.1 2001:db8::1\nalice@example.com\nspiffe://a/b\nupn:a@b.example\nAlice\n"
)


@pytest.mark.parametrize("usual", [EVERYTHING, CertificateForm(names=(), profile="client")])
def test_a_record_says_what_reading_its_certificate_says(desk, root, usual):
    for one in issue_many(desk, read_lines(LINES, usual=usual)):
        certificate = desk.certificate(one.record)
        read = record_of(desk, certificate, profile="client", issuer_id=root.id, at=one.record.created_at)
        assert {**read.to_document(), "id": one.record.id} == one.record.to_document()
        certificate.verify_directly_issued_by(desk.certificate(root))


def test_every_private_key_is_that_of_its_certificate(desk, root):
    table = "name,key\n" + "".join(f"h{kind}.example,{kind}\n" for kind in ("ec-p256", "rsa-2048", "ed25519"))
    for one in issue_many(desk, read_table(table, usual=USUAL)):
        private_key, certificate = desk.private_key(one.record), desk.certificate(one.record)
        assert keys.key_id(private_key.public_key()) == keys.key_id(certificate.public_key())
        assert keys.kind_of(private_key.public_key()) == one.record.key


def test_rows_below_a_parted_authority_name_their_partitions(desk, root, clock):
    with desk.ledger.transaction("part", at=clock()) as change:
        keep_partitions(change, root, PartitionsRecord(count=3, url="http://ca.example/{partition}.crl"))
    issued = issue_many(desk, read_lines("\n".join(f"h{n}.example" for n in range(30)), usual=USUAL))
    assert {one.record.partition for one in issued} == {1, 2, 3}


# All or none


def files_in(directory: Path) -> set[Path]:
    return {path for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("failure", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_the_end_leaves_nothing_behind(desk, root, directory, monkeypatch, failure):
    rows = read_lines("\n".join(f"h{number}.example" for number in range(60)), usual=USUAL)
    before, position = files_in(directory), desk.ledger.position
    with monkeypatch.context() as patched:
        patched.setattr(syncfs, "_calls", lambda: syncfs._Calls(lambda _: failure, lambda _: 0xEF53))
        with pytest.raises(StoreWriteFailed):
            issue_many(desk, rows)
    assert (files_in(directory), desk.ledger.position) == (before, position)
    assert len(issue_many(desk, rows)) == 60


FULL = """
import pathlib, sys
from tlsca.authority.bulk import issue_many, read_lines
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority
from tlsca.authority.keeping import create_store
from tlsca.errors import StoreWriteFailed
from tlsca.store.vault import KdfParameters

directory = pathlib.Path(sys.argv[1]) / "store"
desk = create_store(directory, "correct horse battery", parameters=KdfParameters(memory_kib=32, passes=1, lanes=1))
create_authority(desk, AuthorityForm(name="Root"))
before = sorted(directory.rglob("*.*"))
rows = read_lines("\\n".join(f"h{number}.example" for number in range(200)), usual=CertificateForm(names=()))
try:
    issue_many(desk, rows)
except StoreWriteFailed as error:
    print(error.sentence, sorted(directory.rglob("*.*")) == before, desk.ledger.verify())
"""


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    mounted = 'mount -t tmpfs -o size=400k none "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mounted, "sh", tmp_path, sys.executable, FULL],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("no file system of our own can be mounted here")
    assert done.stdout == "An object cannot be written: No space left on device. True 3\n", done.stderr
