"""Web servers and proxies: nginx, Apache httpd and HAProxy."""

from tlsca.pki.bundle import chain_pem
from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import formatted, passphrase_note, pem_files, root_files
from tlsca.pki.programs.recipe import Block, Outfile, Program, Recipe, Secrecy, server


def _nginx(it: Handover) -> Recipe:
    place = f"/etc/nginx/tls/{it.stem}"
    lines = f"ssl_certificate {place}/certificate.pem;\nssl_certificate_key {place}/key.pem;\n"
    if it.sealed:
        lines += f"ssl_password_file {place}/passphrase;\n"
    lines += "ssl_protocols TLSv1.2 TLSv1.3;\n"
    clients = f"ssl_client_certificate {place}/root.pem;\nssl_verify_client on;\nssl_verify_depth 3;\n"
    return Recipe(
        place=place,
        files=pem_files(it),
        blocks=(
            Block("nginx.conf", "In the server block, beside “listen 443 ssl;” and server_name:", lines),
            *_for_clients(
                it, Block("client certificates", "To let in only clients of this root, add:", clients)
            ),
        ),
        notes=(*passphrase_note(it, place), "Then: nginx -t && nginx -s reload"),
        proof=f"tlsca probe {it.host}:443",
    )


def _apache(it: Handover) -> Recipe:
    place = f"/etc/apache2/tls/{it.stem}"
    lines = (
        "SSLEngine on\n"
        f"SSLCertificateFile {place}/certificate.pem\n"
        f"SSLCertificateKeyFile {place}/key.pem\n"
        "SSLProtocol -all +TLSv1.2 +TLSv1.3\n"
    )
    clients = f"SSLCACertificateFile {place}/root.pem\nSSLVerifyClient require\nSSLVerifyDepth 3\n"
    return Recipe(
        place=place,
        files=pem_files(it),
        blocks=(
            Block("httpd.conf", "In the VirtualHost of port 443 (2.4.8 or newer; a2enmod ssl):", lines),
            *(_dialog(place) if it.sealed else ()),
            *_for_clients(
                it, Block("client certificates", "To let in only clients of this root, add:", clients)
            ),
        ),
        notes=(*passphrase_note(it, place), "Then: apachectl configtest && apachectl graceful"),
        proof=f"tlsca probe {it.host}:443",
    )


def _dialog(place: str) -> tuple[Block, ...]:
    """Return how Apache httpd asks for a passphrase: a program of its own each time, as one in a pipe would have to stay."""
    asks = f"SSLPassPhraseDialog exec:{place}/passphrase.sh\n"
    answers = f"#!/bin/sh\nexec cat {place}/passphrase\n"
    return (
        Block("passphrase", "Outside of every VirtualHost:", asks),
        Block("passphrase.sh", f"In a file {place}/passphrase.sh of mode 0700:", answers),
    )


def _haproxy(it: Handover) -> Recipe:
    place = f"/etc/haproxy/tls/{it.stem}"
    both = Outfile(
        "haproxy.pem",
        "private key in the clear, certificate and intermediates, in one file as HAProxy wants them",
        lambda: formatted(it, "key") + chain_pem(it.sent),
        private=True,
    )
    bind = f"bind :443 ssl crt {place}/haproxy.pem ssl-min-ver TLSv1.2"
    clients = f"{bind} ca-file {place}/root.pem verify required\n"
    return Recipe(
        place=place,
        files=(both, *root_files(it)),
        blocks=(
            Block("haproxy.cfg", "In the frontend:", bind + "\n"),
            *_for_clients(
                it, Block("client certificates", "To let in only clients of this root, instead:", clients)
            ),
        ),
        notes=("Then: haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy",),
        proof=f"tlsca probe {it.host}:443",
    )


def _for_clients(it: Handover, block: Block) -> tuple[Block, ...]:
    return (block,) if it.root else ()


NGINX = Program("nginx", "nginx", (server(_nginx),))
APACHE = Program("apache", "Apache httpd", (server(_apache),))
HAPROXY = Program("haproxy", "HAProxy", (server(_haproxy, Secrecy.CLEAR_ONLY),))
