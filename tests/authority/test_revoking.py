"""Revoking, holding and releasing; the lists and OCSP answers that tell of it; and when they want publishing."""

import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from tlsca.authority import issuing, keeping, listing
from tlsca.authority.answering import OcspForm, answer_request, plan_answer
from tlsca.authority.lists import keep_number, newest_crls
from tlsca.authority.publishing import (
    CrlForm,
    Why,
    attention,
    crl_state,
    crl_states,
    plan_crl,
    publish_crl,
)
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revocations import keep_unseen, revocation_of, revocations
from tlsca.authority.revoking import RevocationForm, plan_revocation, revoke, unhold
from tlsca.errors import (
    Ambiguous,
    NotFound,
    PassphraseMissing,
    Refused,
    StoreConflict,
    Unreadable,
    UsageError,
)
from tlsca.pki.certificate import certificates
from tlsca.pki.issue import Issuer, draft, sign
from tlsca.pki.ocsp import read_request
from tlsca.pki.order import Lifetime, Order
from tlsca.pki.profiles import PROFILES
from tlsca.pki.revocation import revocation_defects
from tlsca.pki.writing import sequence
from tlsca.store.records import Reason, RevocationRecord

Flags = x509.ReasonFlags


@pytest.fixture
def shop(create, issue):
    """A root, an intermediate and three certificates, by name."""
    made = {"root": create("Acme Root"), "issuing": create("Acme Issuing", issuer="Acme Root")}
    for name in ("www", "mail", "old"):
        made[name] = issue(f"{name}.example", issuer="Acme Issuing", days=2 if name == "old" else 90)
    return made


@pytest.fixture
def take_back(desk):
    """Revoke certificates; return what became of them."""

    def take_back(*references, **fields):
        return revoke(desk, RevocationForm(references=references, **fields))

    return take_back


@pytest.fixture
def publish(desk):
    """Publish a list of the intermediate; return it."""

    def publish(reference="Acme Issuing", **fields):
        return publish_crl(desk, CrlForm(reference=reference, **fields))

    return publish


def serials(published):
    """What a list names: serial number -> reason."""
    found = {}
    for entry in x509.load_der_x509_crl(published.der):
        try:
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            reason = None
        found[f"{entry.serial_number:x}"] = reason
    return found


def short(record):
    return f"{int(record.serial, 16):x}"


# Revoking


def test_a_revoked_certificate_is_recorded_with_when_why_and_since_when(desk, clock, shop, take_back):
    (done,) = take_back("www.example", reason="key-compromise", at="2030-01-02")
    record = desk.ledger.certificate(shop["www"].id)
    assert done.record == record
    assert (record.revoked_at, record.reason) == (clock.time, Reason.KEY_COMPROMISE)
    assert record.invalid_since == clock.time.replace(day=2, hour=0, minute=0)
    assert listing.entry(desk, record).status == "revoked"


def test_revoking_needs_no_passphrase(desk, shop, take_back):
    keeping.lock(desk)
    take_back("www.example")
    assert desk.ledger.certificate(shop["www"].id).revoked_at


def test_several_are_revoked_in_one_transaction(desk, shop, take_back):
    before = len(keeping.history(desk))
    done = take_back("www.example", "mail.example", shop["www"].serial, reason="superseded")
    assert [one.record.id for one in done] == [shop["www"].id, shop["mail"].id]
    (act,) = keeping.history(desk)[before:]
    assert (act.act, act.detail["reason"]) == ("revoke", "superseded")
    assert act.detail["certificates"] == [f"{shop[name].serial} {name}.example" for name in ("www", "mail")]


@pytest.mark.parametrize(
    ("references", "error", "words"),
    [
        (["www.example", "nobody.example"], NotFound, "nobody.example"),
        (["www.example", "Acme Root"], Refused, "cannot revoke itself"),
        (
            ["www.example", "mail.example"],
            Refused,
            "mail.example was revoked already, since 2030-01-31T09:30:00Z",
        ),
        (["abcdef0123"], NotFound, "abcdef0123"),
        ([], UsageError, "Nothing was named"),
    ],
)
def test_all_are_revoked_or_none(shop, take_back, unchanged, references, error, words):
    take_back("mail.example", reason="superseded")
    unchanged()
    with pytest.raises(error, match=words):
        take_back(*references)


def test_a_second_revocation_is_told_why_the_first_one_was(shop, take_back):
    take_back("www.example", reason="cessation")
    with pytest.raises(Refused, match="cessationOfOperation"):
        take_back("www.example")


def test_a_number_that_nobody_knows_asks_for_the_issuer(shop, take_back):
    with pytest.raises(NotFound) as caught:
        take_back("abcdef0123")
    assert "--issuer" in caught.value.hint


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": "boredom"}, UsageError),
        ({"at": "yesterday"}, UsageError),
        ({"at": "2030-02-01"}, Refused),
        ({"issuer": "www.example"}, Refused),
        ({"issuer": "Nobody"}, NotFound),
    ],
)
def test_what_cannot_be_meant_changes_nothing(shop, take_back, unchanged, fields, error):
    unchanged()
    with pytest.raises(error):
        take_back("www.example", **fields)


def test_of_two_with_one_name_the_live_one_is_meant_and_two_live_ones_are_listed(shop, issue, take_back):
    again = issue("www.example", issuer="Acme Issuing")
    with pytest.raises(Ambiguous):
        take_back("www.example")
    take_back(shop["www"].serial)
    (done,) = take_back("www.example")
    assert done.record.id == again.id


def test_an_issuer_that_is_not_in_the_store_cannot_publish(desk, new_store, shop, tmp_path, take_back):
    from tlsca.authority.importing import import_files

    (tmp_path / "www.pem").write_bytes(desk.ledger.object_pem(shop["www"].sha256))
    other = new_store(tmp_path / "other")
    import_files(other, [tmp_path / "www.pem"], passphrase=None)
    with pytest.raises(Refused, match="not in the store"):
        revoke(other, RevocationForm(references=("www.example",)))


# Certificates that the store never saw


def test_a_serial_number_that_the_store_never_saw_is_on_the_next_list(shop, take_back, publish):
    (done,) = take_back("0xABCDEF:0123", issuer="Acme Issuing", reason="key-compromise", at="2030-01-01")
    assert (done.serial, done.record) == ("abcdef0123", None)
    assert serials(publish()) == {"abcdef0123": Flags.key_compromise}
    assert serials(publish("Acme Root")) == {}
    with pytest.raises(Refused, match="was revoked already"):
        take_back("abcdef0123", issuer="Acme Issuing")


def test_with_an_issuer_only_its_certificates_are_meant(desk, shop, take_back):
    (done,) = take_back("www.example", issuer="Acme Issuing")
    assert done.record.id == shop["www"].id
    (done,) = take_back(shop["mail"].serial, issuer="Acme Root")
    assert done.record is None, (
        "the root has another certificate of this number, for all that the store knows"
    )
    with pytest.raises(NotFound):
        take_back("mail.example", issuer="Acme Root")


def test_0x_means_a_whole_serial_number_and_never_the_beginning_of_another(shop, take_back):
    beginning = shop["www"].serial[:6]
    (done,) = take_back(f"0x{beginning}", issuer="Acme Issuing")
    assert (done.serial, done.record) == (beginning, None)
    (done,) = take_back(beginning, issuer="Acme Issuing", reason="superseded")
    assert done.record.id == shop["www"].id


@pytest.mark.parametrize("serial", ["00", "ff" * 20, "1" * 60])
def test_what_no_list_can_hold_is_no_serial_number(shop, take_back, serial):
    with pytest.raises(Refused, match="cannot hold the serial number"):
        take_back(serial, issuer="Acme Issuing")


def test_a_certificate_that_came_after_its_revocation_is_revoked_all_the_same(desk, shop, take_back, publish):
    record = shop["www"]
    said = RevocationRecord(serial=record.serial, issuer="", revoked_at=desk.now(), reason=Reason.HOLD)
    with desk.ledger.transaction("test", at=desk.now()) as change:
        keep_unseen(change, shop["issuing"], said)
    assert revocation_of(desk, record).reason is Flags.certificate_hold
    assert serials(publish()) == {short(record): Flags.certificate_hold}
    take_back("www.example", reason="superseded")
    assert serials(publish()) == {short(record): Flags.superseded}


# Hold


def test_a_hold_is_taken_back_or_becomes_a_revocation_from_its_day_on(desk, clock, shop, take_back):
    held_at = clock.time
    take_back("www.example", "mail.example", reason="hold")
    assert listing.entry(desk, desk.ledger.certificate(shop["www"].id)).status == "held"
    clock.move(days=1)
    (released,) = unhold(desk, ["www.example"])
    assert released.record == desk.ledger.certificate(shop["www"].id) == shop["www"]
    (done,) = take_back("mail.example", reason="key-compromise")
    assert (done.revoked_at, done.reason) == (held_at, Reason.KEY_COMPROMISE)


def test_only_what_is_held_can_be_released(desk, shop, take_back, unchanged):
    take_back("mail.example", reason="superseded")
    take_back("www.example", reason="hold")
    unchanged()
    with pytest.raises(Refused, match="revoked for good"):
        unhold(desk, ["www.example", "mail.example"])
    with pytest.raises(Refused, match="not revoked at all"):
        unhold(desk, ["old.example"])
    with pytest.raises(Refused, match="on hold already"):
        take_back("www.example", reason="hold")


def test_an_unseen_certificate_is_held_and_released_too(desk, shop, take_back, publish):
    take_back("abcdef0123", issuer="Acme Issuing", reason="hold")
    unhold(desk, ["abcdef0123"], issuer="Acme Issuing")
    assert serials(publish()) == {}
    with pytest.raises(Refused, match="not on hold"):
        unhold(desk, ["abcdef0123"], issuer="Acme Issuing")


# The blast radius


def test_the_blast_radius_shows_who_is_alike_and_where_it_was_seen(desk, clock, shop, issue):
    twin = issue("WWW.example", "api.example", issuer="Acme Issuing")
    expired = issue("www.example", issuer="Acme Issuing", days=1)
    with desk.ledger.transaction("test", at=desk.now()) as change:
        same_key = change.replace_certificate(shop["mail"], replace(shop["mail"], key_id=shop["www"].key_id))
        change.replace_certificate(
            shop["www"], replace(shop["www"], last_seen="10.0.0.1:443", last_seen_at=clock.time)
        )
    clock.move(days=1.5)
    plan = plan_revocation(desk, RevocationForm(references=(shop["www"].serial,), reason="key-compromise"))
    kin = {kin.record.id: kin for kin in plan.radius.kin}
    assert set(kin) == {twin.id, same_key.id}
    assert expired.id not in kin
    assert (kin[twin.id].names, kin[twin.id].same_key) == (("www.example",), False)
    assert (kin[same_key.id].names, kin[same_key.id].same_key) == ((), True)
    assert [(seen.host, seen.record.id) for seen in plan.radius.sightings] == [
        ("10.0.0.1:443", shop["www"].id)
    ]
    assert any("same key is in mail.example" in note for note in plan.notes)


def test_what_falls_with_an_authority_is_shown(desk, shop, create, issue):
    create("Deeper", issuer="Acme Issuing")
    issue("deep.example", issuer="Deeper")
    plan = plan_revocation(desk, RevocationForm(references=("Acme Issuing", "www.example")))
    assert sorted(listing.title_of(record) for record in plan.radius.below) == [
        "Deeper", "deep.example", "mail.example", "old.example",
    ]  # fmt: skip


def test_a_plan_changes_nothing(desk, shop, unchanged):
    unchanged()
    plan = plan_revocation(desk, RevocationForm(references=("www.example",), at="2020-01-01"))
    assert [target.title for target in plan.targets] == ["www.example"]
    assert any("never valid" in note for note in plan.notes)


# Lists


def test_a_list_is_kept_counted_and_in_the_audit_log(desk, clock, shop, take_back, publish):
    take_back("www.example", reason="superseded")
    published = publish(days=3)
    record = published.record
    assert desk.ledger.object_pem(record.sha256) == published.pem
    assert (record.entries, record.base) == (1, None)
    assert (record.this_update, record.next_update) == (clock.time, clock.time + timedelta(days=3))
    act = keeping.history(desk)[-1]
    assert (act.act, act.detail["number"], act.detail["sha256"]) == (
        "publish-crl",
        record.number,
        record.sha256,
    )
    assert crl_state(desk, shop["issuing"]).full == record
    assert newest_crls(desk, shop["issuing"]) == (published.der,)


def test_numbers_rise_within_a_second_and_after_a_restore(desk, clock, shop, publish, directory, tmp_path):
    numbers = [publish().record.number, publish().record.number]
    desk.ledger.close()
    shutil.copytree(directory, tmp_path / "backup")
    again = keeping.open_store(directory, clock=clock)
    keeping.unlock(again, "correct horse battery")
    clock.move(hours=1)
    numbers += [publish_crl(again, CrlForm(reference="Acme Issuing")).record.number for _ in range(3)]
    again.close()
    clock.move(hours=1)
    restored = keeping.open_store(tmp_path / "backup", clock=clock)
    keeping.unlock(restored, "correct horse battery")
    numbers.append(publish_crl(restored, CrlForm(reference="Acme Issuing")).record.number)
    restored.close()
    assert numbers == sorted(set(numbers))


def test_numbers_rise_above_those_that_another_tool_gave_out(desk, shop, publish):
    with desk.ledger.transaction("test", at=desk.now()) as change:
        keep_number(desk, change, shop["issuing"], 10**15)
    assert publish().record.number == 10**15 + 1
    assert publish().record.number == 10**15 + 2


def test_an_expired_certificate_is_named_once_after_its_end(clock, shop, take_back, publish):
    take_back("old.example", "www.example", reason="superseded")
    named = []
    for _ in range(4):
        named.append(short(shop["old"]) in serials(publish()))
        clock.move(days=1)
    assert named == [True, True, True, False]


def test_a_delta_names_what_changed_since_the_full_list(desk, clock, shop, take_back, publish):
    take_back("www.example", reason="hold")
    full = publish()
    take_back("mail.example", reason="key-compromise")
    first = publish(delta=True)
    assert first.record.base == full.record.number
    assert serials(first) == {short(shop["mail"]): Flags.key_compromise}
    unhold(desk, ["www.example"])
    clock.move(days=1)
    expected = {short(shop["mail"]): Flags.key_compromise, short(shop["www"]): Flags.remove_from_crl}
    assert serials(publish(delta=True)) == expected
    assert serials(publish()) == {short(shop["mail"]): Flags.key_compromise}
    assert serials(publish(delta=True)) == {}


def test_a_hold_between_two_deltas_is_removed_by_the_next(desk, shop, take_back, publish):
    publish()
    take_back("www.example", reason="hold")
    publish(delta=True)
    unhold(desk, ["www.example"])
    for _ in range(2):
        assert serials(publish(delta=True)) == {short(shop["www"]): Flags.remove_from_crl}


def test_a_path_is_judged_by_the_newest_lists_of_the_store(desk, clock, shop, take_back, publish):
    path = certificates(desk.certificate_der(record) for record in desk.chain(shop["www"]))

    def judged():
        crls = newest_crls(desk, shop["issuing"])
        return [finding.code for finding in revocation_defects(path, crls, now=clock.time)]

    take_back("www.example", reason="hold")
    publish()
    assert judged() == ["revoked"]
    unhold(desk, ["www.example"])
    clock.move(minutes=1)
    publish(delta=True)
    assert judged() == []


def test_a_delta_drops_no_more_than_the_list_that_it_amends(clock, shop, take_back, publish):
    take_back("old.example")
    publish()
    clock.move(days=3)
    assert serials(publish(delta=True)) == {}


@pytest.mark.parametrize(
    ("form", "error", "words"),
    [
        ({"delta": True}, Refused, "no full CRL"),
        ({"days": 0}, UsageError, "0"),
        ({"days": 4000}, UsageError, "4000"),
        ({"freshest": ("javascript:1",)}, UsageError, "javascript:1"),
        ({"delta": True, "freshest": ("http://a.example/",)}, UsageError, "5.2.6"),
        ({"reference": "www.example"}, Refused, "no authority"),
        ({"reference": "Nobody"}, NotFound, "Nobody"),
    ],
)
def test_a_list_that_cannot_be_is_refused_before_a_passphrase_is_asked(
    desk, shop, unchanged, form, error, words
):
    keeping.lock(desk)
    unchanged()
    with pytest.raises(error, match=words):
        plan_crl(desk, CrlForm(**{"reference": "Acme Issuing", **form}))


def test_a_list_needs_the_passphrase_and_an_authority_in_force(desk, clock, shop, publish):
    keeping.lock(desk)
    with pytest.raises(PassphraseMissing):
        publish()
    clock.move(days=4000)
    with pytest.raises(Refused, match="ended at"):
        publish("Acme Root")


def test_two_who_publish_at_once_do_not_share_a_number(desk, shop, publish, monkeypatch):
    from tlsca.authority import publishing

    sign_list = publishing.revocation_list

    def overtaken(*arguments):
        monkeypatch.setattr(publishing, "revocation_list", sign_list)
        publish()
        return sign_list(*arguments)

    monkeypatch.setattr(publishing, "revocation_list", overtaken)
    with pytest.raises(StoreConflict):
        publish()


def renewed(desk, record):
    """Renew an authority with its own key: a second certificate of one authority."""
    above = desk.issuer_of(record)
    chain = Issuer(desk.chain_certificates(above))
    order = Order(
        profile=PROFILES["intermediate"],
        subject=desk.certificate(record).subject,
        key_kind=record.key,
        lifetime=Lifetime(days=2000),
    )
    certificate = sign(
        draft(order, chain, now=desk.now()), desk.certificate(record).public_key(), chain, desk.private_key(above), serial=99
    )  # fmt: skip
    new = issuing.record_of(desk, certificate, profile="intermediate", issuer_id=above.id, at=desk.now())
    with desk.ledger.transaction("renew", at=desk.now()) as change:
        change.replace_certificate(record, replace(record, renewed_by=new.id))
        return change.add_certificate(new, certificate.public_bytes(Encoding.PEM))


def test_a_renewed_authority_goes_on_with_its_lists(desk, clock, shop, issue, take_back, publish):
    take_back("www.example")
    first = publish()
    new = renewed(desk, shop["issuing"])
    clock.move(days=1)
    later = issue("later.example", issuer=new.serial)
    take_back("later.example")
    assert set(serials(publish(new.serial))) == {short(shop["www"]), short(later)}
    assert len([state for state in crl_states(desk) if state.authority.subject == "CN=Acme Issuing"]) == 1
    assert serials(publish(shop["issuing"].serial, delta=True)) == {}
    assert first.record.number < crl_state(desk, new).full.number


# When there should be a new list


def test_a_banner_stands_until_what_was_revoked_is_published(desk, shop, take_back, publish):
    def why():
        return [state.why for state in attention(desk)]

    assert why() == []
    take_back("www.example", reason="hold")
    assert why() == [Why.UNPUBLISHED]
    publish()
    assert why() == []
    unhold(desk, ["www.example"])
    assert why() == [Why.UNPUBLISHED]
    publish(delta=True)
    assert why() == []
    take_back("abcdef0123", issuer="Acme Issuing")
    assert why() == [Why.UNPUBLISHED]
    publish()
    assert why() == []


def test_a_list_is_due_in_its_last_quarter_and_stale_after_it(desk, clock, shop, publish):
    published = publish(days=4)
    told = []
    for _ in range(3):
        clock.move(days=1.6)
        (state,) = crl_states(desk)
        told.append(state.why)
        assert state.until == published.record.next_update
    assert told == [None, Why.DUE, Why.STALE]
    assert state.sentence(clock.time) == "The CRL of CN=Acme Issuing went stale 19 hours ago."


def test_a_revoked_certificate_that_expires_makes_no_list_wrong(desk, clock, shop, take_back, publish):
    take_back("old.example")
    publish(days=30)
    clock.move(days=5)
    publish(days=30)
    clock.move(days=1)
    assert attention(desk) == ()


def test_an_authority_that_ended_or_was_revoked_needs_no_list(desk, clock, shop, take_back, publish):
    take_back("www.example")
    take_back("Acme Issuing")
    assert [state.authority.subject for state in attention(desk)] == ["CN=Acme Root"]
    clock.move(days=4000)
    assert attention(desk) == ()


def test_what_is_listed_is_found_without_looking_at_what_is_not(desk, shop, take_back, monkeypatch):
    take_back("www.example")
    monkeypatch.setattr(type(desk.ledger), "by_issuer", None)
    monkeypatch.setattr(type(desk.ledger), "certificates", None)
    assert [entry.serial for entry in revocations(desk, shop["issuing"])] == [int(shop["www"].serial, 16)]


# OCSP


@pytest.fixture
def ask(desk, shop):
    """Ask about a record of the intermediate; return the answer as `cryptography` reads it."""

    def ask(record, *, reference="Acme Issuing", issuer=None, nonce=None, **fields):
        above = desk.certificate(issuer or shop["issuing"])
        builder = ocsp.OCSPRequestBuilder().add_certificate(desk.certificate(record), above, hashes.SHA256())
        if nonce:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        request = builder.build().public_bytes(Encoding.DER)
        answer = answer_request(desk, OcspForm(reference=reference, request=request, **fields))
        return ocsp.load_der_ocsp_response(answer.der)

    return ask


def test_the_answer_is_good_revoked_or_unknown(desk, clock, shop, ask, take_back, create, issue):
    assert ask(shop["www"]).certificate_status is ocsp.OCSPCertStatus.GOOD
    take_back("www.example", reason="key-compromise")
    read = ask(shop["www"], days=3)
    assert (read.certificate_status, read.revocation_reason) == (
        ocsp.OCSPCertStatus.REVOKED,
        Flags.key_compromise,
    )
    assert (read.revocation_time_utc, read.next_update_utc) == (clock.time, clock.time + timedelta(days=3))
    other = create("Other Root")
    stranger = issue("stranger.example", issuer="Other Root")
    assert ask(stranger, issuer=other).certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    assert ask(stranger).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_a_hold_and_a_certificate_never_seen_are_answered_too(desk, shop, ask, take_back):
    take_back("www.example", reason="hold")
    assert ask(shop["www"]).revocation_reason is Flags.certificate_hold
    unhold(desk, ["www.example"])
    assert ask(shop["www"]).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_a_certificate_that_the_store_never_saw_is_unknown_until_it_is_revoked(desk, shop, take_back):
    issuer = desk.certificate(shop["issuing"])
    name, key = (
        hashlib.sha256(octets).digest()
        for octets in (
            issuer.subject.public_bytes(),
            issuer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        )
    )
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, 0xABCDEF0123, hashes.SHA256())
    form = OcspForm(reference="Acme Issuing", request=builder.build().public_bytes(Encoding.DER))
    assert [status.word for status in answer_request(desk, form).statuses] == ["unknown"]
    take_back("abcdef0123", issuer="Acme Issuing", reason="superseded")
    assert [status.word for status in answer_request(desk, form).statuses] == ["revoked"]


def test_a_delegated_responder_signs_while_it_may(desk, clock, shop, ask, issue, take_back):
    assert ask(shop["www"]).certificates == [desk.certificate(shop["issuing"])]
    short_lived = issue("Short", profile="ocsp", issuer="Acme Issuing", days=10)
    longer = issue("Longer", profile="ocsp", issuer="Acme Issuing", days=60)
    issue("Elsewhere", profile="ocsp", issuer="Acme Root", days=60)
    assert ask(shop["www"]).certificates == [desk.certificate(longer)]
    take_back("Longer")
    assert ask(shop["www"]).certificates == [desk.certificate(short_lived)]
    clock.move(days=20)
    assert ask(shop["www"]).certificates == [desk.certificate(shop["issuing"])]


def test_the_request_says_which_key_of_the_authority_answers(desk, clock, shop, ask, take_back, issue):
    clock.move(days=1)
    (new,) = renew(desk, RenewalForm(references=("Acme Issuing",), rekey=True))
    later = issue("later.example", issuer="Acme Issuing")
    take_back("www.example", "later.example")
    for record, issuer in ((shop["www"], shop["issuing"]), (later, new.record)):
        for reference in ("Acme Issuing", shop["issuing"].serial, new.record.serial):
            read = ask(record, issuer=issuer, reference=reference)
            assert read.certificate_status is ocsp.OCSPCertStatus.REVOKED
            assert read.certificates == [desk.certificate(issuer)]
    responder = issue("Responder", profile="ocsp", issuer="Acme Issuing")
    assert ask(later, issuer=new.record).certificates == [desk.certificate(responder)]
    assert ask(shop["mail"]).certificates == [desk.certificate(shop["issuing"])]


def test_a_request_about_two_keys_is_answered_by_the_first(desk, clock, shop, issue):
    clock.move(days=1)
    (new,) = renew(desk, RenewalForm(references=("Acme Issuing",), rekey=True))
    later = issue("later.example", issuer="Acme Issuing")
    parts = []
    for record, issuer in ((shop["www"], shop["issuing"]), (later, new.record)):
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            desk.certificate(record), desk.certificate(issuer), hashes.SHA256()
        )
        parts.append(read_request(builder.build().public_bytes(Encoding.DER)).asked[0].identifier)
    request = sequence(sequence(sequence(*map(sequence, parts))))
    plan = plan_answer(desk, OcspForm(reference="Acme Issuing", request=request))
    assert plan.authority.id == shop["issuing"].id
    assert [status.word for status in plan.statuses] == ["good", "unknown"]


def test_what_was_answered_is_in_the_audit_log(desk, shop, ask):
    assert ask(shop["www"], nonce=b"n" * 16).extensions.get_extension_for_class(x509.OCSPNonce)
    act = keeping.history(desk)[-1]
    assert (act.act, act.detail["said"]) == ("answer-ocsp", [f"{shop['www'].serial} good"])


def test_what_is_no_request_or_no_responder_is_refused(desk, shop, unchanged):
    unchanged()
    with pytest.raises(Unreadable, match="no OCSP request"):
        plan_answer(desk, OcspForm(reference="Acme Issuing", request=b"0\x03\x02\x01\x01"))
    with pytest.raises(UsageError):
        plan_answer(desk, OcspForm(reference="Acme Issuing", request=b"", days=0))
    with pytest.raises(Refused, match="no authority"):
        plan_answer(desk, OcspForm(reference="www.example", request=b""))
