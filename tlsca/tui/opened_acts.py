"""The registry of what can be done on the screen of what was opened: its keys, footer, palette and help all read it."""

from tlsca.tui.actions import LOCK, PALETTE, Act, Needs

OPENED_ACTS: tuple[Act, ...] = (
    Act(id="help", keys="question_mark,f1", title="Help", help="What every key does here.", group="App", footer=True),
    Act(id="import", keys="I", title="Import", help="Take into the store what can be.", group="Opened", footer=True, needs=Needs.STORE, writes=True),
    Act(id="copy", keys="y", title="Copy", help="Choose what to copy: what is shown or selected, number, fingerprint, names, PEM, chain.", group="Opened", footer=True),
    Act(id="find", keys="ctrl+f", title="Find", help="Find letters in the text, the PEM or the structure; n and N go on.", group="Opened", footer=True),
    Act(id="save", keys="ctrl+s", title="Save", help="Save what is shown to a file, as text, PEM or DER.", group="Opened", footer=True),
    Act(id="pager", keys="o", title="Pager", help="Show what is shown in $PAGER.", group="Opened", footer=True),
    Act(id="diff", keys="d", title="Compare", help="Compare it with another of those that were opened, a file, or a live host.", group="Opened", footer=True),
    Act(id="menu", keys="m", title="Menu", help="Everything that can be done here, in a menu; so does the right button of the mouse.", group="App"),
    Act(id="next_view", keys="greater_than_sign,full_stop,right_square_bracket", action="turn(1)", title="View", help="Go to the next view.", group="Opened", footer=True),
    Act(id="previous_view", keys="less_than_sign,comma,left_square_bracket", action="turn(-1)", title="Previous view", help="Go to the previous view.", group="Opened"),
    Act(id="back", keys="escape", title="Back", help="Go from the views to the list, and from there back to where this was opened.", group="App", footer=True),
    Act(id="leave_opened", keys="q", action="back", title="Back", help="The same.", group="App"),
    LOCK,
    PALETTE,
)  # fmt: skip
"""Every act of the screen, in the order of the footer."""
