"""The hash of a name under which OpenSSL looks for an authority in a directory."""

import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tlsca.errors import DerError
from tlsca.pki.subject_hash import subject_hash

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32)
DAY = datetime(2030, 1, 1, tzinfo=UTC)


def openssl_hash(name):
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    made = builder.serial_number(1).not_valid_before(DAY).not_valid_after(DAY).sign(KEY, None)
    words = ["openssl", "x509", "-hash", "-noout"]
    done = subprocess.run(words, input=made.public_bytes(Encoding.PEM), capture_output=True, check=True)
    return done.stdout.decode().strip()


def name(*parts):
    """Return a name of (OID, text, string type) or, for one RDN of several attributes, a list of them."""
    rdns = [part if isinstance(part, list) else [part] for part in parts]
    return x509.Name(
        [
            x509.RelativeDistinguishedName([x509.NameAttribute(oid, text, kind) for oid, text, kind in rdn])
            for rdn in rdns
        ]
    )


CN, O, C = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME  # noqa: E741 -- as names have them
UTF8, PRINTABLE, IA5, BMP, T61 = (
    _ASN1Type.UTF8String,
    _ASN1Type.PrintableString,
    _ASN1Type.IA5String,
    _ASN1Type.BMPString,
    _ASN1Type.T61String,
)


@pytest.mark.parametrize(
    "parts",
    [
        [(CN, "Root", UTF8)],
        [(C, "SE", PRINTABLE), (O, "ACME  Works", UTF8), (CN, "  Root\tCA ", UTF8)],
        [(CN, "Räksmörgås", UTF8)],
        [(CN, "Räksmörgås", BMP)],
        [(CN, "Straße İ", UTF8)],
        [(NameOID.EMAIL_ADDRESS, "A@Example.COM", IA5)],
        [[(CN, "zz", UTF8), (O, "AA", PRINTABLE)], (CN, "b", UTF8)],
        [(CN, "x" * 64, PRINTABLE), (O, "y" * 64, UTF8), (NameOID.LOCALITY_NAME, "z" * 128, UTF8)],
        [],
    ],
)
def test_it_is_that_of_openssl(openssl, parts):
    made = name(*parts)
    assert subject_hash(made.public_bytes()) == openssl_hash(made)


def test_names_that_are_equal_have_the_same():
    one = name((CN, "Home  Root", UTF8))
    other = name((CN, " home root ", PRINTABLE))
    assert subject_hash(one.public_bytes()) == subject_hash(other.public_bytes())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "B", " ", "\t", "é", "İ", "ß", "\u00a0", "字", ".", "\x00"]),
        min_size=1,
        max_size=12,
    )
)
def test_it_is_that_of_openssl_for_whatever_a_name_holds(letters):
    made = name((O, "".join(letters), UTF8))
    assert subject_hash(made.public_bytes()) == openssl_hash(made)


@pytest.mark.parametrize("octets", [b"", b"\x30\x02\x31", b"\x30\x07\x31\x05\x30\x03\x06\x01\x2a"])
def test_what_is_no_name_has_none(octets):
    with pytest.raises(DerError):
        subject_hash(octets)


def test_text_that_is_not_of_its_type_has_none():
    with pytest.raises(DerError, match="not of its type"):
        subject_hash(bytes.fromhex("300d310b3009060355040a0c02fffe"))
