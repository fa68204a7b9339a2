"""What no shell runs of the README and of docs/ is true as well: every other block of code, and the commands, keys and files named in prose.

A block is run by test_pages.py, or something here holds it to what it says, or a reason is given here why it is neither.
"""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from markdown_it import MarkdownIt
from markdown_it.token import Token

import tlsca
from tlsca.authority.filter_fields import FIELDS, MOMENTS
from tlsca.authority.remembering import MOST
from tlsca.cli.command import root
from tlsca.pki.bundle import PKCS12_ROUNDS
from tlsca.pki.pkcs8 import ROUNDS
from tlsca.pki.programs.catalogue import PROGRAMS
from tlsca.settings import Settings, load_settings
from tlsca.store.vault import STANDARD
from tlsca.tui.keymap import Keymap, choose_keys
from tlsca.tui.places import PLACES
from tlsca.tui.widgets.view_bar import VIEWS

ROOT = Path(__file__).parents[2]
PAGES = {
    str(page.relative_to(ROOT)): page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
RUN = {"console", "output", "python"}
"""Languages of blocks that test_pages.py runs, or compares with what was printed; those with a title it writes as files."""
DRAWN = {
    "docs/design/journal.md": "a drawing of one line, which is held against a journal below",
    "docs/design/vault.md": "a drawing of what opens what",
    "docs/benchmarks.md": "it takes a quarter of an hour: tests/benchmarks runs it with --quick, and its options are read below",
}
"""Why a block of text is not run; there is one on each of these pages."""
INDENTED = {
    "docs/reference/commands.md": "how each command is called, as the command itself says: tests/reference",
    "docs/reference/python.md": "examples that tests/api runs",
    "docs/reference/problems.md": "lines to find out with and to mend with, which are read and run below",
}
"""Who holds the indented blocks of a page."""


def tokens(page: Path) -> Iterator[Token]:
    """Yield everything that Markdown sees in a page, what stands within lines included."""
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8")):
        yield token
        yield from token.children or ()


def code(page: Path) -> list[Token]:
    return [token for token in tokens(page) if token.type in {"fence", "code_block"}]


def said(page: Path) -> list[str]:
    """Return every piece of code that stands within a line."""
    return [token.content for token in tokens(page) if token.type == "code_inline"]


# Blocks


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_code_is_run_or_held_to_what_it_says(name):
    found = code(PAGES[name])
    fences = [block for block in found if block.type == "fence"]
    languages = [block.info.split()[0] for block in fences if block.info and "title=" not in block.info]
    assert all(block.info for block in fences), "a block of no language"
    assert set(languages) <= RUN | {"toml", "text"}
    assert languages.count("text") == (name in DRAWN)
    assert any(block.type == "code_block" for block in found) == (name in INDENTED)


@pytest.mark.parametrize("name", PAGES)
def test_a_file_is_named_to_those_who_see_no_title(name):
    text = PAGES[name].read_text("utf-8")
    for title in re.findall(r'^```\w+ title="(?:.*/)?([^"/]+)"$', text, re.MULTILINE):
        assert re.search(rf"(?<![\w\"]){re.escape(title)}(?![\w\"])", text), (
            f"{title} stands in its own title alone"
        )


def test_settings_that_are_shown_are_taken(tmp_path):
    shown = [block.content for page in PAGES.values() for block in code(page) if block.info == "toml"]
    assert shown
    for text in shown:
        (tmp_path / "config.toml").write_text(text)
        settings = load_settings({"TLSCA_CONFIG": str(tmp_path / "config.toml")})
        assert choose_keys(PLACES, settings.keys).changed


def test_a_line_of_the_journal_is_drawn_as_it_is(tutorial_store):
    (drawing,) = (one for one in code(PAGES["docs/design/journal.md"]) if one.info == "text")
    drawn = re.match(r"(\w+) \w+…(\d+) digits…\w+ ({.+…})$", drawing.content.splitlines()[0])
    assert drawn is not None
    lines = (tutorial_store / "journal.jsonl").read_text("utf-8").splitlines()
    length, digest, body = next(line.split(" ", 2) for line in lines if '"act":"issue"' in line)
    assert len(length) == len(drawn[1])
    assert int(length, 16) == len(body.encode())
    assert len(digest) == int(drawn[2])
    members = re.findall(r'"(\w+)":', drawn[3])
    assert re.findall(r'"(\w+)":', body)[: len(members)] == members


def test_what_measures_is_there_and_has_the_options_that_are_named():
    page = PAGES["docs/benchmarks.md"]
    (command,) = (one.content.split() for one in code(page))
    told = subprocess.run(
        [sys.executable, *command[1:], "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )  # fmt: skip
    assert command[0] == "python"
    options = [text for text in said(page) if text.startswith("--")]
    assert options
    assert [option for option in options if option not in told.stdout] == []


def test_setting_up_and_testing_are_what_a_clone_is_checked_with():
    """`.ci/run` ends with the lines of the README, in a clone with nothing in it."""
    first, second, third = [block.content.strip() for block in code(PAGES["README.md"])][:3]
    last = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1].split(" && ")
    assert last == [*first.splitlines(), third]
    assert second == ".venv/bin/tlsca --demo"


def test_the_tutorial_may_be_begun_where_the_readme_ends():
    """It tells those who come from there what they may leave out: nothing in it makes anything that they do not have."""
    left_out, going_on, _ = (
        PAGES["docs/tutorial.md"].read_text("utf-8").partition("## Look before it goes out")
    )
    making = re.findall(r"^tlsca (?:init|ca create|issue).*$", left_out, re.MULTILINE)
    done = [block.content for block in code(PAGES["README.md"])]
    assert going_on
    assert len(making) > 3
    assert [line for line in making if f"{line}\n" not in "".join(done)] == []


# The lines of the pages about problems


FOREIGN = {
    **dict.fromkeys(("dig", "getent", "ip", "nc", "traceroute", "ss", "curl"), "asks a network"),
    **dict.fromkeys(("systemctl", "timedatectl", "chmod", "chown", "rm"), "changes the machine"),
    **dict.fromkeys(("cat", "date", "ls", "readlink"), "is known to everybody"),
    **dict.fromkeys(
        ("env", "TLSCA_PROXY=socks5://name:password@proxy.example:1080"), "is tlsca in another environment"
    ),
    "python": "needs a module that tlsca brings",
}
"""Programs of which a page about a problem has a line that is not run here, and why."""


def problem_lines() -> list[str]:
    page = PAGES["docs/reference/problems.md"]
    return sorted({line for block in code(page) for line in block.content.splitlines() if line.strip()})


def test_the_lines_about_a_problem_are_of_programs_that_are_known():
    programs = {shlex.split(line)[0] for line in problem_lines()}
    assert programs == {"openssl", "tlsca", *FOREIGN}


def openssl_calls() -> Iterator[list[str]]:
    """Yield the words of each call of OpenSSL in those lines, without the program."""
    for line in problem_lines():
        if line.startswith("openssl "):
            for part in re.split(r" </dev/null| \| |; ", line):
                if part.startswith("openssl "):
                    yield shlex.split(part)[1:]


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A directory with the files that those lines name."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    place = tmp_path_factory.mktemp("problems")
    with tlsca.temporary() as ca:
        root, leaf = ca.find("tlsca temporary root"), ca.issue("www.example.com")
        for name in ("leaf", "server", "client", "mail", "responder", "tsa"):
            leaf.export("pem", place / f"{name}.pem")
        for name in ("leaf", "server"):
            leaf.export("key", place / f"{name}.key", clear_key=True)
        for name in ("root", "ca", "chain", "truststore"):
            root.export("pem", place / f"{name}.pem")
        (place / "ca.crl").write_bytes(x509.load_der_x509_crl(root.crl()).public_bytes(Encoding.PEM))
    return place


def test_an_openssl_line_about_a_problem_reads_what_it_names(place):
    for words in openssl_calls():
        if words[0] != "s_client":  # whose output the others read
            with (place / "leaf.pem").open("rb") as served:
                ran = subprocess.run(
                    ["openssl", *words], cwd=place, stdin=served, capture_output=True, timeout=30, check=False
                )
            expected = {0, 2} if words[0] == "verify" else {0}  # it may well say no
            assert ran.returncode in expected, (words, ran.stderr)


def test_an_openssl_line_about_a_host_has_options_that_there_are(place):
    told = subprocess.run(
        ["openssl", "s_client", "-help"], capture_output=True, text=True, timeout=30, check=False
    )
    known = set(re.findall(r"^ +(-\w+)", told.stderr + told.stdout, re.MULTILINE))
    calls = [words for words in openssl_calls() if words[0] == "s_client"]
    assert calls
    assert {word for words in calls for word in words if word.startswith("-")} <= known


# Prose


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command of tlsca that is named within a line, with the page."""
    for name, page in PAGES.items():
        for text in dict.fromkeys(said(page)):
            if re.match(r"tlsca( [^.]|$)", text) and "COMMAND" not in text:
                yield name, text
    for line in problem_lines():
        if line.startswith("tlsca "):
            yield "docs/reference/problems.md", line


@pytest.mark.parametrize(
    ("name", "text"), [pytest.param(*one, id=" in ".join(reversed(one))) for one in commands()]
)
def test_a_command_that_is_named_is_one(name, text):
    words = shlex.split(text.partition(" | ")[0])[1:]
    command: click.Command = root
    while isinstance(command, click.Group) and words:
        context = click.Context(command)
        words = command.make_parser(context).parse_args(words)[1]
        if not words:
            break
        found = command.get_command(context, words.pop(0))
        assert found is not None, f"{name}: {text}"
        command = found
    command.make_parser(click.Context(command)).parse_args(
        [word for word in words if word not in {"[FILTER]", "NAME..."}]
    )


def test_a_program_that_is_exported_for_is_one():
    named = [
        name
        for page in PAGES.values()
        for text in said(page)
        for name in re.findall(r"--for ([a-z][\w.-]*)", text)
    ]
    assert len(named) > 3
    assert set(named) <= set(PROGRAMS)


def test_a_view_that_is_led_to_is_one():
    text = "\n".join(page.read_text("utf-8") for page in PAGES.values())
    led_to = re.findall(r"`[]>]` until \*(\w+)\*", text)
    assert len(led_to) > 2
    assert set(led_to) <= {view.title for view in VIEWS}


def test_a_filter_that_is_shown_asks_for_fields_that_there_are():
    text = "\n".join(page.read_text("utf-8") for page in PAGES.values())
    shown = re.findall(r"""(?:tlsca list |\.list\(|export --tree .*|filter: `)["'`]?([^"'`\n]+)["'`]""", text)
    named = [word for one in shown for word in re.findall(r"\b([a-z]\w*)[:<>]", one)]
    assert len(named) > 5
    assert set(named) <= {*FIELDS, *MOMENTS}


def test_the_readme_leads_to_files_that_there_are():
    named = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


NUMBERS = (
    ("README.md", f"another of {len(PROGRAMS)} programs"),
    ("README.md", f"Up to {MOST:,} certificates"),
    ("README.md", f"locks itself after {Settings(store=Path()).lock_minutes} minutes"),
    ("README.md", f"Argon2id ({STANDARD.memory_kib // 1024} MiB, {STANDARD.passes} passes)"),
    (
        "docs/design/vault.md",
        f"{STANDARD.memory_kib // 1024} MiB of memory, {STANDARD.passes} passes and {STANDARD.lanes} lanes",
    ),
    ("docs/design/vault.md", f"{ROUNDS:,} rounds of PBKDF2, or {PKCS12_ROUNDS:,} in PKCS#12"),
    (
        "docs/security.md",
        f"({STANDARD.memory_kib // 1024} MiB, {STANDARD.passes} passes, {STANDARD.lanes} lanes",
    ),
)
"""What a page counts, in the words that the code has now."""


@pytest.mark.parametrize(("name", "words"), NUMBERS)
def test_a_number_that_is_told_is_that_of_the_code(name, words):
    assert words in PAGES[name].read_text("utf-8")


def keys_that_there_are() -> set[str]:
    keymap = Keymap()
    shown = {key for place in PLACES for act in place.acts for key in keymap.shown(act, most=9).split(" ")}
    return {key.replace("^", "ctrl+") for key in shown} | {"Enter"}


def keys_in_prose() -> Iterator[tuple[str, str]]:
    """Yield the keys that a page tells to press: single signs and named keys in the lines about the app, and the table of the README."""
    for name, page in PAGES.items():
        for line in page.read_text("utf-8").splitlines():
            table = name == "README.md" and re.match(r"\| `\S{1,6}`.* \|.* \|$", line)
            if table or re.match(r"(\*?In the app[,:]|\*\*Press\*\*)", line):
                yield from ((name, key) for key in re.findall(r"`(\S|[A-Z]\w*|F\d+|ctrl\+\w)`", line))


def test_every_key_that_is_told_of_is_one():
    told = list(keys_in_prose())
    assert len({name for name, _ in told}) > 15
    known = {key.casefold() if key[1:] else key for key in keys_that_there_are()}
    assert [(name, key) for name, key in told if (key.casefold() if key[1:] else key) not in known] == []
