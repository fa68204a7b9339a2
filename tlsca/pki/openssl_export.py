"""The formats of export as commands of OpenSSL 3.0 and newer."""

from collections.abc import Callable
from dataclasses import dataclass

from tlsca.pki.bundle import COMPATIBLE_ROUNDS, PKCS12_ROUNDS, Format
from tlsca.pki.openssl_lines import Files
from tlsca.pki.pkcs8 import ROUNDS as PKCS8_ROUNDS
from tlsca.pki.shell import comment, line, openssl, word

AS_SHOWN = ("-nameopt", "oneline")
"""How a command that shows a certificate, a request or a list writes names: as tlsca's own text has them, and as OpenSSL did by itself before 3.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an export is made of."""

    files: Files
    above: tuple[str, ...]
    """The certificates above it, the root's last, as far as they are known."""
    sent: tuple[str, ...]
    """Those of them that a server sends: without the root."""
    friendly_name: str
    crl: str
    """The revocation list of the authority, as the commands that publish it name it."""
    clear_key: bool = False
    """Whether the key leaves without a passphrase."""

    @property
    def passphrase_file(self) -> str:
        """The file whose first line is the passphrase of the exported key."""
        return f"{self.files.stem}.passphrase"


def export(form: Format, parts: Parts) -> str:
    """Return the commands that write a certificate in a format, under the name that tlsca gives it."""
    protect = _passphrase(parts) if form.has_key and not parts.clear_key else ""
    return protect + _COMMANDS[form.name](parts, parts.files.stem + form.suffix)


def joined(names: tuple[str, ...], out: str) -> str:
    """Return what writes PEM files into one."""
    return f"cat {' '.join(map(word, names))} > {word(out)}\n"


def _passphrase(parts: Parts) -> str:
    file = word(parts.passphrase_file)
    note = comment(
        f"Put a passphrase of your own into {parts.passphrase_file} beforehand, or a random one is made."
    )
    return f"{note}[ -e {file} ] || (umask 077; openssl rand -base64 24 > {file})\n"


def _pem(parts: Parts, _out: str) -> str:
    return openssl("x509", "-in", parts.files.certificate)


def _der(parts: Parts, out: str) -> str:
    return openssl("x509", "-in", parts.files.certificate, "-outform", "DER", "-out", out)


def _chain(parts: Parts, out: str) -> str:
    return joined((parts.files.certificate, *parts.sent), out)


def _whole_chain(parts: Parts, out: str) -> str:
    return joined((parts.files.certificate, *parts.above), out)


def _key(parts: Parts, out: str) -> str:
    words = ("pkcs8", "-topk8", "-in", parts.files.key, "-out", out)
    if parts.clear_key:
        return openssl(*words, "-nocrypt")
    how = ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", str(PKCS8_ROUNDS))
    return openssl(*words, *how, "-passout", f"file:{parts.passphrase_file}")


def _all(parts: Parts, out: str) -> str:
    """Write the key first, into a file that only its owner may read, and add the chain to it."""
    chain = " ".join(map(word, (parts.files.certificate, *parts.sent)))
    return _key(parts, out) + f"cat {chain} >> {word(out)}\n"


def _pkcs7(parts: Parts, out: str) -> str:
    each = [part for name in (parts.files.certificate, *parts.above) for part in ("-certfile", name)]
    return openssl("crl2pkcs7", "-nocrl", *each, "-out", out)


def _pkcs12(parts: Parts, out: str) -> str:
    how = (
        "-keypbe",
        "AES-256-CBC",
        "-certpbe",
        "AES-256-CBC",
        "-macalg",
        "sha256",
        "-iter",
        str(PKCS12_ROUNDS),
    )
    return _pfx(parts, out, how)


def _compatible(parts: Parts, out: str) -> str:
    weak = "PBE-SHA1-3DES"
    how = ("-keypbe", weak, "-certpbe", weak, "-macalg", "sha1", "-iter", str(COMPATIBLE_ROUNDS))
    return _pfx(parts, out, how)


def _pfx(parts: Parts, out: str, how: tuple[str, ...]) -> str:
    issuers = f"{parts.files.stem}.issuers.pem"
    gather = joined(parts.above, issuers) if parts.above else ""
    more = ("-certfile", issuers) if parts.above else ()
    secret = (*how, "-passout", f"file:{parts.passphrase_file}")
    if parts.clear_key:
        secret = ("-keypbe", "NONE", "-certpbe", "NONE", "-nomac", "-passout", "pass:")
    given = ("-in", parts.files.certificate, "-inkey", parts.files.key, *more, "-name", parts.friendly_name)
    return gather + openssl("pkcs12", "-export", *given, *secret, "-out", out)


def _truststore(parts: Parts, out: str) -> str:
    """OpenSSL 3.0 cannot mark a certificate as Java wants it marked; keytool can."""
    top = (parts.files.certificate, *parts.above)[-1]
    words = (
        *("keytool", "-importcert", "-noprompt", "-alias", "authority", "-file", top),
        *("-keystore", out, "-storetype", "PKCS12", "-storepass", "changeit"),
    )
    return comment("openssl cannot write what Java trusts; its own keytool can.") + line(*map(word, words))


def _crl(parts: Parts, out: str) -> str:
    return openssl("crl", "-in", parts.crl, "-out", out)


def _csr(parts: Parts, out: str) -> str:
    """`x509 -x509toreq` leaves extensions out unless they are named to it."""
    words = ("-x509toreq", "-in", parts.files.certificate, "-signkey", parts.files.key)
    return openssl("x509", *words, "-copy_extensions", "copyall", "-out", out)


def _text(parts: Parts, out: str) -> str:
    return openssl("x509", "-in", parts.files.certificate, "-noout", "-text", *AS_SHOWN, "-out", out)


def _ssh_public(parts: Parts, out: str) -> str:
    public = f"{parts.files.stem}.public.pem"
    read = openssl("x509", "-in", parts.files.certificate, "-noout", "-pubkey", "-out", public)
    return read + f"ssh-keygen -i -m PKCS8 -f {word(public)} > {word(out)}\n"


def _jwk(_parts: Parts, _out: str) -> str:
    return comment("openssl writes no JSON Web Keys.")


_COMMANDS: dict[str, Callable[[Parts, str], str]] = {
    "pem": _pem,
    "chain": _chain,
    "fullchain": _whole_chain,
    "key": _key,
    "pem-all": _all,
    "der": _der,
    "pkcs7": _pkcs7,
    "pkcs12": _pkcs12,
    "pkcs12-compatible": _compatible,
    "truststore": _truststore,
    "crl": _crl,
    "csr": _csr,
    "text": _text,
    "jwk": _jwk,
    "ssh-public": _ssh_public,
}
