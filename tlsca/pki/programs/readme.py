"""The README that goes with the files: where they belong, the lines that use them, when to renew, and how to prove it.

It is plain text. Lines to be pasted stand between `--- begin: NAME ---` and `--- end: NAME ---`, and are right as they are once
the files are at the place that the first lines name.
"""

import hashlib
import textwrap
from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.recipe import Block, Outfile, Program, Recipe, Variant
from tlsca.text import hex_colons, printable, shorten

NAME = "README"
_WIDTH = 100
_LONGEST_TITLE = 200

Part = tuple[Variant, Recipe]
"""A recipe, and what for."""


def readme(program: Program, it: Handover, parts: Sequence[Part]) -> bytes:
    """Return the README of what was made for a program, UTF-8."""
    lines = [*_places(parts), "", *_head(program, it), "", *_files(parts)]
    for variant, recipe in parts:
        lines += _part(variant, recipe, several=len(parts) > 1)
    return ("\n".join([*lines, *_keeping(program, it)]) + "\n").encode()


def _places(parts: Sequence[Part]) -> Iterator[str]:
    for variant, recipe in parts:
        whose = f" ({variant.name})" if len(parts) > 1 else ""
        yield f"Place{whose}: {_place(recipe)}"


def _place(recipe: Recipe) -> str:
    if recipe.place == ".":
        return "wherever you like"
    if _is_fixed(recipe.place):
        return recipe.place
    return f"{recipe.place}, in the directory where the program is started: call this directory so, or copy its files there"


def _is_fixed(place: str) -> bool:
    return place.startswith(("/", "~"))


def _head(program: Program, it: Handover) -> list[str]:
    return [f"{shorten(printable(it.material.friendly_name), _LONGEST_TITLE)}, for {program.title}"]


def _files(parts: Sequence[Part]) -> Iterator[str]:
    found: dict[str, Outfile] = {file.name: file for _, recipe in parts for file in recipe.files}
    width = max(map(len, found))
    yield "Files:"
    for file in found.values():
        yield f"  {file.name.ljust(width)}  {'0600' if file.private else '0644'}  {file.title}"


def _part(variant: Variant, recipe: Recipe, *, several: bool) -> Iterator[str]:
    if several:
        yield from ("", f"As {variant.name}", "=" * (len(variant.name) + 3))
    if _is_fixed(recipe.place):
        yield from _block(_installation(recipe))
    for block in recipe.blocks:
        yield from _block(block)
    for note in recipe.notes:
        yield ""
        yield from _wrapped(note)
    if recipe.proof:
        yield from ("", f"Prove it: {recipe.proof}")


def _installation(recipe: Recipe) -> Block:
    """Return the lines that bring the files to their place, and for a server's to their owner."""
    place, files = recipe.place, " ".join(file.name for file in recipe.files)
    lead = "In this directory, to bring the files to their place:"
    if not place.startswith("/"):
        return Block("install", lead, f"mkdir -p {place}\ncp -p {files} {place}/\n")
    lines = f"sudo mkdir -p {place}\nsudo cp -p {files} {place}/\nsudo chown -R {recipe.owner}: {place}\n"
    return Block("install", lead, lines)


def _block(block: Block) -> Iterator[str]:
    yield from ("", *_wrapped(block.lead), "")
    yield f"--- begin: {block.name} ---"
    yield block.text.rstrip("\n")
    yield f"--- end: {block.name} ---"


def _keeping(program: Program, it: Handover) -> Iterator[str]:
    certificate = it.certificate
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    yield ""
    yield f"Valid until {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC; renew from {it.renew_from:%Y-%m-%d} on:"
    yield f"  tlsca renew {digest[:12]}, then export the new one for {program.name} again, with --force."
    yield "SHA-256 fingerprint:"
    yield f"  {hex_colons(digest)}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
