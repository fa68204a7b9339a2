"""An operator's own profile: a table of settings, as TOML has them, over a profile that is there already.

    extends = "server"                    # what it begins with; all else is as there
    title = "Web servers of the intranet"
    days = 30
    key_usage = ["digitalSignature"]
    extended_key_usage = ["serverAuth", "1.3.6.1.5.5.7.3.17"]
    critical = { extendedKeyUsage = true }
    names = ["dns", "ip"]                 # the kinds of subject alternative name that it may have
    names_required = true                 # a common name alone is not enough
    common_name = false                   # whether the first name becomes the common name
    keys = ["ec-p256", "rsa-3072"]        # the kinds of key that it is for
    policies = [{ oid = "1.3.6.1.4.1.99999.1", cps = "https://ca.example/cps", notice = "For tests" }]
    ocsp_urls = ["http://ocsp.example"]
    ca_issuer_urls = ["http://ca.example/ca.cer"]
    crl_urls = ["http://ca.example/ca.crl"]
    must_staple = true
    no_check = false                      # OCSP responders: their own revocation is not checked
    path_length = 0                       # authorities: how many may stand below
    may_request = ["subjectAltName"]      # what a request brings without being asked about
    never_request = ["keyUsage"]          # what no request brings

A key that is not known, or a value that is not meant, is an error that names the file, the key and the nearest valid one.
"""

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tlsca.errors import SettingsError, UsageError
from tlsca.pki.extension_names import EXTENSIONS, PURPOSES, extension_name
from tlsca.pki.identity import IdentityKind
from tlsca.pki.keys import KINDS
from tlsca.pki.policies import CertificatePolicy, certificate_policies, checked_policy
from tlsca.pki.profiles import CRITICAL, EC_ONLY, RSA_ONLY, USAGE_BITS, Bring, Profile
from tlsca.pki.urls import fetched_urls
from tlsca.text import printable

_MOST_DAYS = 36_500
_NEVER_CRITICAL = frozenset(
    ("authorityInfoAccess", "subjectKeyIdentifier", "authorityKeyIdentifier")
)  # RFC 5280
_EXTENDS = "extends"


def base_of(table: Mapping[str, object], *, known: Collection[str], place: str) -> str:
    """Return the name of the profile that a table extends. Raises SettingsError when it names none that is known."""
    return _Entry(place, _EXTENDS, table.get(_EXTENDS, "server")).word(known)


def profile_of(name: str, table: Mapping[str, object], base: Profile, *, place: str) -> Profile:
    """Return the profile of a table; `place` is what errors name, printable. Raises SettingsError."""
    changes: dict[str, Any] = {"name": name, "title": f"{base.title} ({name})"}
    for key, value in table.items():
        if key != _EXTENDS:
            reader = _READERS.get(key)
            if reader is None:
                raise _unknown_key(place, key)
            changes |= reader(base, _Entry(place, key, value))
    return replace(base, **changes)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One key of a table with its value, and where it stands."""

    place: str
    key: str
    value: object

    def wrong(self, what: str, hint: str) -> SettingsError:
        return SettingsError(f"{self.place}: {printable(self.key)} {what}.", hint=hint)

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value or printable(self.value) != self.value:
            raise self.wrong("is not text, or empty", f'Write {self.key} = "…", in quotes.')
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("is neither true nor false", f"Write {self.key} = true.")
        return self.value

    def number(self, least: int, most: int) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not least <= self.value <= most:
            raise self.wrong(
                f"is not a whole number from {least} to {most:,}", f"Write {self.key} = {max(least, 1)}."
            )
        return self.value

    def items(self) -> list["_Entry"]:
        if not isinstance(self.value, list):
            raise self.wrong("is no list", f"Write {self.key} = [ … ].")
        return [_Entry(self.place, self.key, item) for item in self.value]

    def texts(self) -> list[str]:
        return [item.text() for item in self.items()]

    def word(self, known: Collection[str]) -> str:
        text = self.text()
        if text not in known:
            near = difflib.get_close_matches(text, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join(known) + "."
            raise self.wrong(f"holds “{text}”, which is not known", hint)
        return text

    def words(self, known: Collection[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.word(known) for item in self.items()))

    def read(self, reader: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever the reader returns
        """Return what a reader makes of the value; its complaint gets the file and the key before it."""
        try:
            return reader()
        except SettingsError:
            raise
        except UsageError as error:
            raise SettingsError(f"{self.place}: {self.key}: {error.sentence}", hint=error.hint) from error


Changes = dict[str, Any]
_Reader = Callable[[Profile, _Entry], Changes]


def _unknown_key(place: str, key: str) -> SettingsError:
    near = difflib.get_close_matches(key, _READERS, n=1)
    hint = f"Did you mean {near[0]}?" if near else "Known are " + ", ".join((_EXTENDS, *_READERS)) + "."
    return SettingsError(f"{place} sets “{printable(key)}”, which no profile has.", hint=hint)


def _key_usage(base: Profile, entry: _Entry) -> Changes:
    """Sort the bits by the keys that can act on them: a profile is for keys of several kinds."""
    names = entry.words(USAGE_BITS)
    bits = [USAGE_BITS[name] for name in names]
    if base.authority != ("key_cert_sign" in bits) or (not base.authority and "crl_sign" in bits):
        raise entry.wrong(
            "has keyCertSign in authorities and in nothing else, and cRLSign likewise",
            "Begin with intermediate to make an authority.",
        )
    return {
        "usages": tuple(bit for bit in bits if bit not in RSA_ONLY | EC_ONLY),
        "rsa_usages": tuple(bit for bit in bits if bit in RSA_ONLY),
        "ec_usages": tuple(bit for bit in bits if bit in EC_ONLY),
    }


def _extended_key_usage(_base: Profile, entry: _Entry) -> Changes:
    purposes = entry.read(lambda: tuple(dict.fromkeys(PURPOSES.named(text) for text in entry.texts())))
    return {"extended_usages": purposes}


def _critical(base: Profile, entry: _Entry) -> Changes:
    if not isinstance(entry.value, dict):
        raise entry.wrong("is no table of extensions", f"Write {entry.key} = {{ extendedKeyUsage = true }}.")
    critical = set(base.critical)
    for name, value in entry.value.items():
        flag = _Entry(entry.place, f"{entry.key}.{name}", value)
        extension = extension_name(flag.read(partial(EXTENSIONS.named, name)))
        wanted = flag.flag()
        if (wanted and extension in _NEVER_CRITICAL) or (not wanted and extension in CRITICAL - {"keyUsage"}):
            raise flag.wrong(
                f"cannot be {str(wanted).lower()}",
                "RFC 5280, 4.2, says whether it is critical; leave it out.",
            )
        (critical.add if wanted else critical.discard)(extension)
    return {"critical": frozenset(critical)}


def _policies(_base: Profile, entry: _Entry) -> Changes:
    found = tuple(_policy(item) for item in entry.items())
    entry.read(lambda: certificate_policies(found))
    return {"policies": found}


def _policy(entry: _Entry) -> CertificatePolicy:
    if not isinstance(entry.value, dict):
        raise entry.wrong("is no list of tables", 'Write policies = [{ oid = "1.2.3.4" }].')
    for key in entry.value:
        _Entry(entry.place, entry.key, key).word(("oid", "cps", "notice"))
    parts = {
        key: _Entry(entry.place, f"{entry.key}.{key}", value).text() for key, value in entry.value.items()
    }
    if "oid" not in parts:
        raise entry.wrong("has a policy without its OID", 'Write policies = [{ oid = "1.2.3.4" }].')
    policy: CertificatePolicy = entry.read(lambda: checked_policy(**parts))
    return policy


def _requested(base: Profile, entry: _Entry) -> Changes:
    names = _extension_names(entry)
    for name in names:
        if base.brings(name) is Bring.NEVER:
            raise entry.wrong(f"holds {name}, which no request brings to this profile", "Leave it out.")
    return {"requested": names}


def _withheld(base: Profile, entry: _Entry) -> Changes:
    return {"withheld": base.withheld | _extension_names(entry)}


def _extension_names(entry: _Entry) -> frozenset[str]:
    names: frozenset[str] = entry.read(
        lambda: frozenset(extension_name(EXTENSIONS.named(text)) for text in entry.texts())
    )
    return names


def _name_kinds(_base: Profile, entry: _Entry) -> Changes:
    return {"name_kinds": frozenset(IdentityKind(word) for word in entry.words(list(IdentityKind)))}


def _path_length(base: Profile, entry: _Entry) -> Changes:
    if not base.authority:
        raise entry.wrong("is for authorities alone", "Leave it out, or begin with intermediate.")
    return {"path_length": entry.number(0, 100)}


def _urls(field: str) -> _Reader:
    return lambda _base, entry: {field: entry.read(lambda: fetched_urls(entry.texts()))}


def _flag(field: str) -> _Reader:
    return lambda _base, entry: {field: entry.flag()}


_READERS: dict[str, _Reader] = {
    "title": lambda _base, entry: {"title": entry.text()},
    "days": lambda _base, entry: {"days": entry.number(1, _MOST_DAYS)},
    "key_usage": _key_usage,
    "extended_key_usage": _extended_key_usage,
    "critical": _critical,
    "names": _name_kinds,
    "names_required": _flag("needs_identity"),
    "common_name": _flag("common_name"),
    "keys": lambda _base, entry: {"key_kinds": entry.words(KINDS)},
    "policies": _policies,
    "ocsp_urls": _urls("ocsp_urls"),
    "ca_issuer_urls": _urls("issuer_urls"),
    "crl_urls": _urls("crl_urls"),
    "must_staple": _flag("must_staple"),
    "no_check": _flag("no_check"),
    "path_length": _path_length,
    "may_request": _requested,
    "never_request": _withheld,
}
"""What reads each key, and which fields of the profile it changes."""
