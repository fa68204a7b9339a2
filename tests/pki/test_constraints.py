"""Name constraints: what is refused here is what `openssl verify` refuses, and the other way round."""

import pytest
from cryptography import x509

from tlsca.errors import NotAnIdentity, Refused
from tlsca.pki.constraints import check_constraints, subtree
from tlsca.pki.identity import identity
from tlsca.pki.names import dn


def constrained(make, *, permit=(), exclude=(), **order):
    return make(
        "root",
        f"CN=Permits {','.join(permit)} excludes {','.join(exclude)}".replace(",", "\\,")[:60],
        permitted=tuple(map(subtree, permit)),
        excluded=tuple(map(subtree, exclude)),
        **order,
    )


CASES = [
    # permitted, excluded, name, whether it may be certified
    (("corp.example",), (), "www.corp.example", True),
    (("corp.example",), (), "corp.example", True),
    (("corp.example",), (), "*.corp.example", True),
    (("corp.example",), (), "corp.example.evil.example", False),
    (("corp.example",), (), "evilcorp.example", False),
    (("corp.example",), (), "10.0.0.1", True),  # a tree of one kind says nothing about the others
    (("www.corp.example",), (), "*.corp.example", False),
    (("10.0.0.0/8",), (), "10.255.0.1", True),
    (("10.0.0.0/8",), (), "11.0.0.1", False),
    (("10.0.0.0/8",), (), "2001:db8::1", False),
    (("2001:db8::/32",), (), "2001:db8:ffff::1", True),
    (("@corp.example",), (), "ada@corp.example", True),
    (("@corp.example",), (), "ada@mail.corp.example", False),
    (("@.corp.example",), (), "ada@mail.corp.example", True),
    (("@.corp.example",), (), "ada@corp.example", False),
    (("ada@corp.example",), (), "ada@corp.example", True),
    (("ada@corp.example",), (), "bob@corp.example", False),
    (("uri:svc.corp.example",), (), "https://svc.corp.example/x", True),
    (("uri:svc.corp.example",), (), "https://www.svc.corp.example/x", False),
    (("uri:.corp.example",), (), "spiffe://svc.corp.example/x", True),
    ((), ("secret.corp.example",), "www.corp.example", True),
    ((), ("secret.corp.example",), "secret.corp.example", False),
    ((), ("secret.corp.example",), "a.secret.corp.example", False),
    (("corp.example",), ("secret.corp.example",), "b.secret.corp.example", False),
    ((), ("10.0.0.0/8",), "10.1.2.3", False),
    ((), ("10.0.0.0/8",), "192.0.2.1", True),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_name_is_refused_here_exactly_when_openssl_refuses_it(make, verify, monkeypatch, case):
    permit, exclude, name, allowed = case
    root = constrained(make, permit=permit, exclude=exclude)
    if allowed:
        assert verify(*make("email", name, issuer=root).chain).endswith("OK")
        return
    with pytest.raises(Refused) as refusal:
        make("email", name, issuer=root)
    assert name in refusal.value.sentence
    monkeypatch.setattr("tlsca.pki.issue.check_constraints", lambda *_: None)
    assert "subtree violation" in verify(*make("email", name, issuer=root).chain)


def test_a_wildcard_that_stands_for_an_excluded_name_is_refused(make):
    root = constrained(make, exclude=("secret.corp.example",))
    with pytest.raises(Refused, match=r"excluded from certifying \*\.corp\.example"):
        make("server", "*.corp.example", issuer=root)
    make("server", "*.www.corp.example", issuer=root)


def test_the_refusal_names_the_authority_and_what_it_may_certify(make):
    root = constrained(make, permit=("corp.example", "corp.test"))
    with pytest.raises(Refused) as refusal:
        make("server", "www.evil.example", issuer=root)
    assert refusal.value.sentence.endswith("may not certify www.evil.example.")
    assert refusal.value.hint == "It is permitted: corp.example, corp.test."


def test_constraints_of_every_authority_above_count(make, verify):
    root = constrained(make, permit=("corp.example",))
    issuing = make("intermediate", "CN=Issuing", issuer=root, permitted=(subtree("a.corp.example"),))
    assert verify(*make("server", "www.a.corp.example", issuer=issuing).chain).endswith("OK")
    with pytest.raises(Refused, match="CN=Issuing may not certify"):
        make("server", "www.b.corp.example", issuer=issuing)
    with pytest.raises(Refused, match="Permits corp"):
        make("server", "www.evil.example", issuer=make("intermediate", "CN=Free", issuer=root))


def test_constraints_are_critical(make):
    assert constrained(make, permit=("corp.example",)).extension(x509.NameConstraints).critical


def test_a_common_name_that_is_a_host_counts_where_no_alternative_name_is_one(make, verify, monkeypatch):
    root = constrained(make, permit=("corp.example",))
    subject = dn("CN=www.evil.example")
    with pytest.raises(Refused, match=r"may not certify www\.evil\.example"):
        make("client", "10.0.0.1", issuer=root, subject=subject)
    make("client", "www.corp.example", issuer=root, subject=subject)
    make("client", issuer=root, common_name="Alice B. Smith")
    monkeypatch.setattr("tlsca.pki.issue.check_constraints", lambda *_: None)
    assert "subtree violation" in verify(*make("client", "10.0.0.1", issuer=root, subject=subject).chain)


def test_an_address_in_the_subject_counts(make):
    root = constrained(make, permit=("@corp.example",))
    with pytest.raises(Refused, match=r"may not certify eve@evil\.example"):
        make("client", issuer=root, subject=dn("CN=Eve,emailAddress=eve@evil.example"))


def test_a_uri_whose_host_cannot_be_judged_is_refused(make):
    root = constrained(make, exclude=("uri:.evil.example",))
    make("client", "https://www.corp.example/", issuer=root)
    for uri in ("urn:uuid:1", "https://10.0.0.1/", "https://[2001:db8::1]/"):
        with pytest.raises(Refused, match="excluded"):
            make("client", uri, issuer=root)


def permitted(name: x509.GeneralName, *trees: x509.GeneralName, excluded=()) -> bool:
    """Judge by constraints that only a foreign authority has."""

    class Authority:
        subject = dn("CN=Foreign")
        value = x509.NameConstraints(list(trees) or None, list(excluded) or None)
        extensions = x509.Extensions([x509.Extension(value.oid, True, value)])

    try:
        check_constraints(x509.Name([]), [name], [Authority])
    except Refused:
        return False
    return True


def test_directory_names_are_compared_without_regard_to_case_and_spaces():
    tree = x509.DirectoryName(dn("O=ACME  Corp,C=SE"))
    assert permitted(x509.DirectoryName(dn("CN=a,O=Acme Corp,C=se")), tree)
    assert not permitted(x509.DirectoryName(dn("CN=a,O=Other,C=SE")), tree)
    assert not permitted(x509.DirectoryName(dn("C=SE")), tree)
    assert not permitted(x509.DirectoryName(dn("CN=a,O=acme corp,C=SE")), excluded=[tree])


def test_a_foreign_tree_with_a_leading_dot_leaves_out_the_domain_itself():
    tree = x509.DNSName(".corp.example")
    assert permitted(x509.DNSName("www.corp.example"), tree)
    assert not permitted(x509.DNSName("corp.example"), tree)


def test_an_empty_tree_holds_every_name():
    assert permitted(x509.DNSName("www.corp.example"), x509.DNSName(""))
    assert not permitted(x509.DNSName("www.corp.example"), excluded=[x509.DNSName("")])


def test_a_kind_of_name_that_cannot_be_compared_is_never_certified_under_such_a_constraint():
    name = x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))
    assert not permitted(name, name)
    assert not permitted(name, excluded=[name])
    assert permitted(name, x509.DNSName("corp.example"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Corp.Example", x509.DNSName("corp.example")),
        ("bücher.example", x509.DNSName("xn--bcher-kva.example")),
        ("@bücher.example", x509.RFC822Name("xn--bcher-kva.example")),
        ("@.corp.example", x509.RFC822Name(".corp.example")),
        ("uri:.corp.example", x509.UniformResourceIdentifier(".corp.example")),
    ],
)
def test_a_constraint_is_read_as_it_is_typed(text, tree):
    assert subtree(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".corp.example",
        "*.corp.example",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "a b",
        "\x1b[2J",
        "@",
        "uri:",
        "x@@y",
    ],
)
def test_what_is_no_constraint_is_refused_in_a_sentence(text):
    with pytest.raises(NotAnIdentity) as refusal:
        subtree(text)
    assert "\x1b" not in refusal.value.sentence


def test_an_identity_is_within_a_constraint_of_its_own_name():
    for name in ("www.corp.example", "10.0.0.1", "a@corp.example"):
        assert permitted(identity(name).general_name(), subtree(name))
