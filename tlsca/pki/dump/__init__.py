"""Certificates, requests and CRLs as the text that `openssl ... -noout -text` of OpenSSL 3.0 prints, byte for byte.

Operators compare, paste and grep this text, so it is reproduced from the DER and not approximated from parsed objects: most of
what is worth looking at in a broken certificate is what a strict parser refuses.
"""

from tlsca.pki.dump.documents import certificate_text, crl_text, request_text
from tlsca.text import printable

__all__ = ["certificate_text", "crl_text", "request_text", "visible"]


def visible(text: bytes) -> str:
    """Return text of this module as characters for a terminal, its own newlines kept, every other control escaped.

    A newline that a value brought along is kept too; `safe=True` is the mode that escapes those.
    """
    return printable(text.decode("utf-8", "backslashreplace"), keep_newlines=True)
