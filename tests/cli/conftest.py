"""Most tests of commands look at what they do; how they start is looked at where it matters."""

import pytest


@pytest.fixture
def loaded():
    return True
