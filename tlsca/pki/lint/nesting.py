"""Whether a certificate fits below those that issued it: end, key identifiers, signature, depth, usages and names.

Each is examined once, against what stands above it, so that a fault is told of the certificate that has it and not of all below.
"""

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.errors import Refused
from tlsca.pki.certificate import Certificate, Signature, signature
from tlsca.pki.constraints import check_constraints
from tlsca.pki.lint import facts
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import ISSUE, Subject
from tlsca.text import rfc3339

Path = tuple[Certificate, ...]
_ANY = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE


def nesting(subject: Subject, above: Path) -> Iterator[Remark]:
    """Look at a certificate below its issuers, the nearest first; nothing to say where there are none."""
    if above:
        for rule in (_signature, _end, _key_identifiers, _depth, _usages, _names):
            yield from rule(subject, above)


def _signature(subject: Subject, above: Path) -> Iterator[Remark]:
    if signature(subject.certificate, above[0]) is Signature.BAD:
        message = f"Its signature was not made by {above[0].label}, which is said to have issued it."
        yield subject.error(
            "bad-signature", "signatureValue", message, fix="Renew it.", source="RFC 5280, 6.1.3"
        )


def _end(subject: Subject, above: Path) -> Iterator[Remark]:
    end, limit = subject.certificate.not_after, above[0].not_after
    if end is not None and limit is not None and end > limit:
        message = f"It ends on {rfc3339(end)}, after its issuer {above[0].label}, with which it stops working on {rfc3339(limit)}."
        fix = "Renew the issuer with the same key, or renew this certificate to end before it."
        yield subject.warning("outlives-issuer", "validity", message, fix=fix, source="RFC 5280, 6.1.3")


def _key_identifiers(subject: Subject, above: Path) -> Iterator[Remark]:
    own, issuer = subject.certificate.authority_key_identifier, above[0].key_identifier
    if own is not None and issuer is not None and own != issuer:
        message = f"Its authority key identifier is not the key identifier of {above[0].label}, so clients may not find that."
        yield subject.error(
            "key-id-mismatch",
            "authorityKeyIdentifier",
            message,
            fix="Renew it.",
            source="RFC 5280, 4.2.1.1",
        )


def _depth(subject: Subject, above: Path) -> Iterator[Remark]:
    """Count this authority and those between against each path length above (RFC 5280, 4.2.1.9)."""
    if not subject.is_ca:
        return
    path = (subject.certificate, *above)
    for index, issuer in enumerate(above, start=1):
        constraints = issuer.value(x509.BasicConstraints)
        below = sum(not one.is_self_issued for one in path[:index])
        limit = constraints.path_length if constraints else None
        if limit is not None and below > limit:
            message = f"{issuer.label} allows {limit} authorities below it, and this is number {below}, so no client accepts it."
            fix = "Issue from an authority nearer to the root, or renew that one with a greater path length."
            yield subject.error(
                "path-too-long", "basicConstraints", message, fix=fix, source="RFC 5280, 4.2.1.9"
            )
            return


def _usages(subject: Subject, above: Path) -> Iterator[Remark]:
    """Look for usages that an authority above does not have itself; clients then refuse them."""
    for issuer in above:
        allowed = issuer.value(x509.ExtendedKeyUsage)
        if allowed is None or _ANY in allowed or not subject.facts.usages:
            continue
        outside = subject.facts.usages - {usage.dotted_string for usage in allowed}
        if outside:
            shown = ", ".join(sorted(map(_usage_name, outside)))
            message = (
                f"It is for {shown}, which {issuer.label} above it is not, so clients refuse it for that."
            )
            fix = "Issue it from an authority that has this usage, or that names none."
            yield subject.error(
                "usage-not-nested",
                "extendedKeyUsage",
                message,
                fix=fix,
                source="CA/B BR 7.1.2.10.6",
                act=ISSUE,
            )
            return


def _usage_name(oid: str) -> str:
    return _USAGE_NAMES.get(oid, oid)


_USAGE_NAMES = {
    facts.SERVER_AUTH: "serverAuth",
    facts.CLIENT_AUTH: "clientAuth",
    facts.CODE_SIGNING: "codeSigning",
    facts.EMAIL_PROTECTION: "emailProtection",
    facts.TIME_STAMPING: "timeStamping",
    facts.OCSP_SIGNING: "OCSPSigning",
}


def _names(subject: Subject, above: Path) -> Iterator[Remark]:
    one = subject.certificate
    limiting = [issuer.content for issuer in above if issuer.value(x509.NameConstraints) is not None]
    if not limiting or (subject.is_ca and one.is_self_issued):
        return
    try:
        check_constraints(one.subject_name, one.general_names, [content for content in limiting if content])
    except Refused as refusal:
        message = f"It holds a name that clients refuse: {refusal.sentence}"
        fix = "Issue it from an authority that is permitted these names, or for permitted ones."
        yield subject.error(
            "name-not-permitted", "nameConstraints", message, fix=fix, source="RFC 5280, 4.2.1.10", act=ISSUE
        )
