"""Every way in which a chain or a name is not good enough, at a real server."""

import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tlsca.probe.trust import Trust

BOTH = pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"]
)


def codes(result):
    return [problem.code for problem in result.problems]


def errors(result):
    return [problem.code for problem in result.problems if problem.is_error]


def culprits(result):
    return [problem.certificate for problem in result.problems]


def trusting(*roots, partial=False):
    return Trust(system=False, roots=tuple(root.der for root in roots), partial=partial)


@BOTH
def test_a_sound_host_is_trusted(serve_tls, look, hierarchy, version):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate], version=version))
    assert (result.verdict, codes(result)) == ("trusted", [])
    assert [one.label for one in result.chain_sent] == ["localhost", "Intermediate"]
    assert [one.label for one in result.chain_verified] == ["localhost", "Intermediate", "Root"]


@BOTH
def test_an_expired_leaf_is_named_with_the_days(serve_tls, look, hierarchy, version):
    leaf = hierarchy.server(days=(-10, -3))
    result = look(serve_tls([leaf, hierarchy.intermediate], version=version))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["expired"], [leaf.sha256])
    assert "expired 3 days ago" in result.problems[0].message
    assert [one.label for one in result.chain_verified] == ["localhost", "Intermediate", "Root"]


@BOTH
def test_what_was_negotiated_is_told_although_verification_failed(serve_tls, look, hierarchy, version):
    leaf = hierarchy.server(days=(-10, -3))
    tls = look(serve_tls([leaf, hierarchy.intermediate], version=version)).tls
    assert tls.version == {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]
    assert tls.cipher[2] == 256
    assert tls.peercert["subject"] == ((("commonName", "localhost"),),)


def test_an_expired_intermediate_is_the_culprit(serve_tls, look, hierarchy, make):
    intermediate = make("Old", hierarchy.root, ca=True, days=(-100, -5))
    leaf = make("localhost", intermediate, names=["localhost"])
    result = look(serve_tls([leaf, intermediate]))
    assert (codes(result), culprits(result)) == (["expired"], [intermediate.sha256])


def test_an_expired_root_is_the_culprit(serve_tls, look, make):
    root = make("Old Root", ca=True, days=(-100, -5))
    leaf = make("localhost", root, names=["localhost"])
    result = look(serve_tls([leaf]), trust=trusting(root))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["expired"], [root.sha256])
    assert "root certificate Old Root" in result.problems[0].message


def test_a_certificate_of_the_future_is_not_yet_valid(serve_tls, look, hierarchy):
    leaf = hierarchy.server(days=(4, 90))
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (codes(result), culprits(result)) == (["not-yet-valid"], [leaf.sha256])
    assert "another 3 days" in result.problems[0].message or "another 4 days" in result.problems[0].message


def test_a_certificate_near_its_end_is_trusted_with_a_warning(serve_tls, look, hierarchy):
    leaf = hierarchy.server(days=(-80, 5))
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, codes(result), culprits(result)) == ("trusted", ["expires-soon"], [leaf.sha256])


@BOTH
def test_a_name_that_is_not_in_the_certificate(serve_tls, look, hierarchy, version):
    leaf = hierarchy.server(names=("www.example.com", "example.com"))
    result = look(serve_tls([leaf, hierarchy.intermediate], version=version))
    assert (result.verdict, codes(result)) == ("untrusted", ["hostname-mismatch"])
    assert "www.example.com and example.com" in result.problems[0].message


@pytest.mark.parametrize(
    ("host", "rule"),
    [("example.com", "does not stand for the bare domain"), ("a.b.example.com", "one label only")],
)
def test_a_wildcard_that_nearly_matches_is_explained(serve_tls, look, hierarchy, host, rule):
    leaf = hierarchy.server(names=("*.example.com",))
    result = look(serve_tls([leaf, hierarchy.intermediate]), host=host)
    assert codes(result) == ["hostname-mismatch"]
    assert rule in result.problems[0].message


def test_a_wildcard_matches_one_label(serve_tls, look, hierarchy):
    leaf = hierarchy.server(names=("*.example.com",))
    assert look(serve_tls([leaf, hierarchy.intermediate]), host="WWW.Example.com.").verdict == "trusted"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_address_is_matched_by_an_ip_san(serve_tls, look, hierarchy, host):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], host=host)
    shown = f"[{host}]" if ":" in host else host
    result = look(server, host=shown)
    assert (result.verdict, result.target.server_name) == ("trusted", None)


def test_an_address_in_a_dns_san_is_no_match(serve_tls, look, hierarchy):
    san = x509.SubjectAlternativeName([x509.DNSName("127.0.0.1")])
    leaf = hierarchy.server(names=(), extra=[(san, False)])
    result = look(serve_tls([leaf, hierarchy.intermediate]), host="127.0.0.1")
    assert codes(result) == ["ip-mismatch"]
    assert "needs an IP SAN" in result.problems[0].message


def test_a_common_name_is_not_enough(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.server(names=()), hierarchy.intermediate]))
    assert (result.verdict, codes(result)) == ("untrusted", ["common-name-only"])


@BOTH
def test_a_certificate_that_signed_itself(serve_tls, look, make, version):
    leaf = make("localhost", names=["localhost"])
    result = look(serve_tls([leaf], version=version))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["self-signed"], [leaf.sha256])
    assert result.chain_verified == ()


def test_a_root_that_is_sent_but_not_trusted(serve_tls, look, make):
    root = make("Foreign Root", ca=True)
    leaf = make("localhost", root, names=["localhost"])
    result = look(serve_tls([leaf, root]))
    assert (result.verdict, codes(result), culprits(result)) == (
        "untrusted",
        ["untrusted-root"],
        [root.sha256],
    )
    assert root.sha256 in result.problems[0].message


def test_an_authority_that_nobody_knows(serve_tls, look, make):
    leaf = make("localhost", make("Foreign Root", ca=True), names=["localhost"])
    result = look(serve_tls([leaf]))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["unknown-ca"], [leaf.sha256])
    assert "CN=Foreign Root" in result.problems[0].message


def test_an_intermediate_that_is_known_and_not_sent(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf])
    assert codes(look(server)) == ["unknown-ca"]
    result = look(server, known=(hierarchy.intermediate.der,))
    assert (result.verdict, codes(result)) == ("untrusted", ["missing-intermediate"])
    assert culprits(result) == [hierarchy.intermediate.sha256]
    assert result.chain_verified == ()


def test_a_trusted_intermediate_that_is_not_sent_is_still_missing(serve_tls, look, hierarchy):
    result = look(serve_tls([hierarchy.leaf]), trust=trusting(hierarchy.root, hierarchy.intermediate))
    assert codes(result) == ["missing-intermediate"]


def test_an_intermediate_alone_ends_a_chain_only_when_asked(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    assert codes(look(server, trust=trusting(hierarchy.intermediate))) == ["partial-chain"]
    result = look(server, trust=trusting(hierarchy.intermediate, partial=True))
    assert (result.verdict, codes(result)) == ("trusted", [])


@pytest.mark.parametrize("authority_key_id", [True, False])
def test_an_authority_that_changed_its_key(serve_tls, look, hierarchy, make, authority_key_id):
    new = make("Root", ca=True)
    leaf = make("localhost", new, names=["localhost"], authority_key_id=authority_key_id)
    result = look(serve_tls([leaf]))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["rekeyed-ca"], [leaf.sha256])


def test_a_signature_that_somebody_else_made(serve_tls, look, hierarchy, make):
    forger = ec.generate_private_key(ec.SECP256R1())
    leaf = make("localhost", hierarchy.root, names=["localhost"], signing_key=forger)
    result = look(serve_tls([leaf]))
    assert (result.verdict, codes(result), culprits(result)) == (
        "untrusted",
        ["bad-signature"],
        [leaf.sha256],
    )


def test_a_weak_key(serve_tls, look, hierarchy):
    leaf = hierarchy.server(key=rsa.generate_private_key(65537, 1024))  # noqa: S505 -- the fault under test
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["weak-key"], [leaf.sha256])
    assert "1024 bits" in result.problems[0].message


def test_a_weak_signature(serve_tls, look, hierarchy, sign_with_sha1, now):
    leaf = sign_with_sha1("localhost", hierarchy.intermediate)
    result = look(serve_tls([leaf, hierarchy.intermediate]), now=now + timedelta(hours=1))
    assert (result.verdict, codes(result), culprits(result)) == (
        "untrusted",
        ["weak-signature"],
        [leaf.sha256],
    )


def test_a_client_certificate_on_a_server(serve_tls, look, hierarchy):
    leaf = hierarchy.server(extended=(ExtendedKeyUsageOID.CLIENT_AUTH,))
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, codes(result), culprits(result)) == ("untrusted", ["wrong-usage"], [leaf.sha256])


def test_an_issuer_that_is_no_authority(serve_tls, look, hierarchy, make):
    impostor = make("Impostor", hierarchy.intermediate)
    leaf = make("localhost", impostor, names=["localhost"])
    result = look(serve_tls([leaf, impostor, hierarchy.intermediate]))
    assert (result.verdict, codes(result)) == ("untrusted", ["issuer-not-ca"])
    assert culprits(result) == [impostor.sha256]


def test_a_chain_longer_than_allowed(serve_tls, look, make):
    root = make("Short Root", ca=True, path_length=0)
    between = make("Between", root, ca=True)
    leaf = make("localhost", between, names=["localhost"])
    result = look(serve_tls([leaf, between]), trust=trusting(root))
    assert (result.verdict, codes(result), culprits(result)) == (
        "untrusted",
        ["path-too-long"],
        [root.sha256],
    )


def test_a_name_outside_the_authority_s_constraints(serve_tls, look, hierarchy, make):
    bounded = make("Bounded", hierarchy.root, ca=True, permitted=["example.com"])
    leaf = make("localhost", bounded, names=["localhost"])
    result = look(serve_tls([leaf, bounded]))
    assert (result.verdict, codes(result), culprits(result)) == (
        "untrusted",
        ["name-not-permitted"],
        [leaf.sha256],
    )


def test_what_openssl_alone_refuses_is_told_in_its_own_words(serve_tls, look, hierarchy):
    # RFC 3779: the leaf claims 10.0.0.0/8 as its own network, and nobody above it has any to give.
    network = bytes.fromhex("300c 300a 04020001 3004 0302000a")
    blocks = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.7"), network)
    leaf = hierarchy.server(extra=[(blocks, False)])
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, codes(result), culprits(result)) == (
        "untrusted",
        ["chain-refused"],
        [leaf.sha256],
    )
    said = result.problems[0].message
    assert (
        said
        == "OpenSSL refuses the chain: RFC 3779 resource not subset of parent's resources (verify code 46)."
    )


def test_a_critical_extension_that_nobody_knows(serve_tls, look, hierarchy):
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    leaf = hierarchy.server(extra=[(strange, True)])
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, codes(result)) == ("untrusted", ["unknown-critical-extension"])
    assert "1.2.3.4.5" in result.problems[0].message


@BOTH
def test_every_fault_is_listed_not_only_the_first(serve_tls, look, hierarchy, make, version):
    intermediate = make("Old", hierarchy.root, ca=True, days=(-100, -5))
    leaf = make(
        "localhost",
        intermediate,
        names=["www.example.com"],
        days=(-10, -3),
        extended=(ExtendedKeyUsageOID.CLIENT_AUTH,),
        key=rsa.generate_private_key(65537, 1024),  # noqa: S505 -- the fault under test
    )
    result = look(serve_tls([leaf, intermediate], version=version))
    found = {(problem.code, problem.certificate) for problem in result.problems}
    assert found == {
        ("hostname-mismatch", leaf.sha256),
        ("expired", leaf.sha256),
        ("wrong-usage", leaf.sha256),
        ("weak-key", leaf.sha256),
        ("expired", intermediate.sha256),
    }


def test_faults_of_an_untrusted_chain_are_listed_too(serve_tls, look, make):
    root = make("Foreign Root", ca=True)
    leaf = make("other", root, names=["other.example"], days=(-10, -3))
    assert sorted(codes(look(serve_tls([leaf, root])))) == ["expired", "hostname-mismatch", "untrusted-root"]


def test_surplus_and_disordered_certificates_do_no_harm(serve_tls, look, hierarchy, make):
    stranger = make("Stranger", ca=True)
    result = look(serve_tls([hierarchy.leaf, stranger, hierarchy.root, hierarchy.intermediate]))
    assert (result.verdict, codes(result)) == ("trusted", [])
    assert len(result.chain_sent) == 4


def test_another_name_may_be_verified_than_is_asked_for(serve_tls, look, hierarchy):
    leaf = hierarchy.server(names=("internal.example",))
    server = serve_tls([leaf, hierarchy.intermediate])
    result = look(server, target={"verify_name": "internal.example"})
    assert (result.verdict, result.target.server_name) == ("trusted", "localhost")
    assert codes(look(server, target={"verify_name": "other.example"})) == ["hostname-mismatch"]


def test_the_strict_verdict_stands_beside_the_verdict(serve_tls, look, make):
    root = make("Loose Root", ca=True, usage=False, constraints_critical=False, subject_key_id=False)
    leaf = make("localhost", root, names=["localhost"], authority_key_id=False)
    result = look(serve_tls([leaf]), trust=trusting(root))
    assert (result.verdict, codes(result)) == ("trusted", [])
    assert set(result.strict) == {
        "basic-constraints-not-critical",
        "ca-without-key-usage",
        "no-authority-key-id",
        "no-subject-key-id",
    }


def test_a_leaf_that_may_sign_certificates_is_refused_by_the_strict(serve_tls, look, hierarchy, make):
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    leaf = hierarchy.server(usage=usage)
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, result.strict) == ("trusted", ("leaf-signs-certificates",))


def test_the_roots_of_this_machine_are_trusted_when_asked(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    assert codes(look(server, trust=Trust(system=True))) == ["unknown-ca"]
    both = Trust(system=True, roots=(hierarchy.root.der,))
    assert look(server, trust=both).verdict == "trusted"
