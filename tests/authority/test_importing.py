"""Import: what others made, put where it belongs; doing it twice changes nothing."""

import os
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.authority import importing, issuing, keeping, listing
from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.issuers import issuers
from tlsca.authority.issuing import CertificateForm
from tlsca.errors import NotFound, PassphraseMissing, PassphraseWrong, Refused, Unreadable
from tlsca.pki import keys
from tlsca.pki.names import dn

SECRET = "imported horse"


@pytest.fixture
def elsewhere(new_store, tmp_path):
    """Another authority's store: a root, an intermediate and a server below it."""
    other = new_store(tmp_path / "elsewhere")
    issuing.create_authority(other, issuing.AuthorityForm(name="Old Root"))
    issuing.create_authority(other, issuing.AuthorityForm(name="Old Issuing", issuer="Old Root"))
    issuing.issue(other, CertificateForm(names=("www.old.example",), issuer="Old Issuing"))
    return other


@pytest.fixture
def exported(elsewhere, tmp_path):
    """Export one of the other store's certificates; return the file."""

    def exported(reference: str, form: str, **fields):
        passphrase = None if form in {"pem", "chain", "fullchain", "pkcs7"} else SECRET
        wanted = ExportForm(reference=reference, format=form, passphrase=passphrase)
        return export(elsewhere, wanted, tmp_path, force=True).path

    return exported


def titles(records) -> list[str]:
    return [listing.title_of(record) for record in records]


def test_pkcs12_with_its_chain_comes_in_whole(desk, exported):
    report = importing.import_files(desk, [exported("www.old.example", "pkcs12")], passphrase=SECRET)
    assert set(titles(report.certificates)) == {"www.old.example", "Old Root", "Old Issuing"}
    assert len(report.keys) == 1
    assert report.skipped == ()
    leaf = desk.ledger.find("www.old.example", now=desk.now())
    assert titles(desk.chain(leaf)) == ["www.old.example", "Old Issuing", "Old Root"]
    assert keys.key_id(desk.private_key(leaf).public_key()) == leaf.key_id
    assert [record.profile for record in desk.chain(leaf)] == ["server", "intermediate", "root"]


def test_doing_it_twice_changes_nothing(desk, exported, unchanged):
    file = exported("www.old.example", "pkcs12")
    importing.import_files(desk, [file], passphrase=SECRET)
    unchanged()
    again = importing.import_files(desk, [file, file], passphrase=SECRET)
    assert (again.certificates, again.keys) == ((), ())
    assert {skipped.why for skipped in again.skipped} == {"it is in the store already"}


def test_an_authority_from_elsewhere_issues_here(desk, exported):
    importing.import_files(
        desk, [exported("Old Issuing", "pem-all"), exported("Old Root", "pem")], passphrase=SECRET
    )
    leaf = issuing.issue(desk, CertificateForm(names=("new.old.example",))).record
    assert titles(desk.chain(leaf)) == ["new.old.example", "Old Issuing", "Old Root"]
    chain = desk.chain_certificates(leaf)
    chain[0].verify_directly_issued_by(chain[1])


def test_an_authority_without_its_key_issues_nothing(desk, exported):
    importing.import_files(desk, [exported("Old Root", "pem")], passphrase=None)
    with pytest.raises(Refused, match="does not hold this certificate's private key"):
        issuing.issue(desk, CertificateForm(names=("a.example",), issuer="Old Root"))
    with pytest.raises(NotFound, match="No authority"):
        issuing.issue(desk, CertificateForm(names=("a.example",)))


def test_a_key_may_come_after_its_certificate(desk, exported):
    importing.import_files(desk, [exported("www.old.example", "pem")], passphrase=None)
    report = importing.import_files(desk, [exported("www.old.example", "key")], passphrase=SECRET)
    assert len(report.keys) == 1
    assert desk.has_key(desk.ledger.find("www.old.example", now=desk.now()))


def test_an_issuer_may_come_after_what_it_issued(desk, exported):
    for reference in ("www.old.example", "Old Issuing", "Old Root"):
        importing.import_files(desk, [exported(reference, "pem")], passphrase=None)
    leaf = desk.ledger.find("www.old.example", now=desk.now())
    assert titles(desk.chain(leaf)) == ["www.old.example", "Old Issuing", "Old Root"]


def test_a_key_that_belongs_to_nothing_is_left_out(desk, exported, unchanged):
    file = exported("www.old.example", "key")
    unchanged()
    report = importing.import_files(desk, [file], passphrase=SECRET)
    assert [(skipped.what, skipped.why) for skipped in report.skipped] == [
        ("private key", "no certificate belongs to it")
    ]


def test_certificates_come_into_a_locked_store_and_keys_do_not(desk, exported, unchanged):
    keeping.lock(desk)
    importing.import_files(desk, [exported("Old Root", "pem")], passphrase=None)
    file = exported("Old Root", "key")
    unchanged()
    with pytest.raises(PassphraseMissing, match="locked"):
        importing.import_files(desk, [file], passphrase=SECRET)


def test_a_file_among_several_that_cannot_be_read_stops_them_all(desk, exported, unchanged, tmp_path):
    good, sealed, text = exported("Old Root", "pem"), exported("Old Root", "key"), tmp_path / "letter"
    text.write_text("Dear Ada")
    unchanged()
    for bad, passphrase, error in (
        (text, None, Unreadable),
        (tmp_path / "missing", None, NotFound),
        (tmp_path / ("n" * 300), None, NotFound),
        (sealed, None, PassphraseMissing),
        (sealed, "wrong", PassphraseWrong),
    ):
        with pytest.raises(error):
            importing.import_files(desk, [good, bad], passphrase=passphrase)


def test_a_request_is_kept_and_a_list_of_nobody_is_left_out_and_named(desk, tmp_path, clock):
    key = keys.generate("ed25519")
    request = x509.CertificateSigningRequestBuilder().subject_name(dn("CN=x")).sign(key, None)
    crl = x509.CertificateRevocationListBuilder(dn("CN=x"), clock(), clock() + timedelta(days=1)).sign(
        key, None
    )
    file = tmp_path / "both.pem"
    file.write_bytes(request.public_bytes(Encoding.PEM) + crl.public_bytes(Encoding.PEM))
    report = importing.import_files(desk, [file], passphrase=None)
    assert [record.subject for record in report.requests] == ["CN=x"]
    assert [(skipped.what, skipped.where) for skipped in report.skipped] == [
        ("certificate revocation list", str(file))
    ]


# What strangers make


def signed(subject, issuer, public_key, issuer_key, clock, *, authority=True):
    return (
        x509.CertificateBuilder(dn(issuer), dn(subject), public_key, int.from_bytes(os.urandom(8)) + 1)
        .not_valid_before(clock() - timedelta(days=1))
        .not_valid_after(clock() + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def imported(desk, tmp_path, *certificates, key=None):
    file = tmp_path / "strangers.pem"
    file.write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates))
    if key is not None:
        file.write_bytes(
            file.read_bytes() + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
    return importing.import_files(desk, [file], passphrase=None)


def test_two_authorities_that_certify_each_other_are_no_circle(desk, tmp_path, clock):
    a, b = keys.generate("ec-p256"), keys.generate("ec-p256")
    a_by_b = signed("CN=A", "CN=B", a.public_key(), b, clock)
    b_by_a = signed("CN=B", "CN=A", b.public_key(), a, clock)
    imported(desk, tmp_path, a_by_b, b_by_a, key=a)
    assert [(depth, entry.title) for depth, entry in listing.authorities(desk)] == [(0, "B"), (1, "A")]
    assert titles(issuers(desk)) == ["A"]
    roots = (
        signed("CN=A", "CN=A", a.public_key(), a, clock),
        signed("CN=B", "CN=B", b.public_key(), b, clock),
    )
    imported(desk, tmp_path, *roots)
    assert len(listing.authorities(desk)) == 4


def test_a_chain_deeper_than_anybody_follows_is_cut(desk, tmp_path, clock):
    key = keys.generate("ec-p256")
    names = [f"CN=Level {level}" for level in range(100)]
    deep = [
        signed(name, above, key.public_key(), key, clock)
        for name, above in zip(names, [names[0], *names], strict=False)
    ]
    report = imported(desk, tmp_path, *deep, key=key)
    assert len(report.certificates) == 100
    assert len(listing.authorities(desk)) == 100
    assert len(issuers(desk)) == 100
    assert max(len(desk.chain(record)) for record in report.certificates) <= 64


def test_a_name_alone_makes_no_issuer(desk, create, tmp_path, clock):
    create("Acme Root")
    stranger = keys.generate("ec-p256")
    forged = signed(
        "CN=www.example.com", "CN=Acme Root", stranger.public_key(), stranger, clock, authority=False
    )
    (record,) = imported(desk, tmp_path, forged).certificates
    assert record.issuer_id is None
    same_name = signed("CN=Self", "CN=Self", stranger.public_key(), keys.generate("ec-p256"), clock)
    (record,) = imported(desk, tmp_path, same_name).certificates
    assert record.issuer_id is None, "self-issued and self-signed are two things"


@pytest.mark.parametrize(
    ("oid", "value"),
    [("2.5.29.32", "0500"), ("1.3.6.1.5.5.7.1.24", "3003020100")],
    ids=["no policies", "an unknown TLS feature"],
)
def test_what_cannot_be_read_in_every_part_is_left_out_and_the_rest_comes_in(
    desk, tmp_path, clock, oid, value
):
    key = keys.generate("ec-p256")
    good = signed("CN=Good", "CN=Good", key.public_key(), key, clock)
    odd = (
        x509.CertificateBuilder(
            dn("CN=Odd"), dn("CN=Odd"), key.public_key(), 7, clock(), clock() + timedelta(days=1)
        )
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), bytes.fromhex(value)), False)
        .sign(key, hashes.SHA256())
    )
    report = imported(desk, tmp_path, odd, good)
    assert titles(report.certificates) == ["Good"]
    assert report.skipped[0].what == "certificate"
    assert report.skipped[0].why.startswith("it cannot be read: ")


@pytest.mark.parametrize(
    ("usages", "profile"),
    [
        ({ExtendedKeyUsageOID.CLIENT_AUTH}, "client"),
        ({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}, "peer"),
        ({ExtendedKeyUsageOID.CODE_SIGNING}, "code"),
        ({ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.SERVER_AUTH}, "server"),
        (set(), "server"),
    ],
)
def test_a_foreign_leaf_has_the_profile_that_it_looks_like(desk, tmp_path, clock, usages, profile):
    key = keys.generate("ec-p256")
    builder = x509.CertificateBuilder(
        dn("CN=x"), dn("CN=y"), key.public_key(), 7, clock(), clock() + timedelta(days=1)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    (record,) = imported(desk, tmp_path, builder.sign(key, hashes.SHA256())).certificates
    assert record.profile == profile
