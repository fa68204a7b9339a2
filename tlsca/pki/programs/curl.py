"""curl: a client with a certificate, or with trust in a root alone. A passphrase goes in by stdin, never by an argument."""

from tlsca.pki.programs.handover import Handover, Purpose
from tlsca.pki.programs.pem_files import pem_files, root_file
from tlsca.pki.programs.recipe import Block, Program, Recipe, client, trust

_QUOTED = 'sed \'s/[\\\\"]/\\\\&/g; s/.*/pass = "&"/\' tls/passphrase'


def _client(it: Handover) -> Recipe:
    trusted = "--cacert tls/root.pem " if it.root else ""
    own = f"{trusted}--cert tls/certificate.pem --key tls/key.pem"
    call = f"curl {own} https://server.example.com/\n"
    if it.sealed:
        call = f"{_QUOTED} | curl --config - {own} https://server.example.com/\n"
    told = "The passphrase stands in tls/passphrase, one line, mode 0600, and reaches curl by stdin: arguments are seen by everybody."
    return Recipe(
        place="tls",
        files=pem_files(it),
        blocks=(Block("curl", "With your host:", call),),
        notes=(told,) if it.sealed else (),
    )


def _trust(it: Handover) -> Recipe:
    return Recipe(
        place="tls",
        files=(root_file(it),),
        blocks=(Block("curl", "In a shell:", f"curl --cacert tls/root.pem https://{it.host}/\n"),),
        notes=("CURL_CA_BUNDLE=tls/root.pem in the environment does the same for programs that call curl.",),
    )


CURL = Program("curl", "curl", (client(_client), trust(_trust, Purpose.SERVER)))
