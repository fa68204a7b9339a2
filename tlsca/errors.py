"""Everything that tlsca refuses to do, and how it says so.

Each error is one sentence for a person, a hint about what to do next, a title for a dialog, and the exit status of the
command line. Front ends render these four and nothing else; an exception outside this tree is a defect.

A hint names an act by its command (`tlsca renew`) and a value by its option (`--days`), and is written so that it can be read with
another word there: the app puts its own keys and fields in their place (`tui/wording.py`). A sentence names neither.

    TlscaError                  exit status 3: it could not be done, and nothing was changed
    ├── UsageError              2: the words of a command or the value of a field are wrong
    │   ├── SettingsError       2: a settings file cannot be read as meant
    │   └── FilterUnreadable    2: a filter of the list cannot be read, from one letter to another
    ├── NotAnIdentity           a name that is no DNS name, IP address, e-mail address or URI
    ├── NotAName                text that is no RFC 4514 distinguished name
    ├── Unreadable              a file or bytes in which nothing known can be found
    │   └── DerError                bytes that break the rules of DER at a known offset
    ├── Refused                 the authority does not issue, sign or export this
    ├── NotFound                nothing in the store answers to this reference
    ├── Ambiguous               several things answer to it; they are listed
    ├── Duplicate               there is one of that name already
    ├── StoreError              the store on disk
    │   ├── StoreMissing        there is none
    │   ├── StoreExists         there is one already
    │   ├── StoreDamaged        the journal or an object is not what was written
    │   ├── StoreReadOnly       it was opened for reading only, because it is damaged or may not be written
    │   ├── StoreConflict       somebody else changed the same thing in between
    │   └── StoreWriteFailed    the operating system refused: disk full, file-size limit, I/O error
    └── PassphraseError         4: the passphrase is missing or wrong
        ├── PassphraseMissing   none was given, and nobody can be asked
        ├── PassphraseWrong     one was given, and it does not open this
        └── PassphraseWeak      3: one was chosen that is too short to protect anything
"""

from typing import ClassVar


class TlscaError(Exception):
    """Something could not be done, and nothing was changed.

    `str(error)` is one sentence without a newline. `hint` says what to do about it, or is empty.
    """

    title: ClassVar[str] = "Not possible"
    exit_status: ClassVar[int] = 3

    def __init__(self, sentence: str, *, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint

    @property
    def sentence(self) -> str:
        """What went wrong, as one sentence."""
        return str(self.args[0])


class UsageError(TlscaError):
    """The words of a command or the value of a field are wrong."""

    title = "Wrong usage"
    exit_status = 2


class SettingsError(UsageError):
    """A settings file cannot be read as meant."""

    title = "Settings"


class FilterUnreadable(UsageError):
    """A filter cannot be read; `start` and `end` are the offsets in its text between which that is."""

    def __init__(self, sentence: str, *, hint: str = "", start: int, end: int) -> None:
        super().__init__(sentence, hint=hint)
        self.start = start
        self.end = end


class NotAnIdentity(TlscaError):
    """A name that is no DNS name, IP address, e-mail address or URI."""

    title = "Not a name for a certificate"


class NotAName(TlscaError):
    """Text that is no distinguished name in the form of RFC 4514."""

    title = "Not a distinguished name"


class Unreadable(TlscaError):
    """A file or bytes in which nothing known can be found."""

    title = "Cannot be read"


class DerError(Unreadable):
    """Bytes that break the rules of DER; `offset` says where, counted from the first byte."""

    def __init__(self, sentence: str, *, offset: int, hint: str = "") -> None:
        super().__init__(f"{sentence} (at byte {offset})", hint=hint)
        self.offset = offset


class Refused(TlscaError):
    """The authority does not issue, sign or export this."""

    title = "Refused"


class NotFound(TlscaError):
    """Nothing in the store answers to this reference."""

    title = "Not found"


class Ambiguous(TlscaError):
    """Several things in the store answer to this reference."""

    title = "Which one?"


class Duplicate(TlscaError):
    """There is one of that name already."""

    title = "Already there"


class StoreError(TlscaError):
    """The store on disk cannot be used as asked."""

    title = "Store"


class StoreMissing(StoreError):
    """There is no store in this directory."""

    title = "No store"


class StoreExists(StoreError):
    """There is a store in this directory already."""

    title = "Store exists"


class StoreDamaged(StoreError):
    """The journal or an object is not what was written."""

    title = "Store damaged"


class StoreReadOnly(StoreError):
    """The store was opened for reading only."""

    title = "Read-only"


class StoreConflict(StoreError):
    """Somebody else changed the same thing in between."""

    title = "Changed meanwhile"


class StoreWriteFailed(StoreError):
    """The operating system refused to write."""

    title = "Cannot write"


class PassphraseError(TlscaError):
    """The passphrase is missing or wrong."""

    title = "Passphrase"
    exit_status = 4


class PassphraseMissing(PassphraseError):
    """No passphrase was given, and nobody can be asked."""


class PassphraseWrong(PassphraseError):
    """A passphrase was given, and it does not open this."""

    title = "Wrong passphrase"


class PassphraseWeak(PassphraseError):
    """A passphrase was chosen that is too short to protect anything."""

    title = "Weak passphrase"
    exit_status = 3
