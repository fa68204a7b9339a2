"""revoke, unhold, crl, ocsp."""

import json

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

ISSUER = ("--issuer", "Test Intermediate")


@pytest.fixture
def serial(store, done):
    return done("list", "san:localhost", "--json").json[0]["serial"]


# revoke and unhold


def test_revoking_tells_what_was_done_and_what_is_next(done, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    ran = done("revoke", "localhost", "--reason", "key-compromise", "--yes")
    assert ran.out == b""
    assert "Revoked localhost (key-compromise)." in ran.talk
    assert "tlsca crl" in ran.talk
    (entry,) = done("list", "status:revoked", "--json").json
    assert (entry["subject"], entry["reason"]) == ("CN=localhost", "key-compromise")


def test_json_has_the_objects_of_list(done, store, serial):
    shown = done("revoke", "localhost", "Alice Doe", "--reason", "hold", "--yes", "--json").json
    assert shown == done("list", "status:held", "--json").json
    (released,) = done("unhold", serial, "--json").json
    assert (released["status"], released["revoked_at"], released["reason"]) == ("valid", None, None)


def test_a_certificate_that_the_store_never_saw_has_no_reference(done, store):
    (shown,) = done("revoke", "abcdef0123", *ISSUER, "--yes", "--json").json
    assert (shown["ref"], shown["serial"], shown["issuer"]) == (None, "abcdef0123", "CN=Test Intermediate")
    assert (shown["reason"], shown["revoked_at"][:2]) == ("unspecified", "20")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["localhost"], 2),
        (["nobody.example"], 2),
        (["localhost", "--reason", "boredom", "--yes"], 2),
        (["localhost", "--at", "yesterday", "--yes"], 2),
        (["localhost", "--at", "2999-01-01", "--yes"], 3),
        (["localhost", "nobody.example", "--yes"], 3),
        (["Test Root", "--yes"], 3),
        (["abcdef0123", "--yes"], 3),
        (["00", *ISSUER, "--yes"], 3),
        (["a\udcff", "--yes"], 3),
        (["--yes"], 2),
    ],
)
def test_what_cannot_be_revoked_changes_nothing(cli, store, words, status):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("revoke", *words)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert ran.talk.strip()
    assert not ran.unsafe
    assert (store / "journal.jsonl").read_bytes() == before


def test_a_second_revocation_says_when_and_why_the_first_one_was(cli, done, store):
    done("revoke", "localhost", "--reason", "superseded", "--yes")
    ran = cli("revoke", "localhost", "--yes")
    assert ran.status == 3
    assert "was revoked already, since 20" in ran.talk
    assert "(superseded)" in ran.talk
    assert cli("unhold", "localhost").status == 3


def test_a_person_is_shown_whom_it_hits_and_asked(terminal, done, store, serial):
    done("issue", "localhost", "other.example", *ISSUER)
    ran = terminal("revoke", serial, "--reason", "key-compromise", typing=[(b"Revoke for good?", b"n\n")])
    said = ran.out.decode()
    assert ran.status == 3
    assert f"localhost, serial number {serial}" in said
    assert "Alive with the same name or key" in said
    assert "Nothing was changed." in said
    assert done("list", "status:revoked", "--json").json == []
    ran = terminal("revoke", "Test Intermediate", typing=[(b"Revoke for good?", b"y\n")])
    assert ran.status == 0
    assert "Nobody will trust these 3 any more" in ran.out.decode()


# crl


def test_a_list_goes_to_stdout_or_into_a_file(done, store, tmp_path, openssl, serial):
    done("revoke", "localhost", "--reason", "superseded", "--yes")
    pem = done("crl", "Test Intermediate").out
    assert f"Serial Number: {serial.upper()}" in openssl("crl", "-noout", "-text", stdin=pem).decode()
    shown = done("crl", "Test Intermediate", "--as", "der", "--out", "list.crl", "--days", "2", "--json").json
    crl = x509.load_der_x509_crl((tmp_path / "list.crl").read_bytes())
    assert shown["number"] == crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    assert (shown["entries"], shown["base"], shown["issuer"]) == (1, None, "CN=Test Intermediate")
    assert (crl.next_update_utc - crl.last_update_utc).days == 2
    delta = done("crl", "Test Intermediate", "--delta", "--out", "delta.crl")
    assert f"delta of {shown['number']}" in delta.talk


def test_openssl_verifies_with_the_lists_of_the_whole_chain(done, store, tmp_path, openssl):
    done("export", "localhost", "--as", "pem", "--out", "leaf.pem")
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    done("export", "Test Intermediate", "--as", "pem", "--out", "between.pem")
    verify = ["verify", "-crl_check_all", "-CAfile", "root.pem", "-untrusted", "between.pem", "-CRLfile", "crls.pem", "leaf.pem"]  # fmt: skip

    def publish():
        (tmp_path / "crls.pem").write_bytes(
            done("crl", "Test Root").out + done("crl", "Test Intermediate").out
        )

    publish()
    assert openssl(*verify) == b"leaf.pem: OK\n"
    done("revoke", "localhost", "--yes")
    publish()
    with pytest.raises(AssertionError, match="certificate revoked"):
        openssl(*verify)


def test_a_file_that_cannot_be_written_costs_no_number(cli, store, tmp_path):
    (tmp_path / "list.crl").write_bytes(b"mine")
    before = (store / "journal.jsonl").read_bytes()
    for words in (
        ["--out", "list.crl"],
        ["--out", "none/list.crl"],
        ["--json"],
        ["--delta"],
        ["--days", "0"],
    ):
        ran = cli("crl", "Test Intermediate", *words)
        assert ran.status in {2, 3}, words
        assert ran.out == b""
    assert (store / "journal.jsonl").read_bytes() == before
    assert (tmp_path / "list.crl").read_bytes() == b"mine"
    assert cli("crl", "Test Intermediate", "--out", "list.crl", "--force").status == 0


def test_a_list_needs_the_passphrase(cli, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert cli("crl", "Test Intermediate").status == 4
    assert cli("crl", "localhost").status == 3


# ocsp


@pytest.fixture
def request_file(done, store, tmp_path, openssl):
    """A request of OpenSSL's about the server's and the client's certificate."""
    words = []
    for name, reference in (
        ("issuer", "Test Intermediate"),
        ("server", "localhost"),
        ("client", "Alice Doe"),
    ):
        done("export", reference, "--as", "pem", "--out", f"{name}.pem")
        words += ["-issuer" if name == "issuer" else "-cert", f"{name}.pem"]
    openssl("ocsp", *words, "-reqout", "request.der")
    return tmp_path / "request.der"


def test_an_answer_to_a_file_or_to_stdin_is_der(done, store, request_file, tmp_path, serial):
    done("revoke", "localhost", "--reason", "hold", "--yes")
    shown = done("ocsp", "Test Intermediate", request_file, "--out", "answer.der", "--json").json
    assert {one["serial"]: one["status"] for one in shown["answers"]}[serial] == "revoked"
    assert [one["status"] for one in shown["answers"]] == ["revoked", "good"]
    for answer in (
        (tmp_path / "answer.der").read_bytes(),
        done("ocsp", "Test Intermediate", "-", stdin=request_file.read_bytes()).out,
    ):
        statuses = [one.certificate_status for one in ocsp.load_der_ocsp_response(answer).responses]
        assert statuses == [ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.GOOD]


def test_openssl_takes_the_answer_of_a_delegated_responder(done, store, request_file, openssl):
    done("issue", "Responder", *ISSUER, "--profile", "ocsp")
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    told = done("ocsp", "Test Intermediate", request_file, "--out", "answer.der").talk
    assert "signed by responder" in told
    said = openssl(
        "ocsp", "-respin", "answer.der", "-no_nonce", "-issuer", "issuer.pem", "-cert", "server.pem", "-CAfile", "root.pem",
        "-verify_other", "issuer.pem",
    )  # fmt: skip
    assert b"server.pem: good" in said


@pytest.mark.parametrize("data", [b"", b"garbage", b"0\x80", b"0\x03\x02\x01\x01"])
def test_what_is_no_request_is_refused_in_a_sentence(cli, store, tmp_path, data):
    (tmp_path / "request.der").write_bytes(data)
    ran = cli("ocsp", "Test Intermediate", "request.der")
    assert (ran.status, ran.out) == (3, b"")
    assert "no OCSP request" in ran.talk
    assert cli("ocsp", "Test Intermediate", "none.der").status == 3


def test_the_audit_log_has_every_act(done, store, request_file):
    done("revoke", "localhost", "--reason", "hold", "--yes")
    done("unhold", "localhost")
    done("crl", "Test Intermediate")
    done("ocsp", "Test Intermediate", request_file)
    acts = [json.loads(line)["act"] for line in done("log", "--json").text.splitlines()]
    assert [act for act in acts if act != "unlock"][-4:] == ["hold", "unhold", "publish-crl", "answer-ocsp"]
