"""Many targets at once: the order, the courtesy, slow sources, and an end that comes at once."""

import itertools
import threading
import time
from collections import Counter

import pytest

from tlsca.errors import UsageError
from tlsca.probe import sweep as sweeping
from tlsca.probe.sweep import host_of
from tlsca.probe.target import parse_target


def same(target):
    return target


def sweep(targets, probe, *, host, jobs):
    """Sweep with a probe that waits in the thread in which it is called."""

    def visit(target):
        return probe(target)
        yield

    return sweeping.sweep(targets, visit, judge=same, host=host, blocks=lambda _target: True, jobs=jobs)


def test_answers_come_in_the_order_of_the_targets():
    def probe(number):
        time.sleep(0.02 if number % 3 == 0 else 0)
        return number

    assert list(sweep(range(60), probe, host=str, jobs=8)) == list(range(60))


def test_as_many_work_at_once_as_there_are_jobs():
    gate = threading.Barrier(5, timeout=10)
    assert list(sweep("abcde", lambda target: gate.wait() >= 0, host=same, jobs=5)) == [True] * 5


def test_no_host_is_asked_twice_at_once():
    at_once, most = Counter(), Counter()
    lock = threading.Lock()

    def probe(target):
        with lock:
            at_once[target] += 1
            most[target] = max(most[target], at_once[target])
        time.sleep(0.005)
        with lock:
            at_once[target] -= 1

    list(sweep("abacabadabac" * 4, probe, host=same, jobs=8))
    assert set(most.values()) == {1}


def test_a_busy_host_keeps_nobody_else_waiting():
    asked = []
    release = threading.Event()

    def probe(target):
        asked.append(target)
        if target == "slow":
            release.wait(10)
        elif target == "last":
            release.set()
        return target

    found = list(sweep(["slow", "slow", "quick", "last"], probe, host=same, jobs=2))
    assert found == ["slow", "slow", "quick", "last"]
    assert asked == ["slow", "quick", "last", "slow"]


def test_an_answer_does_not_wait_for_the_next_target():
    answered = threading.Event()

    def source():
        yield "first"
        assert answered.wait(10)
        yield "second"

    answers = sweep(source(), str.upper, host=same, jobs=2)
    assert next(answers) == "FIRST"
    answered.set()
    assert list(answers) == ["SECOND"]


def test_a_source_without_end_is_drawn_no_further_than_needed():
    drawn = itertools.count()
    answers = sweep(drawn, same, host=str, jobs=2)
    assert [next(answers) for _ in range(10)] == list(range(10))
    answers.close()
    assert next(drawn) < 10 + 64 + 2


def test_closing_begins_nothing_more():
    begun = []
    stop = threading.Event()

    def probe(target):
        begun.append(target)
        stop.wait(0.2 if target else 0)
        return target

    answers = sweep(range(1000), probe, host=str, jobs=2)
    assert next(answers) == 0
    stop.set()
    answers.close()
    time.sleep(0.2)  # what a thread had been handed already may still begin
    seen = len(begun)
    time.sleep(0.1)
    assert len(begun) == seen < 1000


def test_what_a_probe_raises_is_raised_in_its_turn():
    def probe(target):
        if target == 3:
            raise UsageError("no")
        return target

    answers = sweep(range(6), probe, host=str, jobs=3)
    assert list(itertools.islice(answers, 3)) == [0, 1, 2]
    with pytest.raises(UsageError):
        next(answers)


def test_what_the_source_raises_comes_after_the_answers():
    def source():
        yield "a"
        raise OSError("the disk is gone")

    answers = sweep(source(), same, host=same, jobs=2)
    assert next(answers) == "a"
    with pytest.raises(OSError, match="gone"):
        next(answers)


def test_no_target_is_no_answer():
    assert list(sweep([], same, host=same, jobs=4)) == []


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("www.example:443", "www.example:8443", True),
        ("www.example", "mail.example", False),
        ("127.0.0.1:1", "127.0.0.1:2", False),
        ("localhost:1", "localhost:2", False),
        ("[::1]:1", "[::1]:2", False),
        ("127.0.0.1:1", "127.0.0.2:1", False),
        ("192.0.2.1:1", "192.0.2.1:2", True),
        ("[2001:db8::1]:1", "[2001:db8::1]:2", True),
    ],
)
def test_what_counts_as_one_host(one, other, alike):
    assert (host_of(parse_target(one)) == host_of(parse_target(other))) is alike


def test_another_address_on_this_machine_is_another_host():
    one, other = (parse_target("localhost:1", address=f"127.0.0.{last}") for last in (1, 2))
    assert host_of(one) != host_of(other)


def test_a_name_that_is_dialled_at_an_address_counts_as_that_address():
    """Two names of one machine are one host, as far as that is known before anybody is asked."""
    one, other = (parse_target(f"{name}.example", address="192.0.2.1") for name in ("www", "mail"))
    assert host_of(one) == host_of(other)
