"""SSH keys, as OpenSSH and RFC 4716 write them: which key it is, its SubjectPublicKeyInfo, and what else the file says of it.

An SSH key and a certificate may hold the same key; written as X.509 writes keys, it is seen.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tlsca.errors import Unreadable
from tlsca.pki.rows import Row
from tlsca.pki.writing import bit_string, integer, object_identifier, sequence
from tlsca.text import printable, rfc3339

MOST_ROUNDS = 500
"""More rounds of bcrypt than these are not done: about six seconds' work. ssh-keygen does 16 (`-a` says how many)."""

_MAGIC = b"openssh-key-v1\0"  # PROTOCOL.key of OpenSSH
_ALGORITHM = rb"(?:ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9-]+)(?:@openssh\.com)?"
_LINE = re.compile(
    rb"(?:^|[ \t])" + _ALGORITHM + rb"[ \t]+(AAAA[A-Za-z0-9+/]+={0,2})(?:[ \t]+([^\r\n]*))?", re.MULTILINE
)
_RFC4716 = re.compile(
    rb"---- BEGIN SSH2 PUBLIC KEY ----\r?\n(.{1,100000}?)---- END SSH2 PUBLIC KEY ----", re.DOTALL
)
_CERTIFICATE = "-cert-v01@openssh.com"
_CURVES = {
    b"nistp256": "1.2.840.10045.3.1.7",
    b"nistp384": "1.3.132.0.34",
    b"nistp521": "1.3.132.0.35",
}
_FOREVER = 2**64 - 1
_LATEST = 253402300799  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class SshKey:
    """A public key. `spki` is its DER SubjectPublicKeyInfo, empty for a kind that X.509 does not know."""

    spki: bytes
    facts: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class SealedWith:
    """How an OpenSSH private key is protected: cipher and derivation by their names in the file, `none` for neither."""

    cipher: str
    derivation: str
    rounds: int


class _Wire:
    """Takes values off octets one after the other (RFC 4251, 5). Raises Unreadable where they end early."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int) -> bytes:
        if count > len(self._octets) - self._at:
            raise Unreadable("An SSH key is cut short.", hint="Copy it again, whole.")
        taken = self._octets[self._at : self._at + count]
        self._at += count
        return taken

    def number(self, octets: int = 4) -> int:
        return int.from_bytes(self.take(octets), "big")

    def string(self) -> bytes:
        return self.take(self.number())

    def mpint(self) -> int:
        return int.from_bytes(self.string(), "big", signed=True)

    def strings(self) -> Iterator[bytes]:
        while self._at < len(self._octets):
            yield self.string()


def has_public_keys(data: bytes) -> bool:
    """Say whether a text holds an SSH public key in one of its two forms."""
    # Plain searches first: they take a tenth of the time over 50 MB of something else.
    return bool(
        (b"AAAA" in data and _LINE.search(data)) or (b"---- BEGIN SSH2" in data and _RFC4716.search(data))
    )


def public_keys(data: bytes) -> Iterator[SshKey]:
    """Yield the keys of a text: lines as in `id_ed25519.pub` and `authorized_keys`, blocks as RFC 4716 has them. Raises Unreadable."""
    for block in _RFC4716.finditer(data):
        yield _rfc4716(block[1])
    for line in _LINE.finditer(data):
        yield _key(_decoded(line[1]), comment=line[2] or b"")


def _rfc4716(body: bytes) -> SshKey:
    """Read headers, which a backslash continues, then base64 (RFC 4716, 3.3)."""
    unfolded = re.sub(rb"\\\r?\n", b"", body)
    lines = unfolded.splitlines()
    headers = [line for line in lines if b":" in line]
    comments = [line.partition(b":")[2] for line in headers if line.lower().startswith(b"comment:")]
    encoded = b"".join(line.strip() for line in lines if b":" not in line)
    return _key(_decoded(encoded), comment=b"".join(comments).strip().strip(b'"'))


def _decoded(encoded: bytes) -> bytes:
    try:
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4))
    except binascii.Error:
        raise Unreadable("An SSH key does not hold base64.", hint="Copy it again, whole.") from None


def _key(blob: bytes, *, comment: bytes = b"") -> SshKey:
    wire = _Wire(blob)
    name = wire.string()
    text = name.decode("ascii", "backslashreplace")
    is_certificate = text.endswith(_CERTIFICATE)
    if is_certificate:
        wire.string()  # the nonce
    plain = text.removesuffix(_CERTIFICATE).removesuffix("@openssh.com")
    spki, facts = _written(plain, wire)
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")
    rows = [
        Row("SSH algorithm", printable(text)),
        *facts,
        *(_certified(wire) if is_certificate else ()),
        Row("SSH fingerprint", f"SHA256:{digest}"),
    ]
    if comment.strip():
        rows.append(Row("Comment", printable(comment.strip().decode("utf-8", "backslashreplace"))))
    return SshKey(spki, tuple(rows))


def _written(algorithm: str, wire: _Wire) -> tuple[bytes, tuple[Row, ...]]:
    """Read a key's own fields; return it as SubjectPublicKeyInfo, and what else they say (RFC 4253, 6.6; 5656; 8709)."""
    token = algorithm.startswith("sk-")
    match algorithm.removeprefix("sk-"):
        case "ssh-rsa":
            exponent, modulus = wire.mpint(), wire.mpint()
            spki = rsa_spki(sequence(integer(abs(modulus)), integer(abs(exponent))))
        case "ssh-dss":
            p, q, g, y = (abs(wire.mpint()) for _ in range(4))
            parameters = sequence(integer(p), integer(q), integer(g))
            spki = _spki("1.2.840.10040.4.1", parameters, integer(y))
        case "ssh-ed25519":
            spki = _spki("1.3.101.112", b"", wire.string())
        case "ssh-ed448":
            spki = _spki("1.3.101.113", b"", wire.string())
        case "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521":
            curve, point = wire.string(), wire.string()
            known = _CURVES.get(curve)
            spki = _spki("1.2.840.10045.2.1", object_identifier(known), point) if known else b""
        case _:
            return b"", ()
    where = (Row("Token", "needed to sign", "the key lives in a FIDO authenticator"),) if token else ()
    if token:
        wire.string()  # the application
    return spki, where


def rsa_spki(public_key: bytes) -> bytes:
    """Return a DER RSAPublicKey (RFC 8017, A.1.1) as SubjectPublicKeyInfo."""
    return _spki("1.2.840.113549.1.1.1", b"\x05\x00", public_key)


def _spki(algorithm: str, parameters: bytes, key: bytes) -> bytes:
    return sequence(sequence(object_identifier(algorithm), parameters), bit_string(key))


def _certified(wire: _Wire) -> Iterator[Row]:
    """Read what an OpenSSH certificate says (PROTOCOL.certkeys of OpenSSH)."""
    serial, kind, key_id = wire.number(8), wire.number(), wire.string()
    principals = [
        printable(name.decode("utf-8", "backslashreplace")) for name in _Wire(wire.string()).strings()
    ]
    begin, end = wire.number(8), wire.number(8)
    yield Row("SSH certificate", {1: "for a user", 2: "for a host"}.get(kind, "of an unknown kind"))
    yield Row("Key id", printable(key_id.decode("utf-8", "backslashreplace")))
    yield Row("Serial", str(serial))
    yield Row("Principals", ", ".join(principals) or "everybody")
    yield Row("Valid", f"{_moment(begin)} until {_moment(end)}")


def _moment(seconds: int) -> str:
    if seconds in {0, _FOREVER}:
        return "for ever" if seconds else "the beginning"
    return rfc3339(datetime.fromtimestamp(seconds, UTC)) if seconds <= _LATEST else "a year beyond 9999"


def private_key(data: bytes) -> tuple[SshKey, SealedWith]:
    """Return the public half of an OpenSSH private key, which stands in it unsealed, and how the rest is protected.

    `data` is what the PEM armour holds. Raises Unreadable, also where opening it would keep the machine busy.
    """
    if not data.startswith(_MAGIC):
        raise Unreadable("These bytes are no OpenSSH private key.", hint="Copy it again, whole.")
    wire = _Wire(data[len(_MAGIC) :])
    cipher, derivation, options = wire.string(), wire.string(), wire.string()
    if wire.number() != 1:
        raise Unreadable(
            "An OpenSSH private key file of several keys is not read.", hint="ssh-keygen writes one."
        )
    sealed = SealedWith(_word(cipher), _word(derivation), _rounds(options))
    if sealed.rounds > MOST_ROUNDS:
        raise Unreadable(
            f"The private key asks for {sealed.rounds:,} rounds of its passphrase's derivation, and more than {MOST_ROUNDS} of bcrypt are not done.",
            hint="Who made it wants to keep this machine busy; write it anew with fewer.",
        )
    return _key(wire.string()), sealed


def _rounds(options: bytes) -> int:
    if not options:
        return 0
    wire = _Wire(options)
    wire.string()  # the salt
    return wire.number()


def _word(octets: bytes) -> str:
    return printable(octets.decode("ascii", "backslashreplace"))
