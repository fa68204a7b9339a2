"""Destinations: every program and format that a certificate can go out to, and why it cannot go to the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tlsca.authority.desk import Desk
from tlsca.authority.exporting import ExportForm, export_octets
from tlsca.authority.files import file_stem
from tlsca.authority.listing import title_of
from tlsca.errors import Refused, TlscaError
from tlsca.pki.bundle import FORMATS, Format, Material
from tlsca.pki.programs.catalogue import PROGRAMS, Delivery, deliver
from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.recipe import EDWARDS, POST_QUANTUM, Program, Secrecy
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

_PKCS12 = frozenset({"pkcs12", "pkcs12-compatible"})
_MAY_BE_MISSING = frozenset({"crl", "csr", "ssh-public"})
"""Formats of what not every certificate has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A program or a format, as it is offered for some certificates."""

    name: str
    title: str
    is_program: bool
    needs_key: bool = False
    """Whether a private key goes out."""
    secrecy: Secrecy = Secrecy.EITHER
    """Whether the key can go under a passphrase, or in the clear."""
    obstacle: TlscaError | None = None
    """Why it is not possible; None where it is."""


def unexamined() -> tuple[Destination, ...]:
    """Return all destinations as long as it is not known which are possible."""
    return (
        *(Destination(name=one.name, title=one.title, is_program=True) for one in PROGRAMS.values()),
        *(
            Destination(name=one.name, title=one.title, is_program=False, needs_key=one.has_key)
            for one in FORMATS.values()
        ),
    )


def destinations(desk: Desk, references: Sequence[str]) -> tuple[Destination, ...]:
    """Return the programs, then the formats, in the order in which they are offered. Raises NotFound, Ambiguous."""
    records = [desk.ledger.find(reference, now=desk.now()) for reference in references]
    sealed = [_handover(desk, record) for record in records]
    clear = [replace(one, sealed=False) for one in sealed]
    programs = (_program(desk, program, records, sealed, clear) for program in PROGRAMS.values())
    return (*programs, *(_format(desk, form, records) for form in FORMATS.values()))


def format_obstacle(desk: Desk, record: CertificateRecord, form: Format) -> TlscaError | None:
    """Return why a certificate cannot go out in a format, or None where it can."""
    if form.has_key and not desk.has_key(record):
        return Refused(
            f"The private key is not in the store, and {form.name} holds one.",
            hint="Export the certificate or its chain instead.",
        )
    if form.name in _PKCS12 and record.key in POST_QUANTUM:
        return Refused(f"PKCS#12 cannot hold a key of kind {record.key} yet.", hint="Export pem-all instead.")
    if form.name not in _MAY_BE_MISSING or (form.name == "csr" and desk.has_key(record)):
        return None
    try:
        export_octets(desk, ExportForm(reference=record.sha256, format=form.name))
    except Refused as error:
        return error
    return None


def format_remarks(record: CertificateRecord, form: Format) -> tuple[str, ...]:
    """Return what to know about a format before a certificate goes out in it; printable."""
    return (*_about_key(record, form), *_about_format(record, form))


def _about_key(record: CertificateRecord, form: Format) -> Iterator[str]:
    if form.has_key and record.is_authority:
        name = printable(title_of(record))
        yield f"This is the key of an authority: whoever opens the file can issue as {name}."


def _about_format(record: CertificateRecord, form: Format) -> tuple[str, ...]:
    if form.name in _PKCS12 and record.key in EDWARDS:
        return (f"Firefox, Chrome on Linux and whatever else uses NSS reads no key of kind {record.key}.",)
    if form.name == "truststore":
        return ("Its password is “changeit”, as Java expects: nothing in it is secret.",)
    if form.name == "pkcs12-compatible":
        return ("3DES and a SHA-1 MAC: only for what refuses pkcs12 as “wrong password”.",)
    return ()


def _handover(desk: Desk, record: CertificateRecord) -> Handover:
    title = title_of(record)
    material = Material(chain=desk.chain_certificates(record), friendly_name=title)
    return Handover(material=material, sealed=True, stem=file_stem(title), random=desk.random)


def _program(
    desk: Desk,
    program: Program,
    records: Sequence[CertificateRecord],
    sealed: Sequence[Handover],
    clear: Sequence[Handover],
) -> Destination:
    """Try both ways with all of them; where neither goes, the passphrase is not the reason."""
    under_passphrase, in_clear = _tried(desk, program, records, sealed), _tried(desk, program, records, clear)
    found = in_clear if isinstance(under_passphrase, TlscaError) else under_passphrase
    if isinstance(found, TlscaError):
        return Destination(name=program.name, title=program.title, is_program=True, obstacle=found)
    return Destination(
        name=program.name,
        title=program.title,
        is_program=True,
        needs_key=any(one.needs_key for one in found),
        secrecy=_secrecy(under_passphrase, in_clear),
    )


def _secrecy(under_passphrase: object, in_clear: object) -> Secrecy:
    if isinstance(under_passphrase, TlscaError):
        return Secrecy.CLEAR_ONLY
    return Secrecy.SEALED_ONLY if isinstance(in_clear, TlscaError) else Secrecy.EITHER


def _tried(
    desk: Desk, program: Program, records: Sequence[CertificateRecord], given: Sequence[Handover]
) -> list[Delivery] | TlscaError:
    done = []
    for record, one in zip(records, given, strict=True):
        try:
            delivery = deliver(program, one)
        except Refused as error:
            return _told_of(record, error, several=len(records) > 1)
        if delivery.needs_key and not desk.has_key(record):
            missing = Refused(
                f"The private key is not in the store, and {program.name} needs it.",
                hint="Import the key, or export where it was made.",
            )
            return _told_of(record, missing, several=len(records) > 1)
        done.append(delivery)
    return done


def _format(desk: Desk, form: Format, records: Sequence[CertificateRecord]) -> Destination:
    obstacles = ((record, format_obstacle(desk, record, form)) for record in records)
    told = (_told_of(record, one, several=len(records) > 1) for record, one in obstacles if one is not None)
    return Destination(
        name=form.name, title=form.title, is_program=False, needs_key=form.has_key, obstacle=next(told, None)
    )


def _told_of(record: CertificateRecord, error: TlscaError, *, several: bool) -> TlscaError:
    """Return an obstacle with the name of the certificate that has it, where there are several."""
    if not several:
        return error
    return Refused(f"{printable(title_of(record))}: {error.sentence}", hint=error.hint)
