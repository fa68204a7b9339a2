"""Putting certificates away, taking them back, and what is gone for good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tlsca.authority import keeping
from tlsca.authority.listing import entries
from tlsca.authority.publishing import CrlForm, attention, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.authority.trash import discarded, empty_trash, plan_putting_away, put_away, take_back
from tlsca.errors import Ambiguous, Duplicate, NotFound, Refused, UsageError
from tlsca.store.ledger import Ledger


@pytest.fixture
def shop(create, issue):
    root = create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    www = issue("www.example.com", issuer="Acme Issuing")
    return {"root": root, "www": www}


def titles(desk) -> list[str]:
    return [one.title for one in entries(desk)]


def test_what_was_put_away_is_out_of_every_list_with_its_key(desk, shop, directory, clock):
    put_away(desk, ["www.example.com"])
    assert titles(desk) == ["Acme Root", "Acme Issuing"]
    assert desk.ledger.key(shop["www"].key_id) is None
    (one,) = discarded(desk)
    assert (one.title, one.has_key) == ("www.example.com", True)
    assert one.until - one.put_away_at == timedelta(days=30)
    again = Ledger.open(directory, clock=clock)
    assert again.by_name("www.example.com") == []
    again.close()


def test_what_is_taken_back_is_as_it_was(desk, shop):
    before = desk.ledger.certificate(shop["www"].id)
    put_away(desk, ["www.example.com"])
    assert take_back(desk, ["www.example.com"]) == (before,)
    assert desk.ledger.certificate(before.id) == before
    assert desk.private_key(before)
    assert discarded(desk) == ()


def test_a_live_certificate_and_an_authority_are_thought_about_first(desk, shop, unchanged):
    unchanged()
    assert "is valid until" in plan_putting_away(desk, ["www.example.com"]).notes[0]
    plan = plan_putting_away(desk, ["Acme Root", "Acme Issuing", "www.example.com"])
    assert plan.keys == 3
    assert any("publishes no CRL" in note for note in plan.notes)


def test_an_authority_stays_while_what_it_issued_stays(desk, shop, unchanged):
    unchanged()
    with pytest.raises(Refused, match=r"issued 1 certificate that would lose their issuer: www.example.com"):
        put_away(desk, ["Acme Issuing"])


def test_an_authority_goes_and_comes_with_what_it_issued(desk, shop):
    put_away(desk, ["Acme Root", "Acme Issuing", "www.example.com"])
    assert titles(desk) == []
    with pytest.raises(Refused, match=r"Acme Issuing, which issued www.example.com, is in the trash too"):
        take_back(desk, ["www.example.com"])
    take_back(desk, ["www.example.com", "Acme Issuing", "Acme Root"])
    assert sorted(titles(desk)) == ["Acme Issuing", "Acme Root", "www.example.com"]


def test_a_key_that_another_certificate_needs_stays(desk, shop):
    renew(desk, RenewalForm(references=("www.example.com",)))
    old = desk.ledger.certificate(shop["www"].id)
    put_away(desk, [old.sha256])
    assert desk.ledger.key(old.key_id)
    assert not discarded(desk)[0].has_key


def test_without_its_renewal_a_certificate_counts_again(desk, shop):
    new = renew(desk, RenewalForm(references=("www.example.com",)))[0].record
    put_away(desk, [new.sha256])
    assert desk.ledger.certificate(shop["www"].id).renewed_by is None
    take_back(desk, [new.sha256])
    assert desk.ledger.certificate(shop["www"].id).renewed_by == new.id


def test_a_revoked_certificate_stays_on_the_lists_wherever_it_is(desk, shop, clock):
    revoke(desk, RevocationForm(references=("www.example.com",), reason="key-compromise"))
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    for act in (put_away, take_back):
        clock.move(minutes=5)
        act(desk, ["www.example.com"])
        assert not attention(desk)
        assert publish_crl(desk, CrlForm(reference="Acme Issuing")).record.entries == 1
    assert not desk.ledger.settings("revoked:")


def test_what_is_emptied_is_gone_with_its_sealed_key(desk, shop, directory, clock):
    put_away(desk, ["www.example.com"])
    assert [record.id for record in empty_trash(desk)] == [shop["www"].id]
    with pytest.raises(NotFound, match="Nothing in the trash"):
        take_back(desk, ["www.example.com"])
    again = Ledger.open(directory, clock=clock)
    assert not again.settings("trash:")
    assert again.key(shop["www"].key_id) is None
    again.close()
    assert keeping.history(desk)[-1].detail["keys"] == 1


def test_after_thirty_days_what_was_put_away_is_overdue(desk, shop, issue, clock):
    put_away(desk, ["www.example.com"])
    clock.move(days=29)
    issue("second.example.com", issuer="Acme Issuing")
    put_away(desk, ["second.example.com"])
    assert empty_trash(desk, overdue=True) == ()
    clock.move(days=1)
    assert [record.names for record in empty_trash(desk, overdue=True)] == [("www.example.com",)]
    assert [one.title for one in discarded(desk)] == ["second.example.com"]


def test_the_last_that_was_put_away_comes_first(desk, shop, issue, clock):
    issue("second.example.com", issuer="Acme Issuing")
    put_away(desk, ["www.example.com"])
    clock.move(hours=1)
    put_away(desk, ["second.example.com"])
    assert [one.title for one in discarded(desk)] == ["second.example.com", "www.example.com"]


def test_two_of_one_name_in_the_trash_are_told_apart(desk, shop, issue):
    for _ in range(2):
        put_away(desk, [issue("twin.example.com", issuer="Acme Issuing").sha256])
    with pytest.raises(Ambiguous):
        take_back(desk, ["twin.example.com"])
    take_back(desk, [discarded(desk)[0].ref])
    assert "twin.example.com" in titles(desk)


def test_what_came_back_another_way_is_not_there_twice(desk, shop):
    put_away(desk, ["www.example.com"])
    record = replace(shop["www"], id="0" * 32)
    with desk.ledger.transaction("import", at=desk.now()) as change:
        change.add_certificate(record, desk.ledger.object_pem(record.sha256))
    with pytest.raises(Duplicate, match="in the store already"):
        take_back(desk, ["www.example.com"])


def test_nothing_named_is_nothing_done(desk, shop, unchanged):
    unchanged()
    for act in (put_away, take_back):
        with pytest.raises(UsageError, match="Nothing was named"):
            act(desk, [])
