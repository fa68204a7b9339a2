"""Show the command for what looks at certificates: verify, probe and inspect.

As in `showing`, nothing is done and no passphrase is needed. Certificates of the store stand there as the files that exporting them
makes or that shown commands made; what the operator named as a file stays that file.
"""

from collections.abc import Iterator
from pathlib import Path

from tlsca.authority.carrying import parse_until
from tlsca.authority.connecting import ProbeForm, looks_like_target
from tlsca.authority.credentials import NOBODY, STORE, SYSTEM
from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.authority.issuers import authority_record
from tlsca.authority.lists import delta_list, full_list, scopes
from tlsca.authority.shown_files import certificate_files, files_of, list_files
from tlsca.authority.verifying import VerifyForm
from tlsca.errors import NotFound, PassphraseError
from tlsca.pki.identity import identity
from tlsca.pki.openssl_checks import Call, Checks, Trust, inspect, inspect_host, python, s_client, verify
from tlsca.pki.openssl_lines import script
from tlsca.pki.read import LARGEST, Kind, read
from tlsca.probe.target import Target, parse_target
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

_STDIN = "/dev/stdin"


def show_verification(desk: Desk | None, form: VerifyForm) -> str:
    """Return the commands that verify a certificate and its chain. Raises NotFound, Ambiguous, NotAnIdentity, UsageError."""
    record = _record(desk, form.what)
    checks = Checks(
        names=tuple(identity(name).value for name in form.names),
        purpose=form.purpose or ("server" if form.names else "any"),
        at=parse_until(form.at) if form.at else None,
        lists=_lists(desk, form.crls),
        strict=not form.lenient,
    )
    if desk is None or record is None:
        path = _STDIN if form.what == "-" else form.what
        untrusted = () if form.what == "-" else (path,)
        return script([], verify(path, untrusted, _trust(desk, form.trust), checks))
    above = desk.chain(record)[1:]
    roots = [link for link in (record, *above) if link.issuer_id == link.id]
    trust = _trust(desk, form.trust) if form.trust else Trust(False, certificate_files(desk, roots))
    between = certificate_files(desk, [link for link in above if link.issuer_id != link.id])
    return script([record.key], verify(files_of(desk, record).certificate, between, trust, checks))


def show_probe(desk: Desk | None, form: ProbeForm) -> str:
    """Return the commands that test a connection: `openssl s_client`, and Python's lines. Raises BadTarget, NotFound, Ambiguous."""
    target = parse_target(
        form.target,
        starttls=form.starttls,
        server_name=form.server_name,
        address=form.address,
        verify_name=form.verify_name,
    )
    call = Call(
        address=target.address or target.host,
        port=target.port,
        server_name=target.server_name,
        verify_name=target.verify_name,
        starttls=target.starttls,
        min_version=form.min_version,
        max_version=form.max_version,
        ciphers=form.ciphers,
        alpn=form.alpn,
        legacy=form.legacy,
        lists=_lists(desk, form.crls),
        client=_client(desk, form),
    )
    trust = _trust(desk, form.trust)
    return script([], trust.gathered(), s_client(call, trust), python(call, trust))


def show_inspection(desk: Desk | None, what: str, *, form: str = "text") -> str:
    """Return the commands that show a file, a certificate of the store, or what a host serves.

    `form` is the word of the command line. Raises NotFound, Ambiguous, Unreadable, BadTarget.
    """
    if what == "-":
        return script([], inspect("x509", None, form))
    try:
        record = _record(desk, what)
    except NotFound:
        if not looks_like_target(what):
            raise
        return script([], inspect_host(_call(parse_target(what)), form))
    if desk is not None and record is not None:
        return script([record.key], inspect("x509", files_of(desk, record).certificate, form))
    return script([], *(inspect(command, what, form) for command in _commands(Path(what))))


def _lists(desk: Desk | None, named: tuple[str | Path, ...]) -> tuple[str, ...]:
    """Return the files of revocation lists; an authority of the store stands for those that it has published."""
    found: list[str] = []
    for word in named:
        if desk is None or is_readable_file(Path(word)):
            found.append(str(word))
            continue
        try:
            found += _published(desk, authority_record(desk, str(word)))
        except NotFound:
            found.append(str(word))
    return tuple(found)


def _published(desk: Desk, authority: CertificateRecord) -> Iterator[str]:
    files = files_of(desk, authority)
    for scope in scopes(desk, authority):
        if full_list(desk, authority, scope):
            yield list_files(files, scope, delta=False).crl
        if delta_list(desk, authority, scope):
            yield list_files(files, scope, delta=True).crl


def _call(target: Target) -> Call:
    return Call(
        address=target.host,
        port=target.port,
        server_name=target.server_name,
        verify_name=target.verify_name,
        starttls=target.starttls,
    )


def _record(desk: Desk | None, what: str) -> CertificateRecord | None:
    """Return the certificate of the store that is meant; None for a file or standard input. Raises NotFound, Ambiguous."""
    if what == "-" or is_readable_file(Path(what)):
        return None
    if desk is None:
        raise NotFound(
            f"There is no file {printable(what)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    return desk.ledger.find(what, now=desk.now())


def _trust(desk: Desk | None, words: tuple[str, ...]) -> Trust:
    """Read whom to trust as a probe does; roots that were replaced are left to be named."""
    chosen = words or (SYSTEM, STORE)
    found: list[str] = []
    for word in chosen:
        if word == STORE:
            found += _roots(desk) if desk else ()
        elif word not in {SYSTEM, NOBODY}:
            record = _record(desk, word)
            found.append(files_of(desk, record).certificate if desk and record else word)
    return Trust(SYSTEM in chosen, tuple(dict.fromkeys(found)))


def _roots(desk: Desk) -> tuple[str, ...]:
    records = desk.ledger.authorities()
    return certificate_files(
        desk, [one for one in records if one.issuer_id == one.id and one.renewed_by is None]
    )


def _client(desk: Desk | None, form: ProbeForm) -> tuple[str, str] | None:
    if not form.client_cert:
        return None
    record = _record(desk, form.client_cert)
    if desk is None or record is None:
        return form.client_cert, str(form.client_key or form.client_cert)
    files = files_of(desk, record)
    return files.certificate, files.key


_COMMANDS = {Kind.CERTIFICATE: "x509", Kind.REQUEST: "req", Kind.CRL: "crl", Kind.PRIVATE_KEY: "pkey"}


def _commands(path: Path) -> tuple[str, ...]:
    """Return OpenSSL's commands for what is in a file. Raises Unreadable."""
    data = read_file(path, most=LARGEST)
    try:
        found = read(data, name=printable(str(path)))
    except PassphraseError:
        return ("pkey",) if b"-----BEGIN " in data else ("pkcs12",)
    return tuple(dict.fromkeys(_COMMANDS[one.kind] for one in found))
