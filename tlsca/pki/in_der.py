"""The objects in DER: what an element is by its shape, and what bundles and messages hold."""

from collections.abc import Iterator

from tlsca.errors import Unreadable
from tlsca.pki import der
from tlsca.pki.found import Found, Kind, Passphrase, Skipped
from tlsca.pki.rows import Row
from tlsca.pki.shapes import element_at, kind_of, parameters_title

_CUT_SHORT = "Copy it again, whole."


def begins(data: bytes) -> bool:
    """Say whether the octets can be DER: a long length, or a short one that fits."""
    return bool(data[1:2]) and (data[1] >= 0x80 or element_at(data) is not None)


def objects(data: bytes, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    """Yield the objects of one or several elements of DER, one behind the other. Raises PassphraseError."""
    at = 0
    while data[at : at + 1] in {b"\x30", b"\x06"}:
        element = element_at(data, at)
        if element is None:
            yield _cut_short(data, at)
            return
        whole = element.encoding
        yield from objects_of(kind_of(der.read(whole)), whole, passphrase)
        at = element.next_offset
    if 0 < at < len(data):
        yield Skipped(f"{len(data) - at:,} octets at the end", "they are no DER")


def objects_of(kind: Kind, data: bytes, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    """Yield the one object that an element of DER is, and those inside it. Raises PassphraseError."""
    try:
        yield from list(_objects_of(kind, data, passphrase))
    except Unreadable as error:
        yield Skipped(f"a {kind.value}", error.sentence[:1].lower() + error.sentence[1:].rstrip("."), error)


def _objects_of(kind: Kind, data: bytes, passphrase: Passphrase) -> Iterator[Found | Skipped]:
    match kind:
        case Kind.PRIVATE_KEY:
            from tlsca.pki.in_key import private_key  # noqa: PLC0415 -- certificates need none of it

            yield private_key(data, passphrase)
        case Kind.PKCS12:
            from tlsca.pki.in_pkcs12 import bundle  # noqa: PLC0415 -- likewise

            yield from bundle(data, passphrase)
        case Kind.PKCS7:
            yield from _message(data)
        case Kind.PUBLIC_KEY:
            spki = _spki(data)
            yield Found(kind, spki, spki=spki)
        case Kind.PARAMETERS:
            yield Found(kind, data, facts=(Row("Parameters", parameters_title(der.read(data))),))
        case _:
            yield Found(kind, data)


def _message(data: bytes) -> Iterator[Found | Skipped]:
    from tlsca.pki import cms  # noqa: PLC0415 -- likewise

    message = cms.message(data)
    yield Found(Kind.PKCS7, data, facts=message.rows)
    yield from (Found(Kind.CERTIFICATE, one, inside=True) for one in message.certificates)
    yield from (Found(Kind.CRL, one, inside=True) for one in message.crls)
    if message.others:
        yield Skipped(f"{message.others} parts of the message", "they are no X.509 certificates or CRLs")


def _spki(data: bytes) -> bytes:
    """Return a public key as SubjectPublicKeyInfo, which PKCS#1's RSAPublicKey is put into."""
    from tlsca.pki import ssh  # noqa: PLC0415 -- likewise

    children = der.read(data).children()
    return data if children[:1] and children[0].tag == der.SEQUENCE else ssh.rsa_spki(data)


def _cut_short(data: bytes, at: int) -> Skipped:
    announced = _announced(data, at)
    there = len(data) - at
    error = Unreadable(
        f"The DER is cut short: {announced:,} octets are announced, and {there:,} are there."
        if announced > there
        else "The DER is damaged: its length cannot be read.",
        hint=_CUT_SHORT,
    )
    return Skipped("an element of DER", "it is cut short", error)


def _announced(data: bytes, at: int) -> int:
    """Return how many octets the header of an element says that it has; 0 if that cannot be read."""
    count = data[at + 1] & 0x7F if len(data) > at + 1 else 0
    digits = data[at + 2 : at + 2 + count]
    return 2 + count + int.from_bytes(digits, "big") if 0 < count == len(digits) <= 8 else 0
