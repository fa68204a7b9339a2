"""Making authorities and certificates in a real store; and every refusal, after which nothing has changed."""

import itertools
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority import issuing, keeping, listing
from tlsca.authority.carrying import parse_until
from tlsca.authority.issuers import issuers
from tlsca.authority.issuing import AuthorityForm, CertificateForm
from tlsca.errors import (
    Ambiguous,
    Duplicate,
    NotAName,
    NotAnIdentity,
    NotFound,
    PassphraseMissing,
    Refused,
    TlscaError,
    UsageError,
)
from tlsca.pki.keys import key_id
from tlsca.store.records import Reason


def revoke(desk, record):
    with desk.ledger.transaction("revoke", at=desk.now()) as change:
        change.replace_certificate(
            record, replace(record, revoked_at=desk.now(), reason=Reason.KEY_COMPROMISE)
        )


# What comes out


def test_a_root_is_its_own_issuer_and_its_key_is_in_the_store(desk, create, clock):
    root = create("CN=Acme Root,O=Acme,C=SE")
    assert root.issuer_id == root.id
    assert (root.subject, root.issuer) == ("CN=Acme Root,O=Acme,C=SE",) * 2
    assert root.is_authority
    assert root.created_at == clock.time
    assert key_id(desk.private_key(root).public_key()) == root.key_id
    assert desk.ledger.certificate(root.id) == root


def test_an_intermediate_is_below_its_issuer_and_verifies(desk, create, issue):
    root = create("Acme Root")
    middle = create("Acme Issuing", issuer="acme root")
    leaf = issue("www.example.com", issuer="Acme Issuing")
    assert [link.id for link in desk.chain(leaf)] == [leaf.id, middle.id, root.id]
    certificates = desk.chain_certificates(leaf)
    for lower, upper in itertools.pairwise(certificates):
        lower.verify_directly_issued_by(upper)


def test_each_name_becomes_an_alternative_name_of_its_kind(create, issue):
    create("Acme Root")
    leaf = issue("www.example.com", "10.0.0.1", sans=("spiffe://example.com/x", "www.example.com"))
    assert leaf.names == ("www.example.com", "10.0.0.1", "spiffe://example.com/x")
    assert leaf.subject == "CN=www.example.com"
    assert (leaf.profile, leaf.key, leaf.is_authority) == ("server", "ec-p256", False)


def test_what_is_no_identity_is_the_common_name_where_the_profile_has_one(create, issue):
    create("Acme Root")
    person = issue("Alice Smith", "alice@example.com", profile="client")
    assert (person.subject, person.names) == ("CN=Alice Smith", ("alice@example.com",))
    subject = issue("www.example.com", subject="CN=Web,O=Acme")
    assert (subject.subject, subject.names) == ("CN=Web,O=Acme", ("www.example.com",))


def test_the_audit_log_says_who_was_certified(desk, create, issue):
    create("Acme Root")
    leaf = issue("www.example.com")
    last = keeping.history(desk)[-1]
    assert last.act == "issue"
    assert last.detail == {
        "subject": leaf.subject,
        "serial": leaf.serial,
        "profile": "server",
        "names": ["www.example.com"],
    }


def test_a_plan_shows_what_will_be_made_and_needs_no_passphrase(locked, unchanged, desk, passphrase):
    unchanged()
    plan = issuing.plan_authority(locked, AuthorityForm(name="Acme Root"))
    assert plan.not_after == locked.now() + timedelta(days=3650, seconds=-61)
    assert {type(item.value) for item in plan.extensions} == {x509.BasicConstraints, x509.KeyUsage}


def test_a_plan_comes_true(desk, create):
    create("Acme Root")
    form = CertificateForm(names=("www.example.com",), days=7, must_staple=True)
    plan = issuing.plan_certificate(desk, form)
    made = desk.certificate(issuing.issue(desk, form).record)
    assert (made.not_valid_before_utc, made.not_valid_after_utc) == (plan.not_before, plan.not_after)
    assert made.subject == plan.subject
    assert list(made.extensions)[2:] == list(plan.extensions)


def test_serial_numbers_are_drawn_at_the_desk(desk, create):
    drawn = []

    def random(size: int) -> bytes:
        drawn.append(size)
        return bytes([len(drawn)]) * size

    desk.random = random
    root = create("Acme Root")
    assert 20 in drawn
    assert root.id == f"{drawn.index(16) + 1:02x}" * 16


def test_a_certificate_ends_with_its_issuer_and_the_operator_is_told(desk, create):
    root = create("Acme Root", days=10)
    issued = issuing.issue(desk, CertificateForm(names=("a.example",), days=90))
    assert issued.record.not_after == root.not_after
    assert issued.notes == (
        f"Shortened to {root.not_after:%Y-%m-%dT%H:%M:%SZ}: CN=Acme Root, the issuer, ends then.",
    )
    until = issuing.issue(desk, CertificateForm(names=("b.example",), until_issuer_ends=True))
    assert (until.record.not_after, until.notes) == (root.not_after, ())


def test_until_a_day_means_the_end_of_that_day(create, issue):
    create("Acme Root")
    assert issue("a.example", until="2030-02-28").not_after == datetime(2030, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert issue("b.example", until="2030-02-28T12:00:00+02:00").not_after == datetime(
        2030, 2, 28, 10, tzinfo=UTC
    )


# Which issuer


def test_the_only_authority_that_can_issue_need_not_be_named(create, issue, desk):
    root = create("Acme Root")
    assert issue("a.example").issuer_id == root.id


def test_the_deepest_authority_is_offered_first(desk, create):
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    assert [record.subject for record in issuers(desk)] == ["CN=Acme Issuing", "CN=Acme Root"]


def test_an_authority_that_ended_was_revoked_or_lies_below_one_is_not_offered(desk, create, clock):
    root = create("Acme Root", days=1000)
    create("Acme Issuing", issuer="Acme Root", days=10)
    clock.move(days=11)
    assert [record.subject for record in issuers(desk)] == ["CN=Acme Root"]
    create("Acme Next", issuer="Acme Root")
    revoke(desk, root)
    assert issuers(desk) == ()
    with pytest.raises(Refused, match="CN=Acme Root was revoked"):
        issuing.issue(desk, CertificateForm(names=("a.example",), issuer="Acme Next"))


# Refusals


@pytest.fixture
def shop(create):
    """A root and an intermediate below it, which may only certify corp.example."""
    create("Acme Root", days=100)
    return create("Acme Issuing", issuer="Acme Root", path_length=0, permit=("corp.example",))


REFUSED = [
    (CertificateForm(names=("www.corp.example",)), Ambiguous, "2 authorities can issue"),
    (CertificateForm(names=("www.corp.example",), issuer="Nobody"), NotFound, "“Nobody”"),
    (CertificateForm(names=("www.evil.example",), issuer="Acme Issuing"), Refused, "may not certify www.evil.example"),
    (CertificateForm(names=("not a host",), issuer="Acme Root"), NotAnIdentity, "“not a host”"),
    (CertificateForm(names=("Alice S", "Bob S"), issuer="Acme Root", profile="client"), NotAnIdentity, "one common name"),
    (CertificateForm(names=("CN=Alice",), issuer="Acme Root", profile="client"), NotAnIdentity, "a whole subject"),
    (CertificateForm(names=(" ",), issuer="Acme Root"), NotAnIdentity, "needs a name"),
    (CertificateForm(names=(), subject="CN=Web", issuer="Acme Root"), Refused, "“Web” is neither"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", until="2030-01-30"), Refused, "before it is made"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", until="soon"), UsageError, "“soon” is no date"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", until="0001-01-01T00:00:00+14:00"), UsageError, "is no date"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", days=0), UsageError, "at least one day"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", days=1, until="2030-02-28"), UsageError, "not both"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", profile="root"), UsageError, "profile of an authority"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", profile="sever"), UsageError, "“sever”"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", key="rsa-1024"), UsageError, "“rsa-1024”"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", subject="O=Acme, Inc."), NotAName, "“Inc.”"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", ocsp_urls=("ocsp.example",)), UsageError, "no URL"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", crl_urls=("http:// x",)), UsageError, "no URL"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", extensions=("1.2.3.4",)), UsageError, "no extension"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", extensions=("1.2.3.4=0500ff",)), UsageError, "no extension"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", extensions=("1.2.3.4=xyz",)), UsageError, "no extension"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", extensions=("x=0500",)), UsageError, "no extension"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", extensions=("2.5.29.15=03020780",)), Refused, "RFC 5280, 4.2"),
    (CertificateForm(names=("a.example",), issuer="Acme Root", extensions=("2.5.29.32=0500",)), Refused, "cannot be read"),
    (AuthorityForm(name="acme root"), Duplicate, "CN=acme root already"),
    (AuthorityForm(name="Too Deep", issuer="Acme Issuing"), Refused, "allows 0 authorities"),
    (AuthorityForm(name=""), NotAName, "1 to 64"),
    (AuthorityForm(name="x" * 65), NotAName, "has 65"),
    (AuthorityForm(name="A", path_length=-1), Refused, "not -1"),
    (AuthorityForm(name="A", permit=("a b",)), NotAnIdentity, "“a b”"),
    (AuthorityForm(name="A", until="2020-01-01"), Refused, "before it is made"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[2])
def test_a_refusal_names_what_is_wrong_and_changes_nothing(desk, shop, unchanged, case):
    form, error, sentence = case
    unchanged()
    act = issuing.create_authority if isinstance(form, AuthorityForm) else issuing.issue
    with pytest.raises(error) as refusal:
        act(desk, form)
    assert sentence in refusal.value.sentence
    assert "\n" not in refusal.value.sentence


def test_a_locked_store_issues_nothing(desk, shop, unchanged):
    keeping.lock(desk)
    unchanged()
    with pytest.raises(PassphraseMissing, match="locked"):
        issuing.issue(desk, CertificateForm(names=("www.corp.example",), issuer="Acme Issuing"))
    with pytest.raises(PassphraseMissing):
        issuing.create_authority(desk, AuthorityForm(name="Another"))


def test_a_leaf_issues_nothing(desk, create, issue, unchanged):
    create("Acme Root")
    issue("www.example.com")
    unchanged()
    with pytest.raises(Refused, match="is no authority"):
        issuing.issue(desk, CertificateForm(names=("a.example",), issuer="www.example.com"))


def test_a_store_without_authorities_issues_nothing(desk, unchanged):
    unchanged()
    with pytest.raises(NotFound, match="No authority"):
        issuing.issue(desk, CertificateForm(names=("a.example",)))


def test_a_name_is_free_again_once_its_authority_has_ended(create, clock):
    first = create("Acme Root", days=10)
    clock.move(days=11)
    assert create("Acme Root").id != first.id


def test_of_two_who_make_an_authority_of_one_name_at_once_one_wins(desk, directory):
    barrier = threading.Barrier(2)
    made: list[object] = []

    def make(name: str) -> None:
        barrier.wait()
        try:
            made.append(issuing.create_authority(desk, AuthorityForm(name=name)).record)
        except TlscaError as error:
            made.append(error)

    threads = [threading.Thread(target=make, args=(name,)) for name in ("Acme Root", "ACME Root")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in made) == ["CertificateRecord", "Duplicate"]
    assert len(desk.ledger.certificates()) == 1
    assert len(list(directory.glob("objects/*/*"))) == 1, "the loser's certificate is not left behind"


@given(st.text(max_size=30) | st.dates().map(str) | st.datetimes(timezones=st.timezones()).map(str))
def test_any_text_is_a_time_in_utc_or_no_date(text):
    try:
        moment = parse_until(text)
    except UsageError:
        return
    assert moment.tzinfo is UTC
    assert listing.rfc3339(moment)
