"""From a target to a connected socket: the name looked up, the addresses tried, and every failure told apart.

The resolver cannot be interrupted, so it works in a thread that may be left behind.
"""

import errno
import queue
import socket
import threading

from tlsca.pki.finding import Finding, error
from tlsca.probe.target import Target, is_address
from tlsca.probe.wire import Elapsed, Patience, Pause, Steps, carried, connecting

_MOST_ADDRESSES = 8

_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL}
)


class Unreached(Exception):
    """No connection came about; carries why, and what was dialled last. Never leaves this room."""

    def __init__(self, finding: Finding, address: str | None = None) -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.address = address


def addresses_of(target: Target, patience: Patience) -> Steps[tuple[str, ...]]:
    """Return the IP addresses to try: the resolver is asked where the target holds none. Raises Unreached, Cancelled."""
    if target.address is not None or is_address(target.host):
        return (target.address or target.host,)
    answer = yield from _asked(target, patience)
    if isinstance(answer, OSError):
        raise Unreached(_dns_failure(target.host, answer))
    if not answer:
        raise Unreached(_no_address(target.host))
    return tuple(answer)


_Answer = list[str] | OSError


def _asked(target: Target, patience: Patience) -> Steps[_Answer]:
    answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
    ours, theirs = socket.socketpair()
    with ours:
        threading.Thread(target=_resolve, args=(target, answers, theirs), daemon=True).start()
        while answers.empty():
            try:
                yield Pause(ours, patience.glance())
            except Elapsed:
                raise Unreached(_no_answer(target.host)) from None
    return answers.get()


def _resolve(target: Target, answers: queue.SimpleQueue[_Answer], done: socket.socket) -> None:
    """Put the answer down, and end the stream by which somebody waits for it."""
    with done:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except OSError as problem:
            answers.put(problem)
        except UnicodeError:  # a label that the resolver's own encoding refuses
            answers.put(socket.gaierror(socket.EAI_NONAME, ""))
        else:
            addresses = dict.fromkeys(str(place[0]) for family, *_, place in found if family in _FAMILIES)
            answers.put(list(addresses)[:_MOST_ADDRESSES])


_FAMILIES = (socket.AF_INET, socket.AF_INET6)


def dialling(
    target: Target, addresses: tuple[str, ...], patience: Patience
) -> Steps[tuple[socket.socket, str]]:
    """Connect to the first address that answers; return the socket and that address. Raises Unreached, Cancelled.

    Each address gets its share of the time that is left.
    """
    failure: Finding | None = None
    for tried, address in enumerate(addresses):
        share = patience.within(patience.remaining / (len(addresses) - tried))
        try:
            return (yield from connecting(address, target.port, share)), address
        except Elapsed:
            failure = _connect_timeout(target, address)
        except OSError as problem:
            failure = _tcp_failure(target, address, problem)
    raise Unreached(failure or _no_address(target.host), addresses[-1] if addresses else None)


def reach(target: Target, patience: Patience) -> tuple[socket.socket, str]:
    """Look a target up and connect to it, and wait for that in this thread. Raises Unreached, Cancelled."""
    addresses = carried(addresses_of(target, patience))
    return carried(dialling(target, addresses, patience))


def _dns_failure(host: str, problem: OSError) -> Finding:
    if problem.errno == socket.EAI_NONAME:
        return error(
            "dns-not-found",
            f"There is no host named {host}.",
            f"Check the spelling of {host}, or give its address with --address.",
        )
    if problem.errno in {getattr(socket, "EAI_NODATA", -5), getattr(socket, "EAI_ADDRFAMILY", -9)}:
        return _no_address(host)
    return error(
        "dns-unavailable",
        f"The name server did not answer for {host}: the fault is with name resolution, not with that host.",
        "Check this machine's network and name servers, or give the address with --address.",
    )


def _no_address(host: str) -> Finding:
    return error(
        "dns-no-address",
        f"The name {host} exists, but has no IP address.",
        f"Add an A or AAAA record for {host}, or give the address with --address.",
    )


def _no_answer(host: str) -> Finding:
    return error(
        "dns-unavailable",
        f"The name server did not answer for {host} in time.",
        "Check this machine's network and name servers, or give the address with --address.",
    )


def _connect_timeout(target: Target, address: str) -> Finding:
    return error(
        "connect-timeout",
        f"{_place(target, address)} does not answer: most likely a firewall drops the packets.",
        f"Let port {target.port} through the firewalls on the way, or check the address.",
    )


def _tcp_failure(target: Target, address: str, problem: OSError) -> Finding:
    place = _place(target, address)
    if isinstance(problem, ConnectionRefusedError):
        return error(
            "refused",
            f"Nothing listens on {place}.",
            f"Start the service on port {target.port}, or check the port.",
        )
    if isinstance(problem, TimeoutError):
        return _connect_timeout(target, address)
    why = (
        "there is no route to it"
        if problem.errno in _UNREACHABLE
        else f"{errno.errorcode.get(problem.errno or 0, 'I/O error')}"
    )
    return error(
        "unreachable",
        f"{place} cannot be reached: {why}.",
        "Check this machine's network, routes and firewall rules.",
    )


def _place(target: Target, address: str) -> str:
    shown = f"[{address}]" if ":" in address else address
    return f"{shown}:{target.port}" if address == target.host else f"{target.host}:{target.port} ({address})"
