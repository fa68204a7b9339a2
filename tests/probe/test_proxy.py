"""Through SOCKS 5 and HTTP proxies: real ones where they are installed, and small ones that refuse in every way."""

import base64
import contextlib
import shutil
import socket
import subprocess
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import UsageError
from tlsca.probe.enumeration import capabilities
from tlsca.probe.options import Options
from tlsca.probe.proxy import parse_proxy, with_login, without_login
from tlsca.probe.target import parse_target
from tlsca.probe.trust import Trust


def codes(result):
    return [problem.code for problem in result.problems]


@pytest.fixture
def run(tmp_path):
    """Return a function that starts a program, waits until its port answers, and stops it at the end."""
    with contextlib.ExitStack() as stack:

        def start(port, *command):
            if not shutil.which(command[0]):
                pytest.skip(f"{command[0]} is not installed")
            process = stack.enter_context(
                subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.kill)
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    return
                time.sleep(0.02)
            pytest.fail(f"{command[0]} does not listen")

        yield start


def test_microsocks_lets_us_through_and_looks_the_name_up(run, free_port, serve_tls, hierarchy, look):
    port = free_port()
    run(port, "microsocks", "-i", "127.0.0.1", "-p", str(port))
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    proxy = parse_proxy(f"socks5://127.0.0.1:{port}")
    result = look(server, target={"address": None}, proxy=proxy)
    assert (result.verdict, codes(result)) == ("trusted", [])
    assert result.address is None
    assert result.timings_ms.dns is None
    said = [message.message for message in result.transcript[:3]]
    assert said == [
        f"SOCKS 5 greeting to {proxy}",
        f"SOCKS 5 CONNECT localhost:{server.port}",
        "SOCKS 5 reply 0",
    ]


def test_microsocks_wants_a_password(run, free_port, serve_tls, hierarchy, look):
    port = free_port()
    run(port, "microsocks", "-i", "127.0.0.1", "-p", str(port), "-u", "alice", "-P", "p:w@1")
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    allowed = look(server, proxy=parse_proxy(f"socks5://alice:p%3Aw%401@127.0.0.1:{port}"))
    assert allowed.verdict == "trusted"
    assert "p:w@1" not in str(allowed)
    for wrong in ("", "alice:no@"):
        refused = look(server, proxy=parse_proxy(f"socks5://{wrong}127.0.0.1:{port}"))
        assert codes(refused) == ["proxy-refused"]
        assert "TLSCA_PROXY" in refused.problems[0].fix


def test_microsocks_says_that_nothing_listens(run, free_port, look):
    port = free_port()
    run(port, "microsocks", "-i", "127.0.0.1", "-p", str(port))
    result = look(None, port=free_port(), host="127.0.0.1", target={"address": None}, proxy=parse_proxy(f"socks5://127.0.0.1:{port}"))  # fmt: skip
    assert codes(result) == ["refused"]
    assert "says the proxy" in result.problems[0].message


def test_tinyproxy_lets_us_through(run, free_port, serve_tls, hierarchy, look, tmp_path):
    port = free_port()
    (tmp_path / "tinyproxy.conf").write_text(f"Port {port}\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\n")
    run(port, "tinyproxy", "-d", "-c", "tinyproxy.conf")
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    result = look(server, proxy=parse_proxy(f"http://127.0.0.1:{port}"))
    assert result.verdict == "trusted"
    gone = look(
        None, port=free_port(), target={"address": "127.0.0.1"}, proxy=parse_proxy(f"http://127.0.0.1:{port}")
    )
    assert codes(gone)[0] in {"unreachable", "proxy-failed"}  # tinyproxy answers 500 for it


def relay(one, other):
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def join(client, port):
    with socket.create_connection(("127.0.0.1", port)) as server:
        threading.Thread(target=relay, args=(server, client), daemon=True).start()
        relay(client, server)


@pytest.fixture
def http_proxy(serve):
    """Return a function that starts an HTTP proxy which answers with one status line, and joins the two ends after a 200."""
    heads = []

    def start(status, *, port=0, says_more=b""):
        def answer(client):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            heads.append(head)
            client.sendall(status + b"\r\nVia: 1.1 proxy\r\n\r\n" + says_more)
            if b" 200 " in status:
                join(client, port)

        return serve(answer)

    start.heads = heads
    return start


def test_a_service_that_greets_first_is_upgraded_through_a_proxy(http_proxy, serve_tls, hierarchy, look):
    """What the proxy hands over together with its answer is the service's greeting, and is not lost."""

    def smtp(connection):
        connection.recv(100)
        connection.sendall(b"250-mail\r\n250 STARTTLS\r\n")
        connection.recv(100)
        connection.sendall(b"220 go\r\n")

    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], before=smtp)
    proxy = http_proxy(b"HTTP/1.1 200 OK", port=server.port, says_more=b"220 mail.example\r\n")
    result = look(server, target={"starttls": "smtp"}, proxy=parse_proxy(f"http://127.0.0.1:{proxy.port}"))
    assert result.verdict == "trusted"


def test_credentials_are_sent_and_never_told(http_proxy, serve_tls, hierarchy, look):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate])
    proxy = http_proxy(b"HTTP/1.1 200 OK", port=server.port)
    result = look(server, proxy=parse_proxy(f"http://bob:s3cret@127.0.0.1:{proxy.port}"))
    assert result.verdict == "trusted"
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"bob:s3cret") in http_proxy.heads[0]
    assert "s3cret" not in str(result.to_json()) + repr(parse_proxy("http://bob:s3cret@proxy"))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required", "proxy-refused"),
        (b"HTTP/1.1 403 Forbidden", "proxy-refused"),
        (b"HTTP/1.1 502 Bad Gateway", "unreachable"),
        (b"HTTP/1.1 504 Gateway Timeout", "unreachable"),
        (b"HTTP/1.1 500 Oh", "proxy-failed"),
        (b"SSH-2.0-OpenSSH\x1b[31m", "proxy-failed"),
    ],
)
def test_every_refusal_of_an_http_proxy_has_a_name(http_proxy, look, status, code):
    proxy = http_proxy(status)
    result = look(
        None, port=443, target={"address": "127.0.0.1"}, proxy=parse_proxy(f"http://127.0.0.1:{proxy.port}")
    )
    assert (result.verdict, codes(result)) == ("failed", [code])
    assert "\x1b" not in result.problems[0].message


@pytest.mark.parametrize(
    ("reply", "code"),
    [(1, "proxy-failed"), (2, "proxy-refused"), (3, "unreachable"), (4, "unreachable"), (5, "refused"),
     (6, "unreachable"), (7, "proxy-failed"), (99, "proxy-failed")],
)  # fmt: skip
def test_every_refusal_of_a_socks_proxy_has_a_name(serve, look, reply, code):
    def refuse(client):
        client.recv(100)
        client.sendall(b"\5\0")
        client.recv(500)
        client.sendall(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))

    proxy = serve(refuse)
    result = look(
        None, port=443, target={"address": "127.0.0.1"}, proxy=parse_proxy(f"socks5://127.0.0.1:{proxy.port}")
    )
    assert (result.verdict, codes(result)) == ("failed", [code])


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\5\xff", b"\5"])
@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_what_is_no_such_proxy_is_said_so(serve, look, kind, said):
    proxy = serve(lambda client: client.sendall(said))
    result = look(
        None, port=443, target={"address": "127.0.0.1"}, proxy=parse_proxy(f"{kind}://127.0.0.1:{proxy.port}")
    )
    assert codes(result)[0] in {"proxy-failed", "proxy-refused"}


def test_a_proxy_that_is_silent_or_absent(serve, free_port, look):
    silent = serve(lambda client: time.sleep(3))
    result = look(None, port=443, target={"address": "127.0.0.1"}, timeout=0.3, proxy=parse_proxy(f"http://127.0.0.1:{silent.port}"))  # fmt: skip
    assert codes(result) == ["connect-timeout"]
    absent = look(
        None, port=443, target={"address": "127.0.0.1"}, proxy=parse_proxy(f"http://127.0.0.1:{free_port()}")
    )
    assert codes(absent) == ["refused"]
    assert absent.problems[0].message.startswith("The proxy is not reached.")


def test_a_host_is_enumerated_through_a_proxy(http_proxy, serve_tls, hierarchy):
    server = serve_tls([hierarchy.leaf])
    proxy = http_proxy(b"HTTP/1.1 200 OK", port=server.port)
    options = Options(
        trust=Trust(system=False), timeout=5.0, proxy=parse_proxy(f"http://127.0.0.1:{proxy.port}")
    )
    found = capabilities(parse_target("nowhere.invalid:443"), options)
    assert {one.version for one in found.accepted} >= {"TLSv1.3", "TLSv1.2"}
    assert http_proxy.heads[0].startswith(
        b"CONNECT nowhere.invalid:443 HTTP/1.1\r\nHost: nowhere.invalid:443\r\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("socks5://proxy", "socks5://proxy:1080"),
        ("SOCKS5H://proxy:9050", "socks5://proxy:9050"),
        ("http://proxy.example/", "http://proxy.example:8080"),
        ("http://u:p@10.0.0.1:3128", "http://10.0.0.1:3128"),
        ("http://[::1]:3128", "http://[::1]:3128"),
        ("socks5://[::1]", "socks5://[::1]:1080"),
        ("socks5://straße.example", "socks5://xn--strae-oqa.example:1080"),
    ],
)
def test_a_proxy_as_it_is_typed(text, shown):
    assert str(parse_proxy(text)) == shown


@pytest.mark.parametrize(
    "text", ["", "proxy:1080", "https://proxy", "socks4://proxy", "socks5://", "http://proxy:99999", "http://a b", "http://u:s3cret@"]
)  # fmt: skip
def test_what_is_no_proxy_is_refused_in_a_sentence_without_its_password(text):
    with pytest.raises(UsageError) as refused:
        parse_proxy(text)
    assert "s3cret" not in refused.value.sentence
    assert refused.value.hint


@pytest.mark.parametrize(
    "typed",
    [
        "socks5://bob:s3/cret@proxy:99999",
        "ftp://bob:s3cret@proxy",
        "bob:s3cret@proxy:1080",
        "http://bob:s3?cr#et@",
        "http://bob:s3@cret@proxy/path",
    ],
)
def test_a_proxy_that_cannot_be_read_is_named_without_its_password(typed):
    with pytest.raises(UsageError) as raised:
        parse_proxy(typed)
    assert "s3" not in raised.value.sentence + raised.value.hint
    assert "cret" not in raised.value.sentence + raised.value.hint


@given(
    name=st.text("abö:@/% ", min_size=1).filter(lambda name: ":" not in name),
    password=st.text("ab:@/?#%ö", max_size=9),
)
def test_name_and_password_may_hold_any_character(name, password):
    url = with_login("socks5://proxy.example:1080", f"{name}:{password}")
    proxy = parse_proxy(url)
    assert (proxy.user, proxy.password, str(proxy)) == (name, password, "socks5://proxy.example:1080")
    assert without_login(url) == ("socks5://proxy.example:1080", f"{name}:{password}")
