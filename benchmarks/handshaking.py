"""One TLS server on loopback, and what programs take until they have said what is to be said of it.

They do not do the same: what each looks at is in the table, and a program that tries every cipher suite has to take longer.
"""

import contextlib
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench import PASSPHRASE, TLSCA, Bench
from contest import Contender, Contest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tlsca.authority.connecting import ProbeForm, options_of, prove
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store

ROUNDS = 5
_HANDSHAKES = 20


class _Greeter(socketserver.BaseRequestHandler):
    """Shakes hands, waits for one octet, and closes."""

    context: ssl.SSLContext

    def handle(self) -> None:
        self.request.settimeout(5)
        with (
            contextlib.suppress(OSError),
            self.context.wrap_socket(self.request, server_side=True) as connection,
        ):
            connection.recv(1)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


@contextlib.contextmanager
def serving(bench: Bench) -> Iterator[int]:
    """Serve a certificate of a root in `root.pem` on 127.0.0.1, and yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_identity(bench))
    handler = type("Greeter", (_Greeter,), {"context": context})
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _identity(bench: Bench) -> Path:
    """Write the root, and the certificate and key of localhost into one file."""
    desk = create_store(bench.directory / "served", PASSPHRASE)
    root = create_authority(desk, AuthorityForm(name="Root")).record
    record = issue(desk, CertificateForm(names=("localhost", "127.0.0.1"))).record
    bench.directory.joinpath("root.pem").write_bytes(desk.certificate(root).public_bytes(Encoding.PEM))
    key = desk.private_key(record).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = bench.directory / "localhost.pem"
    file.write_bytes(desk.certificate(record).public_bytes(Encoding.PEM) + key)
    desk.close()
    return file


def one_handshake(bench: Bench, port: int) -> Contest:
    """Return the contest of what says whether a client would trust the server, and why not."""
    root, place = bench.directory / "root.pem", f"localhost:{port}"
    client = ("s_client", "-connect", place, "-servername", "localhost", "-verify_hostname", "localhost")
    only = ("--mozilla_config", "disable", "--certinfo", "--certinfo_ca_file", root)
    defaults = ("--color", "0", "--warnings", "off", "--nodns", "none", "-S", "--add-ca", root)
    return Contest(
        title="Diagnose a handshake",
        about="A server on loopback, whose certificate is good by a root that is given. What is timed is the whole process, from nothing to the verdict.",
        unit="verdict",
        rounds=ROUNDS,
        contenders=(
            Contender(
                name="tlsca probe",
                does="one handshake: chain, name, times, every problem with its fix",
                act=lambda: bench.seconds(
                    (*TLSCA, "probe", place, "--trust", root), expects="✔ trusted".encode()
                ),
            ),
            Contender(
                name="tlsca, in process",
                does="the same in the open app",
                act=lambda: _in_process(place, root),
                units=_HANDSHAKES,
            ),
            Contender(
                name="openssl s_client",
                does="one handshake: chain and name, the first error as a number",
                act=bench.act_of(
                    "openssl",
                    lambda path: (
                        lambda: bench.seconds(
                            (path, *client, "-CAfile", root, "-verify_return_error"),
                            expects=b"Verify return code: 0 (ok)",
                        )
                    ),
                ),
            ),
            Contender(
                name="sslyze --certinfo",
                does="several handshakes: chain by the root and five trust stores, name, OCSP staple",
                act=bench.act_of(
                    "sslyze",
                    lambda path: (
                        lambda: bench.seconds((path, *only, place), expects=b"OK - Certificate is trusted")
                    ),
                ),
            ),
            Contender(
                name="testssl.sh -S",
                does="many handshakes: chain, name, times, extensions, session tickets",
                act=bench.act_of(
                    "testssl",
                    lambda path: lambda: bench.seconds((path, *defaults, place), expects=b"Chain of trust"),
                ),
                slow=True,
            ),
        ),
    )


def everything_accepted(bench: Bench, port: int) -> Contest:
    """Return the contest of what finds out which versions, cipher suites and groups the server accepts."""
    root, place = bench.directory / "root.pem", f"localhost:{port}"
    versions = ("--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3", "--elliptic_curves")
    return Contest(
        title="Find out what a server accepts",
        about="The same server, by as many handshakes as a program thinks fit.",
        unit="server",
        rounds=ROUNDS,
        contenders=(
            Contender(
                name="tlsca probe --enumerate",
                does="versions, suites and groups that the local OpenSSL can offer, and the verdict",
                act=lambda: bench.seconds(
                    (*TLSCA, "probe", "--enumerate", place, "--trust", root), expects="✔ trusted".encode()
                ),
            ),
            Contender(
                name="sslyze",
                does="versions from SSL 3.0 on, suites and curves, with its own OpenSSLs",
                act=bench.act_of(
                    "sslyze",
                    lambda path: (
                        lambda: bench.seconds(
                            (path, "--mozilla_config", "disable", *versions, place),
                            expects=b"TLS 1.3 Cipher Suites",
                        )
                    ),
                ),
            ),
            Contender(
                name="testssl.sh -p",
                does="versions alone, from SSL 2.0 on, without a library",
                act=bench.act_of(
                    "testssl",
                    lambda path: (
                        lambda: bench.seconds(
                            (path, "--color", "0", "--warnings", "off", "--nodns", "none", "-p", place),
                            expects=b"TLS 1.3",
                        )
                    ),
                ),
                slow=True,
            ),
        ),
    )


def _in_process(place: str, root: Path) -> float:
    form = ProbeForm(target=place, trust=(str(root),))
    begun = time.perf_counter()
    for _ in range(_HANDSHAKES):
        prove(None, form, options=options_of(None, form))
    return time.perf_counter() - begun
