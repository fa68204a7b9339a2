"""Rows of facts, as the inspector and the previews draw them."""

from collections.abc import Iterable

from textual.content import Content

from tlsca.pki.describe import Row

_TITLE_WIDTH = 18
_MOST_CHILDREN = 200


def rows_content(rows: Iterable[Row], *, notes: bool = True) -> Content:
    """Return rows as aligned lines: title, value, and what it means in a quieter colour."""
    return Content("\n").join(_lines(rows, notes=notes))


def _lines(rows: Iterable[Row], *, notes: bool) -> list[Content]:
    lines: list[Content] = []
    for row in rows:
        title = (row.title.ljust(_TITLE_WIDTH), "$text-muted")
        if len(row.children) > 1:
            shown = row.children[:_MOST_CHILDREN]
            lines += [
                Content.assemble(title if at == 0 else " " * _TITLE_WIDTH, child.value)
                for at, child in enumerate(shown)
            ]
            if len(row.children) > len(shown):
                lines.append(
                    Content.styled(
                        f"{' ' * _TITLE_WIDTH}and {len(row.children) - len(shown):,} more", "$text-muted"
                    )
                )
        else:
            lines.append(Content.assemble(title, row.value))
        if notes and row.note:
            lines.append(Content.styled(" " * _TITLE_WIDTH + row.note, "$text-muted italic"))
    return lines
