"""Deploy: a certificate as the directory of files that one program wants, with a README, and proved by reading it back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tlsca.authority.desk import Desk
from tlsca.authority.directories import Member, check_directory, write_directory
from tlsca.authority.exporting import Proof, check_protection
from tlsca.authority.files import PRIVATE_MODE, PUBLIC_MODE, file_stem
from tlsca.authority.listing import title_of
from tlsca.authority.proving import read_back
from tlsca.errors import Refused
from tlsca.pki.bundle import TRUSTSTORE_PASSPHRASE, Material
from tlsca.pki.programs.catalogue import Delivery, deliver, program_named
from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.recipe import Outfile
from tlsca.store.records import CertificateRecord
from tlsca.store.vault import ADVISED_PASSPHRASE
from tlsca.text import passphrase_octets, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployForm:
    """What is asked for. Where a key goes out it needs a passphrase, or `clear_key` to say that none is meant."""

    reference: str
    program: str
    passphrase: str | None = field(default=None, repr=False)
    clear_key: bool = False


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that would be written."""

    path: Path
    title: str
    mode: int
    octets: int | None
    """Its size; None where that takes the private key."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, found out before anything is."""

    directory: Path
    program: str
    roles: tuple[str, ...]
    """What the program is set up as: `server`, `client`, `identity` (PKCS#12 or the like) or `trust`."""
    files: tuple[PlannedFile, ...]
    needs_key: bool
    """Whether a private key goes out, so that the store has to be unlocked."""
    remarks: tuple[str, ...]
    """What to know beforehand."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that was written."""

    path: Path
    mode: int
    octets: int
    proof: Proof
    """What was found when it was read back."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Everything that was written for a program."""

    directory: Path
    program: str
    files: tuple[Placed, ...]
    next_step: str
    """What to do now, as one sentence."""


def plan(desk: Desk, form: DeployForm, out: Path, *, force: bool = False) -> Plan:
    """Return what `deploy` would write to the directory `out`, writing nothing; the store may be locked.

    Raises NotFound, Ambiguous, UsageError, and Refused: the program has no use for the certificate or cannot be told a passphrase,
    the key is not in the store, or the files cannot be written there.
    """
    record = desk.ledger.find(form.reference, now=desk.now())
    delivery = deliver(program_named(form.program), _handover(desk, record, form))
    if delivery.needs_key and not desk.has_key(record):
        raise Refused(
            f"The private key is not in the store, and {form.program} needs it.",
            hint="Import the key, or export where it was made.",
        )
    target = check_directory(out, [file.name for file in delivery.files], force=force)
    files = tuple(_planned(target, file) for file in delivery.files)
    return Plan(target, form.program, delivery.roles, files, delivery.needs_key, delivery.remarks)


def check_passphrase(form: DeployForm) -> None:
    """Raise where the passphrase of a form for a key is missing, too short, or contradicts `clear_key`.

    PassphraseMissing, PassphraseWeak (fewer than 8 characters), UsageError.
    """
    why = f"For {printable(form.program)} the private key goes out"
    check_protection(form.passphrase, clear_key=form.clear_key, why=why)


def passphrase_remark(passphrase: str) -> str:
    """Return a sentence about a passphrase that is allowed but short, or an empty one."""
    if len(passphrase) >= ADVISED_PASSPHRASE:
        return ""
    return (
        f"The passphrase has {len(passphrase)} characters, and whoever gets the file can try as many as they like; "
        f"{ADVISED_PASSPHRASE} or more are better."
    )


def deploy(desk: Desk, form: DeployForm, out: Path, *, force: bool = False) -> Deployed:
    """Write the files, all or none, read each back, and return where they went. A key that leaves is an act in the audit log.

    Raises as `plan` and `check_passphrase`, and PassphraseMissing while the store is locked and a key is to go out.
    """
    planned = plan(desk, form, out, force=force)
    if planned.needs_key:
        check_passphrase(form)
    record = desk.ledger.find(form.reference, now=desk.now())
    given = _handover(desk, record, form, with_key=planned.needs_key)
    delivery = deliver(program_named(form.program), given)
    members = [Member(file.name, file.build(), file.private) for file in delivery.files]
    if planned.needs_key:
        _write_down(desk, record, form)
    directory = write_directory(planned.directory, members, force=force)
    files = tuple(_placed(directory, delivery, given, members))
    return Deployed(directory, form.program, files, _next_step(directory, delivery))


def default_directory(desk: Desk, form: DeployForm) -> str:
    """Return the name of the directory that a deployment gets when none is chosen: `www.example.com-nginx`."""
    record = desk.ledger.find(form.reference, now=desk.now())
    return f"{file_stem(title_of(record))}-{file_stem(form.program)}"


def _handover(desk: Desk, record: CertificateRecord, form: DeployForm, *, with_key: bool = False) -> Handover:
    secret = passphrase_octets(form.passphrase) if form.passphrase else None
    material = Material(
        chain=desk.chain_certificates(record),
        key=desk.private_key(record) if with_key else None,
        passphrase=secret,
        friendly_name=title_of(record),
    )
    return Handover(
        material=material, sealed=not form.clear_key, stem=file_stem(title_of(record)), random=desk.random
    )


def _planned(directory: Path, file: Outfile) -> PlannedFile:
    octets = None if file.private else len(file.build())
    return PlannedFile(directory / file.name, file.title, _mode(private=file.private), octets)


def _mode(*, private: bool) -> int:
    return PRIVATE_MODE if private else PUBLIC_MODE


def _write_down(desk: Desk, record: CertificateRecord, form: DeployForm) -> None:
    if desk.ledger.read_only is not None:
        return
    detail = {
        "subject": record.subject,
        "serial": record.serial,
        "program": form.program,
        "clear": form.clear_key,
    }
    with desk.ledger.transaction(act="export-key", at=desk.now(), detail=detail):
        pass


def _placed(directory: Path, delivery: Delivery, given: Handover, members: list[Member]) -> Iterator[Placed]:
    own = given.certificate.public_key() if delivery.needs_key else None
    for member in members:
        path = directory / member.name
        secret = TRUSTSTORE_PASSPHRASE if not member.private else given.material.passphrase
        proof = read_back(path, member.data, secret=secret, own=own)
        yield Placed(path, path.stat().st_mode & 0o777, len(member.data), proof)


def _next_step(directory: Path, delivery: Delivery) -> str:
    step = f"Follow {printable(str(directory / delivery.files[-1].name))}"
    return f"{step}, then prove it: {delivery.proof}" if delivery.proof else f"{step}."
