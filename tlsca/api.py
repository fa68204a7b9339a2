"""tlsca for programs: a store and its certificates as objects, over the same acts as the command line and the app.

A test suite or a deployment script has a certificate in two lines, and an `ssl.SSLContext` of it in a third. Private keys stay
sealed in the store: where OpenSSL takes them from files only, they pass through one with mode 0600 that is gone at once.
"""

from __future__ import annotations

import contextlib
import secrets
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tlsca.authority import keeping
from tlsca.authority.catalogue import Catalogue
from tlsca.authority.connecting import ProbeForm, prove
from tlsca.authority.credentials import credential, roots_of
from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.exporting import ExportForm, export_octets
from tlsca.authority.exporting import export as export_file
from tlsca.authority.filter_reading import read_filter
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.listing import Entry, entries, entry
from tlsca.authority.ordering import order_of
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.requesting import SignForm, sign_request
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.probe.keyfile import load_identity
from tlsca.probe.result import Result
from tlsca.store.vault import KdfParameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tlsca.store.records import CertificateRecord

_THROWN_AWAY = KdfParameters(memory_kib=64, passes=1, lanes=1)
"""What a guess costs at the random passphrase of a temporary store, which nobody can guess and which guards nothing."""
_PASSPHRASE_OCTETS = 32


class Store:
    """An open store; a context manager. Not for several threads at once: open it once in each."""

    def __init__(self, desk: Desk, *, directory: tempfile.TemporaryDirectory[str] | None = None) -> None:
        """`directory` is removed when the store is closed. Use `tlsca.open`, `tlsca.create` or `tlsca.temporary`."""
        self._desk = desk
        self._directory = directory

    @classmethod
    def open(cls, directory: str | Path, passphrase: str | None = None, *, read_only: bool = False) -> Self:
        """Open the store in a directory, as `tlsca.open`."""
        store = cls(keeping.open_store(Path(directory), read_only=read_only))
        if passphrase is not None:
            with contextlib.ExitStack() as unless_it_opens:
                unless_it_opens.callback(store.close)
                store.unlock(passphrase)
                unless_it_opens.pop_all()
        return store

    @classmethod
    def create(cls, directory: str | Path, passphrase: str) -> Self:
        """Make a store, as `tlsca.create`."""
        return cls(keeping.create_store(Path(directory), passphrase))

    @classmethod
    def temporary(cls, name: str, clock: Callable[[], datetime] = system_clock) -> Self:
        """Return a store that is thrown away, as `tlsca.temporary`; `name` is that of its root."""
        place = tempfile.TemporaryDirectory(prefix="tlsca-")
        passphrase = secrets.token_hex(_PASSPHRASE_OCTETS)
        desk = keeping.create_store(
            Path(place.name) / "store", passphrase, parameters=_THROWN_AWAY, clock=clock
        )
        store = cls(desk, directory=place)
        store.create_authority(name)
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the data key and close the store; a temporary one is removed."""
        self._desk.close()
        if self._directory is not None:
            self._directory.cleanup()

    def unlock(self, passphrase: str) -> None:
        """Make private keys usable; takes a fraction of a second by design. Raises PassphraseWrong, StoreDamaged."""
        keeping.unlock(self._desk, passphrase)

    def lock(self) -> None:
        """Forget what makes private keys usable."""
        keeping.lock(self._desk)

    # Certificates

    def create_authority(
        self,
        name: str,
        *,
        issuer: str | Certificate | None = None,
        key: str = "ec-p256",
        days: int | None = None,
        path_length: int | None = None,
        permit: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
    ) -> Certificate:
        """Make a root, or below `issuer` an intermediate; `name` is a common name or an RFC 4514 DN. Raises TlscaError."""
        form = AuthorityForm(
            name=name,
            issuer=_reference(issuer),
            key=key,
            days=days,
            path_length=path_length,
            permit=permit,
            exclude=exclude,
        )
        return _of(self._desk, create_authority(self._desk, form).record)

    def issue(
        self,
        *names: str,
        profile: str = "server",
        issuer: str | Certificate | None = None,
        key: str = "ec-p256",
        days: int | None = None,
        subject: str | None = None,
    ) -> Certificate:
        """Issue a certificate for host names, addresses, mail addresses or URIs, with its key in the store.

        `issuer` may be left out where only one authority can issue. Raises TlscaError.
        """
        form = CertificateForm(
            names=names, profile=profile, issuer=_reference(issuer), key=key, days=days, subject=subject
        )
        return _of(self._desk, issue(self._desk, form).record)

    def sign(
        self,
        request: bytes,
        *,
        profile: str = "server",
        issuer: str | Certificate | None = None,
        days: int | None = None,
    ) -> Certificate:
        """Sign somebody's certificate request, PEM or DER. Raises TlscaError."""
        form = SignForm(request=request, profile=profile, issuer=_reference(issuer), days=days)
        return _of(self._desk, sign_request(self._desk, form).issued.record)

    def find(self, reference: str) -> Certificate:
        """Return what a serial number, a fingerprint, the beginning of one, or a name stands for. Raises NotFound, Ambiguous."""
        return _of(self._desk, self._desk.ledger.find(reference, now=self._desk.now()))

    def list(self, words: str = "") -> list[Certificate]:
        """Return certificates, authorities included, that a filter keeps: `expires<30d status:valid san:*.corp`.

        Raises FilterUnreadable.
        """
        found = Catalogue(entries(self._desk)).select(read_filter(words), order_of("")).entries
        return [Certificate(self._desk, one) for one in found]

    # Proving

    @property
    def roots(self) -> tuple[bytes, ...]:
        """Every root of the store, DER."""
        return roots_of(self._desk)

    def client_context(self) -> ssl.SSLContext:
        """Return a context for clients that trust the roots of this store, and no others."""
        return ssl.create_default_context(cadata=b"".join(self.roots))

    def probe(
        self, target: str, *, address: str | None = None, server_name: str | None = None, timeout: float = 10
    ) -> Result:
        """Make one TLS handshake and return everything that was learnt, as `tlsca probe`; it blocks for `timeout` seconds at most."""
        form = ProbeForm(target=target, address=address, server_name=server_name, timeout=timeout)
        return prove(self._desk, form)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a store, as it was when it was looked up; usable while the store is open."""

    _desk: Desk
    _entry: Entry

    def __repr__(self) -> str:
        return f"<Certificate {self._entry.ref} {self._entry.title!r}>"

    @property
    def ref(self) -> str:
        """A short reference that every command takes."""
        return self._entry.ref

    @property
    def sha256(self) -> str:
        """The fingerprint, lower-case hexadecimal."""
        return self._entry.record.sha256

    @property
    def subject(self) -> str:
        """The subject, RFC 4514; not safe for a terminal."""
        return self._entry.record.subject

    @property
    def names(self) -> tuple[str, ...]:
        """The subject alternative names; not safe for a terminal."""
        return self._entry.record.names

    @property
    def not_after(self) -> datetime:
        """The end of its validity, aware, in UTC."""
        return self._entry.record.not_after

    @property
    def status(self) -> str:
        """`valid`, `expiring`, `expired`, `revoked`, `held` or `not-yet-valid`, when it was looked up."""
        return self._entry.status

    def to_json(self) -> dict[str, Any]:
        """Return the object that `tlsca list --json` prints for it (`tlsca schema list`)."""
        return self._entry.to_json()

    def export(
        self,
        form: str = "pem",
        out: str | Path | None = None,
        *,
        passphrase: str | None = None,
        clear_key: bool = False,
        force: bool = False,
    ) -> bytes:
        """Return it in a format of `tlsca export`, such as `chain` or `pkcs12`; `out` also names a file to write.

        A format with the private key takes a passphrase for the file, or `clear_key`. Raises TlscaError.
        """
        wanted = ExportForm(reference=self.sha256, format=form, passphrase=passphrase, clear_key=clear_key)
        if out is None:
            return export_octets(self._desk, wanted)[1]
        return export_file(self._desk, wanted, Path(out), force=force).path.read_bytes()

    def renew(self, *, rekey: bool = False, days: int | None = None) -> Certificate:
        """Make the next certificate for the same names, with the same key or a new one. Raises TlscaError."""
        form = RenewalForm(references=(self.sha256,), rekey=rekey, days=days)
        return _of(self._desk, renew(self._desk, form)[0].record)

    def revoke(self, reason: str = "unspecified") -> Certificate:
        """Take it back, and return it as it is now; publish the list with the issuer's `crl`. Raises TlscaError."""
        revoke(self._desk, RevocationForm(references=(self.sha256,), reason=reason))
        return _of(self._desk, self._desk.ledger.find(self.sha256, now=self._desk.now()))

    def crl(self, *, days: int = 7) -> bytes:
        """Publish the revocation list of this authority, and return it as DER. Raises TlscaError."""
        return publish_crl(self._desk, CrlForm(reference=self.sha256, days=days)).der

    def issue(
        self, *names: str, profile: str = "server", key: str = "ec-p256", days: int | None = None
    ) -> Certificate:
        """Issue below this authority, as `Store.issue`."""
        return Store(self._desk).issue(*names, profile=profile, issuer=self, key=key, days=days)

    # Contexts

    def configure(self, context: ssl.SSLContext) -> None:
        """Have a context present this certificate with its chain. Raises PassphraseMissing, Refused where the key is not here."""
        ours = credential(self._desk, self._entry.record)
        load_identity(context, ours.chain, ours.key)

    def server_context(self, *, require_client_certificate: bool = False) -> ssl.SSLContext:
        """Return a context for a server that presents it, and if asked accepts only clients of this store's roots."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.configure(context)
        if require_client_certificate:
            context.load_verify_locations(cadata=b"".join(roots_of(self._desk)))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a context for a client that trusts this store's roots and presents this certificate when asked."""
        context = Store(self._desk).client_context()
        self.configure(context)
        return context


def _of(desk: Desk, record: CertificateRecord) -> Certificate:
    return Certificate(desk, entry(desk, record))


def _reference(issuer: str | Certificate | None) -> str | None:
    return issuer.sha256 if isinstance(issuer, Certificate) else issuer
