"""Certificates, requests and CRLs as files: `objects/ab/abcdef….pem`, named after the SHA-256 of the DER inside.

Written once and never changed, so any tool can read them while tlsca runs, and checked against their name when read.

They are written before the line of the journal that names them. Which ones, and after which line, is noted meanwhile in a file of
its own: whoever finds that note, and no line after that one, takes away what a killed program left.
"""

import base64
import binascii
import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tlsca.errors import StoreDamaged, StoreWriteFailed, Unreadable
from tlsca.store import durable
from tlsca.store.lock import gone

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_COLUMNS = 64


class Objects:
    """The objects below one directory, and the note of those that are being written. Whoever adds any holds the store's lock."""

    def __init__(self, directory: Path, note: Path) -> None:
        self._directory = directory
        self._note = note
        self._after = 0
        self._written: list[str] = []

    def path(self, sha256: str) -> Path:
        """Return where the object of this fingerprint is, or would be."""
        return self._directory / _name(sha256)

    def add(self, contents: Mapping[str, bytes], *, meanwhile: Callable[[], None] | None = None) -> None:
        """Write objects, durably, each as `canonical` returned it; they stay once `keep` is called.

        `meanwhile` is work for the time in which the disk works. Raises StoreWriteFailed if the operating system refuses, and
        what `meanwhile` raises; none of them stays then.
        """
        try:
            self._note_down([sha256 for sha256 in contents if not self.path(sha256).exists()])
            names = {_name(sha256): content for sha256, content in contents.items()}
            new = durable.write_files(self._directory, names, meanwhile=meanwhile)
        except OSError as error:
            raise StoreWriteFailed(
                f"An object cannot be written: {error.strerror or error}.", hint="Nothing was changed."
            ) from error
        self._written += [Path(name).stem for name in new]

    def _note_down(self, missing: Sequence[str]) -> None:
        if missing:
            heading = () if self._written else (str(self._after),)
            durable.note(self._note, "".join(f"{word}\n" for word in (*heading, *missing)).encode("ascii"))

    def begin(self, after: int) -> None:
        """Begin a transaction after so many lines of the journal; take away what one left there that was killed.

        Raises StoreWriteFailed.
        """
        self._after, self._written = after, []
        try:
            content = self._note.read_bytes()
        except OSError:
            return  # almost always, there is none
        noted, *names = content.decode("ascii", "replace").split("\n")
        try:
            for sha256 in names if noted == str(after) else ():
                if _DIGEST.fullmatch(sha256):
                    durable.discard(self.path(sha256))
            self._note.unlink()
        except OSError as error:
            raise StoreWriteFailed(
                f"What is left of a killed program cannot be taken away: {error.strerror or error}."
            ) from error

    def is_left_over(self) -> bool:
        """Tell whether there is a note of a transaction: one is under way, or was killed."""
        return self._note.exists()

    def keep(self) -> None:
        """End the transaction: what it wrote stays."""
        self._end()

    def undo(self) -> None:
        """End the transaction: what it wrote goes, since no line of the journal names it."""
        for sha256 in self._written:
            with contextlib.suppress(OSError):
                durable.discard(self.path(sha256))
        self._end()

    def _end(self) -> None:
        self._written = []
        with contextlib.suppress(OSError):
            self._note.unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        """Return the object's PEM; raise StoreDamaged, naming it, if it is missing or not what was written, and StoreMissing."""
        if not _DIGEST.fullmatch(sha256):
            raise StoreDamaged(f"{sha256!r:.80} names no object.")
        try:
            content = self.path(sha256).read_bytes()
        except OSError as error:
            if not self._directory.parent.is_dir():
                raise gone(self._directory.parent) from error
            raise _damaged(sha256, os.strerror(error.errno or 0)) from error
        if not is_what_was_written(content, sha256):
            raise _damaged(sha256, "its content has another SHA-256")
        return content


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}.pem"


def canonical(pem: bytes) -> tuple[str, bytes]:
    """Return the SHA-256 of the one PEM block in `pem`, and the block as it is stored. Raises Unreadable if there is none."""
    label, der = _parse(pem)
    return hashlib.sha256(der).hexdigest(), _canonical(label, der)


def canonical_certificate(der: bytes) -> tuple[str, bytes]:
    """Return what `canonical` returns for the PEM of a DER certificate."""
    return hashlib.sha256(der).hexdigest(), _canonical(b"CERTIFICATE", der)


def _parse(pem: bytes) -> tuple[bytes, bytes]:
    found = _PEM.search(pem)
    if found is None:
        raise Unreadable("There is no PEM block in what was to be stored.")
    try:
        return found[1], base64.b64decode(b"".join(found[2].split()), validate=True)
    except binascii.Error as error:
        raise Unreadable(f"The PEM block holds no Base64: {error}.") from error


def _canonical(label: bytes, der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = (text[start : start + _COLUMNS] for start in range(0, len(text), _COLUMNS))
    return b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, b"\n".join(lines), label)


def is_what_was_written(content: bytes, sha256: str) -> bool:
    """Tell whether this is the PEM that the store writes for the object of this fingerprint."""
    try:
        label, der = _parse(content)
    except Unreadable:
        return False
    return hashlib.sha256(der).hexdigest() == sha256 and _canonical(label, der) == content


def _damaged(sha256: str, reason: str) -> StoreDamaged:
    return StoreDamaged(
        f"The object {sha256} is damaged: {reason}.",
        hint="Put back the file objects/" + f"{sha256[:2]}/{sha256}.pem from a backup.",
    )
