"""What tlsca itself can do about the problems of a probe: each repair, ready to be begun with one key.

A diagnosis that ends in "import the root" leaves the operator to find out how; here the root, the chain, the certificate with
the missing name, or the next attempt is at hand. Nothing is done here: a repair names an act, and what it is about.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tlsca.authority.connecting import ProbeForm, client_certificates
from tlsca.authority.desk import Desk
from tlsca.authority.listing import Entry, title_of
from tlsca.pki.certificate import Certificate
from tlsca.pki.finding import Finding
from tlsca.pki.hostnames import CONNECT_AS
from tlsca.probe.refusal import EVERYTHING, PORT, STARTTLS, WITHOUT_NAME
from tlsca.probe.result import Result
from tlsca.probe.target import AUTO, is_address
from tlsca.store.records import CertificateRecord
from tlsca.text import count, hex_colons, printable


class Act(StrEnum):
    """What is done."""

    IMPORT = "import"
    """Take `certificate` into the store, and so trust it."""
    CHAIN = "chain"
    """Export `record` with its full chain, for the host to send."""
    REISSUE = "reissue"
    """Issue a certificate like `record` that holds `name` as well."""
    RENEW = "renew"
    """Renew `record`."""
    PUBLISH = "publish"
    """Publish the revocation list of `record`, an authority."""
    CLIENT = "client"
    """Show one of the certificates in `clients`."""
    RETRY = "retry"
    """Probe again, as `form` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One thing that can be done at once."""

    act: Act
    title: str
    """An imperative sentence; printable."""
    code: str
    """The problem that it is for."""
    record: CertificateRecord | None = None
    certificate: Certificate | None = None
    name: str = ""
    clients: tuple[Entry, ...] = ()
    form: ProbeForm | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    desk: Desk | None
    form: ProbeForm
    result: Result
    problem: Finding

    @property
    def leaf(self) -> CertificateRecord | None:
        sent = self.result.chain_sent
        return self._of_store(sent[0].sha256) if sent else None

    @property
    def culprit(self) -> CertificateRecord | None:
        return self._of_store(self.problem.certificate)

    def _of_store(self, fingerprint: str | None) -> CertificateRecord | None:
        return self.desk.ledger.by_fingerprint(fingerprint) if self.desk and fingerprint else None

    def repair(self, act: Act, title: str) -> Repair:
        return Repair(act=act, title=title, code=self.problem.code)


def repairs(desk: Desk | None, form: ProbeForm, result: Result) -> tuple[Repair, ...]:
    """Return what can be done about the problems of a result, gravest problem first, each repair once.

    Without a store that is what can be tried at the host.
    """
    found: dict[tuple[Act, str], Repair] = {}
    for problem in result.problems:
        case = _Case(desk, form, result, problem)
        for repair in (*_of_code(case), *_of_remedy(case)):
            found.setdefault((repair.act, repair.title), repair)
    return tuple(found.values())


def qualifying(desk: Desk, result: Result) -> tuple[tuple[Entry, ...], int]:
    """Return the client certificates of the store that the server names an authority of, and how many there are in all.

    A server that names none accepts, as far as it says, any.
    """
    every = client_certificates(desk)
    accepted = set(result.client_auth.acceptable_cas)
    fitting = tuple(entry for entry in every if not accepted or accepted & _issuers(desk, entry.record))
    return fitting, len(every)


def _issuers(desk: Desk, record: CertificateRecord) -> set[str]:
    return {printable(link.issuer) for link in desk.chain(record)}


def _of_code(case: _Case) -> Iterator[Repair]:
    yield from _BY_CODE.get(case.problem.code, _nothing)(case)


def _nothing(_case: _Case) -> Iterator[Repair]:
    yield from ()


def _import_root(case: _Case) -> Iterator[Repair]:
    for served in case.result.chain_sent:
        if served.sha256 == case.problem.certificate and case.culprit is None:
            title = f"Import {served.label} and trust it: SHA-256 {hex_colons(served.sha256)}"
            yield replace(case.repair(Act.IMPORT, title), certificate=served)


def _send_the_chain(case: _Case) -> Iterator[Repair]:
    if case.leaf is not None:
        title = f"Export {_called(case.leaf)} with its full chain, for the host to send"
        yield replace(case.repair(Act.CHAIN, title), record=case.leaf)


def _add_the_name(case: _Case) -> Iterator[Repair]:
    name = case.result.target.verify_name
    if case.leaf is not None:
        title = f"Issue {_called(case.leaf)} anew with the name {printable(name)}"
        yield replace(case.repair(Act.REISSUE, title), record=case.leaf, name=name)


def _renew(case: _Case) -> Iterator[Repair]:
    if case.desk is None or case.culprit is None:
        return
    newer = case.desk.successor(case.culprit)
    if newer is not None and case.culprit == case.leaf:
        yield _install(case, newer)
    else:
        title = f"Renew {_called(case.culprit)}"
        yield replace(case.repair(Act.RENEW, title), record=case.culprit)


def _install_newer(case: _Case) -> Iterator[Repair]:
    newer = case.desk.successor(case.culprit) if case.desk and case.culprit else None
    if newer is not None:
        yield _install(case, newer)


def _install(case: _Case, newer: CertificateRecord) -> Repair:
    title = f"Export the newer certificate of {_called(newer)} ({newer.sha256[:12]}), for the host to serve"
    return replace(case.repair(Act.CHAIN, title), record=newer)


def _publish(case: _Case) -> Iterator[Repair]:
    subject = case.culprit or case.leaf
    authority = case.desk.issuer_of(subject) if case.desk and subject else None
    if case.desk and authority is not None and case.desk.has_key(authority):
        title = f"Publish the revocation list of {_called(authority)}"
        yield replace(case.repair(Act.PUBLISH, title), record=authority)


def _show_another(case: _Case) -> Iterator[Repair]:
    if case.desk is None:
        return
    fitting, every = qualifying(case.desk, case.result)
    others = tuple(entry for entry in fitting if entry.record.sha256 != case.problem.certificate)
    if others:
        told = f"{len(others)} of your {count(every, 'client certificate')} qualify"
        yield replace(case.repair(Act.CLIENT, f"Show a client certificate: {told}"), clients=others)


_BY_CODE: dict[str, Callable[[_Case], Iterator[Repair]]] = {
    "untrusted-root": _import_root,
    "missing-intermediate": _send_the_chain,
    "hostname-mismatch": _add_the_name,
    "ip-mismatch": _add_the_name,
    "common-name-only": _add_the_name,
    "expired": _renew,
    "expires-soon": _renew,
    "superseded": _install_newer,
    "revoked": _install_newer,
    "crl-missing": _publish,
    "crl-expired": _publish,
    "client-cert-required": _show_another,
    "client-cert-untrusted": _show_another,
    "client-cert-expired": _show_another,
    "client-cert-revoked": _show_another,
    "client-cert-unsuitable": _show_another,
    "client-cert-denied": _show_another,
}


def _of_remedy(case: _Case) -> Iterator[Repair]:
    kind, _, value = case.problem.remedy.partition(":")
    again = _RETRIES.get(kind, _no_retry)(case, value)
    if again is not None:
        title, form = again
        yield replace(case.repair(Act.RETRY, title), form=form)


_Again = tuple[str, ProbeForm] | None


def _no_retry(_case: _Case, _value: str) -> _Again:
    return None


def _upgraded(case: _Case, protocol: str) -> _Again:
    return f"Speak {protocol} first, then TLS", replace(case.form, starttls=protocol)


def _at_port(case: _Case, port: str) -> _Again:
    host = case.result.target.host
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"Probe port {port} instead", replace(case.form, target=place, starttls=AUTO)


def _without_name(case: _Case, _value: str) -> _Again:
    if case.form.server_name == "":
        return None
    form = replace(case.form, server_name="", verify_name=case.result.target.verify_name)
    return "Ask for no name", form


def _by_its_name(case: _Case, name: str) -> _Again:
    if is_address(name):
        return f"Connect as before, and expect {name}", replace(case.form, verify_name=name)
    return f"Connect by the name {name}, at the same address", replace(
        case.form, server_name=name, verify_name=None
    )


def _with_everything(case: _Case, _value: str) -> _Again:
    if case.form.legacy:
        return None
    form = replace(case.form, legacy=True, min_version=None, max_version=None, ciphers=None)
    return "Offer everything that OpenSSL can, however old", form


_RETRIES: dict[str, Callable[[_Case, str], _Again]] = {
    STARTTLS: _upgraded,
    PORT: _at_port,
    WITHOUT_NAME: _without_name,
    CONNECT_AS: _by_its_name,
    EVERYTHING: _with_everything,
}


def _called(record: CertificateRecord) -> str:
    return printable(title_of(record))
