"""Times, with what the type that they are written in means."""

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.explanations.fields import GENERALIZED_TIME, UTC_TIME
from tlsca.pki.structure import values
from tlsca.pki.structure.node import Seen

TIMES = (der.UTC_TIME, der.GENERALIZED_TIME)
_NOTES = {der.UTC_TIME: UTC_TIME, der.GENERALIZED_TIME: GENERALIZED_TIME}


def time(element: Tlv) -> Seen:
    """Read a UTCTime or GeneralizedTime, and say where it breaks RFC 5280, 4.1.2.5. Raises `DerError` for anything else."""
    if element.tag not in TIMES:
        raise DerError(f"{values.form(element)} is no time", offset=element.offset)
    shown = values.moment(element)
    flaw = ""
    if not values.is_strict(element):
        flaw = "A time ends in seconds and Z, and has no fraction (RFC 5280, 4.1.2.5)."
    elif element.tag == der.GENERALIZED_TIME and shown < "2050":
        flaw = "Dates through 2049 have to be UTCTime (RFC 5280, 4.1.2.5)."
    return Seen(shown, note=_NOTES[element.tag], flaw=flaw)


def generalized_time(element: Tlv) -> Seen:
    """Read a GeneralizedTime where no other type may stand. Raises `DerError`."""
    if element.tag != der.GENERALIZED_TIME:
        raise DerError("a GeneralizedTime was expected", offset=element.offset)
    return Seen(values.moment(element))


def implicit_time(element: Tlv) -> Seen:
    """Read a GeneralizedTime under an implicit tag. Raises `DerError`."""
    return Seen(values.moment(element, tag=der.GENERALIZED_TIME))
