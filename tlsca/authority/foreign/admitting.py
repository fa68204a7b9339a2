"""Which of the things found become records: readable in every part, new to the store, and each below its issuer."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from tlsca.authority.desk import Desk
from tlsca.authority.foreign.gathered import Item, Skipped, fingerprint_of
from tlsca.authority.issuing import fingerprint, record_of
from tlsca.authority.linking import linked
from tlsca.authority.requesting import requests
from tlsca.errors import Refused, Unreadable
from tlsca.pki import keys
from tlsca.pki.legible import extensions_of
from tlsca.pki.names import dn_text
from tlsca.pki.profiles import PROFILES
from tlsca.pki.quiet import quietly
from tlsca.pki.read import Kind, load_certificate
from tlsca.pki.request import Request, read_request
from tlsca.store.records import CertificateRecord
from tlsca.text import printable

Readable: TypeAlias = Mapping[str, tuple[Item, x509.Certificate]]
"""Certificates by their fingerprint, each with where it was found."""


def readable(items: Iterable[Item], skipped: list[Skipped]) -> dict[str, tuple[Item, x509.Certificate]]:
    """Return the certificates that can be read in every part, by fingerprint: one that cannot is no use to an authority."""
    found: dict[str, tuple[Item, x509.Certificate]] = {}
    for item in items:
        if item.found.kind is not Kind.CERTIFICATE:
            continue
        try:
            with quietly(
                UserWarning
            ):  # strangers have serial numbers below one, and countries of sixty letters
                certificate = load_certificate(item.found.der)
                _ = (
                    certificate.subject,
                    certificate.issuer,
                    extensions_of(certificate),
                    certificate.public_key(),
                )
        except (
            ValueError,
            UnsupportedAlgorithm,
            Unreadable,
            x509.DuplicateExtension,
            x509.UnsupportedGeneralNameType,
        ) as error:
            reason = error.sentence if isinstance(error, Unreadable) else str(error)
            skipped.append(Skipped("certificate", f"it cannot be read: {printable(reason)}", item.source))
        else:
            found.setdefault(fingerprint(certificate), (item, certificate))
    return found


def new_requests(desk: Desk, items: Iterable[Item], skipped: list[Skipped]) -> list[Request]:
    """Return the requests that can be signed and that the store does not know."""
    known = {record.id for record in requests(desk)}
    found: dict[str, Request] = {}
    for item in items:
        if item.found.kind is not Kind.REQUEST:
            continue
        identifier = fingerprint_of(item.found.der)
        if identifier in known:
            skipped.append(Skipped(item.found.kind.value, "it is in the store already", item.source))
            continue
        try:
            with quietly(UserWarning):
                found.setdefault(identifier, read_request(item.found.der, name="it"))
        except (Unreadable, Refused) as error:
            skipped.append(Skipped(item.found.kind.value, error.sentence.rstrip("."), item.source))
    return list(found.values())


def new_keys(
    desk: Desk, items: Iterable[Item], loaded: Readable, asked: Iterable[Request], skipped: list[Skipped]
) -> dict[str, keys.PrivateKey]:
    """Return the private keys, by their id, that belong to something in hand or in the store and are not there yet."""
    wanted = {keys.key_id(certificate.public_key()) for _, certificate in loaded.values()}
    wanted |= {keys.key_id(request.public_key) for request in asked}
    wanted |= {record.key_id for record in requests(desk)}
    made: dict[str, keys.PrivateKey] = {}
    for item in items:
        if item.found.key is None:
            continue
        identifier = keys.key_id(item.found.key.public_key())
        if desk.ledger.key(identifier) is not None:
            skipped.append(Skipped("private key", "it is in the store already", item.source))
        elif identifier not in wanted and not desk.ledger.with_key(identifier):
            skipped.append(Skipped("private key", "no certificate belongs to it", item.source))
        else:
            made.setdefault(identifier, item.found.key)
    return made


def new_records(
    desk: Desk, loaded: Readable, skipped: list[Skipped]
) -> tuple[list[CertificateRecord], dict[str, x509.Certificate]]:
    """Return records for certificates that are not in the store, each with its issuer, and the certificates by record."""
    made: list[CertificateRecord] = []
    certificates: dict[str, x509.Certificate] = {}
    sources: dict[str, str] = {}
    for identifier, (item, certificate) in loaded.items():
        if desk.ledger.by_fingerprint(identifier):
            with quietly(UserWarning):
                what = printable(dn_text(certificate.subject))
            skipped.append(Skipped(what, "it is in the store already", item.source))
            continue
        with quietly(UserWarning):
            record = record_of(
                desk, certificate, profile=_profile_of(certificate), issuer_id=None, at=desk.now()
            )
        made.append(replace(record, issuer_id=None))
        certificates[record.id] = certificate
        sources[record.id] = item.source
    records = linked(desk, made, certificates)
    twice = {record.id: record for record in _numbered_twice(desk, records)}
    for record in twice.values():
        why = f"its issuer gave another certificate the serial number {record.serial}"
        skipped.append(Skipped(printable(record.subject), why, sources[record.id]))
        del certificates[record.id]
    kept = [record for record in records if record.id not in twice]
    below_them = {record.id for record in kept if record.issuer_id in twice}
    return [replace(one, issuer_id=None) if one.id in below_them else one for one in kept], certificates


def _numbered_twice(desk: Desk, records: Iterable[CertificateRecord]) -> list[CertificateRecord]:
    """Return the records whose serial number their issuer used before: the store takes one of them only."""
    seen: set[tuple[str, str]] = set()
    found = []
    for record in records:
        issuer = record.issuer_id or record.issuer
        taken = any(issuer in {one.issuer_id, one.issuer} for one in desk.ledger.by_serial(record.serial))
        if taken or (issuer, record.serial) in seen:
            found.append(record)
        seen.add((issuer, record.serial))
    return found


def _profile_of(certificate: x509.Certificate) -> str:
    """Return the built-in profile that a foreign certificate looks like."""
    try:
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return "root" if certificate.subject == certificate.issuer else "intermediate"
    except x509.ExtensionNotFound:
        pass
    return _leaf_profile(certificate)


def _leaf_profile(certificate: x509.Certificate) -> str:
    try:
        usages = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return "server"
    for profile in PROFILES.values():
        if not profile.authority and set(profile.extended_usages) == usages:
            return profile.name
    return "server"
