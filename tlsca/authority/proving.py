"""Prove a file that went out: read it back as whoever receives it will, and say what is in it and how it is sealed."""

from collections import Counter
from pathlib import Path

from tlsca.authority.exporting import Proof
from tlsca.authority.files import read_file
from tlsca.errors import PassphraseError, Refused, Unreadable
from tlsca.pki.keys import PublicKey, key_id
from tlsca.pki.programs.kubernetes import contents
from tlsca.pki.read import LARGEST, Found, read
from tlsca.pki.rows import Row
from tlsca.pki.sealing import pkcs12_rows
from tlsca.text import count, printable

_PKCS12 = {".p12", ".pfx"}


def read_back(path: Path, written: bytes, *, secret: bytes | None, own: PublicKey | None) -> Proof:
    """Return what a file holds; `secret` opens it, and a key in it has to be that of `own`.

    Raises Refused when the file is not what was written, or its key belongs to another certificate.
    """
    data = read_file(path, most=max(LARGEST, len(written)))
    if data != written:
        raise Refused(
            f"{printable(str(path))} is not what was written.", hint="Look at the disk, and export it again."
        )
    inner = contents(data) if path.suffix == ".yaml" else data
    try:
        found = read(inner, passphrase=secret, name=printable(path.name))
    except PassphraseError:
        raise
    except Unreadable:
        return Proof(count(data.count(b"\n"), "line"))
    _check_keys(path, found, own)
    counts = Counter(item.kind for item in found)
    held = ", ".join(count(number, kind.value) for kind, number in counts.items())
    sealing = pkcs12_rows(data) if path.suffix in _PKCS12 else _facts(found)
    return Proof(held, sealing)


def _check_keys(path: Path, found: tuple[Found, ...], own: PublicKey | None) -> None:
    keys = [item.key for item in found if item.key is not None]
    if own is not None and any(key_id(key.public_key()) != key_id(own) for key in keys):
        raise Refused(f"The key in {printable(str(path))} is not that of the certificate.")


def _facts(found: tuple[Found, ...]) -> tuple[Row, ...]:
    return tuple(row for item in found for row in item.facts)
