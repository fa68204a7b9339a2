"""`tlsca inspect`: a file, a certificate of the store, or what a live host serves.

A file is shown without loading the store, the prober or a parser of keys, unless what is in it takes one.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tlsca.authority.files import is_readable_file
from tlsca.authority.inspecting import Opened, judged, open_file, open_octets, open_reference
from tlsca.cli.context import (
    json_option,
    open_desk_if_any,
    passphrase,
    show_instead,
    show_option,
    store_options,
)
from tlsca.cli.output import plain, say, say_fact, say_json, say_octets, say_safe_text, talk, to_terminal
from tlsca.errors import NotFound, PassphraseMissing, TlscaError, Unreadable
from tlsca.pki.found import CLOSED, Closed, Kind
from tlsca.pki.read import LARGEST
from tlsca.text import printable, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tlsca.authority.inspecting import Inspection
    from tlsca.pki.rows import Row

_KEYS = {Kind.PRIVATE_KEY, Kind.PUBLIC_KEY}

_BAR = "━─ "
"""What the bar of a life is drawn with, which nobody can listen to; its words stand behind it."""


@click.command("inspect")
@click.argument("what")
@click.option(
    "--as",
    "form",
    type=click.Choice(["text", "summary", "json", "pem", "asn1", "structure", "chain"]),
    default="summary",
    show_default=True,
    help="How to show it.",
)
@click.option(
    "--passphrase-file-in", metavar="FILE", help="File that holds the passphrase of an encrypted file."
)
@show_option
@store_options
@json_option
def inspect_command(what: str, form: str, passphrase_file_in: str | None, as_json: bool) -> None:
    """Show a file (- for stdin), a certificate of the store by reference, or what host:port serves."""
    show_instead(lambda: _commands(what, form))
    data = sys.stdin.buffer.read(LARGEST + 1) if what == "-" else None
    try:
        opened = _opened(what, data, None)
    except PassphraseMissing:
        try:
            secret = passphrase(
                passphrase_file_in,
                "TLSCA_IMPORT_PASSPHRASE",
                "Passphrase of the file",
                option="--passphrase-file-in",
            )
        except PassphraseMissing:
            _show_closed(what, data, form, as_json=as_json)
            raise
        opened = _opened(what, data, secret)
    _show_opened(opened, form, as_json=as_json)


def _show_closed(what: str, data: bytes | None, form: str, *, as_json: bool) -> None:
    """Show how what is under a passphrase is sealed, and what lies beside it."""
    with suppress(Unreadable, PassphraseMissing):
        _show_opened(_opened(what, data, CLOSED), form, as_json=as_json)


def _show_opened(opened: Opened, form: str, *, as_json: bool) -> None:
    if form == "structure":
        _show_structures(opened.objects, as_json=as_json)
    elif form == "chain":
        _show_chain(opened.objects, as_json=as_json)
    else:
        _show(opened.objects, "json" if as_json else form)
    for skipped in opened.skipped:
        talk(f"Skipped {skipped.what}: {skipped.why}.")


def _commands(what: str, form: str) -> str:
    from tlsca.authority.showing_checks import show_inspection  # noqa: PLC0415 -- hardly ever asked for

    return show_inspection(open_desk_if_any(), what, form=form)


def _opened(what: str, data: bytes | None, secret: str | Closed | None) -> Opened:
    if data is not None:
        return _with_store(open_octets(data, passphrase=secret, source="standard input", now=_now()))
    if is_readable_file(Path(what)):
        return _with_store(open_file(Path(what), passphrase=secret, now=_now()))
    return _elsewhere(what)


def _now() -> datetime:
    from datetime import UTC, datetime  # noqa: PLC0415 -- `from __future__ import annotations` leaves it to whoever needs it

    return datetime.now(UTC)


def _with_store(opened: Opened) -> Opened:
    """Add which certificates of the store a key belongs to, where there is a key and a store."""
    desk = open_desk_if_any() if any(one.kind in _KEYS for one in opened.objects) else None
    if desk is None:
        return opened
    from tlsca.authority.inspecting import known_to  # noqa: PLC0415 -- for keys alone

    return known_to(desk, opened)


def _elsewhere(what: str) -> Opened:
    """Look in the store, then for a host."""
    from tlsca.authority.connecting import inspect_host, looks_like_target  # noqa: PLC0415 -- a file is shown without

    desk = open_desk_if_any()
    try:
        return open_reference(desk, what, now=_now())
    except NotFound as error:
        if looks_like_target(what):
            return Opened(inspect_host(desk, what, now=_now()))
        shown = shorten(printable(what), 80)
        raise NotFound(
            f"“{shown}” is no file, nothing in the store, and no host:port.", hint=error.hint
        ) from None


def _show(objects: Sequence[Inspection], form: str) -> None:
    match form:
        case "json":
            documents = [judged(one, now=_now()).to_json() for one in objects]
            say_json(documents if len(documents) > 1 else documents[0])
        case "summary":
            _show_summaries([judged(one, now=_now()) for one in objects])
        case "asn1":
            # What came out of a bundle is part of the bundle's own structure.
            _show_each([one for one in objects if not one.inside], lambda one: say_safe_text(one.asn1()))
        case _:
            _show_each(_opened_up(objects), _say_text if form == "text" else _say_pem)


def _show_structures(objects: Sequence[Inspection], *, as_json: bool) -> None:
    """Print every field of the objects, of a bundle with what is inside it; as JSON with what each field means."""
    from tlsca.pki.structure import structure, tree_lines  # noqa: PLC0415 -- only who asks for it needs it

    trees = [structure(one.der, one.kind) for one in objects if not one.inside]
    if as_json:
        documents = [tree.to_json() for tree in trees]
        say_json(documents if len(documents) > 1 else documents[0])
        return
    for number, tree in enumerate(trees):
        if number:
            say()
        for line in tree_lines(tree):
            say(line)


def _show_chain(objects: Sequence[Inspection], *, as_json: bool) -> None:
    """Print the chain of the first certificate, in which the others may stand. Raises Unreadable where there is none."""
    from tlsca.authority.chaining import chain_of  # noqa: PLC0415 -- only who asks for it needs it
    from tlsca.cli.chain_text import chain_lines  # noqa: PLC0415 -- likewise

    certificates = [one for one in objects if one.kind is Kind.CERTIFICATE]
    if not certificates:
        raise Unreadable("Only a certificate has a chain.", hint="Its summary tells what it is.")
    leaf, beside = certificates[0], [one.der for one in certificates[1:]]
    chain = chain_of(open_desk_if_any(), leaf.der, beside=beside, source=leaf.source, place=leaf.source)
    if as_json:
        say_json(chain.to_json())
        return
    for line in chain_lines(chain):
        say(line)


def _show_summaries(objects: Sequence[Inspection]) -> None:
    for number, item in enumerate(objects):
        if number:
            say()
        say(
            f"{item.kind.value.capitalize() if item.kind.value.islower() else item.kind.value} from {item.source}"
        )
        _show_rows(item.rows, max((len(row.title) for row in item.rows), default=0))


def _show_rows(rows: tuple[Row, ...], width: int) -> None:
    for row in rows:
        note = f"  ({row.note})" if row.note and to_terminal() else ""
        value = row.value.lstrip(_BAR) if plain() else row.value
        say_fact(row.title, f"{value}{note}", width)


def _opened_up(objects: Sequence[Inspection]) -> Sequence[Inspection]:
    """Leave a bundle out that was opened: what was in it is there."""
    bundles = {Kind.PKCS7, Kind.PKCS12}
    return [one for one in objects if one.kind not in bundles] or objects


def _show_each(objects: Sequence[Inspection], show: Callable[[Inspection], None]) -> None:
    """Show all that can be shown this way, and say of the others why not. Raises what the first says if none can."""
    refused: list[TlscaError] = []
    for one in objects:
        try:
            show(one)
        except Unreadable as error:
            refused.append(error)
    if refused and len(refused) == len(objects):
        raise refused[0]
    for refusal in refused:
        talk(refusal.sentence)


def _say_text(item: Inspection) -> None:
    if to_terminal():
        say_safe_text(item.safe_text())
    else:
        say_octets(item.text())


def _say_pem(item: Inspection) -> None:
    if not item.pem:
        is_key = item.kind is Kind.PRIVATE_KEY
        raise Unreadable(
            "A private key is not printed." if is_key else f"This {item.kind.value} has no PEM form.",
            hint="tlsca export --as key writes one to a file." if is_key else "",
        )
    say_octets(item.pem)
