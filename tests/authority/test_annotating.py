"""What an operator notes about certificates."""

import pytest

from tlsca.authority import keeping
from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.listing import entry, title_of
from tlsca.authority.reissuing import form_like
from tlsca.errors import NotFound, StoreConflict, UsageError


@pytest.fixture
def www(create, issue):
    create("Acme Root")
    return issue("www.example.com")


def noted(desk, **fields):
    return annotate(desk, NoteForm(references=("www.example.com",), **fields))[0]


def test_what_is_noted_is_in_the_record_and_in_json(desk, www):
    noted(desk, note=" Ask Ann first.\nAlways. ", tags=("Web", "shop"), contacts=("ann@example.com",))
    shown = entry(desk, desk.ledger.certificate(www.id)).to_json()
    assert (shown["note"], shown["tags"], shown["contacts"]) == (
        "Ask Ann first.\nAlways.",
        ["shop", "web"],
        ["ann@example.com"],
    )


def test_tags_and_contacts_are_added_and_taken_away_whatever_their_case(desk, www):
    noted(desk, tags=("shop", "web"), contacts=("Ann@example.com", "+46 8 1"))
    after = noted(desk, tags=("SHOP", "new"), untag=("Web",), forget=("ann@EXAMPLE.com",))
    assert (after.tags, after.contacts) == (("new", "shop"), ("+46 8 1",))


def test_a_label_is_what_it_is_called_and_found_by_and_nothing_that_is_ever_signed(desk, www):
    labelled = noted(desk, label="The shop")
    assert title_of(labelled) == "The shop"
    assert desk.ledger.find("the shop", now=desk.now()).id == www.id
    assert desk.ledger.find("www.example.com", now=desk.now()).id == www.id
    assert form_like(desk, labelled) == form_like(desk, www)
    assert title_of(noted(desk, label="")) == "www.example.com"


def test_an_act_of_the_log_tells_what_was_changed_and_nothing_is_written_where_nothing_is(desk, www):
    noted(desk, note="Once.")
    last = keeping.history(desk)[-1]
    assert (last.act, last.detail["changed"]) == ("note", ["note"])
    noted(desk, note="Once.")
    assert keeping.history(desk)[-1].seq == last.seq


def test_several_are_noted_in_one_act(desk, create, issue):
    create("Acme Root")
    records = [issue(f"w{number}.example.com") for number in range(3)]
    before = desk.ledger.position
    annotate(desk, NoteForm(references=tuple(record.sha256 for record in records), tags=("shop",)))
    assert desk.ledger.position == before + 1
    assert all(desk.ledger.certificate(record.id).tags == ("shop",) for record in records)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "nothing to note"),
        ({"note": "x" * 10_001}, "at most 10,000 characters, not 10,001"),
        ({"tags": ("two words",)}, "“two words” is no tag"),
        ({"tags": ("a:b",)}, "is no tag"),
        ({"tags": ("-x",)}, "is no tag"),
        ({"label": "x" * 201}, "is too long"),
        ({"contacts": ("a\nb",)}, r"“a\\nb” is too long"),
        ({"contacts": (" ",)}, "contact was left empty"),
    ],
)
def test_what_cannot_be_noted_is_refused(desk, www, unchanged, fields, sentence):
    unchanged()
    with pytest.raises(UsageError, match=sentence):
        noted(desk, **fields)


def test_nothing_is_noted_where_one_of_several_is_not_there(desk, www, unchanged):
    unchanged()
    with pytest.raises(NotFound):
        annotate(desk, NoteForm(references=("www.example.com", "nobody"), tags=("shop",)))


def test_what_somebody_else_noted_meanwhile_is_told_and_not_written_over(desk, www):
    seen = desk.ledger.certificate(www.id)
    noted(desk, note="theirs")
    mine = NoteForm(references=(www.sha256,), note="mine")
    with pytest.raises(StoreConflict, match=r"Somebody else .* www\.example\.com meanwhile: note"):
        annotate(desk, mine, seen=[seen])
    assert desk.ledger.certificate(www.id).note == "theirs"
