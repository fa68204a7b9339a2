"""Anything an operator points at: rows that are safe to draw, and text as OpenSSL prints it."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority import keeping
from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.inspecting import inspect, inspect_octets
from tlsca.errors import Ambiguous, NotFound, PassphraseMissing, TlscaError, Unreadable
from tlsca.pki import pkcs8
from tlsca.pki.found import Kind
from tlsca.pki.names import dn
from tlsca.pki.rows import Row
from tlsca.text import printable


@pytest.fixture
def leaf(create, issue):
    create("Acme Root")
    return issue("www.example.com", "10.0.0.1")


def look(desk, what, *, passphrase=None):
    return inspect(desk, str(what), passphrase=passphrase, now=desk.now())


def texts(rows: tuple[Row, ...]) -> list[str]:
    return [text for row in rows for text in (row.title, row.value, row.note, *texts(row.children))]


def value(rows: tuple[Row, ...], title: str) -> str:
    return next(row.value for row in rows if row.title == title)


def test_a_certificate_of_the_store_is_shown_with_what_the_store_knows(desk, leaf):
    (shown,) = look(desk, "www.example.com")
    assert (shown.source, shown.entry.record) == ("the store", leaf)
    assert value(shown.rows, "Subject") == "CN=www.example.com"
    assert value(shown.rows, "Names") == "www.example.com, 10.0.0.1"
    assert value(shown.rows, "Key") == "ec-p256"
    assert value(shown.rows, "Purposes") == "TLS server"
    assert "ends in 90 days" in value(shown.rows, "Valid")
    assert value(shown.rows, "Serial") == leaf.serial
    assert shown.pem == desk.ledger.object_pem(leaf.sha256)


def test_looking_needs_no_passphrase_and_leaves_no_trace(desk, leaf, unchanged):
    keeping.lock(desk)
    unchanged()
    assert look(desk, leaf.serial)[0].entry.has_key


def test_a_file_gives_each_of_its_objects(desk, leaf, tmp_path):
    written = export(
        desk, ExportForm(reference="www.example.com", format="pem-all", clear_key=True), tmp_path
    )
    key, certificate = look(desk, written.path)
    assert value(key.rows, "Key SHA-256") == leaf.key_id
    assert (key.der, key.pem, key.entry) == (b"", b"", None)
    assert value(certificate.rows, "Subject") == "CN=www.example.com"
    assert certificate.entry is None
    with pytest.raises(Unreadable, match="private key is not printed"):
        key.text()


def test_a_sealed_file_wants_its_own_passphrase(dear_seals, desk, leaf, tmp_path):
    form = ExportForm(reference="www.example.com", format="pkcs12", passphrase="exported horse")
    written = export(desk, form, tmp_path)
    with pytest.raises(PassphraseMissing):
        look(desk, written.path)
    bundle, *parts = look(desk, written.path, passphrase="exported horse")
    assert (bundle.kind, bundle.inside) == (Kind.PKCS12, False)
    assert value(bundle.rows, "Key") == "AES-256-CBC, PBKDF2 with HMAC-SHA256, 300,000 rounds"
    assert value(bundle.rows, "MAC") == "HMAC-SHA256, 300,000 rounds"
    assert [part.kind for part in parts] == [Kind.CERTIFICATE, Kind.CERTIFICATE, Kind.PRIVATE_KEY]
    assert all(part.inside for part in parts)
    assert value(parts[-1].rows, "Belongs to") == "www.example.com"


@pytest.mark.parametrize("what", ["nobody", "a\0b", "n" * 5000, "", "\x1b[2J", "\ud800"])
def test_what_is_neither_file_nor_in_the_store_is_named_safely(desk, leaf, what):
    for place in (desk, None):
        with pytest.raises(NotFound) as refusal:
            inspect(place, what, passphrase=None, now=desk.now())
        assert printable(refusal.value.sentence) == refusal.value.sentence


def test_a_name_of_several_is_ambiguous(desk, leaf, issue):
    issue("www.example.com")
    with pytest.raises(Ambiguous, match="2 certificates"):
        look(desk, "www.example.com")


def test_the_text_is_openssls_to_the_byte(desk, leaf, openssl_text):
    (shown,) = look(desk, "www.example.com")
    assert shown.text() == openssl_text(shown.pem)
    assert shown.safe_text().split() == shown.text().decode().replace(", IP", " IP").split()


@pytest.fixture
def openssl_text():
    import shutil
    import subprocess

    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return lambda pem: (
        subprocess.run(
            ["openssl", "x509", "-noout", "-text", "-nameopt", "oneline"],
            input=pem,
            capture_output=True,
            check=True,
        ).stdout
    )


def test_json_has_the_rows_and_the_pem(desk, leaf):
    shown = look(desk, "www.example.com")[0].to_json()
    assert shown["kind"] == "certificate"
    assert {"title": "Key", "value": "ec-p256", "note": "fast, and accepted everywhere"} in shown["rows"]
    assert shown["pem"].startswith("-----BEGIN CERTIFICATE")


# Strangers' objects


def hostile(clock, *, name="CN=x", extensions=()) -> bytes:
    key = ec.derive_private_key(1234567, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, name)])
    builder = x509.CertificateBuilder(
        dn("CN=x"), subject, key.public_key(), 7, clock(), clock() + timedelta(days=1)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


NASTY = "\x1b]0;pwned\x07\n[/bad]\u202e\u200b\x9b2J"


def test_every_row_of_a_hostile_certificate_is_safe_to_draw(clock):
    der = hostile(
        clock,
        name=NASTY,
        extensions=[
            x509.SubjectAlternativeName(
                [
                    x509.DirectoryName(
                        x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, NASTY)])
                    ),
                    x509.DNSName("a\nb\x1b"),
                    x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x0c\x01\x1b"),
                ]
            ),
            x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), NASTY.encode()),
        ],
    )
    (shown,) = inspect_octets(der, passphrase=None, source="here", now=clock())
    for text in texts(shown.rows):
        assert printable(text) == text
    assert "\\x1b]0\\;pwned" in value(shown.rows, "Subject")
    assert printable(shown.safe_text(), keep_newlines=True) == shown.safe_text()


def test_what_cannot_be_loaded_is_still_shown_as_text(clock):
    der = hostile(clock).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x63", 1)
    (shown,) = inspect_octets(der, passphrase=None, source="here", now=clock())
    assert shown.rows[0].value == "its version, 100, is none that exists"
    assert value(shown.rows, "Subject") == "O=CN=x"
    assert "Unknown (99)" in shown.safe_text()


@given(where=st.floats(0, 1, exclude_max=True), octets=st.binary(max_size=2), dropped=st.integers(0, 2))
def test_an_altered_certificate_is_shown_or_refused(where, octets, dropped):
    from datetime import UTC, datetime

    def clock():
        return datetime(2030, 1, 31, tzinfo=UTC)

    whole = hostile(clock, extensions=[x509.SubjectAlternativeName([x509.DNSName("a.example")])])
    at = int(where * len(whole))
    altered = whole[:at] + octets + whole[at + dropped :]
    for form in (
        altered,
        pkcs8.pem("CERTIFICATE", altered),
        pkcs8.pem("X509 CRL", altered),
        pkcs8.pem("CERTIFICATE REQUEST", altered),
    ):
        try:
            found = inspect_octets(form, passphrase=None, source="here", now=clock())
        except TlscaError:
            continue
        for shown in found:
            assert shown.to_json()
            assert all(printable(text) == text for text in texts(shown.rows))
