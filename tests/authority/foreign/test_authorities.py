"""An authority that OpenSSL made, in every form in which its key may lie about, goes on issuing here."""

import shutil

import pytest

from tlsca.authority import listing

SECRET = "imported horse"
KINDS = {
    "rsa": ("RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    "ec": ("EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
    "ed25519": ("ED25519",),
    "ed448": ("ED448",),
}
SEALED = ("-passout", f"pass:{SECRET}")
FORMS = {
    "PKCS#8": ("pkcs8", "-topk8", "-nocrypt", "-in", "ca.key", "-out", "taken.key"),
    "PKCS#8 in DER": ("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", "ca.key", "-out", "taken.key"),
    "encrypted PKCS#8": ("pkcs8", "-topk8", *SEALED, "-in", "ca.key", "-out", "taken.key"),
    "encrypted PKCS#8 in DER": ("pkcs8", "-topk8", *SEALED, "-outform", "DER", "-in", "ca.key", "-out", "taken.key"),
    "PKCS#8 with scrypt": ("pkcs8", "-topk8", "-scrypt", *SEALED, "-in", "ca.key", "-out", "taken.key"),
    "traditional": ("pkey", "-traditional", "-in", "ca.key", "-out", "taken.key"),
    "encrypted traditional": ("pkey", "-traditional", "-aes256", *SEALED, "-in", "ca.key", "-out", "taken.key"),
    "PKCS#12": ("pkcs12", "-export", *SEALED, "-inkey", "ca.key", "-in", "ca.pem", "-out", "taken.p12"),
    "old PKCS#12": ("pkcs12", "-export", "-legacy", *SEALED, "-inkey", "ca.key", "-in", "ca.pem", "-out", "taken.p12"),
    "PKCS#12 without a passphrase": ("pkcs12", "-export", "-keypbe", "NONE", "-certpbe", "NONE", "-nomaciter", "-passout", "pass:",
                                     "-inkey", "ca.key", "-in", "ca.pem", "-out", "taken.p12"),
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Where OpenSSL made an authority of each kind that was asked for, once."""
    return tmp_path_factory.mktemp("theirs")


@pytest.fixture
def authority(tool, made, tmp_path):
    """Let OpenSSL make an authority of a kind, and bring its key into a form; return the files to import."""

    def make(where):
        where.mkdir()
        tool("openssl", "genpkey", "-algorithm", *KINDS[where.name], "-out", "ca.key", cwd=where)
        usages = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
        name = ("-subj", "/O=Theirs/CN=Their CA", "-days", "3000", *usages)
        tool("openssl", "req", "-x509", "-new", "-key", "ca.key", *name, "-out", "ca.pem", cwd=where)

    def authority(kind: str, form: str):
        if not (made / kind).exists():
            make(made / kind)
        where = shutil.copytree(made / kind, tmp_path / "theirs")
        tool("openssl", *FORMS[form], cwd=where)
        taken = next(where.glob("taken.*"))
        return [taken] if taken.suffix == ".p12" else [where / "ca.pem", taken]

    return authority


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (kind, form)
        for kind in KINDS
        for form in FORMS
        if "traditional" not in form or not kind.startswith("ed")  # their keys have no such form
    ],
)
def test_an_authority_from_openssl_issues_what_openssl_verifies(take, issues, authority, kind, form):
    report = take(*authority(kind, form))
    (record,) = report.certificates
    assert (listing.title_of(record), record.is_authority, record.profile) == ("Their CA", True, "root")
    assert [key.id for key in report.keys] == [record.key_id]
    issues("Their CA")
