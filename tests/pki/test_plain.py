"""The plain form: whatever has it, `cryptography` reads as it is read here, whatever is done to its octets."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import TlscaError
from tlsca.pki.certificate import Certificate
from tlsca.pki.found import Kind
from tlsca.pki.lint import lint, lint_der
from tlsca.pki.lint.loaded import loaded_facts
from tlsca.pki.lint.plainly import plain_facts
from tlsca.pki.plain import plain_certificate
from tlsca.pki.read import survey

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def issued(make):
    """What is issued at the beginning, and its DER."""

    def issue(*words, **options):
        one = make(*words, now=BEGIN, **options)
        return one, one.certificate.public_bytes(Encoding.DER)

    return issue


def plainly(data: bytes):
    """Return the facts of a certificate of the plain form; None of any other."""
    read = plain_certificate(data)
    return None if read is None else plain_facts(read, data)


def test_what_is_issued_is_plain(issued):
    root, root_der = issued("root", "CN=Root,O=Example")
    middle, middle_der = issued("intermediate", "CN=Issuing,O=Example", issuer=root)
    assert plainly(root_der)
    assert plainly(middle_der)
    for kind in ("ec-p256", "ec-p384", "ed25519", "rsa-2048"):
        names = ("www.example.com", "*.example.com", "10.0.0.1")
        assert plainly(issued("server", *names, issuer=middle, kind=kind)[1])
    assert plainly(issued("email", "alice@example.com", issuer=middle)[1])


@pytest.mark.parametrize("profile", ["root", "server"])
def test_one_octet_changed_leaves_it_plain_only_where_both_readers_still_agree(issued, profile):
    root, data = issued("root", "CN=Root,O=Example")
    if profile == "server":
        _, data = issued("server", "www.example.com", "10.0.0.1", issuer=root)
    plain = 0
    for at in range(len(data)):
        for flipped in (0x01, 0x20, 0x80, 0xFF):
            changed = data[:at] + bytes([data[at] ^ flipped]) + data[at + 1 :]
            found = plainly(changed)
            if found is not None:
                plain += 1
                assert found == loaded_facts(Certificate(changed)), (at, flipped)
    assert plain  # a serial number or a signature may well be another one


def test_every_certificate_of_the_plain_form_is_read_alike_and_judged_alike():
    files = [Path(certifi.where())]
    files += [
        path for path in (Path(cryptography_vectors.__file__).parent / "x509").rglob("*") if path.is_file()
    ]
    plain = 0
    for data in (found for path in files for found in certificates(path)):
        one = Certificate(data)
        now = one.not_before + timedelta(days=1) if one.not_before else BEGIN
        assert lint_der(data, now=now) == lint(one, now=now)
        found = plainly(data)
        plain += found is not None
        assert found is None or found == loaded_facts(one)
    assert plain > 300


def certificates(path: Path) -> list[bytes]:
    try:
        found = survey(path.read_bytes(), passphrase=None, name=path.name).found
    except TlscaError:
        return []
    return [one.der for one in found if one.kind is Kind.CERTIFICATE]


def test_a_certificate_of_the_plain_form_is_judged_without_a_strict_parser(issued, tmp_path):
    _, data = issued("server", "www.example.com", issuer=issued("root", "CN=Root")[0], kind="rsa-2048")
    file = tmp_path / "certificate.der"
    file.write_bytes(data)
    program = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path; from tlsca.pki.lint import lint_der\n"
        "codes = [remark.code for remark in lint_der(Path(sys.argv[1]).read_bytes(), now=datetime(2033, 1, 1, tzinfo=UTC))]\n"
        "print(codes, 'cryptography' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True
    )
    assert run.stdout == "['expired'] False\n"
