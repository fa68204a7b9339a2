"""Marks in the table: they belong to certificates, and stay with them whatever is shown."""

from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.keeping import open_store, unlock


def marked(op):
    """Return the titles of the rows with a mark before them, as they are drawn."""
    rows = [line.split() for line in op.text().splitlines() if line.startswith("✔ ")]
    return [words[3] for words in rows]


async def test_space_marks_and_goes_on_and_the_title_bar_counts(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await op.press("space", "space", "down", "space")
        assert marked(op) == ["mail.home.arpa", "www.home.arpa", "db.home.arpa"]
        assert op.current().title == "printer.home.arpa"
        await op.until("✔ 3 marked")
        await op.press("up", "space")
        assert marked(op) == ["mail.home.arpa", "www.home.arpa"]
        await op.until("✔ 2 marked")


async def test_marks_stay_with_what_a_filter_hides_and_escape_takes_them_away_before_it(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("mail.home.arpa")
        await op.press("space", "slash")
        await op.type("www")
        await op.press("enter")
        await op.until(lambda: op.titles() == ["www.home.arpa"])
        await op.press("space")
        await op.until("✔ 2 marked, 1 not shown")
        await op.press("slash", "escape")
        await op.until("✔ 2 marked ")
        assert len(op.rows()) == 11
        assert marked(op) == ["mail.home.arpa", "www.home.arpa"]

        await op.press("slash")
        await op.type("www")
        await op.press("enter", "escape")
        await op.until(lambda: "marked" not in op.text())
        assert op.titles() == ["www.home.arpa"]


async def test_the_asterisk_marks_what_is_shown_and_then_none_of_it(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("space", "slash")
        await op.type("status:expiring,expired")
        await op.press("enter")
        await op.until(lambda: len(op.rows()) < 11)
        await op.press("*")
        await op.until(f"✔ {len(op.rows()) + 1} marked, 1 not shown")
        await op.press("*")
        await op.until("✔ 1 marked, 1 not shown")
        assert marked(op) == []


async def test_marks_survive_what_another_process_adds(operate, demo, passphrase):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("localhost")
        await op.press("space")
        other = open_store(demo)
        unlock(other, passphrase)
        issue(other, CertificateForm(names=("new.home.arpa",), issuer="Home Issuing CA"))
        other.close()
        await op.until(lambda: "new.home.arpa" in op.titles())
        assert marked(op) == ["localhost"]
