"""Kubernetes: a Secret of type kubernetes.io/tls, which cannot hold a key under a passphrase."""

import base64
import re

from tlsca.pki.bundle import chain_pem
from tlsca.pki.programs.handover import Handover, Purpose
from tlsca.pki.programs.pem_files import formatted
from tlsca.pki.programs.recipe import Block, Outfile, Program, Recipe, Secrecy, Variant

_LONGEST_NAME = 63
_FILE = "secret.yaml"


def _secret(it: Handover) -> Recipe:
    title = "the Secret: certificate, intermediates, and the private key in the clear"
    name = _name(it)
    lines = f"spec:\n  tls:\n    - hosts: ['{it.host}']\n      secretName: {name}\n"
    ingress = Block("Ingress", "In the Ingress:", lines)
    return Recipe(
        place=".",
        files=(Outfile(_FILE, title, lambda: _manifest(it, name).encode("ascii"), private=True),),
        blocks=(
            Block("kubectl", "In the namespace that uses it:", f"kubectl apply -f {_FILE}\n"),
            *((ingress,) if Purpose.SERVER in it.purposes else ()),
        ),
        notes=("base64 is no encryption: keep the file out of version control.",),
        proof=f"tlsca probe {it.host}:443" if Purpose.SERVER in it.purposes else "",
    )


def _manifest(it: Handover, name: str) -> str:
    data = {"tls.crt": chain_pem(it.sent), "tls.key": formatted(it, "key")}
    if it.root:
        data["ca.crt"] = chain_pem((it.root,))
    lines = "".join(f"  {key}: {base64.b64encode(value).decode('ascii')}\n" for key, value in data.items())
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\ntype: kubernetes.io/tls\ndata:\n{lines}"


def contents(manifest: bytes) -> bytes:
    """Return what a Secret that was written here holds, one file after the other, for whoever reads it back."""
    return b"".join(
        base64.b64decode(value)
        for value in re.findall(rb"^  (?:tls|ca)\.\w+: (\S+)$", manifest, re.MULTILINE)
    )


def _name(it: Handover) -> str:
    """Return a name that the API server accepts and YAML takes for text (RFC 1123 label, ending in -tls)."""
    safe = re.sub(r"[^a-z0-9]+", "-", it.stem.lower()).strip("-")
    return f"{safe[: _LONGEST_NAME - 4].rstrip('-') or 'certificate'}-tls"


_PURPOSES = frozenset({Purpose.SERVER, Purpose.CLIENT, Purpose.OTHER})
KUBERNETES = Program(
    "kubernetes",
    "Kubernetes",
    (Variant(name="identity", purposes=_PURPOSES, build=_secret, secrecy=Secrecy.CLEAR_ONLY),),
)
