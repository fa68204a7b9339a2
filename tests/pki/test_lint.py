"""What lint says of one certificate: each rule on a certificate that breaks it alone, and none on those that we issue."""

import ipaddress
import os
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from tlsca.pki.certificate import Certificate
from tlsca.pki.lifetime import longest_public_days, whole_days
from tlsca.pki.lint import Level, lint, reaches
from tlsca.pki.strict import strict_codes

NOW = datetime(2026, 2, 1, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
ISSUER = ec.generate_private_key(ec.SECP256R1())
BITS = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)
URL = x509.UniformResourceIdentifier("http://crl.example.com/")
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


def usage(*bits):
    return x509.KeyUsage(**{bit: bit in bits for bit in BITS})


def name(**parts):
    oids = {"cn": NameOID.COMMON_NAME, "mail": NameOID.EMAIL_ADDRESS, "o": NameOID.ORGANIZATION_NAME}
    # Foreign names hold what they like: neither their length nor their form is checked here.
    return x509.Name([x509.NameAttribute(oids[key], value, _validate=False) for key, value in parts.items()])


def certificate(
    *,
    subject=None,
    issuer=None,
    names=("www.example.com",),
    san_critical=False,
    ca=False,
    ca_critical=True,
    key=KEY,
    signer=ISSUER,
    key_usage=("digital_signature",),
    usage_critical=True,
    extended=(SERVER,),
    extended_critical=False,
    days=90,
    start=NOW - timedelta(days=1),
    serial=None,
    key_ids=True,
    extra=(),
):
    """A sound server certificate, but for what is asked."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(cn="www.example.com") if subject is None else subject)
        .issuer_name(name(cn="Issuing") if issuer is None else issuer)
        .public_key(key.public_key())
        .serial_number(serial or int.from_bytes(b"\x40" + os.urandom(15)))
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days, seconds=-1))
    )
    extensions = [
        (x509.BasicConstraints(ca=ca, path_length=None), ca_critical),
        *([(usage(*key_usage), usage_critical)] if key_usage is not None else []),
        *([(x509.ExtendedKeyUsage(extended), extended_critical)] if extended else []),
        *([(x509.SubjectAlternativeName([*map(general, names)]), san_critical)] if names else []),
        *(identifiers(key, signer) if key_ids else ()),
        *extra,
    ]
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    made = builder.sign(signer, hashes.SHA256())
    return Certificate(made.public_bytes(Encoding.DER))


def identifiers(key, signer):
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return [(own, False), (above, False)]


def general(text):
    if isinstance(text, x509.GeneralName):
        return text
    if "@" in text:
        return x509.RFC822Name(text)
    return x509.DNSName(text)


def patched(one, old, new):
    """The same certificate with some octets changed; nobody checks its signature here."""
    assert one.der.count(old) == 1
    return Certificate(one.der.replace(old, new))


def found(one, *, now=NOW):
    return {remark.code: remark.level.value for remark in lint(one, now=now)}


AUTHORITY = {
    "subject": name(cn="Issuing"),
    "names": (),
    "ca": True,
    "key_usage": ("key_cert_sign", "crl_sign"),
    "extended": (),
    "days": 1000,
}
LEAF_OF = ExtendedKeyUsageOID


def test_a_sound_certificate_is_not_remarked_upon():
    assert found(certificate()) == {}
    assert found(certificate(**AUTHORITY)) == {}


@pytest.mark.parametrize(
    ("code", "level", "changes"),
    [
        # Keys
        ("weak-key", "error", {"key": ec.generate_private_key(ec.SECP192R1())}),
        ("unusual-curve", "warning", {"key": ec.generate_private_key(ec.SECP256K1())}),
        ("unusual-curve", "warning", {"key": ec.generate_private_key(ec.BrainpoolP256R1())}),
        # Names
        ("no-san", "error", {"names": ()}),
        ("no-name", "error", {"names": (), "subject": name()}),
        ("common-name-not-in-san", "warning", {"subject": name(cn="web.example.com")}),
        ("common-name-not-in-san", "warning", {"subject": name(cn="10.0.0.1")}),
        ("empty-subject-san-not-critical", "error", {"subject": name()}),
        ("critical-san-with-subject", "notice", {"san_critical": True}),
        ("wildcard-form", "error", {"names": ("www.example.com", "w*.example.com")}),
        ("wildcard-form", "error", {"names": ("www.example.com", "a.*.example.com")}),
        ("wildcard-form", "error", {"names": ("www.example.com", "*.*.example.com")}),
        ("wildcard-form", "error", {"names": ("www.example.com", "*.com")}),
        ("wildcard-form", "error", {"names": ("www.example.com", "*")}),
        ("ip-as-dns-name", "error", {"names": ("www.example.com", "10.0.0.1")}),
        ("ip-as-dns-name", "error", {"names": ("www.example.com", "2001:db8::1")}),
        ("underscore-in-name", "warning", {"names": ("www.example.com", "my_host.example.com")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", "a..example.com")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", ".example.com")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", "example.com.")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", "-a.example.com")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", "two words.example.com")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", f"{'a' * 64}.example.com")}),
        ("dns-name-syntax", "error", {"names": ("www.example.com", f"{'a.' * 130}com")}),
        ("bad-a-label", "warning", {"names": ("www.example.com", "xn--0.example.com")}),
        ("single-label-name", "notice", {"names": ("www.example.com", "printer")}),
        ("repeated-name", "notice", {"names": ("www.example.com", "WWW.example.com")}),
        ("email-not-in-san", "warning", {"subject": name(cn="www.example.com", mail="a@example.com")}),
        ("control-character-in-name", "error", {"subject": name(cn="www.example.com", o="a\0b")}),
        ("no-issuer", "error", {"issuer": name()}),
        # Usages
        ("leaf-signs-certificates", "error", {"key_usage": ("digital_signature", "key_cert_sign")}),
        ("no-key-usage", "notice", {"key_usage": None}),
        ("key-usage-not-critical", "notice", {"usage_critical": False}),
        ("key-usage-unfit-for-key", "warning", {"key_usage": ("digital_signature", "key_encipherment")}),
        ("no-extended-key-usage", "warning", {"extended": ()}),
        ("any-extended-key-usage", "warning", {"extended": (SERVER, LEAF_OF.ANY_EXTENDED_KEY_USAGE)}),
        ("usages-disagree", "error", {"key_usage": ("crl_sign",)}),
        ("usages-disagree", "error", {"key_usage": ("key_agreement",), "extended": (LEAF_OF.CODE_SIGNING,)}),
        ("timestamp-usage", "error", {"extended": (LEAF_OF.TIME_STAMPING,)}),
        (
            "timestamp-usage",
            "error",
            {"extended": (LEAF_OF.TIME_STAMPING, SERVER), "extended_critical": True},
        ),
        ("ocsp-without-no-check", "notice", {"extended": (LEAF_OF.OCSP_SIGNING,)}),
        ("leaf-with-policy-limits", "notice", {"extra": ((x509.InhibitAnyPolicy(0), True),)}),
        # Structure
        ("serial-too-short", "notice", {"serial": 1}),
        ("no-subject-key-id", "notice", {"key_ids": False, "extra": (identifiers(KEY, ISSUER)[1],)}),
        ("no-authority-key-id", "warning", {"key_ids": False, "extra": (identifiers(KEY, ISSUER)[0],)}),
        (
            "unknown-critical-extension",
            "error",
            {"extra": ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True),)},
        ),
        (
            "extension-critical",
            "warning",
            {
                "extra": (
                    (x509.CRLDistributionPoints([x509.DistributionPoint([URL], None, None, None)]), True),
                )
            },
        ),
        (
            "leaf-with-name-constraints",
            "warning",
            {"extra": ((x509.NameConstraints([x509.DNSName("example.com")], None), True),)},
        ),
        # Dates
        ("long-lifetime", "notice", {"days": 399}),
        ("long-lifetime", "warning", {"days": 826}),
        ("expired", "error", {"start": NOW - timedelta(days=91)}),
        ("not-yet-valid", "error", {"start": NOW + timedelta(days=2)}),
        ("expires-soon", "warning", {"start": NOW - timedelta(days=80)}),
    ],
)
def test_a_leaf_that_breaks_one_rule_is_remarked_upon_for_it_alone(code, level, changes):
    assert found(certificate(**changes)) == {code: level}


@pytest.mark.parametrize(
    ("code", "level", "changes"),
    [
        ("basic-constraints-not-critical", "warning", {"ca_critical": False}),
        ("ca-without-key-usage", "warning", {"key_usage": None}),
        ("ca-cannot-sign", "error", {"key_usage": ("digital_signature",)}),
        ("ca-with-leaf-usage", "warning", {"key_usage": ("key_cert_sign", "key_agreement")}),
        ("ca-with-leaf-usage", "warning", {"names": ("www.example.com",)}),
        ("ca-without-subject", "error", {"subject": name()}),
        ("no-subject-key-id", "warning", {"key_ids": False, "extra": (identifiers(KEY, ISSUER)[1],)}),
        (
            "extension-not-critical",
            "warning",
            {"extra": ((x509.NameConstraints([x509.DNSName("example.com")], None), False),)},
        ),
    ],
)
def test_an_authority_that_breaks_one_rule_is_remarked_upon_for_it_alone(code, level, changes):
    assert found(certificate(**(AUTHORITY | changes))) == {code: level}


def test_a_dsa_key_is_weak_whatever_its_size():
    key = dsa.generate_private_key(1024)  # noqa: S505 -- weak on purpose; larger ones take seconds to make
    assert found(certificate(key=key)) == {"weak-key": "error"}


def test_a_small_rsa_key_and_a_small_exponent_are_weak():
    small = certificate(key=rsa.generate_private_key(65537, 1024))  # noqa: S505 -- weak on purpose
    three = certificate(key=rsa.generate_private_key(3, 2048))
    assert found(small) == {"weak-key": "error"}
    assert found(three) == {"rsa-exponent": "notice"}


@pytest.mark.parametrize("exponent", [0, 1, 2])
def test_an_exponent_that_cryptography_refuses_to_load_is_still_named(exponent):
    three = certificate(key=rsa.generate_private_key(3, 2048))
    bad = patched(three, b"\2\1\3\xa3", bytes((2, 1, exponent, 0xA3)))
    assert found(bad) == {"rsa-exponent": "error"}
    assert f"is {exponent}," in lint(bad, now=NOW)[0].message


def test_a_host_in_the_common_name_alone_is_told_also_where_no_usage_is_named():
    one = certificate(names=(), extended=())
    assert found(one) == {"no-san": "warning", "no-extended-key-usage": "notice"}


@pytest.mark.parametrize(
    ("octets", "code"),
    [(b"\x80" + b"\1" * 15, "serial-not-positive"), (b"\0" * 16, "serial-not-positive")],
)
def test_a_serial_number_below_one_is_an_error(octets, code):
    one = certificate(serial=0x41424344454647484950515253545556)
    bad = patched(one, bytes.fromhex("41424344454647484950515253545556"), octets)
    # A zero of sixteen octets is no DER either, and cryptography refuses the whole certificate for it.
    assert found(bad) in ({code: "error"}, {"malformed-certificate": "error"})
    assert (code in found(bad)) == (octets[0] == 0x80)


def test_a_serial_number_of_21_octets_is_too_long():
    one = certificate(serial=1 << 158)
    wide = one.der.replace(b"\2\x14" + (1 << 158).to_bytes(20), b"\2\x15\1" + (1 << 158).to_bytes(20))
    grown = lengthened(wide, by=1)
    assert found(Certificate(grown)) == {"serial-too-long": "error"}


def lengthened(der, *, by):
    """Correct the lengths of the certificate and of what is signed in it."""
    fixed = bytearray(der)
    for at in (2, 6):
        fixed[at : at + 2] = (int.from_bytes(fixed[at : at + 2]) + by).to_bytes(2)
    return bytes(fixed)


def test_an_extension_that_is_there_twice_is_named():
    first, second = (x509.ObjectIdentifier(f"1.2.3.4.{last}") for last in (5, 6))
    extra = [(x509.UnrecognizedExtension(oid, b"\5\0"), False) for oid in (first, second)]
    bad = patched(certificate(extra=extra), b"\x2a\3\4\6", b"\x2a\3\4\5")
    assert found(bad) == {"malformed-certificate": "error", "duplicate-extension": "error"}
    assert any("1.2.3.4.5 is there 2 times" in remark.message for remark in lint(bad, now=NOW))


def test_two_signature_algorithms_that_differ_are_an_error():
    one = certificate()
    with_sha256 = bytes.fromhex("06082a8648ce3d040302")
    outside = one.der.rindex(with_sha256)
    bad = Certificate(one.der[:outside] + bytes.fromhex("06082a8648ce3d040303") + one.der[outside + 10 :])
    assert found(bad) == {"signature-algorithm-mismatch": "error"}


def test_a_subject_that_cannot_be_read_is_not_taken_for_an_empty_one():
    one = certificate(subject=name(cn="www.example.com", o="Ünlesbar"))
    bad = patched(one, "Ünlesbar".encode(), b"\xff\xff" + b"nlesbar")
    assert found(bad) == {"malformed-name": "error"}


def test_a_validity_that_ends_before_it_begins_is_an_error():
    one = certificate(start=datetime(2026, 1, 31, tzinfo=UTC), days=90)
    start = one.der.index(b"260131000000Z")
    bad = Certificate(one.der[:start] + b"280131000000Z" + one.der[start + 13 :])
    assert "validity-reversed" in found(bad)


@pytest.mark.parametrize("digest", ["sha1", "md5"])
def test_a_broken_hash_is_an_error_in_a_leaf_and_a_notice_in_a_root(run, tmp_path, digest):
    key = tmp_path / "key.pem"
    rsa_key = rsa.generate_private_key(65537, 2048)
    key.write_bytes(rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    words = ("openssl", "req", "-x509", f"-{digest}", "-key", key, "-subj", "/CN=Old", "-outform", "DER")
    root = run(*words).stdout
    leaf = run(*words, "-addext", "basicConstraints=critical,CA:FALSE").stdout
    assert found(Certificate(root), now=datetime.now(UTC)).get("weak-signature") == "notice"
    assert found(Certificate(leaf), now=datetime.now(UTC)).get("weak-signature") == "error"


def test_version_1_is_one_remark_and_not_one_for_each_extension_that_it_cannot_have(run, tmp_path):
    key, request = tmp_path / "key.pem", tmp_path / "request.pem"
    key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    subject = ("-key", key, "-subj", "/CN=Old Root")
    if b"-x509v1" in run("openssl", "req", "-help").stderr:  # from 3.2 on, version 1 has to be asked for
        (tmp_path / "no.cnf").write_text("[req]\ndistinguished_name = name\n[name]\n")
        words = ("req", "-x509v1", *subject, "-outform", "DER", "-config", tmp_path / "no.cnf")
        made = run("openssl", *words).stdout
    else:
        request.write_bytes(run("openssl", "req", "-new", *subject).stdout)
        made = run("openssl", "x509", "-req", "-in", request, "-signkey", key, "-outform", "DER").stdout
    assert found(Certificate(made), now=datetime.now(UTC)) == {"not-version-3": "warning"}


@pytest.mark.parametrize(
    ("first_day", "most"),
    [
        ("2020-08-31", None),
        ("2020-09-01", 398),
        ("2026-03-14", 398),
        ("2026-03-15", 200),
        ("2027-03-14", 200),
        ("2027-03-15", 100),
        ("2029-03-14", 100),
        ("2029-03-15", 47),
        ("2040-01-01", 47),
    ],
)
def test_how_long_a_public_server_may_live_depends_on_its_first_day(first_day, most):
    start = datetime.fromisoformat(first_day).replace(tzinfo=UTC)
    assert longest_public_days(start) == most
    if most is not None:
        assert "long-lifetime" not in found(certificate(start=start, days=most), now=start)
        assert found(certificate(start=start, days=most + 1), now=start)["long-lifetime"] == "notice"


@given(days=st.integers(1, 10_000), seconds=st.integers(1, 86_400))
def test_a_begun_day_counts_as_a_day(days, seconds):
    last = NOW + timedelta(days=days - 1, seconds=seconds - 1)
    assert whole_days(NOW, last) == days


@pytest.mark.parametrize("common_name", ["Alice", "alice@example.com", "WWW.Example.com", "Printer 3.OG"])
def test_a_common_name_that_is_no_other_host_is_left_alone(common_name):
    assert found(certificate(subject=name(cn=common_name))) == {}


def test_an_international_common_name_is_its_a_label():
    one = certificate(subject=name(cn="bücher.example"), names=("xn--bcher-kva.example",))
    assert found(one) == {}


def test_a_client_needs_neither_host_nor_alternative_name():
    assert found(certificate(subject=name(cn="Alice"), names=(), extended=(LEAF_OF.CLIENT_AUTH,))) == {}


def test_addresses_uris_and_wildcards_in_their_right_form_are_sound():
    names = (
        "www.example.com",
        "*.example.com",
        x509.IPAddress(ipaddress.ip_address("10.0.0.1")),
        x509.UniformResourceIdentifier("spiffe://example.com/a"),
        "localhost",
    )
    assert found(certificate(names=names)) == {}


def test_foreign_text_in_a_remark_is_safe_for_a_terminal():
    hostile = certificate(
        subject=name(cn="www.example.com", o="\x1b[2J\u202e"), names=("www.example.com", "\x1b]0;x\7.a.b")
    )
    messages = [remark.message + remark.fix for remark in lint(hostile, now=NOW)]
    assert len(messages) == 2
    assert all(text.isprintable() for text in messages)


@given(octets=st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_one_remark(octets):
    assert found(Certificate(octets)) == {"malformed-certificate": "error"}


WHOLE = certificate()


@given(at=st.integers(0, len(WHOLE.der) - 1), octet=st.integers(0, 255))
def test_a_certificate_with_one_octet_changed_never_stops_the_lint(at, octet):
    damaged = Certificate(WHOLE.der[:at] + bytes([octet]) + WHOLE.der[at + 1 :])
    assert all(remark.message.isprintable() for remark in lint(damaged, now=NOW))


@pytest.mark.parametrize("kind", ["ec-p256", "rsa-2048", "ed25519", "ml-dsa-44"])
@pytest.mark.parametrize(
    "profile",
    ["root", "intermediate", "server", "client", "peer", "email", "code", "ocsp", "timestamp", "document"],
)
def test_nothing_is_wrong_with_what_we_issue(make, profile, kind):
    root = make("root", "CN=Root", now=NOW)
    given_name = {"root": "CN=Root", "intermediate": "CN=Issuing", "email": "a@example.com"}.get(
        profile, "www.example.com"
    )
    made = make(profile, given_name, issuer=None if profile == "root" else root, kind=kind, now=NOW)
    one = Certificate(made.certificate.public_bytes(Encoding.DER))
    assert found(one) == {}


def test_what_strict_clients_refuse_in_a_chain_lint_says_of_the_certificate():
    root = {**AUTHORITY, "signer": KEY}
    for changes in (
        {"ca_critical": False},
        {"key_usage": None},
        {"key_ids": False, "extra": (identifiers(KEY, ISSUER)[1],)},
    ):
        one = certificate(**(AUTHORITY | changes))
        assert strict_codes((certificate(), one, certificate(**root)))
        assert set(strict_codes((certificate(), one, certificate(**root)))) <= found(one).keys()


def test_remarks_come_gravest_first_and_each_says_where_its_rule_stands():
    remarks = lint(certificate(names=("w*.example.com", "printer"), key_usage=None), now=NOW)
    assert [remark.level for remark in remarks] == sorted(
        (remark.level for remark in remarks), key=lambda level: -level.rank
    )
    for remark in remarks:
        assert remark.source
        assert remark.culprit
        assert remark.message.endswith(".")
        assert remark.fix.endswith(".")
    assert reaches(remarks, Level.ERROR)
    assert not reaches((), Level.NOTICE)


def test_a_name_of_bits_is_no_name(make):
    root = make("root", "CN=Root").certificate.public_bytes(Encoding.DER)
    of_bits = root.replace(b"\x55\x04\x03\x0c\x04Root", b"\x55\x04\x03\x03\x04\0oot")
    assert "malformed-name" in {remark.code for remark in lint(Certificate(of_bits), now=NOW)}
