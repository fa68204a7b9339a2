"""What a strict client refuses in a chain that others accept: OpenSSL's VERIFY_X509_STRICT, Python 3.13's default.

These are RFC 5280's rules for issuing, which many private authorities break unknowingly until an interpreter is upgraded.
"""

from collections.abc import Iterator

from cryptography import x509

from tlsca.pki.certificate import Certificate


def strict_codes(path: tuple[Certificate, ...]) -> tuple[str, ...]:
    """Return the codes of what a strict client would refuse in a path that ends in a root, each once.

    The order and conditions are those of check_extensions() in OpenSSL's x509_vfy.c (verify codes 89, 92, 82, 85, 86).
    A chain of one certificate is exempt there, and here.
    """
    if len(path) < 2:
        return ()
    return tuple(
        dict.fromkeys(
            code for index, one in enumerate(path) for code in _codes(one, last=index + 1 == len(path))
        )
    )


def _codes(one: Certificate, *, last: bool) -> Iterator[str]:
    constraints = one.extension(x509.BasicConstraints)
    usage = one.value(x509.KeyUsage)
    is_authority = constraints is not None and constraints.value.ca
    if constraints is not None and is_authority and not constraints.critical:
        yield "basic-constraints-not-critical"
    if is_authority and usage is None:
        yield "ca-without-key-usage"
    if not is_authority and usage is not None and usage.key_cert_sign:
        yield "leaf-signs-certificates"
    if one.is_version_3 and not last and one.authority_key_identifier is None:
        yield "no-authority-key-id"
    if one.is_version_3 and is_authority and one.key_identifier is None:
        yield "no-subject-key-id"
