"""The PEM files that most programs want: certificate with its chain, private key, root; and where a passphrase is kept."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.errors import Refused
from tlsca.pki.bundle import bundle, chain_pem, format_named
from tlsca.pki.programs.handover import Handover
from tlsca.pki.programs.recipe import Outfile

CERTIFICATE, KEY, ROOT, PASSPHRASE = "certificate.pem", "key.pem", "root.pem", "passphrase"


def certificate_file(it: Handover, name: str = CERTIFICATE) -> Outfile:
    """Return the file with the certificate and its intermediates."""
    return Outfile(name, "the certificate, and the intermediates after it", lambda: chain_pem(it.sent))


def key_file(it: Handover, name: str = KEY) -> Outfile:
    """Return the file with the private key, under a passphrase unless it goes in the clear."""
    title = "the private key, under a passphrase" if it.sealed else "the private key, in the clear"
    return Outfile(name, title, lambda: formatted(it, "key"), private=True)


def root_files(it: Handover, name: str = ROOT) -> tuple[Outfile, ...]:
    """Return the file with the root, if the root is known."""
    root = it.root
    return (Outfile(name, "the root, to verify others with", lambda: chain_pem((root,))),) if root else ()


def root_file(it: Handover, name: str = ROOT) -> Outfile:
    """Return the file with the root. Raises Refused where the store does not know it."""
    root = known_root(it)
    return Outfile(name, "the root, to be trusted", lambda: chain_pem((root,)))


def root_der(it: Handover, name: str) -> Outfile:
    """Return the file with the root as DER. Raises Refused where the store does not know it."""
    root = known_root(it)
    return Outfile(name, "the root as DER, to be trusted", lambda: root.public_bytes(Encoding.DER))


def known_root(it: Handover) -> x509.Certificate:
    """Return the root. Raises Refused where the store does not know it."""
    if it.root is None:
        raise Refused(
            "The root of this certificate is not in the store.", hint="Import it first (tlsca import)."
        )
    return it.root


def pem_files(it: Handover) -> tuple[Outfile, ...]:
    """Return certificate, key, and the root if it is known."""
    return (certificate_file(it), key_file(it), *root_files(it))


def formatted(it: Handover, form: str) -> bytes:
    """Return the octets of one of the formats. Raises Refused."""
    return bundle(format_named(form), it.material, random=it.random)


def passphrase_note(it: Handover, place: str) -> tuple[str, ...]:
    """Return what to do with the passphrase of a program that reads it from a file; nothing for a key in the clear."""
    if not it.sealed:
        return ()
    told = (
        f"The key is under a passphrase, and the lines above read it from {place}/{PASSPHRASE}, which nobody has written "
        f"yet: (umask 077; cat >{place}/{PASSPHRASE}), then type it, Enter, Ctrl+D. The program alone may read it."
    )
    return (told,)
