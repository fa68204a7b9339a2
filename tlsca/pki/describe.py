"""An object, as rows that say what it is: the one value that the inspector, the command line and JSON all render.

Every value that leaves here is printable: a row may be drawn anywhere as it is.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ObjectIdentifier

from tlsca.pki.identity import general_name_text
from tlsca.pki.key_rows import NOTES
from tlsca.pki.keys import kind_of
from tlsca.pki.names import dn_text
from tlsca.pki.profiles import DOCUMENT_SIGNING
from tlsca.pki.rows import Row
from tlsca.text import duration, hex_colons, printable, remaining, rfc3339, serial_hex

__all__ = [
    "EXTENDED_USAGE_TITLES",
    "USAGE_TITLES",
    "Row",
    "describe_certificate",
    "describe_crl",
    "describe_extensions",
    "describe_request",
    "general_names",
    "name_type",
    "status_word",
]

USAGE_TITLES = {
    "digital_signature": "digital signature",
    "content_commitment": "content commitment",
    "key_encipherment": "key encipherment",
    "data_encipherment": "data encipherment",
    "key_agreement": "key agreement",
    "key_cert_sign": "sign certificates",
    "crl_sign": "sign CRLs",
}

EXTENDED_USAGE_TITLES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "TLS server",
    ExtendedKeyUsageOID.CLIENT_AUTH: "TLS client",
    ExtendedKeyUsageOID.CODE_SIGNING: "code signing",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "e-mail",
    ExtendedKeyUsageOID.TIME_STAMPING: "time stamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP responses",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any purpose",
    DOCUMENT_SIGNING: "document signing",
}


def describe_certificate(certificate: x509.Certificate, *, now: datetime) -> tuple[Row, ...]:
    """Return what a person asks first of a certificate: who, by whom, for which names, until when, which key, for what."""
    der = certificate.public_bytes(Encoding.DER)
    return (
        Row("Subject", _name(certificate.subject) or "(empty)"),
        Row("Issuer", "itself (self-signed)" if _is_self_issued(certificate) else _name(certificate.issuer)),
        *_names_row(certificate),
        Row("Valid", _validity(certificate, now), _lifetime(certificate)),
        Row("Key", _key(certificate), NOTES.get(_key(certificate), "")),
        Row("Signed with", printable(_signature(certificate))),
        *describe_extensions(certificate.extensions if _extensions_load(certificate) else ()),
        Row("Serial", serial_hex(certificate.serial_number)),
        Row("SHA-256", hex_colons(hashlib.sha256(der).hexdigest())),
        Row("SHA-1", hex_colons(hashlib.sha1(der).hexdigest())),  # noqa: S324 -- a fingerprint to compare, not a proof
    )


def describe_request(request: x509.CertificateSigningRequest) -> tuple[Row, ...]:
    """Return what a certificate request asks for."""
    return (
        Row("Subject", _name(request.subject) or "(empty)"),
        Row("Key", kind_of(request.public_key())),
        Row(
            "Signature",
            "correct" if request.is_signature_valid else "WRONG",
            "proves that who asks has the private key",
        ),
        *describe_extensions(request.extensions),
    )


def describe_crl(crl: x509.CertificateRevocationList, *, now: datetime) -> tuple[Row, ...]:
    """Return who revokes how many certificates, and until when the list holds."""
    until = crl.next_update_utc
    return (
        Row("Issuer", _name(crl.issuer)),
        Row("Made", rfc3339(crl.last_update_utc)),
        Row("Next", f"{rfc3339(until)} ({remaining(until, now)})" if until else "not said"),
        Row("Revoked", f"{len(crl)} certificate{'' if len(crl) == 1 else 's'}"),
        *describe_extensions(crl.extensions),
    )


def describe_extensions(
    extensions: Sequence[x509.Extension[x509.ExtensionType]] | x509.Extensions,
) -> tuple[Row, ...]:
    """Return a row for each extension, its value in words; subject alternative names are rows of their own elsewhere."""
    return tuple(
        _extension(extension)
        for extension in extensions
        if not isinstance(extension.value, x509.SubjectAlternativeName)
    )


def status_word(not_before: datetime, not_after: datetime, *, now: datetime, soon: timedelta) -> str:
    """Return `not-yet-valid`, `expired`, `expiring` (ends within `soon`, or within a third of its life if that is less), or `valid`."""
    if now < not_before:
        return "not-yet-valid"
    if now > not_after:
        return "expired"
    return "expiring" if not_after - now < min(soon, (not_after - not_before) / 3) else "valid"


def _is_self_issued(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer


def _name(name: x509.Name) -> str:
    return printable(dn_text(name))


def _names_row(certificate: x509.Certificate) -> Iterator[Row]:
    names = general_names(certificate)
    if names:
        shown = tuple(Row(name_type(name), printable(general_name_text(name))) for name in names)
        yield Row("Names", ", ".join(row.value for row in shown[:50]), "", shown)


def general_names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """Return the subject alternative names; none when there are none, or they cannot be read."""
    if not _extensions_load(certificate):
        return ()
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return ()


_NAME_TYPES: dict[type[x509.GeneralName], str] = {
    x509.DNSName: "DNS",
    x509.IPAddress: "IP",
    x509.RFC822Name: "e-mail",
    x509.UniformResourceIdentifier: "URI",
    x509.DirectoryName: "directory",
    x509.RegisteredID: "registered id",
    x509.OtherName: "other name",
}


def name_type(name: x509.GeneralName) -> str:
    """Return what kind of name this is, in a word: `DNS`, `IP`, `e-mail`."""
    return _NAME_TYPES.get(type(name), "name")


def _validity(certificate: x509.Certificate, now: datetime) -> str:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begin:
        return f"{rfc3339(begin)} until {rfc3339(end)} (begins {remaining(begin, now)})"
    word = "ended" if now > end else "ends"
    return f"{rfc3339(begin)} until {rfc3339(end)} ({word} {remaining(end, now)})"


def _lifetime(certificate: x509.Certificate) -> str:
    return f"{duration(certificate.not_valid_after_utc - certificate.not_valid_before_utc)} in all"


def _key(certificate: x509.Certificate) -> str:
    try:
        return kind_of(certificate.public_key())
    except (UnsupportedAlgorithm, ValueError):
        return f"unknown ({certificate.public_key_algorithm_oid.dotted_string})"


def _signature(certificate: x509.Certificate) -> str:
    oid = certificate.signature_algorithm_oid
    return str(oid._name) if oid._name != "Unknown OID" else oid.dotted_string  # noqa: SLF001 -- the only table of names


def _extensions_load(certificate: x509.Certificate) -> bool:
    try:
        _ = certificate.extensions
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
    return True


def _extension(extension: x509.Extension[x509.ExtensionType]) -> Row:
    title, words = _EXTENSIONS.get(type(extension.value), (None, None))
    if title is None or words is None:
        name = extension.oid._name  # noqa: SLF001 -- the only table of names
        title, words = (extension.oid.dotted_string if name == "Unknown OID" else name), _raw
    value = printable(words(extension.value))
    return Row(title, value, "critical" if extension.critical else "")


def _raw(value: Any) -> str:  # noqa: ANN401 -- whatever extension no other rule knows
    return hex_colons(value.public_bytes().hex())


def _basic_constraints(value: x509.BasicConstraints) -> str:
    if not value.ca:
        return "no authority"
    return (
        "authority" if value.path_length is None else f"authority, with at most {value.path_length} below it"
    )


def _key_usage(value: x509.KeyUsage) -> str:
    return ", ".join(title for bit, title in USAGE_TITLES.items() if getattr(value, bit)) or "nothing"


def _extended_key_usage(value: x509.ExtendedKeyUsage) -> str:
    return ", ".join(_purpose(oid) for oid in value)


def _purpose(oid: ObjectIdentifier) -> str:
    return EXTENDED_USAGE_TITLES.get(oid, oid.dotted_string)


def _authority_key_identifier(value: x509.AuthorityKeyIdentifier) -> str:
    return hex_colons(value.key_identifier.hex()) if value.key_identifier else "issuer and serial"


def _name_constraints(value: x509.NameConstraints) -> str:
    permitted = [f"permits {general_name_text(tree)}" for tree in value.permitted_subtrees or ()]
    return ", ".join(
        permitted + [f"excludes {general_name_text(tree)}" for tree in value.excluded_subtrees or ()]
    )


_ACCESS_METHODS = {
    AuthorityInformationAccessOID.OCSP: "OCSP",
    AuthorityInformationAccessOID.CA_ISSUERS: "issuer certificate",
}


def _authority_information_access(value: x509.AuthorityInformationAccess) -> str:
    return ", ".join(
        f"{_ACCESS_METHODS.get(place.access_method, place.access_method.dotted_string)} {general_name_text(place.access_location)}"
        for place in value
    )


def _distribution_points(value: x509.CRLDistributionPoints) -> str:
    return ", ".join(general_name_text(name) for point in value for name in point.full_name or ())


def _policies(value: x509.CertificatePolicies) -> str:
    return "; ".join(_policy(policy) for policy in value)


def _policy(policy: x509.PolicyInformation) -> str:
    qualifiers = policy.policy_qualifiers or []
    texts = [item if isinstance(item, str) else item.explicit_text or "" for item in qualifiers]
    return " ".join([policy.policy_identifier.dotted_string, *(f"({text})" for text in texts if text)])


_EXTENSIONS: dict[type, tuple[str, Callable[[Any], str]]] = {
    x509.BasicConstraints: ("Authority", _basic_constraints),
    x509.KeyUsage: ("Key usage", _key_usage),
    x509.ExtendedKeyUsage: ("Purposes", _extended_key_usage),
    x509.SubjectKeyIdentifier: ("Subject key id", lambda value: hex_colons(value.digest.hex())),
    x509.AuthorityKeyIdentifier: ("Issuer key id", _authority_key_identifier),
    x509.NameConstraints: ("Name constraints", _name_constraints),
    x509.CertificatePolicies: ("Policies", _policies),
    x509.AuthorityInformationAccess: ("Issuer information", _authority_information_access),
    x509.CRLDistributionPoints: ("CRL at", _distribution_points),
    x509.TLSFeature: ("TLS feature", lambda _: "must staple OCSP"),
    x509.OCSPNoCheck: ("OCSP", lambda _: "its own revocation is not checked"),
    x509.CRLNumber: ("CRL number", lambda value: str(value.crl_number)),
}
