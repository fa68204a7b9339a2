"""The orders of the list, either way round."""

from datetime import timedelta

import pytest

from tlsca.authority import listing
from tlsca.authority.ordering import SORTS, Order, order_of
from tlsca.errors import UsageError
from tlsca.store.records import Reason


def titles(desk, order):
    entries = listing.entries(desk)
    return [entries[at].title for at in order_of(order).sorted(entries, range(len(entries)))]


def test_certificates_stand_as_they_came_or_in_an_order(desk, shop):
    came = ["Acme Root", "Acme Issuing", "www.corp.example", "Alice Smith", "*.test.example"]
    assert titles(desk, "") == came
    assert titles(desk, "-") == came[::-1]
    by_name = ["*.test.example", "Acme Issuing", "Acme Root", "Alice Smith", "www.corp.example"]
    assert titles(desk, "name") == by_name
    assert titles(desk, "-name") == by_name[::-1]
    assert titles(desk, "end")[:2] == ["Alice Smith", "www.corp.example"]
    assert titles(desk, "-issuer") == [
        "Acme Root",
        "Acme Issuing",
        "Alice Smith",
        "www.corp.example",
        "*.test.example",
    ]


def test_what_has_no_such_thing_comes_last_either_way(desk, shop, change, clock):
    for at, days in ((2, 3), (3, 1)):
        record = listing.entries(desk)[at].record
        change(record, last_seen="host:443", last_seen_at=clock() - timedelta(days=days))
    assert titles(desk, "seen")[:2] == ["www.corp.example", "Alice Smith"]
    assert titles(desk, "-seen")[:2] == ["Alice Smith", "www.corp.example"]


def test_states_stand_by_how_much_they_want_doing_something_about(desk, shop, change, clock):
    change(listing.entries(desk)[0].record, revoked_at=clock(), reason=Reason.HOLD)
    clock.move(days=8)
    assert titles(desk, "state")[:2] == ["Alice Smith", "Acme Root"]


def test_an_order_that_is_chosen_again_is_turned_round():
    assert Order("name").pressed("name") == Order("name", reverse=True)
    assert Order("name", reverse=True).pressed("name") == Order("name")
    assert Order("name", reverse=True).pressed("end") == Order("end")


@pytest.mark.parametrize("order", ["", "-", *SORTS, *(f"-{by}" for by in SORTS)])
def test_an_order_is_written_as_it_is_read(order):
    assert str(order_of(order)) == order


def test_an_order_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError) as refusal:
        order_of("ends")
    assert "ends" in refusal.value.sentence
    assert all(by in refusal.value.hint for by in SORTS)
