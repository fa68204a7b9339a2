"""`tlsca listen`: serve a certificate on this machine and report each handshake."""

import dataclasses
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

import click

from tlsca.authority.connecting import LOOPBACK, serve
from tlsca.authority.desk import system_clock
from tlsca.cli.context import json_option, open_desk, store_options, unlock_desk
from tlsca.cli.output import say, say_json_line, sign, talk
from tlsca.probe.listener import Listener, Visit
from tlsca.text import rfc3339

_BETWEEN_LOOKS = 0.1
"""Seconds after which we look whether the listener has ended."""


@click.command("listen")
@click.argument("reference", metavar="REF")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port to listen on; without, any that is free.",
)
@click.option(
    "--require-client-cert",
    is_flag=True,
    help="Demand a client certificate that an authority of the store issued.",
)
@click.option("--once", is_flag=True, help="End after one handshake, good or bad.")
@store_options
@json_option
def listen_command(
    *, reference: str, port: int, require_client_cert: bool, once: bool, as_json: bool
) -> None:
    """Serve a certificate of the store on 127.0.0.1 and report each handshake, until Ctrl+C.

    Point any client at it before the certificate goes to a host.
    """
    desk = open_desk()
    record = desk.ledger.find(reference, now=desk.now())
    unlock_desk(desk)
    visits: SimpleQueue[Visit] = SimpleQueue()
    listener = serve(
        desk,
        record,
        report=visits.put,
        port=port,
        demand_client_certificate=require_client_cert,
        once=once,
    )
    try:
        with _until_told_to_stop():
            _announce(listener, as_json=as_json)
            for visit in _until_ended(listener, visits):
                _show(visit, system_clock(), as_json=as_json)
    finally:
        listener.stop()


@contextmanager
def _until_told_to_stop() -> Iterator[None]:
    """End what is inside on Ctrl+C and on SIGTERM, also where a shell started us in the background and had SIGINT ignored."""
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    except KeyboardInterrupt:
        talk("Stopped listening.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(listener: Listener, *, as_json: bool) -> None:
    talk(f"Listening on {LOOPBACK}:{listener.port}. Ctrl+C ends it.")
    if as_json:
        say_json_line({"listening": {"address": LOOPBACK, "port": listener.port}})


def _until_ended(listener: Listener, visits: "SimpleQueue[Visit]") -> Iterator[Visit]:
    """Yield visits as they come, and after the end those that came just before it."""
    ended = False
    while not ended:
        ended = listener.wait(0)
        try:
            while True:
                yield visits.get(timeout=0 if ended else _BETWEEN_LOOKS)
        except Empty:
            continue


def _show(visit: Visit, at: datetime, *, as_json: bool) -> None:
    if as_json:
        say_json_line(_as_json(visit, at))
        return
    asked = f"asked for {visit.server_name}" if visit.server_name else "asked for no name"
    if visit.failure is not None:
        say(f"{rfc3339(at)}  {sign('✘', 'refused:')} {visit.peer}  {asked}  {visit.failure}")
        return
    client = f"client certificate {visit.client_subject}" if visit.client_sha256 else "no client certificate"
    say(
        f"{rfc3339(at)}  {sign('✔', 'accepted:')} {visit.peer}  {asked}  {visit.version} {visit.cipher}  {client}"
    )


def _as_json(visit: Visit, at: datetime) -> dict[str, Any]:
    return {"at": rfc3339(at), "succeeded": visit.succeeded, **dataclasses.asdict(visit)}
