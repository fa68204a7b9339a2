"""Every code that the code can emit has a page, no page is about nothing, and what a page tells to do can be done."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import tlsca
from tlsca.cli.command import root
from tlsca.errors import NotFound
from tlsca.pages import codes, page
from tlsca.probe.client_auth import _REFUSALS
from tlsca.probe.diagnose import _OTHER, _VERIFY_CODES

PACKAGE = Path(tlsca.__file__).parent
ROOMS = (
    *(PACKAGE / "probe").rglob("*.py"),
    *(PACKAGE / "pki").glob("*.py"),
    *(PACKAGE / "pki" / "lint").rglob("*.py"),
    *(one for one in (PACKAGE / "authority").rglob("*.py") if one.parent.name != "advice"),
)
"""Where findings are made; what a form advises stands beside its field as a sentence, and shows no code."""
MAKERS = {
    "Finding", "Remark", "Fault", "error", "warning", "notice", "found", "_own_defect", "_about_backups", "remark",
}  # fmt: skip
"""What makes a finding of a code, by its name."""
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
HEADINGS = ["", "Why it matters", "How it comes about", "How to find out", "What mends it", "Source"]


def made(path: Path) -> Iterator[str]:
    """Yield each code that is written down where a finding, a problem or a remark is made."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield from made_by(node)
        elif isinstance(node, ast.Yield) and path.name == "strict.py":
            yield from texts(node.value)
        elif isinstance(node, ast.Assign) and "_CODES" in ast.unparse(node.targets[0]):
            yield from (text for text in texts(node.value) if "-" in text)


def made_by(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in MAKERS:
        named = [one.value for one in call.keywords if one.arg == "code"]
        first = [one for one in call.args if isinstance(one, ast.JoinedStr) or list(texts(one))][:1]
        for value in named or first:
            yield from (text for text in texts(value) if CODE.fullmatch(text))


def texts(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts that an expression can be: both of `a if b else c`, all of a table."""
    if isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict | ast.Tuple):
        for part in node.values if isinstance(node, ast.Dict) else node.elts:
            yield from texts(part)


COMPOSED = {"journal-damaged", "object-damaged", "root-ending", "intermediate-ending"}
"""Codes that are put together of a culprit or a kind, and what happened."""


def emitted() -> set[str]:
    found = {code for path in ROOMS for code in made(path)}
    return {*found, _OTHER, *_VERIFY_CODES.values(), *_REFUSALS.values(), *COMPOSED}


def test_every_code_that_can_be_found_has_a_page():
    assert emitted() - set(codes()) == set()


def test_no_page_is_about_nothing():
    assert set(codes()) - emitted() == set()


@pytest.mark.parametrize("code", codes())
def test_a_page_answers_every_question(code):
    found = page(code)
    assert [section.heading for section in found.sections] == HEADINGS
    assert all(section.text for section in found.sections)
    assert 10 < len(found.title) < 70
    raw = (PACKAGE / "pages" / f"{code}.md").read_text("utf-8")
    assert raw == f"# {code}: {found.title}\n\n{found.markdown}"


def commands() -> Iterator[tuple[str, str]]:
    for code in codes():
        for line in page(code).markdown.splitlines():
            if line.startswith("    tlsca "):
                yield code, line.strip()


@pytest.mark.parametrize(("code", "line"), list(commands()))
def test_a_page_names_commands_and_options_that_there_are(code, line):
    words = shlex.split(line)[1:]
    command: click.Command = root
    while isinstance(command, click.Group):
        context = click.Context(command)
        words = command.make_parser(context).parse_args(words)[1]
        found = command.get_command(context, words.pop(0))
        assert found is not None, f"{code}: {line}"
        command = found
    command.make_parser(click.Context(command)).parse_args(words)


def test_a_slip_of_the_finger_is_told_the_nearest_code():
    with pytest.raises(NotFound) as told:
        page("missing-intermediates\x1b[2J")
    assert "missing-intermediate" in told.value.hint
    assert "\x1b" not in told.value.sentence
