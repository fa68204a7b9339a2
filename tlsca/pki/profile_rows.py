"""A profile as rows: of each extension its value or policy, whether it is critical, and whether a request may bring its own."""

from dataclasses import dataclass

from tlsca.pki.describe import describe_extensions
from tlsca.pki.extension_names import extension_name
from tlsca.pki.extensions import profile_extensions
from tlsca.pki.identity import IdentityKind
from tlsca.pki.profiles import Bring, Profile


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One extension of a profile; all text is printable."""

    extension: str
    """The short name."""
    value: str
    critical: bool
    brought: Bring
    """Whether a request may bring its own."""


def profile_rows(profile: Profile, key_kind: str) -> tuple[ProfileRow, ...]:
    """Return what a profile says of each extension, for a key of this kind."""
    rows = []
    for extension in profile_extensions(profile, key_kind):
        name = extension_name(extension.oid)
        value = describe_extensions([extension])[0].value
        rows.append(ProfileRow(name, value, extension.critical, profile.brings(name)))
    return (*rows, *_names_row(profile))


def names_policy(profile: Profile) -> str:
    """Return which names a certificate of this profile has."""
    need = "at least one name" if profile.needs_identity else "any names"
    kinds = (
        "" if profile.name_kinds == frozenset(IdentityKind) else ": " + ", ".join(sorted(profile.name_kinds))
    )
    return need + kinds


def _names_row(profile: Profile) -> tuple[ProfileRow, ...]:
    if profile.authority:
        return ()
    critical = "subjectAltName" in profile.critical
    return (ProfileRow("subjectAltName", names_policy(profile), critical, profile.brings("subjectAltName")),)
