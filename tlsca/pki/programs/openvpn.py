"""OpenVPN: one file with everything inline, for a client or a server."""

from tlsca.pki.bundle import chain_pem
from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import formatted, passphrase_note, root_file
from tlsca.pki.programs.recipe import Block, Outfile, Program, Recipe, client, server


def _client(it: Handover) -> Recipe:
    place = "/etc/openvpn/client"
    begin = (
        "client\ndev tun\nproto udp\nremote vpn.example.com 1194\nnobind\npersist-tun\n"
        "remote-cert-tls server\ntls-version-min 1.2\n"
    )
    return _recipe(it, place, f"{it.stem}.ovpn", begin, _lines("vpn.example.com"))


def _lines(host: str) -> Block:
    text = f"remote {host} 1194\nverify-x509-name {host} name\n"
    return Block(
        "remote",
        "In the file, with your server's name; the second line accepts no other server of this root:",
        text,
    )


def _server(it: Handover) -> Recipe:
    place = "/etc/openvpn/server"
    begin = (
        "port 1194\nproto udp\ndev tun\ntopology subnet\nserver 10.8.0.0 255.255.255.0\ndh none\n"
        "remote-cert-tls client\ntls-version-min 1.2\nkeepalive 10 60\npersist-tun\n"
    )
    start = Block("systemctl", "To start it:", f"systemctl enable --now openvpn-server@{it.stem}\n")
    return _recipe(it, place, f"{it.stem}.conf", begin, start)


def _recipe(it: Handover, place: str, name: str, begin: str, block: Block) -> Recipe:
    root = root_file(it)
    secret = f"askpass {place}/passphrase\n" if it.sealed else ""
    title = "the configuration, with root, certificate, intermediates and private key inside"
    file = Outfile(name, title, lambda: _inline(it, begin + secret, root.build()), private=True)
    return Recipe(
        place=place,
        files=(file,),
        blocks=(
            block,
            Block("openvpn", "To try it in the foreground:", f"openvpn --config {place}/{name}\n"),
        ),
        notes=passphrase_note(it, place),
    )


def _inline(it: Handover, begin: str, root: bytes) -> bytes:
    above = chain_pem(it.sent[1:])
    parts = [
        ("ca", root),
        ("cert", chain_pem(it.sent[:1])),
        ("extra-certs", above),
        ("key", formatted(it, "key")),
    ]
    blocks = [b"<%b>\n%b</%b>\n" % (tag.encode(), pem, tag.encode()) for tag, pem in parts if pem]
    return begin.encode("ascii") + b"".join(blocks)


OPENVPN = Program("openvpn", "OpenVPN", (server(_server), client(_client)))
