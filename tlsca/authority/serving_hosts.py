"""Where a certificate is probably served: what a probe of many certificates dials."""

from collections.abc import Iterable

from tlsca.authority.connecting import ProbeForm
from tlsca.pki.names import is_dn
from tlsca.store.records import CertificateRecord


def forms_for(records: Iterable[CertificateRecord]) -> tuple[ProbeForm, ...]:
    """Return what to dial to see whether these are served; nothing for what names no host."""
    targets = (target for record in records for target in targets_of(record))
    return tuple(ProbeForm(target=target) for target in dict.fromkeys(targets))


def targets_of(record: CertificateRecord) -> tuple[str, ...]:
    """Return where a probe last saw it; of what was never seen, the hosts that it names, on port 443."""
    if record.is_authority:
        return ()
    if record.last_seen is not None:
        return (record.last_seen,)
    return tuple(_dialled(name) for name in record.names if _is_host(name))


def _is_host(name: str) -> bool:
    """Say whether a name can be dialled: no wildcard, e-mail address, URI or directory name."""
    return not any(sign in name for sign in "*@/ ") and not is_dn(name)


def _dialled(name: str) -> str:
    return f"[{name}]:443" if ":" in name else f"{name}:443"
