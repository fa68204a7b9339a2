"""Export: one certificate, in one format, in a file or as octets, with its key only where that is asked for by name."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, file_stem, write_file
from tlsca.authority.listing import title_of
from tlsca.authority.lists import newest_crls
from tlsca.authority.requesting import request_of, request_pem
from tlsca.errors import PassphraseMissing, PassphraseWeak, UsageError
from tlsca.pki.bundle import TRUSTSTORE_PASSPHRASE, Format, Material, bundle, format_named
from tlsca.pki.read import read
from tlsca.pki.request import request_again
from tlsca.pki.rows import Row
from tlsca.pki.sealing import pkcs12_rows
from tlsca.store.records import CertificateRecord
from tlsca.store.vault import ADVISED_PASSPHRASE, SHORTEST_PASSPHRASE
from tlsca.text import count, passphrase_octets, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportForm:
    """What is asked for. A format that holds a key needs a passphrase, or `clear_key` to say that none is meant."""

    reference: str
    format: str
    passphrase: str | None = field(default=None, repr=False)
    clear_key: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written."""

    path: Path
    form: Format
    octets: int
    proof: "Proof"
    """What was found when the file was read back."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a file holds, found by reading it back."""

    holds: str
    """`3 certificates, 1 private key`."""
    sealing: tuple[Row, ...] = ()
    """Cipher, key derivation, rounds and MAC of a file under a passphrase."""

    def __str__(self) -> str:
        return "; ".join([self.holds, *(f"{row.title.lower()}: {row.value}" for row in self.sealing)])


def export_octets(desk: Desk, form: ExportForm) -> tuple[Format, bytes]:
    """Return the format and the octets that a file of it holds. Writing a private key out is an act in the audit log.

    Raises NotFound, Ambiguous, Refused, PassphraseMissing (the store is locked, or a key would leave in the clear unasked), PassphraseWeak.
    """
    chosen = format_named(form.format)
    record = desk.ledger.find(form.reference, now=desk.now())
    if chosen.has_key:
        why = f"The format {chosen.name} holds the private key"
        check_protection(form.passphrase, clear_key=form.clear_key, why=why)
    data = bundle(chosen, _material(desk, record, chosen, form), random=desk.random)
    if chosen.has_key and desk.ledger.read_only is None:
        detail = {
            "subject": record.subject,
            "serial": record.serial,
            "format": chosen.name,
            "clear": form.clear_key,
        }
        with desk.ledger.transaction(act="export-key", at=desk.now(), detail=detail):
            pass
    return chosen, data


def export(desk: Desk, form: ExportForm, out: Path, *, force: bool = False) -> Exported:
    """Write a file, read it back, and return where it went. `out` may be a directory. Raises as `export_octets`, and Refused."""
    record = desk.ledger.find(form.reference, now=desk.now())
    path = out / default_name(record, format_named(form.format)) if out.is_dir() else out
    check_target(path, force=force)  # before a key is unsealed and the audit log says that it left
    chosen, data = export_octets(desk, form)
    written = write_file(path, data, private=chosen.has_key, force=force)
    return Exported(written, chosen, len(data), _proof(written, form, chosen))


def default_name(record: CertificateRecord, form: Format) -> str:
    """Return the file name that an export gets when none is chosen."""
    return file_stem(title_of(record)) + form.suffix


def check_protection(passphrase: str | None, *, clear_key: bool, why: str) -> None:
    """Raise where what is to protect a key in a file is missing, too short, or contradicts `clear_key`.

    `why` begins the sentence. PassphraseMissing, PassphraseWeak (fewer than 8 characters), UsageError.
    """
    if passphrase and clear_key:
        raise UsageError(
            "A key in the clear has no passphrase, and one was given.",
            hint="Leave out --no-passphrase, or the passphrase.",
        )
    if clear_key:
        return
    if not passphrase:
        raise PassphraseMissing(
            f"{why}, and no passphrase was given to protect it.",
            hint="Give --export-passphrase-file FILE, or --no-passphrase for a key in the clear.",
        )
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseWeak(
            f"{why}, and a passphrase of {count(len(passphrase), 'character')} protects no key.",
            hint=f"{SHORTEST_PASSPHRASE} are the least; {ADVISED_PASSPHRASE} or more are better.",
        )


def _material(desk: Desk, record: CertificateRecord, chosen: Format, form: ExportForm) -> Material:
    return Material(
        chain=desk.chain_certificates(record),
        key=desk.private_key(record) if chosen.has_key else None,
        passphrase=_secret(form),
        friendly_name=title_of(record),
        crls=_crls(desk, record) if chosen.name == "crl" else (),
        request=_request(desk, record) if chosen.name == "csr" else None,
    )


def _crls(desk: Desk, record: CertificateRecord) -> tuple[bytes, ...]:
    """Return the newest lists of an authority, or of the authority that issued a leaf."""
    authority = record if record.is_authority else desk.issuer_of(record)
    return newest_crls(desk, authority) if authority else ()


def _request(desk: Desk, record: CertificateRecord) -> bytes | None:
    """Return the request that became the certificate, else a new one signed with its key; None without either."""
    known = request_of(desk, record)
    if known is not None:
        return request_pem(desk, known)
    if not desk.has_key(record):
        return None
    made = request_again(desk.certificate(record), desk.private_key(record))
    return made.public_bytes(Encoding.PEM)


def _secret(form: ExportForm) -> bytes | None:
    return passphrase_octets(form.passphrase) if form.passphrase else None


def _proof(path: Path, form: ExportForm, chosen: Format) -> Proof:
    """Read a file back, as whoever receives it will, and say what is in it and how it is sealed."""
    data = path.read_bytes()
    if chosen.name == "text":
        return Proof(count(data.count(b"\n"), "line"))
    if chosen.name == "ssh-public":
        return Proof(f"1 public key, {data.split()[0].decode('ascii')}")
    if chosen.name == "jwk":
        return Proof(f"1 JSON Web Key, thumbprint {json.loads(data)['kid']}")
    secret = _secret(form) or (TRUSTSTORE_PASSPHRASE if chosen.name == "truststore" else None)
    found = read(data, passphrase=secret, name=printable(path.name))
    counts = Counter(item.kind for item in found)
    held = ", ".join(count(number, kind.value) for kind, number in counts.items())
    if chosen.suffix.endswith(".p12"):
        return Proof(held, pkcs12_rows(data))
    return Proof(held, tuple(row for item in found for row in item.facts))
