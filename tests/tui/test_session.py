"""Sessions: a store is found as it was left, and a damaged memory of that does no harm."""

import json
import stat
from pathlib import Path

import pytest

from tlsca.errors import Unreadable
from tlsca.tui.pane_sizes import PaneSizes
from tlsca.tui.session import Session, read_session, session_file, write_session
from tlsca.tui.widgets.filter_bar import FilterBar

LEFT = Session(
    selected="abc",
    filter="status:valid",
    order="-end",
    columns=("name", "ends"),
    theme="tlsca-light",
    sizes=PaneSizes(timeline=2),
)


def test_a_session_comes_back_from_a_file_of_its_owner(tmp_path):
    place = tmp_path / "state" / "sessions" / "a.json"
    write_session(place, LEFT)
    assert read_session(place) == LEFT
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_without_a_file_a_session_is_new(tmp_path):
    assert read_session(tmp_path / "none" / "a.json") == Session()


def test_each_store_has_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert session_file(Path("/srv/a")) != session_file(Path("/srv/b"))
    assert session_file(Path("ca")) == session_file(tmp_path / "ca")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"3", b"[" * 60_000, b" " * 70_000])
def test_a_damaged_file_is_one_sentence(tmp_path, text):
    (tmp_path / "a.json").write_bytes(text)
    with pytest.raises(Unreadable, match=r"a\.json"):
        read_session(tmp_path / "a.json")


def test_what_is_of_the_wrong_kind_or_not_known_is_left_out(tmp_path):
    kept = {
        "selected": 3,
        "filter": "x" * 20_000,
        "order": "end",
        "columns": ["name", 3],
        "further": 1,
        "sizes": {"timeline": 10**9, "authorities": "x", "certificates": True, "other": 1},
    }
    (tmp_path / "a.json").write_text(json.dumps(kept))
    assert read_session(tmp_path / "a.json") == Session(
        order="end", sizes=PaneSizes().resized("timeline", 99)
    )


async def test_a_store_is_found_as_it_was_left(operate, demo):
    async with operate(demo, session=True) as op:
        await op.opened()
        await op.press("f2", "right_square_bracket", "slash")
        await op.type("home")
        await op.press("enter")
        await op.until(lambda: 0 < len(op.rows()) < 11)
        await op.press("s", "down", "enter")
        await op.home()
        await op.press("down", "down")
        title, titles, order = op.current().title, op.titles(), op.home_screen._order
        sizes = op.home_screen.sizes
        await op.press("q")
    async with operate(demo, session=True) as op:
        await op.opened()
        await op.until(lambda: op.titles() == titles)
        await op.until(lambda: op.current().title == title)
        assert op.app.theme == "tlsca-light"
        assert op.home_screen.query_one(FilterBar).text == "home"
        assert (op.home_screen._order, op.home_screen.sizes) == (order, sizes)
        assert sizes != PaneSizes()


async def test_a_damaged_session_is_told_of_and_begun_anew(operate, demo):
    place = session_file(demo)
    place.parent.mkdir(parents=True)
    place.write_text("{")
    async with operate(demo, session=True) as op:
        await op.opened()
        assert "is damaged. It is begun anew" in op.told()
        assert len(op.rows()) == 11
        await op.press("down")
        await op.until(lambda: read_session_of(place) == op.current().record.id)


def read_session_of(place: Path) -> str:
    try:
        return read_session(place).selected
    except Unreadable:
        return ""
