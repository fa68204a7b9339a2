"""`tlsca probe`: test the TLS connection to hosts."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from tlsca.authority.connecting import ProbeForm, options_of, prove_many
from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file
from tlsca.authority.mending_commands import Remedy, remedies
from tlsca.authority.showing_checks import show_probe
from tlsca.cli.context import (
    json_option,
    open_desk_if_any,
    passphrase,
    show_instead,
    show_option,
    store_options,
    text_only,
    unlock_desk,
)
from tlsca.cli.output import plain, say, say_fact, say_json_line, sign
from tlsca.cli.sweep_progress import sweep_progress
from tlsca.errors import PassphraseMissing, UsageError
from tlsca.pki.certificate import Certificate
from tlsca.probe.deep import Depth, staple_text
from tlsca.probe.enumeration import Capabilities
from tlsca.probe.options import DEFAULT_TIMEOUT, Options
from tlsca.probe.result import Outcome, Result, Tls
from tlsca.probe.target import AUTO, NONE, PROTOCOLS
from tlsca.text import count, rfc3339

_VERSIONS = click.Choice(["1.0", "1.1", "1.2", "1.3"])
_VERDICT_GLYPHS = {Outcome.TRUSTED: "✔", Outcome.UNTRUSTED: "✘", Outcome.FAILED: "✘"}
_TITLES = 18
"""Columns that the title of a fact takes."""


@click.command("probe")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--starttls",
    type=click.Choice([AUTO, NONE, *PROTOCOLS]),
    default=AUTO,
    show_default=True,
    help="Protocol to upgrade from; auto goes by port or scheme.",
)
@click.option("--server-name", metavar="NAME", help="Name to ask for (SNI), instead of the target's.")
@click.option("--address", metavar="ADDR", help="IP address to dial, instead of looking the name up.")
@click.option(
    "--verify-name", metavar="NAME", help="Name that the certificate must have, instead of the target's."
)
@click.option(
    "--trust",
    multiple=True,
    metavar="system|REF|FILE|none",
    help="Whom to trust, instead of the system's and the store's roots.",
)
@click.option("--client-cert", metavar="REF|FILE", help="Client certificate to show when asked.")
@click.option(
    "--client-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Its key, where it is in a file of its own.",
)
@click.option(
    "--client-key-passphrase-file",
    metavar="FILE",
    help="File that holds the passphrase of an encrypted key file (or TLSCA_CLIENT_KEY_PASSPHRASE).",
)
@click.option(
    "--send-cert-unverified",
    is_flag=True,
    help="Show the client certificate to a server that could not be verified, too.",
)
@click.option("--min-version", type=_VERSIONS, help="Lowest TLS version.")
@click.option("--max-version", type=_VERSIONS, help="Highest TLS version.")
@click.option("--ciphers", metavar="STRING", help="Cipher suites up to TLS 1.2, as OpenSSL writes them.")
@click.option("--alpn", metavar="NAME,...", default="", help="Application protocols to offer.")
@click.option("--legacy", is_flag=True, help="Offer everything that this OpenSSL can, however old.")
@click.option(
    "--crl",
    "crls",
    multiple=True,
    callback=text_only,
    metavar="FILE|REF",
    help="Check revocation against this CRL, or the newest ones of an authority of the store.",
)
@click.option(
    "--proxy",
    metavar="URL",
    help="socks5://host:port or http://host:port that dials for us (or TLSCA_PROXY, which may hold name:password@).",
)
@click.option(
    "--enumerate", "enumerates", is_flag=True, help="Find out which versions, suites and groups are accepted."
)
@click.option(
    "--deep", is_flag=True, help="Look for an OCSP staple and a post-quantum key exchange, with tlsca[deep]."
)
@click.option(
    "--timeout",
    type=float,
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds for one target.",
)
@click.option("--jobs", type=click.IntRange(1, 256), default=8, show_default=True, help="Targets at once.")
@show_option
@store_options
@json_option
def probe_command(
    *,
    targets: tuple[str, ...],
    starttls: str,
    server_name: str | None,
    address: str | None,
    verify_name: str | None,
    trust: tuple[str, ...],
    client_cert: str | None,
    client_key: Path | None,
    client_key_passphrase_file: str | None,
    send_cert_unverified: bool,
    min_version: str | None,
    max_version: str | None,
    ciphers: str | None,
    alpn: str,
    legacy: bool,
    crls: tuple[str, ...],
    proxy: str | None,
    enumerates: bool,
    deep: bool,
    timeout: float,
    jobs: int,
    as_json: bool,
) -> None:
    """Make one TLS handshake with each TARGET and say who answered and everything that is wrong.

    TARGET is host, host:port, [v6]:port or a URL; - reads targets from stdin, one a line. The status is 0 when every target is
    trusted and 1 when one is not. By default the system's roots and those of the store are trusted. With many targets, a terminal
    shows on stderr how far it is.
    """
    desk = open_desk_if_any()
    form = ProbeForm(
        target="",
        starttls=starttls,
        server_name=server_name,
        address=address,
        verify_name=verify_name,
        trust=trust,
        client_cert=client_cert,
        client_key=client_key,
        send_cert_unverified=send_cert_unverified,
        min_version=min_version,
        max_version=max_version,
        ciphers=ciphers,
        alpn=tuple(name.strip() for name in alpn.split(",") if name.strip()),
        legacy=legacy,
        crls=crls,
        proxy=_proxy(proxy),
        enumerate=enumerates,
        deep=deep,
        timeout=timeout,
    )
    show_instead(lambda: "\n".join(show_probe(desk, replace(form, target=one)) for one in _targets(targets)))
    options = _options(desk, form, client_key_passphrase_file)
    trusted = True
    for number, result in enumerate(_results(desk, form, targets, options, jobs)):
        if as_json:
            say_json_line(result.to_json())
        else:
            if number:
                say()
            _show(result, remedies(desk, _as_probed(form, result), result))
        trusted = trusted and result.verdict is Outcome.TRUSTED
    click.get_current_context().exit(0 if trusted else 1)


def _results(
    desk: Desk | None, form: ProbeForm, words: tuple[str, ...], options: Options, jobs: int
) -> Iterator[Result]:
    """Yield the results in the order of the targets, while a terminal shows how far it is. Raises UsageError for no target."""
    total = None if "-" in words else len(words)
    found = 0
    with sweep_progress(total) as progress:

        def told(_form: ProbeForm, result: Result | None) -> None:
            if result is None:
                progress.begun()
            else:
                progress.done(well=result.verdict is Outcome.TRUSTED)

        targets = progress.counting(_targets(words))
        with closing(prove_many(desk, form, targets, options=options, jobs=jobs, told=told)) as results:
            for result in results:
                found += 1
                with progress.aside():
                    yield result
    if not found:
        raise UsageError("There is no target.", hint="Give host:port, or targets on stdin, one a line.")


def _options(desk: Desk | None, form: ProbeForm, passphrase_file: str | None) -> Options:
    """Read the options once for all targets, asking for a passphrase only where a client's key needs one."""
    try:
        return options_of(desk, form)
    except PassphraseMissing:
        if form.client_cert and is_readable_file(Path(form.client_cert)):
            secret = passphrase(
                passphrase_file,
                "TLSCA_CLIENT_KEY_PASSPHRASE",
                "Passphrase of the client's key",
                option="--client-key-passphrase-file",
            )
            return options_of(desk, replace(form, client_key_passphrase=secret))
        if desk is None:
            raise
        unlock_desk(desk)
        return options_of(desk, form)


def _proxy(url: str | None) -> str | None:
    """Return the proxy's URL; one with a password is taken from the environment alone, where no list of processes shows it."""
    if url and "@" in url:
        raise UsageError(
            "A proxy's name and password do not belong into an argument.",
            hint="Put the whole URL into TLSCA_PROXY.",
        )
    return url or os.environ.get("TLSCA_PROXY") or None


def _targets(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if word == "-":
            lines = (line.decode(errors="surrogateescape").strip() for line in sys.stdin.buffer)
            yield from (line for line in lines if line)
        else:
            yield word


def _as_probed(form: ProbeForm, result: Result) -> ProbeForm:
    """Return what was typed for one of many targets."""
    upgraded = result.target.starttls or form.starttls if form.starttls == AUTO else form.starttls
    return replace(form, target=str(result.target), starttls=upgraded)


def _show(result: Result, mending: Sequence[Remedy]) -> None:
    target = result.target
    dialled = f" ({result.address})" if result.address and result.address != target.host else ""
    verdict = sign(f"{_VERDICT_GLYPHS[result.verdict]} {result.verdict.value} ", f"{result.verdict.value}:")
    say(f"{verdict} {target if target.port else target.host}{dialled}")
    for problem in result.problems:
        say(f"  {problem.severity.value}: {problem.code}: {problem.message}")
        say(f"    fix: {problem.fix}")
        for remedy in (one for one in mending if one.code == problem.code):
            say(f"    run: {remedy.command}")
    if result.tls is not None:
        _show_tls(result.tls)
    _show_chain("sent", result.chain_sent)
    _show_chain("verified", result.chain_verified)
    if result.client_auth.requested:
        say_fact("client certificate", f"requested, {_client_auth(result)}", _TITLES)
    if result.strict:
        say_fact("strict clients", f"refuse it: {', '.join(result.strict)}", _TITLES)
    if result.inventory is not None and result.inventory.state != "unknown":
        say_fact("in the store", f"{result.inventory.state}, reference {result.inventory.ref}", _TITLES)
    if result.depth is not None:
        _show_depth(result.depth)
    if result.accepts is not None:
        _show_accepted(result.accepts)
    if result.timings_ms.total is not None:
        say_fact("took", f"{result.timings_ms.total:.1f} ms", _TITLES)


def _show_tls(tls: Tls) -> None:
    say_fact("version()", str(tls.version), _TITLES)
    say_fact("cipher()", str(tls.cipher), _TITLES)
    if tls.group:
        signed = f", signed with {tls.signature}" if tls.signature else ""
        say_fact("key exchange", f"{tls.group}{signed}", _TITLES)
    say_fact("getpeercert()", str(tls.peercert), _TITLES)


def _show_chain(word: str, chain: Iterable[Certificate]) -> None:
    for number, certificate in enumerate(chain):
        title = f"chain {word}" if number == 0 else ""
        ends = rfc3339(certificate.not_after) if certificate.not_after else "?"
        say_fact(title, f"{number} {certificate.subject}, until {ends}", _TITLES)


def _show_depth(depth: Depth) -> None:
    if depth.unknown:
        say_fact("modern client", f"not known: {depth.unknown}", _TITLES)
        return
    quantum = "post-quantum" if depth.post_quantum else "not post-quantum"
    say_fact("modern client", f"key exchange {depth.group}, {quantum}", _TITLES)
    say_fact("OCSP staple", staple_text(depth.staple) if depth.staple else "none was sent", _TITLES)


def _show_accepted(found: Capabilities) -> None:
    for one in found.accepted:
        order = {True: ", in its own order", False: ", in the client's order", None: ""}[one.own_order]
        retired = f", {sign('✘ ', '')}retired ({one.retired})" if one.retired else ""
        say_fact(f"accepts {one.version}", f"{count(len(one.suites), 'suite')}{order}{retired}", _TITLES)
        for suite in one.suites:
            mark = (
                f"{sign('✘', 'weak:')} {suite.weakness}"
                if suite.weakness
                else ""
                if suite.forward_secrecy
                else "no forward secrecy"
            )
            say_fact(
                "", f"{(suite.openssl or suite.name).ljust(0 if plain() else 32)} {mark}".rstrip(), _TITLES
            )
        if one.groups:
            say_fact("", f"groups {', '.join(one.groups)}", _TITLES)
        if one.prime_bits:
            say_fact("", f"Diffie-Hellman prime of {one.prime_bits} bits", _TITLES)
    say_fact("", f"found with {count(found.handshakes, 'handshake')}", _TITLES)
    if found.cut_short is not None:
        say_fact("", f"cut short: {found.cut_short.message}", _TITLES)


def _client_auth(result: Result) -> str:
    required = {True: "required", False: "not required", None: "cannot be told whether required"}
    accepted = {True: "accepted", False: "refused", None: "cannot be told whether accepted"}
    return f"{required[result.client_auth.required]}, {accepted[result.client_auth.accepted]}"
