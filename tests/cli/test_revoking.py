"""revoke, unhold."""

import pytest

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
