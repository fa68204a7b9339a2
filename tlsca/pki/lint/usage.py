"""What a certificate may be used for: basicConstraints, keyUsage and extendedKeyUsage, whether they are there and agree."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, ObjectIdentifier

from tlsca.pki.keys import is_ec, is_rsa, kind_of
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import Rule, Subject
from tlsca.text import listing

_BITS: Mapping[str, str] = MappingProxyType(
    {
        "digital_signature": "digitalSignature",
        "content_commitment": "nonRepudiation",
        "key_encipherment": "keyEncipherment",
        "data_encipherment": "dataEncipherment",
        "key_agreement": "keyAgreement",
        "key_cert_sign": "keyCertSign",
        "crl_sign": "cRLSign",
    }
)
"""The bits of keyUsage as `cryptography` and RFC 5280 name them; two more only qualify keyAgreement."""

_SIGNS = ("digital_signature", "content_commitment")

# RFC 5280, 4.2.1.12: with each purpose, the bits of which one has to be there.
_PURPOSES: Mapping[ObjectIdentifier, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        ExtendedKeyUsageOID.SERVER_AUTH: (
            "serverAuth",
            ("digital_signature", "key_encipherment", "key_agreement"),
        ),
        ExtendedKeyUsageOID.CLIENT_AUTH: ("clientAuth", ("digital_signature", "key_agreement")),
        ExtendedKeyUsageOID.CODE_SIGNING: ("codeSigning", ("digital_signature",)),
        ExtendedKeyUsageOID.EMAIL_PROTECTION: (
            "emailProtection",
            (*_SIGNS, "key_encipherment", "key_agreement"),
        ),
        ExtendedKeyUsageOID.TIME_STAMPING: ("timeStamping", _SIGNS),
        ExtendedKeyUsageOID.OCSP_SIGNING: ("OCSPSigning", _SIGNS),
    }
)
_RENEW = "Renew it; its profile sets the usages."
_ENCIPHERS = ("key_encipherment", "data_encipherment")


def _asserted(usage: x509.KeyUsage) -> tuple[str, ...]:
    """Return the bits that are set, as `cryptography` names them."""
    return tuple(bit for bit in _BITS if getattr(usage, bit))


def _shown(bits: tuple[str, ...]) -> str:
    return listing([_BITS[bit] for bit in bits])


def _authority(subject: Subject) -> Iterator[Remark]:
    constraints = subject.certificate.extension(x509.BasicConstraints)
    if not subject.is_ca or constraints is None:
        return
    if not constraints.critical:
        message = "The authority's basicConstraints are not critical, so strict clients (Python 3.13) refuse what is below it."
        yield subject.warning(
            "basic-constraints-not-critical",
            "basicConstraints",
            message,
            fix="Renew the authority.",
            source="RFC 5280, 4.2.1.9",
        )
    if subject.key_usage is None:
        message = "The authority has no keyUsage, so strict clients (Python 3.13) refuse what is below it."
        yield subject.warning(
            "ca-without-key-usage",
            "keyUsage",
            message,
            fix="Renew the authority.",
            source="RFC 5280, 4.2.1.3",
        )
    elif not subject.key_usage.key_cert_sign:
        message = "The authority's keyUsage lacks keyCertSign, so nothing that it issues is accepted."
        yield subject.error(
            "ca-cannot-sign", "keyUsage", message, fix="Renew the authority.", source="RFC 5280, 4.2.1.3"
        )


def _leaf_usage_of_authority(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca or not subject.certificate.is_version_3:
        return
    if subject.certificate.general_names and any(
        isinstance(name, x509.DNSName | x509.IPAddress) for name in subject.certificate.general_names
    ):
        message = (
            "An authority names a host: who serves it keeps a key on that host that can issue for every name."
        )
        fix = "Issue a certificate for the host below the authority, and keep the authority's key elsewhere."
        yield subject.warning(
            "ca-with-leaf-usage",
            "basicConstraints",
            message,
            fix=fix,
            source="RFC 5280, 4.2.1.9",
            act="issue",
        )
        return
    usage = subject.key_usage
    leaf_bits = tuple(
        bit for bit in (*_ENCIPHERS, "key_agreement") if usage is not None and getattr(usage, bit)
    )
    if leaf_bits:
        message = f"An authority's keyUsage holds {_shown(leaf_bits)}, which only leaves have a use for."
        yield subject.warning(
            "ca-with-leaf-usage",
            "keyUsage",
            message,
            fix="Renew the authority.",
            source="RFC 5280, 4.2.1.3; CA/B BR 7.1.2.10.7",
        )


def _leaf_that_signs(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca and subject.key_usage is not None and subject.key_usage.key_cert_sign:
        message = (
            "keyUsage holds keyCertSign, but this is no authority, so strict clients (Python 3.13) refuse it."
        )
        yield subject.error(
            "leaf-signs-certificates", "keyUsage", message, fix=_RENEW, source="RFC 5280, 4.2.1.9"
        )


def _key_usage(subject: Subject) -> Iterator[Remark]:
    found = subject.certificate.extension(x509.KeyUsage)
    if found is None:
        if subject.is_legible and subject.certificate.is_version_3 and not subject.is_ca:
            yield subject.notice(
                "no-key-usage",
                "keyUsage",
                "It has no keyUsage, so its key may be used for anything.",
                fix=_RENEW,
                source="RFC 5280, 4.2.1.3",
            )
        return
    if not _asserted(found.value):
        yield subject.error(
            "empty-key-usage",
            "keyUsage",
            "keyUsage is there and allows nothing.",
            fix=_RENEW,
            source="RFC 5280, 4.2.1.3",
        )
    if not found.critical:
        yield subject.notice(
            "key-usage-not-critical",
            "keyUsage",
            "keyUsage is not critical, as it should be.",
            fix=_RENEW,
            source="RFC 5280, 4.2.1.3",
        )


def _usage_of_key(subject: Subject) -> Iterator[Remark]:
    """Look for bits that a key of this kind cannot serve."""
    if subject.key_usage is None or subject.certificate.public_key is None:
        return
    kind = kind_of(subject.certificate.public_key)
    impossible, source = _impossible(kind)
    found = tuple(bit for bit in _asserted(subject.key_usage) if bit in impossible)
    if found:
        message = f"keyUsage holds {_shown(found)}, which a key of kind {kind} cannot do."
        yield subject.warning("key-usage-unfit-for-key", "keyUsage", message, fix=_RENEW, source=source)


def _impossible(kind: str) -> tuple[tuple[str, ...], str]:
    if is_rsa(kind):
        return ("key_agreement",), "RFC 4055, 1.2"
    if is_ec(kind):
        return _ENCIPHERS, "RFC 8813, 3"
    if kind.startswith("ed"):
        return (*_ENCIPHERS, "key_agreement"), "RFC 9295, 3"
    if kind.startswith("ml-dsa-"):
        return (*_ENCIPHERS, "key_agreement"), "RFC 9881, 5"
    return (), ""


def _extended_usage(subject: Subject) -> Iterator[Remark]:
    one = subject.certificate
    if subject.usages or subject.is_ca or not subject.is_legible or not one.is_version_3:
        return
    message = "It has no extendedKeyUsage, so it passes for any purpose; Apple's systems refuse such servers."
    found = subject.warning if one.dns_names else subject.notice
    yield found(
        "no-extended-key-usage",
        "extendedKeyUsage",
        message,
        fix=_RENEW,
        source="RFC 5280, 4.2.1.12; CA/B BR 7.1.2.7.10",
    )


def _any_usage(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in subject.usages:
        message = "extendedKeyUsage holds anyExtendedKeyUsage, so it passes for any purpose."
        yield subject.warning(
            "any-extended-key-usage", "extendedKeyUsage", message, fix=_RENEW, source="CA/B BR 7.1.2.7.10"
        )


def _usages_disagree(subject: Subject) -> Iterator[Remark]:
    if subject.is_ca or subject.key_usage is None:
        return
    bits = _asserted(subject.key_usage)
    for purpose in sorted(subject.usages & _PURPOSES.keys(), key=lambda oid: oid.dotted_string):
        name, needed = _PURPOSES[purpose]
        if not set(needed) & set(bits):
            message = (
                f"extendedKeyUsage holds {name}, but keyUsage has none of {_shown(needed)}, which that takes."
            )
            yield subject.error(
                "usages-disagree", "keyUsage", message, fix=_RENEW, source="RFC 5280, 4.2.1.12"
            )


def _special_purposes(subject: Subject) -> Iterator[Remark]:
    found = subject.certificate.extension(x509.ExtendedKeyUsage)
    if found is None or subject.is_ca:
        return
    if ExtendedKeyUsageOID.TIME_STAMPING in subject.usages and (
        len(subject.usages) > 1 or not found.critical
    ):
        message = "A time stamp's extendedKeyUsage is critical and holds nothing else; this one is not, so its stamps are refused."
        yield subject.error(
            "timestamp-usage", "extendedKeyUsage", message, fix=_RENEW, source="RFC 3161, 2.3"
        )
    responds = ExtendedKeyUsageOID.OCSP_SIGNING in subject.usages
    if responds and subject.certificate.extension(x509.OCSPNoCheck) is None:
        message = "An OCSP responder without ocsp-nocheck makes clients ask whether it is revoked itself."
        yield subject.notice(
            "ocsp-without-no-check", "id-pkix-ocsp-nocheck", message, fix=_RENEW, source="RFC 6960, 4.2.2.2.1"
        )


def _limits_of_leaf(subject: Subject) -> Iterator[Remark]:
    if subject.is_ca:
        return
    for oid in (
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.INHIBIT_ANY_POLICY,
        ExtensionOID.POLICY_MAPPINGS,
    ):
        if any(extension.oid == oid for extension in subject.certificate.extensions):
            message = "It limits the policies of certificates below it, but is no authority."
            yield subject.notice(
                "leaf-with-policy-limits",
                "extensions",
                message,
                fix=_RENEW,
                source="RFC 5280, 4.2.1.11, 4.2.1.14",
            )
            return


RULES: tuple[Rule, ...] = (
    _authority,
    _leaf_usage_of_authority,
    _leaf_that_signs,
    _key_usage,
    _usage_of_key,
    _extended_usage,
    _any_usage,
    _usages_disagree,
    _special_purposes,
    _limits_of_leaf,
)
