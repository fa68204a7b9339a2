"""Make a store, open it, unlock it and lock it again."""

import contextlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tlsca.authority.desk import Desk, system_clock
from tlsca.errors import PassphraseWrong, StoreDamaged, StoreError, StoreExists, TlscaError
from tlsca.store import vault as vaults
from tlsca.store.ledger import Act, Ledger
from tlsca.store.records import SCHEMA_VERSION, Document
from tlsca.text import printable

_VAULT = "vault"


def create_store(
    directory: Path,
    passphrase: str,
    *,
    clock: Callable[[], datetime] = system_clock,
    random: Callable[[int], bytes] = os.urandom,
    parameters: vaults.KdfParameters = vaults.STANDARD,
) -> Desk:
    """Make a store in a directory that holds none, and return it unlocked. Raises PassphraseWeak, StoreExists, StoreError."""
    document, vault = vaults.create_vault(passphrase, random=random, parameters=parameters)
    ledger = _new_ledger(directory, clock, random)
    try:
        with ledger.transaction(act="set-passphrase", at=clock()) as change:
            _check_begun(ledger)
            change.put_setting(_VAULT, document)
    except TlscaError:
        ledger.close()
        raise
    return Desk(ledger=ledger, clock=clock, random=random, vault=vault)


def open_store(
    directory: Path,
    *,
    clock: Callable[[], datetime] = system_clock,
    random: Callable[[int], bytes] = os.urandom,
) -> Desk:
    """Open the store of a directory, locked; one of an older schema is carried forward first. Raises StoreMissing, StoreError."""
    ledger = Ledger.open(directory, clock=clock)
    if ledger.schema < SCHEMA_VERSION and ledger.read_only is None:
        _carry_forward(ledger, clock())
    return Desk(ledger=ledger, clock=clock, random=random)


def unlock(desk: Desk, passphrase: str) -> None:
    """Open the vault, which takes a noticeable fraction of a second by design; call it in a thread.

    Both outcomes are in the audit log. Raises PassphraseWrong, StoreDamaged.
    """
    document = desk.ledger.setting(_VAULT)
    if document is None:
        raise StoreDamaged("The store has no vault.", hint="Its journal is not whole; restore a backup.")
    try:
        vault = vaults.open_vault(document, passphrase, random=desk.random)
    except PassphraseWrong:
        _note(desk, "unlock-failed")
        raise
    _note(desk, "unlock")
    lock(desk)
    desk.vault = vault


def lock(desk: Desk) -> None:
    """Forget the passphrase; does nothing when the store is locked already."""
    if desk.vault is not None:
        desk.vault.close()
        desk.vault = None


def passphrase_advice(passphrase: str) -> str:
    """Return one sentence about a passphrase that is accepted but short, or nothing."""
    return vaults.passphrase_advice(passphrase)


def history(desk: Desk) -> tuple[Act, ...]:
    """Return every act in the audit log, oldest first."""
    return tuple(desk.ledger.history())


def verify_history(desk: Desk) -> int:
    """Walk the audit log's hash chain and return its number of lines. Raises StoreDamaged naming the first bad line."""
    return desk.ledger.verify()


def _carry_forward(ledger: Ledger, now: datetime) -> None:
    """Write down that the store has the present schema from here on, so that an older tlsca changes it no more.

    Records themselves stay as they are: what they lack takes its default when it is read. A disk that takes no line now will
    take it at another time.
    """
    with contextlib.suppress(StoreError):
        detail: Document = {"schema": SCHEMA_VERSION, "from": ledger.schema}
        with ledger.transaction(act="migrate", at=now, detail=detail):
            pass


def _new_ledger(directory: Path, clock: Callable[[], datetime], random: Callable[[int], bytes]) -> Ledger:
    """Make an empty ledger, or take one whose maker was interrupted before it had a passphrase."""
    try:
        return Ledger.create(directory, at=clock(), random=random, clock=clock)
    except StoreExists:
        begun = Ledger.open(directory, clock=clock)
        try:
            _check_begun(begun)
        except StoreExists:
            begun.close()
            raise
        return begun


def _check_begun(ledger: Ledger) -> None:
    """Refuse a store that has its passphrase; inside a transaction, so that of two makers at once only one sets it."""
    if ledger.setting(_VAULT) is not None or ledger.certificates():
        raise StoreExists(f"There is a store in {printable(str(ledger.directory))} already.")


def _note(desk: Desk, act: str) -> None:
    """Write an act that changes no record, where the store can be written at all."""
    if desk.ledger.read_only is None:
        with desk.ledger.transaction(act=act, at=desk.now()):
            pass
