"""A real store in a directory of its own, a clock that stands still, and a key derivation that costs nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tlsca.authority import issuing, keeping
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, CertificateForm
from tlsca.store.vault import KdfParameters

PASSPHRASE = "correct horse battery"
CHEAP = KdfParameters(memory_kib=32, passes=1, lanes=1)


class Clock:
    """The time at the desk: it stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **span: float) -> None:
        self.time += timedelta(**span)


@pytest.fixture(autouse=True)
def _cheap_seals(cheap_seals):
    """What a passphrase withstands is looked at by few tests here; they ask for `dear_seals`."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def passphrase():
    return PASSPHRASE


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def new_store(clock):
    """Make a store, unlocked, as cheaply as possible."""
    opened = []

    def new_store(directory: Path):
        desk = keeping.create_store(directory, PASSPHRASE, clock=clock, parameters=CHEAP)
        opened.append(desk)
        return desk

    yield new_store
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(new_store, directory):
    return new_store(directory)


@pytest.fixture
def locked(desk):
    keeping.lock(desk)
    return desk


@pytest.fixture
def create(desk):
    """Make an authority; return its record."""

    def create(name: str, **fields):
        return issuing.create_authority(desk, AuthorityForm(name=name, **fields)).record

    return create


@pytest.fixture
def issue(desk):
    """Issue a certificate; return its record."""

    def issue(*names: str, **fields):
        return issuing.issue(desk, CertificateForm(names=names, **fields)).record

    return issue


@pytest.fixture
def unchanged(directory):
    """After the test nothing in the store's directory is other than when this fixture's function was called."""
    before: list[dict[Path, bytes]] = []

    def state() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}

    def remember() -> None:
        before.append(state())

    yield remember
    assert before, "the test says from when on nothing changes"
    assert state() == before[-1]


@pytest.fixture
def shop(create, issue):
    """Fill the store with two authorities and three certificates."""
    create("CN=Acme Root,O=Acme")
    create("Acme Issuing", issuer="Acme Root")
    issue("www.corp.example", "10.0.0.1", issuer="Acme Issuing")
    issue("Alice Smith", issuer="Acme Root", profile="client", key="ed25519", days=10)
    issue("*.test.example", issuer="Acme Issuing", days=400)


@pytest.fixture
def change(desk):
    """Change fields of a certificate's record; return it."""

    def change(record, **fields):
        with desk.ledger.transaction("edit", at=desk.now()) as transaction:
            return transaction.replace_certificate(record, replace(record, **fields))

    return change


@pytest.fixture
def reopened(clock):
    """Open a store that something else made; it is closed after the test."""
    opened: list[Desk] = []

    def reopened(directory: Path) -> Desk:
        opened.append(keeping.open_store(directory, clock=clock))
        return opened[-1]

    yield reopened
    for one in opened:
        one.close()
