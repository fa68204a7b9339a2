"""Found the company: a store with all that happened in it, written down in the order in which it happened."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.bulk import Row, issue_many
from tlsca.authority.company.certificates import DEVICES, DOMAIN, ISSUED, PEOPLE, SERVERS, Issued
from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.issuers import chosen_issuer
from tlsca.authority.issuing import (
    AuthorityForm,
    CertificateForm,
    certify,
    create_authority,
    plan_certificate,
)
from tlsca.authority.keeping import create_store
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.requesting import RequestForm, keep_request, make_request, record_of_request
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.pki import keys
from tlsca.pki.identity import identity
from tlsca.pki.names import dn
from tlsca.pki.request import build_request, read_request
from tlsca.store.vault import KdfParameters

PASSPHRASE = "correct horse battery staple"  # noqa: S105 -- it guards nothing, and everybody shall know it

_QUICK = KdfParameters(memory_kib=8 * 1024, passes=1, lanes=1)
_ROOT, _DEVICE_ROOT = "Northgate Root CA", "Northgate Device Root CA"
_FOUNDED = 900

Act = Callable[[Desk], object]


class _Event(NamedTuple):
    """Something that was done, so many days ago."""

    age: int
    act: Act


def found_company(directory: Path, *, clock: Callable[[], datetime] = system_clock) -> Desk:
    """Make the company's store in a directory that holds none, and return it unlocked. Raises StoreError."""
    desk = create_store(directory, PASSPHRASE, parameters=_QUICK, clock=clock)
    now = desk.now()
    for event in sorted([*_founded(), *_issued(), *_happened()], key=lambda event: -event.age):
        day = now - timedelta(days=event.age)
        event.act(replace(desk, clock=lambda day=day: day))  # type: ignore[misc]
    return desk


def _founded() -> Iterator[_Event]:
    for form in (
        AuthorityForm(name=f"CN={_ROOT},O=Northgate Logistics", key="ec-p384"),
        AuthorityForm(name=f"CN={_DEVICE_ROOT},O=Northgate Logistics", key="ec-p384"),
        AuthorityForm(name=f"CN={SERVERS},O=Northgate Logistics", issuer=_ROOT, path_length=0),
        AuthorityForm(name=f"CN={PEOPLE},O=Northgate Logistics", issuer=_ROOT, path_length=0),
        AuthorityForm(
            name=f"CN={DEVICES},O=Northgate Logistics",
            issuer=_DEVICE_ROOT,
            path_length=0,
            permit=(DOMAIN, "10.20.0.0/16", f"uri:{DOMAIN}"),
        ),
    ):
        yield _Event(_FOUNDED, lambda desk, form=form: create_authority(desk, form))  # type: ignore[misc]


def _issued() -> Iterator[_Event]:
    """Yield what was issued, all of one day as one act."""
    for age, forms in groupby(ISSUED, key=lambda issued: issued.age):
        yield _Event(age, _issuing(tuple(forms)))


def _issuing(issued: Sequence[Issued]) -> Act:
    rows = tuple(Row(number, one.form) for number, one in enumerate(issued, 1))
    return lambda desk: issue_many(desk, rows)


def _happened() -> tuple[_Event, ...]:
    """Return what was done besides issuing."""
    return (
        _Event(10, _renewing(f"printer.{DOMAIN}")),
        _Event(105, _revoking("affiliation-changed", f"oluwaseun.adeyemi@{DOMAIN}")),
        _Event(31, _revoking("superseded", f"git.{DOMAIN}")),
        _Event(30, lambda desk: publish_crl(desk, CrlForm(reference=PEOPLE))),
        _Event(9, _revoking("key-compromise", f"chat.{DOMAIN}")),
        _Event(8, _revoking("hold", f"backup.{DOMAIN}")),
        _Event(6, _renewing(f"mail.{DOMAIN}")),
        _Event(4, _revoking("hold", f"scanner-13.yard.{DOMAIN}")),
        _Event(3, lambda desk: publish_crl(desk, CrlForm(reference=SERVERS))),
        _Event(2, _renewing(f"login.{DOMAIN}", rekey=True)),
        _Event(2, lambda desk: make_request(desk, RequestForm(names=(f"reports.{DOMAIN}",)))),
        _Event(1, _take_in_request),
        _Event(1, _annotate),
        _Event(0, _issue_ahead),
    )


def _renewing(name: str, *, rekey: bool = False) -> Act:
    return lambda desk: renew(desk, RenewalForm(references=(name,), rekey=rekey))


def _revoking(reason: str, name: str) -> Act:
    return lambda desk: revoke(desk, RevocationForm(references=(name,), reason=reason))


def _take_in_request(desk: Desk) -> None:
    """Take in a request from a partner, whose key is not here."""
    names = (identity(f"warehouse.{DOMAIN}"), identity(f"warehouse-2.{DOMAIN}"))
    made = build_request(dn("CN=warehouse,O=Halden Cold Storage"), names, keys.generate("ec-p256"))
    request = read_request(made.public_bytes(Encoding.DER))
    with desk.ledger.transaction(act="import", at=desk.now(), detail={"requests": 1}) as change:
        keep_request(change, request, record_of_request(desk, request))


_NOTES = (
    NoteForm(
        references=(f"payments.{DOMAIN}",),
        note="Behind the load balancer in hall 2. Tell the bank a week before the key changes.",
        tags=("production", "pci"),
        contacts=("payments team", f"on-call@{DOMAIN}"),
    ),
    NoteForm(references=(f"login.{DOMAIN}",), tags=("production",), contacts=("Ravi Menon",)),
    NoteForm(references=(f"www.{DOMAIN}", f"shop.{DOMAIN}", f"api.{DOMAIN}"), tags=("production",)),
    NoteForm(references=(f"registry.{DOMAIN}", f"jobs.{DOMAIN}"), tags=("build",)),
    NoteForm(
        references=("Northgate Build Signing",),
        note="The key is used by the release job alone.",
        tags=("build",),
        contacts=("release engineering",),
    ),
)


def _annotate(desk: Desk) -> None:
    for form in _NOTES:
        annotate(desk, form)


def _issue_ahead(desk: Desk) -> None:
    """Issue a certificate for a host that goes into service in a week."""
    form = CertificateForm(names=(f"terminal-3.{DOMAIN}",), issuer=SERVERS)
    plan, issuer = plan_certificate(desk, form), chosen_issuer(desk, SERVERS)
    week = timedelta(days=7)
    plan = replace(plan, not_before=plan.not_before + week, not_after=plan.not_after + week)
    key = keys.generate(plan.key_kind)
    sealed = desk.sealed_key(key, at=desk.now())
    certify(
        desk,
        plan,
        issuer,
        key.public_key(),
        desk.private_key(issuer),
        act="issue",
        also=lambda change, _: change.add_key(sealed),
    )
