"""What a certificate may be used for: basicConstraints, keyUsage and extendedKeyUsage, whether they are there and agree."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tlsca.pki.lint import facts
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import ISSUE, RENEW, Rule, Subject
from tlsca.text import listing

_SIGNS = ("digitalSignature", "nonRepudiation")

# RFC 5280, 4.2.1.12: with each purpose, the bits of which one has to be there.
_PURPOSES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        facts.SERVER_AUTH: ("serverAuth", ("digitalSignature", "keyEncipherment", "keyAgreement")),
        facts.CLIENT_AUTH: ("clientAuth", ("digitalSignature", "keyAgreement")),
        facts.CODE_SIGNING: ("codeSigning", ("digitalSignature",)),
        facts.EMAIL_PROTECTION: ("emailProtection", (*_SIGNS, "keyEncipherment", "keyAgreement")),
        facts.TIME_STAMPING: ("timeStamping", _SIGNS),
        facts.OCSP_SIGNING: ("OCSPSigning", _SIGNS),
    }
)
_POLICY_LIMITS = ("2.5.29.36", "2.5.29.54", "2.5.29.33")
"""policyConstraints, inhibitAnyPolicy and policyMappings."""
_RENEW = "Renew it: the next certificate has it right."
_ANEW = "Issue it anew: its profile says what it is for, and a renewal would keep what this one says."
_ENCIPHERS = ("keyEncipherment", "dataEncipherment")


def _authority(subject: Subject) -> Iterator[Remark]:
    critical = subject.facts.extensions.get(facts.BASIC_CONSTRAINTS)
    if not subject.is_ca or critical is None:
        return
    if not critical:
        message = "The authority's basicConstraints are not critical, so strict clients (Python 3.13) refuse what is below it."
        yield subject.warning(
            "basic-constraints-not-critical",
            "basicConstraints",
            message,
            fix="Renew the authority.",
            source="RFC 5280, 4.2.1.9",
        )
    if subject.facts.key_usage is None:
        message = "The authority has no keyUsage, so strict clients (Python 3.13) refuse what is below it."
        yield subject.warning(
            "ca-without-key-usage",
            "keyUsage",
            message,
            fix="Renew the authority.",
            source="RFC 5280, 4.2.1.3",
        )
    elif "keyCertSign" not in subject.facts.key_usage:
        message = "The authority's keyUsage lacks keyCertSign, so nothing that it issues is accepted."
        yield subject.error(
            "ca-cannot-sign", "keyUsage", message, fix="Renew the authority.", source="RFC 5280, 4.2.1.3"
        )


def _leaf_usage_of_authority(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca or not subject.facts.is_version_3:
        return
    if subject.facts.names_of(facts.DNS, facts.IP_ADDRESS):
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
            act=ISSUE,
        )
        return
    usage = subject.facts.key_usage or ()
    leaf_bits = [bit for bit in (*_ENCIPHERS, "keyAgreement") if bit in usage]
    if leaf_bits:
        message = f"An authority's keyUsage holds {listing(leaf_bits)}, which only leaves have a use for."
        yield subject.warning(
            "ca-with-leaf-usage",
            "keyUsage",
            message,
            fix="Renew the authority.",
            source="RFC 5280, 4.2.1.3; CA/B BR 7.1.2.10.7",
        )


def _leaf_that_signs(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca and "keyCertSign" in (subject.facts.key_usage or ()):
        message = (
            "keyUsage holds keyCertSign, but this is no authority, so strict clients (Python 3.13) refuse it."
        )
        yield subject.error(
            "leaf-signs-certificates", "keyUsage", message, fix=_ANEW, act=ISSUE, source="RFC 5280, 4.2.1.9"
        )


def _key_usage(subject: Subject) -> Iterator[Remark]:
    usage = subject.facts.key_usage
    if usage is None:
        if subject.facts.is_legible and subject.facts.is_version_3 and not subject.is_ca:
            yield subject.notice(
                "no-key-usage",
                "keyUsage",
                "It has no keyUsage, so its key may be used for anything.",
                fix=_ANEW,
                act=ISSUE,
                source="RFC 5280, 4.2.1.3",
            )
        return
    if not usage:
        yield subject.error(
            "empty-key-usage",
            "keyUsage",
            "keyUsage is there and allows nothing.",
            fix=_RENEW if subject.is_ca else _ANEW,
            act=RENEW if subject.is_ca else ISSUE,
            source="RFC 5280, 4.2.1.3",
        )
    if not subject.facts.extensions[facts.KEY_USAGE]:
        yield subject.notice(
            "key-usage-not-critical",
            "keyUsage",
            "keyUsage is not critical, as it should be.",
            fix=_RENEW,
            source="RFC 5280, 4.2.1.3",
        )


def _usage_of_key(subject: Subject) -> Iterator[Remark]:
    """Look for bits that a key of this kind cannot serve."""
    usage, key = subject.facts.key_usage, subject.facts.key
    if usage is None or key is None:
        return
    impossible, source = _impossible(key.family)
    found = [bit for bit in usage if bit in impossible]
    if found:
        message = f"keyUsage holds {listing(found)}, which a key of kind {key.kind} cannot do."
        yield subject.warning("key-usage-unfit-for-key", "keyUsage", message, fix=_RENEW, source=source)


def _impossible(family: str) -> tuple[tuple[str, ...], str]:
    match family:
        case "rsa":
            return ("keyAgreement",), "RFC 4055, 1.2"
        case "ec":
            return _ENCIPHERS, "RFC 8813, 3"
        case "ed25519" | "ed448":
            return (*_ENCIPHERS, "keyAgreement"), "RFC 9295, 3"
        case "ml":
            return (*_ENCIPHERS, "keyAgreement"), "RFC 9881, 5"
        case _:
            return (), ""


def _extended_usage(subject: Subject) -> Iterator[Remark]:
    one = subject.facts
    if one.usages or subject.is_ca or not one.is_legible or not one.is_version_3:
        return
    message = "It has no extendedKeyUsage, so it passes for any purpose; Apple's systems refuse such servers."
    found = subject.warning if one.names_of(facts.DNS) else subject.notice
    yield found(
        "no-extended-key-usage",
        "extendedKeyUsage",
        message,
        fix=_ANEW,
        act=ISSUE,
        source="RFC 5280, 4.2.1.12; CA/B BR 7.1.2.7.10",
    )


def _any_usage(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca and facts.ANY_USAGE in subject.facts.usages:
        message = "extendedKeyUsage holds anyExtendedKeyUsage, so it passes for any purpose."
        yield subject.warning(
            "any-extended-key-usage",
            "extendedKeyUsage",
            message,
            fix=_ANEW,
            act=ISSUE,
            source="CA/B BR 7.1.2.7.10",
        )


def _usages_disagree(subject: Subject) -> Iterator[Remark]:
    bits = subject.facts.key_usage
    if subject.is_ca or bits is None:
        return
    for purpose in sorted(subject.facts.usages & _PURPOSES.keys()):
        name, needed = _PURPOSES[purpose]
        if not set(needed) & set(bits):
            message = f"extendedKeyUsage holds {name}, but keyUsage has none of {listing(list(needed))}, which that takes."
            yield subject.error(
                "usages-disagree", "keyUsage", message, fix=_ANEW, act=ISSUE, source="RFC 5280, 4.2.1.12"
            )


def _special_purposes(subject: Subject) -> Iterator[Remark]:
    usages, critical = subject.facts.usages, subject.facts.extensions.get(facts.EXTENDED_KEY_USAGE)
    if critical is None or subject.is_ca:
        return
    if facts.TIME_STAMPING in usages and (len(usages) > 1 or not critical):
        message = "A time stamp's extendedKeyUsage is critical and holds nothing else; this one is not, so its stamps are refused."
        yield subject.error(
            "timestamp-usage", "extendedKeyUsage", message, fix=_ANEW, act=ISSUE, source="RFC 3161, 2.3"
        )
    if facts.OCSP_SIGNING in usages and facts.NO_CHECK not in subject.facts.extensions:
        message = "An OCSP responder without ocsp-nocheck makes clients ask whether it is revoked itself."
        yield subject.notice(
            "ocsp-without-no-check",
            "id-pkix-ocsp-nocheck",
            message,
            fix=_ANEW,
            act=ISSUE,
            source="RFC 6960, 4.2.2.2.1",
        )


def _limits_of_leaf(subject: Subject) -> Iterator[Remark]:
    if not subject.is_ca and any(oid in subject.facts.extensions for oid in _POLICY_LIMITS):
        message = "It limits the policies of certificates below it, but is no authority."
        yield subject.notice(
            "leaf-with-policy-limits",
            "extensions",
            message,
            fix=_ANEW,
            act=ISSUE,
            source="RFC 5280, 4.2.1.11, 4.2.1.14",
        )


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
