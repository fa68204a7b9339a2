"""Show the command for revocations: the openssl commands that enter them into an authority's index, and take them out again."""

from tlsca.authority.desk import Desk
from tlsca.authority.revoking import RevocationForm, RevocationPlan, Target, plan_release, plan_revocation
from tlsca.authority.shown_files import files_of, signer
from tlsca.pki import openssl_lines as lines
from tlsca.pki import openssl_revocation as revoking
from tlsca.pki.openssl_lines import Signer
from tlsca.pki.revoke import REASONS, Revocation
from tlsca.store.records import Reason


def show_revocation(desk: Desk, form: RevocationForm) -> str:
    """Return the commands that revoke certificates; a CRL tells of it. Raises as `plan_revocation`."""
    plan = plan_revocation(desk, form)
    by_issuer = {target.issuer.id: target.issuer for target in plan.targets}
    parts = []
    for issuer in by_issuer.values():
        own = signer(desk, issuer)
        mine = [target for target in plan.targets if target.issuer.id == issuer.id]
        revoke = "".join(_revocation(desk, own, plan, target) for target in mine)
        parts.append(lines.authority(own) + revoke)
    return lines.script([issuer.key for issuer in by_issuer.values()], *parts)


def show_release(desk: Desk, references: tuple[str, ...], *, issuer: str | None = None) -> str:
    """Return the commands that release certificates from hold. Raises as `plan_release`."""
    targets = plan_release(desk, references, issuer=issuer)
    return lines.script(
        [target.issuer.key for target in targets],
        *(
            revoking.changed_entry(signer(desk, target.issuer), _serial(desk, target), None)
            for target in targets
        ),
    )


def _revocation(desk: Desk, own: Signer, plan: RevocationPlan, target: Target) -> str:
    reason = None if plan.reason is Reason.UNSPECIFIED else REASONS[plan.reason]
    at = target.held_since or desk.now()
    revocation = Revocation(int(target.serial, 16), at, reason, plan.invalid_since)
    if target.held_since is not None:
        return revoking.changed_entry(own, _serial(desk, target), revocation)
    if target.record is None:
        return revoking.noted(own, [revocation])
    return revoking.revoked(files_of(desk, target.record), own, revocation)


def _serial(desk: Desk, target: Target) -> str:
    """Return the shell's words for a certificate's serial number, which its file tells where there is one."""
    if target.record is None:
        return revoking.even_hex(int(target.serial, 16))
    return revoking.serial_in(files_of(desk, target.record))
