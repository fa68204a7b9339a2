"""One thread that carries many visits: each goes on when its peer has answered, or when it has waited long enough."""

import contextlib
import socket
import threading
from contextlib import ExitStack

import pytest

from tlsca.errors import UsageError
from tlsca.probe.carrier import Carrier
from tlsca.probe.sweep import sweep
from tlsca.probe.wire import Pause

PATIENCE = 10.0


@pytest.fixture
def pairs():
    """Connected sockets, two by two, closed in the end."""
    with ExitStack() as closing:

        def pair():
            return [closing.enter_context(end) for end in socket.socketpair()]

        yield pair


@pytest.fixture
def carrier():
    """A carrier at work in a thread of its own."""
    made = Carrier()
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def hears(sock):
    """Wait until something comes, and return it with the thread that brought it."""
    yield Pause(sock, PATIENCE)
    return sock.recv(100), threading.get_ident()


def test_many_visits_wait_in_one_thread_and_go_on_as_they_are_answered(carrier, pairs):
    ends = [pairs() for _ in range(40)]
    answers = [carrier.carry(hears(ours)) for ours, _ in ends]
    for number, (_, theirs) in reversed(list(enumerate(ends))):
        theirs.send(str(number).encode())
        assert answers[number].result(PATIENCE)[0] == str(number).encode()
    assert len({answer.result()[1] for answer in answers}) == 1


def test_what_never_waits_is_done_at_once(carrier):
    def visit():
        return 7
        yield

    assert carrier.carry(visit()).result(PATIENCE) == 7


def test_a_visit_goes_on_when_it_has_waited_long_enough(carrier, pairs):
    silent, _ = pairs()

    def visit():
        for _ in range(3):
            yield Pause(silent, 0.01)
        return "over"

    assert carrier.carry(visit()).result(PATIENCE) == "over"


def test_a_visit_waits_until_there_is_room_to_write(carrier, pairs):
    ours, theirs = pairs()
    ours.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            ours.send(bytes(65536))

    def visit():
        yield Pause(ours, PATIENCE, writing=True)
        return ours.send(b"more")

    answer = carrier.carry(visit())
    assert not answer.done()
    theirs.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            theirs.recv(65536)
    assert answer.result(PATIENCE) == 4


def test_a_defect_of_one_visit_is_its_own(carrier, pairs):
    ours, theirs = pairs()
    silent, _ = pairs()

    def broken():
        yield Pause(silent, 0.01)
        raise UsageError("no")

    waiting = carrier.carry(hears(ours))
    with pytest.raises(UsageError):
        carrier.carry(broken()).result(PATIENCE)
    theirs.send(b"still here")
    assert waiting.result(PATIENCE)[0] == b"still here"


def test_a_socket_may_be_closed_and_its_number_used_again(carrier, pairs):
    """A host's first address is given up for its second: the system hands the same number out at once."""

    def visit():
        numbers = []
        for turn in range(5):
            ours, theirs = socket.socketpair()
            with ours, theirs:
                numbers.append(ours.fileno())
                theirs.send(bytes([turn]))
                yield Pause(ours, PATIENCE)
                assert ours.recv(1) == bytes([turn])
        return numbers

    answers = [carrier.carry(visit()) for _ in range(8)]
    assert all(len(answer.result(PATIENCE)) == 5 for answer in answers)


def test_a_closed_carrier_carries_what_it_has_to_the_end(pairs):
    ours, theirs = pairs()
    carrier = Carrier()
    answer = carrier.carry(hears(ours))
    thread = threading.Thread(target=carrier.run)
    thread.start()
    carrier.close()
    theirs.send(b"late")
    assert answer.result(PATIENCE)[0] == b"late"
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert carrier.burden == 0


def test_a_sweep_has_as_many_under_way_as_jobs_and_few_threads(pairs):
    """Nobody is answered before all were asked."""
    ends = [pairs() for _ in range(24)]
    asked, lock = [], threading.Lock()

    def visit(number):
        with lock:
            asked.append(number)
            if len(asked) == len(ends):
                for _, theirs in ends:
                    theirs.send(b"!")
        return (yield from hears(ends[number][0]))

    answers = sweep(range(24), visit, judge=tuple, host=str, blocks=lambda _number: False, jobs=24)
    heard = list(answers)
    assert [octets for octets, _ in heard] == [b"!"] * 24
    assert len({thread for _, thread in heard}) <= 2


def test_what_blocks_has_a_thread_of_its_own_and_holds_nobody_up(pairs):
    ours, theirs = pairs()
    release = threading.Event()

    def visit(target):
        if target == "blocks":
            assert release.wait(PATIENCE)
            return target
            yield
        yield Pause(ours, PATIENCE)
        release.set()
        return target

    theirs.send(b"!")
    found = sweep(["blocks", "quick"], visit, judge=str, host=str, blocks=lambda it: it == "blocks", jobs=2)
    assert list(found) == ["blocks", "quick"]


def test_visits_are_judged_as_they_end_though_the_first_is_slow(pairs):
    """Who follows a sweep hears of each host at once; the answers still come in the order of the targets."""
    ours, theirs = pairs()
    judged = []

    def visit(number):
        if number == 0:
            yield Pause(ours, PATIENCE)
        return number

    def judge(number):
        judged.append(number)
        if len(judged) == 3:
            theirs.send(b"!")
        return number

    found = sweep(range(4), visit, judge=judge, host=str, blocks=lambda _number: False, jobs=4)
    assert list(found) == [0, 1, 2, 3]
    assert judged[-1] == 0
