"""Advice on who signs, on what it may certify, and on how long that can last."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cryptography import x509

from tlsca.authority.advice.advice import Advice, Part
from tlsca.authority.advice.facts import Facts
from tlsca.authority.carrying import lifetime
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.listing import title_of
from tlsca.errors import Refused, TlscaError, UsageError
from tlsca.pki.constraints import check_constraints
from tlsca.pki.identity import identity, is_identity
from tlsca.pki.issue import validity
from tlsca.pki.lifetime import LONGEST_FOR_APPLE, longest_public_days, next_public_step, whole_days
from tlsca.pki.lint.remark import Level
from tlsca.pki.order import Order
from tlsca.store.records import CertificateRecord
from tlsca.text import printable, remaining, shorten

_SHOWN = 24
_SERIAL_SHOWN = 8


def issuer_advice(form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield advice on the authority that is to sign."""
    issuer = facts.issuer
    if facts.refusal is not None and form.issuer:
        yield _refused("issuer-refused", Part.ISSUER, facts.refusal)
    if issuer is None or facts.above is None:
        return
    if issuer.not_after - facts.now <= facts.expiring:
        sentence = f"It ends {remaining(issuer.not_after, facts.now)}, and what it issues with it."
        yield _about_issuer(
            "issuer-expiring", Level.WARNING, sentence, "Renew the authority first: tlsca renew."
        )
    if issuer.issuer_id == issuer.id:
        sentence = "A root signs this; an intermediate would spare its key."
        hint = "Make an intermediate below it: tlsca ca create."
        yield _about_issuer("issuer-is-root", Level.NOTICE, sentence, hint)
    if not facts.unlocked:
        sentence = "Its key is locked: the passphrase is asked for at the end."
        yield _about_issuer("locked", Level.NOTICE, sentence, "Nothing to do: all else is seen before.")


def constraint_advice(form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield each name that an authority above may not certify; it would be refused before anything is signed."""
    chain = facts.above.constrained if facts.above else ()
    for text in form.names if chain else ():
        if not is_identity(text):
            continue
        try:
            check_constraints(x509.Name([]), [identity(text).general_name()], chain)
        except Refused as error:
            yield _refused("outside-constraints", Part.NAMES, error)


def duplicate_advice(_form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield the live certificate that is there for the same names."""
    for one in facts.alike[:1]:
        made = remaining(one.not_before, facts.now).removeprefix("in ").removesuffix(" ago")
        serial = shorten(one.serial, _SERIAL_SHOWN)
        yield Advice(
            code="duplicate",
            level=Level.WARNING,
            part=Part.NAMES,
            sentence=f"There is one, {made} old, serial {serial}; better renew it.",
            hint=f"Unless a second one is wanted, tlsca renew {one.sha256[:12]} is enough.",
        )


def lifetime_advice(form: CertificateForm, facts: Facts) -> Iterator[Advice]:
    """Yield advice on how long the certificate is to live."""
    asked = _asked_end(form, facts)
    if isinstance(asked, UsageError):
        yield _refused("no-lifetime", Part.LIFETIME, asked)
    elif asked is not None:
        yield from _beyond_the_issuer(form, facts, asked)
        yield from _longer_than_clients_take(form, facts, asked)


def _asked_end(form: CertificateForm, facts: Facts) -> datetime | UsageError | None:
    """Return the end that was asked for, before any issuer cuts it; None where nothing was, or where that is refused later."""
    if facts.profile is None or form.until_issuer_ends:
        return None
    try:
        order = Order(profile=facts.profile, lifetime=lifetime(form.days, form.until))
        return validity(order, None, facts.now)[1]
    except UsageError as error:
        return error
    except Refused as error:
        return UsageError(error.sentence, hint=error.hint)


def _beyond_the_issuer(form: CertificateForm, facts: Facts, asked: datetime) -> Iterator[Advice]:
    issuer = facts.issuer
    if issuer is None or asked <= issuer.not_after:
        return
    until = f"{issuer.not_after:%Y-%m-%d}, {remaining(issuer.not_after, facts.now)}"
    yield Advice(
        code="beyond-issuer",
        level=Level.WARNING,
        part=Part.LIFETIME,
        sentence=f"Shortened: its issuer ends on {until}.",
        hint=f"Renew {_title(issuer)} first, or let this one end with it.",
        cure="until the issuer ends",
        cured=replace(form, days=None, until=None, until_issuer_ends=True),
        noted=True,
    )


def _longer_than_clients_take(form: CertificateForm, facts: Facts, asked: datetime) -> Iterator[Advice]:
    """Measure a server's life by what browsers accept: of public authorities by date, of every authority at Apple's."""
    if form.profile not in {"server", "peer", "public-server"} or facts.above is None:
        return
    days = whole_days(facts.now, min(asked, facts.above.ends))
    most = longest_public_days(facts.now)
    if days > LONGEST_FOR_APPLE:
        sentence = f"Apple's systems refuse servers of more than {LONGEST_FOR_APPLE} days."
        yield _too_long(form, "long-lifetime", Level.WARNING, sentence, 398)
    elif most is not None and days > most:
        step = next_public_step(facts.now)
        more = f", {step[1]} from {step[0]:%Y-%m-%d}" if step else ""
        sentence = f"A public server may live {most} days today{more}."
        level = Level.WARNING if form.profile == "public-server" else Level.NOTICE
        yield _too_long(form, "long-lifetime", level, sentence, most)


def _too_long(form: CertificateForm, code: str, level: Level, sentence: str, days: int) -> Advice:
    return Advice(
        code=code,
        level=level,
        part=Part.LIFETIME,
        sentence=sentence,
        hint="A private authority is free to keep it, where its clients do not mind.",
        cure=f"{days} days",
        cured=replace(form, days=days, until=None),
    )


def _about_issuer(code: str, level: Level, sentence: str, hint: str) -> Advice:
    return Advice(code=code, level=level, part=Part.ISSUER, sentence=sentence, hint=hint)


def _refused(code: str, part: Part, error: TlscaError) -> Advice:
    return Advice(
        code=code,
        level=Level.ERROR,
        part=part,
        sentence=printable(error.sentence),
        hint=printable(error.hint or ""),
    )


def _title(record: CertificateRecord) -> str:
    return shorten(printable(title_of(record)), _SHOWN)
