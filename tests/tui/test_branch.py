"""Rows of a tree whose branches open and close agree with a tree that is simply written out."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tlsca.pki.structure import Node
from tlsca.tui.widgets.branch import Branch


def node(shape, title="root"):
    """Return a node whose children are given by a nested list."""
    children = tuple(node(child, f"{title}.{at}") for at, child in enumerate(shape))
    return Node(title, b"", 0, 0, parts=lambda: children)


def written_out(node, opened, path=()):
    """Return path and title of every row, the root always open."""
    rows = [(path, node.title)]
    if not path or path in opened:
        for at, child in enumerate(node.children):
            rows += written_out(child, opened, (*path, at))
    return rows


SHAPES = st.recursive(st.just([]), lambda inside: st.lists(inside, max_size=4), max_leaves=25)


@settings(max_examples=200)
@given(SHAPES, st.lists(st.integers(0, 60), max_size=25))
def test_every_row_is_what_a_written_out_tree_has_there(shape, presses):
    root = node(shape)
    branch = Branch(root)
    opened = set()
    for press in presses:
        line = branch.line(press % branch.rows)
        if line.is_open and line.path:
            branch.close(line.path)
            opened = {path for path in opened if path[: len(line.path)] != line.path}
        elif branch.open(line.path) and line.path:
            opened.add(line.path)
        expected = written_out(root, opened)
        lines = [branch.line(row) for row in range(branch.rows)]
        assert [(one.path, one.node.title) for one in lines] == expected
        assert [branch.row_of(one.path) for one in lines] == list(range(branch.rows))


def test_what_has_nothing_inside_does_not_open():
    branch = Branch(node([[], [[]]]))
    assert not branch.open((0,))
    assert branch.open((1,))
    assert branch.rows == 4
