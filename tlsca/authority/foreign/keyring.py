"""The passphrases of what is read: those that were given are tried, then a person is asked, three times for each thing."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tlsca.errors import PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.text import passphrase_octets

ATTEMPTS = 3
"""How often a person is asked for the passphrase of one thing."""

MOST_PASSPHRASES = 100
"""More than these are not tried: each costs a derivation for each thing that is locked."""

LOCKED = "no passphrase that was given opens it"
"""Why something was left out, where that is wanted."""

Ask = Callable[[str], str]
"""Asks a person for the passphrase of what the argument names, in printable text."""

_Opened = TypeVar("_Opened")


class Keyring:
    """Passphrases that are known so far. What opened one thing is tried first on the next, so nobody is asked twice."""

    def __init__(
        self, passphrases: Sequence[str] = (), *, ask: Ask | None = None, leave_locked: bool = False
    ) -> None:
        self._known = [passphrase_octets(secret) for secret in passphrases[:MOST_PASSPHRASES]]
        self._ask = None if leave_locked else ask
        self.leave_locked = leave_locked
        """Whether what no passphrase opens is to be left out, instead of ending the import."""

    def open(self, what: str, opener: Callable[[bytes | None], _Opened]) -> _Opened:
        """Return what `opener` makes of the right passphrase, None being tried first; `what` is printable.

        Raises PassphraseMissing where none was given and nobody can be asked, PassphraseWrong, and what `opener` raises of
        something that no passphrase would make readable.
        """
        try:
            return opener(None)
        except PassphraseMissing:
            pass
        for secret in tuple(self._known):
            try:
                return self._opened(secret, opener)
            except (PassphraseWrong, Unreadable):
                continue
        return self._asked(what, opener)

    def _asked(self, what: str, opener: Callable[[bytes | None], _Opened]) -> _Opened:
        if self._ask is None:
            raise self._refused(what)
        for _ in range(ATTEMPTS):
            try:
                return self._opened(passphrase_octets(self._ask(what)), opener)
            except (PassphraseWrong, PassphraseMissing, Unreadable):
                continue
        raise PassphraseWrong(f"{ATTEMPTS} passphrases do not open {what}.", hint="Nothing was imported.")

    def _refused(self, what: str) -> PassphraseMissing | PassphraseWrong:
        if self._known:
            return PassphraseWrong(
                f"No passphrase that was given opens {what}.", hint="Nothing was imported."
            )
        return PassphraseMissing(f"{what} is under a passphrase.", hint="Give its passphrase.")

    def _opened(self, secret: bytes, opener: Callable[[bytes | None], _Opened]) -> _Opened:
        found = opener(secret)
        self._known = [secret, *(other for other in self._known if other != secret)]
        return found
