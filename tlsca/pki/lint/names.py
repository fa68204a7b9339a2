"""Whom a certificate is for: subject and subject alternative names, and whether clients match them as was meant."""

import ipaddress
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

from tlsca.errors import NotAnIdentity
from tlsca.pki.certificate import Certificate
from tlsca.pki.identity import general_name_text, identity, is_identity
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import ISSUE, Rule, Subject
from tlsca.pki.names import common_name_of
from tlsca.text import listing, printable, shorten

_SAN = "subjectAltName"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UNDERSCORED_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_NAME = 253


def _quoted(text: str) -> str:
    return f"“{shorten(printable(text), 80)}”"


def _common_name(certificate: Certificate) -> str:
    return common_name_of(certificate.subject_name) or ""


def _is_host(text: str) -> bool:
    """Say whether a common name was meant as a host: a DNS name of two labels or more, or an address."""
    return "." in text and "@" not in text and is_identity(text) and "/" not in text


def _missing(subject: Subject) -> Iterator[Remark]:
    one = subject.certificate
    if subject.is_ca or not subject.is_legible or one.general_names:
        return
    fix = "Issue it anew with its names as subject alternative names."
    if not one.subject_name.rdns and subject.has_legible_names:
        message = "It has neither a subject nor a subject alternative name, so it is for nobody."
        yield subject.error("no-name", _SAN, message, fix=fix, source="RFC 5280, 4.1.2.6", act=ISSUE)
    elif subject.is_server:
        message = "It has no subject alternative name, so browsers, Go and OpenSSL's hosts check find no name in it."
        yield subject.error(
            "no-san", _SAN, message, fix=fix, source="RFC 9525, 6.3; CA/B BR 7.1.2.7.12", act=ISSUE
        )
    elif not subject.usages and _is_host(_common_name(one)):
        message = (
            f"It names {_quoted(_common_name(one))} only as its common name, which clients do not look at."
        )
        yield subject.warning("no-san", _SAN, message, fix=fix, source="RFC 9525, 6.3", act=ISSUE)


def _common_name_apart(subject: Subject) -> Iterator[Remark]:
    """Look for a host in the common name that is no alternative name; where there are none at all, another rule says so."""
    one = subject.certificate
    name = _common_name(one)
    if subject.is_ca or not one.general_names or not (subject.is_server or not subject.usages):
        return
    if not _is_host(name) or _canonical(name) in {
        _canonical(text) for text in map(general_name_text, one.general_names)
    }:
        return
    message = f"The common name {_quoted(name)} is none of the subject alternative names, so clients do not accept it for that."
    fix = f"Issue it anew with {_quoted(name)} as a subject alternative name, or without it."
    yield subject.warning(
        "common-name-not-in-san", "subject", message, fix=fix, source="CA/B BR 7.1.4.3", act=ISSUE
    )


def _canonical(text: str) -> str:
    try:
        return identity(text).value
    except NotAnIdentity:
        return text.lower()


def _critical_san(subject: Subject) -> Iterator[Remark]:
    found = subject.certificate.extension(x509.SubjectAlternativeName)
    if found is None or not subject.has_legible_names:
        return
    has_subject = bool(subject.certificate.subject_name.rdns)
    if not has_subject and not found.critical:
        message = "The subject is empty, and subjectAltName is not critical, so strict clients refuse it."
        yield subject.error(
            "empty-subject-san-not-critical",
            _SAN,
            message,
            fix="Renew it.",
            source="RFC 5280, 4.1.2.6, 4.2.1.6",
        )
    elif has_subject and found.critical:
        message = "subjectAltName is critical although there is a subject."
        yield subject.notice(
            "critical-san-with-subject", _SAN, message, fix="Renew it.", source="RFC 5280, 4.2.1.6"
        )


def _names_of_authorities(subject: Subject) -> Iterator[Remark]:
    one = subject.certificate
    if one.content is None:
        return
    if not subject.has_legible_names:
        message = "The subject or the issuer cannot be read, so no client can tell whom it is for."
        yield subject.error(
            "malformed-name", "subject", message, fix="Issue it anew.", source="RFC 5280, 4.1.2.4"
        )
        return
    if subject.is_ca and not one.subject_name.rdns:
        message = "The authority has an empty subject, so no certificate can name it as its issuer."
        yield subject.error(
            "ca-without-subject",
            "subject",
            message,
            fix="Make another authority, with a name.",
            source="RFC 5280, 4.1.2.6",
            act="ca create",
        )
    if one.issuer == "":
        message = "The issuer is empty, so no client finds who issued it."
        yield subject.error(
            "no-issuer",
            "issuer",
            message,
            fix="Have it issued by an authority with a name.",
            source="RFC 5280, 4.1.2.4",
        )


def _dns_names(subject: Subject) -> Iterator[Remark]:
    for name in subject.certificate.dns_names:
        bare = name.removeprefix("*.")
        found = _wildcard(subject, name) or _address_as_dns(subject, bare) or _dns_syntax(subject, bare)
        if found is not None:
            yield found


def _wildcard(subject: Subject, name: str) -> Remark | None:
    """Accept a star alone as the leftmost label above two others (RFC 9525, 6.3); clients match no other form alike."""
    first, _, rest = name.partition(".")
    if "*" not in name or (first == "*" and "*" not in rest and "." in rest.removesuffix(".")):
        return None
    message = f"The wildcard {_quoted(name)} is not a whole leftmost label above a domain of two labels, so clients refuse it."
    fix = "Issue it anew with a wildcard such as *.example.com, or with the names themselves."
    return subject.error(
        "wildcard-form", _SAN, message, fix=fix, source="RFC 9525, 6.3; CA/B BR 1.6.1", act=ISSUE
    )


def _address_as_dns(subject: Subject, name: str) -> Remark | None:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return None
    message = f"The address {_quoted(name)} is a DNS name in it, where clients do not look for addresses."
    fix = "Issue it anew with the address as an IP SAN."
    return subject.error(
        "ip-as-dns-name", _SAN, message, fix=fix, source="RFC 5280, 4.2.1.6; RFC 9525, 6.5", act=ISSUE
    )


def _dns_syntax(subject: Subject, name: str) -> Remark | None:
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(map(_UNDERSCORED_LABEL.fullmatch, labels)):
        message = f"{_quoted(name)} is no DNS name: labels of letters, digits and inner hyphens with single dots between."
        return subject.error(
            "dns-name-syntax",
            _SAN,
            message,
            fix="Issue it anew with the name spelt right.",
            source="RFC 5280, 4.2.1.6; RFC 1123, 2.1",
            act=ISSUE,
        )
    if not all(map(_LABEL.fullmatch, labels)):
        message = f"{_quoted(name)} holds an underscore, with which host names are refused by some clients and public authorities."
        return subject.warning(
            "underscore-in-name",
            _SAN,
            message,
            fix="Call the host by a name with hyphens and issue it anew.",
            source="RFC 1123, 2.1; CA/B ballot SC-12",
            act=ISSUE,
        )
    return _bad_a_label(subject, name) or _single_label(subject, name)


def _bad_a_label(subject: Subject, name: str) -> Remark | None:
    if "xn--" not in name.lower() or is_identity(f"dns:{name}"):
        return None
    message = f"{_quoted(name)} holds an A-label that decodes to no domain label."
    return subject.warning(
        "bad-a-label",
        _SAN,
        message,
        fix="Issue it anew with the name in its own letters.",
        source="RFC 5890, 2.3.2.1",
        act=ISSUE,
    )


def _single_label(subject: Subject, name: str) -> Remark | None:
    if "." in name or name.lower() == "localhost":
        return None
    message = f"{_quoted(name)} has no domain, so in each network it may be another host."
    return subject.notice(
        "single-label-name",
        _SAN,
        message,
        fix="Issue it anew with the whole name.",
        source="CA/B BR 4.2.2",
        act=ISSUE,
    )


def _repeated(subject: Subject) -> Iterator[Remark]:
    texts = [general_name_text(name).lower() for name in subject.certificate.general_names]
    twice = sorted({text for text in texts if texts.count(text) > 1}) if len(set(texts)) < len(texts) else []
    if twice:
        message = f"{listing([_quoted(text) for text in twice])} stands more than once among the subject alternative names."
        yield subject.notice(
            "repeated-name",
            _SAN,
            message,
            fix="Issue it anew with each name once.",
            source="RFC 5280, 4.2.1.6",
            act=ISSUE,
        )


def _mail_addresses(subject: Subject) -> Iterator[Remark]:
    """Look for mail addresses in the subject; each belongs among the alternative names too."""
    written = subject.certificate.subject_name.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
    names = {
        name.value.lower() for name in subject.certificate.general_names if isinstance(name, x509.RFC822Name)
    }
    if not subject.is_legible:
        return
    for attribute in written:
        if str(attribute.value).lower() not in names:
            message = f"The mail address {_quoted(str(attribute.value))} stands in the subject alone, where mail programs do not look."
            fix = "Issue it anew with the address as a subject alternative name."
            yield subject.warning(
                "email-not-in-san", "subject", message, fix=fix, source="RFC 5280, 4.1.2.6", act=ISSUE
            )


def _control_characters(subject: Subject) -> Iterator[Remark]:
    one = subject.certificate
    texts = [str(attribute.value) for attribute in one.subject_name]
    texts += [general_name_text(name) for name in one.general_names if isinstance(name.value, str)]
    for text in texts:
        if _CONTROL.search(text):
            message = (
                f"The name {_quoted(text)} holds a control character, with which one name passes for another."
            )
            yield subject.error(
                "control-character-in-name",
                "subject",
                message,
                fix="Issue it anew with the name spelt right.",
                source="RFC 5280, 8; CVE-2009-2408",
                act=ISSUE,
            )
            return


RULES: tuple[Rule, ...] = (
    _missing,
    _common_name_apart,
    _critical_san,
    _names_of_authorities,
    _dns_names,
    _repeated,
    _mail_addresses,
    _control_characters,
)
