"""Renewing leaves and authorities, with the key they have and with a new one; OpenSSL and GnuTLS say whether the chains hold."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier

from tlsca.authority import importing, issuing, keeping, listing
from tlsca.authority.doctor import examine
from tlsca.authority.issuers import authority_record, chosen_issuer, issuers
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.renewing import RenewalForm, plan_renewal, renew
from tlsca.authority.requesting import RequestForm, SignForm, make_request, requests, sign_request
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.errors import Duplicate, NotFound, PassphraseMissing, Refused, StoreConflict, UsageError
from tlsca.pki import keys


@pytest.fixture
def renewed(desk):
    """Renew certificates; return what became of the only one."""

    def renewed(*references, **fields):
        done = renew(desk, RenewalForm(references=references, **fields))
        return done[0]

    return renewed


@pytest.fixture
def verifies(desk, tmp_path):
    """Ask `openssl verify -x509_strict` whether a certificate is good to who trusts one other, given what stands between."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")

    def pem(name, records):
        path = tmp_path / name
        path.write_bytes(b"".join(desk.certificate(record).public_bytes(Encoding.PEM) for record in records))
        return str(path)

    def verifies(leaf, *, trusting, through=()):
        words = ["openssl", "verify", "-x509_strict", "-no-CApath", "-no-CAstore"]
        words += ["-attime", str(int(desk.now().timestamp())), "-CAfile", pem("trusted.pem", [trusting])]
        if through:
            words += ["-untrusted", pem("between.pem", through)]
        ran = subprocess.run([*words, pem("leaf.pem", [leaf])], capture_output=True, check=False, timeout=30)
        return ran.returncode == 0

    return verifies


def value(desk, record, kind):
    return desk.certificate(record).extensions.get_extension_for_class(kind).value


# Leaves


RICH = CertificateForm(
    names=("www.example.com", "10.0.0.1"),
    subject="CN=Web,O=Acme",
    days=30,
    ocsp_urls=("http://ocsp.example.com",),
    crl_urls=("http://crl.example.com/list",),
    policies=("1.2.3.4,cps=http://cps.example.com",),
    must_staple=True,
    extensions=("1.2.3.5=critical,0500",),
)


def test_the_next_certificate_has_everything_of_the_last_but_dates_and_number(desk, create, clock, renewed):
    create("Acme Root")
    old = issuing.issue(desk, RICH).record
    clock.move(days=20)
    done = renewed("www.example.com")
    before, after = desk.certificate(old), desk.certificate(done.record)
    own = (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid)
    assert [one for one in after.extensions if one.oid not in own] == [
        one for one in before.extensions if one.oid not in own
    ]
    assert after.public_key() == before.public_key()
    assert (done.record.subject, done.record.names, done.record.profile) == (
        "CN=Web,O=Acme",
        ("www.example.com", "10.0.0.1"),
        "server",
    )
    assert after.not_valid_after_utc - after.not_valid_before_utc == before.not_valid_after_utc - before.not_valid_before_utc  # fmt: skip
    assert {one.field for one in done.differences} == {"Valid", "Serial"}


def test_old_and_new_are_linked_and_the_list_shows_it(desk, create, issue, renewed):
    create("Acme Root")
    old = issue("www.example.com")
    done = renewed("www.example.com")
    assert desk.ledger.certificate(old.id) == done.old == replace(old, renewed_by=done.record.id)
    shown = {item.record.id: item.to_json()["renewed_by"] for item in listing.entries(desk)}
    assert shown[old.id] == done.record.sha256[:12]
    assert shown[done.record.id] is None
    assert desk.ledger.find("www.example.com", now=desk.now()) == done.record


def test_rekeying_makes_a_new_key_of_the_same_kind(desk, create, issue, renewed):
    create("Acme Root")
    old = issue("www.example.com", key="ec-p384")
    done = renewed("www.example.com", rekey=True)
    assert done.record.key == "ec-p384"
    assert done.record.key_id != old.key_id
    assert keys.key_id(desk.private_key(done.record).public_key()) == done.record.key_id
    assert {one.field for one in done.differences} == {"Serial", "Subject key id"}


def test_a_new_kind_of_key_brings_the_key_usage_that_fits_it(desk, create, issue, renewed):
    create("Acme Root")
    issue("www.example.com", key="rsa-2048")
    done = renewed("www.example.com", key="ec-p256")
    usage = value(desk, done.record, x509.KeyUsage)
    assert (usage.digital_signature, usage.key_encipherment) == (True, False)
    changed = {one.field: (one.old, one.new) for one in done.differences}
    assert changed["Key"] == ("rsa-2048", "ec-p256")
    assert changed["Key usage"] == (
        "digital signature, key encipherment (critical)",
        "digital signature (critical)",
    )


@pytest.mark.parametrize(
    ("fields", "end"),
    [({"days": 7}, "2030-02-07T09:28:59Z"), ({"until": "2030-12-31"}, "2030-12-31T23:59:59Z")],
)
def test_a_lifetime_may_be_given(create, issue, renewed, fields, end):
    create("Acme Root")
    issue("www.example.com")
    assert renewed("www.example.com", **fields).record.not_after.strftime("%Y-%m-%dT%H:%M:%SZ") == end


def test_it_ends_with_its_issuer_and_that_is_said(create, issue, clock, renewed):
    root = create("Acme Root", days=100)
    issue("www.example.com", days=90)
    clock.move(days=80)
    done = renewed("www.example.com")
    assert done.record.not_after == root.not_after
    assert "Shortened" in done.notes[0]


def test_who_renews_in_vain_is_told_to_begin_with_the_issuer(create, issue, clock, renewed):
    create("Acme Root", days=50)
    issue("www.example.com", days=90)
    clock.move(days=40)
    assert any("renew its issuer first" in note for note in renewed("www.example.com").notes)
    assert renewed("www.example.com", days=3).notes == ()


def test_a_certificate_that_has_ended_is_renewed_too(desk, create, issue, clock, renewed):
    create("Acme Root")
    issue("www.example.com", days=10)
    clock.move(days=30)
    assert renewed("www.example.com").record.not_after > desk.now()


def test_many_are_renewed_in_one_transaction(desk, create, issue):
    create("Acme Root")
    old = [issue(f"www{number}.example.com") for number in range(5)]
    before = desk.ledger.position
    done = renew(desk, RenewalForm(references=tuple(one.serial for one in [*old, old[0]])))
    assert [one.old.id for one in done] == [one.id for one in old]
    assert desk.ledger.position == before + 1
    act = keeping.history(desk)[-1]
    assert (act.act, act.detail["count"]) == ("renew", 5)
    assert act.detail["certificates"][0] == f"{old[0].serial} www0.example.com by {done[0].record.serial}"


def test_a_certificate_of_a_request_keeps_the_key_that_is_elsewhere(
    desk, create, renewed, tmp_path, new_store
):
    create("Acme Root")
    request = make_request(new_store(tmp_path / "other"), RequestForm(names=("www.example.com",)))
    old = sign_request(desk, SignForm(request=request.pem)).issued.record
    done = renewed("www.example.com")
    assert done.record.key_id == old.key_id
    assert not desk.has_key(done.record)
    assert requests(desk)[0].certificate_ids == (old.id, done.record.id)
    again = renewed("www.example.com", rekey=True)
    assert desk.has_key(again.record)
    assert "elsewhere" in again.notes[-1]


def test_a_plan_shows_what_will_differ_and_needs_no_passphrase(desk, create, issue, clock, unchanged):
    create("Acme Root")
    issue("www.example.com")
    clock.move(days=60)
    keeping.lock(desk)
    unchanged()
    (plan,) = plan_renewal(desk, RenewalForm(references=("www.example.com",), rekey=True))
    assert [one.field for one in plan.differences] == ["Valid"]
    assert plan.issuer is not None
    assert not plan.crossed
    with pytest.raises(PassphraseMissing):
        renew(desk, RenewalForm(references=("www.example.com",)))


# What is refused


@pytest.mark.parametrize(("reason", "said"), [("superseded", "was revoked"), ("hold", "is on hold")])
def test_what_is_revoked_or_held_is_not_renewed(desk, create, issue, unchanged, reason, said):
    create("Acme Root")
    issue("www.example.com")
    revoke(desk, RevocationForm(references=("www.example.com",), reason=reason))
    unchanged()
    with pytest.raises(Refused, match=said):
        renew(desk, RenewalForm(references=("www.example.com",)))


def test_what_was_renewed_is_renewed_again_only_once_its_successor_is_gone(desk, create, issue, renewed):
    create("Acme Root")
    old = issue("www.example.com")
    first = renewed(old.serial)
    with pytest.raises(Refused, match="renewed already") as refusal:
        renewed(old.serial)
    assert first.record.sha256[:12] in refusal.value.hint
    revoke(desk, RevocationForm(references=(first.record.serial,), reason="key-compromise"))
    assert renewed(old.serial, rekey=True).old.renewed_by != first.record.id


def test_all_are_renewed_or_none(desk, create, issue, unchanged):
    create("Acme Root")
    issue("a.example.com")
    issue("b.example.com")
    revoke(desk, RevocationForm(references=("b.example.com",), reason="superseded"))
    unchanged()
    with pytest.raises(Refused, match=r"b\.example\.com"):
        renew(desk, RenewalForm(references=("a.example.com", "b.example.com")))
    with pytest.raises(NotFound):
        renew(desk, RenewalForm(references=("a.example.com", "c.example.com")))
    with pytest.raises(UsageError):
        renew(desk, RenewalForm(references=()))
    with pytest.raises(UsageError):
        renew(desk, RenewalForm(references=("a.example.com",), days=3, until="2031-01-01"))
    with pytest.raises(Refused, match="below Acme Root"):
        renew(desk, RenewalForm(references=("a.example.com", "Acme Root")))


def test_an_issuer_that_is_revoked_or_over_signs_no_renewal(desk, create, issue, clock, unchanged):
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root", days=30)
    issue("www.example.com", issuer="Acme Issuing")
    clock.move(days=31)
    with pytest.raises(Refused, match="The issuer ended"):
        renew(desk, RenewalForm(references=("www.example.com",)))
    clock.move(days=-31)
    revoke(desk, RevocationForm(references=("Acme Issuing",), reason="key-compromise"))
    unchanged()
    with pytest.raises(Refused, match="Acme Issuing was revoked"):
        renew(desk, RenewalForm(references=("www.example.com",)))


def test_whoever_changes_the_old_one_in_between_makes_it_fail(desk, create, issue, monkeypatch):
    create("Acme Root")
    old = issue("www.example.com")

    def interfere(kind):
        revoke(desk, RevocationForm(references=(old.serial,), reason="superseded"))
        return generate(kind)

    generate = keys.generate
    monkeypatch.setattr(keys, "generate", interfere)
    with pytest.raises(StoreConflict):
        renew(desk, RenewalForm(references=("www.example.com",), rekey=True))
    assert len(desk.ledger.by_name("www.example.com")) == 1


# An authority with the same key


def test_children_of_a_renewed_root_hold_under_its_old_and_its_new_certificate(
    desk, create, issue, clock, renewed, verifies
):
    old = create("CN=Acme Root,O=Acme", days=1000, path_length=1, permit=("example.com",))
    middle = create("Acme Issuing", issuer="Acme Root")
    leaf = issue("www.example.com", issuer="Acme Issuing", days=900)
    clock.move(days=400)
    new = renewed("Acme Root").record
    assert (new.key_id, new.subject, new.profile) == (old.key_id, old.subject, "root")
    assert new.not_after > old.not_after
    assert [one.id for one in desk.chain(leaf)] == [leaf.id, middle.id, new.id]
    assert verifies(leaf, trusting=new, through=[middle])
    assert verifies(leaf, trusting=old, through=[middle])
    clock.move(days=300)
    later = issue("later.example.com", issuer="Acme Issuing", days=30)
    assert verifies(later, trusting=new, through=[middle])


def test_the_old_root_may_end_and_its_children_go_on(desk, create, issue, clock, renewed, verifies):
    create("Acme Root", days=100)
    issue("www.example.com", days=90)
    clock.move(days=60)
    new = renewed("Acme Root", days=1000).record
    done = renewed("www.example.com")
    clock.move(days=60)
    assert verifies(done.record, trusting=new)
    assert chosen_issuer(desk, None) == new


def test_the_tree_and_what_is_chosen_follow_the_newest_certificate(desk, create, issue, renewed):
    old = create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    new = renewed("Acme Root").record
    tree = [(depth, item.record.id) for depth, item in listing.authorities(desk)]
    middle = desk.ledger.find("Acme Issuing", now=desk.now())
    assert tree == [(0, old.id), (0, new.id), (1, middle.id)]
    assert listing.entry(desk, middle).issuer_ref == new.sha256[:12]
    assert [one.id for one in issuers(desk)] == [middle.id, new.id]
    assert authority_record(desk, old.sha256) == authority_record(desk, "Acme Root") == new
    assert issue("www.example.com", issuer=old.sha256).issuer_id == new.id
    with pytest.raises(Duplicate):
        create("Acme Root")


def test_an_intermediate_is_signed_again_and_its_children_stay(desk, create, issue, clock, renewed, verifies):
    root = create("Acme Root")
    old = create("Acme Issuing", issuer="Acme Root", days=100, path_length=0)
    leaf = issue("www.example.com", issuer="Acme Issuing", days=90)
    clock.move(days=50)
    new = renewed("Acme Issuing").record
    assert [one.id for one in desk.chain(leaf)] == [leaf.id, new.id, root.id]
    assert verifies(leaf, trusting=root, through=[new])
    assert verifies(leaf, trusting=root, through=[old])
    revoke(desk, RevocationForm(references=(old.serial,), reason="superseded"))
    assert issue("b.example.com", issuer="Acme Issuing").issuer_id == new.id


def test_a_key_keeps_the_identifier_by_which_its_children_know_it(desk, renewed, verifies):
    odd = x509.SubjectKeyIdentifier(b"chosen by somebody else")
    imported = put(desk, "CN=Old Root", profile="root", extensions=(x509.BasicConstraints(True, None), odd))
    leaf = issuing.issue(desk, CertificateForm(names=("www.example.com",), issuer="Old Root")).record
    new = renewed("Old Root").record
    assert value(desk, new, x509.SubjectKeyIdentifier) == odd
    assert verifies(leaf, trusting=new)
    assert not verifies(
        leaf, trusting=imported
    )  # which lacks the key usage that strict clients want of an authority


# An authority with a new key


def test_a_root_with_a_new_key_is_trusted_through_the_old_one_and_the_other_way_about(
    desk, create, issue, clock, renewed, verifies
):
    old = create("CN=Acme Root,O=Acme", days=1000, path_length=0, permit=("example.com",))
    before = issue("before.example.com", days=900)
    clock.move(days=400)
    done = renewed("Acme Root", rekey=True)
    new, (new_with_old, old_with_new) = done.record, done.crosses
    after = issue("after.example.com", days=90)
    assert after.issuer_id == new.id
    assert [one.id for one in desk.chain(before)] == [before.id, old.id]
    assert [one.id for one in desk.chain(after)] == [after.id, new.id]
    assert verifies(before, trusting=old)
    assert verifies(after, trusting=new)
    assert verifies(before, trusting=new, through=[old_with_new])
    assert verifies(after, trusting=old, through=[new_with_old])
    assert not verifies(before, trusting=new)
    assert not verifies(after, trusting=old)


def test_cross_certificates_begin_and_end_as_rfc_4210_has_it(desk, create, clock, renewed):
    old = create("Acme Root", days=1000)
    clock.move(days=400)
    done = renewed("Acme Root", rekey=True)
    new_with_old, old_with_new = done.crosses
    assert (new_with_old.not_before, new_with_old.not_after) == (done.record.not_before, old.not_after)
    assert (old_with_new.not_before, old_with_new.not_after) == (old.not_before, old.not_after)
    assert (new_with_old.key_id, new_with_old.issuer_id) == (done.record.key_id, old.id)
    assert (old_with_new.key_id, old_with_new.issuer_id) == (old.key_id, done.record.id)
    assert {one.profile for one in done.crosses} == {"cross"}
    assert keeping.history(desk)[-1].detail["cross_certificates"] == [one.serial for one in done.crosses]


def test_whoever_names_the_authority_means_its_new_root(desk, create, issue, renewed):
    create("Acme Root")
    leaf = issue("www.example.com")
    new = renewed("Acme Root", rekey=True).record
    assert chosen_issuer(desk, None) == new
    assert authority_record(desk, "Acme Root") == new
    assert desk.ledger.find("Acme Root", now=desk.now()) == new
    assert renewed(leaf.serial).record.issuer_id == new.id
    with pytest.raises(Duplicate):
        create("Acme Root")
    with pytest.raises(Refused, match="cross-certificate"):
        renewed(desk.ledger.by_issuer(new.id)[1].sha256)


def test_a_root_that_has_ended_gets_no_cross_certificates(create, clock, renewed):
    create("Acme Root", days=10)
    clock.move(days=20)
    assert renewed("Acme Root", rekey=True).crosses == ()


def test_a_root_may_be_rekeyed_again(desk, create, issue, clock, renewed, verifies):
    create("Acme Root")
    leaf = issue("www.example.com", days=900)
    first = renewed("Acme Root", rekey=True)
    clock.move(days=30)
    second = renewed("Acme Root", rekey=True)
    assert chosen_issuer(desk, None) == second.record
    assert verifies(leaf, trusting=second.record, through=[first.crosses[1], second.crosses[1]])


def test_an_intermediate_with_a_new_key_stands_beside_the_old_one(desk, create, issue, renewed, verifies):
    root = create("Acme Root")
    old = create("Acme Issuing", issuer="Acme Root", key="rsa-2048")
    before = issue("before.example.com", issuer="Acme Issuing")
    done = renewed("Acme Issuing", rekey=True)
    after = issue("after.example.com", issuer="Acme Issuing")
    assert done.crosses == ()
    assert [one.id for one in desk.chain(before)] == [before.id, old.id, root.id]
    assert [one.id for one in desk.chain(after)] == [after.id, done.record.id, root.id]
    assert verifies(before, trusting=root, through=[old])
    assert verifies(after, trusting=root, through=[done.record])


def test_the_doctor_finds_nothing_after_a_change_of_key(desk, create, issue, clock, renewed):
    create("Acme Root", days=1000)
    issue("www.example.com", days=40)
    clock.move(days=10)
    renewed("Acme Root", rekey=True)
    found = [one.code for one in examine(desk).remarks if one.culprit not in {"CRL", "backup"}]
    assert found == []


@pytest.mark.skipif(shutil.which("certtool") is None, reason="certtool is not installed")
def test_gnutls_takes_the_new_root_through_the_old_one(desk, create, issue, clock, renewed, tmp_path):
    clock.time = datetime.now(UTC)  # certtool verifies as of now alone
    old = create("Acme Root")
    done = renewed("Acme Root", rekey=True)
    leaf = issue("www.example.com")
    for name, records in (("chain.pem", [leaf, done.crosses[0]]), ("old.pem", [old])):
        (tmp_path / name).write_bytes(
            b"".join(desk.certificate(one).public_bytes(Encoding.PEM) for one in records)
        )
    words = ["certtool", "--verify", "--infile", "chain.pem", "--load-ca-certificate", "old.pem"]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False, timeout=30)
    assert b"Chain verification output: Verified" in ran.stdout, ran.stdout + ran.stderr


# What others made


def put(desk, subject, *, profile="server", key=None, issuer=None, extensions=(), days=0):
    """Put a certificate into the store that some other program made, signed by `issuer` or by itself; return its record."""
    key = key or keys.generate("ec-p256")
    signer = desk.private_key(issuer) if issuer else key
    name = x509.Name.from_rfc4514_string(subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(desk.certificate(issuer).subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(desk.now() + timedelta(days=days))
        .not_valid_after(desk.now() + timedelta(days=300))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    certificate = builder.sign(signer, keys.signature_hash(signer))
    issuer_id = issuer.id if issuer else None
    record = issuing.record_of(desk, certificate, profile=profile, issuer_id=issuer_id, at=desk.now())
    with desk.ledger.transaction("import", at=desk.now()) as change:
        if desk.ledger.key(record.key_id) is None:
            change.add_key(desk.sealed_key(key, at=desk.now()))
        return change.add_certificate(record, certificate.public_bytes(Encoding.PEM))


def test_who_renews_an_authority_is_told_of_children_that_hold_to_its_serial_number(desk, create):
    root = create("Acme Root")
    above = x509.DirectoryName(desk.certificate(root).subject)
    named = x509.AuthorityKeyIdentifier(None, [above], int(root.serial, 16))
    put(desk, "CN=easy.example.com", issuer=root, extensions=(named,))
    (plan,) = plan_renewal(desk, RenewalForm(references=("Acme Root",)))
    assert any(note.startswith("easy.example.com names the old serial number") for note in plan.notes)
    (plan,) = plan_renewal(desk, RenewalForm(references=("Acme Root",), rekey=True))
    assert not any("easy.example.com" in note for note in plan.notes)


def test_a_weak_key_is_not_certified_again_but_replaced(desk, create, renewed):
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- what is to be refused
    old = put(desk, "CN=old.example.com", issuer=create("Acme Root"), key=weak)
    with pytest.raises(Refused, match="1,024 bits") as refusal:
        renewed("old.example.com")
    assert "--rekey" in refusal.value.hint
    done = renewed(old.sha256, rekey=True)
    assert done.record.key == "rsa-3072"
    assert any("made no more" in note for note in done.notes)


def test_what_one_log_or_one_span_of_time_vouched_for_is_not_carried_over(desk, create, renewed):
    stamps = x509.UnrecognizedExtension(
        ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), bytes.fromhex("04020000")
    )
    span = x509.PrivateKeyUsagePeriod(desk.now(), None)
    own = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), bytes.fromhex("0500"))
    put(desk, "CN=old.example.com", issuer=create("Acme Root"), extensions=(stamps, span, own))
    carried = {
        one.oid.dotted_string for one in desk.certificate(renewed("old.example.com").record).extensions
    }
    assert carried == {"1.2.3.4", "2.5.29.14", "2.5.29.35"}


def test_an_issuer_that_is_not_here_renews_nothing(desk, new_store, tmp_path, unchanged):
    other = new_store(tmp_path / "other")
    root = issuing.create_authority(other, issuing.AuthorityForm(name="Other Root")).record
    leaf = issuing.issue(other, CertificateForm(names=("www.example.com",))).record
    for one in (leaf, root):
        (tmp_path / f"{one.id}.pem").write_bytes(other.certificate(one).public_bytes(Encoding.PEM))
    importing.import_files(desk, [tmp_path / f"{leaf.id}.pem"], passphrase=None)
    with pytest.raises(Refused, match="is not in the store"):
        renew(desk, RenewalForm(references=("www.example.com",)))
    importing.import_files(desk, [tmp_path / f"{root.id}.pem"], passphrase=None)
    unchanged()
    for reference in ("www.example.com", "Other Root"):
        with pytest.raises(Refused, match=r"private key .*is not in the store"):
            renew(desk, RenewalForm(references=(reference,)))


def test_foreign_authorities_that_signed_each_other_have_chains_all_the_same(desk):
    """An intermediate has two certificates, and the newer one was signed by who stands below the older one."""
    authority = {"profile": "intermediate", "extensions": (x509.BasicConstraints(True, None),)}
    root = put(desk, "CN=Ring", **authority)
    older = put(desk, "CN=Middle", issuer=root, **authority)
    below = put(desk, "CN=Ring", issuer=older, **authority)
    newer = put(desk, "CN=Middle", issuer=below, key=desk.private_key(older), days=-1, **authority)
    assert desk.newest(older) == older
    newer = put(desk, "CN=Middle", issuer=below, key=desk.private_key(older), days=0.5, **authority)
    desk.clock.move(days=1)
    assert desk.newest(older) == newer
    assert [one.serial for one in desk.chain(below)] == [below.serial, older.serial, root.serial]
    assert [one.id for one in desk.chain(newer)] == [newer.id, below.id, older.id, root.id]
    assert len(listing.authorities(desk)) == len(desk.ledger.certificates())
