"""The audit log in words, its filters, and checkpoints that show a journal that was cut short or rewritten."""

import getpass
import json
import platform
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tlsca.authority import keeping
from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.auditing import WORDS, activity, check_acts, parse_since
from tlsca.authority.checkpoints import checkpoint, compare, read_checkpoint, signed_checkpoint
from tlsca.authority.exporting import ExportForm, export_octets
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.authority.rewrapping import change_passphrase
from tlsca.authority.trash import empty_trash, put_away
from tlsca.authority.undoing import undo
from tlsca.errors import PassphraseWrong, StoreDamaged, Unreadable, UsageError
from tlsca.pki.keys import KINDS


def words(desk, **wanted) -> list[str]:
    return [one.act for one in activity(desk, **wanted)]


@pytest.fixture
def busy(desk, create, issue, passphrase):
    """A store in which most was done that can be."""
    create("Acme Root")
    create("Acme Issuing", issuer="Acme Root")
    issue("www.example.com", issuer="Acme Issuing")
    export_octets(desk, ExportForm(reference="www.example.com", format="key", clear_key=True))
    revoke(desk, RevocationForm(references=("www.example.com",)))
    undo(desk)
    annotate(desk, NoteForm(references=("www.example.com",), note="Ask Ann."))
    put_away(desk, ["www.example.com"])
    empty_trash(desk)
    change_passphrase(desk, passphrase, "another long one")
    keeping.lock(desk)
    with pytest.raises(PassphraseWrong):
        keeping.unlock(desk, passphrase)
    keeping.unlock(desk, "another long one")
    return desk


def test_every_act_is_a_line_with_time_user_host_and_act(busy, clock):
    assert words(busy) == [
        "init", "set-passphrase", "create-authority", "create-authority", "issue", "export-key", "revoke", "undo", "note",
        "put-away", "empty-trash", "change-passphrase", "lock", "unlock-failed", "unlock",
    ]  # fmt: skip
    assert {(one.who, one.host, one.at) for one in activity(busy)} == {
        (getpass.getuser(), platform.node(), clock.time)
    }
    assert set(words(busy)) <= WORDS.keys()


def test_acts_are_told_in_words_without_what_only_undoing_needs(busy):
    told = {one.act: one for one in activity(busy)}
    assert told["issue"].what == "Issued www.example.com"
    assert told["revoke"].what == "Revoked www.example.com"
    assert told["undo"].what == "Undid the revocation of www.example.com"
    assert told["unlock-failed"].what == "Gave a wrong passphrase"
    assert not {"was", "unseen", "ids"} & {name for one in told.values() for name in one.said}


def test_the_log_is_asked_for_a_time_a_kind_and_a_page(busy, clock):
    clock.move(days=2)
    keeping.lock(busy)
    assert words(busy, since=clock.time - timedelta(hours=1)) == ["lock"]
    assert words(busy, acts=("lock", "unlock")) == ["lock", "unlock", "lock"]
    assert [one.line for one in activity(busy, most=3)] == [14, 15, 16]
    assert [one.line for one in activity(busy, before=14, most=3)] == [11, 12, 13]


def test_since_is_said_as_a_span_or_a_date():
    now = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
    assert parse_since("2d", now=now) == now - timedelta(days=2)
    assert parse_since("12h", now=now) == now - timedelta(hours=12)
    assert parse_since("2030-01-30", now=now) == datetime(2030, 1, 30, tzinfo=UTC)
    assert parse_since("2030-01-30T08:00:00Z", now=now) == datetime(2030, 1, 30, 8, tzinfo=UTC)
    for nonsense in ("soon", "99999999d", ""):
        with pytest.raises(UsageError):
            parse_since(nonsense, now=now)


def test_a_word_that_is_no_act_is_refused():
    with pytest.raises(UsageError, match="no act “isue”"):
        check_acts(("isue",))


# Checkpoints


def kept(made) -> bytes:
    return json.dumps(made.to_json()).encode()


def test_a_journal_that_only_grew_holds_against_its_checkpoint(desk, create):
    made = checkpoint(desk)
    create("Acme Root")
    found = compare(desk, read_checkpoint(kept(made)))
    assert (found.holds, found.sentence) == (
        True,
        "The journal has the 2 lines of 2030-01-31T09:30:00Z; 1 came since.",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_authority_of_any_kind_signs_and_its_signature_is_checked(desk, create, kind):
    create("Acme Root", key=kind)
    read = read_checkpoint(kept(signed_checkpoint(desk, "Acme Root")))
    assert compare(desk, read).holds
    assert "signed by CN=Acme Root" in compare(desk, read).sentence
    later = replace(read, lines=read.lines - 1)
    assert "The checkpoint was changed" in compare(desk, later).sentence
    assert words(desk)[-1] == "checkpoint"


def test_a_journal_that_was_cut_short_is_noticed(desk, create, directory, clock):
    create("Acme Root")
    made = signed_checkpoint(desk, "Acme Root")
    create("Second Root")
    later = checkpoint(desk)
    desk.close()
    journal = directory / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:3]))
    cut = keeping.open_store(directory, clock=clock)
    assert keeping.verify_history(cut) == 3  # the chain itself shows nothing
    assert compare(cut, made).holds
    found = compare(cut, later)
    assert not found.holds
    assert found.sentence.startswith(
        "The journal was cut short: it has 3 lines, and had 5 at 2030-01-31T09:30:00Z; 2 "
    )
    cut.close()


def test_a_journal_that_was_written_anew_is_noticed(desk, create, directory, clock, tmp_path):
    shutil.copytree(directory, tmp_path / "copy")
    create("Acme Root")
    made = checkpoint(desk)
    other = keeping.open_store(tmp_path / "copy", clock=clock)
    for act in ("edit", "edit"):
        with other.ledger.transaction(act, at=clock.time):
            pass
    found = compare(other, made)
    assert (found.holds, "The journal was rewritten: its first 3 lines" in found.sentence) == (False, True)
    other.close()


def test_a_checkpoint_of_another_store_or_by_a_stranger_says_nothing_of_this_one(
    desk, create, new_store, tmp_path
):
    other = new_store(tmp_path / "other")
    assert compare(other, checkpoint(desk)).sentence == "The checkpoint is of another store."
    create("Acme Root")
    signed = signed_checkpoint(desk, "Acme Root")
    put_away(desk, ["Acme Root"])
    assert "is not in this store" in compare(desk, signed).sentence


def test_a_broken_chain_is_told_before_any_checkpoint(desk, directory):
    made = checkpoint(desk)
    journal = directory / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"set-passphrase", b"set-passphrasf"))
    with pytest.raises(StoreDamaged, match="Line 2 of the journal"):
        compare(desk, made)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 5000, b'{"statement": 7}', b'{"statement": "tlsca checkpoint 1"}']
)
def test_what_is_no_checkpoint_is_refused(content):
    with pytest.raises(Unreadable, match="no checkpoint"):
        read_checkpoint(content)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(("kind", "check"), [
    ("ec-p256", ["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "statement"]),
    ("rsa-2048", ["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "statement"]),
    ("ed25519", ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "statement", "-sigfile", "signature"]),
])  # fmt: skip
def test_openssl_checks_a_checkpoint_too(desk, create, tmp_path, kind, check):
    create("Acme Root", key=kind)
    made = signed_checkpoint(desk, "Acme Root")
    (tmp_path / "statement").write_text(made.to_json()["statement"])
    (tmp_path / "signature").write_bytes(made.signature)
    (tmp_path / "certificate.pem").write_text(made.to_json()["certificate"])
    for words_ in (["x509", "-in", "certificate.pem", "-pubkey", "-noout", "-out", "key.pem"], check):
        ran = subprocess.run(
            ["openssl", *words_], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=30
        )
        assert ran.returncode == 0, ran.stderr
