"""Which certificates the table shows, in which order and columns, and how many are chosen at once."""

from tlsca.tui.widgets.certificate_table import CertificateTable
from tlsca.tui.widgets.filter_bar import FilterBar
from tlsca.tui.widgets.host_table import HostTable


def table(op):
    return op.home_screen.query_one(CertificateTable)


async def test_a_filter_is_completed_counted_and_its_mistake_told_below_it(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("slash")
        await op.until("Fields: status issuer")
        await op.type("iss")
        await op.until("Tab issuer:")
        await op.press("tab")
        await op.until('"Home Issuing CA"')
        await op.type("home i")
        await op.replace('issuer:"home i')
        await op.press("tab")
        assert op.home_screen.query_one(FilterBar).text == 'issuer:"Home Issuing CA"'
        await op.until("9 of 11")
        await op.type(" stat")
        await op.until("status:")
        await op.press("right")
        await op.type("e")
        await op.until(lambda: set(op.titles()) == {"old.home.arpa", "mail.home.arpa"})
        await op.type(" expires<so")
        await op.until("“expires<so” is no filter.")
        assert len(op.titles()) == 2
        await op.replace("-san:*.home.arpa,localhost")
        await op.press("down")
        assert table(op).has_focus
        assert "Home Root CA" in op.titles()
        assert "mail.home.arpa" not in op.titles()


async def test_the_order_is_chosen_turned_round_and_shown_in_the_header(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        came = op.titles()
        await op.press("s")
        await op.dialog("SortDialog")
        await op.press("down", "enter")
        await op.home()
        await op.until("NAME ↑")
        assert op.titles() == sorted(came, key=str.lower)
        assert op.current().title == "localhost"
        await op.press("s", "s")
        await op.until("NAME ↓")
        assert op.titles() == sorted(came, key=str.lower, reverse=True)
        column = next(line for line in op.text().splitlines() if "NAME ↓" in line).index("ENDS")
        await op.pilot.click(CertificateTable, offset=(column + 1, 0))
        await op.until("ENDS ↑")
        assert op.titles()[0] == "old.home.arpa"


async def test_columns_are_chosen_and_given_back_to_the_width(operate, demo):
    async with operate(demo, (110, 24)) as op:
        await op.opened()
        await op.press(".")
        await op.dialog("ColumnDialog")
        await op.press("down", "space", "enter")
        await op.home()
        await op.until("ALTERNATIVE NAMES")
        assert table(op).choice == ("state", "name", "names", "issuer", "profile", "ends", "key")
        await op.press(".")
        await op.dialog("ColumnDialog")
        await op.press("tab", "enter")
        await op.home()
        assert table(op).choice == ()


async def test_a_range_is_marked_and_escape_gives_it_up(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("down", "v", "down", "down")
        assert op.text().count("┃") == 3
        await op.press("escape")
        assert "┃" not in op.text()
        await op.press("v", "up", "v")
        await op.until("✔ 2 marked")
        await op.press("end", "n")
        assert table(op).cursor == 0
        await op.press("N")
        assert table(op).cursor == len(op.rows()) - 1


async def test_the_mouse_does_what_the_keys_do(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.pilot.click(CertificateTable, offset=(20, 4))
        assert table(op).cursor == 3
        await op.pilot.click(CertificateTable, offset=(0, 4))
        await op.until("✔ 1 marked")
        await op.pilot.click(CertificateTable, offset=(20, 6), shift=True)
        await op.until("✔ 3 marked")
        await op.pilot.click(CertificateTable, offset=(20, 8), control=True)
        await op.until("✔ 4 marked")
        await op.pilot.click(CertificateTable, offset=(20, 2), times=2)
        await op.until(lambda: op.home_screen.has_class("-inspecting"))


async def test_the_hosts_of_all_that_are_marked_are_looked_at(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("alice@home.arpa")
        await op.press("space", "t")
        await op.until(lambda: "names a host" in op.told())
        await op.press("escape")
        await op.go_to("localhost")
        await op.press("space", "t")
        await op.until(lambda: type(op.app.screen).__name__ == "HostsScreen")
        await op.until(lambda: [one.record.id for one in op.find(HostTable).hosts])
        assert "localhost:443" in {one.record.id for one in op.find(HostTable).hosts}
        await op.until("localhost:443")
        await op.press("q")
        await op.home()
