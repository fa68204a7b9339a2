"""The list of requests: whose they are, and what became of each."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.importing import import_files
from tlsca.authority.known_requests import inspect_request, known_requests
from tlsca.authority.requesting import RequestForm, SignForm, make_request, sign_request


@pytest.fixture
def foreign(new_store, tmp_path):
    """A request of somebody else, in a file."""
    made = make_request(new_store(tmp_path / "elsewhere"), RequestForm(names=("theirs.example",)))
    path = tmp_path / "theirs.csr"
    path.write_bytes(made.pem)
    return path


def test_what_waits_comes_first_and_tells_whose_it_is(desk, create, foreign, clock):
    create("Root")
    first = make_request(desk, RequestForm(names=("first.example", "10.0.0.1")))
    clock.move(days=1)
    import_files(desk, [foreign], passphrase=None)
    clock.move(days=1)
    signed = sign_request(desk, SignForm(request=first.pem)).issued.record
    told = [(known.title, known.state, known.source) for known in known_requests(desk)]
    assert told == [
        ("theirs.example", "waiting", "somebody's"),
        ("first.example, 10.0.0.1", "signed", "made here"),
    ]
    assert known_requests(desk)[1].certificates == (signed,)


def test_one_that_is_read_says_what_it_asks_for_and_what_openssl_says(desk):
    made = make_request(desk, RequestForm(names=("www.example.com",)))
    shown = inspect_request(desk, made.record)
    assert shown.pem == made.pem
    assert "www.example.com" in {row.value for row in shown.rows}
    assert "DNS:www.example.com" in shown.safe_text()


def test_one_without_any_name_has_a_title_all_the_same(desk, tmp_path):
    builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
    made = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    path = tmp_path / "nameless.csr"
    path.write_bytes(made.public_bytes(Encoding.PEM))
    import_files(desk, [path], passphrase=None)
    assert [known.title for known in known_requests(desk)] == ["(no name)"]
