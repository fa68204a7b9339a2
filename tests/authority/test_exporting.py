"""Export: a file with proof, its key only where that is asked for, and every key that leaves written down."""

import stat

import pytest
from cryptography import x509

from tlsca.authority import keeping
from tlsca.authority.exporting import ExportForm, default_name, export, export_octets
from tlsca.errors import NotFound, PassphraseMissing, Refused, UsageError
from tlsca.pki.bundle import FORMATS
from tlsca.pki.keys import key_id
from tlsca.pki.read import read

SECRET = "exported horse"


@pytest.fixture
def leaf(create, issue):
    create("Acme Root")
    return issue("*.example.com")


def form(name: str, **fields) -> ExportForm:
    return ExportForm(reference="*.example.com", format=name, **fields)


@pytest.mark.parametrize(
    "case",
    [
        ("pem", "wildcard.example.com.pem", "1 certificate"),
        ("fullchain", "wildcard.example.com.fullchain.pem", "2 certificates"),
        ("pem-all", "wildcard.example.com.all.pem", "1 private key, 1 certificate"),
        ("pkcs12", "wildcard.example.com.p12", "2 certificates, 1 private key"),
        ("ssh-public", "wildcard.example.com.pub", "1 public key, ecdsa-sha2-nistp256"),
    ],
)
def test_an_export_is_named_after_its_certificate_and_proved_by_reading_it_back(desk, leaf, tmp_path, case):
    name, file, proof = case
    passphrase = SECRET if FORMATS[name].has_key else None
    written = export(desk, form(name, passphrase=passphrase), tmp_path)
    assert written.path == tmp_path / file
    assert written.proof.holds == proof
    assert written.octets == written.path.stat().st_size
    mode = stat.S_IMODE(written.path.stat().st_mode)
    assert mode == (0o600 if FORMATS[name].has_key else 0o644)


def test_an_exported_key_is_the_certificates_own(desk, leaf, tmp_path):
    written = export(desk, form("pkcs12", passphrase=SECRET), tmp_path / "out.p12")
    found = read(written.path.read_bytes(), passphrase=SECRET.encode())
    certificate = x509.load_der_x509_certificate(found[0].der)
    assert key_id(certificate.public_key()) == key_id(found[-1].key.public_key()) == leaf.key_id


def test_a_key_that_leaves_is_written_down_and_a_certificate_is_not(desk, leaf, tmp_path):
    before = len(keeping.history(desk))
    export(desk, form("pem"), tmp_path)
    assert len(keeping.history(desk)) == before
    export(desk, form("key", clear_key=True), tmp_path)
    last = keeping.history(desk)[-1]
    assert last.act == "export-key"
    assert last.detail == {
        "subject": "CN=*.example.com",
        "serial": leaf.serial,
        "format": "key",
        "clear": True,
    }


def test_a_locked_store_exports_certificates_and_no_keys(desk, leaf, unchanged, tmp_path):
    keeping.lock(desk)
    unchanged()
    assert export(desk, form("chain"), tmp_path).proof.holds == "1 certificate"
    with pytest.raises(PassphraseMissing, match="locked"):
        export_octets(desk, form("key", passphrase=SECRET))


@pytest.mark.parametrize("passphrase", [None, ""])
@pytest.mark.parametrize("name", [name for name, wanted in FORMATS.items() if wanted.has_key])
def test_no_key_leaves_in_the_clear_unasked(desk, leaf, unchanged, name, passphrase):
    unchanged()
    with pytest.raises(PassphraseMissing, match="no passphrase was given"):
        export_octets(desk, form(name, passphrase=passphrase))


def test_a_passphrase_for_a_key_in_the_clear_is_a_contradiction(desk, leaf, unchanged):
    unchanged()
    with pytest.raises(UsageError, match="in the clear has no passphrase"):
        export_octets(desk, form("key", passphrase=SECRET, clear_key=True))


def test_a_file_that_is_there_stays_and_nothing_is_written_down(desk, leaf, unchanged, tmp_path):
    out = tmp_path / "out.key"
    out.write_bytes(b"precious")
    unchanged()
    for target in (out, tmp_path / "missing" / "out.key"):
        with pytest.raises(Refused):
            export(desk, form("key", passphrase=SECRET), target)
    assert out.read_bytes() == b"precious"


def test_by_force_it_is_replaced(desk, leaf, tmp_path):
    out = tmp_path / "out.pem"
    out.write_bytes(b"old")
    export(desk, form("pem"), out, force=True)
    assert out.read_bytes().startswith(b"-----BEGIN CERTIFICATE")


def test_what_is_not_there_is_not_exported(desk, leaf, unchanged, tmp_path):
    unchanged()
    with pytest.raises(NotFound):
        export(desk, ExportForm(reference="nobody", format="pem"), tmp_path)
    with pytest.raises(UsageError):
        export(desk, form("p13"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_pkcs12_of_a_post_quantum_key_is_refused_before_it_is_written_down(desk, create, unchanged, tmp_path):
    create("Quantum", key="ml-dsa-44")
    unchanged()
    with pytest.raises(Refused, match="ml-dsa-44"):
        export(desk, ExportForm(reference="Quantum", format="pkcs12", passphrase=SECRET), tmp_path)


def test_a_passphrase_of_any_octets_is_its_own(desk, leaf, tmp_path):
    octets = b"\xff\xfe horse"
    written = export(desk, form("key", passphrase=octets.decode("utf-8", "surrogateescape")), tmp_path)
    assert key_id(read(written.path.read_bytes(), passphrase=octets)[0].key.public_key()) == leaf.key_id


def test_the_passphrase_does_not_show(leaf):
    assert SECRET not in repr(form("key", passphrase=SECRET))


def test_a_default_name_comes_from_the_certificate(leaf):
    assert default_name(leaf, FORMATS["key"]) == "wildcard.example.com.key.pem"
