"""Two operators over one store: what one changed while the other looked is told to the other, never merged in silence."""

import pytest

from tlsca.authority import keeping
from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.issuing import AuthorityForm, create_authority
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revoking import RevocationForm, revoke, unhold
from tlsca.authority.trash import put_away
from tlsca.errors import Duplicate, NotFound, StoreConflict

HOST = "www.example.com"
UNSEEN = "0x1234567890"


@pytest.fixture
def theirs(desk, create, issue, directory, clock, passphrase):
    """The desk of somebody else, who opened the store after all was issued and has not looked since."""
    create("Root")
    issue(HOST)
    other = keeping.open_store(directory, clock=clock)
    keeping.unlock(other, passphrase)
    desk.ledger.refresh()
    yield other
    other.close()


def revoke_it(desk, reference=HOST, **fields):
    revoke(desk, RevocationForm(references=(reference,), **fields))


ACTS = {
    "revoke": revoke_it,
    "hold": lambda desk: revoke_it(desk, reason="hold"),
    "renew": lambda desk: renew(desk, RenewalForm(references=(HOST,))),
    "rename": lambda desk: annotate(desk, NoteForm(references=(HOST,), label="front")),
    "tag": lambda desk: annotate(desk, NoteForm(references=(HOST,), tags=("web",))),
    "put away": lambda desk: put_away(desk, [HOST]),
}


@pytest.mark.parametrize("second", ACTS)
@pytest.mark.parametrize("first", ACTS)
def test_a_second_change_of_the_same_certificate_is_refused(desk, theirs, first, second):
    ACTS[first](desk)
    before = list(desk.ledger.database.storage.read()["certificates"].values())
    with pytest.raises((StoreConflict, NotFound)) as refused:
        ACTS[second](theirs)
    assert refused.value.sentence.endswith(".")
    desk.ledger.refresh()
    assert list(desk.ledger.database.storage.read()["certificates"].values()) == before


@pytest.mark.parametrize("second", ["superseded", "hold"])
@pytest.mark.parametrize("first", ["key-compromise", "hold"])
def test_a_certificate_that_nobody_has_is_revoked_once(desk, theirs, first, second):
    revoke_it(desk, UNSEEN, issuer="Root", reason=first)
    with pytest.raises(StoreConflict, match="Somebody else has just revoked"):
        revoke_it(theirs, UNSEEN, issuer="Root", reason=second)
    (name,) = [name for name in theirs.ledger.settings() if name.endswith(UNSEEN[2:])]
    assert theirs.ledger.setting(name)["reason"] == first


def test_what_one_released_the_other_does_not_revoke_for_good_unseen(desk, theirs):
    revoke_it(desk, UNSEEN, issuer="Root", reason="hold")
    theirs.ledger.refresh()
    unhold(desk, [UNSEEN], issuer="Root")
    with pytest.raises(StoreConflict):
        unhold(theirs, [UNSEEN], issuer="Root")


def test_two_lists_of_one_authority_never_have_one_number(desk, theirs):
    first = publish_crl(desk, CrlForm(reference="Root"))
    with pytest.raises(StoreConflict, match="Somebody else published"):
        publish_crl(theirs, CrlForm(reference="Root"))
    assert publish_crl(theirs, CrlForm(reference="Root")).record.number > first.record.number


def test_two_authorities_of_one_name_are_not_made(desk, theirs):
    create_authority(desk, AuthorityForm(name="Second"))
    with pytest.raises(Duplicate, match="There is an authority"):
        create_authority(theirs, AuthorityForm(name="Second"))


def test_changes_of_different_certificates_are_both_kept(desk, theirs, issue):
    issue("mail.example.com")
    theirs.ledger.refresh()
    revoke_it(desk)
    revoke_it(theirs, "mail.example.com")
    desk.ledger.refresh()
    assert all(desk.ledger.by_name(name)[0].revoked_at for name in (HOST, "mail.example.com"))
