"""Where pkilint and we make the same claim, we make it about the same certificates: all of cryptography's test vectors."""

import base64
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from tlsca.pki.certificate import Certificate
from tlsca.pki.lint import lint

pytest.importorskip("pkilint", reason="pkilint is not installed")
cryptography_vectors = pytest.importorskip("cryptography_vectors", reason="the vectors are not installed")

FOLDER = Path(cryptography_vectors.__file__).parent / "x509"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)

CLAIMS = {
    "no-subject-key-id": ("certificate_skid_end_entity_missing", "certificate_skid_ca_missing"),
    "no-authority-key-id": (
        "authority_key_identifier_extension_absent",
        "authority_key_identifier_keyid_missing",
    ),
    "ca-without-key-usage": ("ca_certificate_no_ku_extension",),
    "ca-cannot-sign": ("ca_certificate_keycertsign_keyusage_not_set",),
    "leaf-signs-certificates": ("ee_certificate_keycertsign_keyusage_set",),
    "key-usage-not-critical": ("key_usage_extension_not_critical",),
    "empty-key-usage": ("no_ku_bits_set",),
    "key-usage-unfit-for-key": (
        "key_usage_value_prohibited_for_rsa",
        "key_usage_value_prohibited_for_ec",
        "key_usage_value_prohibited_for_edwards_curve",
    ),
    "timestamp-usage": ("extended_key_usage_extension_with_timestamping_not_critical",),
    "basic-constraints-not-critical": ("basic_constraints_extension_not_critical",),
    "leaf-with-name-constraints": ("name_constraints_in_ee_certificate",),
    "leaf-with-policy-limits": (
        "end_entity_policy_constraints_extension_present",
        "end_entity_inhibit_anypolicy_extension_present",
        "end_entity_policy_mappings_extension_present",
    ),
    "not-version-3": ("certificate_version_is_not_v3",),
    "serial-not-positive serial-too-long": ("certificate_serial_number_out_of_range",),
    "signature-algorithm-mismatch": ("certificate_signature_algorithm_mismatch",),
    "duplicate-extension": ("duplicate_extension",),
    "validity-reversed": ("certificate_negative_validity_period",),
    "email-not-in-san": ("subject_email_address_not_in_san",),
    "empty-subject-san-not-critical": ("san_extension_not_critical_empty_subject",),
    "critical-san-with-subject": ("san_extension_is_critical_non_empty_subject",),
    "dns-name-syntax wildcard-form ip-as-dns-name underscore-in-name single-label-name": (
        "invalid_domain_name_syntax",
    ),
}
"""Our codes, and pkilint's for the same."""

# Every other difference, by file and our code, with its reason.
EXCEPTIONS = {
    # pkilint also looks into name constraints, and takes the leading dot there for a fault.
    ("custom/nc_excluded.pem", "dns-name-syntax"),
    ("custom/nc_permitted.pem", "dns-name-syntax"),
    ("custom/nc_permitted_excluded.pem", "dns-name-syntax"),
    # pkilint takes a wildcard for no name, since RFC 5280 leaves them open; RFC 9525 has them, and clients do.
    ("custom/san_wildcard_idna.pem", "dns-name-syntax"),
    ("custom/negative_serial.pem", "dns-name-syntax"),
    ("wildcard_san.pem", "dns-name-syntax"),
    # pkilint stops at the encoding of a value, and does not come to the rule.
    ("utf8-dnsname.pem", "dns-name-syntax"),
    ("custom/alternate-rsa-sha1-oid.der", "key-usage-not-critical"),
}


@cache
def validator():
    from pkilint.pkix import certificate, extension, name

    decoding = certificate.create_decoding_validators(
        name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS
    )
    parts = [
        certificate.create_issuer_validator_container([]),
        certificate.create_validity_validator_container(),
        certificate.create_subject_validator_container([]),
        certificate.create_extensions_validator_container([]),
        certificate.create_spki_validator_container([]),
    ]
    return certificate.create_pkix_certificate_validator_container(decoding, parts)


def told_by_pkilint(der):
    """The codes that pkilint has for a certificate; None when it cannot be read there."""
    from pkilint import loader
    from pkilint.document import SubstrateDecodingFailedError

    try:
        results = validator().validate(loader.load_der_certificate(der, "vector").root)
    except (SubstrateDecodingFailedError, ValueError):
        return None
    return {
        found.finding.code.removeprefix("pkix.")
        for result in results
        for found in result.finding_descriptions
    }


def vectors():
    """Every certificate among the vectors: name of the file and DER."""
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in {".pem", ".der", ".crt"}:
            data = path.read_bytes()
            armoured = _PEM.search(data)
            if armoured or b"-----BEGIN" not in data:
                der = base64.b64decode(armoured[1]) if armoured else data
                yield path.relative_to(FOLDER).as_posix(), der


@pytest.fixture(scope="module")
def compared():
    """Certificates that both can read: name of the file, our codes, pkilint's codes.

    Of what `cryptography` cannot read we say that alone; and a certificate of version 1 cannot have extensions, of which we
    therefore miss none.
    """
    rows = []
    for file, der in vectors():
        theirs = told_by_pkilint(der)
        if theirs is not None:
            ours = {remark.code for remark in lint(Certificate(der), now=NOW)}
            rows.append((file, ours, theirs))
    return [row for row in rows if not row[1] & {"malformed-certificate"}]


def test_the_vectors_are_many_and_break_most_of_the_rules(compared):
    assert len(compared) > 450
    claimed = {code for _, ours, _ in compared for code in ours}
    assert sum(bool(set(codes.split()) & claimed) for codes in CLAIMS) >= 15


@pytest.mark.parametrize("codes", CLAIMS)
def test_both_say_it_of_the_same_certificates(compared, codes):
    ours_of = {file for file, ours, _ in compared if ours & set(codes.split())}
    theirs_of = {file for file, _, theirs in compared if theirs & set(CLAIMS[codes])}
    if codes in {"no-subject-key-id", "no-authority-key-id"}:
        theirs_of -= {file for file, ours, _ in compared if "not-version-3" in ours}
    excused = {file for file, code in EXCEPTIONS if code in codes.split()}
    assert ours_of ^ theirs_of == excused
