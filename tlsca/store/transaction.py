"""What can be changed in one transaction: certificates, keys and settings, each with the rules that keep the ledger whole.

All of it becomes one line of the journal, or none of it.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, cast

from tinydb import TinyDB
from tinydb.table import Table

from tlsca.errors import Duplicate, NotFound, StoreConflict
from tlsca.store.objects import Objects, canonical, canonical_certificate
from tlsca.store.records import CertificateRecord, Document, KeyRecord
from tlsca.text import printable

CERTIFICATES = "certificates"
KEYS = "keys"
SETTINGS = "settings"

Lookup = Callable[[str, str, str], list[int]]
"""Returns the document ids that the ledger has for a table, a field and a value, as it was before the transaction."""


class Change:
    """One transaction under way. What was added here is found here; the ledger shows it once the transaction is over."""

    def __init__(self, database: TinyDB, objects: Objects, lookup: Lookup) -> None:
        self._database = database
        self._objects = objects
        self._lookup = lookup
        self._added: dict[tuple[str, str, str], list[int]] = {}
        self._objects_to_write: dict[str, bytes] = {}

    # Certificates

    def add_certificate(self, record: CertificateRecord, pem: bytes) -> CertificateRecord:
        """Add a certificate and its object; return the record as it will be read.

        Raises Duplicate if the id, the fingerprint, or the serial number of the same issuer is in the store already.
        Raises ValueError if `pem` is not the certificate whose fingerprint the record has.
        """
        return self._add_certificate(record, canonical(pem))

    def add_certificates(
        self, certificates: Sequence[tuple[CertificateRecord, bytes]]
    ) -> list[CertificateRecord]:
        """Add many certificates, each a record and its DER; return the records as they will be read.

        Their objects are written at once, and the records are looked at while the disk works. Raises as `add_certificate`, and
        StoreWriteFailed.
        """
        named = [canonical_certificate(der) for _, der in certificates]
        kept: list[CertificateRecord] = []

        def insert() -> None:
            for (record, _), one in zip(certificates, named, strict=True):
                kept.append(self._add_certificate(record, one))

        self._objects.add(dict(named), meanwhile=insert)
        for sha256, _ in named:
            del self._objects_to_write[sha256]
        return kept

    def _add_certificate(self, record: CertificateRecord, named: tuple[str, bytes]) -> CertificateRecord:
        sha256, content = named
        self._insist_that_it_is_new(record)
        if sha256 != record.sha256:
            raise ValueError("this is not the record's certificate")
        self._objects_to_write[sha256] = content
        self._insert(CERTIFICATES, record.to_document(), ("id", "sha256", "serial"))
        return record.as_read()

    def _insist_that_it_is_new(self, record: CertificateRecord) -> None:
        if self._find(CERTIFICATES, "id", record.id) or self._find(CERTIFICATES, "sha256", record.sha256):
            raise Duplicate(
                f"The certificate {record.sha256[:16]} ({printable(record.subject)}) is in the store already."
            )
        for other in self._find(CERTIFICATES, "serial", record.serial):
            if _issuer(other) == _issuer(record.to_document()):
                raise Duplicate(
                    f"{printable(record.issuer) or 'The issuer'} has issued serial number {record.serial} already.",
                    hint="RFC 5280, section 4.1.2.2: an issuer never uses a serial number twice.",
                )

    def replace_certificate(self, old: CertificateRecord, new: CertificateRecord) -> CertificateRecord:
        """Replace a record with a later state of itself; return it as it will be read.

        `old` is what the caller read: raises StoreConflict if the store holds something else by now, NotFound if it holds
        nothing. Raises ValueError if `new` is another certificate.
        """
        if (old.id, old.sha256) != (new.id, new.sha256):
            raise ValueError("a certificate is replaced only by a later state of itself")
        self._become(CERTIFICATES, self._unchanged(old), new.to_document())
        return new.as_read()

    def remove_certificate(self, record: CertificateRecord) -> None:
        """Remove a certificate's record; its object stays. Raises as `replace_certificate`."""
        self._table(CERTIFICATES).remove(doc_ids=[self._unchanged(record)])

    def _unchanged(self, record: CertificateRecord) -> int:
        """Return the document id of a record that the store holds as the caller read it. Raises NotFound, StoreConflict."""
        doc_id, current = self._one(CERTIFICATES, "id", record.id)
        if current != record.to_document():
            raise StoreConflict(
                f"The certificate {record.serial[:16]} ({printable(record.subject)}) was changed by somebody else.",
                hint="Look at it again, then decide.",
            )
        return doc_id

    # Keys

    def add_key(self, record: KeyRecord) -> None:
        """Add a sealed private key. Raises Duplicate if the store has the key already."""
        if self._find(KEYS, "id", record.id):
            raise Duplicate(f"The private key {record.id[:16]} is in the store already.")
        self._insert(KEYS, record.to_document(), ("id",))

    def remove_key(self, key_id: str) -> None:
        """Remove a private key. Raises NotFound."""
        self._remove(KEYS, "id", key_id)

    # Settings and objects

    def put_setting(self, name: str, value: Document) -> None:
        """Set one named document, whether there was one or not."""
        document = {"name": name, "value": value}
        found = self._ids(SETTINGS, "name", name)
        if found:
            self._become(SETTINGS, found[0], document)
        else:
            self._insert(SETTINGS, document, ("name",))

    def remove_setting(self, name: str) -> None:
        """Remove one named document. Raises NotFound."""
        self._remove(SETTINGS, "name", name)

    def add_object(self, pem: bytes) -> str:
        """Add a request, a CRL or a certificate to `objects/` and return its SHA-256. Raises Unreadable if it is no PEM."""
        sha256, content = canonical(pem)
        self._objects_to_write[sha256] = content
        return sha256

    def write_objects(self) -> None:
        """Write the objects that were added, before the line of the journal that names them. Raises StoreWriteFailed."""
        self._objects.add(self._objects_to_write)

    # Documents

    def _table(self, name: str) -> Table:
        return self._database.table(name)

    def _ids(self, table: str, field: str, value: str) -> list[int]:
        known = [*self._lookup(table, field, value), *self._added.get((table, field, value), ())]
        if not known:
            return known
        return [doc_id for doc_id in known if self._table(table).contains(doc_id=doc_id)]

    def _find(self, table: str, field: str, value: str) -> list[Document]:
        return [self._read(table, doc_id) for doc_id in self._ids(table, field, value)]

    def _one(self, table: str, field: str, value: str) -> tuple[int, Document]:
        found = self._ids(table, field, value)
        if not found:
            raise NotFound(f"There is no {printable(value)} among the {table} of the store.")
        return found[0], self._read(table, found[0])

    def _read(self, table: str, doc_id: int) -> Document:
        # TinyDB looks at the whole table for `doc_ids`.
        return dict(cast("Document", self._table(table).get(doc_id=doc_id)))

    def _insert(self, table: str, document: Document, fields: tuple[str, ...]) -> None:
        doc_id = self._table(table).insert(document)
        for field in fields:
            self._added.setdefault((table, field, document[field]), []).append(doc_id)

    def _become(self, table: str, doc_id: int, document: Document) -> None:
        def replace(current: MutableMapping[str, Any]) -> None:
            current.clear()
            current.update(document)

        self._table(table).update(replace, doc_ids=[doc_id])

    def _remove(self, table: str, field: str, value: str) -> None:
        doc_id, _ = self._one(table, field, value)
        self._table(table).remove(doc_ids=[doc_id])


def _issuer(document: Mapping[str, object]) -> object:
    return document.get("issuer_id") or document["issuer"]
