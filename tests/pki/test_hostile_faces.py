"""Every face of a document, held to mutated real ones: an answer or an `Unreadable`, soon, and nothing that moves a cursor.

The faces are the structure, OpenSSL's text, the outline and the summary. How many mutations are tried is `TLSCA_MUTATIONS`, or as
many as fit into the seconds that a chunk has, a hundred at least.
"""

import os
import random
import time
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path

import cryptography_vectors
import pytest

from tlsca.errors import TlscaError, Unreadable
from tlsca.pki import der, dump, summary
from tlsca.pki.outline import outline
from tlsca.pki.read import Kind, read
from tlsca.pki.remark_rows import remark_rows
from tlsca.pki.structure import structure, tree_lines, walk
from tlsca.text import printable

CHUNKS = 8
MUTATIONS = int(os.environ.get("TLSCA_MUTATIONS", "4000")) // CHUNKS
FEWEST = min(MUTATIONS, 100)
"""So many are tried however slow the machine is."""
SECONDS_OF_A_CHUNK = 20.0
SECONDS = 2.0
NOW = datetime(2030, 1, 1, tzinfo=UTC)
LARGEST = 4000
TEXTS = {
    Kind.CERTIFICATE: dump.certificate_text,
    Kind.REQUEST: dump.request_text,
    Kind.CRL: dump.crl_text,
}
READERS = {
    Kind.CERTIFICATE: summary.certificate,
    Kind.REQUEST: summary.request,
    Kind.CRL: summary.revocation_list,
}


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


@cache
def documents():
    """Return real certificates, requests and lists, none of them large."""
    found = []
    for path in sorted((Path(cryptography_vectors.__path__[0]) / "x509").rglob("*.pem")):
        try:
            objects = read(path.read_bytes())
        except TlscaError:
            continue
        found += [(one.kind, one.der) for one in objects if one.kind in TEXTS and len(one.der) < LARGEST]
    return found


def mutated(chance, data):
    """Return a document with a few octets changed, moved, repeated or left out."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                changed[place] = chance.choice(
                    (0x00, 0x7F, 0x80, 0x81, 0x84, 0xA0, 0x30, 0x24, 0xFF, 0x1B, 0x0A)
                )
            case 2:
                other = chance.randrange(len(changed))
                changed[place:place] = changed[other : other + chance.randint(1, 40)]
            case 3 if len(changed) > 50:
                del changed[place : place + chance.randint(1, 40)]
            case _ if len(changed) > 50:
                del changed[max(place, 20) :]
    return bytes(changed)  # fmt: skip


def faces(kind, data):
    """Yield every text that an operator may be shown of a document."""
    yield from tree_lines(structure(data, kind))
    yield from (node.note + node.criticality for _, node in walk(structure(data)))
    for face in (TEXTS[kind], lambda data: outline(data).encode()):
        try:
            text = face(data, safe=True) if face is TEXTS[kind] else face(data)
        except Unreadable as error:
            yield error.sentence
        else:
            yield from text.decode().splitlines()
    yield from summary_of(kind, data)


def summary_of(kind, data):
    try:
        found = READERS[kind](data)
    except Unreadable as error:
        yield error.sentence
        return
    if kind is Kind.CERTIFICATE:
        rows = (*summary.certificate_rows(found, data, now=NOW), *remark_rows(data, now=NOW))
    elif kind is Kind.REQUEST:
        rows = summary.request_rows(found, signature="unknown")
    else:
        rows = summary.crl_rows(found, now=NOW)
    for row in rows:
        yield from (row.title, row.value, row.note, *(child.value for child in row.children))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_mutated_document_shows_harmless_text_soon_in_every_face(chunk):
    chance = random.Random(chunk)  # noqa: S311 -- the same mutations in every run
    until = time.monotonic() + SECONDS_OF_A_CHUNK
    tried = 0
    while tried < FEWEST or (tried < MUTATIONS and time.monotonic() < until):
        kind, whole = chance.choice(documents())
        data = mutated(chance, whole)
        begin = time.process_time()
        for text in faces(kind, data):
            assert printable(text, keep_newlines=True) == text, data.hex()
            assert "\x1b" not in text
        assert time.process_time() - begin < SECONDS, data.hex()
        tried += 1


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\0" * 50_000_000, id="zeros"),
        pytest.param(tlv(0x30, b"\0" * 50_000_000), id="a sequence of zeros"),
        pytest.param(tlv(0x30, b"\5\0" * 25_000_000), id="a sequence of millions"),
        pytest.param(b"\x30\x80" * 25_000_000, id="openings"),
        pytest.param(b"\x30\x80" + b"\5\0" * 25_000_000, id="millions in an indefinite length"),
    ],
)
def test_fifty_megabytes_of_nothing_take_no_time(data):
    begin = time.process_time()
    root = structure(data)
    assert len(list(islice(tree_lines(root), 100))) >= 1
    assert time.process_time() - begin < 4 * SECONDS


@pytest.mark.parametrize("opening", [b"\x30\x80", b"\x24\x80", b"\xa0\x80", b"\x31\x80"])
@pytest.mark.parametrize("kind", [*TEXTS, None])
def test_ten_thousand_levels_end_in_a_sentence(opening, kind):
    deep = opening * 10_000 + b"\0\0" * 10_000
    definite = b""
    for _ in range(10_000):
        definite = tlv(opening[0], definite)
    for data in (deep, definite, tlv(0x04, deep)):
        seen = list(walk(structure(data, kind)))
        assert len(seen) < 100
        assert len(seen) == 1 or any(node.flaw for _, node in seen)


@pytest.mark.parametrize("kind", TEXTS)
def test_every_beginning_of_a_document_is_shown(kind):
    whole = next(found for one, found in documents() if one is kind)
    for end in range(0, len(whole), 7):
        cut = whole[:end]
        assert list(tree_lines(structure(cut, kind)))
        with pytest.raises(Unreadable):
            TEXTS[kind](cut)


@pytest.mark.parametrize("name", [b"a.example\nDNS:b.example", b"a.example, DNS:b.example", b"a\r\nDNS:b"])
def test_no_face_takes_one_name_for_two(name):
    data = certificate_with_names(b"first.example", name)
    rows = summary.certificate_rows(summary.certificate(data), data, now=NOW)
    names = next(row for row in rows if row.title == "Names")
    assert len(names.children) == 2
    tree = [node for _, node in walk(structure(data, Kind.CERTIFICATE)) if node.title == "DNS"]
    assert len(tree) == 2
    text = dump.certificate_text(data, safe=True).decode()
    listed = [line for line in text.splitlines() if line.strip().startswith("DNS:")]
    assert len(listed) == 2


def certificate_with_names(*names):
    algorithm = tlv(0x30, tlv(0x06, b"\x2b\x65\x70"))
    validity = tlv(0x30, tlv(0x17, b"200101000000Z"), tlv(0x18, b"99991231235959Z"))
    key = tlv(0x30, algorithm, tlv(0x03, b"\0" + b"\7" * 32))
    value = tlv(0x04, tlv(0x30, *(tlv(0x82, one) for one in names)))
    extensions = tlv(0xA3, tlv(0x30, tlv(0x30, tlv(0x06, b"\x55\x1d\x11"), value)))
    version = tlv(0xA0, tlv(0x02, b"\2"))
    signed = tlv(0x30, version, tlv(0x02, b"\5"), algorithm, tlv(0x30), validity, tlv(0x30), key, extensions)
    return tlv(0x30, signed, algorithm, tlv(0x03, b"\0" + b"\1" * 64))
