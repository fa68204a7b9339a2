"""The tables that are drawn line by line: every row as wide as the others, and columns by width or by choice."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tlsca.tui.widgets.cells import fitted
from tlsca.tui.widgets.certificate_columns import AUTOMATIC, COLUMNS, laid_out


def test_a_cell_is_as_wide_as_its_column_in_any_script():
    for text in ("", "localhost", "認証局" * 10, "認証局", "a認" * 9, "é" * 40):
        for width in (1, 2, 7, 8, 20):
            assert cell_len(fitted(text, width)) == width, (text, width)


def shown(choice, width):
    return [column.name for column in laid_out(choice, width, state_width=10, any_seen=True)]


@given(st.sets(st.sampled_from(sorted(COLUMNS))), st.integers(20, 400), st.booleans())
def test_columns_fill_the_width_and_never_leave_the_name_out(choice, width, any_seen):
    columns = laid_out(tuple(choice), width, state_width=15, any_seen=any_seen)
    names = [column.name for column in columns]
    assert "name" in names
    assert names == [name for name in COLUMNS if name in names]
    assert sum(column.width + 1 for column in columns) == max(width, columns[0].width + 1)


@given(st.sets(st.sampled_from(sorted(COLUMNS))), st.integers(20, 300))
def test_a_wider_table_shows_no_less(choice, width):
    assert set(shown(tuple(choice), width)) <= set(shown(tuple(choice), width + 7))


def test_a_narrow_table_keeps_state_name_and_end_and_a_wide_one_says_who_saw_it():
    assert shown((), 58) == ["state", "name", "ends"]
    assert shown((), 78) == ["state", "name", "profile", "ends"]
    assert shown((), 98) == ["state", "name", "issuer", "profile", "ends", "key"]
    assert shown((), 160) == [name for name in COLUMNS if name in {*AUTOMATIC, "seen"}]


def test_where_there_is_no_room_for_all_what_was_asked_for_stays():
    assert shown((*AUTOMATIC, "names"), 58) == ["state", "name", "names", "ends"]
    assert shown((*AUTOMATIC, "names"), 78) == ["state", "name", "names", "profile", "ends"]


def test_what_is_chosen_is_shown_and_nothing_else():
    assert shown(("name", "serial", "tags"), 78) == ["name", "tags", "serial"]
