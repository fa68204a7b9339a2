"""The vault: private keys sealed under one passphrase, in a document that any copy of the store may carry.

Argon2id (RFC 9106) makes a guess at the passphrase cost memory and time; its result opens a random data key, and that key
seals each private key with AES-256-GCM. So a new passphrase rewrites one document and no private key.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from tlsca.errors import PassphraseMissing, PassphraseWeak, PassphraseWrong, StoreDamaged, StoreReadOnly
from tlsca.store.records import Document

Random = Callable[[int], bytes]
"""Returns as many random bytes as it is asked for."""

SHORTEST_PASSPHRASE = 8
ADVISED_PASSPHRASE = 12

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 16
_KEK_LABEL = b"tlsca vault 1: key-encryption key"
_VERIFIER_LABEL = b"tlsca vault 1: passphrase verifier"
_IDENTITY_LABEL = b"tlsca vault 1: data key identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfParameters:
    """What one guess at the passphrase costs (RFC 9106, section 3.1); the default is its second recommendation."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def cheaper_than(self, other: "KdfParameters") -> bool:
        """Tell whether a guess costs less memory or less work than with others."""
        work, other_work = self.memory_kib * self.passes, other.memory_kib * other.passes
        return self.memory_kib < other.memory_kib or work < other_work

    def are_sane(self) -> bool:
        """Tell whether Argon2 accepts them and a document that asks for them is not out to exhaust this machine."""
        return (
            1 <= self.lanes <= 16
            and 8 * self.lanes <= self.memory_kib <= 1024 * 1024
            and 1 <= self.passes <= 16
        )


STANDARD = KdfParameters()


class Vault:
    """An open vault: it holds the data key until `close`."""

    __slots__ = ("_key", "_random")

    def __init__(self, key: bytes, random: Random) -> None:
        """Use `create_vault` or `open_vault` instead."""
        self._key = bytearray(key)
        self._random = random

    def __repr__(self) -> str:
        return f"<Vault {'open' if self._key else 'closed'}>"

    def __reduce__(self) -> str:
        raise TypeError("a vault cannot be copied or pickled")

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Return `plaintext` sealed with AES-256-GCM: 12 bytes of nonce, then ciphertext and tag.

        `associated` says whose it is; the same is needed to open it. Raises PassphraseMissing once the vault is closed.
        """
        nonce = self._random(_NONCE_BYTES)
        return nonce + AESGCM(self._data_key()).encrypt(nonce, plaintext, associated)

    def open(self, sealed: bytes, associated: bytes) -> bytes:
        """Return what `seal` was given; raise StoreDamaged if it, or whose it is, is not what it was."""
        try:
            return AESGCM(self._data_key()).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
        except (InvalidTag, ValueError) as error:
            raise StoreDamaged(
                "A sealed private key is damaged, or belongs to another record.",
                hint="Restore the store from a backup.",
            ) from error

    def close(self) -> None:
        """Forget the data key, as far as Python can."""
        self._key[:] = bytes(len(self._key))
        self._key.clear()

    def _data_key(self) -> bytes:
        if not self._key:
            raise PassphraseMissing("The vault is locked.", hint="Give the passphrase to unlock it.")
        return bytes(self._key)


def create_vault(
    passphrase: str, *, random: Random, parameters: KdfParameters = STANDARD
) -> tuple[Document, Vault]:
    """Return a new vault and the document that opens it again; raise PassphraseWeak."""
    key = random(_KEY_BYTES)
    return _document(key, passphrase, random, parameters), Vault(key, random)


def open_vault(document: Mapping[str, Any], passphrase: str, *, random: Random = os.urandom) -> Vault:
    """Return the vault that `document` describes; `random` makes the nonces of what it seals.

    Raises PassphraseWrong; StoreDamaged if the document is not what was written; StoreReadOnly if a newer tlsca wrote it.
    """
    sealed = _read(document)
    secrets = _derive(passphrase, sealed.salt, sealed.parameters)
    if not hmac.compare_digest(secrets.verifier, sealed.verifier):
        raise PassphraseWrong(
            "The passphrase does not open this store.",
            hint="It is the one given when the store was made, or last changed; look at Caps Lock too.",
        )
    wrapped = sealed.wrapped
    try:
        key = AESGCM(secrets.kek).decrypt(
            wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _described(document)
        )
    except (InvalidTag, ValueError) as error:
        raise _damaged("its data key cannot be unwrapped") from error
    return Vault(key, random)


def parameters_of(document: Mapping[str, Any]) -> KdfParameters:
    """Return what one guess at the passphrase costs; raise StoreDamaged, StoreReadOnly as `open_vault`."""
    return _read(document).parameters


def change_passphrase(
    document: Mapping[str, Any],
    vault: Vault,
    new: str,
    random: Random,
    *,
    parameters: KdfParameters = STANDARD,
) -> Document:
    """Return the document that opens the same vault with a new passphrase; what is sealed stays as it is.

    Raises PassphraseWeak, PassphraseMissing if the vault is closed, StoreDamaged if `document` is of another vault.
    """
    key = vault._data_key()  # noqa: SLF001 -- the data key leaves its vault only here, to be wrapped anew
    _read(document)
    if document["identity"] != _identity(key):
        raise _damaged("it describes another vault than the open one")
    return _document(key, new, random, parameters)


def passphrase_advice(passphrase: str) -> str:
    """Return a sentence about a passphrase that is allowed but short, or an empty one."""
    length = len(unicodedata.normalize("NFC", passphrase))
    if length >= ADVISED_PASSPHRASE:
        return ""
    return (
        f"The passphrase has {length} characters; it guards every private key of this authority, "
        f"so {ADVISED_PASSPHRASE} or more are better."
    )


class _Secrets(NamedTuple):
    kek: bytes
    verifier: bytes


class _Sealed(NamedTuple):
    parameters: KdfParameters
    salt: bytes
    verifier: bytes
    wrapped: bytes


def _document(key: bytes, passphrase: str, random: Random, parameters: KdfParameters) -> Document:
    _insist_on_length(passphrase)
    salt = random(_SALT_BYTES)
    secrets = _derive(passphrase, salt, parameters)
    described: Document = {
        "version": _VERSION,
        "kdf": {"name": "argon2id", "salt": _text(salt), **asdict(parameters)},
        "verifier": _text(secrets.verifier),
        "identity": _identity(key),
    }
    nonce = random(_NONCE_BYTES)
    described["wrapped"] = _text(nonce + AESGCM(secrets.kek).encrypt(nonce, key, _described(described)))
    return {**described, "checksum": _checksum(described)}


def _read(document: Mapping[str, Any]) -> _Sealed:
    if document.get("checksum") != _checksum(document):
        raise _damaged("its checksum is wrong")
    if document.get("version") != _VERSION:
        raise StoreReadOnly(
            f"The vault has version {document.get('version')!r:.20}, and this tlsca knows {_VERSION}.",
            hint="The store was written by a newer tlsca; use that one.",
        )
    try:
        kdf = dict(document["kdf"])
        name, salt = kdf.pop("name"), _bytes(kdf.pop("salt"))
        parameters = KdfParameters(**{field: _whole(value) for field, value in kdf.items()})
        verifier, wrapped = _bytes(document["verifier"]), _bytes(document["wrapped"])
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise _damaged("it lacks what belongs there") from error
    if name != "argon2id" or not parameters.are_sane() or not _SALT_BYTES <= len(salt) <= 64:
        raise _damaged("it asks for a key derivation outside all bounds")
    return _Sealed(parameters, salt, verifier, wrapped)


def _derive(passphrase: str, salt: bytes, parameters: KdfParameters) -> _Secrets:
    derived = Argon2id(
        salt=salt,
        length=_KEY_BYTES,
        iterations=parameters.passes,
        lanes=parameters.lanes,
        memory_cost=parameters.memory_kib,
    ).derive(_encoded(passphrase))
    return _Secrets(_expand(derived, _KEK_LABEL), _expand(derived, _VERIFIER_LABEL))


def _expand(secret: bytes, label: bytes) -> bytes:
    return HKDFExpand(SHA256(), _KEY_BYTES, label).derive(secret)


def _encoded(passphrase: str) -> bytes:
    # Bytes of the environment that are no UTF-8 arrive as lone surrogates; they are a passphrase like any other.
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _insist_on_length(passphrase: str) -> None:
    length = len(unicodedata.normalize("NFC", passphrase))
    if length < SHORTEST_PASSPHRASE:
        raise PassphraseWeak(
            f"A passphrase of {length} characters is too short; {SHORTEST_PASSPHRASE} are the least.",
            hint=f"{ADVISED_PASSPHRASE} or more are better: four or five words that nobody else puts together.",
        )


def _identity(key: bytes) -> str:
    return _expand(key, _IDENTITY_LABEL).hex()


def _described(document: Mapping[str, Any]) -> bytes:
    """Return what a wrapped key is bound to: everything in its document but itself and the checksum."""
    return _canonical(
        {name: value for name, value in document.items() if name not in {"wrapped", "checksum"}}
    )


def _checksum(document: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in document.items() if name != "checksum"}
    return hashlib.sha256(_canonical(rest)).hexdigest()


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode("ascii")


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _damaged(reason: str) -> StoreDamaged:
    return StoreDamaged(
        f"The vault's document is damaged: {reason}.", hint="Restore the store from a backup."
    )
