"""Which certificates a revocation list is about: all that its authority issued, one kind of them, or those of one partition.

A client takes a list's silence for "not revoked" only of certificates within the list's scope (RFC 5280, 5 and 6.3.3).
"""

from dataclasses import dataclass

from tlsca.pki.revoke import Only
from tlsca.store.records import CertificateRecord, CrlRecord


@dataclass(frozen=True, slots=True)
class Scope:
    """What one list of an authority is about; all that it issued where nothing is said."""

    partition: int | None = None
    only: Only | None = None

    def covers(self, record: CertificateRecord) -> bool:
        """Say whether a certificate of the authority is within it."""
        if self.partition is not None:
            return record.partition == self.partition
        return self.only is None or record.is_authority == (self.only is Only.AUTHORITIES)

    @property
    def word(self) -> str:
        """What tells it from the authority's other scopes: a partition's number, a kind of certificate, or nothing."""
        return str(self.partition or self.only or "")

    @property
    def list_title(self) -> str:
        """What a person calls the list: `CRL`, `CRL for partition 3`, `CRL for users`."""
        if self.partition is not None:
            return f"CRL for partition {self.partition}"
        return f"CRL for {self.only}" if self.only else "CRL"

    @property
    def option(self) -> str:
        """The words that name it after `tlsca crl REF`, with a space before them."""
        if self.partition is not None:
            return f" --partition {self.partition}"
        return f" --only {self.only}" if self.only else ""


WHOLE = Scope()
"""All that an authority issued."""


def scope_of(record: CrlRecord) -> Scope:
    """Return the scope of a list that was published."""
    return Scope(record.partition, Only(record.only) if record.only else None)
