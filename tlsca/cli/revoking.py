"""`tlsca revoke` and `tlsca unhold`: take certificates back."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from tlsca.authority.desk import Desk
from tlsca.authority.listing import entry, title_of
from tlsca.authority.partitions import partitions_of
from tlsca.authority.revoking import (
    RevocationForm,
    RevocationPlan,
    Revoked,
    Target,
    plan_revocation,
    revoke,
    unhold,
)
from tlsca.authority.showing_revocation import show_release, show_revocation
from tlsca.cli.context import (
    json_option,
    open_desk,
    show_instead,
    show_option,
    store_options,
    text_only,
)
from tlsca.cli.output import say_json, talk, talk_lines
from tlsca.errors import TlscaError, UsageError
from tlsca.store.records import CertificateRecord, Reason
from tlsca.text import listing, printable, rfc3339

_MOST_SHOWN = 10


@click.command("revoke")
@click.argument("references", callback=text_only, nargs=-1, required=True, metavar="REF...")
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in Reason]),
    default=str(Reason.UNSPECIFIED),
    show_default=True,
    help="Why; hold can be taken back with unhold.",
)
@click.option("--at", metavar="DATE", help="Since when it is bad, if before now: 2027-01-31.")
@click.option(
    "--issuer",
    callback=text_only,
    metavar="REF",
    help="Whose certificates they are; lets a serial number stand for a certificate that the store never saw.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@show_option
@store_options
@json_option
def revoke_command(
    *,
    references: tuple[str, ...],
    reason: str,
    at: str | None,
    issuer: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Revoke certificates, all of them or none.

    Before it asks, it shows who else has the same name or key, which hosts were seen serving them, and what falls with an authority.
    """
    form = RevocationForm(references=references, reason=reason, at=at, issuer=issuer)
    show_instead(lambda: show_revocation(open_desk(), form))
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            "There is nobody to ask whether to revoke.", hint="Give --yes to revoke without asking."
        )
    desk = open_desk()
    plan = plan_revocation(desk, form)
    if yes:
        _tell_notes(plan)
    else:
        _tell_plan(plan)
        _confirm(plan)
    done = revoke(desk, form)
    if as_json:
        say_json([_revoked_json(desk, one) for one in done])
        return
    verb = "Held" if plan.reason is Reason.HOLD else "Revoked"
    talk(f"{verb} {listing([printable(target.title) for target in plan.targets])} ({plan.reason}).")
    _tell_next(desk, [one.issuer for one in done])


@click.command("unhold")
@click.argument("references", callback=text_only, nargs=-1, required=True, metavar="REF...")
@click.option("--issuer", callback=text_only, metavar="REF", help="Whose certificates they are.")
@show_option
@store_options
@json_option
def unhold_command(*, references: tuple[str, ...], issuer: str | None, as_json: bool) -> None:
    """Release certificates that were revoked with the reason hold, all of them or none."""
    show_instead(lambda: show_release(open_desk(), references, issuer=issuer))
    desk = open_desk()
    released = unhold(desk, references, issuer=issuer)
    if as_json:
        say_json(
            [
                entry(desk, one.record).to_json()
                if one.record
                else _unseen_json(desk, one.serial, one.issuer)
                for one in released
            ]
        )
        return
    talk(f"Released {listing([printable(one.title) for one in released])}.")
    _tell_next(desk, [one.issuer for one in released])


# Before it is done


def _confirm(plan: RevocationPlan) -> None:
    question = "Put on hold?" if plan.reason is Reason.HOLD else "Revoke for good?"
    if not click.confirm(question, err=True):
        raise TlscaError("Nothing was changed.")


def _tell_plan(plan: RevocationPlan) -> None:
    """Say what would be revoked and whom it hits."""
    talk(f"To be revoked ({plan.reason}{_since(plan)}):")
    _tell_some([_target_line(target) for target in plan.targets])
    radius = plan.radius
    if radius.below:
        talk(f"Nobody will trust these {len(radius.below)} any more, which are below them:")
        _tell_some([_record_line(record) for record in radius.below])
    if radius.sightings:
        talk("Hosts last seen serving them:")
        _tell_some(
            [
                f"{seen.host}, {rfc3339(seen.at) if seen.at else 'some time ago'}{', watched' if seen.watched else ''}"
                for seen in radius.sightings
            ]
        )
    if radius.kin:
        talk("Alive with the same name or key, and not revoked by this:")
        _tell_some(
            [
                f"{_record_line(kin.record)}, {'same key' if kin.same_key else kin.names[0]}"
                for kin in radius.kin
            ]
        )
    _tell_notes(plan)


def _tell_some(lines: Sequence[str]) -> None:
    for line in lines[:_MOST_SHOWN]:
        talk_lines(printable(line))
    if len(lines) > _MOST_SHOWN:
        talk_lines(f"and {len(lines) - _MOST_SHOWN} more")


def _tell_notes(plan: RevocationPlan) -> None:
    for note in plan.notes:
        talk(note)


def _tell_next(desk: Desk, issuers: Sequence[CertificateRecord]) -> None:
    for issuer in {one.id: one for one in issuers}.values():
        where = "--all --out DIR" if partitions_of(desk, issuer) else "--out FILE"
        talk(f"Clients learn of it when you publish: tlsca crl {entry(desk, issuer).ref} {where}")


def _since(plan: RevocationPlan) -> str:
    return f", bad since {rfc3339(plan.invalid_since)}" if plan.invalid_since else ""


def _target_line(target: Target) -> str:
    return _record_line(target.record) if target.record else f"{target.title} of {target.issuer.subject}"


def _record_line(record: CertificateRecord) -> str:
    return f"{title_of(record)}, serial number {record.serial}, until {rfc3339(record.not_after)}"


# JSON


def _revoked_json(desk: Desk, one: Revoked) -> dict[str, Any]:
    if one.record is not None:
        return entry(desk, one.record).to_json()
    revocation = {"revoked_at": rfc3339(one.revoked_at), "reason": str(one.reason)}
    return _unseen_json(desk, one.serial, one.issuer) | revocation


def _unseen_json(desk: Desk, serial: str, issuer: CertificateRecord) -> dict[str, Any]:
    return {
        "ref": None,
        "serial": serial,
        "issuer": issuer.subject,
        "issuer_ref": entry(desk, issuer).ref,
        "revoked_at": None,
        "reason": None,
    }
