"""Certificate requests (PKCS#10, RFC 2986): build one, and read somebody's, checked as far as a request proves anything.

A request proves that who made it has the private key, and nothing else: what it asks for is a wish. So it is read strictly, and
refused in one sentence where it is broken, before anybody looks at the wishes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import NotAName, Refused, Unreadable
from tlsca.pki.identity import Identity
from tlsca.pki.key_policy import check_public_key
from tlsca.pki.keys import PrivateKey, PublicKey, kind_of, signature_hash
from tlsca.pki.legible import extensions_of
from tlsca.pki.names import check_name
from tlsca.pki.read import Kind, read
from tlsca.text import printable

_HINT = "A request is made by: tlsca request NAME, or openssl req -new."


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody's wish for a certificate, whose signature is right and whose key may be certified."""

    der: bytes
    subject: x509.Name
    public_key: PublicKey
    extensions: tuple[x509.Extension[x509.ExtensionType], ...]
    """All that it asks for, in its order; no two of one type."""

    @property
    def key_kind(self) -> str:
        """The kind of its key."""
        return kind_of(self.public_key)

    @property
    def names(self) -> tuple[x509.GeneralName, ...]:
        """The subject alternative names that it asks for."""
        for extension in self.extensions:
            if isinstance(extension.value, x509.SubjectAlternativeName):
                return tuple(extension.value)
        return ()

    @property
    def pem(self) -> bytes:
        """The request as PEM."""
        return x509.load_der_x509_csr(self.der).public_bytes(Encoding.PEM)


def build_request(
    subject: x509.Name,
    names: Sequence[Identity],
    private_key: PrivateKey,
    *,
    extensions: Sequence[x509.Extension[x509.ExtensionType]] = (),
) -> x509.CertificateSigningRequest:
    """Make and sign a request for these names. Raises NotAName when there is none at all."""
    if not list(subject) and not names:
        raise NotAName("A request needs a name.", hint="Give a DNS name, an address, or a person's name.")
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    for extension in (*request_extensions(subject, names), *extensions):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(private_key, signature_hash(private_key))


def request_again(certificate: x509.Certificate, private_key: PrivateKey) -> x509.CertificateSigningRequest:
    """Make a request for the subject, the names and the key that a certificate has, for somebody else to sign."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(certificate.subject)
    for extension in certificate.extensions:
        if extension.oid == x509.SubjectAlternativeName.oid:
            builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(private_key, signature_hash(private_key))


def request_extensions(
    subject: x509.Name, names: Sequence[Identity]
) -> tuple[x509.Extension[x509.ExtensionType], ...]:
    """Return the extension that asks for names, critical where there is no subject; none where there are no names."""
    if not names:
        return ()
    general = x509.SubjectAlternativeName([name.general_name() for name in dict.fromkeys(names)])
    return (x509.Extension(general.oid, not list(subject), general),)


def read_request(data: bytes, *, name: str = "This file") -> Request:
    """Read the one request in the bytes, PEM or DER, and check it; `name` says in errors what they came from.

    Raises Unreadable when there is none or several, or it cannot be parsed; Refused when its signature is wrong, its key too weak, or
    an extension stands in it twice; NotAName when its subject cannot stand in a certificate.
    """
    found = [item.der for item in read(data, name=name) if item.kind is Kind.REQUEST]
    if len(found) != 1:
        how_many = f"{len(found)} certificate requests" if found else "no certificate request"
        raise Unreadable(f"{name} holds {how_many}.", hint=_HINT if not found else "Sign one at a time.")
    loaded = _loaded(found[0])
    public_key = _public_key(loaded)
    check_public_key(public_key)
    _check_signature(loaded)
    return Request(found[0], _subject(loaded), public_key, _extensions(loaded))


def _loaded(der: bytes) -> x509.CertificateSigningRequest:
    try:
        return x509.load_der_x509_csr(der)
    except (ValueError, x509.InvalidVersion) as error:
        raise Unreadable(f"The request cannot be read: {_reason(error)}.", hint=_HINT) from error


def _public_key(request: x509.CertificateSigningRequest) -> PublicKey:
    try:
        return request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused(
            f"The request's public key cannot be certified: {_reason(error)}.",
            hint="Make the request again with an EC, Ed25519 or RSA key.",
        ) from error


def _check_signature(request: x509.CertificateSigningRequest) -> None:
    try:
        right = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused(
            f"The request's signature cannot be verified: {_reason(error)}.",
            hint="Make the request again with a common algorithm.",
        ) from error
    if not right:
        raise Refused(
            "The request's signature is wrong, so nobody has shown that they hold its key.",
            hint="It was changed or cut short on its way, or signed with MD5; get it again.",
        )


def _subject(request: x509.CertificateSigningRequest) -> x509.Name:
    try:
        subject = request.subject
    except ValueError as error:
        raise Unreadable(f"The request's subject cannot be read: {_reason(error)}.", hint=_HINT) from error
    try:
        check_name(subject)
    except NotAName as error:
        raise NotAName(
            f"The request's subject cannot stand in a certificate: {error.sentence}", hint=error.hint
        ) from error
    return subject


def _extensions(request: x509.CertificateSigningRequest) -> tuple[x509.Extension[x509.ExtensionType], ...]:
    try:
        return tuple(extensions_of(request))
    except x509.DuplicateExtension as error:
        raise Refused(
            f"The request asks for the extension {error.oid.dotted_string} twice (RFC 5280, 4.2: once).",
            hint=_HINT,
        ) from error
    except (ValueError, x509.UnsupportedGeneralNameType) as error:
        raise Refused(
            f"The extensions of the request cannot be read: {_reason(error)}.", hint="Make the request again."
        ) from error


def _reason(error: Exception) -> str:
    return printable(str(error)).rstrip(".")
