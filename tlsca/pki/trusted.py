"""Trusted certificates: what OpenSSL keeps behind a certificate (`BEGIN TRUSTED CERTIFICATE`), read and printed as it does.

The settings are a SEQUENCE of uses that are trusted, uses that are rejected ([0]), an alias and a key identifier, each of them
optional (X509_CERT_AUX in crypto/x509/x_x509a.c).
"""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.dump import objects
from tlsca.pki.dump.page import Page, hex_colons
from tlsca.pki.rows import Row
from tlsca.text import printable


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """For what a certificate is trusted and for what it is not, each use as OpenSSL calls it; None where nothing is said."""

    trusted: tuple[bytes, ...] | None = None
    rejected: tuple[bytes, ...] | None = None
    alias: bytes | None = None
    key_id: bytes | None = None


def _trust_settings(data: bytes) -> TrustSettings:
    """Read a DER CertAux. Raises DerError."""
    fields = der.sequence(der.read(data))
    trusted = fields.maybe(der.SEQUENCE)
    rejected = fields.maybe(der.CONTEXT | 0)
    alias = fields.maybe(der.UTF8_STRING)
    key_id = fields.maybe(der.OCTET_STRING)
    return TrustSettings(
        None if trusted is None else _uses(trusted),
        None if rejected is None else _uses(rejected),
        None if alias is None else der.octets(alias),
        None if key_id is None else der.octets(key_id),
    )


def _uses(element: der.Tlv) -> tuple[bytes, ...]:
    return tuple(objects.buffered_name(der.object_identifier(child)) for child in element.children())


def trust_rows(data: bytes) -> tuple[Row, ...]:
    """Return trust settings as facts; nothing where there are none, or they cannot be read."""
    try:
        settings = _trust_settings(data)
    except DerError:
        return ()
    rows = [
        Row("Trusted for", _shown(settings.trusted) or "nothing in particular", "OpenSSL's own settings"),
        Row("Not trusted for", _shown(settings.rejected) or "nothing in particular"),
    ]
    if settings.alias is not None:
        rows.append(Row("Alias", printable(settings.alias.decode("utf-8", "backslashreplace"))))
    return tuple(rows)


def _shown(uses: tuple[bytes, ...] | None) -> str:
    return ", ".join(printable(use.decode("utf-8", "backslashreplace")) for use in uses or ())


def trust_text(data: bytes, *, safe: bool = False) -> bytes:
    """Return trust settings as `openssl x509 -text` prints them below the certificate (`X509_aux_print`).

    With `safe`, control characters in the alias are made visible. Raises DerError.
    """
    settings = _trust_settings(data)
    page = Page(safe=safe)
    for word, uses in ((b"Trusted", settings.trusted), (b"Rejected", settings.rejected)):
        if uses is None:
            page.write(b"No %s Uses.\n" % word)
        else:
            page.write(b"%s Uses:\n  %s\n" % (word, b", ".join(uses)))
    if settings.alias is not None:
        page.write(b"Alias: ")
        page.value(settings.alias)
        page.write(b"\n")
    if settings.key_id is not None:
        page.write(b"Key Id: " + hex_colons(settings.key_id) + b"\n")
    return page.text()
