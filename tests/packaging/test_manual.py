"""The manual page: current, complete, and in the language that its readers understand."""

import shutil
import subprocess
from pathlib import Path

import click
import pytest

from tlsca.cli.command import root

PAGE = Path(__file__).parents[2] / "man" / "tlsca.1"


def read_with(*words: str) -> str:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    ran = subprocess.run(
        [*words, str(PAGE)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": "/usr/bin:/bin"},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_page_that_is_installed_is_the_one_that_tlsca_prints(done):
    """`tlsca man > man/tlsca.1` makes it anew."""
    assert done("man").text == PAGE.read_text()


def test_it_tells_of_every_command():
    page = PAGE.read_text()
    context = click.Context(root)
    for name in root.list_commands(context):
        assert f'.SS "tlsca {name}' in page


def test_it_is_ascii_without_requests_that_nobody_made():
    text = PAGE.read_text()
    assert text.isascii()
    requests = {line.split()[0] for line in text.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".BR"}


def test_man_shows_it():
    shown = read_with("man", "-l")
    assert "tlsca - a certificate authority that fits in a terminal" in shown
    assert "tlsca ca create [OPTIONS] NAME" in shown


def test_groff_finds_no_fault_in_it():
    read_with("groff", "-man", "-Tutf8", "-z", "-wmac", "-wsyntax", "-wescape", "-wmissing")


def test_mandoc_finds_no_error_in_it():
    read_with("mandoc", "-Tlint", "-Werror")
