"""Private keys in a file: opened to say which key it is, never to show it."""

from collections.abc import Callable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

from tlsca.errors import DerError, PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.pki import der, keys, ssh
from tlsca.pki.armour import Block
from tlsca.pki.derivation import LARGEST, is_sealed
from tlsca.pki.dump import objects
from tlsca.pki.found import CLOSED, Found, Kind, Passphrase
from tlsca.pki.rows import Row
from tlsca.pki.sealing import sealed_key_rows
from tlsca.text import printable

STAYS_CLOSED = Row("Content", "not opened", "its passphrase was not given")
_UNLOADED = "tlsca cannot use a key of this kind"


def private_key(data: bytes, passphrase: Passphrase, *, facts: tuple[Row, ...] = ()) -> Found:
    """Open a private key in PEM or DER, or tell how it is sealed. Raises Unreadable, PassphraseMissing, PassphraseWrong."""
    plain = keys.sealed_der(data)
    sealed = sealed_key_rows(plain) if len(plain) <= LARGEST and is_sealed(plain) else facts
    if passphrase is CLOSED:
        if sealed:
            return _closed(sealed)
        passphrase = None
    try:
        return _found(keys.load_any(data, passphrase), sealed)
    except Unreadable:
        if len(plain) > LARGEST or is_sealed(plain) or not (named := _algorithm(plain)):
            raise
        return Found(Kind.PRIVATE_KEY, b"", facts=(Row("Algorithm", named, _UNLOADED),))


def openssh_key(block: Block, passphrase: Passphrase) -> Found:
    """Open a private key as OpenSSH writes it. Raises Unreadable, PassphraseMissing, PassphraseWrong."""
    public, sealed = ssh.private_key(block.octets())
    facts = public.facts
    if sealed.cipher != "none":
        facts = (*facts, Row("Sealed with", f"{sealed.cipher}, {sealed.derivation}, {sealed.rounds} rounds"))
        if passphrase is CLOSED:
            return _closed(facts, public.spki)
        if not passphrase:
            raise PassphraseMissing("The SSH private key is encrypted.", hint="Give its passphrase.")
    if not public.spki:
        return Found(Kind.PRIVATE_KEY, b"", facts=facts)  # of a token: there is nothing in it to be opened
    secret = None if passphrase is CLOSED or sealed.cipher == "none" else passphrase
    key = _opened(lambda: load_ssh_private_key(block.encoding, secret))
    return _found(key, facts)


def _closed(facts: tuple[Row, ...], spki: bytes = b"") -> Found:
    return Found(Kind.PRIVATE_KEY, b"", spki=spki, facts=(*facts, STAYS_CLOSED))


def _opened(load: Callable[[], object]) -> object:
    try:
        return load()
    except UnsupportedAlgorithm as error:
        raise Unreadable("This SSH private key is sealed in a way that is not known.") from error
    except ValueError as error:
        if "checksum" in str(error):
            raise PassphraseWrong(
                "The passphrase does not open this SSH private key.", hint="Try again."
            ) from None
        raise Unreadable("The SSH private key is damaged.", hint="Copy it again, whole.") from None


def _found(key: object, facts: tuple[Row, ...]) -> Found:
    signer = key if keys.can_sign(key) else None
    return Found(Kind.PRIVATE_KEY, b"", signer, spki=public_half(key), facts=facts)


def public_half(key: object) -> bytes:
    """Return the public half of a private key as DER SubjectPublicKeyInfo; empty where it has no such form."""
    public = getattr(key, "public_key", None)
    try:
        return (
            bytes(public().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) if public else b""
        )
    except (ValueError, UnsupportedAlgorithm):
        return b""


def _algorithm(data: bytes) -> str:
    """Return the algorithm of a PKCS#8 PrivateKeyInfo by name; empty for what is none."""
    try:
        fields = der.sequence(der.read(data))
        der.integer(fields.any())
        algorithm = der.object_identifier(der.sequence(fields.any()).any())
    except DerError:
        return ""
    return printable(objects.long_name(algorithm).decode("utf-8", "backslashreplace"))
