"""What was chosen for an authority's last certificate is where its next one begins, whoever issues it, and on renewed authorities too."""

from dataclasses import replace

import pytest

from tlsca.authority.habits import habits, issue_and_remember
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.reissuing import form_like
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.errors import Refused

CHOSEN = CertificateForm(
    names=("www.example.com",),
    profile="client",
    key="ed25519",
    days=47,
    crl_urls=("http://ca.example/ca.crl",),
    ocsp_urls=("http://ca.example/ocsp",),
    must_staple=True,
)


def test_an_authority_that_never_issued_has_no_habits(desk, create):
    assert habits(desk, [create("House")]) == {}


def test_the_next_form_begins_with_what_was_chosen_but_not_with_its_names(desk, create):
    house, other = create("House"), create("Other")
    issue_and_remember(desk, replace(CHOSEN, issuer="House"))
    assert habits(desk, [house, other]) == {house.sha256: replace(CHOSEN, names=(), issuer=house.sha256)}


def test_an_authority_that_was_renewed_with_its_key_keeps_its_habits(desk, create):
    create("House")
    issue_and_remember(desk, replace(CHOSEN, until_issuer_ends=True, days=None))
    [renewed] = renew(desk, RenewalForm(references=("House",), days=100))
    assert habits(desk, [renewed.record])[renewed.record.sha256].until_issuer_ends


def test_nothing_is_remembered_of_what_was_refused(desk, create):
    house = create("House", permit=("corp.example",))
    with pytest.raises(Refused):
        issue_and_remember(desk, CHOSEN)
    assert habits(desk, [house]) == {}


def test_certificate_and_habits_are_one_line_of_the_journal(desk, create):
    create("House")
    before = desk.ledger.position
    issue_and_remember(desk, CHOSEN)
    assert desk.ledger.position == before + 1


def test_a_form_like_a_certificate_has_its_names_its_kind_and_its_life(desk, create):
    create("House")
    record = issue_and_remember(desk, replace(CHOSEN, days=90)).record
    form = form_like(desk, record)
    assert (form.names, form.profile, form.key, form.days) == (("www.example.com",), "client", "ed25519", 90)
