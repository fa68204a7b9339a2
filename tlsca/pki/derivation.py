"""What it would cost to open something that is under a passphrase, read off its DER before any key is derived.

The file says how often its passphrase is hashed. 2^31-1 rounds keep OpenSSL busy for minutes in code that nothing can interrupt,
so a file that asks for them is refused unopened.
"""

from collections.abc import Iterator

from tlsca.errors import DerError, Unreadable
from tlsca.pki import der

MOST_ROUNDS = 10_000_000
"""More rounds than these, over everything in one file, are not hashed: about five seconds' work."""

MOST_MEMORY = 1 << 30
"""More octets of memory than these are not given to scrypt."""

LARGEST = 2 * 1024 * 1024
"""A larger file under a passphrase is not opened; a Java trust store of 150 roots has a tenth of this."""

_MOST_OCTETS_OF_KEY = 64
_SCRYPT = "1.3.6.1.4.1.11591.4.11"  # RFC 7914, 7
_PBKDF2 = "1.2.840.113549.1.5.12"  # RFC 8018, A.2
_PASSWORD_BASED = {
    _PBKDF2,
    *(f"1.2.840.113549.1.5.{number}" for number in (1, 3, 4, 6, 10, 11)),  # RFC 8018, A.3: PBES1
    *(f"1.2.840.113549.1.12.1.{number}" for number in range(1, 7)),  # RFC 7292, C
}


def check_sealed_key(data: bytes) -> None:
    """Raise Unreadable when opening this EncryptedPrivateKeyInfo (RFC 5958, 3) would cost too much; what is none costs nothing."""
    if data[:1] == b"\x30":
        _check_size(data, "The private key")
    if is_sealed(data):
        _check(data, "The private key", rounds=0)


def is_sealed(data: bytes) -> bool:
    """Say whether the bytes have the shape of an EncryptedPrivateKeyInfo: a SEQUENCE of algorithm and ciphertext."""
    try:
        return [element.tag for element in der.read(data).children()] == [der.SEQUENCE, der.OCTET_STRING]
    except DerError:
        return False


def check_pkcs12(data: bytes) -> None:
    """Raise Unreadable when opening this PKCS#12 (RFC 7292, 4) would cost too much, or when it is no whole PFX."""
    _check_size(data, "The PKCS#12 file")
    _check(data, "The PKCS#12 file", rounds=_mac_rounds(data))


def _check_size(data: bytes, what: str) -> None:
    if len(data) > LARGEST:
        raise Unreadable(
            f"{what} has {len(data):,} octets, more than the {LARGEST:,} that are opened with a passphrase.",
            hint="Take it apart with another tool first.",
        )


def _check(data: bytes, what: str, *, rounds: int) -> None:
    for algorithm, parameters in _derivations(data):
        if min(parameters, default=1) < 1:
            raise Unreadable(f"{what} asks for a key derivation with a number below one.")
        if algorithm == _SCRYPT:
            _check_scrypt(parameters, what)
        else:
            rounds += sum(parameters[:1])
            _check_key_length(parameters[1:2], what)
    if rounds > MOST_ROUNDS:
        raise Unreadable(
            f"{what} asks for {rounds:,} rounds of its passphrase's derivation, and more than {MOST_ROUNDS:,} are not done.",
            hint="Who made it wants to keep this machine busy; write it anew with fewer.",
        )


def _check_scrypt(parameters: list[int], what: str) -> None:
    cost, block, lanes = [*parameters, 1, 1, 1][:3]
    if 128 * block * max(cost, lanes) > MOST_MEMORY or cost * block * lanes > MOST_MEMORY // 64:
        raise Unreadable(
            f"{what} asks for scrypt with N={cost:,}, r={block:,}, p={lanes:,}, which is beyond any use.",
            hint="Who made it wants to keep this machine busy; write it anew with less.",
        )
    _check_key_length(parameters[3:4], what)


def _check_key_length(lengths: list[int], what: str) -> None:
    if any(length > _MOST_OCTETS_OF_KEY for length in lengths):
        raise Unreadable(f"{what} asks for a key of {lengths[0]:,} octets, which no cipher has.")


def _derivations(data: bytes) -> Iterator[tuple[str, list[int]]]:
    """Yield each password-based algorithm in the DER, also inside octet strings, with the INTEGERs among its parameters."""
    waiting = [der.read(data)]
    while waiting:
        element = waiting.pop()
        inside = _inside(element)
        if (
            element.tag == der.SEQUENCE
            and len(inside) > 1
            and (name := _name(inside[0])) in _PASSWORD_BASED | {_SCRYPT}
        ):
            yield name, [der.integer(item) for item in _inside(inside[1]) if item.tag == der.INTEGER]
        waiting += inside


def _inside(element: der.Tlv) -> list[der.Tlv]:
    """Return what an element holds: its children, or what an octet string holds if that is DER again."""
    try:
        if element.tag == der.OCTET_STRING:
            return [der.read(der.octets(element))]
        return element.children() if element.constructed else []
    except DerError:
        return []  # ciphertext, or a salt


def _name(element: der.Tlv) -> str:
    return der.dotted(element.content) if element.tag == der.OBJECT_IDENTIFIER else ""


def _mac_rounds(data: bytes) -> int:
    """Return the rounds of a PFX's MacData: its last INTEGER, 1 if there is none. Raises Unreadable."""
    parts = der.read(data).children()
    if len(parts) < 3 or not parts[2].constructed:
        return 0
    last = parts[2].children()[-1:]
    return der.integer(last[0]) if last and last[0].tag == der.INTEGER else 1
