"""Settings: a file, the environment, the command line, and errors that name what is wrong."""

from pathlib import Path

import pytest

from tlsca.errors import SettingsError
from tlsca.settings import KeyChoice, Settings, load_settings


@pytest.fixture
def load(tmp_path):
    """Load settings from a file of these lines."""

    def load(lines: str = "", *, store: Path | None = None, **environment: str) -> Settings:
        file = tmp_path / "config.toml"
        file.write_text(lines)
        return load_settings({"TLSCA_CONFIG": str(file), **environment}, store=store)

    return load


def test_without_a_file_everything_has_a_default(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for environment in ({}, {"TLSCA_CONFIG": "", "TLSCA_STORE": ""}):
        assert load_settings(environment) == Settings(
            store=tmp_path / "tlsca", theme="tlsca-dark", key="ec-p256", expiring_days=30, lock_minutes=15
        )


def test_a_file_may_set_everything(load):
    settings = load(
        'store = "/srv/ca"\ntheme = "x"\nkey = "ed25519"\nexpiring_days = 7\nlock_minutes = 0\nwatch_every = 60\n'
    )
    assert settings == Settings(
        store=Path("/srv/ca"), theme="x", key="ed25519", expiring_days=7, lock_minutes=0, watch_every=60
    )


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(load):
    file = 'store = "/file"'
    assert load(file).store == Path("/file")
    assert load(file, TLSCA_STORE="/environment").store == Path("/environment")
    assert load(file, TLSCA_STORE="/environment", store=Path("/option")).store == Path("/option")


def test_a_store_may_begin_with_the_home_directory(load, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert load('store = "~/ca"').store == Path("/home/ada/ca")
    with pytest.raises(SettingsError, match="nobody of that name"):
        load('store = "~nobody-of-this-name/ca"')


@pytest.mark.parametrize(
    ("lines", "sentence", "hint"),
    [
        ("stor = 1", "sets “stor”, which is no setting", "Did you mean store?"),
        ("zzzzzz = 1", "“zzzzzz”", "Known are store, theme"),
        ('"\x7f" = 1'.replace("\x7f", "\\u001b"), "“\\x1b”", ""),
        ("expiring_days = -1", "expiring_days is not a whole number from 0", ""),
        ("expiring_days = true", "expiring_days", ""),
        ('expiring_days = "30"', "expiring_days", "Write expiring_days = 30."),
        ("lock_minutes = 1000000000000", "lock_minutes", ""),
        ("theme = 3", "theme is not text", "in quotes"),
        ('store = ""', "store is not text, or empty", ""),
        ("store = ", "is no TOML", ""),
    ],
)
def test_an_error_names_the_file_the_key_and_the_nearest_valid_one(load, tmp_path, lines, sentence, hint):
    with pytest.raises(SettingsError) as refusal:
        load(lines)
    assert str(tmp_path / "config.toml") in refusal.value.sentence
    assert sentence in refusal.value.sentence
    assert hint in refusal.value.hint
    assert refusal.value.exit_status == 2


def test_a_file_that_is_named_has_to_be_there_and_readable(tmp_path):
    with pytest.raises(SettingsError, match="There is no settings file"):
        load_settings({"TLSCA_CONFIG": str(tmp_path / "missing")})
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"TLSCA_CONFIG": str(tmp_path)})
    (tmp_path / "latin-1").write_bytes(b'theme = "\xe4"')
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"TLSCA_CONFIG": str(tmp_path / "latin-1")})


def test_switches_words_and_keys_are_read(load, tmp_path):
    settings = load('read_only = true\nascii = "always"\nsession = false\n\n[keys]\n"issue" = "i,f7"\n')
    assert (settings.read_only, settings.ascii, settings.session) == (True, "always", False)
    assert settings.keys == (KeyChoice("issue", "i,f7", tmp_path / "config.toml", 6),)
    assert load("read_only = false").read_only is False


@pytest.mark.parametrize(
    ("lines", "sentence", "hint"),
    [
        (
            'theme = "x"\n\nread_only = "yes"',
            "config.toml:3: read_only is neither",
            "Write read_only = true.",
        ),
        ('ascii = "alway"', "config.toml:1: ascii is “alway”", "Did you mean always?"),
        ('# stor = 1\n\n"stor" = 1', "config.toml:3 sets “stor”", "store"),
        ("[keys]\nissue = 3", "config.toml:2: issue is not text", ""),
        ("keys = 3", "config.toml:1: keys is no table", "[keys]"),
        ('[keyz]\nissue = "i"', "config.toml:1 sets “keyz”", "Did you mean key"),
        ('theme = "x"\n[keys]\ntheme = ""', "config.toml:3: theme is not text", ""),
        ("keys.issue = 3", "config.toml:1: issue is not text", ""),
    ],
)
def test_an_error_names_the_line(load, lines, sentence, hint):
    with pytest.raises(SettingsError) as refusal:
        load(lines)
    assert sentence in refusal.value.sentence
    assert hint in refusal.value.hint
