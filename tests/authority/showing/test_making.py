"""The commands that tlsca shows are pasted into a shell here, and what they make is compared with what tlsca makes."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.requesting import RequestForm, SignForm, make_request, sign_request
from tlsca.authority.showing import show_authority, show_certificate
from tlsca.authority.showing_requests import show_request, show_signature

HOSTILE = x509.Name(
    [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "${IFS}; touch owned & | > owned"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "END_OF_FILE"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, " sp %0a ö 东\\"),
        x509.NameAttribute(NameOID.COMMON_NAME, "$(touch owned) `touch owned` \"q\" 'a' \\ #1 $HOME /+=,<"),
    ]
).rfc4514_string()


SUBJECTS = {"plain": "CN=Root", "hostile": HOSTILE, "many": "CN=A+UID=7,OU=x+OU=y,OU=z,DC=example,C=SE"}


@pytest.mark.parametrize("key", ["ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519", "ed448"])
def test_a_root_is_the_same_with_every_kind_of_key(desk, pasted, key, assert_alike):
    form = AuthorityForm(name="Root", key=key, days=400)
    made = pasted(show_authority(desk, form), "Root")
    assert_alike(made, desk.certificate(create_authority(desk, form).record))


@pytest.mark.parametrize("subject", [pytest.param(text, id=name) for name, text in SUBJECTS.items()])
def test_a_subject_comes_out_octet_for_octet(desk, paste, subject, assert_alike):
    form = AuthorityForm(name=subject)
    where = paste(show_authority(desk, form))
    (made,) = [x509.load_pem_x509_certificate(path.read_bytes()) for path in where.glob("*.pem")]
    assert_alike(made, desk.certificate(create_authority(desk, form).record))


def test_an_intermediate_is_the_same(desk, root, pasted, assert_alike):
    form = AuthorityForm(
        name="Inner",
        issuer="Root",
        path_length=0,
        permit=("corp.example", "10.0.0.0/8", "@corp.example", "uri:corp.example", "2001:db8::/32"),
        exclude=("bad.corp.example", "10.6.0.0/16"),
    )
    made = pasted(show_authority(desk, form), "Inner")
    assert_alike(made, desk.certificate(create_authority(desk, form).record))


LEAVES = {
    "server": CertificateForm(names=("www.example.com",)),
    "server-rsa": CertificateForm(names=("www.example.com", "example.com"), key="rsa-2048", days=30),
    "until": CertificateForm(names=("www.example.com",), until="2031-01-31"),
    "clamped": CertificateForm(names=("www.example.com",), days=90000),
    "client": CertificateForm(names=("Alice Doe",), profile="client"),
    "client-dn": CertificateForm(names=(), subject=HOSTILE, profile="client"),
    "e-mail": CertificateForm(names=("alice@example.com",), profile="email"),
    "ocsp": CertificateForm(names=("Responder",), profile="ocsp"),
    "timestamp": CertificateForm(names=("Clock",), profile="timestamp"),
    "document": CertificateForm(names=("Office",), profile="document"),
    "code": CertificateForm(names=("Builder",), profile="code"),
    "public-server": CertificateForm(names=("www.example.com",), profile="public-server"),
    "pointers": CertificateForm(
        names=("www.example.com",),
        must_staple=True,
        ocsp_urls=("http://ocsp.example/$HOME?a=b,c#d", "http://two.example/"),
        issuer_urls=("http://ca.example/root.der",),
        crl_urls=("http://crl.example/`id`;a,b", "http://crl.example/2"),
    ),
    "policies": CertificateForm(
        names=("www.example.com",),
        policies=("1.2.3.4", '1.2.3.5,cps=http://cps.example/$(id),a,notice=Ask “us”, "twice"; $(touch owned) \\ #'),
    ),
    "further": CertificateForm(
        names=("www.example.com",), extensions=("1.2.3.4.5=critical,0500", "1.3.6.1.5.5.7.1.99=04022224")
    ),
    "kinds of name": CertificateForm(
        names=("bücher.example", "*.example.com", "192.0.2.1", "2001:db8::1", "a+$b@example.com", "spiffe://x/$(id)'#,;\""),
        sans=("rid:1.2.3.4", "upn:alice@corp.example", 'dir:CN=a\\, $(id) \\"b\\",O=x', "other:1.2.3.4;UTF8:$(id)"),
    ),
    "foreign names": CertificateForm(
        names=("www.example.com",), sans=("dir:CN=Åsa", "upn:åsa@corp.example")
    ),
    "no subject": CertificateForm(names=("spiffe://example.com/service",), profile="peer"),
}  # fmt: skip


@pytest.mark.parametrize("form", [pytest.param(form, id=name) for name, form in LEAVES.items()])
def test_a_leaf_is_the_same(desk, root, paste, form, assert_alike):
    where = paste(show_certificate(desk, form))
    (path,) = set(where.glob("*.pem")) - {where / "Root.pem"}
    made = x509.load_pem_x509_certificate(path.read_bytes())
    assert_alike(made, desk.certificate(issue(desk, form).record))


@pytest.mark.parametrize("form", [
    RequestForm(names=("www.example.com", "192.0.2.1"), key="rsa-2048"),
    RequestForm(names=("Alice",), key="ed25519"),
    RequestForm(names=("spiffe://example.com/a",)),
    RequestForm(names=(), subject=HOSTILE),
], ids=["server", "person", "no subject", "hostile"])  # fmt: skip
def test_a_request_is_the_same(desk, paste, form, content):
    where = paste(show_request(form))
    (path,) = where.glob("*.csr")
    made = x509.load_pem_x509_csr(path.read_bytes())
    own = x509.load_pem_x509_csr(make_request(desk, form).pem)
    assert made.is_signature_valid
    assert made.subject.public_bytes() == own.subject.public_bytes()
    assert content(made.extensions) == content(own.extensions)


@pytest.mark.parametrize("subject", [None, HOSTILE, "CN=A+UID=7,DC=a/b,C=SE"], ids=["its own", "hostile", "joined"])  # fmt: skip
def test_a_signed_request_becomes_the_same_certificate(desk, root, paste, subject, assert_alike):
    pem = make_request(desk, RequestForm(names=("www.example.com",), subject="CN=x,O=Ö")).pem
    form = SignForm(request=pem, subject=subject, take=("keyUsage",))
    where = paste(show_signature(desk, form))
    (path,) = set(where.glob("*.pem")) - {where / "Root.pem"}
    made = x509.load_pem_x509_certificate(path.read_bytes())
    own = desk.certificate(sign_request(desk, form).issued.record)
    assert_alike(made, own)
    assert made.public_key() == own.public_key()
