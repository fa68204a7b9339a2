"""Subjects and extensions in the words of an OpenSSL configuration file (config(5), x509v3_config(5)).

What those words cannot say exactly is written as DER: the commands that are shown have to make the very extensions that tlsca makes.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from tlsca.pki.addresses import Address, Network, address_text
from tlsca.pki.dump.oids import OBJECTS
from tlsca.pki.extension_names import extension_name
from tlsca.pki.other_name import USER_PRINCIPAL_NAME, principal, utf8_string
from tlsca.pki.profiles import USAGE_BITS, bits_of

Extension = x509.Extension[x509.ExtensionType]
Pair = tuple[str, str]
"""A key and its value, not yet quoted."""

_PLAIN = re.compile(r"[A-Za-z0-9 _.,:;/@*+()?&=%~!|^<>{}\[\]-]*")
_TO_ESCAPE = re.compile(r'([\\"])')


@dataclass
class Config:
    """Sections of a configuration file, in the order in which they were added."""

    sections: dict[str, list[Pair]] = field(default_factory=dict)

    def add(self, wanted: str, pairs: Iterable[Pair]) -> str:
        """Add a section; return the name that it got, which has a number where there is one of this name already."""
        name, number = wanted, 2
        while name in self.sections:
            name, number = f"{wanted}{number}", number + 1
        self.sections[name] = list(pairs)
        return name

    def text(self) -> str:
        """Return the file."""
        return "\n".join(
            f"[{name}]\n" + "".join(f"{key} = {quoted(value)}\n" for key, value in pairs)
            for name, pairs in self.sections.items()
        )


def quoted(value: str) -> str:
    r"""Return a value as config(5) reads it back: in quotes nothing but `\` and `"` means anything."""
    if _PLAIN.fullmatch(value) and value == value.strip():
        return value
    return '"' + _TO_ESCAPE.sub(r"\\\1", value) + '"'


def name_pairs(name: x509.Name) -> list[Pair]:
    """Return the lines of a distinguished name's section; the number before a type only keeps the keys apart."""
    pairs: list[Pair] = []
    for relative in name.rdns:
        for position, attribute in enumerate(relative):
            joined = "+" if position else ""
            pairs.append((f"{len(pairs)}.{joined}{attribute_type(attribute.oid)}", str(attribute.value)))
    return pairs


def attribute_type(oid: ObjectIdentifier) -> str:
    """Return an attribute's short name, or its OID as numbers."""
    return OBJECTS.get(oid.dotted_string, (oid.dotted_string, ""))[0]


def add_extensions(
    config: Config, section: str, given: Iterable[Pair], extensions: Iterable[Extension]
) -> None:
    """Add a section of extensions, those that are `given` in OpenSSL's words first, and the sections that it refers to."""
    pairs = list(given)
    config.sections[section] = pairs
    pairs.extend(_extension(config, extension) for extension in extensions)


def _extension(config: Config, extension: Extension) -> Pair:
    write = _WRITERS.get(type(extension.value))
    words = write(config, extension.value) if write else None
    critical = "critical," if extension.critical else ""
    if words is None:
        return extension.oid.dotted_string, f"{critical}DER:{extension.value.public_bytes().hex()}"
    return extension_name(extension.oid), critical + words


def _basic_constraints(_: Config, value: x509.BasicConstraints) -> str:
    length = "" if value.path_length is None else f",pathlen:{value.path_length}"
    return f"CA:{'TRUE' if value.ca else 'FALSE'}{length}"


def _key_usage(_: Config, value: x509.KeyUsage) -> str | None:
    bits = bits_of(value)
    return ",".join(word for word, bit in USAGE_BITS.items() if bit in bits) or None


def _extended_key_usage(_: Config, value: x509.ExtendedKeyUsage) -> str:
    return ",".join(attribute_type(oid) for oid in value)


def _alternative_names(config: Config, value: x509.SubjectAlternativeName) -> str | None:
    return _names(config, "names", [("", name) for name in value])


def _name_constraints(config: Config, value: x509.NameConstraints) -> str | None:
    trees = [("permitted;", tree) for tree in value.permitted_subtrees or ()]
    trees += [("excluded;", tree) for tree in value.excluded_subtrees or ()]
    return _names(config, "constraints", trees)


def _information_access(config: Config, value: x509.AuthorityInformationAccess) -> str | None:
    places = [(f"{attribute_type(place.access_method)};", place.access_location) for place in value]
    return _names(config, "places", places)


def _distribution_points(config: Config, value: x509.CRLDistributionPoints | x509.FreshestCRL) -> str | None:
    """Write points that are one address each; any other has more to say than a list of names can."""
    points = [point.full_name[0] for point in value if point.full_name and _is_one_address(point)]
    return _names(config, "lists", [("", point) for point in points]) if len(points) == len(value) else None


def _is_one_address(point: x509.DistributionPoint) -> bool:
    return len(point.full_name or ()) == 1 and not point.reasons and not point.crl_issuer


def _issuing_point(config: Config, value: x509.IssuingDistributionPoint) -> str | None:
    flags = (
        ("onlyuser", value.only_contains_user_certs),
        ("onlyCA", value.only_contains_ca_certs),
        ("onlyAA", value.only_contains_attribute_certs),
        ("indirectCRL", value.indirect_crl),
    )
    names = _names(config, "list", [("", name) for name in value.full_name or ()])
    if value.relative_name or value.only_some_reasons or names is None:
        return None
    point = [("fullname", names)] if value.full_name else []
    return "@" + config.add("issuing_point", [*point, *((word, "TRUE") for word, said in flags if said)])


def _policies(config: Config, value: x509.CertificatePolicies) -> str | None:
    found = [_policy(config, one) for one in value]
    return ",".join(one for one in found if one) if all(found) else None


def _policy(config: Config, policy: x509.PolicyInformation) -> str | None:
    if not policy.policy_qualifiers:
        return policy.policy_identifier.dotted_string
    pairs = [("policyIdentifier", policy.policy_identifier.dotted_string)]
    for number, qualifier in enumerate(policy.policy_qualifiers, 1):
        if isinstance(qualifier, str):
            pairs.append((f"CPS.{number}", qualifier))
        elif qualifier.notice_reference is None and qualifier.explicit_text:
            notice = config.add("notice", [("explicitText", f"UTF8:{qualifier.explicit_text}")])
            pairs.append((f"userNotice.{number}", f"@{notice}"))
        else:
            return None
    return "@" + config.add("policy", pairs)


def _tls_feature(_: Config, value: x509.TLSFeature) -> str:
    return ",".join(one.name for one in value)


def _no_check(_: Config, _value: x509.OCSPNoCheck) -> str:
    return "yes"


# Each writer takes the type that it stands by; Any, since a dictionary cannot say so.
_WRITERS: dict[type[x509.ExtensionType], Callable[..., str | None]] = {
    x509.BasicConstraints: _basic_constraints,
    x509.KeyUsage: _key_usage,
    x509.ExtendedKeyUsage: _extended_key_usage,
    x509.SubjectAlternativeName: _alternative_names,
    x509.NameConstraints: _name_constraints,
    x509.AuthorityInformationAccess: _information_access,
    x509.CRLDistributionPoints: _distribution_points,
    x509.FreshestCRL: _distribution_points,
    x509.IssuingDistributionPoint: _issuing_point,
    x509.CertificatePolicies: _policies,
    x509.TLSFeature: _tls_feature,
    x509.OCSPNoCheck: _no_check,
}


def _names(config: Config, section: str, names: Sequence[tuple[str, x509.GeneralName]]) -> str | None:
    """Return a reference to a section of general names, each with what stands before it; None where one has no words."""
    found: list[Pair] = []
    for number, (before, name) in enumerate(names, 1):
        words = _name(config, name)
        if words is None:
            return None
        found.append((f"{before}{words[0]}.{number}", words[1]))
    return "@" + config.add(section, found)


def _name(config: Config, name: x509.GeneralName) -> Pair | None:
    for kind, word in _NAME_WORDS.items():
        if isinstance(name, kind):
            return word, str(name.value)
    if isinstance(name, x509.IPAddress):
        return "IP", _address(name.value)
    if isinstance(name, x509.RegisteredID):
        return "RID", name.value.dotted_string
    if isinstance(name, x509.OtherName):
        return _other_name(name)
    if isinstance(name, x509.DirectoryName):
        return _directory_name(config, name.value)
    return None


_NAME_WORDS: dict[type[x509.GeneralName], str] = {
    x509.DNSName: "DNS",
    x509.RFC822Name: "email",
    x509.UniformResourceIdentifier: "URI",
}


def _address(value: Address | Network) -> str:
    if isinstance(value, Network):
        return f"{address_text(value.network_address)}/{value.netmask}"
    return address_text(value)


def _other_name(name: x509.OtherName) -> Pair | None:
    """Write a user principal name in ASCII; OpenSSL takes other octets for Latin-1 here."""
    text = principal(name)
    if not text or not text.isascii() or name.value != utf8_string(text):
        return None
    return "otherName", f"{USER_PRINCIPAL_NAME.dotted_string};UTF8:{text}"


def _directory_name(config: Config, name: x509.Name) -> Pair | None:
    """Write a directory name in ASCII, for the same reason."""
    if not all(str(attribute.value).isascii() for attribute in name):
        return None
    return "dirName", config.add("directory_name", name_pairs(name))
