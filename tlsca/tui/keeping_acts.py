"""The registries of what can be done on the screens of the audit log and of the trash: their keys, footer, palette and help."""

from tlsca.tui.actions import LOCK, PALETTE, Act, Needs

_HELP = Act(id="help", keys="question_mark,f1", title="Help", help="What every key does here.", group="App", footer=True)  # fmt: skip

ACTIVITY_ACTS: tuple[Act, ...] = (
    _HELP,
    Act(id="filter", keys="slash", title="Filter", help="Show acts in which all words occur: of act, who, host, name, date.", group="Log", footer=True),
    Act(id="undo", keys="u", title="Undo", help="Undo the act under the cursor, after a question.", group="Log", footer=True, needs=Needs.CERTIFICATE, writes=True),
    Act(id="verify", keys="v", title="Verify", help="Walk the hash chain of the log, and name the first bad line.", group="Log", footer=True),
    Act(id="checkpoint", keys="c", title="Checkpoint", help="Say what the log is now, signed if wanted, to be kept elsewhere.", group="Log", footer=True),
    Act(id="copy", keys="y", title="Copy", help="Copy what is told of the act under the cursor.", group="Log", needs=Needs.CERTIFICATE),
    Act(id="stop", keys="x", title="Stop", help="Stop the work that is under the cursor above the log, or all that can be stopped.", group="Work", footer=True),
    Act(id="back", keys="escape", title="Back", help="Clear the filter, or leave; what runs goes on.", group="App", footer=True),
    Act(id="leave", keys="q,5", title="Leave", help="Go back to the certificates; what runs goes on.", group="App"),
    LOCK,
    PALETTE,
)  # fmt: skip
"""Every act of the screen of the log; one that needs a certificate needs an act under the cursor."""

TRASH_ACTS: tuple[Act, ...] = (
    _HELP,
    Act(id="take_back", keys="enter,r", title="Take back", help="Take the certificate under the cursor out of the trash.", group="Trash", footer=True, needs=Needs.CERTIFICATE, writes=True),
    Act(id="remove", keys="x,delete", title="Remove", help="Remove the certificate under the cursor for good, after a question.", group="Trash", footer=True, needs=Needs.CERTIFICATE, writes=True),
    Act(id="empty", keys="X", title="Empty", help="Remove everything in the trash for good, after a question.", group="Trash", footer=True, needs=Needs.CERTIFICATE, writes=True),
    Act(id="undo", keys="u", title="Undo", help="Undo the last act that can be undone, after a question.", group="Trash", footer=True, writes=True),
    Act(id="leave", keys="q,7,escape", title="Leave", help="Go back to the certificates.", group="App", footer=True),
    LOCK,
    PALETTE,
)  # fmt: skip
"""Every act of the screen of the trash; one that needs a certificate needs one under the cursor."""
