"""A small authority to play with: a few certificates of different ages, in a directory of its own."""

import dataclasses
from datetime import timedelta
from pathlib import Path

from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters

PASSPHRASE = "correct horse battery staple"  # noqa: S105 -- it guards nothing, and everybody shall know it

_QUICK = KdfParameters(memory_kib=8 * 1024, passes=1, lanes=1)

# Days before today on which each is issued, and what is issued then; the order is that of the journal, oldest first.
_ISSUED: tuple[tuple[int, CertificateForm], ...] = (
    (120, CertificateForm(names=("old.home.arpa",), days=90)),
    (75, CertificateForm(names=("mail.home.arpa", "smtp.home.arpa", "imap.home.arpa"), days=90)),
    (40, CertificateForm(names=("www.home.arpa", "home.arpa"), days=90)),
    (21, CertificateForm(names=("*.apps.home.arpa",), days=47)),
    (20, CertificateForm(names=("db.home.arpa", "10.0.0.5"), days=365, key="ec-p384")),
    (9, CertificateForm(names=("printer.home.arpa", "10.0.0.9"), days=398, key="rsa-2048")),
    (3, CertificateForm(names=("alice@home.arpa",), profile="client", subject="Alice", days=365)),
    (1, CertificateForm(names=("spiffe://home.arpa/backup",), profile="client", key="ed25519")),
    (0, CertificateForm(names=("localhost", "127.0.0.1", "::1"))),
)


def create_demo(directory: Path) -> Desk:
    """Make the demo store in a directory that holds none, and return it unlocked. Raises StoreError."""
    desk = create_store(directory, PASSPHRASE, parameters=_QUICK)
    now = desk.now()
    past = dataclasses.replace(desk, clock=lambda: now - timedelta(days=200))
    create_authority(past, AuthorityForm(name="CN=Home Root CA,O=Home"))
    create_authority(
        past, AuthorityForm(name="CN=Home Issuing CA,O=Home", issuer="Home Root CA", path_length=0)
    )
    for days, form in _ISSUED:
        then = dataclasses.replace(desk, clock=lambda age=days: now - timedelta(days=age))  # type: ignore[misc]
        issue(then, dataclasses.replace(form, issuer="Home Issuing CA"))
    return desk
