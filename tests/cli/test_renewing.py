"""renew, ca cross-sign."""

import json

import pytest


def test_renewing_shows_what_changed_and_what_is_next(done, store):
    ran = done("renew", "localhost", "--days", "30")
    header, *rows = ran.text.splitlines()
    assert header.split() == ["FIELD", "OLD", "NEW"]
    assert [row.split("  ")[0] for row in rows] == ["Valid", "Serial"]
    assert "Renewed localhost, reference " in ran.talk
    assert "tlsca export" in ran.talk
    assert not ran.unsafe


def test_json_is_an_array_of_the_objects_of_list(done, store):
    shown = done("renew", "localhost", "Alice Doe", "--rekey", "--json").json
    assert [one["subject"] for one in shown] == ["CN=localhost", "CN=Alice Doe"]
    listed = {one["ref"]: one for one in done("list", "--json").json}
    assert [listed[one["ref"]] for one in shown] == shown
    renewed = [one for one in listed.values() if one["renewed_by"]]
    assert [one["renewed_by"] for one in renewed] == [one["ref"] for one in shown]


def test_the_tables_say_what_was_renewed_by_which(done, store):
    leaf = done("renew", "localhost", "--json").json[0]
    root = done("renew", "Test Root", "--json").json[0]
    for words, new in ((("list", "localhost"), leaf), (("ca", "list"), root)):
        lines = done(*words).text.splitlines()
        assert lines[0].endswith("REF           RENEWED BY")
        assert [line.split()[-1] for line in lines[1:]].count(new["ref"]) == 2


def test_a_root_with_a_new_key_tells_of_its_cross_certificates(done, store, tmp_path, openssl):
    done("export", "Test Root", "--as", "pem", "--out", "old.pem")
    ran = done("renew", "Test Root", "--rekey")
    crosses = {one["issuer_ref"]: one["ref"] for one in done("list", "profile:cross", "--json").json}
    assert all(reference in ran.talk for reference in crosses.values())
    done("export", "Test Root", "--as", "pem", "--out", "new.pem")
    done("export", "Test Intermediate", "--as", "pem", "--out", "between.pem")
    issued = done("issue", "new.example", "--issuer", "Test Root", "--json").json
    new_root = issued["issuer_ref"]
    done("export", issued["ref"], "--as", "pem", "--out", "leaf.pem")
    old_root = next(reference for reference in crosses if reference != new_root)
    done("export", crosses[old_root], "--as", "pem", "--out", "new-with-old.pem")
    done("export", crosses[new_root], "--as", "pem", "--out", "old-with-new.pem")
    verify = ("verify", "-x509_strict", "-no-CApath", "-no-CAstore")
    for trusted, through, leaf in (
        ("new.pem", "old.pem", "leaf.pem"),
        ("old.pem", "new-with-old.pem", "leaf.pem"),
        ("old.pem", "new.pem", "between.pem"),
        ("new.pem", "old-with-new.pem", "between.pem"),
    ):
        said = openssl(*verify, "-CAfile", trusted, "-untrusted", through, leaf)
        assert said == f"{leaf}: OK\n".encode()


def test_an_authority_with_its_key_gives_no_second_row_to_choose_from(done, store):
    new = done("renew", "Test Intermediate", "--days", "3000", "--json").json[0]
    assert (
        done("issue", "a.example", "--issuer", "Test Intermediate", "--json").json["issuer_ref"] == new["ref"]
    )
    leaf = done("list", "san:localhost", "--json").json[0]
    assert leaf["issuer_ref"] == new["ref"]
    tree = [(one["subject"], one["renewed_by"]) for one in done("ca", "list", "--json").json]
    assert tree == [
        ("CN=Test Root", None),
        ("CN=Test Intermediate", new["ref"]),
        ("CN=Test Intermediate", None),
    ]
    assert done("verify", "localhost").status == 0


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["nobody.example"], 3),
        (["localhost", "nobody.example"], 3),
        (["localhost", "--until", "1999-01-01"], 3),
        (["localhost", "--until", "soon"], 2),
        (["localhost", "--days", "3", "--until", "2099-01-01"], 2),
        (["localhost", "--days", "0"], 2),
        (["localhost", "--key", "rsa-7"], 2),
        (["localhost", "Test Root"], 3),
        (["a\udcff"], 3),
        ([], 2),
    ],
)
def test_what_cannot_be_renewed_changes_nothing(cli, store, words, status):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("renew", *words)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert ran.talk.strip()
    assert "Traceback" not in ran.talk
    assert not ran.unsafe
    assert (store / "journal.jsonl").read_bytes() == before


def test_a_renewal_needs_the_passphrase(cli, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert cli("renew", "localhost").status == 4
    assert cli("renew", "nobody.example").status == 3


def test_a_second_renewal_names_the_first(cli, done, store):
    old = done("list", "san:localhost", "--json").json[0]["serial"]
    new = done("renew", "localhost", "--json").json[0]["ref"]
    ran = cli("renew", old)
    assert (ran.status, f"tlsca renew {new}" in ran.talk) == (3, True)


def test_the_authority_of_somebody_else_is_cross_signed(done, store, tmp_path, openssl):
    openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", "their.key",
        "-out", "their.pem", "-subj", "/CN=Their Root", "-days", "300",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip
    openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", "leaf.key",
        "-out", "leaf.pem", "-CA", "their.pem", "-CAkey", "their.key", "-subj", "/CN=leaf", "-days", "30",
        "-addext", "basicConstraints=CA:FALSE", "-addext", "subjectAltName=DNS:their.example",
    )  # fmt: skip
    ran = done(
        "ca", "cross-sign", "their.pem", "--issuer", "Test Root", "--path-length", "0", "--days", "100"
    )
    assert "authority, with at most 0 below it" in ran.text
    assert "Cross-signed Their Root" in ran.talk
    (made,) = done("list", "profile:cross", "--json").json
    assert (made["subject"], made["issuer"], made["has_key"]) == ("CN=Their Root", "CN=Test Root", False)
    done("export", made["ref"], "--as", "pem", "--out", "cross.pem")
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    said = openssl("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "cross.pem", "leaf.pem")
    assert said == b"leaf.pem: OK\n"
    again = done(
        "ca",
        "cross-sign",
        "-",
        "--issuer",
        "Test Root",
        "--json",
        stdin=(tmp_path / "their.pem").read_bytes(),
    )
    assert again.json["profile"] == "cross"
    acts = [json.loads(line)["act"] for line in done("log", "--json").text.splitlines()]
    assert acts.count("cross-sign") == 2


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["none.pem", "--issuer", "Test Root"], 3),
        (["localhost", "--issuer", "Test Root"], 3),
        (["Test Root", "--issuer", "Test Root"], 3),
        (["Test Root", "--issuer", "Test Intermediate"], 3),
        (["Test Root"], 3),
        (["-", "--issuer", "Test Root"], 3),
        (["Test Root", "--path-length", "-1"], 2),
        ([], 2),
    ],
)
def test_what_cannot_be_cross_signed_changes_nothing(cli, store, words, status):
    before = (store / "journal.jsonl").read_bytes()
    ran = cli("ca", "cross-sign", *words, stdin=b"garbage")
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert not ran.unsafe
    assert (store / "journal.jsonl").read_bytes() == before
