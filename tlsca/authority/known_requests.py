"""The certificate requests that a store knows, as an operator wants them listed: whose key is here, and what became of each."""

from dataclasses import dataclass

from tlsca.authority.desk import Desk
from tlsca.authority.inspecting import Inspection, inspect_octets
from tlsca.authority.requesting import request_pem, requests
from tlsca.errors import NotFound
from tlsca.store.records import CertificateRecord, RequestRecord
from tlsca.text import printable

_REF_LENGTH = 12


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """One request, with what only the whole store can tell."""

    record: RequestRecord
    has_key: bool
    """Whether its private key is in the store: it was made here, or its key was imported too."""
    certificates: tuple[CertificateRecord, ...]
    """What it became, as far as that is in the store; in the order of coming."""

    @property
    def ref(self) -> str:
        """A short reference that `tlsca sign` takes."""
        return self.record.id[:_REF_LENGTH]

    @property
    def title(self) -> str:
        """What a person calls it: its names, or its subject. Printable."""
        return printable(", ".join(self.record.names) or self.record.subject) or "(no name)"

    @property
    def state(self) -> str:
        """`signed` once it became a certificate, `waiting` until then."""
        return "signed" if self.record.certificate_ids else "waiting"

    @property
    def source(self) -> str:
        """Whose request it is, in words."""
        return "made here" if self.has_key else "somebody's"


def known_requests(desk: Desk) -> tuple[KnownRequest, ...]:
    """Return every request that the store knows: those that wait first, the newest before the older ones."""
    found = [_known(desk, record) for record in reversed(requests(desk))]
    return tuple(sorted(found, key=lambda known: known.state == "signed"))


def inspect_request(desk: Desk, record: RequestRecord) -> Inspection:
    """Return a request of the store as rows, as OpenSSL's text and as PEM. Raises StoreDamaged."""
    pem = request_pem(desk, record)
    return inspect_octets(pem, passphrase=None, source="the store", now=desk.now())[0]


def _known(desk: Desk, record: RequestRecord) -> KnownRequest:
    has_key = desk.ledger.key(record.key_id) is not None
    return KnownRequest(record, has_key, tuple(_certificates(desk, record)))


def _certificates(desk: Desk, record: RequestRecord) -> list[CertificateRecord]:
    found = []
    for identity in record.certificate_ids:
        try:
            found.append(desk.ledger.certificate(identity))
        except NotFound:  # it was put away since
            continue
    return found
