"""export --for and --tree: whole directories, and what is refused before anything is written."""

import re
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SECRET = "a passphrase for the file"


@pytest.fixture
def sealed(environment):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", SECRET)


def test_paths_modes_proof_and_next_step_are_told(done, store, dear_seals, sealed, tmp_path):
    told = done("export", "localhost", "--for", "nginx").text
    lines = told.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["0644", "0600", "0644", "0644"]
    assert f"{tmp_path}/localhost-nginx/key.pem" in lines[2]
    assert "AES-256-CBC, PBKDF2 with HMAC-SHA256, 600,000 rounds" in lines[2]
    assert lines[-1].endswith("then prove it: tlsca probe localhost:443")


def test_the_same_as_json(done, store, dear_seals, sealed, tmp_path):
    told = done("export", "Alice Doe", "--for", "browser", "--out", "here", "--json").json
    assert (told["program"], told["directory"]) == ("browser", str(tmp_path / "here"))
    bundle = told["files"][0]
    assert (bundle["mode"], bundle["holds"]) == ("0600", "3 certificates, 1 private key")
    assert bundle["sealing"]["MAC"] == "HMAC-SHA256, 300,000 rounds"
    for one in told["files"]:
        path = tmp_path / "here" / one["path"]
        assert f"{stat.S_IMODE(path.stat().st_mode):04o}" == one["mode"]
        assert path.stat().st_size == one["octets"]


def test_what_is_inside_of_a_manifest_is_read_back_too(done, store):
    told = done("export", "localhost", "--for", "kubernetes", "--no-passphrase", "--json").json
    assert told["files"][0]["holds"] == "3 certificates, 1 private key"


def test_a_key_that_leaves_is_in_the_log_and_a_root_is_not(done, store, sealed):
    done("export", "localhost", "--for", "curl")
    assert done("log", "--json").json_lines[-1]["act"] != "export-key"
    done("export", "localhost", "--for", "nginx")
    last = done("log", "--json").json_lines[-1]
    assert (last["act"], last["detail"]["program"], last["detail"]["clear"]) == ("export-key", "nginx", False)


def test_what_needs_no_key_asks_for_no_passphrase(done, store, environment, tmp_path):
    environment.delenv("TLSCA_PASSPHRASE")
    done("export", "Test Root", "--for", "java")
    assert {path.name for path in (tmp_path / "Test-Root-java").iterdir()} == {"truststore.p12", "README"}


def test_several_get_a_directory_each(done, store, sealed, tmp_path):
    (tmp_path / "out").mkdir()
    told = done(
        "export", "localhost", "Alice Doe", "localhost", "--for", "postgresql", "--out", "out", "--json"
    ).json
    assert len(told) == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "localhost-postgresql",
        "Alice-Doe-postgresql",
    }


def test_one_that_cannot_be_stops_all(cli, store, sealed, tmp_path):
    ran = cli("export", "localhost", "Alice Doe", "--for", "nginx")
    assert (ran.status, ran.out) == (3, b"")
    assert not (tmp_path / "localhost-nginx").exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["localhost", "--for", "nonsense"], 2),
        (["localhost", "--for", "nginx", "--as", "pem"], 2),
        (["localhost"], 2),
        ([], 2),
        (["--for", "nginx"], 2),
        (["localhost", "--tree", "x"], 2),
        (["localhost", "--for", "nginx", "--show-command"], 2),
        (["nobody", "--for", "nginx"], 3),
        (["localhost", "--for", "haproxy"], 3),
        (["Alice Doe", "--for", "nginx"], 3),
        (["localhost", "--for", "nginx", "--out", "missing/out"], 3),
    ],
)
def test_what_cannot_be_exported_is_refused(cli, store, sealed, tmp_path, words, status):
    before = sorted(tmp_path.iterdir())
    ran = cli("export", *words)
    assert (ran.status, ran.out) == (status, b"")
    assert len(ran.talk.splitlines()) <= 4
    assert sorted(tmp_path.iterdir()) == before


def test_without_a_passphrase_no_key_leaves_and_a_short_one_is_none(cli, store, environment, tmp_path):
    assert cli("export", "localhost", "--for", "nginx").status == 4
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "short")
    assert cli("export", "localhost", "--for", "nginx").status == 3
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "not so long")
    assert "12 or more are better" in cli("export", "localhost", "--for", "nginx").talk


def test_what_is_there_stays_unless_forced(cli, done, store, sealed, tmp_path):
    done("export", "localhost", "--for", "nginx", "--out", "tls")
    before = (tmp_path / "tls" / "key.pem").read_bytes()
    assert cli("export", "localhost", "--for", "nginx", "--out", "tls").status == 3
    assert (tmp_path / "tls" / "key.pem").read_bytes() == before
    done("export", "localhost", "--for", "nginx", "--out", "tls", "--force")
    assert (tmp_path / "tls" / "key.pem").read_bytes() != before


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/shadow",
        "-rf",
        "a\nssl_verify_client off;",
        "x" * 64,
        "con",
        "a'; DROP--",
        "\x1b[2J",
    ],
)
def test_a_hostile_name_reaches_neither_paths_nor_configuration(done, store, sealed, tmp_path, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    )
    now = datetime.now(UTC)
    dated = builder.serial_number(4096).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    made = dated.sign(key, hashes.SHA256())
    pem = made.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (tmp_path / "foreign.pem").write_bytes(pem)
    done("import", "foreign.pem")
    before = set(tmp_path.iterdir())
    for program in ("nginx", "postgresql", "kubernetes", "browser", "openvpn"):
        words = ["--no-passphrase"] if program == "kubernetes" else []
        done("export", "1000", "--for", program, *words)
    made = set(tmp_path.iterdir()) - before
    assert len(made) == 5
    for path in (file for folder in made for file in folder.iterdir()):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,109}", path.name)
        if path.name == "README":
            assert "\x1b" not in path.read_text()
            pasted = "".join(re.findall(r"--- begin: .*?--- end: ", path.read_text(), re.DOTALL))
            assert not any(char in pasted for char in ("../..", "'; D", "client off;", " -rf"))


def test_the_public_tree_says_how_it_is_used(done, store, openssl, environment, tmp_path):
    environment.delenv("TLSCA_PASSPHRASE")
    told = done("export", "--tree", "tree").talk
    assert "openssl verify -CApath" in told
    (leaf,) = (tmp_path / "tree" / "certs").glob("localhost-*.pem")
    assert openssl("verify", "-CApath", "tree/ca", leaf).endswith(b": OK\n")
    assert done("export", "--tree", "tree", "--force", "--json").json["authorities"] == 2


def test_several_in_one_format_go_to_a_directory(cli, done, store, tmp_path):
    (tmp_path / "out").mkdir()
    told = done("export", "localhost", "Test Root", "--as", "pem", "--out", "out", "--json").json
    assert [one["holds"] for one in told] == ["1 certificate"] * 2
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert cli("export", "localhost", "Test Root", "--as", "pem").status == 2
    assert cli("export", "localhost", "Test Root", "--as", "pem", "--out", "out").status == 3


@pytest.fixture
def elsewhere(done, store, empty_store):
    """Return a function that takes files which were exported in one format into a new store, and works there from then on."""

    def take(*forms):
        for form in forms:
            done("export", "localhost", "--as", form, "--no-passphrase", "--out", f"{form}.pem")
        empty_store()
        done("import", *(f"{form}.pem" for form in forms))

    return take


def test_a_certificate_whose_key_is_elsewhere_goes_to_no_server(cli, done, elsewhere, tmp_path):
    elsewhere("fullchain")
    ran = cli("export", "localhost", "--for", "nginx", "--no-passphrase")
    assert (ran.status, ran.out) == (3, b"")
    assert "The private key is not in the store" in ran.talk
    assert not (tmp_path / "localhost-nginx").exists()
    done("export", "localhost", "--for", "curl")


def test_without_its_root_a_server_gets_no_lines_about_clients_and_clients_get_nothing(
    cli, done, elsewhere, tmp_path
):
    elsewhere("pem", "key")
    done("export", "localhost", "--for", "nginx", "--no-passphrase", "--out", "nginx")
    assert {path.name for path in (tmp_path / "nginx").iterdir()} == {"certificate.pem", "key.pem", "README"}
    assert "root" not in (tmp_path / "nginx" / "README").read_text().replace("chown -R root:", "")
    ran = cli("export", "localhost", "--for", "curl")
    assert ran.status == 3
    assert "root of this certificate is not in the store" in ran.talk
