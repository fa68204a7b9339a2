"""The steps of the wizard: what each asks, what it tells beforehand, and which field of the form it fills in."""

from dataclasses import dataclass

from tlsca.authority.advice.advice import Part


@dataclass(frozen=True, slots=True)
class Step:
    """One question."""

    id: str
    question: str
    lead: str
    """What somebody should know who never did this; two lines of 72 characters at most."""
    parts: tuple[Part, ...] = ()
    """On which fields of the form there is advice at this step."""


PURPOSE = Step(
    "purpose",
    "What is it for?",
    "A certificate is made for one purpose; programs refuse it for another.",
    (Part.PROFILE,),
)
NAMES = Step(
    "names",
    "Which names?",
    "Whom or what it stands for. Several names are parted by commas.",
    (Part.NAMES,),
)
ISSUER = Step(
    "issuer",
    "Who signs it?",
    "A root signs itself, and clients are told to trust it. An intermediate below it signs from day to day, so that the root can rest.",
    (Part.ISSUER,),
)
LIFETIME = Step(
    "lifetime",
    "How long is it valid?",
    "It ends by itself. Until then only a revocation list takes it back, so shorter is safer, and renewing is one key: r.",
    (Part.LIFETIME,),
)
REVIEW = Step(
    "review",
    "Is this what you want?",
    "This is what will be in it. Nothing has been signed yet; Back changes an answer.",
    tuple(Part),
)

STEPS: tuple[Step, ...] = (PURPOSE, NAMES, ISSUER, LIFETIME, REVIEW)

_OF_HOSTS = "Clients compare the name that they connect to with those in the certificate, letter by letter. Several are parted by commas."
_OF_OWNERS = "Whose signature it will be: the name that people are shown when they check it."

LEADS: dict[str, str] = {
    "server": _OF_HOSTS,
    "public-server": _OF_HOSTS,
    "peer": _OF_HOSTS,
    "client": "Whom it stands for: a person, a program or a machine, by the name under which servers shall know it.",
    "email": "The mailbox that it is for: mail programs compare it with the sender's. Several are parted by commas.",
    "code": _OF_OWNERS,
    "document": _OF_OWNERS,
    "ocsp": "What this service is called: clients look at its purpose and its issuer, not at its name.",
    "timestamp": "What this service is called: clients look at its purpose and its issuer, not at its name.",
}
"""Profile -> what somebody should know before giving the names of such a certificate."""

EXAMPLES: dict[str, str] = {
    "server": "www.example.com, 10.0.0.1",
    "public-server": "www.example.com",
    "peer": "node1.example.com, 10.0.0.1",
    "email": "alice@example.com",
}
"""Profile -> names that such a certificate has."""

ANY_EXAMPLE = "Alice Smith, alice@example.com"

_ON_THIS_COMPUTER = "To try it on this computer alone: localhost, 127.0.0.1."

HERE: dict[str, str] = {"server": _ON_THIS_COMPUTER, "peer": _ON_THIS_COMPUTER}
"""Profile -> the names to begin with, for whoever has no host yet."""
