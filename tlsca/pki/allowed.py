"""What a profile allows: the kinds of name, the attributes of the subject and the kinds of key that its certificates may have."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.x509.oid import NameOID

from tlsca.errors import Refused
from tlsca.pki.identity import Identity
from tlsca.pki.names import dn_text
from tlsca.pki.profiles import Profile
from tlsca.text import listing, printable


def check_profile_allows(
    profile: Profile, subject: x509.Name, names: Sequence[Identity], key_kind: str
) -> None:
    """Raise Refused, naming what it is, when a profile does not allow a name, an attribute of the subject, or the kind of key."""
    if profile.key_kinds and key_kind not in profile.key_kinds:
        raise Refused(
            f"The profile {profile.name} is not for keys of the kind {key_kind}.",
            hint=f"It is for {', '.join(profile.key_kinds)}.",
        )
    for name in names:
        if name.kind not in profile.name_kinds:
            raise Refused(
                f"The profile {profile.name} has no names like {printable(name.labelled)}.",
                hint=f"It has names of the kinds {listing(sorted(profile.name_kinds), most=8)}.",
            )
    beyond = x509.Name([item for item in subject if not _allowed(profile, item, names)])
    if list(beyond):
        raise Refused(
            f"The profile {profile.name} does not allow {printable(dn_text(beyond))} in the subject.",
            hint="Leave it out; a common name has to be one of the names.",
        )


def allowed_subject(profile: Profile, subject: x509.Name, names: Sequence[Identity]) -> x509.Name:
    """Return the subject without what the profile does not allow."""
    if not profile.subject_types:
        return subject
    return x509.Name([item for item in subject if _allowed(profile, item, names)])


def _allowed(profile: Profile, attribute: x509.NameAttribute[str | bytes], names: Sequence[Identity]) -> bool:
    if not profile.subject_types:
        return True
    if attribute.oid not in profile.subject_types:
        return False
    return attribute.oid != NameOID.COMMON_NAME or str(attribute.value) in {name.value for name in names}
