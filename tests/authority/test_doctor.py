"""The doctor finds each ailment of an authority, names whom it ails, and gives the command that mends it."""

import os
import shutil
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.authority import issuing, publishing, revoking
from tlsca.authority.backup import backup
from tlsca.authority.doctor import examine
from tlsca.authority.restoring import restore
from tlsca.authority.verifying import VerifyForm, verify
from tlsca.errors import Refused
from tlsca.pki import keys
from tlsca.pki.lint import Level
from tlsca.pki.names import dn

OTHER = ec.generate_private_key(ec.SECP256R1())
BITS = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def codes(desk, level=Level.WARNING):
    """Code and whom it is about, of every remark from a level on."""
    return {(one.code, one.about) for one in examine(desk).remarks if one.level.rank >= level.rank}


@pytest.fixture
def hierarchy(create, issue):
    """A root, an authority below it, and a server."""
    root = create("Root")
    between = create("Issuing", issuer="Root")
    return root, between, issue("www.example.com", issuer="Issuing", days=40)


@pytest.fixture
def put(desk):
    """Put a certificate into the store that no front end would issue: signed with an authority's own key."""

    def put(
        name, issuer, *, ca=False, key=None, days=30, extended=(), signer=None, aki=None, path_length=None
    ):
        key = key or ec.generate_private_key(ec.SECP256R1())
        above = desk.certificate(issuer)
        signing = desk.private_key(issuer)
        bits = ("key_cert_sign", "crl_sign") if ca else ("digital_signature",)
        now = desk.now()
        extensions = [
            (x509.BasicConstraints(ca, path_length), True),
            (x509.KeyUsage(**{bit: bit in bits for bit in BITS}), True),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(aki or signing.public_key()), False),
            *([(x509.ExtendedKeyUsage(extended), False)] if extended else []),
            *([] if ca else [(x509.SubjectAlternativeName([x509.DNSName(name)]), False)]),
        ]
        builder = (
            x509.CertificateBuilder()
            .subject_name(dn(name))
            .issuer_name(above.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=days, seconds=-1))
        )
        for value, critical in extensions:
            builder = builder.add_extension(value, critical=critical)
        made = builder.sign(signer or signing, hashes.SHA256())
        profile = "intermediate" if ca else "server"
        record = issuing.record_of(desk, made, profile=profile, issuer_id=issuer.id, at=now)
        with desk.ledger.transaction("import", at=now) as change:
            if ca and not desk.ledger.with_key(record.key_id):
                change.add_key(desk.sealed_key(key, at=now))
            return change.add_certificate(record, made.public_bytes(Encoding.PEM))

    return put


SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)


def test_a_sound_authority_gets_no_remark(desk, hierarchy):
    found = examine(desk)
    assert found.remarks == ()
    assert found.certificates == 3
    assert not found.fails(Level.NOTICE)


def test_looking_takes_no_passphrase_and_changes_nothing(locked, create, unchanged):
    unchanged()
    examine(locked)


def test_a_certificate_that_outlives_its_issuer(desk, create, put):
    root = create("Root", days=100)
    put("long.example.com", root, days=120, extended=SERVER)
    assert ("outlives-issuer", "long.example.com") in codes(desk)


def test_a_key_identifier_that_is_not_the_issuer_s(desk, create, put):
    put("lost.example.com", create("Root"), aki=OTHER.public_key(), extended=SERVER)
    assert codes(desk) == {("key-id-mismatch", "lost.example.com")}


def test_a_signature_that_is_not_the_issuer_s(desk, create, put):
    put("forged.example.com", create("Root"), signer=OTHER, extended=SERVER)
    assert codes(desk) == {("bad-signature", "forged.example.com")}


def test_an_authority_deeper_than_the_path_length_allows(desk, create, put):
    between = create("Issuing", issuer=create("Root").sha256, path_length=0)
    deep = put("CN=Deep", between, ca=True)
    put("www.example.com", deep, extended=SERVER)
    assert {one for one in codes(desk) if one[0] == "path-too-long"} == {("path-too-long", "Deep")}


def test_a_usage_that_an_authority_above_does_not_have(desk, create, put):
    limited = put("CN=Clients", create("Root"), ca=True, extended=(ExtendedKeyUsageOID.CLIENT_AUTH,))
    put("www.example.com", limited, extended=SERVER, days=29)
    assert ("usage-not-nested", "www.example.com") in codes(desk)


def test_a_name_outside_the_constraints(desk, create, put):
    put("www.example.org", create("Root", permit=("example.com",)), extended=SERVER)
    assert codes(desk) == {("name-not-permitted", "www.example.org")}


def test_a_weak_certificate_is_linted_and_the_command_reissues_it(desk, create, put):
    record = put("my_host.example.com", create("Root"), extended=SERVER)
    (found,) = [one for one in examine(desk).remarks if one.level is Level.WARNING]
    assert found.code == "underscore-in-name"
    assert found.certificate == record.sha256
    assert found.repair.command.startswith("tlsca issue ")


def test_a_key_that_two_certificates_for_different_names_share(desk, create, put):
    root = create("Root")
    for name in ("a.example.com", "b.example.com"):
        put(name, root, key=OTHER, extended=SERVER)
    assert codes(desk) == {("shared-key", "a.example.com")}


def test_a_second_certificate_for_the_same_name_and_key_is_no_fault(desk, create, put):
    root = create("Root")
    for _ in range(2):
        put("a.example.com", root, key=OTHER, extended=SERVER)
    assert codes(desk) == set()


def test_a_store_that_a_restore_left_beside_this_one(desk, create, tmp_path, directory, reopened):
    create("Root")
    made = backup(desk, tmp_path / "a.tar")
    desk.close()
    for unrelated in (
        "store-before-2030",
        "store-before-20300131T093000Zx",
        "store-before-20300131T093000Z-x",
    ):
        (tmp_path / unrelated).mkdir()
        (tmp_path / unrelated / "journal.jsonl").touch()
    kept = restore(made.path, directory, clock=desk.clock).kept
    restored = reopened(directory)
    (told,) = [one for one in examine(restored).remarks if one.code == "store-copy"]
    assert f"A restore left {kept.name} beside the store" in told.message
    assert told.repair.command == f"rm -r {kept}"
    shutil.rmtree(kept)
    assert "store-copy" not in {one.code for one in examine(restored).remarks}


def test_a_key_without_a_certificate(desk, hierarchy):
    with desk.ledger.transaction("import", at=desk.now()) as change:
        change.add_key(desk.sealed_key(keys.generate("ec-p256"), at=desk.now()))
    assert codes(desk, Level.NOTICE) == {("orphan-key", "")}


@pytest.mark.parametrize(
    ("days_before", "level"), [(731, None), (729, Level.NOTICE), (366, Level.NOTICE), (364, Level.WARNING)]
)
def test_a_root_is_told_of_two_years_and_warned_of_one_year_before_its_end(
    desk, create, clock, days_before, level
):
    root = create("Root")
    clock.time = root.not_after - timedelta(days=days_before)
    assert [one.level for one in examine(desk).remarks if one.code == "root-ending"] == (
        [level] if level else []
    )


@pytest.mark.parametrize(("days_before", "found"), [(366, False), (364, True)])
def test_an_intermediate_is_told_of_one_year_before_its_end(desk, hierarchy, clock, days_before, found):
    clock.time = hierarchy[1].not_after - timedelta(days=days_before)
    assert (("intermediate-ending", "Issuing") in codes(desk, Level.NOTICE)) == found


def test_a_short_lived_authority_is_not_told_of_from_its_first_day(desk, create, clock):
    create("Root", days=300)
    assert codes(desk, Level.NOTICE) == set()
    clock.move(days=201)
    assert codes(desk, Level.NOTICE) - {("backup-missing", "")} == {("root-ending", "Root")}


def test_what_was_replaced_and_is_still_good(desk, hierarchy, issue):
    _, _, old = hierarchy
    new = issue("www.example.com", issuer="Issuing", days=40)
    with desk.ledger.transaction("renew", at=desk.now()) as change:
        change.replace_certificate(old, replace(old, renewed_by=new.id))
    (found,) = examine(desk).remarks
    assert (found.code, found.level) == ("superseded-live", Level.NOTICE)
    assert found.repair.command == f"tlsca revoke {old.sha256[:12]} --reason superseded"


def test_what_ended_lately_and_was_not_renewed(desk, hierarchy, clock):
    clock.move(days=50)
    assert ("lapsed", "www.example.com") in codes(desk)
    clock.move(days=40)
    assert ("lapsed", "www.example.com") not in codes(desk)


def test_what_stands_below_a_revoked_authority(desk, hierarchy):
    _, between, _ = hierarchy
    revoking.revoke(desk, revoking.RevocationForm(references=(between.sha256,)))
    assert ("issuer-revoked", "www.example.com") in codes(desk)


def test_a_revocation_that_is_on_no_list_and_a_list_that_is_stale(desk, hierarchy, clock):
    _, between, leaf = hierarchy
    revoking.revoke(desk, revoking.RevocationForm(references=(leaf.sha256,)))
    assert ("revocation-unpublished", "Issuing") in codes(desk)
    publishing.publish_crl(desk, publishing.CrlForm(reference=between.sha256))
    assert codes(desk) == set()
    clock.move(days=6)
    assert ("crl-due", "Issuing") in codes(desk, Level.NOTICE)
    clock.move(days=2)
    (stale,) = [one for one in examine(desk).remarks if one.code == "crl-stale"]
    assert stale.level is Level.ERROR
    assert stale.repair.command == f"tlsca crl {between.sha256[:12]}"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize(
    ("file", "mode", "level"),
    [(".", 0o750, Level.ERROR), ("journal.jsonl", 0o640, Level.WARNING), ("objects", 0o755, Level.WARNING)],
)
def test_files_that_others_may_read(desk, hierarchy, directory, file, mode, level):
    (directory / file).chmod(mode)
    (found,) = examine(desk).remarks
    assert (found.code, found.level) == ("lax-modes", level)
    assert found.repair.command == f"chmod -R go= {directory}"


def test_a_journal_that_somebody_changed(desk, hierarchy, directory):
    journal = directory / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"www.example.com", b"xxx.example.com", 1))
    assert "journal-damaged" in {code for code, _ in codes(desk, Level.ERROR)}


def test_a_certificate_s_file_that_is_gone_or_changed(desk, hierarchy, directory):
    _, _, leaf = hierarchy
    (directory / "objects" / leaf.sha256[:2] / f"{leaf.sha256}.pem").unlink()
    assert codes(desk) == {("object-damaged", "www.example.com")}


def test_an_authority_s_file_that_is_gone_is_told_once_and_of_the_authority(desk, hierarchy, directory):
    _, between, _ = hierarchy
    (directory / "objects" / between.sha256[:2] / f"{between.sha256}.pem").unlink()
    assert codes(desk) == {("object-damaged", "Issuing")}


def test_below_an_authority_renewed_with_its_key_the_newest_certificate_counts(desk, create, put, clock):
    between = put("CN=Issuing", create("Root"), ca=True, key=OTHER, days=60)
    clock.move(days=20)
    put("www.example.com", between, days=45, extended=SERVER)
    assert ("outlives-issuer", "www.example.com") in codes(desk)
    put("CN=Issuing", desk.issuer_of(between), ca=True, key=OTHER, days=400)
    assert "outlives-issuer" not in {code for code, _ in codes(desk)}
    clock.move(days=42)
    told = {code for code, _ in codes(desk)}
    assert not told & {"issuer-expired", "outlives-issuer"}
    assert verify(desk, VerifyForm(what="www.example.com")).good


def test_what_is_wrong_is_counted_for_scripts(desk, create, put):
    put("my_host.example.com", create("Root"), extended=SERVER)
    told = examine(desk).to_json()
    assert told["certificates"] == 2
    assert told["counts"] == {"notice": 0, "warning": 1, "error": 0}
    assert told["remarks"][0]["source"]
    assert set(told["remarks"][0]["repair"]) == {"act", "command"}


def test_how_far_it_is_is_told_after_each_certificate(desk, hierarchy):
    told = []
    found = examine(desk, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, found.certificates) for number in range(found.certificates + 1)]


def test_it_stops_when_nobody_wants_to_know_any_more(desk, hierarchy):
    cancelled = threading.Event()

    def one_is_enough(done, _total):
        if done == 1:
            cancelled.set()

    with pytest.raises(Refused, match="Stopped after 1 of "):
        examine(desk, progress=one_is_enough, cancelled=cancelled)
