"""How much a probe costs beside a bare handshake: prints the ratio of the two, measured in the same run.

Both connect to the same server process on loopback, with a context prepared beforehand, shake hands, read until the session
ticket came, and close. Run it as a program; at most 1.3 is wanted.
"""

import contextlib
import multiprocessing
import select
import socket
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tlsca.probe.handshake import Options, probe
from tlsca.probe.target import parse_target
from tlsca.probe.trust import Trust

NOW = datetime.now(UTC)
ROUNDS = 400
WANTED = 1.3
_MAY = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)
_ISSUES = x509.KeyUsage(**_MAY | {"key_cert_sign": True, "crl_sign": True})
_SIGNS = x509.KeyUsage(**_MAY | {"digital_signature": True})


def certificate(name: str, issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None, *, ca: bool):
    """Return one certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer[1] if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_ISSUES if ca else _SIGNS, critical=True)  # a default context of Python 3.13 is strict
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    return builder.sign(signer, hashes.SHA256()), key


def pem(one: x509.Certificate) -> bytes:
    """Return a certificate in PEM."""
    return one.public_bytes(serialization.Encoding.PEM)


def serve(chain: bytes, version: ssl.TLSVersion, pipe: Connection) -> None:
    """Answer handshakes for ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    with tempfile.NamedTemporaryFile() as file:
        file.write(chain)
        file.flush()
        context.load_cert_chain(file.name)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        pipe.send(listening.getsockname()[1])
        while True:
            connection, _peer = listening.accept()
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)


def bare(context: ssl.SSLContext, port: int) -> None:
    """Shake hands as a program does that wants nothing but the connection, and read as a probe has to."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(sock, server_hostname="localhost") as tls:
            if tls.version() == "TLSv1.3":
                tls.setblocking(False)
                select.select([tls], [], [])
                with contextlib.suppress(ssl.SSLWantReadError):
                    tls.recv(1)


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def compare(version: ssl.TLSVersion, trust: tuple[bytes, ...], port: int) -> float:
    """Return the ratio of medians, probe to bare handshake, taken in turns."""
    context = ssl.create_default_context(cadata=b"".join(trust))
    options = Options(trust=Trust(system=False, roots=trust))
    target = parse_target(f"localhost:{port}", address="127.0.0.1")

    def once() -> None:
        result = probe(target, options, now=NOW)
        assert result.verdict == "trusted", result.problems

    pairs = [(milliseconds(lambda: bare(context, port)), milliseconds(once)) for _ in range(ROUNDS)][20:]
    plain, probed = (statistics.median(column) for column in zip(*pairs, strict=True))
    sys.stdout.write(
        f"{version.name}: bare {plain:.3f} ms, probe {probed:.3f} ms, ratio {probed / plain:.2f}\n"
    )
    return probed / plain


def main() -> int:
    """Compare both versions; the exit status says whether the ratio is as wanted."""
    root = certificate("Root", None, ca=True)
    intermediate = certificate("Intermediate", root, ca=True)
    leaf, key = certificate("localhost", intermediate, ca=False)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    trust = (root[0].public_bytes(serialization.Encoding.DER),)
    ratios = []
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        receiving, sending = multiprocessing.Pipe(duplex=False)
        chain = pem(leaf) + pem(intermediate[0]) + private
        server = multiprocessing.Process(target=serve, args=(chain, version, sending), daemon=True)
        server.start()
        ratios.append(compare(version, trust, receiving.recv()))
        server.terminate()
    return 0 if max(ratios) <= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
