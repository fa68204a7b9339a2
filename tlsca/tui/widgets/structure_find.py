"""Find in the tree of fields: in titles, values and object identifiers, also of what is not open yet."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from time import sleep

from tlsca.pki.structure import Node
from tlsca.tui.finding import MOST, Standing
from tlsca.tui.widgets.branch import Path
from tlsca.tui.widgets.structure_tree import StructureTree
from tlsca.tui.work import work

_MOST_NODES = 500_000
"""Fields beyond these, in the order of the tree, are not searched."""
_BREATH, _REST = 256, 0.0005
"""After so many fields the search rests for so many seconds, in which the app does not wait for the interpreter."""


class TreeFinder:
    """A search in a tree: the cursor goes to what is found, which is opened on the way there."""

    def __init__(self, tree: StructureTree) -> None:
        self.tree = tree
        self._needle = ""
        self._found: list[Path] = []
        self._current = 0
        self._told: Callable[[Standing], object] = lambda _: None

    def focus(self) -> object:
        """Give the tree the focus."""
        return self.tree.focus()

    def find(self, needle: str, told: Callable[[Standing], object]) -> None:
        """Look for letters, in any case, from the cursor on, in a thread; `told` is called with how the search stands."""
        self._needle, self._told = needle, told
        self.tree.mark(needle)
        root = self.tree.root
        if root is None:
            told(Standing(0, 0))
            return
        work(
            self.tree,
            lambda: paths_of(root, needle, stop=lambda: self._needle != needle),
            lambda found: self._show_found(needle, root, found),
            group="find",
            exclusive=True,
        )

    def find_next(self, by: int) -> None:
        """Go `by` fields further, or back, around the ends."""
        if self._found:
            self._current = (self._current + by) % len(self._found)
            self._reveal()

    def find_nothing(self) -> None:
        """Forget the search and take its marks away; the cursor stays."""
        self._needle, self._found = "", []
        self.tree.mark("")

    def _show_found(self, needle: str, root: Node, found: list[Path]) -> None:
        if needle != self._needle or root is not self.tree.root:
            return  # more was typed since
        self._found = found
        self._current = bisect_left(found, self.tree.path) % len(found) if found else 0
        self._reveal()

    def _reveal(self) -> None:
        if self._found:
            self.tree.reveal(self._found[self._current])
        self._told(Standing(self._current + 1 if self._found else 0, len(self._found)))


def paths_of(root: Node, needle: str, *, stop: Callable[[], bool] = lambda: False) -> list[Path]:
    """Return the ways to the fields that say the needle, in any case, in the order of the tree, at most `MOST`."""
    wanted = needle.lower()
    told = (path for path, node in _walk(root, stop) if wanted in _said(node))
    return list(islice(told, MOST)) if wanted else []


def _said(node: Node) -> str:
    return f"{node.title}\n{node.value}\n{node.oid}".lower()


def _walk(root: Node, stop: Callable[[], bool]) -> Iterator[tuple[Path, Node]]:
    """Yield each field before what is inside it; the tree is walked and not kept, for a list may be long."""
    yield (), root
    above: list[tuple[Path, Iterator[tuple[int, Node]]]] = [((), enumerate(root.children))]
    walked = 0
    while above and walked < _MOST_NODES and not stop():
        way, inside = above[-1]
        step = next(inside, None)
        if step is None:
            above.pop()
            continue
        walked += 1
        path, node = (*way, step[0]), step[1]
        yield path, node
        if not node.is_leaf:
            above.append((path, enumerate(node.children)))
        if not walked % _BREATH:
            sleep(_REST)
