"""Certificates of every kind of wrongness, and real servers on loopback that present them."""

import contextlib
import ipaddress
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tlsca.probe.handshake import Options, Result, probe
from tlsca.probe.target import parse_target
from tlsca.probe.trust import Trust

NOW = datetime.now(UTC).replace(microsecond=0)
_SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def key_usage(*allowed):
    return x509.KeyUsage(**{usage: usage in allowed for usage in _KEY_USAGES})


@dataclass(frozen=True)
class Issued:
    """One certificate with its key."""

    certificate: x509.Certificate
    key: object

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def sha256(self):
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def key_pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def issue(
    name,
    issuer=None,
    *,
    ca=False,
    key=None,
    names=(),
    days=(-1, 90),
    usage=None,
    extended=None,
    path_length=None,
    permitted=(),
    extra=(),
    digest=None,
    authority_key_id=True,
    subject_key_id=True,
    constraints_critical=True,
    signing_key=None,
):
    """Issue one certificate; `names` become SANs, DNS or IP; `days` are counted from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    parent = issuer.certificate.subject if issuer else subject
    signer = signing_key or (issuer.key if issuer else key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    if ca is not None:
        constraints = x509.BasicConstraints(ca=ca, path_length=path_length)
        builder = builder.add_extension(constraints, critical=constraints_critical)
    if usage is None:
        usage = key_usage("key_cert_sign", "crl_sign") if ca else key_usage("digital_signature")
    if usage:
        builder = builder.add_extension(usage, critical=True)
    extended = extended if extended is not None else (() if ca else _SERVER)
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(map(_general, names)), critical=False)
    if permitted:
        tree = x509.NameConstraints(list(map(x509.DNSName, permitted)), None)
        builder = builder.add_extension(tree, critical=True)
    if subject_key_id:
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
    if authority_key_id and issuer:
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(of_issuer, critical=False)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    return Issued(builder.sign(signer, digest or hashes.SHA256()), key)


def _general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@dataclass(frozen=True)
class Hierarchy:
    """A root, an intermediate below it, and a sound server certificate for localhost and the loopback addresses."""

    root: Issued
    intermediate: Issued
    leaf: Issued

    def server(self, **changes):
        wanted = {"names": ("localhost", "127.0.0.1", "::1")} | changes
        return issue("localhost", self.intermediate, **wanted)

    def client(self, name="Alice", **changes):
        wanted = {"extended": (ExtendedKeyUsageOID.CLIENT_AUTH,)} | changes
        return issue(name, self.intermediate, **wanted)


@pytest.fixture(scope="session")
def hierarchy():
    root = issue("Root", ca=True, days=(-100, 1000))
    intermediate = issue("Intermediate", root, ca=True, days=(-100, 500))
    leaf = issue("localhost", intermediate, names=("localhost", "127.0.0.1", "::1"))
    return Hierarchy(root, intermediate, leaf)


class Server:
    """Hands each connection to a function, in a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None], host: str) -> None:
        self._serve = serve
        self._listening = socket.create_server(
            (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.host = host
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = self._listening.accept()
                threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError), connection:
            connection.settimeout(10)
            self._serve(connection)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server: `serve(function_of_a_socket)`."""
    running: list[Server] = []

    def start(function, host="127.0.0.1"):
        running.append(Server(function, host))
        return running[-1]

    yield start
    for server in running:
        server.close()


def server_context(
    chain, *, folder, version=None, client_roots=(), demand=True, ciphers=None, alpn=(), tickets=2, group=None
):
    """Return the context of a server that presents `chain`, leaf first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
    if version:
        context.minimum_version = context.maximum_version = version
    file = folder / f"{os.urandom(8).hex()}.pem"
    file.write_bytes(b"".join(one.pem for one in chain) + chain[0].key_pem)
    context.load_cert_chain(file)
    context.num_tickets = tickets
    if group:
        context.set_ecdh_curve(group)
    if client_roots:
        context.verify_mode = ssl.CERT_REQUIRED if demand else ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=b"".join(root.der for root in client_roots))
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


@pytest.fixture
def serve_tls(serve, tmp_path):
    """Return a function that starts a TLS server: `serve_tls(chain, version=..., client_roots=...)`."""

    def start(chain, *, host="127.0.0.1", before=None, sni_callback=None, **options):
        context = server_context(chain, folder=tmp_path, **options)
        context.sni_callback = sni_callback

        def shake(connection):
            if before:
                before(connection)
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)

        return serve(shake, host)

    return start


@pytest.fixture
def look(hierarchy):
    """Return a function that probes a server, by default as localhost and trusting the hierarchy's root."""

    def probe_it(
        server, *, host="localhost", port=None, target=(), now=NOW, cancelled=None, on_event=None, **changes
    ) -> Result:
        wanted = {"trust": Trust(system=False, roots=(hierarchy.root.der,)), "timeout": 5.0} | changes
        dialled = parse_target(
            f"{host}:{port or server.port}",
            **({"address": server and server.host, "starttls": "none"} | dict(target)),
        )
        return probe(dialled, Options(**wanted), now=now, cancelled=cancelled, on_event=on_event)

    return probe_it


def codes(result: Result) -> list[str]:
    return [problem.code for problem in result.problems]


@pytest.fixture
def make():
    """Return `issue`, which makes one certificate."""
    return issue


@pytest.fixture
def sign_with_sha1(tmp_path):
    """Return a function that issues a certificate signed with SHA-1, which `cryptography` refuses to do."""

    def sign(name, issuer):
        plain = issue(name, names=[name])
        files = {"request.key": plain.key_pem, "issuer.pem": issuer.pem, "issuer.key": issuer.key_pem}
        for file, content in files.items():
            (tmp_path / file).write_bytes(content)
        (tmp_path / "extensions").write_text(f"subjectAltName=DNS:{name}\nauthorityKeyIdentifier=keyid\n")
        _openssl(
            tmp_path, "req", "-new", "-key", "request.key", "-subj", f"/CN={name}", "-out", "request.csr"
        )
        _openssl(
            tmp_path,
            *("x509", "-req", "-sha1", "-in", "request.csr", "-days", "30", "-out", "signed.pem"),
            *("-CA", "issuer.pem", "-CAkey", "issuer.key", "-extfile", "extensions"),
        )
        signed = x509.load_pem_x509_certificate((tmp_path / "signed.pem").read_bytes())
        return Issued(signed, plain.key)

    return sign


def _openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def now():
    return NOW


@pytest.fixture(name="server_context")
def _server_context():
    """Return the function that makes the context of a server."""
    return server_context


@pytest.fixture
def revocation_list():
    """Return a function that makes the CRL (DER) of an issuer, listing some certificates."""

    def make_list(issuer, *revoked, days=(-1, 7)):
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(NOW + timedelta(days=days[0]))
            .next_update(NOW + timedelta(days=days[1]))
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder(one.certificate.serial_number, NOW - timedelta(hours=1))
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    return make_list
