"""The registry of what keys do inside lists, texts and views, wherever one of those has the focus.

They have ids like every other act, so that whoever is used to other keys can have those everywhere at once.
"""

from dataclasses import replace

from tlsca.tui.actions import Act

LIST_ACTS: tuple[Act, ...] = (
    Act(id="up", keys="up,k", action="move(-1)", title="Up", help="Go up.", group="Moving"),
    Act(id="down", keys="down,j", action="move(1)", title="Down", help="Go down.", group="Moving"),
    Act(id="page_up", keys="pageup", action="page(-1)", title="Page up", help="Go up by what is in view; in a form, scroll the preview.", group="Moving"),
    Act(id="page_down", keys="pagedown", action="page(1)", title="Page down", help="Go down by what is in view; in a form, scroll the preview.", group="Moving"),
    Act(id="first", keys="home,g", action="move(-1000000000)", title="First", help="Go to the beginning.", group="Moving"),
    Act(id="last", keys="end,G", action="move(1000000000)", title="Last", help="Go to the end.", group="Moving"),
)  # fmt: skip
"""In a list of rows, one of which is under the cursor."""

_SCROLLS = {"up": "scroll_up", "down": "scroll_down", "first": "scroll_home", "last": "scroll_end", "page_up": "page_up", "page_down": "page_down"}  # fmt: skip

PAGE_ACTS: tuple[Act, ...] = tuple(replace(act, action=_SCROLLS[act.id]) for act in LIST_ACTS)
"""In a page that scrolls."""

TREE_ACTS: tuple[Act, ...] = (
    Act(id="inward", keys="right,l", title="Open", help="In a tree, open what is under the cursor, or go into it.", group="Moving"),
    Act(id="outward", keys="left,h", title="Close", help="In a tree, close what is under the cursor, or go out of it.", group="Moving"),
    Act(id="fold", keys="enter,space", title="Open or close", help="In a tree, open or close what is under the cursor.", group="Moving"),
)  # fmt: skip
"""In a tree."""

SELECTING_ACTS: tuple[Act, ...] = (
    Act(id="select_up", keys="shift+up", action="extend(-1)", title="Select up", help="In a text, select lines to copy.", group="Inspector"),
    Act(id="select_down", keys="shift+down", action="extend(1)", title="Select down", help="In a text, select lines to copy.", group="Inspector"),
    Act(id="select_page_up", keys="shift+pageup", action="extend_page(-1)", title="Select a page up", help="In a text, select a page of lines.", group="Inspector"),
    Act(id="select_page_down", keys="shift+pagedown", action="extend_page(1)", title="Select a page down", help="In a text, select a page of lines.", group="Inspector"),
)  # fmt: skip
"""In a text."""

EXPLAIN = Act(id="explain", keys="question_mark", title="Explain", help="On problems that were found, say what each means and what mends it.", group="Inspector")  # fmt: skip
"""Wherever problems have the focus; elsewhere the key is that of the help."""

VIEW_ACTS: tuple[Act, ...] = (
    EXPLAIN,
    Act(id="next_view", keys="greater_than_sign,full_stop", action="turn(1)", title="Next view", help="Go to the next view of the inspector.", group="Inspector"),
    Act(id="previous_view", keys="less_than_sign,comma", action="turn(-1)", title="Previous view", help="Go to the previous view of the inspector.", group="Inspector"),
    Act(id="search", keys="slash", action="find", title="Search", help="Find letters in the view in front.", group="Inspector"),
    Act(id="next", keys="n", action="find_next(1)", title="Next", help="Go to the next of what was found.", group="Inspector"),
    Act(id="previous", keys="N", action="find_next(-1)", title="Previous", help="Go to the one before of what was found.", group="Inspector"),
    Act(id="copy_octets", keys="Y", title="Copy octets", help="In the structure, copy the octets of a value in hexadecimal.", group="Inspector"),
)  # fmt: skip
"""In the inspector, whichever view is in front."""

FORM_ACTS: tuple[Act, ...] = (
    Act(id="confirm", keys="ctrl+s", title="Do it", help="Do what a form is for.", group="Forms"),
    Act(id="cancel", keys="escape", action="leave", title="Cancel", help="Leave a form; nothing is done.", group="Forms"),
    Act(id="show_commands", keys="f3", title="Show the command", help="Show the openssl commands that do what a form says.", group="Forms"),
)  # fmt: skip
"""In every dialog."""

TAKE_CURE = Act(id="take_cure", keys="f4", title="Put right", help="In the form to issue, put right what is told of a field.", group="Forms")  # fmt: skip
FILL_LIKE = Act(id="fill_like", keys="ctrl+r", title="Fill in like it", help="Fill in the form to issue like the certificate under the cursor.", group="Forms")  # fmt: skip
ISSUE_FORM_ACTS: tuple[Act, ...] = (TAKE_CURE, FILL_LIKE)
"""In the form for a certificate."""
