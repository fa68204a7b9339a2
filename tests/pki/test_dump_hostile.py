"""Whatever bytes come, the text is bytes or an `Unreadable`, soon; and a safe text cannot be forged by what it shows."""

import re
import time
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tlsca.errors import Unreadable
from tlsca.pki import der
from tlsca.pki.dump import certificate_text, crl_text, request_text, visible

SECONDS = 2.0
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)
KEY = ec.derive_private_key(5, ec.SECP256R1())
NAME = x509.Name(
    [x509.NameAttribute(NameOID.COMMON_NAME, "Größe"), x509.NameAttribute(NameOID.COUNTRY_NAME, "CH")]
)
ALTERNATIVE_NAMES = x509.SubjectAlternativeName(
    [
        x509.DNSName("a.example"),
        x509.RFC822Name("a@example"),
        x509.UniformResourceIdentifier("spiffe://a"),
        x509.DirectoryName(NAME),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x01u"),
    ]
)
POINT = x509.DistributionPoint([x509.UniformResourceIdentifier("http://c")], None, None, None)
POLICY = x509.PolicyInformation(
    x509.ObjectIdentifier("1.2.3"), ["http://cps", x509.UserNotice(None, "notice")]
)


def certificate():
    builder = (
        x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 77, START, END)
        .add_extension(ALTERNATIVE_NAMES, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(KEY.public_key()), critical=False)
        .add_extension(x509.CRLDistributionPoints([POINT]), critical=False)
        .add_extension(x509.CertificatePolicies([POLICY]), critical=False)
        .add_extension(x509.NameConstraints([x509.DNSName("a")], None), critical=True)
    )
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def request():
    builder = x509.CertificateSigningRequestBuilder(NAME).add_extension(ALTERNATIVE_NAMES, critical=False)
    builder = builder.add_attribute(x509.ObjectIdentifier("1.2.840.113549.1.9.7"), b"challenge")
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def revocation_list():
    entry = x509.RevokedCertificateBuilder(77, START).add_extension(
        x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False
    )
    builder = x509.CertificateRevocationListBuilder(NAME, START, END).add_revoked_certificate(entry.build())
    builder = builder.add_extension(x509.CRLNumber(5), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


DOCUMENTS = [(certificate_text, certificate()), (request_text, request()), (crl_text, revocation_list())]


@st.composite
def mutations(draw):
    """A document with a few octets changed, a piece repeated or left out, or its end cut off."""
    print_text, source = draw(st.sampled_from(DOCUMENTS))
    changed = bytearray(source)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(changed) - 1))
        kind = draw(st.sampled_from(("flip", "octet", "length", "repeat", "remove", "truncate")))
        if kind == "flip":
            changed[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "octet":
            changed[place] = draw(st.integers(0, 255))
        elif kind == "length":
            changed[place] = draw(st.sampled_from((0x00, 0x7F, 0x80, 0x81, 0x84, 0x88, 0xFF)))
        elif kind == "repeat":
            changed[place:place] = changed[place : place + draw(st.integers(1, 40))]
        elif kind == "remove" and len(changed) > 50:
            del changed[place : place + draw(st.integers(1, 40))]
        elif len(changed) > 50:
            del changed[max(place, 20) :]
    return print_text, bytes(changed)


@settings(max_examples=2000, deadline=None)
@given(mutations())
def test_a_mutated_document_is_printed_or_refused_soon(mutation):
    print_text, source = mutation
    for safe in (False, True):
        begin = time.process_time()
        text = text_or_none(print_text, source, safe=safe)
        assert time.process_time() - begin < SECONDS
        if text is not None and safe:
            assert_harmless(text)


@given(st.binary(max_size=300), st.sampled_from([print_text for print_text, _ in DOCUMENTS]))
def test_any_bytes_are_refused_with_one_sentence(source, print_text):
    with pytest.raises(Unreadable) as caught:
        print_text(source)
    assert caught.value.sentence.startswith("These bytes are no certificate")
    assert "\n" not in caught.value.sentence


def text_or_none(print_text, source, *, safe):
    try:
        return print_text(source, safe=safe)
    except Unreadable:
        return None


def assert_harmless(text):
    """A safe text is UTF-8 in which nothing is left to escape."""
    assert text.decode() == visible(text)


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


def built(*, serial=b"\x05", not_before=b"200101000000Z", extension=None):
    """Return a certificate around one odd field."""
    algorithm = tlv(0x30, tlv(0x06, b"\x2b\x65\x70"))
    names = tlv(0x30)
    time_tag = 0x17 if len(not_before) < 15 else 0x18
    validity = tlv(0x30, tlv(time_tag, not_before), tlv(0x18, b"99991231235959Z"))
    key = tlv(0x30, algorithm, tlv(0x03, b"\0" + b"\7" * 32))
    fields = [tlv(0xA0, tlv(0x02, b"\2")), tlv(0x02, serial), algorithm, names, validity, names, key]
    if extension is not None:
        kind, content = extension
        fields.append(tlv(0xA3, tlv(0x30, tlv(0x30, tlv(0x06, kind), tlv(0x04, content)))))
    return tlv(0x30, tlv(0x30, *fields), algorithm, tlv(0x03, b"\0" + b"\1" * 64))


ALTERNATIVE_NAME = b"\x55\x1d\x11"


def test_two_hundred_thousand_names_take_less_than_two_seconds():
    names = b"".join(tlv(0x82, b"host-%06d.example" % number) for number in range(200_000))
    source = built(extension=(ALTERNATIVE_NAME, tlv(0x30, names)))
    begin = time.process_time()
    text = certificate_text(source)
    assert time.process_time() - begin < SECONDS
    assert text.count(b"DNS:host-") == 200_000
    assert b"DNS:host-000000.example, DNS:host-000001.example" in text


@pytest.mark.parametrize("opening", [b"\x30\x80", b"\x24\x80", b"\xa0\x80"])
def test_nesting_ten_thousand_deep_is_no_danger(opening):
    deep = opening * 10_000 + b"\0\0" * 10_000
    begin = time.process_time()
    for print_text, _ in DOCUMENTS:
        with pytest.raises(Unreadable):
            print_text(deep)
    text = certificate_text(built(extension=(ALTERNATIVE_NAME, deep)))
    assert b"Subject Alternative Name" in text
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize(
    ("serial", "line"),
    [
        (b"\x00", b"Serial Number: 0 (0x0)\n"),
        (b"\xfb", b"Serial Number: -5 (-0x5)\n"),
        (b"\xff", b"Serial Number:\n             (Negative)01\n"),
        (b"\x00\xff" + b"\0" * 7, b"Serial Number:\n            ff:00:00:00:00:00:00:00\n"),
        (b"\x01" + b"\0" * 20, b"Serial Number:\n            01" + b":00" * 20 + b"\n"),
    ],
)
def test_odd_serial_numbers_are_shown(serial, line):
    assert line in certificate_text(built(serial=serial))


@pytest.mark.parametrize(
    ("not_before", "shown"),
    [
        (b"00000101000000Z", b"Jan  1 00:00:00 0 GMT"),
        (b"99991231235959Z", b"Dec 31 23:59:59 9999 GMT"),
        (b"99991231235959-0100", b"Bad time value"),
        (b"500101000000Z", b"Jan  1 00:00:00 1950 GMT"),
        (b"200230000000Z", b"Bad time value"),
        (b"soon", b"Bad time value"),
    ],
)
def test_odd_times_are_shown_and_printing_goes_on(not_before, shown):
    text = certificate_text(built(not_before=not_before))
    assert b"Not Before: " + shown + b"\n" in text
    assert text.endswith(b"01\n")


def test_a_key_of_an_unknown_kind_is_said_to_be_unloadable():
    ml_dsa = built().replace(tlv(0x06, b"\x2b\x65\x70"), tlv(0x06, b"\x2b\x65\x01"), 2)
    assert b"Public Key Algorithm: 1.3.101.1\n            Unable to load Public Key\n" in certificate_text(
        ml_dsa
    )


FORGERIES = [
    b"a.example\n    Signature Value:",
    b"\x1b[2Ja",
    b"a\r\xe2\x80\xaeb",
    b"\xff\x00\x7f",
    "b\u2028c".encode(),
]


def test_openssl_lets_a_name_forge_a_line_and_so_does_its_text():
    source = built(extension=(ALTERNATIVE_NAME, tlv(0x30, tlv(0x82, FORGERIES[0]))))
    assert certificate_text(source).splitlines().count(b"    Signature Value:") == 2


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_safe_text_shows_one_name_per_row_and_escapes_its_controls(forgery):
    names = tlv(0x30, tlv(0x82, b"first.example"), tlv(0x82, forgery), tlv(0x82, b"last.example"))
    text = certificate_text(built(extension=(ALTERNATIVE_NAME, names)), safe=True)
    assert_harmless(text)
    rows = [line for line in visible(text).splitlines() if line.startswith(" " * 16)]
    assert len([row for row in rows if "DNS:" in row]) == (3 if 0 not in forgery else 0)
    assert text.splitlines().count(b"    Signature Value:") == 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        pytest.param("2.16.840.1.113730.1.13", tlv(0x16, b"comment\n\x1b"), id="comment"),
        pytest.param("1.2.3", b"raw\n\x1b", id="octets"),
        pytest.param("2.5.29.31", tlv(0x30, tlv(0x30, tlv(0xA0, tlv(0xA0, tlv(0x86, b"u\n"))))), id="point"),
    ],
)
def test_a_safe_text_escapes_values_of_every_extension(kind, content):
    identifier = x509.ObjectIdentifier(kind)
    builder = x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 77, START, END)
    builder = builder.add_extension(x509.UnrecognizedExtension(identifier, content), critical=False)
    source = builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)
    safe, plain = certificate_text(source, safe=True), certificate_text(source)
    assert_harmless(safe)
    assert b"\\n" in safe
    assert safe.count(b"\n") < plain.count(b"\n")


@pytest.mark.parametrize(("print_text", "source"), DOCUMENTS)
def test_a_safe_text_of_an_honest_document_only_breaks_its_names_into_rows(print_text, source):
    plain, safe = print_text(source), print_text(source, safe=True)
    assert re.sub(rb",?\s+", b" ", safe) == re.sub(rb",?\s+", b" ", plain)
