"""STARTTLS against the real servers: each is upgraded and trusted, and says so where it has no TLS."""

import sys

import pytest


def codes(result):
    return [problem.code for problem in result.problems]


@pytest.fixture(name="is_trusted")
def _is_trusted(look):
    """Return a function that insists on a trusted handshake, and on a dialogue before it."""

    def insist(port, starttls):
        result = look(port, starttls)
        assert (result.verdict, codes(result)) == ("trusted", [])
        assert result.inventory.state == "current"
        assert result.timings_ms.starttls is not None
        assert result.transcript[0].message != "ClientHello"

    return insist


def refuses(result, code="starttls-refused"):
    assert (result.verdict, codes(result)) == ("failed", [code])
    assert result.problems[0].fix


def wrong_protocol(look, port, protocol):
    """Told nothing, the probe offers the right one by itself."""
    result = look(port, "none", timeout=4.0)
    assert result.verdict == "failed"
    assert any(problem.remedy == f"starttls:{protocol}" for problem in result.problems), result.problems


@pytest.fixture
def postgresql(home, start, program, free_port):
    def run(*, tls):
        data = home.directory / "data"
        home.run(
            program("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "--no-locale"
        )
        port = free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": home.directory,
            "fsync": "off",
            "ssl": "on" if tls else "off",
            "ssl_cert_file": home.certificate,
            "ssl_key_file": home.key,
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        start(port, program("postgres"), "-D", str(data), *words)
        return port

    return run


def test_postgresql_with_ssl_on(postgresql, is_trusted):
    is_trusted(postgresql(tls=True), "postgresql")


def test_postgresql_with_ssl_off(postgresql, look):
    refuses(look(postgresql(tls=False), "postgresql"))


@pytest.fixture
def mariadb(home, start, program, free_port):
    def run(*, tls):
        server, port = program("mariadbd"), free_port()
        tables = home.folder("data")
        options = ["--no-defaults", f"--datadir={tables}", f"--port={port}", "--bind-address=127.0.0.1",
                   f"--socket={home.directory}/socket", f"--pid-file={home.directory}/pid", "--skip-grant-tables",
                   "--innodb-log-file-size=4M", "--innodb-flush-method=nosync"]  # fmt: skip
        with_tls = [f"--ssl-cert={home.certificate}", f"--ssl-key={home.key}"]
        start(port, server, *options, *(with_tls if tls else ["--skip-ssl"]))
        return port

    return run


def test_mariadb_with_a_certificate(mariadb, is_trusted):
    is_trusted(mariadb(tls=True), "mysql")


def test_mariadb_without_tls(mariadb, look):
    refuses(look(mariadb(tls=False), "mysql"))


_DOVECOT = """
protocols = imap pop3 lmtp sieve
base_dir = {home}/run
state_dir = {home}/state
log_path = /dev/stderr
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
passdb {{
  driver = static
  args = password=x
}}
service auth {{
  user = {user}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    address = 127.0.0.1
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    address = 127.0.0.1
    port = {sieve}
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


@pytest.fixture
def dovecot(home, start, program, free_port):
    def run(*, tls):
        ports = {name: free_port() for name in ("imap", "pop3", "lmtp", "sieve")}
        text = _DOVECOT.format(
            home=home.directory, user=home.name, group="nogroup", ssl="yes" if tls else "no",
            cert=home.certificate, key=home.key, **ports,
        )  # fmt: skip
        config = home.write("dovecot.conf", text)
        start(ports["imap"], program("dovecot"), "-F", "-c", str(config))
        return ports

    return run


def test_dovecot_with_ssl(dovecot, is_trusted, look):
    ports = dovecot(tls=True)
    for protocol, port in ports.items():
        is_trusted(port, protocol)
    wrong_protocol(look, ports["imap"], "imap")
    wrong_protocol(look, ports["pop3"], "pop3")


def test_dovecot_without_ssl(dovecot, look):
    for protocol, port in dovecot(tls=False).items():
        refuses(look(port, protocol))


@pytest.fixture
def slapd(home, start, program, free_port):
    def run(*, tls):
        port = free_port()
        text = "include /etc/ldap/schema/core.schema\n" if tls else ""
        if tls:
            text += f"TLSCertificateFile {home.certificate}\nTLSCertificateKeyFile {home.key}\n"
        config = home.write("slapd.conf", f"{text}pidfile {home.directory}/pid\n")
        start(port, program("slapd"), "-h", f"ldap://127.0.0.1:{port}", "-f", str(config), "-d", "0")
        return port

    return run


def test_slapd_with_a_certificate(slapd, is_trusted):
    is_trusted(slapd(tls=True), "ldap")


def test_slapd_without_one(slapd, look):
    refuses(look(slapd(tls=False), "ldap"))


@pytest.fixture
def vsftpd(home, start, program, free_port):
    def run(*, tls):
        port = free_port()
        settings = {
            "listen": "YES", "listen_address": "127.0.0.1", "listen_port": port, "background": "NO",
            "run_as_launching_user": "YES", "anonymous_enable": "YES", "anon_root": home.folder("ftp"),
            "secure_chroot_dir": home.folder("empty"), "seccomp_sandbox": "NO", "ssl_enable": "YES" if tls else "NO",
            "rsa_cert_file": home.certificate, "rsa_private_key_file": home.key, "ssl_tlsv1": "YES", "ssl_ciphers": "HIGH",
        }  # fmt: skip
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        start(port, program("vsftpd"), str(home.write("vsftpd.conf", text)))
        return port

    return run


def test_vsftpd_with_ssl(vsftpd, is_trusted, look):
    port = vsftpd(tls=True)
    is_trusted(port, "ftp")
    wrong_protocol(look, port, "ftp")


def test_vsftpd_without_ssl(vsftpd, look):
    refuses(look(vsftpd(tls=False), "ftp"))


@pytest.fixture
def prosody(home, start, program, free_port):
    def run(*, tls):
        client, server = free_port(), free_port()
        modules = '"tls", "dialback", "saslauth"' if tls else '"saslauth"'
        text = f"""
daemonize = false
pidfile = "{home.directory}/pid"
data_path = "{home.folder("data")}"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {client} }}
s2s_ports = {{ {server} }}
c2s_direct_tls_ports = {{}}
s2s_direct_tls_ports = {{}}
modules_enabled = {{ {modules} }}
modules_disabled = {{ {"" if tls else '"tls"'} }}
ssl = {{ certificate = "{home.certificate}"; key = "{home.key}"; }}
log = {{ error = "*console" }}
c2s_require_encryption = false
VirtualHost "localhost"
"""
        start(client, program("prosody"), "--config", str(home.write("prosody.cfg.lua", text)))
        return client, server

    return run


def test_prosody_with_tls(prosody, is_trusted):
    client, server = prosody(tls=True)
    is_trusted(client, "xmpp")
    is_trusted(server, "xmpp-server")


def test_prosody_without_tls(prosody, look):
    client, _ = prosody(tls=False)
    refuses(look(client, "xmpp"))


_SMTP = """
import asyncio, ssl, sys
from aiosmtpd.smtp import SMTP

port, certificate, key = sys.argv[1:]
context = None
if certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(object(), tls_context=context), "127.0.0.1", int(port))
    await server.serve_forever()

asyncio.run(serve())
"""


@pytest.fixture
def smtp(home, start, free_port):
    pytest.importorskip("aiosmtpd", reason="aiosmtpd is not installed")

    def run(*, tls):
        port = free_port()
        script = home.write("smtp.py", _SMTP)
        files = map(str, (home.certificate, home.key)) if tls else ("", "")
        start(port, sys.executable, str(script), str(port), *files, own=True)
        return port

    return run


def test_an_smtp_server_with_starttls(smtp, is_trusted, look):
    port = smtp(tls=True)
    is_trusted(port, "smtp")
    wrong_protocol(look, port, "smtp")


def test_an_smtp_server_without(smtp, look):
    refuses(look(smtp(tls=False), "smtp"))
