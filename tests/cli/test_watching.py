"""watch: targets kept in the store, looked at again, and what changed."""

import re

import pytest

from tlsca.authority.watch_reports import MOST_CHANGES


@pytest.fixture
def served(store, listen):
    """The port at which a process of its own presents the certificate of localhost."""
    return listen("localhost").port


def test_a_target_is_kept_looked_at_and_taken_away(done, served):
    place = f"localhost:{served}"
    assert done("watch", "add", place, "--json").json[0]["id"] == place
    (before,) = done("watch", "list", "--json").json
    assert (before["target"], before["verdict"], before["probed_at"]) == (place, None, None)
    (look,) = done("watch", "run", "--json").json_lines
    assert (look["verdict"], look["changes"], look["subject"]) == ("trusted", [], "CN=localhost")
    assert look["result"]["tls"]["version"] == look["version"] == "TLSv1.3"
    (after,) = done("watch", "list", "--json").json
    assert after["sha256"] == look["sha256"]
    assert after["not_after"]
    assert "✔ trusted" in done("watch", "list").text
    done("watch", "remove", place)
    assert done("watch", "list", "--json").json == []


def test_what_changed_is_said(cli, done, served, listen):
    place = f"localhost:{served}"
    done("watch", "add", place)
    done("watch", "run")
    assert "changed" not in done("watch", "run").text
    done("revoke", "localhost", "--yes")
    ran = cli("watch", "run", "--json")
    assert ran.status == 1
    assert ran.json["changes"] == [
        {"what": "verdict", "before": "trusted", "after": "untrusted"},
        {"what": "problems", "before": "", "after": "revoked"},
    ]


def test_a_new_certificate_at_the_same_place_is_said(done, store, listen):
    with_old = listen("localhost")
    done("watch", "add", f"localhost:{with_old.port}")
    (first,) = done("watch", "run", "--json").json_lines
    with_old.interrupt()
    done("renew", "localhost", "--rekey", "--days", "20")
    newest = done("list", "localhost", "--json").json[-1]["ref"]
    listen(newest, "--port", str(with_old.port))
    (second,) = done("watch", "run", "--json").json_lines
    changed = {change["what"]: change for change in second["changes"]}
    assert changed["certificate"]["before"] == first["sha256"][:16]
    assert changed["certificate"]["after"] == second["sha256"][:16]
    assert changed["expiry"]["after"] == second["not_after"]


def test_a_host_that_is_down_keeps_what_was_known_of_it(cli, done, store, listen):
    running = listen("localhost")
    done("watch", "add", f"localhost:{running.port}", "--address", "127.0.0.1")
    (first,) = done("watch", "run", "--json").json_lines
    running.interrupt()
    ran = cli("watch", "run", "--json")
    assert ran.status == 1
    assert (ran.json["verdict"], ran.json["problems"]) == ("failed", ["refused"])
    assert [change["what"] for change in ran.json["changes"]] == ["verdict", "problems"]
    assert ran.json["not_after"] == first["not_after"]


def test_every_target_is_right_or_none_is_kept(cli, done, store):
    ran = cli("watch", "add", "www.example", "host:99999")
    assert ran.status == 2
    assert "99999" in ran.talk
    assert done("watch", "list", "--json").json == []


def test_targets_are_named_as_they_were_typed_or_by_their_host(cli, done, store):
    done("watch", "add", "https://www.example", "www.example:8443", "[::1]:443")
    done("watch", "add", "10.0.0.1", "--server-name", "www.example")
    ids = [one["id"] for one in done("watch", "list", "--json").json]
    assert ids == ["10.0.0.1:443#www.example", "[::1]:443", "www.example:443", "www.example:8443"]
    done("watch", "remove", "https://www.example", "::1")
    assert len(done("watch", "list", "--json").json) == 2
    unknown = cli("watch", "remove", "nobody.example")
    assert (unknown.status, "nobody.example is not watched" in unknown.talk) == (3, True)


def test_adding_again_changes_how_it_is_looked_at_and_keeps_what_was_found(done, served):
    place = f"localhost:{served}"
    done("watch", "add", place)
    done("watch", "run")
    done("watch", "add", place, "--verify-name", "localhost")
    (kept,) = done("watch", "list", "--json").json
    assert (kept["verify_name"], kept["verdict"]) == ("localhost", "trusted")


def test_nothing_watched_is_said(done, store):
    assert "Nothing is watched" in done("watch", "list").talk
    assert done("watch", "run").out == b""


def test_the_audit_log_names_the_targets(done, served):
    done("watch", "add", f"localhost:{served}")
    done("watch", "run")
    acts = done("log", "--json").json_lines
    assert [act["act"] for act in acts[-3:]] == ["watch", "probe", "look-again"]
    done("log", "--verify")


def test_what_was_wrong_and_what_changed_can_be_read_later(cli, done, served):
    place = f"localhost:{served}"
    done("watch", "add", place)
    done("watch", "run")
    done("revoke", "localhost", "--yes")
    cli("watch", "run")
    (shown,) = done("watch", "show", place, "--json").json
    assert [(one["what"], one["before"], one["after"]) for one in shown["history"]] == [
        ("verdict", "trusted", "untrusted"),
        ("problems", "", "revoked"),
    ]
    (found,) = shown["findings"]
    assert (found["code"], found["severity"]) == ("revoked", "error")
    assert "Install another certificate" in found["fix"]
    assert shown["inventory"]["state"] == "revoked"
    told = done("watch", "show", place).text
    for words in ("✘ untrusted", "fix: Install another", "CN=localhost", "verdict: trusted → untrusted"):
        assert words in told


def test_the_history_is_bounded_and_only_written_when_there_is_news(cli, done, store, listen):
    running = listen("localhost")
    place = f"localhost:{running.port}"
    done("watch", "add", place)
    done("watch", "run")
    size = (store / "journal.jsonl").stat().st_size
    done("watch", "run")
    assert b"watch-report" not in (store / "journal.jsonl").read_bytes()[size:]
    for turn in range(12):
        done(*(("unhold", "localhost") if turn % 2 else ("revoke", "localhost", "--reason", "hold", "--yes")))
        cli("watch", "run")
    (shown,) = done("watch", "show", place, "--json").json
    assert len(shown["history"]) == MOST_CHANGES
    times = [one["at"] for one in shown["history"]]
    assert times == sorted(times, reverse=True)


def test_removing_takes_the_history_with_it(cli, done, served):
    place = f"localhost:{served}"
    done("watch", "add", place)
    done("revoke", "localhost", "--yes")
    cli("watch", "run")
    done("watch", "remove", place)
    done("watch", "add", place)
    (shown,) = done("watch", "show", place, "--json").json
    assert (shown["findings"], shown["history"], shown["verdict"]) == ([], [], None)


def test_the_list_knows_what_became_of_a_certificate_since_the_last_look(done, served):
    done("watch", "add", f"localhost:{served}")
    done("watch", "run")
    done("renew", "localhost", "--rekey")
    (one,) = done("watch", "list", "--json").json
    assert (one["problems"], one["inventory"]["state"]) == ([], "superseded")
    assert "superseded" in done("watch", "list").text


def test_the_doctor_names_hosts_that_serve_what_they_should_not(cli, done, served):
    place = f"localhost:{served}"
    done("watch", "add", place)
    done("watch", "run")
    assert not [one for one in cli("doctor", "--json").json["remarks"] if one["about"] == place]
    done("renew", "localhost", "--rekey")
    newest = done("list", "localhost", "--json").json[-1]["ref"]
    (told,) = [one for one in cli("doctor", "--json").json["remarks"] if one["about"] == place]
    assert (told["code"], told["severity"]) == ("host-serves-superseded", "warning")
    assert told["repair"] == {"act": "export", "command": f"tlsca export {newest}"}
    done("revoke", newest, "--yes")
    done("revoke", told["certificate"], "--yes")
    (told,) = [one for one in cli("doctor", "--json").json["remarks"] if one["about"] == place]
    assert (told["code"], told["severity"], told["repair"]["act"]) == (
        "host-serves-revoked",
        "error",
        "issue",
    )


def test_a_revocation_names_the_watched_targets_that_it_hits(terminal, done, served):
    done("watch", "add", f"localhost:{served}")
    done("watch", "run")
    told = terminal("revoke", "localhost", typing=[(b"Revoke for good?", b"n\n")]).text
    assert re.search(rf"localhost:{served}, \S+Z, watched", told)


def test_where_a_certificate_was_last_seen_is_said(done, served):
    done("probe", f"localhost:{served}")
    assert re.search(rf"Last seen +localhost:{served}, \S+Z", done("inspect", "localhost").text)
    (listed,) = done("list", "localhost", "--json").json
    assert listed["last_seen_at"].endswith("Z")


def test_targets_are_read_from_stdin_with_remarks_left_out(cli, done, store):
    done(
        "watch",
        "add",
        "-",
        "d.example",
        stdin=b"# ours\na.example, b.example:8443 # the test\nhttps://c.example/#x\n",
    )
    ids = [one["id"] for one in done("watch", "list", "--json").json]
    assert ids == ["a.example:443", "b.example:8443", "c.example:443", "d.example:443"]
    assert cli("watch", "add", "-", stdin=b"a.example:0\n").status == 2
