"""Which branches of a tree are open, and what stands in which row; no row is made before it is looked at.

A list may have two hundred thousand members of which a screen shows forty, so open branches are counted and not unrolled: a row
is found by going down the open branches, which are few.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

from tlsca.pki.structure import Node

Path = tuple[int, ...]
"""The way from the root: which child, which child of that, and so on; the root's own is empty."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a tree."""

    node: Node
    path: Path
    is_open: bool

    @property
    def depth(self) -> int:
        """How far it is from the root."""
        return len(self.path)


class Branch:
    """An open node: its children each take a row, and those of them that are open take more."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.children: Sequence[Node] = node.children
        self.branches: dict[int, Branch] = {}
        """Those of the children that are open, by their place."""
        self.places: list[int] = []
        """The places of those, in order."""

    @property
    def rows(self) -> int:
        """How many rows the node and everything open inside it take."""
        return 1 + len(self.children) + sum(branch.rows - 1 for branch in self.branches.values())

    def line(self, row: int) -> Line:
        """Return what stands in a row, counted from the node's own."""
        path: list[int] = []
        branch = self
        while row > 0:
            at, row = branch.child_in(row - 1)
            path.append(at)
            below = branch.branches.get(at)
            if below is None:
                return Line(branch.children[at], tuple(path), is_open=False)
            branch = below
        return Line(branch.node, tuple(path), is_open=True)

    def child_in(self, row: int) -> tuple[int, int]:
        """Return which child a row below this node belongs to, and how far the row is below that child."""
        extra = 0
        for at in self.places:
            begin = at + extra
            if row < begin:
                break
            more = self.branches[at].rows - 1
            if row <= begin + more:
                return at, row - begin
            extra += more
        return row - extra, 0

    def row_of(self, path: Path) -> int:
        """Return the row of the node at a path, all above which are open."""
        row = 0
        branch = self
        for at in path:
            before = branch.places[: bisect_left(branch.places, at)]
            row += 1 + at + sum(branch.branches[place].rows - 1 for place in before)
            branch = branch.branches.get(at, branch)
        return row

    def open(self, path: Path) -> bool:
        """Open the node at a path; false where there is nothing inside. Everything above it is open already."""
        if not path:
            return bool(len(self.children))
        branch, at = self._above(path), path[-1]
        if at not in branch.branches:
            node = branch.children[at]
            if not len(node.children):
                return False
            branch.branches[at] = Branch(node)
            insort(branch.places, at)
        return True

    def close(self, path: Path) -> None:
        """Close the node at a path; what was open inside it is forgotten."""
        branch, at = self._above(path), path[-1]
        if branch.branches.pop(at, None) is not None:
            branch.places.remove(at)

    def _above(self, path: Path) -> "Branch":
        branch = self
        for at in path[:-1]:
            branch = branch.branches[at]
        return branch
