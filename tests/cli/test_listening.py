"""listen: a certificate served on this machine."""

import signal
import socket
import subprocess
import sys

import pytest


@pytest.fixture
def loaded():
    return False


def test_the_first_line_says_where_and_each_handshake_is_a_line(done, store, listen):
    listening = listen("localhost")
    assert listening.first == {"listening": {"address": "127.0.0.1", "port": listening.port}}
    done("probe", f"localhost:{listening.port}")
    visit = listening.next()
    assert (visit["succeeded"], visit["server_name"], visit["version"]) == (True, "localhost", "TLSv1.3")
    assert visit["at"].endswith("Z")
    with socket.create_connection(("127.0.0.1", listening.port)) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        visit = listening.next()
    assert (visit["succeeded"], visit["failure"]) == (False, "The client spoke plain HTTP.")


def test_ctrl_c_ends_it_well(store, listen):
    ran = listen("localhost").interrupt()
    assert ran.status == 0
    assert "Listening on 127.0.0.1:" in ran.talk
    assert "Traceback" not in ran.talk


def test_a_polite_kill_ends_it_well(store, listen):
    listening = listen("localhost")
    listening.child.send_signal(signal.SIGTERM)
    assert listening.end().status == 0


def test_once_ends_after_one_handshake_good_or_bad(cli, store, listen):
    listening = listen("localhost", "--once")
    cli("probe", f"localhost:{listening.port}", "--trust", "none")
    ran = listening.end()
    assert ran.status == 0
    assert len(ran.json_lines) == 1
    assert ran.json_lines[0]["alert"] == 48


def test_for_a_person_each_handshake_is_one_line(store, done, environment):
    child = subprocess.Popen(
        [sys.executable, "-m", "tlsca", "listen", "localhost", "--once"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    port = child.stderr.readline().decode().partition("127.0.0.1:")[2].partition(".")[0]
    done("probe", f"localhost:{port}", "--client-cert", "Alice Doe")
    out, _err = child.communicate(timeout=20)
    assert out.decode().count("\n") == 1
    assert "asked for localhost" in out.decode()
    assert "TLSv1.3" in out.decode()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([], 2),
        (["localhost", "--port", "65536"], 2),
        (["localhost", "--port", "-1"], 2),
        (["nobody"], 3),
    ],
)
def test_what_cannot_be_served_is_refused(cli, store, words, status):
    ran = cli("listen", *words)
    assert (ran.status, ran.out) == (status, b"")
    assert ran.talk.strip()


def test_a_port_that_is_taken_is_refused(cli, store):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = cli("listen", "localhost", "--port", str(taken.getsockname()[1]))
    assert (ran.status, ran.out) == (3, b"")
    assert "another port" in ran.talk


def test_a_certificate_without_its_key_or_a_locked_store_is_refused(
    cli, done, store, environment, empty_store
):
    done("export", "localhost", "--as", "fullchain", "--out", "chain.pem")
    environment.setenv("TLSCA_PASSPHRASE", "not the passphrase")
    assert cli("listen", "localhost").status == 4
    environment.setenv("TLSCA_PASSPHRASE", "correct horse battery staple")
    empty_store()
    done("import", "chain.pem")
    ran = cli("listen", "localhost")
    assert (ran.status, ran.out) == (3, b"")
