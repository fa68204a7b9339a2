"""Hints in the app: no command or option of the command line is left in any that a room below the front ends writes."""

import ast
import re
from pathlib import Path

import pytest

import tlsca
from tlsca.errors import Refused
from tlsca.tui.actions import BY_ID
from tlsca.tui.wording import in_the_app, keys_of_commands, repair_in_the_app
from tlsca.tui.work import sentence

ROOMS = ("pki", "store", "authority")
COMMAND = re.compile(r"\btlsca [a-z]|(?<![\w-])--[a-z]")
IN_FULL = re.compile(r"\btlsca (?:[a-z]+ ?)*(?:--[a-z-]+)?")
"""A command that can be typed as it stands: what the app cannot do is still told of."""


def hints():
    """Yield every hint that is written below the front ends, with what stands in it only at run time left out."""
    package = Path(tlsca.__file__).parent
    for path in sorted(path for room in ROOMS for path in (package / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "hint":
                        yield from texts(keyword.value)


def texts(node):
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def test_no_hint_leaves_the_command_line_in_the_app():
    told = sorted(set(hints()))
    assert sum(bool(COMMAND.search(hint)) for hint in told) > 10
    left = [hint for hint in told if COMMAND.search(IN_FULL.sub("", in_the_app(hint)))]
    assert left == [], "tui/wording.py has no key or field for these"


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("Make one: tlsca ca create NAME.", "Make one: the key a."),
        ("tlsca ca list shows those that can.", "The list shows those that can."),
        ("Renew that one: tlsca renew 0123456789ab.", "Renew that one: the key r on 0123456789ab."),
        ("Release it first with tlsca unhold.", "Release it first with the key x."),
        ("Give it a new key: --rekey.", "Give it a new key: choose a new one under “Key”."),
        ("Choose one with --issuer: A and B.", "Choose one with “Issuer”: A and B."),
        ("--take keyUsage does", "“Take as asked” keyUsage does"),
        ("See `tlsca list` for what there is.", "See the list for what there is."),
        ("Retry with --legacy to offer it.", "Retry with “offer everything” (F4) to offer it."),
        ("Only tlsca restore FILE does.", "Only tlsca restore FILE does."),
        (
            "The name is a--days.example, or issue-tlsca crl.",
            "The name is a--days.example, or issue-the key P.",
        ),
    ],
)
def test_a_hint_speaks_of_keys_and_fields(hint, told):
    assert in_the_app(hint) == told


def test_an_error_is_told_in_the_words_of_the_app():
    error = Refused("It is on hold.", hint="Release it first with tlsca unhold.")
    assert sentence(error).plain == "It is on hold. Release it first with the key x."


@pytest.mark.parametrize("act", ["renew", "rekey", "issue", "revoke", "crl", "import"])
def test_what_the_doctor_advises_names_a_key_that_there_is(act):
    told = repair_in_the_app(act)
    assert any(f"the key {one.keys.split(',')[0]}" in told for one in BY_ID.values())


def test_what_no_key_mends_names_none():
    assert repair_in_the_app("chmod") == repair_in_the_app("restore") == ""


def test_the_commands_of_a_page_have_keys_in_the_app():
    told = "Renew it:\n\n    tlsca renew REF --rekey\n    tlsca export REF --for nginx\n    tlsca watch add x\n    tlsca renew CA"
    assert keys_of_commands(told) == ("r Renew", "e Export")
