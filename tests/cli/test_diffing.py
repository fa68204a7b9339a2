"""diff: files, references and hosts, of one kind or of several; what is alike is counted, what differs is told."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding


def marks(ran, group, field=None):
    """Return (mark, old, new) of the fields of a group in what `--json` printed."""
    found = [one for one in ran.json["fields"] if one["group"] == group and field in {None, one["field"]}]
    return [(one["mark"], one["old"], one["new"]) for one in found]


@pytest.fixture
def request_file(openssl, tmp_path):
    openssl(
        *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
        *("-keyout", tmp_path / "key.pem", "-out", tmp_path / "a.csr", "-subj", "/O=Acme/CN=a.example"),
        *("-addext", "subjectAltName=DNS:a.example,DNS:b.example"),
    )
    return tmp_path / "a.csr"


def test_a_certificate_equals_its_own_export_and_every_field_is_counted(cli, done, store):
    done("export", "localhost", "--as", "pem", "--out", "leaf.pem")
    ran = cli("diff", "localhost", "leaf.pem")
    assert ran.status == 0
    assert "The two are equal" in ran.text
    assert "Extensions            = 5 fields alike" in ran.text
    told = cli("diff", "leaf.pem", "localhost", "--json").json
    assert told["equal"]
    assert {one["mark"] for one in told["fields"]} == {"same"}
    assert told["a"]["sha256"] == told["b"]["sha256"]


def test_two_certificates_differ_in_names_dates_key_and_fingerprint_and_not_in_their_issuer(cli, done, store):
    done(
        "issue", "localhost", "www.localhost", "--issuer", "Test Intermediate", "--days", "7", "--must-staple"
    )
    first, second = (
        one["sha256"] for one in done("list", "san:localhost", "--json").json if "localhost" in one["names"]
    )
    ran = cli("diff", first, second, "--json")
    assert ran.status == 1
    assert marks(ran, "Names") == [
        ("same", "localhost", "localhost"),
        ("added", None, "www.localhost"),
        ("removed", "127.0.0.1", None),
        ("same", "no", "no"),
    ]
    assert [mark for mark, _, _ in marks(ran, "Issuer")] == ["same"]
    assert marks(ran, "Validity", "Lifetime")[0][0] == "changed"
    assert [mark for mark, _, _ in marks(ran, "Key")] == ["same", "changed"]
    assert marks(ran, "Extensions", "TLS feature") == [("added", None, "must staple OCSP")]
    assert marks(ran, "Fingerprints", "SHA-256")[0][0] == "changed"
    told = cli("diff", first, second).text
    assert "  + DNS               www.localhost\n" in told
    assert "Issuer                = 1 field alike\n" in told
    assert "  = Not" not in told
    assert "  = CN                Test Intermediate\n" in cli("diff", first, second, "--all").text


def test_a_request_is_compared_with_the_certificate_that_it_became(cli, done, store, request_file):
    done("sign", request_file, "--issuer", "Test Intermediate")
    ran = cli("diff", request_file, "a.example", "--json")
    assert ran.status == 1
    assert (ran.json["a"]["kind"], ran.json["b"]["kind"]) == ("certificate request", "certificate")
    assert {mark for mark, _, _ in marks(ran, "Key")} == {"same"}
    assert {mark for mark, _, _ in marks(ran, "Names")} == {"same"}
    assert {mark for mark, _, _ in marks(ran, "Subject")} == {"same"}
    assert {mark for mark, _, _ in marks(ran, "Issuer")} == {"added"}
    assert ("added", None, "TLS server") in marks(ran, "Extensions")


def test_two_revocation_lists_differ_in_what_was_revoked_between(cli, done, store):
    done("crl", "Test Intermediate", "--out", "before.crl")
    serial = done("list", "localhost", "--json").json[0]["serial"]
    done("revoke", "localhost", "--reason", "key-compromise", "--yes")
    done("crl", "Test Intermediate", "--out", "after.crl", "--as", "der")
    ran = cli("diff", "before.crl", "after.crl", "--json")
    assert ran.status == 1
    ((mark, old, new),) = marks(ran, "Revoked", serial)
    assert (mark, old) == ("added", None)
    assert new.endswith(", key-compromise")
    ((mark, old, new),) = marks(ran, "Extensions", "CRL number")
    assert (mark, int(old) < int(new)) == ("changed", True)


def test_what_a_host_serves_is_compared_with_what_the_store_holds(cli, store, listen):
    port = listen("localhost").port
    assert cli("diff", "localhost", f"127.0.0.1:{port}").status == 0
    assert cli("diff", f"localhost:{port}", "Test Root").status == 1


def test_standard_input_is_a_dash_on_one_side_alone(cli, done, store):
    pem = done("export", "localhost", "--as", "pem").out
    assert cli("diff", "-", "localhost", stdin=pem).status == 0
    assert cli("diff", "-", "-", stdin=pem).status == 2


def test_of_several_in_a_file_the_first_counts_and_that_is_said(cli, done, store):
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    ran = cli("diff", "chain.pem", "localhost")
    assert ran.status == 0
    assert ran.talk == "A is the first of 3 in chain.pem.\n"


def test_an_encrypted_file_opens_with_its_passphrase_alone(cli, done, store, environment, tmp_path):
    environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
    done("export", "localhost", "--as", "pkcs12", "--out", "a.p12")
    assert cli("diff", "a.p12", "localhost").status == 4
    (tmp_path / "right").write_text("open sesame")
    assert cli("diff", "a.p12", "localhost", "--passphrase-file-in", "right").status == 0


@pytest.mark.parametrize(
    "what", ["nothing.pem", "noise", "key.pem", "127.0.0.1:1", "a\x1b[2J", "", "directory"]
)
def test_what_cannot_be_compared_is_one_sentence(cli, environment, request_file, tmp_path, what):
    (tmp_path / "noise").write_bytes(bytes(range(256)))
    (tmp_path / "directory").mkdir()
    ran = cli("diff", request_file, what)
    assert (ran.status, ran.out) == (3, b"")
    assert "defect" not in ran.talk
    assert not ran.unsafe


def test_names_that_attack_are_printed_as_text(cli, environment, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    hostile = "\x1b[2J\x1b]52;c;aGFjaw==\x07\u202e[/bad]\n+ DNS forged.example"
    for name, common in (("a", hostile), ("b", "tame")):
        made = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)]))
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName._init_without_validation(common)]), critical=False
            )
            .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), common.encode()), True)
            .sign(key, hashes.SHA256())
        )
        (tmp_path / f"{name}\u202e.csr").write_bytes(made.public_bytes(Encoding.DER))
    for words in ((), ("--all",)):
        ran = cli("diff", "a\u202e.csr", "b\u202e.csr", *words)
        assert ran.status == 1
        assert not ran.unsafe
        assert not [line for line in ran.text.splitlines() if line.startswith("+ DNS forged")]
    assert not cli("diff", "a\u202e.csr", "b\u202e.csr", "--json").unsafe
