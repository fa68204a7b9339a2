"""Revocation lists, complete and delta, and what each of them has a say in."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tlsca.pki.certificate import certificate
from tlsca.pki.revocation import revocation_defects

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def issued(name, serial):
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("Authority"))
        .public_key(KEY.public_key())
        .serial_number(serial)
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=name == "Authority", path_length=None), critical=True)
    )
    return certificate(builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


LEAF, AUTHORITY = issued("leaf", 7), issued("Authority", 1)


def revocation_list(*entries, age=1, life=7, key=KEY, extensions=()):
    """Make a list that is `age` hours old; an entry is a serial number, or one with its reason."""
    begun = NOW - timedelta(hours=age)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(named("Authority"))
        .last_update(begun)
        .next_update(begun + timedelta(days=life))
    )
    for entry in entries:
        serial, reason = entry if isinstance(entry, tuple) else (entry, None)
        revoked = x509.RevokedCertificateBuilder(serial, NOW - timedelta(days=3))
        if reason:
            revoked = revoked.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(revoked.build())
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def codes(*lists):
    return [finding.code for finding in revocation_defects((LEAF, AUTHORITY), lists, now=NOW)]


def scope(**said):
    nothing = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**(nothing | said))


@pytest.mark.parametrize("order", [1, -1], ids=["full first", "delta first"])
def test_of_two_lists_of_one_second_the_higher_number_is_newer(order):
    full = revocation_list(extensions=[x509.CRLNumber(4)])
    delta = revocation_list(7, extensions=[x509.CRLNumber(5), x509.DeltaCRLIndicator(4)])
    assert codes(*[full, delta][::order]) == ["revoked"]


def test_a_list_for_other_distribution_points_says_nothing_of_a_certificate():
    point = scope(full_name=[x509.UniformResourceIdentifier("http://crl.example/2.crl")])
    (finding,) = revocation_defects((LEAF, AUTHORITY), [revocation_list(7, extensions=[point])], now=NOW)
    assert (finding.code, finding.fix) == (
        "crl-missing",
        "Get the whole CRL of Authority and give it (--crl FILE).",
    )
    assert "about other certificates than leaf" in finding.message


def test_without_lists_nothing_is_said():
    assert codes() == []


def test_a_certificate_on_the_list_is_revoked_with_its_reason():
    (finding,) = revocation_defects(
        (LEAF, AUTHORITY), [revocation_list((7, x509.ReasonFlags.key_compromise))], now=NOW
    )
    assert (finding.code, finding.certificate) == ("revoked", LEAF.sha256)
    assert "2030-05-29" in finding.message
    assert "keyCompromise" in finding.message


def test_others_on_the_list_do_not_matter():
    assert codes(revocation_list(8, 9)) == []


def test_a_list_of_somebody_else_is_none():
    assert codes(revocation_list(7, key=OTHER_KEY)) == ["crl-missing"]
    assert codes(b"garbage") == ["crl-missing"]


def test_a_stale_list_still_revokes():
    assert codes(revocation_list(age=24 * 10)) == ["crl-expired"]
    assert codes(revocation_list(7, age=24 * 10)) == ["revoked", "crl-expired"]


def test_the_newest_list_decides():
    assert codes(revocation_list(7, age=48), revocation_list(age=1)) == []
    assert codes(revocation_list(age=24 * 10), revocation_list(age=1)) == []


def test_a_delta_list_adds_to_the_complete_one_and_takes_away():
    delta = [x509.DeltaCRLIndicator(1)]
    released = revocation_list((7, x509.ReasonFlags.remove_from_crl), age=1, extensions=delta)
    assert codes(revocation_list(age=24), revocation_list(7, age=1, extensions=delta)) == ["revoked"]
    assert codes(revocation_list(7, age=24), revocation_list(age=1, extensions=delta)) == ["revoked"]
    assert codes(revocation_list(7, age=24), released) == []


@pytest.mark.parametrize("said", ["only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs"])
def test_a_list_about_other_kinds_of_certificate_says_nothing(said):
    assert codes(revocation_list(7, extensions=[scope(**{said: True})])) == ["crl-missing"]


def test_a_list_about_certificates_of_this_kind_does():
    assert codes(revocation_list(7, extensions=[scope(only_contains_user_certs=True)])) == ["revoked"]
