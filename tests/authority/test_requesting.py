"""Requests as an operator works with them: made here, signed here, and known again when their certificate comes back."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tlsca.authority import keeping
from tlsca.authority.importing import import_files
from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.profiling import find_profile, own_profiles, profile_names
from tlsca.authority.requesting import (
    RequestForm,
    SignForm,
    find_request,
    make_request,
    plan_signature,
    request_of,
    request_pem,
    requests,
    sign_request,
)
from tlsca.errors import (
    NotAnIdentity,
    NotFound,
    PassphraseMissing,
    Refused,
    SettingsError,
    TlscaError,
    UsageError,
)
from tlsca.pki import keys
from tlsca.pki.names import dn

ISSUER = "CN=Acme Root"


@pytest.fixture
def authority(create):
    return create("CN=Acme Root")


def csr(*names: str, key=None, subject: str = "") -> bytes:
    key = key or keys.generate("ec-p256")
    builder = x509.CertificateSigningRequestBuilder().subject_name(dn(subject) if subject else x509.Name([]))
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    return builder.sign(key, keys.signature_hash(key)).public_bytes(Encoding.PEM)


# Our own


def test_a_request_is_made_with_a_key_that_stays(desk):
    made = make_request(desk, RequestForm(names=("www.example.com", "10.0.0.1"), key="ec-p384"))
    loaded = x509.load_pem_x509_csr(made.pem)
    assert loaded.is_signature_valid
    assert (made.record.names, made.record.key) == (("www.example.com", "10.0.0.1"), "ec-p384")
    assert desk.ledger.key(made.record.key_id) is not None
    assert b"PRIVATE" not in made.pem
    assert requests(desk) == (made.record,)
    assert request_pem(desk, find_request(desk, made.record.id[:8])) == made.pem


def test_a_request_for_a_person_has_a_common_name(desk):
    made = make_request(desk, RequestForm(names=("Ada Lovelace", "ada@example.com")))
    assert x509.load_pem_x509_csr(made.pem).subject == dn("CN=Ada Lovelace")
    assert made.record.names == ("ada@example.com",)


def test_the_certificate_that_comes_back_finds_its_key_and_its_request(desk, new_store, tmp_path):
    made = make_request(desk, RequestForm(names=("www.example.com",)))
    elsewhere = new_store(tmp_path / "elsewhere")
    create_authority(elsewhere, AuthorityForm(name="CN=Elsewhere"))
    signed = sign_request(elsewhere, SignForm(request=made.pem))
    file = tmp_path / "back.pem"
    file.write_bytes(elsewhere.ledger.object_pem(signed.issued.record.sha256))
    (record,) = import_files(desk, [file], passphrase=None).certificates
    assert desk.has_key(record)
    assert request_of(desk, record).id == made.record.id
    assert requests(desk)[0].certificate_ids == (record.id,)


@pytest.mark.parametrize(
    "form",
    [
        RequestForm(names=()),
        RequestForm(names=("Ada Lovelace", "Alan Turing")),
        RequestForm(names=("a.example",), key="rsa-1024"),
        RequestForm(names=("a.example",), subject="nonsense="),
    ],
)
def test_what_cannot_be_asked_for_is_refused_and_changes_nothing(desk, unchanged, form):
    unchanged()
    with pytest.raises(TlscaError):
        make_request(desk, form)


def test_a_locked_store_makes_no_request_and_signs_none(locked, unchanged):
    unchanged()
    with pytest.raises(PassphraseMissing):
        make_request(locked, RequestForm(names=("a.example",)))


# Somebody's


def test_a_request_is_signed_and_linked_to_its_certificate(desk, authority):
    asked = csr("www.example.com", subject="CN=www.example.com")
    signed = sign_request(desk, SignForm(request=asked, sans=("10.0.0.1",), days=10))
    record = signed.issued.record
    assert record.names == ("www.example.com", "10.0.0.1")
    assert not desk.has_key(record)
    assert (record.issuer_id, record.profile) == (authority.id, "server")
    assert request_of(desk, record) == signed.request
    assert desk.certificate(record).public_key() == x509.load_pem_x509_csr(asked).public_key()


def test_a_request_that_is_signed_twice_is_one_request_with_two_certificates(desk, authority):
    asked = csr("www.example.com")
    first, second = (sign_request(desk, SignForm(request=asked)).issued.record for _ in range(2))
    assert [item.certificate_ids for item in requests(desk)] == [(first.id, second.id)]


def test_our_own_request_signed_here_has_its_key(desk, authority):
    made = make_request(desk, RequestForm(names=("www.example.com",)))
    signed = sign_request(desk, SignForm(request=made.pem))
    assert desk.has_key(signed.issued.record)
    assert signed.request.id == made.record.id


def test_looking_needs_no_passphrase_and_changes_nothing(desk, authority, unchanged):
    keeping.lock(desk)
    unchanged()
    plan = plan_signature(desk, SignForm(request=csr("www.example.com"), ocsp_urls=("http://ocsp.example/",)))
    rows = {row.extension: row for row in plan.rows}
    assert (rows["authorityInfoAccess"].won, rows["authorityInfoAccess"].profile) == ("operator", None)
    assert plan.draft.names == ("www.example.com",)
    with pytest.raises(PassphraseMissing):
        sign_request(desk, SignForm(request=csr("www.example.com")))


def test_ten_thousand_names_are_signed(desk, authority):
    names = [f"host-{number}.example.com" for number in range(10_000)]
    assert len(sign_request(desk, SignForm(request=csr(*names))).issued.record.names) == 10_000


def test_names_outside_the_constraints_are_refused_and_named(desk, create, unchanged):
    create("CN=Bound", permit=("corp.example",))
    unchanged()
    with pytest.raises(Refused, match=r"may not certify www\.other\.example"):
        sign_request(desk, SignForm(request=csr("a.corp.example", "www.other.example")))


def test_a_request_with_an_authoritys_key_is_refused(desk, authority, create, unchanged):
    other = create("CN=Other")
    form = SignForm(request=csr("a.example", key=desk.private_key(authority)), issuer=ISSUER)
    with pytest.raises(Refused, match="key of the authority CN=Acme Root itself"):
        sign_request(desk, form)
    unchanged()
    with pytest.raises(Refused, match="key of the authority CN=Other itself"):
        sign_request(desk, SignForm(request=csr("a.example", key=desk.private_key(other)), issuer=ISSUER))


BROKEN = csr("www.example.com").replace(b"\nMI", b"\nMJ", 1)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (SignForm(request=BROKEN), TlscaError),
        (SignForm(request=b""), TlscaError),
        (SignForm(request=csr("www.example.com\0.evil.example")), NotAnIdentity),
        (SignForm(request=csr("a.example"), take=("keyUsge",)), UsageError),
        (SignForm(request=csr("a.example"), profile="servr"), UsageError),
        (SignForm(request=csr("a.example"), profile="../server"), UsageError),
        (SignForm(request=csr("a.example"), profile="root"), Refused),
        (SignForm(request=csr("a.example"), sans=("a..b",)), NotAnIdentity),
        (SignForm(request=csr("a.example"), policies=("x",)), UsageError),
        (SignForm(request=csr("a.example"), issuer="Nobody"), NotFound),
        (SignForm(request=csr("a.example", key=ec.generate_private_key(ec.SECP224R1()))), Refused),
        (SignForm(request=csr()), TlscaError),
    ],
)
def test_what_cannot_be_signed_is_refused_and_changes_nothing(desk, authority, unchanged, form, error):
    unchanged()
    with pytest.raises(error) as refusal:
        sign_request(desk, form)
    assert "\n" not in refusal.value.sentence
    assert "\0" not in refusal.value.sentence


def test_a_foreign_subordinate_authority_is_signed_with_the_profile_of_one(desk, authority):
    signed = sign_request(
        desk, SignForm(request=csr(subject="CN=Their Issuing,O=They"), profile="intermediate")
    )
    assert signed.issued.record.is_authority
    assert desk.certificate(signed.issued.record).subject.get_attributes_for_oid(NameOID.COMMON_NAME)


# Profiles of one's own


@pytest.fixture
def own_profile(directory, monkeypatch, tmp_path):
    """Write a profile of one's own, into the store's directory or beside the settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def own_profile(name: str, text: str, *, beside_settings: bool = False):
        place = tmp_path / "config" / "tlsca" if beside_settings else directory
        (place / "profiles").mkdir(parents=True, exist_ok=True)
        (place / "profiles" / f"{name}.toml").write_text(text)

    return own_profile


def test_a_profile_of_ones_own_is_issued_and_signed_with(desk, authority, issue, own_profile):
    own_profile("intranet", 'extends = "server"\ndays = 7\ncrl_urls = ["http://ca.example/ca.crl"]\n')
    own_profile("strict", 'extends = "intranet"\nnames = ["dns"]\n', beside_settings=True)
    made = issue("www.example.com", profile="strict")
    assert (made.profile, (made.not_after - made.not_before).days) == ("strict", 6)
    assert desk.certificate(made).extensions.get_extension_for_class(x509.CRLDistributionPoints)
    assert (
        sign_request(desk, SignForm(request=csr("a.example"), profile="intranet")).issued.record.profile
        == "intranet"
    )
    assert profile_names(desk)[-2:] == ("intranet", "strict")
    with pytest.raises(Refused, match=r"no names like IP:10\.0\.0\.1"):
        issue("10.0.0.1", profile="strict")


def test_the_stores_profile_wins_over_ones_own(desk, own_profile):
    own_profile("web", "days = 7\n", beside_settings=True)
    own_profile("web", "days = 8\n")
    assert find_profile(desk, "web").days == 8
    assert list(own_profiles(desk)) == ["web"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("web", "days =", "no TOML"),
        ("web", "dyas = 7", "dyas"),
        ("web", 'extends = "web"', "extends it in turn"),
        ("web", 'extends = "nobody"', "“nobody”"),
        ("web", "x" * 70_000, "larger than"),
    ],
)
def test_a_profile_that_cannot_be_read_names_its_file(desk, own_profile, name, text, sentence):
    own_profile(name, text)
    with pytest.raises(SettingsError, match=sentence) as refusal:
        find_profile(desk, name)
    assert "web.toml" in refusal.value.sentence
    assert find_profile(desk, "server").name == "server", "the built-in ones are not touched by it"


def test_a_profile_that_there_is_not_gets_the_nearest(desk, own_profile):
    own_profile("intranet", "days = 7\n")
    with pytest.raises(UsageError) as refusal:
        find_profile(desk, "intrnet")
    assert refusal.value.hint == "Did you mean intranet?"
