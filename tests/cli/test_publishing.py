"""crl, ocsp, and ca partition."""

import json

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

ISSUER = ("--issuer", "Test Intermediate")
URL = "http://crl.example/ca-{partition}.crl"


@pytest.fixture
def serial(store, done):
    return done("list", "san:localhost", "--json").json[0]["serial"]


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


# ca partition


def test_partitions_are_made_told_of_and_grow(done, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert "no partitions" in done("ca", "partition", "Test Intermediate").talk
    told = done("ca", "partition", "Test Intermediate", "2", "--url", URL).talk
    assert "http://crl.example/ca-1.crl to http://crl.example/ca-2.crl" in told
    assert "--all --out DIR" in told
    assert (
        done("ca", "partition", "Test Intermediate", "3", "--json").json["urls"][2]
        == "http://crl.example/ca-3.crl"
    )
    assert done("ca", "partition", "Test Intermediate", "--json").json["partitions"] == 3


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["Test Intermediate", "2"], 2),
        (["Test Intermediate", "2", "--url", "http://crl.example/ca.crl"], 2),
        (["Test Intermediate", "0", "--url", URL], 2),
        (["Test Intermediate", "--url", URL], 2),
        (["localhost", "2", "--url", URL], 3),
        (["Nobody", "2", "--url", URL], 3),
    ],
)
def test_what_cannot_be_parted_changes_nothing(cli, store, words, status):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("ca", "partition", *words)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert (store / "journal.jsonl").read_bytes() == before


def test_all_lists_go_into_a_directory_and_each_alone_to_stdout(done, store, tmp_path, openssl):
    done("ca", "partition", "Test Intermediate", "2", "--url", URL)
    (made,) = [done("issue", "parted.example", *ISSUER, "--json").json]
    done("revoke", "parted.example", "--yes")
    (tmp_path / "out").mkdir()
    shown = done("crl", "Test Intermediate", "--all", "--out", "out", "--as", "der", "--json").json
    assert [(one["partition"], one["url"]) for one in shown] == [
        (None, None),
        (1, "http://crl.example/ca-1.crl"),
        (2, "http://crl.example/ca-2.crl"),
    ]
    own = next(one for one in shown[1:] if one["entries"])
    text = openssl("crl", "-inform", "DER", "-noout", "-text", "-in", own["path"]).decode()
    assert f"Serial Number: {made['serial'].upper()}" in text
    assert "Issuing Distribution Point: critical" in text
    assert f"URI:{own['url']}" in text
    delta = done("crl", "Test Intermediate", "--partition", own["partition"], "--delta", "--out", "delta.crl")
    assert f"delta of {own['number']} for partition {own['partition']}, number" in delta.talk
    assert b"Only User Certificates" in openssl("crl", "-noout", "-text", stdin=done("crl", "Test Intermediate", "--only", "users").out)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--partition", "1"], 3),
        (["--partition", "0"], 2),
        (["--partition", "1", "--only", "users"], 2),
        (["--all", "--only", "users"], 2),
        (["--all"], 3),
        (["--all", "--out", "no-directory"], 3),
        (["--all", "--out", "full"], 3),
        (["--all", "--delta", "--out", "."], 3),
        (["--all", "--freshest", "http://crl.example/delta", "--out", "."], 2),
        (["--only", "leaves"], 2),
    ],
)
def test_a_list_that_cannot_be_costs_no_number(cli, store, tmp_path, words, status):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "Test-Intermediate.crl").write_bytes(b"mine")
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("crl", "Test Intermediate", *words)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert (store / "journal.jsonl").read_bytes() == before
    assert (tmp_path / "full" / "Test-Intermediate.crl").read_bytes() == b"mine"


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


def test_openssl_takes_the_answer_about_a_certificate_of_the_old_key(done, store, request_file, openssl):
    done("renew", "Test Intermediate", "--rekey")
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    done("ocsp", "Test Intermediate", request_file, "--out", "answer.der")
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
