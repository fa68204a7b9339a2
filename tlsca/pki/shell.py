r"""Commands as text for a shell: words, lines, comments and files.

A name is somebody's text, and here it becomes part of a program: every word is quoted by shlex, every heredoc is one in which
the shell expands nothing, and no character stays that a terminal would not show.
"""

import shlex

from tlsca.text import printable

_WIDTH = 96
_MARK = "END_OF_FILE"


def word(text: str) -> str:
    """Return one word for a shell: quoted, and octal where a terminal would not show it."""
    if printable(text) == text:
        return shlex.quote(text)
    octets = text.encode("utf-8", "surrogateescape")
    return '"$(printf ' + shlex.quote("".join(f"\\{octet:03o}" for octet in octets)) + ')"'


def path_word(path: str) -> str:
    """Return a path as a word that no command takes for an option."""
    return word(f"./{path}" if path.startswith("-") else path)


def line(*words: str) -> str:
    """Return a command of words that are quoted already; a long one is broken before its options."""
    lines = [words[0]]
    for each in words[1:]:
        if len(lines[-1]) + len(each) > _WIDTH and each.startswith("-"):
            lines.append("  " + each)
        else:
            lines[-1] += " " + each
    return " \\\n".join(lines) + "\n"


def openssl(*words: str) -> str:
    """Return a command of OpenSSL, of words that are not yet quoted."""
    return line("openssl", *map(word, words))


def comment(text: str) -> str:
    """Return a comment in one line."""
    return f"# {printable(text)}\n"


def file(name: str, text: str) -> str:
    """Return what writes a file, in which the shell expands nothing; `text` ends with a newline."""
    return file_on(f"cat > {word(name)}", text)


def file_on(command: str, text: str) -> str:
    """Return a command with a text on its standard input, in which the shell expands nothing; `text` ends with a newline."""
    mark = _MARK
    while f"\n{mark}\n" in f"\n{text}":
        mark += "_"
    return f"{command} <<'{mark}'\n{text}{mark}\n"
