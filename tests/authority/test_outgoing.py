"""What goes out: known beforehand, written as it was foretold, and stopped between two certificates."""

import shutil
import threading
from types import SimpleNamespace

import pytest

from tlsca.authority import keeping
from tlsca.authority.destinations import destinations
from tlsca.authority.importing import import_files
from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.outgoing import Outgoing, check_secret, hand_out, look_ahead
from tlsca.authority.showing_outgoing import show_outgoing
from tlsca.errors import PassphraseMissing, PassphraseWeak, Refused
from tlsca.pki.programs.recipe import Secrecy

SECRET = "nine green bottles"


@pytest.fixture
def root(create):
    return create("Test Root")


@pytest.fixture
def make(desk, root):
    """Issue a certificate below the root, and return its record."""
    return lambda *names, **more: issue(desk, CertificateForm(names=names, **more)).record


def outgoing(target, out, *records, program=True, **more):
    references = tuple(record.sha256 for record in records)
    return Outgoing(references=references, target=target, is_program=program, out=out, **more)


def offered(desk, *records):
    return {one.name: one for one in destinations(desk, [record.sha256 for record in records])}


def test_what_was_foretold_is_written_with_its_modes_and_sizes(desk, make, tmp_path):
    www = make("www.example.com")
    form = outgoing("nginx", tmp_path / "nginx", www, passphrase=SECRET)
    outlook = look_ahead(desk, form)
    assert not (tmp_path / "nginx").exists()
    assert outlook.needs_key
    assert outlook.unlocks
    done = hand_out(desk, form, force=False)
    assert [(file.path, file.mode) for file in done.files] == [
        (file.path, file.mode) for file in outlook.files
    ]
    known = {file.path: file.octets for file in outlook.files if file.octets is not None}
    assert known == {file.path: file.octets for file in done.files if file.path in known}
    assert "ssl_certificate " in done.readme
    assert look_ahead(desk, form).there == tuple(file.path for file in done.files)


def test_a_format_goes_to_the_file_or_into_the_directory_that_is_named(desk, make, tmp_path):
    www = make("www.example.com")
    (named,) = look_ahead(desk, outgoing("pem", tmp_path / "a.pem", www, program=False)).files
    (inside,) = look_ahead(desk, outgoing("pem", tmp_path, www, program=False)).files
    assert (named.path, inside.path) == (tmp_path / "a.pem", tmp_path / "www.example.com.pem")
    done = hand_out(desk, outgoing("pem", tmp_path, www, program=False), force=False)
    assert done.files[0].octets == inside.octets


def test_two_of_one_name_go_to_two_places(desk, make, tmp_path):
    one, other = make("www.example.com"), make("www.example.com")
    form = outgoing("chain", tmp_path, one, other, program=False)
    done = hand_out(desk, form, force=False)
    assert {file.path.name for file in done.files} == {
        "www.example.com.chain.pem",
        f"{other.serial[:8]}-www.example.com.chain.pem",
    }


def test_what_is_there_is_not_replaced_without_being_told_to(desk, make, tmp_path):
    www = make("www.example.com")
    there = tmp_path / "www.example.com.pem"
    there.write_text("precious")
    form = outgoing("pem", tmp_path, www, program=False)
    assert look_ahead(desk, form).there == (there,)
    with pytest.raises(Refused, match="is there already"):
        hand_out(desk, form, force=False)
    assert there.read_text() == "precious"
    hand_out(desk, form, force=True)
    assert there.read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_it_ends_between_two_certificates_when_that_is_wanted(desk, make, tmp_path):
    records = [make(f"{name}.example.com") for name in "abc"]
    cancelled = threading.Event()
    done = hand_out(
        desk,
        outgoing("pem", tmp_path, *records, program=False),
        force=False,
        progress=lambda done, _: cancelled.set() if done == 2 else None,
        cancelled=cancelled,
    )
    assert done.certificates == 2
    assert len(list(tmp_path.glob("?.example.com.pem"))) == 2


def test_several_want_a_directory_and_the_one_that_cannot_go_there_is_named(desk, make, root, tmp_path):
    www, mail = make("www.example.com"), make("mail.example.com")
    with pytest.raises(Refused, match="nowhere is no directory"):
        look_ahead(desk, outgoing("pem", tmp_path / "nowhere", www, mail, program=False))
    with pytest.raises(Refused, match=r"^Test Root: What nginx takes"):
        look_ahead(desk, outgoing("nginx", tmp_path, www, root))
    assert str(offered(desk, www, root)["nginx"].obstacle).startswith("Test Root: ")


def test_a_full_disk_is_told_of_beforehand(desk, make, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(Refused, match="has room for 1,000 octets"):
        look_ahead(desk, outgoing("nginx", tmp_path / "nginx", make("www.example.com")))
    assert not (tmp_path / "nginx").exists()


def test_a_key_goes_under_a_passphrase_worth_the_name_or_in_the_clear(desk, make, tmp_path):
    www = make("www.example.com")
    for secret, error in ((None, PassphraseMissing), ("", PassphraseMissing), ("short", PassphraseWeak)):
        for target, program in (("nginx", True), ("key", False)):
            form = outgoing(target, tmp_path / "there", www, program=program, passphrase=secret)
            with pytest.raises(error):
                check_secret(form)
            with pytest.raises(error):
                hand_out(desk, form, force=False)
    assert not (tmp_path / "there").exists()
    check_secret(outgoing("key", tmp_path / "there", www, program=False, clear_key=True))


def test_a_locked_store_foretells_everything_and_hands_out_no_key(desk, make, tmp_path):
    www = make("www.example.com")
    form = outgoing("apache", tmp_path / "apache", www, passphrase=SECRET)
    keeping.lock(desk)
    assert look_ahead(desk, form).unlocks
    assert offered(desk, www)["csr"].obstacle is None
    with pytest.raises(PassphraseMissing):
        hand_out(desk, form, force=False)
    assert not (tmp_path / "apache").exists()


def test_it_is_known_who_takes_a_key_in_which_way(desk, make, root):
    at = offered(desk, make("www.example.com"))
    assert at["haproxy"].secrecy is Secrecy.CLEAR_ONLY
    assert at["windows"].secrecy is Secrecy.SEALED_ONLY
    assert at["nginx"].secrecy is Secrecy.EITHER
    assert not offered(desk, root)["browser"].needs_key
    assert at["crl"].obstacle is not None


def test_the_known_gaps_are_told_beforehand(desk, make, tmp_path):
    quantum, edwards = make("pq.example.com", key="ml-dsa-65"), make("ed.example.com", key="ed25519")
    of_quantum = offered(desk, quantum)
    for name in ("pkcs12", "pkcs12-compatible", "windows", "java"):
        assert "ml-dsa-65" in str(of_quantum[name].obstacle)
    assert of_quantum["ssh-public"].obstacle is not None
    assert of_quantum["pem-all"].obstacle is None
    assert of_quantum["nginx"].obstacle is None
    told = look_ahead(desk, outgoing("pkcs12", tmp_path, edwards, program=False)).remarks
    assert "NSS reads no key of kind ed25519" in told[0]


def test_the_key_of_an_authority_does_not_leave_without_a_word(desk, root, tmp_path):
    told = look_ahead(desk, outgoing("key", tmp_path, root, program=False)).remarks
    assert told == ("This is the key of an authority: whoever opens the file can issue as Test Root.",)
    assert look_ahead(desk, outgoing("pem", tmp_path, root, program=False)).remarks == ()


def test_the_commands_for_a_program_make_the_formats_that_it_reads(desk, make, root, tmp_path):
    www, mail = make("www.example.com"), make("mail.example.com")
    for_nginx = show_outgoing(desk, outgoing("nginx", tmp_path, www, mail))
    assert for_nginx.count("# For OpenSSL 3.0 or newer") == 1
    for name in ("www.example.com", "mail.example.com"):
        assert f"-in {name}.key -out {name}.key.pem" in for_nginx
    assert "openssl pkcs12 -export" in show_outgoing(desk, outgoing("windows", tmp_path, www))
    assert "keytool -importcert" in show_outgoing(desk, outgoing("java", tmp_path, root))
    with pytest.raises(Refused, match="What nginx takes"):
        show_outgoing(desk, outgoing("nginx", tmp_path, root))


def test_a_certificate_without_its_key_goes_out_where_none_is_needed(desk, make, new_store, tmp_path):
    pem = tmp_path / "www.pem"
    pem.write_bytes(desk.ledger.object_pem(make("www.example.com").sha256))
    other = new_store(tmp_path / "other")
    (stranger,) = import_files(other, [pem], passphrase=None).certificates
    at = offered(other, stranger)
    assert "not in the store" in str(at["nginx"].obstacle)
    assert "not in the store" in str(at["pkcs12"].obstacle)
    assert at["chain"].obstacle is None
