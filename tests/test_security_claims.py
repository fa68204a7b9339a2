"""What docs/security.md claims is held by tests, and they are there."""

import ast
import re
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TEXT = (PROJECT / "docs" / "security.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((PROJECT / path).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_test_that_a_claim_names_is_there():
    missing = [f"{path}::{name}" for path, name in NAMED if name not in names_in(path)]
    assert not missing


def test_every_claim_about_what_somebody_cannot_do_names_a_test():
    claims = re.split(r"\n\n", TEXT)
    bare = [
        claim
        for claim in claims
        if "cannot**" in claim and "::" not in claim and not claim.rstrip().endswith(":")
    ]
    assert not bare


def test_each_attacker_is_there():
    for who in (
        "the disk",
        "an old backup",
        "write to the store's directory",
        "a hostile certificate",
        "a hostile server",
        "another account",
    ):
        assert re.search(rf"^## Somebody .*{who}", TEXT, re.MULTILINE), who
