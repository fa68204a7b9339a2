"""The registry of what can be done in the app: keys, footer, palette, menus and help all read it, so none can disagree with another.

It is data, and knows nothing of Textual: a command that lists the keys loads no more than this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from tlsca.tui.refusals import (
    nothing_against,
    partition_refusal,
    preflight_refusal,
    publish_refusal,
    renew_refusal,
    revoke_refusal,
    trust_refusal,
)

if TYPE_CHECKING:
    from tlsca.authority.listing import Entry


class Needs(IntEnum):
    """What has to be there before an act can be done; each includes the one before it."""

    NOTHING = 0
    STORE = 1
    """An open store."""
    CERTIFICATE = 2
    """A certificate under the cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that an operator can do at some place of the app."""

    id: str
    """Names it in the settings, where its keys may be changed, and the `action_…` method, unless `action` does."""
    keys: str
    """As Textual writes them, separated by commas; the first is the one that is shown."""
    title: str
    help: str
    group: str
    action: str = ""
    """What Textual is to run, where that is not named by the id."""
    footer: bool = False
    needs: Needs = Needs.NOTHING
    writes: bool = False
    """Whether it changes the store, or what the store answers for; it is refused while that is open for reading only."""
    refusal: "Callable[[Entry], str]" = nothing_against
    """Says in a sentence why it cannot be done to a certificate; empty where it can."""
    several: bool = False
    """Whether it is done to all certificates that are marked, if any are; it then says itself to which it cannot be done."""


PALETTE = Act(id="palette", keys="ctrl+p", action="app.command_palette", title="Palette", help="Find every command by its name.", group="App")  # fmt: skip
LOCK = Act(id="lock", keys="ctrl+l", action="app.lock_now", title="Lock/unlock", help="Forget the passphrase now.", group="App")  # fmt: skip
"""What every screen has from the app; the home screen unlocks besides."""

ACTS: tuple[Act, ...] = (
    Act(id="help", keys="question_mark,f1", title="Help", help="What every key does.", group="App", footer=True),
    Act(id="issue", keys="i", title="Issue", help="Issue a certificate; the form shows what will be in it.", group="Authority", footer=True, needs=Needs.STORE, writes=True),
    Act(id="wizard", keys="W", title="Issue step by step", help="Issue a certificate by answering one question after the other.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="bulk", keys="B", title="Issue many", help="Issue many from pasted lines or CSV, after a dry run.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="authority", keys="a", title="Authority", help="Make a root or an intermediate authority.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="inspect", keys="enter", title="Inspect", help="Show the certificate under the cursor.", group="Certificate", footer=True, needs=Needs.CERTIFICATE),
    Act(id="export", keys="e", title="Export", help="Write a certificate and its key for a program, or in a format.", group="Certificate", footer=True, needs=Needs.CERTIFICATE, several=True),
    Act(id="test", keys="t", title="Test", help="Make a TLS connection and see who answers, and what is wrong; with marks, at every host of theirs.", group="Certificate", footer=True, needs=Needs.STORE, several=True),
    Act(id="preflight", keys="p", title="Pre-flight", help="Serve this certificate here, probe it by its name, show the verdict, stop.", group="Certificate", needs=Needs.CERTIFICATE, refusal=preflight_refusal),
    Act(id="serve", keys="L", title="Listen", help="Serve this certificate on 127.0.0.1, or stop.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="copy", keys="y", title="Copy", help="Choose what to copy: what is shown or selected, number, fingerprint, names, PEM, chain.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="save", keys="ctrl+s", title="Save", help="Save what the inspector shows to a file, as text, PEM or DER.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="pager", keys="o", title="Pager", help="Show what the inspector shows in $PAGER.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="find", keys="ctrl+f", title="Find", help="Find letters in the text or PEM of the inspector; n and N go on.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="diff", keys="d", title="Compare", help="Compare two marked certificates, or one with a file, a request or a live host.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="command", keys="c", title="Command", help="Show what can be done with a certificate as openssl commands.", group="Certificate", needs=Needs.CERTIFICATE),
    Act(id="renew", keys="r", title="Renew", help="Make the next certificate for the same names, with the same key or a new one.", group="Certificate", needs=Needs.CERTIFICATE, writes=True, refusal=renew_refusal, several=True),
    Act(id="revoke", keys="x", title="Revoke", help="Take a certificate back, or release one on hold.", group="Certificate", needs=Needs.CERTIFICATE, writes=True, refusal=revoke_refusal, several=True),
    Act(id="revoke_serial", keys="X", title="Revoke by number", help="Revoke by serial number what the store never saw.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="mark", keys="space", title="Mark", help="Mark or unmark a certificate; e, r, t and x are done to all that are marked.", group="View", needs=Needs.CERTIFICATE),
    Act(id="mark_all", keys="ctrl+a,asterisk", title="Mark all", help="Mark all that are shown, or unmark them.", group="View", needs=Needs.CERTIFICATE),
    Act(id="mark_range", keys="v", title="Mark range", help="Begin a range here; the same key marks all up to where the cursor is then.", group="View", needs=Needs.CERTIFICATE),
    Act(id="note", keys="E", title="Note", help="Give certificates a name of your own, tags, contacts and a note; none of it is signed.", group="Certificate", needs=Needs.CERTIFICATE, writes=True, several=True),
    Act(id="put_away", keys="delete,K", title="Put away", help="Put certificates into the trash, from which they can be taken back for thirty days.", group="Certificate", needs=Needs.CERTIFICATE, writes=True, several=True),
    Act(id="undo", keys="u", title="Undo", help="Undo the last act, where that can be undone; else it is said what to do instead.", group="Certificate", needs=Needs.STORE, writes=True),
    Act(id="request", keys="R", title="Request", help="Make a request for another authority to sign.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="sign", keys="S", title="Sign", help="Sign somebody's request; the form shows what was asked and what results.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="requests", keys="w,4", title="Requests", help="List the requests that wait for a signature, and what became of the rest.", group="Authority", needs=Needs.STORE),
    Act(id="cross_sign", keys="C", title="Cross-sign", help="Vouch for another authority: one of the store, or somebody's.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="publish", keys="P", title="Publish CRL", help="Sign the list of what an authority has revoked.", group="Authority", needs=Needs.CERTIFICATE, writes=True, refusal=publish_refusal),
    Act(id="partition", keys="A", title="Part CRLs", help="Part what an authority issues among several revocation lists.", group="Authority", needs=Needs.CERTIFICATE, writes=True, refusal=partition_refusal),
    Act(id="hosts", keys="H,3", title="Hosts", help="Watch hosts: what each serves, how long still, and what changed.", group="View", needs=Needs.STORE),
    Act(id="trust", keys="T", title="Trust", help="Have the system, browsers or Java trust a root, or no longer.", group="Authority", needs=Needs.CERTIFICATE, writes=True, refusal=trust_refusal),
    Act(id="doctor", keys="D,6", title="Doctor", help="Examine the whole authority, and say what mends it.", group="Authority", needs=Needs.STORE),
    Act(id="activity", keys="5", title="Activity", help="What runs just now and how to stop it, and every act of the audit log in words.", group="View", needs=Needs.STORE),
    Act(id="trash", keys="7", title="Trash", help="What was put away: take it back, or remove it for good.", group="View", needs=Needs.STORE),
    Act(id="today", keys="1", title="Today", help="What matters today: arrows choose a matter or go down to the timeline, Enter goes there.", group="View"),
    Act(id="certificates", keys="2", title="Certificates", help="The table of certificates.", group="View"),
    Act(id="authorities", keys="8", title="Authorities", help="The tree of authorities; Enter shows what one has issued.", group="View", needs=Needs.STORE),
    Act(id="smaller", keys="left_square_bracket", action="resize(-1)", title="Smaller", help="Make the pane with the focus smaller.", group="View"),
    Act(id="larger", keys="right_square_bracket", action="resize(1)", title="Larger", help="Make the pane with the focus larger.", group="View"),
    Act(id="maximise", keys="z", title="Maximise", help="Give the pane with the focus the whole screen, or give it back.", group="View"),
    Act(id="open", keys="ctrl+o", title="Open", help="Look at any file, host:port or pasted text; pasting or dropping one here opens it too.", group="View", needs=Needs.STORE),
    Act(id="import", keys="I", title="Import", help="Take in certificates and keys from files.", group="Authority", needs=Needs.STORE, writes=True),
    Act(id="menu", keys="m", title="Menu", help="What can be done with the certificate under the cursor, in a menu; so does the right button of the mouse.", group="Certificate", footer=True, needs=Needs.CERTIFICATE),
    Act(id="filter", keys="slash", title="Filter", help="Show some: expires<30d status:valid issuer:… san:*.corp text.", group="View", footer=True),
    Act(id="next", keys="n", title="Next", help="Go to the next certificate that is shown, around the end.", group="View", needs=Needs.CERTIFICATE),
    Act(id="previous", keys="N", title="Previous", help="Go to the certificate before, around the beginning.", group="View", needs=Needs.CERTIFICATE),
    Act(id="sort", keys="s", title="Sort", help="Choose the order; pressed again it turns it round. So does a click on a title.", group="View", needs=Needs.STORE),
    Act(id="columns", keys="full_stop", title="Columns", help="Choose what the table shows of each certificate.", group="View", needs=Needs.STORE),
    Act(id="backup", keys="f8", title="Back up", help="Write the whole store into one file while it is in use, and read it back.", group="App", needs=Needs.STORE),
    Act(id="change_passphrase", keys="f9", title="Change passphrase", help="Give the store another passphrase; private keys stay as they are.", group="App", needs=Needs.STORE, writes=True),
    Act(id="lock", keys="ctrl+l", title="Lock/unlock", help="Forget the passphrase now, or give it.", group="App", needs=Needs.STORE),
    PALETTE,
    Act(id="theme", keys="f2", title="Light/dark", help="Change between the dark and the light theme.", group="App"),
    Act(id="back", keys="escape", title="Back", help="Leave the inspector, unmark all, or leave the filter.", group="View"),
    Act(id="quit", keys="q", title="Quit", help="Close tlsca; nothing is ever unsaved.", group="App", footer=True),
)  # fmt: skip
"""Every act of the home screen, in the order of the footer."""

BY_ID: dict[str, Act] = {act.id: act for act in ACTS}
