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
    "Its clients compare what they dial with the names in the certificate, letter by letter. Several are parted by commas.",
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

EXAMPLES: dict[str, str] = {
    "server": "www.example.com, 10.0.0.1",
    "public-server": "www.example.com",
    "peer": "node1.example.com, 10.0.0.1",
    "email": "alice@example.com",
}
"""Profile -> names that such a certificate has."""

ANY_EXAMPLE = "Alice Smith, alice@example.com"
