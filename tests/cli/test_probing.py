"""probe: hosts, trust, client certificates and what a script reads."""

import json
import shlex
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tlsca.cli.sweep_progress import SweepProgress

KEYS_OF_A_RESULT = [
    "target", "verdict", "problems", "tls", "chain_sent", "chain_verified", "client_auth", "inventory", "strict",
    "timings_ms", "transcript",
]  # fmt: skip


@pytest.fixture
def served(store, listen):
    """The port at which a process of its own presents the certificate of localhost."""
    return listen("localhost").port


def codes(result) -> list[str]:
    return [problem["code"] for problem in result["problems"]]


def test_a_root_of_the_store_is_trusted(done, served):
    ran = done("probe", f"localhost:{served}", "--json")
    (result,) = ran.json_lines
    assert list(result)[: len(KEYS_OF_A_RESULT)] == KEYS_OF_A_RESULT
    assert (result["verdict"], result["problems"]) == ("trusted", [])
    assert [one["subject"] for one in result["chain_sent"]] == ["CN=localhost", "CN=Test Intermediate"]
    assert [one["subject"] for one in result["chain_verified"]][-1] == "CN=Test Root"
    assert result["inventory"]["state"] == "current"
    assert result["tls"]["peercert"]["subjectAltName"] == [["DNS", "localhost"], ["IP Address", "127.0.0.1"]]


def test_what_a_person_reads_says_the_same(done, served):
    told = done("probe", f"localhost:{served}").text
    for words in ("trusted", f"localhost:{served}", "TLSv1.3", "getpeercert()", "CN=Test Root", "current"):
        assert words in told


def test_an_authority_of_the_store_stands_for_its_newest_lists(done, cli, served):
    done("ca", "partition", "Test Intermediate", "2", "--url", "http://crl.example/{partition}.crl")
    Path("lists").mkdir()
    probe = ("probe", f"localhost:{served}", "--crl", "Test Intermediate", "--json")
    for command, verdict in (("crl", "trusted"), ("revoke", "untrusted")):
        if command == "revoke":
            done("revoke", "localhost", "--yes")
        done("crl", "Test Intermediate", "--all", "--out", "lists", "--force")
        assert cli(*probe).json["verdict"] == verdict
    assert codes(cli(*probe).json) == ["revoked"]


@pytest.mark.parametrize("trust", ["system", "none"])
def test_trust_given_replaces_the_roots_of_the_store(cli, served, trust):
    ran = cli("probe", f"localhost:{served}", "--trust", trust, "--json")
    assert ran.status == 1
    assert ran.json["verdict"] == "untrusted"
    assert codes(ran.json) == ["unknown-ca"]


@pytest.mark.parametrize("trust", ["store", "Test Root", "root.pem", "root.der"])
def test_trust_may_be_the_store_a_reference_or_a_file(done, served, trust):
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    done("export", "Test Root", "--as", "der", "--out", "root.der")
    done("probe", f"localhost:{served}", "--trust", "none", "--trust", trust)


def test_trusting_an_intermediate_alone_is_a_partial_chain(cli, served):
    ran = cli("probe", f"localhost:{served}", "--trust", "Test Intermediate", "--json")
    assert (ran.status, codes(ran.json)) == (1, ["partial-chain"])


def test_without_a_store_the_system_is_trusted_and_nothing_is_in_the_inventory(
    cli, served, environment, tmp_path
):
    environment.setenv("TLSCA_STORE", str(tmp_path / "none"))
    ran = cli("probe", f"localhost:{served}", "--json")
    assert (ran.status, codes(ran.json), ran.json["inventory"]) == (1, ["unknown-ca"], None)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("localhost:99999", "bad-target"),
        ("host name:443", "bad-target"),
        ("", "bad-target"),
        ("a\udcff:443", "bad-target"),
        ("[::1:443", "bad-target"),
        ("no-such-host.invalid", "dns-not-found"),
        ("127.0.0.1:1", "refused"),
    ],
)
def test_a_target_that_cannot_be_reached_is_a_result(cli, environment, target, code):
    ran = cli("probe", target, "--json")
    assert ran.status == 1
    assert (ran.json["verdict"], ran.json["tls"]) == ("failed", None)
    if code != "dns-not-found" or codes(ran.json) != ["dns-unavailable"]:  # a machine without a resolver
        assert codes(ran.json) == [code]


def test_many_targets_are_told_in_their_order(cli, served):
    targets = [
        f"localhost:{served}",
        "bad target",
        f"127.0.0.1:{served}",
        "127.0.0.1:1",
        f"localhost:{served}",
    ]
    ran = cli("probe", *targets, "--jobs", "2", "--json")
    assert ran.status == 1
    assert [result["verdict"] for result in ran.json_lines] == [
        "trusted",
        "failed",
        "trusted",
        "failed",
        "trusted",
    ]
    from_stdin = cli("probe", "-", "--json", stdin="\n\n".join(targets).encode())
    assert [result["target"] for result in from_stdin.json_lines] == [
        result["target"] for result in ran.json_lines
    ]


def test_results_stream_while_targets_still_come(served):
    child = subprocess.Popen(
        [sys.executable, "-m", "tlsca", "probe", "-", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    # A reader alone would wait for its writer: the next target is what makes a finished result show.
    child.stdin.write(f"localhost:{served}\n".encode())
    child.stdin.flush()
    stop = threading.Event()

    def go_on():
        while not stop.wait(0.05):
            child.stdin.write(b"bad target\n")
            child.stdin.flush()

    writer = threading.Thread(target=go_on)
    writer.start()
    assert json.loads(child.stdout.readline())["verdict"] == "trusted"
    stop.set()
    writer.join()
    child.communicate(timeout=20)
    assert child.returncode == 1


def test_a_name_and_an_address_that_the_certificate_is_not_for(cli, served):
    wrong = cli("probe", f"localhost:{served}", "--verify-name", "other.example", "--json")
    assert (wrong.status, codes(wrong.json)) == (1, ["hostname-mismatch"])
    wrong = cli("probe", f"localhost:{served}", "--verify-name", "127.0.0.2", "--json")
    assert (wrong.status, codes(wrong.json)) == (1, ["ip-mismatch"])


def test_the_command_that_connects_by_a_name_of_the_certificate_stands_below_the_fix(cli, served):
    wrong = cli("probe", f"localhost:{served}", "--verify-name", "other.example")
    assert (
        "    fix: Issue the certificate anew with other.example as a DNS SAN, or connect by a name"
        in wrong.text
    )
    commands = [
        line.removeprefix("    run: ") for line in wrong.text.splitlines() if line.startswith("    run: ")
    ]
    assert commands[0].startswith("tlsca issue localhost 127.0.0.1 other.example --issuer ")
    assert commands[1] == f"tlsca probe localhost:{served} --server-name localhost"
    words = shlex.split(commands[1])[1:]
    assert cli(*words).status == 0


def test_address_is_dialled_instead_of_the_host(done, cli, served):
    ran = cli(
        "probe",
        f"elsewhere.invalid:{served}",
        "--address",
        "127.0.0.1",
        "--verify-name",
        "localhost",
        "--json",
    )
    assert ran.status == 0, ran.text
    assert ran.json["target"]["address"] == "127.0.0.1"
    assert ran.json["target"]["server_name"] == "elsewhere.invalid"


def test_versions_bound_the_handshake(cli, served):
    assert (
        cli("probe", f"localhost:{served}", "--max-version", "1.2", "--json").json["tls"]["version"]
        == "TLSv1.2"
    )


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], 2),
        (["-"], 2),
        (["h", "--min-version", "1.3", "--max-version", "1.2"], 2),
        (["h", "--min-version", "2.0"], 2),
        (["h", "--ciphers", "NONSENSE"], 2),
        (["h", "--address", "not an address"], 2),
        (["h", "--server-name", "not a name!"], 2),
        (["h", "--verify-name", "not a name!"], 2),
        (["h", "--starttls", "gopher"], 2),
        (["h", "--alpn", "x" * 256], 2),
        (["h", "--timeout", "0"], 2),
        (["h", "--timeout", "nan"], 2),
        (["h", "--timeout", "soon"], 2),
        (["h", "--jobs", "0"], 2),
        (["h", "--client-key", "key.pem"], 2),
        (["h", "--trust", "nobody"], 3),
        (["h", "--trust", "noise"], 3),
        (["h", "--trust", "/dev/zero"], 3),
        (["h", "--crl", "noise"], 3),
        (["h", "--crl", "missing"], 3),
        (["h", "--client-cert", "nobody"], 3),
        (["h", "--client-cert", "noise"], 3),
        (["h", "--client-cert", "leaf.pem"], 3),
        (["h", "--client-cert", "leaf.pem", "--client-key", "other.pem"], 3),
        (["h", "--client-cert", "leaf.pem", "--client-key", "missing.pem"], 3),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_dialled(cli, done, store, words, status):
    Path("noise").write_bytes(bytes(range(256)))
    done("export", "Alice Doe", "--as", "pem", "--out", "leaf.pem")
    done("export", "localhost", "--as", "key", "--no-passphrase", "--out", "other.pem")
    ran = cli("probe", *words)
    assert (ran.status, ran.out) == (status, b""), ran.talk
    assert ran.talk.strip()


def test_ctrl_c_ends_a_probe_at_once(terminal, environment):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = f"127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        ran = terminal("probe", "--timeout", "60", "127.0.0.1:1", mute, typing=[(b"refused", b"\x03")])
    assert ran.status == 130
    assert "Traceback" not in ran.text
    assert time.monotonic() - began < 20


class TestClientCertificates:
    @pytest.fixture
    def demanding(self, store, listen, heard_out):
        return listen("localhost", "--require-client-cert")

    def test_without_one_the_late_alert_is_told(self, cli, demanding):
        ran = cli("probe", f"localhost:{demanding.port}", "--json")
        assert (ran.status, ran.json["verdict"], codes(ran.json)) == (
            1,
            "untrusted",
            ["client-cert-required"],
        )
        assert (ran.json["client_auth"]["requested"], ran.json["client_auth"]["required"]) == (True, True)
        assert demanding.next()["failure"] == "The client sent no certificate."

    def test_one_of_the_store_is_accepted(self, done, demanding):
        result = done("probe", f"localhost:{demanding.port}", "--client-cert", "Alice Doe", "--json").json
        assert result["client_auth"]["accepted"] is True
        assert demanding.next()["client_subject"] == "CN=Alice Doe"

    def test_one_from_files_is_accepted(self, done, demanding):
        done("export", "Alice Doe", "--as", "chain", "--out", "chain.pem")
        done("export", "Alice Doe", "--as", "key", "--no-passphrase", "--out", "key.pem")
        target = f"localhost:{demanding.port}"
        done("probe", target, "--client-cert", "chain.pem", "--client-key", "key.pem")
        assert demanding.next()["client_subject"] == "CN=Alice Doe"

    def test_an_encrypted_key_file_asks_for_its_passphrase(self, cli, done, demanding, environment, tmp_path):
        environment.setenv("TLSCA_EXPORT_PASSPHRASE", "open sesame")
        done("export", "Alice Doe", "--as", "chain", "--out", "chain.pem")
        done("export", "Alice Doe", "--as", "key", "--out", "key.pem")
        words = (
            "probe",
            f"localhost:{demanding.port}",
            "--client-cert",
            "chain.pem",
            "--client-key",
            "key.pem",
        )
        missing = cli(*words)
        assert (missing.status, missing.out) == (4, b"")
        assert "TLSCA_CLIENT_KEY_PASSPHRASE" in missing.talk
        environment.setenv("TLSCA_CLIENT_KEY_PASSPHRASE", "close sesame")
        assert cli(*words).status == 4
        (tmp_path / "secret").write_text("open sesame\n")
        done(*words, "--client-key-passphrase-file", "secret")
        environment.setenv("TLSCA_CLIENT_KEY_PASSPHRASE", "open sesame")
        done(*words)

    def test_a_locked_store_is_status_4(self, cli, demanding, environment):
        environment.setenv("TLSCA_PASSPHRASE", "not the passphrase")
        assert cli("probe", f"localhost:{demanding.port}", "--client-cert", "Alice Doe").status == 4
        environment.delenv("TLSCA_PASSPHRASE")
        assert cli("probe", f"localhost:{demanding.port}", "--client-cert", "Alice Doe").status == 4


def test_a_certificate_of_the_store_is_marked_as_seen(done, served):
    done("probe", f"localhost:{served}")
    seen = {one["subject"]: one["last_seen"] for one in done("list", "--json").json}
    assert seen["CN=localhost"] == f"localhost:{served}"
    assert seen["CN=Test Root"] is None
    done("log", "--verify")


def test_a_host_that_serves_what_was_renewed_is_told(done, served):
    done("renew", "localhost")
    (result,) = done("probe", f"localhost:{served}", "--json").json_lines
    assert (result["verdict"], result["inventory"]["state"]) == ("trusted", "superseded")
    (problem,) = result["problems"]
    assert (problem["code"], problem["severity"]) == ("superseded", "warning")
    assert result["inventory"]["newer"] in problem["fix"]


def test_a_host_that_serves_what_the_store_revoked_is_not_trusted(cli, done, served):
    done("revoke", "localhost", "--reason", "key-compromise", "--yes")
    ran = cli("probe", f"localhost:{served}", "--json")
    assert (ran.status, ran.json["verdict"], codes(ran.json)) == (1, "untrusted", ["revoked"])
    assert ran.json["inventory"]["state"] == "revoked"
    assert ran.json["problems"][0]["certificate"] == ran.json["chain_sent"][0]["sha256"]
    assert "key-compromise" in ran.json["problems"][0]["message"]


def test_what_else_a_host_accepts_is_found_when_asked_for(done, served):
    (result,) = done("probe", f"localhost:{served}", "--enumerate", "--json").json_lines
    versions = {one["version"]: one for one in result["accepts"]["versions"]}
    assert set(versions) == {"TLSv1.3", "TLSv1.2"}
    assert "x25519" in versions["TLSv1.3"]["groups"]
    assert "TLS_AES_256_GCM_SHA384" in done("probe", f"localhost:{served}", "--enumerate").text
    (plain,) = done("probe", f"localhost:{served}", "--json").json_lines
    assert "accepts" not in plain


def test_a_proxy_with_a_password_is_never_an_argument(cli, served):
    ran = cli("probe", f"localhost:{served}", "--proxy", "socks5://me:secret@127.0.0.1:1")
    assert ran.status == 2
    assert "TLSCA_PROXY" in ran.talk
    assert "secret" not in ran.talk


def test_the_environments_proxy_is_used(cli, served, environment):
    environment.setenv("TLSCA_PROXY", "socks5://me:secret@127.0.0.1:1")
    ran = cli("probe", f"localhost:{served}", "--json")
    assert (ran.status, codes(ran.json)) == (1, ["refused"])
    assert "proxy" in ran.json["problems"][0]["message"]
    assert "secret" not in ran.text + ran.talk


def test_a_second_handshake_tells_what_python_cannot(done, served):
    pytest.importorskip("OpenSSL", reason="pyOpenSSL is not installed")
    (result,) = done("probe", f"localhost:{served}", "--deep", "--json").json_lines
    by_itself = ssl.OPENSSL_VERSION_INFO >= (3, 5)  # what serves has X25519MLKEM768 from there on
    assert (result["deep"]["post_quantum"], result["deep"]["staple"]) == (by_itself, None)
    assert ("not post-quantum" in done("probe", f"localhost:{served}", "--deep").text) is not by_itself


class TestProgress:
    """How far a sweep is stands on a terminal, and nowhere else."""

    def test_a_terminal_is_shown_how_far_it_is(self, terminal, environment):
        environment.setenv("TERM", "xterm")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            mute = f"127.0.0.1:{silent.getsockname()[1]}"
            ran = terminal("probe", mute, "127.0.0.1:1", "127.0.0.1:2", "--timeout", "1")
        assert b"2 of 3 done, 2 failing, 1 under way" in ran.out
        last = ran.out.rpartition(b"\x1b[K")[2]
        assert b" done, " not in last, "the line is gone at the end"

    @pytest.mark.parametrize("without", [{"TERM": "dumb"}, {"one": "1"}])
    def test_a_dumb_terminal_and_a_single_target_have_none(self, terminal, environment, without):
        environment.setenv("TERM", without.get("TERM", "xterm"))
        targets = ["127.0.0.1:1"] if "one" in without else ["127.0.0.1:1", "127.0.0.1:2"]
        ran = terminal("probe", *targets)
        assert b"\x1b" not in ran.out
        assert b" done, " not in ran.out

    def test_a_pipe_gets_results_alone(self, process):
        ran = process("probe", "-", "--json", stdin=b"127.0.0.1:1\n127.0.0.1:2\n")
        assert len(ran.json_lines) == 2
        assert ran.err == b""

    def test_how_many_there_are_is_known_once_the_last_is_drawn(self):
        progress = SweepProgress(None, None)
        targets = progress.counting(["a.example", "b.example"])
        next(targets)
        progress.begun()
        assert progress.line.startswith("0 done, 0 failing, 1 under way")
        assert list(targets) == ["b.example"]
        progress.done(well=False)
        assert progress.line.startswith("1 of 2 done, 1 failing, ")
