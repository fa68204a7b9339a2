"""The command that does each repair of a probe: what a digit does in the app, whoever sits at a shell copies.

A fix says what is to be done; without the command somebody who met tlsca five minutes ago would have to look for the option.
"""

import shlex
from dataclasses import dataclass, replace

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.desk import Desk
from tlsca.authority.mending import Act, Repair, repairs
from tlsca.pki.identity import is_identity
from tlsca.probe.result import Result
from tlsca.probe.target import AUTO
from tlsca.store.records import CertificateRecord
from tlsca.text import printable


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command that mends a problem, or tries what may."""

    code: str
    """The problem that it is for."""
    command: str
    """One line for a shell; printable."""


def remedies(desk: Desk | None, form: ProbeForm, result: Result) -> tuple[Remedy, ...]:
    """Return the commands that mend the problems of a result, in the order of the problems; `form` is what was typed."""
    found = ((one.code, _command(desk, form, one)) for one in repairs(desk, form, result))
    return tuple(Remedy(code, printable(command)) for code, command in found if command)


def _command(desk: Desk | None, form: ProbeForm, repair: Repair) -> str:
    if repair.form is not None:
        return probe_command(repair.form)
    if repair.clients:
        return probe_command(replace(form, client_cert=repair.clients[0].ref))
    if repair.act is Act.IMPORT:
        served = f"tlsca inspect {shlex.quote(form.target)} --as pem > served.pem"
        return f"{served} && tlsca import served.pem"
    return _of_record(desk, repair, repair.record) if desk and repair.record else ""


def _of_record(desk: Desk, repair: Repair, record: CertificateRecord) -> str:
    reference = record.sha256[:12]
    if repair.act is Act.REISSUE:
        return _issue(desk, record, repair.name)
    return {
        Act.CHAIN: f"tlsca export {reference} --as chain --out server.pem",
        Act.RENEW: f"tlsca renew {reference}",
        Act.PUBLISH: f"tlsca crl {reference} --out crl.pem",
    }.get(repair.act, "")


def _issue(desk: Desk, record: CertificateRecord, name: str) -> str:
    names = [shlex.quote(one) for one in dict.fromkeys((*record.names, name)) if is_identity(one)]
    issuer = desk.issuer_of(record)
    signed = f" --issuer {issuer.sha256[:12]}" if issuer is not None else ""
    profile = "" if record.profile == "server" else f" --profile {shlex.quote(record.profile)}"
    return f"tlsca issue {' '.join(names)}{signed}{profile}"


def probe_command(form: ProbeForm) -> str:
    """Return the command that probes as a form says; a passphrase and a proxy, which may hold one, are left out."""
    options = {
        "--starttls": form.starttls if form.starttls != AUTO else None,
        "--server-name": form.server_name,
        "--address": form.address,
        "--verify-name": form.verify_name,
        "--client-cert": form.client_cert,
        "--client-key": str(form.client_key) if form.client_key else None,
        "--min-version": form.min_version,
        "--max-version": form.max_version,
        "--ciphers": form.ciphers,
        "--alpn": ",".join(form.alpn) or None,
    }
    words = ["tlsca", "probe", shlex.quote(form.target)]
    words += [f"{name} {shlex.quote(value)}" for name, value in options.items() if value is not None]
    words += [f"--trust {shlex.quote(one)}" for one in form.trust]
    words += [f"--crl {shlex.quote(str(one))}" for one in form.crls]
    words += ["--legacy"] if form.legacy else []
    words += ["--send-cert-unverified"] if form.send_cert_unverified else []
    return " ".join(words)
