"""What the next certificate carries over from the last one, for every profile and kind of key; and how two certificates differ."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tlsca.errors import Refused
from tlsca.pki import keys
from tlsca.pki.constraints import subtree
from tlsca.pki.describe import Row
from tlsca.pki.difference import Difference, between, differences, draft_differences
from tlsca.pki.issue import Issuer, random_serial, sign
from tlsca.pki.order import Lifetime
from tlsca.pki.profiles import LEAF_PROFILES, PROFILES, key_usage_of
from tlsca.pki.renew import Bounds, cross, key_identifier_of, renewal, successor_kind

LATER = timedelta(days=10)
AS_BEFORE = Lifetime()


def next_draft(made, profile, *, kind=None, lifetime=AS_BEFORE, now):
    return renewal(
        made.certificate,
        PROFILES[profile],
        Issuer(made.chain[1:]) if made.chain[1:] else None,
        key_kind=kind or keys.kind_of(made.certificate.public_key()),
        lifetime=lifetime,
        now=now,
    )


@pytest.mark.parametrize("profile", LEAF_PROFILES)
def test_every_profile_is_carried_over_as_it_stands(make, intermediate, profile, now):
    old = make(profile, "www.example.com", issuer=intermediate, lifetime=Lifetime(days=60))
    plan = next_draft(old, profile, now=now + LATER)
    assert list(plan.extensions) == list(old.certificate.extensions)[2:]
    assert (plan.subject, plan.issuer) == (old.certificate.subject, intermediate.certificate.subject)
    assert plan.not_after - plan.not_before == old.certificate.not_valid_after_utc - old.certificate.not_valid_before_utc  # fmt: skip
    assert plan.notes == ()


@pytest.mark.parametrize("profile", ["server", "email"])
@pytest.mark.parametrize(("before", "after"), [("rsa-2048", "ec-p256"), ("ec-p256", "ed25519"), ("ed25519", "rsa-2048")])  # fmt: skip
def test_key_usage_becomes_what_the_profile_gives_the_new_kind_of_key(
    make, intermediate, now, profile, before, after
):
    old = make(
        profile,
        "a@example.com" if profile == "email" else "www.example.com",
        issuer=intermediate,
        kind=before,
    )
    plan = next_draft(old, profile, kind=after, now=now)
    usages = [item.value for item in plan.extensions if isinstance(item.value, x509.KeyUsage)]
    assert usages == [PROFILES[profile].key_usage(after)]


def test_key_usage_of_its_own_loses_only_what_the_new_key_cannot_do(make, intermediate, now):
    old = make("server", "www.example.com", issuer=intermediate, kind="rsa-2048")
    odd = renewal(
        old.certificate, replace(PROFILES["server"], usages=("content_commitment",)), Issuer(intermediate.chain),
        key_kind="ec-p256", lifetime=AS_BEFORE, now=now,
    )  # fmt: skip
    (usage,) = [item.value for item in odd.extensions if isinstance(item.value, x509.KeyUsage)]
    assert (usage.digital_signature, usage.key_encipherment, usage.content_commitment) == (True, False, False)


def drawn_up(key, subject: x509.Name, *extensions: tuple[x509.ExtensionType, bool], now) -> x509.Certificate:
    """Return a self-signed certificate as another tool may have made it."""
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, now, now + timedelta(days=90))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.sign(key, SHA256())


NAMES = x509.SubjectAlternativeName([x509.DNSName("www.example.com")])
POINTS = x509.CRLDistributionPoints([
    x509.DistributionPoint([x509.UniformResourceIdentifier("http://pki.example/ca.crl")], None, None, None)
])  # fmt: skip
LIMITS = x509.NameConstraints([x509.DNSName("example.com")], None)


@pytest.mark.parametrize("subject", ["", "CN=www.example.com"])
def test_what_is_critical_is_so_as_the_standard_has_it(now, subject):
    usage = PROFILES["server"].key_usage("ec-p256")
    old = drawn_up(
        generate_private_key(SECP256R1()), x509.Name.from_rfc4514_string(subject), (NAMES, bool(subject)), (usage, False), (POINTS, True), now=now,
    )  # fmt: skip
    plan = renewal(old, PROFILES["server"], None, key_kind="ec-p256", lifetime=AS_BEFORE, now=now)
    assert [(item.value, item.critical) for item in plan.extensions] == [
        (NAMES, not subject), (usage, True), (POINTS, False),
    ]  # fmt: skip


def test_an_authority_that_could_not_sign_can_once_it_is_renewed(now):
    name, mark = x509.Name.from_rfc4514_string("CN=Old"), x509.BasicConstraints(ca=True, path_length=None)
    usage = key_usage_of(("crl_sign", "key_encipherment"))
    old = drawn_up(
        generate_private_key(SECP256R1()), name, (mark, False), (usage, False), (LIMITS, False), now=now
    )
    plan = renewal(old, PROFILES["root"], None, key_kind="ec-p256", lifetime=AS_BEFORE, now=now)
    assert [(item.value, item.critical) for item in plan.extensions] == [
        (mark, True), (key_usage_of(("crl_sign", "key_cert_sign")), True), (LIMITS, True),
    ]  # fmt: skip


def test_a_lifetime_without_end_stays_without(make, now):
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    endless = make("root", "CN=Endless", lifetime=Lifetime(until=end))
    assert next_draft(endless, "root", now=now + LATER).not_after == end
    long = make("root", "CN=Long", lifetime=Lifetime(until=end - timedelta(days=5)))
    assert next_draft(long, "root", now=now + LATER).not_after == end


def test_names_that_the_issuer_may_not_certify_any_more_are_refused(make, root, now):
    old = make("server", "www.example.com", issuer=root)
    narrow = make("root", "CN=Narrow", permitted=(subtree("other.example"),))
    with pytest.raises(Refused, match="may not certify"):
        renewal(
            old.certificate, PROFILES["server"], Issuer(narrow.chain), key_kind="ec-p256", lifetime=AS_BEFORE, now=now
        )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "next_kind"),
    [("ec-p384", "ec-p384"), ("rsa-1024", "rsa-3072"), ("ec-secp256k1", "ec-p256"), ("dsa-2048", "ec-p256"), ("unknown", "ec-p256")],
)  # fmt: skip
def test_a_kind_of_key_that_is_made_no_more_has_a_successor(kind, next_kind):
    assert successor_kind(kind) == next_kind


def test_a_cross_certificate_speaks_for_the_issuer_that_signs_it_alone(make, root, now):
    other = make("root", "CN=Other", path_length=3, crl_urls=("http://other.example/crl",))
    plan = cross(
        other.certificate, Issuer(root.chain), Bounds(path_length=1), lifetime=Lifetime(days=20), now=now
    )
    kinds = {type(item.value) for item in plan.extensions}
    assert kinds == {x509.BasicConstraints, x509.KeyUsage}
    certificate = sign(
        plan, other.certificate.public_key(), Issuer(root.chain), root.key, serial=random_serial(os.urandom),
        key_identifier=key_identifier_of(other.certificate),
    )  # fmt: skip
    certificate.verify_directly_issued_by(root.certificate)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 1


def test_fields_that_both_have_alike_are_left_out(make, intermediate, now):
    one = make("server", "www.example.com", issuer=intermediate)
    other = make("server", "www.example.com", "mail.example.com", issuer=intermediate, must_staple=True)
    found = {
        item.field: (item.old, item.new) for item in differences(one.certificate, other.certificate, now=now)
    }
    assert found["Names"] == ("www.example.com", "www.example.com, mail.example.com")
    assert found["TLS feature"] == (None, "must staple OCSP")
    assert found.keys() == {"Names", "TLS feature", "Serial", "Subject key id"}
    assert differences(one.certificate, one.certificate, now=now) == ()


def test_what_is_critical_on_one_side_only_differs():
    (found,) = between([Row("Purposes", "TLS server")], [Row("Purposes", "TLS server", "critical: …")])
    assert found == Difference("Purposes", "TLS server", "TLS server (critical)")
    assert found.to_json() == {"field": "Purposes", "old": "TLS server", "new": "TLS server (critical)"}


def test_a_draft_differs_in_what_it_decides(make, intermediate, now):
    old = make("server", "www.example.com", issuer=intermediate, kind="rsa-2048")
    plan = next_draft(old, "server", kind="ec-p256", now=now + LATER)
    assert [one.field for one in draft_differences(old.certificate, plan, "rsa-2048")] == [
        "Valid",
        "Key",
        "Key usage",
    ]
