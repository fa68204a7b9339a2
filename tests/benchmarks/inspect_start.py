"""How long `tlsca inspect FILE` takes, beside a Python that does nothing but load `cryptography.x509`.

    python tests/benchmarks/inspect_start.py [ROUNDS]

Each is a fresh process, the two in turns, so that the ratio does not depend on the machine; the least time of each is what
it takes when nothing else is going on.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tlsca.authority.demo import create_demo

ROOT = Path(__file__).parents[2]
ROUNDS = 25
EXPIRED = "expired.pem"


def milliseconds(command: list[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True)
    return 1000 * (time.perf_counter() - begin)


def certificate(store: Path, file: Path) -> None:
    """Write a certificate such as people look at, and beside it one of which the linter has to say something."""
    desk = create_demo(store)
    for name, place in (("www.home.arpa", file), ("old.home.arpa", file.with_name(EXPIRED))):
        record = next(one for one in desk.ledger.certificates() if name in one.names)
        place.write_bytes(desk.ledger.object_pem(record.sha256))
    desk.close()


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "certificate.pem"
        certificate(Path(temporary) / "store", file)
        environment = {"PATH": os.environ["PATH"], "HOME": temporary}
        commands = {
            "from cryptography import x509": [sys.executable, "-c", "from cryptography import x509"],
            "tlsca inspect FILE": [sys.executable, "-m", "tlsca", "inspect", str(file)],
            "tlsca inspect EXPIRED": [sys.executable, "-m", "tlsca", "inspect", str(file.with_name(EXPIRED))],
            "tlsca inspect FILE --as text": [
                sys.executable,
                "-m",
                "tlsca",
                "inspect",
                str(file),
                "--as",
                "text",
            ],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(milliseconds(command, environment))
    bare = times["from cryptography import x509"]
    for name, taken in times.items():
        sys.stdout.write(
            f"{name:<32} {statistics.median(taken):6.0f} ms median {min(taken):6.0f} ms least"
            f"   ratio {statistics.median(taken) / statistics.median(bare):5.2f} {min(taken) / min(bare):5.2f}\n"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
