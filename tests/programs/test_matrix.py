"""A sample of the matrix: what its README says of a program is what that program does."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("tlsca_program_matrix", HERE / "matrix.py")


@pytest.fixture(scope="module")
def matrix():
    made = importlib.util.module_from_spec(_SPEC)
    sys.modules[_SPEC.name] = made  # dataclasses look their module up
    _SPEC.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def said():
    """What the README says, by format, kind and program."""
    rows = [
        [cell.strip(" `") for cell in line.strip("|\n").split("|")]
        for line in (HERE / "README.md").read_text().splitlines()
        if line.startswith("| ")
    ]
    (_, _, *programs), _, *rows = rows
    return {
        (form, kind, program): told
        for form, kinds, *answers in rows
        for kind in re.split(r",\s*", kinds)
        for program, told in zip(programs, answers, strict=True)
    }


@pytest.mark.parametrize("kind", ["ec-p256", "ed25519"])
def test_programs_read_what_the_readme_says(matrix, said, tmp_path, kind):
    present = [one for one in matrix.PROGRAMS if one.name != "Java" and shutil.which(one.needs)]
    forms = [form for form in matrix.FOR_PROGRAMS if form != "pkcs12-compatible"]
    found = matrix.measure(matrix.cases(tmp_path, [kind], forms), present)
    assert matrix.surprises(found, present) == []
    measured = (HERE / "README.md").read_text().splitlines()
    others = {one.name for one in present if f"- {matrix.version_of(one)}" not in measured}
    # A later program may read what an earlier one could not.
    learnt = {key for key, told in found.items() if key[2] in others and (said[key], told) == ("no", "yes")}
    assert {key: told for key, told in found.items() if key not in learnt} == {
        key: said[key] for key in found if key not in learnt
    }


def test_the_readme_knows_every_format_and_kind(matrix, said):
    assert {(form, kind) for form, kind, _ in said} == {
        (form, kind) for form in matrix.FOR_PROGRAMS for kind in matrix.KINDS
    }
