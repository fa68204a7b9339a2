"""A certificate of a series is the one that `cryptography`'s builder would have made, octet for octet."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import Refused
from tlsca.pki import keys
from tlsca.pki.identity import identity
from tlsca.pki.issue import Issuer, draft, random_serial, sign
from tlsca.pki.names import dn
from tlsca.pki.order import Lifetime, Order
from tlsca.pki.policies import policy
from tlsca.pki.profiles import LEAF_PROFILES, PROFILES
from tlsca.pki.series import Series

SERIAL = 0x7F << 152
KINDS = [kind for kind in keys.KINDS if kind not in {"rsa-3072", "rsa-4096"}]
SUBJECTS = ["CN=Alice,O=Exämple,C=SE", "CN=x,emailAddress=a@b.example,DC=b,DC=example", "O=A+OU=B"]


@pytest.fixture
def authority(make):
    """Make a root whose signatures are the same each time, unless told otherwise."""

    def authority(kind: str = "ed25519"):
        return make("root", "Root", kind=kind)

    return authority


def both(authority, order: Order, *, serial: int = SERIAL, now: datetime) -> tuple[bytes, bytes]:
    """The certificate as the builder makes it, and as one of a series."""
    issuer = Issuer(authority.chain)
    plan = draft(order, issuer, now=now)
    public_key = keys.generate(order.key_kind).public_key()
    built = sign(plan, public_key, issuer, authority.key, serial=serial).public_bytes(Encoding.DER)
    return built, Series(issuer, authority.key).sign(plan, public_key, serial=serial)


def ordered(profile: str, name: str = "a@b.example", **fields) -> Order:
    return Order(profile=PROFILES[profile], names=(identity(name),), **fields)


@pytest.mark.parametrize("profile", LEAF_PROFILES)
def test_every_profile_comes_out_alike(authority, now, profile):
    name = "www.example.com" if PROFILES[profile].needs_identity else "a@b.example"
    built, written = both(authority(), ordered(profile, name), now=now)
    assert written == built


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_comes_out_alike(authority, now, kind):
    built, written = both(authority(), ordered("client", key_kind=kind), now=now)
    assert written == built


@pytest.mark.parametrize("kind", KINDS)
def test_what_any_kind_of_issuer_signs_comes_out_alike(authority, now, kind):
    issuer = authority(kind)
    built, written = (x509.load_der_x509_certificate(der) for der in both(issuer, ordered("client"), now=now))
    assert written.tbs_certificate_bytes == built.tbs_certificate_bytes
    assert written.signature_algorithm_oid == built.signature_algorithm_oid
    written.verify_directly_issued_by(issuer.certificate)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_comes_out_alike(authority, now, subject):
    built, written = both(authority(), ordered("client", subject=dn(subject)), now=now)
    assert written == built


@pytest.mark.parametrize(
    "name",
    [
        "a.example",
        "*.a.example",
        "10.0.0.1",
        "2001:db8::1",
        "a@b.example",
        "spiffe://a/b",
        "rid:1.2.3",
        "upn:a@b",
    ],
)
def test_every_kind_of_name_comes_out_alike(authority, now, name):
    built, written = both(authority(), ordered("client", name), now=now)
    assert written == built


def test_everything_that_may_be_added_comes_out_alike(authority, now):
    order = ordered(
        "client",
        ocsp_urls=("http://ocsp.example/",),
        issuer_urls=("http://a.example/ca.crt",),
        crl_urls=("http://a.example/ca.crl", "http://b.example/ca.crl"),
        policies=(policy("1.3.6.1.4.1.99999.1,cps=https://a.example/cps,notice=Mind"),),
        must_staple=True,
    )
    built, written = both(authority(), order, now=now)
    assert written == built


@pytest.mark.parametrize("year", [2031, 2049, 2050, 9999])
def test_a_time_is_written_in_the_form_of_its_century(make, now, year):
    issuer = make("root", "Long", kind="ed25519", lifetime=Lifetime(until=datetime(9999, 12, 31, tzinfo=UTC)))
    until = datetime(year, 12, 31, tzinfo=UTC) - timedelta(days=1)
    built, written = both(issuer, ordered("client", lifetime=Lifetime(until=until)), now=now)
    assert written == built


@pytest.fixture(scope="module")
def made_once(make, now):
    issuer = make("root", "Root", kind="ed25519")
    plan = draft(ordered("client"), Issuer(issuer.chain), now=now)
    return issuer, plan, keys.generate("ec-p256").public_key()


@given(octets=st.binary(min_size=20, max_size=20))
def test_every_serial_number_comes_out_alike(made_once, octets):
    issuer, plan, public_key = made_once
    serial = random_serial(lambda _: octets)
    built = sign(plan, public_key, Issuer(issuer.chain), issuer.key, serial=serial)
    series = Series(Issuer(issuer.chain), issuer.key)
    assert series.sign(plan, public_key, serial=serial) == built.public_bytes(Encoding.DER)


def test_octets_that_are_no_extension_are_refused_as_the_builder_refuses_them(authority, now):
    oid = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.24")
    nonsense = x509.Extension(oid, False, x509.UnrecognizedExtension(oid, b"\x05\x00"))
    issuer = authority()
    plan = draft(ordered("client", extensions=(nonsense,)), Issuer(issuer.chain), now=now)
    with pytest.raises(Refused, match="cannot be read"):
        Series(Issuer(issuer.chain), issuer.key).sign(
            plan, keys.generate("ed25519").public_key(), serial=SERIAL
        )


def test_a_private_key_of_somebody_else_is_refused(authority):
    with pytest.raises(Refused, match="not that of the issuer's certificate"):
        Series(Issuer(authority().chain), keys.generate("ed25519"))
