"""What is imported rather than configured: NSS, GnuTLS, OpenVPN, Kubernetes and the devices' PKCS#12, by the READMEs' own lines."""

import base64
import re
import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

OPENVPN = "--verb 3 --dev null"
"""Nothing but the handshake: a tunnel takes a superuser."""


@pytest.fixture
def nss(home, program):
    """Return a function that runs lines in the home, with an NSS store of its own in it."""
    program("pk12util")
    home.run("mkdir -p .pki/nssdb && certutil -N -d sql:.pki/nssdb --empty-password")
    return home


def test_nss_imports_what_goes_to_a_browser_and_trusts_the_root(nss):
    kit = nss.export("alice", "browser", sealed=True)
    nss.run(f"cd tls && {kit.lines('Chromium on Linux').strip()} -w passphrase -K ''")
    nss.run(f"cd tls && {kit.lines('Chromium root').strip()}")
    assert "C,," in nss.run("certutil -L -d sql:.pki/nssdb").stdout
    assert "alice" in nss.run("certutil -K -d sql:.pki/nssdb").stdout


def test_nss_imports_a_browsers_file_without_a_passphrase(nss):
    kit = nss.export("alice", "browser")
    nss.run(f"cd tls && {kit.lines('Chromium on Linux').strip()} -W '' -K ''")
    assert "alice" in nss.run("certutil -K -d sql:.pki/nssdb").stdout


@pytest.mark.parametrize("name", ["windows", "windows-old", "macos", "ios", "android"])
def test_a_device_gets_a_pkcs12_with_the_chain_and_the_root_beside_it(home, name):
    kit = home.export("alice", name, sealed=True)
    secret = (kit.path / "passphrase").read_bytes().strip()
    (file,) = [path for path in kit.path.iterdir() if path.suffix in {".p12", ".pfx"}]
    (root,) = kit.path.glob("root.*")
    found = pkcs12.load_pkcs12(file.read_bytes(), secret)
    assert len(found.additional_certs) == 2
    assert found.cert.friendly_name == b"alice"
    assert file.name in kit.readme
    assert root.name in kit.readme
    assert x509.load_der_x509_certificate(root.read_bytes()) == found.additional_certs[-1].certificate


@pytest.mark.parametrize(("name", "mac"), [("macos", ("SHA1", "2048")), ("windows", ("SHA256", "300000"))])
def test_gnutls_reads_what_goes_to_a_device(dear_seals, home, program, name, mac):
    kit = home.export("alice", name, sealed=True)
    (file,) = [path for path in kit.path.iterdir() if path.suffix in {".p12", ".pfx"}]
    secret = (kit.path / "passphrase").read_text().strip()
    told = home.run(
        program("certtool"), "--p12-info", "--inder", "--password", secret, "--infile", file
    ).stdout
    assert told.count("BEGIN CERTIFICATE") == 3
    assert f"MAC: {mac[0]} " in told
    assert f"Iteration count: {mac[1]}" in told


def test_a_kubernetes_secret_is_what_the_api_takes(home):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    kit = home.export("localhost", "kubernetes")
    file = kit.path / "secret.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    manifest = yaml.safe_load(file.read_text())
    assert (manifest["apiVersion"], manifest["kind"], manifest["type"]) == (
        "v1",
        "Secret",
        "kubernetes.io/tls",
    )
    data = {name: base64.b64decode(value, validate=True) for name, value in manifest["data"].items()}
    chain = x509.load_pem_x509_certificates(data["tls.crt"])
    assert load_pem_private_key(data["tls.key"], None).public_key() == chain[0].public_key()
    assert len(chain) == 2
    assert x509.load_pem_x509_certificate(data["ca.crt"]).subject == chain[-1].issuer
    ingress = yaml.safe_load(kit.lines("Ingress"))
    assert ingress["spec"]["tls"] == [{"hosts": ["localhost"], "secretName": manifest["metadata"]["name"]}]


def test_an_openvpn_client_and_server_verify_each_other(home, start, log_with, program, port):
    openvpn = program("openvpn")
    served = home.export("localhost", "openvpn", to="server")
    config = (
        (served.path / "localhost.conf").read_text().replace("port 1194", f"port {port}\nlocal 127.0.0.1")
    )
    config = config.replace("server 10.8.0.0 255.255.255.0", "tls-server").replace("keepalive 10 60\n", "")
    home.write("server.conf", config)
    start(None, openvpn, "--config", "server.conf", *OPENVPN.split())
    kit = home.export("alice", "openvpn", sealed=True, to="client")
    remote = kit.lines("remote", instead={"vpn.example.com": "localhost", "1194": port})
    config = (kit.path / "alice.ovpn").read_text().replace("remote vpn.example.com 1194\n", remote)
    config = config.replace(kit.place(), str(kit.path))
    room = home.room("room")
    start(None, openvpn, "--config", home.write("client.ovpn", config), *OPENVPN.split(), within=room)
    told = log_with("Peer Connection Initiated", within=room)
    assert "VERIFY X509NAME OK: CN=localhost" in told, told
    assert "VERIFY OK: depth=0, CN=alice" in (home.directory / "log").read_text()


@pytest.mark.parametrize(
    ("name", "reference", "role"),
    [("nginx", "localhost", None), ("postgresql", "peer.example", "server"), ("postgresql", "alice", None)],
)
def test_the_files_come_to_their_place_by_the_lines_of_the_readme(home, name, reference, role):
    kit = home.export(reference, name)
    place = kit.place(role)
    there = home.directory / "there"
    lines = re.search(r"--- begin: install ---\n(.*?)--- end", kit.readme, re.DOTALL)[1]
    lines = re.sub(r"chown -R \w+:", "chown -R $(id -un):", lines.replace("sudo ", ""))
    home.run(f"set -e; cd tls; {lines.replace(place, str(there))}")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in there.iterdir()}
    assert {mode for file, mode in modes.items() if "key" in file} == {0o600}
    assert len(modes) == 3
