"""The ASN.1 outline agrees with `openssl asn1parse`, and is safe where that is not."""

import base64
import re
import subprocess
from pathlib import Path

import cryptography_vectors
import pytest

from tlsca.errors import DerError
from tlsca.pki.outline import outline

VECTORS = Path(cryptography_vectors.__path__[0]) / "x509"
PEMS = sorted(VECTORS.glob("custom/*.pem"))


@pytest.mark.parametrize("batch", range(4))
def test_the_outline_is_that_of_openssl(libcrypto, batch):
    compared = 0
    for path in PEMS[batch::4]:
        data = der_of(path)
        asked = subprocess.run(
            ["openssl", "asn1parse", "-inform", "DER"], input=data, capture_output=True, check=False
        )
        expected = asked.stdout.decode("utf-8", "backslashreplace")
        if asked.returncode == 0 and expected.isascii():
            compared += 1
            assert outline(data) == expected, path.name
    assert compared > 10


def test_damage_inside_is_named_where_it_is_met():
    drawn = outline(bytes.fromhex("30053003020500"))
    assert drawn.splitlines()[0].endswith("cons: SEQUENCE          ")
    assert "5 bytes announced" in drawn


def test_octets_that_are_no_asn1_are_refused():
    with pytest.raises(DerError):
        outline(b"\x30")


def test_control_characters_in_strings_are_made_visible():
    assert "\\x1b[2J" in outline(b"\x0c\x04\x1b[2J")


def test_deep_nesting_ends_in_a_sentence():
    data = b""
    for _ in range(300):
        data = b"\x30" + _length(len(data)) + data
    assert "nest deeper" in outline(data)


def _length(length):
    if length < 128:
        return bytes([length])
    octets = length.to_bytes(2, "big")
    return b"\x82" + octets


def der_of(path):
    found = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END", path.read_text(), re.DOTALL)
    return base64.b64decode(found[1]) if found else b""
