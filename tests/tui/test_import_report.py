"""What an import left out stands in a page that stays; the notice beside it only counts."""

from tlsca.authority.demo import PASSPHRASE, create_demo


def directory_of(tmp_path, demo, *, odd=8):
    """Return a directory with one certificate of the store, and more files that are none than a notice has room for."""
    place = tmp_path / "from-elsewhere"
    place.mkdir()
    known = next((demo / "objects").rglob("*.pem"))
    (place / "known.pem").write_bytes(known.read_bytes())
    for number in range(odd):
        (place / f"notes-{number}.pem").write_text(f"number {number} is no certificate\n")
    return place


async def test_everything_that_an_import_skipped_can_be_read_until_the_page_is_closed(
    operate, demo, tmp_path, either_size
):
    place = directory_of(tmp_path, demo)
    async with operate(demo, either_size) as operator:
        await operator.opened()
        await operator.press("I")
        await operator.dialog("ImportDialog")
        await operator.type(str(place))
        await operator.press("enter")
        await operator.unlock(PASSPHRASE)
        await operator.dialog("ImportReportDialog")
        assert operator.notices == []  # a notice would stand before the end of the page
        told = operator.find("ResultPage").text()
        assert "9 items skipped, and why" in told
        assert "It is in the store already" in told
        for number in range(8):
            assert f"notes-{number}.pem" in told
        await operator.press("end")
        await operator.until("7.pem")
        await operator.press("escape")
        await operator.home()
        assert operator.notices == [": Imported 0 certificates and 0 keys.\nSkipped 9 items."]


async def test_an_import_that_leaves_nothing_out_opens_no_page(operate, demo, tmp_path):
    other = tmp_path / "other"
    create_demo(other).close()
    (tmp_path / "new.pem").write_bytes(next((other / "objects").rglob("*.pem")).read_bytes())
    async with operate(demo) as operator:
        await operator.opened()
        await operator.press("I")
        await operator.dialog("ImportDialog")
        await operator.type(str(tmp_path / "new.pem"))
        await operator.press("enter")
        await operator.unlock(PASSPHRASE)
        await operator.until(lambda: "Imported 1 certificate and 0 keys." in operator.told())
        await operator.home()
