"""What tlsca makes, as commands of OpenSSL 3.0 and newer that do the same when they are pasted into a shell.

`openssl ca` signs, since it alone can set both ends of the validity before OpenSSL 3.4, and since it keeps the index that revocation
lists are made from.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.pki.issue import Draft
from tlsca.pki.keys import is_rsa
from tlsca.pki.names import dn_text
from tlsca.pki.openssl_config import Config, Extension, Pair, add_extensions, attribute_type, name_pairs
from tlsca.pki.shell import comment, file, line, openssl, word


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one certificate, in the directory in which the commands are pasted; stems are safe as file names."""

    stem: str
    key_stem: str
    """That of the certificate with the same key that was made last; mostly the same."""
    list_stem: str | None = None
    """That of a revocation list with books of its own, since it does not name all that the authority revoked."""

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
        return f"{self.list_stem or self.stem}.authority"

    @property
    def index(self) -> str:
        """What this authority issued and revoked."""
        return f"{self.list_stem or self.stem}.index"

    @property
    def issued(self) -> str:
        """The directory in which `openssl ca` leaves a copy of all that it signs."""
        return f"{self.stem}.issued"

    @property
    def crl_number(self) -> str:
        """The number of the next revocation list."""
        return f"{self.list_stem or self.stem}.crlnumber"

    @property
    def crl(self) -> str:
        """The revocation list, PEM."""
        return f"{self.list_stem or self.stem}.crl"


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


def script(kinds: Iterable[str], *parts: str) -> str:
    """Return the whole text; `kinds` are the kinds of key that occur in it."""
    head = comment(
        "For OpenSSL 3.0 or newer, in an empty directory or one where such commands were pasted before."
    )
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


def cross_certificate(
    plan: Draft, files: Files, signer: Signer, foreign: x509.Certificate, key_identifier: str
) -> str:
    """Return what signs another authority's self-signed certificate, which is in the text, as a request is signed."""
    config = Config()
    _add_content(config, plan, signer, key_identifier)
    theirs = f"{files.stem}.theirs.pem"
    pem = foreign.public_bytes(Encoding.PEM).decode("ascii")
    made = file(theirs, pem) + file(files.config, config.text())
    return f"{made}\n{authority(signer)}{_sign(plan, files, signer, source=('-ss_cert', theirs))}"


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


def _sign(
    plan: Draft, files: Files, signer: Signer, *more: str, source: tuple[str, str] | None = None
) -> str:
    """Return `openssl ca`, which alone can set both ends of the validity in OpenSSL 3.0."""
    how = ("-selfsign",) if signer.files == files else ("-cert", signer.files.certificate)
    return openssl(
        "ca", "-batch", "-notext", "-preserveDN", *more,
        "-config", signer.files.authority, "-extfile", files.config, "-extensions", "extensions",
        *how, "-keyfile", signer.files.key,
        "-startdate", time(plan.not_before), "-enddate", time(plan.not_after),
        *(source or ("-in", files.request)), "-out", files.certificate,
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
