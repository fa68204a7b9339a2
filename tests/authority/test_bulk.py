"""Many certificates at once: every row is right before the first is made, and all are kept or none."""

import threading

import pytest

from tlsca.authority.bulk import issue_many, plan_many, read_lines, read_table
from tlsca.authority.issuing import CertificateForm
from tlsca.errors import PassphraseMissing, Refused

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
        ('name\n"a.example\n', "is no CSV"),
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


def test_a_locked_store_issues_nothing(desk, root):
    desk.vault.close()
    desk.vault = None
    with pytest.raises(PassphraseMissing):
        issue_many(desk, read_lines("a.example", usual=USUAL))
