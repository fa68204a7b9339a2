"""Extensions: what each says, as rows of its own; what no rule here knows is shown as OpenSSL would print it."""

from dataclasses import replace

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import CONTEXT, Tlv
from tlsca.pki.dump.extensions import value_text
from tlsca.pki.explanations import fields, usages
from tlsca.pki.explanations.explanation import Explanation
from tlsca.pki.explanations.extensions import EXTENSIONS, UNKNOWN, criticality
from tlsca.pki.structure import values
from tlsca.pki.structure.names import (
    GENERAL_NAME,
    GENERAL_NAMES,
    labelled_general_name,
    relative_name,
)
from tlsca.pki.structure.node import Seen, Shape, attempt, plain
from tlsca.pki.structure.shapes import (
    ANYTHING,
    BOOLEAN,
    NUMBER,
    Field,
    by_title,
    check_constructed,
    choice,
    explicit,
    flags,
    identifier_of,
    leaf,
    list_of,
    named,
    record,
)
from tlsca.pki.structure.times import generalized_time, implicit_time
from tlsca.pki.structure.transparency import timestamps

_IMPLICIT_NUMBER = leaf(values.number)
_IMPLICIT_BOOLEAN = leaf(values.boolean)
_OCTETS = leaf(values.octet_string)


def extension(element: Tlv) -> Seen:
    """Read one extension: its own name is the title, what it holds the parts. Raises `DerError`."""
    oid = identifier_of(element)
    places = element.places(4)
    if places.flaw is not None or not 2 <= len(places) <= 3:
        raise DerError(
            "an extension is an identifier, whether it is critical, and a value", offset=element.offset
        )
    critical = len(places) == 3 and der.boolean(places[1])
    seen = _value(oid, places[len(places) - 1])
    about = EXTENSIONS.get(oid)
    return replace(
        seen,
        title=about.title if about else values.object_name(places[0]),
        note=about.note if about else UNKNOWN,
        oid=oid,
        critical=critical,
        criticality=criticality(oid, critical=critical),
    )


def _value(oid: str, wrapper: Tlv) -> Seen:
    """Return what the OCTET STRING of an extension holds, by its identifier."""
    if wrapper.tag != der.OCTET_STRING:
        raise DerError("the value of an extension is an OCTET STRING", offset=wrapper.offset)
    try:
        element = wrapper.inside()
    except DerError as error:
        return Seen(values.octets(wrapper.content), flaw=error.sentence)
    shape = _SHAPES.get(oid)
    if shape is not None:
        return attempt(element, shape)
    seen = ANYTHING(element)
    said = value_text(oid, wrapper.content) if wrapper.end - wrapper.offset < 65_536 else ""
    parts = seen.parts if element.constructed else (lambda: (plain(element),))
    return Seen(said or seen.value, parts)


def _basic_constraints(element: Tlv) -> Seen:
    check_constructed(element)
    seen = record(
        Field(fields.IS_AUTHORITY, BOOLEAN, (der.BOOLEAN,), optional=True),
        Field(fields.PATH_LENGTH, NUMBER, (der.INTEGER,), optional=True),
    )(element)
    said = {node.title: node.value for node in seen.parts()}
    if said.get(fields.IS_AUTHORITY.title) != "true":
        return Seen("no authority", seen.parts)
    length = said.get(fields.PATH_LENGTH.title)
    return Seen("authority" if length is None else f"authority, with at most {length} below it", seen.parts)


_AUTHORITY_KEY = record(
    Field(Explanation("Key identifier", "The subject key identifier of the issuer.", "RFC 5280, 4.2.1.1"), _OCTETS, (CONTEXT | 0,), optional=True),
    Field(Explanation("Issuer of the issuer", "With the serial number, names one certificate of the issuer and not just its key.", "RFC 5280, 4.2.1.1"), GENERAL_NAMES, (CONTEXT | 1,), optional=True),
    Field(Explanation("Serial number of the issuer", "The serial number of the issuer's certificate.", "RFC 5280, 4.2.1.1"), _IMPLICIT_NUMBER, (CONTEXT | 2,), optional=True),
)  # fmt: skip


def _authority_key(element: Tlv) -> Seen:
    seen = _AUTHORITY_KEY(element)
    first = next(iter(seen.parts()), None)
    return Seen(first.value if first else "empty", seen.parts)


_METHODS = {
    "1.3.6.1.5.5.7.48.1": Explanation("OCSP", "Where to ask whether the certificate is revoked.", "RFC 6960, 3.1"),
    "1.3.6.1.5.5.7.48.2": Explanation("Issuer's certificate", "Where the certificate above can be fetched.", "RFC 5280, 4.2.2.1"),
    "1.3.6.1.5.5.7.48.3": Explanation("Time stamping", "Where to get time stamps.", "RFC 5280, 4.2.2.2"),
    "1.3.6.1.5.5.7.48.5": Explanation("Repository", "Where the authority publishes what it issues.", "RFC 5280, 4.2.2.2"),
}  # fmt: skip


def _access(element: Tlv) -> Seen:
    method = identifier_of(element)
    about = _METHODS.get(method)
    parts = record(
        Field(Explanation("Method", "What is to be had there."), named(_METHODS)),
        Field(Explanation("Location", "Where it is."), GENERAL_NAME),
    )(element).parts
    shown = parts()
    title = about.title if about else shown[0].value
    where = shown[1].value if len(shown) > 1 else ""
    return Seen(where, parts, title=title, note=about.note if about else "", oid=method)


_POINT_NAME = choice(
    {
        CONTEXT | 0: Field(Explanation("Full name", "Addresses of the list."), GENERAL_NAMES),
        CONTEXT | 1: Field(Explanation("Relative name", "Follows the name of the issuer of the list."), relative_name),
    }
)  # fmt: skip
_REASONS = flags(usages.REASON_FLAGS, implicit=True)
_POINT = record(
    Field(Explanation("Name", "Where the list is.", "RFC 5280, 4.2.1.13"), explicit(_POINT_NAME), (CONTEXT | 0,), optional=True),
    Field(Explanation("Reasons", "The list only holds revocations for these reasons.", "RFC 5280, 4.2.1.13"), _REASONS, (CONTEXT | 1,), optional=True),
    Field(Explanation("CRL issuer", "Who signs the list, where it is not the issuer of the certificate.", "RFC 5280, 4.2.1.13"), GENERAL_NAMES, (CONTEXT | 2,), optional=True),
)  # fmt: skip


def _point(element: Tlv) -> Seen:
    seen = _POINT(element)
    return Seen("; ".join(node.value for node in seen.parts()), seen.parts)


_POINTS = list_of(_point, Explanation("Distribution point", "", "RFC 5280, 4.2.1.13"), "distribution point")
_ISSUING_POINT = record(
    Field(Explanation("Name", "The address of this part of the list.", "RFC 5280, 5.2.5"), explicit(_POINT_NAME), (CONTEXT | 0,), optional=True),
    Field(Explanation("Only user certificates", "Authorities are not on it.", "RFC 5280, 5.2.5"), _IMPLICIT_BOOLEAN, (CONTEXT | 1,), optional=True),
    Field(Explanation("Only authorities", "Only authorities are on it.", "RFC 5280, 5.2.5"), _IMPLICIT_BOOLEAN, (CONTEXT | 2,), optional=True),
    Field(Explanation("Only some reasons", "Only revocations for these reasons are on it.", "RFC 5280, 5.2.5"), _REASONS, (CONTEXT | 3,), optional=True),
    Field(Explanation("Indirect", "Certificates of other issuers are on it too.", "RFC 5280, 5.2.5"), _IMPLICIT_BOOLEAN, (CONTEXT | 4,), optional=True),
    Field(Explanation("Only attribute certificates", "Only attribute certificates are on it.", "RFC 5280, 5.2.5"), _IMPLICIT_BOOLEAN, (CONTEXT | 5,), optional=True),
)  # fmt: skip


def _issuing_point(element: Tlv) -> Seen:
    seen = _ISSUING_POINT(element)
    said = [
        node.title if node.value in {"true", ""} else f"{node.title}: {node.value}" for node in seen.parts()
    ]
    return Seen("; ".join(said) or "empty", seen.parts)


def _subtree(element: Tlv) -> Seen:
    parts = record(
        Field(Explanation("Base", "The name at the top of the subtree; itself and everything below.", "RFC 5280, 4.2.1.10"), labelled_general_name),
        Field(Explanation("Minimum", "Always 0.", "RFC 5280, 4.2.1.10"), _IMPLICIT_NUMBER, (CONTEXT | 0,), optional=True),
        Field(Explanation("Maximum", "Never there.", "RFC 5280, 4.2.1.10"), _IMPLICIT_NUMBER, (CONTEXT | 1,), optional=True),
    )(element).parts  # fmt: skip
    base = next(iter(parts()), None)
    return Seen(base.value if base else "", parts)


_SUBTREES = list_of(_subtree, Explanation("Subtree", ""), "subtree")
_NAME_CONSTRAINTS = record(
    Field(Explanation("Permitted", "Names of these kinds have to be inside one of these subtrees.", "RFC 5280, 4.2.1.10"), _SUBTREES, (CONTEXT | 0,), optional=True),
    Field(Explanation("Excluded", "No name may be inside one of these subtrees, even if it is permitted.", "RFC 5280, 4.2.1.10"), _SUBTREES, (CONTEXT | 1,), optional=True),
)  # fmt: skip


def _titled(shape: Shape) -> Shape:
    """Return the same record, its row saying each field with its title."""

    def read(element: Tlv) -> Seen:
        seen = shape(element)
        return Seen("; ".join(f"{node.title}: {node.value}" for node in seen.parts()[:8]), seen.parts)

    return read


_POLICIES_KNOWN = {
    "2.5.29.32.0": Explanation("Any policy", "No particular rules.", "RFC 5280, 4.2.1.4"),
    "2.23.140.1.1": Explanation("Extended validation", "The organization was verified closely.", "CA/Browser Forum, Baseline Requirements, 7.1.6.1"),
    "2.23.140.1.2.1": Explanation("Domain validated", "Only control of the names was verified.", "CA/Browser Forum, Baseline Requirements, 7.1.6.1"),
    "2.23.140.1.2.2": Explanation("Organization validated", "The organization was verified too.", "CA/Browser Forum, Baseline Requirements, 7.1.6.1"),
    "2.23.140.1.2.3": Explanation("Individual validated", "The person was verified too.", "CA/Browser Forum, Baseline Requirements, 7.1.6.1"),
}  # fmt: skip
_QUALIFIERS = {
    "1.3.6.1.5.5.7.2.1": Explanation("CPS pointer", "The address of the authority's practice statement.", "RFC 5280, 4.2.1.4"),
    "1.3.6.1.5.5.7.2.2": Explanation("User notice", "A text to be shown to who relies on the certificate; no client does.", "RFC 5280, 4.2.1.4"),
}  # fmt: skip


def _qualifier(element: Tlv) -> Seen:
    oid = identifier_of(element)
    about = _QUALIFIERS.get(oid)
    parts = record(
        Field(Explanation("Kind", ""), named(_QUALIFIERS)), Field(Explanation("Value", ""), _notice)
    )(element).parts
    shown = parts()
    value = shown[1].value if len(shown) > 1 else ""
    return Seen(
        value,
        parts,
        title=about.title if about else shown[0].value,
        note=about.note if about else "",
        oid=oid,
    )


def _notice(element: Tlv) -> Seen:
    """Read the value of a qualifier: text, or a notice whose last field is its text."""
    if not element.constructed:
        return Seen(values.primitive(element))
    seen = ANYTHING(element)
    shown = [node.value for node in seen.parts()[:2] if not node.children]
    return Seen(shown[-1] if shown else seen.value, seen.parts)


def _policy(element: Tlv) -> Seen:
    oid = identifier_of(element)
    about = _POLICIES_KNOWN.get(oid)
    parts = record(
        Field(Explanation("Policy", "The rules, by OID."), named(_POLICIES_KNOWN)),
        Field(Explanation("Qualifiers", "More about the policy.", "RFC 5280, 4.2.1.4"), list_of(_qualifier, Explanation("Qualifier", ""), "qualifier"), (der.SEQUENCE,), optional=True),
    )(element).parts  # fmt: skip
    return Seen(about.title if about else parts()[0].value, parts, note=about.note if about else "", oid=oid)


_MAPPING = record(
    Field(Explanation("Policy of the issuer", ""), named(_POLICIES_KNOWN)),
    Field(Explanation("Policy of the subject", "Held to be equal."), named(_POLICIES_KNOWN)),
)
_POLICY_CONSTRAINTS = record(
    Field(Explanation("Require explicit policy", "After so many certificates each one has to name a policy.", "RFC 5280, 4.2.1.11"), _IMPLICIT_NUMBER, (CONTEXT | 0,), optional=True),
    Field(Explanation("Inhibit policy mapping", "After so many certificates policies are no longer mapped.", "RFC 5280, 4.2.1.11"), _IMPLICIT_NUMBER, (CONTEXT | 1,), optional=True),
)  # fmt: skip
_USAGE_PERIOD = record(
    Field(Explanation("Not before", ""), implicit_time, (CONTEXT | 0,), optional=True),
    Field(Explanation("Not after", ""), implicit_time, (CONTEXT | 1,), optional=True),
)
_FEATURES = {5: "5 (status_request: a stapled OCSP answer)", 17: "17 (status_request_v2)"}


def _feature(element: Tlv) -> str:
    number = der.integer(element)
    return _FEATURES.get(number, str(number))


def _reason(element: Tlv) -> Seen:
    code = der.integer(element, tag=der.ENUMERATED)
    about = usages.REASONS.get(code)
    if about is None:
        return Seen(str(code), flaw="No reason has this code (RFC 5280, 5.3.1).")
    return Seen(
        f"{about.title} ({code})", lambda: (replace(plain(element), title=about.title, note=about.note),)
    )


def _nothing(element: Tlv) -> Seen:
    der.null(element)
    return Seen("yes")


_PURPOSES = list_of(named(usages.PURPOSES), Explanation("Purpose", ""), "purpose")
_SHAPES: dict[str, Shape] = {
    "2.5.29.14": _OCTETS,
    "2.5.29.15": flags(usages.KEY_USAGES),
    "2.5.29.16": _titled(_USAGE_PERIOD),
    "2.5.29.17": GENERAL_NAMES,
    "2.5.29.18": GENERAL_NAMES,
    "2.5.29.19": _basic_constraints,
    "2.5.29.20": NUMBER,
    "2.5.29.21": _reason,
    "2.5.29.24": generalized_time,
    "2.5.29.27": NUMBER,
    "2.5.29.28": _issuing_point,
    "2.5.29.29": GENERAL_NAMES,
    "2.5.29.30": _titled(_NAME_CONSTRAINTS),
    "2.5.29.31": _POINTS,
    "2.5.29.32": list_of(_policy, Explanation("Policy", ""), "policy"),
    "2.5.29.33": list_of(_titled(_MAPPING), Explanation("Mapping", ""), "mapping"),
    "2.5.29.35": _authority_key,
    "2.5.29.36": _titled(_POLICY_CONSTRAINTS),
    "2.5.29.37": _PURPOSES,
    "2.5.29.46": _POINTS,
    "2.5.29.54": NUMBER,
    "2.5.29.60": generalized_time,
    "1.3.6.1.5.5.7.1.1": list_of(_access, Explanation("Access", ""), "address", say=by_title),
    "1.3.6.1.5.5.7.1.11": list_of(_access, Explanation("Access", ""), "address", say=by_title),
    "1.3.6.1.5.5.7.1.24": list_of(leaf(_feature), Explanation("Feature", ""), "feature"),
    "1.3.6.1.5.5.7.48.1.4": list_of(named({}), Explanation("Kind", ""), "kind"),
    "1.3.6.1.5.5.7.48.1.5": _nothing,
    "1.3.6.1.5.5.7.48.1.6": generalized_time,
    "1.3.6.1.4.1.11129.2.4.2": timestamps,
    "1.3.6.1.4.1.11129.2.4.3": _nothing,
    "1.3.6.1.4.1.11129.2.4.5": timestamps,
    "2.16.840.1.113730.1.1": flags(usages.NETSCAPE_TYPES),
}
"""OID as numbers -> how the value is read."""

EXTENSIONS_LIST: Shape = list_of(extension, Explanation("Extension", ""), "extension", say=None)
"""A SEQUENCE OF Extension."""
