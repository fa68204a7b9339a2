"""inspect: files, references and hosts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tlsca.authority.inspecting import open_file
from tlsca.authority.keeping import open_store
from tlsca.tui.widgets.seen import look_into

# From OpenSSL 3.2 on, names are spaced in another way unless they are asked for on one line.
TEXT = ("-noout", "-text", "-nameopt", "oneline")


def as_before(crl: bytes) -> bytes:
    """Set the fields of a CRL where OpenSSL had them before it moved them four columns to the left."""
    head, rest = crl.split(b"No Revoked Certificates.")
    if b"\n    Version" in head:
        head = head.replace(b"\n    ", b"\n        ")
    return head + b"No Revoked Certificates." + rest


def test_text_on_a_pipe_is_openssls_to_the_byte(process, store, openssl, done):
    done("export", "localhost", "--as", "pem", "--out", "leaf.pem")
    expected = openssl("x509", *TEXT, "-in", "leaf.pem")
    assert process("inspect", "leaf.pem", "--as", "text").out == expected
    assert process("inspect", "localhost", "--as", "text").out == expected


def test_a_request_and_a_crl_are_openssls_text_too(process, environment, openssl, tmp_path):
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-subj", "/CN=a", "-addext", "subjectAltName=DNS:a.example", "-out", "a.csr")  # fmt: skip
    assert process("inspect", "a.csr", "--as", "text").out == openssl("req", *TEXT, "-in", "a.csr")
    openssl("req", "-x509", "-key", "key.pem", "-subj", "/CN=ca", "-out", "ca.pem")
    (tmp_path / "index.txt").touch()
    (tmp_path / "crlnumber").write_text("01\n")
    (tmp_path / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=9\n"
    )
    openssl("ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "key.pem", "-out", "a.crl")
    expected = as_before(openssl("crl", *TEXT, "-in", "a.crl"))
    assert process("inspect", "a.crl", "--as", "text").out == expected


def test_the_summary_says_who_for_what_and_until_when(done, store):
    told = done("inspect", "localhost").text
    for word in ("CN=localhost", "CN=Test Intermediate", "127.0.0.1", "TLS server", "ec-p256"):
        assert word in told


def test_the_structure_names_every_field_and_json_explains_it(done, store):
    told = done("inspect", "localhost", "--as", "structure").text
    lines = {line.split("  ")[0]: line for line in (line.strip() for line in told.splitlines())}
    assert "critical  Digital signature" in lines["Key usage"]
    assert "localhost" in lines["Subject alternative name"]
    tree = done("inspect", "localhost", "--as", "structure", "--json").json
    assert (tree["title"], tree["offset"]) == ("Certificate", 0)
    assert "RFC 5280" in tree["note"]
    assert [child["title"] for child in tree["children"]] == [
        "Signed part",
        "Signature algorithm",
        "Signature",
    ]


def test_objects_of_a_file_are_shown_one_after_the_other_and_a_private_key_is_not(done, store):
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "leaf.key")
    assert done("inspect", "chain.pem", "--as", "structure").text.count("\nCertificate ") == 2
    shown = done("inspect", "leaf.key", "--as", "structure").text
    assert shown.split() == ["Private", "key", "not", "shown"]


def test_pem_and_json_hold_the_certificate_itself(done, store):
    pem = done("export", "localhost", "--as", "pem").out
    assert done("inspect", "localhost", "--as", "pem").out == pem
    found = done("inspect", "localhost", "--as", "json").json
    assert found == done("inspect", "localhost", "--json").json
    assert (found["kind"], found["pem"].encode()) == ("certificate", pem)


def test_a_file_of_several_objects_is_shown_whole(done, store):
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    assert [item["kind"] for item in done("inspect", "chain.pem", "--json").json] == ["certificate"] * 3


def test_stdin_is_a_dash(done, store):
    pem = done("export", "localhost", "--as", "pem").out
    assert done("inspect", "-", "--as", "pem", stdin=pem).out == pem


def test_what_a_host_serves_is_inspected_without_trusting_it(done, store, listen, environment):
    chain = done("export", "localhost", "--as", "chain").out
    port = listen("localhost").port
    environment.setenv("TLSCA_STORE", "none")
    assert done("inspect", f"localhost:{port}", "--as", "pem").out == chain
    assert [item["source"] for item in done("inspect", f"127.0.0.1:{port}", "--json").json] == [
        f"127.0.0.1:{port}"
    ] * 2


def test_of_a_private_key_only_public_facts_are_shown(cli, done, store):
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "key.pem")
    told = done("inspect", "key.pem", "--json")
    assert told.json["kind"] == "private key"
    assert "BEGIN" not in told.text
    assert cli("inspect", "key.pem", "--as", "text").status == 3
    assert cli("inspect", "key.pem", "--as", "pem").status == 3


def test_an_encrypted_file_opens_with_its_passphrase_alone(cli, done, store, environment, tmp_path):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "pkcs12", "--out", "a.p12")
    environment.delenv("TLSCA_PASSPHRASE")
    missing = cli("inspect", "a.p12")
    assert missing.status == 4
    assert "--passphrase-file-in" in missing.talk
    assert "Content" in missing.text
    assert "not opened" in missing.text
    assert "HMAC-SHA256" in missing.text
    (tmp_path / "wrong").write_text("close sesame")
    assert cli("inspect", "a.p12", "--passphrase-file-in", "wrong").status == 4
    (tmp_path / "right").write_text("open sesame")
    kinds = [
        item["kind"] for item in done("inspect", "a.p12", "--passphrase-file-in", "right", "--json").json
    ]
    assert kinds == ["PKCS#12 bundle", *["certificate"] * 3, "private key"]


@pytest.mark.parametrize(
    ("sealing", "words"),
    [
        (["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "4321"], "AES-256-CBC, PBKDF2 with HMAC-SHA256, 4,321 rounds"),
        (["pkcs8", "-topk8", "-scrypt"], "scrypt with N=16,384, r=8, p=1"),
        (["ec", "-aes128"], "AES-128-CBC, MD5, 1 round"),
    ],
)  # fmt: skip
def test_a_sealed_key_shows_its_sealing_and_what_lies_beside_it_without_its_passphrase(
    cli, done, tmp_path, sealing, words
):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "plain.key", "-subj", "/CN=a", "-out", "a.pem")  # fmt: skip
    openssl(*sealing, "-in", "plain.key", "-out", "sealed.key", "-passout", "pass:open sesame")
    both = (tmp_path / "a.pem").read_bytes() + (tmp_path / "sealed.key").read_bytes()
    (tmp_path / "both.pem").write_bytes(both)
    shown = cli("inspect", "both.pem", "--json")
    assert shown.status == 4
    assert "nobody to ask" in shown.talk
    certificate, key = shown.json
    assert certificate["kind"] == "certificate"
    assert [row["title"] for row in key["rows"]] == ["Sealed with", "Content"]
    assert words.lower() in key["rows"][0]["value"].lower()
    assert "pem" not in key


@pytest.mark.parametrize(
    "what",
    [
        "directory",
        "missing.pem",
        "empty",
        "noise",
        "/dev/null",
        "/dev/zero",
        "torn.pem",
        "localhost:0",
        "127.0.0.1:1",
        "a\udcff",
        "a\x1b[2J",
        "",
        "x" * 5000,
    ],
)
def test_what_cannot_be_shown_is_one_sentence(cli, environment, tmp_path, what):
    (tmp_path / "directory").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "noise").write_bytes(bytes(range(256)))
    (tmp_path / "torn.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    ran = cli("inspect", what)
    assert ran.status == (0 if what == "torn.pem" else 3)
    assert bool(ran.out) == (ran.status == 0)
    assert "defect" not in ran.talk
    assert not ran.unsafe


def test_what_a_file_holds_besides_is_shown_and_what_is_left_out_is_told(cli, done, store, openssl, tmp_path):
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "key.pem")
    public = openssl("pkey", "-in", "key.pem", "-pubout")
    chain = done("export", "localhost", "--as", "chain").out
    (tmp_path / "many.pem").write_bytes(
        b"Hello,\n" + public + chain + b"-----BEGIN X-----\nAAAA\n-----END X-----\n"
    )
    ran = cli("inspect", "many.pem", "--json")
    assert [item["kind"] for item in ran.json] == ["public key", "certificate", "certificate"]
    assert "Skipped a PEM block “X”: its kind is not known." in ran.talk
    rows = {row["title"]: row["value"] for row in ran.json[0]["rows"]}
    assert (rows["Belongs to"], rows["In the store"]) == ("localhost", "localhost")
    text = done("inspect", "many.pem", "--as", "text").out
    assert text.startswith(openssl("pkey", "-in", "key.pem", "-noout", "-text_pub"))
    assert text.count(b"Certificate:\n") == 2


def test_a_message_is_opened_up_but_for_its_structure(done, store, openssl):
    done("export", "localhost", "--as", "chain", "--out", "chain.pem")
    openssl("crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-out", "chain.p7b")
    assert done("inspect", "chain.p7b", "--as", "pem").out == done("inspect", "chain.pem", "--as", "pem").out
    structure = done("inspect", "chain.p7b", "--as", "asn1").text
    assert "pkcs7-signedData" in structure
    assert structure.count("d=0 ") == 1


def test_the_certificates_of_a_bundle_are_printed_and_its_key_is_not(done, cli, store, environment):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    environment.setenv("TLSCA_IMPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "pkcs12", "--out", "a.p12")
    ran = cli("inspect", "a.p12", "--as", "pem")
    assert (ran.status, ran.out.count(b"BEGIN CERTIFICATE"), b"KEY" in ran.out) == (0, 3, False)
    assert "A private key is not printed." in ran.talk


def test_a_certificate_in_a_file_is_shown_without_loading_store_prober_or_parser(done, store, tmp_path):
    done("export", "localhost", "--as", "pem", "--out", "leaf.pem")
    program = (
        "import sys\n"
        "from tlsca.__main__ import main\n"
        "sys.argv = ['tlsca', 'inspect', 'leaf.pem']\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "CN=localhost" in ran.stdout
    assert not set(ran.stderr.split()) & {
        "cryptography",
        "ssl",
        "tinydb",
        "textual",
        "idna",
        "tempfile",
        "json",
    }


def test_what_is_wrong_with_a_certificate_is_the_same_in_summary_json_and_app(done, store, openssl, tmp_path):
    openssl("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "k.pem", "-subj", "/CN=www.example.com", "-out", "c.pem")  # fmt: skip
    shown = done("inspect", "c.pem", "--json").json["rows"]
    wrong = [row for row in shown if row["title"] in {"Error", "Warning", "Notice"}]
    assert shown[0]["value"] == "The RSA key has 1024 bits, fewer than 2048."
    assert len(wrong) > 1
    lines = done("inspect", "c.pem").text.splitlines()[1:]
    assert [" ".join(line.split()) for line in lines] == [f"{row['title']} {row['value']}" for row in shown]
    desk = open_store(store)
    (one,) = open_file(tmp_path / "c.pem", passphrase=None, now=desk.now()).objects
    in_app = look_into(desk, one).summary[:-1]  # the last one says where it came from
    assert [row.to_json() for row in in_app] == shown


def test_the_chain_of_a_certificate_is_told_in_words_and_as_json(done, cli, store, environment):
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    told = done("inspect", "localhost", "--as", "chain").text
    assert told.startswith("The chain of 3 certificates is whole, and its root is trusted.\n\nCN=localhost\n")
    assert "signed by itself: the root" in told
    assert told.count("found: the store") == 3
    links = done("inspect", "localhost", "--as", "chain", "--json").json["links"]
    assert [link["link"] for link in links] == ["signature verifies"] * 3
    assert [
        link["sha256"] for link in done("inspect", "chain.pem", "--as", "chain", "--json").json["links"]
    ] == [link["sha256"] for link in links]


def test_an_issuer_that_is_nowhere_is_named_without_a_store(
    done, cli, store, environment, openssl, monkeypatch, tmp_path
):
    done("export", "localhost", "--as", "pem", "--out", "leaf.pem")
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "leaf.key")
    monkeypatch.setenv("TLSCA_STORE", str(tmp_path / "none"))
    told = done("inspect", "leaf.pem", "--as", "chain").text
    assert "-> missing\n   CN=Test Intermediate" in told
    assert (
        done("inspect", "leaf.pem", "--as", "chain", "--json").json["missing"]["issuer"].startswith("CN=Test")
    )
    ran = cli("inspect", "leaf.key", "--as", "chain")
    assert (ran.status, "Only a certificate has a chain." in ran.talk) == (3, True)


def test_a_file_is_shown_and_judged_without_loading_what_only_other_commands_need(done, store, tmp_path):
    done("export", "localhost", "--as", "fullchain", "--out", "one.pem")
    program = (
        "import sys; from tlsca.__main__ import main; sys.argv[1:] = ['inspect', sys.argv[1]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'cryptography', 'tinydb', 'textual', 'idna', 'shutil', 'logging', 'tlsca.pki.ssh'} & sys.modules.keys()))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "one.pem")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert shown.stdout.endswith("[]\n"), shown.stdout
