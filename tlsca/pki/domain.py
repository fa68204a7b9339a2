"""Domain names as operators type them, as the lower-case A-labels that certificates carry (RFC 5890, RFC 5891, RFC 1123)."""

import re

from tlsca.errors import NotAnIdentity
from tlsca.text import printable

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_DNS_NAME = 253
# RFC 3696, 2: no top-level domain is all digits; browsers read 0x7f at the end as a number too (WHATWG URL, 3.5).
_ENDS_IN_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def domain(text: str, whole: str) -> str:
    """Return a host name as lower-case A-labels without the trailing dot; `whole` is what errors quote. Raises NotAnIdentity."""
    bare = text.removesuffix(".")
    if not bare.isascii():
        bare = _a_labels(bare, whole)
    bare = bare.lower()
    labels = bare.split(".")
    if (
        len(bare) > _LONGEST_DNS_NAME
        or not all(_HOST_LABEL.fullmatch(label) for label in labels)
        or _ENDS_IN_NUMBER.fullmatch(labels[-1])
    ):
        raise NotAnIdentity(
            f"{quoted(whole)} is no DNS name, IP address, e-mail address or URI.",
            hint=_why_no_host(bare),
        )
    _check_a_labels(labels, whole)
    return bare


def _a_labels(text: str, whole: str) -> str:
    import idna  # noqa: PLC0415 -- its tables are wanted for few names

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise NotAnIdentity(
            f"{quoted(whole)} is no international domain name: {printable(str(error))}.",
            hint="IDNA 2008 does not allow every character.",
        ) from error


def _check_a_labels(labels: list[str], whole: str) -> None:
    for label in labels:
        if label.startswith("xn--"):
            _check_a_label(label, whole)


def _check_a_label(label: str, whole: str) -> None:
    import idna  # noqa: PLC0415 -- see above

    try:
        idna.ulabel(label)
    except (idna.IDNAError, UnicodeError) as error:
        raise NotAnIdentity(
            f"{quoted(whole)} holds {label}, which decodes to no domain label.",
            hint="Type the name in its own letters.",
        ) from error


_WHY_NO_HOST: tuple[tuple[str, str], ...] = (
    (r".*\*.*", "A wildcard stands alone for the leftmost label: *.example.com."),
    (r".+:[0-9]+", "A port is no part of a certificate's name; leave it out."),
    (r".*_.*", "A host name has no underscore (RFC 1123); use a hyphen."),
    (r".* .*", "A DNS name has no spaces; separate several names."),
    (r"|\..*|.*\.\..*", "Every label between dots has at least one character."),
    (r".*/.*", "A network or a path is no name for a certificate; give single addresses."),
)


def _why_no_host(bare: str) -> str:
    for pattern, hint in _WHY_NO_HOST:
        if re.fullmatch(pattern, bare, re.DOTALL):
            return hint
    return "A label has up to 63 letters, digits and inner hyphens: www.example.com."


def quoted(text: str) -> str:
    """Return what was typed as a sentence quotes it: safe for a terminal, and not too long."""
    return f"“{printable(text[:80])}”"
