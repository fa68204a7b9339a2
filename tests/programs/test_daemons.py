"""MariaDB, Redis and Mosquitto, servers and clients, each with the lines of its README."""

import pytest

from tlsca.probe.result import Outcome


@pytest.fixture
def mariadb(home, start, program, port):
    server = program("mariadbd")
    data, kit = home.folder("data"), home.export("localhost", "mysql", to="server")
    own = f"datadir={data}\nport={port}\nbind-address=127.0.0.1,127.0.0.2\nsocket={home.directory}/socket\npid-file={home.directory}/pid\n"
    fast = "skip-grant-tables\ninnodb-log-file-size=4M\ninnodb-flush-method=nosync\n"
    options = home.write("server.cnf", kit.lines("my.cnf") + own + fast)
    start(port, server, f"--defaults-file={options}")
    return port


@pytest.fixture
def maria_client(home, mariadb, program):
    """Return a function that asks the server what cipher is used, as its client's README says."""
    client = program("mariadb")

    def ask(reference, host="localhost"):
        kit = home.export(reference, "mysql", to="client")
        options = home.write("client.cnf", kit.lines("my.cnf"))
        words = (f"--defaults-file={options}", "--protocol=tcp", "-h", host, "-P", mariadb, "-NBe")
        return home.run(client, *words, "SHOW STATUS LIKE 'Ssl_cipher'", check=False)

    return ask


def test_mariadb_and_its_client_with_a_certificate(mariadb, maria_client, look):
    assert look(mariadb, "mysql").verdict is Outcome.TRUSTED
    asked = maria_client("alice")
    assert asked.stdout.startswith("Ssl_cipher\tTLS_"), asked.stderr


def test_mariadbs_client_with_the_root_alone_checks_the_name_of_the_host(maria_client):
    asked = maria_client("Programs Root", "127.0.0.1")
    assert asked.stdout.startswith("Ssl_cipher\tTLS_"), asked.stderr


def test_mariadbs_client_does_not_talk_to_another_name(maria_client):
    asked = maria_client("Programs Root", "127.0.0.2")
    assert asked.returncode != 0
    assert "certificate" in asked.stderr.lower()


@pytest.fixture
def redis(home, start, program, port):
    def run(*blocks, sealed=False):
        server = program("redis-server")
        kit = home.export("localhost", "redis", sealed=sealed, to="server")
        instead = {"6379": port}
        if sealed:
            secret = (kit.path / "passphrase").read_text().rstrip("\n")
            quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
            instead["PASSPHRASE"] = f'"{quoted}"'
        lines = kit.lines("redis.conf", instead=instead)
        lines += "".join(kit.lines(block) for block in blocks)
        config = home.write("redis.conf", f'{lines}bind 127.0.0.1\nsave ""\ndir {home.directory}\n')
        start(port, server, config)
        return port

    return run


@pytest.fixture
def redis_cli(home, program):
    def ask(reference, port):
        program("redis-cli")
        kit = home.export(reference, "redis", to="redis-tls")
        call = kit.lines("redis-cli", instead={"redis.example.com": "localhost", "6379": port}).rstrip("\n")
        return home.run(f"{call} ping", check=False)

    return ask


@pytest.mark.parametrize("sealed", [False, True], ids=["clear", "sealed"])
def test_redis_and_its_client_with_the_root_alone(redis, redis_cli, look, sealed):
    port = redis(sealed=sealed)
    assert look(port).verdict is Outcome.TRUSTED
    assert redis_cli("Programs Root", port).stdout == "PONG\n"


def test_redis_lets_in_clients_of_the_root_and_nobody_else(redis, redis_cli):
    port = redis("client certificates")
    assert redis_cli("alice", port).stdout == "PONG\n"


def test_redis_turns_away_who_has_no_certificate(redis, redis_cli):
    port = redis("client certificates")
    assert "PONG" not in redis_cli("Programs Root", port).stdout


@pytest.fixture
def mosquitto(home, start, program, port):
    def run(*blocks):
        server = program("mosquitto")
        kit = home.export("localhost", "mosquitto", to="server")
        lines = kit.lines("mosquitto.conf", instead={"8883": f"{port} 127.0.0.1"})
        lines += "".join(kit.lines(block) for block in blocks)
        who = "" if blocks else "allow_anonymous true\n"
        config = home.write("mosquitto.conf", f"{lines}{who}log_dest stderr\nlog_type all\n")
        start(port, server, "-c", config)
        return port

    return run


@pytest.fixture
def mqtt(home, start, program):
    """Return a function that publishes what a subscriber waits for, by the README's two lines, and returns what arrived."""

    def talk(reference, port):
        program("mosquitto_sub")
        kit = home.export(reference, "mosquitto", to="mqtt-tls")
        instead = {"mqtt.example.com": "localhost", "8883": port}
        listen, speak = (
            kit.lines(name, instead=instead).rstrip("\n") for name in ("mosquitto_sub", "mosquitto_pub")
        )
        home.run(f"{speak} -r", check=False)  # retained, so that whoever listens later gets it too
        return home.run(f"{listen} -W 5", check=False)

    return talk


def test_mosquitto_and_its_clients_with_the_root_alone(mosquitto, mqtt, look):
    port = mosquitto()
    assert look(port).verdict is Outcome.TRUSTED
    assert mqtt("Programs Root", port).stdout == "hello\n"


def test_mosquitto_lets_in_clients_of_the_root_under_their_names(mosquitto, mqtt, home):
    port = mosquitto("client certificates")
    assert mqtt("alice", port).stdout == "hello\n"
    assert "u'alice'" in (home.directory / "log").read_text()


def test_mosquitto_turns_away_who_has_no_certificate(mosquitto, mqtt):
    assert mqtt("Programs Root", mosquitto("client certificates")).stdout == ""
