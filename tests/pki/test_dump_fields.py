"""Keys, algorithms, serial numbers, versions, times, request attributes and CRL entries print as OpenSSL prints them."""

import pytest

from tlsca.pki import der
from tlsca.pki.dump import certificate_text, crl_text, request_text

PRINTERS = {"x509": certificate_text, "req": request_text, "crl": crl_text}


@pytest.fixture
def assert_identical(libcrypto):
    def compare(kind, source):
        text = libcrypto.text(kind, source)
        assert text
        assert PRINTERS[kind](source) == text

    return compare


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


def seq(*parts):
    return tlv(0x30, *parts)


def oid(content):
    return tlv(0x06, bytes.fromhex(content))


def integer(number):
    length = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return tlv(0x02, number.to_bytes(length, "big", signed=True))


def bits(content, unused=0):
    return tlv(0x03, bytes([unused]), content)


def utc(text):
    return tlv(0x17, text)


def generalized(text):
    return tlv(0x18, text)


NULL = tlv(0x05)
ED25519 = seq(oid("2b6570"))
NAME = seq(tlv(0x31, seq(oid("550403"), tlv(0x0C, b"name"))))
KEY = seq(ED25519, bits(b"\7" * 32))
SIGNATURE = bits(b"\1" * 64)
JANUARY = utc(b"200101000000Z")
SHA256 = seq(oid("608648016503040201"), NULL)
RSASSA_PSS, MGF1, DSA_WITH_SHA256 = (
    oid("2a864886f70d01010a"),
    oid("2a864886f70d010108"),
    oid("608648016503040302"),
)
RSA, DSA, DH, X942 = (
    oid("2a864886f70d010101"),
    oid("2a8648ce380401"),
    oid("2a864886f70d010301"),
    oid("2a8648ce3e0201"),
)
ML_DSA_65, GOST = oid("608648016503040312"), oid("2a85030701010101")


def certificate(
    key=KEY,
    *,
    version=2,
    serial=5,
    algorithm=ED25519,
    times=(JANUARY, JANUARY),
    signature=SIGNATURE,
    more=b"",
):
    shown_version = tlv(0xA0, integer(version))
    fields = [shown_version, integer(serial), algorithm, NAME, seq(*times), NAME, key, more]
    return seq(seq(*fields), algorithm, signature)


CURVES = [
    "prime256v1",
    "secp521r1",
    "secp256k1",
    "brainpoolP384r1",
    "sect283k1",
    "sect571r1",
    "secp224r1",
]


@pytest.mark.parametrize("curve", CURVES)
def test_points_in_every_form_on_curves_named_and_spelled_out(curve, openssl, assert_identical):
    pem = openssl("ecparam", "-name", curve, "-genkey", "-noout")
    for options in (
        ["-ec_conv_form", "uncompressed"],
        ["-ec_conv_form", "compressed"],
        ["-ec_conv_form", "hybrid"],
        ["-ec_param_enc", "explicit"],
    ):
        key = openssl("pkey", "-pubout", "-outform", "DER", *options, stdin=pem)
        assert_identical("x509", certificate(key))
    off_the_curve = key[:-1] + bytes([key[-1] ^ 1])
    assert_identical("x509", certificate(off_the_curve))
    assert b"Unable to load Public Key" in certificate_text(certificate(off_the_curve))


@pytest.mark.parametrize("group", ["ffdhe2048", "modp_2048", "dh_2048_256"])
def test_diffie_hellman_groups_have_names(group, openssl, assert_identical):
    algorithm = "DHX" if group.startswith("dh_") else "DH"
    pem = openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", f"group:{group}")
    source = certificate(openssl("pkey", "-pubout", "-outform", "DER", stdin=pem))
    assert_identical("x509", source)
    assert b"GROUP: " + group.encode() in certificate_text(source)


PRIME, ORDER, MODULUS = 2**512 + 75, 2**160 + 7, 2**1024 + 1
MASK = seq(MGF1, SHA256)
PSS_PARAMETERS = [
    b"",
    NULL,
    seq(),
    seq(tlv(0xA0, SHA256), tlv(0xA1, MASK), tlv(0xA2, integer(32))),
    seq(tlv(0xA1, seq(MGF1, NULL))),
    seq(tlv(0xA2, integer(2**300)), tlv(0xA3, integer(-1))),
    seq(tlv(0xA0, seq(oid("2a03")))),
]
KEYS = {
    "RSA without parameters": (RSA, b"", bits(seq(integer(MODULUS), integer(3)), 3)),
    "RSA of nothing": (RSA, NULL, bits(seq(integer(0), integer(2**64)))),
    "RSA with negative numbers": (RSA, NULL, bits(seq(integer(-5), integer(-(2**100))))),
    "RSA cut short": (RSA, NULL, bits(seq(integer(MODULUS)))),
    "DSA": (DSA, seq(integer(PRIME), integer(ORDER), integer(5)), bits(integer(-77))),
    "DSA that inherits": (DSA, NULL, bits(integer(5))),
    "DH": (DH, seq(integer(PRIME), integer(5)), bits(integer(77))),
    "DH with a length": (DH, seq(integer(PRIME), integer(5), integer(160)), bits(integer(2**200))),
    "X9.42": (
        X942,
        seq(integer(PRIME), integer(5), integer(ORDER), integer(9), seq(bits(b"seed" * 6), integer(105))),
        bits(integer(5)),
    ),
    "ML-DSA": (ML_DSA_65, b"", bits(b"\1" * 32)),
    "GOST": (GOST, NULL, bits(tlv(0x04, b"\1" * 64))),
    "Ed25519 with parameters": (oid("2b6570"), NULL, bits(b"\1" * 32)),
    "Ed448": (oid("2b6571"), b"", bits(b"\1" * 57)),
    "X25519": (oid("2b656e"), b"", bits(b"\1" * 32)),
    "X448 too short": (oid("2b656f"), b"", bits(b"\1" * 55)),
}


@pytest.mark.parametrize("kind", KEYS)
def test_other_keys_sound_and_odd(kind, assert_identical):
    algorithm, parameters, content = KEYS[kind]
    assert_identical("x509", certificate(seq(seq(algorithm, parameters), content)))


@pytest.mark.parametrize("parameters", PSS_PARAMETERS)
def test_rsassa_pss_of_keys_and_signatures(parameters, assert_identical):
    algorithm = seq(RSASSA_PSS, parameters)
    assert_identical("x509", certificate(algorithm=algorithm))
    assert_identical("x509", certificate(seq(algorithm, bits(seq(integer(MODULUS), integer(3))))))


@pytest.mark.parametrize(
    "content", [seq(integer(5), integer(2**100)), b"", seq(integer(0), integer(-1)), b"\x30\x80\0\0"]
)
def test_dsa_signatures_show_their_numbers_or_their_octets(content, assert_identical):
    assert_identical("x509", certificate(algorithm=seq(DSA_WITH_SHA256), signature=bits(content)))


def test_serial_numbers_of_every_size(assert_identical):
    for serial in (0, 1, -1, -128, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**167, -(2**167), 2**8000):
        assert_identical("x509", certificate(serial=serial))


def test_versions_known_and_unknown(assert_identical):
    for version in (0, 1, 2, 3, -1, 2**63, -(2**63)):
        assert_identical("x509", certificate(version=version))


TIMES = {
    utc: b"200101000000Z 2001010000Z 200101000000+0000 200101000000-0130 490101000000Z 500101000000Z 200230000000Z "
    b"210229000000Z 200101240000Z 200101000060Z 2001010000 x 200101000000z 200101000000+1300 500101000000+0130",
    generalized: b"00000101000000Z 99991231235959Z 99991231235959-0130 20200101000000.5Z 20200101000000.Z 2020010100Z "
    b"202001010000Z 18991231235959-0130 19000101000000+0130 20200101000000.123-0130 00000101000000+0100 20200001000000Z",
}


@pytest.mark.parametrize("kind", TIMES)
def test_times_in_every_form_that_was_ever_allowed(kind, assert_identical):
    for text in TIMES[kind].split(b" "):
        assert_identical("x509", certificate(times=(kind(text), JANUARY)))


def test_unique_identifiers_and_an_empty_list_of_extensions(assert_identical):
    assert_identical("x509", certificate(more=tlv(0x81, b"\0" + b"u" * 40) + tlv(0x82, b"\3")))
    assert_identical("x509", certificate(more=tlv(0xA3, seq())))


EXTENSIONS = seq(seq(oid("551d11"), tlv(0x01, b"\xff"), tlv(0x04, seq(tlv(0x82, b"a.example")))))
CHALLENGE, REQUESTED, REQUESTED_MICROSOFT = (
    oid("2a864886f70d010907"),
    oid("2a864886f70d01090e"),
    oid("2b0601040182370201 0e"),
)
LONG_NAME = oid("2a030405060708090a0b0c0d0e0f10111213")


def attribute(kind, *values):
    return seq(kind, tlv(0x31, *values))


ATTRIBUTES = {
    "left out": None,
    "none": [],
    "a challenge": [attribute(CHALLENGE, tlv(0x0C, b"secret"))],
    "several values": [
        attribute(LONG_NAME, tlv(0x0C, b"a\n"), tlv(0x14, b"t\xe9"), integer(5), tlv(0x16, b"b"))
    ],
    "requested extensions": [attribute(REQUESTED, EXTENSIONS)],
    "requested twice": [attribute(REQUESTED_MICROSOFT, EXTENSIONS), attribute(REQUESTED, seq())],
    "requested badly": [attribute(REQUESTED, seq(integer(1)))],
    "requested as text": [attribute(REQUESTED, tlv(0x0C, b"x"))],
}


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_attributes_of_requests(kind, assert_identical):
    listed = ATTRIBUTES[kind]
    wrapped = b"" if listed is None else tlv(0xA0, *listed)
    assert_identical("req", seq(seq(integer(0), NAME, KEY, wrapped), ED25519, SIGNATURE))


def test_requests_of_unknown_versions(assert_identical):
    for version in (1, -1, 2**64):
        assert_identical("req", seq(seq(integer(version), NAME, KEY, tlv(0xA0)), ED25519, SIGNATURE))


def entry(serial, *extensions):
    return seq(integer(serial), JANUARY, seq(*extensions) if extensions else b"")


def extension(kind, content):
    return seq(oid(kind), tlv(0x04, content))


ENTRIES = seq(
    entry(0),
    entry(-5),
    entry(2**300),
    entry(
        5,
        extension("551d15", tlv(0x0A, b"\1")),
        extension("551d18", generalized(b"20200102030405Z")),
        extension("551d1d", seq(tlv(0xA4, NAME))),
    ),
    seq(integer(6), JANUARY, seq()),
)


@pytest.mark.parametrize("version", [b"", integer(0), integer(1), integer(2), integer(2**70)])
@pytest.mark.parametrize("revoked", [b"", seq(), ENTRIES], ids=["nothing", "empty", "entries"])
def test_revocation_lists(version, revoked, assert_identical):
    for next_update in (b"", JANUARY, utc(b"bad")):
        fields = [
            version,
            ED25519,
            NAME,
            JANUARY,
            next_update,
            revoked,
            tlv(0xA0, seq(extension("551d14", integer(7)))),
        ]
        assert_identical("crl", seq(seq(*fields), ED25519, SIGNATURE))
