"""Undoing the last act, and being told why it cannot be undone."""

import pytest

from tlsca.authority import keeping
from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.revoking import RevocationForm, revoke, unhold
from tlsca.authority.trash import discarded, put_away, take_back
from tlsca.authority.undoing import last_undoable, undo
from tlsca.errors import NotFound, Refused, StoreConflict
from tlsca.store.records import Reason


@pytest.fixture
def www(create, issue):
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    return issue("www.example.com", issuer="Acme Issuing")


@pytest.fixture
def now_is(desk, www):
    """Return the certificate as it is now."""
    return lambda: desk.ledger.certificate(www.id)


def revoked(desk, reason: str = "key-compromise", *, name: str = "www.example.com", **fields):
    revoke(desk, RevocationForm(references=(name,), reason=reason, **fields))


def test_a_revocation_that_nobody_heard_of_is_undone(desk, www, now_is):
    revoked(desk)
    found = undo(desk)
    assert now_is() == www
    assert found.title.startswith("the revocation of www.example.com, by ")
    last = keeping.history(desk)[-1]
    assert (last.act, last.detail["undone"], last.detail["line"]) == ("undo", "revoke", found.act.seq)


def test_a_revocation_that_is_on_a_list_is_not(desk, www, now_is):
    revoked(desk)
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    with pytest.raises(Refused, match=r"publish-crl .* cannot be undone") as last:
        undo(desk)
    assert "To undo the revocation of www.example.com" in last.value.hint
    line = int(last.value.hint.rpartition(" ")[2].rstrip("."))
    with pytest.raises(Refused, match=r"was published already: the CRL of .* names it"):
        undo(desk, line=line)
    assert now_is().reason is Reason.KEY_COMPROMISE


def test_a_revocation_after_a_published_hold_goes_back_to_the_hold(desk, www, now_is, clock):
    revoked(desk, "hold")
    held = now_is()
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    clock.move(hours=1)
    revoked(desk, "superseded")
    undo(desk)
    assert now_is() == held
    with pytest.raises(Refused):
        undo(desk)  # the list is out


def test_a_hold_and_a_release_are_undone(desk, www, now_is):
    revoked(desk, "hold")
    held = now_is()
    unhold(desk, ["www.example.com"])
    undo(desk)
    assert now_is() == held
    undo(desk)
    assert now_is() == www


def test_the_revocation_of_a_number_that_the_store_never_saw_is_undone(desk, www):
    revoked(desk, name="0123456789abcdef", issuer="Acme Issuing")
    assert desk.ledger.settings("revoked:")
    undo(desk)
    assert not desk.ledger.settings("revoked:")


def test_notes_and_names_are_undone_one_after_the_other(desk, www, now_is):
    for fields in ({"note": "One."}, {"note": "Two.", "tags": ("a",)}, {"label": "The shop"}):
        annotate(desk, NoteForm(references=("www.example.com",), **fields))
    states = []
    for _ in range(3):
        undo(desk)
        states.append((now_is().label, now_is().note, now_is().tags))
    assert states == [(None, "Two.", ("a",)), (None, "One.", ()), (None, None, ())]
    with pytest.raises(Refused, match=r"issue at .* cannot be undone"):
        undo(desk)


def test_what_was_put_away_comes_back_and_what_was_taken_back_goes(desk, www, now_is):
    put_away(desk, ["www.example.com"])
    undo(desk)
    assert now_is() == www
    put_away(desk, ["www.example.com"])
    take_back(desk, ["www.example.com"])
    undo(desk)
    assert [one.record for one in discarded(desk)] == [www]


def test_issuing_is_not_undone_but_there_is_advice(desk, www, issue, unchanged):
    annotate(desk, NoteForm(references=("www.example.com",), note="Hm."))
    issue("new.example.com", issuer="Acme Issuing")
    unchanged()
    with pytest.raises(
        Refused, match="The last act, issue at 2030-01-31T09:30:00Z, cannot be undone"
    ) as told:
        undo(desk)
    assert "tlsca revoke" in told.value.hint
    assert "tlsca undo --line" in told.value.hint


def test_looking_unlocking_and_exporting_are_nothing_to_undo(desk, www, now_is, passphrase):
    annotate(desk, NoteForm(references=("www.example.com",), note="Hm."))
    keeping.lock(desk)
    keeping.unlock(desk, passphrase)
    assert last_undoable(desk).act.act == "note"


def test_an_act_of_an_earlier_line_is_undone_by_its_number(desk, www, now_is, issue):
    revoked(desk)
    line = desk.ledger.position
    issue("new.example.com", issuer="Acme Issuing")
    undo(desk, line=line)
    assert now_is() == www
    with pytest.raises(NotFound, match=f"nothing to undo in line {line}"):
        undo(desk, line=line)


def test_what_was_changed_again_since_is_told_and_stays(desk, www, now_is):
    annotate(desk, NoteForm(references=("www.example.com",), note="One."))
    line = desk.ledger.position
    annotate(desk, NoteForm(references=("www.example.com",), note="Two."))
    with pytest.raises(StoreConflict, match=f"note changed it again .*, in line {line + 1}"):
        undo(desk, line=line)
    assert now_is().note == "Two."


def test_what_was_put_away_since_is_told(desk, www):
    annotate(desk, NoteForm(references=("www.example.com",), note="One."))
    line = desk.ledger.position
    put_away(desk, ["www.example.com"])
    with pytest.raises(StoreConflict, match="was put away since"):
        undo(desk, line=line)


def test_a_store_in_which_nothing_was_done_has_nothing_to_undo(desk):
    with pytest.raises(NotFound, match="there is none to undo"):
        undo(desk)
