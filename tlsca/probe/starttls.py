"""The plaintext steps before TLS, one small function per protocol.

Nothing that follows the go-ahead may be taken for part of it: replies are cut at their own end, and what a peer, or somebody
in between, sent in the clear after it is thrown away and reported (the injection of CVE-2011-0411).
"""

import re
from collections.abc import Callable
from typing import NoReturn

from tlsca.pki.finding import Finding, error, warning
from tlsca.probe.messages import Direction
from tlsca.probe.target import Target
from tlsca.probe.transcript import Recorder
from tlsca.probe.wire import Elapsed, Wire
from tlsca.text import printable, shorten

_LONGEST_REPLY = 65536
_GREETING_NAME = "tlsca.invalid"  # RFC 2606: a name that is nobody's
_LDAP_STARTTLS = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
_POSTGRES_SSL_REQUEST = bytes.fromhex("0000000804d2162f")
_MYSQL_CLIENT_SSL = 0x0800
# CLIENT_SSL, CLIENT_PROTOCOL_41, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH and CLIENT_LONG_PASSWORD
_MYSQL_CAPABILITIES = 0x0800 | 0x0200 | 0x8000 | 0x00080000 | 0x0001


class NotUpgraded(Exception):
    """The service did not get as far as TLS; carries why. Never leaves this room."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Dialogue:
    """A plaintext conversation, taken down."""

    def __init__(self, wire: Wire, target: Target, recorder: Recorder) -> None:
        self._wire = wire
        self._target = target
        self._recorder = recorder

    @property
    def domain(self) -> str:
        """The name that the peer is addressed by."""
        return self._target.server_name or self._target.verify_name

    def say(self, line: str) -> None:
        """Send one line."""
        self._recorder.plain(Direction.SENT, line)
        self._wire.send(line.encode() + b"\r\n")

    def send(self, octets: bytes, meaning: str) -> None:
        """Send octets that are no text."""
        self._recorder.plain(Direction.SENT, meaning, octets[:64].hex(" "))
        self._wire.send(octets)

    def line(self) -> str:
        """Return the next line without its end."""
        line = self._wire.receive_until(b"\n", most=_LONGEST_REPLY).decode("utf-8", "replace").rstrip("\r\n")
        self._recorder.plain(Direction.RECEIVED, line)
        return line

    def lines(self, is_last: Callable[[str], bool]) -> list[str]:
        """Return lines up to and with the last one, 64 kB of them at most."""
        gathered: list[str] = []
        left = _LONGEST_REPLY
        while left > 0:
            line = self.line()
            gathered.append(line)
            if is_last(line):
                return gathered
            left -= len(line) + 2
        raise OverflowError

    def octets(self, count: int, meaning: str) -> bytes:
        """Return exactly so many octets that are no text."""
        octets = self._wire.receive_exactly(count)
        self._recorder.plain(Direction.RECEIVED, meaning, octets[:64].hex(" "))
        return octets

    def until(self, end: bytes) -> str:
        """Return text up to and with `end`."""
        text = self._wire.receive_until(end, most=_LONGEST_REPLY).decode("utf-8", "replace")
        self._recorder.plain(Direction.RECEIVED, text)
        return text

    def refused(self, said: str) -> NoReturn:
        """Say that the service does not offer TLS."""
        raise NotUpgraded(
            error(
                "starttls-refused",
                f"{self._target} does not offer STARTTLS; it said “{_shown(said)}”.",
                f"Turn TLS on in the {self._target.starttls} service and give it a certificate.",
            )
        )

    def strange(self, said: str) -> NoReturn:
        """Say that the service answers something else than the protocol allows."""
        raise NotUpgraded(
            error(
                "starttls-failed",
                f"{self._target} does not answer as {self._target.starttls} does; it said “{_shown(said)}”.",
                "Check the port and the protocol, or probe with --starttls none if TLS begins at once there.",
            )
        )


def _shown(said: str) -> str:
    return shorten(printable(said.strip()), 120)


def upgrade(wire: Wire, target: Target, recorder: Recorder) -> tuple[Finding, ...]:
    """Go through the plaintext steps of `target.starttls`; return warnings. Raises NotUpgraded, Cancelled."""
    try:
        _STEPS[target.starttls or ""](Dialogue(wire, target, recorder))
    except Elapsed:
        raise NotUpgraded(_broken(target, "it did not answer in time")) from None
    except (EOFError, ConnectionError):
        raise NotUpgraded(_broken(target, "it closed the connection")) from None
    except OverflowError:
        raise NotUpgraded(_broken(target, "one reply is longer than 64 kB")) from None
    except OSError as problem:
        raise NotUpgraded(_broken(target, f"the connection failed ({problem.strerror})")) from None
    unread = wire.discard_unread()
    return (_injected(target, unread),) if unread else ()


def _broken(target: Target, how: str) -> Finding:
    return error(
        "starttls-failed",
        f"The plaintext dialogue with {target} ({target.starttls}) broke off: {how}.",
        "Check the port and the protocol, or probe with --starttls none if TLS begins at once there.",
    )


def _injected(target: Target, unread: bytes) -> Finding:
    return warning(
        "starttls-failed",
        f"{target} sent {len(unread)} octets in the clear after it agreed to TLS, which somebody in between may have "
        f"injected: “{_shown(unread[:60].decode('utf-8', 'replace'))}”. They were thrown away.",
        "Update the server, and look for whoever sits between it and its clients.",
    )


def _reply(talk: Dialogue) -> list[str]:
    """Return a reply of one or more lines: the last has the first one's code and no hyphen (RFC 5321, 4.2.1; RFC 959, 4.2)."""
    first = talk.line()
    if not re.match(r"[0-9]{3}-", first):
        return [first]
    return [first, *talk.lines(lambda line: line.startswith(first[:3]) and line[3:4] != "-")]


def _mail(talk: Dialogue, greeting: str) -> None:
    opening = _reply(talk)
    if not opening[-1].startswith("220"):
        talk.strange(opening[-1])
    talk.say(f"{greeting} {_GREETING_NAME}")
    offers = _reply(talk)
    if not offers[-1].startswith("250"):
        talk.strange(offers[-1])
    if not any(line[4:].strip().upper() == "STARTTLS" for line in offers):
        talk.refused(offers[-1])
    talk.say("STARTTLS")
    answer = _reply(talk)[-1]
    if not answer.startswith("220"):
        talk.refused(answer)


def smtp(talk: Dialogue) -> None:
    """RFC 3207."""
    _mail(talk, "EHLO")


def lmtp(talk: Dialogue) -> None:
    """RFC 2033 with RFC 3207."""
    _mail(talk, "LHLO")


def imap(talk: Dialogue) -> None:
    """RFC 9051, 6.2.1; a connection that is authenticated already (PREAUTH) cannot be upgraded."""
    greeting = talk.line()
    if greeting.upper().startswith("* PREAUTH"):
        talk.refused(greeting)
    if not greeting.upper().startswith("* OK"):
        talk.strange(greeting)
    talk.say("a1 CAPABILITY")
    offers = talk.lines(lambda line: line.startswith("a1 "))
    if "STARTTLS" not in " ".join(offers).upper().split():
        talk.refused(offers[0])
    talk.say("a2 STARTTLS")
    answer = talk.lines(lambda line: line.startswith("a2 "))[-1]
    if not answer.upper().startswith("A2 OK"):
        talk.refused(answer)


def pop3(talk: Dialogue) -> None:
    """RFC 2595, 4."""
    greeting = talk.line()
    if not greeting.startswith("+OK"):
        talk.strange(greeting)
    talk.say("STLS")
    answer = talk.line()
    if not answer.startswith("+OK"):
        talk.refused(answer)


def ftp(talk: Dialogue) -> None:
    """RFC 4217."""
    greeting = _reply(talk)[-1]
    if not greeting.startswith("220"):
        talk.strange(greeting)
    talk.say("AUTH TLS")
    answer = _reply(talk)[-1]
    if not answer.startswith("234"):
        talk.refused(answer)


def nntp(talk: Dialogue) -> None:
    """RFC 4642."""
    greeting = talk.line()
    if not greeting.startswith(("200", "201")):
        talk.strange(greeting)
    talk.say("STARTTLS")
    answer = talk.line()
    if not answer.startswith("382"):
        talk.refused(answer)


def sieve(talk: Dialogue) -> None:
    """RFC 5804, 2.2."""
    offers = talk.lines(_is_sieve_response)
    if not offers[-1].upper().startswith("OK"):
        talk.strange(offers[-1])
    if not any(line.strip().upper().startswith('"STARTTLS"') for line in offers):
        talk.refused(offers[-1])
    talk.say("STARTTLS")
    answer = talk.lines(_is_sieve_response)[-1]
    if not answer.upper().startswith("OK"):
        talk.refused(answer)


def _is_sieve_response(line: str) -> bool:
    return line.upper().startswith(("OK", "NO", "BYE"))


def ldap(talk: Dialogue) -> None:
    """RFC 4511, 4.14: an extended request; the answer is BER, its lengths short or long as the server likes."""
    talk.send(_LDAP_STARTTLS, "ExtendedRequest StartTLS")
    message = _ber_element(talk)
    try:
        _tag, _identifier, rest = _ber_split(message)
        tag, response, _rest = _ber_split(rest)
        _enumerated, code, rest = _ber_split(response)
        _matched, _name, rest = _ber_split(rest)
        _diagnostic, text, _rest = _ber_split(rest)
    except (ValueError, IndexError):
        talk.strange(message[:32].hex(" "))
    if tag != 0x78:
        talk.strange(message[:32].hex(" "))
    if int.from_bytes(code, "big"):
        talk.refused(f"result {int.from_bytes(code, 'big')} {text.decode('utf-8', 'replace')}")


def _ber_element(talk: Dialogue) -> bytes:
    """Return the contents of the next element."""
    tag, length = talk.octets(2, "LDAPMessage header")
    if tag != 0x30:
        talk.strange(f"{tag:02x} {length:02x}")
    if length >= 0x80:
        if not 1 <= length & 0x7F <= 4:
            talk.strange(f"{tag:02x} {length:02x}")
        length = int.from_bytes(talk.octets(length & 0x7F, "LDAPMessage length"), "big")
    if length > _LONGEST_REPLY:
        raise OverflowError
    return talk.octets(length, "LDAPMessage")


def _ber_split(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag, contents and what follows of the first element; raises ValueError or IndexError."""
    length, start = data[1], 2
    if length >= 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        msg = "the element ends too early"
        raise ValueError(msg)
    return data[0], data[start : start + length], data[start + length :]


def postgresql(talk: Dialogue) -> None:
    """PostgreSQL's frontend/backend protocol, SSLRequest: exactly one octet answers."""
    talk.send(_POSTGRES_SSL_REQUEST, "SSLRequest")
    answer = talk.octets(1, "answer to SSLRequest")
    if answer == b"N":
        talk.refused("N")
    if answer != b"S":
        talk.strange(answer.decode("latin-1"))


def mysql(talk: Dialogue) -> None:
    """MySQL's connection phase: the server's handshake packet, then an SSLRequest that nothing answers."""
    header = talk.octets(4, "packet header")
    length = int.from_bytes(header[:3], "little")
    if length > _LONGEST_REPLY:
        raise OverflowError
    packet = talk.octets(length, "server handshake")
    if packet[:1] == b"\xff":
        talk.refused(packet[3:].decode("utf-8", "replace"))
    if packet[:1] != b"\x0a":
        talk.strange(packet[:32].hex(" "))
    # protocol, version NUL, thread id 4, scramble 8, filler 1: then the lower capability flags
    version_end = packet.find(b"\0", 1)
    flags = int.from_bytes(packet[version_end + 14 : version_end + 16], "little") if version_end > 0 else 0
    if not flags & _MYSQL_CLIENT_SSL:
        talk.refused(f"capabilities {flags:#06x}")
    body = _MYSQL_CAPABILITIES.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little") + b"\x2d" + bytes(23)
    talk.send(len(body).to_bytes(3, "little") + bytes([header[3] + 1 & 0xFF]) + body, "SSLRequest")


def _xmpp(talk: Dialogue, namespace: str) -> None:
    """RFC 6120, 5.4."""
    talk.say(
        f"<?xml version='1.0'?><stream:stream to='{talk.domain}' version='1.0' xmlns='{namespace}' "
        "xmlns:stream='http://etherx.jabber.org/streams'>"
    )
    features = _xmpp_features(talk)
    if "urn:ietf:params:xml:ns:xmpp-tls" not in features:
        talk.refused(features)
    talk.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    answer = talk.until(b">")
    if "<proceed" not in answer:
        talk.refused(answer)


def _xmpp_features(talk: Dialogue) -> str:
    """Return the stream's features; the stream header and an error before them are read away."""
    gathered: list[str] = []
    left = _LONGEST_REPLY
    while left > 0:
        tag = talk.until(b">")
        gathered.append(tag)
        if re.search(r"</(stream:)?features\s*>$|<(stream:)?features\s*/>$", tag):
            return "".join(gathered)
        if re.search(r"</(stream:)?(error|stream)\s*>$", tag):
            talk.strange("".join(gathered))
        left -= len(tag)
    raise OverflowError


def xmpp(talk: Dialogue) -> None:
    """RFC 6120, 5, as a client."""
    _xmpp(talk, "jabber:client")


def xmpp_server(talk: Dialogue) -> None:
    """RFC 6120, 5, as another server."""
    _xmpp(talk, "jabber:server")


_STEPS: dict[str, Callable[[Dialogue], None]] = {
    "smtp": smtp,
    "lmtp": lmtp,
    "imap": imap,
    "pop3": pop3,
    "ftp": ftp,
    "nntp": nntp,
    "sieve": sieve,
    "ldap": ldap,
    "postgresql": postgresql,
    "mysql": mysql,
    "xmpp": xmpp,
    "xmpp-server": xmpp_server,
}
