"""`tlsca export --for` and `--tree`: whole directories, said file by file before the next step is named."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tlsca.authority.deploying import (
    Deployed,
    DeployForm,
    Plan,
    check_passphrase,
    default_directory,
    deploy,
    passphrase_remark,
    plan,
)
from tlsca.authority.desk import Desk
from tlsca.authority.public_tree import write_tree
from tlsca.cli.context import unlock_desk
from tlsca.cli.output import say, say_json, say_table, talk
from tlsca.errors import Refused
from tlsca.text import count, printable


@dataclass(frozen=True, slots=True)
class Order:
    """Which certificates go to which program, and where to."""

    references: tuple[str, ...]
    program: str
    out: Path | None
    force: bool
    clear_key: bool
    as_json: bool


def deploy_all(desk: Desk, order: Order, passphrase: Callable[[], str]) -> None:
    """Write the directory of each certificate, after all of them were found possible; `passphrase()` asks for that of the keys."""
    places = _places(desk, order)
    plans = [plan(desk, form, out, force=order.force) for form, out in places]
    for remark in dict.fromkeys(remark for one in plans for remark in one.remarks):
        talk(remark)
    secret = _secret(desk, order, plans, passphrase)
    secrets = [secret if one.needs_key else None for one in plans]
    done = [
        deploy(desk, replace(form, passphrase=own), out, force=order.force)
        for (form, out), own in zip(places, secrets, strict=True)
    ]
    if order.as_json:
        told = [_json(one) for one in done]
        say_json(told[0] if len(told) == 1 else told)
    else:
        for one in done:
            _tell(one)


def write_public_tree(desk: Desk, directory: Path, *, force: bool, as_json: bool) -> None:
    """Write the public part of the store as a directory tree, and say what is in it."""
    tree = write_tree(desk, directory, force=force)
    if as_json:
        say_json(
            {
                "path": str(tree.directory),
                "authorities": tree.authorities,
                "certificates": tree.certificates,
                "crls": tree.lists,
            }
        )
        return
    certificates = count(tree.authorities + tree.certificates, "certificate")
    certificates = count(tree.authorities + tree.certificates, "certificate")
    held = f"{certificates}, {tree.authorities} of them authorities', and {count(tree.lists, 'CRL')}"
    talk(f"Wrote {tree.directory}: {held}.")
    talk(f"Use it: openssl verify -CApath {tree.directory / 'ca'} FILE")


def _places(desk: Desk, order: Order) -> list[tuple[DeployForm, Path]]:
    """Return each certificate once, and its directory: that of --out, or one in it where there are several."""
    found = dict.fromkeys(desk.ledger.find(one, now=desk.now()).sha256 for one in order.references)
    forms = [
        DeployForm(reference=sha256, program=order.program, clear_key=order.clear_key) for sha256 in found
    ]
    if len(forms) == 1:
        return [(forms[0], order.out or Path(default_directory(desk, forms[0])))]
    places = [(form, (order.out or Path()) / default_directory(desk, form)) for form in forms]
    if len({place for _, place in places}) < len(places):
        raise Refused(
            "Two of them share a name, and so a directory.", hint="Export them one by one (--out DIR)."
        )
    return places


def _secret(desk: Desk, order: Order, plans: list[Plan], passphrase: Callable[[], str]) -> str | None:
    if not any(one.needs_key for one in plans):
        return None
    unlock_desk(desk)
    if order.clear_key:
        return None
    secret = passphrase()
    check_passphrase(DeployForm(reference="", program=order.program, passphrase=secret))
    if passphrase_remark(secret):
        talk(passphrase_remark(secret))
    return secret


def _tell(done: Deployed) -> None:
    say_table(
        ("MODE", "FILE", "READ BACK"),
        [(f"{one.mode:04o}", str(one.path), str(one.proof)) for one in done.files],
    )
    say()
    say(f"Next: {printable(done.next_step)}")


def _json(done: Deployed) -> dict[str, Any]:
    files = [
        {
            "path": str(one.path),
            "mode": f"{one.mode:04o}",
            "octets": one.octets,
            "holds": one.proof.holds,
            "sealing": {row.title: row.value for row in one.proof.sealing},
        }
        for one in done.files
    ]
    return {
        "program": done.program,
        "directory": str(done.directory),
        "files": files,
        "next_step": done.next_step,
    }
