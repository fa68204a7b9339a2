"""MySQL and MariaDB, which read the same option files: server, client, and clients that only trust the root.

Neither server can be told a passphrase: MySQL asks for it at the terminal it does not have, MariaDB fails.
"""

from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import ROOT, pem_files, root_file
from tlsca.pki.programs.recipe import Block, Program, Recipe, Secrecy, client, server, trust

_CLIENT_PLACE = "/etc/mysql/tls"
_WHO = '"$USER"'  # the option file takes no path under ~, and the client runs as its user


def _server(it: Handover) -> Recipe:
    place = f"/etc/mysql/tls/{it.stem}"
    lines = f"[mysqld]\nssl-cert={place}/certificate.pem\nssl-key={place}/key.pem\n"
    if it.root:
        lines += f"ssl-ca={place}/{ROOT}\n"
    asked = Block(
        "SQL",
        "To let a user in only with a certificate of this root:",
        "ALTER USER 'alice'@'%' REQUIRE X509;\n",
    )
    return Recipe(
        place=place,
        files=pem_files(it),
        blocks=(
            Block(
                "my.cnf",
                "In a file of /etc/mysql/conf.d/; require_secure_transport=ON besides refuses what is in the clear:",
                lines,
            ),
            *((asked,) if it.root else ()),
        ),
        owner="mysql",
        notes=("Then restart it, or: FLUSH SSL (MariaDB), ALTER INSTANCE RELOAD TLS (MySQL).",),
        proof=f"tlsca probe {it.host}:3306 --starttls mysql",
    )


def _client(it: Handover) -> Recipe:
    place = f"{_CLIENT_PLACE}/{it.stem}"
    own = f"ssl-cert={place}/certificate.pem\nssl-key={place}/key.pem\n"
    return Recipe(
        place=place,
        files=pem_files(it),
        blocks=(_options(place, own, with_root=it.root is not None),),
        owner=_WHO,
    )


def _trust(it: Handover) -> Recipe:
    place = f"{_CLIENT_PLACE}/{it.stem}"
    return Recipe(place=place, files=(root_file(it),), blocks=(_options(place, "", with_root=True),))


def _options(place: str, own: str, *, with_root: bool) -> Block:
    authority = f"ssl-ca={place}/{ROOT}\n" if with_root else ""
    check = "[client-mariadb]\nssl-verify-server-cert\n\n[mysql]\nloose-ssl-mode=VERIFY_IDENTITY\n"
    return Block(
        "my.cnf",
        "In ~/.my.cnf; MariaDB's clients read the second group, and MySQL's need the third to check the server's name:",
        f"[client]\n{authority}{own}\n{check}",
    )


MYSQL = Program(
    "mysql",
    "MySQL and MariaDB",
    (server(_server, Secrecy.CLEAR_ONLY), client(_client, Secrecy.CLEAR_ONLY), trust(_trust)),
)
