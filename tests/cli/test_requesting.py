"""request, sign, profile."""

import pytest

ISSUER = ("--issuer", "Test Intermediate")


@pytest.fixture
def ask(openssl, tmp_path):
    """Make somebody's request with OpenSSL; return its file."""

    def ask(*extensions: str, subject: str = "/CN=www.example.com", key: str = "ec"):
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["-newkey", key]
        file = tmp_path / "asked.csr"
        words = [word for extension in extensions for word in ("-addext", extension)]
        openssl(
            "req",
            "-new",
            *kind,
            "-nodes",
            "-keyout",
            tmp_path / "asked.key",
            "-subj",
            subject,
            *words,
            "-out",
            file,
        )
        return file

    return ask


def test_a_request_goes_to_a_file_or_to_stdout(done, store, openssl, tmp_path):
    printed = done("request", "www.example.com", "10.0.0.1").out
    told = openssl("req", "-verify", "-noout", "-text", stdin=printed).decode()
    assert "DNS:www.example.com, IP Address:10.0.0.1" in told
    made = done(
        "request",
        "a.example",
        "--out",
        tmp_path / "a.csr",
        "--key",
        "rsa-2048",
        "--subject",
        "CN=A,O=Acme",
        "--json",
    ).json
    assert (made["names"], made["key"], made["subject"]) == (["a.example"], "rsa-2048", "CN=A,O=Acme")
    assert made["path"] == str(tmp_path / "a.csr")
    assert (tmp_path / "a.csr").read_text() == made["pem"]


def test_a_request_is_not_written_over_a_file(cli, store, tmp_path):
    (tmp_path / "a.csr").write_text("mine")
    ran = cli("request", "a.example", "--out", tmp_path / "a.csr")
    assert (ran.status, (tmp_path / "a.csr").read_text()) == (3, "mine")


def test_signing_shows_what_was_asked_what_the_profile_says_and_what_results(done, store, ask):
    file = ask(
        "subjectAltName=DNS:www.example.com",
        "basicConstraints=critical,CA:TRUE",
        "extendedKeyUsage=clientAuth",
    )
    ran = done("sign", file, *ISSUER)
    lines = {line.split()[0]: line for line in ran.text.splitlines()}
    assert lines["EXTENSION"].split() == ["EXTENSION", "ASKED", "PROFILE", "RESULT", "WON", "WHY"]
    assert "never makes an authority" in lines["basicConstraints"]
    assert "--take extendedKeyUsage" in lines["extendedKeyUsage"]
    assert "Signed www.example.com" in ran.talk


def test_a_leaf_stays_a_leaf_and_the_certificate_verifies(done, store, ask, openssl, tmp_path):
    file = ask(
        "subjectAltName=DNS:www.example.com", "basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"
    )
    made = done("sign", file, *ISSUER, "--take", "basicConstraints", "--take", "keyUsage", "--json").json
    assert made["names"] == ["www.example.com"]
    done("export", made["ref"], "--as", "pem", "--out", "leaf.pem")
    done("export", made["ref"], "--as", "chain", "--out", "chain.pem")
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    told = openssl("x509", "-in", "leaf.pem", "-noout", "-text").decode()
    assert "CA:FALSE" in told
    assert "Certificate Sign" not in told
    words = (
        "-x509_strict",
        "-purpose",
        "sslserver",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "chain.pem",
        "leaf.pem",
    )
    assert openssl("verify", *words) == b"leaf.pem: OK\n"


def test_a_dry_run_signs_nothing_and_needs_no_passphrase(done, environment, store, ask):
    before = done("list", "--json").json
    environment.delenv("TLSCA_PASSPHRASE")
    shown = done("sign", ask("subjectAltName=DNS:www.example.com"), *ISSUER, "--dry-run", "--json").json
    rows = {row["extension"]: row for row in shown["merge"]}
    assert (rows["subjectAltName"]["won"], shown["names"]) == ("request", ["www.example.com"])
    assert done("list", "--json").json == before


def test_a_request_comes_from_stdin_as_pem_or_der(done, store, ask, openssl):
    file = ask("subjectAltName=DNS:www.example.com")
    der = openssl("req", "-in", file, "-outform", "DER")
    for octets in (file.read_bytes(), der):
        assert done("sign", "-", *ISSUER, "--json", stdin=octets).json["names"] == ["www.example.com"]


def test_everything_that_issue_can_add_sign_can_add(done, store, ask):
    made = done(
        "sign", ask(), *ISSUER, "--san", "upn:ada@corp.example", "--subject", "CN=www.example.com,O=Acme", "--days", "5",
        "--ocsp", "http://ocsp.example/", "--ca-issuers", "http://ca.example/ca.cer", "--crl-url", "http://ca.example/ca.crl",
        "--policy", "1.2.3.4,cps=https://ca.example/cps", "--must-staple", "--extension", "1.2.3.9=0500", "--json",
    ).json  # fmt: skip
    assert made["names"] == ["www.example.com", "upn:ada@corp.example"]
    told = done("inspect", made["ref"], "--as", "text").text
    for line in (
        "CA Issuers - URI:http://ca.example/ca.cer",
        "Policy: 1.2.3.4",
        "status_request",
        "1.2.3.9",
        "UPN::ada@corp",
    ):
        assert line in told


def test_requests_are_listed_and_signed_by_reference(done, store):
    made = done("request", "www.example.com", "--json").json
    assert made["id"][:12] in done("requests").text
    signed = done("sign", made["id"][:8], *ISSUER, "--json").json
    assert (signed["names"], signed["has_key"]) == (["www.example.com"], True)
    (listed,) = done("requests", "--json").json
    assert (listed["pem"], len(listed["certificates"])) == (made["pem"], 1)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--take", "nonsense"], 2),
        (["--profile", "nonsense"], 2),
        (["--policy", "nonsense"], 2),
        (["--san", "a..b"], 3),
        (["--issuer", "Nobody"], 3),
        (["--days", "0"], 2),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(cli, store, ask, words, status):
    ran = cli("sign", ask("subjectAltName=DNS:www.example.com"), *ISSUER, *words)
    assert ran.status == status
    assert "Traceback" not in ran.talk


def test_a_broken_request_and_a_weak_one_are_refused(cli, done, store, ask, tmp_path, openssl):
    before = done("list", "--json").json
    changed = openssl("req", "-in", ask(), "-outform", "DER").replace(b"www.example.com", b"www.evil---.com")
    (tmp_path / "changed.csr").write_bytes(changed)
    for file, why in (
        (tmp_path / "changed.csr", "signature is wrong"),
        (ask(key="rsa:512"), "512 bits"),
        (tmp_path / "none.csr", "cannot be read"),
    ):
        ran = cli("sign", file, *ISSUER)
        assert (ran.status, ran.out) == (3, b"")
        assert why in ran.talk
    assert done("list", "--json").json == before


def test_profiles_are_listed_and_shown(done, store):
    (store / "profiles").mkdir()
    (store / "profiles" / "web.toml").write_text(
        'title = "Web"\ndays = 7\nextended_key_usage = ["serverAuth", "1.2.3.4"]\n'
    )
    listed = {item["name"]: item for item in done("profile", "list", "--json").json}
    assert listed["server"]["file"] is None
    assert listed["web"] == {
        "name": "web", "title": "Web", "days": 7, "authority": False, "file": str(store / "profiles" / "web.toml"),
    }  # fmt: skip
    shown = done("profile", "show", "web", "--json").json
    rows = {row["extension"]: row for row in shown["extensions"]}
    assert rows["extendedKeyUsage"]["value"] == "TLS server, 1.2.3.4"
    assert rows["basicConstraints"]["request"] == "never taken"
    assert "subjectAltName" in done("profile", "show", "web").text
    made = done("issue", "www.example.com", *ISSUER, "--profile", "web", "--json").json
    assert made["profile"] == "web"


def test_a_profile_with_a_wrong_key_names_file_and_key(cli, store):
    (store / "profiles").mkdir()
    (store / "profiles" / "web.toml").write_text("dyas = 7\n")
    ran = cli("issue", "www.example.com", *ISSUER, "--profile", "web")
    assert ran.status == 2
    assert "web.toml sets “dyas”" in ran.talk
    assert "Did you mean days?" in ran.talk
