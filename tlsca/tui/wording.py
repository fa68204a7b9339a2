"""The command line's words in a hint, as the keys and fields of the app.

The rooms below both front ends name an act by its command and a value by its option (`errors.py`). Whoever sits at the app is told
the key that does it here, or the field that takes it.
"""

import re

from tlsca.tui.actions import BY_ID
from tlsca.tui.keymap import IN_FORCE

_KEYS = {
    "backup": "backup",
    "ca create": "authority",
    "ca cross-sign": "cross_sign",
    "crl": "publish",
    "doctor": "doctor",
    "export": "export",
    "import": "import",
    "issue": "issue",
    "probe": "test",
    "renew": "renew",
    "request": "request",
    "requests": "requests",
    "revoke": "revoke",
    "sign": "sign",
    "log": "activity",
    "note": "note",
    "passphrase": "change_passphrase",
    "trash": "trash",
    "trash list": "trash",
    "trash put": "put_away",
    "trust": "trust",
    "undo": "undo",
    "unhold": "revoke",
}
"""The act of the registry that does what a command does."""

_PLACES = {"list": "the list", "ca list": "the list", "init": "the first screen"}
"""What the app shows all the time, or at its beginning."""

_FIELDS = {
    "--address": "“Address” (F4)",
    "--alpn": "“ALPN” (F4)",
    "--as": "further down the list",
    "--at": "“Invalid since”",
    "--checkpoint": "and c there",
    "--client-cert": "“Client cert”",
    "--client-key": "its key in the store",
    "--crl": "“Revocation” (F4)",
    "--days": "“Valid for”",
    "--delta": "the delta",
    "--exclude": "“But not”",
    "--export-passphrase-file": "a passphrase",
    "--force": "tick “replace a file that is there”",
    "--freshest": "the delta's address",
    "--issuer": "“Issuer”",
    "--key": "“Key”",
    "--legacy": "“offer everything” (F4)",
    "--max-version": "“TLS to” (F4)",
    "--min-version": "“TLS from” (F4)",
    "--no-passphrase": "“in the clear”",
    "--out": "the path",
    "--passphrase-file": "the passphrase",
    "--path-length": "“Path length”",
    "--permit": "“May certify”",
    "--reason": "“Reason”",
    "--rekey": "choose a new one under “Key”",
    "--san": "“Names”",
    "--server-name": "“Server name”",
    "--starttls": "“STARTTLS” (F4)",
    "--store": "another store: tlsca --store",
    "--subject": "“Subject”",
    "--take": "“Take as asked”",
    "--timeout": "“Timeout” (F4)",
    "--until": "“Until”",
}
"""What a form of the app calls the value that an option takes, and the key that unfolds it where it is folded away."""

_ONLY_THERE = {"--url": "tlsca crl"}
"""Options that no form of the app has a field for, and the command that takes them."""

_REPAIRS = {
    "backup": ("backup", ""),
    "crl": ("publish", ", on this authority"),
    "cross-sign": ("cross_sign", ""),
    "export": ("export", ", on the newer one"),
    "import": ("import", ""),
    "issue": ("issue", ""),
    "rekey": ("renew", " and a new “Key”, on this certificate"),
    "passphrase": ("change_passphrase", "; the new one may be the same"),
    "renew": ("renew", ", on this certificate"),
    "revoke": ("revoke", ", on this certificate"),
}
"""The act of the registry that mends what the doctor finds, and what to say besides its key."""

_COMMAND = re.compile(
    r"`?\btlsca ((?:ca |trash (?=list|put))?[a-z]+(?:-[a-z]+)*)(?: [A-Z]+\b)?(?: ([0-9a-f]{12})\b)?`?"
)
_AT_THE_BEGINNING = re.compile(r"`?tlsca |--")
_OPTION = re.compile(r"(?<![\w-])(--[a-z]+(?:-[a-z]+)*)(?: [A-Z]+\b)?")


def in_the_app(hint: str) -> str:
    """Return a hint with keys and fields of the app in the place of commands and options; what has none here stays as it is."""
    told = _OPTION.sub(_field, _COMMAND.sub(_key, hint))
    begins = told != hint and _AT_THE_BEGINNING.match(hint)
    return told[:1].upper() + told[1:] if begins else told


def keys_of_commands(text: str) -> tuple[str, ...]:
    """Return the keys that do what the commands in a text do, each with the name of its act: `i Issue`."""
    acts = (BY_ID[_KEYS[found[1]]] for found in _COMMAND.finditer(text) if found[1] in _KEYS)
    return tuple(dict.fromkeys(f"{IN_FORCE.get().shown(act)} {act.title}" for act in acts))


def repair_in_the_app(act: str) -> str:
    """Return which key does what the doctor advises, by the word of `Repair.act`; empty where none does."""
    if act not in _REPAIRS:
        return ""
    done_by, more = _REPAIRS[act]
    return f"the key {key_of(done_by)}{more}"


def key_of(act_id: str) -> str:
    """Return the key that does an act of the home screen, as it is now."""
    return IN_FORCE.get().shown(BY_ID[act_id])


def _key(found: re.Match[str]) -> str:
    command, reference = found[1], found[2]
    if command in _PLACES:
        return _PLACES[command]
    if command not in _KEYS:
        return found[0]
    return f"the key {key_of(_KEYS[command])}{f' on {reference}' if reference else ''}"


def _field(found: re.Match[str]) -> str:
    option = found[1]
    if option in _ONLY_THERE:
        return f"{_ONLY_THERE[option]} {option}"
    return _FIELDS.get(option, found[0])
