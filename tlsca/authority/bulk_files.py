"""Write many certificates to a directory, a file or two for each; that there is room for them is found out before any is issued."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tlsca.authority.bulk import Planned, Progress
from tlsca.authority.desk import Desk
from tlsca.authority.exporting import ExportForm, default_name, export
from tlsca.authority.files import check_target, file_stem
from tlsca.authority.issuing import Issued
from tlsca.authority.listing import title
from tlsca.errors import Refused
from tlsca.pki.bundle import Format, format_named
from tlsca.pki.names import dn_text
from tlsca.text import printable


@dataclass(frozen=True, slots=True)
class FilesForm:
    """What is written for each certificate, and where to."""

    directory: Path
    with_key: bool = False
    """Also the private key, in the clear, in a file that its owner alone can read."""

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats, a file of each for every certificate."""
        return tuple(format_named(name) for name in (("chain", "key") if self.with_key else ("chain",)))


def check_files(form: FilesForm, plans: Sequence[Planned]) -> None:
    """Raise Refused where it is plain beforehand that the files of these certificates could not be written."""
    if not form.directory.is_dir():
        raise Refused(
            f"{printable(str(form.directory))} is no directory.", hint="Make it first, or choose another."
        )
    stems = {
        file_stem(title(dn_text(one.draft.subject), one.draft.names, is_authority=False)) for one in plans
    }
    for stem in sorted(stems):
        for kind in form.formats:
            check_target(form.directory / (stem + kind.suffix), force=False)


def write_files(
    desk: Desk,
    issued: Sequence[Issued],
    form: FilesForm,
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> int:
    """Write the files of each certificate under its own name and return how many there are; a set `cancelled` ends that early.

    Where two certificates share a name, the serial number tells them apart. `progress` counts certificates, in this thread. Raises
    as `export`; what was written before stays.
    """
    written = 0
    for done, (one, stem) in enumerate(_named(issued), 1):
        if cancelled is not None and cancelled.is_set():
            break
        for kind in form.formats:
            wanted = ExportForm(reference=one.record.sha256, format=kind.name, clear_key=kind.has_key)
            export(desk, wanted, form.directory / (stem + kind.suffix))
            written += 1
        if progress is not None:
            progress(done, len(issued))
    return written


def _named(issued: Sequence[Issued]) -> Iterator[tuple[Issued, str]]:
    plain = format_named("pem")
    taken: set[str] = set()
    for one in issued:
        stem = default_name(one.record, plain).removesuffix(plain.suffix)
        if stem in taken:
            stem = f"{stem}.{one.record.serial[:8]}"
        taken.add(stem)
        yield one, stem
