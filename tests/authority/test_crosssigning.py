"""Vouching for somebody else's authority; OpenSSL says whether what that one issued is good to who trusts our root."""

import shutil
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority import importing, issuing, keeping, listing
from tlsca.authority.crosssigning import CrossForm, cross_sign, plan_cross
from tlsca.authority.doctor import examine
from tlsca.authority.issuers import chosen_issuer, issuers
from tlsca.authority.issuing import AuthorityForm, CertificateForm
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.errors import NotFound, PassphraseMissing, Refused, Unreadable, UsageError


@pytest.fixture
def other(new_store, tmp_path):
    """Somebody else's store."""
    return new_store(tmp_path / "other")


@pytest.fixture
def foreign(other, tmp_path):
    """Make an authority of somebody else; return its record and the file of its certificate."""

    def foreign(name="CN=Other Root,O=Other", **fields):
        record = issuing.create_authority(other, AuthorityForm(name=name, **fields)).record
        return record, write(tmp_path / "other.pem", other, record)

    return foreign


def write(path, desk, *records):
    path.write_bytes(b"".join(desk.certificate(one).public_bytes(Encoding.PEM) for one in records))
    return path


def value(desk, record, kind):
    return desk.certificate(record).extensions.get_extension_for_class(kind).value


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_what_the_other_issued_is_good_to_who_trusts_our_root(desk, other, create, foreign, tmp_path):
    root = create("Acme Root")
    middle = create("Acme Issuing", issuer="Acme Root")
    _, file = foreign(path_length=0)
    leaf = issuing.issue(other, CertificateForm(names=("www.other.example",))).record
    made = cross_sign(desk, CrossForm(what=str(file), issuer="Acme Issuing")).record
    write(tmp_path / "root.pem", desk, root)
    write(tmp_path / "between.pem", desk, made, middle)
    write(tmp_path / "leaf.pem", other, leaf)
    words = ["openssl", "verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", "root.pem"]
    words += ["-attime", str(int(desk.now().timestamp())), "-untrusted", "between.pem", "leaf.pem"]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False, timeout=30)
    assert ran.stdout == b"leaf.pem: OK\n", ran.stderr


def test_it_has_name_and_key_of_the_other_and_ends_no_later(desk, other, create, foreign):
    create("Acme Root", days=500)
    record, file = foreign(days=300)
    made = cross_sign(desk, CrossForm(what=str(file)))
    assert (made.record.subject, made.record.issuer, made.record.key_id) == (
        "CN=Other Root,O=Other",
        "CN=Acme Root",
        record.key_id,
    )
    assert (made.record.profile, made.record.is_authority) == ("cross", True)
    assert made.record.not_after == record.not_after
    assert "the certificate of CN=Other Root,O=Other ends then" in made.notes[0]
    identifiers = [
        value(one, it, x509.SubjectKeyIdentifier) for one, it in ((desk, made.record), (other, record))
    ]
    assert identifiers[0] == identifiers[1]
    act = keeping.history(desk)[-1]
    assert (act.act, act.detail["serial"]) == ("cross-sign", made.record.serial)


def test_it_ends_with_our_issuer_where_that_ends_sooner(desk, create, foreign):
    root = create("Acme Root", days=100)
    _, file = foreign()
    made = cross_sign(desk, CrossForm(what=str(file)))
    assert made.record.not_after == root.not_after
    assert "Acme Root, the issuer, ends then" in made.notes[0]
    assert cross_sign(desk, CrossForm(what=str(file), days=7)).notes == ()


def test_the_other_may_do_what_its_certificate_says_within_further_bounds(desk, create, foreign):
    create("Acme Root")
    _, file = foreign(path_length=2, exclude=("secret.example",))
    bounded = CrossForm(what=str(file), path_length=1, permit=("other.example",), exclude=("10.0.0.0/8",))
    made = cross_sign(desk, bounded).record
    assert value(desk, made, x509.BasicConstraints).path_length == 1
    constraints = value(desk, made, x509.NameConstraints)
    assert constraints.permitted_subtrees == [x509.DNSName("other.example")]
    assert [str(tree.value) for tree in constraints.excluded_subtrees] == ["secret.example", "10.0.0.0/8"]
    wider = cross_sign(desk, CrossForm(what=str(file), path_length=5)).record
    assert value(desk, wider, x509.BasicConstraints).path_length == 2


def test_no_bound_can_permit_more_than_the_other_has(desk, create, foreign):
    create("Acme Root")
    _, file = foreign(permit=("other.example",))
    with pytest.raises(Refused, match=r"names like wide\.example"):
        plan_cross(desk, CrossForm(what=str(file), permit=("wide.example",)))


def test_whoever_names_our_authority_means_no_cross_certificate(desk, create, foreign):
    root = create("Acme Root")
    _, file = foreign()
    made = cross_sign(desk, CrossForm(what=str(file))).record
    assert chosen_issuer(desk, None) == root
    assert [(depth, item.record.id) for depth, item in listing.authorities(desk)] == [
        (0, root.id),
        (1, made.id),
    ]
    with pytest.raises(Refused, match="does not hold"):
        issuing.issue(desk, CertificateForm(names=("a.example",), issuer="Other Root"))


def test_an_authority_of_the_store_is_signed_by_reference_and_issues_as_before(desk, create, issue):
    create("Acme Root")
    theirs = create("Beta Root")
    made = cross_sign(desk, CrossForm(what="Beta Root", issuer="Acme Root")).record
    assert made.key_id == theirs.key_id
    leaf = issue("www.example.com", issuer="Beta Root")
    assert [one.id for one in desk.chain(leaf)] == [leaf.id, theirs.id]
    assert made not in issuers(desk)
    back = cross_sign(desk, CrossForm(what="Acme Root", issuer="Beta Root")).record
    assert [one.id for one in desk.chain(back)] == [back.id, theirs.id]


def test_signing_again_takes_the_place_of_the_first(desk, create, foreign, clock):
    create("Acme Root")
    _, file = foreign()
    first = cross_sign(desk, CrossForm(what=str(file), days=100)).record
    clock.move(days=50)
    second = cross_sign(desk, CrossForm(what=str(file), days=100)).record
    assert desk.ledger.certificate(first.id).renewed_by == second.id
    assert desk.ledger.find("Other Root", now=desk.now()) == second


def test_what_was_there_before_its_issuer_is_below_it_then(desk, other, create, foreign, tmp_path):
    create("Acme Root")
    _, file = foreign()
    leaf = issuing.issue(other, CertificateForm(names=("www.other.example",))).record
    importing.import_files(desk, [write(tmp_path / "leaf.pem", other, leaf)], passphrase=None)
    made = cross_sign(desk, CrossForm(what=str(file))).record
    found = desk.ledger.find("www.other.example", now=desk.now())
    assert [one.profile for one in desk.chain(found)] == ["server", "cross", "root"]
    assert found.issuer_id == made.id


def test_a_plan_needs_no_passphrase_and_changes_nothing(desk, create, foreign, unchanged):
    create("Acme Root")
    _, file = foreign()
    keeping.lock(desk)
    unchanged()
    rows = {row.title: row.value for row in plan_cross(desk, CrossForm(what=str(file))).rows}
    assert rows["Authority"] == "authority"
    with pytest.raises(PassphraseMissing):
        cross_sign(desk, CrossForm(what=str(file)))


def test_what_is_no_good_authority_is_refused(desk, other, create, foreign, clock, tmp_path, unchanged):
    root = create("Acme Root", path_length=1)
    middle = create("Acme Issuing", issuer="Acme Root", path_length=0)
    record, file = foreign(days=20)
    leaf = issuing.issue(other, CertificateForm(names=("www.other.example",))).record
    write(tmp_path / "leaf.pem", other, leaf)
    write(tmp_path / "both.pem", other, record, leaf)
    write(tmp_path / "ours.pem", desk, root)
    (tmp_path / "garbage.pem").write_bytes(b"garbage")
    der = other.certificate(record).public_bytes(Encoding.DER)
    (tmp_path / "changed.der").write_bytes(der.replace(b"Other Root", b"Otter Root"))
    unchanged()
    for name, error, said in (
        ("leaf.pem", Refused, "is no authority"),
        ("both.pem", Refused, "There are 2 certificates"),
        ("ours.pem", Refused, "stands above it already"),
        ("garbage.pem", Unreadable, "nothing that tlsca knows"),
        ("changed.der", Refused, "signature of CN=Otter Root"),
        ("none.pem", NotFound, "called"),
    ):
        with pytest.raises(error, match=said):
            cross_sign(desk, CrossForm(what=str(tmp_path / name), issuer="Acme Root"))
    with pytest.raises(Refused, match="allows 0 authorities below it"):
        cross_sign(desk, CrossForm(what=str(file), issuer=middle.sha256))
    with pytest.raises(UsageError):
        cross_sign(desk, CrossForm(what=str(file), issuer="Acme Root", path_length=-1))
    clock.move(days=30)
    with pytest.raises(Refused, match="ended"):
        cross_sign(desk, CrossForm(what=str(file), issuer="Acme Root"))


def test_what_was_revoked_here_is_not_vouched_for(desk, create):
    create("Acme Root")
    create("Beta Root")
    create("Beta Issuing", issuer="Beta Root")
    revoke(desk, RevocationForm(references=("Beta Issuing",), reason="key-compromise"))
    with pytest.raises(Refused, match="was revoked"):
        cross_sign(desk, CrossForm(what="Beta Issuing", issuer="Acme Root"))


@pytest.mark.parametrize("in_the_store", [False, True])
def test_the_doctor_says_in_time_that_it_is_to_be_cross_signed_again(
    desk, clock, create, foreign, in_the_store
):
    create("Acme Root", days=8000)
    record, file = foreign(days=4000)
    made = cross_sign(desk, CrossForm(what=str(file), days=1000)).record
    if in_the_store:
        importing.import_files(desk, [file], passphrase=None)

    def told():
        return {one.code: one.repair.command for one in examine(desk).remarks if one.about == "Other Root"}

    assert told() == {}
    clock.move(days=990)
    again = f"tlsca ca cross-sign {record.sha256[:12] if in_the_store else 'CERTFILE'}"
    assert told() == {"cross-certificate-ending": again, "expires-soon": again}
    clock.move(days=11)
    assert told() == {"lapsed": again}
    cross_sign(desk, CrossForm(what=str(file)))
    assert told() == {}
    assert desk.ledger.certificate(made.id).renewed_by is not None
