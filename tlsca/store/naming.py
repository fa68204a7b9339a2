"""Which documents have a name, found without an index: by a look through the text of all of them, some hundreds at a time.

To tell every name of a certificate takes ten times as long as to see that a word is in none of some hundred certificates.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter

from tlsca.store.records import Document

_AT_ONCE = 256
_HEX_ESCAPE = re.compile(r"\\[0-9A-Fa-f]{2}").search
_subject, _names = itemgetter("subject"), itemgetter("names")


def named(word: str, documents: Iterable[tuple[str, Document]]) -> Iterator[tuple[str, Document]]:
    """Yield those documents, each with its id, among which all are that have a name; `word` is the name in lower case."""
    may_be_named, every = _test(word), iter(documents)
    while some := list(islice(every, _AT_ONCE)):
        text = _text([document for _, document in some])
        if text is None or may_be_named(text):
            yield from some


def _text(documents: Sequence[Document]) -> str | None:
    """Return everything that names of these come from, each in a line; None where a document is not as it should be."""
    labels = [label for document in documents if (label := document.get("label"))]
    names = chain.from_iterable(map(_names, documents))
    try:
        return "\n".join(chain(("",), map(_subject, documents), names, labels, ("",)))
    except (KeyError, TypeError):
        return None


def _test(word: str) -> Callable[[str], bool]:
    """Return what tells whether a name may be in a text; it may say so of a text without it, but never the other way round."""
    line, bare = f"\n{word}\n", word.replace("\\", "")
    common_name = re.compile(rf"(?:cn|2\.5\.4\.3)=\s*{re.escape(bare)}\s*[,+\n]").search

    def may_be_named(text: str) -> bool:
        written = text.lower()
        if line in written:
            return True
        if "\\" not in text:
            return bare in written and common_name(written) is not None
        # What is escaped stands there as it is after a backslash, or as octets, which cannot be told without reading them.
        return _HEX_ESCAPE(text) is not None or common_name(text.replace("\\", "").lower()) is not None

    return may_be_named
