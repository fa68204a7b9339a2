"""The rows that the inspector, the command line and JSON all show."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki import summary
from tlsca.pki.describe import Row, describe_certificate, describe_extensions, status_word
from tlsca.pki.names import dn

DAY = timedelta(days=1)


def values(rows: tuple[Row, ...]) -> dict[str, str]:
    return {row.title: row.value for row in rows}


def test_a_root_says_that_it_signs_itself_and_how_deep_it_reaches(make, now):
    root = make("root", "CN=Acme Root,O=Acme", path_length=1)
    shown = values(describe_certificate(root.certificate, now=now))
    assert shown["Subject"] == "CN=Acme Root,O=Acme"
    assert shown["Issuer"] == "itself (self-signed)"
    assert shown["Authority"] == "authority, with at most 1 below it"
    assert shown["Key usage"] == "digital signature, sign certificates, sign CRLs"
    assert shown["Signed with"] == "ecdsa-with-SHA256"


def test_a_leaf_says_for_whom_until_when_and_for_what(server, now):
    rows = describe_certificate(server.certificate, now=now)
    shown = values(rows)
    assert shown["Issuer"] == "CN=Acme Issuing,O=Acme,C=SE"
    assert shown["Names"] == "www.example.com, 10.0.0.1"
    assert shown["Valid"] == "2030-01-31T09:29:00Z until 2030-05-01T09:28:59Z (ends in 90 days)"
    assert shown["Purposes"] == "TLS server"
    names = next(row for row in rows if row.title == "Names")
    assert [(row.title, row.value) for row in names.children] == [
        ("DNS", "www.example.com"),
        ("IP", "10.0.0.1"),
    ]


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "(begins in 24 hours)"), (1, "(ends in 89 days)"), (92, "(ended 2 days ago)")]
)
def test_validity_is_told_from_now(server, now, days, words):
    assert values(describe_certificate(server.certificate, now=now + days * DAY))["Valid"].endswith(words)


def test_a_critical_extension_says_what_that_means(server, now):
    notes = {row.title: row.note for row in describe_certificate(server.certificate, now=now)}
    assert notes["Authority"] == "critical"
    assert notes["Purposes"] == ""


def test_a_request_says_what_it_asks_for_and_whether_its_signature_is_right(server):
    asked = x509.CertificateSigningRequestBuilder().subject_name(dn("CN=x"))
    asked = asked.add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
    request = asked.sign(server.key, hashes.SHA256()).public_bytes(Encoding.DER)
    shown = values(summary.request_rows(summary.request(request), signature="correct"))
    assert shown == {"Subject": "CN=x", "Names": "a.example", "Key": "ec-p256", "Signature": "correct"}


def test_a_list_says_how_many_it_revokes_and_until_when_it_holds(root, now):
    builder = x509.CertificateRevocationListBuilder(root.certificate.subject, now, now + 7 * DAY)
    entry = x509.RevokedCertificateBuilder(serial_number=7, revocation_date=now).build()
    crl = builder.add_revoked_certificate(entry).add_extension(x509.CRLNumber(3), critical=False)
    der = crl.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)
    shown = values(summary.crl_rows(summary.revocation_list(der), now=now))
    assert shown["Next"] == "2030-02-07T09:30:00Z (in 7 days)"
    assert shown["CRL number"] == "3"
    assert shown["Revoked"] == "1 certificate"


def test_an_extension_is_described_alike_before_it_is_in_a_certificate(server, now):
    inside = describe_certificate(server.certificate, now=now)
    assert set(describe_extensions(server.certificate.extensions)) <= set(inside)


@pytest.mark.parametrize(
    ("elapsed", "word"),
    [(-1, "not-yet-valid"), (0, "valid"), (59, "valid"), (61, "expiring"), (90, "expiring"), (91, "expired")],
)
def test_a_certificate_is_expiring_in_its_last_thirty_days(elapsed, word):
    begin = datetime(2030, 1, 1, tzinfo=UTC)
    end = begin + 90 * DAY
    assert status_word(begin, end, now=begin + elapsed * DAY, soon=30 * DAY) == word


def test_a_row_is_json_without_its_empty_parts():
    assert Row("a", "b", "", (Row("c"),)).to_json() == {"title": "a", "value": "b", "rows": [{"title": "c"}]}
