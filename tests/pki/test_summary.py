"""Certificates, requests and lists described from their DER: the same as a strict parser finds, and more where that finds nothing."""

import warnings
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from tlsca.errors import DerError, PassphraseError, Unreadable
from tlsca.pki import dump, read, summary
from tlsca.pki.describe import general_names
from tlsca.pki.found import Kind
from tlsca.pki.identity import general_name_text
from tlsca.pki.keys import kind_of
from tlsca.pki.names import dn_text
from tlsca.text import printable, rfc3339, serial_hex

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.filterwarnings("ignore")  # cryptography's, of what it will refuse one day
VECTORS = Path(cryptography_vectors.__file__).parent / "x509"


def found_in(kind: Kind) -> list[bytes]:
    ders = []
    for path in sorted(VECTORS.rglob("*")):
        if path.is_file() and path.suffix in {".pem", ".crt", ".der", ".crl"}:
            try:
                found = read.survey(path.read_bytes()).found
            except (Unreadable, PassphraseError):
                continue
            ders += [one.der for one in found if one.kind is kind]
    return ders


def values(rows) -> dict[str, str]:
    return {row.title: row.value for row in rows}


def loaded(load, der: bytes):
    """What cryptography makes of it; None where it refuses any part."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            certificate = load(der)
            _ = certificate.extensions, getattr(certificate, "subject", None), certificate.issuer
            return certificate
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):  # fmt: skip
        return None


def test_what_a_strict_parser_reads_is_read_alike():
    compared = 0
    for der in found_in(Kind.CERTIFICATE):
        certificate = loaded(x509.load_der_x509_certificate, der)
        if certificate is None:
            continue
        shown = values(summary.certificate_rows(summary.certificate(der), der, now=NOW))
        assert shown["Subject"] == (printable(dn_text(certificate.subject)) or "(empty)")
        if certificate.subject != certificate.issuer:
            assert shown["Issuer"] == printable(dn_text(certificate.issuer))
        assert shown["Serial"] == serial_hex(certificate.serial_number)
        assert shown["Valid"].startswith(rfc3339(certificate.not_valid_before_utc))
        assert rfc3339(certificate.not_valid_after_utc) in shown["Valid"]
        assert shown["Key"] in {kind(certificate), "ec with explicit parameters"}
        assert shown.get("Names", "") == names(certificate)
        compared += 1
    assert compared > 500


def kind(certificate) -> str:
    try:
        return kind_of(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return f"unknown ({certificate.public_key_algorithm_oid.dotted_string})"


def names(certificate) -> str:
    found = [printable(general_name_text(name)) for name in general_names(certificate)]
    return ", ".join(found[:50])


def test_lists_are_read_alike():
    compared = 0
    for der in found_in(Kind.CRL):
        crl = loaded(x509.load_der_x509_crl, der)
        if crl is None:
            continue
        shown = values(summary.crl_rows(summary.revocation_list(der), now=NOW))
        assert shown["Issuer"] == printable(dn_text(crl.issuer))
        assert shown["Made"] == rfc3339(crl.last_update_utc)
        assert shown["Revoked"].split()[0] == str(len(crl))
        compared += 1
    assert compared > 100


def test_what_openssl_prints_has_a_summary_even_where_the_strict_parser_refuses():
    refused = 0
    for der in found_in(Kind.CERTIFICATE):
        try:
            dump.certificate_text(der)
        except Unreadable:
            continue
        rows = summary.certificate_rows(summary.certificate(der), der, now=NOW)
        assert all(printable(row.value) == row.value for row in rows)
        refused += loaded(x509.load_der_x509_certificate, der) is None
    assert refused > 5


@pytest.mark.parametrize("data", [b"", b"0", b"\x30\x00", b"\x30\x03\x02\x01\x03"])
def test_bytes_that_are_none_of_them_are_refused(data):
    for reader in (summary.certificate, summary.request, summary.revocation_list):
        with pytest.raises(DerError):
            reader(data)
