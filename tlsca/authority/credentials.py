"""What a probe brings along: whom it trusts, who it is, and which revocation lists it holds, from the store or from files."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.desk import Desk
from tlsca.authority.files import is_readable_file, read_file
from tlsca.authority.issuers import authority_record
from tlsca.authority.lists import newest_crls
from tlsca.errors import NotFound, Refused, Unreadable
from tlsca.pki import pkcs8
from tlsca.pki.bundle import chain_pem, without_root
from tlsca.pki.keys import PrivateKey
from tlsca.pki.keys import pkcs8 as clear_pkcs8
from tlsca.pki.read import LARGEST, Found, Kind, certificates, load_certificate, read
from tlsca.probe.options import ClientCredential
from tlsca.probe.trust import Trust
from tlsca.store.records import CertificateRecord
from tlsca.text import passphrase_octets, printable

SYSTEM = "system"
STORE = "store"
NOBODY = "none"


def trust_of(desk: Desk | None, words: Sequence[str]) -> Trust:
    """Read `system`, `store`, `none`, references and files into whom to trust; no words mean the system and the store.

    Raises NotFound, Ambiguous, Unreadable.
    """
    chosen = tuple(words) or (SYSTEM, STORE)
    trusted: list[bytes] = []
    for word in chosen:
        if word == STORE:
            trusted += roots_of(desk) if desk else ()
        elif word not in {SYSTEM, NOBODY}:
            trusted += _trusted(desk, word)
    return Trust(system=SYSTEM in chosen, roots=tuple(dict.fromkeys(trusted)))


def roots_of(desk: Desk) -> tuple[bytes, ...]:
    """Return every root of the store, DER."""
    return tuple(
        desk.certificate_der(record) for record in desk.ledger.authorities() if record.issuer_id == record.id
    )


def known_of(desk: Desk | None) -> tuple[bytes, ...]:
    """Return every authority of the store, DER; they explain a gap in a chain and never fill it."""
    return tuple(desk.certificate_der(record) for record in desk.ledger.authorities()) if desk else ()


def client_of(
    desk: Desk | None, wanted: str, key_file: Path | None, passphrase: str | None
) -> ClientCredential:
    """Return the client certificate that a file or a reference of the store names, with its chain and its key.

    `key_file` holds the key where the certificate's file does not; `passphrase` opens an encrypted one. Raises NotFound,
    Ambiguous, Unreadable, Refused (no key, or that of another certificate), PassphraseMissing, PassphraseWrong.
    """
    if is_readable_file(Path(wanted)):
        return _client_from_files([Path(wanted), *([key_file] if key_file else [])], passphrase)
    known = _store_for(desk, wanted)
    return credential(known, known.ledger.find(wanted, now=known.now()))


def credential(desk: Desk, record: CertificateRecord) -> ClientCredential:
    """Return what proves us to be the subject of a certificate: its chain without the root, and its key.

    Raises PassphraseMissing, Refused when the key is not here, StoreDamaged.
    """
    return ClientCredential(
        chain_pem(without_root(desk.chain_certificates(record))), _key_pem(desk.private_key(record))
    )


def crls_of(desk: Desk | None, word: str | Path) -> tuple[bytes, ...]:
    """Return the revocation lists in a file, or the newest ones of an authority of the store, DER.

    Raises Unreadable, NotFound, Ambiguous, and Refused for what is no authority or has published none.
    """
    path = Path(word)
    if not is_readable_file(path):
        return _newest_of(_store_for(desk, str(word)), str(word))
    found = tuple(item.der for item in _read(path, None) if item.kind is Kind.CRL)
    if not found:
        raise Unreadable(
            f"{printable(str(path))} holds no CRL.", hint="Give a certificate revocation list, PEM or DER."
        )
    return found


def _newest_of(desk: Desk, word: str) -> tuple[bytes, ...]:
    authority = authority_record(desk, word)
    found = newest_crls(desk, authority)
    if not found:
        raise Refused(
            f"{printable(authority.subject)} has published no CRL.",
            hint=f"Publish one: tlsca crl {authority.sha256[:12]}",
        )
    return found


def _trusted(desk: Desk | None, word: str) -> list[bytes]:
    if is_readable_file(Path(word)):
        found = certificates(read_file(Path(word), most=LARGEST), name=printable(word))
        return [certificate.public_bytes(Encoding.DER) for certificate in found]
    known = _store_for(desk, word)
    return [known.certificate_der(known.ledger.find(word, now=known.now()))]


def _store_for(desk: Desk | None, word: str) -> Desk:
    """Return the desk in whose store to look for a word that names no file. Raises NotFound where it can be nothing else."""
    if word.startswith(("/", "./", "../")):
        raise NotFound(
            f"There is no file {printable(word)}.", hint="Check the path, and whether it may be read."
        )
    if desk is None:
        raise NotFound(
            f"There is no file {printable(word)}, and no store to look in.",
            hint="Check the path, or give --store.",
        )
    return desk


def _client_from_files(paths: Sequence[Path], passphrase: str | None) -> ClientCredential:
    found = [item for path in paths for item in _read(path, passphrase)]
    keys = [item.key for item in found if item.key is not None]
    chain = [load_certificate(item.der) for item in found if item.kind is Kind.CERTIFICATE]
    if not keys or not chain:
        missing = "certificate" if keys else "private key"
        raise Refused(
            f"There is no {missing} in what was given as client certificate.",
            hint="Give --client-cert FILE and --client-key FILE.",
        )
    if keys[0].public_key() != chain[0].public_key():
        raise Refused(
            "The client's private key is not that of its certificate.",
            hint="Give the two that belong together.",
        )
    return ClientCredential(chain_pem(tuple(chain)), _key_pem(keys[0]))


def _read(path: Path, passphrase: str | None) -> tuple[Found, ...]:
    secret = passphrase_octets(passphrase) if passphrase is not None else None
    return read(read_file(path, most=LARGEST), passphrase=secret, name=printable(str(path)))


def _key_pem(key: PrivateKey) -> bytes:
    return pkcs8.pem("PRIVATE KEY", clear_pkcs8(key))
