r"""What tlsca does, as commands of OpenSSL 3.0 that do the same when they are pasted into a shell.

A name is somebody's text, and here it becomes part of a program: every word is quoted by shlex, every heredoc is one in which
the shell expands nothing, and no character stays that a terminal would not show.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki.identity import dn_text
from tlsca.pki.issue import Draft
from tlsca.pki.keys import is_rsa
from tlsca.pki.openssl_config import Config, Extension, Pair, add_extensions, attribute_type, name_pairs
from tlsca.pki.revoke import Revocation
from tlsca.text import printable

_WIDTH = 96
_MARK = "END_OF_FILE"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one certificate, in the directory in which the commands are pasted; stems are safe as file names."""

    stem: str
    key_stem: str
    """That of the certificate with the same key that was made last; mostly the same."""

    @property
    def key(self) -> str:
        """The private key, PEM."""
        return f"{self.key_stem}.key"

    @property
    def certificate(self) -> str:
        """The certificate, PEM."""
        return f"{self.stem}.pem"

    @property
    def request(self) -> str:
        """The certificate request, PEM."""
        return f"{self.stem}.csr"

    @property
    def config(self) -> str:
        """What the request and the certificate carry."""
        return f"{self.stem}.cnf"

    @property
    def authority(self) -> str:
        """How `openssl ca` works as this authority."""
        return f"{self.stem}.authority"

    @property
    def index(self) -> str:
        """What this authority issued and revoked."""
        return f"{self.stem}.index"

    @property
    def issued(self) -> str:
        """The directory in which `openssl ca` leaves a copy of all that it signs."""
        return f"{self.stem}.issued"

    @property
    def crl_number(self) -> str:
        """The number of the next revocation list."""
        return f"{self.stem}.crlnumber"

    @property
    def crl(self) -> str:
        """The revocation list, PEM."""
        return f"{self.stem}.crl"


@dataclass(frozen=True, slots=True)
class Signer:
    """An authority that signs with its files; `certificate` is None for a root that is yet to be made."""

    files: Files
    key_kind: str
    certificate: x509.Certificate | None = None

    @property
    def key_identifier(self) -> Pair:
        """The authority key identifier of what it signs: copied from its certificate, or computed as tlsca does if that has none."""
        if self.certificate is None or _has_key_identifier(self.certificate):
            return "authorityKeyIdentifier", "keyid:always"
        value = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.certificate.public_key())  # type: ignore[arg-type]
        return value.oid.dotted_string, f"DER:{value.public_bytes().hex()}"


# Words and lines


def word(text: str) -> str:
    """Return one word for a shell: quoted, and octal where a terminal would not show it."""
    if printable(text) == text:
        return shlex.quote(text)
    octets = text.encode("utf-8", "surrogateescape")
    return '"$(printf ' + shlex.quote("".join(f"\\{octet:03o}" for octet in octets)) + ')"'


def path_word(path: str) -> str:
    """Return a path as a word that no command takes for an option."""
    return word(f"./{path}" if path.startswith("-") else path)


def line(*words: str) -> str:
    """Return a command of words that are quoted already; a long one is broken before its options."""
    lines = [words[0]]
    for each in words[1:]:
        if len(lines[-1]) + len(each) > _WIDTH and each.startswith("-"):
            lines.append("  " + each)
        else:
            lines[-1] += " " + each
    return " \\\n".join(lines) + "\n"


def openssl(*words: str) -> str:
    """Return a command of OpenSSL, of words that are not yet quoted."""
    return line("openssl", *map(word, words))


def comment(text: str) -> str:
    """Return a comment in one line."""
    return f"# {printable(text)}\n"


def file(name: str, text: str) -> str:
    """Return what writes a file, in which the shell expands nothing; `text` ends with a newline."""
    mark = _MARK
    while f"\n{mark}\n" in f"\n{text}":
        mark += "_"
    return f"cat > {word(name)} <<'{mark}'\n{text}{mark}\n"


def script(kinds: Iterable[str], *parts: str) -> str:
    """Return the whole text; `kinds` are the kinds of key that occur in it."""
    head = comment("For OpenSSL 3.0, in an empty directory or one where such commands were pasted before.")
    if any(kind.startswith("ml-dsa-") for kind in kinds):
        head = comment("For OpenSSL 3.5 or newer: older ones have no ML-DSA.")
    return "\n".join((head, *(part for part in parts if part)))


# Keys and requests


def new_key(files: Files, kind: str) -> str:
    """Return what makes a private key, unless there is one already: pasted twice, the same commands replace no key."""
    note = comment("The private key is not encrypted; its file is readable by you alone.")
    make = line("openssl", "genpkey", *map(word, _key_words(kind)), "-out", word(files.key))
    return f"{note}[ -e {word(files.key)} ] || {make}"


def _key_words(kind: str) -> tuple[str, ...]:
    if is_rsa(kind):
        return "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{kind.removeprefix('rsa-')}"
    if kind.startswith("ec-"):
        curve = kind.removeprefix("ec-")
        return "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{_CURVES.get(curve, curve)}"
    return "-algorithm", kind.upper()


_CURVES = {"p256": "P-256", "p384": "P-384", "p521": "P-521"}


def new_request(files: Files, subject: x509.Name, extensions: Sequence[Extension] = ()) -> str:
    """Return what makes a certificate request that asks for extensions."""
    config = _request_config(subject, asks=bool(extensions))
    if extensions:
        add_extensions(config, "extensions", (), extensions)
    return file(files.config, config.text()) + _make_request(files, subject)


def _make_request(files: Files, subject: x509.Name) -> str:
    nobody = () if list(subject) else ("-subj", "/")
    words = ("-new", "-config", files.config, *nobody, "-key", files.key, "-out", files.request)
    return openssl("req", *words)


def _request_config(subject: x509.Name, *, asks: bool) -> Config:
    config = Config()
    pairs = [
        ("prompt", "no"),
        ("utf8", "yes"),
        ("string_mask", "utf8only"),
        ("distinguished_name", "subject"),
    ]
    config.add("req", [*pairs, ("req_extensions", "extensions")] if asks else pairs)
    config.add("subject", name_pairs(subject))
    return config


# Certificates


def new_certificate(plan: Draft, files: Files, signer: Signer) -> str:
    """Return what makes a request for a key that there is, and signs it; `signer` has the same files for a root."""
    config = _request_config(plan.subject, asks=False)
    _add_content(config, plan, signer)
    made = file(files.config, config.text()) + _make_request(files, plan.subject)
    return f"{made}\n{authority(signer)}{_sign(plan, files, signer)}"


def renewed_certificate(plan: Draft, files: Files, signer: Signer, old: Files, key_identifier: str) -> str:
    """Return what signs the next certificate for the subject of an old one, which is taken over octet for octet.

    `key_identifier` is `hash`, or the one that the old certificate has, in hexadecimal.
    """
    config = Config()
    _add_content(config, plan, signer, key_identifier)
    take = ("-x509toreq", "-in", old.certificate, "-signkey", files.key, "-out", files.request)
    made = file(files.config, config.text()) + openssl("x509", *take)
    return f"{made}\n{authority(signer)}{_sign(plan, files, signer)}"


def signed_request(plan: Draft, files: Files, signer: Signer, request: x509.CertificateSigningRequest) -> str:
    """Return what signs somebody's request, which is in the text."""
    config = Config()
    _add_content(config, plan, signer)
    subject = () if request.subject == plan.subject else ("-utf8", "-subj", _subject_word(plan.subject))
    pem = request.public_bytes(Encoding.PEM).decode("ascii")
    made = file(files.request, pem) + file(files.config, config.text())
    return f"{made}\n{authority(signer)}{_sign(plan, files, signer, *subject)}"


def _add_content(config: Config, plan: Draft, signer: Signer, key_identifier: str = "hash") -> None:
    identifiers = [("subjectKeyIdentifier", key_identifier), signer.key_identifier]
    add_extensions(config, "extensions", identifiers, plan.extensions)


def _sign(plan: Draft, files: Files, signer: Signer, *more: str) -> str:
    """Return `openssl ca`, which alone can set both ends of the validity in OpenSSL 3.0."""
    how = ("-selfsign",) if signer.files == files else ("-cert", signer.files.certificate)
    return openssl(
        "ca", "-batch", "-notext", "-preserveDN", *more,
        "-config", signer.files.authority, "-extfile", files.config, "-extensions", "extensions",
        *how, "-keyfile", signer.files.key,
        "-startdate", time(plan.not_before), "-enddate", time(plan.not_after),
        "-in", files.request, "-out", files.certificate,
    )  # fmt: skip


def _subject_word(subject: x509.Name) -> str:
    """Return a subject as `-subj` reads it: a slash before each name, a plus between attributes of one."""
    parts = [
        "+".join(f"{attribute_type(one.oid)}={_escaped(str(one.value))}" for one in relative)
        for relative in subject.rdns
    ]
    return "/" + "/".join(parts)


def _escaped(value: str) -> str:
    return re.sub(r"([\\/+])", r"\\\1", value)


def authority(signer: Signer, crl_extensions: Iterable[Extension] | None = None) -> str:
    """Return what `openssl ca` needs to work as an authority: its configuration, and its index where there is none."""
    files = signer.files
    config = Config()
    config.add("ca", [("default_ca", "authority")])
    config.add(
        "authority",
        [
            ("database", files.index),
            ("new_certs_dir", files.issued),
            ("crlnumber", files.crl_number),
            ("rand_serial", "yes"),
            ("unique_subject", "no"),
            ("default_md", digest(signer.key_kind)),
            ("policy", "any_subject"),
        ],
    )
    config.add("any_subject", [])
    if crl_extensions is not None:
        add_extensions(config, "crl_extensions", [signer.key_identifier], crl_extensions)
    make = f"mkdir -p {word(files.issued)}\n: >> {word(files.index)}\n"
    return file(files.authority, config.text()) + make


def digest(kind: str) -> str:
    """Return the hash that an authority's kind of key signs with, as `keys.signature_hash` chooses it; EdDSA and ML-DSA ignore it."""
    return {"ec-p384": "sha384", "ec-p521": "sha512"}.get(kind, "sha256")


def time(moment: datetime) -> str:
    """Return a time as OpenSSL's options take it."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _has_key_identifier(certificate: x509.Certificate) -> bool:
    try:
        certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return False
    return True


# Revocation


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
    return (
        "while read -r serial revoked; do\n"
        f'  cut -f 4 {index} | grep -qxF "$serial" ||\n'
        "    printf 'R\\t99991231235959Z\\t%s\\t%s\\tunknown\\t/CN=%s\\n' "
        f'"$revoked" "$serial" "$serial" >> {index}\n'
        f"done <<'{_MARK}'\n{entries}{_MARK}\n"
    )


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
    at, reason, since = time(revocation.revoked_at), revocation.reason, revocation.invalid_since
    if since and reason in _WITH_TIME:
        word_of_index = "keyTime" if reason is x509.ReasonFlags.key_compromise else "CAkeyTime"
        return f"{at},{word_of_index},{time(since)}"
    return f"{at},{reason.value}" if reason else at


def even_hex(number: int) -> str:
    """Return a number in hexadecimal of whole octets, as OpenSSL's files have it."""
    digits = f"{number:X}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


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


def set_aside(files: Files, old: Files) -> str:
    """Return what renames the files of a certificate that is replaced; pasted twice, it renames nothing twice.

    Those of a key that is replaced too go along, and what was signed with it.
    """
    names = [(files.certificate, old.certificate)]
    if files.key != old.key:
        names.append((files.key, old.key))
    text = "".join(f"[ -e {word(to)} ] || mv {word(name)} {word(to)}\n" for name, to in names)
    if files.key != old.key:
        text += f"if [ -e {word(files.index)} ]; then mv {word(files.index)} {word(old.index)}; fi\n"
    return text


def title(what: str, name: x509.Name) -> str:
    """Return a comment that says what the commands below it make, and for whom."""
    return comment(f"{what} {dn_text(name)}".rstrip())
