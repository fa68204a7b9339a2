"""Chains ordered, linked and checked; and the same chains given to OpenSSL, whose verdict must be the same."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from tlsca.pki.certificate import Certificate, certificate
from tlsca.pki.chain import Terms, order, verify
from tlsca.pki.hostnames import name_defect

NOW = datetime.now(UTC).replace(microsecond=0)
CA = x509.BasicConstraints(ca=True, path_length=None)
NO_CA = x509.BasicConstraints(ca=False, path_length=None)


@dataclass(frozen=True)
class Made:
    """One certificate with its key."""

    content: x509.Certificate
    key: object

    @property
    def der(self):
        return self.content.public_bytes(serialization.Encoding.DER)

    @property
    def seen(self):
        return certificate(self.der)


def usage(*allowed):
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
    flags = {name: name in allowed for name in names.split()}
    return x509.KeyUsage(**flags, encipher_only=False, decipher_only=False)


def make(name, issuer=None, *, constraints=CA, key=None, signer=None, days=(-9, 90), drop=(), add=()):
    """Make an authority, or what `constraints`, `drop` (extension classes) and `add` (extension, critical) make of it."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    above = issuer or Made(None, key)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    extensions = [
        (constraints, True),
        (usage("key_cert_sign", "crl_sign") if constraints.ca else usage("digital_signature"), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key()), False),
    ]
    if not constraints.ca:
        extensions.append((x509.SubjectAlternativeName([x509.DNSName(name)]), False))
    replaced = tuple(type(extension) for extension, _critical in add) + tuple(drop)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.content.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    for extension, critical in [*(one for one in extensions if not isinstance(one[0], replaced)), *add]:
        builder = builder.add_extension(extension, critical=critical)
    sign = signer or above.key
    digest = None if isinstance(sign, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Made(builder.sign(sign, digest), key)


def leaf(issuer, **changes):
    return make("www.example.com", issuer, **({"constraints": NO_CA} | changes))


def check(chain, *, trusted, known=(), **changes):
    terms = Terms(**({"now": NOW, "names": ("www.example.com",)} | changes))
    return verify(
        [one.der for one in chain],
        terms,
        trusted=tuple(one.der for one in trusted),
        known=tuple(one.der for one in known),
    )


def codes(verdict):
    return [finding.code for finding in verdict.findings]


@pytest.fixture(scope="module")
def root():
    return make("Root")


@pytest.fixture(scope="module")
def middle(root):
    return make("Middle", root)


@given(st.permutations(range(4)))
def test_a_bag_is_ordered_from_the_leaf_up(permutation):
    chain = _CHAIN
    bag = [chain[index].seen for index in permutation]
    assert [one.label for one in order(bag)] == ["www.example.com", "Lower", "Upper", "Top"]


_TOP = make("Top")
_UPPER = make("Upper", _TOP)
_LOWER = make("Lower", _UPPER)
_CHAIN = (leaf(_LOWER), _LOWER, _UPPER, _TOP)


def test_strangers_in_a_bag_come_last(root, middle):
    stranger = make("Stranger")
    bag = [stranger.seen, root.seen, leaf(middle).seen, middle.seen]
    assert [one.label for one in order(bag)] == ["www.example.com", "Middle", "Root", "Stranger"]
    assert order([]) == ()


def test_a_cross_signed_authority_leads_to_the_root_that_is_trusted(middle, root):
    other = make("Other Root")
    crossed = make("Middle", other, key=middle.key)
    chain = [leaf(middle), middle, crossed]
    for anchor in (root, other):
        verdict = check(chain, trusted=[anchor])
        assert (verdict.good, verdict.path[-1].label) == (True, anchor.seen.label)


def test_authorities_that_signed_each_other_end_nowhere():
    first, second = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    one = make("One", Made(make("Two", key=second).content, second), key=first)
    two = make("Two", Made(make("One", key=first).content, first), key=second)
    verdict = check([leaf(one), one, two], trusted=[make("Root")])
    assert codes(verdict) == ["unknown-ca"]
    assert len(verdict.path) == 3


def test_hundreds_of_authorities_of_one_name_cost_no_time():
    key = ec.generate_private_key(ec.SECP256R1())
    same = [make("Same", make("Same", key=key), key=key) for _ in range(60)]
    begun = datetime.now(UTC)
    verdict = check([leaf(same[0]), *same], trusted=[])
    assert not verdict.anchored
    assert datetime.now(UTC) - begun < timedelta(seconds=5)


def test_a_root_without_its_old_self_signature_still_ends_a_path(root, middle):
    verdict = check([leaf(middle), middle], trusted=[root])
    assert (verdict.good, verdict.anchored, len(verdict.path)) == (True, True, 3)


def test_a_chain_of_nothing_is_a_mistake_of_the_caller(root):
    with pytest.raises(ValueError, match="at least one"):
        check([], trusted=[root])


def test_what_cannot_be_read_is_a_finding_and_no_crash(root):
    verdict = verify([b"\x30\x03\x02\x01\x00"], Terms(now=NOW), trusted=(root.der,))
    assert "malformed-certificate" in codes(verdict)
    assert verdict.path[0].flaw


@given(st.integers(0, 10_000), st.integers(0, 255), st.integers(0, 10_000))
def test_an_altered_certificate_never_passes_and_never_crashes(place, value, cut):
    for altered in (bytearray(_CHAIN[0].der), bytearray(_CHAIN[0].der)[: cut % len(_CHAIN[0].der)]):
        if not altered:
            continue
        altered[place % len(altered)] = value
        if bytes(altered) == _CHAIN[0].der:
            continue
        terms = Terms(now=NOW, names=("www.example.com",))
        others = [one.der for one in _CHAIN[1:3]]
        assert not verify([bytes(altered), *others], terms, trusted=(_TOP.der,)).good


def test_purposes(root):
    client = leaf(root, add=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)])
    assert codes(check([client], trusted=[root])) == ["wrong-usage"]
    assert check([client], trusted=[root], purpose="client").good
    assert check([client], trusted=[root], purpose="any").good


def test_time_is_what_it_is_said_to_be(root, middle):
    chain = [leaf(middle), middle]
    assert check(chain, trusted=[root], now=NOW + timedelta(days=30)).good
    late = check(chain, trusted=[root], now=NOW + timedelta(days=100))
    assert codes(late) == ["expired"] * 3
    assert [finding.certificate for finding in late.findings] == [one.sha256 for one in late.path]
    soon = check(chain, trusted=[root], now=NOW + timedelta(days=85))
    assert (soon.good, codes(soon)) == (True, ["expires-soon"] * 3)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("www.example.com", "WWW.EXAMPLE.COM", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("w*.example.com", "www.example.com", False),
        ("*", "localhost", False),
        ("*.com", "example.com", False),
        ("www.*.com", "www.example.com", False),
        ("www.example.com\0.evil.example", "www.example.com", False),
    ],
)
def test_dns_names_match_as_browsers_match_them(root, pattern, name, matches):
    san = x509.SubjectAlternativeName([x509.DNSName(pattern)])
    made = leaf(root, add=[(san, False)]).seen
    assert (name_defect(made, name) is None) is matches


FAULTS = {
    "sound": lambda root, middle: [leaf(middle), middle],
    "expired": lambda root, middle: [leaf(middle, days=(-9, -1)), middle],
    "future": lambda root, middle: [leaf(middle, days=(1, 9)), middle],
    "other name": lambda root, middle: [make("other.example", middle, constraints=NO_CA), middle],
    "missing": lambda root, middle: [leaf(middle)],
    "self-signed": lambda root, middle: [leaf(None)],
    "forged": lambda root, middle: [leaf(middle, signer=ec.generate_private_key(ec.SECP256R1())), middle],
    "no authority": lambda root, middle: [
        leaf(bad := make("Bad", middle, constraints=NO_CA)),
        bad,
        middle,
    ],
    "no certificate signing": lambda root, middle: [
        leaf(bad := make("Bad", middle, add=[(usage("crl_sign"), True)])),
        bad,
        middle,
    ],
    "client only": lambda root, middle: [
        leaf(middle, add=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)]),
        middle,
    ],
    "any purpose only": lambda root, middle: [
        leaf(middle, add=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False)]),
        middle,
    ],
    "client-only authority": lambda root, middle: [
        leaf(
            bad := make("Bad", root, add=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)])
        ),
        bad,
    ],
    "signing only for CRLs": lambda root, middle: [leaf(middle, add=[(usage("crl_sign"), True)]), middle],
    "too long": lambda root, middle: [
        leaf(
            low := make(
                "Low", short := make("Short", root, constraints=x509.BasicConstraints(ca=True, path_length=0))
            )
        ),
        low,
        short,
    ],
    "permitted": lambda root, middle: [
        leaf(bound := make("Bound", root, add=[(_permit("example.com"), True)])),
        bound,
    ],
    "not permitted": lambda root, middle: [
        leaf(bound := make("Bound", root, add=[(_permit("example.org"), True)])),
        bound,
    ],
    "excluded": lambda root, middle: [
        leaf(bound := make("Bound", root, add=[(_exclude("www.example.com"), True)])),
        bound,
    ],
    "strange and critical": lambda root, middle: [leaf(middle, add=[(_STRANGE, True)]), middle],
    "strange": lambda root, middle: [leaf(middle, add=[(_STRANGE, False)]), middle],
    "weak curve": lambda root, middle: [leaf(middle, key=ec.generate_private_key(ec.SECP192R1())), middle],
    "ed25519": lambda root, middle: [
        leaf(modern := make("Modern", root, key=ed25519.Ed25519PrivateKey.generate())),
        modern,
    ],
    "no key identifiers": lambda root, middle: [
        leaf(middle, drop=[x509.AuthorityKeyIdentifier, x509.SubjectKeyIdentifier]),
        middle,
    ],
    "authority without key identifier": lambda root, middle: [
        leaf(loose := make("Loose", root, drop=[x509.SubjectKeyIdentifier])),
        loose,
    ],
    "constraints not critical": lambda root, middle: [
        leaf(loose := make("Loose", root, add=[(CA, False)])),
        loose,
    ],
    "authority without usage": lambda root, middle: [
        leaf(loose := make("Loose", root, drop=[x509.KeyUsage])),
        loose,
    ],
    "leaf that may sign": lambda root, middle: [
        leaf(middle, add=[(usage("digital_signature", "key_cert_sign"), True)]),
        middle,
    ],
}

_STRANGE = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")


def _permit(domain):
    return x509.NameConstraints([x509.DNSName(domain)], None)


def _exclude(domain):
    return x509.NameConstraints(None, [x509.DNSName(domain)])


# `openssl verify` takes a common name for a host name, as browsers, Go and we do not: that one is not among the faults.
@pytest.mark.parametrize("fault", FAULTS)
def test_openssl_comes_to_the_same_verdict(fault, root, middle, tmp_path):
    chain = FAULTS[fault](root, middle)
    verdict = check(chain, trusted=[root])
    assert verdict.good is (not _openssl(chain, root, tmp_path))


@pytest.mark.parametrize("fault", FAULTS)
def test_openssl_is_as_strict(fault, root, middle, tmp_path):
    chain = FAULTS[fault](root, middle)
    verdict = check(chain, trusted=[root])
    if verdict.good:
        refused = _openssl(chain, root, tmp_path, "-x509_strict")
        assert bool(verdict.strict) is bool(refused)
        assert {_STRICT[number] for number in refused} <= set(verdict.strict)


_STRICT = {
    82: "leaf-signs-certificates",
    85: "no-authority-key-id",
    86: "no-subject-key-id",
    89: "basic-constraints-not-critical",
    92: "ca-without-key-usage",
}


def _openssl(chain, root, folder, *words):
    """Return the numbers of what `openssl verify` finds wrong, on the terms that `check` uses."""
    for name, content in {"root": [root], "leaf": chain[:1], "others": chain[1:] or [root]}.items():
        pem = b"".join(one.content.public_bytes(serialization.Encoding.PEM) for one in content)
        (folder / f"{name}.pem").write_bytes(pem)
    terms = ["-purpose", "sslserver", "-auth_level", "2", "-verify_hostname", "www.example.com"]
    files = ["-CAfile", "root.pem", "-untrusted", "others.pem", "leaf.pem"]
    done = subprocess.run(
        ["openssl", "verify", *terms, *words, *files], cwd=folder, capture_output=True, text=True, check=False
    )
    found = {
        int(number) for number in re.findall(r"^error (\d+) at", done.stdout + done.stderr, re.MULTILINE)
    }
    assert bool(found) is (done.returncode != 0)
    return found


def test_the_same_bytes_are_read_once(root):
    assert certificate(root.der) is certificate(bytes(root.der))
    assert certificate(root.der) == Certificate(root.der)
