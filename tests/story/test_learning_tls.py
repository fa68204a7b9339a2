"""The examples from which people learn TLS in Python and its neighbours, replayed with real programs and explained by a probe."""

import os
import shutil
import subprocess
import sys

import pytest


def codes(ran) -> list[str]:
    return [problem["code"] for problem in ran.json["problems"]]


@pytest.fixture
def files(done, store, tmp_path):
    """The files that an operator hands out: a chain and key for the server, for the client, and the root for both."""
    for reference, name in (("localhost", "server"), ("Alice Doe", "client")):
        done("export", reference, "--as", "chain", "--out", f"{name}.pem")
        done("export", reference, "--as", "key", "--no-passphrase", "--out", f"{name}.key")
    done("export", "Test Root", "--as", "pem", "--out", "root.pem")
    return tmp_path


@pytest.fixture
def running(files):
    """Start a program in the directory of the files; it prints the port that it listens on as its first line."""
    started = []

    def start(*command, **environment) -> int:
        process = subprocess.Popen(
            command,
            cwd=files,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | environment,
        )
        started.append(process)
        first = process.stdout.readline()
        assert first, "it ended before it listened"
        return int(first)

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ran(files, *command) -> tuple[int, str]:
    told = subprocess.run(command, cwd=files, capture_output=True, check=False, timeout=30)
    return told.returncode, told.stdout.decode() + told.stderr.decode()


# A TLS server and client of Python's ssl, as its documentation has them.

_SERVER = """
import socket, ssl
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain("server.pem", "server.key")
{more}
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    while True:
        connection = listening.accept()[0]
        try:
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(b"hello " + tls.recv(100))
        except OSError:
            pass
"""
_CLIENT = """
import socket, ssl, sys
context = ssl.create_default_context(cafile="root.pem")
{more}
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as tls:
        tls.sendall(b"Alice")
        print(tls.version(), tls.cipher()[0], tls.recv(100).decode())
"""


def python(more="", *, program=_SERVER):
    return (sys.executable, "-c", program.format(more=more))


def test_a_client_and_a_server_of_pythons_ssl(files, running, cli):
    port = running(*python())
    status, told = ran(files, *python(program=_CLIENT), str(port))
    assert status == 0, told
    assert told.endswith("hello Alice\n")
    probed = cli("probe", f"localhost:{port}", "--json")
    assert (probed.json["verdict"], probed.json["tls"]["cipher"][0]) == ("trusted", told.split()[1])


def test_forward_secrecy_by_set_ciphers(files, running, cli):
    """`set_ciphers("ECDH+AES128")` leaves only suites whose keys are forgotten after each connection."""
    only = 'context.maximum_version = ssl.TLSVersion.TLSv1_2; context.set_ciphers("ECDH+AES128")'
    port = running(*python(only))
    (result,) = cli("probe", f"localhost:{port}", "--enumerate", "--json").json_lines
    (accepted,) = result["accepts"]["versions"]
    assert accepted["version"] == "TLSv1.2"
    assert accepted["suites"]
    for suite in accepted["suites"]:
        assert suite["forward_secrecy"]
        assert "AES128" in suite["openssl"]
    status, told = ran(files, *python('context.set_ciphers("AES256-SHA256"); context.maximum_version = ssl.TLSVersion.TLSv1_2', program=_CLIENT), str(port))  # fmt: skip
    assert status == 1, told
    refused = cli(
        "probe", f"localhost:{port}", "--ciphers", "AES256-SHA256", "--max-version", "1.2", "--json"
    )
    assert codes(refused) == ["no-shared-cipher"]


def test_http_server_over_tls(files, running, cli, curl):
    program = """
import http.server, ssl
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem", "server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"""
    port = running(sys.executable, "-c", program)
    (files / "index.html").write_text("it works")
    assert curl(f"https://localhost:{port}/", "--cacert", files / "root.pem") == (0, "it works")
    assert cli("probe", f"https://localhost:{port}/", "--json").json["verdict"] == "trusted"


_FLASK = """
import ssl, flask, logging
from werkzeug.serving import make_server, WSGIRequestHandler
app = flask.Flask("app")

class Peer(WSGIRequestHandler):
    def make_environ(self):
        environ = super().make_environ()
        environ["PEER"] = dict(name for part in self.connection.getpeercert()["subject"] for name in part)["commonName"]
        return environ

@app.route("/")
def hello():
    return "hello " + flask.request.environ["PEER"]

context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile="root.pem")
context.load_cert_chain("server.pem", "server.key")
context.verify_mode = ssl.CERT_REQUIRED
server = make_server("127.0.0.1", 0, app, ssl_context=context, request_handler=Peer)
print(server.port, flush=True)
server.serve_forever()
"""


def test_flask_demands_a_certificate_and_requests_shows_one(files, running, cli):
    pytest.importorskip("flask", reason="Flask is not installed")
    requests = pytest.importorskip("requests", reason="requests is not installed")
    port = running(sys.executable, "-c", _FLASK)
    url = f"https://localhost:{port}/"
    pair = (str(files / "client.pem"), str(files / "client.key"))
    assert requests.get(url, verify=str(files / "root.pem"), cert=pair, timeout=10).text == "hello Alice Doe"
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(url, verify=str(files / "root.pem"), timeout=10)
    without = cli("probe", url, "--json")
    assert codes(without) == ["client-cert-required"]
    assert without.json["client_auth"]["acceptable_cas"] == []  # Python's servers name none
    shown = cli("probe", url, "--client-cert", "Alice Doe", "--json")
    assert (shown.json["verdict"], shown.json["client_auth"]["accepted"]) == ("trusted", True)


_NODE = """
const fs = require("fs"), https = require("https");
https.createServer({
  key: fs.readFileSync("server.key"), cert: fs.readFileSync("server.pem"), ca: fs.readFileSync("root.pem"),
  requestCert: true, rejectUnauthorized: true,
}, (request, response) => response.end("hello " + request.socket.getPeerCertificate().subject.CN))
  .listen(0, "127.0.0.1", function () { console.log(this.address().port); });
"""


def test_node_demands_a_certificate_and_curl_shows_one(files, running, cli, curl):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    port = running("node", "-e", _NODE)
    url, root = f"https://localhost:{port}/", files / "root.pem"
    pair = ("--cert", files / "client.pem", "--key", files / "client.key")
    assert curl(url, "--cacert", root, *pair) == (0, "hello Alice Doe")
    status, told = curl(url, "--cacert", root)
    assert status != 0
    assert "certificate required" in told
    probed = cli("probe", url, "--json")
    assert codes(probed) == ["client-cert-required"]
    assert "alert 116 (certificate_required)" in [step["message"] for step in probed.json["transcript"]]
    assert probed.json["client_auth"]["acceptable_cas"] == ["CN=Test Root"]
    assert cli("probe", url, "--client-cert", "Alice Doe", "--json").json["verdict"] == "trusted"


def test_node_as_a_client_of_ours(files, running, cli, listen):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    port = listen("localhost").port
    ask = f"""require("tls").connect({{ host: "127.0.0.1", port: {port}, servername: "localhost",
      ca: require("fs").readFileSync("root.pem") }}, function () {{ console.log(this.authorized, this.getProtocol()); this.end(); }})"""
    assert ran(files, "node", "-e", ask) == (0, "true TLSv1.3\n")


def test_a_self_signed_server_is_refused_and_then_trusted(files, running, cli, openssl, curl):
    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        *("-keyout", files / "server.key", "-out", files / "server.pem"),
    )
    port = running(*python())
    refused = cli("probe", f"localhost:{port}", "--json")
    assert (refused.status, codes(refused)) == (1, ["self-signed"])
    status, told = ran(files, *python(program=_CLIENT), str(port))
    assert status == 1
    assert "self-signed certificate" in told
    trusted = cli("probe", f"localhost:{port}", "--trust", "server.pem", "--json")
    assert (trusted.status, trusted.json["verdict"]) == (0, "trusted")
    assert [one["sha256"] for one in trusted.json["chain_verified"]] == [
        trusted.json["chain_sent"][0]["sha256"]
    ]


def test_asyncio_serves_and_is_probed(files, running, cli):
    program = """
import asyncio, ssl
async def serve():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("server.pem", "server.key")
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(serve())
"""
    port = running(sys.executable, "-c", program)
    assert cli("probe", f"localhost:{port}", "--json").json["verdict"] == "trusted"


def test_a_server_whose_certificate_was_renewed_is_told_to_reload(files, running, done, cli):
    port = running(*python())
    done("renew", "localhost")
    told = cli("probe", f"localhost:{port}", "--json")
    assert (told.json["verdict"], codes(told)) == ("trusted", ["superseded"])
    assert "reload" in told.json["problems"][0]["fix"]
