"""The programs that `--for` names, and what a certificate becomes for one of them: files, or one sentence why not."""

from collections.abc import Iterator
from dataclasses import dataclass

from tlsca.errors import Refused, UsageError
from tlsca.pki.keys import kind_of
from tlsca.pki.programs import (
    curl,
    java,
    kubernetes,
    mosquitto,
    mysql,
    node,
    openvpn,
    personal,
    postgresql,
    python_programs,
    redis,
    web_servers,
)
from tlsca.pki.programs.handover import Handover, Purpose
from tlsca.pki.programs.readme import NAME, Part, readme
from tlsca.pki.programs.recipe import POST_QUANTUM, Outfile, Program, Secrecy, Variant
from tlsca.text import listing, printable

_ALL = (
    web_servers.NGINX,
    web_servers.APACHE,
    web_servers.HAPROXY,
    postgresql.POSTGRESQL,
    mysql.MYSQL,
    redis.REDIS,
    mosquitto.MOSQUITTO,
    python_programs.FLASK,
    python_programs.HTTP_SERVER,
    python_programs.ASYNCIO,
    python_programs.REQUESTS,
    curl.CURL,
    node.NODE,
    personal.BROWSER,
    personal.WINDOWS,
    personal.WINDOWS_OLD,
    personal.MACOS,
    personal.IOS,
    personal.ANDROID,
    java.JAVA,
    kubernetes.KUBERNETES,
    openvpn.OPENVPN,
)

PROGRAMS: dict[str, Program] = {program.name: program for program in _ALL}
"""The programs by name, in the order in which they are offered."""

_IN_WORDS = {
    Purpose.SERVER: "a server",
    Purpose.CLIENT: "a client",
    Purpose.OTHER: "mail, code or documents",
    Purpose.AUTHORITY: "an authority",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything that one certificate becomes for one program."""

    program: Program
    files: tuple[Outfile, ...]
    """The README last."""
    needs_key: bool
    roles: tuple[str, ...]
    """What it is set up as: `server`, `client`, `identity`, `trust`."""
    proof: str
    """A command that shows that it works; empty where there is none."""
    remarks: tuple[str, ...]
    """What to know beforehand."""


def program_named(name: str) -> Program:
    """Return the program of this name. Raises UsageError."""
    try:
        return PROGRAMS[name]
    except KeyError:
        raise UsageError(
            f"There is no program called “{printable(name)}”.", hint="Programs: " + ", ".join(PROGRAMS) + "."
        ) from None


def deliver(program: Program, it: Handover) -> Delivery:
    """Return what the program gets; private files are built only when they are asked for.

    Raises Refused where the program has no use for such a certificate, cannot read its kind of key, or cannot be told a passphrase.
    """
    variants = _variants(program, it)
    if not variants:
        raise _unsuitable(program, it)
    needs_key = any(variant.needs_key for variant in variants)
    if needs_key:
        _check_key(program, it)
        for variant in variants:
            _check_secrecy(program, variant, it)
    parts = [(variant, variant.build(it)) for variant in variants]
    files = {file.name: file for _, recipe in parts for file in recipe.files}
    text = Outfile(NAME, "how to use them", lambda: readme(program, it, parts))
    return Delivery(
        program,
        (*files.values(), text),
        needs_key,
        tuple(variant.name for variant in variants),
        _proof(parts),
        tuple(_remarks(program, it, needs_key=needs_key)),
    )


def _proof(parts: list[Part]) -> str:
    return next((recipe.proof for _, recipe in parts if recipe.proof), "")


def _variants(program: Program, it: Handover) -> tuple[Variant, ...]:
    """Return those that the certificate is for; trust alone only where nothing takes its key."""
    fitting = [variant for variant in program.variants if variant.purposes & it.purposes]
    keyed = [variant for variant in fitting if variant.needs_key]
    return tuple(keyed or fitting)


def _unsuitable(program: Program, it: Handover) -> Refused:
    wanted = [_IN_WORDS[purpose] for purpose in Purpose if purpose in program.purposes]
    found = [_IN_WORDS[purpose] for purpose in Purpose if purpose in it.purposes]
    others = [name for name, other in PROGRAMS.items() if _variants(other, it)]
    return Refused(
        f"What {program.name} takes is the certificate of {' or '.join(wanted)}, and this one is for {' and '.join(found)}.",
        hint=f"It can go to {listing(others, most=len(others))}."
        if others
        else "Export it in a format (--as).",
    )


def _check_key(program: Program, it: Handover) -> None:
    kind = kind_of(it.certificate.public_key())
    if kind in program.refuses:
        raise Refused(
            f"The key is of kind {kind}, and that is not for {program.name}, {program.why}.",
            hint="Issue one with --key ec-p256 or rsa-2048, or export pem-all (--as).",
        )


def _check_secrecy(program: Program, variant: Variant, it: Handover) -> None:
    if it.sealed and variant.secrecy is Secrecy.CLEAR_ONLY:
        raise Refused(
            f"There is no way to tell {program.name} the passphrase of its key, so it can use none that has one.",
            hint="--no-passphrase writes the key in the clear, in a file that its owner alone can read.",
        )
    if not it.sealed and variant.secrecy is Secrecy.SEALED_ONLY:
        raise Refused(
            f"For {program.name} the key goes into a PKCS#12, which it does not read without a passphrase.",
            hint="Leave out --no-passphrase, and give one.",
        )


def _remarks(program: Program, it: Handover, *, needs_key: bool) -> Iterator[str]:
    kind = kind_of(it.certificate.public_key())
    if needs_key and kind in POST_QUANTUM:
        yield f"Keys of kind {kind} are read only by builds of {program.name} with OpenSSL 3.5 or newer."
    if program.name == "windows" and needs_key:
        yield "Windows before 10 1709 and Server 2019 refuses it as “wrong password”: export for windows-old there."
