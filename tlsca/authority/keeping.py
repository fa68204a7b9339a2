"""Make a store, open it, unlock it and lock it again."""

import contextlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from tlsca.authority.desk import Desk, system_clock
from tlsca.authority.interrupted import interruption
from tlsca.errors import PassphraseWrong, StoreDamaged, StoreError, StoreExists, StoreMissing, TlscaError
from tlsca.pki.lifetime import EXPIRING
from tlsca.store import vault as vaults
from tlsca.store.ledger import Act, Ledger
from tlsca.store.records import Document
from tlsca.store.secrecy import leave_no_core
from tlsca.text import printable

VAULT = "vault"
"""The setting that describes the vault."""

_LONGEST_PENANCE = 4.0
_RECENT = timedelta(minutes=10)
_LINES_LOOKED_AT = 50


def create_store(
    directory: Path,
    passphrase: str,
    *,
    clock: Callable[[], datetime] = system_clock,
    random: Callable[[int], bytes] = os.urandom,
    parameters: vaults.KdfParameters = vaults.STANDARD,
) -> Desk:
    """Make a store in a directory that holds none, and return it unlocked. Raises PassphraseWeak, StoreExists, StoreError.

    Where the store that belongs there was being replaced, that is said instead: StoreMissing.
    """
    if (left := interruption(directory)) is not None:
        raise left
    leave_no_core()
    document, vault = vaults.create_vault(passphrase, random=random, parameters=parameters)
    ledger = _new_ledger(directory, clock, random)
    try:
        with ledger.transaction(act="set-passphrase", at=clock()) as change:
            _check_begun(ledger)
            change.put_setting(VAULT, document)
    except TlscaError:
        ledger.close()
        raise
    return Desk(ledger=ledger, clock=clock, random=random, vault=vault)


def open_store(
    directory: Path,
    *,
    read_only: bool = False,
    expiring: timedelta = EXPIRING,
    clock: Callable[[], datetime] = system_clock,
    random: Callable[[int], bytes] = os.urandom,
) -> Desk:
    """Open the store of a directory, locked; `expiring` before its end a certificate counts as expiring. Raises StoreMissing, StoreError."""
    try:
        ledger = Ledger.open(directory, read_only=read_only, clock=clock)
    except StoreMissing as missing:
        raise (interruption(directory) or missing) from None
    return Desk(ledger=ledger, clock=clock, random=random, expiring=expiring)


def unlock(desk: Desk, passphrase: str) -> None:
    """Open the vault, which takes a noticeable fraction of a second by design; call it in a thread.

    Both outcomes are in the audit log. Raises PassphraseWrong, StoreDamaged.
    """
    vault = opened_vault(desk, passphrase)
    note(desk, "unlock")
    _forget(desk)
    desk.vault = vault


def opened_vault(desk: Desk, passphrase: str) -> vaults.Vault:
    """Return the store's vault, opened with its passphrase and not yet put on the desk.

    A wrong passphrase is written down, and from the second in a row on it is answered late. Raises as `unlock`.
    """
    leave_no_core()
    try:
        vault = vaults.open_vault(vault_document(desk), passphrase, random=desk.random)
    except PassphraseWrong:
        note(desk, "unlock-failed")
        desk.failures += 1
        desk.wait(_penance(max(desk.failures, _failures_in_a_row(desk))))
        raise
    desk.failures = 0
    return vault


def vault_document(desk: Desk) -> Document:
    """Return what describes the vault. Raises StoreDamaged."""
    document = desk.ledger.setting(VAULT)
    if document is None:
        raise StoreDamaged("The store has no vault.", hint="Its journal is not whole; restore a backup.")
    return document


def lock(desk: Desk) -> None:
    """Forget the data key, and write down that it was forgotten; does nothing when the store is locked already."""
    if desk.vault is not None:
        _forget(desk)
        with contextlib.suppress(StoreError):
            note(desk, "lock")


def _forget(desk: Desk) -> None:
    if desk.vault is not None:
        desk.vault.close()
        desk.vault = None


def _penance(failures: int) -> float:
    """Return how many seconds a wrong passphrase waits for its answer: none the first time, and never more than a few."""
    return min(2.0 ** (failures - 3), _LONGEST_PENANCE) if failures > 1 else 0.0


def _failures_in_a_row(desk: Desk) -> int:
    """Return how many wrong passphrases the audit log has since the last right one, of any process, as far as they are recent."""
    since = desk.now() - _RECENT
    failures = 0
    for act in desk.ledger.history(max(desk.ledger.position - _LINES_LOOKED_AT, 0) + 1):
        if act.act == "unlock":
            failures = 0
        elif act.act == "unlock-failed" and act.at >= since:
            failures += 1
    return failures


def passphrase_advice(passphrase: str) -> str:
    """Return one sentence about a passphrase that is accepted but short, or nothing."""
    return vaults.passphrase_advice(passphrase)


def history(desk: Desk) -> tuple[Act, ...]:
    """Return every act in the audit log, oldest first."""
    return tuple(desk.ledger.history())


def verify_history(desk: Desk) -> int:
    """Walk the audit log's hash chain and return its number of lines. Raises StoreDamaged naming the first bad line."""
    return desk.ledger.verify()


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
    if ledger.setting(VAULT) is not None or ledger.certificates():
        raise StoreExists(f"There is a store in {printable(str(ledger.directory))} already.")


def note(desk: Desk, act: str, detail: Document | None = None) -> None:
    """Write an act that changes no record, where the store can be written at all. Raises StoreError."""
    if desk.ledger.read_only is None:
        with desk.ledger.transaction(act=act, at=desk.now(), detail=detail):
            pass
