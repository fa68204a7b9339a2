"""Completion as it comes to somebody at a shell: the script that tlsca prints, in the shell itself, on a terminal of its own."""

import os
import pty
import select
import shutil
import subprocess
import time

import pytest

from tlsca.authority.annotating import NoteForm, annotate
from tlsca.authority.connecting import ProbeForm
from tlsca.authority.issuing import CertificateForm, issue
from tlsca.authority.keeping import open_store, unlock
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.authority.trash import put_away
from tlsca.authority.watching import watch
from tlsca.store.records import Reason
from tlsca.text import shorten

PASSPHRASE = "correct horse battery staple"
READY = "ready to be typed at"
TYPED = "was typed"
INSERT_ALL = "\x14"
DEADLINE = 60.0
SAY = f"tlsca() {{ printf '{TYPED}:'; printf '<%s>' \"$@\"; printf '\\n'; }}"
BASH = f"""
source <(tlsca completion bash)
bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; bind '"\\C-t": insert-completions'
{SAY}
PS1='{READY[:8]}''{READY[8:]}> '
"""
ZSH = f"""
autoload -U compinit; compinit -u -D
source <(tlsca completion zsh)
unsetopt beep zle_bracketed_paste 2>/dev/null; unset zle_bracketed_paste
zle -C insert-completions complete-word _generic; bindkey '^T' insert-completions
zstyle ':completion:insert-completions:*' completer _all_matches _complete
zstyle ':completion:insert-completions:*' insert true
{SAY}
PS1='{READY[:8]}''{READY[8:]}> '
"""
ASK_FISH = """
tlsca completion fish | source
complete -C '{line}'
"""


class Terminal:
    """An interactive shell and what a person types at it."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        ours, theirs = pty.openpty()
        self.shell = subprocess.Popen(
            words, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.terminal = ours
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def wait_for(self, text: str) -> str:
        """Read until this is there, and return what stands after it, to the end of its line."""
        end = time.monotonic() + DEADLINE
        while text not in self.seen or "\n" not in self.seen.partition(text)[2]:
            assert time.monotonic() < end, f"not seen: {text!r}, but: {self.seen!r}"
            if select.select([self.terminal], [], [], 0.5)[0]:
                self.seen += os.read(self.terminal, 4096).decode("utf-8", "replace")
            if text == READY and text in self.seen:
                break
        _, _, after = self.seen.partition(text)
        line, _, self.seen = after.partition("\n")
        return line.rstrip("\r")

    def end(self) -> None:
        self.shell.kill()
        self.shell.wait()
        os.close(self.terminal)


@pytest.fixture
def terminal(program, environment, tmp_path):
    """Open an interactive shell that has run a script; it says what words a completed line has."""
    opened = []

    def open_(name: str, script: str, *options: str) -> Terminal:
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")
        (tmp_path / "rc").write_text(script)
        environment = os.environ | {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "TERM": "dumb",
            "COLUMNS": "4000",
        }
        opened.append(Terminal([name, *options], environment))
        return opened[-1]

    yield open_
    for one in opened:
        one.end()


@pytest.fixture
def bash(terminal, tmp_path):
    """Type a line in bash, have all completions of its last word put in, and return the words that this made."""
    return typing(lambda: terminal("bash", BASH, "--norc", "--noprofile", "-i"), f"source {tmp_path}/rc\n")


@pytest.fixture
def zsh(terminal, tmp_path):
    return typing(lambda: terminal("zsh", ZSH, "-f", "-i"), f"source {tmp_path}/rc\n")


def typing(open_shell, first: str):
    """Return what types a line, each in the same shell, which is opened for the first."""
    opened = []

    def type_(line: str) -> list[str]:
        if not opened:
            opened.append(open_shell())
            opened[0].type(first)
            opened[0].wait_for(READY)
        opened[0].type(f"{line}{INSERT_ALL}\n")
        return opened[0].wait_for(f"{TYPED}:").removeprefix("<").removesuffix(">").split("><")

    return type_


@pytest.fixture
def fish(shell):
    """Return what fish offers for a line, with what it says of each."""

    def ask(line: str) -> dict[str, str]:
        told = shell("fish", "--no-config", "-c", ASK_FISH.format(line=line))
        return {one.partition("\t")[0]: one.partition("\t")[2] for one in told.splitlines()}

    return ask


@pytest.fixture(params=["bash", "zsh"])
def typed(request):
    """Each shell in which a completed line can be looked at, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def made_busy(furnished, tmp_path_factory):
    """A store with an own profile, a tag, a contact, watched hosts, a hold, and something in the trash."""
    directory = shutil.copytree(furnished, tmp_path_factory.mktemp("busy") / "store")
    (directory / "profiles").mkdir()
    (directory / "profiles" / "printer.toml").write_text('extends = "server"\n')
    desk = open_store(directory)
    unlock(desk, PASSPHRASE)
    for name in ("held.example", "gone.example"):
        issue(desk, CertificateForm(names=(name,), issuer="Test Intermediate"))
    annotate(desk, NoteForm(references=("localhost",), tags=("attic",), contacts=("ada@example.com",)))
    watch(desk, [ProbeForm(target="www.example:8443"), ProbeForm(target="mail.example:25")])
    revoke(desk, RevocationForm(references=("held.example",), reason=Reason.HOLD))
    put_away(desk, ("gone.example",))
    desk.close()
    return directory


@pytest.fixture
def busy_store(made_busy, environment, tmp_path):
    """That store without its passphrase, and another profile beside the settings."""
    environment.delenv("TLSCA_PASSPHRASE")
    (tmp_path / "config/tlsca/profiles").mkdir(parents=True)
    (tmp_path / "config/tlsca/profiles" / "scanner.toml").write_text('extends = "server"\n')
    return shutil.copytree(made_busy, tmp_path / "store")


def test_commands_and_options_are_completed(started, typed):
    assert typed("tlsca iss") == ["issue"]
    assert typed("tlsca ca cre") == ["ca", "create"]
    assert typed("tlsca issue --must") == ["issue", "--must-staple"]


def test_what_a_word_can_be_is_completed(typed, environment):
    lines = {
        "export x --as pkcs": ["pkcs7", "pkcs12", "pkcs12-compatible"],
        "export x --for ng": ["nginx"],
        "issue x --key ed": ["ed25519", "ed448"],
        "issue x --profile cl": ["client"],
        "revoke x --reason ca-": ["ca-compromise"],
        "list statu": ["status:"],
        "list --sort na": ["name"],
        "explain missing-i": ["missing-intermediate"],
        "schema insp": ["inspect"],
        "log --act unlock-f": ["unlock-failed"],
        "trust install x --in ns": ["nss"],
    }
    assert {line: typed(f"tlsca {line}")[-len(words) :] for line, words in lines.items()} == lines


def test_what_is_in_the_store_is_completed_without_its_passphrase(typed, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert typed("tlsca renew loc") == ["renew", "localhost"]
    command, *everything = typed("tlsca renew ")
    assert command == "renew"
    assert "localhost" in everything
    assert len(everything) == 4  # what has a name of several words is there by its reference
    assert typed(f"tlsca renew {min(everything)[:6]}") == ["renew", min(everything)]


def test_what_an_operator_made_is_completed(typed, busy_store):
    lines = {
        "issue x --profile pri": "printer",
        "issue x --profile sca": "scanner",
        "profile show pri": "printer",
        "watch show ww": "www.example:8443",
        "watch show www.example:8": "www.example:8443",
        "watch remove mai": "mail.example:25",
        "probe www.example:": "www.example:8443",
        "list tag:at": "tag:attic",
        "list 'tag:at": "tag:attic",
        "list expires": "expires<30d",
        "note localhost --untag at": "attic",
        "note localhost --forget ada@": "ada@example.com",
        "unhold he": "held.example",
        "trash restore go": "gone.example",
        "inspect held": "held.example",
        "lint held": "held.example",
        "diff localhost held": "held.example",
    }
    assert {line: typed(f"tlsca {line}")[-1] for line in lines} == lines


def test_who_can_sign_is_offered_where_somebody_has_to(typed, busy_store):
    offered = typed("tlsca issue x --issuer ")
    assert len(offered) == 5  # the command, the name, the option, and two authorities
    assert typed("tlsca crl ")[1:] == offered[3:]


def test_certificates_and_files_stand_side_by_side(typed, busy_store, tmp_path):
    (tmp_path / "localhost.pem").touch()
    assert sorted(typed("tlsca inspect loc")[1:]) == ["localhost", "localhost.pem"]
    assert typed("tlsca import loc") == ["import", "localhost.pem"]


def test_a_store_can_be_named_before_the_words_to_complete(bash, store, environment):
    environment.delenv("TLSCA_STORE")
    assert bash("tlsca renew loc") == ["renew", "loc"]
    assert bash(f"tlsca --store {store} renew loc") == ["--store", str(store), "renew", "localhost"]
    assert bash(f"tlsca renew --store {store} loc") == ["renew", "--store", str(store), "localhost"]


def test_without_a_store_nothing_is_said_about_it(typed, environment):
    assert typed("tlsca renew loc") == ["renew", "loc"]
    assert typed("tlsca issue x --profile cl")[-1] == "client"


def test_zsh_says_something_of_each(zsh, shell, store):
    script = """
compdef() {{ :; }}; compadd() {{ :; }}
_describe() {{ local -a found; found=("${{(@P)3}}"); print -rl -- $found }}
source <(tlsca completion zsh)
words=({words}); CURRENT={count}
_tlsca_completion
"""
    told = shell("zsh", "-f", "-c", script.format(words="tlsca renew loc", count=3))
    assert told.splitlines() == ["localhost:valid"]


def test_fish_says_something_of_each(fish, busy_store):
    lines = {
        "renew loc": {"localhost": "valid"},
        "issue x --profile pri": {"printer": shorten(str(busy_store / "profiles" / "printer.toml"), 60)},
        "watch show ww": {"www.example:8443": "never looked at"},
        "list tag:at": {"tag:attic": ""},
        "explain missing-i": {"missing-intermediate": "The host does not send its intermediate"},
        "unhold he": {"held.example": "held"},
        "trash restore go": {"gone.example": "in the trash"},
    }
    assert {line: fish(f"tlsca {line}") for line in lines} == lines


def test_fish_says_all_of_what_has_a_comma(started, fish, store):
    assert sorted(fish("tlsca renew ").values()) == [
        "Alice Doe, valid", "Test Intermediate, valid", "Test Root, valid", "valid",
    ]  # fmt: skip
