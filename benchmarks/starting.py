"""From the start of an app until the first of its own words is on the terminal: each a fresh process on a pseudo-terminal."""

from pathlib import Path

from bench import Bench
from contest import Act, Contender, Contest, Failed
from first_frame import TLSCA, seconds_until
from programs import python_of

from tlsca.authority.demo import create_demo

ROUNDS = 5


def contest(bench: Bench) -> Contest:
    """Return the contest; the store is that of the demonstration."""
    store = bench.directory / "demo"
    create_demo(store).close()
    ours = bench.environment | {"TLSCA_STORE": str(store)}
    return Contest(
        title="Start the app",
        about="A terminal of 80 x 24, until the first of the app's own words is drawn. All three are made with Textual;"
        " XCA and KeyStore Explorer are graphical and have no such moment.",
        unit="start",
        rounds=ROUNDS,
        contenders=(
            Contender(
                name="tlsca",
                does="a certificate authority: the head of its table",
                act=lambda: seconds_until(b"STATE", TLSCA, ours),
            ),
            Contender(
                name="posting",
                does="a client for HTTP: the title of its first pane",
                act=bench.act_of("posting", lambda path: _app(bench, path, b"Collection")),
            ),
            Contender(
                name="harlequin",
                does="a client for SQL: the title of its first pane",
                act=bench.act_of(
                    "harlequin", lambda path: _app(bench, path, b"Data Catalog", "--locale", "C")
                ),
            ),
        ),
    )


def _app(bench: Bench, script: Path, text: bytes, *arguments: str) -> Act:
    """Return what starts the script that pip made for an app."""
    program = f"import sys; sys.argv += {arguments!r}\n{script.read_text()}"

    def act() -> float:
        try:
            return seconds_until(text, program, bench.environment, python=python_of(script))
        except (OSError, SystemExit) as error:  # the terminal was left, or nothing came
            raise Failed(f"did not draw {text.decode()!r}") from error

    return act
