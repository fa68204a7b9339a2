"""The system's roots: Debian's own command makes the bundles, and curl and openssl read them."""

from pathlib import Path

import pytest

from tlsca.authority.trust.change import State
from tlsca.authority.trust.system import ByHand, SystemRoots, system_roots
from tlsca.authority.trusting import carry_out, plan_distrust, plan_trust, trusted


def test_what_the_system_trusts_is_what_curl_and_openssl_accept(
    desk, root, system, bundle, https, outsider, deployed, snapshot
):
    before, port = snapshot(system.path.parent), https()
    page = ("curl", "-sS", "--noproxy", "*", "--cacert", bundle, f"https://localhost:{port}/")
    verify = (
        "openssl",
        "verify",
        "-CApath",
        bundle.parent,
        "-untrusted",
        deployed.files / "chain.pem",
        deployed.files / "chain.pem",
    )
    assert outsider(*page)[0] == 60  # peer certificate cannot be authenticated
    assert outsider(*verify)[0] != 0

    (done,) = carry_out(desk, plan_trust(root, (system,)))
    assert outsider(*page) == (0, "<p>served to a stranger</p>")
    assert outsider(*verify)[0] == 0
    anchor = system.path / f"tlsca-{root.sha256[:16]}.crt"
    assert anchor.stat().st_mode & 0o777 == 0o644
    assert done.name == anchor.stem

    carry_out(desk, plan_distrust(desk, root, (system,)))
    assert snapshot(system.path.parent) == before
    assert outsider(*page)[0] == 60


def test_a_root_that_is_there_already_stays_and_is_not_ours_to_take(desk, root, system, deployed, snapshot):
    (system.path / "by-hand.crt").write_bytes((deployed.files / "root.pem").read_bytes())
    (change,) = plan_trust(root, (system,)).changes
    assert (change.state, change.steps) == (State.NOTHING, ())
    before = snapshot(system.path)
    plan = plan_distrust(desk, root, (system,))
    assert plan.changes[0].why == "It is there as by-hand, and was not put there by tlsca."
    assert carry_out(desk, plan) == ()
    assert snapshot(system.path) == before


class _OfRoot(SystemRoots):
    """The system's roots as somebody sees them who is not root; whoever runs the tests may be."""

    needs_root = True


def test_who_is_not_root_is_told_the_commands_for_sudo_and_changes_nothing(desk, root, system, snapshot):
    before = snapshot(system.path.parent)
    theirs = _OfRoot(system.flavour, system.path, system.update)
    plan = plan_trust(root, (theirs,))
    (change,) = plan.blocked
    assert change.why == f"Only root may change {system.path}."
    write, update = change.commands.splitlines()
    pem = desk.ledger.object_path(root.sha256).absolute()
    assert write == f"sudo install -m 644 /dev/stdin {system.path}/{root.name}.crt < {pem}"
    assert update.startswith("sudo update-ca-certificates ")
    assert carry_out(desk, plan) == ()
    assert snapshot(system.path.parent) == before


@pytest.mark.parametrize(
    ("platform", "command"), [("darwin", "security add-trusted-cert -d"), ("win32", "certutil -addstore")]
)
def test_what_was_never_tried_is_shown_and_never_run(desk, root, platform, command):
    places = system_roots(platform=platform)
    assert [type(place) for place in places] == [ByHand]
    for plan in (plan_trust(root, places), plan_distrust(desk, root, places)):
        assert [change.state for change in plan.changes] == [State.BLOCKED]
        assert "run the command yourself" in plan.changes[0].why
        assert carry_out(desk, plan) == ()
    assert command in plan_trust(root, places).commands


def test_a_system_is_known_by_its_directory_and_its_command(tmp_path, monkeypatch):
    assert system_roots(tmp_path) == ()
    fedora = tmp_path / "etc/pki/ca-trust/source/anchors"
    fedora.mkdir(parents=True)
    assert system_roots(tmp_path) == ()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "update-ca-trust").write_text("#!/bin/sh\n")
    (programs / "update-ca-trust").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    (found,) = system_roots(tmp_path)
    assert (found.path, found.update, found.suffix) == (Path(fedora), ("update-ca-trust",), ".pem")


def test_files_that_are_no_certificates_are_passed_over(desk, root, system):
    (system.path / "broken.crt").write_bytes(b"-----BEGIN CERTIFICATE-----\nx\n")
    carry_out(desk, plan_trust(root, (system,)))
    from tlsca.authority.trust.places import Places

    (only,) = trusted(desk, Places((system,))).trusted
    assert (only.sha256, only.ours, only.there) == (root.sha256, True, True)
