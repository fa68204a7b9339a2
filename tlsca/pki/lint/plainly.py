"""The facts of a certificate of the plain form, from its DER alone (see `tlsca.pki.plain`)."""

import hashlib
from datetime import datetime

from tlsca.pki import der
from tlsca.pki.dump import general_names
from tlsca.pki.key_rows import rsa_numbers, spki_kind
from tlsca.pki.lint import facts
from tlsca.pki.lint.facts import USAGE_BITS, Facts, Key, Name
from tlsca.pki.name_text import certificate_label, common_name_of, dn_text, general_name_text, text
from tlsca.pki.summary import Signed
from tlsca.pki.weakness import WEAK_SIGNATURES
from tlsca.text import serial_hex

_MAIL_ADDRESS = "1.2.840.113549.1.9.1"
_KEY_IDENTIFIER, _AUTHORITY_KEY_IDENTIFIER = "2.5.29.14", "2.5.29.35"
_BITS = {"ec-p256": 256, "ec-p384": 384}
_CURVES = {"ec-p256": "secp256r1", "ec-p384": "secp384r1"}
_KINDS = {
    general_names.DNS: facts.DNS,
    general_names.IP_ADDRESS: facts.IP_ADDRESS,
    general_names.EMAIL: facts.EMAIL,
    general_names.URI: facts.URI,
}


def plain_facts(read: Signed, data: bytes) -> Facts:
    """Return the facts of what `plain_certificate` returned for `data`."""
    contents = {der.dotted(one.identifier): der.read(one.content) for one in read.extensions}
    names = _names(contents.get(facts.SUBJECT_ALTERNATIVE_NAME))
    not_before, not_after = _moments(read)
    numbers = rsa_numbers(read.spki)
    common_name = common_name_of(read.subject)
    first_host = next((name.text for name in names if name.kind == facts.DNS), "")
    return Facts(
        sha256=hashlib.sha256(data).hexdigest(),
        label=certificate_label(common_name or dn_text(read.subject) or first_host, serial_hex(read.serial)),
        serial=read.serial,
        not_before=not_before,
        not_after=not_after,
        weak_hash=WEAK_SIGNATURES.get(der.dotted(read.signature_algorithm)),
        key=_key(spki_kind(read.spki), numbers),
        exponent=numbers[1] if numbers else None,
        has_issuer=bool(read.issuer),
        subject=tuple(map(text, read.subject)),
        common_name=common_name,
        mail_addresses=tuple(text(one) for one in read.subject if der.dotted(one.identifier) == _MAIL_ADDRESS),
        extensions={der.dotted(one.identifier): one.is_critical for one in read.extensions},
        has_key_identifier=_KEY_IDENTIFIER in contents,
        has_authority_key_identifier=_AUTHORITY_KEY_IDENTIFIER in contents,
        key_usage=_bits(contents.get(facts.KEY_USAGE)),
        usages=_usages(contents.get(facts.EXTENDED_KEY_USAGE)),
        names=names,
        is_ca=facts.BASIC_CONSTRAINTS in contents and bool(contents[facts.BASIC_CONSTRAINTS].content),
        is_self_issued=bool(read.subject) and read.subject == read.issuer,
    )  # fmt: skip


def _moments(read: Signed) -> tuple[datetime | None, datetime | None]:
    not_before, not_after = read.times
    return not_before, not_after


def _key(kind: str, numbers: tuple[int, int] | None) -> Key:
    return Key(kind, numbers[0].bit_length() if numbers else _BITS.get(kind, 0), _CURVES.get(kind, ""))


def _names(content: der.Tlv | None) -> tuple[Name, ...]:
    listed = [] if content is None else general_names.general_names(content)
    return tuple(Name(_KINDS.get(one.kind, facts.OTHER), general_name_text(one)) for one in listed)


def _bits(content: der.Tlv | None) -> tuple[str, ...] | None:
    if content is None:
        return None
    bits = der.bit_string(content)
    return tuple(name for bit, name in enumerate(USAGE_BITS) if bits.has(bit))


def _usages(content: der.Tlv | None) -> frozenset[str]:
    listed = [] if content is None else content.children()
    return frozenset(der.dotted(der.object_identifier(one)) for one in listed)
