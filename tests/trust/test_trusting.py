"""What is remembered of trust, which certificates are refused, and what becomes of the rest when one place fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tlsca.authority.keeping import open_store
from tlsca.authority.trust.place import Root
from tlsca.authority.trust.places import Places, machine_places
from tlsca.authority.trusting import (
    carry_out,
    places_of,
    plan_distrust,
    plan_trust,
    records,
    root_of,
    trusted,
    warnings,
)
from tlsca.errors import NotFound, Refused, StoreReadOnly, UsageError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOSTILE = [
    "-D -n everything",
    "../../etc/passwd",
    "two\nlines",
    "'; touch /tmp/owned; '",
    '"$(id)"',
    "\x1b[31m\u202e",
]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("localhost", "localhost is no authority's certificate"),
        ("Alice Doe", "Alice Doe is no authority's certificate"),
        (
            "Trusted Intermediate",
            "Trusted Intermediate did not sign itself: it is an intermediate of CN=Trusted Root",
        ),
    ],
)
def test_only_a_root_is_trusted(desk, what, said):
    with pytest.raises(Refused) as refused:
        root_of(desk, what)
    assert refused.value.sentence.startswith(said)


def test_a_file_holds_the_root_alone(desk, deployed, root, tmp_path):
    for name in ("root.pem", "root.der"):
        assert root_of(None, str(deployed.files / name)) == root
    assert root_of(None, str(deployed.files / "root.der")).file == ""
    both = tmp_path / "both.pem"
    both.write_bytes(b"".join((deployed.files / name).read_bytes() for name in ("root.pem", "another.pem")))
    with pytest.raises(Refused, match=r"both\.pem holds 2 certificates"):
        root_of(desk, str(both))
    with pytest.raises(Refused, match=r"key\.pem holds no certificates"):
        root_of(desk, str(deployed.files / "key.pem"))
    with pytest.raises(NotFound):
        root_of(None, "no such thing")


def test_what_was_put_somewhere_is_remembered_listed_and_undone(store, desk, root, places):
    assert trusted(desk, places).trusted == ()
    carry_out(desk, plan_trust(root, places.found))
    other = open_store(store)
    (record,) = records(other)
    assert (record.sha256, record.subject) == (root.sha256, "CN=Trusted Root")
    assert [put["kind"] for put in record.places] == ["system", "nss", "java"]
    assert [(one.place.kind, one.name, one.ours) for one in trusted(other, places).trusted] == [
        (kind, root.name, True) for kind in ("system", "nss", "java")
    ]
    assert all(
        change.why.startswith("It is there already") for change in plan_trust(root, places.found).changes
    )
    carry_out(other, plan_distrust(other, root, places_of(other, root, places, ())))
    assert trusted(other, places).trusted == ()
    assert records(other) == ()
    acts = {act.act: act.detail for act in other.ledger.history() if "trust" in act.act}
    assert [
        (act, len(detail.get("put", ())), len(detail.get("taken", ()))) for act, detail in acts.items()
    ] == [
        ("trust", 3, 0),
        ("distrust", 0, 3),
    ]
    other.close()


def test_a_place_that_is_no_longer_found_is_remembered_with_the_root_in_it(desk, root, nss):
    carry_out(desk, plan_trust(root, (nss,)))
    nowhere = Places(())
    assert [one.place.path for one in trusted(desk, nowhere).trusted] == [nss.path]
    carry_out(desk, plan_distrust(desk, root, places_of(desk, root, nowhere, ())))
    assert nss.contents() == {}


def test_what_somebody_else_took_away_is_told_and_then_forgotten(desk, root, nss, outsider):
    carry_out(desk, plan_trust(root, (nss,)))
    assert outsider("certutil", "-D", "-d", f"sql:{nss.path}", "-n", root.name)[0] == 0
    places = Places((nss,))
    assert [(one.there, one.subject) for one in trusted(desk, places).trusted] == [(False, "CN=Trusted Root")]
    assert carry_out(desk, plan_distrust(desk, root, (nss,))) == ()
    assert trusted(desk, places).trusted == ()


def test_a_root_from_a_file_is_found_again_by_its_fingerprint(desk, nss, tmp_path, self_signed):
    (tmp_path / "foreign.der").write_bytes(self_signed("Foreign Root"))
    foreign = root_of(desk, str(tmp_path / "foreign.der"))
    carry_out(desk, plan_trust(foreign, (nss,)))
    (tmp_path / "foreign.der").unlink()
    assert root_of(desk, foreign.sha256[:10]) == foreign
    carry_out(desk, plan_distrust(desk, foreign, (nss,)))
    with pytest.raises(NotFound):
        root_of(desk, foreign.sha256[:10])


def test_where_one_place_fails_the_others_are_put_back(desk, root, system, nss, java, snapshot):
    before = (snapshot(system.path.parent), java.contents(), trusted(desk, Places((system, nss, java))))
    failing = replace(system, update=("false",))
    plan = plan_trust(root, (nss, java, failing))
    with pytest.raises(Refused, match="false failed with status 1") as refused:
        carry_out(desk, plan)
    # The anchor is gone again, and only the command that failed is left to run.
    assert refused.value.hint.startswith(f"system:{system.path} is not as it was. Run:\nfalse --fresh")
    assert refused.value.hint.endswith(f"\n{nss.path} was made, and stays.")
    assert (
        snapshot(system.path.parent),
        java.contents(),
        trusted(desk, Places((system, nss, java))),
    ) == before
    assert nss.contents() == {}
    assert records(desk) == ()


def test_where_the_store_cannot_remember_nothing_is_changed(store, desk, root, nss, monkeypatch):
    from tlsca.store.ledger import Ledger

    reading = open_store(store)
    monkeypatch.setattr(Ledger, "read_only", property(lambda _ledger: "It was opened for reading only."))
    with pytest.raises(StoreReadOnly):
        carry_out(reading, plan_trust(root, (nss,)))
    assert not nss.exists
    reading.close()


def test_a_hostile_subject_becomes_no_option_no_path_and_no_name(desk, system, nss, java, self_signed):
    everywhere = {name: Root(self_signed(name)) for name in HOSTILE}
    for name, root in everywhere.items():
        plan = plan_trust(root, (system, nss))
        words = [word for change in plan.changes for step in change.steps for word in step.command.words]
        assert not any(name in word for word in words)
        carry_out(desk, plan)
    carry_out(desk, plan_trust(everywhere[HOSTILE[0]], (java,)))
    names = {root.name for root in everywhere.values()}
    assert {file.stem for file in system.path.iterdir()} == names
    assert {held.name for held in nss.contents().values()} == names
    assert len(trusted(desk, Places((system, nss, java))).trusted) == 2 * len(names) + 1
    for root in everywhere.values():
        carry_out(desk, plan_distrust(desk, root, (system, nss)))
    assert (list(system.path.iterdir()), nss.contents()) == ([], {})


def test_a_root_that_has_ended_is_warned_of(self_signed):
    root = Root(self_signed("Old Root"))
    assert list(warnings(root, NOW)) == []
    (told,) = warnings(root, NOW + timedelta(days=4000))
    assert told.startswith("Old Root ended on 2036-")


def test_places_are_chosen_by_kind_or_by_path(places, nss, java, tmp_path):
    assert places.chosen(["java"]) == (java,)
    assert places.chosen(["nss", f"nss:{nss.path}"]) == (nss,)
    assert nss not in places.chosen([])  # it is not there yet, and was not asked for by name
    assert places.chosen([f"nss:{tmp_path}"])[0].path == tmp_path
    for wrong in ("firefox", "system:/etc", "", "java "):
        with pytest.raises(UsageError):
            places.chosen([wrong])
    with pytest.raises(UsageError, match="No Java was found"):
        Places(()).chosen(["java"])


def test_this_machines_places_are_those_of_the_user_it_is_asked_for(home):
    found = machine_places(environment={"HOME": str(home)}, platform="linux").found
    assert [place.path for place in found if place.kind == "nss"] == [home / ".pki/nssdb"]
