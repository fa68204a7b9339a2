"""The programs of others that a story is told with: nginx, curl, openssl and Python's own TLS server."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
import time

import pytest

_NGINX = """
daemon off;
master_process off;
pid {place}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {chain};
        ssl_certificate_key {key};
        {more}
        location / {{ return 200 "served by nginx\\n"; }}
    }}
}}
"""


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def needed(program: str) -> str:
    """The path of a program, or a test skipped by its name."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


@pytest.fixture
def nginx(tmp_path, free_port):
    """Start a real nginx over a chain and a key: `port = nginx(chain, key, "more of its configuration")`."""
    program, running = needed("nginx"), []

    def start(chain, key, more="") -> int:
        place = tmp_path / f"nginx{len(running)}"
        place.mkdir()
        for _attempt in range(5):
            port = free_port()
            configuration = place / "nginx.conf"
            configuration.write_text(
                _NGINX.format(place=place, port=port, chain=tmp_path / chain, key=tmp_path / key, more=more)
            )
            words = [program, "-p", str(place), "-c", str(configuration), "-e", "stderr"]
            running.append(subprocess.Popen(words, stderr=subprocess.PIPE))
            while running[-1].poll() is None:
                if answers(port):
                    return port
                time.sleep(0.02)
            told = running[-1].stderr.read().decode()
            assert "Address already in use" in told, told  # somebody took the port since it was found
        raise AssertionError("no port stayed free")

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def curl():
    """Ask a URL with curl; answers with status and output."""
    program = needed("curl")

    def ask(url, *words) -> tuple[int, str]:
        ran = subprocess.run(
            [program, "-sS", "--max-time", "20", "--noproxy", "*", *map(str, words), url],
            capture_output=True,
            check=False,
            timeout=30,
        )
        return ran.returncode, ran.stdout.decode() + ran.stderr.decode()

    return ask


@pytest.fixture
def s_client():
    """Connect with `openssl s_client -verify_return_error`; answers whether it was content."""
    program = needed("openssl")

    def connect(port, *words) -> bool:
        ran = subprocess.run(
            [program, "s_client", "-connect", f"127.0.0.1:{port}", "-verify_return_error", *map(str, words)],
            input=b"",
            capture_output=True,
            check=False,
            timeout=30,
        )
        return ran.returncode == 0 and b"Verify return code: 0 (ok)" in ran.stdout

    return connect


@pytest.fixture
def demanding(tmp_path, heard_out):
    """Start Python's own TLS server, which demands a client certificate: `port = demanding(chain, key, roots)`."""
    ended, sockets, threads = threading.Event(), [], []

    def serve(listening, context):
        while not ended.is_set():
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(listening.accept()[0], server_side=True) as connection,
            ):
                connection.recv(1)

    def start(chain, key, roots) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / chain, tmp_path / key)
        context.load_verify_locations(tmp_path / roots)
        context.verify_mode = ssl.CERT_REQUIRED
        sockets.append(socket.create_server(("127.0.0.1", 0)))
        sockets[-1].settimeout(0.2)
        threads.append(threading.Thread(target=serve, args=(sockets[-1], context)))
        threads[-1].start()
        return sockets[-1].getsockname()[1]

    yield start
    ended.set()
    for thread in threads:
        thread.join()
    for one in sockets:
        one.close()
