"""Addresses that a certificate tells its clients to fetch from: responders, lists, issuers' certificates, practice statements."""

import re
from collections.abc import Iterable

from tlsca.errors import UsageError
from tlsca.text import printable

_FETCHED = re.compile(r"(https?://[^/\x00-\x20]|ldap://)[\x21-\x7e]*", re.IGNORECASE)


def fetched_urls(urls: Iterable[str]) -> tuple[str, ...]:
    """Return the URLs, each http, https or ldap and in ASCII (RFC 5280, 4.2.1.13 and 4.2.2.1). Raises UsageError."""
    found = tuple(urls)
    for url in found:
        if not _FETCHED.fullmatch(url):
            raise UsageError(
                f"“{printable(url)}” is no URL that clients fetch.",
                hint="It looks like http://ca.example.com/ocsp.",
            )
    return found
