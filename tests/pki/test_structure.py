"""The tree of fields: every field there, decoded, explained, where it stands; damage named and nothing hidden."""

import base64
import re
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)

from tlsca.pki import der, keys
from tlsca.pki.dump.oids import OBJECTS
from tlsca.pki.explanations.algorithms import ALGORITHMS
from tlsca.pki.explanations.attributes import NAME_ATTRIBUTES
from tlsca.pki.explanations.extensions import EXTENSIONS
from tlsca.pki.explanations.usages import KEY_USAGES, PURPOSES, REASONS
from tlsca.pki.names import dn, dn_text
from tlsca.pki.read import Kind, read
from tlsca.pki.structure import structure, tree_lines, walk
from tlsca.pki.structure.logs import LOGS
from tlsca.pki.structure.transparency import timestamps

VECTORS = Path(cryptography_vectors.__path__[0]) / "x509"
START, END = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


def vector(name):
    found = read((VECTORS / name).read_bytes())[0]
    return structure(found.der, found.kind)


def nodes(root):
    return [node for _, node in walk(root)]


def named(root, title):
    return next(node for _, node in walk(root) if node.title == title)


def tree_of(certificate):
    return structure(certificate.public_bytes(Encoding.DER), Kind.CERTIFICATE)


@pytest.fixture(scope="module")
def tree(server):
    return tree_of(server.certificate)


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Version", "3 (written as 2)"),
        ("Subject", "CN=www.example.com"),
        ("Validity", "2030-01-31T09:29:00Z until 2030-05-01T09:28:59Z"),
        ("Subject public key info", "Elliptic curve, P-256"),
        ("Basic constraints", "no authority"),
        ("Key usage", "Digital signature"),
        ("Extended key usage", "TLS server"),
        ("Subject alternative name", "www.example.com, 10.0.0.1"),
        ("IP", "10.0.0.1"),
        ("Form", "4 (uncompressed)"),
    ],
)
def test_a_field_says_its_value(tree, title, value):
    assert named(tree, title).value == value


def test_a_row_explains_itself(tree):
    usage = named(tree, "Key usage")
    assert "RFC 5280, 4.2.1.3" in usage.note
    assert usage.critical
    assert "has to refuse" in usage.criticality
    assert "Should be critical" in usage.criticality
    assert usage.oid == "2.5.29.15"
    bit = usage.children[0]
    assert (bit.title, bit.value) == ("Digital signature", "bit 0")
    assert "TLS handshakes" in bit.note


def test_nearly_every_field_of_a_certificate_is_explained(tree):
    silent = {node.title for node in nodes(tree) if not node.note}
    assert silent <= {"Algorithm"}


def test_every_field_stands_where_the_bytes_say(tree, server):
    data = server.certificate.public_bytes(Encoding.DER)
    for node in nodes(tree):
        assert node.encoding == data[node.offset : node.end]
        if node.form:
            assert der.read(node.encoding).next_offset == node.length
        for child in node.children:
            assert node.offset <= child.offset <= child.end <= node.end


def test_every_octet_of_a_certificate_belongs_to_a_leaf_or_a_header(tree, server):
    covered = set()
    for node in nodes(tree):
        inside = range(node.offset, node.offset + node.header_length) if len(node.children) else range(node.offset, node.end)  # fmt: skip
        covered.update(inside)
    # Identifier, criticality and wrapping of extensions, and tags around one element, are one node with what they hold.
    missed = len(server.certificate.public_bytes(Encoding.DER)) - len(covered)
    assert missed < 130


def test_names_read_as_the_rest_of_the_program_writes_them():
    name = dn("CN=Acme\\, Inc.+emailAddress=a@b.example,O=\\#1 Größe,C=SE")
    key = keys.generate("ec-p256")
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, START, END)
    certificate = builder.sign(key, hashes.SHA256())
    assert named(tree_of(certificate), "Subject").value == dn_text(certificate.subject)


@pytest.mark.parametrize(
    ("file", "title", "value"),
    [
        ("cryptography-scts.pem", "Signed certificate timestamps", "2 timestamps"),
        ("cryptography-scts.pem", "Time", "2018-09-26T20:56:33.769Z"),
        ("cryptography-scts.pem", "Signature algorithm", "ECDSA with SHA-256"),
        ("custom/nc_permitted_excluded.pem", "Permitted", "IP:192.168.0.0/24, IP:ff::/96"),
        ("custom/authority_key_identifier.pem", "Serial number of the issuer", "3"),
        ("custom/policy_constraints_explicit.pem", "Require explicit policy", "1"),
        ("custom/cdp_fullname_reasons_crl_issuer.pem", "Reasons", "Key compromise, CA compromise"),
        ("custom/cp_user_notice_with_explicit_text.pem", "Certificate policies", "2.16.840.1.12345.1.2.3.4.1"),
        ("tls-feature-ocsp-staple.pem", "TLS feature (must-staple)", "5 (status_request: a stapled OCSP answer)"),
        ("cryptography.io.precert.pem", "Precertificate poison", "yes"),
        ("custom/crl_idp_fullname_indirect_crl.pem", "Indirect", "true"),
        ("custom/crl_delta_crl_indicator.pem", "Delta CRL indicator", "12345678901234567890"),
        ("requests/challenge.pem", "Challenge password", "challenge me!"),
    ],
)  # fmt: skip
def test_extensions_and_attributes_are_decoded(file, title, value):
    assert value in [node.value for node in nodes(vector(file)) if node.title == title]


def test_a_revoked_certificate_says_number_day_and_reason():
    entries = named(vector("custom/crl_all_reasons.pem"), "Revoked certificates").children
    assert entries[2].value == "02, 2015-01-01T00:00:00Z, Key compromise (1)"
    assert "private key" in named(entries[2], "Key compromise").note


def test_a_log_is_named_by_its_id_in_both_ways_that_people_write_it():
    log = named(vector("cryptography-scts.pem"), "Log id")
    assert log.value.startswith("29:3C:51:96")
    assert "KTxRllTIOWW6qlD8WAfUt2+/WHopctykwwz05UVH9Hg=" in log.note


@pytest.mark.parametrize(
    ("serial", "flaw"),
    [
        (b"\x00", "positive"),
        (b"\xfb", "positive"),
        (b"\x01" * 20, ""),
        (b"\x00" + b"\xff" * 20, "It has 21 octets"),
        (b"\x01" * 21, "It has 21 octets"),
        (b"\x00\x01", "superfluous"),
        (b"", "without content"),
    ],
)
def test_odd_serial_numbers_say_what_is_wrong_with_them(serial, flaw):
    node = named(certificate_with(serial=serial), "Serial number")
    assert flaw in node.flaw
    assert bool(flaw) == bool(node.flaw)


@pytest.mark.parametrize(
    ("tag", "written", "value", "flaw"),
    [
        (0x17, b"491231235959Z", "2049-12-31T23:59:59Z", ""),
        (0x17, b"500101000000Z", "1950-01-01T00:00:00Z", ""),
        (0x18, b"00000101000000Z", "0000-01-01T00:00:00Z", "have to be UTCTime"),
        (0x18, b"99991231235959Z", "9999-12-31T23:59:59Z", ""),
        (0x18, b"20300101000000Z", "2030-01-01T00:00:00Z", "have to be UTCTime"),
        (0x17, b"3001010000Z", "2030-01-01T00:00:00Z", "ends in seconds and Z"),
        (0x18, b"20500101000000.5Z", "2050-01-01T00:00:00Z", "has no fraction"),
        (0x17, b"300230000000Z", "30:02", "is no time"),
    ],
)
def test_times_say_their_type_and_what_is_wrong_with_them(tag, written, value, flaw):
    node = named(certificate_with(not_before=tlv(tag, written)), "Not before")
    assert node.value == value or flaw == "is no time"
    assert flaw in node.flaw
    assert bool(flaw) == bool(node.flaw)


@pytest.mark.parametrize(
    ("oid", "said"),
    [
        ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
        ("2.16.840.1.101.3.4.3.24", "SLH-DSA-SHA2-256s"),
        ("2.16.840.1.101.3.4.4.2", "ML-KEM-768"),
        ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012, 256 bit"),
        ("1.2.3.4.5", "1.2.3.4.5"),
    ],
)
def test_algorithms_that_no_library_here_knows_are_named(oid, said):
    encoded = x509.ObjectIdentifier(oid)
    content = x509.ExtendedKeyUsage([encoded]).public_bytes()[2:]
    tree = certificate_with(algorithm=tlv(0x30, content))
    assert named(tree, "Subject public key info").value == said
    assert named(tree, "Signature algorithm").oid == oid


def certificate_with(*, serial=b"\x05", not_before=None, algorithm=None, names=(), extensions=()):
    """Return the tree of a certificate around one odd field."""
    algorithm = algorithm or tlv(0x30, tlv(0x06, b"\x2b\x65\x70"))
    validity = tlv(0x30, not_before or tlv(0x17, b"200101000000Z"), tlv(0x18, b"99991231235959Z"))
    key = tlv(0x30, algorithm, tlv(0x03, b"\0" + b"\7" * 32))
    listed = [*extensions]
    if names:
        listed.append(tlv(0x30, tlv(0x06, b"\x55\x1d\x11"), tlv(0x04, tlv(0x30, *(tlv(0x82, one) for one in names)))))  # fmt: skip
    fields = [tlv(0xA0, tlv(0x02, b"\2")), tlv(0x02, serial), algorithm, tlv(0x30), validity, tlv(0x30), key]
    fields += [tlv(0xA3, tlv(0x30, *listed))] if listed else []
    return structure(
        tlv(0x30, tlv(0x30, *fields), algorithm, tlv(0x03, b"\0" + b"\1" * 64)), Kind.CERTIFICATE
    )


@pytest.mark.parametrize("name", [b"a\nDNS:b", b"a, b.example", b"a\x1b[2J", b"a\xe2\x80\xaeb", b"a\x00b"])
def test_a_name_is_never_taken_for_two(name):
    tree = certificate_with(names=[b"first.example", name])
    listed = named(tree, "Subject alternative name")
    assert listed.value == "2 names" or listed.value.count(",") == 1
    assert len(listed.children) == 2
    lines = list(tree_lines(tree))
    assert len(lines) == len(nodes(tree))
    assert not any("\n" in line or "\x1b" in line for line in lines)


def test_what_is_missing_and_what_is_too_much_is_named():
    broken = tlv(0x30, tlv(0x30, tlv(0x02, b"\1"), tlv(0x05)), tlv(0x03, b"\0"))
    flaws = {node.title: node.flaw for node in nodes(structure(broken, Kind.CERTIFICATE)) if node.flaw}
    assert flaws["NULL"] == "Nothing like this is expected here."
    assert flaws["Issuer"] == "It is missing."
    assert flaws["Signature"] == "It is missing."


def test_a_damaged_extension_is_shown_and_the_others_are_read():
    bad = tlv(0x30, tlv(0x06, b"\x55\x1d\x0f"), tlv(0x04, b"\x03\x05\x01"))
    tree = certificate_with(extensions=[bad], names=[b"a.example"])
    usage = named(tree, "Key usage")
    assert "announced" in usage.flaw
    assert usage.value == "03:05:01"
    assert named(tree, "DNS").value == "a.example"


def test_bytes_behind_the_end_are_told():
    whole = certificate_with()
    assert structure(whole.source + b"\0\0\0", Kind.CERTIFICATE).flaw == "3 octets follow the end."


@pytest.mark.parametrize("data", [b"", b"\x30", b"hello", b"\x1f", b"\x30\x84\xff\xff\xff\xff"])
def test_bytes_that_are_no_asn1_are_one_node_that_says_so(data):
    root = structure(data)
    assert root.flaw or root.form
    assert list(tree_lines(root))


# Containers and keys


def test_a_bundle_of_certificates_shows_them(server):
    data = pkcs7.serialize_certificates(list(server.chain), Encoding.DER)
    root = structure(data)
    assert root.title == "PKCS#7"
    listed = named(root, "Certificates")
    assert listed.value == "3 certificates"
    assert {child.value for child in listed.children} >= {"CN=www.example.com"}


@pytest.mark.parametrize("kind", ["ec-p384", "ed25519", "rsa-2048"])
def test_a_public_key_is_taken_apart(kind):
    data = keys.generate(kind).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    root = structure(data)
    assert root.title == "Public key"
    assert {"ec-p384": "P-384", "ed25519": "Ed25519", "rsa-2048": "2,048 bit"}[kind] in root.value


@pytest.mark.parametrize(
    "form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL], ids=["PKCS#8", "traditional"]
)
@pytest.mark.parametrize("kind", ["ec-p256", "rsa-2048"])
def test_a_private_key_is_named_and_not_shown(kind, form):
    data = keys.generate(kind).private_bytes(Encoding.DER, form, NoEncryption())
    root = structure(data)
    assert (root.title, root.value, root.source) == ("Private key", "not shown", b"")
    assert structure(data + b"\0").source == b""


def test_a_bundle_with_a_key_in_the_clear_is_not_shown_and_a_sealed_one_is(server):
    def bundle(encryption):
        return pkcs12.serialize_key_and_certificates(b"x", server.key, server.certificate, None, encryption)

    assert structure(bundle(NoEncryption())).source == b""
    sealed = structure(bundle(BestAvailableEncryption(b"secret")))
    assert sealed.title == "PKCS#12"
    assert "Integrity" in [child.title for child in sealed.children]
    secret = server.key.private_numbers().private_value.to_bytes(32, "big")
    assert secret not in sealed.source


# Laziness


def test_two_hundred_thousand_names_are_counted_and_not_made():
    tree = certificate_with(names=[b"host-%06d.example" % number for number in range(200_000)])
    listed = named(tree.children[0].children[-1], "Subject alternative name")
    assert listed.value == "200,000 names"
    assert listed.children[199_999].value == "host-199999.example"
    assert [one.value for one in islice(listed.children, 2)] == ["host-000000.example", "host-000001.example"]


def test_a_long_list_is_a_sequence_like_any_other():
    children = named(certificate_with(names=[b"%d.example" % at for at in range(30)]), "Subject alternative name").children  # fmt: skip
    assert children[-1].value == "29.example"
    assert [one.value for one in children[28:]] == ["28.example", "29.example"]
    with pytest.raises(IndexError):
        _ = children[30]


# Explanations


def test_every_extension_that_openssl_prints_is_explained():
    from tlsca.pki.dump.extensions import _PRINTERS

    oids = {short: oid for oid, (short, _) in OBJECTS.items()}
    assert {short for short in _PRINTERS if oids[short] not in EXTENSIONS} == set()


def test_every_purpose_that_openssl_knows_is_explained():
    known = {oid for oid in OBJECTS if re.fullmatch(r"1\.3\.6\.1\.5\.5\.7\.3\.\d+", oid)}
    assert known - PURPOSES.keys() == set()


def test_every_bit_reason_and_common_attribute_is_explained():
    assert len(KEY_USAGES) == 9
    assert REASONS.keys() == {0, 1, 2, 3, 4, 5, 6, 8, 9, 10}
    assert {"2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.97", "1.2.840.113549.1.9.1"} <= NAME_ATTRIBUTES.keys()


@pytest.mark.parametrize(
    "about",
    [*EXTENSIONS.values(), *PURPOSES.values(), *REASONS.values(), *ALGORITHMS.values(), *NAME_ATTRIBUTES.values()],
    ids=lambda about: about.title,
)  # fmt: skip
def test_an_explanation_is_a_sentence_with_its_source(about):
    assert about.text.endswith(".")
    assert about.source
    assert about.title


def test_an_extension_that_must_be_critical_says_why():
    for oid in ("2.5.29.19", "2.5.29.30", "2.5.29.28", "1.3.6.1.4.1.11129.2.4.3"):
        assert EXTENSIONS[oid].critical.startswith("Must be critical")
        assert ":" in EXTENSIONS[oid].critical


def test_a_timestamp_names_its_log_where_that_is_known():
    def timestamp(log: bytes) -> bytes:
        signed = b"\0" + log + (1_790_000_000_000).to_bytes(8, "big") + b"\0\0" + b"\x04\x03\0\0"
        return len(signed).to_bytes(2, "big") + signed

    known = base64.b64decode("1219ENGn9XfCx+lf1wC/+YLJM1pl4dCzAXMXwMjFaXc=")
    listed = timestamp(known) + timestamp(bytes(range(32)))
    content = len(listed).to_bytes(2, "big") + listed
    seen = timestamps(der.read(b"\x04\x81" + bytes([len(content)]) + content))
    assert [node.value for node in seen.parts()] == [
        "2026-09-21T14:13:20.000Z, log Google Argon2026h2",
        "2026-09-21T14:13:20.000Z, unknown log 00:01:02:03…",
    ]


def test_every_known_log_is_told_by_a_whole_sha_256():
    assert all(len(base64.b64decode(one, validate=True)) == 32 for one in LOGS)
    assert len(set(LOGS.values())) == len(LOGS) > 60
