"""Name constraints (RFC 5280, 4.2.1.10): which names an authority may certify, checked against its whole chain before signing.

A certificate outside them is valid in no client, so it is refused here, where the operator can still choose another issuer.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from tlsca.errors import NotAnIdentity, Refused
from tlsca.pki.addresses import Address, Network
from tlsca.pki.identity import general_name_text, identity, is_identity
from tlsca.pki.names import dn_text
from tlsca.text import printable

_HOST_HINT = "Write corp.example for a domain and all below it, 10.0.0.0/8 for addresses, @corp.example for mail, uri:host for URIs."


def subtree(text: str) -> x509.GeneralName:
    """Read a constraint as typed: `corp.example`, `10.0.0.0/8`, `@corp.example`, `uri:host`. Raises NotAnIdentity."""
    stripped = text.strip()
    if re.fullmatch(r"[0-9.]+(/[0-9.]+)?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/[0-9]+)?", stripped):
        return _network(stripped)
    if "@" in stripped:
        local, _, domain = stripped.rpartition("@")
        return x509.RFC822Name(identity(stripped).value if local else _domain(domain, stripped))
    if stripped.lower().startswith("uri:"):
        return x509.UniformResourceIdentifier(_domain(stripped[4:], stripped))
    if stripped.startswith((".", "*")):
        raise NotAnIdentity(
            f"“{printable(stripped)}” is no name constraint: one for DNS names has no dot or star before it (RFC 5280, 4.2.1.10).",
            hint=_HOST_HINT,
        )
    return x509.DNSName(_domain(stripped, stripped))


def check_constraints(
    subject: x509.Name, names: Sequence[x509.GeneralName], chain: Iterable[x509.Certificate]
) -> None:
    """Raise Refused, naming the name and the authority, when a certificate above does not allow a name."""
    every = [*names, *_names_in_subject(subject, names)]
    for authority in chain:
        constraints = _constraints_of(authority)
        if constraints is not None:
            _check_against(constraints, every, authority)


def are_constrained(chain: Iterable[x509.Certificate]) -> bool:
    """Say whether any authority in the chain has name constraints."""
    return any(_constraints_of(authority) is not None for authority in chain)


def _check_against(
    constraints: x509.NameConstraints, names: Sequence[x509.GeneralName], authority: x509.Certificate
) -> None:
    by = printable(dn_text(authority.subject))
    for name in names:
        of_this_kind = [tree for tree in constraints.permitted_subtrees or () if type(tree) is type(name)]
        excluded = [tree for tree in constraints.excluded_subtrees or () if type(tree) is type(name)]
        shown = printable(general_name_text(name))
        if of_this_kind and not any(_within(name, tree) for tree in of_this_kind):
            allowed = ", ".join(printable(general_name_text(tree)) for tree in of_this_kind)
            raise Refused(f"{by} may not certify {shown}.", hint=f"It is permitted: {allowed}.")
        if any(_touches(name, tree) for tree in excluded):
            raise Refused(f"{by} is excluded from certifying {shown}.", hint="Choose another issuer.")


def _constraints_of(certificate: x509.Certificate) -> x509.NameConstraints | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None


def _names_in_subject(subject: x509.Name, names: Sequence[x509.GeneralName]) -> list[x509.GeneralName]:
    """Return the subject as the constraints see it: a directory name, the e-mail addresses in it, and host names.

    A common name that looks like a host name, be it an address, counts where no subject alternative name is one: OpenSSL then
    takes it for one.
    """
    mail: list[x509.GeneralName] = [
        _mailbox(str(item.value)) for item in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
    ]
    hosts: list[x509.GeneralName] = []
    if not any(isinstance(name, x509.DNSName) for name in names):
        values = (str(item.value) for item in subject.get_attributes_for_oid(NameOID.COMMON_NAME))
        hosts = [x509.DNSName(value) for value in values if _LIKE_A_HOST.fullmatch(value)]
    return [x509.DirectoryName(subject), *mail, *hosts] if list(subject) else mail


_LIKE_A_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")


def _mailbox(text: str) -> x509.RFC822Name:
    try:
        return x509.RFC822Name(text)
    except ValueError:
        raise Refused(
            f"The subject holds “{printable(text)}”, which is no e-mail address.", hint="Leave it out."
        ) from None


def _is_host(text: str) -> bool:
    return text.isascii() and is_identity(f"dns:{text}")


def _within(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    rule = _RULES.get(type(name))
    return rule is not None and rule(name.value, tree.value)


def _touches(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    """Say whether an excluded tree holds any of what the name stands for, or cannot be judged (RFC 5280, 4.2.1.10)."""
    if type(name) not in _RULES or _within(name, tree):
        return True
    if isinstance(name, x509.UniformResourceIdentifier):
        return not _uri_host(name.value)
    if isinstance(name, x509.DNSName) and isinstance(tree, x509.DNSName) and name.value.startswith("*."):
        # The wildcard stands for one label: the tree is hit when its own parent is the wildcard's domain.
        return tree.value.lower().partition(".")[2] == name.value.lower().removeprefix("*.")
    return False


def _dns_within(name: str, tree: str) -> bool:
    """Adding labels on the left keeps a name inside; of a tree with a leading dot the domain itself is no part."""
    host, domain = name.lower(), tree.lower()
    if not domain or domain.startswith("."):
        return host.endswith(domain)
    return host == domain or host.endswith("." + domain)


def _mail_within(name: str, tree: str) -> bool:
    local, _, host = name.rpartition("@")
    if "@" in tree:
        tree_local, _, tree_host = tree.rpartition("@")
        return local == tree_local and host.lower() == tree_host.lower()
    return _host_within(host, tree)


def _uri_within(name: str, tree: str) -> bool:
    return _host_within(_uri_host(name), tree)


def _uri_host(name: str) -> str:
    """Return the host of a URI; empty where it has none, or an address, which no constraint can allow."""
    try:
        host = urlsplit(name).hostname or ""
    except ValueError:
        return ""
    return host if _is_host(host) else ""


def _host_within(host: str, tree: str) -> bool:
    """Match a host: a tree that begins with a dot is all below that domain, one that does not is that host alone."""
    host, tree = host.lower(), tree.lower()
    return host.endswith(tree) if tree.startswith(".") else host == tree


def _address_within(name: object, tree: Network) -> bool:
    return isinstance(name, Address) and name in tree


def _directory_within(name: x509.Name, tree: x509.Name) -> bool:
    return _folded(name)[: len(tree.rdns)] == _folded(tree)


def _folded(name: x509.Name) -> list[set[tuple[str, str]]]:
    """Return a name for comparison: case and the number of spaces do not count (RFC 5280, 7.1)."""
    return [
        {(item.oid.dotted_string, " ".join(str(item.value).casefold().split())) for item in part}
        for part in name.rdns
    ]


_RULES: dict[type[x509.GeneralName], Callable[..., bool]] = {
    x509.DNSName: _dns_within,
    x509.RFC822Name: _mail_within,
    x509.UniformResourceIdentifier: _uri_within,
    x509.IPAddress: _address_within,
    x509.DirectoryName: _directory_within,
}


def _network(text: str) -> x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_network(text))
    except ValueError as error:
        raise NotAnIdentity(
            f"“{printable(text)}” is no network: {printable(str(error))}.",
            hint="Write 10.0.0.0/8 or 2001:db8::/32.",
        ) from error


def _domain(text: str, whole: str) -> str:
    """Return a domain as A-labels, keeping a leading dot."""
    bare = text.removeprefix(".")
    try:
        return ("." if text.startswith(".") else "") + identity(f"dns:{bare}").value
    except NotAnIdentity as error:
        raise NotAnIdentity(f"“{printable(whole)}” is no name constraint.", hint=_HOST_HINT) from error
