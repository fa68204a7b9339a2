"""Watched targets as they stand: their order, what ends soon, what the store knows by now, and what the doctor says of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tlsca.authority import blast
from tlsca.authority.connecting import ProbeForm
from tlsca.authority.doctor import examine
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revoking import RevocationForm, revoke, unhold
from tlsca.authority.watch_lines import judge, targets_in
from tlsca.authority.watch_reports import MOST_CHANGES, Change, report_after
from tlsca.authority.watched import Order, matching, ordered, summed, watched
from tlsca.authority.watching import watch
from tlsca.errors import UsageError
from tlsca.pki.finding import error
from tlsca.pki.lint import Level
from tlsca.store.records import WatchReport


@pytest.fixture
def shop(create, issue):
    create("Acme Root")
    return {name: issue(f"{name}.example", issuer="Acme Root", days=90) for name in ("www", "mail")}


@pytest.fixture
def seen(desk):
    """Return a function that writes down what a look at a host would have found."""

    def see(target: str, certificate=None, *, verdict="trusted", codes=(), **fields) -> str:
        (record,) = watch(desk, [ProbeForm(target=target)])
        found = replace(
            record, probed_at=desk.now(), verdict=verdict, codes=codes, version="TLSv1.3", **fields
        )
        if certificate is not None:
            found = replace(
                found,
                sha256=certificate.sha256,
                subject=certificate.subject,
                served_issuer=certificate.issuer,
                not_before=certificate.not_before,
                not_after=certificate.not_after,
            )
        with desk.ledger.transaction("test", at=desk.now()) as change:
            change.put_setting(f"watch:{record.id}", found.to_document())
        return record.id

    return see


def remarks(desk):
    return {one.about: one for one in examine(desk).remarks if one.code.startswith("host-serves-")}


def test_what_ends_first_stands_first_and_what_was_never_seen_last(desk, clock, shop, seen):
    end = clock.time + timedelta(days=5)
    seen("late.example", shop["www"])
    seen("soon.example", sha256="00" * 32, not_after=end)
    watch(desk, [ProbeForm(target="never.example")])
    seen("down.example", verdict="failed", codes=("refused",))
    names = [one.record.id.partition(".")[0] for one in watched(desk)]
    assert names == ["soon", "late", "down", "never"]
    by_problems = [one.record.id.partition(".")[0] for one in ordered(watched(desk), Order.PROBLEMS)]
    assert by_problems == ["down", "soon", "never", "late"]
    assert summed(watched(desk)) == "✔ 1 well  ✘ 2 with problems  ◐ 1 expiring  · 1 not looked at"


def test_time_goes_on_after_the_last_look(desk, clock, shop, seen):
    seen("www.example", shop["www"])
    (one,) = watched(desk)
    assert (one.state, one.codes, one.is_well) == ("valid", (), True)
    assert one.life_left == pytest.approx(1, abs=0.01)
    clock.move(days=65)
    (one,) = watched(desk)
    assert (one.state, one.codes, one.is_well) == ("expiring", ("expires-soon",), False)
    clock.move(days=30)
    (one,) = watched(desk)
    assert (one.state, one.codes, one.life_left) == ("expired", ("expired",), 0)


def test_every_word_of_a_filter_has_to_occur(desk, shop, seen):
    seen("www.example", shop["www"])
    seen("mail.example:25", shop["mail"], verdict="untrusted", codes=("hostname-mismatch",))
    assert [one.record.id for one in matching(watched(desk), "ACME mismatch")] == ["mail.example:25"]
    assert len(matching(watched(desk), "  ")) == 2
    assert matching(watched(desk), "www mismatch") == []


def test_the_doctor_says_what_a_host_serves_that_it_should_not(desk, clock, shop, seen):
    www = seen("www.example", shop["www"])
    foreign = seen(
        "far.example", sha256="ab" * 32, subject="CN=\x1bfar", not_after=clock.time + timedelta(days=3)
    )
    told = remarks(desk)
    assert list(told) == [foreign]
    assert (told[foreign].code, told[foreign].level) == ("host-serves-expiring", Level.WARNING)
    assert (told[foreign].repair, told[foreign].certificate) == (None, None)
    assert "\x1b" not in told[foreign].message
    clock.move(days=80)
    told = remarks(desk)
    assert (told[www].code, told[www].repair.act) == ("host-serves-expiring", "renew")
    assert told[foreign].level is Level.ERROR
    (newer,) = renew(desk, RenewalForm(references=(shop["www"].sha256,)))
    told = remarks(desk)
    assert told[www].code == "host-serves-superseded"
    assert told[www].repair.command == f"tlsca export {newer.record.sha256[:12]}"
    clock.move(days=30)
    assert (remarks(desk)[www].code, remarks(desk)[www].repair.act) == ("host-serves-expired", "export")


def test_a_certificate_on_hold_is_an_error_until_it_is_released(desk, shop, seen):
    www = seen("www.example", shop["www"])
    revoke(desk, RevocationForm(references=(shop["www"].sha256,), reason="hold"))
    assert remarks(desk)[www].code == "host-serves-revoked"
    unhold(desk, [shop["www"].sha256])
    assert remarks(desk) == {}


def test_the_blast_radius_has_each_host_once(desk, shop, seen):
    place = seen("www.example", shop["www"])
    second = seen("alias.example", shop["www"])
    with desk.ledger.transaction("test", at=desk.now()) as change:
        www = change.replace_certificate(shop["www"], replace(shop["www"], last_seen=place))
    radius = blast.blast_radius(desk, [www])
    assert [(one.host, one.watched) for one in radius.sightings] == [(place, True), (second, True)]


def test_a_report_keeps_the_newest_changes_and_bounds_what_a_host_says(clock):
    report = WatchReport(id="www.example:443")
    for turn in range(MOST_CHANGES + 5):
        change = Change("verdict", "trusted", f"turn {turn}")
        report = report_after(report, [change], [error("alert", "x" * 9999, "fix")], clock.time)
    assert len(report.changes) == MOST_CHANGES
    assert report.changes[0]["after"] == f"turn {MOST_CHANGES + 4}"
    assert len(report.problems[0]["message"]) == 1000


def test_pasted_text_is_read_by_lines_spaces_and_commas():
    text = "# ours\na.example, b.example:25\r\n\thttps://c.example/#there  # the third\n\n"
    assert targets_in(text) == ("a.example", "b.example:25", "https://c.example/#there")
    with pytest.raises(UsageError, match="10,001 targets are too many"):
        targets_in("a.example " * 10_001)


def test_each_target_of_a_text_is_judged_by_itself(desk):
    watch(desk, [ProbeForm(target="a.example")])
    judged = judge(desk, "a.example b.example:0 c.example https://c.example", ProbeForm(target=""))
    assert [(one.id, one.known, one.again) for one in judged] == [
        ("a.example:443", True, False),
        (None, False, False),
        ("c.example:443", False, False),
        ("c.example:443", False, True),
    ]
    assert "b.example:0" in judged[1].error.sentence
