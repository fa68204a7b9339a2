"""What can be copied of an object: its number, fingerprint, names, and itself in every form; and how that is told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tlsca.authority.inspecting import Inspection
from tlsca.pki.certificate import Certificate, certificate
from tlsca.pki.found import Kind
from tlsca.pki.identity import general_name_text
from tlsca.text import printable


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that can be copied."""

    id: str
    keys: tuple[str, ...]
    """The keys that copy it, in the menu."""
    title: str
    """What it is called: `serial number`, `PEM`."""
    shown: str
    """Its beginning, or what it is. Printable."""
    make: Callable[[], str]
    """Returns the text; called in a thread. Raises TlscaError."""


def pieces_of(inspection: Inspection, chain: Callable[[], Sequence[Certificate]]) -> tuple[Piece, ...]:
    """Return what can be copied of an object; `chain` finds the certificates from it to its root, in a thread."""
    return tuple(_pieces(inspection, chain))


def led_by(front: Piece, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the pieces after what is in front; what is one of them comes first and has the keys of both."""
    same = next((piece for piece in pieces if piece.title == front.title), None)
    if same is None:
        return (front, *pieces)
    return (replace(same, keys=front.keys + same.keys), *(piece for piece in pieces if piece is not same))


def _pieces(inspection: Inspection, chain: Callable[[], Sequence[Certificate]]) -> Iterator[Piece]:
    if inspection.kind is Kind.CERTIFICATE:
        yield from _facts(certificate(inspection.der))
    pem = inspection.pem.decode("ascii")
    if pem:
        yield Piece("pem", ("p",), "PEM", "as a file of its own has it", lambda: pem)
    if inspection.kind is Kind.CERTIFICATE:
        yield Piece("chain", ("c",), "chain as PEM", "from it to its root", lambda: _joined(chain()))
    if inspection.der:
        yield Piece("text", ("t",), "text", "as OpenSSL prints it", lambda: _text(inspection))


def _facts(one: Certificate) -> Iterator[Piece]:
    names = [printable(general_name_text(name)) for name in one.general_names]
    facts = (
        ("serial", "s", "serial number", one.serial),
        ("sha256", "f", "fingerprint", one.sha256),
        ("subject", "b", "subject", printable(one.subject)),
        ("names", "n", "names", "\n".join(names)),
    )
    for name, key, title, value in facts:
        if value:
            yield Piece(name, (key,), title, value.replace("\n", ", "), partial(str, value))


def _joined(chain: Sequence[Certificate]) -> str:
    return "".join(one.pem for one in chain)


def _text(inspection: Inspection) -> str:
    return inspection.text().decode("utf-8", "backslashreplace")
