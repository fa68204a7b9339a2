"""Nothing of a private key, of the data key or of a passphrase is anywhere in the clear, whatever was done."""

import base64
import os
import subprocess
import sys
import tempfile

import click
import pytest

from tlsca.authority import keeping
from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.backup import backup
from tlsca.authority.checkpoints import signed_checkpoint
from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.importing import import_files
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.requesting import RequestForm, make_request
from tlsca.authority.restoring import restore
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.authority.rewrapping import change_passphrase, raised
from tlsca.authority.trash import empty_trash, put_away, take_back
from tlsca.authority.undoing import undo
from tlsca.cli.command import root
from tlsca.defect import write_report
from tlsca.errors import PassphraseWrong
from tlsca.pki.keys import generate, pkcs8
from tlsca.store import vault as vaults

NEW = "another long passphrase"


def in_any_form(secret: bytes) -> list[bytes]:
    """What a secret looks like in a file: as it is, in hexadecimal, and in Base64 wherever its first octet falls."""
    shifted = [base64.b64encode(b"\0" * shift + secret)[4:-4] for shift in range(3)]
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), *shifted]


def secret_octets(private_key) -> bytes:
    """The part of a key that nobody may know: 32 octets of its PKCS#8 that are neither its kind nor its public half."""
    der = pkcs8(private_key)
    numbers = getattr(private_key, "private_numbers", None)
    if numbers is None:
        return private_key.private_bytes_raw()
    found = numbers()
    value = getattr(found, "private_value", None) or found.p
    octets = value.to_bytes((value.bit_length() + 7) // 8, "big")
    assert octets in der
    return octets


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary files and reports of defects go, in this test alone."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def everything_is_done(desk, create, issue, tmp_path, passphrase) -> list[bytes]:
    """Do all that touches a key; return the secrets."""
    made = [create("Acme Root", key="rsa-2048"), create("Acme Issuing", issuer="Acme Root")]
    made += [
        issue(f"{kind}.example.com", issuer="Acme Issuing", key=kind)
        for kind in ("ec-p256", "ed25519", "ed448")
    ]
    made.append(renew(desk, RenewalForm(references=("ec-p256.example.com",), rekey=True))[0].record)
    imported = generate("ec-p384")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "key.der").write_bytes(pkcs8(imported))
    import_files(desk, [tmp_path / "given" / "key.der"], passphrase=None)
    make_request(desk, RequestForm(names=("later.example.com",)))
    secrets = [secret_octets(desk.private_key(record)) for record in made] + [secret_octets(imported)]
    secrets.append(bytes(desk.vault._key))
    (tmp_path / "given" / "out").mkdir()
    export(desk, ExportForm(reference="ed25519.example.com", format="pkcs12", passphrase="a passphrase of its own"), tmp_path / "given" / "out")  # fmt: skip
    revoke(desk, RevocationForm(references=("ed448.example.com",)))
    undo(desk)
    publish_crl(desk, CrlForm(reference="Acme Issuing"))
    annotate(desk, NoteForm(references=("ed448.example.com",), note="Ask Ann."))
    put_away(desk, ["ed448.example.com"])
    take_back(desk, ["ed448.example.com"])
    put_away(desk, ["ed448.example.com"])
    empty_trash(desk)
    signed_checkpoint(desk, "Acme Root")
    backup(desk, tmp_path / "backup.tar")
    change_passphrase(desk, passphrase, NEW, parameters=raised(desk, passes=2))
    with pytest.raises(PassphraseWrong) as wrong:
        keeping.unlock(desk, passphrase)
    write_report(wrong.value)
    restore(tmp_path / "backup.tar", desk.ledger.directory, into=tmp_path / "restored")
    return [*secrets, passphrase.encode(), NEW.encode()]


def test_no_file_that_anything_leaves_behind_has_a_secret_in_it(
    desk, create, issue, tmp_path, temporary, passphrase
):
    secrets = everything_is_done(desk, create, issue, tmp_path, passphrase)
    forms = [form for secret in secrets for form in in_any_form(secret)]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "given" not in path.parts]
    assert {"journal.jsonl", "backup.tar"} <= {path.name for path in files}
    assert any(path.parent == temporary for path in files)
    for path in files:
        content = path.read_bytes()
        assert not [form for form in forms if form in content], path


def test_the_search_finds_a_key_where_there_is_one():
    key = generate("ec-p256")
    pem = base64.encodebytes(pkcs8(key)).replace(b"\n", b"")
    assert any(form in pem for form in in_any_form(secret_octets(key)))


def test_a_report_of_a_defect_amid_an_act_has_no_secret_in_it(
    desk, create, temporary, passphrase, monkeypatch
):
    record = create("Acme Root")
    secret = pkcs8(desk.private_key(record))

    def fail(octets: bytes) -> None:
        raise RuntimeError(octets.hex(), passphrase)

    monkeypatch.setattr("tlsca.pki.keys.from_pkcs8", fail)
    with pytest.raises(RuntimeError) as defect:
        desk.private_key(record)
    report = write_report(defect.value).read_bytes()
    assert not [form for form in in_any_form(secret) if form in report]
    assert passphrase.encode() not in report


_ABORT = """
import os, resource, sys
os.chdir(sys.argv[1])
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
if sys.argv[2]:
    from tlsca.authority import keeping
    keeping.unlock(keeping.open_store(Path(sys.argv[2])), sys.argv[3])
os.abort()
"""


def dumps_core(*words: str) -> bool:
    child = subprocess.Popen([sys.executable, "-c", _ABORT, *words])
    return os.WCOREDUMP(os.waitpid(child.pid, 0)[1])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems dump in other ways")
def test_a_process_that_dies_with_the_store_unlocked_dumps_no_core(desk, directory, tmp_path, passphrase):
    desk.close()
    (tmp_path / "locked").mkdir()
    if not dumps_core(str(tmp_path / "locked"), "", ""):
        pytest.skip("this machine dumps no cores at all")
    assert not dumps_core(str(tmp_path), str(directory), passphrase)
    assert not list(tmp_path.glob("core*"))


def test_the_journal_remembers_the_vault_of_every_passphrase_that_there_was(desk, create, passphrase):
    root = create("Acme Root")
    before = desk.ledger.setting("vault")
    change_passphrase(desk, passphrase, NEW)
    opened = vaults.open_vault(
        before, passphrase
    )  # from a line of the journal, as whoever has a copy reads it
    assert bytes(opened._key) == bytes(desk.vault._key)
    assert desk.private_key(root)


def test_no_option_of_any_command_takes_a_passphrase_itself():
    def options(command: click.Command):
        yield from command.params
        for name in command.list_commands(click.Context(command)) if isinstance(command, click.Group) else ():
            yield from options(command.get_command(click.Context(command), name))

    named = {option.name for option in options(root) if "passphrase" in (option.name or "")}
    taking = {name for name in named if not name.endswith(("_file", "_file_in"))}
    assert taking <= {"no_passphrase", "clear_key"}


def test_certificates_are_read_without_the_passphrase(locked, tmp_path):
    assert not locked.unlocked
    assert backup(locked, tmp_path / "a.tar")
