"""`tlsca revoke`, `tlsca unhold`, `tlsca crl` and `tlsca ocsp`: take certificates back, and tell the world."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tlsca.authority.answering import DAYS as ANSWER_DAYS
from tlsca.authority.answering import OcspAnswer, OcspForm, answer_request, plan_answer
from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, read_file, write_file
from tlsca.authority.listing import entry, title_of
from tlsca.authority.publishing import DAYS, MOST_DAYS, CrlForm, PublishedCrl, plan_crl, publish_crl
from tlsca.authority.revoking import (
    RevocationForm,
    RevocationPlan,
    Revoked,
    Target,
    plan_revocation,
    revoke,
    unhold,
)
from tlsca.authority.showing import show_answer, show_crl, show_release, show_revocation
from tlsca.cli.context import (
    json_option,
    open_desk,
    show_instead,
    show_option,
    store_options,
    text_only,
    unlock_desk,
)
from tlsca.cli.output import say_json, say_octets, talk, talk_lines, to_terminal
from tlsca.errors import TlscaError, UsageError
from tlsca.pki.ocsp import LARGEST as LARGEST_REQUEST
from tlsca.store.records import CertificateRecord, CrlRecord, Reason
from tlsca.text import listing, printable, rfc3339, serial_hex

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


@click.command("crl")
@click.argument("reference", metavar="REF", callback=text_only)
@click.option(
    "--as", "form", type=click.Choice(["pem", "der"]), default="pem", show_default=True, help="The format."
)
@click.option("--delta", is_flag=True, help="Only what changed since the last full CRL.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=DAYS,
    show_default=True,
    help="How long it is current.",
)
@click.option(
    "--freshest",
    callback=text_only,
    multiple=True,
    metavar="URL",
    help="Where the deltas of this full CRL will be.",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without, stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@show_option
@store_options
@json_option
def crl_command(
    *,
    reference: str,
    form: str,
    delta: bool,
    days: int,
    freshest: tuple[str, ...],
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Sign and publish the certificate revocation list of an authority."""
    wanted = CrlForm(reference=reference, delta=delta, days=days, freshest=freshest)
    show_instead(lambda: show_crl(open_desk(), wanted))
    _check_out(out, force=force, as_json=as_json, binary=form == "der")
    desk = open_desk()
    plan_crl(desk, wanted)
    unlock_desk(desk)
    published = publish_crl(desk, wanted)
    data = published.pem if form == "pem" else published.der
    if out is None:
        say_octets(data)
        return
    path = write_file(out, data, private=False, force=force)
    if as_json:
        say_json({"path": str(path), "format": form, **_crl_json(published)})
    else:
        talk(f"Wrote {printable(str(path))}: {_described(published.record)}.")


@click.command("ocsp")
@click.argument("reference", metavar="REF", callback=text_only)
@click.argument("request", type=click.Path(path_type=Path))
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=ANSWER_DAYS,
    show_default=True,
    help="How long the answer is current.",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; without, stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@show_option
@store_options
@json_option
def ocsp_command(
    *, reference: str, request: Path, days: int, out: Path | None, force: bool, as_json: bool
) -> None:
    """Answer one OCSP request: a DER file, or - for stdin.

    REF is the authority that issued the certificates it asks about. A certificate with the profile ocsp signs the answer if the
    authority has one in the store, else the authority itself.
    """
    data = (
        sys.stdin.buffer.read(LARGEST_REQUEST)
        if str(request) == "-"
        else read_file(request, most=LARGEST_REQUEST)
    )
    form = OcspForm(reference=reference, request=data, days=days)
    show_instead(lambda: show_answer(open_desk(), form, request=_path_of(request)))
    _check_out(out, force=force, as_json=as_json, binary=True)
    desk = open_desk()
    plan_answer(desk, form)
    unlock_desk(desk)
    answer = answer_request(desk, form)
    if out is None:
        say_octets(answer.der)
        return
    path = write_file(out, answer.der, private=False, force=force)
    if as_json:
        say_json({"path": str(path), **_answer_json(answer)})
        return
    words = [f"{serial_hex(status.asked.serial)} {status.word}" for status in answer.statuses]
    talk(
        f"Wrote {printable(str(path))}, signed by {printable(title_of(answer.responder))}: {listing(words)}."
    )


# Before it is done


def _path_of(request: Path) -> str:
    return "/dev/stdin" if str(request) == "-" else str(request)


def _check_out(out: Path | None, *, force: bool, as_json: bool, binary: bool) -> None:
    """Refuse what could not be written before anything is signed and counted. Raises UsageError, Refused."""
    if out is not None:
        check_target(out, force=force)
    elif as_json:
        raise UsageError("--json says where a file went, so it needs one.", hint="Give --out FILE.")
    elif binary and to_terminal():
        raise UsageError("A terminal cannot show DER.", hint="Give --out FILE.")


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
            [f"{seen.host}, {rfc3339(seen.at) if seen.at else 'some time ago'}" for seen in radius.sightings]
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
        talk(f"Clients learn of it when you publish: tlsca crl {entry(desk, issuer).ref} --out FILE")


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


def _crl_json(published: PublishedCrl) -> dict[str, Any]:
    record = published.record
    return {
        "issuer": published.authority.subject,
        "number": record.number,
        "base": record.base,
        "this_update": rfc3339(record.this_update),
        "next_update": rfc3339(record.next_update),
        "entries": record.entries,
        "sha256": record.sha256,
    }


def _answer_json(answer: OcspAnswer) -> dict[str, Any]:
    return {
        "issuer": answer.authority.subject,
        "responder": answer.responder.subject,
        "answers": [
            {
                "serial": serial_hex(status.asked.serial),
                "status": status.word,
                "revoked_at": rfc3339(status.revocation.revoked_at) if status.revocation else None,
            }
            for status in answer.statuses
        ],
    }


def _described(record: CrlRecord) -> str:
    kind = f"delta of {record.base}" if record.base else "full CRL"
    count = f"{record.entries} entr{'y' if record.entries == 1 else 'ies'}"
    return f"{kind}, number {record.number}, {count}, current until {rfc3339(record.next_update)}"
