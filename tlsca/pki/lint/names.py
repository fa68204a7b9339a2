"""Whom a certificate is for: subject and subject alternative names, and whether clients match them as was meant."""

import ipaddress
import re
from collections.abc import Iterator

from tlsca.errors import NotAnIdentity
from tlsca.pki.addresses import address_text
from tlsca.pki.domain import domain
from tlsca.pki.lint import facts
from tlsca.pki.lint.remark import Remark
from tlsca.pki.lint.subject import ISSUE, Rule, Subject
from tlsca.text import listing, printable, shorten

_SAN = "subjectAltName"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UNDERSCORED_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_NAME = 253


def _quoted(text: str) -> str:
    return f"“{shorten(printable(text), 80)}”"


def _host(text: str) -> str:
    """Return the DNS name of two labels or more, or the address, that a text was meant as, in one spelling; empty for any other."""
    bare = text.strip()
    star = "*." if bare.startswith("*.") else ""
    try:
        return _address(bare) or star + domain(bare.removeprefix("*."), bare) if "." in bare else ""
    except NotAnIdentity:
        return ""


def _address(text: str) -> str:
    try:
        return address_text(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _missing(subject: Subject) -> Iterator[Remark]:
    one = subject.facts
    if subject.is_ca or not one.is_legible or one.names:
        return
    fix = "Issue it anew with its names as subject alternative names."
    if not one.subject and one.has_legible_names:
        message = "It has neither a subject nor a subject alternative name, so it is for nobody."
        yield subject.error("no-name", _SAN, message, fix=fix, source="RFC 5280, 4.1.2.6", act=ISSUE)
    elif subject.is_server:
        message = "It has no subject alternative name, so browsers, Go and OpenSSL's hosts check find no name in it."
        yield subject.error(
            "no-san", _SAN, message, fix=fix, source="RFC 9525, 6.3; CA/B BR 7.1.2.7.12", act=ISSUE
        )
    elif not one.usages and _host(one.common_name):
        message = f"It names {_quoted(one.common_name)} only as its common name, which browsers and Go do not look at."
        yield subject.warning("no-san", _SAN, message, fix=fix, source="RFC 9525, 6.3", act=ISSUE)


def _common_name_apart(subject: Subject) -> Iterator[Remark]:
    """Look for a host in the common name that is no alternative name; where there are none at all, another rule says so."""
    one = subject.facts
    name = one.common_name
    if subject.is_ca or not one.names or not (subject.is_server or not one.usages):
        return
    listed = one.names_of(facts.DNS, facts.IP_ADDRESS)
    host = "" if name in listed else _host(name)
    if not host or host in map(_host, listed):
        return
    message = f"The common name {_quoted(name)} is none of the subject alternative names, so clients do not accept it for that."
    fix = f"Issue it anew with {_quoted(name)} as a subject alternative name, or without it."
    yield subject.warning(
        "common-name-not-in-san", "subject", message, fix=fix, source="CA/B BR 7.1.4.3", act=ISSUE
    )


def _critical_san(subject: Subject) -> Iterator[Remark]:
    is_critical = subject.facts.extensions.get(facts.SUBJECT_ALTERNATIVE_NAME)
    if is_critical is None or not subject.facts.has_legible_names:
        return
    has_subject = bool(subject.facts.subject)
    if not has_subject and not is_critical:
        message = "The subject is empty, and subjectAltName is not critical, so strict clients refuse it."
        yield subject.error(
            "empty-subject-san-not-critical",
            _SAN,
            message,
            fix="Renew it.",
            source="RFC 5280, 4.1.2.6, 4.2.1.6",
        )
    elif has_subject and is_critical:
        message = "subjectAltName is critical although there is a subject."
        yield subject.notice(
            "critical-san-with-subject", _SAN, message, fix="Renew it.", source="RFC 5280, 4.2.1.6"
        )


def _names_of_authorities(subject: Subject) -> Iterator[Remark]:
    one = subject.facts
    if not one.is_readable:
        return
    if not one.has_legible_names:
        message = "The subject or the issuer cannot be read, so no client can tell whom it is for."
        yield subject.error(
            "malformed-name", "subject", message, fix="Issue it anew.", source="RFC 5280, 4.1.2.4"
        )
        return
    if subject.is_ca and not one.subject:
        message = "The authority has an empty subject, so no certificate can name it as its issuer."
        yield subject.error(
            "ca-without-subject",
            "subject",
            message,
            fix="Make another authority, with a name.",
            source="RFC 5280, 4.1.2.6",
            act="ca create",
        )
    if not one.has_issuer:
        message = "The issuer is empty, so no client finds who issued it."
        yield subject.error(
            "no-issuer",
            "issuer",
            message,
            fix="Have it issued by an authority with a name.",
            source="RFC 5280, 4.1.2.4",
        )


def _dns_names(subject: Subject) -> Iterator[Remark]:
    for name in subject.facts.names_of(facts.DNS):
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
    if not _address(name):
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
    if "xn--" not in name.lower() or _is_domain(name):
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


def _is_domain(name: str) -> bool:
    try:
        domain(name, name)
    except NotAnIdentity:
        return False
    return True


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
    texts = [name.text.lower() for name in subject.facts.names]
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
    names = {name.lower() for name in subject.facts.names_of(facts.EMAIL)}
    if not subject.facts.is_legible:
        return
    for address in subject.facts.mail_addresses:
        if address.lower() not in names:
            message = f"The mail address {_quoted(address)} stands in the subject alone, where mail programs do not look."
            fix = "Issue it anew with the address as a subject alternative name."
            yield subject.warning(
                "email-not-in-san", "subject", message, fix=fix, source="RFC 5280, 4.1.2.6", act=ISSUE
            )


def _control_characters(subject: Subject) -> Iterator[Remark]:
    for text in (*subject.facts.subject, *subject.facts.names_of(facts.DNS, facts.EMAIL, facts.URI)):
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
