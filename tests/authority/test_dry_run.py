"""A look at a whole table: every wrong row is found, each by the number that its author sees, and nothing is issued."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority.bulk import read_table
from tlsca.authority.bulk_files import FilesForm, check_files, write_files
from tlsca.authority.csv_rows import csv_rows, table_lines
from tlsca.authority.dry_run import MOST_WRONG, dry_run
from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.sheet import is_table, table_sheet, text_of_file
from tlsca.errors import Refused, Unreadable

USUAL = CertificateForm(names=())


@pytest.fixture
def root(create):
    return create("Root")


def judged(found):
    """Return the numbers of the right rows and of the wrong ones."""
    return [one.row.number for one in found.planned], [one.number for one in found.wrong]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("a.example b.example\n\nc.example\n", [1, 3], []),
        ("a.example\nb_b.example\nc.example", [1, 3], [2]),
        ("name,days\na.example,3\nb.example,x\nc.example,\n\nd_d.example,\n", [2, 4], [3, 6]),
        ("name;days\r\na.example;3\r\nb.example;x\r\n", [2], [3]),
        ("name\tdays\na.example\t3\n", [2], []),
        ("\n\nname,days\na.example,3\nb.example,x\n", [4], [5]),
        ('name,subject\n"a.example\nb.example","CN=a"\nc.example,\nd_d.example,\n', [2, 3], [4]),
        ('name,days\na.example,3\n"b.example,3\nc.example,4\n', [2], [3]),
        ("\ufeffName,Days\na.example,3\n,\n", [2], []),
        ("nam,days\na.example,3\n", [], [1]),
        ("name,name\na.example,b.example\n", [], [1]),
        ("name,days\n", [], []),
        ("", [], []),
    ],
)
def test_right_and_wrong_rows_are_told_apart_by_their_numbers(desk, root, text, right, wrong):
    before = desk.ledger.position
    found = dry_run(desk, text, usual=USUAL)
    assert judged(found) == (right, wrong)
    assert found.right == (bool(right) and not wrong)
    assert all(f"Row {one.number}" in one.error.sentence for one in found.wrong)
    assert desk.ledger.position == before


def test_every_wrong_row_of_many_is_found(desk, root):
    rows = [f"h{at}.example,{'soon' if at % 100 == 50 else 30}\n" for at in range(700)]
    found = dry_run(desk, "name,days\n" + "".join(rows), usual=USUAL)
    assert [one.number for one in found.wrong] == [52, 152, 252, 352, 452, 552, 652]
    assert (len(found.planned), found.unread) == (693, 0)


def test_a_table_that_is_all_wrong_is_not_read_to_its_end(desk, root):
    found = dry_run(desk, "name,days\n" + "a.example,soon\n" * 900, usual=USUAL)
    assert len(found.wrong) == MOST_WRONG
    assert found.unread == 900 - MOST_WRONG


def test_one_that_is_stopped_leaves_the_rest_unread(desk, root):
    found = dry_run(desk, "a.example\n" * 900, usual=USUAL, stopped=lambda: True)
    assert (found.rows, found.unread, found.right) == (900, 900, False)


def test_too_many_rows_are_refused_without_a_look_at_them(desk, root):
    found = dry_run(desk, "a.example\n" * 100_001, usual=USUAL)
    assert [one.error.sentence for one in found.wrong] == [
        "There are 100,001 rows, and at most 100,000 are issued at once."
    ]


def test_a_row_with_days_of_its_own_does_not_last_as_long_as_its_issuer(desk, root):
    usual = CertificateForm(names=(), until_issuer_ends=True)
    found = dry_run(desk, "name,days\na.example,\nb.example,7\n", usual=usual)
    first, second = (one.draft.not_after for one in found.planned)
    assert first == root.not_after
    assert (second - desk.now()).days <= 7


def test_a_row_that_was_pasted_twice_is_right_and_noted(desk, root):
    found = dry_run(
        desk, "a.example b.example\nc.example\nb.example a.example\na.example b.example\n", usual=USUAL
    )
    assert found.right
    assert [one.draft.notes for one in found.planned][1:] == [(), *[("The same names as row 1.",)] * 2]


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("name\na.example", True),
        ("Name;Days\n", True),
        ('"name","days"\n', True),
        ("nmae,days\n", True),
        ("\n\nname\tdays\n", True),
        ("a.example b.example\n", False),
        ("a.example,b.example\n", False),
        ("", False),
    ],
)
def test_a_table_is_told_from_plain_lines_by_its_header(text, table):
    assert is_table(text) is table


_FIELD = st.text(alphabet='abc.," \n', max_size=8)


@given(st.lists(st.tuples(_FIELD, _FIELD), max_size=6), st.data())
def test_a_part_of_a_table_keeps_the_numbers_of_the_whole(rows, data):
    quoted = ['"' + field.replace('"', '""') + '"' for row in rows for field in row]
    text = "name,subject\n" + "".join(f"{a},{b}\n" for a, b in zip(quoted[::2], quoted[1::2], strict=True))
    sheet = table_sheet(text)
    chosen = [record for record in sheet.records if data.draw(st.booleans())]
    whole = {row.number: row.fields for row in csv_rows(table_lines(text))}
    part = {row.number: row.fields for row in csv_rows(table_lines(sheet.text_of(chosen)))}
    assert {number: fields for number, fields in part.items() if any(fields)} == {
        number: whole[number] for number in (1, *(record.number for record in chosen))
    }


def test_a_file_that_is_no_utf_8_is_unreadable(tmp_path):
    (tmp_path / "rows.csv").write_bytes(b"name\n\xff.example\n")
    with pytest.raises(Unreadable, match="no UTF-8"):
        text_of_file(tmp_path / "rows.csv")


def test_files_are_refused_before_the_first_when_one_is_there_already(desk, root, tmp_path):
    plans = dry_run(desk, "a.example\nb.example\n", usual=USUAL).planned
    check_files(FilesForm(tmp_path), plans)
    (tmp_path / "b.example.chain.pem").write_text("precious")
    with pytest.raises(Refused, match="is there already"):
        check_files(FilesForm(tmp_path), plans)
    with pytest.raises(Refused, match="no directory"):
        check_files(FilesForm(tmp_path / "none"), plans)


def test_each_certificate_gets_its_files_and_namesakes_their_serial_number(desk, root, tmp_path):
    rows = read_table("name\na.example\na.example\n", usual=USUAL)
    issued = [issue(desk, row.form) for row in rows]
    done = []
    form = FilesForm(tmp_path, with_key=True)
    assert write_files(desk, issued, form, progress=lambda *at: done.append(at)) == 4
    assert done == [(1, 2), (2, 2)]
    second = f"a.example.{issued[1].record.serial[:8]}"
    assert {path.name for path in tmp_path.glob("*.pem")} == {
        "a.example.chain.pem",
        "a.example.key.pem",
        f"{second}.chain.pem",
        f"{second}.key.pem",
    }
