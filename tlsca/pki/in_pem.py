"""The objects in a text: PEM blocks by their labels, and SSH public keys.

The label says what a block is meant to be, also where its content is damaged.
"""

import re
from collections.abc import Callable, Iterator

from tlsca.errors import Unreadable
from tlsca.pki import armour, in_der
from tlsca.pki.armour import Block
from tlsca.pki.found import Found, Kind, Passphrase, Skipped
from tlsca.pki.rows import Row
from tlsca.pki.shapes import element_at, parameters_title

_Read = Callable[[Block, Passphrase], Iterator[Found | Skipped]]


def objects(data: bytes, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    """Yield what is in each PEM block. Raises PassphraseError."""
    for block in armour.blocks(data):
        if not block.whole:
            yield _torn(block)
            continue
        reader = _reader(block.label)
        if reader is None:
            yield Skipped(f"a PEM block “{block.title}”", "its kind is not known")
            continue
        try:
            yield from list(reader(block, passphrase))
        except Unreadable as error:
            yield Skipped(f"a PEM block “{block.title}”", _reason(error), error)


def ssh_keys(data: bytes) -> Iterator[Found | Skipped]:
    """Yield the SSH public keys of a text; none where it holds none."""
    from tlsca.pki import ssh  # noqa: PLC0415 -- a file of certificates needs none of it

    if not ssh.has_public_keys(data):
        return
    try:
        for key in ssh.public_keys(data):
            yield Found(Kind.PUBLIC_KEY, key.spki, spki=key.spki, facts=key.facts)
    except Unreadable as error:
        yield Skipped("an SSH key", _reason(error), error)


def _torn(block: Block) -> Skipped:
    error = Unreadable(
        f"A PEM block “{block.title}” begins and has no END line: the file is cut short.",
        hint="Copy it again, whole.",
    )
    return Skipped(f"a PEM block “{block.title}”", "it begins and has no END line", error)


def _reason(error: Unreadable) -> str:
    sentence = error.sentence.rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _reader(label: bytes) -> _Read | None:
    if label == b"OPENSSH PRIVATE KEY":
        return _openssh_key
    if label.endswith(b"PRIVATE KEY"):
        return _private_key
    if label.endswith(b"PARAMETERS"):
        return _parameters
    return _READERS.get(label)


def _plain(kind: Kind) -> _Read:
    def plain(block: Block, _passphrase: Passphrase) -> Iterator[Found]:
        yield Found(kind, block.octets())

    return plain


def _trusted(block: Block, _passphrase: Passphrase) -> Iterator[Found]:
    """Tell the certificate from the trust settings that follow it."""
    from tlsca.pki.trusted import trust_rows  # noqa: PLC0415 -- likewise

    octets = block.octets()
    certificate = element_at(octets)
    if certificate is None:
        raise Unreadable("A trusted certificate is cut short.", hint="Copy it again, whole.")
    settings = octets[certificate.next_offset :]
    yield Found(Kind.CERTIFICATE, certificate.encoding, trust=settings, facts=trust_rows(settings))


def _message(block: Block, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    yield from in_der.objects_of(Kind.PKCS7, block.octets(), passphrase)


def _public_key(block: Block, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    yield from in_der.objects_of(Kind.PUBLIC_KEY, block.octets(), passphrase)


def _parameters(block: Block, _passphrase: Passphrase) -> Iterator[Found]:
    """Say by the label whose they are, where it tells."""
    octets = block.octets()
    element = element_at(octets)
    title = parameters_title(element) if element is not None else ""
    named = {b"DH": "Diffie-Hellman", b"X9.42 DH": "Diffie-Hellman (X9.42)", b"DSA": "DSA"}
    whose = named.get(block.label.removesuffix(b" PARAMETERS"), title)
    yield Found(Kind.PARAMETERS, octets, facts=(Row("Parameters", whose),))


def _private_key(block: Block, passphrase: Passphrase) -> Iterator[Found]:
    from tlsca.pki.in_key import private_key  # noqa: PLC0415 -- likewise

    yield private_key(block.encoding, passphrase, facts=_sealed_traditionally(block))


def _sealed_traditionally(block: Block) -> tuple[Row, ...]:
    """Return how a traditional key is sealed (RFC 1423): by OpenSSL's EVP_BytesToKey, whatever the cipher."""
    cipher, _, vector = block.header(b"DEK-Info").partition(",")
    if not cipher:
        return ()
    # The library takes the length for granted, and panics where the vector is short.
    if not re.fullmatch("[0-9A-Fa-f]{16}" if "DES" in cipher else "[0-9A-Fa-f]{32}", vector):
        raise Unreadable("The private key's DEK-Info header is damaged.", hint="Copy it again, whole.")
    note = "one round of MD5 makes the passphrase cheap to guess"
    return (Row("Sealed with", f"{cipher}, MD5, 1 round", note),)


def _openssh_key(block: Block, passphrase: Passphrase) -> Iterator[Found]:
    from tlsca.pki.in_key import openssh_key  # noqa: PLC0415 -- likewise

    yield openssh_key(block, passphrase)


_READERS: dict[bytes, _Read] = {
    b"CERTIFICATE": _plain(Kind.CERTIFICATE),
    b"X509 CERTIFICATE": _plain(Kind.CERTIFICATE),
    b"TRUSTED CERTIFICATE": _trusted,
    b"CERTIFICATE REQUEST": _plain(Kind.REQUEST),
    b"NEW CERTIFICATE REQUEST": _plain(Kind.REQUEST),
    b"X509 CRL": _plain(Kind.CRL),
    b"PUBLIC KEY": _public_key,
    b"RSA PUBLIC KEY": _public_key,
    b"PKCS7": _message,
    b"PKCS #7 SIGNED DATA": _message,
    b"CMS": _message,
}
