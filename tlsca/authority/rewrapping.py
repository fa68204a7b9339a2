"""Change what opens the vault: another passphrase, or the same one behind a derivation that costs more.

Only the data key is wrapped anew, in one line of the journal: whoever is interrupted has the old passphrase or the new one, and no
private key is touched.
"""

from dataclasses import asdict, replace

from tlsca.authority.desk import Desk
from tlsca.authority.keeping import VAULT, opened_vault, vault_document
from tlsca.errors import StoreConflict, UsageError
from tlsca.store import vault as vaults
from tlsca.store.vault import STANDARD, KdfParameters

RECOMMENDED = STANDARD
"""What one guess should cost at least (RFC 9106, section 4, second recommendation)."""

_MEBIBYTE = 1024


def kdf_parameters(desk: Desk) -> KdfParameters:
    """Return what one guess at the passphrase costs now. Raises StoreDamaged."""
    return vaults.parameters_of(vault_document(desk))


def raised(desk: Desk, *, memory_mib: int | None = None, passes: int | None = None) -> KdfParameters:
    """Return what one guess would cost with more memory (in MiB) or passes; what is left out stays.

    Raises UsageError for less than it costs now, and for more than any machine should spend.
    """
    now = kdf_parameters(desk)
    wanted = replace(
        now,
        memory_kib=now.memory_kib if memory_mib is None else memory_mib * _MEBIBYTE,
        passes=now.passes if passes is None else passes,
    )
    if not wanted.are_sane():
        raise UsageError(
            "The derivation takes from 1 to 1,024 MiB of memory and from 1 to 16 passes.",
            hint=f"{RECOMMENDED.memory_kib // _MEBIBYTE} MiB and {RECOMMENDED.passes} passes are recommended.",
        )
    if wanted.cheaper_than(now):
        raise UsageError(
            f"A guess at the passphrase would cost less than now ({_told(now)}).", hint="Only more is taken."
        )
    return wanted


def recommended(desk: Desk) -> KdfParameters:
    """Return what one guess costs now, and where that is less than is recommended, no less than that. Raises StoreDamaged."""
    now = kdf_parameters(desk)
    if not now.cheaper_than(RECOMMENDED):
        return now
    return replace(
        now,
        memory_kib=max(now.memory_kib, RECOMMENDED.memory_kib),
        passes=max(now.passes, RECOMMENDED.passes),
    )


def change_passphrase(
    desk: Desk, current: str, new: str, *, parameters: KdfParameters | None = None
) -> KdfParameters:
    """Let `new` open the store instead of `current`; they may be the same where only the parameters change.

    Takes about a second, by design; call it in a thread. Whether the store is unlocked stays as it was, here and in other
    processes. Returns the parameters in force. Raises PassphraseWrong, PassphraseWeak, StoreConflict, StoreError.
    """
    document = vault_document(desk)
    parameters = parameters or kdf_parameters(desk)
    vault = opened_vault(desk, current)
    try:
        changed = vaults.change_passphrase(document, vault, new, desk.random, parameters=parameters)
    finally:
        vault.close()
    detail = {"memory_mib": parameters.memory_kib // _MEBIBYTE, **_work(parameters)}
    with desk.ledger.transaction(act="change-passphrase", at=desk.now(), detail=detail) as change:
        if desk.ledger.setting(VAULT) != document:
            raise StoreConflict(
                "Somebody else changed the passphrase just now.", hint="Ask who, then try again."
            )
        change.put_setting(VAULT, changed)
    return parameters


def _work(parameters: KdfParameters) -> dict[str, int]:
    return {name: value for name, value in asdict(parameters).items() if name != "memory_kib"}


def _told(parameters: KdfParameters) -> str:
    memory = parameters.memory_kib
    shown = f"{memory // _MEBIBYTE} MiB" if memory >= _MEBIBYTE else f"{memory} KiB"
    return f"{shown}, {parameters.passes} passes"
