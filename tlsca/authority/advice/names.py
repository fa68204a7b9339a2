"""Advice on names: what is no name, what clients do not match, and what was probably meant."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from tlsca.authority.advice.advice import Advice, Part
from tlsca.authority.advice.facts import Facts
from tlsca.authority.issuing import CertificateForm
from tlsca.errors import NotAnIdentity
from tlsca.pki.identity import Identity, IdentityKind, identity, is_identity
from tlsca.pki.lint.remark import Level
from tlsca.text import printable, shorten

_SHOWN = 20
_CARRIED = 49
_SERVERS = frozenset(("server", "peer", "public-server"))
_REGISTRIES = frozenset(("ac", "co", "com", "edu", "gob", "gov", "go", "ltd", "me", "ne", "net", "or", "org"))
"""Labels below a country's under which a registry sells names: `co.uk`, `com.au`, `ne.jp`."""


def name_advice(form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield advice on each name that was typed, and on all of them together."""
    for text in form.names:
        try:
            name = identity(text)
        except NotAnIdentity as error:
            yield from _no_identity(form, facts, text, error)
        else:
            for rule in _RULES:
                yield from rule(form, text, name)
    yield from _repeated(form)
    yield from _nobody_to_write_to(form)


def _no_identity(form: CertificateForm, facts: Facts, text: str, error: NotAnIdentity) -> Iterator[Advice]:
    """Take text that is no identity for a common name, where the profile is content with one; else say what was meant."""
    others = [name for name in form.names if not is_identity(name)]
    if facts.profile is not None and not facts.profile.needs_identity and others == [text]:
        return
    meant = _meant(text)
    yield Advice(
        code="no-identity",
        level=Level.ERROR,
        part=Part.NAMES,
        sentence=error.sentence,
        hint=error.hint or "",
        cure=f"use {printable(meant)}" if meant else "",
        cured=_with(form, text, meant) if meant else None,
    )


def _meant(text: str) -> str:
    """Return the name that was probably meant by text that is none; empty where nobody can tell."""
    bare = re.sub(r"^(dns|ip):", "", text.strip(), flags=re.IGNORECASE)
    tries = (
        bare,
        bare.partition("/")[0],
        re.sub(r":[0-9]+$", "", bare),
        bare.replace("_", "-"),
        bare.strip("."),
    )
    return next((one for one in tries if one != text and is_identity(one)), "")


def _single_label(form: CertificateForm, text: str, name: Identity) -> Iterator[Advice]:
    if name.kind is not IdentityKind.DNS or "." in name.value or name.value == "localhost":
        return
    shown = _shown(text)
    if form.profile in _SERVERS:
        sentence = f"{shown}: no dot, so in each network another host."
        hint = f"Give the whole name, such as {printable(name.value)}.example.com."
        yield _warning("single-label", sentence, hint)
    else:
        sentence = f"{shown} is taken for a host: it is one word."
        yield _notice("single-label", sentence, "Give a person's name under Subject.")


def _wildcards(form: CertificateForm, text: str, name: Identity) -> Iterator[Advice]:
    if name.kind is not IdentityKind.DNS or not name.value.startswith("*."):
        return
    domain = name.value.removeprefix("*.")
    registry, _, country = domain.rpartition(".")
    if not registry:
        sentence = f"{_shown(text)} is too wide: clients want two labels after the star."
        yield _warning("wide-wildcard", sentence, "Name a domain of your own: *.example.com.", noted=True)
    elif registry in _REGISTRIES and len(country) == len("uk"):
        sentence = f"{_shown(text)} is a registry's domain: clients refuse it."
        yield _warning("wide-wildcard", sentence, f"Name a domain of your own: *.example.{domain}.")
    elif domain not in form.names:
        yield Advice(
            code="bare-domain",
            level=Level.NOTICE,
            part=Part.NAMES,
            sentence=f"{_shown(domain)} itself is not in it: the star is one label.",
            hint="Add the bare domain, if clients ask for it too.",
            cure=f"add {printable(domain)}",
            cured=replace(form, names=(*form.names, domain)),
        )


def _multicast(_form: CertificateForm, text: str, name: Identity) -> Iterator[Advice]:
    if name.kind is IdentityKind.DNS and name.value.endswith(".local"):
        sentence = f"{_shown(text)} is asked by multicast, not DNS (RFC 6762)."
        yield _notice("multicast-name", sentence, "A private zone is better called home.arpa or internal.")


def _international(_form: CertificateForm, text: str, name: Identity) -> Iterator[Advice]:
    if name.kind is IdentityKind.DNS and not text.isascii():
        yield _notice(
            "idna", f"It carries {shorten(name.value, _CARRIED)}.", "Clients ask for it so; nothing to do."
        )


def _web_address(form: CertificateForm, text: str, name: Identity) -> Iterator[Advice]:
    """Tell a web address from the host in it: clients match the host, and no URI."""
    if name.kind is not IdentityKind.URI or not name.value.lower().startswith(("http:", "https:")):
        return
    host = urlsplit(name.value).hostname or ""
    meant = host if is_identity(host) else ""
    yield Advice(
        code="web-address",
        level=Level.WARNING,
        part=Part.NAMES,
        sentence="A web address is no host name, and clients match hosts alone.",
        hint="Give the host without scheme and path.",
        cure=f"use {printable(meant)}" if meant else "",
        cured=_with(form, text, meant) if meant else None,
    )


def _mailbox(form: CertificateForm, text: str, name: Identity) -> Iterator[Advice]:
    if name.kind is IdentityKind.EMAIL and form.profile in _SERVERS:
        sentence = f"{_shown(text)} is a mailbox, and servers are hosts."
        yield Advice(
            code="mailbox-of-server",
            level=Level.WARNING,
            part=Part.NAMES,
            sentence=sentence,
            hint="For a person choose the profile client or email.",
            cure="profile email",
            cured=replace(form, profile="email"),
        )


_RULES: tuple[Callable[[CertificateForm, str, Identity], Iterator[Advice]], ...] = (
    _single_label,
    _wildcards,
    _multicast,
    _international,
    _web_address,
    _mailbox,
)


def _repeated(form: CertificateForm) -> Iterator[Advice]:
    once = {str(identity(name)) if is_identity(name) else name: name for name in reversed(form.names)}
    if len(once) < len(form.names):
        yield Advice(
            code="repeated-name",
            level=Level.NOTICE,
            part=Part.NAMES,
            sentence="A name is there twice; the certificate will hold it once.",
            hint="Nothing to do.",
            cure="name it once",
            cured=replace(form, names=tuple(reversed(once.values()))),
        )


def _nobody_to_write_to(form: CertificateForm) -> Iterator[Advice]:
    kinds = {identity(name).kind for name in (*form.names, *form.sans) if is_identity(name)}
    if form.profile == "email" and form.names and IdentityKind.EMAIL not in kinds:
        sentence = "No mail address is in it, so mail programs find nobody."
        yield _warning("no-mailbox", sentence, "Add the address: alice@example.com.")


def _with(form: CertificateForm, old: str, new: str) -> CertificateForm:
    return replace(form, names=tuple(new if name == old else name for name in form.names))


def _shown(text: str) -> str:
    return shorten(printable(text), _SHOWN)


def _warning(code: str, sentence: str, hint: str, *, noted: bool = False) -> Advice:
    return Advice(code=code, level=Level.WARNING, part=Part.NAMES, sentence=sentence, hint=hint, noted=noted)


def _notice(code: str, sentence: str, hint: str) -> Advice:
    return Advice(code=code, level=Level.NOTICE, part=Part.NAMES, sentence=sentence, hint=hint)
