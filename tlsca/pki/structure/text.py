"""The tree as text: a line for each field, indented by its depth."""

from collections.abc import Iterator

from tlsca.pki.structure.node import Node

_COLUMN = 40


def walk(root: Node) -> Iterator[tuple[int, Node]]:
    """Yield every node with its depth, parents before children; members of long lists come into being one by one."""
    waiting = [iter((root,))]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield len(waiting) - 1, node
        waiting.append(iter(node.children))


def tree_lines(root: Node) -> Iterator[str]:
    """Yield the line of each field: its title, `critical` where it is, its value, and what is wrong with it; printable."""
    for depth, node in walk(root):
        title = f"{'  ' * depth}{node.title}"
        facts = ("critical" if node.critical else "", node.value, f"! {node.flaw}" if node.flaw else "")
        yield f"{title:<{_COLUMN}}  {'  '.join(filter(None, facts))}".rstrip()
