"""How a word of a command can go on: what there is to choose from, mostly in the store.

A store is opened for reading alone and without its passphrase; where there is none, its words are none.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tlsca.errors import TlscaError
from tlsca.text import printable, shorten

if TYPE_CHECKING:
    from tlsca.authority.desk import Desk
    from tlsca.store.records import CertificateRecord

# What a source needs is imported when a shell asks for it: each answer is a program of its own, and waited for.
# ruff: noqa: PLC0415

Item = CompletionItem[str]
Source = Callable[[click.Context, str], Iterable[Item]]
"""Yields how a word that is begun can go on; raises TlscaError where that cannot be told."""

_PLAIN_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")
"""A name that no shell takes apart."""
_FILTER_WORD = re.compile(r"[^\s\"'\\]+")
"""One word of a filter; what has blanks is for somebody to quote."""
_LONGEST_HELP = 60


def files(_ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield what has a shell complete the names of files."""
    yield CompletionItem(begun, type="file")


def words(*known: str) -> Source:
    """Return a source of words that are always the same."""
    return lambda _ctx, begun: _begun_so(begun, dict.fromkeys(known, ""))


def certificates(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield every certificate of the store."""
    from tlsca.authority.listing import entries

    with _store(ctx) as desk:
        yield from _named(begun, ((entry.ref, entry.title, entry.status) for entry in entries(desk)))


def authorities(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield those that can sign others."""
    from tlsca.authority.listing import entries_of

    with _store(ctx) as desk:
        found = entries_of(desk, desk.ledger.authorities())
        yield from _named(begun, ((entry.ref, entry.title, entry.status) for entry in found))


def held(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield what is on hold."""
    from tlsca.authority.listing import entries

    with _store(ctx) as desk:
        found = (entry for entry in entries(desk) if entry.status == "held")
        yield from _named(begun, ((entry.ref, entry.title, entry.status) for entry in found))


def discarded(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield what is in the trash."""
    from tlsca.authority.trash import discarded as in_the_trash

    with _store(ctx) as desk:
        found = in_the_trash(desk)
        yield from _named(begun, ((one.ref, one.title, "in the trash") for one in found))


def hosts(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the watched targets."""
    from tlsca.authority.watching import watches

    with _store(ctx) as desk:
        yield from _begun_so(begun, {one.id: one.verdict or "never looked at" for one in watches(desk)})


def names_of_hosts(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the names of certificates that hosts may have."""
    yield from (item for item in certificates(ctx, begun) if "." in item.value or item.value == "localhost")


def profiles(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the profiles: the built-in ones, and the operator's own."""
    from tlsca.pki.profiles import PROFILES

    yield from _begun_so(begun, {profile.name: profile.title for profile in PROFILES.values()})
    from tlsca.authority.profiling import own_profiles

    with _store(ctx) as desk:
        own = {name: str(path) for name, path in own_profiles(desk).items() if name not in PROFILES}
        yield from _begun_so(begun, own)


def tags(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the tags that certificates have."""
    yield from _said(ctx, begun, lambda record: record.tags)


def contacts(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield whom certificates name to be asked."""
    yield from _said(ctx, begun, lambda record: record.contacts)


def filters(ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield how a filter can go on, with what stands in the store if there is one."""
    from tlsca.authority.catalogue import Catalogue
    from tlsca.authority.completing import Vocabulary, completions
    from tlsca.authority.listing import entries

    try:
        with _store(ctx) as desk:
            known = Catalogue(entries(desk)).vocabulary
    except TlscaError:
        known = Vocabulary({})
    yield from (CompletionItem(text) for text in completions(begun, known) if _FILTER_WORD.fullmatch(text))


def orders(_ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield what a list can be sorted by."""
    from tlsca.authority.ordering import SORTS

    yield from _begun_so(begun, dict.fromkeys(SORTS, ""))


def acts(_ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the acts that the audit log knows."""
    from tlsca.authority.auditing import WORDS

    yield from _begun_so(begun, dict.fromkeys(WORDS, ""))


def codes(_ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the problems that have a page."""
    from tlsca.pages import codes as every
    from tlsca.pages import page

    yield from _begun_so(begun, {code: page(code).title for code in every() if code.startswith(begun)})


def schemas(_ctx: click.Context, begun: str) -> Iterator[Item]:
    """Yield the commands whose output has a schema."""
    from tlsca.schemas import NAMES

    yield from _begun_so(begun, dict.fromkeys(NAMES, ""))


@contextmanager
def _store(ctx: click.Context) -> Iterator["Desk"]:
    """Open the store that the command would open. Raises TlscaError."""
    from tlsca.authority.keeping import open_store
    from tlsca.settings import load_settings

    said = ctx.meta.get("tlsca.store") or ctx.find_root().params.get("store")
    desk = open_store(load_settings(os.environ, store=said).store, read_only=True)
    try:
        yield desk
    finally:
        desk.close()


def _named(begun: str, found: Iterable[tuple[str, str, str]]) -> Iterator[Item]:
    """Yield (reference, title, state) by title where that is one word and names one alone, else by reference."""
    told = list(found)
    often = Counter(title for _, title, _ in told)
    for ref, title, state in told:
        by_name = often[title] == 1 and bool(_PLAIN_WORD.fullmatch(title))
        word = title if by_name and not ref.startswith(begun or " ") else ref
        yield from _begun_so(begun, {word: state if word == title else f"{title}, {state}"})


def _said(
    ctx: click.Context, begun: str, read: "Callable[[CertificateRecord], Iterable[str]]"
) -> Iterator[Item]:
    with _store(ctx) as desk:
        often = Counter(word for record in desk.ledger.certificates() for word in read(record))
    plain = (word for word, _ in often.most_common() if _PLAIN_WORD.fullmatch(word))
    yield from _begun_so(begun, dict.fromkeys(plain, ""))


def _begun_so(begun: str, told: dict[str, str]) -> Iterator[Item]:
    """Yield the words that begin so, each with what is said of it."""
    for word, said in told.items():
        if word.startswith(begun):
            yield CompletionItem(word, help=shorten(printable(said), _LONGEST_HELP) or None)
