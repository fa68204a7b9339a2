"""The way through a proxy: SOCKS 5 (RFC 1928, RFC 1929) and HTTP CONNECT (RFC 9110, 9.3.6), and what goes wrong on it.

The proxy looks the name up and dials, so its own failures are told apart from the host's: the repair is elsewhere.
"""

import base64
import ipaddress
import re
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from tlsca.errors import UsageError
from tlsca.pki.finding import Finding, error
from tlsca.probe.messages import Direction
from tlsca.probe.reach import Unreached, reach
from tlsca.probe.target import BadTarget, Target, is_address, parse_target, shown
from tlsca.probe.transcript import Recorder
from tlsca.probe.wire import Elapsed, Patience, Wire
from tlsca.text import printable, shorten

_PORTS = {"socks5": 1080, "socks5h": 1080, "http": 8080}
_LONGEST_ANSWER = 65536
_VERSION, _CONNECT = 5, 1
_OPEN, _PASSWORD = 0, 2
_IPV4, _NAME, _IPV6 = 1, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """One proxy."""

    kind: str
    """`socks5` or `http`."""
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{host}:{self.port}"


def parse_proxy(text: str) -> Proxy:
    """Read `socks5://[user:password@]host[:port]` or `http://…`; the ports default to 1080 and 8080. Raises UsageError."""
    found = re.fullmatch(r"([a-z0-9]+)://(?:([^/]*)@)?([^@/]+)/?", text.strip(), re.IGNORECASE)
    kind = found[1].lower() if found else ""
    if not found or kind not in _PORTS:
        raise UsageError(
            f"“{_shown(text)}” is no proxy.", hint="Write socks5://host:1080 or http://host:8080."
        )
    user, _, password = map(unquote, (found[2] or "").partition(":"))
    place = _place(text, found[3], _PORTS[kind])
    if max(len(user.encode()), len(password.encode())) > 255:  # one octet of length each (RFC 1929)
        raise UsageError("The name or the password for a proxy is longer than 255 octets.")
    return Proxy(kind=kind.removesuffix("h"), host=place.host, port=place.port, user=user, password=password)


def _shown(text: str) -> str:
    """Return a proxy as typed without anything that may be a name and a password, wherever the slashes are."""
    return shown(re.sub(r"^([a-z0-9]+://)?.*@", r"\1", text.strip(), flags=re.IGNORECASE | re.DOTALL))


def without_login(text: str) -> tuple[str, str]:
    """Return the URL of a proxy without name and password, and these two as `name:password`; what is no URL stays as it is."""
    found = re.fullmatch(r"([a-z0-9]+://)?(.*)@([^@]*)", text.strip(), re.IGNORECASE | re.DOTALL)
    return (f"{found[1] or ''}{found[3]}", unquote(found[2])) if found else (text.strip(), "")


def with_login(url: str, login: str) -> str:
    """Return the URL of a proxy with a name and a password, given as `name:password`."""
    scheme, separator, place = url.partition("://")
    if not login or not separator:
        return url
    user, colon, password = login.partition(":")
    return f"{scheme}://{quote(user, safe='')}{colon}{quote(password, safe='')}@{place}"


def _place(text: str, authority: str, port: int) -> Target:
    named = re.search(r"(?<!:):[0-9]+$|\]:[0-9]+$", authority) is not None and not is_address(authority)
    try:
        return parse_target(authority if named else f"{_bracketed(authority)}:{port}")
    except BadTarget as problem:
        raise UsageError(
            f"“{_shown(text)}” is no proxy: its host cannot be read.", hint=problem.hint
        ) from None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def through(proxy: Proxy, target: Target, patience: Patience, recorder: Recorder) -> Wire:
    """Return a wire that ends at the target. Raises Unreached, which names who is at fault, and Cancelled."""
    wire = Wire(_dialled(proxy, patience), patience)
    with ExitStack() as undo:
        undo.callback(wire.close)
        try:
            _TUNNELS[proxy.kind](wire, proxy, target, recorder)
        except Elapsed:
            raise Unreached(_silent(proxy, target)) from None
        except (EOFError, OSError, OverflowError):
            raise Unreached(_broken(proxy)) from None
        undo.pop_all()
    return wire


def _dialled(proxy: Proxy, patience: Patience) -> socket.socket:
    place = Target(
        host=proxy.host,
        port=proxy.port,
        address=None,
        server_name=None,
        verify_name=proxy.host,
        starttls=None,
    )
    try:
        return reach(place, patience)[0]
    except Unreached as failure:
        blamed = replace(failure.finding, message=f"The proxy is not reached. {failure.finding.message}")
        raise Unreached(blamed) from None


def _socks5(wire: Wire, proxy: Proxy, target: Target, recorder: Recorder) -> None:
    methods = bytes([_OPEN, _PASSWORD]) if proxy.user else bytes([_OPEN])
    recorder.plain(Direction.SENT, f"SOCKS 5 greeting to {proxy}")
    wire.send(bytes([_VERSION, len(methods)]) + methods)
    version, method = wire.receive_exactly(2)
    if version != _VERSION:
        raise Unreached(_strange(proxy, bytes([version, method])))
    if method == _PASSWORD and proxy.user:
        _log_in(wire, proxy, recorder)
    elif method != _OPEN:
        raise Unreached(_wants_a_password(proxy))
    recorder.plain(Direction.SENT, f"SOCKS 5 CONNECT {_destination(target)}")
    wire.send(bytes([_VERSION, _CONNECT, 0]) + _address(target) + target.port.to_bytes(2, "big"))
    reply = _socks5_reply(wire, proxy)
    recorder.plain(Direction.RECEIVED, f"SOCKS 5 reply {reply}", _REPLIES.get(reply, ""))
    if reply:
        raise Unreached(_socks5_failure(proxy, target, reply))


def _log_in(wire: Wire, proxy: Proxy, recorder: Recorder) -> None:
    recorder.plain(Direction.SENT, "SOCKS 5 name and password")
    user, password = proxy.user.encode(), proxy.password.encode()
    wire.send(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
    if wire.receive_exactly(2)[1]:
        raise Unreached(_wants_a_password(proxy))


def _address(target: Target) -> bytes:
    if target.address is None and not is_address(target.host):
        name = target.host.encode("ascii")
        return bytes([_NAME, len(name)]) + name
    address = ipaddress.ip_address((target.address or target.host).partition("%")[0])
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed


def _socks5_reply(wire: Wire, proxy: Proxy) -> int:
    version, reply, _, kind = wire.receive_exactly(4)
    if version != _VERSION or kind not in {_IPV4, _NAME, _IPV6}:
        raise Unreached(_strange(proxy, bytes([version, reply])))
    length = {_IPV4: 4, _IPV6: 16}.get(kind) or wire.receive_exactly(1)[0]
    wire.receive_exactly(length + 2)
    return reply


_REPLIES = {
    0: "succeeded",
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


def _socks5_failure(proxy: Proxy, target: Target, reply: int) -> Finding:
    if reply == 5:
        return _nothing_listens(proxy, target)
    if reply in {3, 4, 6}:
        return _out_of_reach(proxy, target, _REPLIES[reply])
    if reply == 2:
        return _forbidden(proxy, target, _REPLIES[reply])
    return _failed(proxy, target, _REPLIES.get(reply, f"reply {reply}"))


def _http(wire: Wire, proxy: Proxy, target: Target, recorder: Recorder) -> None:
    place = _destination(target)
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    recorder.plain(Direction.SENT, lines[0])
    if proxy.user:
        credentials = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    wire.send("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = wire.receive_until(b"\r\n\r\n", most=_LONGEST_ANSWER)
    first = head.partition(b"\r\n")[0].decode("utf-8", "replace")
    recorder.plain(Direction.RECEIVED, first)
    found = re.match(r"HTTP/1\.[01] ([0-9]{3})", first)
    if not found:
        raise Unreached(_strange(proxy, head))
    status = int(found[1])
    if not 200 <= status < 300:
        raise Unreached(_http_failure(proxy, target, status, first))


def _http_failure(proxy: Proxy, target: Target, status: int, first: str) -> Finding:
    said = shorten(printable(first), 80)
    if status in {401, 407}:
        return _wants_a_password(proxy)
    if status in {400, 403, 405}:
        return _forbidden(proxy, target, said)
    if status in {502, 503, 504}:
        return _out_of_reach(proxy, target, said)
    return _failed(proxy, target, said)


def _destination(target: Target) -> str:
    host = target.address or target.host
    return f"{_bracketed(host)}:{target.port}"


_TUNNELS: dict[str, Callable[[Wire, Proxy, Target, Recorder], None]] = {"socks5": _socks5, "http": _http}


def _nothing_listens(proxy: Proxy, target: Target) -> Finding:
    return error(
        "refused",
        f"Nothing listens on {target}, says the proxy {proxy}.",
        f"Start the service on port {target.port}, or check the port.",
    )


def _out_of_reach(proxy: Proxy, target: Target, said: str) -> Finding:
    return error(
        "unreachable",
        f"The proxy {proxy} does not reach {target}: {said}.",
        "Check the name and the port, and whether that host can be reached from the proxy.",
    )


def _forbidden(proxy: Proxy, target: Target, said: str) -> Finding:
    return error(
        "proxy-refused",
        f"The proxy {proxy} may not or will not connect to {target}: {said}.",
        f"Let the proxy's rules allow connections to port {target.port}.",
    )


def _wants_a_password(proxy: Proxy) -> Finding:
    wrong = "does not accept this name and password" if proxy.user else "wants a name and a password"
    return error(
        "proxy-refused",
        f"The proxy {proxy} {wrong}.",
        "Put them into the URL in the environment: TLSCA_PROXY=socks5://name:password@host:port.",
    )


def _failed(proxy: Proxy, target: Target, said: str) -> Finding:
    return error(
        "proxy-failed",
        f"The proxy {proxy} could not connect to {target}: {said}.",
        "Look into the proxy's log, or probe without it.",
    )


def _silent(proxy: Proxy, target: Target) -> Finding:
    return error(
        "connect-timeout",
        f"The proxy {proxy} did not say in time whether it reaches {target}.",
        "Check whether that host can be reached from the proxy, or give a longer --timeout.",
    )


def _broken(proxy: Proxy) -> Finding:
    return error(
        "proxy-failed",
        f"The proxy {proxy} broke the connection off.",
        "Check the proxy's kind and port: socks5:// and http:// are not the same.",
    )


def _strange(proxy: Proxy, said: bytes) -> Finding:
    shown_octets = shorten(printable(said[:40].decode("latin-1")), 60)
    return error(
        "proxy-failed",
        f"{proxy} does not answer as such a proxy does; it said “{shown_octets}”.",
        "Check the proxy's kind and port: socks5:// and http:// are not the same.",
    )
