"""Certificates, requests and CRLs as the text that `openssl ... -noout -text` of OpenSSL 3.0 prints, byte for byte.

Operators compare, paste and grep this text, so it is reproduced from the DER and not approximated from parsed objects: most of
what is worth looking at in a broken certificate is what a strict parser refuses.
"""

from typing import TYPE_CHECKING, Any

from tlsca.text import printable

if TYPE_CHECKING:
    from tlsca.pki.dump.documents import certificate_text, crl_text, request_text

__all__ = ["certificate_text", "crl_text", "request_text", "visible"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- PEP 562: whatever the module of documents has by this name
    """Load the printers when the first text is asked for: most of what reads names and numbers here prints none."""
    if name not in __all__:
        raise AttributeError(name)
    from tlsca.pki.dump import documents  # noqa: PLC0415 -- see above

    return getattr(documents, name)


def visible(text: bytes) -> str:
    """Return text of this module as characters for a terminal, its own newlines kept, every other control escaped.

    A newline that a value brought along is kept too; `safe=True` is the mode that escapes those.
    """
    return printable(text.decode("utf-8", "backslashreplace"), keep_newlines=True)
