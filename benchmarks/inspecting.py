"""A certificate as text: one in a file, and a file of many."""

import time
from datetime import UTC, datetime
from pathlib import Path

from bench import TLSCA, Bench
from contest import Contender, Contest
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.inspecting import inspect
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.store.vault import KdfParameters

ROUNDS = 9
_FEW, _MANY = 20, 500
_CHEAP = KdfParameters(memory_kib=32, passes=1, lanes=1)


def contests(bench: Bench) -> tuple[Contest, Contest]:
    """Return the contest over one certificate and the one over many."""
    many = _FEW if bench.quick else _MANY
    one, bundle = _files(bench, many)
    return _contest(bench, one, 1), _contest(bench, bundle, many)


def _contest(bench: Bench, file: Path, certificates: int) -> Contest:
    text = ("-noout", "-text")
    openssl = ("x509", "-in", file, *text) if certificates == 1 else ("storeutl", *text, "-certs", file)
    return Contest(
        title="Inspect a certificate"
        if certificates == 1
        else f"Inspect a file of {certificates} certificates",
        about="A PEM file, shown as text by one process."
        if certificates == 1
        else "The same, all of them by one process.",
        unit="certificate",
        rounds=ROUNDS,
        contenders=(
            Contender(
                name="tlsca inspect --as text",
                does="what openssl prints, to the byte",
                act=lambda: bench.seconds(
                    (*TLSCA, "inspect", "--as", "text", file), expects=b"Serial Number"
                ),
                units=certificates,
            ),
            Contender(
                name="tlsca inspect",
                does="a summary with everything that is wrong with it",
                act=lambda: bench.seconds((*TLSCA, "inspect", file), expects=b"Purposes"),
                units=certificates,
            ),
            Contender(
                name="tlsca, in process",
                does="read, described, judged and laid out as text in the open app",
                act=lambda: _in_process(file),
                units=certificates,
            ),
            Contender(
                name=f"openssl {openssl[0]} -text",
                does="the text",
                act=bench.act_of(
                    "openssl",
                    lambda path: lambda: bench.seconds((path, *openssl), expects=b"Serial Number"),
                ),
                units=certificates,
            ),
            Contender(
                name="certtool -i",
                does="a text of its own, and the PEM",
                act=bench.act_of(
                    "certtool",
                    lambda path: (
                        lambda: bench.seconds((path, "-i", "--infile", file), expects=b"Serial Number")
                    ),
                ),
                units=certificates,
            ),
        ),
    )


def _files(bench: Bench, many: int) -> tuple[Path, Path]:
    desk = create_store(bench.directory / "inspected", "correct horse battery", parameters=_CHEAP)
    create_authority(desk, AuthorityForm(name="Root"))
    names = [bench.name() for _ in range(many)]
    records = [issue(desk, CertificateForm(names=(name, f"www.{name}"))).record for name in names]
    pem = [desk.certificate(record).public_bytes(Encoding.PEM) for record in records]
    desk.close()
    one, bundle = bench.directory / "one.pem", bench.directory / "many.pem"
    one.write_bytes(pem[0])
    bundle.write_bytes(b"".join(pem))
    return one, bundle


def _in_process(file: Path) -> float:
    begun = time.perf_counter()
    for shown in inspect(None, str(file), passphrase=None, now=datetime.now(UTC)):
        shown.text()
    return time.perf_counter() - begun
