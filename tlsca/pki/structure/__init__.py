"""Anything in DER as a tree of every field, each with what it says, what it means and where it stands.

`cryptography` refuses what is damaged or strange, which is what people most want to look at. The tree is read leniently from the
bytes: a part that is not what it should be says so in its own row, and the parts around it are read all the same.
"""

from tlsca.pki.structure.node import Node, read_ahead
from tlsca.pki.structure.reading import structure
from tlsca.pki.structure.text import tree_lines, walk

__all__ = ["Node", "read_ahead", "structure", "tree_lines", "walk"]
