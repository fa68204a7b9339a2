"""Completion as it comes to somebody at a shell: the script that tlsca prints, in the shell itself."""

import pytest

ASK_BASH = """
source <(tlsca completion bash)
COMP_WORDS=({words}); COMP_CWORD=$(({count} - 1))
_tlsca_completion tlsca
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ASK_ZSH = """
compdef() {{ :; }}; compadd() {{ :; }}
_describe() {{ local -a found; found=("${{(@P)3}}"); print -rl -- $found }}
source <(tlsca completion zsh)
words=({words}); CURRENT={count}
_tlsca_completion
"""
ASK_FISH = """
tlsca completion fish | source
complete -C '{words}'
"""


@pytest.fixture
def bash(shell):
    def ask(*words: str) -> set[str]:
        quoted = " ".join(f"'{word}'" for word in words)
        script = ASK_BASH.format(words=quoted, count=len(words))
        return set(shell("bash", "--norc", "-c", script).split())

    return ask


def test_bash_completes_commands_and_options(bash):
    assert bash("tlsca", "iss") == {"issue"}
    assert bash("tlsca", "ca", "cr") >= {"create"}
    assert "--must-staple" in bash("tlsca", "issue", "--m")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("export", "x", "--as", "pkcs"), {"pkcs7", "pkcs12", "pkcs12-compatible"}),
        (("export", "x", "--for", "ng"), {"nginx"}),
        (("issue", "x", "--key", "ed"), {"ed25519", "ed448"}),
        (("issue", "x", "--profile", "cl"), {"client"}),
        (("revoke", "x", "--reason", "ca-"), {"ca-compromise"}),
        (("list", "statu"), {"status:"}),
    ],
)
def test_bash_completes_what_an_option_can_be(bash, words, found):
    assert bash("tlsca", *words) == found


def test_bash_completes_what_is_in_the_store_without_its_passphrase(bash, store, environment):
    environment.delenv("TLSCA_PASSPHRASE")
    assert bash("tlsca", "renew", "loc") == {"localhost"}
    everything = bash("tlsca", "renew", "")
    assert "localhost" in everything
    assert len(everything) == 4  # what has a name of several words is there by its reference
    (reference,) = bash("tlsca", "renew", min(everything)[:6])
    assert reference == min(everything)


def test_a_store_can_be_named_before_the_words_to_complete(bash, store, environment):
    environment.delenv("TLSCA_STORE")
    assert bash("tlsca", "renew", "loc") == set()
    assert bash("tlsca", "--store", str(store), "renew", "loc") == {"localhost"}
    assert bash("tlsca", "renew", "--store", str(store), "loc") == {"localhost"}


def test_zsh_completes_with_what_is_said_of_each(shell, store):
    told = shell("zsh", "-f", "-c", ASK_ZSH.format(words="tlsca renew loc", count=3))
    assert told.splitlines() == ["localhost:valid"]


def test_fish_completes_with_what_is_said_of_each(shell, store):
    told = shell("fish", "--no-config", "-c", ASK_FISH.format(words="tlsca renew loc"))
    assert told.splitlines() == ["localhost\tvalid"]
