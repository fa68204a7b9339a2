"""Each profile as outsiders judge it, and what a profile of its own may say."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import Refused, SettingsError, UsageError
from tlsca.pki.extension_names import EXTENSIONS, PURPOSES
from tlsca.pki.extensions import profile_extensions
from tlsca.pki.identity import identity
from tlsca.pki.issue import Issuer, draft
from tlsca.pki.keys import KINDS
from tlsca.pki.names import dn
from tlsca.pki.order import Order
from tlsca.pki.policies import policy
from tlsca.pki.profile_rows import profile_rows
from tlsca.pki.profile_table import base_of, profile_of
from tlsca.pki.profiles import LEAF_PROFILES, PROFILES, Bring

CLASSICAL = [kind for kind in KINDS if not kind.startswith("ml-dsa")]
POINTERS = {
    "ocsp_urls": ("http://ocsp.example.com/",),
    "issuer_urls": ("http://ca.example.com/ca.cer",),
    "crl_urls": ("http://ca.example.com/ca.crl",),
}


@pytest.fixture
def lint(tmp_path, capsys):
    """What a linter of pkilint finds, from a severity up."""

    def lint(linter: str, certificate: x509.Certificate, *words: str, severity: str) -> str:
        program = pytest.importorskip(f"pkilint.bin.{linter}", reason="pkilint is not installed")
        file = tmp_path / "made.pem"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        words = ("lint", *words, "--severity", severity, "--document-format", "PEM", str(file))
        found = program.main([*words])
        told = capsys.readouterr().out
        assert (found == 0) == (not told.strip())
        return told.strip()

    return lint


@pytest.mark.parametrize("kind", CLASSICAL)
def test_pkilint_finds_no_fault_in_any_profile(make, lint, kind):
    root, issuing = authorities(make, kind)
    assert lint("lint_pkix_cert", root.certificate, severity="WARNING") == ""
    assert lint("lint_pkix_cert", issuing.certificate, severity="WARNING") == ""
    for profile in profiles_for(kind):
        leaf = make(profile, "www.example.com", issuer=issuing, kind=kind, owner="one", **POINTERS)
        assert lint("lint_pkix_cert", leaf.certificate, severity="WARNING") == "", profile


def authorities(make, kind: str):
    """A root and an intermediate; of each kind there are two keys in all, since large RSA keys take seconds."""
    root = make("root", "CN=Root,O=Acme,C=SE", kind=kind, owner="one")
    return root, make("intermediate", "CN=Issuing,O=Acme,C=SE", issuer=root, kind=kind, owner="two")


def profiles_for(kind: str) -> list[str]:
    """The profiles of leaves that take this kind of key."""
    return [name for name in LEAF_PROFILES if kind in (PROFILES[name].key_kinds or KINDS)]


def test_pkilint_finds_no_fault_between_any_issuer_and_any_subject(make, tmp_path, capsys):
    linter = "pkilint.bin.lint_pkix_signer_signee_cert_chain"
    program = pytest.importorskip(linter, reason="pkilint is not installed")

    def faults(issuer, subject) -> str:
        files = [tmp_path / "issuer.pem", tmp_path / "subject.pem"]
        for file, one in zip(files, (issuer, subject), strict=True):
            file.write_bytes(one.pem)
        program.main(["lint", "--severity", "WARNING", "--document-format", "PEM", *map(str, files)])
        return capsys.readouterr().out.strip()

    for issuer_kind in CLASSICAL:
        root, issuing = authorities(make, issuer_kind)
        assert faults(root, root) == faults(root, issuing) == "", issuer_kind
        for kind in CLASSICAL:
            for profile in profiles_for(kind) if kind == issuer_kind == "ec-p256" else ["server"]:
                leaf = make(profile, "www.example.com", issuer=issuing, kind=kind, owner="one", **POINTERS)
                assert faults(issuing, leaf) == "", (issuer_kind, kind, profile)


@pytest.mark.parametrize("kind", ["ec-p256", "ec-p384", "rsa-2048"])
@pytest.mark.parametrize("subject", [None, "CN=www.example.com,C=SE"])
def test_a_public_server_is_as_the_baseline_requirements_have_it(
    make, intermediate, lint, verify, kind, subject
):
    fields = {"subject": dn(subject)} if subject else {}
    leaf = make(
        "public-server",
        "www.example.com",
        "*.example.com",
        issuer=intermediate,
        kind=kind,
        **POINTERS,
        **fields,
    )
    assert (
        lint("lint_cabf_serverauth_cert", leaf.certificate, "-t", "DV-FINAL-CERTIFICATE", severity="ERROR")
        == ""
    )
    assert verify(*leaf.chain, purpose="sslserver").endswith("OK")


def test_a_public_server_without_pointers_is_issued_with_a_warning(root, now):
    order = Order(profile=PROFILES["public-server"], names=(identity("www.example.com"),))
    assert "Public clients insist" in draft(order, Issuer(root.chain), now=now).notes[-1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"names": ("a@example.com",)}, "no names like email:a@example.com"),
        ({"subject": dn("CN=www.example.com,O=Acme")}, "does not allow O=Acme in the subject"),
        ({"subject": dn("CN=other.example.com")}, "does not allow CN=other.example.com"),
        ({"key_kind": "ed25519"}, "not for keys of the kind ed25519"),
    ],
)
def test_what_a_profile_does_not_allow_is_refused_and_named(root, now, fields, sentence):
    names = tuple(identity(name) for name in ("www.example.com", *fields.pop("names", ())))
    with pytest.raises(Refused, match=sentence):
        draft(Order(profile=PROFILES["public-server"], names=names, **fields), Issuer(root.chain), now=now)


# Extensions


@pytest.fixture
def openssl_text(run, tmp_path):
    def openssl_text(certificate: x509.Certificate) -> str:
        file = tmp_path / "shown.pem"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        return run("openssl", "x509", "-in", file, "-noout", "-text").stdout.decode()

    return openssl_text


def test_every_kind_of_name_is_what_openssl_reads(make, intermediate, openssl_text, verify, lint):
    typed = (
        "www.example.com", "10.0.0.1", "a@example.com", "https://example.com/x",
        "rid:1.2.3.4.5", "dir:CN=Ada,O=Acme", "upn:ada@corp.example", "other:1.2.3.4;UTF8:hé", "other:1.2.3.5;0500",
    )  # fmt: skip
    leaf = make("server", *typed, issuer=intermediate)
    told = openssl_text(leaf.certificate)
    for shown in (
        "DNS:www.example.com", "IP Address:10.0.0.1", "email:a@example.com", "URI:https://example.com/x",
        "Registered ID:1.2.3.4.5", "DirName:/O=Acme/CN=Ada", "othername: UPN:ada@corp.example", "othername: 1.2.3.4:hé",
    ):  # fmt: skip
        assert shown in told.replace("::", ":")  # which OpenSSL wrote before 3.2
    assert verify(*leaf.chain).endswith("OK")
    assert lint("lint_pkix_cert", leaf.certificate, severity="ERROR") == ""


def test_policies_with_their_qualifiers_are_what_openssl_reads(
    make, intermediate, openssl_text, verify, lint
):
    policies = (policy("1.2.3.4,cps=https://ca.example.com/cps,notice=Commas, too"), policy("2.5.29.32.0"))
    leaf = make("server", "www.example.com", issuer=intermediate, policies=policies, **POINTERS)
    told = openssl_text(leaf.certificate)
    for shown in (
        "Policy: 1.2.3.4", "CPS: https://ca.example.com/cps", "Explicit Text: Commas, too", "Policy: X509v3 Any Policy",
        "OCSP - URI:http://ocsp.example.com/", "CA Issuers - URI:http://ca.example.com/ca.cer", "URI:http://ca.example.com/ca.crl",
    ):  # fmt: skip
        assert shown in told
    assert verify(*leaf.chain).endswith("OK")
    assert lint("lint_pkix_cert", leaf.certificate, severity="ERROR") == ""


def test_nss_accepts_every_extension_that_can_be_ordered(make, root, run, tmp_path, now):
    leaf = make(
        "server",
        "www.example.com",
        "10.0.0.1",
        "upn:ada@corp.example",
        "dir:CN=Ada",
        issuer=root,
        policies=(policy("1.2.3.4,cps=https://ca.example.com/cps,notice=For tests"),),
        must_staple=True,
        **POINTERS,
    )
    run("certutil", "-N", "-d", f"sql:{tmp_path}", "--empty-password")
    for name, made, trust in (("root", root, "CT,C,C"), ("leaf", leaf, ",,")):
        words = ("-A", "-d", f"sql:{tmp_path}", "-n", name, "-t", trust, "-a")
        assert run("certutil", *words, input=made.pem).returncode == 0
    when = f"{now:%y%m%d%H%M%SZ}"
    done = run("certutil", "-V", "-d", f"sql:{tmp_path}", "-n", "leaf", "-u", "V", "-e", "-b", when)
    assert b"certificate is valid" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    "text", ["", "nonsense", "1.2.3,cps=javascript:x", "1.2.3,notice=" + "x" * 201, "1.2.3,notice=a\x1b[2J"]
)
def test_a_policy_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        policy(text)


@pytest.mark.parametrize("name", ["subjectAltName", "extendedkeyusage", "tlsfeature", "noCheck", "1.2.3.4"])
def test_extensions_go_by_their_short_names(name):
    assert EXTENSIONS.name(EXTENSIONS.named(name)).lower() == name.lower()


def test_a_name_that_is_none_gets_the_nearest():
    with pytest.raises(UsageError) as refusal:
        EXTENSIONS.named("extendedKeyUsge")
    assert refusal.value.hint == "Did you mean extendedKeyUsage?"
    assert PURPOSES.named("documentSigning").dotted_string == "1.3.6.1.5.5.7.3.36"


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_profile_says_of_each_extension_what_it_is(profile):
    rows = profile_rows(profile, "ec-p256")
    assert {row.extension for row in rows} >= {"basicConstraints", "keyUsage"}
    assert all(row.value for row in rows)
    if not profile.authority:
        assert {row.extension: row.brought for row in rows}["basicConstraints"] is Bring.NEVER


# Profiles of an operator's own


def own(text_or_table, base="server"):
    return profile_of("own", text_or_table, PROFILES[base], place="own.toml")


def test_a_profile_of_ones_own_changes_what_it_names_and_nothing_else():
    table = {
        "extends": "server",
        "title": "Intranet",
        "days": 30,
        "key_usage": ["digitalSignature", "keyEncipherment"],
        "extended_key_usage": ["serverAuth", "1.3.6.1.5.5.7.3.17"],
        "critical": {"extendedKeyUsage": True, "keyUsage": False},
        "names": ["dns"],
        "common_name": False,
        "keys": ["ec-p256", "rsa-2048"],
        "policies": [{"oid": "1.2.3.4", "cps": "https://ca.example/cps", "notice": "Tests"}],
        "ocsp_urls": ["http://ocsp.example/"],
        "ca_issuer_urls": ["http://ca.example/ca.cer"],
        "crl_urls": ["http://ca.example/ca.crl"],
        "must_staple": True,
        "may_request": ["subjectAltName", "keyUsage"],
        "never_request": ["tlsfeature"],
    }
    profile = own(table)
    assert (profile.name, profile.title, profile.days, profile.needs_identity) == (
        "own",
        "Intranet",
        30,
        True,
    )
    assert [profile.brings(name) for name in ("keyUsage", "tlsfeature", "extendedKeyUsage", "basicConstraints")] == [
        Bring.ALWAYS, Bring.NEVER, Bring.ON_DEMAND, Bring.NEVER,
    ]  # fmt: skip
    carried = {type(item.value): item for item in profile_extensions(profile, "ec-p256")}
    assert not carried[x509.KeyUsage].value.key_encipherment, "an EC key enciphers nothing"
    assert profile.key_usage("rsa-2048").key_encipherment
    assert (carried[x509.KeyUsage].critical, carried[x509.ExtendedKeyUsage].critical) == (False, True)
    assert len(carried[x509.AuthorityInformationAccess].value) == 2
    assert {x509.CertificatePolicies, x509.CRLDistributionPoints, x509.TLSFeature} <= carried.keys()
    assert own({}) == own({"title": PROFILES["server"].title + " (own)"})


@pytest.mark.parametrize(
    ("table", "base", "sentence", "hint"),
    [
        ({"dyas": 3}, "server", "sets “dyas”", "Did you mean days?"),
        ({"\x1b[2J": 3}, "server", "\\\\x1b", "Known are"),
        ({"days": "3"}, "server", "days is not a whole number", "days = 1"),
        ({"days": True}, "server", "days is not a whole number", "days = 1"),
        ({"days": 0}, "server", "from 1 to 36,500", ""),
        ({"key_usage": "digitalSignature"}, "server", "key_usage is no list", ""),
        ({"key_usage": ["digitalSignatur"]}, "server", "“digitalSignatur”", "digitalSignature?"),
        ({"key_usage": ["keyCertSign"]}, "server", "keyCertSign in authorities", ""),
        ({"key_usage": ["cRLSign"]}, "intermediate", "keyCertSign in authorities", ""),
        ({"extended_key_usage": ["serverAut"]}, "server", "“serverAut”", "Did you mean serverAuth?"),
        ({"critical": {"authorityInfoAccess": True}}, "server", "critical.authorityInfoAccess cannot be true", ""),
        ({"critical": {"basicConstraints": False}}, "intermediate", "cannot be false", ""),
        ({"critical": {"keyUsag": False}}, "server", "“keyUsag”", "keyUsage"),
        ({"critical": ["keyUsage"]}, "server", "no table", ""),
        ({"names": ["dsn"]}, "server", "“dsn”", "dns"),
        ({"keys": ["rsa-1024"]}, "server", "“rsa-1024”", "rsa-"),
        ({"policies": [{"oid": "x"}]}, "server", "no OID", ""),
        ({"policies": [{"cps": "http://a.example"}]}, "server", "without its OID", ""),
        ({"policies": [{"oid": "1.2.3", "csp": "x"}]}, "server", "“csp”", "cps"),
        ({"policies": [{"oid": "1.2.3"}, {"oid": "1.2.3", "notice": "x"}]}, "server", "twice", ""),
        ({"crl_urls": ["file:///x"]}, "server", "no URL", ""),
        ({"must_staple": 1}, "server", "neither true nor false", ""),
        ({"path_length": 0}, "server", "authorities alone", ""),
        ({"may_request": ["basicConstraints"]}, "server", "no request brings", ""),
        ({"title": "a\x1b[2J"}, "server", "not text", ""),
    ],
)  # fmt: skip
def test_what_is_not_meant_names_file_key_and_the_nearest_that_is(table, base, sentence, hint):
    with pytest.raises(SettingsError, match=sentence) as refusal:
        own(table, base)
    assert refusal.value.sentence.startswith("own.toml")
    assert hint in refusal.value.hint


def test_what_a_profile_extends_has_to_be_there():
    assert base_of({}, known=PROFILES, place="own.toml") == "server"
    with pytest.raises(SettingsError, match="“servr”") as refusal:
        base_of({"extends": "servr"}, known=PROFILES, place="own.toml")
    assert refusal.value.hint == "Did you mean server?"
