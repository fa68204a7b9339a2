"""What a host would accept: protocol versions, cipher suites in its own order, and key-exchange groups, by elimination.

A server picks one of what it is offered; what it picks is taken off the offer, until it refuses. So the number of handshakes is
the number of suites it accepts and one more, not the number of suites there are, and none of them goes beyond the first answer.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tlsca.pki.finding import Finding, error
from tlsca.probe.hello import SSL3, TLS1, TLS11, TLS12, TLS13, Answer, Hello, Reply, ask
from tlsca.probe.options import Options
from tlsca.probe.proxy import through
from tlsca.probe.reach import Unreached, reach
from tlsca.probe.registry import GROUPS, VERSIONS
from tlsca.probe.starttls import NotUpgraded, upgrade
from tlsca.probe.suites import Suite, all_suites, suite
from tlsca.probe.target import Target, is_address
from tlsca.probe.transcript import Recorder
from tlsca.probe.wire import Elapsed, Patience, Wire

_ASKED = (TLS13, TLS12, TLS11, TLS1, SSL3)
_AT_ONCE = 100  # longer offers make some servers and the boxes before them give up
_MOST_HANDSHAKES = 500
_PROTOCOL_VERSION = 70
_WEAK_PRIME_BITS = 2048
_SINCE_TLS12 = ("_SHA256", "_SHA384", "_CCM", "_CCM_8")

Told = Callable[[str, int], None]
"""Told what is being asked and how many handshakes were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a host accepts in one protocol version."""

    version: str
    """`TLSv1.3`, as `SSLSocket.version()` names it."""
    suites: tuple[Suite, ...]
    """In the host's order where it has one, else the best first."""
    own_order: bool | None
    """Whether the host goes by its own order; False where it takes the client's, None where that cannot be told."""
    groups: tuple[str, ...] = ()
    """The key-exchange groups, in the order in which they were taken; empty where they cannot be told."""
    prime_bits: int | None = None
    """The size of the smallest prime seen in a finite-field Diffie-Hellman."""

    @property
    def retired(self) -> str:
        """The document that forbids this version; empty for one that is in use."""
        return _RETIRED.get(self.version, "")

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """What nobody should accept any more, a sentence each."""
        found = [f"{one.name}: {one.weakness}" for one in self.suites if one.weakness]
        if self.retired:
            found.insert(0, f"{self.version} itself is retired ({self.retired})")
        if self.prime_bits is not None and self.prime_bits < _WEAK_PRIME_BITS:
            found.append(f"a Diffie-Hellman prime of {self.prime_bits} bits: Logjam (CVE-2015-4000)")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints for one version."""
        return {
            "version": self.version,
            "suites": [_suite_json(one) for one in self.suites],
            "server_order": self.own_order,
            "groups": list(self.groups),
            "dh_bits": self.prime_bits,
        }


_RETIRED = {"SSLv3": "RFC 7568", "TLSv1": "RFC 8996", "TLSv1.1": "RFC 8996"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a host accepts."""

    target: Target
    accepted: tuple[Accepted, ...]
    """Newest version first; versions that it refuses are absent."""
    handshakes: int
    """How many connections it took."""
    cut_short: Finding | None = None
    """Why there may be more than is told; None where everything was asked."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "versions": [one.to_json() for one in self.accepted],
            "handshakes": self.handshakes,
            "cut_short": self.cut_short.message if self.cut_short else None,
        }


def _suite_json(one: Suite) -> dict[str, Any]:
    return {
        "name": one.name,
        "openssl": one.openssl or None,
        "forward_secrecy": one.forward_secrecy,
        "weakness": one.weakness or None,
    }


def capabilities(
    target: Target,
    options: Options,
    *,
    cancelled: threading.Event | None = None,
    told: Told | None = None,
) -> Capabilities:
    """Find out what a host accepts, one connection after another, each at most `options.timeout` seconds long.

    What could not be asked to the end is told in `cut_short`. Setting `cancelled` ends it within 0.2 s. Raises Cancelled.
    """
    return _Enumeration(target, options, cancelled, told).result()


class _Enumeration:
    """One host being asked."""

    def __init__(
        self, target: Target, options: Options, cancelled: threading.Event | None, told: Told | None
    ) -> None:
        self._target = target
        self._options = options
        self._cancelled = cancelled
        self._told = told
        self._handshakes = 0

    def result(self) -> Capabilities:
        """Ask for every version, newest first."""
        found: list[Accepted] = []
        cut_short: Finding | None = None
        try:
            self._settle_address()
            for version in _ASKED:
                suites = self._suites(version)
                if suites:
                    found.append(self._accepted(version, suites))
        except (Unreached, NotUpgraded) as failure:
            cut_short = failure.finding
        except _GaveUp as failure:
            cut_short = failure.finding
        return Capabilities(
            target=self._target, accepted=tuple(found), handshakes=self._handshakes, cut_short=cut_short
        )

    def _settle_address(self) -> None:
        """Look the name up once, and keep to the address that answers first: two machines may differ."""
        if self._options.proxy or self._target.address is not None or is_address(self._target.host):
            return
        patience = self._patience()
        sock, address = reach(self._target, patience)
        sock.close()
        self._target = replace(self._target, address=address)

    def _suites(self, version: int) -> list[int]:
        found: list[int] = []
        for offer in _offers(version):
            taken, refusal = self._eliminate(version, offer)
            found += taken
            if refusal.alert == _PROTOCOL_VERSION or (
                refusal.reply is Reply.ACCEPTED and refusal.version != version
            ):
                break
        return found

    def _eliminate(self, version: int, offer: Sequence[int]) -> tuple[list[int], Answer]:
        """Return the suites taken from an offer, in order, and the answer that ended it."""
        left, taken = list(offer), list[int]()
        while True:
            answer = self._ask(version, left)
            if answer.reply is not Reply.ACCEPTED or answer.version != version or answer.suite not in left:
                return taken, answer
            taken.append(answer.suite)
            left.remove(answer.suite)
            if not left:
                return taken, Answer(Reply.REFUSED)

    def _accepted(self, version: int, found: list[int]) -> Accepted:
        own_order = self._goes_by_own_order(version, found)
        if own_order and len(found) > 1 and len(_offers(version)) > 1:
            found = self._eliminate(version, found)[0] or found
        groups, prime_bits = self._groups(version, found)
        return Accepted(
            version=VERSIONS[version],
            suites=tuple(map(suite, found)),
            own_order=own_order,
            groups=groups,
            prime_bits=prime_bits,
        )

    def _goes_by_own_order(self, version: int, found: list[int]) -> bool | None:
        """Offer the same suites the other way round, and see whether that changes the choice."""
        if len(found) < 2:
            return None
        chosen = self._ask(version, found[::-1]).suite
        return {found[0]: True, found[-1]: False}.get(chosen) if chosen is not None else None

    def _groups(self, version: int, found: list[int]) -> tuple[tuple[str, ...], int | None]:
        """Return the groups that a host takes, and the bits of a finite-field prime."""
        names = {number: suite(number).name for number in found}
        curves = [number for number in found if version == TLS13 or names[number].startswith("TLS_ECDHE_")]
        primes = [number for number in found if version != TLS13 and names[number].startswith("TLS_DHE_")]
        bits = self._ask(version, primes).prime_bits if primes else None
        return tuple(self._groups_of(version, curves)) if curves and version >= TLS12 else (), bits

    def _groups_of(self, version: int, suites: list[int]) -> list[str]:
        left = [number for number in GROUPS if version == TLS13 or number < _FIRST_FFDHE]
        taken: list[int] = []
        while left and (number := self._group(version, suites, left)) in left:
            taken.append(number)
            left.remove(number)
        if version == TLS12 and taken:
            taken += [
                number for number in left if self._group(version, suites, [number, taken[-1]]) == number
            ]
        return [GROUPS[number] for number in taken]

    def _group(self, version: int, suites: list[int], offered: list[int]) -> int:
        """Return the group that is taken from an offer; 0 where none is.

        Before TLS 1.3 the offer is also about the certificate (RFC 8422, 5.1): without the curve of its key, which is then the
        last that was taken, the host refuses everything, so the other curves are asked for beside that one.
        """
        return _GROUP_NUMBERS.get(self._ask(version, suites, offered).group or "", 0)

    def _ask(self, version: int, suites: Sequence[int], groups: Sequence[int] = tuple(GROUPS)) -> Answer:
        if self._handshakes >= _MOST_HANDSHAKES:
            raise _GaveUp(_endless(self._target))
        self._handshakes += 1
        if self._told:
            self._told(VERSIONS[version], self._handshakes)
        hello = Hello(
            version=version,
            suites=tuple(suites),
            groups=tuple(groups),
            server_name=self._target.server_name,
            random=secrets.token_bytes(32),
            alpn=self._options.alpn,
        )
        answer = self._answered(hello)
        if answer.reply is Reply.STRANGE:
            raise _GaveUp(_strange(self._target))
        return answer

    def _answered(self, hello: Hello) -> Answer:
        patience = self._patience()
        with self._connected(patience) as wire:
            if self._target.starttls is not None:
                upgrade(wire, self._target, Recorder())
            try:
                return ask(wire, hello)
            except Elapsed:
                raise _GaveUp(_silent(self._target)) from None
            except OSError:
                return Answer(Reply.CLOSED)

    def _connected(self, patience: Patience) -> Wire:
        if self._options.proxy is not None:
            return through(self._options.proxy, self._target, patience, Recorder())
        return Wire(reach(self._target, patience)[0], patience)

    def _patience(self) -> Patience:
        return Patience(self._options.timeout, self._cancelled)


_FIRST_FFDHE = 256
_GROUP_NUMBERS = {name: number for number, name in GROUPS.items()}


class _GaveUp(Exception):
    """The host cannot be asked on; carries why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def _offers(version: int) -> list[list[int]]:
    """Return the suites of a version in offers of a size that servers bear, the best first."""
    numbers = [one.number for one in all_suites() if _fits(one, version)]
    return [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]


def _fits(one: Suite, version: int) -> bool:
    if one.is_tls13 or version == TLS13:
        return one.is_tls13 and version == TLS13
    return version == TLS12 or not one.name.endswith(_SINCE_TLS12)


def _strange(target: Target) -> Finding:
    return error(
        "not-tls",
        f"{target} does not answer a ClientHello as a TLS server does.",
        "Probe it once without enumerating: that says what it speaks.",
    )


def _silent(target: Target) -> Finding:
    return error(
        "tls-timeout",
        f"{target} stopped answering; it may limit how often one asks.",
        "Wait a while, or give a longer --timeout.",
    )


def _endless(target: Target) -> Finding:
    return error(
        "not-tls",
        f"{target} accepted everything for {_MOST_HANDSHAKES} handshakes; that is no TLS server.",
        "Probe it once without enumerating: that says what it speaks.",
    )
