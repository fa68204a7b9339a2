"""The directories that other authorities' tools leave, made here by those tools."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509

from tlsca.authority import importing, listing
from tlsca.authority.foreign.gathered import Tree
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.revocations import unseen
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.store.records import Reason

SECRET = "imported horse"


def titles(records) -> set[str]:
    return {listing.title_of(record) for record in records}


def revoked(report) -> dict[str, Reason | None]:
    return {listing.title_of(record): record.reason for record in report.revoked}


def reasons(report) -> dict[str, str]:
    return {one.what.rpartition("/")[2]: one.why for one in report.skipped}


def test_openssl_ca_brings_its_authority_its_certificates_and_what_it_revoked(desk, take, openssl_ca, issues):
    report = take(openssl_ca)
    assert Tree("openssl ca", str(openssl_ca)) in report.trees
    assert titles(report.certificates) == {"Acme CA", "good.example", "stolen.example", "plain.example"}
    assert len(report.keys) == 5
    assert revoked(report) == {"stolen.example": Reason.KEY_COMPROMISE, "plain.example": None}
    stolen = desk.ledger.find("stolen.example", now=desk.now())
    assert abs((desk.now() - stolen.revoked_at).total_seconds()) < 300
    issues("Acme CA")


def test_requests_come_along_linked_to_what_they_became(desk, take, openssl_ca):
    report = take(openssl_ca)
    became = {
        record.subject: [desk.ledger.certificate(name).subject for name in record.certificate_ids]
        for record in report.requests
    }
    assert became == {
        "CN=gone.example": [],
        **{f"CN={name}.example": [f"CN={name}.example"] for name in ("good", "stolen", "plain")},
    }
    gone = next(record for record in report.requests if not record.certificate_ids)
    assert desk.ledger.key(gone.key_id), "the key of a request that is open is wanted too"


def test_the_time_since_when_a_key_was_stolen_comes_along(desk, take, openssl_ca):
    take(openssl_ca)
    stolen = desk.ledger.find("stolen.example", now=desk.now())
    assert stolen.invalid_since == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_what_was_revoked_stays_on_the_list_even_if_its_certificate_is_gone(desk, take, openssl_ca):
    report = take(openssl_ca)
    assert [(one.serial, one.reason) for one in report.unseen] == [("1002", Reason.SUPERSEDED)]
    published = x509.load_der_x509_crl(publish_crl(desk, CrlForm(reference="Acme CA")).der)
    theirs = x509.load_pem_x509_crl((openssl_ca / "crl.pem").read_bytes())

    def entries(crl):
        return {(one.serial_number, one.revocation_date_utc, len(one.extensions)) for one in crl}

    assert entries(published) == entries(theirs)


def test_the_number_of_a_list_goes_on_rising(desk, take, openssl_ca):
    (openssl_ca / "crlnumber").write_text("7FFFFFFFFF\n")
    take(openssl_ca)
    number = publish_crl(desk, CrlForm(reference="Acme CA")).record.number
    assert number == 0x7FFFFFFFFF
    (openssl_ca / "crlnumber").write_text("8FFFFFFFFF\n")
    take(openssl_ca)
    number = publish_crl(desk, CrlForm(reference="Acme CA")).record.number
    assert number == 0x8FFFFFFFFF, "also where nothing else is new"


def test_a_certificate_that_comes_after_its_revocation_is_revoked(desk, take, openssl_ca):
    (openssl_ca / "stolen.pem").rename(openssl_ca.parent / "stolen.pem")
    (openssl_ca / "newcerts" / "1001.pem").unlink()
    assert {one.serial for one in take(openssl_ca).unseen} == {"1001", "1002"}
    report = take(openssl_ca.parent / "stolen.pem")
    assert revoked(report) == {"stolen.example": Reason.KEY_COMPROMISE}
    authority = desk.ledger.find("Acme CA", now=desk.now())
    assert [one.serial for one in unseen(desk, authority)] == ["1002"]


def test_a_crl_alone_says_what_was_revoked(take, openssl_ca, tmp_path):
    for name in ("cacert.pem", "stolen.pem", "good.pem", "crl.pem"):
        (openssl_ca / name).rename(tmp_path / name)
    report = take(*(tmp_path / name for name in ("cacert.pem", "stolen.pem", "good.pem", "crl.pem")))
    assert revoked(report) == {"stolen.example": Reason.KEY_COMPROMISE}
    assert report.unseen == (), "without its key the authority signs no lists here"
    report = take(openssl_ca / "private", openssl_ca / "good.csr", tmp_path / "crl.pem")
    assert {one.serial for one in report.unseen} == {"1002", "1003"}


def test_a_crl_that_comes_later_revokes_what_the_store_has(desk, take, openssl_ca):
    take(openssl_ca / "cacert.pem", openssl_ca / "stolen.pem", openssl_ca / "good.pem")
    report = take(openssl_ca / "crl.pem")
    assert revoked(report) == {"stolen.example": Reason.KEY_COMPROMISE}
    assert desk.ledger.find("good.example", now=desk.now()).revoked_at is None


def test_a_crl_that_no_authority_at_hand_signed_revokes_nothing(take, openssl_ca, step):
    report = take(step / "certs" / "root_ca.crt", openssl_ca / "stolen.pem", openssl_ca / "crl.pem")
    assert report.revoked == ()
    assert [one.what for one in report.skipped] == ["certificate revocation list"]


def test_easy_rsa_brings_all_that_lies_in_pki(desk, take, easy_rsa, issues):
    report = take(easy_rsa)
    assert report.trees == (Tree("easy-rsa", str(easy_rsa)),)
    assert titles(report.certificates) == {"Easy CA", "www.example", "bob", "alice"}
    assert len(report.keys) == 4
    assert {record.subject for record in report.requests} == {"CN=www.example", "CN=bob", "CN=alice"}
    assert revoked(report) == {"bob": Reason.KEY_COMPROMISE}
    assert reasons(report)["index.txt.old"] == "it is bookkeeping of openssl ca"
    if (easy_rsa / "openssl-easyrsa.cnf").exists():  # easy-rsa has left it out since 3.2
        assert reasons(report)["openssl-easyrsa.cnf"] == "it holds nothing that tlsca knows"
    authority = desk.ledger.find("Easy CA", now=desk.now())
    assert {record.issuer_id for record in report.certificates} == {authority.id}
    issues("Easy CA")


def test_mkcert_brings_the_root_that_developers_trust(take, mkcert, issues):
    report = take(mkcert)
    assert Tree("mkcert", str(mkcert / "root")) in report.trees
    assert len(report.keys) == 2
    (root,) = [record for record in report.certificates if record.is_authority]
    assert "dev.example" in titles(report.certificates)
    issues(root.subject)


def test_step_brings_both_authorities_and_says_what_it_cannot_read(desk, take, step, issues):
    report = take(step)
    assert Tree("step", str(step)) in report.trees
    assert titles(report.certificates) == {"Acme Root CA", "Acme Intermediate CA"}
    assert len(report.keys) == 2
    assert reasons(report)["db"] == (
        "what step revoked is in a Badger database, which was not read: "
        "revoke it here too, with tlsca revoke SERIAL --issuer REF"
    )
    assert reasons(report)["ca.json"] == "it is JSON without a certificate or a key in it"
    issues("Acme Intermediate CA")


def test_step_with_its_database_elsewhere_says_so_too(take, step):
    shutil.rmtree(step / "db")
    assert reasons(take(step))[step.name].startswith("what step revoked is in a database elsewhere")


def test_what_step_revoked_is_brought_over_by_its_serial_number(desk, take, step):
    take(step)
    form = RevocationForm(references=("0badcafe",), issuer="Acme Intermediate CA", reason="superseded")
    revoke(desk, form)
    (entry,) = x509.load_der_x509_crl(publish_crl(desk, CrlForm(reference="Acme Intermediate CA")).der)
    assert entry.serial_number == 0xBADCAFE


def test_cfssl_brings_what_its_json_holds(take, step, tool, tmp_path, issues):
    certificate = step / "certs" / "root_ca.crt"
    tool("openssl", "ec", "-in", step / "secrets" / "root_ca_key", "-passin", f"pass:{SECRET}",
         "-out", "plain.key", cwd=tmp_path)  # fmt: skip
    answer = {"cert": certificate.read_text(), "key": (tmp_path / "plain.key").read_text()}
    printed, api = tmp_path / "ca.json", tmp_path / "api.json"
    printed.write_text(json.dumps({**answer, "csr": ""}))
    report = take(printed)
    assert (titles(report.certificates), len(report.keys)) == ({"Acme Root CA"}, 1)
    api.write_text(json.dumps({"success": True, "result": {"certificate": answer["cert"]}}))
    assert [one.why for one in take(api).skipped] == ["it is in the store already"]
    issues("Acme Root CA")


@pytest.fixture
def tree(request):
    """The tree of a program by its fixture's name; where that program is missing, nothing else is set up."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("tree", ["openssl_ca", "easy_rsa", "mkcert", "step", "xca_database"], indirect=True)
def test_the_same_again_changes_nothing(tree, take, unchanged):
    first = take(tree)
    assert first.certificates
    unchanged()
    again = take(tree)
    assert (again.certificates, again.keys, again.revoked, again.unseen) == ((), (), (), ())


@pytest.mark.parametrize("tree", ["openssl_ca", "xca_database"], indirect=True)
def test_a_dry_run_says_the_same_and_changes_nothing(tree, desk, take, unchanged):
    unchanged()
    desk.vault.close()
    desk.vault = None
    report = take(tree, dry_run=True)
    assert titles(report.certificates) >= {"Acme CA", "good.example", "stolen.example"}
    assert report.keys
    assert revoked(report)["stolen.example"] is Reason.KEY_COMPROMISE


def test_children_attach_to_an_authority_that_comes_after_them(desk, take, easy_rsa):
    take(easy_rsa / "issued")
    assert {record.issuer_id for record in desk.ledger.certificates()} == {None}
    take(easy_rsa)
    authority = desk.ledger.find("Easy CA", now=desk.now())
    assert {record.issuer_id for record in desk.ledger.certificates()} == {authority.id}


def test_two_directories_with_the_same_serial_numbers_keep_to_themselves(
    desk, take, openssl_ca, tool, tmp_path
):
    """Every `openssl ca` begins at 1000: what one revoked is in force in the other."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "newcerts").mkdir()
    (other / "private").mkdir()
    for name in ("ca.cnf", "good.csr"):
        (other / name).write_bytes((openssl_ca / name).read_bytes())
    (other / "index.txt").write_text("")
    (other / "serial").write_text("1001\n")
    tool("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config",
         "ca.cnf", "-extensions", "v3_ca", "-days", "3000", "-subj", "/CN=Other CA", "-keyout",
         "private/cakey.pem", "-out", "cacert.pem", cwd=other)  # fmt: skip
    tool("openssl", "ca", "-config", "ca.cnf", "-batch", "-in", "good.csr", "-out", "other.pem",
         "-subj", "/CN=other.example", "-days", "700", cwd=other)  # fmt: skip
    report = take(tmp_path)
    assert revoked(report) == {"stolen.example": Reason.KEY_COMPROMISE, "plain.example": None}
    record = desk.ledger.find("other.example", now=desk.now())
    assert record.serial == "1001"
    assert record.revoked_at is None


def test_a_certificate_that_is_revoked_here_keeps_its_own_time(desk, take, openssl_ca):
    take(openssl_ca / "cacert.pem", openssl_ca / "stolen.pem")
    (record,) = [one for one in desk.ledger.certificates() if not one.is_authority]
    earlier = replace(record, revoked_at=datetime(2026, 1, 1, tzinfo=UTC), reason=Reason.HOLD)
    with desk.ledger.transaction(act="test", at=desk.now()) as change:
        change.replace_certificate(record, earlier)
    take(openssl_ca)
    assert desk.ledger.certificate(record.id) == earlier


def test_the_app_takes_a_directory_too(desk, easy_rsa):
    report = importing.import_files(desk, [easy_rsa], passphrase=SECRET)
    assert len(report.certificates) == 4
