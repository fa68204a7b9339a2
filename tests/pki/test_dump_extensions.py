"""Every extension that OpenSSL 3.0 can print, whole and broken, printed as this machine's OpenSSL prints it.

Few of them are in any collection of real certificates, so each gets a certificate built around it here.
"""

import pytest

from tlsca.pki import der
from tlsca.pki.dump import certificate_text


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


def seq(*parts):
    return tlv(0x30, *parts)


def context(number, *parts):
    return tlv(0xA0 | number, *parts)


def implicit(number, content):
    return tlv(0x80 | number, content)


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(arc & 0x7F | 0x80)
        content += bytes(reversed(digits))
    return tlv(0x06, content)


def integer(number):
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def octets(content):
    return tlv(0x04, content)


def bits(unused, content):
    return tlv(0x03, bytes([unused]) + content)


def utf8(text):
    return tlv(0x0C, text.encode())


def ia5(text):
    return tlv(0x16, text.encode())


def printable(text):
    return tlv(0x13, text.encode())


def moment(text):
    return tlv(0x18, text.encode())


def rdn(*attributes):
    return tlv(0x31, *(seq(oid(kind), value) for kind, value in attributes))


NULL = tlv(0x05)
TRUE = b"\xff"
NAME = seq(
    rdn(("2.5.4.6", printable("CH"))),
    rdn(("2.5.4.10", utf8("Größe, AG"))),
    rdn(("2.5.4.3", tlv(0x1E, "Ωx".encode("utf-16-be")))),
    rdn(("2.5.4.11", utf8('a"b\\')), ("2.5.4.5", printable("1/2+3"))),
    rdn(("1.2.3.4.5", utf8("# unknown "))),
    rdn(("2.5.4.45", bits(3, b"\xab\xff"))),
    rdn(("2.5.4.4", tlv(0x14, b"t\xe9\x07"))),
    rdn(("2.5.4.41", seq(integer(5)))),
)
DNS, EMAIL = implicit(2, b"a.example"), implicit(1, b"x@example")
URI = implicit(6, b"http://e/\nforged")
ADDRESSES = [implicit(7, bytes([10, 0, 0, 1])), implicit(7, bytes(range(16))), implicit(7, b"odd")]
DIRECTORY = context(4, NAME)
REGISTERED = implicit(8, b"\x2a\x03\x04")


def other_name(kind, value):
    return context(0, oid(kind), context(0, value))


OTHER_NAMES = [
    other_name("1.3.6.1.4.1.311.20.2.3", utf8("user@realm")),
    other_name("1.3.6.1.5.5.7.8.7", ia5("_srv.example")),
    other_name("1.3.6.1.5.5.7.8.5", utf8("xmpp")),
    other_name("1.3.6.1.5.5.7.8.9", utf8("müller@example")),
    other_name("1.3.6.1.5.5.7.8.8", utf8("realm")),
    other_name("1.2.3", utf8("free")),
    other_name("1.2.3", ia5("a\0b")),
    other_name("1.2.3", integer(5)),
]
RARE_NAMES = [
    context(3, seq(printable("x400"))),
    context(5, context(0, utf8("as")), context(1, utf8("party"))),
]
NAMES = [DNS, EMAIL, URI, *ADDRESSES, DIRECTORY, REGISTERED, *OTHER_NAMES, *RARE_NAMES]
RELATIVE = context(0, context(1, seq(oid("2.5.4.3"), utf8("relative")), seq(oid("2.5.4.11"), utf8("\x07"))))


def point(*names):
    return context(0, context(0, *names))


def access(kind, name):
    return seq(oid(kind), name)


def qualifier(kind, *content):
    return seq(oid(f"1.3.6.1.5.5.7.2.{kind}"), *content)


def timestamps(*entries):
    listed = b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    return octets(len(listed).to_bytes(2, "big") + listed)


def timestamp(algorithm=b"\4\3", extensions=b"", signature=b"\xaa" * 20, milliseconds=1_600_000_000_123):
    return (
        b"\0"
        + bytes(range(32))
        + milliseconds.to_bytes(8, "big")
        + len(extensions).to_bytes(2, "big")
        + extensions
        + algorithm
        + len(signature).to_bytes(2, "big")
        + signature
    )


BROKEN = [b"", b"\xff\n\r\x1b", seq(), seq(NULL), NULL, integer(1), b"\x30\x80"]

EXTENSIONS = {
    "2.5.29.17": [
        seq(*NAMES),
        seq(implicit(2, b"a\0b")),
        seq(DIRECTORY, DIRECTORY),
        seq(other_name("1.3.6.1.5.5.7.8.8", NULL)),
    ],
    "2.5.29.18": [seq(DNS, DIRECTORY)],
    "2.5.29.29": [seq(DIRECTORY)],
    "2.5.29.14": [octets(b"\1\2\3"), octets(b""), tlv(0x24, octets(b"\1"), octets(b"\2"))],
    "2.5.29.35": [
        seq(implicit(0, b"key")),
        seq(implicit(0, b"key"), context(1, DIRECTORY, URI), implicit(2, b"\x01\x02")),
        seq(context(1, DIRECTORY), implicit(2, b"\xff\x7f")),
    ],
    "2.5.29.19": [seq(tlv(0x01, TRUE), integer(0)), seq(tlv(0x01, b"\0")), seq(integer(-3))],
    "2.5.29.15": [bits(7, b"\xff\x80"), bits(0, b""), bits(5, b"\xa0")],
    "2.5.29.37": [
        seq(
            oid("1.3.6.1.5.5.7.3.1"),
            oid("2.5.29.37.0"),
            oid("1.2.3.4"),
            oid("1.2." + ".".join(["99999"] * 30)),
        )
    ],
    "1.3.6.1.5.5.7.1.1": [
        seq(
            access("1.3.6.1.5.5.7.48.1", URI), access("1.3.6.1.5.5.7.48.2", DIRECTORY), access("1.2.3.4", DNS)
        )
    ],
    "1.3.6.1.5.5.7.1.11": [seq(access("1.3.6.1.5.5.7.48.5", URI))],
    "2.5.29.31": [
        seq(
            seq(point(URI, DIRECTORY), implicit(1, b"\x01\x7e"), context(2, DIRECTORY)),
            seq(RELATIVE),
            seq(implicit(1, b"\7\0")),
        ),
        seq(seq(point(*NAMES))),
    ],
    "2.5.29.46": [seq(seq(point(URI)))],
    "2.5.29.28": [
        seq(
            point(URI),
            *(implicit(number, TRUE) for number in (1, 2)),
            implicit(3, b"\x01\x7e"),
            implicit(4, TRUE),
            implicit(5, TRUE),
        ),
        seq(RELATIVE, implicit(4, b"\1")),
    ],
    "2.5.29.32": [
        seq(
            seq(oid("2.5.29.32.0")),
            seq(
                oid("1.2.3.4"),
                seq(
                    qualifier(1, ia5("http://cps\x1b")),
                    qualifier(
                        2,
                        seq(seq(utf8("Organization"), seq(integer(1), integer(-2))), utf8("explicit\ntext")),
                    ),
                    qualifier(2, seq(seq(ia5("Organization"), seq(integer(2**130))))),
                    qualifier(2, seq(tlv(0x1E, "BMP".encode("utf-16-be")))),
                    qualifier(2, seq()),
                    qualifier(9, integer(5)),
                ),
            ),
            seq(oid("1.2.3.5"), seq()),
        )
    ],
    "2.5.29.33": [seq(seq(oid("1.2.3"), oid("1.2.4")), seq(oid("2.5.29.32.0"), oid("1.2.4")))],
    "2.5.29.36": [seq(implicit(0, b"\0"), implicit(1, b"\5")), seq(implicit(1, b"\x7f"))],
    "2.5.29.30": [
        seq(
            context(0, *map(seq, [DNS, DIRECTORY, *(implicit(7, bytes(size)) for size in (8, 32, 2, 20))])),
            context(1, seq(URI), seq(EMAIL, implicit(0, b"\0"), implicit(1, b"\5"))),
        ),
        seq(context(0), context(1)),
    ],
    "2.5.29.54": [integer(3)],
    "2.5.29.20": [integer(2**130), integer(-(2**127))],
    "2.5.29.27": [integer(-5)],
    "2.5.29.21": [tlv(0x0A, bytes([code])) for code in (0, 1, 7, 10, 11, 255)],
    "2.5.29.23": [oid("1.2.840.10040.2.1"), oid("1.2.3")],
    "2.5.29.24": [
        moment("20200229030405Z"),
        moment("20200101000000.50Z"),
        moment("202001010000+0130"),
        moment("20210229000000Z"),
    ],
    "2.5.29.16": [
        seq(implicit(0, b"20200102030405Z"), implicit(1, b"20210102030405Z")),
        seq(implicit(1, b"20210102030405Z")),
        seq(implicit(0, b"soon")),
    ],
    "1.3.6.1.5.5.7.1.24": [seq(integer(5), integer(17), integer(9))],
    "1.3.6.1.5.5.7.48.1.2": [b"\1" * 40, octets(b"nonce")],
    "1.3.6.1.5.5.7.48.1.3": [
        seq(context(0, ia5("http://crl")), context(1, integer(77)), context(2, moment("20200102030405Z"))),
        seq(context(2, moment("2020"))),
    ],
    "1.3.6.1.5.5.7.48.1.4": [seq(oid("1.3.6.1.5.5.7.48.1.1"))],
    "1.3.6.1.5.5.7.48.1.5": [],
    "1.3.6.1.5.5.7.48.1.6": [moment("20200102030405Z"), moment("never")],
    "1.3.6.1.5.5.7.48.1.7": [seq(NAME, seq(access("1.3.6.1.5.5.7.48.1", URI))), seq(seq())],
    "1.3.6.1.4.1.11129.2.4.2": [
        timestamps(timestamp(), timestamp(b"\4\1", b"ext" * 9)),
        timestamps(b"\1another version"),
        timestamps(timestamp(milliseconds=2**63), timestamp(milliseconds=9 * 2**40)),
        timestamps(timestamp(b"\5\5")),
        timestamps(timestamp(signature=b"")),
        timestamps(),
    ],
    "1.3.6.1.4.1.11129.2.4.3": [],
    "1.3.6.1.5.5.7.1.14": [
        seq(integer(3), seq(oid("1.3.6.1.5.5.7.21.1"), octets(b"policy\ntext"))),
        seq(seq(oid("1.3.6.1.5.5.7.21.2"))),
    ],
    "1.3.36.8.3.3": [
        seq(
            DIRECTORY,
            seq(
                seq(
                    context(0, DIRECTORY),
                    context(1, seq(oid("1.3.36.8.3.11.1"), ia5("http://u"), utf8("text\n"))),
                    seq(
                        seq(
                            context(0, seq(oid("1.2.3.4"))),
                            seq(utf8("Arzt"), printable("Doctor")),
                            seq(oid("1.3.36.8.3.11.1.1"), oid("1.2.3")),
                            printable("number/1"),
                            octets(b"more"),
                        ),
                        seq(seq(utf8("Notar"))),
                    ),
                ),
                seq(seq()),
            ),
        ),
        seq(seq(seq(context(1, seq()), seq()))),
    ],
    "1.3.6.1.5.5.7.1.7": [
        seq(
            seq(
                octets(b"\0\1"),
                seq(
                    bits(0, b"\x0a"),
                    bits(3, b"\xc0\xa8\x08"),
                    seq(bits(0, b"\x0a\0"), bits(2, b"\x0a\x03\xfc")),
                ),
            ),
            seq(
                octets(b"\0\2\1"),
                seq(
                    bits(0, bytes.fromhex("20010db8")),
                    bits(0, b""),
                    seq(bits(0, bytes(15)), bits(1, b"\xfe")),
                ),
            ),
            seq(octets(b"\0\1\2"), NULL),
            seq(octets(b"\0\7\x63"), seq(bits(1, b"ab"))),
        ),
        seq(seq(octets(b"\0\1"), seq(bits(0, b"five!")))),
    ],
    "1.3.6.1.5.5.7.1.8": [
        seq(context(0, seq(integer(64512), seq(integer(1), integer(2**33)))), context(1, NULL))
    ],
    "1.3.101.1.4.1": [seq(integer(0), seq(seq(integer(12), octets(b"user\n")))), seq(integer(2**70), seq())],
    "1.2.643.100.111": [utf8("tool")],
    "1.2.643.100.112": [seq(utf8("a"), utf8("b\n"), utf8("c"), utf8("d"))],
    "2.16.840.1.113730.1.1": [bits(0, b"\xff")],
    "2.16.840.1.113730.1.2": [ia5("http://base")],
    "2.16.840.1.113730.1.13": [ia5("comment\n"), ia5("a\0b"), ia5("")],
    "1.2.840.113549.1.9.15": [seq(seq(oid("1.2.840.113549.3.7")))],
    "1.2.3.4.5.6.7": [],
}


def certificate(kind, content, *, critical):
    algorithm = seq(oid("1.3.101.112"))
    extension = seq(oid(kind), *([tlv(0x01, TRUE)] if critical else []), octets(content))
    validity = seq(tlv(0x17, b"200101000000Z"), moment("20490101000000Z"))
    version, serial, key = context(0, integer(2)), integer(5), seq(algorithm, bits(0, bytes(32)))
    signed = seq(version, serial, algorithm, NAME, validity, NAME, key, context(3, seq(extension)))
    return seq(signed, algorithm, bits(0, bytes(64)))


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_an_extension_prints_as_openssl_prints_it(kind, libcrypto):
    for number, content in enumerate([*EXTENSIONS[kind], *BROKEN]):
        source = certificate(kind, content, critical=number % 2 == 0)
        assert certificate_text(source) == libcrypto.text("x509", source), content.hex()
