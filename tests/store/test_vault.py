import copy
import hashlib
import json
import os
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import PassphraseMissing, PassphraseWeak, PassphraseWrong, StoreDamaged, StoreReadOnly
from tlsca.store.vault import (
    STANDARD,
    KdfParameters,
    Vault,
    change_passphrase,
    create_vault,
    open_vault,
    passphrase_advice,
)

CHEAP = KdfParameters(memory_kib=8, passes=1, lanes=1)
PASSPHRASE = "correct horse battery"


def counted():
    """Randomness that can be told afterwards: each call gives other bytes, the same in each test."""
    calls = iter(range(1000))
    return lambda size: hashlib.shake_128(bytes([next(calls)])).digest(size)


def cheap_vault():
    return create_vault(PASSPHRASE, random=counted(), parameters=CHEAP)


def signed(document, **changes):
    """A document changed by somebody who knows how to make its checksum right."""
    changed = {name: value for name, value in {**document, **changes}.items() if name != "checksum"}
    text = json.dumps(changed, sort_keys=True, separators=(",", ":")).encode()
    return {**changed, "checksum": hashlib.sha256(text).hexdigest()}


def test_what_was_sealed_is_opened_by_the_passphrase_alone():
    document, vault = cheap_vault()
    sealed = vault.seal(b"private key", b"record")
    again = open_vault(json.loads(json.dumps(document)), PASSPHRASE)
    assert again.open(sealed, b"record") == b"private key"


def test_the_standard_cost_is_the_second_recommendation_of_rfc_9106():
    document, _ = create_vault(PASSPHRASE, random=os.urandom)
    assert (STANDARD.memory_kib, STANDARD.passes, STANDARD.lanes) == (65536, 3, 4)
    assert (
        document["kdf"].items() >= {"name": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 4}.items()
    )
    assert open_vault(document, PASSPHRASE)


def test_another_passphrase_is_wrong():
    document, _ = cheap_vault()
    with pytest.raises(PassphraseWrong, match="does not open this store"):
        open_vault(document, PASSPHRASE + " ")


def test_a_passphrase_is_the_same_in_every_way_of_typing_it():
    document, _ = create_vault("cafe\u0301 creme", random=counted(), parameters=CHEAP)
    assert open_vault(document, "caf\u00e9 creme")


def test_a_passphrase_may_hold_any_character_even_bytes_that_are_no_text():
    passphrase = "\udcff\U0001f511 \0 \n passphrase"
    document, _ = create_vault(passphrase, random=counted(), parameters=CHEAP)
    assert open_vault(document, passphrase)


def test_a_short_passphrase_is_refused_and_a_middling_one_advised_against():
    with pytest.raises(PassphraseWeak, match="7 characters is too short; 8 are the least"):
        create_vault("seven77", random=counted(), parameters=CHEAP)
    assert create_vault("eight888", random=counted(), parameters=CHEAP)
    assert "has 11 characters" in passphrase_advice("eleven-1111")
    assert passphrase_advice("twelve-12121") == ""


def test_each_sealing_has_its_own_nonce():
    _, vault = cheap_vault()
    one, other = vault.seal(b"key", b""), vault.seal(b"key", b"")
    assert one[:12] != other[:12]
    assert len(one) == 12 + len(b"key") + 16


def test_a_sealed_key_cannot_be_moved_to_another_record():
    _, vault = cheap_vault()
    sealed = vault.seal(b"key", b"record 1")
    with pytest.raises(StoreDamaged, match="damaged, or belongs to another record"):
        vault.open(sealed, b"record 2")


@given(place=st.integers(0, 30), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_sealed_key_is_damage(place, bit):
    _, vault = cheap_vault()
    sealed = bytearray(vault.seal(b"key", b""))
    sealed[place] ^= 1 << bit
    with pytest.raises(StoreDamaged):
        vault.open(bytes(sealed), b"")


@pytest.mark.parametrize("size", [0, 11, 12, 27])
def test_a_sealed_key_that_is_too_short_is_damage(size):
    _, vault = cheap_vault()
    with pytest.raises(StoreDamaged):
        vault.open(bytes(size), b"")


def test_a_flipped_bit_in_the_document_is_damage_and_never_a_wrong_passphrase():
    document, _ = cheap_vault()
    text = json.dumps(document)
    for place in range(len(text)):
        for bit in range(7):
            changed = text[:place] + chr(ord(text[place]) ^ (1 << bit)) + text[place + 1 :]
            try:
                read = json.loads(changed)
            except ValueError:
                continue
            with pytest.raises(StoreDamaged, match="The vault's document is damaged"):
                open_vault(read, PASSPHRASE)


@pytest.mark.parametrize("field", ["salt", "memory_kib", "passes", "lanes", "name"])
def test_a_document_without_a_parameter_is_damage(field):
    document, _ = cheap_vault()
    kdf = {name: value for name, value in document["kdf"].items() if name != field}
    if field in {"memory_kib", "passes", "lanes"}:
        kdf[field] = "8"
    with pytest.raises(StoreDamaged):
        open_vault(signed(document, kdf=kdf), PASSPHRASE)


@pytest.mark.parametrize(
    "hostile",
    [
        {"memory_kib": 2**40},
        {"memory_kib": 2**20 + 1},
        {"memory_kib": 7},
        {"memory_kib": True},
        {"passes": 10**9},
        {"passes": 0},
        {"lanes": 0},
        {"lanes": 10**6},
        {"name": "scrypt"},
        {"salt": ""},
        {"salt": "A" * 4000},
        {"salt": "*"},
        {"speed": 3},
    ],
)
def test_a_hostile_document_cannot_ask_for_all_memory_or_no_work(hostile):
    document, _ = cheap_vault()
    with pytest.raises(StoreDamaged):
        open_vault(signed(document, kdf={**document["kdf"], **hostile}), PASSPHRASE)


def test_a_wrapped_key_that_was_exchanged_behind_a_right_checksum_is_damage():
    document, _ = cheap_vault()
    other, _ = create_vault(PASSPHRASE, random=os.urandom, parameters=CHEAP)
    with pytest.raises(StoreDamaged, match="data key cannot be unwrapped"):
        open_vault(signed(document, wrapped=other["wrapped"]), PASSPHRASE)


def test_the_vault_of_a_newer_tlsca_is_told_from_a_damaged_one():
    document, _ = cheap_vault()
    with pytest.raises(StoreReadOnly, match="version 2, and this tlsca knows 1"):
        open_vault(signed(document, version=2), PASSPHRASE)


def test_a_new_passphrase_opens_what_was_sealed_under_the_old_one_which_opens_nothing_more():
    document, vault = cheap_vault()
    sealed = vault.seal(b"key", b"")
    changed = change_passphrase(document, vault, "a better passphrase", counted(), parameters=CHEAP)
    assert open_vault(changed, "a better passphrase").open(sealed, b"") == b"key"
    with pytest.raises(PassphraseWrong):
        open_vault(changed, PASSPHRASE)


def test_a_weak_new_passphrase_is_refused():
    document, vault = cheap_vault()
    with pytest.raises(PassphraseWeak):
        change_passphrase(document, vault, "short", counted(), parameters=CHEAP)


def test_the_passphrase_of_one_vault_is_not_changed_with_the_key_of_another():
    document, _ = cheap_vault()
    _, other = create_vault(PASSPHRASE, random=os.urandom, parameters=CHEAP)
    with pytest.raises(StoreDamaged, match="another vault"):
        change_passphrase(document, other, "a better passphrase", counted(), parameters=CHEAP)


def test_a_closed_vault_has_forgotten_its_key():
    document, vault = cheap_vault()
    sealed = vault.seal(b"key", b"")
    vault.close()
    vault.close()
    for use in (
        lambda: vault.seal(b"", b""),
        lambda: vault.open(sealed, b""),
        lambda: change_passphrase(document, vault, "a better passphrase", counted(), parameters=CHEAP),
    ):
        with pytest.raises(PassphraseMissing, match="locked"):
            use()


def test_a_vault_shows_and_gives_away_nothing():
    key = b"K" * 32
    vault = Vault(key, os.urandom)
    assert repr(vault) == "<Vault open>"
    vault_closed = Vault(key, os.urandom)
    vault_closed.close()
    assert repr(vault_closed) == "<Vault closed>"
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be copied or pickled"):
            way(vault)


def test_nothing_of_the_passphrase_or_the_key_is_in_the_document():
    document, vault = cheap_vault()
    key = bytes(vault._key)
    text = json.dumps(document)
    assert PASSPHRASE not in text
    assert key.hex() not in text
