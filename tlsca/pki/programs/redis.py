"""Redis: the server, and redis-cli with a certificate or with trust in the root alone."""

from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import pem_files, root_file
from tlsca.pki.programs.recipe import Block, Program, Recipe, Secrecy, client, server, trust


def _server(it: Handover) -> Recipe:
    place = f"/etc/redis/tls/{it.stem}"
    lines = f"port 0\ntls-port 6379\ntls-cert-file {place}/certificate.pem\ntls-key-file {place}/key.pem\n"
    lines += "tls-key-file-pass PASSPHRASE\n" if it.sealed else ""
    told = "Put the passphrase in the place of PASSPHRASE, and let only redis read redis.conf (mode 0640, root:redis)."
    demand = Block(
        "client certificates",
        "To let in only clients of this root, add:",
        f"tls-ca-cert-file {place}/root.pem\ntls-auth-clients yes\n",
    )
    return Recipe(
        place=place,
        files=pem_files(it),
        blocks=(
            Block(
                "redis.conf",
                "In redis.conf; “port 0” ends what is in the clear:",
                lines + "tls-auth-clients no\n",
            ),
            *((demand,) if it.root else ()),
        ),
        owner="redis",
        notes=(*((told,) if it.sealed else ()), "Then: systemctl restart redis"),
        proof=f"tlsca probe {it.host}:6379",
    )


def _client(it: Handover) -> Recipe:
    words = "--cacert redis-tls/root.pem " if it.root else ""
    call = f"redis-cli --tls {words}--cert redis-tls/certificate.pem --key redis-tls/key.pem -h redis.example.com -p 6379\n"
    return Recipe(
        place="redis-tls", files=pem_files(it), blocks=(Block("redis-cli", "With your host:", call),)
    )


def _trust(it: Handover) -> Recipe:
    call = "redis-cli --tls --cacert redis-tls/root.pem -h redis.example.com -p 6379\n"
    return Recipe(
        place="redis-tls", files=(root_file(it),), blocks=(Block("redis-cli", "With your host:", call),)
    )


REDIS = Program("redis", "Redis", (server(_server), client(_client, Secrecy.CLEAR_ONLY), trust(_trust)))
