"""The lines of a README that are copied: its blocks, octet for octet, and nothing of what is said around them."""

from tlsca.tui.widgets.handed_out_view import configuration

README = """\
Place: tls

Files:
  a.pem  0644  a

To bring them there:

--- begin: install ---
cp a.pem tls/
--- end: install ---

Lead:

--- begin: one ---
tls:
    indented
--- end: one ---

Between.

--- begin: two ---
second
--- end: two ---

Valid until 2030-01-31 09:30 UTC; renew from 2030-01-01 on:
"""


def test_blocks_keep_their_lines_and_are_parted_by_one_blank():
    assert configuration(README) == "tls:\n    indented\n\nsecond\n"


def test_a_file_without_blocks_has_nothing_to_copy():
    assert configuration("") == configuration("nothing to paste\n") == ""
