"""The plain form: of a certificate that has it, the linter has nothing to say, whatever is done to its octets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import cryptography_vectors
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import TlscaError
from tlsca.pki.certificate import Certificate
from tlsca.pki.found import Kind
from tlsca.pki.lint import lint
from tlsca.pki.plain import is_plain
from tlsca.pki.read import survey

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
NOW = BEGIN + timedelta(days=1)


@pytest.fixture
def issued(make):
    """The DER of what is issued at the beginning, and what else can be issued below it."""

    def issue(*words, **options):
        one = make(*words, now=BEGIN, **options)
        return one, one.certificate.public_bytes(Encoding.DER)

    return issue


def test_what_is_issued_for_hosts_is_plain(issued):
    root, root_der = issued("root", "CN=Root,O=Example")
    middle, middle_der = issued("intermediate", "CN=Issuing,O=Example", issuer=root)
    assert is_plain(root_der, now=NOW)
    assert is_plain(middle_der, now=NOW)
    for kind in ("ec-p256", "ec-p384", "rsa-2048"):
        names = ("www.example.com", "*.example.com", "10.0.0.1")
        assert is_plain(issued("server", *names, issuer=middle, kind=kind)[1], now=NOW)


@pytest.mark.parametrize("profile", ["root", "server"])
def test_one_octet_changed_leaves_it_plain_only_where_the_linter_still_finds_nothing(issued, profile):
    root, data = issued("root", "CN=Root,O=Example")
    if profile == "server":
        _, data = issued("server", "www.example.com", "10.0.0.1", issuer=root)
    plain = 0
    for at in range(len(data)):
        for flipped in (0x01, 0x20, 0x80, 0xFF):
            changed = data[:at] + bytes([data[at] ^ flipped]) + data[at + 1 :]
            if is_plain(changed, now=NOW):
                plain += 1
                assert lint(Certificate(changed), now=NOW) == (), (at, flipped)
    assert plain  # a serial number or a signature may well be another one


def test_no_certificate_with_a_remark_is_plain():
    files = [Path(certifi.where())]
    files += [
        path for path in (Path(cryptography_vectors.__file__).parent / "x509").rglob("*") if path.is_file()
    ]
    looked_at = 0
    for data in (found for path in files for found in certificates(path)):
        one = Certificate(data)
        now = one.not_before + timedelta(days=1) if one.not_before else NOW
        looked_at += 1
        assert not (is_plain(data, now=now) and lint(one, now=now))
    assert looked_at > 500


def certificates(path: Path) -> list[bytes]:
    try:
        found = survey(path.read_bytes(), passphrase=None, name=path.name).found
    except TlscaError:
        return []
    return [one.der for one in found if one.kind is Kind.CERTIFICATE]


def test_one_that_is_soon_over_or_not_begun_is_left_to_the_linter(issued):
    _, data = issued("server", "www.example.com", issuer=issued("root", "CN=Root")[0])
    one = Certificate(data)
    for now in (
        one.not_before - timedelta(seconds=1),
        one.not_after - timedelta(days=2),
        one.not_after + timedelta(1),
    ):
        assert not is_plain(data, now=now)
        assert lint(one, now=now)
