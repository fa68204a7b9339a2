"""Whatever bytes an operator hands over: the objects inside, or one sentence."""

import base64
import os
import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import PassphraseMissing, PassphraseWrong, TlscaError, Unreadable
from tlsca.pki import derivation, keys, pfx_mac, pkcs8
from tlsca.pki.read import LARGEST, Kind, certificates, load_certificate, read

SECRET = b"correct horse"


@pytest.fixture(scope="module")
def request_der(server):
    builder = x509.CertificateSigningRequestBuilder().subject_name(server.certificate.subject)
    return builder.sign(server.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def crl_der(root, now):
    builder = x509.CertificateRevocationListBuilder(root.certificate.subject, now, now + timedelta(days=1))
    return builder.sign(root.key, hashes.SHA384()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def sealed(server):
    return pkcs8.encrypted(keys.pkcs8(server.key), SECRET, salt=b"s" * 16, vector=b"v" * 16)


@pytest.fixture(scope="module")
def p12(server):
    return pfx(server, BestAvailableEncryption(SECRET))


def pfx(made, protection) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"name", made.key, made.certificate, made.chain[1:], protection
    )


def kinds(data: bytes, **options) -> list[Kind]:
    return [found.kind for found in read(data, **options)]


def der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


# Every form


def test_a_certificate_is_found_in_each_form(server):
    der = der_of(server.certificate)
    bare = base64.b64encode(der)
    for form in (der, server.pem, bare, b"\n".join(bare[at : at + 76] for at in range(0, len(bare), 76))):
        (found,) = read(form)
        assert (found.kind, found.der) == (Kind.CERTIFICATE, der)


def test_a_pem_file_gives_its_objects_in_their_order_whatever_stands_between(
    server, root, request_der, crl_der
):
    file = b"".join((
        b"\xef\xbb\xbfsubject=CN = www\r\n", server.pem.replace(b"\n", b"\r\n"), b"Bag Attributes\n\tlocalKeyID: 01\n",
        pkcs8.pem("PRIVATE KEY", keys.pkcs8(server.key)), pkcs8.pem("NEW CERTIFICATE REQUEST", request_der),
        b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n",
        pkcs8.pem("X509 CRL", crl_der), root.pem,
    ))  # fmt: skip
    assert kinds(file) == [Kind.CERTIFICATE, Kind.PRIVATE_KEY, Kind.REQUEST, Kind.CRL, Kind.CERTIFICATE]
    assert [certificate.subject for certificate in certificates(file)] == [
        server.certificate.subject,
        root.certificate.subject,
    ]


def test_requests_and_lists_are_found_in_der(request_der, crl_der):
    assert kinds(request_der) == [Kind.REQUEST]
    assert kinds(crl_der) == [Kind.CRL]


def test_pkcs7_gives_its_certificates(server):
    for encoding in (Encoding.PEM, Encoding.DER):
        file = pkcs7.serialize_certificates(list(server.chain), encoding)
        assert {found.der for found in read(file)} == set(map(der_of, server.chain))


def test_a_certificate_with_openssls_trust_settings_is_found_without_them(server, run, tmp_path):
    source = tmp_path / "server.pem"
    source.write_bytes(server.pem)
    trusted = run("openssl", "x509", "-in", source, "-trustout", "-addtrust", "serverAuth").stdout
    assert b"TRUSTED CERTIFICATE" in trusted
    assert read(trusted)[0].der == der_of(server.certificate)


@pytest.mark.parametrize("kind", [kind for kind in keys.KINDS if kind not in {"rsa-3072", "rsa-4096"}])
def test_a_key_of_every_kind_is_read_clear_and_sealed(kind, make):
    key = make("root", "CN=Keys", kind=kind).key
    clear = keys.pkcs8(key)
    closed = pkcs8.encrypted(clear, SECRET, salt=os.urandom(16), vector=os.urandom(16))
    for form in (clear, pkcs8.pem("PRIVATE KEY", clear), closed, pkcs8.pem("ENCRYPTED PRIVATE KEY", closed)):
        (found,) = read(form, passphrase=SECRET)
        assert found.kind is Kind.PRIVATE_KEY
        assert found.der == b""
        assert keys.pkcs8(found.key) == clear


def test_traditional_keys_are_read_too(make):
    key = make("root", "CN=Keys", kind="rsa-2048").key
    for protection in (NoEncryption(), BestAvailableEncryption(SECRET)):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, protection)
        assert keys.pkcs8(read(pem, passphrase=SECRET)[0].key) == keys.pkcs8(key)


def test_pkcs12_gives_certificate_chain_and_key(server, p12):
    found = read(p12, passphrase=SECRET)
    assert [item.der for item in found] == [*map(der_of, server.chain), b""]
    assert keys.pkcs8(found[-1].key) == keys.pkcs8(server.key)


@pytest.mark.parametrize("passphrase", [None, b""])
def test_pkcs12_without_a_passphrase_or_with_an_empty_one_asks_for_none(server, run, tmp_path, passphrase):
    assert kinds(pfx(server, NoEncryption()), passphrase=passphrase) == [Kind.CERTIFICATE] * 3 + [
        Kind.PRIVATE_KEY
    ]
    (tmp_path / "server.pem").write_bytes(server.pem)
    args = ("-export", "-nokeys", "-in", tmp_path / "server.pem", "-passout", "pass:")
    assert kinds(run("openssl", "pkcs12", *args).stdout, passphrase=passphrase) == [Kind.CERTIFICATE]


def test_what_cryptography_does_not_load_is_still_recognised(server, request_der, crl_der):
    for der, kind in (
        (der_of(server.certificate), Kind.CERTIFICATE),
        (request_der, Kind.REQUEST),
        (crl_der, Kind.CRL),
    ):
        # The version of the to-be-signed part becomes one that nobody knows: INTEGER 99.
        broken = (
            der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x63", 1)
            if kind is Kind.CERTIFICATE
            else None
        )
        broken = broken or der.replace(
            b"\x02\x01\x00" if kind is Kind.REQUEST else b"\x02\x01\x01", b"\x02\x01\x63", 1
        )
        assert broken != der
        assert kinds(broken) == [kind]
    with pytest.raises(Unreadable, match="no certificate that can be read"):
        load_certificate(b"\x30\x00")


# Passphrases


def test_a_missing_passphrase_is_told_from_a_wrong_one(sealed, p12, make):
    key = make("root", "CN=Keys", kind="rsa-2048").key
    traditional = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(SECRET)
    )
    for form in (sealed, pkcs8.pem("ENCRYPTED PRIVATE KEY", sealed), p12, traditional):
        for missing in (None, b""):
            with pytest.raises(PassphraseMissing):
                read(form, passphrase=missing)
        with pytest.raises(PassphraseWrong):
            read(form, passphrase=b"wrong")


def test_a_passphrase_for_what_is_in_the_clear_is_no_obstacle(server):
    assert kinds(pkcs8.pem("PRIVATE KEY", keys.pkcs8(server.key)), passphrase=SECRET) == [Kind.PRIVATE_KEY]
    assert kinds(server.pem, passphrase=SECRET) == [Kind.CERTIFICATE]


def test_no_key_and_no_passphrase_shows_in_what_was_found(sealed):
    shown = repr(read(sealed, passphrase=SECRET))
    assert "horse" not in shown
    assert "PrivateKey object" not in shown


# Nothing that can be read


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"hello",
        b"\x30\x80\x00\x00",
        b"-----BEGIN CERTIFICATE-----\n",
        b"0",
        b"\x30\x03\x02\x01\x03",
        b"aGVsbG8=",
    ],
)
def test_bytes_without_anything_known_are_named(data):
    with pytest.raises(Unreadable) as refusal:
        read(data, name="letter.txt")
    assert refusal.value.hint


def test_a_key_that_cannot_sign_is_refused():
    pem = x25519.X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Unreadable, match="cannot sign"):
        read(pem)


def test_a_file_without_certificates_has_none(server):
    with pytest.raises(Unreadable, match=r"clear\.key holds no certificate"):
        certificates(pkcs8.pem("PRIVATE KEY", keys.pkcs8(server.key)), name="clear.key")


def test_too_much_is_not_looked_at():
    with pytest.raises(Unreadable, match="more than the 67,108,864"):
        read(bytes(LARGEST + 1))


@pytest.mark.parametrize(
    "text", [b"-----BEGIN A-----", b"-----BEGIN A----------END B-----", b"-----END A-----", b"-----BEGIN "]
)
def test_a_file_of_nothing_but_armour_costs_one_pass(text):
    begin = time.process_time()
    with pytest.raises(Unreadable):
        read(text * (4_000_000 // len(text)))
    assert time.process_time() - begin < 2


ALTERATIONS = st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3), st.integers(0, 3))


def altered(whole: bytes, alteration: tuple[float, bytes, int]) -> tuple[bytes, bytes]:
    """The file cut short somewhere, and the file with a few octets there replaced by others."""
    where, octets, dropped = alteration
    at = int(where * len(whole))
    return whole[:at], whole[:at] + octets + whole[at + dropped :]


@given(alteration=ALTERATIONS)
def test_a_truncated_or_altered_file_is_read_or_refused(server, request_der, crl_der, alteration):
    for whole in (der_of(server.certificate), server.pem, request_der, crl_der, keys.pkcs8(server.key)):
        for form in altered(whole, alteration):
            read_or_refused(form)
            read_or_refused(pkcs8.pem("CERTIFICATE", form))
            read_or_refused(pkcs8.pem("PRIVATE KEY", form))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    for form in (data, b"\x30" + data, b"\x30\x82\xff\xff\x02\x01\x03" + data):
        read_or_refused(form)
    for label in (
        "ENCRYPTED PRIVATE KEY",
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PKCS7",
        "TRUSTED CERTIFICATE",
        "X509 CRL",
    ):
        read_or_refused(pkcs8.pem(label, data))
        read_or_refused(b"-----BEGIN %b-----%b-----END %b-----" % (label.encode(), data, label.encode()))


def read_or_refused(data: bytes) -> None:
    try:
        assert read(data, passphrase=SECRET)
    except TlscaError:
        return


# What would keep the machine busy is refused before anything is derived


ABSURD = (2**31 - 1).to_bytes(4, "big")


@pytest.fixture
def soon():
    """The test has to be over long before any of these derivations would be."""
    begin = time.process_time()
    yield
    assert time.process_time() - begin < 2


def with_rounds(der: bytes, rounds: int, wanted: bytes = ABSURD) -> bytes:
    """Put an INTEGER of four octets where one of `rounds` stands, lengths all the way up made right."""
    digits = rounds.to_bytes(rounds.bit_length() // 8 + 1, "big")
    old = bytes([2, len(digits)]) + digits
    new = bytes([2, len(wanted)]) + wanted
    assert old in der
    return grown(der, der.index(old), old, new)


def grown(der: bytes, at: int, old: bytes, new: bytes) -> bytes:
    tag, (length, header) = der[:1], length_of(der)
    content = der[header : header + length]
    if at == 0:
        return new + der[len(old) :]
    position, parts = 0, []
    while position < length:
        inner, inner_header = length_of(content[position:])
        whole = content[position : position + inner_header + inner]
        inside = at - header - position
        if 0 <= inside < len(whole):
            whole = grown(whole, inside, old, new)
        parts.append(whole)
        position += inner_header + inner
    joined = b"".join(parts)
    return tag + encoded(len(joined)) + joined


def length_of(der: bytes) -> tuple[int, int]:
    count = der[1] & 0x7F if der[1] & 0x80 else 0
    return (int.from_bytes(der[2 : 2 + count], "big") if count else der[1]), 2 + count


def encoded(length: int) -> bytes:
    return bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2, "big")


def test_a_sealed_key_of_two_billion_rounds_is_refused(sealed, soon):
    absurd = with_rounds(sealed, pkcs8.ROUNDS)
    for form in (absurd, pkcs8.pem("ENCRYPTED PRIVATE KEY", absurd)):
        with pytest.raises(Unreadable, match="2,147,483,647 rounds"):
            read(form, passphrase=SECRET)
        with pytest.raises(Unreadable, match="2,147,483,647 rounds"):
            keys.load_private(form, SECRET)


def test_as_many_rounds_as_anybody_uses_are_done(sealed):
    with_a_million = with_rounds(sealed, pkcs8.ROUNDS, (1_000_000).to_bytes(3, "big"))
    with pytest.raises(PassphraseWrong):
        read(with_a_million, passphrase=b"wrong")


def protected(made, rounds: int) -> bytes:
    return pfx(
        made,
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(rounds)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(SECRET),
    )


def test_pkcs12_of_two_billion_rounds_is_refused_wherever_they_are_asked_for(server, soon):
    file = pfx_mac.with_rounds(protected(server, 2049), SECRET, salt=b"s" * 16, rounds=2049)
    digits = b"\x02\x02" + (2049).to_bytes(2, "big")
    places = [at for at in range(len(file)) if file.startswith(digits, at)]
    assert len(places) == 3, "the certificates, the key and the MAC"
    for at in places:
        marked = file[: at + 2] + b"\x7f\x01" + file[at + 4 :]
        with pytest.raises(Unreadable, match="2,147,487,745 rounds"):
            read(with_rounds(marked, 0x7F01), passphrase=SECRET)


def test_rounds_are_counted_over_the_whole_file(server, soon):
    six_million = (6_000_000).to_bytes(3, "big")
    file = with_rounds(protected(server, 2049), 2049, six_million)
    derivation.check_pkcs12(file)
    with pytest.raises(Unreadable, match="12,002,048 rounds"):
        read(with_rounds(file, 2049, six_million), passphrase=SECRET)


def scrypt_sealed(cost: int, block: int, lanes: int) -> bytes:
    def tlv(tag: int, *parts: bytes) -> bytes:
        content = b"".join(parts)
        return bytes([tag]) + encoded(len(content)) + content

    def number(value: int) -> bytes:
        return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))

    scrypt = tlv(
        0x30,
        bytes.fromhex("06092b06010401da47040b"),
        tlv(0x30, tlv(4, b"salt" * 4), *map(number, (cost, block, lanes))),
    )
    cipher = tlv(0x30, bytes.fromhex("060960864801650304012a"), tlv(4, b"v" * 16))
    return tlv(
        0x30,
        tlv(0x30, bytes.fromhex("06092a864886f70d01050d"), tlv(0x30, scrypt, cipher)),
        tlv(4, b"c" * 160),
    )


@pytest.mark.parametrize(
    ("cost", "block", "lanes"),
    [(2**40, 8, 1), (2**20, 1024, 1), (2**14, 8, 2**30), (2**24, 8, 1), (2**63, 1, 1)],
)
def test_scrypt_beyond_any_use_is_refused(cost, block, lanes, soon):
    with pytest.raises(Unreadable, match="beyond any use"):
        read(scrypt_sealed(cost, block, lanes), passphrase=SECRET)


def test_scrypt_as_openssl_writes_it_is_read(server, run, tmp_path):
    clear = tmp_path / "clear.pem"
    clear.write_bytes(pkcs8.pem("PRIVATE KEY", keys.pkcs8(server.key)))
    sealed = run(
        "openssl", "pkcs8", "-topk8", "-scrypt", "-in", clear, "-passout", "pass:" + SECRET.decode()
    ).stdout
    assert keys.pkcs8(read(sealed, passphrase=SECRET)[0].key) == keys.pkcs8(server.key)


@given(alteration=ALTERATIONS)
def test_a_truncated_or_altered_sealed_file_is_read_or_refused(server, sealed, alteration):
    cheap = sealed.replace((600_000).to_bytes(3, "big"), b"\0\x08\x01")
    with patch.object(derivation, "MOST_ROUNDS", 50_000):  # what is altered may be the rounds
        for whole in (cheap, protected(server, 2049)):
            for form in altered(whole, alteration):
                read_or_refused(form)


def test_a_sealed_file_of_many_megabytes_is_not_opened(soon):
    many = b"\x05\x00" * 20_000_000
    for begin in (b"\x02\x01\x03", b"\x30\x00\x04\x00"):
        content = begin + many
        with pytest.raises(Unreadable):
            read(b"\x30\x84" + len(content).to_bytes(4, "big") + content, passphrase=SECRET)
