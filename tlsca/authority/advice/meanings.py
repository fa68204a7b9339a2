"""What each field of a form means, and each of its choices: one table of sentences for forms, wizard and documentation.

Each fits one line of a terminal of 80 columns, since that is where it is read: while its field has the focus.
"""

from collections.abc import Mapping

from tlsca.pki.key_rows import NOTES

WIDEST = 72
"""Characters of the longest sentence."""

FIELDS: Mapping[str, str] = {
    "names": "What clients dial, or whom it stands for: hosts, addresses, mailboxes.",
    "profile": "What it is for: the profile decides what it may do and must hold.",
    "issuer": "Who signs it: clients that trust the root above the issuer take it.",
    "key": "The kind of its private key, which is made here and sealed in the store.",
    "lifetime": "When it ends: the sooner, the less a stolen key is worth.",
    "subject": "Its name for people. Clients of servers look at Names, never here.",
    "crl": "Where clients fetch the list of what is revoked: http://ca.example/a.crl",
    "ocsp": "Where clients ask about this one certificate: http://ca.example/ocsp",
    "staple": "The server must send a fresh OCSP answer along, or clients refuse it.",
    "passphrase": "A sentence of five odd words is stronger than a short mix of signs.",
    "again": "The same once more, because nobody sees what is typed.",
    "root": "The name under which clients and people will know the root.",
    "authority": "The name under which clients and people will know it: My Issuing CA.",
    "authority-lifetime": "What it issued ends with it at the latest; renew it well before.",
    "intermediate": "It issues from day to day, so that the root's key can rest.",
    "authority-issuer": "Nobody signs a root: clients are told to trust it, and what is below.",
    "path-length": "How many authorities may stand below: 0 lets it issue to hosts alone.",
    "permit": "Names that it may certify; clients refuse all others below it.",
    "renewed-key": "The same key keeps pins and hosts working; a new one ends old leaks.",
    "request": "It holds a public key and what is asked for; the key stays where it is.",
    "take": "What to grant of what was asked beyond the profile; the rest is dropped.",
    "invalid-since": "Since when its key may have been in other hands (RFC 5280, 5.3.2).",
    "reason": "Clients read why in the list; only a hold can be undone.",
}
"""Field -> what it means."""

PROFILES: Mapping[str, str] = {
    "server": "Proves a host to clients: websites, APIs, mail, databases.",
    "client": "Proves a person or a program to servers that ask.",
    "peer": "Server and client in one: nodes of a cluster, mail servers.",
    "email": "Signs mail, and lets others encrypt it to its owner.",
    "code": "Proves who built a program, before it is run.",
    "ocsp": "Answers for its issuer whether certificates are revoked.",
    "timestamp": "Proves at what time a document existed.",
    "document": "Signs documents that people read, such as PDF files.",
    "public-server": "A server by public rules: stricter, and shorter lived.",
    "intermediate": "An authority below this one: it issues day by day while the root rests.",
}

LIFETIMES: Mapping[str, str] = {
    "47": "The most that public authorities may give from 15 March 2029 on.",
    "90": "Three months, as Let's Encrypt gave for years: renew every second month.",
    "200": "The longest that browsers take of public authorities until March 2027.",
    "365": "A year: easy to remember, and easy to forget.",
    "398": "The longest that browsers took of public authorities until March 2026.",
    "issuer": "For as long as its issuer lives; nothing can be valid any longer.",
}

ISSUERS: Mapping[str, str] = {
    "root": "This is a root: made to be trusted, and better left to rest.",
    "intermediate": "This is an intermediate: made to sign from day to day.",
}

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "profile": PROFILES,
    "key": {kind: f"{note[0].upper()}{note[1:]}." for kind, note in NOTES.items()},
    "lifetime": LIFETIMES,
    "issuer": ISSUERS,
}
"""Field -> value -> what choosing it means."""


def meaning(field: str, value: str = "") -> str:
    """Return what a choice means, or else what its field does; empty where neither is known."""
    return OPTIONS.get(field, {}).get(value) or FIELDS.get(field, "")
