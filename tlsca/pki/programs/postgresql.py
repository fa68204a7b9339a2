"""PostgreSQL: the server, libpq's clients, and clients that only trust the server's root.

The server starts only if nobody else can read its key; libpq refuses a key that others can read, too.
"""

from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import certificate_file, key_file, passphrase_note, root_file, root_files
from tlsca.pki.programs.recipe import Block, Program, Recipe, client, server, trust

_CLIENT_PLACE = "~/.postgresql"


def _server(it: Handover) -> Recipe:
    place = f"/etc/postgresql/tls/{it.stem}"
    lines = f"ssl = on\nssl_cert_file = '{place}/server.crt'\nssl_key_file = '{place}/server.key'\n"
    if it.root:
        lines += f"ssl_ca_file = '{place}/root.crt'\n"
    if it.sealed:
        lines += f"ssl_passphrase_command = 'cat {place}/passphrase'\nssl_passphrase_command_supports_reload = on\n"
    access = "hostssl  all  all  all  cert  clientcert=verify-full\n"
    clients = Block(
        "pg_hba.conf",
        "To let in only clients whose certificate has the database user as common name; an earlier line must not match:",
        access,
    )
    return Recipe(
        place=place,
        files=(certificate_file(it, "server.crt"), key_file(it, "server.key"), *root_files(it, "root.crt")),
        blocks=(
            Block("postgresql.conf", "In postgresql.conf:", lines),
            *((clients,) if it.root else ()),
        ),
        owner="postgres",
        notes=(
            *passphrase_note(it, place),
            "With passwords as well: “scram-sha-256” in the place of “cert”. Then: systemctl reload postgresql",
        ),
        proof=f"tlsca probe {it.host}:5432 --starttls postgresql",
    )


def _client(it: Handover) -> Recipe:
    lines = f"[tls]\nhost=db.example.com\ndbname=postgres\nuser={it.user}\nsslmode=verify-full\n"
    if it.sealed:
        lines += "sslpassword=PASSPHRASE\n"
    service = Block(
        ".pg_service.conf",
        "In ~/.pg_service.conf, mode 0600, with your host and database:",
        lines,
    )
    return Recipe(
        place=_CLIENT_PLACE,
        files=(
            certificate_file(it, "postgresql.crt"),
            key_file(it, "postgresql.key"),
            *root_files(it, "root.crt"),
        ),
        blocks=(service, Block("psql", "Then:", "psql service=tls\n")),
        notes=(
            "libpq finds the files there by their names. sslmode=verify-full checks root and host name; less checks neither.",
        ),
    )


def _trust(it: Handover) -> Recipe:
    return Recipe(
        place=_CLIENT_PLACE,
        files=(root_file(it, "root.crt"),),
        blocks=(
            Block(
                "psql", "With your host:", 'psql "host=db.example.com dbname=postgres sslmode=verify-full"\n'
            ),
        ),
        notes=("libpq finds root.crt there by its name.",),
    )


POSTGRESQL = Program("postgresql", "PostgreSQL", (server(_server), client(_client), trust(_trust)))
"""A server's certificate is for the server; what its clients trust is exported from the root."""
