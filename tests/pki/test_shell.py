"""Whatever a name holds, in a shell's command and in OpenSSL's configuration it is one value and nothing else."""

import subprocess

from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tlsca.pki.openssl_lines import Files, new_request
from tlsca.pki.shell import comment, file, line, path_word, word
from tlsca.text import printable

TEXTS = st.text(
    st.one_of(
        st.sampled_from("$`\"'\\ \n\t;&|<>(){}[]*?!#~=%,+/@:-\x1b\r"),
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=40,
)
VISIBLE = st.text(
    st.one_of(
        st.sampled_from("$`\"'\\ ;&|<>(){}[]*?!#~=%,+/@:-"),
        st.characters(exclude_categories=["C", "Zl", "Zp"]).filter(lambda char: printable(char) == char),
    ),
    min_size=1,
    max_size=16,
).filter(str.strip)


def said(script: str) -> bytes:
    return subprocess.run(
        ["sh", "-e"], input=script.encode(), capture_output=True, check=True, timeout=30
    ).stdout


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_a_word_comes_out_as_it_went_in(texts):
    script = line("printf", "'%s\\0'", *map(word, texts))
    assert printable(script, keep_newlines=True) == script
    # A substitution drops newlines at its end, which no name that is shown has.
    expected = [text.rstrip("\n") if printable(text) != text else text for text in texts]
    assert said(script).decode().split("\0")[:-1] == expected


@settings(max_examples=30, deadline=None)
@given(TEXTS, VISIBLE)
def test_a_comment_and_a_file_run_nothing(text, content):
    body = f"{content}\nEND_OF_FILE\n$(echo no)\n"
    script = comment(text) + file("/dev/stdout", body)
    assert said(script).decode() == body


def test_a_path_is_no_option():
    assert path_word("-in") == "./-in"
    assert path_word("a b") == "'a b'"


@settings(max_examples=25, deadline=None)
@given(st.lists(VISIBLE, min_size=1, max_size=8))
def test_a_subject_is_read_by_openssl_octet_for_octet(tmp_path_factory, values):
    where = tmp_path_factory.mktemp("subject")
    units = [value.encode()[:64].decode("utf-8", "ignore") for value in values]
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units])
    key = "openssl genpkey -algorithm ED25519 -out one.key\n"
    script = key + new_request(Files("one", "one"), subject)
    subprocess.run(
        ["sh", "-e"], input=script.encode(), cwd=where, check=True, capture_output=True, timeout=30
    )
    made = x509.load_pem_x509_csr((where / "one.csr").read_bytes())
    assert made.subject.public_bytes() == subject.public_bytes()
