"""What a rule looks at: one certificate, what it is for, and how the rule says what it found.

Whether a missing name matters depends on what a certificate is for, which only its extensions tell; that is read once, here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlsca.lazy import lazy_property
from tlsca.pki.lint.facts import SERVER_AUTH, Facts
from tlsca.pki.lint.remark import Level, Remark, Repair

if TYPE_CHECKING:
    from datetime import datetime

    from tlsca.pki.certificate import Certificate

RENEW = "renew"
REKEY = "rekey"
ISSUE = "issue"


@dataclass(frozen=True)
class Subject:
    """One certificate under the rules, at a time."""

    der: bytes
    facts: Facts
    now: datetime

    @lazy_property
    def certificate(self) -> Certificate:
        """The same certificate as a chain sees it."""
        from tlsca.pki.certificate import certificate  # noqa: PLC0415 -- loads `cryptography`, which few rules take

        return certificate(self.der)

    @property
    def is_ca(self) -> bool:
        """Whether this is an authority."""
        return self.facts.is_ca

    @property
    def is_server(self) -> bool:
        """Whether this is a leaf that says it is for TLS servers."""
        return not self.is_ca and SERVER_AUTH in self.facts.usages

    @lazy_property
    def is_self_signed(self) -> bool:
        """Whether this certificate's own key signed it, as far as that can be checked."""
        return self.facts.is_self_issued and self.certificate.is_self_signed

    def _remark(
        self, level: Level, code: str, culprit: str, message: str, *, fix: str, source: str, act: str
    ) -> Remark:
        return Remark(
            code=code,
            level=level,
            culprit=culprit,
            message=message,
            fix=fix,
            source=source,
            repair=Repair(act),
            certificate=self.facts.sha256,
            about=self.facts.label,
        )

    def error(
        self, code: str, culprit: str, message: str, *, fix: str, source: str, act: str = RENEW
    ) -> Remark:
        """Return a remark on what clients refuse or is not secure."""
        return self._remark(Level.ERROR, code, culprit, message, fix=fix, source=source, act=act)

    def warning(
        self, code: str, culprit: str, message: str, *, fix: str, source: str, act: str = RENEW
    ) -> Remark:
        """Return a remark on what some client refuses or breaks a rule for issuing."""
        return self._remark(Level.WARNING, code, culprit, message, fix=fix, source=source, act=act)

    def notice(
        self, code: str, culprit: str, message: str, *, fix: str, source: str, act: str = RENEW
    ) -> Remark:
        """Return a remark that is worth knowing."""
        return self._remark(Level.NOTICE, code, culprit, message, fix=fix, source=source, act=act)


Rule = Callable[[Subject], Iterator[Remark]]
"""Looks at one thing and says what is wrong with it."""
