"""Checkpoints: what the journal was at a time, kept elsewhere, so that one day a journal that was cut short or rewritten is noticed.

The hash chain shows every change but one: whoever can write to the store can cut off its end, or write all of it anew. A checkpoint
that lies on another machine, signed by an authority, tells how many lines there were and what the last one's hash was.

A checkpoint is a JSON document. Its `statement` is the very text that is signed, and `signature` is in Base64:

    jq -j .statement FILE > statement; jq -r .signature FILE | base64 -d > signature
    jq -r .certificate FILE | openssl x509 -pubkey -noout > key.pem
    openssl dgst -sha256 -verify key.pem -signature signature statement           # EC P-256 and RSA
    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in statement -sigfile signature     # Ed25519, Ed448
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.issuers import authority_record
from tlsca.authority.issuing import fingerprint
from tlsca.errors import Unreadable
from tlsca.pki.detached import is_signed_by, sign_detached
from tlsca.pki.names import dn_text
from tlsca.pki.quiet import quietly
from tlsca.text import count, from_rfc3339, printable, rfc3339

LARGEST = 64 * 1024
"""Octets that a checkpoint has at most; one signed with ML-DSA-87 has about 17,000."""

_STATEMENT = re.compile(
    r"tlsca checkpoint 1\nstore ([0-9a-f]{32})\nlines (\d{1,12})\nhash ([0-9a-f]{64})\nat (\S{20})\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a journal was at a time."""

    store: str
    """The identity that the store got when it was made: 32 hexadecimal digits."""
    lines: int
    digest: str
    """The last line's hash, in hexadecimal."""
    at: datetime
    certificate: x509.Certificate | None = None
    """Whose key signed it."""
    signature: bytes = b""

    @property
    def statement(self) -> str:
        """The text that is signed."""
        return f"tlsca checkpoint 1\nstore {self.store}\nlines {self.lines}\nhash {self.digest}\nat {rfc3339(self.at)}\n"

    @property
    def signer(self) -> str:
        """Who signed it, printable; empty for nobody."""
        return printable(dn_text(self.certificate.subject)) if self.certificate else ""

    def to_json(self) -> dict[str, Any]:
        """Return the document that is kept."""
        document: dict[str, Any] = {
            "store": self.store,
            "lines": self.lines,
            "hash": self.digest,
            "at": rfc3339(self.at),
            "statement": self.statement,
        }
        if self.certificate is not None:
            document["signature"] = base64.b64encode(self.signature).decode("ascii")
            document["certificate"] = self.certificate.public_bytes(Encoding.PEM).decode("ascii")
        return document


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of holding a journal against a checkpoint of its past."""

    holds: bool
    sentence: str
    """What was found; printable."""
    checkpoint: Checkpoint

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "holds": self.holds,
            "sentence": self.sentence,
            "lines": self.checkpoint.lines,
            "at": rfc3339(self.checkpoint.at),
            "signed_by": self.checkpoint.signer or None,
        }


def checkpoint(desk: Desk) -> Checkpoint:
    """Return what the journal is now; nothing is written. Raises StoreDamaged."""
    desk.ledger.refresh()
    head = desk.ledger.head
    return Checkpoint(store=desk.ledger.identity, lines=head.lines, digest=head.digest.hex(), at=desk.now())


def signed_checkpoint(desk: Desk, reference: str) -> Checkpoint:
    """Return what the journal is now, signed by an authority of the store, and note in the audit log that it was signed.

    Raises NotFound, Ambiguous, UsageError, Refused, PassphraseMissing, StoreDamaged, StoreError.
    """
    authority = authority_record(desk, reference)
    key = desk.private_key(authority)
    plain = checkpoint(desk)
    signed = Checkpoint(
        store=plain.store,
        lines=plain.lines,
        digest=plain.digest,
        at=plain.at,
        certificate=desk.certificate(authority),
        signature=sign_detached(key, plain.statement.encode("ascii")),
    )
    if desk.ledger.read_only is None:
        detail = {"authority": authority.subject, "lines": plain.lines, "hash": plain.digest}
        with desk.ledger.transaction(act="checkpoint", at=plain.at, detail=detail):
            pass
    return signed


def read_checkpoint(data: bytes) -> Checkpoint:
    """Return the checkpoint that `to_json` wrote. Raises Unreadable; whether its signature is right, `compare` says."""
    try:
        document = json.loads(data)
        found = _STATEMENT.fullmatch(document["statement"])
        if found is None:
            raise _unreadable()
        return Checkpoint(
            store=found[1],
            lines=int(found[2]),
            digest=found[3],
            at=from_rfc3339(found[4]),
            **_signature(document),
        )
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise _unreadable() from None


def compare(desk: Desk, kept: Checkpoint) -> Comparison:
    """Hold the journal on disk against a checkpoint of its past. Raises StoreDamaged where the chain itself is broken."""
    desk.ledger.refresh()
    desk.ledger.verify()
    wrong = _wrong_signature(desk, kept) or _difference(desk, kept)
    if wrong:
        return Comparison(False, wrong, kept)
    since = desk.ledger.position - kept.lines
    by = f", signed by {kept.signer}" if kept.signer else ""
    return Comparison(
        True,
        f"The journal has the {count(kept.lines, 'line')} of {rfc3339(kept.at)}{by}; {since} came since.",
        kept,
    )


def _signature(document: Mapping[str, Any]) -> dict[str, Any]:
    if "signature" not in document:
        return {}
    with quietly(UserWarning):
        certificate = x509.load_pem_x509_certificate(document["certificate"].encode("ascii"))
    return {"certificate": certificate, "signature": base64.b64decode(document["signature"], validate=True)}


def _wrong_signature(desk: Desk, kept: Checkpoint) -> str:
    certificate = kept.certificate
    if certificate is None:
        return ""
    key = certificate.public_key()
    if not is_signed_by(key, kept.signature, kept.statement.encode("ascii")):
        return f"The checkpoint was changed: the signature is not {kept.signer}'s."
    if desk.ledger.by_fingerprint(fingerprint(certificate)) is None:
        return f"The checkpoint is signed by {kept.signer}, whose certificate {fingerprint(certificate)[:12]} is not in this store."
    return ""


def _difference(desk: Desk, kept: Checkpoint) -> str:
    if kept.store != desk.ledger.identity:
        return "The checkpoint is of another store."
    missing = kept.lines - desk.ledger.position
    if missing > 0:
        return (
            f"The journal was cut short: it has {count(desk.ledger.position, 'line')}, and had {kept.lines} at "
            f"{rfc3339(kept.at)}; {missing} of them are gone."
        )
    line = next(desk.ledger.history(kept.lines), None)
    if line is None or line.digest != kept.digest:
        return f"The journal was rewritten: its first {count(kept.lines, 'line')} are not those that it had at {rfc3339(kept.at)}."
    return ""


def _unreadable() -> Unreadable:
    return Unreadable(
        "This is no checkpoint of a tlsca journal.", hint="Make one with tlsca log --checkpoint."
    )
