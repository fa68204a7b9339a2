"""The reference pages are what the code says, and leave nothing out."""

import re
import runpy
from pathlib import Path

import pytest

import tlsca
from tlsca.cli.manual import ENVIRONMENT

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(not (DOCS / "make.py").exists(), reason="the pages stand in the source tree")


@pytest.fixture(scope="module")
def make():
    return runpy.run_path(str(DOCS / "make.py"))


def test_the_pages_are_written_anew_when_the_code_changes(make):
    stale = [
        name
        for name, text in make["made"]().items()
        if not (DOCS / "reference" / name).exists() or (DOCS / "reference" / name).read_text("utf-8") != text
    ]
    assert stale == [], "run: python docs/make.py"


def test_every_setting_says_what_it_does(make):
    rows = re.findall(r"^\| `(\w+)` \| .+? \| (.*) \|$", make["made"]()["configuration.md"], re.MULTILINE)
    assert len(rows) > 10
    assert [name for name, does in rows if not does.strip()] == []


def test_every_variable_that_the_code_reads_is_told_of():
    read = {
        name
        for path in Path(tlsca.__file__).parent.rglob("*.py")
        for name in re.findall(r"\bTLSCA_[A-Z_]+\b", path.read_text("utf-8"))
    }
    told = {name for name, _ in ENVIRONMENT if name.startswith("TLSCA_")}
    assert read == told
