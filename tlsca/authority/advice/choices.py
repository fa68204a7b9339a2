"""Advice on the kind of key, the subject, and where clients ask about revocation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tlsca.authority.advice.advice import Advice, Part
from tlsca.authority.advice.facts import Facts
from tlsca.authority.issuing import CertificateForm
from tlsca.errors import NotAName, UsageError
from tlsca.pki.identity import identity, is_identity
from tlsca.pki.keys import DEFAULT_KIND
from tlsca.pki.lint.remark import Level
from tlsca.pki.names import common_name_of, dn
from tlsca.pki.urls import fetched_urls
from tlsca.text import listing, printable, shorten

_BROWSERS_ASK = frozenset(("server", "peer", "public-server"))
_EDWARDS = ("ed25519", "ed448")
_NO_SMALL_RSA = datetime(
    2031, 1, 1, tzinfo=UTC
)  # NIST SP 800-131A: 112 bits of security until the end of 2030
_SHOWN = 20


def key_advice(form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield advice on the kind of key, by what the profile allows and what its clients know."""
    kinds = facts.profile.key_kinds if facts.profile else ()
    if kinds and form.key not in kinds:
        sentence = f"The profile {form.profile} is not for keys of the kind {form.key}."
        yield _key(
            form, "key-not-allowed", Level.ERROR, sentence, f"It is for {listing(list(kinds), most=8)}."
        )
    elif form.key.startswith("ml-dsa"):
        sentence = f"Only OpenSSL 3.5 and newer know {form.key}; browsers do not."
        yield _key(form, "unknown-to-clients", Level.WARNING, sentence, "Be sure of both sides.")
    elif form.profile == "email" and form.key in _EDWARDS:
        sentence = f"Nobody can encrypt mail to an {form.key} key: it signs alone."
        yield _key(form, "cannot-encrypt", Level.WARNING, sentence, "An EC or RSA key does both.")
    elif form.profile in _BROWSERS_ASK:
        yield from _key_of_server(form)
    if form.key == "rsa-2048" and _end(form, facts) >= _NO_SMALL_RSA:
        sentence = "RSA of 2,048 bits is not to be used after 2030 (SP 800-131A)."
        yield _key(form, "small-rsa", Level.NOTICE, sentence, "A larger key, or an EC key, lasts longer.")


def _key_of_server(form: CertificateForm) -> Iterator[Advice]:
    if form.key in _EDWARDS:
        sentence = f"Browsers and NSS refuse {form.key} in a server's certificate."
        yield _key(form, "refused-by-browsers", Level.WARNING, sentence, "OpenSSL and Go take it.")
    elif form.key == "ec-p521":
        sentence = "Some browsers refuse ec-p521; nearly all take ec-p384."
        yield _key(form, "refused-by-some", Level.NOTICE, sentence, "Choose a smaller curve for the web.")


def _end(form: CertificateForm, facts: Facts) -> datetime:
    """Return about when the certificate ends: never after its issuer."""
    left = (facts.issuer.not_after - facts.now).days if facts.issuer else 0
    days = left if form.until_issuer_ends else min(form.days or 0, left)
    return facts.now + timedelta(days=max(days, 0))


def _key(form: CertificateForm, code: str, level: Level, sentence: str, hint: str) -> Advice:
    return Advice(
        code=code,
        level=level,
        part=Part.KEY,
        sentence=sentence,
        hint=hint,
        cure=f"use {DEFAULT_KIND}",
        cured=replace(form, key=DEFAULT_KIND),
    )


def subject_advice(form: CertificateForm, _facts: Facts) -> Iterator[Advice]:
    """Yield what is no subject, and the host in one that is none of the names: clients do not look there."""
    if not form.subject:
        return
    try:
        name = common_name_of(dn(form.subject)) or ""
    except NotAName as error:
        yield _subject("no-subject", Level.ERROR, error.sentence, error.hint)
        return
    known = {str(identity(one)) for one in (*form.names, *form.sans) if is_identity(one)}
    if "." in name and " " not in name and is_identity(name) and str(identity(name)) not in known:
        sentence = f"{shorten(printable(name), _SHOWN)} is none of the names, where clients look."
        yield Advice(
            code="common-name-apart",
            level=Level.WARNING,
            part=Part.SUBJECT,
            sentence=sentence,
            hint="Give it under Names too.",
            cure="add it to the names",
            cured=replace(form, names=(*form.names, name)),
        )


def _subject(code: str, level: Level, sentence: str, hint: str) -> Advice:
    return Advice(code=code, level=level, part=Part.SUBJECT, sentence=sentence, hint=hint)


def pointer_advice(form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield advice on the addresses in the certificate, and on insisting on an answer that nobody can get."""
    profile = facts.profile
    try:
        fetched_urls((*form.ocsp_urls, *form.crl_urls))
    except UsageError as error:
        yield _pointer("no-url", Level.ERROR, error.sentence, error.hint)
        return
    responders = form.ocsp_urls or (profile.ocsp_urls if profile else ())
    lists = form.crl_urls or (profile.crl_urls if profile else ())
    if form.must_staple and not responders:
        sentence = "Nobody can staple without a responder: give its OCSP address."
        yield _pointer("staple-without-responder", Level.WARNING, sentence, "Or do not insist on a staple.")
    elif profile is not None and profile.says_where and not (responders or lists):
        sentence = "Public clients insist on the address of a CRL or a responder."
        hint = "Give one, or choose the profile server."
        yield _pointer("no-pointers", Level.WARNING, sentence, hint, noted=True)
    for url in (*form.ocsp_urls, *form.crl_urls):
        if url.lower().startswith("https:"):
            sentence = "Over https a client must check that certificate first."
            yield _pointer("https-pointer", Level.NOTICE, sentence, "Use http: what is fetched is signed.")
            return


def _pointer(code: str, level: Level, sentence: str, hint: str, *, noted: bool = False) -> Advice:
    return Advice(code=code, level=level, part=Part.POINTERS, sentence=sentence, hint=hint, noted=noted)
