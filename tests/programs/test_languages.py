"""Programs in Python, Node.js and Java, and curl: servers and clients that are the READMEs' own, talking to each other."""

import sys

import pytest

from tlsca.probe.result import Outcome

FILES = {"flask": "app.py", "http.server": "serve.py", "asyncio": "server.py", "node": "server.js"}


@pytest.fixture
def home(desk, tmp_path, home_of):
    """As elsewhere, but of whoever runs the tests: the Python of the tests may be where nobody else can look."""
    return home_of(tmp_path, None, desk)


@pytest.fixture
def serve(home, start, program, port):
    """Return a function that starts the server which a README says, with or without demanding client certificates."""

    def run(name, *, sealed=False, demand=False):
        room, file = home.room("server"), FILES[name]
        kit = room.export("localhost", name, sealed=sealed)
        text = kit.lines(file, instead={"8443": port})
        if demand and name == "node":
            text = text.replace("requestCert: false", "requestCert: true")
        elif demand:
            begin = "context.load_cert_chain"
            text = text.replace(begin, kit.lines("client certificates") + begin)
        room.write(file, text)
        (room.folder("public") / "index.html").write_text("hello\n")
        start(port, program("node") if name == "node" else sys.executable, file, within=room)
        return port

    return run


@pytest.fixture
def client(home, program):
    """Return a function that runs the client which a README says, and returns what it did."""

    def run(name, reference, port, *, sealed=False):
        room = home.room("client")
        kit = room.export(reference, name, sealed=sealed)
        block = {"node": "client.js", "curl": "curl"}.get(name, "client.py")
        host = "localhost" if reference == "localhost" else "server.example.com"
        old, new = f"https://{host}/", f"https://localhost:{port}/"
        if name == "asyncio":
            old, new = f'"{host}", 8443', f'"localhost", {port}'
        text = kit.lines(block, instead={old: new})
        if name == "curl":
            return room.run(text.replace("curl ", f"{program('curl')} -sS "), check=False)
        room.write(block, text)
        return room.run(program("node") if name == "node" else sys.executable, block, check=False)

    return run


@pytest.mark.parametrize("sealed", [False, True], ids=["clear", "sealed"])
@pytest.mark.parametrize("name", FILES)
def test_a_server_that_follows_its_readme_is_trusted(serve, look, name, sealed):
    result = look(serve(name, sealed=sealed))
    assert result.verdict is Outcome.TRUSTED
    assert len(result.chain_sent) == 2


@pytest.mark.parametrize("name", ["requests", "curl", "node"])
@pytest.mark.parametrize(
    ("server", "sealed"), [("flask", False), ("flask", True), ("http.server", False), ("node", False)]
)
def test_a_client_with_its_certificate_comes_in(serve, client, server, name, sealed):
    port = serve(server, demand=True)
    done = client(name, "alice", port, sealed=sealed)
    assert done.stdout == "hello\n", done.stderr


@pytest.mark.parametrize("server", FILES)
def test_a_client_without_one_does_not(serve, client, server):
    port = serve(server, demand=True)
    done = (
        client("asyncio", "Programs Root", port) if server == "asyncio" else client("curl", "localhost", port)
    )
    assert "hello" not in done.stdout


@pytest.mark.parametrize("name", ["requests", "curl"])
def test_the_root_alone_is_enough_to_trust_a_server(serve, client, name):
    done = client(name, "localhost", serve("flask"))
    assert done.stdout == "hello\n", done.stderr


@pytest.mark.parametrize("name", ["requests", "curl", "node"])
def test_what_an_authority_is_exported_for_is_to_be_trusted(home, name):
    assert {path.name for path in home.export("Programs Root", name).path.iterdir()} == {"root.pem", "README"}


def test_asyncio_talks_to_asyncio(serve, client):
    done = client("asyncio", "alice", serve("asyncio", demand=True), sealed=True)
    assert done.stdout == "hello\n", done.stderr


_FETCH = """
public class Fetch {
    public static void main(String[] arguments) throws Exception {
        System.out.write(new java.net.URL(arguments[0]).openStream().readAllBytes());
        System.out.flush();
    }
}
"""


@pytest.fixture
def java(program):
    """Return the words that run a source file; skip where there is no compiler for it."""
    program("javac")
    return (program("java"), "-Xshare:auto", "-XX:TieredStopAtLevel=1")


def test_javas_client_verifies_and_shows_its_certificate(serve, home, java):
    port = serve("flask", demand=True)
    kit = home.export("alice", "java", sealed=True)
    home.write("Client.java", kit.lines("Client.java"))
    assert home.run(*java, "Client.java", f"https://localhost:{port}/").stdout == "hello\n"


def test_java_takes_the_stores_from_options_of_any_program(serve, home, java):
    port = serve("flask", demand=True)
    kit = home.export("alice", "java", sealed=True)
    secret = (kit.path / "passphrase").read_text().rstrip("\n").replace("\\", "\\\\").replace('"', '\\"')
    home.write("java.options", kit.lines("java.options", instead={"PASSPHRASE": f'"{secret}"'}))
    home.write("Fetch.java", _FETCH)
    assert home.run(*java, "@java.options", "Fetch.java", f"https://localhost:{port}/").stdout == "hello\n"


def test_keytool_lists_what_is_in_the_stores(home, program, dear_seals):
    program("keytool")
    kit = home.export("alice", "java", sealed=True)
    secret = (kit.path / "passphrase").read_text().strip()
    told = home.run(f"{kit.lines('keytool').strip()} -storepass:env SECRET", SECRET=secret).stdout
    assert "PrivateKeyEntry" in told
    trusting = home.export("Programs Root", "java", to="other")
    line = trusting.lines("keytool", instead={"tls/": "other/"}).strip()
    assert "trustedCertEntry" in home.run(line).stdout
