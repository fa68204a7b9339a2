"""What matters today: each matter is there as long as somebody has to do something about it, and no longer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.filter_reading import read_filter
from tlsca.authority.listing import entries
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.requesting import RequestForm, SignForm, make_request, sign_request
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.authority.today import Kind, today
from tlsca.authority.watching import watch
from tlsca.errors import StoreDamaged
from tlsca.pki.lint import Level


@pytest.fixture
def shop(create, issue):
    create("CN=Acme Root")
    create("CN=Acme Issuing", issuer="Acme Root")
    return {name: issue(f"{name}.example", issuer="Acme Issuing", days=90) for name in ("www", "mail")}


@pytest.fixture
def briefs(desk):
    """Return what matters now, in a few words each."""

    def briefs():
        return [matter.brief for matter in today(desk, entries(desk)).matters]

    return briefs


def shown(desk, matter):
    """Return how many certificates the filter of a matter shows."""
    return sum(map(read_filter(matter.filter).tester(), entries(desk)))


def test_nothing_matters_where_all_is_well(desk, shop, briefs):
    assert briefs() == []


def test_what_ends_matters_until_it_is_renewed_and_then_lapses_unless_it_was(desk, shop, briefs, clock):
    clock.move(days=65)
    assert briefs() == ["2 expiring"]
    renew(desk, RenewalForm(references=("www.example",)))
    (matter,) = today(desk, entries(desk)).matters
    assert (matter.brief, shown(desk, matter)) == ("1 expiring", 1)
    clock.move(days=26)
    (matter,) = today(desk, entries(desk)).matters
    assert (matter.brief, matter.level, shown(desk, matter)) == ("1 expired", Level.ERROR, 1)
    clock.move(days=35)
    assert "1 expired" not in briefs()  # by now it is nobody's matter


def test_a_revocation_matters_until_it_is_published_and_its_list_until_there_is_a_newer_one(
    desk, shop, briefs, clock
):
    revoke(desk, RevocationForm(references=("mail.example",)))
    (matter,) = today(desk, entries(desk)).matters
    assert (matter.kind, matter.brief) == (Kind.CRL, "1 CRL unpublished")
    assert matter.about == desk.ledger.find("Acme Issuing", now=clock.time).sha256
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    assert briefs() == []
    clock.move(days=6)
    assert briefs() == ["1 CRL due"]
    clock.move(days=2)
    assert briefs() == ["1 CRL stale"]


def test_a_request_matters_until_it_is_signed(desk, shop, briefs):
    made = make_request(desk, RequestForm(names=("new.example",)))
    assert briefs() == ["1 request"]
    sign_request(desk, SignForm(request=made.pem, issuer="Acme Issuing"))
    assert briefs() == []


def test_an_authority_matters_before_it_ends_and_is_gone_to(desk, shop, briefs, clock):
    root = desk.ledger.find("Acme Root", now=clock.time)
    clock.move(days=(root.not_after - clock.time).days - 100)
    found = [one for one in today(desk, entries(desk)).matters if one.kind is Kind.AUTHORITY]
    assert [(one.brief, one.about) for one in found] == [("1 authority ending", root.sha256)]


def test_a_host_that_serves_what_was_replaced_or_revoked_matters(desk, shop):
    def see(target, certificate, **fields):
        (record,) = watch(desk, [ProbeForm(target=target)])
        found = replace(
            record,
            probed_at=desk.now(),
            sha256=certificate.sha256,
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            **fields,
        )
        with desk.ledger.transaction("test", at=desk.now()) as change:
            change.put_setting(f"watch:{record.id}", found.to_document())

    see("www.example", shop["www"], verdict="trusted")
    see("mail.example", shop["mail"], verdict="untrusted", codes=("name-mismatch",))
    hosts = [one for one in today(desk, entries(desk)).matters if one.kind is Kind.HOST]
    assert [one.sentence for one in hosts] == ["mail.example:443 has problems, as the last look found."]
    renew(desk, RenewalForm(references=("www.example",)))
    hosts = [one for one in today(desk, entries(desk)).matters if one.kind is Kind.HOST]
    assert [one.sentence for one in hosts] == [
        "www.example:443 serves a superseded certificate.",
        "mail.example:443 has problems, as the last look found.",
    ]


def test_authorities_are_told_with_what_is_good_below_them_and_their_list(desk, shop, clock):
    revoke(desk, RevocationForm(references=("mail.example",)))
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    root, issuing = today(desk, entries(desk)).authorities
    assert (root.entry.title, root.depth, root.live) == ("Acme Root", 0, 1)
    assert (issuing.entry.title, issuing.depth, issuing.live, issuing.expiring) == ("Acme Issuing", 1, 1, 0)
    assert (root.until, issuing.until, issuing.why) == (None, clock.time + timedelta(days=7), None)


def test_what_is_damaged_is_a_matter_and_the_rest_is_still_told(desk, shop, monkeypatch):
    def damaged(*_):
        raise StoreDamaged("The store holds certificates that are each other's issuer.")

    monkeypatch.setattr("tlsca.authority.today.standings", damaged)
    found = today(desk, entries(desk))
    assert [(one.kind, one.level) for one in found.matters] == [(Kind.DAMAGE, Level.ERROR)]
    assert found.timeline.next
