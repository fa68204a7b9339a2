"""Ask a host once more for what Python's `ssl` cannot ask: its OCSP staple, and the key exchange that it takes from a modern client.

It is a second handshake, so it is made when somebody wants to know and not with every probe.
"""

import threading
from dataclasses import replace
from importlib.util import find_spec

from tlsca.authority.connecting import ProbeForm, options_of
from tlsca.authority.desk import Desk
from tlsca.probe.deep import look_deeper
from tlsca.probe.result import Result


def why_not() -> str:
    """Return why a host cannot be asked for these, a sentence; empty where it can."""
    if find_spec("OpenSSL") is not None:
        return ""
    return "Python's ssl cannot ask for a staple or post-quantum groups, and pyOpenSSL is not installed (tlsca[deep])."


def deepened(
    desk: Desk | None, form: ProbeForm, result: Result, *, cancelled: threading.Event | None = None
) -> Result:
    """Return a result with what a modern client learns of the same host; why nothing is known is in it, too.

    No client certificate is shown. Raises Cancelled, and as `options_of`.
    """
    options = options_of(desk, replace(form, client_cert=None, client_key=None))
    return replace(result, depth=look_deeper(result.target, options, cancelled=cancelled))
