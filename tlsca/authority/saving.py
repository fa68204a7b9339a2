"""Save what is shown: an object as text, PEM or DER, by the suffix of the file; anything else that is text as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from tlsca.authority.files import write_file
from tlsca.errors import UsageError
from tlsca.text import printable

TEXT, PEM, DER = "text", "PEM", "DER"

_SUFFIXES = {
    ".txt": TEXT,
    ".text": TEXT,
    ".pem": PEM,
    ".crt": PEM,
    ".csr": PEM,
    ".crl": PEM,
    ".der": DER,
    ".cer": DER,
}
"""What a suffix asks for; any other takes what is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a view shows, in every form in which it can be saved."""

    what: str
    """What it is called: `text`, `PEM`, `chain`."""
    stem: str
    """The beginning of a file name for it."""
    form: str
    """The form that is shown, one of `forms`."""
    forms: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def name(self) -> str:
        """The file name that is offered."""
        return f"{self.stem}.{'txt' if self.form == TEXT else self.form.lower()}"


@dataclass(frozen=True, slots=True)
class Saved:
    """What was written."""

    path: Path
    form: str
    octets: int


def save(shown: Shown, path: Path, *, force: bool) -> Saved:
    """Write what is shown to a file, whole or not at all; `force` replaces one that is there.

    Raises UsageError where the suffix asks for a form that there is not, Refused where the file is there or cannot be written.
    """
    form = form_of(shown, path)
    data = shown.forms[form]
    return Saved(write_file(path, data, private=False, force=force), form, len(data))


def form_of(shown: Shown, path: Path) -> str:
    """Return the form that a path asks for by its suffix: what is shown, where it asks for none. Raises UsageError."""
    wanted = _SUFFIXES.get(path.suffix.lower(), shown.form)
    if wanted not in shown.forms:
        able = " or ".join(shown.forms)
        raise UsageError(
            f"The {printable(shown.what)} cannot be saved as {wanted}.", hint=f"It can be saved as {able}."
        )
    return wanted
