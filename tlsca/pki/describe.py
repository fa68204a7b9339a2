"""Loaded certificates and extensions as rows: what forms, previews and comparisons show of what is not yet, or not only, DER.

The words are those of `summary`, which reads DER. Every value that leaves here is printable: a row may be drawn anywhere as it is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki import summary
from tlsca.pki.der import object_identifier, read
from tlsca.pki.dump.extension import Extension
from tlsca.pki.extension_rows import extension_row
from tlsca.pki.rows import Row
from tlsca.pki.writing import object_identifier as written

__all__ = ["Row", "describe_certificate", "describe_extensions", "general_names", "name_type", "status_word"]


def describe_certificate(certificate: x509.Certificate, *, now: datetime) -> tuple[Row, ...]:
    """Return what a person asks first of a certificate: who, by whom, for which names, until when, which key, for what."""
    der = certificate.public_bytes(Encoding.DER)
    return summary.certificate_rows(summary.certificate(der), der, now=now)


def describe_extensions(
    extensions: Sequence[x509.Extension[x509.ExtensionType]] | x509.Extensions,
) -> tuple[Row, ...]:
    """Return a row for each extension, its value in words; subject alternative names are rows of their own elsewhere."""
    return tuple(
        extension_row(_encoded(extension))
        for extension in extensions
        if not isinstance(extension.value, x509.SubjectAlternativeName)
    )


def _encoded(extension: x509.Extension[x509.ExtensionType]) -> Extension:
    identifier = object_identifier(read(written(extension.oid.dotted_string)))
    return Extension(identifier, extension.critical, extension.value.public_bytes())


def status_word(not_before: datetime, not_after: datetime, *, now: datetime, soon: timedelta) -> str:
    """Return `not-yet-valid`, `expired`, `expiring` (ends within `soon`, or within a third of its life if that is less), or `valid`."""
    if now < not_before:
        return "not-yet-valid"
    if now > not_after:
        return "expired"
    return "expiring" if not_after - now < min(soon, (not_after - not_before) / 3) else "valid"


def general_names(certificate: x509.Certificate) -> tuple[x509.GeneralName, ...]:
    """Return the subject alternative names; none when there are none, or they cannot be read."""
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
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
