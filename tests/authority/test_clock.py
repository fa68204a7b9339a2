"""A clock that was set back is told, and nothing that has to rise falls."""

import pytest

from tlsca.authority import keeping
from tlsca.authority.auditing import activity
from tlsca.authority.condition import condition
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.revoking import RevocationForm, revoke


@pytest.fixture
def worked(desk, create, issue, clock):
    """A desk at which something was issued and published before its clock was set back by two years."""
    create("Root")
    clock.move(days=730)
    issue("a.example")
    publish_crl(desk, CrlForm(reference="Root"))
    clock.move(days=-730)
    return desk


def test_numbers_rise_while_the_clock_falls(worked, issue):
    before = worked.ledger.by_name("a.example")[0]
    after = issue("b.example")
    numbers = [publish_crl(worked, CrlForm(reference="Root")).record.number for _ in range(3)]
    revoke(worked, RevocationForm(references=("a.example",)))
    numbers.append(publish_crl(worked, CrlForm(reference="Root")).record.number)
    assert before.serial != after.serial
    assert numbers == sorted(set(numbers))
    assert numbers[0] > int(before.created_at.timestamp())
    assert worked.ledger.verify() == worked.ledger.position


def test_whoever_opens_the_store_is_told(worked, clock, directory):
    opened = keeping.open_store(directory, clock=clock)
    (told,) = opened.ledger.notices
    assert told.startswith(
        "The clock says 2030-01-31T09:30:00Z, but the store was last changed at 2032-01-31T09:30:00Z: one of them is wrong"
    )
    clock.move(days=730)
    assert opened.ledger.notices == ()


def test_the_log_says_at_which_line_the_clock_fell(worked, issue):
    issue("b.example")
    issue("c.example")
    fell = [one for one in activity(worked) if "clock_set_back_from" in one.said]
    assert [one.what for one in fell] == ["Issued b.example"]
    assert fell[0].said["clock_set_back_from"] == "2032-01-31T09:30:00Z"


def test_the_doctor_warns_of_it(worked):
    assert [one.code for one in condition(worked)] == ["clock-set-back"]


def test_clocks_of_two_machines_may_differ_by_minutes(desk, create, clock):
    create("Root")
    clock.move(minutes=-4)
    create("Other")
    assert desk.ledger.notices == ()
    assert not [one for one in activity(desk) if "clock_set_back_from" in one.said]
