"""A private key from memory into an OpenSSL context, which takes keys from files only.

The file is made 0600 in a directory made 0700, and is gone before the handshake begins, also when loading fails.
"""

import os
import shutil
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from tlsca.errors import Unreadable


def load_identity(context: ssl.SSLContext, chain: bytes, key: bytes) -> None:
    """Give a context a certificate chain, leaf first, and its private key, both PEM, the key not encrypted.

    Raises Unreadable when either cannot be read or they do not belong together: OpenSSL says "PEM lib" to all of that.
    """
    _check(chain, key)
    folder = Path(tempfile.mkdtemp(prefix="tlsca-"))
    try:
        file = folder / "identity.pem"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(chain + b"\n" + key)
        context.load_cert_chain(file, password=b"")
    except ssl.SSLError as problem:
        raise Unreadable(
            f"OpenSSL refuses this certificate or its key: {problem.reason or 'no reason given'}.",
            hint="A key below 2048 bits RSA, or a signature with SHA-1, is refused.",
        ) from None
    finally:
        shutil.rmtree(folder)


def _check(chain: bytes, key: bytes) -> None:
    try:
        leaf = x509.load_pem_x509_certificates(chain)[0]
        certified = leaf.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable(
            "No certificate can be read in the chain given.", hint="Give PEM, leaf first."
        ) from None
    try:
        private = serialization.load_pem_private_key(key, None)
    except TypeError:
        raise Unreadable(
            "The private key is encrypted.", hint="Give its passphrase, or the key in clear."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable(
            "No private key can be read in what was given.", hint="Give a PEM private key."
        ) from None
    if private.public_key() != certified:
        raise Unreadable(
            "The private key does not belong to the certificate.",
            hint="Give the key of the leaf, and the leaf first.",
        )
