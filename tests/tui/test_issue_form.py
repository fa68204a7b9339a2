"""The form for a certificate teaches: it says what is wrong where it was typed, what choices mean, and remembers what was chosen."""

from tlsca.authority.reissuing import form_like
from tlsca.tui.widgets.certificate_fields import CertificateFields


def line_below(op, label):
    lines = op.text().splitlines()
    return lines[next(at for at, line in enumerate(lines) if f"│ {label}" in line) + 1]


def form_in(op):
    return op.app.screen.query_one(CertificateFields).form


async def test_advice_stands_below_its_field_moves_nothing_and_is_taken_by_a_key(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.until("What clients dial")
        before = [line.find("Profile") for line in op.text().splitlines()]
        await op.type("a_b.home.arpa")
        await op.until(lambda: "✘ refused" in line_below(op, "Names"))
        await op.until("F4: use a-b.home.arpa")
        assert [line.find("Profile") for line in op.text().splitlines()] == before
        await op.press("f4")
        await op.until(lambda: "refused" not in line_below(op, "Names"))
        assert form_in(op).names == ("a-b.home.arpa",)

        await op.press("tab", "tab", "tab")
        await op.until("Fast, and accepted everywhere.")
        await op.press("enter", "down", "down", "down")
        await op.until("Modern and small; browsers and NSS refuse it.")
        await op.press("enter")
        await op.until(lambda: "! warning" in line_below(op, "Kind of key"))
        await op.press("f4")
        await op.until(lambda: "warning" not in line_below(op, "Kind of key"))
        assert form_in(op).key == "ec-p256"


async def test_the_form_is_filled_in_like_a_certificate_and_the_next_one_begins_with_what_was_chosen(
    operate, demo, passphrase
):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("printer.home.arpa")
        like = op.current()
        await op.press("i")
        await op.dialog("IssueDialog")
        await op.press("ctrl+r")
        await op.until("398 days, until")
        assert form_in(op) == form_like(op.home_screen._desk, like.record)
        await op.until(lambda: "better renew it" in line_below(op, "Names"))
        await op.replace("second.home.arpa")
        await op.until(lambda: "better renew it" not in line_below(op, "Names"))
        await op.press("enter")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: op.current().title == "second.home.arpa")

        await op.press("i")
        await op.dialog("IssueDialog")
        begun = form_in(op)
        assert (begun.names, begun.key, begun.days) == ((), "rsa-2048", 398)
