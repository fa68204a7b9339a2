"""A verdict that is shown again says from when it is."""

import socket
from datetime import UTC, datetime, timedelta

import pytest

from tlsca.authority.keeping import open_store
from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp
from tlsca.tui.widgets.result_views import ResultViews


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 20, 9, 30, 5, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def closed_port():
    """Return an address where nothing listens: that is a verdict as well, and takes no server."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port
        yield f"127.0.0.1:{held.getsockname()[1]}"


async def test_the_last_verdict_of_a_host_says_how_old_it_is_in_every_view(
    operate, demo, clock, closed_port, either_size
):
    app = TlscaApp(
        Settings(store=demo, session=False), open_desk=lambda place: open_store(place, clock=clock)
    )
    async with operate(demo, either_size, app=app) as operator:
        await operator.opened()
        await operator.press("t")
        await operator.until("Host:port")
        await operator.replace(closed_port)
        await operator.press("enter")
        await operator.until("Tested just now, at 2026-11-20T09:30:05Z.")
        clock.now += timedelta(minutes=3)
        operator.find(ResultViews)._grow_old()
        await operator.until("Tested 3 minutes ago, at 2026-11-20T09:30:05Z.")
        for view in ("N", "K", "A"):
            await operator.press(view)
            await operator.until("Tested 3 minutes ago")
        for view in ("J", "O"):
            await operator.press(view)
            await operator.until("tested 3 minutes ago")
        clock.now += timedelta(days=2)
        await operator.press("V")
        await operator.until("Tested 2 days ago, at 2026-11-20T09:30:05Z.")
        await operator.press("enter")
        await operator.until("Tested just now, at 2026-11-22T09:33:05Z.")
