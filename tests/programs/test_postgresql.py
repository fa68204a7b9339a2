"""PostgreSQL with the server and client files of their READMEs: host name and root checked by one side, certificate by the other."""

import pytest

from tlsca.probe.result import Outcome


@pytest.fixture
def postgresql(home, start, program, port):
    """Return a function that starts a server which lets in nobody but by a client certificate of the root."""

    def run(*, sealed=False):
        data = home.directory / "data"
        program("psql")
        home.run(program("initdb"), "-D", data, "-A", "trust", "-U", "alice", "--no-sync", "--no-locale")
        kit = home.export("localhost", "postgresql", sealed=sealed, to="server")
        home.write("data/postgresql.auto.conf", kit.lines("postgresql.conf"))
        home.write("data/pg_hba.conf", kit.lines("pg_hba.conf"))
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": home.directory, "fsync": "off"}  # fmt: skip
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        start(port, program("postgres"), "-D", data, *words)
        return port

    return run


def service(home, reference, port, *, host="localhost", sealed=False, to=".postgresql"):
    """Set up a client by its README, and return the words of psql."""
    kit = home.export(reference, "postgresql", sealed=sealed, to=to)
    secret = {"PASSPHRASE": (kit.path / "passphrase").read_text().rstrip("\n")} if sealed else {}
    lines = kit.lines(
        ".pg_service.conf", role=None, instead={"db.example.com": f"{host}\nport={port}", **secret}
    )
    home.write(".pg_service.conf", lines)
    return kit.lines("psql").rstrip("\n")


@pytest.mark.parametrize("sealed", [False, True], ids=["clear", "sealed"])
def test_both_sides_verify_each_other_fully(home, postgresql, look, sealed):
    port = postgresql(sealed=sealed)
    assert look(port, "postgresql").verdict is Outcome.TRUSTED
    call = service(home, "alice", port, sealed=sealed)
    home.write("who.sql", "SELECT ssl, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    told = home.run(f"{call} -At -f who.sql").stdout
    assert told == "t|/CN=alice\n"


def test_a_host_of_another_name_is_not_connected_to(home, postgresql):
    port = postgresql()
    call = service(home, "alice", port, host="postgres.invalid\nhostaddr=127.0.0.1")
    refused = home.run(f"{call} -c 'SELECT 1'", check=False)
    assert 'does not match host name "postgres.invalid"' in refused.stderr


def test_a_client_without_certificate_is_not_let_in(home, postgresql):
    port = postgresql()
    kit = home.export("Programs Root", "postgresql", to=".postgresql")
    call = kit.lines("psql", instead={"db.example.com": f"localhost port={port} user=alice"}).rstrip("\n")
    refused = home.run(f"{call} -c 'SELECT 1'", check=False)
    assert "connection requires a valid client certificate" in refused.stderr


def test_a_certificate_for_both_gets_both_sides(home):
    kit = home.export("peer.example", "postgresql")
    names = {path.name for path in kit.path.iterdir()}
    assert names == {"server.crt", "server.key", "postgresql.crt", "postgresql.key", "root.crt", "README"}
    assert kit.place("server") == "/etc/postgresql/tls/peer.example"
    assert kit.place("client") == "~/.postgresql"
