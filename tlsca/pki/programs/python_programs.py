"""Programs in Python: Flask, http.server, asyncio and requests, all over an `ssl.SSLContext`.

The lines find their files in a directory `tls` beside which the program is started.
"""

from tlsca.pki.programs.handover import Handover, Purpose
from tlsca.pki.programs.pem_files import passphrase_note, pem_files, root_file
from tlsca.pki.programs.recipe import Block, Program, Recipe, client, server, trust

_PLACE = "tls"
_ASKED = '''
def passphrase():
    """Return the passphrase of the key: one line in a file that you alone can read."""
    return Path("tls/passphrase").read_text().rstrip("\\n")


'''
_DEMAND = (
    'context.load_verify_locations("tls/root.pem")\n'
    "context.verify_mode = ssl.CERT_REQUIRED  # only clients of this root\n"
)


def _own(it: Handover) -> str:
    secret = ", passphrase" if it.sealed else ""
    return f'context.load_cert_chain("tls/certificate.pem", "tls/key.pem"{secret})\n'


def _begin(it: Handover, *imports: str) -> str:
    """Return the imports, and where the passphrase comes from."""
    wanted = sorted(
        {*imports, "import ssl", *(["from pathlib import Path"] if it.sealed else [])}, key=_place
    )
    return "\n".join(wanted) + "\n\n" + (_ASKED if it.sealed else "")


def _place(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line


def _server_context(it: Handover) -> str:
    return "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n" + _own(it)


def _client_context(it: Handover, *, own: bool) -> str:
    trusted = 'cafile="tls/root.pem"' if it.root else ""
    return f"context = ssl.create_default_context({trusted})\n" + (_own(it) if own else "")


def _served(it: Handover, imports: tuple[str, ...], rest: str, file: str) -> Recipe:
    plain = _begin(it, *imports) + _server_context(it)
    demand = Block(
        "client certificates", "To let in only clients of this root, before the server starts:", _DEMAND
    )
    return Recipe(
        place=_PLACE,
        files=pem_files(it),
        blocks=(Block(file, f"{file}:", plain + rest), *((demand,) if it.root else ())),
        notes=_secret_note(it),
        proof=f"tlsca probe {it.host}:8443",
    )


def _secret_note(it: Handover) -> tuple[str, ...]:
    return passphrase_note(it, _PLACE)


def _flask(it: Handover) -> Recipe:
    rest = (
        '\napp = Flask(__name__)\n\n\n@app.get("/")\ndef index():\n    return "hello\\n"\n\n\n'
        'app.run(host="0.0.0.0", port=8443, ssl_context=context)\n'
    )
    return _served(it, ("from flask import Flask",), rest, "app.py")


def _http_server(it: Handover) -> Recipe:
    rest = (
        '\nhandler = partial(SimpleHTTPRequestHandler, directory="public")  # never where the key is\n'
        'server = ThreadingHTTPServer(("", 8443), handler)\n'
        "server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)\n"
        "server.serve_forever()\n"
    )
    imports = (
        "from functools import partial",
        "from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer",
    )
    return _served(it, imports, rest, "serve.py")


def _asyncio_server(it: Handover) -> Recipe:
    rest = (
        "\n\nasync def answer(reader, writer):\n"
        "    writer.write(await reader.readline())\n"
        "    await writer.drain()\n"
        "    writer.close()\n\n\n"
        "async def main():\n"
        '    server = await asyncio.start_server(answer, "", 8443, ssl=context)\n'
        "    await server.serve_forever()\n\n\n"
        "asyncio.run(main())\n"
    )
    return _served(it, ("import asyncio",), rest, "server.py")


def _asyncio_client(it: Handover, *, own: bool = True) -> Recipe:
    rest = (
        "\n\nasync def main():\n"
        '    reader, writer = await asyncio.open_connection("server.example.com", 8443, ssl=context)\n'
        '    writer.write(b"hello\\n")\n'
        '    print((await reader.readline()).decode(), end="")\n'
        "    writer.close()\n\n\n"
        "asyncio.run(main())\n"
    )
    begin = _begin(it, "import asyncio") if own else "import asyncio\nimport ssl\n\n"
    return Recipe(
        place=_PLACE,
        files=pem_files(it) if own else (root_file(it),),
        blocks=(
            Block("client.py", "client.py, with your host:", begin + _client_context(it, own=own) + rest),
        ),
        notes=_secret_note(it) if own else (),
    )


_ADAPTER = (
    "\n\nclass Certified(HTTPAdapter):\n"
    '    """Shows the certificate; requests itself has no way to open a key under a passphrase."""\n\n'
    "    def init_poolmanager(self, *args, **kwargs):\n"
    "        super().init_poolmanager(*args, ssl_context=context, **kwargs)\n\n\n"
    "session = requests.Session()\n"
    'session.mount("https://", Certified())\n'
)


def _requests(it: Handover) -> Recipe:
    imports = ("import requests", "from requests.adapters import HTTPAdapter")
    if it.sealed:
        text = _begin(it, *imports) + _client_context(it, own=True) + _ADAPTER
    else:
        text = "import requests\n\nsession = requests.Session()\n"
        text += 'session.cert = ("tls/certificate.pem", "tls/key.pem")\n'
    text += _get("server.example.com", root=bool(it.root))
    return Recipe(
        place=_PLACE,
        files=pem_files(it),
        blocks=(Block("client.py", "client.py, with your host:", text),),
        notes=_secret_note(it),
    )


def _get(host: str, *, root: bool) -> str:
    """Return the request; the root is named in it, because REQUESTS_CA_BUNDLE in the environment wins over that of the session."""
    verify = 'verify="tls/root.pem", ' if root else ""
    return f'print(session.get("https://{host}/", {verify}timeout=10).text, end="")\n'


def _requests_trust(it: Handover) -> Recipe:
    text = "import requests\n\nsession = requests.Session()\n" + _get(it.host, root=True)
    notes = (
        "REQUESTS_CA_BUNDLE=tls/root.pem in the environment does the same for programs that you do not change.",
    )
    return Recipe(
        place=_PLACE,
        files=(root_file(it),),
        blocks=(Block("client.py", "client.py:", text),),
        notes=notes,
    )


FLASK = Program("flask", "Flask", (server(_flask),))
HTTP_SERVER = Program("http.server", "Python's http.server", (server(_http_server),))
ASYNCIO = Program(
    "asyncio",
    "Python's asyncio",
    (server(_asyncio_server), client(_asyncio_client), trust(lambda it: _asyncio_client(it, own=False))),
)
REQUESTS = Program("requests", "requests", (client(_requests), trust(_requests_trust, Purpose.SERVER)))
