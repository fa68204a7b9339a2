"""The matrix: badssl.com's cases on loopback, each with the code that a probe gives it, on TLS 1.2 and 1.3 where both can be.

badssl has hosts for what browsers show; what it lacks (wrong usage, name constraints, path length, late refusals, strict
clients, STARTTLS) stands in the other tests of this directory, and as more rows below.
"""

import ssl
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@dataclass(frozen=True)
class Host:
    """One case: which chain the server sends, how it is set up, and what is to be said of it."""

    name: str
    chain: object
    """A function of the hierarchy and of `issue` that returns the certificates, leaf first."""
    codes: tuple[str, ...] = ()
    verdict: str = "untrusted"
    versions: tuple = (TLS12, TLS13)
    server: dict = field(default_factory=dict)
    probe: dict = field(default_factory=dict)


def sound(it, issue):
    return [it.leaf, it.intermediate]


def leaf(**changes):
    return lambda it, issue: [it.server(**changes), it.intermediate]


def self_signed(it, issue):
    return [issue("localhost", names=["localhost"])]


def untrusted_root(it, issue):
    root = issue("Untrusted Root", ca=True)
    return [issue("localhost", root, names=["localhost"]), root]


def unknown(it, issue):
    return untrusted_root(it, issue)[:1]


def incomplete(it, issue):
    return [it.leaf]


def below(**changes):
    """Return a chain whose intermediate is as `changes` say."""

    def chain(it, issue):
        authority = issue("Another Intermediate", it.root, **({"ca": True} | changes))
        return [issue("localhost", authority, names=["localhost"]), authority]

    return chain


def too_long(it, issue):
    first = issue("First", it.root, ca=True, path_length=0)
    second = issue("Second", first, ca=True)
    return [issue("localhost", second, names=["localhost"]), second, first]


def forged(it, issue):
    return [issue("localhost", it.intermediate, names=["localhost"], signing_key=ec.generate_private_key(ec.SECP256R1())), it.intermediate]  # fmt: skip


def common_name_only(it, issue):
    return [issue("localhost", it.intermediate), it.intermediate]


def sans(count):
    names = [f"a{number}.example" for number in range(count - 1)]
    return leaf(names=(*names, "localhost"))


_UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\5\0")
_RSA = leaf(key=rsa.generate_private_key(65537, 2048))
_SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- that it is short is the point
_CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)

HOSTS = (
    # Certificates
    Host("expired", leaf(days=(-30, -3)), ("expired",)),
    Host("not-yet-valid", leaf(days=(3, 30)), ("not-yet-valid",)),
    Host("wrong.host", leaf(names=("www.example",)), ("hostname-mismatch",)),
    Host("self-signed", self_signed, ("self-signed",)),
    Host("untrusted-root", untrusted_root, ("untrusted-root",)),
    Host("unknown-ca", unknown, ("unknown-ca",)),
    Host("incomplete-chain", incomplete, ("missing-intermediate",)),
    Host("no-common-name", leaf(), (), "trusted"),
    Host("common-name-only", common_name_only, ("common-name-only",)),
    Host("1000-sans", sans(1000), (), "trusted"),
    Host("10000-sans", sans(10000), ("alert",), "failed"),  # OpenSSL's clients take 100 kB of certificates
    Host("ecc256", leaf(key=ec.generate_private_key(ec.SECP256R1())), (), "trusted"),
    Host("ecc384", leaf(key=ec.generate_private_key(ec.SECP384R1())), (), "trusted"),
    Host("rsa2048", _RSA, (), "trusted"),
    Host("rsa1024", leaf(key=_SHORT), ("weak-key",), probe={"legacy": True}),
    Host("long-extended-subdomain", leaf(names=("a." * 60 + "localhost", "localhost")), (), "trusted"),
    Host("expires-soon", leaf(days=(-80, 5)), ("expires-soon",), "trusted"),
    # Authorities
    Host("expired-intermediate", below(days=(-100, -1)), ("expired",)),
    Host("intermediate-that-is-no-ca", below(ca=False), ("issuer-not-ca",)),
    Host("path-too-long", too_long, ("path-too-long",)),
    Host("name-not-permitted", below(permitted=["example.com"]), ("name-not-permitted",)),
    Host("bad-signature", forged, ("bad-signature",)),
    # Usage
    Host("client-certificate-as-server", leaf(extended=_CLIENT), ("wrong-usage",)),
    Host("unknown-critical-extension", leaf(extra=[(_UNKNOWN, True)]), ("unknown-critical-extension",)),
    Host("unknown-extension", leaf(extra=[(_UNKNOWN, False)]), (), "trusted"),
    # Protocols and ciphers
    Host("tls-v1-2", sound, (), "trusted", (TLS12,)),
    Host("tls-v1-0", sound, ("protocol-version",), "failed", (ssl.TLSVersion.TLSv1,)),
    Host("tls-v1-1", sound, ("protocol-version",), "failed", (ssl.TLSVersion.TLSv1_1,)),
    Host("tls-v1-0-with-everything-enabled", sound, (), "trusted", (ssl.TLSVersion.TLSv1,), probe={"legacy": True}),
    Host("static-rsa", _RSA, ("no-shared-cipher",), "failed", (TLS12,), {"ciphers": "AES256-SHA@SECLEVEL=0"}, {"ciphers": "ECDHE+AESGCM"}),
    Host("cbc", _RSA, (), "trusted", (TLS12,), {"ciphers": "ECDHE-RSA-AES128-SHA"}),
    # Several at once: every one of them is told
    Host("expired, wrong.host", leaf(days=(-30, -3), names=("www.example",)), ("expired", "hostname-mismatch")),
    Host(
        "expired, wrong.host, wrong usage, client key too short",
        leaf(days=(-30, -3), names=("www.example",), extended=_CLIENT, key=_SHORT),
        ("expired", "hostname-mismatch", "weak-key", "wrong-usage"),
        probe={"legacy": True},
    ),
    Host(
        "self-signed, expired, wrong.host",
        lambda it, issue: [issue("www.example", names=["www.example"], days=(-30, -3))],
        ("expired", "hostname-mismatch", "self-signed"),
    ),
)  # fmt: skip

CASES = [
    pytest.param(host, version, id=f"{host.name}-{version.name}")
    for host in HOSTS
    for version in host.versions
]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
@pytest.mark.parametrize(("host", "version"), CASES)
def test_each_host_gets_its_codes(serve_tls, look, hierarchy, make, host, version):
    server = serve_tls(host.chain(hierarchy, make), version=version, **host.server)
    known = (hierarchy.intermediate.der,) if host.name == "incomplete-chain" else ()
    result = look(server, known=known, **host.probe)
    assert sorted(problem.code for problem in result.problems) == sorted(host.codes)
    assert result.verdict == host.verdict
    assert all(problem.message and problem.fix for problem in result.problems)
    if result.tls is not None:
        assert result.tls.version == {TLS12: "TLSv1.2", TLS13: "TLSv1.3"}.get(version, result.tls.version)


def test_certificates_beyond_what_openssl_takes_are_told_by_their_size(serve_tls, look, hierarchy, make):
    (problem,) = look(serve_tls(sans(10000)(hierarchy, make))).problems
    assert "larger than" in problem.message
    assert "fewer" in problem.fix


def test_revoked(serve_tls, look, hierarchy, revocation_list):
    lists = (revocation_list(hierarchy.intermediate, hierarchy.leaf), revocation_list(hierarchy.root))
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]), crls=lists)
    assert (result.verdict, [problem.code for problem in result.problems]) == ("untrusted", ["revoked"])


def test_client_cert_missing(serve_tls, look, hierarchy):
    for version in (TLS12, TLS13):
        server = serve_tls(
            [hierarchy.leaf, hierarchy.intermediate], version=version, client_roots=[hierarchy.root]
        )
        assert [problem.code for problem in look(server).problems] == ["client-cert-required"]


def test_every_expiry_in_the_chain_is_seen(serve_tls, look, hierarchy, now):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate]))
    assert [one.not_after - now for one in result.chain_verified] == [
        timedelta(days=90),
        timedelta(days=500),
        timedelta(days=1000),
    ]
