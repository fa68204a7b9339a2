"""NSS databases, as Chromium and Firefox have them, by the word of `certutil` itself."""

import pytest

from tlsca.authority.trust.change import State
from tlsca.authority.trust.nss import NssDatabase, nss_databases
from tlsca.authority.trust.place import Root
from tlsca.authority.trusting import carry_out, plan_distrust, plan_trust
from tlsca.errors import Refused
from tlsca.pki.read import read

PRIMARY_PASSWORD = b"primary password"


@pytest.fixture
def database(tmp_path, outsider):
    """A database that is there: `database("name")`, or with a primary password."""

    def make(name="database", password=None) -> NssDatabase:
        place = tmp_path / name
        place.mkdir()
        (tmp_path / "password").write_bytes((password or b"") + b"\n")
        assert outsider("certutil", "-N", "-d", f"sql:{place}", "-f", tmp_path / "password")[0] == 0
        return NssDatabase(place, "Firefox", password)

    return make


@pytest.fixture
def another(deployed):
    (found,) = read((deployed.files / "another.pem").read_bytes(), name="another.pem")
    return Root(found.der)


def test_chromiums_database_is_made_for_its_owner_alone_and_emptied_again(desk, root, nss, outsider):
    plan = plan_trust(root, (nss,))
    assert not nss.exists
    assert [step.command.words[:2] for step in plan.changes[0].steps] == [
        ("mkdir", "-m"),
        ("certutil", "-N"),
        ("certutil", "-A"),
    ]
    carry_out(desk, plan)
    assert {path.stat().st_mode & 0o077 for path in (nss.path, *nss.path.iterdir())} == {0}
    status, listed = outsider("certutil", "-L", "-d", f"sql:{nss.path}")
    assert (status, listed.split()[-2:]) == (0, [root.name, "C,,"])
    carry_out(desk, plan_distrust(desk, root, (nss,)))
    assert nss.contents() == {}


def test_only_what_is_ours_is_taken_and_the_rest_stays_as_it_was(desk, root, another, database):
    place = database()
    carry_out(None, plan_trust(another, (place,)))
    before = place.contents()
    carry_out(desk, plan_trust(root, (place,)))
    assert set(place.contents()) == {root.sha256, another.sha256}
    carry_out(desk, plan_distrust(desk, root, (place,)))
    assert place.contents() == before


def test_a_certificate_that_is_there_untrusted_gets_its_old_trust_back(desk, root, database, outsider):
    place = database()
    words = ("certutil", "-A", "-d", f"sql:{place.path}", "-n", "seen on the way", "-t", ",C,", "-a")
    assert outsider(*words, stdin=root.pem)[0] == 0
    before = place.contents()
    (done,) = carry_out(desk, plan_trust(root, (place,)))
    assert (done.name, done.flags) == ("seen on the way", ",C,")
    assert place.contents()[root.sha256].flags == "C,C,"
    carry_out(desk, plan_distrust(desk, root, (place,)))
    assert place.contents() == before


def test_a_primary_password_is_asked_for_and_a_wrong_one_changes_nothing(desk, root, database):
    place = database(password=PRIMARY_PASSWORD)
    for password in (None, b"a wrong one"):
        locked = NssDatabase(place.path, "Firefox", password)
        with pytest.raises(Refused, match=r"password|not logged in") as refused:  # in the words of that NSS
            carry_out(desk, plan_trust(root, (locked,)))
        assert refused.value.hint == "Everything is as it was before."
        assert place.contents() == {}
    carry_out(desk, plan_trust(root, (place,)))
    carry_out(desk, plan_distrust(desk, root, (place,)))
    assert place.contents() == {}


def test_two_roots_of_one_subject_are_told_apart(root, database, outsider, tmp_path):
    place, twins = database(), []
    for number in (1, 2):
        file = tmp_path / f"{number}.pem"
        words = (
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            tmp_path / "key",
        )
        assert outsider("openssl", "req", "-x509", *words, "-subj", "/CN=Twin", "-out", file)[0] == 0
        (found,) = read(file.read_bytes(), name="twin")
        twins.append(Root(found.der))
    for twin in twins:
        carry_out(None, plan_trust(twin, (place,)))
    carry_out(None, plan_distrust(None, twins[0], (place,)))
    assert set(place.contents()) == {twins[1].sha256}


def test_the_databases_of_browsers_are_found_below_a_home(home):
    profiles = (
        ".mozilla/firefox/abcd.default",
        "snap/firefox/common/.mozilla/firefox/efgh.default",
        ".var/app/org.mozilla.firefox/.mozilla/firefox/ijkl.default",
    )
    for profile in (*profiles, ".mozilla/firefox/Crash Reports"):
        (home / profile).mkdir(parents=True)
    for profile in profiles:
        (home / profile / "cert9.db").touch()
    assert [str(found.path.relative_to(home)) for found in nss_databases(home)] == [".pki/nssdb", *profiles]


@pytest.mark.parametrize("content", [None, b"no database"], ids=["missing", "damaged"])
def test_what_is_no_database_is_refused_and_left_alone(root, tmp_path, content):
    place = NssDatabase(tmp_path / "nowhere", "a database of NSS")
    if content:
        place.path.mkdir()
        (place.path / "cert9.db").write_bytes(content)
    (change,) = plan_trust(root, (place,)).changes
    assert change.state is State.BLOCKED
    assert change.steps == ()
    assert ("no NSS database" if content is None else "certutil failed") in change.why


def test_without_certutil_nothing_is_begun(root, nss, monkeypatch, tmp_path):
    monkeypatch.setattr("tlsca.authority.programs._SYSTEM_DIRECTORIES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    (change,) = plan_trust(root, (nss,)).changes
    assert (change.state, change.why) == (State.BLOCKED, "certutil of NSS is not installed.")


def test_a_key_that_nss_does_not_take_is_told_before_and_changes_nothing(nss, database, outsider, tmp_path):
    file, place = tmp_path / "ed25519.pem", database()
    words = (
        "-newkey",
        "ed25519",
        "-nodes",
        "-keyout",
        tmp_path / "key",
        "-subj",
        "/CN=Edwards",
        "-out",
        file,
    )
    assert outsider("openssl", "req", "-x509", *words)[0] == 0
    (found,) = read(file.read_bytes(), name="ed25519")
    plan = plan_trust(Root(found.der), (place,))
    assert plan.changes[0].steps[-1].sentence.endswith("; NSS 3.87 takes no ed25519 key")
    try:
        carry_out(None, plan)
    except Refused as refused:
        assert refused.hint == "Everything is as it was before."  # noqa: PT017 -- a later NSS takes it
        assert place.contents() == {}
