"""issue, list."""

import pytest

ISSUER = ("--issuer", "Test Intermediate")


def test_each_name_becomes_a_subject_alternative_name_of_its_type(done, store):
    made = done(
        "issue", "www.a.example", "10.0.0.1", "::1", "*.b.example", *ISSUER, "--san", "uri.example", "--json"
    ).json
    assert made["names"] == ["www.a.example", "10.0.0.1", "::1", "*.b.example", "uri.example"]
    assert (made["profile"], made["issuer"], made["status"]) == ("server", "CN=Test Intermediate", "valid")
    told = done("inspect", made["ref"], "--as", "text").text
    assert "DNS:www.a.example, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:*.b.example" in told


@pytest.mark.parametrize("profile", ["client", "email", "code", "ocsp", "timestamp", "document"])
def test_a_name_that_is_no_identity_is_the_common_name_where_the_profile_allows_it(done, store, profile):
    made = done("issue", "Alice Doe", *ISSUER, "--profile", profile, "--json").json
    assert made["subject"] == "CN=Alice Doe"
    assert not [name for name in made["names"] if "=" not in name]


@pytest.mark.parametrize("profile", ["server", "peer"])
def test_a_server_needs_names_that_are_identities(cli, store, profile):
    ran = cli("issue", "Alice Doe", *ISSUER, "--profile", profile)
    assert (ran.status, ran.out) == (3, b"")
    assert "Alice Doe" in ran.talk


def test_everything_that_can_be_asked_for_is_in_the_certificate(done, store):
    made = done(
        "issue", "a.example", *ISSUER, "--subject", "CN=a.example,O=Example", "--key", "rsa-2048", "--days", "10",
        "--ocsp", "http://ocsp.example/", "--crl-url", "http://crl.example/a.crl", "--must-staple",
        "--extension", "1.2.3.4=critical,0500", "--json",
    ).json  # fmt: skip
    assert (made["subject"], made["key"]) == ("CN=a.example,O=Example", "rsa-2048")
    told = done("inspect", made["ref"], "--as", "text").text
    for line in (
        "OCSP - URI:http://ocsp.example/",
        "URI:http://crl.example/a.crl",
        "status_request",
        "1.2.3.4: critical",
    ):
        assert line in told
    assert "Digital Signature, Key Encipherment" in told


def test_days_beyond_the_issuer_are_cut_and_that_is_said(done, store):
    ran = done("issue", "a.example", *ISSUER, "--days", "36500", "--json")
    above = next(
        item for item in done("ca", "list", "--json").json if item["subject"] == "CN=Test Intermediate"
    )
    assert ran.json["not_after"] == above["not_after"]
    assert above["not_after"] in ran.talk


def test_what_some_client_minds_is_said_before_the_passphrase_is_asked_for(cli, done, store):
    ran = cli(
        "issue", "a.example", *ISSUER, "--key", "ed25519", "--days", "36500", "--passphrase-file", "none"
    )
    assert ran.status != 0
    assert "Browsers and NSS refuse ed25519" in ran.talk
    assert "Browsers" not in done("issue", "a.example", *ISSUER).talk
    assert "There is one" in done("issue", "a.example", *ISSUER).talk


@pytest.mark.parametrize(
    "wanted", [("*.example",), ("a.example", "--days", "36500"), ("a.example", "--profile", "public-server")]
)
def test_what_the_draft_says_itself_is_not_said_again(done, store, wanted):
    parts = ("two labels", "hortened", "Public clients")
    talk = done("issue", *wanted, *ISSUER).talk
    assert sum(talk.count(part) for part in parts) == 1, talk


def test_where_several_authorities_can_issue_one_has_to_be_chosen(cli, store):
    ran = cli("issue", "a.example")
    assert ran.status == 3
    assert "CN=Test Intermediate" in ran.talk
    assert "CN=Test Root" in ran.talk


def test_where_only_one_authority_can_issue_it_need_not_be_named(done, store, empty_store):
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    done("export", "Test Intermediate", "--as", "pem-all", "--no-passphrase", "--out", "intermediate.pem")
    empty_store()
    done("import", "root.pem", "intermediate.pem")
    assert done("issue", "a.example", "--json").json["issuer"] == "CN=Test Intermediate"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["a.example", "--until", "2001-01-01"], 3),
        (["a.example", "--until", "soon"], 2),
        (["a.example", "--days", "-3"], 2),
        (["a.example", "--profile", "root"], 2),
        (["a.example", "--profile", "nonsense"], 2),
        (["a.example", "--key", "rsa-512"], 2),
        (["a.example", "--extension", "1.2.3=zz"], 2),
        (["a.example", "--extension", "nonsense"], 2),
        (["a.example", "--ocsp", "javascript:alert(1)"], 2),
        (["a.example", "--subject", "nonsense="], 3),
        (["a..example"], 3),
        (["no such name!"], 3),
        (["a\udcff.example"], 3),
        (["a\u202eb.example"], 3),
        (["Alice\udcff", "--profile", "client"], 3),
        (["Alice\nDoe", "--profile", "client"], 3),
        (["a.example", "--san", "no identity"], 3),
        ([""], 3),
        ([], 2),
    ],
)
def test_what_cannot_be_issued_is_refused_and_nothing_is_changed(cli, store, words, status):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("issue", *words, *ISSUER)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert ran.talk.strip()
    assert (store / "journal.jsonl").read_bytes() == before


def test_an_issuer_without_its_key_is_refused(cli, done, store, empty_store):
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    empty_store()
    done("import", "root.pem")
    ran = cli("issue", "a.example", "--issuer", "Test Root")
    assert (ran.status, ran.out) == (3, b"")
    assert "private key" in ran.talk


def test_the_wrong_passphrase_is_status_4_and_in_the_log(cli, done, store, environment):
    environment.setenv("TLSCA_PASSPHRASE", "not the passphrase")
    ran = cli("issue", "a.example", *ISSUER)
    assert (ran.status, ran.out) == (4, b"")
    assert "not the passphrase" not in ran.talk
    assert done("log", "--json").json_lines[-1]["act"] == "unlock-failed"


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        ([], ["CN=Test Root", "CN=Test Intermediate", "CN=localhost", "CN=Alice Doe"]),
        (["profile:client"], ["CN=Alice Doe"]),
        (["san:127.*"], ["CN=localhost"]),
        (["status:valid", "expires<91d", "-alice"], ["CN=localhost"]),
        (["expires>1y"], ["CN=Test Root", "CN=Test Intermediate"]),
        (["issuer:Intermediate", "alice"], ["CN=Alice Doe"]),
        (["nothing like it"], []),
    ],
)
def test_the_filter_chooses_what_is_listed(done, store, words, subjects):
    words = [*(("--",) if any(word.startswith("-") for word in words) else ()), *words]
    assert [item["subject"] for item in done("list", "--json", *words).json] == subjects


def test_a_filter_that_cannot_be_meant_is_wrong_usage(cli, store):
    assert cli("list", "expires<soon").status == 2


def test_a_reference_that_several_answer_to_lists_them(cli, done, store):
    first, second = (done("issue", "Bob", *ISSUER, "--profile", "code", "--json").json for _ in range(2))
    ran = cli("inspect", "Bob")
    assert (ran.status, ran.out) == (3, b"")
    lines = ran.talk.splitlines()
    assert sum(item["serial"][:16] in line for item in (first, second) for line in lines) == 2
    assert (
        done("inspect", first["serial"][:8], "--json").json["pem"]
        == done("inspect", first["sha256"][:8], "--json").json["pem"]
    )
