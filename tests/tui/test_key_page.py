"""The page of keys is what the registry says."""

from pathlib import Path

import pytest

from tlsca.tui.key_page import key_page

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the page stands in the source tree")
def test_the_page_of_keys_is_written_anew_when_an_act_changes():
    assert PAGE.read_text("utf-8") == key_page(), "run: python -m tlsca.tui.key_page > docs/keys.md"
