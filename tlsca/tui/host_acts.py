"""The registry of what can be done on the screen of watched hosts: its keys, footer, palette and help all read it."""

from tlsca.tui.actions import LOCK, PALETTE, Act, Needs

HOST_ACTS: tuple[Act, ...] = (
    Act(id="help", keys="question_mark,f1", title="Help", help="What every key does here.", group="App", footer=True),
    Act(id="add", keys="a", title="Add", help="Watch more hosts: one or many lines, host:port or URLs; or paste them here.", group="Hosts", footer=True, needs=Needs.STORE, writes=True),
    Act(id="look", keys="R,f5", title="Look", help="Look again at all hosts that are shown.", group="Hosts", footer=True, needs=Needs.CERTIFICATE),
    Act(id="details", keys="enter", title="Details", help="Every problem with its fix, and what changed when.", group="Host", footer=True, needs=Needs.CERTIFICATE),
    Act(id="look_here", keys="r", title="Look here", help="Look again at the host under the cursor alone.", group="Host", needs=Needs.CERTIFICATE),
    Act(id="test", keys="t", title="Test", help="Go to the test of the connection, aimed at this host.", group="Host", footer=True, needs=Needs.CERTIFICATE),
    Act(id="copy", keys="y", title="Copy", help="Copy the host's name and port.", group="Host", needs=Needs.CERTIFICATE),
    Act(id="remove", keys="x,delete", title="Remove", help="Watch this host no longer.", group="Host", footer=True, needs=Needs.CERTIFICATE, writes=True),
    Act(id="order", keys="s", title="Order", help="Change the order: ends first, problems first, by name.", group="Hosts", footer=True, needs=Needs.CERTIFICATE),
    Act(id="filter", keys="slash", title="Filter", help="Show those in which all words occur: of name, issuer, problem, state.", group="Hosts", footer=True),
    Act(id="back", keys="escape", title="Back", help="Clear the filter, stop the look that is under way, or leave.", group="App", footer=True),
    Act(id="leave", keys="q,H", title="Leave", help="Go back to the certificates; a look that is under way goes on.", group="App"),
    Act(id="menu", keys="m", title="Menu", help="What can be done with the host under the cursor, in a menu; so does the right button of the mouse.", group="Host", needs=Needs.CERTIFICATE),
    LOCK,
    PALETTE,
)  # fmt: skip
"""Every act of the screen, in the order of the footer; one that needs a certificate needs a host under the cursor."""
