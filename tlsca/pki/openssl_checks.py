"""What looks at certificates, as commands of OpenSSL 3.0 and newer: verify a chain, test a connection, show what is in a file.

A connection is tested from Python too, in the lines that a program would have.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from tlsca.pki.openssl_export import AS_SHOWN, joined
from tlsca.pki.shell import comment, file_on, line, path_word, word

_TRUSTED = "trusted.pem"
_SYSTEM_PATH = '"$(openssl info -configdir)/certs"'


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a check trusts: the system's roots or not, and the certificates in files."""

    system: bool
    files: tuple[str, ...]

    @property
    def file(self) -> str | None:
        """The one file with all of them, once `gathered` wrote it; None where there are none."""
        return _TRUSTED if len(self.files) > 1 else next(iter(self.files), None)

    def gathered(self) -> str:
        """Return what puts several files into one, which is all that OpenSSL takes."""
        return joined(self.files, _TRUSTED) if len(self.files) > 1 else ""

    def words(self) -> tuple[str, ...]:
        """Return the options that say so; of the system's roots OpenSSL forgets those in a file once it is given another."""
        if self.file is None:
            return () if self.system else ("-no-CAfile", "-no-CApath", "-no-CAstore")
        place = ("-CApath", _SYSTEM_PATH) if self.system else ("-no-CApath", "-no-CAstore")
        return ("-CAfile", path_word(self.file), *place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What a chain is held against."""

    names: tuple[str, ...] = ()
    """DNS names and IP addresses in the form that certificates have them."""
    purpose: str = "any"
    at: datetime | None = None
    lists: tuple[str, ...] = ()
    """Paths of revocation lists."""
    strict: bool = True


_PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "any": "any",
        "server": "sslserver",
        "client": "sslclient",
        "email": "smimesign",
        "timestamp": "timestampsign",
        "ocsp": "ocsphelper",
    }
)
"""The words of the command line -> those of `openssl verify`; OpenSSL knows code signing since 3.2."""


def verify(path: str, untrusted: Sequence[str], trust: Trust, checks: Checks) -> str:
    """Return the commands that verify the first certificate in a file, once for each name that it has to be for."""
    lists = [each for path in checks.lists for each in ("-CRLfile", path_word(path))]
    given = [each for name in untrusted for each in ("-untrusted", path_word(name))]
    purpose = _PURPOSES.get(checks.purpose, "codesign")
    words = [
        *trust.words(),
        *given,
        *(["-x509_strict"] if checks.strict else []),
        "-purpose",
        purpose,
        *(["-attime", str(int(checks.at.timestamp()))] if checks.at else []),
        *(["-crl_check", *lists] if lists else []),
    ]
    note = comment("The purpose codesign needs OpenSSL 3.2.") if purpose == "codesign" else ""
    return note + trust.gathered() + "".join(
        line("openssl", "verify", *words, *_held_against(name), path_word(path)) for name in checks.names or ("",)
    )  # fmt: skip


def _held_against(name: str) -> tuple[str, ...]:
    if not name:
        return ()
    return ("-verify_ip" if _is_address(name) else "-verify_hostname"), word(name)


def _is_address(name: str) -> bool:
    """Say whether a host is an address: its last label is a number, or it has colons, which no DNS name has."""
    return ":" in name or name.rpartition(".")[2].isdigit()


# A connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A connection to test; host, names and protocol as a target has them."""

    address: str
    """What is dialled: a host or an address."""
    port: int
    server_name: str | None
    verify_name: str
    starttls: str | None = None
    min_version: str | None = None
    max_version: str | None = None
    ciphers: str | None = None
    alpn: tuple[str, ...] = ()
    legacy: bool = False
    lists: tuple[str, ...] = ()
    client: tuple[str, str] | None = None
    """The files of a client's certificate and of its key."""

    @property
    def place(self) -> str:
        """What is dialled and its port, as one word."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


_STARTTLS: Mapping[str, str] = MappingProxyType({"postgresql": "postgres"})
"""The protocols that OpenSSL calls otherwise."""


def s_client(call: Call, trust: Trust) -> str:
    """Return the command that makes one handshake, prints the chain that was sent, and verifies it."""
    words = ["-connect", word(call.place)]
    words += ["-servername", word(call.server_name)] if call.server_name else ["-noservername"]
    words += _held_against(call.verify_name)
    words += _upgrade(call)
    words += [*trust.words(), "-verify_return_error", "-showcerts", "-status", *_policy(call)]
    if call.client is not None:
        words += ["-cert", path_word(call.client[0]), "-key", path_word(call.client[1])]
    if call.lists:
        words += ["-crl_check", *(each for path in call.lists for each in ("-CRL", path_word(path)))]
    return line("openssl", "s_client", *words, "</dev/null")


def _upgrade(call: Call) -> list[str]:
    if call.starttls is None:
        return []
    words = ["-starttls", _STARTTLS.get(call.starttls, call.starttls)]
    return [*words, "-name", word(_asked(call))] if call.starttls.startswith("xmpp") else words


def _policy(call: Call) -> list[str]:
    words = ["-min_protocol", _version(_lowest(call))]
    words += ["-max_protocol", _version(call.max_version)] if call.max_version else []
    words += ["-cipher", word(_ciphers(call))]
    words += ["-legacy_server_connect"] if call.legacy else []
    return words + (["-alpn", word(",".join(call.alpn))] if call.alpn else [])


def _lowest(call: Call) -> str:
    return call.min_version or ("1.0" if call.legacy else "1.2")


def _ciphers(call: Call) -> str:
    """Return what a probe offers: OpenSSL 3 speaks versions before 1.2 at security level 0 only."""
    level = 0 if _lowest(call) in {"1.0", "1.1"} or call.legacy else 2
    return f"{call.ciphers or ('ALL' if call.legacy else 'DEFAULT')}:@SECLEVEL={level}"


def _version(number: str) -> str:
    return "TLSv1" if number == "1.0" else f"TLSv{number}"


def python(call: Call, trust: Trust) -> str:
    """Return the Python lines that make the same handshake with `ssl`; nothing for protocols that its library does not upgrade."""
    begin = _OPENINGS.get(call.starttls)
    if begin is None:
        return comment(f"Python's library has no client that upgrades {call.starttls} to TLS.")
    module, opening = begin
    text = [*(f"import {name}" for name in sorted((module, "ssl"))), "", *_context(call, trust), ""]
    where = {"address": _literal(call.address), "port": call.port, "name": _literal(_asked(call))}
    text += [
        opening.format(**where) + "    print(tls.version(), tls.cipher())",
        "    print(tls.getpeercert())",
    ]
    verified = call.address if call.starttls else _asked(call)
    note = ""
    if call.verify_name != verified:
        note = comment(f"Python verifies the name {verified} that it asks for, and no other.")
    return note + file_on("python3 -", "\n".join(text) + "\n")


def _asked(call: Call) -> str:
    return call.server_name or call.verify_name


_PLAIN = """\
with (
    socket.create_connection(({address}, {port}), timeout=10) as plain,
    context.wrap_socket(plain, server_hostname={name}) as tls,
):
"""
_SMTP = """\
with smtplib.SMTP({address}, {port}, timeout=10) as service:
    service.starttls(context=context)
    tls = service.sock
"""
_IMAP = """\
with imaplib.IMAP4({address}, {port}, timeout=10) as service:
    service.starttls(ssl_context=context)
    tls = service.sock
"""
_OPENINGS: Mapping[str | None, tuple[str, str]] = MappingProxyType(
    {None: ("socket", _PLAIN), "smtp": ("smtplib", _SMTP), "imap": ("imaplib", _IMAP)}
)
"""Protocol -> the module that a program imports, and how it comes to the connection `tls`."""


def _context(call: Call, trust: Trust) -> list[str]:
    made = "ssl.create_default_context()" if trust.system else "ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)"
    text = [f"context = {made}"]
    text += [f"context.load_verify_locations({_literal(name)})" for name in trust.files]
    if call.client is not None:
        text.append(f"context.load_cert_chain({_literal(call.client[0])}, {_literal(call.client[1])})")
    if call.lists:
        text += [f"context.load_verify_locations({_literal(path)})" for path in call.lists]
        text.append("context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF")
    for which, number in (("minimum", _lowest(call)), ("maximum", call.max_version)):
        if number:
            name = f"TLSv{number.replace('.', '_').removesuffix('_0')}"
            text.append(f"context.{which}_version = ssl.TLSVersion.{name}")
    text.append(f"context.set_ciphers({_literal(_ciphers(call))})")
    if call.alpn:
        text.append(f"context.set_alpn_protocols([{', '.join(map(_literal, call.alpn))}])")
    return text


def _literal(text: str) -> str:
    """Return text as a Python literal in ASCII; JSON's strings are also Python's but for lone surrogates, which no path here has."""
    return json.dumps(text)


# What is in a file


def inspect(command: str, path: str | None, form: str) -> str:
    """Return the command that shows what is in a file; `path` is None for its standard input.

    `command` is OpenSSL's: x509, req, crl, pkey or pkcs12; `form` is the word of the command line: text, summary, json, pem or asn1.
    """
    given = ("-in", path_word(path)) if path else ()
    if command in _WITH_KEYS:
        return line("openssl", command, *given, *_WITH_KEYS[command])
    if form == "asn1":
        der = line("openssl", command, *given, "-outform", "DER").rstrip("\n")
        return f"{der} | openssl asn1parse -inform DER\n"
    if form == "pem":
        return line("openssl", command, *given)
    shown = _SUMMARY[command] if form == "summary" else ("-text",)
    return line("openssl", command, *given, "-noout", *shown, *AS_SHOWN)


_SUMMARY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "x509": ("-subject", "-issuer", "-serial", "-dates", "-fingerprint", "-sha256"),
        "req": ("-subject", "-text"),
        "crl": ("-issuer", "-crlnumber", "-lastupdate", "-nextupdate"),
    }
)
_WITH_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"pkey": ("-noout", "-text_pub"), "pkcs12": ("-info", "-nokeys")}
)
"""What of a private key or of a file with one may be shown."""


def inspect_host(call: Call, form: str) -> str:
    """Return the command that shows the certificate that a host serves."""
    words = ["-connect", word(call.place)]
    words += ["-servername", word(call.server_name)] if call.server_name else ["-noservername"]
    words += _upgrade(call)
    fetch = line("openssl", "s_client", *words, "</dev/null").rstrip("\n")
    return f"{fetch} |\n  {inspect('x509', None, form)}"
