"""The whole story: an authority made, a certificate issued and deployed on a real server, and the connection proved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store

PASSPHRASE = "correct horse battery staple"


def codes(ran) -> list[str]:
    return [problem["code"] for problem in ran.json["problems"]]


@pytest.fixture
def deployed(done, store):
    """Write out what a server wants (`chain.pem`, `key.pem`) and what its clients want (`root.pem`)."""

    def write(reference="localhost"):
        done("export", reference, "--as", "chain", "--out", "chain.pem", "--force")
        done("export", reference, "--as", "key", "--no-passphrase", "--out", "key.pem", "--force")
        done("export", "Test Root", "--as", "pem", "--out", "root.pem", "--force")

    return write


def test_from_nothing_to_a_trusted_connection(process, nginx, curl, s_client, openssl):
    def run(*words):
        ran = process(*words)
        assert ran.status == 0, ran.talk
        return ran

    run("init")
    run("ca", "create", "CN=Acme Root,O=Acme")
    run("ca", "create", "Acme Issuing", "--issuer", "CN=Acme Root,O=Acme")
    made = run("issue", "localhost", "127.0.0.1", "--issuer", "Acme Issuing", "--json").json
    run("export", made["ref"], "--as", "chain", "--out", "chain.pem")
    run("export", made["ref"], "--as", "pem", "--out", "leaf.pem")
    run("export", made["ref"], "--as", "key", "--no-passphrase", "--out", "key.pem")
    run("export", "CN=Acme Root,O=Acme", "--as", "pem", "--out", "root.pem")
    run("export", "Acme Issuing", "--as", "pem", "--out", "issuing.pem")

    verified = (
        "verify",
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "issuing.pem",
    )
    assert openssl(*verified, "-verify_hostname", "localhost", "leaf.pem") == b"leaf.pem: OK\n"

    port = nginx("chain.pem", "key.pem")
    for target in (f"localhost:{port}", f"127.0.0.1:{port}"):
        result = run("probe", target, "--trust", "root.pem", "--json").json
        assert (result["verdict"], result["problems"], result["strict"]) == ("trusted", [], [])
        assert result["inventory"] == {"state": "current", "ref": made["ref"], "newer": None}
    assert s_client(port, "-CAfile", "root.pem", "-verify_hostname", "localhost", "-x509_strict")
    assert curl(f"https://localhost:{port}/", "--cacert", "root.pem") == (0, "served by nginx\n")
    assert run("log", "--verify", "--json").json["intact"]


def test_whom_nobody_trusts_everybody_refuses(cli, deployed, nginx, curl, s_client):
    deployed()
    port = nginx("chain.pem", "key.pem")
    ran = cli("probe", f"localhost:{port}", "--trust", "system", "--json")
    assert (ran.status, ran.json["verdict"], codes(ran)) == (1, "untrusted", ["unknown-ca"])
    assert not s_client(port)
    assert curl(f"https://localhost:{port}/")[0] == 60


def test_an_intermediate_that_is_not_sent_is_missed(cli, done, deployed, nginx, curl):
    deployed()
    done("export", "localhost", "--as", "pem", "--out", "chain.pem", "--force")
    port = nginx("chain.pem", "key.pem")
    ran = cli("probe", f"localhost:{port}", "--json")
    assert (ran.status, ran.json["verdict"], codes(ran)) == (1, "untrusted", ["missing-intermediate"])
    assert "Test Intermediate" in ran.json["problems"][0]["fix"]
    assert curl(f"https://localhost:{port}/", "--cacert", "root.pem")[0] == 60


def test_a_certificate_for_somebody_else_is_a_mismatch(cli, done, deployed, nginx, s_client):
    done("issue", "other.example", "--issuer", "Test Intermediate")
    deployed("other.example")
    port = nginx("chain.pem", "key.pem")
    for host, code in (("localhost", "hostname-mismatch"), ("127.0.0.1", "ip-mismatch")):
        ran = cli("probe", f"{host}:{port}", "--json")
        assert (ran.status, codes(ran)) == (1, [code])
    assert not s_client(port, "-CAfile", "root.pem", "-verify_hostname", "localhost")


def test_an_expired_certificate_is_told_with_everything_else_that_is_wrong(cli, done, nginx, curl):
    then = datetime.now(UTC) - timedelta(days=60)
    desk = create_store(Path("store"), PASSPHRASE, clock=lambda: then)
    create_authority(desk, AuthorityForm(name="Test Root"))
    issue(desk, CertificateForm(names=("other.example",), days=30))
    desk.close()
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    done("export", "other.example", "--as", "chain", "--out", "chain.pem")
    done("export", "other.example", "--as", "key", "--no-passphrase", "--out", "key.pem")
    port = nginx("chain.pem", "key.pem")
    ran = cli("probe", f"localhost:{port}", "--json")
    assert (ran.status, ran.json["verdict"]) == (1, "untrusted")
    assert sorted(codes(ran)) == ["expired", "hostname-mismatch"]
    assert curl(f"https://localhost:{port}/", "--cacert", "root.pem")[0] == 60


def test_a_server_of_python_refuses_late_and_that_is_heard(cli, deployed, demanding):
    deployed()
    port = demanding("chain.pem", "key.pem", "root.pem")
    ran = cli("probe", f"localhost:{port}", "--json")
    assert (ran.status, ran.json["verdict"], codes(ran)) == (1, "untrusted", ["client-cert-required"])
    assert ran.json["tls"]["version"] == "TLSv1.3"
    assert ran.json["client_auth"]["required"] is True
    before = cli("probe", f"localhost:{port}", "--max-version", "1.2", "--json")
    assert (before.status, codes(before)) == (1, ["client-cert-required"])


def test_a_server_of_python_accepts_a_client_of_the_same_authority(cli, done, deployed, demanding):
    deployed()
    port = demanding("chain.pem", "key.pem", "root.pem")
    for version in ("1.3", "1.2"):
        words = ("--client-cert", "Alice Doe", "--min-version", version, "--max-version", version, "--json")
        accepted = done("probe", f"localhost:{port}", *words).json
        assert (accepted["verdict"], accepted["client_auth"]["accepted"]) == ("trusted", True)
    done("ca", "create", "Stranger")
    done("issue", "Mallory", "--profile", "client", "--issuer", "Stranger")
    ran = cli("probe", f"localhost:{port}", "--client-cert", "Mallory", "--json")
    assert (ran.status, codes(ran)) == (1, ["client-cert-untrusted"])
    assert ran.json["client_auth"]["accepted"] is False


def test_nginx_asks_for_a_client_certificate_and_takes_ours(done, deployed, nginx, curl, tmp_path):
    deployed()
    demand = f"ssl_client_certificate {tmp_path}/root.pem; ssl_verify_client on; ssl_verify_depth 3;"
    port = nginx("chain.pem", "key.pem", demand)
    # nginx shakes hands with anybody and answers 400 over HTTP afterwards, so the handshake alone shows no refusal.
    asked = done("probe", f"localhost:{port}", "--json").json["client_auth"]
    assert (asked["requested"], asked["required"]) == (True, False)
    assert asked["acceptable_cas"] == ["CN=Test Root"]
    accepted = done("probe", f"localhost:{port}", "--client-cert", "Alice Doe", "--json").json["client_auth"]
    assert accepted["accepted"] is True
    done("export", "Alice Doe", "--as", "chain", "--out", "alice.pem")
    done("export", "Alice Doe", "--as", "key", "--no-passphrase", "--out", "alice.key")
    url = f"https://localhost:{port}/"
    assert "400" in curl(url, "--cacert", "root.pem")[1]
    with_ours = curl(url, "--cacert", "root.pem", "--cert", "alice.pem", "--key", "alice.key")
    assert with_ours == (0, "served by nginx\n")


def test_what_is_served_here_is_accepted_by_everybody(done, deployed, listen, curl, s_client):
    deployed()
    listening = listen("localhost")
    done("probe", f"localhost:{listening.port}")
    assert listening.next()["server_name"] == "localhost"
    status, told = curl(f"https://localhost:{listening.port}/", "--cacert", "root.pem")
    assert (status, told.split()[0]) == (0, "TLSv1.3")
    assert listening.next()["succeeded"]
    assert s_client(listening.port, "-CAfile", "root.pem", "-verify_hostname", "localhost")
    assert listening.next()["succeeded"]
    assert not s_client(listening.port)
    assert listening.next()["succeeded"] is False
    assert listening.interrupt().status == 0


def test_a_client_certificate_demanded_here_is_shown_by_everybody(done, deployed, listen, curl, s_client):
    deployed()
    done("export", "Alice Doe", "--as", "pem-all", "--no-passphrase", "--out", "alice.pem")
    listening = listen("localhost", "--require-client-cert")
    assert curl(f"https://localhost:{listening.port}/", "--cacert", "root.pem")[0] != 0
    assert listening.next()["failure"] == "The client sent no certificate."
    status, told = curl(f"https://localhost:{listening.port}/", "--cacert", "root.pem", "--cert", "alice.pem")
    assert (status, "CN=Alice Doe" in told) == (0, True)
    assert listening.next()["client_subject"] == "CN=Alice Doe"
