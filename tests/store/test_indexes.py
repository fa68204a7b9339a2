"""Indexes that are built while they are asked: at every moment they answer what a look at each document would."""

from hypothesis import example, given
from hypothesis import strategies as st

from tlsca.store.glance import named, numbered
from tlsca.store.indexes import PREFIX, CertificateIndexes, Index, field_index

SUBJECTS = st.lists(
    st.sampled_from(
        ["CN=a", "CN=A\\,b", "CN= a ", "2.5.4.3=a", "cn=B\\C3\\BC", "O=a", "O=X\\, Inc.", "CN=Σ"]
    ),
    max_size=3,
).map(",".join) | st.text("CN=aBΣ,+\\ 3\n", max_size=8)
NAMES = st.lists(st.text("aAbBΣς.\n\\", max_size=3), max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {"subject": SUBJECTS, "names": NAMES},
    optional={"label": st.text("aBb\\", max_size=3), "serial": st.text("0a", min_size=1, max_size=5)},
) | st.just({"names": None, "subject": 7})
WORDS = st.text("abς.,\\ ü3", min_size=1, max_size=3) | st.sampled_from(
    ["cn=a", "a,b", "bü", "b\\c3\\bc", "\u03c3"]
)


def naming(documents, step) -> Index:
    words = CertificateIndexes(lambda: documents).names._words
    return Index(words, lambda: documents, named(), step=step)


def noted(index: Index, documents, at_once: int = 256) -> Index:
    """Have an index take note of documents, so many at once."""
    items = list(documents.items())
    for at in range(0, len(items), at_once):
        keys, values = zip(*items[at : at + at_once], strict=True)
        index.read(keys, values)
    return index


def told(index: Index, documents, word: str) -> list[int]:
    """Return which documents have a word, by a look at each."""
    return sorted(int(key) for key, document in documents.items() if word in index._words(document))


@given(documents=st.lists(DOCUMENTS, max_size=6), word=WORDS)
@example(documents=[{"subject": "O=x,CN=B\\C3\\BC", "names": []}], word="bü")
@example(documents=[{"subject": "CN=A\\,B,O=x", "names": []}], word="a,b")
@example(documents=[{"subject": "CN= \\ a\\ ,O=x", "names": []}], word="a")
def test_a_look_through_the_text_passes_over_no_name(documents, word):
    table = dict(zip(map(str, range(1, 9)), documents, strict=False))
    index = noted(naming(table, step=0), table)
    assert list(index._looked_for(word)) == told(index, table, word)


@given(
    numbers=st.lists(st.text("0a", min_size=1, max_size=6), max_size=8),
    word=st.text("0a", min_size=1, max_size=4),
)
def test_a_look_through_the_text_passes_over_no_number(numbers, word):
    table = {str(at): {"serial": one, "sha256": one[::-1]} for at, one in enumerate(numbers)}
    prefixes = CertificateIndexes(lambda: table).prefixes
    index = noted(Index(prefixes._words, lambda: table, numbered(PREFIX), step=0), table)
    assert list(index._looked_for(word)) == told(index, table, word)


def answers_through(changes, index: Index, table, words) -> None:
    """Ask for each word before each change, and compare with a look at each document."""
    for key, document in changes:
        for word in words:
            assert index.get(word) == told(index, table, word)
        old = table.pop(key, None) if document is None else table.get(key)
        if document is not None:
            table[key] = document
        if old is not None or document is not None:
            index.change(int(key), old, document)


CHANGES = st.lists(st.tuples(st.sampled_from("123456789"), st.none() | DOCUMENTS), max_size=8)


@given(
    documents=st.lists(DOCUMENTS, max_size=6),
    changes=CHANGES,
    words=st.lists(WORDS, min_size=1),
    data=st.data(),
)
def test_an_index_that_is_being_built_answers_as_a_whole_one_does(documents, changes, words, data):
    table = dict(zip("123456", documents, strict=False))
    index = naming(table, step=data.draw(st.integers(1, 3)))
    if data.draw(st.booleans()):
        noted(index, table, at_once=data.draw(st.integers(1, 4)))
    answers_through(changes, index, table, words)
    for word in words * 9:
        assert index.get(word) == told(index, table, word)


@given(
    documents=st.lists(DOCUMENTS, max_size=6),
    changes=CHANGES,
    words=st.lists(WORDS, min_size=1),
    at_once=st.integers(1, 4),
)
def test_texts_that_are_kept_do_not_hide_what_changed_meanwhile(documents, changes, words, at_once):
    table = dict(zip("123456", documents, strict=False))
    index = noted(naming(table, step=0), table, at_once)
    answers_through(changes, index, table, words)
    for word in words:
        assert index.get(word) == told(index, table, word)


@given(changes=CHANGES, words=st.lists(WORDS, min_size=1), step=st.integers(0, 3))
def test_what_was_read_several_times_is_found_as_it_was_read_last_and_what_is_gone_not_at_all(
    changes, words, step
):
    table = {}
    index = naming(table, step)
    for key, document in changes:
        if document is None:
            table.pop(key, None)
        else:
            table[key] = document
            index.read([key], [document])
    for word in words * 5:
        assert index.get(word) == told(index, table, word)


def test_one_question_of_many_documents_indexes_none_of_them_and_many_questions_all():
    looked_at: list[str] = []

    class Watched(dict):
        def get(self, name, default=None):
            looked_at.append(name)
            return super().get(name, default)

    table = {str(number): Watched(id=f"{number:x}") for number in range(1, 100)}
    index = noted(field_index("id", lambda: table, step=10), table, at_once=10)
    assert index.get("1f") == [31]
    assert not index._ids
    assert [index.get("1f") for _ in range(10)] == [[31]] * 10
    looked_at.clear()
    assert index.get("1f") == [31]
    assert not looked_at


def test_a_word_that_comes_to_be_in_many_documents_and_then_in_few_is_followed():
    table: dict[str, dict[str, str]] = {}
    index = field_index("issuer_id", lambda: table)
    document = {"issuer_id": "a"}
    assert index.get("a") == []
    for number in range(1, 20):
        table[str(number)] = document
        index.change(number, None, document)
        index.change(number, document, document)
        assert index.get("a") == list(range(1, number + 1))
    for number in range(1, 20):
        index.change(number, document, None)
        assert index.get("a") == list(range(number + 1, 20))
    assert index.words() == []
