"""Databases that XCA made, and what somebody else might make of one."""

import base64
import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority import listing
from tlsca.authority.foreign.gathered import Tree
from tlsca.errors import PassphraseMissing, PassphraseWrong, Unreadable
from tlsca.store.records import Reason

SECRET = "imported horse"


def change(database: Path, *statements: tuple) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for statement in statements:
            connection.execute(*statement) if isinstance(statement, tuple) else connection.execute(statement)
        connection.commit()


def rows(database: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def newest_list(xca, database: Path) -> x509.CertificateRevocationList:
    """Let XCA sign a revocation list."""
    (before,) = rows(database, "SELECT count(*) FROM crls")
    xca(database, "--crlgen=Acme CA", "--name=list")
    assert rows(database, "SELECT count(*) FROM crls") > [before]
    ((sealed,),) = rows(database, "SELECT crl FROM crls ORDER BY item DESC LIMIT 1")
    return x509.load_der_x509_crl(base64.b64decode(sealed))


def titles(records) -> set[str]:
    return {listing.title_of(record) for record in records}


def test_it_brings_certificates_keys_and_what_was_revoked(desk, take, xca_database, issues):
    report = take(xca_database)
    assert report.trees == (Tree("XCA", str(xca_database)),)
    assert titles(report.certificates) == {"Acme CA", "good.example", "stolen.example"}
    assert len(report.keys) == 2
    stolen = desk.ledger.find("stolen.example", now=desk.now())
    assert stolen.reason is Reason.KEY_COMPROMISE
    assert stolen.invalid_since == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert {one.serial for one in report.unseen} == {"1002", "1003"}
    assert ("private key", "no certificate belongs to it", f"“spare” in {xca_database}") in [
        (one.what, one.why, one.where) for one in report.skipped
    ]
    issues("Acme CA")


@pytest.mark.parametrize("name", ["a?mode=rwc#b%20.xdb", "a\udcff b.xdb"])
def test_its_name_may_be_anything(take, xca_database, tmp_path, name):
    assert len(take(xca_database.rename(tmp_path / name)).certificates) == 3


def test_it_is_found_in_a_directory(take, xca_database, tmp_path):
    report = take(tmp_path)
    assert titles(report.certificates) == {"Acme CA", "good.example", "stolen.example"}


@pytest.mark.parametrize(
    ("passphrases", "error"), [((), PassphraseMissing), (("wrong", "also"), PassphraseWrong)]
)
def test_without_its_passphrase_nothing_comes_in(take, xca_database, unchanged, passphrases, error):
    unchanged()
    with pytest.raises(error, match="acme"):
        take(xca_database, passphrases=passphrases)


def test_its_certificates_may_come_without_the_keys(take, xca_database):
    report = take(xca_database, passphrases=(), leave_locked=True)
    assert (len(report.certificates), report.keys) == (3, ())
    assert sum("no passphrase" in one.why for one in report.skipped) == 3


def test_a_person_is_asked_once_for_all_its_keys(take, xca_database):
    asked = []

    def ask(what: str) -> str:
        asked.append(what)
        return SECRET

    assert len(take(xca_database, passphrases=(), ask=ask).keys) == 2
    assert asked == [str(xca_database)]


def test_a_key_with_a_passphrase_of_its_own_is_asked_for_by_its_name(take, xca_database, tool, tmp_path):
    ((item, name, sealed),) = rows(
        xca_database, "SELECT item, name, private FROM private_keys JOIN items ON id=item WHERE name='good'"
    )
    (tmp_path / "old").write_bytes(base64.b64decode(sealed))
    tool(
        "openssl",
        "pkcs8",
        "-inform",
        "DER",
        "-in",
        "old",
        "-passin",
        f"pass:{SECRET}",
        "-out",
        "clear",
        cwd=tmp_path,
    )
    tool("openssl", "pkcs8", "-topk8", "-in", "clear", "-passout", "pass:its own", "-outform", "DER", "-out", "new",
         cwd=tmp_path)  # fmt: skip
    own = base64.b64encode((tmp_path / "new").read_bytes()).decode()
    change(xca_database, ("UPDATE private_keys SET ownPass=1, private=? WHERE item=?", (own, item)))
    asked = []

    def ask(what: str) -> str:
        asked.append(what)
        return "its own"

    assert len(take(xca_database, ask=ask).keys) == 2
    assert asked == [f"“{name}” in {xca_database}"]


def test_keys_in_the_form_of_old_versions_are_opened(take, xca, xca_database, tool, tmp_path):
    """XCA itself says that the form is right: it signs with the key that is sealed here."""
    ((item, sealed),) = rows(
        xca_database, "SELECT item, private FROM private_keys JOIN items ON id=item WHERE name='cakey'"
    )
    (tmp_path / "new").write_bytes(base64.b64decode(sealed))
    tool(
        "openssl",
        "pkcs8",
        "-inform",
        "DER",
        "-in",
        "new",
        "-passin",
        f"pass:{SECRET}",
        "-out",
        "clear",
        cwd=tmp_path,
    )
    tool("openssl", "ec", "-in", "clear", "-outform", "DER", "-out", "clear.der", cwd=tmp_path)
    salt = bytes(range(8))
    first = hashlib.sha1(SECRET.encode() + salt).digest()  # noqa: S324 -- as XCA did
    key = (first + hashlib.sha1(first + SECRET.encode() + salt).digest())[:24]  # noqa: S324 -- likewise
    tool("openssl", "enc", "-des-ede3-cbc", "-K", key.hex(), "-iv", salt.hex(), "-in", "clear.der", "-out", "old",
         cwd=tmp_path)  # fmt: skip
    old = base64.b64encode(salt + (tmp_path / "old").read_bytes()).decode()
    change(xca_database, ("UPDATE private_keys SET private=? WHERE item=?", (old, item)))
    with pytest.raises(PassphraseWrong):
        take(xca_database, passphrases=("wrong",))
    assert len(take(xca_database).keys) == 2
    assert newest_list(xca, xca_database).issuer.rfc4514_string() == "CN=Acme CA"


def test_the_list_that_xca_signs_says_what_is_imported(desk, take, xca, xca_database, tmp_path):
    """Rows are written here as XCA's dialog writes them; XCA reads them into its list, and so does the import."""
    change(
        xca_database,
        "DELETE FROM revocations",
        *(
            (
                "INSERT INTO revocations SELECT item, ?, '20260304050607Z', ?, 0, ? FROM authority",
                (serial, since, bit),
            )
            for serial, since, bit in (
                ("1000", "99991231235959Z", 6),
                ("1001", "20260102030405Z", 9),
                ("ABCD", "99991231235959Z", 0),
            )
        ),
    )
    report = take(xca_database)
    ours = {(one.serial, one.revoked_at, one.invalid_since) for one in (*report.revoked, *report.unseen)}
    words = {listing.title_of(one): one.reason for one in report.revoked}
    assert words == {"good.example": Reason.HOLD, "stolen.example": Reason.PRIVILEGE_WITHDRAWN}
    assert [(one.serial, one.reason) for one in report.unseen] == [("abcd", None)]
    crl = newest_list(xca, xca_database)

    def since(entry):
        found = [one.value for one in entry.extensions if isinstance(one.value, x509.InvalidityDate)]
        return found[0].invalidity_date_utc if found and found[0].invalidity_date_utc.year < 9999 else None

    assert ours == {(f"{one.serial_number:04x}", one.revocation_date_utc, since(one)) for one in crl}


def test_xca_s_own_list_has_no_dates_in_the_year_9999_here(desk, take, xca, xca_database, openssl_ca):
    change(xca_database, "UPDATE revocations SET invaldate='99991231235959Z'")
    crl = newest_list(xca, xca_database)
    (openssl_ca / "crl.der").write_bytes(crl.public_bytes(Encoding.DER))
    take(openssl_ca / "cacert.pem", openssl_ca / "stolen.pem", openssl_ca / "crl.der")
    stolen = desk.ledger.find("stolen.example", now=desk.now())
    assert (stolen.reason, stolen.invalid_since) == (Reason.KEY_COMPROMISE, None)


def test_a_locked_database_is_left_to_xca(take, xca_database):
    Path(f"{xca_database}-journal").write_bytes(b"not empty")
    with pytest.raises(Unreadable, match="has changes that are not in it yet"):
        take(xca_database)


def test_nothing_is_written_beside_it_or_into_it(take, xca_database, tmp_path):
    before = xca_database.read_bytes()
    xca_database.chmod(0o400)
    take(xca_database)
    assert [path.name for path in tmp_path.glob("acme*")] == ["acme.xdb"]
    assert xca_database.read_bytes() == before


# What somebody else might make of one


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE certs", "CREATE VIEW certs AS SELECT id AS item, 'x' AS cert FROM items"),
        ("DROP TABLE certs", "CREATE VIRTUAL TABLE certs USING fts5(item, cert)"),
        ("DROP TABLE certs",),
        ("DROP TABLE certs", "CREATE TABLE certs (item, cert AS (hex(zeroblob(9000000))))", "INSERT INTO certs VALUES (1)"),
        ("DROP TABLE certs", "CREATE TABLE certs (item)"),
    ],
    ids=["view", "virtual", "missing", "computed", "columns"],
)  # fmt: skip
def test_a_database_that_computes_is_refused(take, xca_database, unchanged, statements):
    change(xca_database, *statements)
    unchanged()
    with pytest.raises(Unreadable, match="XCA"):
        take(xca_database)


def test_an_endless_table_is_refused(take, xca_database, unchanged, monkeypatch):
    monkeypatch.setattr("tlsca.authority.foreign.xca._MOST_ROWS", 50)
    change(
        xca_database,
        *[("INSERT INTO certs (item, cert) VALUES (?, 'AA==')", (number,)) for number in range(60)],
    )
    unchanged()
    with pytest.raises(Unreadable, match="more than 50 rows in its table certs"):
        take(xca_database)


def test_rows_that_are_nonsense_are_skipped_one_by_one(take, xca_database):
    change(
        xca_database,
        "UPDATE certs SET cert='no base64!' WHERE item=(SELECT item FROM certs WHERE ca=0 LIMIT 1)",
        "UPDATE private_keys SET private='AAAA' WHERE item=(SELECT item FROM private_keys LIMIT 1)",
        "UPDATE requests SET request=NULL",
        "UPDATE items SET name=char(27) || '[2J' WHERE type=2",
        "INSERT INTO revocations (caId, serial, date) SELECT item, 'xyz', 'never' FROM authority",
        "INSERT INTO revocations (caId, serial, date) VALUES (99, '01', '20260101000000Z')",
    )
    report = take(xca_database)
    why = [one.why for one in report.skipped]
    for expected in (
        "the certificate is not in base64",
        "This is no private key of an XCA database",
        "the certificate request is not in base64",
        "a revocation whose number or time is none",
        "a revocation by an authority that is not there",
    ):
        assert expected in why
    assert len(report.certificates) == 2
    assert not any("\x1b" in one.what for one in report.skipped)


@pytest.mark.parametrize("cut", [20, 100, 5000, 60000])
def test_a_torn_database_is_refused_or_read_in_part(take, xca_database, cut):
    xca_database.write_bytes(xca_database.read_bytes()[:cut])
    with pytest.raises(Unreadable):
        take(xca_database)


def test_a_database_of_another_program_is_named(take, tmp_path):
    change(tmp_path / "other.xdb", "CREATE TABLE bookmarks (url)")
    with pytest.raises(Unreadable, match="not one of XCA's"):
        take(tmp_path / "other.xdb")


def test_a_database_of_xca_before_2_is_named(take, tmp_path):
    (tmp_path / "old.xdb").write_bytes(bytes.fromhex("cadb1969") + bytes(100))
    with pytest.raises(Unreadable, match=r"XCA before 2\.0"):
        take(tmp_path / "old.xdb")
