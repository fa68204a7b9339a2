"""What commands print for somebody who listens to it: one fact on each line, no signs, nothing that moves."""

import pytest

SIGNS = set("●◐○◫◌✔✘✕→·━─│├└▁▂▃▄▅▆▇█")
SHOWN = (
    ("list",),
    ("ca", "list"),
    ("inspect", "localhost"),
    ("diff", "localhost", "Test Root"),
    ("verify", "localhost"),
    ("lint", "localhost"),
    ("doctor",),
    ("log",),
    ("profile", "list"),
    ("profile", "show", "server"),
    ("trash", "list"),
    ("requests",),
    ("config",),
    ("probe", "127.0.0.1:1"),
    ("watch", "list"),
    ("note", "localhost"),
)


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_nothing_plain_is_told_by_a_sign_or_by_where_it_stands(cli, store, words):
    ran = cli(*words, "--plain")
    assert ran.status in {0, 1}, ran.talk
    assert not SIGNS & set(ran.text + ran.talk)
    assert not [line for line in ran.text.splitlines() if "  " in line.strip()]


def test_every_cell_of_a_table_is_told_with_its_header(done, store):
    first, *others = done("list", "--plain").text.split("\n\n")
    assert first.splitlines()[:3] == ["State: valid", "Name: Test Root", "Profile: root"]
    assert len(others) == 3
    assert done("trash", "list", "--plain").text == "None.\n"


def test_how_deep_an_authority_stands_is_told_in_words(done, store):
    assert "Authority: Test Intermediate, level 2\n" in done("ca", "list", "--plain").text


def test_what_differs_is_told_side_by_side_in_lines_of_their_own(cli, store):
    told = cli("diff", "localhost", "Test Root", "--plain").text.splitlines()
    assert "Object, Serial, in A: " in "\n".join(told)
    assert told[-1].endswith("alike.")


def test_it_may_be_said_before_the_command_in_the_environment_and_in_the_settings(
    done, store, environment, tmp_path
):
    plain = done("list", "--plain").text
    assert plain != done("list").text
    assert done("--plain", "list").text == plain
    environment.setenv("TLSCA_PLAIN", "1")
    assert done("list").text == plain
    environment.delenv("TLSCA_PLAIN")
    settings = tmp_path / "config" / "tlsca" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("plain = true\n")
    assert done("list").text == plain
    environment.setenv("TLSCA_PLAIN", "0")
    assert done("list").text != plain


def test_the_json_of_a_plain_command_is_the_same(done, store):
    assert done("list", "--json", "--plain").json == done("list", "--json").json


def test_no_command_sends_colours(terminal, store, environment):
    """There is nothing for NO_COLOR to take away."""
    for words in (("list",), ("ca", "list"), ("inspect", "localhost"), ("--help",)):
        ran = terminal(*words)
        assert ran.status == 0
        assert b"\x1b" not in ran.out
