"""Text in the cells of a terminal, in which a letter of Chinese takes two."""

from rich.cells import cell_len, set_cell_size


def fitted(text: str, width: int) -> str:
    """Return text that takes exactly so many cells, an ellipsis standing for what was left out."""
    if width <= 0:
        return ""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
