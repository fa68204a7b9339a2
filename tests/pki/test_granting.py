"""What of a request is granted, and the three columns that show it: asked, profile, result."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import NotAnIdentity, Refused, TlscaError
from tlsca.pki import keys
from tlsca.pki.extension_names import EXTENSIONS
from tlsca.pki.granting import grant
from tlsca.pki.issue import Issuer, draft
from tlsca.pki.merge import Won, merge
from tlsca.pki.names import dn
from tlsca.pki.order import Order
from tlsca.pki.profiles import LEAF_PROFILES, PROFILES, USAGE_BITS, bits_of, key_usage_of
from tlsca.pki.request import read_request
from tlsca.text import printable

KEYS = {kind: keys.generate(kind) for kind in ("ec-p256", "ed25519", "rsa-2048")}
HOSTS = x509.SubjectAlternativeName([x509.DNSName("www.example.com"), x509.DNSName("example.com")])
AUTHORITY = x509.BasicConstraints(ca=True, path_length=3)
POISON = x509.PrecertPoison()


def asking(*extensions, subject="CN=www.example.com", kind="ec-p256"):
    key = KEYS[kind]
    builder = x509.CertificateSigningRequestBuilder().subject_name(dn(subject) if subject else x509.Name([]))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return read_request(builder.sign(key, keys.signature_hash(key)).public_bytes(Encoding.DER))


def taking(*names):
    return {EXTENSIONS.named(name) for name in names}


@pytest.fixture
def result(root, now):
    """What a request becomes: the extensions by class, and the rows by name."""

    def result(request, profile="server", take=()):
        granted = grant(request, PROFILES[profile], taking(*take))
        order = Order(
            profile=PROFILES[profile],
            subject=granted.subject if list(granted.subject) else None,
            names=granted.names,
            key_kind=request.key_kind,
            taken=granted.extensions,
        )
        alone = Order(
            profile=order.profile, subject=order.subject, names=order.names, key_kind=order.key_kind
        )
        drafts = [draft(item, Issuer(root.chain), now=now) for item in (alone, order)]
        rows = merge(request, granted, *drafts)
        return {type(item.value): item.value for item in drafts[1].extensions}, {
            row.extension: row for row in rows
        }

    return result


def test_names_are_taken_and_nothing_else(result):
    asked = asking(
        HOSTS,
        AUTHORITY,
        x509.ExtendedKeyUsage([Purpose.CODE_SIGNING]),
        x509.TLSFeature([x509.TLSFeatureType.status_request]),
    )
    found, rows = result(asked)
    assert found[x509.SubjectAlternativeName] == HOSTS
    assert list(found[x509.ExtendedKeyUsage]) == [Purpose.SERVER_AUTH]
    assert x509.TLSFeature not in found
    assert {name: row.won for name, row in rows.items()} == {
        "subject": Won.REQUEST,
        "basicConstraints": Won.PROFILE,
        "keyUsage": Won.PROFILE,
        "extendedKeyUsage": Won.PROFILE,
        "subjectAltName": Won.REQUEST,
        "tlsfeature": Won.DROPPED,
    }
    assert [name for name, row in rows.items() if row.dropped] == [
        "basicConstraints",
        "extendedKeyUsage",
        "tlsfeature",
    ]
    assert "--take tlsfeature" in rows["tlsfeature"].why


@pytest.mark.parametrize("profile", LEAF_PROFILES)
def test_no_leaf_becomes_an_authority_whatever_is_asked(result, profile):
    subject = "CN=www.example.com"
    asked = asking(
        HOSTS,
        AUTHORITY,
        key_usage_of({"key_cert_sign", "crl_sign"}),
        x509.NameConstraints([x509.DNSName("a")], None),
        subject=subject,
    )
    found, rows = result(asked, profile, take=("basicConstraints", "keyUsage", "nameConstraints"))
    assert found[x509.BasicConstraints] == x509.BasicConstraints(ca=False, path_length=None)
    assert x509.NameConstraints not in found
    assert found[x509.KeyUsage] == PROFILES[profile].key_usage("ec-p256"), (
        "none of it can be granted: the profile's stand"
    )
    assert rows["basicConstraints"].why


def test_what_is_taken_on_demand_replaces_the_profiles(result):
    asked = asking(
        HOSTS,
        x509.ExtendedKeyUsage([Purpose.CLIENT_AUTH]),
        x509.TLSFeature([x509.TLSFeatureType.status_request]),
    )
    found, rows = result(asked, take=("extendedKeyUsage", "tlsfeature"))
    assert list(found[x509.ExtendedKeyUsage]) == [Purpose.CLIENT_AUTH]
    assert x509.TLSFeature in found
    assert (rows["extendedKeyUsage"].won, rows["tlsfeature"].won) == (Won.REQUEST, Won.REQUEST)


def test_purposes_that_belong_to_their_own_profiles_are_refused(result):
    purposes = [Purpose.OCSP_SIGNING, Purpose.ANY_EXTENDED_KEY_USAGE, Purpose.TIME_STAMPING]
    found, rows = result(asking(HOSTS, x509.ExtendedKeyUsage(purposes)), take=("extendedKeyUsage",))
    assert list(found[x509.ExtendedKeyUsage]) == [Purpose.SERVER_AUTH], "never none"
    assert "the profile's stands" in rows["extendedKeyUsage"].why
    found, rows = result(
        asking(HOSTS, x509.ExtendedKeyUsage([*purposes, Purpose.CLIENT_AUTH])), take=("extendedKeyUsage",)
    )
    assert list(found[x509.ExtendedKeyUsage]) == [Purpose.CLIENT_AUTH]
    assert rows["extendedKeyUsage"].won is Won.MERGED
    assert "OCSPSigning" in rows["extendedKeyUsage"].why


@given(st.sets(st.sampled_from(sorted(USAGE_BITS.values()))), st.sampled_from(sorted(KEYS)))
def test_the_bits_that_are_granted_are_asked_for_fit_the_key_and_sign_no_certificates(bits, kind):
    if not bits or (bits & {"encipher_only", "decipher_only"} and "key_agreement" not in bits):
        return
    granted = grant(asking(HOSTS, key_usage_of(bits), kind=kind), PROFILES["server"], taking("keyUsage"))
    for extension in granted.extensions:
        found = bits_of(extension.value)
        assert found
        assert found <= bits
        assert not found & {"key_cert_sign", "crl_sign"}
        assert kind == "rsa-2048" or not found & {"key_encipherment", "data_encipherment"}
        assert kind == "ec-p256" or "key_agreement" not in found


def test_an_extension_that_nobody_knows_is_taken_by_its_oid(result):
    own = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    found, rows = result(asking(HOSTS, own))
    assert rows["1.2.3.4"].won is Won.DROPPED
    found, rows = result(asking(HOSTS, own), take=("1.2.3.4",))
    assert found[x509.UnrecognizedExtension] == own
    assert (rows["1.2.3.4"].won, rows["1.2.3.4"].critical) == (Won.REQUEST, True)


def test_what_a_log_says_is_taken_from_no_request(result):
    found, rows = result(asking(HOSTS, POISON), take=("ct_precert_poison",))
    assert x509.PrecertPoison not in found
    assert rows["ct_precert_poison"].won is Won.DROPPED


def test_key_identifiers_are_decided_by_the_keys(result):
    own = x509.SubjectKeyIdentifier(b"mine")
    found, rows = result(asking(HOSTS, own), take=("subjectKeyIdentifier",))
    assert x509.SubjectKeyIdentifier not in found
    assert rows["subjectKeyIdentifier"].result == "of the key"


def test_a_host_that_is_only_the_common_name_becomes_a_name_of_a_server(result):
    found, rows = result(asking())
    assert found[x509.SubjectAlternativeName].get_values_for_type(x509.DNSName) == ["www.example.com"]
    assert "from its subject" in rows["subjectAltName"].why
    found, _ = result(asking(subject="CN=Ada,emailAddress=ada@example.com"), "email")
    assert found[x509.SubjectAlternativeName].get_values_for_type(x509.RFC822Name) == ["ada@example.com"]


def test_a_server_without_a_host_is_refused(result):
    with pytest.raises(Refused, match="“Ada Lovelace” is neither"):
        result(asking(subject="CN=Ada Lovelace"))


@pytest.mark.parametrize(
    "name", ["www.example.com\0.evil.example", "a_b.example", "a..b", "*.*.example", "-a.example"]
)
def test_a_name_that_is_none_is_refused_and_named(result, name):
    with pytest.raises(NotAnIdentity) as refusal:
        result(asking(x509.SubjectAlternativeName([x509.DNSName(name)])))
    assert "\0" not in refusal.value.sentence


def test_a_public_server_takes_hosts_alone_and_no_organisation(result):
    names = x509.SubjectAlternativeName([x509.DNSName("www.example.com"), x509.RFC822Name("a@example.com")])
    asked = asking(
        names, x509.ExtendedKeyUsage([Purpose.CLIENT_AUTH]), subject="CN=www.example.com,O=Acme,C=SE"
    )
    found, rows = result(asked, "public-server", take=("extendedKeyUsage",))
    assert list(found[x509.SubjectAlternativeName]) == [x509.DNSName("www.example.com")]
    assert list(found[x509.ExtendedKeyUsage]) == [Purpose.SERVER_AUTH]
    assert rows["subject"].result == "CN=www.example.com,C=SE"
    assert "email:a@example.com" in rows["subjectAltName"].why
    assert rows["subjectAltName"].won is Won.MERGED


def test_an_authority_may_be_asked_for_where_the_profile_makes_one(result):
    found, _ = result(asking(AUTHORITY, subject="CN=Other Issuing"), "intermediate")
    assert found[x509.BasicConstraints] == x509.BasicConstraints(ca=True, path_length=None)
    found, _ = result(
        asking(AUTHORITY, subject="CN=Other Issuing"), "intermediate", take=("basicConstraints",)
    )
    assert found[x509.BasicConstraints] == AUTHORITY
    assert found[x509.KeyUsage].key_cert_sign


def test_an_extension_that_is_to_be_taken_and_was_not_asked_for_is_said():
    granted = grant(asking(HOSTS), PROFILES["server"], taking("keyUsage"))
    assert granted.reasons == {"keyUsage": "the request does not ask for it"}


KNOWN = [
    kind.oid
    for kind in (
        x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.SubjectAlternativeName, x509.NameConstraints,
        x509.CertificatePolicies, x509.AuthorityInformationAccess, x509.CRLDistributionPoints, x509.TLSFeature,
        x509.OCSPNoCheck, x509.SubjectKeyIdentifier, x509.PolicyConstraints, x509.IssuerAlternativeName, x509.PrecertPoison,
    )
]  # fmt: skip
NONSENSE = st.binary(max_size=40) | st.builds(
    lambda tag, inner: bytes([0x30, len(inner) + 2, tag, len(inner)]) + inner,
    st.integers(0, 255),
    st.binary(max_size=30),
)


@given(
    st.dictionaries(st.sampled_from(KNOWN), NONSENSE, min_size=1, max_size=4), st.sampled_from(LEAF_PROFILES)
)
def test_nonsense_in_a_request_that_is_rightly_signed_is_refused_or_harmless(root, now, values, profile):
    extensions = [x509.UnrecognizedExtension(oid, value) for oid, value in values.items()]
    try:
        request = asking(*extensions)
        granted = grant(request, PROFILES[profile], set(values))
        order = Order(
            profile=PROFILES[profile],
            subject=request.subject,
            names=granted.names,
            key_kind=request.key_kind,
            taken=granted.extensions,
        )
        made = draft(order, Issuer(root.chain), now=now)
    except TlscaError as refusal:
        refused = refusal.sentence
    else:
        refused = None
    if refused is not None:
        assert printable(refused) == refused
        return
    (basic,) = [item.value for item in made.extensions if item.oid == x509.BasicConstraints.oid]
    assert basic == x509.BasicConstraints(ca=False, path_length=None)
    assert merge(request, granted, made, made)
