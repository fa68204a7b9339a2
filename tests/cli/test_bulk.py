"""issue --from-csv."""

ISSUER = ("--issuer", "Test Intermediate")
TABLE = b"name,days\r\na.example b.example,30\r\nc.example,\r\n"


def test_a_table_on_stdin_is_issued_and_answered_as_json(done, store, tmp_path):
    made = done("issue", "--from-csv", "-", *ISSUER, "--json", "--out", str(tmp_path), stdin=TABLE).json
    assert [one["names"] for one in made] == [["a.example", "b.example"], ["c.example"]]
    assert sorted(path.name for path in tmp_path.glob("*.pem")) == [
        "a.example.chain.pem",
        "c.example.chain.pem",
    ]


def test_a_dry_run_shows_the_table_and_asks_for_no_passphrase(cli, store, monkeypatch):
    monkeypatch.delenv("TLSCA_PASSPHRASE", raising=False)
    ran = cli("issue", "--from-csv", "-", *ISSUER, "--dry-run", stdin=TABLE)
    assert ran.status == 0
    assert "c.example" in ran.text
    assert "nothing was" in ran.talk


def test_a_wrong_row_is_status_3_and_names_its_place(cli, done, store):
    before = done("list", "--json").json
    ran = cli("issue", "--from-csv", "-", *ISSUER, stdin=b"name,days\na.example,30\nb.example,many\n")
    assert (ran.status, ran.out) == (3, b"")
    assert "Row 3, column days" in ran.talk
    assert done("list", "--json").json == before


def test_names_and_a_table_together_are_wrong_usage(cli, store):
    assert cli("issue", "a.example", "--from-csv", "x.csv").status == 2
    assert cli("issue").status == 2
    assert cli("issue", "a.example", "--dry-run").status == 2
