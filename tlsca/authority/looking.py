"""What an operator points at, as certificates: a file, standard input, or something in the store."""

from dataclasses import dataclass
from pathlib import Path

from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.errors import NotFound, Unreadable
from tlsca.pki.certificate import Certificate, certificates
from tlsca.pki.read import LARGEST, Kind, read
from tlsca.store.records import CertificateRecord
from tlsca.text import passphrase_octets, printable


@dataclass(frozen=True, slots=True)
class Seen:
    """Certificates, and where they came from."""

    source: str
    """For a person; printable."""
    certificates: tuple[Certificate, ...]
    """At least one, in the order of the file."""
    record: CertificateRecord | None = None
    """What the store knows of the only one, if it came from there."""


def look_at(
    desk: Desk | None, what: str, *, data: bytes | None = None, passphrase: str | None = None
) -> Seen:
    """Return the certificates in a file or in `data`, which `what` then only names, else the one of the store that `what` refers to.

    `desk` is None where there is no store; `passphrase` opens a PKCS#12. Raises NotFound, Ambiguous, Unreadable,
    PassphraseError.
    """
    if data is not None:
        return _in_octets(data, "standard input" if what == "-" else printable(what), passphrase)
    if is_readable_file(Path(what)):
        return _in_octets(read_file(Path(what), most=LARGEST), printable(what), passphrase)
    if desk is None:
        raise NotFound(
            f"There is no file {printable(what)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    record = desk.ledger.find(what, now=desk.now())
    return Seen("the store", certificates([desk.certificate_der(record)]), record)


def _in_octets(data: bytes, source: str, passphrase: str | None) -> Seen:
    secret = passphrase_octets(passphrase) if passphrase else None
    found = read(data, passphrase=secret, name=source)
    ders = [item.der for item in found if item.kind is Kind.CERTIFICATE]
    if not ders:
        raise Unreadable(
            f"{source} holds no certificate, but a {found[0].kind.value}.", hint="Give a certificate."
        )
    return Seen(source, certificates(dict.fromkeys(ders)))
