"""What a certificate carries, held against RFC 5280, the CA/Browser Forum's requirements and programs that judge by them."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import NotAName, Refused
from tlsca.pki import keys
from tlsca.pki.identity import identity
from tlsca.pki.issue import BACKDATE, Issuer, draft, random_serial, sign
from tlsca.pki.names import dn
from tlsca.pki.order import Lifetime, Order
from tlsca.pki.profiles import LEAF_PROFILES, PROFILES

DAY = timedelta(days=1)
FAST_KINDS = [kind for kind in keys.KINDS if kind not in {"rsa-3072", "rsa-4096"}]


def asserted(usage: x509.KeyUsage) -> set[str]:
    bits = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
    )
    return {bit for bit in (*bits, "key_cert_sign", "crl_sign") if getattr(usage, bit)}


def oids(certificate: x509.Certificate) -> list[tuple[str, bool]]:
    return [(extension.oid._name, extension.critical) for extension in certificate.extensions]


# Exactly the extensions


def test_a_root_carries_the_extensions_of_an_authority_and_nothing_else(root):
    assert oids(root.certificate) == [
        ("subjectKeyIdentifier", False),
        ("authorityKeyIdentifier", False),
        ("basicConstraints", True),
        ("keyUsage", True),
    ]
    assert root.extension(x509.BasicConstraints).value == x509.BasicConstraints(ca=True, path_length=None)
    usage = root.extension(x509.KeyUsage).value
    assert asserted(usage) == {"key_cert_sign", "crl_sign", "digital_signature"}


def test_an_intermediate_points_at_its_issuers_key(root, intermediate):
    own = root.extension(x509.SubjectKeyIdentifier).value.digest
    assert intermediate.extension(x509.AuthorityKeyIdentifier).value.key_identifier == own
    assert intermediate.certificate.issuer == root.certificate.subject
    assert intermediate.extension(x509.BasicConstraints).value.ca


def test_a_server_carries_its_names_its_purpose_and_nothing_else(server):
    assert oids(server.certificate) == [
        ("subjectKeyIdentifier", False),
        ("authorityKeyIdentifier", False),
        ("basicConstraints", True),
        ("keyUsage", True),
        ("extendedKeyUsage", False),
        ("subjectAltName", False),
    ]
    assert list(server.extension(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert server.extension(x509.BasicConstraints).value == x509.BasicConstraints(ca=False, path_length=None)
    names = server.extension(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["www.example.com"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]


@pytest.mark.parametrize("kind", FAST_KINDS)
@pytest.mark.parametrize("profile", ["server", "peer", "email"])
def test_only_an_rsa_key_enciphers_keys_and_only_an_ec_key_agrees_on_them(make, root, profile, kind):
    leaf = make(profile, "host.example.com", issuer=root, kind=kind)
    bits = asserted(leaf.extension(x509.KeyUsage).value)
    assert ("key_encipherment" in bits) == (kind == "rsa-2048")
    assert ("key_agreement" in bits) == (kind.startswith("ec-") and profile == "email")
    assert "digital_signature" in bits


PURPOSES = {
    "server": {ExtendedKeyUsageOID.SERVER_AUTH},
    "client": {ExtendedKeyUsageOID.CLIENT_AUTH},
    "peer": {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH},
    "email": {ExtendedKeyUsageOID.EMAIL_PROTECTION},
    "code": {ExtendedKeyUsageOID.CODE_SIGNING},
    "ocsp": {ExtendedKeyUsageOID.OCSP_SIGNING},
    "timestamp": {ExtendedKeyUsageOID.TIME_STAMPING},
    "document": {x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")},
    "public-server": {ExtendedKeyUsageOID.SERVER_AUTH},
}


@pytest.mark.parametrize("profile", LEAF_PROFILES)
def test_each_profile_says_what_its_certificates_are_for(make, root, profile):
    leaf = make(profile, "host.example.com", issuer=root)
    purposes = leaf.extension(x509.ExtendedKeyUsage)
    assert set(purposes.value) == PURPOSES[profile]
    assert purposes.critical == (profile == "timestamp"), "RFC 3161, 2.3"
    has_no_check = any(isinstance(found.value, x509.OCSPNoCheck) for found in leaf.certificate.extensions)
    assert has_no_check == (profile == "ocsp"), "RFC 6960, 4.2.2.2.1"


@pytest.mark.parametrize("name", ["spiffe://example.com/service", f"{'a' * 60}.example.com"])
def test_a_name_that_fits_no_common_name_leaves_the_subject_empty_and_its_alternative_critical(
    make, root, name
):
    leaf = make("server", name, issuer=root)
    assert leaf.certificate.subject == x509.Name([])
    assert leaf.extension(x509.SubjectAlternativeName).critical, "RFC 5280, 4.2.1.6"


def test_a_person_without_an_address_is_named_by_a_directory_name(root, make):
    person = make("client", issuer=root, common_name="Alice Smith")
    names = person.extension(x509.SubjectAlternativeName)
    assert list(names.value) == [x509.DirectoryName(person.certificate.subject)]
    assert not names.critical


def test_a_name_given_twice_stands_in_the_certificate_once(make, root):
    leaf = make("server", "www.example.com", "WWW.example.com.", issuer=root)
    assert list(leaf.extension(x509.SubjectAlternativeName).value) == [x509.DNSName("www.example.com")]


def test_revocation_pointers_and_stapling_are_extensions_of_their_own(make, root):
    leaf = make(
        "server",
        "www.example.com",
        issuer=root,
        ocsp_urls=("http://ca.example/ocsp",),
        crl_urls=("http://ca.example/a.crl",),
        must_staple=True,
    )
    access = leaf.extension(x509.AuthorityInformationAccess).value
    assert [item.access_location.value for item in access] == ["http://ca.example/ocsp"]
    points = leaf.extension(x509.CRLDistributionPoints).value
    assert [point.full_name[0].value for point in points] == ["http://ca.example/a.crl"]
    assert list(leaf.extension(x509.TLSFeature).value) == [x509.TLSFeatureType.status_request]


def test_further_extensions_are_carried_as_they_are(make, root):
    oid = x509.ObjectIdentifier("1.2.3.4")
    further = x509.Extension(oid, True, x509.UnrecognizedExtension(oid, b"\x05\x00"))
    leaf = make("server", "www.example.com", issuer=root, extensions=(further,))
    found = leaf.certificate.extensions.get_extension_for_oid(oid)
    assert (found.critical, found.value.value) == (True, b"\x05\x00")


@pytest.mark.parametrize("oid", ["2.5.29.15", "2.5.29.17", "2.5.29.14", "2.5.29.35"])
def test_an_extension_that_the_profile_sets_is_not_given_twice(make, root, oid):
    identifier = x509.ObjectIdentifier(oid)
    again = x509.Extension(identifier, False, x509.UnrecognizedExtension(identifier, b"\x05\x00"))
    with pytest.raises(Refused, match="RFC 5280"):
        make("server", "www.example.com", issuer=root, extensions=(again,))


@pytest.mark.parametrize(
    ("oid", "value"),
    [("2.5.29.32", "0500"), ("1.3.6.1.5.5.7.1.24", "3003020100")],
    ids=["no policies", "an unknown TLS feature"],
)
def test_a_further_extension_that_nobody_can_read_is_refused(make, root, oid, value):
    identifier = x509.ObjectIdentifier(oid)
    octets = x509.UnrecognizedExtension(identifier, bytes.fromhex(value))
    nonsense = x509.Extension(identifier, False, octets)
    with pytest.raises(Refused, match="cannot be read"):
        make("server", "www.example.com", issuer=root, extensions=(nonsense,))


# Numbers and dates


@given(st.binary(min_size=20, max_size=20))
def test_a_serial_number_is_positive_and_has_at_most_twenty_octets(drawn):
    serial = random_serial(lambda _: drawn)
    assert 0 < serial < 1 << 159


def test_a_serial_number_keeps_all_159_bits_that_were_drawn():
    assert random_serial(lambda size: b"\xff" * size) == (1 << 159) - 1
    assert random_serial(bytes) == 1, "zero is no serial number (RFC 5280, 4.1.2.2)"


@pytest.mark.parametrize(
    ("profile", "days"), [("root", 3650), ("intermediate", 1825), ("server", 90), ("client", 90)]
)
def test_a_certificate_begins_a_minute_ago_and_counts_its_days_inclusively(make, root, now, profile, days):
    name = "CN=Acme Two" if PROFILES[profile].authority else "www.example.com"
    made = make(profile, name, issuer=None if profile == "root" else root)
    begin, end = made.certificate.not_valid_before_utc, made.certificate.not_valid_after_utc
    assert now - begin == BACKDATE == timedelta(minutes=1)
    assert end - begin + timedelta(seconds=1) == days * DAY, "RFC 5280, 4.1.2.5: both ends count"


def plan(issuer, now, **lifetime):
    order = Order(profile=PROFILES["server"], names=(identity("a.example"),), lifetime=Lifetime(**lifetime))
    return draft(order, Issuer(issuer.chain), now=now)


def test_nothing_outlives_its_issuer_and_the_operator_is_told(root, now):
    end = root.certificate.not_valid_after_utc
    shortened = plan(root, now, days=100_000)
    assert shortened.not_after == end
    assert shortened.notes == (
        "Shortened to 2040-01-29T09:28:59Z: CN=Acme Root,O=Acme,C=SE, the issuer, ends then.",
    )
    assert plan(root, now, until_issuer_ends=True).not_after == end
    assert plan(root, now, until_issuer_ends=True).notes == ()


@pytest.mark.parametrize("days", [10**7, 10**12])
def test_a_root_for_ever_ends_when_time_does(make, days):
    root = make("root", "CN=For Ever", lifetime=Lifetime(days=days))
    assert root.certificate.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_an_end_in_the_past_is_refused(root, now):
    with pytest.raises(Refused, match="2030-01-31T09:30:00Z, before it is made"):
        plan(root, now, until=now)
    with pytest.raises(Refused):
        plan(root, now, days=0)


@pytest.mark.parametrize(("moved", "sentence"), [(3651 * DAY, "ended at"), (-2 * DAY, "begins at")])
def test_an_issuer_outside_its_own_time_does_not_issue(root, now, moved, sentence):
    with pytest.raises(Refused, match=sentence):
        plan(root, now + moved, days=1)


def test_nothing_begins_before_its_issuer(root, make, now):
    begin = root.certificate.not_valid_before_utc
    assert make("server", "a.example", issuer=root, now=begin).certificate.not_valid_before_utc == begin


# Who may issue


def test_a_leaf_issues_nothing(server, make):
    with pytest.raises(Refused, match="is no authority"):
        make("client", "a.example", issuer=server)


def test_an_authority_whose_key_may_not_sign_certificates_issues_nothing(root, now):
    key = keys.generate("ec-p256")
    name = dn("CN=CRL Signer")
    usage = x509.KeyUsage(**dict.fromkeys(("digital_signature", "crl_sign"), True), **dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "encipher_only", "decipher_only"), False
    ))  # fmt: skip
    signer = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - DAY, now + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, keys.signature_hash(key))
    )
    order = Order(profile=PROFILES["server"], names=(identity("a.example"),))
    with pytest.raises(Refused, match="key usage"):
        draft(order, Issuer((signer,)), now=now)


def test_a_strangers_key_signs_nothing(root, now):
    order = Order(profile=PROFILES["server"], names=(identity("a.example"),))
    stranger = keys.generate("ec-p256")
    with pytest.raises(Refused, match="not that of the issuer"):
        sign(
            draft(order, Issuer(root.chain), now=now),
            stranger.public_key(),
            Issuer(root.chain),
            stranger,
            serial=1,
        )


def test_path_length_zero_allows_hosts_and_no_authority_below(make, verify):
    root = make("root", "CN=Short", path_length=0)
    assert verify(*make("server", "a.example", issuer=root).chain).endswith("OK")
    with pytest.raises(Refused, match="allows 0 authorities below it"):
        make("intermediate", "CN=Too Deep", issuer=root)


def test_path_length_counts_every_authority_below(make):
    root = make("root", "CN=Two Deep", path_length=2)
    first = make("intermediate", "CN=First", issuer=root)
    second = make("intermediate", "CN=Second", issuer=first)
    with pytest.raises(Refused, match="CN=Two Deep allows 2 authorities"):
        make("intermediate", "CN=Third", issuer=second)
    with pytest.raises(Refused, match="0 or more, not -1"):
        make("intermediate", "CN=Negative", issuer=root, path_length=-1)


def test_roots_have_no_issuer_and_all_others_need_one(make, root):
    with pytest.raises(Refused, match="root has no issuer"):
        make("root", "CN=Below", issuer=root)
    with pytest.raises(Refused, match="server needs an issuer"):
        make("server", "a.example")


def test_a_server_needs_a_host_and_nobody_is_certified_without_a_name(make, root):
    with pytest.raises(Refused, match="“Alice” is neither"):
        make("server", issuer=root, common_name="Alice")
    with pytest.raises(NotAName, match="needs a name"):
        make("client", issuer=root)


def test_a_wildcard_that_no_client_matches_is_issued_with_a_warning(root, now):
    order = Order(profile=PROFILES["server"], names=(identity("*.local"), identity("*.corp.local")))
    assert draft(order, Issuer(root.chain), now=now).notes == (
        "Most clients match *.local with no host: they want at least two labels after the star.",
    )


# Outsiders


@pytest.mark.parametrize("kind", [kind for kind in FAST_KINDS if not kind.startswith("ml-dsa")])
def test_openssl_accepts_whole_chains_strictly(make, verify, kind):
    root = make("root", "CN=Root,O=Acme,C=SE", kind=kind)
    issuing = make("intermediate", "CN=Issuing,O=Acme,C=SE", issuer=root, kind=kind)
    assert verify(
        *make("server", "www.example.com", issuer=issuing, kind=kind).chain, purpose="sslserver"
    ).endswith("OK")
    assert verify(
        *make("client", "a@example.com", issuer=issuing, kind=kind).chain, purpose="sslclient"
    ).endswith("OK")


@pytest.mark.parametrize(
    ("profile", "purpose"),
    [("email", "smimesign"), ("timestamp", "timestampsign"), ("ocsp", "ocsphelper"), ("peer", "sslclient")],
)
def test_openssl_accepts_each_profile_for_its_purpose(make, intermediate, verify, profile, purpose):
    leaf = make(profile, "host.example.com", issuer=intermediate)
    assert verify(*leaf.chain, purpose=purpose).endswith("OK")


@pytest.mark.parametrize("kind", [kind for kind in keys.KINDS if kind.startswith("ml-dsa")])
def test_post_quantum_chains_verify(make, kind):
    root = make("root", "CN=Root", kind=kind)
    issuing = make("intermediate", "CN=Issuing", issuer=root, kind=kind)
    leaf = make("server", "www.example.com", issuer=issuing, kind=kind)
    for lower, upper in zip(leaf.chain, leaf.chain[1:], strict=False):
        lower.verify_directly_issued_by(upper)
    assert [keys.kind_of(link.public_key()) for link in leaf.chain] == [kind] * 3


@pytest.mark.parametrize("kind", ["ec-p256", "ec-p384", "ed25519", "rsa-2048"])
def test_gnutls_accepts_whole_chains(make, run, tmp_path, kind):
    now = datetime.now(UTC)
    root = make("root", "CN=Root,O=Acme,C=SE", kind=kind, now=now)  # certtool knows no time but the present
    issuing = make("intermediate", "CN=Issuing,O=Acme,C=SE", issuer=root, kind=kind, now=now)
    leaf = make("server", "www.example.com", issuer=issuing, kind=kind, now=now)
    chain, trusted = tmp_path / "chain.pem", tmp_path / "root.pem"
    chain.write_bytes(leaf.pem + issuing.pem)
    trusted.write_bytes(root.pem)
    done = run(
        "certtool",
        "--verify",
        "--verify-hostname",
        "www.example.com",
        "--load-ca-certificate",
        trusted,
        "--infile",
        chain,
    )
    assert b"Verified. The certificate is trusted." in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["ec-p256", "rsa-2048"])
@pytest.mark.parametrize(
    "profile", ["root", "intermediate", "server", "client", "email", "timestamp", "ocsp", "code"]
)
def test_pkilint_finds_nothing_to_warn_of(make, tmp_path, capsys, profile, kind):
    pkilint = pytest.importorskip("pkilint.bin.lint_pkix_cert", reason="pkilint is not installed")
    root = make("root", "CN=Root,O=Acme,C=SE", kind=kind)
    name = "CN=Issuing,O=Acme,C=SE" if profile == "intermediate" else "host.example.com"
    made = root if profile == "root" else make(profile, name, issuer=root, kind=kind)
    file = tmp_path / "made.pem"
    file.write_bytes(made.pem)
    findings = pkilint.main(["lint", "--severity", "WARNING", "--document-format", "PEM", str(file)])
    assert findings == 0, capsys.readouterr().out
