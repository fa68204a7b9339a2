"""Whether an act can be done: every reason against one is a sentence."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tlsca.tui.actions import BY_ID
from tlsca.tui.standing import Standing, hindrance

ROOT = SimpleNamespace(title="Home Root", record=SimpleNamespace(id="1", issuer_id="1", is_authority=True))
THERE = Standing(entry=ROOT)


@pytest.mark.parametrize(
    ("act", "standing", "reason"),
    [
        ("issue", THERE, ""),
        ("help", Standing(closed="The store is damaged."), ""),
        ("issue", Standing(closed="The store is damaged."), "The store is damaged."),
        ("issue", replace(THERE, read_only="It is a copy."), "Issue changes the store. It is a copy."),
        ("export", replace(THERE, read_only="It is a copy."), ""),
        ("export", Standing(nothing="There is none."), "There is none."),
        ("issue", Standing(nothing="There is none."), ""),
        ("revoke", THERE, "Home Root is a root, and a root cannot revoke itself."),
        ("revoke", replace(THERE, marked=2), ""),
        ("trust", replace(THERE, marked=2), ""),
    ],
)
def test_an_act_that_cannot_be_done_says_why(act, standing, reason):
    assert hindrance(BY_ID[act], standing) == reason
