"""Mosquitto, the MQTT broker, and its clients. Neither can be told a passphrase but at a terminal."""

from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import pem_files, root_file
from tlsca.pki.programs.recipe import Block, Program, Recipe, Secrecy, client, server, trust


def _server(it: Handover) -> Recipe:
    place = f"/etc/mosquitto/tls/{it.stem}"
    lines = f"listener 8883\ncertfile {place}/certificate.pem\nkeyfile {place}/key.pem\n"
    demand = Block(
        "client certificates",
        "To let in only clients of this root, each under its common name, add:",
        f"cafile {place}/root.pem\nrequire_certificate true\nuse_identity_as_username true\n",
    )
    return Recipe(
        place=place,
        files=pem_files(it),
        blocks=(
            Block("mosquitto.conf", "In a file of /etc/mosquitto/conf.d/:", lines),
            *((demand,) if it.root else ()),
        ),
        owner="mosquitto",
        notes=("Then: systemctl restart mosquitto",),
        proof=f"tlsca probe {it.host}:8883",
    )


def _client(it: Handover) -> Recipe:
    own = "--cert mqtt-tls/certificate.pem --key mqtt-tls/key.pem"
    return Recipe(
        place="mqtt-tls", files=(*pem_files(it),), blocks=_calls(own, with_root=it.root is not None)
    )


def _trust(it: Handover) -> Recipe:
    return Recipe(place="mqtt-tls", files=(root_file(it),), blocks=_calls("", with_root=True))


def _calls(own: str, *, with_root: bool) -> tuple[Block, ...]:
    words = " ".join(filter(None, ["--cafile mqtt-tls/root.pem" if with_root else "", own]))
    host = "-h mqtt.example.com -p 8883"
    return (
        Block("mosquitto_sub", "To listen, with your host:", f"mosquitto_sub {host} {words} -t test -C 1\n"),
        Block("mosquitto_pub", "To speak:", f"mosquitto_pub {host} {words} -t test -m hello\n"),
    )


MOSQUITTO = Program(
    "mosquitto",
    "Mosquitto",
    (server(_server, Secrecy.CLEAR_ONLY), client(_client, Secrecy.CLEAR_ONLY), trust(_trust)),
)
