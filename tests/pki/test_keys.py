"""The kinds of key: made, named, loaded, and never shown."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tlsca.errors import Unreadable, UsageError
from tlsca.pki import keys
from tlsca.pki.key_rows import NOTES


@pytest.mark.parametrize("kind", [kind for kind in keys.KINDS if kind not in {"rsa-3072", "rsa-4096"}])
def test_a_key_is_of_the_kind_that_was_asked_for_and_comes_back_from_its_pkcs8(make, kind):
    key = make("root", "CN=Keys", kind=kind).key
    assert keys.kind_of(key.public_key()) == kind
    assert keys.pkcs8(keys.from_pkcs8(keys.pkcs8(key))) == keys.pkcs8(key)
    assert keys.key_id(keys.from_pkcs8(keys.pkcs8(key)).public_key()) == keys.key_id(key.public_key())


def test_every_kind_has_a_note_and_the_default_is_one():
    assert set(NOTES) == set(keys.KINDS)
    assert keys.DEFAULT_KIND in keys.KINDS


@pytest.mark.parametrize(
    ("make_key", "kind"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "rsa-1024"),  # noqa: S505 -- such keys are met
        (lambda: ec.generate_private_key(ec.SECP256K1()), "ec-secp256k1"),
        (lambda: dsa.generate_private_key(1024), "dsa-1024"),  # noqa: S505 -- likewise
    ],
)
def test_a_foreign_kind_is_named_too(make_key, kind):
    assert keys.kind_of(make_key().public_key()) == kind


def test_what_has_no_name_is_unknown():
    assert keys.kind_of(x25519.X25519PrivateKey.generate().public_key()) == "unknown"
    assert keys.kind_of(None) == "unknown"


def test_an_unknown_kind_is_refused_beside_those_there_are():
    with pytest.raises(UsageError, match=r"“rsa-1024\\n”") as refusal:
        keys.generate("rsa-1024\n")
    assert "ec-p256" in refusal.value.hint


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("ec-p256", hashes.SHA256),
        ("ec-p384", hashes.SHA384),
        ("ec-p521", hashes.SHA512),
        ("rsa-2048", hashes.SHA256),
        ("ed25519", type(None)),
        ("ed448", type(None)),
        ("ml-dsa-65", type(None)),
    ],
)
def test_an_issuer_signs_with_a_hash_as_strong_as_its_key(make, kind, digest):
    assert isinstance(keys.signature_hash(make("root", "CN=Keys", kind=kind).key), digest)


def test_a_key_that_cannot_sign_is_not_loaded():
    key = x25519.X25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Unreadable, match="cannot sign"):
        keys.from_pkcs8(key)
    assert not keys.can_sign(None)
