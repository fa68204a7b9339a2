"""Every certificate, request and CRL of `cryptography-vectors` prints as this machine's OpenSSL prints it.

NIST's PKITS is among them, and what was collected from the field over ten years; the roots that this machine trusts are compared
too. `TLSCA_DUMP_CORPUS`, a list of directories separated by colons, adds the files found there: `.ci/run` names the source of
OpenSSL in it, whose test data it fetches, and the test data of any other project will do.
"""

import base64
import binascii
import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tlsca.errors import Unreadable
from tlsca.pki.dump import certificate_text, crl_text, request_text

vectors = pytest.importorskip("cryptography_vectors", reason="cryptography-vectors is not installed")

CHUNKS = 8
# The program takes 20 ms of a processor to start, so only so many of the documents are shown to it too.
EVERY = 40
PRINTERS = {"x509": certificate_text, "req": request_text, "crl": crl_text}
PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
PEM_KINDS = {
    b"CERTIFICATE": "x509",
    b"X509 CERTIFICATE": "x509",
    b"CERTIFICATE REQUEST": "req",
    b"NEW CERTIFICATE REQUEST": "req",
    b"X509 CRL": "crl",
}
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")
CORPUS = os.environ.get("TLSCA_DUMP_CORPUS", "")
# How many in a hundred have to be identical.
WANTED = {"x509": 99.9, "req": 99.0, "crl": 99.0}

# File -> why its text differs. Empty: every one of the files is identical.
DIFFERENT: dict[str, str] = {}


@cache
def documents():
    """Return name, kind and DER of every document, in the same order in every worker."""
    roots = [Path(vectors.__file__).parent / "x509", *map(Path, filter(None, CORPUS.split(":")))]
    trusted = in_file(TRUSTED) if TRUSTED.exists() else ()
    return [(f"{TRUSTED.name}#{number}", kind, der) for number, (kind, der) in enumerate(trusted)] + [
        (f"{path.relative_to(root)}#{number}", kind, der)
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file()
        for number, (kind, der) in enumerate(in_file(path))
    ]


def in_file(path):
    content = path.read_bytes()
    for match in PEM.finditer(content):
        try:
            der = base64.b64decode(match[2], validate=False)
        except binascii.Error:
            continue
        if match[1] in PEM_KINDS:
            yield PEM_KINDS[match[1]], der
    if content[:1] == b"\x30" and path.suffix in {".crt", ".der", ".crl"} and "ocsp" not in path.parts:
        yield "crl" if path.suffix == ".crl" else "req" if "requests" in path.parts else "x509", content


def our_text(kind, der):
    try:
        return PRINTERS[kind](der)
    except Unreadable:
        return b""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_text_is_what_openssl_prints(chunk, libcrypto):
    compared = different = 0
    for name, kind, der in documents()[chunk::CHUNKS]:
        compared += 1
        expected = libcrypto.text(kind, der)
        if name in DIFFERENT:
            different += our_text(kind, der) != expected
        else:
            assert our_text(kind, der) == expected, f"{name} ({kind})"
    assert compared > 50
    assert different <= len(DIFFERENT)


def test_the_library_prints_what_the_program_prints(libcrypto, openssl, tmp_path):
    assert f"(Library: {libcrypto.version})" in openssl("version").decode()
    empty = [one for one in documents() if not libcrypto.text(*one[1:])]
    for name, kind, der in [*documents()[::EVERY], *empty]:
        (tmp_path / "document").write_bytes(der)
        words = ("openssl", kind, "-inform", "DER", "-in", tmp_path / "document", "-noout", "-text")
        ran = subprocess.run(words, capture_output=True, check=False)
        assert libcrypto.text(kind, der) == libcrypto.without_errors(ran.stdout), name
        assert (ran.returncode == 0) == bool(ran.stdout)


def test_every_kind_of_document_is_compared():
    kinds = [kind for _, kind, _ in documents()]
    assert kinds.count("x509") > 450
    assert kinds.count("crl") > 170
    assert kinds.count("req") > 15


def test_what_differs_is_little_and_has_a_reason():
    kinds = {name: kind for name, kind, _ in documents()}
    for kind, wanted in WANTED.items():
        compared = sum(one == kind for one in kinds.values())
        differing = [name for name in DIFFERENT if kinds.get(name) == kind]
        assert 100 * (1 - len(differing) / compared) >= wanted
    assert all(DIFFERENT.values())


@pytest.mark.skipif(
    not CORPUS, reason="TLSCA_DUMP_CORPUS names no source of OpenSSL; .ci/run fetches it where apt has it"
)
def test_the_test_data_of_openssl_is_compared():
    names = [name for name, _, _ in documents()]
    assert sum("test/certs/" in name for name in names) > 100
    assert sum("test/recipes/" in name for name in names) > 100
