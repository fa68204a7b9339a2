"""tlsca beside what people would take instead: issuing, diagnosing, inspecting, starting, and how the store grows.

    python benchmarks/run.py [--quick] [--fetch] [--only CONTEST]

Prints a table of each, and writes the page `docs/benchmarks.md` with its plot; see there for what is measured and how.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parents[1]))
sys.path.insert(2, str(Path(__file__).parents[1] / "tests" / "benchmarks"))

import growing
import handshaking
import inspecting
import issuing
import page
import plot
import programs
import starting
from bench import ROOT, Bench
from contest import Contest, Outcome, hold
from growing import Curves
from platformdirs import user_cache_path


def _handshakes(bench: Bench) -> Iterator[Contest]:
    with handshaking.serving(bench) as port:
        yield handshaking.one_handshake(bench, port)
        yield handshaking.everything_accepted(bench, port)


CONTESTS: dict[str, Callable[[Bench], Iterator[Contest]]] = {
    "issue": lambda bench: iter([issuing.contest(bench)]),
    "handshake": _handshakes,
    "inspect": lambda bench: iter(inspecting.contests(bench)),
    "start": lambda bench: iter([starting.contest(bench)]),
}
GROWTH = "growth"


def main(chosen: argparse.Namespace) -> None:
    """Measure, print, and write the page where all of it was measured thoroughly."""
    if chosen.fetch:
        programs.fetch(chosen.cache)
    with tempfile.TemporaryDirectory(prefix="tlsca-benchmarks-", dir=chosen.directory) as temporary:
        bench = Bench(Path(temporary), programs.found(chosen.cache), chosen.quick)
        outcomes = [_told(hold(one, quick=chosen.quick)) for one in _chosen(bench, chosen.only)]
        curves = _told_growth(growing.measured(bench)) if chosen.only in {None, GROWTH} else None
        if curves and not chosen.only and (chosen.docs or not chosen.quick):
            _write(chosen.docs or ROOT / "docs", outcomes, curves, bench)


def _chosen(bench: Bench, only: str | None) -> Iterator[Contest]:
    for name, contests in CONTESTS.items():
        if only in {None, name}:
            yield from contests(bench)


def _told(outcome: Outcome) -> Outcome:
    sys.stdout.writelines(f"{line}\n" for line in page.lines(outcome))
    sys.stdout.flush()
    return outcome


def _told_growth(curves: Curves) -> Curves:
    sys.stdout.writelines(f"{line}\n" for line in page.growth_lines(curves))
    return curves


def _write(docs: Path, outcomes: list[Outcome], curves: Curves, bench: Bench) -> None:
    written = page.page(outcomes, curves, bench.programs.values(), bench.directory)
    (docs / "benchmarks.md").write_text(written, encoding="utf-8")
    (docs / page.PLOT).write_text(plot.plot(curves), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure tlsca beside what people would take instead.")
    parser.add_argument("--quick", action="store_true", help="one round of everything, in small")
    parser.add_argument(
        "--fetch", action="store_true", help="install sslyze, posting and harlequin into the cache first"
    )
    parser.add_argument("--only", choices=[*CONTESTS, GROWTH], help="one contest alone")
    parser.add_argument(
        "--docs", type=Path, help="where to write the page; docs, and nowhere for a quick run"
    )
    parser.add_argument("--directory", type=Path, help="where temporary files go: the disk that is measured")
    cache = user_cache_path("tlsca") / "benchmarks"
    parser.add_argument("--cache", type=Path, default=cache, help="where --fetch installs")
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
