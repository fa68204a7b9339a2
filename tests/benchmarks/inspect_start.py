"""How long `tlsca inspect FILE` takes, beside a Python that does nothing but load `cryptography.x509`.

    python tests/benchmarks/inspect_start.py [ROUNDS]

Each is a fresh process, all in turns, so that the ratio does not depend on the machine; the least time of each is what it takes when
nothing else is going on. Processor time says more on a machine that is busy.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

ROOT = Path(__file__).parents[2]
ROUNDS = 25
SHA256_WITH_RSA, SHA1_WITH_RSA = (bytes.fromhex(f"2a864886f70d0101{last}") for last in ("0b", "05"))
BARE = "from cryptography import x509"
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return milliseconds by the clock and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True)
    took = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * took, 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def certificate(*, key: object, begin: datetime = TODAY, days: int = 90, san: bool = True) -> bytes:
    """Return the DER of a server's certificate such as people look at."""
    issuing = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "www.example.com")])
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Example Issuing CA")])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage, True),
        (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), False),
    ]
    if san:
        extensions.append((x509.SubjectAlternativeName([x509.DNSName("www.example.com")]), False))
    builder = x509.CertificateBuilder(
        issuer, subject, key, x509.random_serial_number(), begin, begin + timedelta(days=days)
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(issuing, hashes.SHA256()).public_bytes(Encoding.DER)


def certificates() -> Iterator[tuple[str, bytes]]:
    """Yield one with which nothing is wrong, then one for each thing that is wrong most often."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    weak = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 -- to be found weak
    yield "sound", certificate(key=key)
    yield "expired", certificate(key=key, begin=TODAY - timedelta(days=120))
    yield (
        "sha-1",
        certificate(key=key).replace(SHA256_WITH_RSA, SHA1_WITH_RSA),
    )  # the signature is not looked at
    yield "no-san", certificate(key=key, san=False)
    yield "weak-rsa", certificate(key=weak)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        environment = {"PATH": os.environ["PATH"], "HOME": temporary}
        commands = {BARE: [sys.executable, "-c", BARE]}
        for name, der in certificates():
            file = Path(temporary) / f"{name}.der"
            file.write_bytes(der)
            commands[f"tlsca inspect {name}"] = [sys.executable, "-m", "tlsca", "inspect", str(file)]
        commands["tlsca inspect sound --as text"] = [
            *commands["tlsca inspect sound"],
            "--as",
            "text",
        ]
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                figures[name].append(measured(command, environment))
    bare = [min(column) for column in zip(*figures[BARE], strict=True)]
    for name, taken in figures.items():
        clock, processor = (list(column) for column in zip(*taken, strict=True))
        sys.stdout.write(
            f"{name:<32} {statistics.median(clock):6.0f} ms median {min(clock):6.0f} ms least {min(processor):6.0f} ms processor"
            f"   ratio of the least {min(clock) / bare[0]:5.2f}, of the processor's {min(processor) / bare[1]:5.2f}\n"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
