"""issue --from-csv."""

import re

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


def test_tabs_and_semicolons_part_the_fields_as_well(done, store):
    tabs, semicolons = (TABLE.replace(b",", mark) for mark in (b"\t", b";"))

    def told(table: bytes) -> str:
        """What a dry run says; when a certificate would expire moves with the clock."""
        text = done("issue", "--from-csv", "-", *ISSUER, "--dry-run", stdin=table).text
        return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "in time", text)

    assert told(tabs) == told(semicolons) == told(TABLE)
    assert "in time" in told(TABLE)


def test_a_file_that_is_there_already_is_found_before_anything_is_issued(cli, done, store, tmp_path):
    (tmp_path / "c.example.chain.pem").write_text("precious")
    before = done("list", "--json").json
    for options in ((), ("--dry-run",)):
        ran = cli("issue", "--from-csv", "-", *ISSUER, "--out", str(tmp_path), *options, stdin=TABLE)
        assert (ran.status, "c.example.chain.pem" in ran.talk) == (3, True)
    assert done("list", "--json").json == before
    assert [path.name for path in tmp_path.glob("*.pem")] == ["c.example.chain.pem"]
    assert (tmp_path / "c.example.chain.pem").read_text() == "precious"


def test_a_wrong_row_is_status_3_and_names_its_place(cli, done, store):
    before = done("list", "--json").json
    ran = cli("issue", "--from-csv", "-", *ISSUER, stdin=b"name,days\na.example,30\nb.example,many\n")
    assert (ran.status, ran.out) == (3, b"")
    assert "Row 3, column days" in ran.talk
    assert done("list", "--json").json == before


def test_a_dry_run_names_every_wrong_row_beside_the_right_ones(cli, store):
    table = b"name,days\na.example,30\nb.example,many\nc.example,\nd_d.example,\n"
    ran = cli("issue", "--from-csv", "-", *ISSUER, "--dry-run", stdin=table)
    assert ran.status == 3
    assert [line.split()[0] for line in ran.text.splitlines()] == ["ROW", "2", "4"]
    assert "Row 3, column days" in ran.talk
    assert "Row 5, column name" in ran.talk
    assert cli("issue", "--from-csv", "-", *ISSUER, "--dry-run", stdin=b"name\n").status == 3


def test_names_and_a_table_together_are_wrong_usage(cli, store):
    assert cli("issue", "a.example", "--from-csv", "x.csv").status == 2
    assert cli("issue").status == 2
    assert cli("issue", "a.example", "--dry-run").status == 2
