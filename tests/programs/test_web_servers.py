"""nginx, Apache httpd and HAProxy, set up with the lines of their READMEs; with a key under a passphrase, and with client certificates."""

import pytest

from tlsca.probe.result import Outcome


def codes(result):
    return {problem.code for problem in result.problems}


@pytest.fixture
def nginx(home, start, program, port):
    def run(*blocks, sealed=False):
        server = program("nginx")
        kit = home.export("localhost", "nginx", sealed=sealed)
        lines = "".join(kit.lines(block) for block in blocks)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {home.directory};\n" for kind in kinds)
        home.write(
            "nginx.conf",
            "daemon off; pid pid; error_log stderr;\nevents {}\n"
            f"http {{ access_log off;\n{temporary}server {{ listen 127.0.0.1:{port} ssl;\n{lines}}} }}\n",
        )
        start(port, server, "-p", home.directory, "-c", "nginx.conf", "-e", "stderr")
        return port

    return run


@pytest.fixture
def apache(home, start, program, port):
    def run(*blocks, sealed=False):
        server = program("apache2")
        kit = home.export("localhost", "apache", sealed=sealed)
        secret = kit.lines("passphrase") if sealed else ""
        if sealed:
            home.write("tls/passphrase.sh", kit.lines("passphrase.sh")).chmod(0o700)
        lines = "".join(kit.lines(block) for block in blocks)
        modules = "".join(
            f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
            for name in ("mpm_event", "authz_core", "socache_shmcb", "ssl")
        )
        home.write(
            "httpd.conf",
            f"{modules}ServerRoot {home.directory}\nPidFile pid\nErrorLog log.apache\nMutex posixsem\nServerName localhost\n"
            f"Listen 127.0.0.1:{port}\n{secret}<VirtualHost *:{port}>\n{lines}</VirtualHost>\n",
        )
        start(
            port, server, "-X", "-d", home.directory, "-f", "httpd.conf", makes="pid"
        )  # it listens, stops and listens again
        return port

    return run


@pytest.fixture
def haproxy(home, start, program, port):
    def run(block, sealed=False):
        server = program("haproxy")
        kit = home.export("localhost", "haproxy")
        line = kit.lines(block, instead={":443": f"127.0.0.1:{port}"})
        home.write(
            "haproxy.cfg",
            "defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\n"
            f"frontend here\n {line} http-request return status 200\n",
        )
        start(port, server, "-db", "-f", "haproxy.cfg")
        return port

    return run


@pytest.fixture(params=["nginx", "apache", "haproxy"])
def web(request):
    """Return a function that starts each of them, and the name of the block with its first lines."""
    first = {"nginx": "nginx.conf", "apache": "httpd.conf", "haproxy": "haproxy.cfg"}[request.param]
    return request.param, request.getfixturevalue(request.param), first


def test_a_web_server_that_follows_its_readme_is_trusted(web, look):
    _, run, first = web
    result = look(run(first))
    assert result.verdict is Outcome.TRUSTED
    assert len(result.chain_sent) == 2


@pytest.mark.parametrize("web", ["nginx", "apache"], indirect=True)
def test_a_key_under_a_passphrase_is_opened_as_the_readme_says(web, look):
    _, run, first = web
    assert look(run(first, sealed=True)).verdict is Outcome.TRUSTED


def test_with_client_certificates_only_those_of_the_root_come_in(web, home):
    name, run, first = web
    blocks = ("client certificates",) if name == "haproxy" else (first, "client certificates")
    port = run(*blocks)
    home.export("alice", "curl", to="tls-of-alice")
    (home.directory / "alice").mkdir()
    (home.directory / "tls-of-alice").rename(home.directory / "alice" / "tls")
    own = "--cert alice/tls/certificate.pem --key alice/tls/key.pem"
    call = f"curl -s -o answer -w '%{{http_code}}' --cacert alice/tls/root.pem https://localhost:{port}/"
    assert home.run(f"{call} {own}").stdout in {"200", "403", "404"}
    turned_away = home.run(call, check=False)
    assert turned_away.returncode != 0 or turned_away.stdout == "400"
