"""The chain of any certificate: who is in it, how each link holds, where each was found, who is missing, and what was seen before."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority import issuing, remembering, revoking
from tlsca.authority.chaining import CERTIFI, STORE, SYSTEM, chain_of
from tlsca.authority.connecting import NOBODY, ProbeForm, prove, serve
from tlsca.authority.issuing import AuthorityForm, CertificateForm
from tlsca.authority.remembering import remember
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.revoking import RevocationForm
from tlsca.authority.roots import certifi_roots
from tlsca.pki.certificate import certificate
from tlsca.pki.path import shelve
from tlsca.pki.tie import Bond
from tlsca.probe.trust import system_roots


@pytest.fixture
def foreign(clock):
    """Certificates of somebody else's: root, intermediate, leaf; and a twin of the intermediate with another key."""
    now = clock.time
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "middle", "twin", "leaf")}

    def made(subject, owner, issuer, signer, *, ca, url=None):
        key = keys[owner].public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[signer].public_key()), critical=False
            )
        )
        if url:
            place = x509.AccessDescription(
                x509.AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(url)
            )
            builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
        return builder.sign(keys[signer], hashes.SHA256()).public_bytes(Encoding.DER)

    return {
        "root": made("Foreign Root", "root", "Foreign Root", "root", ca=True),
        "middle": made("Foreign Middle", "middle", "Foreign Root", "root", ca=True),
        "twin": made("Foreign Middle", "twin", "Foreign Root", "root", ca=True),
        "leaf": made(
            "f.example", "leaf", "Foreign Middle", "middle", ca=False, url="http://f.example/\x1b[2Jm.cer"
        ),
    }


def labels(chain):
    return [link.certificate.label for link in chain.links]


def test_a_certificate_of_the_store_leads_to_its_root_over_signatures_that_verify(desk, create, issue):
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    leaf = issue("www.example.com", issuer="Acme Issuing")
    chain = chain_of(desk, desk.certificate_der(leaf), source=STORE)
    assert labels(chain) == ["www.example.com", "Acme Issuing", "Acme Root"]
    assert {link.tie.bond for link in chain.links} == {Bond.SIGNED}
    assert {link.places for link in chain.links} == {(STORE,)}
    assert [link.trusted for link in chain.links] == [False, False, True]
    assert chain.missing is None
    assert chain.sound
    assert chain.sentence == "The chain of 3 certificates is whole, and its root is trusted."


def test_what_does_not_count_is_said_of_its_link(desk, create, issue, clock):
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    leaf = issue("www.example.com", issuer="Acme Issuing", days=30)
    revoking.revoke(desk, RevocationForm(references=("Acme Issuing",)))
    chain = chain_of(desk, desk.certificate_der(leaf))
    assert [link.status for link in chain.links] == ["valid", "revoked", "valid"]
    assert "Acme Issuing is revoked" in chain.sentence
    clock.move(days=31)
    assert chain_of(desk, desk.certificate_der(leaf)).links[0].status == "expired"
    assert not chain.sound


def test_an_authority_that_was_renewed_with_its_key_stands_by_its_newest_certificate(
    desk, create, issue, clock
):
    create("Acme Root")
    leaf = issue("www.example.com", issuer="Acme Root")
    clock.move(days=10)
    (renewed,) = renew(desk, RenewalForm(references=("Acme Root",), days=7000))
    chain = chain_of(desk, desk.certificate_der(leaf))
    assert chain.links[-1].certificate.sha256 == renewed.record.sha256


def test_a_file_is_completed_from_itself_and_nobody_trusts_its_root(desk, foreign):
    beside = [foreign["root"], foreign["twin"], foreign["middle"]]
    chain = chain_of(desk, foreign["leaf"], beside=beside, source="a.pem", place="a.pem")
    assert labels(chain) == ["f.example", "Foreign Middle", "Foreign Root"]
    assert {link.places for link in chain.links} == {("a.pem",)}
    assert not chain.sound
    assert chain.sentence.endswith("nobody here trusts that.")
    assert chain_of(None, foreign["leaf"], beside=beside).to_json()["missing"] is None


def test_a_missing_issuer_is_named_with_key_and_place_and_is_not_fetched(desk, foreign):
    chain = chain_of(desk, foreign["leaf"])
    assert labels(chain) == ["f.example"]
    assert chain.links[0].tie is None
    assert chain.missing.issuer == "CN=Foreign Middle"
    assert (
        bytes.fromhex(chain.missing.key_id.replace(":", "")) == certificate(foreign["middle"]).key_identifier
    )
    assert chain.missing.urls == ("http://f.example/\\x1b[2Jm.cer",)
    assert "http://f.example/" in chain.missing.advice
    assert chain.to_json()["links"][0]["link"] == "missing"


def test_a_namesake_that_did_not_sign_is_shown_with_why(desk, foreign):
    chain = chain_of(desk, foreign["leaf"], beside=[foreign["twin"]])
    (namesake,) = chain.missing.namesakes
    assert namesake.tie.bond is Bond.BROKEN
    assert "signed with the key" in namesake.tie.why


def test_a_signature_that_was_altered_breaks_the_link(desk, foreign):
    altered = foreign["leaf"][:-1] + bytes([foreign["leaf"][-1] ^ 1])
    (namesake,) = chain_of(desk, altered, beside=[foreign["middle"]]).missing.namesakes
    assert "altered" in namesake.tie.why


def test_a_root_of_the_machine_or_of_certifi_is_recognised(desk):
    roots = system_roots()
    if not roots:
        pytest.skip("this machine trusts nobody")
    chain = chain_of(desk, roots[0])
    assert SYSTEM in chain.links[0].places
    assert chain.links[0].trusted
    assert (CERTIFI in chain.links[0].places) == (roots[0] in certifi_roots())


def test_octets_that_are_no_certificate_are_a_chain_of_one(desk):
    chain = chain_of(desk, b"\x30\x00")
    assert chain.links[0].status == "unreadable"
    assert chain.missing.issuer == "an authority without a name"


def test_what_a_host_sent_before_fills_the_gap_of_another(desk, foreign, clock):
    kept = remember(
        desk, [(certificate(foreign[name]), "f.example:443") for name in ("leaf", "middle", "root")]
    )
    assert {one.subject for one in kept} == {"CN=Foreign Middle", "CN=Foreign Root"}
    chain = chain_of(desk, foreign["leaf"])
    assert labels(chain) == ["f.example", "Foreign Middle", "Foreign Root"]
    assert chain.links[1].places == ("seen before at f.example:443",)
    assert not chain.links[-1].trusted


def test_what_is_here_already_is_not_kept_again(desk, create, foreign):
    record = create("Acme Root")
    sent = [(certificate(foreign["middle"]), "a:1"), (certificate(desk.certificate_der(record)), "a:1")]
    assert len(remember(desk, sent)) == 1
    before = desk.ledger.position
    assert remember(desk, sent) == ()
    assert desk.ledger.position == before


def test_the_oldest_that_was_seen_makes_room(desk, foreign, clock, monkeypatch):
    monkeypatch.setattr(remembering, "MOST", 2)
    for name in ("root", "middle", "twin"):
        remember(desk, [(certificate(foreign[name]), "a:1")])
        clock.move(minutes=1)
    assert set(desk.ledger.settings("seen:")) == {
        f"seen:{certificate(foreign[name]).sha256}" for name in ("middle", "twin")
    }


def test_a_store_that_cannot_be_written_remembers_nothing_and_says_nothing(desk, foreign, monkeypatch):
    monkeypatch.setattr(type(desk.ledger), "read_only", property(lambda _: "It was opened for reading only."))
    assert remember(desk, [(certificate(foreign["middle"]), "a:1")]) == ()


def test_a_shelf_of_a_thousand_namesakes_is_gone_through_in_no_time(desk, foreign):
    beside = [foreign["twin"][:-2] + number.to_bytes(2, "big") for number in range(1000)]
    assert len(shelve(map(certificate, beside)).named(certificate(foreign["twin"]).subject_der)) == 1000
    assert chain_of(desk, foreign["leaf"], beside=beside).missing is not None


def test_a_probe_keeps_the_authorities_of_a_stranger_and_not_his_leaf(desk, new_store, tmp_path):
    stranger = new_store(tmp_path / "stranger")
    for name, issuer in (("Strange Root", None), ("Strange Issuing", "Strange Root")):
        issuing.create_authority(stranger, AuthorityForm(name=name, issuer=issuer))
    leaf = issuing.issue(stranger, CertificateForm(names=("localhost",), issuer="Strange Issuing")).record
    listener = serve(stranger, leaf, report=lambda _: None)
    try:
        prove(desk, ProbeForm(target=f"localhost:{listener.port}", address="127.0.0.1", trust=(NOBODY,)))
    finally:
        listener.stop()
    assert [desk.ledger.setting(name)["subject"] for name in desk.ledger.settings("seen:")] == [
        "CN=Strange Issuing"
    ]
    chain = chain_of(desk, stranger.certificate_der(leaf))
    assert labels(chain) == ["localhost", "Strange Issuing"]
    assert chain.missing.issuer == "CN=Strange Root"
