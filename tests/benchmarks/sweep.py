"""How fast many targets are probed beside bare handshakes from as many threads: prints the ratio of the two rates.

A thousand targets on loopback, spread over the ports of a few server processes, sixteen at a time; each side connects, shakes hands,
reads until the session ticket came, and closes. Run it as a program; at least 0.7 is wanted.
"""

import multiprocessing
import ssl
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from cryptography.hazmat.primitives import serialization
from probe import bare, certificate, pem, serve  # the script beside this one

from tlsca.authority.connecting import ProbeForm, prove_many
from tlsca.probe.options import Options
from tlsca.probe.trust import Trust

TARGETS = 1000
JOBS = 16
SERVERS = 16
ROUNDS = 5
WANTED = 0.7


@dataclass(frozen=True)
class Run:
    """One pass over all targets."""

    rate: float
    """Targets a second."""
    cpu_ms: float
    """Milliseconds of this process's processor time for each; the servers are processes of their own."""


def timed(work: Callable[[], object]) -> Run:
    """Do work that does all targets, and return what it took."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return Run(TARGETS / (time.perf_counter() - begun), (time.process_time() - used) * 1000 / TARGETS)


def compare(ports: list[int], root: bytes) -> float:
    """Return the ratio of the rates, sweep to bare: the median of those of the rounds, since other programs come and go."""
    context = ssl.create_default_context(cadata=root)
    every = [ports[number % len(ports)] for number in range(TARGETS)]
    options = Options(trust=Trust(system=False, roots=(root,)))

    def handshakes() -> None:
        with ThreadPoolExecutor(JOBS) as pool:
            list(pool.map(lambda port: bare(context, port), every))

    def probes() -> None:
        form = ProbeForm(target="", address="127.0.0.1")
        targets = (f"localhost:{port}" for port in every)
        for result in prove_many(None, form, targets, options=options, jobs=JOBS):
            assert result.verdict == "trusted", result.problems

    rounds = [(timed(handshakes), timed(probes)) for _ in range(ROUNDS)]
    sys.stdout.write(f"{len(ports)} ports:\n")
    for name, runs in zip(("bare", "sweep"), zip(*rounds, strict=True), strict=True):
        rates, cpu = [run.rate for run in runs], [run.cpu_ms for run in runs]
        sys.stdout.write(
            f"  {name:5}  median {median(rates):.0f}/s, best {max(rates):.0f}/s; "
            f"processor: median {median(cpu):.2f} ms, least {min(cpu):.2f} ms each\n"
        )
    ratios = [probed.rate / plain.rate for plain, probed in rounds]
    sys.stdout.write(f"  ratio  median {median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}\n")
    return median(ratios)


def main() -> int:
    """Start the servers and compare; the exit status says whether the ratio is as wanted."""
    root = certificate("Root", None, ca=True)
    leaf, key = certificate("localhost", root, ca=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ports, running = [], []
    for _ in range(SERVERS):
        ours, theirs = multiprocessing.Pipe()
        chain = pem(leaf) + private
        server = multiprocessing.Process(
            target=serve, args=(chain, ssl.TLSVersion.TLSv1_3, theirs), daemon=True
        )
        server.start()
        running.append(server)
        ports.append(ours.recv())
    try:
        der = root[0].public_bytes(serialization.Encoding.DER)
        ratios = [compare(ports[:1], der), compare(ports, der)]
    finally:
        for server in running:
            server.kill()
    return 0 if ratios[-1] >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
