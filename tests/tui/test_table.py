"""The table: every row as wide as the others, whatever is written in it."""

from rich.cells import cell_len

from tlsca.tui.widgets.certificate_table import _fitted


def test_a_cell_is_as_wide_as_its_column_in_any_script():
    for text in ("", "localhost", "認証局" * 10, "認証局", "a認" * 9, "é" * 40):
        for width in (1, 2, 7, 8, 20):
            assert cell_len(_fitted(text, width)) == width, (text, width)
