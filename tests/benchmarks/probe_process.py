"""How long a whole `tlsca probe` takes beside `sslyze --certinfo` and `openssl s_client`: prints the ratios, measured in the same run.

Each is a process of its own against the same server on loopback, in turns. sslyze is not a dependency: where it is not on PATH
(or named in SSLYZE), that line is left out. Run it as a program; at most 1.0 of sslyze is wanted.
"""

import multiprocessing
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from probe import certificate, pem, serve  # the script beside this one

ROUNDS = 9
WANTED = 1.0


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Return how long a process takes."""
    begun = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment)
    return time.perf_counter() - begun


def main() -> int:
    """Measure every tool that is there; the exit status says whether the ratio to sslyze is as wanted."""
    root = certificate("Root", None, ca=True)
    leaf, key = certificate("localhost", root, ca=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    receiving, sending = multiprocessing.Pipe(duplex=False)
    chain = pem(leaf) + private
    server = multiprocessing.Process(target=serve, args=(chain, ssl.TLSVersion.TLSv1_3, sending), daemon=True)
    server.start()
    place = f"localhost:{receiving.recv()}"
    with tempfile.TemporaryDirectory() as folder:
        trusted = Path(folder) / "root.pem"
        trusted.write_bytes(pem(root[0]))
        tools = {
            "tlsca probe": [
                str(Path(sys.executable).parent / "tlsca"),
                "probe",
                place,
                "--trust",
                str(trusted),
            ],
            "openssl s_client": ["openssl", "s_client", "-connect", place, "-CAfile", str(trusted)],
        }
        sslyze = os.environ.get("SSLYZE") or shutil.which("sslyze")
        if sslyze:
            tools["sslyze --certinfo"] = [sslyze, "--certinfo", place]
        environment = os.environ | {"TLSCA_STORE": str(Path(folder) / "none")}
        rounds = [[seconds(command, environment) for command in tools.values()] for _ in range(ROUNDS)]
    server.kill()
    medians = dict(zip(tools, map(statistics.median, zip(*rounds, strict=True)), strict=True))
    ours = medians["tlsca probe"]
    for name, took in medians.items():
        sys.stdout.write(f"{name}: {took * 1000:.0f} ms, tlsca takes {ours / took:.2f} times that\n")
    return 0 if ours <= WANTED * medians.get("sslyze --certinfo", ours) else 1


if __name__ == "__main__":
    sys.exit(main())
