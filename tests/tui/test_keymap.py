"""Which keys do which act: how keys are written, what is refused, and who wins where two want the same."""

from pathlib import Path

import pytest
from textual.keys import _character_to_key

from tlsca.errors import SettingsError, UsageError
from tlsca.settings import KeyChoice
from tlsca.tui.actions import ACTS, BY_ID, Act
from tlsca.tui.keymap import Place, choose_keys
from tlsca.tui.keys import EATEN, keys_of, shown
from tlsca.tui.places import PLACES, key_table, keymap

FILE = Path("/etc/config.toml")


def chosen(**keys: str) -> list[KeyChoice]:
    return [KeyChoice(act, text, FILE, line) for line, (act, text) in enumerate(keys.items(), 3)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("i,f7", ("i", "f7")),
        (" ctrl+o , ? ", ("ctrl+o", "question_mark")),
        ("comma", ("comma",)),
        ("ctrl++", ("ctrl+plus",)),
        ("Esc,PgDn,pgdn", ("escape", "pagedown")),
        ("SHIFT+Up", ("shift+up",)),
        ("é", ("é",)),
    ],
)
def test_keys_are_written_as_people_know_them(text, keys):
    assert keys_of(text) == keys


@pytest.mark.parametrize("code", range(0x21, 0x7F))
def test_every_mark_of_the_keyboard_is_called_what_textual_calls_it(code):
    if chr(code) != ",":
        assert keys_of(chr(code)) == (_character_to_key(chr(code)),)
        assert shown(_character_to_key(chr(code))) == chr(code)


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("ctrl+m", "“ctrl+m” cannot be bound.", "Terminals send it as Enter."),
        ("ctrl+i", "cannot be bound", "Tab"),
        ("ctrl+h", "cannot be bound", "Backspace"),
        ("ctrl+[", "cannot be bound", "Escape"),
        ("i,ctrl+j", "“ctrl+j”", "end of a line"),
        ("alt+enter", "cannot be bound", "full"),
        ("escap", "“escap” is no key.", "Did you mean escape?"),
        ("hyper+x", "“hyper” cannot be held down.", "ctrl, alt and shift"),
        ("shift+x", "no key of its own", "Write “X”."),
        ("a,,b", "no list of keys", "comma"),
        ("\x1b", "“\\x1b” is no key.", ""),
        ("+", "", ""),
    ],
)
def test_a_key_that_is_none_or_never_arrives_is_refused_with_a_sentence(text, sentence, hint):
    if not sentence:
        assert keys_of(text) == ("plus",)
        return
    with pytest.raises(UsageError) as refusal:
        keys_of(text)
    assert sentence in refusal.value.sentence
    assert hint in refusal.value.hint


def test_no_act_has_a_key_that_never_arrives_and_all_can_be_written_in_the_settings():
    acts = {act.id: act for place in PLACES for act in place.acts}
    assert not EATEN.keys() & {key for act in acts.values() for key in act.keys.split(",")}
    for act in acts.values():
        assert keys_of(act.keys) == tuple(act.keys.split(","))


def test_an_act_of_the_same_name_does_the_same_everywhere():
    """One line of the settings changes all of them."""
    by_id: dict[str, set[str]] = {}
    for place in PLACES:
        for act in place.acts:
            by_id.setdefault(act.id, set()).add(act.title)
    assert {name: titles for name, titles in by_id.items() if len(titles) > 1} == {
        "next_view": {"Next view", "View"}
    }


def test_chosen_keys_take_the_place_of_an_acts_own():
    found = keymap(chosen(issue="f7,ctrl+n"))
    assert found.keys(BY_ID["issue"]) == ("f7", "ctrl+n")
    assert found.shown(BY_ID["issue"], most=2) == "F7 ^n"
    assert found.keys(BY_ID["export"]) == ("e",)
    assert found.by_id() == {"issue": "f7,ctrl+n"}
    assert found.notices == ()


def test_who_chooses_a_key_takes_it_from_the_act_that_has_it_by_default_and_is_told():
    found = keymap(chosen(issue="e", filter="?"))
    assert found.keys(BY_ID["export"]) == ()
    assert found.keys(BY_ID["help"]) == ("f1",)
    assert found.by_id()["export"]
    assert "/etc/config.toml:3 gives e to Issue; it was the key of Export (export)." in found.notices


def test_two_acts_may_change_keys_with_each_other():
    found = keymap(chosen(issue="e", export="i"))
    assert found.keys(BY_ID["export"]) == ("i",)
    assert found.notices == ()


def test_two_choices_of_one_key_name_both_acts_and_both_lines():
    with pytest.raises(SettingsError) as refusal:
        keymap(chosen(issue="f7", renew="r,f7"))
    said = "/etc/config.toml:4 gives F7 to Renew (renew), but line 3 gives it to Issue (issue)."
    assert refusal.value.sentence == said


def test_acts_of_different_places_may_have_the_same_key():
    ours = (Act(id="add", keys="a", title="Add", help="", group=""),)
    theirs = (Act(id="bad", keys="b", title="Bad", help="", group=""),)
    found = choose_keys([Place("Here", ours), Place("There", theirs)], chosen(add="f7", bad="f7"))
    assert found.by_id() == {"add": "f7", "bad": "f7"}


@pytest.mark.parametrize(
    ("choices", "sentence", "hint"),
    [
        ({"isue": "i"}, "/etc/config.toml:3: “isue” is no act.", "Did you mean issue?"),
        ({"zzz\x1b": "i"}, "“zzz\\x1b” is no act", "tlsca config --keys"),
        ({"issue": "ctrl+m"}, "/etc/config.toml:3, issue: “ctrl+m” cannot be bound.", "Enter"),
    ],
)
def test_an_error_names_file_line_and_the_nearest(choices, sentence, hint):
    with pytest.raises(SettingsError) as refusal:
        keymap([KeyChoice(act, keys, FILE, 3) for act, keys in choices.items()])
    assert sentence in refusal.value.sentence
    assert hint in refusal.value.hint


def test_the_table_of_keys_has_every_act_once():
    table = key_table(chosen(issue="f7"))
    assert table["issue"][0] == "f7"
    assert {act.id for act in ACTS} <= table.keys()
    assert table["down"][0] == "down,j"


async def test_a_chosen_key_does_the_act_and_is_shown_wherever_keys_are(operate, demo):
    async with operate(demo, (100, 60), keys=tuple(chosen(issue="f7", down="ctrl+n", export="H"))) as op:
        await op.opened()
        await op.until("F7 Issue")
        await op.until("H Export")
        first = op.current()
        await op.press("i", "j", "down")
        assert op.current() is first
        await op.press("ctrl+n")
        assert op.current() is not first
        assert "gives H to Export; it was the key of Hosts (hosts)" in op.told()
        await op.press("3")
        await op.until(lambda: type(op.app.screen).__name__ == "HostsScreen")
        await op.press("escape", "f7")
        await op.dialog("IssueDialog")
        await op.press("escape", "question_mark")
        await op.dialog("HelpDialog")
        await op.type("form shows")
        await op.until("F7 ")
        assert "Issue a certificate; the form shows" in op.text()
