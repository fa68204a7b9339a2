"""What the store holds, as typed records, by every word that an operator or another record finds it by.

It keeps the indexes in step with the tables, and a record that was read once, so that a question costs no more in a large store.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from sys import intern

from tlsca.errors import NotFound
from tlsca.store import references
from tlsca.store.documents import copied
from tlsca.store.indexes import AUTHORITY, PREFIX, CertificateIndexes, field_index
from tlsca.store.objects import Objects
from tlsca.store.records import CertificateRecord, Document, KeyRecord
from tlsca.store.replica import Replica
from tlsca.store.transaction import CERTIFICATES, KEYS, SETTINGS
from tlsca.text import printable

_ALIKE = ("profile", "key")


class Holdings:
    """Certificates, sealed keys, objects and named documents; may be asked from several threads, and its records are values."""

    def __init__(self, replica: Replica, objects: Objects) -> None:
        """`replica` has the tables, and tells `_follow` of each change of them."""
        self._tables = replica
        self._objects = objects
        self._certificates = CertificateIndexes(lambda: replica.committed(CERTIFICATES))
        self._keys = field_index("id", lambda: replica.committed(KEYS))
        self._settings = field_index("name", lambda: replica.committed(SETTINGS))
        self._lookups = {
            (CERTIFICATES, "id"): self._certificates.ids,
            (CERTIFICATES, "sha256"): self._certificates.fingerprints,
            (CERTIFICATES, "serial"): self._certificates.serials,
            (KEYS, "id"): self._keys,
            (SETTINGS, "name"): self._settings,
        }
        self._parsed: dict[int, CertificateRecord] = {}

    def read(self, table: str, documents: Mapping[str, Document]) -> None:
        """Take note of documents of the first reading, so that no question in a large store takes longer than a key press may."""
        if table == CERTIFICATES:
            _share_issuers(documents.values())
            self._certificates.read(documents)

    def follow(self, table: str, key: str, old: Document | None, new: Document | None) -> None:
        """Take in the change of one document of a table; None stands for its absence."""
        doc_id = int(key)
        if table == CERTIFICATES:
            self._certificates.change(doc_id, old, new)
            self._parsed.pop(doc_id, None)
        elif table == KEYS:
            self._keys.change(doc_id, old, new)
        elif table == SETTINGS:
            self._settings.change(doc_id, old, new)

    def _lookup(self, table: str, field: str, value: str) -> list[int]:
        """Return the ids in TinyDB of the documents of a table that have this value in a field that is looked up."""
        with self._tables.reading:
            return self._lookups[table, field].get(value)

    def _record(self, doc_id: int) -> CertificateRecord:
        record = self._parsed.get(doc_id)
        if record is None:
            document = self._tables.committed(CERTIFICATES)[str(doc_id)]
            _share_texts(document)
            record = self._parsed[doc_id] = CertificateRecord.from_document(document)
        return record

    def _records(self, doc_ids: list[int]) -> list[CertificateRecord]:
        return [self._record(doc_id) for doc_id in doc_ids]

    def certificate(self, identity: str) -> CertificateRecord:
        """Return the certificate with this `id`; raise NotFound."""
        with self._tables.reading:
            found = self._records(self._certificates.ids.get(identity))
        if not found:
            raise NotFound(f"There is no certificate {printable(identity)} in the store.")
        return found[0]

    def certificates(self) -> list[CertificateRecord]:
        """Return every certificate, in the order in which they came into the store."""
        with self._tables.reading:
            return self._records([int(key) for key in self._tables.committed(CERTIFICATES)])

    def find(
        self, reference: str, *, now: datetime, among: Callable[[CertificateRecord], bool] | None = None
    ) -> CertificateRecord:
        """Return the certificate that an operator means, of all those for which `among` is true.

        `reference` is a name (common name, whole subject as RFC 4514 text, or subject alternative name; case does not
        matter), else a serial number or SHA-256 fingerprint, or four or more of its first digits. Where several have a name,
        the one that is neither renewed, revoked nor expired at `now` is meant. Raises NotFound, with the nearest name, and
        Ambiguous, with a list.
        """
        wanted = reference.strip()
        candidates = self.by_name(wanted) or self._by_digits(wanted)
        if among is not None:
            candidates = [record for record in candidates if among(record)]
        if not candidates:
            with self._tables.reading:
                raise references.unknown(wanted, self._certificates.names_with())
        return references.choose(wanted, candidates, now)

    def _by_digits(self, reference: str) -> list[CertificateRecord]:
        digits = references.hex_digits(reference)
        if digits is None:
            return []
        with self._tables.reading:
            records = self._records(self._certificates.prefixes.get(digits[:PREFIX]))
        return [record for record in records if references.has_prefix(record, digits)]

    def by_serial(self, serial: str) -> list[CertificateRecord]:
        """Return the certificates with this serial number, of any issuer."""
        with self._tables.reading:
            return self._records(self._certificates.serials.get(serial))

    def by_fingerprint(self, sha256: str) -> CertificateRecord | None:
        """Return the certificate with this SHA-256 fingerprint, if the store has it."""
        with self._tables.reading:
            return next(iter(self._records(self._certificates.fingerprints.get(sha256))), None)

    def by_name(self, name: str) -> list[CertificateRecord]:
        """Return the certificates that have this label, common name, whole subject or subject alternative name."""
        with self._tables.reading:
            return self._records(self._certificates.names.get(name.lower()))

    def by_issuer(self, issuer_id: str) -> list[CertificateRecord]:
        """Return the certificates that the authority with this `id` signed; a root is among its own."""
        with self._tables.reading:
            return self._records(self._certificates.issuers.get(issuer_id))

    def revoked_by(self, issuer_id: str) -> list[CertificateRecord]:
        """Return the revoked and held ones among the certificates that the authority with this `id` signed."""
        with self._tables.reading:
            return self._records(self._certificates.revoked.get(issuer_id))

    def authorities(self) -> list[CertificateRecord]:
        """Return every authority's certificates, in the order in which they came into the store; its size costs nothing."""
        with self._tables.reading:
            return self._records(self._certificates.authorities.get(AUTHORITY))

    def with_key(self, key_id: str) -> list[CertificateRecord]:
        """Return the certificates for this key."""
        with self._tables.reading:
            return self._records(self._certificates.keys.get(key_id))

    def key(self, key_id: str) -> KeyRecord | None:
        """Return the sealed private key whose public key has this SHA-256, if the store has it."""
        with self._tables.reading:
            found = self._documents(KEYS, self._keys.get(key_id))
        return KeyRecord.from_document(found[0]) if found else None

    def key_ids(self) -> frozenset[str]:
        """Return the `id` of every private key that the store has."""
        with self._tables.reading:
            return frozenset(self._keys.words())

    def object_pem(self, sha256: str) -> bytes:
        """Return a stored certificate, request or CRL as PEM; raise StoreDamaged, naming it, if it is not as written."""
        return self._objects.read(sha256)

    def object_path(self, sha256: str) -> Path:
        """Return the file that holds an object in PEM, for an operator's own tools."""
        return self._objects.path(sha256)

    def setting(self, name: str) -> Document | None:
        """Return the named document, if there is one."""
        with self._tables.reading:
            found = self._documents(SETTINGS, self._settings.get(name))
        return copied(found[0]["value"]) if found else None

    def settings(self, prefix: str = "") -> list[str]:
        """Return the names of all named documents that start with `prefix`, sorted."""
        with self._tables.reading:
            return sorted(name for name in self._settings.words() if name.startswith(prefix))

    def _documents(self, table: str, doc_ids: list[int]) -> list[Document]:
        documents = self._tables.committed(table)
        return [documents[str(doc_id)] for doc_id in doc_ids]


def _share_issuers(documents: Iterable[Document]) -> None:
    """Let certificates of one issuer hold one copy of what it is called, which is 17 MB less for 100,000."""
    try:
        for document in documents:
            document["issuer"] = intern(document["issuer"])
            document["issuer_id"] = intern(document["issuer_id"])
    except (KeyError, TypeError):
        pass  # one is not as it should be, and is told of when it is read as a record; those behind it keep copies of their own


def _share_texts(document: Document) -> None:
    """Let certificates hold one copy of what many say alike, which is a tenth less memory once all are read."""
    for name in _ALIKE:
        value = document.get(name)
        if type(value) is str:
            document[name] = intern(value)
