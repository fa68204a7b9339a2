"""Most tests of commands look at what they do; how they start is looked at where it matters."""

import pytest


@pytest.fixture
def loaded():
    return True


@pytest.fixture(autouse=True)
def _cheap_seals(cheap_seals):
    """What a passphrase withstands is looked at by few tests here; they ask for `dear_seals`."""
