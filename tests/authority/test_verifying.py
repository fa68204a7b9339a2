"""Verify says yes where `openssl verify -x509_strict` does, over chains that are sound or broken in one place."""

import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tlsca.authority.verifying import VerifyForm, verify
from tlsca.errors import NotAnIdentity, NotFound, Unreadable, UsageError

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
SERVER, CLIENT, EMAIL = (
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
)
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "between", "leaf", "other")}
BITS = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def usage(*bits):
    return x509.KeyUsage(**{bit: bit in bits for bit in BITS})


@dataclass
class Made:
    """How one certificate of a chain of three differs from a sound one."""

    key: str
    signer: str
    subject: str
    issuer: str
    ca: bool = True
    days: tuple[int, int] = (-100, 100)
    names: tuple[str, ...] = ()
    key_usage: tuple[str, ...] | None = None
    extended: tuple = ()
    path_length: int | None = None
    constraints: x509.NameConstraints | None = None
    critical: bool = True
    identifiers: bool = True
    signed_with: str | None = None
    serial: int = field(default_factory=x509.random_serial_number)

    def sign(self):
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(self.subject))
            .issuer_name(named(self.issuer))
            .public_key(KEYS[self.key].public_key())
            .serial_number(self.serial)
            .not_valid_before(NOW + timedelta(days=self.days[0]))
            .not_valid_after(NOW + timedelta(days=self.days[1]))
        )
        for value, critical in self.extensions():
            builder = builder.add_extension(value, critical=critical)
        return builder.sign(KEYS[self.signed_with or self.signer], hashes.SHA256())

    def extensions(self):
        yield x509.BasicConstraints(self.ca, self.path_length), self.critical
        bits = ("key_cert_sign", "crl_sign") if self.ca else ("digital_signature",)
        if self.key_usage != ():
            yield usage(*(self.key_usage or bits)), True
        if self.extended:
            yield x509.ExtendedKeyUsage(self.extended), False
        if self.names:
            yield x509.SubjectAlternativeName([x509.DNSName(name) for name in self.names]), False
        if self.constraints:
            yield self.constraints, True
        if self.identifiers:
            yield x509.SubjectKeyIdentifier.from_public_key(KEYS[self.key].public_key()), False
            signer = KEYS[self.signer].public_key()
            yield x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), False


def named(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])


def chain(leaf=None, between=None, root=None):
    """A leaf, an intermediate and a root, each sound but for what is given."""
    return [
        Made(
            **{
                "key": "leaf",
                "signer": "between",
                "subject": "www.example.com",
                "issuer": "Between",
                "ca": False,
                "names": ("www.example.com",),
                "extended": (SERVER,),
                **(leaf or {}),
            }
        ),
        Made(
            **{"key": "between", "signer": "root", "subject": "Between", "issuer": "Root", **(between or {})}
        ),
        Made(**{"key": "root", "signer": "root", "subject": "Root", "issuer": "Root", **(root or {})}),
    ]


def crl(signer, issuer, *serials, days=(-1, 7)):
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(named(issuer))
        .last_update(NOW + timedelta(days=days[0]))
        .next_update(NOW + timedelta(days=days[1]))
    )
    for serial in serials:
        entry = x509.RevokedCertificateBuilder(serial, NOW - timedelta(hours=1), [])
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(KEYS[signer], hashes.SHA256()).public_bytes(Encoding.PEM)


def permitted(*names):
    return x509.NameConstraints([x509.DNSName(name) for name in names], None)


def excluded(*names):
    return x509.NameConstraints(None, [x509.DNSName(name) for name in names])


CASES = {
    "sound": ({}, {}),
    "for its name": ({}, {"names": ("www.example.com",)}),
    "for a server": ({}, {"purpose": "server"}),
    "for another name": ({}, {"names": ("other.example.com",)}),
    "for an address": ({}, {"names": ("10.0.0.1",)}),
    "for a client": ({}, {"purpose": "client"}),
    "for mail": ({}, {"purpose": "email"}),
    "mail": ({"leaf": {"extended": (EMAIL,)}}, {"purpose": "email"}),
    "client": ({"leaf": {"extended": (CLIENT,)}}, {"purpose": "client"}),
    "mail below TLS": (
        {"leaf": {"extended": (EMAIL,)}, "between": {"extended": (SERVER,)}},
        {"purpose": "email"},
    ),
    "server below client": ({"between": {"extended": (CLIENT,)}}, {"purpose": "server"}),
    "expired leaf": ({"leaf": {"days": (-100, -1)}}, {}),
    "expired intermediate": ({"between": {"days": (-100, -1)}}, {}),
    "expired root": ({"root": {"days": (-100, -1)}}, {}),
    "leaf not yet valid": ({"leaf": {"days": (1, 100)}}, {}),
    "leaf outlives its issuer": ({"leaf": {"days": (-1, 900)}}, {}),
    "intermediate is no authority": ({"between": {"ca": False}}, {}),
    "intermediate may not sign": ({"between": {"key_usage": ("digital_signature",)}}, {}),
    "path length": ({"root": {"path_length": 0}}, {}),
    "path length just enough": ({"root": {"path_length": 1}, "between": {"path_length": 0}}, {}),
    "name permitted": ({"between": {"constraints": permitted("example.com")}}, {}),
    "name not permitted": ({"between": {"constraints": permitted("example.org")}}, {}),
    "name excluded above": ({"root": {"constraints": excluded("example.com")}}, {}),
    "leaf signed with another key": ({"leaf": {"signed_with": "other"}}, {}),
    "intermediate signed with another key": ({"between": {"signed_with": "other"}}, {}),
    "strict: basicConstraints not critical": ({"between": {"critical": False}}, {}),
    "strict: authority without keyUsage": ({"between": {"key_usage": ()}}, {}),
    "strict: leaf that signs": ({"leaf": {"key_usage": ("digital_signature", "key_cert_sign")}}, {}),
    "strict: leaf without key identifiers": ({"leaf": {"identifiers": False}}, {}),
    "strict: intermediate without key identifiers": ({"between": {"identifiers": False}}, {}),
    "strict: empty subject, SAN not critical": ({"leaf": {"subject": ""}}, {}),
    "revoked": ({"leaf": {"serial": 4711}}, {"crls": [("between", "Between", 4711)]}),
    "another one revoked": ({"leaf": {"serial": 4711}}, {"crls": [("between", "Between", 4712)]}),
    "CRL stale": ({}, {"crls": [("between", "Between")], "days": (-9, -1)}),
    "CRL forged": ({}, {"crls": [("other", "Between")]}),
    "CRL of another issuer": ({}, {"crls": [("root", "Root")]}),
}


@pytest.fixture
def files(tmp_path):
    """Write a case's certificates and CRLs; return the paths of leaf, intermediate, root, all but the root, and CRLs."""

    def write(changes, asked):
        pems = [made.sign().public_bytes(Encoding.PEM) for made in chain(**changes)]
        lists = [crl(*of, days=asked.get("days", (-1, 7))) for of in asked.get("crls", ())]
        paths = [tmp_path / name for name in ("leaf.pem", "between.pem", "root.pem", "sent.pem", "crls.pem")]
        for path, content in zip(paths, [*pems, pems[0] + pems[1], b"".join(lists)], strict=True):
            path.write_bytes(content)
        return paths

    return write


def openssl(paths, asked, *, strict):
    leaf, between, root, _sent, crls = paths
    words = [
        "openssl",
        "verify",
        "-attime",
        str(int(NOW.timestamp())),
        "-CAfile",
        root,
        "-untrusted",
        between,
    ]
    words += ["-x509_strict"] if strict else []
    for name in asked.get("names", ()):
        words += ["-verify_ip" if name[0].isdigit() else "-verify_hostname", name]
    purposes = {"server": "sslserver", "client": "sslclient", "email": "smimesign"}
    if asked.get("purpose") or asked.get("names"):
        words += ["-purpose", purposes[asked.get("purpose") or "server"]]
    if asked.get("crls"):
        words += ["-crl_check", "-CRLfile", crls]
    done = subprocess.run([*map(str, words), str(leaf)], capture_output=True, check=False, timeout=30)
    return done.returncode == 0


def form(paths, asked, **more):
    return VerifyForm(
        what=str(paths[3]),
        names=asked.get("names", ()),
        purpose=asked.get("purpose"),
        at="2030-01-31T09:30:00Z",
        trust=(str(paths[2]),),
        crls=(paths[4],) if asked.get("crls") else (),
        **more,
    )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lenient"])
def test_we_say_what_openssl_says(files, case, strict):
    changes, asked = CASES[case]
    paths = files(changes, asked)
    told = verify(None, form(paths, asked, lenient=not strict))
    assert told.good == openssl(paths, asked, strict=strict), told.findings


@pytest.mark.parametrize(
    ("case", "codes"),
    [
        ("expired intermediate", ["expired"]),
        ("name not permitted", ["name-not-permitted"]),
        ("path length", ["path-too-long"]),
        ("revoked", ["revoked"]),
        ("CRL stale", ["crl-expired"]),
        ("for another name", ["hostname-mismatch"]),
        ("mail below TLS", ["wrong-usage"]),
        ("strict: authority without keyUsage", ["ca-without-key-usage"]),
    ],
)
def test_the_finding_is_the_one_that_was_built_in_and_the_culprit_is_named(files, case, codes):
    changes, asked = CASES[case]
    told = verify(None, form(files(changes, asked), asked))
    assert [finding.code for finding in told.findings] == codes
    assert told.findings[0].certificate in {one.sha256 for one in told.path}


def test_a_trusted_root_whose_own_signature_is_broken_is_refused_here_and_not_by_openssl(files):
    paths = files({"root": {"signed_with": "other"}}, {})
    assert openssl(paths, {}, strict=True)
    assert [finding.code for finding in verify(None, form(paths, {})).findings] == ["partial-chain"]


def test_every_fault_is_listed_and_not_only_the_first(files):
    changes = {"leaf": {"days": (-100, -1)}, "between": {"days": (-100, -1), "key_usage": ()}}
    told = verify(None, form(files(changes, {}), {"names": ("other.example.com",)}))
    assert {finding.code for finding in told.findings} >= {
        "expired",
        "hostname-mismatch",
        "ca-without-key-usage",
    }
    assert sum(finding.code == "expired" for finding in told.findings) == 2


def test_what_is_in_the_store_stands_on_the_store_s_own_roots(desk, create, issue):
    create("Root")
    create("Issuing", issuer="Root")
    issue("www.example.com", issuer="Issuing")
    told = verify(desk, VerifyForm(what="www.example.com", names=("www.example.com",)))
    assert told.good
    assert not told.findings
    assert [one.label for one in told.path] == ["www.example.com", "Issuing", "Root"]
    assert told.to_json()["path"][2]["subject"] == "CN=Root"


def test_a_date_ahead_shows_what_will_have_ended(desk, create, issue):
    create("Root")
    issue("www.example.com", days=30)
    told = verify(desk, VerifyForm(what="www.example.com", at="2030-06-01"))
    assert [finding.code for finding in told.findings] == ["expired"]


def test_a_file_of_ours_is_trusted_through_the_store_and_by_nobody_where_nobody_is_trusted(
    desk, create, issue, tmp_path
):
    create("Root")
    record = issue("www.example.com")
    file = tmp_path / "leaf.pem"
    file.write_bytes(desk.ledger.object_pem(record.sha256))
    assert verify(desk, VerifyForm(what=str(file))).good
    alone = verify(desk, VerifyForm(what=str(file), trust=("none",)))
    assert not alone.good
    assert not alone.anchored


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"what": "nobody.example"}, NotFound),
        ({"what": "-", "data": b"no certificate"}, Unreadable),
        ({"what": "www.example.com", "names": ("a b",)}, NotAnIdentity),
        ({"what": "www.example.com", "names": ("a@example.com",)}, UsageError),
        ({"what": "www.example.com", "purpose": "world-peace"}, UsageError),
        ({"what": "www.example.com", "at": "tomorrow"}, UsageError),
        ({"what": "www.example.com", "trust": ("nobody.example",)}, NotFound),
    ],
)
def test_what_cannot_be_verified_is_refused_in_a_sentence(desk, create, issue, fields, error):
    create("Root")
    issue("www.example.com")
    with pytest.raises(error) as refusal:
        verify(desk, VerifyForm(**fields))
    assert "\n" not in refusal.value.sentence
