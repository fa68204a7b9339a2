"""What makes bash, zsh and fish complete the words of a command: a script for each, and how it asks and is answered.

bash takes words apart at colons and equals signs and puts in what it is given as it is: so it sends the whole line, and is sent
what stands after the last of those signs, with a backslash before whatever it would take for its own. Its own names of files stand
beside the answers, not in their place. fish is told all that is said of an answer, commas included.
"""

import os
import re
from typing import ClassVar

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

_BASH = """\
%(complete_func)s() {
    local type value files=
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            plain) COMPREPLY+=("$value") ;;
            dir) compopt -o dirnames ;;
            file) files=1 ;;
        esac
    done < <(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="${COMP_WORDS[COMP_CWORD]}" \\
        %(complete_var)s=bash_complete "$1")
    if [[ $files && ${#COMPREPLY[@]} -eq 0 ]]; then
        compopt -o default
    elif [[ $files ]]; then
        compopt -o filenames
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$2")
    fi
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_FISH = """\
function %(complete_func)s
    set -l answers (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) %(prog_name)s)
    for answer in $answers
        set -l parts (string split -m 1 "," $answer)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo $parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""
_MEANT_FOR_BASH = re.compile(r"[^\w%+,./:=@^-]")
"""All but the signs that mean themselves to it."""
_BREAKS = frozenset(":=><;|&(")
"""Signs that are a word of their own to bash (COMP_WORDBREAKS); an @ begins one."""
_QUOTES = ("'", '"')


class Bash(BashComplete):
    """bash from 4.4 on."""

    source_template: ClassVar[str] = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is begun, and that one."""
        *before, begun = split_arg_string(f"{os.environ.get('COMP_LINE', '')}_")
        return before[1:], begun.removesuffix("_")

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Return what bash is to put in place of the part of the word that it calls the word."""
        if item.type != "plain":
            return f"{item.type},"
        word, value = os.environ.get("COMP_WORD", ""), str(item.value)
        begun = self.get_completion_args()[1]
        part = "" if word and set(word) <= _BREAKS else word.lstrip("".join(_QUOTES))
        kept = begun[: len(begun) - len(part)] if begun.endswith(part) else ""
        rest = value.removeprefix(kept)
        return f"plain,{rest if word.startswith(_QUOTES) else _MEANT_FOR_BASH.sub(_escaped, rest)}"


class Fish(FishComplete):
    """fish from 3 on."""

    source_template: ClassVar[str] = _FISH


def _escaped(found: re.Match[str]) -> str:
    return "\\" + found[0]


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": ZshComplete, "fish": Fish}
"""What completes in each shell, by its name."""
