"""What the settings say, the app goes by."""

from datetime import timedelta

from tlsca.settings import Settings
from tlsca.tui.app import TlscaApp


def test_the_app_opens_the_store_as_the_settings_have_it(demo):
    app = TlscaApp(Settings(store=demo, expiring_days=7, read_only=True))
    desk = app._open_desk(demo)
    try:
        assert desk.expiring == timedelta(days=7)
        assert desk.ledger.read_only
    finally:
        desk.close()
