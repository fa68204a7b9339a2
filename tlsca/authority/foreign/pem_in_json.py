"""JSON that carries PEM: what `cfssl gencert` prints, and what its API answers."""

import json

from tlsca.errors import Unreadable

_MOST_VALUES = 100_000


def is_json(data: bytes) -> bool:
    """Say whether a file begins like a JSON object."""
    return data[:64].lstrip().startswith(b"{")


def pem_in_json(data: bytes, *, name: str) -> bytes:
    """Return every PEM text among the values of a JSON document, one after the other. Raises Unreadable when there is none."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable(f"{name} is no JSON that can be read.") from None
    found = _texts(document)
    if not found:
        raise Unreadable(f"{name} is JSON without a certificate or a key in it.")
    return "\n".join(found).encode("utf-8", "replace")


def _texts(document: object) -> list[str]:
    waiting, found, seen = [document], [], 0
    while waiting and seen < _MOST_VALUES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, str) and "-----BEGIN " in value:
            found.append(value)
        elif isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)
    return found
