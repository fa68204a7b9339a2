"""What the text of one certificate costs, beside loading it with `cryptography` and beside a process of `openssl`.

    python tests/benchmarks/dump.py [DIRECTORY]

Takes the certificates of cryptography-vectors, or the PEM files of a directory. Each is printed in these ways in turn, so
that the ratios do not depend on what else the machine is doing.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cryptography import x509

from tlsca.errors import Unreadable
from tlsca.pki.dump import certificate_text

PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
PROCESSES = 100


def certificates(directory: Path) -> Iterator[bytes]:
    for path in sorted(directory.rglob("*")):
        if path.suffix == ".crt" and path.read_bytes()[:1] == b"\x30":
            yield path.read_bytes()
        elif path.is_file():
            yield from (b64decode(match[1]) for match in PEM.finditer(path.read_bytes()))


def milliseconds(act: Callable[..., object], *arguments: object) -> float:
    begin = time.perf_counter()
    act(*arguments)
    return 1000 * (time.perf_counter() - begin)


def is_printed(der: bytes) -> bool:
    """Whether both readers take a certificate; the broken ones among the vectors are no measure."""
    try:
        certificate_text(der)
        x509.load_der_x509_certificate(der)
    except (Unreadable, ValueError, x509.InvalidVersion):
        return False
    return True


def safe_text(der: bytes) -> bytes:
    return certificate_text(der, safe=True)


WAYS: dict[str, Callable[[bytes], object]] = {
    "certificate_text": certificate_text,
    "certificate_text, safe": safe_text,
    "cryptography, loading alone": x509.load_der_x509_certificate,
}


def run(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=False)


def report(label: str, times: list[float]) -> None:
    median, worst = statistics.median(times), max(times)
    sys.stdout.write(f"{label:<40} {median:8.3f} ms median {worst:8.3f} ms at most\n")


def main() -> None:
    warnings.simplefilter("ignore")  # cryptography's, about the certificates it will refuse one day
    if len(sys.argv) > 1:
        directory = Path(sys.argv[1])
    else:
        import cryptography_vectors

        directory = Path(cryptography_vectors.__file__).parent / "x509"
    ders = list(filter(is_printed, certificates(directory)))
    sys.stdout.write(f"{len(ders)} certificates of {directory.name}\n")
    times: dict[str, list[float]] = {label: [] for label in WAYS}
    for der in ders:
        for label, act in WAYS.items():
            times[label].append(milliseconds(act, der))
    with tempfile.NamedTemporaryFile() as file:
        command = ["openssl", "x509", "-inform", "DER", "-in", file.name, "-noout", "-text"]
        for der in ders[:: max(1, len(ders) // PROCESSES)]:
            Path(file.name).write_bytes(der)
            times.setdefault("openssl x509 -text, a process each", []).append(milliseconds(run, command))
    for label, taken in times.items():
        report(label, taken)


if __name__ == "__main__":
    main()
