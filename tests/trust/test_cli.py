"""`tlsca trust`: what it says before it does anything, its answers, and its exit statuses."""

import pytest

from tlsca.authority.trust.places import Places

ROOT = "Trusted Root"


@pytest.fixture(autouse=True)
def _here(environment, store, home):
    """Commands find the store, and a home directory without anything in it."""
    environment.setenv("HOME", str(home))


@pytest.fixture
def at(environment):
    """Let commands find these places and no others."""

    def found(*places):
        environment.setattr("tlsca.cli.trusting.machine_places", lambda passwords: Places(places, passwords))

    return found


def test_a_root_is_installed_listed_and_removed(done, root, at, system, nss):
    at(system, nss)
    installed = done("trust", "install", ROOT, "--in", "system", "--in", "nss", "--yes", "--json")
    assert root.fingerprint in installed.talk
    assert f"certutil -A -d sql:{nss.path} -n {root.name} -t C,, -a < " in installed.talk
    assert f"To undo it: tlsca trust remove {root.sha256[:12]}" in installed.talk
    assert [(change["kind"], change["state"]) for change in installed.json["changes"]] == [
        ("system", "to do"),
        ("nss", "to do"),
    ]
    listed = done("trust", "list", "--json").json
    assert [(one["kind"], one["name"], one["ours"], one["there"]) for one in listed] == [
        ("system", root.name, True, True),
        ("nss", root.name, True, True),
    ]
    assert root.name in done("trust", "list").text
    removed = done("trust", "remove", root.sha256[:12], "--yes")
    assert (
        "Trusted Root is no longer trusted in Chromium, Chrome and the system (Debian, Ubuntu)."
        in removed.talk
    )
    assert done("trust", "list", "--json").json == []
    again = done("trust", "remove", ROOT, "--yes")
    assert again.talk.endswith("Nothing was changed.\n")


def test_a_dry_run_says_it_all_and_does_nothing(done, at, nss):
    at(nss)
    ran = done("trust", "install", ROOT, "--in", "nss", "--dry-run", "--json")
    assert ran.json["done"] is False
    assert [step["does"].split()[0] for step in ran.json["changes"][0]["steps"]] == ["make", "make", "add"]
    assert not nss.exists


def test_without_a_terminal_it_is_done_with_yes_alone(cli, at, nss):
    at(nss)
    for act in ("install", "remove"):
        ran = cli("trust", act, ROOT, "--in", "nss")
        assert ran.status == 2
        assert "Give --yes" in ran.talk
    assert not nss.exists


@pytest.mark.parametrize(("answer", "status"), [(b"n\n", 3), (b"y\n", 0)])
def test_on_a_terminal_the_fingerprint_is_shown_before_the_question(
    terminal, home, root, nss, answer, status
):
    ran = terminal("trust", "install", ROOT, "--in", "nss", typing=[(b"Make these changes?", answer)])
    assert ran.status == status, ran.text
    assert ran.text.index(root.fingerprint) < ran.text.index("Make these changes?")
    assert nss.exists == (status == 0)


def test_a_chosen_place_that_cannot_be_changed_is_refused_with_the_command_for_sudo(
    cli, done, at, root, system, nss
):
    class OfRoot(type(system)):
        needs_root = True

    theirs = OfRoot(system.flavour, system.path, system.update)
    at(theirs, nss)
    refused = cli("trust", "install", ROOT, "--in", "system", "--in", "nss", "--yes")
    assert refused.status == 3
    assert f"Only root may change {system.path}." in refused.talk
    assert f"Run: sudo install -m 644 /dev/stdin {system.path}/{root.name}.crt < " in refused.talk
    assert "&& sudo update-ca-certificates" in refused.talk
    assert not nss.exists
    done("trust", "install", ROOT, "--in", "nss", "--yes")
    # What was not chosen by name is left as it is, and said.
    both = done("trust", "remove", ROOT, "--yes")
    assert "no longer trusted in Chromium" in both.talk


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("install", "localhost"), 3, "localhost is no authority's certificate"),
        (("install", "Trusted Intermediate"), 3, "it is an intermediate of CN=Trusted Root"),
        (("install", "nobody"), 3, "Nothing in the store is called “nobody”"),
        (("install", ROOT, "--in", "firefox"), 2, "“firefox” is no place."),
        (("install", ROOT, "--in", "java"), 2, "No Java was found."),
        (("install", ROOT, "--in", "nss:/nonexistent"), 3, "There is no NSS database in /nonexistent."),
        (("install", ROOT), 3, "No place was found"),
        (("install", ROOT, "--nss-password-file", "/nonexistent"), 3, "/nonexistent cannot be read"),
        (("install",), 2, "Missing argument"),
    ],
)
def test_what_is_wrong_is_one_sentence(cli, at, words, status, said):
    at()
    ran = cli("trust", *words, *(("--yes",) if len(words) > 1 else ()))
    assert (ran.status, ran.out) == (status, b"")
    assert said in ran.talk


def test_a_file_is_trusted_without_a_store(done, environment, deployed, at, nss, tmp_path):
    environment.setenv("TLSCA_STORE", str(tmp_path / "none"))
    at(nss)
    done("trust", "install", deployed.files / "root.pem", "--in", "nss", "--yes")
    (one,) = done("trust", "list", "--json").json
    assert one["ours"]
    done("trust", "remove", deployed.files / "root.pem", "--yes")
    assert nss.contents() == {}
    assert not (tmp_path / "none").exists()


def test_a_hostile_root_moves_no_cursor(cli, done, at, nss, self_signed, tmp_path):
    at(nss)
    (tmp_path / "hostile.der").write_bytes(self_signed("\x1b[2Jowned\u202e\u200b\x9b31m"))
    for act in ("install", "remove"):
        ran = done("trust", act, tmp_path / "hostile.der", "--in", "nss", "--yes")
        assert "\\x1b[2Jowned" in ran.talk
        assert not ran.unsafe
        assert not done("trust", "list").unsafe
