"""The comparison with other programs tells the truth about what it measured and about what it could not."""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "benchmarks" / "run.py"
BROKEN = "#!/bin/sh\necho 'this mkcert is broken' >&2\nexit 3\n"
MEASURED = (
    "tlsca issue",
    "tlsca issue --from-csv",
    "tlsca probe",
    "tlsca probe --enumerate",
    "tlsca inspect",
    "tlsca",
    "openssl req, openssl ca",
    "openssl s_client",
    "openssl x509 -text",
    "openssl storeutl -text",
)


@pytest.fixture(scope="session")
def written(once):
    """A quick run on a machine that has openssl, and a mkcert that does not work."""
    with once("comparison") as (directory, is_new):
        if is_new:
            _compare(directory)
    return directory / "docs"


def _compare(directory):
    programs, docs = directory / "bin", directory / "docs"
    for one in (directory, programs, docs):
        one.mkdir()
    for name in ("openssl", "stat"):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        (programs / name).symlink_to(found)
    (programs / "mkcert").write_text(BROKEN)
    (programs / "mkcert").chmod(0o755)
    subprocess.run(
        [sys.executable, RUN, "--quick", "--cache", directory / "none", "--docs", docs],
        env={**os.environ, "PATH": str(programs)},
        stdout=subprocess.DEVNULL,
        timeout=170,
        check=True,
    )


@pytest.fixture(scope="session")
def rows(written):
    """The cells of every row of every table, by the program that it is about."""
    lines = (written / "benchmarks.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[1:] for row in cells}


@pytest.mark.parametrize("program", MEASURED)
def test_what_is_there_is_measured(rows, program):
    _does, least, median, rate, beside, rounds = rows[program]
    assert least == median
    assert float(rate.replace(",", "")) > 0
    assert float(beside) > 0
    assert rounds == "1"


@pytest.mark.parametrize("program", ["certtool", "sslyze", "sslyze --certinfo", "testssl.sh -S", "posting"])
def test_what_is_not_installed_is_named_and_has_no_numbers(rows, program):
    assert rows[program][1:] == ["not installed", "", "", "", ""]


def test_what_does_not_work_says_why_and_has_no_numbers(rows):
    assert rows["mkcert -ecdsa"][1:] == ["failed with 3: this mkcert is broken", "", "", "", ""]


def test_the_plot_has_a_point_for_each_store_act_and_size(written):
    drawing = (written / "benchmarks.svg").read_text()
    told = re.findall(r"<circle[^>]+><title>([^<]+)</title></circle>", drawing)
    assert len(told) == 3 * 3 * 2
    assert {text.partition(":")[0] for text in told} == {"tlsca", "TinyDB", "SQLite"}


def test_the_page_names_neither_the_machine_nor_a_path_of_it(written):
    page = (written / "benchmarks.md").read_text()
    assert f" {platform.node()} " not in page
    assert str(written.parent) not in page
    assert str(RUN.parents[1]) not in page
