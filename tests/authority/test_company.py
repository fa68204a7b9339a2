"""The company that the demo plays with: believable, in every state, and gone afterwards."""

from collections import Counter
from contextlib import ExitStack

import pytest

from tlsca.authority.company.demo import Demo
from tlsca.authority.company.founding import PASSPHRASE, found_company
from tlsca.authority.company.hosts import open_hosts
from tlsca.authority.keeping import lock, unlock, verify_history
from tlsca.authority.listing import entries
from tlsca.authority.publishing import Why, crl_states
from tlsca.authority.requesting import requests
from tlsca.authority.watching import watches
from tlsca.errors import TlscaError


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    desk = found_company(tmp_path_factory.mktemp("company") / "store")
    yield desk
    desk.close()


def test_there_are_sixty_certificates_in_every_state_below_two_roots_and_three_intermediates(company):
    listed = entries(company)
    profiles = Counter(one.record.profile for one in listed)
    assert (profiles["root"], profiles["intermediate"]) == (2, 3)
    assert len(listed) - 5 == 60
    assert {one.status for one in listed} == {
        "valid",
        "expiring",
        "expired",
        "revoked",
        "held",
        "not-yet-valid",
    }
    assert {"server", "client", "peer", "email", "code", "ocsp", "timestamp", "document"} <= set(profiles)
    assert {"ec-p256", "ec-p384", "rsa-2048", "ed25519"} == {one.record.key for one in listed}
    assert sum(one.record.renewed_by is not None for one in listed) == 3


def test_lists_requests_and_notes_give_something_to_do(company):
    assert {state.why for state in crl_states(company)} == {None, Why.STALE, Why.UNPUBLISHED}
    assert len(requests(company)) == 2
    noted = [one.record for one in entries(company) if one.record.tags]
    assert any(record.note and record.contacts for record in noted)


def test_the_story_is_told_in_the_order_of_time(company):
    times = [act.at for act in company.ledger.history()][2:]  # after the store itself, which is of today
    assert times == sorted(times)
    assert verify_history(company) > 40


def test_its_hosts_make_the_usual_mistakes(company):
    with ExitStack() as opened:
        open_hosts(company, opened)
        found = {record.id.partition(".")[0]: (record.verdict, record.codes) for record in watches(company)}
    assert found == {
        "api": ("trusted", ()),
        "partners": ("untrusted", ("missing-intermediate",)),
        "login": ("trusted", ("superseded",)),
        "vault": ("untrusted", ("client-cert-required",)),
        "intranet": ("untrusted", ("expired",)),
    }


def test_the_demo_says_its_passphrase_and_leaves_nothing(tmp_path):
    demo = Demo({"XDG_RUNTIME_DIR": str(tmp_path)})
    desk = demo.open()
    lock(desk)
    assert PASSPHRASE in desk.hint
    unlock(desk, PASSPHRASE)
    assert list(tmp_path.iterdir()) == [demo.place.parent]
    desk.close()
    demo.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TlscaError, match="over"):
        demo.open()
