"""How long the store is tortured."""


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, help="how often the store's user is killed", default=None)
