"""The certificate's frame: version, serial number, key identifiers, and extensions that are twice there, critical or not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.lint import facts
from tlsca.pki.lint.remark import Remark, adopt
from tlsca.pki.lint.subject import ISSUE, RENEW, Rule, Subject

_MOST_SERIAL_OCTETS = 20
_LEAST_SERIAL_BITS = 56  # of 64 random bits the first eight are zero once in 256 certificates

_ALWAYS_CRITICAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        facts.NAME_CONSTRAINTS: ("nameConstraints", "RFC 5280, 4.2.1.10"),
        "2.5.29.36": ("policyConstraints", "RFC 5280, 4.2.1.11"),
        "2.5.29.54": ("inhibitAnyPolicy", "RFC 5280, 4.2.1.14"),
        "1.3.6.1.4.1.11129.2.4.3": ("precertPoison", "RFC 6962, 3.1"),
    }
)
_NEVER_CRITICAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "2.5.29.14": ("subjectKeyIdentifier", "RFC 5280, 4.2.1.2"),
        "2.5.29.35": ("authorityKeyIdentifier", "RFC 5280, 4.2.1.1"),
        "1.3.6.1.5.5.7.1.1": ("authorityInfoAccess", "RFC 5280, 4.2.2.1"),
        "1.3.6.1.5.5.7.1.11": ("subjectInfoAccess", "RFC 5280, 4.2.2.2"),
        "2.5.29.9": ("subjectDirectoryAttributes", "RFC 5280, 4.2.1.8"),
        "2.5.29.31": ("cRLDistributionPoints", "RFC 5280, 4.2.1.13"),
        "2.5.29.46": ("freshestCRL", "RFC 5280, 4.2.1.15"),
    }
)


# Critical in sound certificates, and known to every client: with no other one the chain's own rules need not be asked.
_COMMONLY_CRITICAL = frozenset(
    {
        facts.BASIC_CONSTRAINTS,
        facts.KEY_USAGE,
        facts.EXTENDED_KEY_USAGE,
        facts.SUBJECT_ALTERNATIVE_NAME,
        facts.NAME_CONSTRAINTS,
    }
)


def _malformed(subject: Subject) -> Iterator[Remark]:
    """Look with the chain's own eyes at what cannot be read and at critical extensions that clients do not know."""
    critical = {oid for oid, is_critical in subject.facts.extensions.items() if is_critical}
    if subject.facts.is_legible and critical <= _COMMONLY_CRITICAL:
        return
    from tlsca.pki.defects import ANY, Place, lasting_defects  # noqa: PLC0415 -- loads `cryptography`, which few certificates take

    sources = {
        "malformed-certificate": ("certificate", "RFC 5280, 4.1"),
        "unknown-critical-extension": ("extensions", "RFC 5280, 4.2"),
    }
    for finding in lasting_defects(Place((subject.certificate,), 0, anchored=False, purpose=ANY)):
        if finding.code in sources:
            culprit, source = sources[finding.code]
            yield adopt(finding, about=subject.facts.label, culprit=culprit, source=source, act=RENEW)


def _version(subject: Subject) -> Iterator[Remark]:
    if not subject.facts.is_readable or subject.facts.is_version_3:
        return
    message = "It is of version 1, which has no extensions: no names, no usages, no limits."
    yield subject.warning(
        "not-version-3",
        "version",
        message,
        fix="Have it issued anew; every profile is version 3.",
        source="RFC 5280, 4.1.2.1",
    )


def _serial(subject: Subject) -> Iterator[Remark]:
    number = subject.facts.serial
    if number is None:
        return
    source = "RFC 5280, 4.1.2.2"
    fix = "Renew it; serial numbers are drawn at random."
    octets = number.bit_length() // 8 + 1
    if number <= 0:
        message = f"The serial number is {'zero' if number == 0 else 'negative'}."
        yield subject.error("serial-not-positive", "serialNumber", message, fix=fix, source=source)
    elif octets > _MOST_SERIAL_OCTETS:
        message = f"The serial number has {octets} octets; clients need to handle {_MOST_SERIAL_OCTETS}."
        yield subject.error("serial-too-long", "serialNumber", message, fix=fix, source=source)
    elif number.bit_length() < _LEAST_SERIAL_BITS:
        message = f"The serial number has {number.bit_length()} bits, so it can be guessed; 64 random ones are asked for."
        yield subject.notice("serial-too-short", "serialNumber", message, fix=fix, source="CA/B BR 7.1")


def _signature_algorithm(subject: Subject) -> Iterator[Remark]:
    inside, outside = _signature_algorithms(subject.der)
    if inside == outside:
        return
    message = "The signature algorithm inside the certificate is not the one beside its signature."
    yield subject.error(
        "signature-algorithm-mismatch",
        "signatureAlgorithm",
        message,
        fix="Have it issued anew.",
        source="RFC 5280, 4.1.1.2",
    )


def _signature_algorithms(certificate: bytes) -> tuple[bytes, bytes]:
    """Return the two AlgorithmIdentifiers; two empty ones where they cannot be found."""
    try:
        content, outside = der.read(certificate).children()[:2]
        sequences = (field for field in content.children() if field.tag == der.SEQUENCE)
        return next(sequences).encoding, outside.encoding
    except (DerError, ValueError, StopIteration):
        return b"", b""


def _key_identifiers(subject: Subject) -> Iterator[Remark]:
    one = subject.facts
    if not one.is_legible or not one.is_version_3:
        return
    if not one.has_key_identifier:
        message = "It has no subject key identifier"
        if subject.is_ca:
            why = f"{message}, by which clients tell authorities of one name apart; strict clients refuse it."
            yield subject.warning(
                "no-subject-key-id",
                "subjectKeyIdentifier",
                why,
                fix="Renew the authority.",
                source="RFC 5280, 4.2.1.2",
            )
        else:
            yield subject.notice(
                "no-subject-key-id",
                "subjectKeyIdentifier",
                f"{message}.",
                fix="Renew it.",
                source="RFC 5280, 4.2.1.2",
            )
    if not one.has_authority_key_identifier:
        yield from _no_authority_key_identifier(subject)


def _no_authority_key_identifier(subject: Subject) -> Iterator[Remark]:
    """Only an authority that signed itself may leave it out; of an unknown signature that has to be believed."""
    one = subject.facts
    source = "RFC 5280, 4.2.1.1"
    if not one.is_self_issued or (one.key is not None and not subject.is_self_signed):
        message = "It has no key identifier of its authority, so strict clients (Python 3.13) refuse it."
        yield subject.warning(
            "no-authority-key-id", "authorityKeyIdentifier", message, fix="Renew it.", source=source
        )
    elif not subject.is_ca:
        message = "It has no authority key identifier, which only a root may leave out."
        yield subject.notice(
            "no-authority-key-id", "authorityKeyIdentifier", message, fix="Renew it.", source=source
        )


def _criticality(subject: Subject) -> Iterator[Remark]:
    for oid, is_critical in subject.facts.extensions.items():
        if not is_critical and oid in _ALWAYS_CRITICAL:
            name, source = _ALWAYS_CRITICAL[oid]
            message = f"{name} is not critical, so a client that does not know it ignores the limit."
            yield subject.warning("extension-not-critical", name, message, fix="Renew it.", source=source)
        elif is_critical and oid in _NEVER_CRITICAL:
            name, source = _NEVER_CRITICAL[oid]
            message = f"{name} is critical, so a client that does not know it refuses the certificate."
            yield subject.warning("extension-critical", name, message, fix="Renew it.", source=source)


def _duplicates(subject: Subject) -> Iterator[Remark]:
    if subject.facts.is_legible:
        return  # `cryptography` reads no extensions of which one is there twice
    for oid, count in Counter(_extension_oids(subject.der)).items():
        if count > 1:
            message = f"The extension {der.dotted(oid)} is there {count} times, so clients read different things from it."
            yield subject.error(
                "duplicate-extension",
                "extensions",
                message,
                fix="Have it issued anew.",
                source="RFC 5280, 4.2",
            )


def _extension_oids(certificate: bytes) -> list[bytes]:
    """Return the OIDs of the extensions as they stand in the DER."""
    try:
        fields = der.read(certificate).children()[0].children()
        wrapped = [field for field in fields if field.tag == der.CONTEXT | 3]
        extensions = wrapped[0].children()[0].children() if wrapped else []
        return [extension.children()[0].content for extension in extensions]
    except (DerError, IndexError):
        return []


def _name_constraints_of_leaf(subject: Subject) -> Iterator[Remark]:
    if subject.is_ca or facts.NAME_CONSTRAINTS not in subject.facts.extensions:
        return
    message = "It has name constraints, but is no authority whose certificates they could limit."
    yield subject.warning(
        "leaf-with-name-constraints",
        "nameConstraints",
        message,
        fix="Issue it anew: a renewal would keep them.",
        source="RFC 5280, 4.2.1.10",
        act=ISSUE,
    )


RULES: tuple[Rule, ...] = (
    _malformed,
    _version,
    _serial,
    _signature_algorithm,
    _key_identifiers,
    _criticality,
    _duplicates,
    _name_constraints_of_leaf,
)
