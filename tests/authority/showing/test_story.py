"""A certificate's whole life, pasted text by text in the order in which the acts happened."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_public_key,
    pkcs12,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from tlsca.authority.answering import OcspForm
from tlsca.authority.exporting import ExportForm
from tlsca.authority.files import file_stem
from tlsca.authority.importing import import_files
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.listing import title_of
from tlsca.authority.partitioning import PartitionForm, set_partitions
from tlsca.authority.publishing import CrlForm, publish_all, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revoking import RevocationForm, revoke, unhold
from tlsca.authority.scope import WHOLE, Scope
from tlsca.authority.showing import show_authority, show_certificate
from tlsca.authority.showing_checks import show_inspection, show_verification
from tlsca.authority.showing_export import show_export
from tlsca.authority.showing_renewal import show_renewal
from tlsca.authority.showing_revocation import show_release, show_revocation
from tlsca.authority.showing_status import show_answer, show_crl
from tlsca.authority.verifying import VerifyForm
from tlsca.pki.bundle import FORMATS
from tlsca.pki.dump import certificate_text
from tlsca.pki.revoke import Only
from tlsca.store.records import Reason


@pytest.fixture
def family(desk, root, paste):
    """A root, an intermediate and a server, here and in the shell."""
    inner, server = AuthorityForm(name="Inner CA", issuer="Root"), CertificateForm(names=("www.example.com",), issuer="Inner CA")  # fmt: skip
    paste(show_authority(desk, inner))
    create_authority(desk, inner)
    where = paste(show_certificate(desk, server))
    issue(desk, server)
    return where


def verified(where: Path, *words: str) -> str:
    """Return what `openssl verify` says at the moment at which the clock of the desk stands."""
    ran = subprocess.run(
        ["openssl", "verify", "-attime", "1896082300", "-x509_strict", "-CAfile", "Root.pem", *words],
        cwd=where, capture_output=True, check=False, timeout=30,
    )  # fmt: skip
    return (ran.stdout + ran.stderr).decode()


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_from_root_to_revoked(desk, family, paste):
    check = VerifyForm(what="www.example.com", names=("www.example.com",), at="2030-01-31T09:31:40Z")
    paste(show_verification(desk, check))
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format="pkcs12")))
    secret = (where / "www.example.com.passphrase").read_bytes().strip()
    key, certificate, above = pkcs12.load_key_and_certificates(
        (where / "www.example.com.p12").read_bytes(), secret
    )
    assert key.public_key() == certificate.public_key()
    assert above == [load(where / "Inner-CA.pem"), load(where / "Root.pem")]

    form = RevocationForm(references=("www.example.com",), reason="key-compromise", at="2030-01-30")
    paste(show_revocation(desk, form))
    crl = x509.load_pem_x509_crl(
        (paste(show_crl(desk, CrlForm(reference="Inner CA"))) / "Inner-CA.crl").read_bytes()
    )
    (entry,) = crl
    assert entry.serial_number == certificate.serial_number
    assert (
        entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        is x509.ReasonFlags.key_compromise
    )
    lists = VerifyForm(what="www.example.com", crls=(Path("Inner-CA.crl"),), at="2030-01-31T09:31:40Z")
    where = paste(show_verification(desk, lists), status=2)
    assert "revoked" in verified(where, "-untrusted", "Inner-CA.pem", "-crl_check", "-CRLfile", "Inner-CA.crl", "www.example.com.pem")  # fmt: skip


def test_a_list_is_the_same_as_the_one_that_is_published(desk, family, paste):
    issue(desk, CertificateForm(names=("two.example",), issuer="Inner CA"))
    revoke(desk, RevocationForm(references=("two.example",), reason="superseded"))
    revoke(desk, RevocationForm(references=("0badcafe",), reason="ca-compromise", at="2030-01-01", issuer="Inner CA"))  # fmt: skip
    revoke(desk, RevocationForm(references=("www.example.com",)))
    form = CrlForm(reference="Inner CA", days=3, freshest=("http://crl.example/delta$(id)",))
    where = paste(show_crl(desk, form))
    paste(show_crl(desk, form))
    assert_same_list(where, "Inner-CA.crl", publish_crl(desk, form).der)


@pytest.fixture
def parted(desk, family):
    """The intermediate with two partitions, and a certificate in each and in none that is revoked now."""
    publish_crl(desk, CrlForm(reference="Inner CA"))
    set_partitions(
        desk,
        PartitionForm(reference="Inner CA", count=2, url="http://crl.example/$(id),x;{partition}.crl"),
    )
    wanted = {1, 2}
    for number in range(100):
        record = issue(desk, CertificateForm(names=(f"n{number}.example",), issuer="Inner CA")).record
        if record.partition in wanted:
            revoke(desk, RevocationForm(references=(record.sha256,), reason="hold"))
            wanted.remove(record.partition)
        if not wanted:
            break
    revoke(desk, RevocationForm(references=("www.example.com",)))
    return family


@pytest.mark.parametrize("delta", [False, True], ids=["full", "delta"])
@pytest.mark.parametrize(
    ("scope", "file"),
    [
        (WHOLE, "Inner-CA"),
        (Scope(1), "Inner-CA.partition-1"),
        (Scope(only=Only.USERS), "Inner-CA.users"),
        (Scope(only=Only.AUTHORITIES), "Inner-CA.authorities"),
    ],
    ids=["all", "partition", "users", "authorities"],
)
def test_a_list_of_less_is_the_same_as_the_one_that_is_published(desk, parted, paste, scope, file, delta):
    form = CrlForm(reference="Inner CA", scope=scope)
    if delta:
        publish_crl(desk, form)
        held = [one for one in desk.ledger.certificates() if one.reason is Reason.HOLD]
        unhold(desk, [one.sha256 for one in held])
        form = replace(form, delta=True)
    text = show_crl(desk, form)
    paste(text)
    assert_same_list(paste(text), f"{file}{'.delta' if delta else ''}.crl", publish_crl(desk, form).der)


def test_an_authority_stands_for_the_files_of_its_lists(desk, parted, paste):
    check = VerifyForm(what="www.example.com", crls=("Inner CA",), at="2030-01-31T09:31:40Z")
    for one in publish_all(desk, CrlForm(reference="Inner CA")):
        paste(show_crl(desk, CrlForm(reference="Inner CA", scope=one.scope)))
    text = show_verification(desk, check)
    for file in ("Inner-CA.crl", "Inner-CA.partition-1.crl", "Inner-CA.partition-2.crl"):
        assert file in text
    paste(text)


def assert_same_list(where: Path, file: str, der: bytes) -> None:
    """Hold a list that the shell made against the one that is published."""
    made = x509.load_pem_x509_crl((where / file).read_bytes())
    own = x509.load_der_x509_crl(der)
    entries = [
        [(one.serial_number, one.revocation_date_utc, [(e.oid, e.critical, e.value) for e in one.extensions]) for one in crl]
        for crl in (made, own)
    ]  # fmt: skip
    assert sorted(entries[0], key=str) == sorted(entries[1], key=str)
    assert {e.oid: (e.critical, e.value) for e in made.extensions if e.oid != x509.AuthorityKeyIdentifier.oid} == {
        e.oid: (e.critical, e.value) for e in own.extensions if e.oid != x509.AuthorityKeyIdentifier.oid
    }  # fmt: skip
    assert (made.last_update_utc, made.next_update_utc) == (own.last_update_utc, own.next_update_utc)
    assert made.is_signature_valid(load(where / "Inner-CA.pem").public_key())


def listed(where: Path) -> dict[int, x509.ReasonFlags]:
    crl = x509.load_pem_x509_crl((where / "Inner-CA.crl").read_bytes())
    reason = x509.CRLReason
    return {one.serial_number: one.extensions.get_extension_for_class(reason).value.reason for one in crl}


@pytest.mark.parametrize("after", ["released", "revoked"])
def test_a_hold_is_released_or_becomes_for_good(desk, family, paste, after):
    hold = RevocationForm(references=("www.example.com",), reason="hold")
    paste(show_revocation(desk, hold))
    revoke(desk, hold)
    serial = load(family / "www.example.com.pem").serial_number
    # The list tells of the store's own certificate too, which has another serial number than the one that the shell made.
    assert listed(paste(show_crl(desk, CrlForm(reference="Inner CA"))))[serial] is x509.ReasonFlags.certificate_hold  # fmt: skip
    if after == "released":
        paste(show_release(desk, ("www.example.com",)))
        unhold(desk, ["www.example.com"])
        assert serial not in listed(paste(show_crl(desk, CrlForm(reference="Inner CA"))))
    else:
        paste(show_revocation(desk, RevocationForm(references=("www.example.com",), reason="superseded")))
        assert listed(paste(show_crl(desk, CrlForm(reference="Inner CA"))))[serial] is x509.ReasonFlags.superseded  # fmt: skip


def test_an_ocsp_request_is_answered(desk, family, paste):
    paste(show_revocation(desk, RevocationForm(references=("www.example.com",))))
    ask = [
        "openssl",
        "ocsp",
        "-issuer",
        "Inner-CA.pem",
        "-cert",
        "www.example.com.pem",
        "-reqout",
        "-ask.der",
    ]
    subprocess.run(ask, cwd=family, check=True, capture_output=True, timeout=30)
    request = (family / "-ask.der").read_bytes()
    paste(show_answer(desk, OcspForm(reference="Inner CA", request=request), request="-ask.der"))
    answer = ocsp.load_der_ocsp_response((family / "Inner-CA.ocsp").read_bytes())
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED


@pytest.mark.parametrize("rekey", [False, True], ids=["same key", "new key"])
@pytest.mark.parametrize("which", ["www.example.com", "Inner CA", "Root"])
def test_renewed_as_tlsca_renews(desk, clock, family, paste, assert_alike, which, rekey):
    clock.move(days=10)
    stem = which.replace(" ", "-")
    before = load(family / f"{stem}.pem")
    form = RenewalForm(references=(which,), rekey=rekey)
    text = show_renewal(desk, form)
    paste(text)
    (renewed,) = renew(desk, form)
    made = load(family / f"{stem}.pem")
    assert_alike(made, desk.certificate(renewed.record))
    assert (made.public_key() == before.public_key()) is not rekey
    assert load(family / f"{stem}.until-{before.not_valid_after_utc:%Y%m%d}.pem") == before
    for record, name in zip(renewed.crosses, ("new-with-old", "old-with-new"), strict=bool(renewed.crosses)):
        assert_alike(load(family / f"{stem}.{name}.pem"), desk.certificate(record))
    key = (family / f"{stem}.key").read_bytes()
    paste(text)
    assert (family / f"{stem}.key").read_bytes() == key, "pasting twice replaces no key"


def test_an_old_key_still_certifies_through_the_cross_certificate(desk, clock, family, paste):
    clock.move(days=10)
    paste(show_renewal(desk, RenewalForm(references=("Root",), rekey=True)))
    said = verified(family, "-untrusted", "Inner-CA.pem", "-untrusted", "Root.old-with-new.pem", "-attime", "1897000000", "www.example.com.pem")  # fmt: skip
    assert "OK" in said, said


HELD = {"pem": 1, "der": 1, "chain": 2, "pem-all": 2, "key": 0}
"""How many certificates of the chain a format holds, where those are not all three."""


@pytest.mark.parametrize("name", ["pem", "der", "chain", "fullchain", "key", "pem-all", "pkcs7"])
def test_a_file_of_certificates_holds_what_an_export_holds(desk, family, paste, openssl, name):
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format=name, clear_key=True)))
    data = (where / f"www.example.com{FORMATS[name].suffix}").read_bytes()
    chain = [load(where / f"{stem}.pem") for stem in ("www.example.com", "Inner-CA", "Root")]
    if name == "der":
        data = openssl("x509", "-inform", "DER", stdin=data)
    if name == "pkcs7":
        data = openssl("pkcs7", "-print_certs", stdin=data)
    held = HELD.get(name, 3)
    assert (x509.load_pem_x509_certificates(data) if held else []) == chain[:held]


def test_a_request_made_of_a_certificate_asks_for_the_same(desk, family, paste):
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format="csr")))
    request = x509.load_pem_x509_csr((where / "www.example.com.csr.pem").read_bytes())
    made = load(where / "www.example.com.pem")
    assert (request.subject, request.public_key()) == (made.subject, made.public_key())
    names = [one.extensions.get_extension_for_class(x509.SubjectAlternativeName) for one in (request, made)]
    assert names[0] == names[1]


def test_a_key_for_openssh_is_the_certificates(desk, family, paste):
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format="ssh-public")))
    key = load_ssh_public_key((where / "www.example.com.pub").read_bytes())
    assert key == load(where / "www.example.com.pem").public_key()


def test_the_text_is_that_of_inspect(desk, family, paste):
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format="text")))
    made = load(where / "www.example.com.pem").public_bytes(Encoding.DER)
    text = certificate_text(made, safe=False)
    # From OpenSSL 3.2 on, there are no spaces in a name.
    assert (where / "www.example.com.txt").read_bytes() in {text, text.replace(b" = ", b"=")}


def test_a_list_that_was_published_is_exported(desk, family, paste):
    form = CrlForm(reference="Inner CA")
    paste(show_crl(desk, form))
    publish_crl(desk, form)
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format="crl")))
    found = x509.load_pem_x509_crl((where / "www.example.com.crl.pem").read_bytes())
    assert found.issuer == load(where / "Inner-CA.pem").subject


def test_a_trust_store_is_written_by_keytool(desk, family, paste):
    if shutil.which("keytool") is None:
        pytest.skip("keytool is not installed")
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format="truststore")))
    store = pkcs12.load_pkcs12((where / "www.example.com.truststore.p12").read_bytes(), b"changeit")
    assert [one.certificate for one in store.additional_certs] == [load(where / "Root.pem")]


@pytest.mark.parametrize("clear", [False, True], ids=["passphrase", "clear"])
@pytest.mark.parametrize("name", [name for name, form in FORMATS.items() if form.has_key])
def test_a_file_with_the_key_is_for_its_owner_alone(desk, family, paste, name, clear):
    where = paste(show_export(desk, ExportForm(reference="www.example.com", format=name, clear_key=clear)))
    out = where / f"www.example.com{FORMATS[name].suffix}"
    secret = None if clear else (where / "www.example.com.passphrase").read_bytes().strip()
    if out.suffix == ".p12":
        key = pkcs12.load_pkcs12(out.read_bytes(), secret).key
    else:
        key = load_pem_private_key(out.read_bytes(), secret)
    assert key.public_key() == load(where / "www.example.com.pem").public_key()
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("form", ["text", "summary", "pem", "asn1", "json"])
def test_what_is_inspected_is_shown(desk, family, paste, form):
    where = paste(show_inspection(desk, "www.example.com", form=form))
    expected = {"pem": b"BEGIN CERTIFICATE", "asn1": b"SEQUENCE"}.get(form, b"CN ?= ?www\\.example\\.com")
    assert re.search(expected, (where / "said").read_bytes())


def test_an_authority_from_elsewhere_with_a_newline_in_its_name_is_renewed(desk, clock, paste, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.NameAttribute(NameOID.COMMON_NAME, "a\n$(touch owned)\x1b[2J`touch owned`")
    subject = x509.Name([name])
    old = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 7)
        .not_valid_before(clock() - timedelta(days=9))
        .not_valid_after(clock() + timedelta(days=99))
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    clear = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "old.pem").write_bytes(old.public_bytes(Encoding.PEM) + clear)
    (record,) = import_files(desk, [tmp_path / "old.pem"], passphrase=None).certificates
    where, stem = paste(""), file_stem(title_of(record))
    (where / f"{stem}.pem").write_bytes(old.public_bytes(Encoding.PEM))
    (where / f"{stem}.key").write_bytes(clear)
    paste(show_renewal(desk, RenewalForm(references=(record.sha256,))))
    made = load(where / f"{stem}.pem")
    assert made.subject.public_bytes() == old.subject.public_bytes()
    assert made.public_key() == old.public_key()
