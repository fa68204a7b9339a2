"""What a rule looks at: one certificate, what it is for, and how the rule says what it found.

Whether a missing name matters depends on what a certificate is for, which only its extensions tell; that is read once, here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from tlsca.pki.certificate import Certificate
from tlsca.pki.lint.remark import Level, Remark, Repair
from tlsca.pki.quiet import quietly

RENEW = "renew"
REKEY = "rekey"
ISSUE = "issue"


@dataclass(frozen=True)
class Subject:
    """One certificate under the rules, at a time."""

    certificate: Certificate
    now: datetime

    @cached_property
    def usages(self) -> frozenset[ObjectIdentifier]:
        """The extended key usages; none where the extension is missing."""
        return frozenset(self.certificate.value(x509.ExtendedKeyUsage) or ())

    @cached_property
    def key_usage(self) -> x509.KeyUsage | None:
        """The key usage; None where the extension is missing."""
        return self.certificate.value(x509.KeyUsage)

    @cached_property
    def is_ca(self) -> bool:
        """Whether this is an authority."""
        return self.certificate.is_ca

    @cached_property
    def is_server(self) -> bool:
        """Whether this is a leaf that says it is for TLS servers."""
        return not self.is_ca and ExtendedKeyUsageOID.SERVER_AUTH in self.usages

    @cached_property
    def is_legible(self) -> bool:
        """Whether the extensions can be read, so that a missing one is missing."""
        return self.certificate.flaw is None

    @cached_property
    def has_legible_names(self) -> bool:
        """Whether subject and issuer can be read, so that an empty one is empty."""
        content = self.certificate.content
        if content is None:
            return False
        try:
            with quietly(UserWarning):  # countries that are not two letters
                return content.subject is not None and content.issuer is not None
        except ValueError:
            return False

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
            certificate=self.certificate.sha256,
            about=self.certificate.label,
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
