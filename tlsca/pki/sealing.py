"""How a file under a passphrase is built: its ciphers, its derivations and their rounds, its MAC, as facts.

Whether a receiver can open a PKCS#12, and how much its passphrase has to withstand, stand in the open around what is sealed.
"""

from collections.abc import Iterator

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.dump import objects
from tlsca.pki.rows import Row

_PBES2 = "1.2.840.113549.1.5.13"  # RFC 8018, A.4
_PBKDF2 = "1.2.840.113549.1.5.12"  # RFC 8018, A.2
_PBMAC1 = "1.2.840.113549.1.5.14"  # RFC 8018, A.5, in PKCS#12 by RFC 9579
_SCRYPT = "1.3.6.1.4.1.11591.4.11"  # RFC 7914, 7
_DATA = "1.2.840.113549.1.7.1"
_ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
_BAGS = "1.2.840.113549.1.12.10.1."  # RFC 7292, D
_BAG_TITLES = {
    "1": "Key in the clear",
    "2": "Key",
    "3": "Certificate in the clear",
    "4": "CRL in the clear",
    "5": "Secret",
    "6": "Nested part",
}
_SHORT = {"hmacWithSHA1": "HMAC-SHA1", "hmacWithSHA224": "HMAC-SHA224", "hmacWithSHA256": "HMAC-SHA256", "hmacWithSHA384": "HMAC-SHA384", "hmacWithSHA512": "HMAC-SHA512"}  # fmt: skip
_CHEAP = 1000
_CHEAPLY_GUESSED = "so few rounds make the passphrase cheap to guess"
_BROKEN_CIPHERS = ("40BitRC2", "40BitRC4", "DES-CBC", "RC2-40")


def sealed_key_rows(data: bytes) -> tuple[Row, ...]:
    """Return how a DER EncryptedPrivateKeyInfo (RFC 5958, 3) is sealed; nothing where that cannot be read."""
    try:
        return (_scheme_row("Sealed with", der.read(data).children()[0]),)
    except (DerError, IndexError):
        return ()


def pkcs12_rows(data: bytes) -> tuple[Row, ...]:
    """Return how a DER PFX (RFC 7292, 4) is built, part by part, and its MAC; what cannot be read is left out."""
    rows: list[Row] = []
    try:
        parts = der.read(data).children()
        rows += _grouped(_parts(parts[1]))
        rows.append(
            _mac(parts[2]) if len(parts) > 2 else Row("MAC", "none", "nobody can tell whether it was altered")
        )
    except (DerError, IndexError):
        rows.append(Row("Construction", "cannot be read in every part"))
    return tuple(rows)


def _grouped(rows: Iterator[Row]) -> Iterator[Row]:
    """Count what stands in the file several times, so that a trust store of 150 roots is one line."""
    seen: dict[Row, int] = {}
    for row in rows:
        seen[row] = seen.get(row, 0) + 1
    for row, times in seen.items():
        many = f"{times} times" if times > 1 else ""
        yield Row(row.title, ", ".join(filter(None, (row.value, many))) or "1", row.note)


def _parts(safe: der.Tlv) -> Iterator[Row]:
    """Walk an AuthenticatedSafe: what is sealed as a whole, and the bags of what is not."""
    kind, content = _content_info(safe)
    if kind != _DATA or content is None:
        yield Row("Signed", "by a public key instead of a MAC")
        return
    for part in der.read(der.octets(content)).children():
        kind, inner = _content_info(part)
        if kind == _ENCRYPTED_DATA and inner is not None:
            yield _scheme_row("Sealed part", inner.children()[1].children()[1])
        elif kind == _DATA and inner is not None:
            yield from map(_bag, der.read(der.octets(inner)).children())
        else:
            yield Row("Sealed part", "for the holder of a private key")


def _content_info(element: der.Tlv) -> tuple[str, der.Tlv | None]:
    fields = der.sequence(element)
    kind = der.dotted(der.object_identifier(fields.any()))
    wrapped = fields.maybe(der.CONTEXT | 0)
    return kind, None if wrapped is None else der.explicit(wrapped)


def _bag(element: der.Tlv) -> Row:
    fields = der.sequence(element)
    kind = der.dotted(der.object_identifier(fields.any())).removeprefix(_BAGS)
    if kind == "2":
        return _scheme_row("Key", der.explicit(fields.any()).children()[0])
    return Row(_BAG_TITLES.get(kind, "Something unknown"))


def _mac(element: der.Tlv) -> Row:
    digest_info, _salt, *rounds = element.children()
    algorithm, parameters = _algorithm(digest_info.children()[0])
    if algorithm == _PBMAC1 and parameters is not None:
        derivation, scheme = parameters.children()
        words, repeated = _derivation(derivation)
        return Row("MAC", f"{_name(scheme)}, {words}", _judged(repeated))
    repeated = der.integer(rounds[0]) if rounds else 1
    name = objects.short_name(der.object_identifier(digest_info.children()[0].children()[0])).decode("ascii")
    return Row("MAC", f"HMAC-{name}, {_rounds_text(repeated)}", _judged(repeated))


def _scheme_row(title: str, element: der.Tlv) -> Row:
    algorithm, parameters = _algorithm(element)
    if algorithm == _PBES2 and parameters is not None:
        derivation, cipher = parameters.children()
        words, rounds = _derivation(derivation)
        return Row(title, f"{_name(cipher)}, {words}", _judged(rounds, _name(cipher)))
    if parameters is None or len(parameters.children()) < 2:
        return Row(title, _name(element))
    rounds = der.integer(parameters.children()[1])
    return Row(title, f"{_name(element)}, {_rounds_text(rounds)}", _judged(rounds, _name(element)))


def _derivation(element: der.Tlv) -> tuple[str, int | None]:
    """Return a key derivation in words, and its rounds if these are what it costs."""
    algorithm, parameters = _algorithm(element)
    if parameters is None:
        return _name(element), None
    numbers = [der.integer(part) for part in parameters.children() if part.tag == der.INTEGER]
    if algorithm == _SCRYPT:
        return "scrypt with " + ", ".join(
            f"{name}={number:,}" for name, number in zip("Nrp", numbers, strict=False)
        ), None
    if algorithm != _PBKDF2 or not numbers:
        return _name(element), None
    functions = [_name(part) for part in parameters.children() if part.tag == der.SEQUENCE]
    function = functions[-1] if functions else "HMAC-SHA1"
    return f"PBKDF2 with {function}, {_rounds_text(numbers[0])}", numbers[0]


def _rounds_text(rounds: int) -> str:
    """Return a number of rounds in words."""
    return f"{rounds:,} round{'' if rounds == 1 else 's'}"


def _judged(rounds: int | None, cipher: str = "") -> str:
    if any(word in cipher for word in _BROKEN_CIPHERS):
        return "a cipher that is broken"
    return _CHEAPLY_GUESSED if rounds is not None and rounds < _CHEAP else ""


def _algorithm(element: der.Tlv) -> tuple[str, der.Tlv | None]:
    fields = der.sequence(element)
    return der.dotted(der.object_identifier(fields.any())), fields.maybe(der.SEQUENCE)


def _name(element: der.Tlv) -> str:
    name = objects.short_name(der.object_identifier(element.children()[0])).decode("ascii")
    return _SHORT.get(name, name.upper() if name.startswith("aes") else name)
