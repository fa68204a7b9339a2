"""ca create, ca list."""

import pytest

KEYS_OF_AN_ENTRY = {
    "ref", "serial", "sha256", "subject", "issuer", "issuer_ref", "profile", "names", "not_before", "not_after",
    "status", "key", "has_key", "revoked_at", "reason", "renewed_by", "last_seen",
    "last_seen_at", "partition", "label", "note", "tags", "contacts",
}  # fmt: skip


def test_a_root_answers_with_the_object_of_the_list(done, store):
    made = done("ca", "create", "CN=Acme Root,O=Acme", "--key", "ed25519", "--days", "400", "--json").json
    assert set(made) == KEYS_OF_AN_ENTRY
    assert (made["subject"], made["issuer"]) == ("CN=Acme Root,O=Acme", "CN=Acme Root,O=Acme")
    assert (made["profile"], made["key"], made["has_key"], made["status"]) == (
        "root",
        "ed25519",
        True,
        "valid",
    )
    assert made["ref"] == made["issuer_ref"] == made["sha256"][:12]
    assert made["serial"] == made["serial"].lower()
    assert made in done("list", "--json").json


def test_an_intermediate_hangs_below_its_issuer(done, store):
    made = done("ca", "create", "Below", "--issuer", "Test Intermediate", "--path-length", "0", "--json").json
    assert (made["profile"], made["issuer"]) == ("intermediate", "CN=Test Intermediate")
    tree = done("ca", "list").text.splitlines()
    assert [line.split("  ●")[0].rstrip() for line in tree[1:]] == [
        "Test Root",
        "  Test Intermediate",
        "    Below",
    ]
    assert [item["subject"] for item in done("ca", "list", "--json").json] == [
        "CN=Test Root",
        "CN=Test Intermediate",
        "CN=Below",
    ]


def test_permitted_and_excluded_names_bind_what_is_below(done, cli, store):
    done(
        "ca", "create", "Narrow", "--permit", "corp.example", "--permit", "10.0.0.0/8", "--permit", "@corp.example",
        "--permit", "uri:host.example", "--exclude", "secret.corp.example",
    )  # fmt: skip
    told = done("inspect", "Narrow", "--as", "text").text
    for line in (
        "DNS:corp.example",
        "IP:10.0.0.0/255.0.0.0",
        "email:corp.example",
        "URI:host.example",
        "DNS:secret.corp.example",
    ):
        assert line in told
    done("issue", "a.corp.example", "--issuer", "Narrow")
    refused = cli("issue", "b.secret.corp.example", "--issuer", "Narrow")
    assert refused.status == 3
    assert "b.secret.corp.example" in refused.talk


def test_a_second_live_authority_of_one_name_is_refused(done, cli, store):
    before = done("list", "--json").json
    ran = cli("ca", "create", "Test Root")
    assert (ran.status, ran.out) == (3, b"")
    assert "already" in ran.talk
    assert done("list", "--json").json == before


def test_an_intermediate_ends_with_its_issuer_and_that_is_said(done, store):
    ran = done("ca", "create", "Long", "--issuer", "Test Intermediate", "--days", "36500", "--json")
    above = next(
        item for item in done("ca", "list", "--json").json if item["subject"] == "CN=Test Intermediate"
    )
    assert ran.json["not_after"] == above["not_after"]
    assert "Shortened" in ran.talk


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["X", "--until", "2001-01-01"], 3),
        (["X", "--until", "soon"], 2),
        (["X", "--days", "0"], 2),
        (["X", "--days", "5", "--until", "2090-01-01"], 2),
        (["X", "--key", "rsa-1024"], 2),
        (["X", "--path-length", "-1"], 2),
        (["X", "--issuer", "localhost"], 3),
        (["X", "--issuer", "nobody"], 3),
        (["X", "--permit", "10.0.0.0/33"], 3),
        (["CN=Acme,oops"], 3),
        ([""], 3),
        (["a\udcffb"], 3),
        (["a\x1b[2Jb"], 3),
        ([], 2),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_changed(cli, done, store, words, status):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("ca", "create", *words)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert ran.talk.strip()
    assert (store / "journal.jsonl").read_bytes() == before
