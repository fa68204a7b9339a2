"""The walls of the house: who may import whom, what a command loads, and how the code is kept readable."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tlsca

PACKAGE = Path(tlsca.__file__).parent
PROJECT = PACKAGE.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_BODY = 50
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SAYS_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "common",
    "misc",
    "base",
    "core",
    "tools",
    "stuff",
}


def shown(path: Path) -> str:
    return str(path.relative_to(PACKAGE.parent))


def definitions(path: Path) -> Iterator[tuple[ast.AST, bool]]:
    """Yield each module, class and function of a file, and whether everything around it is public."""
    module = ast.parse(path.read_text("utf-8"))
    waiting: list[tuple[ast.AST, bool]] = [(module, True)]
    while waiting:
        node, public = waiting.pop()
        yield node, public
        inside_function = isinstance(node, FUNCTIONS)
        waiting += [
            (child, public and not inside_function and not child.name.startswith("_"))
            for child in ast.iter_child_nodes(node)
            if isinstance(child, (ast.ClassDef, *FUNCTIONS))
        ]


@pytest.mark.skipif(
    not (PROJECT / "pyproject.toml").exists(), reason="the contracts stand in the source tree"
)
def test_imports_point_down_the_rooms_of_the_house():
    pytest.importorskip("importlinter", reason="import-linter is not installed")
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())",
            "--no-cache",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_everything_public_says_what_it_is():
    silent = [
        f"{shown(path)}: {getattr(node, 'name', 'the module')}"
        for path in MODULES
        for node, public in definitions(path)
        if public and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_function_fits_in_a_glance():
    """What a click command takes may be more than fits; what it does is not."""
    long = [
        f"{shown(path)}: {node.name}"
        for path in MODULES
        for node, _ in definitions(path)
        if isinstance(node, FUNCTIONS) and node.end_lineno - node.body[0].lineno + 1 > LONGEST_BODY
    ]
    assert long == []


def test_every_module_is_named_after_its_idea():
    names = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(PACKAGE).parts}
    assert not names & SAYS_NOTHING


# What is loaded


def loaded_by(*arguments: str) -> tuple[int, set[str]]:
    """Run tlsca in a process of its own; return its status and the top-level packages that it loaded."""
    program = (
        "import json, sys\n"
        "from tlsca.__main__ import main\n"
        "sys.argv = ['tlsca', *json.loads(sys.argv[1])]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    status = end.code or 0\n"
        "print(json.dumps([status, sorted({name.partition('.')[0] for name in sys.modules})]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(arguments)], capture_output=True, text=True, check=True
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    return status, set(modules)


@pytest.mark.parametrize("arguments", [("--version",), ("--help",)])
def test_saying_who_it_is_loads_nothing_heavy(arguments):
    status, modules = loaded_by(*arguments)
    assert status == 0
    assert not modules & {"cryptography", "textual", "rich", "tinydb", "idna"}


@pytest.mark.parametrize("arguments", [("list",), ("ca", "list"), ("log",)])
def test_a_command_does_not_load_the_app(arguments, tmp_path):
    _, modules = loaded_by("--store", str(tmp_path / "none"), *arguments)
    assert "tlsca" in modules
    assert not modules & {"textual", "rich"}
