"""What strangers install: the built wheel in an empty environment, with everything that the program reads in it.

It builds and installs for real, which takes most of half a minute; everything here looks at that one installation.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

import tlsca

ROOT = Path(__file__).parents[2]
PACKAGE = Path(tlsca.__file__).parent
PASSPHRASE = "correct horse battery staple"
pytestmark = [
    pytest.mark.skipif(
        find_spec("build") is None or find_spec("hatchling") is None or find_spec("pip") is None,
        reason="build, hatchling and pip are not installed",
    ),
    pytest.mark.timeout(600),  # whoever comes second waits for what the first installs
]


def run(*words, place: Path, **environment: str) -> str:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("TLSCA_", "PYTHON"))
    }
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=place,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout


@pytest.fixture(scope="session")
def built(once):
    """The directory that holds the sdist, and the wheel that was built from it."""
    with once("dist") as (place, is_new):
        if is_new:
            run(sys.executable, "-m", "build", "--no-isolation", "--outdir", place, ROOT, place=place.parent)
    return place


@pytest.fixture(scope="session")
def wheel(built):
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def programs(wheel, once):
    """The directory of programs of an environment in which the wheel, and what it needs, is all there is."""
    with once("venv") as (place, is_new):
        if is_new:
            venv.create(place)
            pip = [sys.executable, "-m", "pip", "--python", place / "bin" / "python"]
            run(*pip, "install", "--quiet", "--no-compile", wheel, place=place.parent)
    return place / "bin"


def test_the_wheel_holds_all_that_the_package_holds(wheel):
    packed = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not here - packed
    assert "tlsca/py.typed" in packed
    assert any(name.endswith("/licenses/LICENSE") for name in packed)
    assert any(name.endswith("/share/man/man1/tlsca.1") for name in packed)


def test_the_sdist_can_be_tested(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "tlsca/__main__.py",
        "tests/conftest.py",
        ".ci/run",
    } <= names


def test_both_ways_to_start_it_are_the_same(programs, tmp_path):
    for words in ([programs / "tlsca"], [programs / "python", "-m", "tlsca"]):
        assert run(*words, "--version", place=tmp_path) == f"tlsca {tlsca.__version__}\n"


def test_the_story_is_true_of_what_is_installed(programs, tmp_path, openssl):
    told = {"TLSCA_STORE": str(tmp_path / "store"), "TLSCA_PASSPHRASE": PASSPHRASE, "HOME": str(tmp_path)}

    def story(*words: str) -> str:
        return run(programs / "tlsca", *words, place=tmp_path, **told)

    story("init")
    story("ca", "create", "My Root")
    story("issue", "localhost", "127.0.0.1")
    story("export", "My Root", "--as", "pem", "--out", "root.pem")
    story("export", "localhost", "--as", "pem", "--out", "localhost.pem")
    assert "valid" in story("list")
    proved = openssl(
        "verify",
        "-CAfile",
        tmp_path / "root.pem",
        "-verify_hostname",
        "localhost",
        tmp_path / "localhost.pem",
    )
    assert proved.endswith(b"localhost.pem: OK\n")


def test_pipx_runs_the_wheel(wheel, tmp_path):
    pipx = shutil.which("pipx", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if pipx is None:
        pytest.skip("pipx is not installed")
    told = run(
        pipx, "run", "--spec", wheel, "tlsca", "--version", place=tmp_path, PIPX_HOME=str(tmp_path / "pipx")
    )
    assert told.endswith(f"tlsca {tlsca.__version__}\n")


def test_uvx_runs_the_wheel(wheel, tmp_path):
    uvx = shutil.which("uvx", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uvx is None:
        pytest.skip("uvx is not installed")
    told = run(uvx, "--from", wheel, "tlsca", "--version", place=tmp_path, HOME=str(tmp_path))
    assert told.endswith(f"tlsca {tlsca.__version__}\n")
