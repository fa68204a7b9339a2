"""Anything in DER as a tree of every field, each with what it says, what it means and where it stands.

`cryptography` refuses what is damaged or strange, which is what people most want to look at. The tree is read leniently from the
bytes: a part that is not what it should be says so in its own row, and the parts around it are read all the same.
"""

from collections.abc import Iterator

from tlsca.pki.structure.node import Node
from tlsca.pki.structure.reading import structure

__all__ = ["Node", "structure", "walk"]


def walk(root: Node) -> Iterator[tuple[int, Node]]:
    """Yield every node with its depth, parents before children; members of long lists come into being one by one."""
    waiting = [(0, iter((root,)))]
    while waiting:
        depth, nodes = waiting[-1]
        node = next(nodes, None)
        if node is None:
            waiting.pop()
            continue
        yield depth, node
        waiting.append((depth + 1, iter(node.children)))
