"""The doctor while it looks: how far it is can be seen, it can be left, and what it advises names a key of the app."""

import threading

from tlsca.authority import doctor


async def test_how_far_it_is_can_be_seen_and_it_stops_when_it_is_left(operate, demo, monkeypatch):
    go_on = threading.Event()
    visit = doctor._Ward.visit

    def slowly(ward, record, *, ended):
        if len(looked_at) == 2:
            go_on.wait(60)  # until it was seen
        yield from visit(ward, record, ended=ended)
        looked_at.append(record)
        threading.Event().wait(0.12)  # so that each is drawn

    looked_at = []
    monkeypatch.setattr(doctor._Ward, "visit", slowly)
    async with operate(demo) as op:
        await op.opened()
        await op.press("D")
        await op.dialog("DoctorDialog")
        await op.until("Escape stops it.")
        await op.until("2 of 10")
        await op.press("escape")
        await op.home()
        go_on.set()
        await op.until(lambda: not any(worker.group == "examine" for worker in op.app.workers))
    assert 2 <= len(looked_at) < 10


async def test_what_it_advises_names_the_key_and_the_command(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.press("D")
        await op.dialog("DoctorDialog")
        await op.until("mail.home.arpa, ")
        await op.until("the key r, on this certificate")
        await op.until("tlsca renew ")
