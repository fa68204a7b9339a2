"""Revocation as commands of OpenSSL 3.0 and newer: `openssl ca` revokes in its index, signs lists from it, and `openssl ocsp` answers from it."""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509

from tlsca.pki.openssl_lines import Files, Signer, time
from tlsca.pki.revoke import Revocation
from tlsca.pki.shell import comment, file_on, line, openssl, path_word, word


def revoked(files: Files, signer: Signer, revocation: Revocation) -> str:
    """Return what revokes a certificate that is in its file."""
    words = ("-revoke", files.certificate, *_reason_words(revocation))
    return _unsaid(revocation) + openssl("ca", "-config", signer.files.authority, *_as(signer), *words)


def noted(signer: Signer, revocations: Iterable[Revocation]) -> str:
    """Return what enters into an authority's index what was revoked, as far as the index does not know it.

    Of such a certificate only the serial number matters: the entry says that it never ends, and no name.
    """
    entries = "".join(f"{even_hex(one.serial)} {_index_revocation(one)}\n" for one in revocations)
    if not entries:
        return ""
    index = word(signer.files.index)
    loop = (
        "while read -r serial revoked; do\n"
        f'  cut -f 4 {index} | grep -qxF "$serial" ||\n'
        "    printf 'R\\t99991231235959Z\\t%s\\t%s\\tunknown\\t/CN=%s\\n' "
        f'"$revoked" "$serial" "$serial" >> {index}\n'
        "done"
    )
    return file_on(loop, entries)


def changed_entry(signer: Signer, serial: str, revocation: Revocation | None) -> str:
    """Return what gives a held certificate's entry in the index another reason, or with None releases it.

    `serial` is the serial number as `serial_in` gives it. `openssl ca` knows no way back from a hold; the index is text of six columns.
    """
    mark = "R" if revocation else "V"
    said = _index_revocation(revocation) if revocation else ""
    index = word(signer.files.index)
    return (
        f"awk -F '\\t' -v OFS='\\t' -v serial={serial} \\\n"
        f'  \'$4 == serial {{ $1 = "{mark}"; $3 = "{said}" }} {{ print }}\' {index} > {index}.new\n'
        f"mv {index}.new {index}\n"
    )


def serial_in(files: Files) -> str:
    """Return the shell's words for the serial number of the certificate in a file."""
    return f'"$(openssl x509 -in {word(files.certificate)} -noout -serial | cut -d = -f 2)"'


def _as(signer: Signer) -> tuple[str, ...]:
    return "-cert", signer.files.certificate, "-keyfile", signer.files.key


def _reason_words(revocation: Revocation) -> tuple[str, ...]:
    reason, since = revocation.reason, revocation.invalid_since
    if since and reason in _WITH_TIME:
        return _WITH_TIME[reason], time(since)
    return ("-crl_reason", reason.value) if reason else ()


_WITH_TIME = {
    x509.ReasonFlags.key_compromise: "-crl_compromise",
    x509.ReasonFlags.ca_compromise: "-crl_CA_compromise",
}


def _unsaid(revocation: Revocation) -> str:
    if revocation.invalid_since is None or revocation.reason in _WITH_TIME:
        return ""
    return comment(
        "OpenSSL 3.0 takes an invalidity date with the reasons keyCompromise and CACompromise alone."
    )


def _index_revocation(revocation: Revocation) -> str:
    at = time(revocation.revoked_at)[2:]  # OpenSSL takes a UTCTime alone here
    reason, since = revocation.reason, revocation.invalid_since
    if since and reason in _WITH_TIME:
        word_of_index = "keyTime" if reason is x509.ReasonFlags.key_compromise else "CAkeyTime"
        return f"{at},{word_of_index},{time(since)}"
    return f"{at},{reason.value}" if reason else at


def even_hex(number: int) -> str:
    """Return a number in hexadecimal of whole octets, as OpenSSL's files have it."""
    digits = f"{number:X}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def new_index(signer: Signer) -> str:
    """Return what begins the index of a list that names less than all: only what is noted in it after that."""
    return comment("This list has an index of its own.") + f": > {word(signer.files.index)}\n"


def new_crl(signer: Signer, number: int, this_update: datetime, next_update: datetime) -> str:
    """Return what signs a revocation list; the configuration with its extensions is there already."""
    files = signer.files
    return f"echo {even_hex(number)} > {word(files.crl_number)}\n" + openssl(
        "ca", "-gencrl", "-config", files.authority, "-crlexts", "crl_extensions", *_as(signer),
        "-crl_lastupdate", time(this_update), "-crl_nextupdate", time(next_update), "-out", files.crl,
    )  # fmt: skip


def answer(signer: Signer, responder: Files, request: str, days: int) -> str:
    """Return what answers an OCSP request, of which `request` is the path."""
    given = ("-index", signer.files.index, "-CA", signer.files.certificate)
    by = ("-rsigner", responder.certificate, "-rkey", responder.key)
    rest = ("-ndays", str(days), "-respout", f"{signer.files.stem}.ocsp")
    return line("openssl", "ocsp", *map(word, (*given, *by)), "-reqin", path_word(request), *map(word, rest))
