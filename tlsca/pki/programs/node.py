"""Node.js: an https server, and a client with a certificate or with trust in a root alone."""

from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.pem_files import passphrase_note, pem_files, root_file
from tlsca.pki.programs.recipe import Block, Program, Recipe, client, server, trust

_REQUIRE = "const fs = require('node:fs');\nconst https = require('node:https');\n\n"


def _options(it: Handover, *, own: bool, demand: bool = False) -> str:
    lines = ["const options = {"]
    if own:
        lines += ["  cert: fs.readFileSync('tls/certificate.pem'),", "  key: fs.readFileSync('tls/key.pem'),"]
    if own and it.sealed:
        lines.append("  passphrase: fs.readFileSync('tls/passphrase', 'utf8').replace(/\\n$/, ''),")
    if it.root:
        lines.append("  ca: fs.readFileSync('tls/root.pem'),")
    if demand:
        lines += ["  requestCert: false,  // true: only clients of this root", "  rejectUnauthorized: true,"]
    return "\n".join([*lines, "};", "", ""])


def _server(it: Handover) -> Recipe:
    serve = "https.createServer(options, (request, response) => response.end('hello\\n')).listen(8443);\n"
    return Recipe(
        place="tls",
        files=pem_files(it),
        blocks=(
            Block(
                "server.js",
                "server.js:",
                _REQUIRE + _options(it, own=True, demand=it.root is not None) + serve,
            ),
        ),
        notes=passphrase_note(it, "tls"),
        proof=f"tlsca probe {it.host}:8443",
    )


def _client(it: Handover, *, own: bool = True) -> Recipe:
    get = (
        "https.get('https://server.example.com/', options, (response) => response.pipe(process.stdout))\n"
        "  .on('error', (error) => { console.error(error.message); process.exitCode = 1; });\n"
    )
    return Recipe(
        place="tls",
        files=pem_files(it) if own else (root_file(it),),
        blocks=(Block("client.js", "client.js, with your host:", _REQUIRE + _options(it, own=own) + get),),
        notes=passphrase_note(it, "tls")
        if own
        else ("NODE_EXTRA_CA_CERTS=tls/root.pem in the environment adds the root to those that Node has.",),
    )


NODE = Program(
    "node", "Node.js", (server(_server), client(_client), trust(lambda it: _client(it, own=False)))
)
