"""Times as ASN.1 spells them in text, which is how the databases of other authorities keep them."""

from datetime import UTC, datetime

_LENGTHS = {len("yymmddhhmmssZ"), len("yyyymmddhhmmssZ")}


def moment(text: str) -> datetime:
    """Read `261121063804Z` (UTCTime) or `20261121063804Z` (GeneralizedTime); two-digit years from 50 on are of the 1900s.

    RFC 5280, section 4.1.2.5. Raises ValueError.
    """
    if len(text) not in _LENGTHS or not text.endswith("Z") or not (text.isascii() and text[:-1].isdigit()):
        raise ValueError("this is no time")
    whole = text if len(text) == max(_LENGTHS) else ("20" if text[:2] < "50" else "19") + text
    return datetime.strptime(whole, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
