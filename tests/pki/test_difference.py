"""Any two objects, part by part: what each is made of, what became of it, and what words alone would leave out."""

import random
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import TlscaError
from tlsca.pki.difference import Mark, compare
from tlsca.pki.parts import parts, text_parts
from tlsca.pki.read import Kind, read


def vectors():
    """Every certificate, request and list of `cryptography`'s own tests, broken ones among them."""
    place = Path(cryptography_vectors.__file__).parent / "x509"
    found = []
    for path in sorted(path for path in place.rglob("*") if path.is_file() and "10k" not in path.name):
        try:
            found += [one for one in read(path.read_bytes()) if one.der]
        except TlscaError:
            continue
    return found


@pytest.fixture(scope="module")
def corpus():
    found = vectors()
    assert len(found) > 700
    return found


def of(certificate):
    return Kind.CERTIFICATE, certificate.public_bytes(Encoding.DER)


def told(comparison, group):
    return [(one.field, one.mark.value, one.old, one.new) for one in comparison.fields if one.group == group]


def test_everything_equals_itself_and_nothing_else(corpus):
    before = corpus[0]
    for one in corpus:
        assert compare((one.kind, one.der), (one.kind, one.der)).equal
        assert compare((before.kind, before.der), (one.kind, one.der)).equal == (before.der == one.der)
        before = one


def test_damage_never_keeps_two_from_being_compared(corpus):
    chance = random.Random(20260131)  # noqa: S311 -- damage, not secrets
    for one in corpus:
        octets = bytearray(one.der)
        for _ in range(4):
            octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
        assert not compare((one.kind, one.der), (one.kind, bytes(octets))).equal or bytes(octets) == one.der


def test_what_cannot_be_loaded_is_compared_by_the_text_of_both(corpus, server):
    broken = next(one for one in corpus if parts(one.kind, one.der) is None and one.kind is Kind.CERTIFICATE)
    found = compare((broken.kind, broken.der), of(server.certificate))
    assert {one.group for one in found.fields} == {"Text", "Fingerprints"}
    assert any(one.field == "Subject" and one.mark is Mark.CHANGED for one in found.fields)


def test_octets_that_are_nothing_at_all_are_told_as_damage():
    (damaged, *_) = text_parts(Kind.CERTIFICATE, b"\x30\x03\x02\x01\x01")
    assert (damaged.group, damaged.field) == ("Text", "Damaged")


def test_names_that_come_and_go_are_fields_of_their_own(make, intermediate):
    old = make("server", "a.example", "b.example", issuer=intermediate)
    new = make("server", "b.example", "10.0.0.1", issuer=intermediate)
    assert told(compare(of(old.certificate), of(new.certificate)), "Names") == [
        ("DNS", "removed", "a.example", None),
        ("DNS", "same", "b.example", "b.example"),
        ("IP", "added", None, "10.0.0.1"),
        ("Critical", "same", "no", "no"),
    ]


def test_the_same_names_in_another_order_differ_in_their_order_alone(make, intermediate):
    old = make("server", "a.example", "b.example", issuer=intermediate)
    new = make("server", "b.example", "a.example", issuer=intermediate)
    names = told(compare(of(old.certificate), of(new.certificate)), "Names")
    assert [one for one in names if one[1] != "same"] == [
        ("Order", "changed", "a.example and b.example", "b.example and a.example")
    ]


def test_a_subjects_parts_are_told_apart_where_several_have_one_type(make):
    old = make("root", "CN=R,OU=One,OU=Two,O=Acme")
    new = make("root", "CN=R,OU=One,OU=Three,O=Acme")
    subject = told(compare(of(old.certificate), of(new.certificate)), "Subject")
    assert ("OU", "changed", "Two", "Three") in subject
    assert ("OU", "same", "One", "One") in subject


def test_words_that_are_alike_show_the_encoding_where_that_differs(make, root):
    one = make("server", "a.example", issuer=root, crl_urls=("http://a.example/1, http://a.example/2",))
    two = make("server", "a.example", issuer=root, crl_urls=("http://a.example/1", "http://a.example/2"))
    ((_, mark, old, new),) = [
        item
        for item in told(compare(of(one.certificate), of(two.certificate)), "Extensions")
        if item[0] == "CRL at"
    ]
    assert mark == "changed"
    assert "encoded 30:" in old
    assert old.partition(", encoded")[0] == new.partition(", encoded")[0]


def test_a_field_that_one_kind_has_and_the_other_has_not_stands_where_it_is_read(make, root, corpus):
    request = next(one for one in corpus if one.kind is Kind.REQUEST and parts(one.kind, one.der))
    found = compare((request.kind, request.der), of(make("server", "a.example", issuer=root).certificate))
    groups = [group for group, _ in found.groups()]
    assert groups.index("Subject") < groups.index("Issuer") < groups.index("Validity") < groups.index("Key")
    assert {one.mark for one in found.fields if one.group == "Validity"} == {Mark.ADDED}
