"""What is to be said of algorithms: of signatures, keys and digests, by OID."""

from tlsca.pki.explanations.explanation import Explanation

_BROKEN = "Forgeries have been made with this hash; clients refuse it."
_WEAK = "SHA-1 has known collisions; clients have refused it since 2017."
_RSA = "RSA with padding of PKCS #1 v1.5, the most widely understood signature."
_ECDSA = "ECDSA: small and fast; a bad random number would give the key away."
_ML_DSA = "Lattice signature that a quantum computer is not known to forge."
_SLH_DSA = "Signature from hashes alone, which a quantum computer is not known to forge; slow, and large."
_ML_KEM = "Key encapsulation that a quantum computer is not known to open; it cannot sign."
_GOST = "Russian standard signature; few clients outside Russia know it."
_SLH_NAMES = ("SHA2-128s", "SHA2-128f", "SHA2-192s", "SHA2-192f", "SHA2-256s", "SHA2-256f", "SHAKE-128s", "SHAKE-128f", "SHAKE-192s", "SHAKE-192f", "SHAKE-256s", "SHAKE-256f")  # fmt: skip

ALGORITHMS: dict[str, Explanation] = {
    "1.2.840.113549.1.1.1": Explanation("RSA", "Key for signatures and, in TLS 1.2 and before, for key transport; 2,048 bits are the least today.", "RFC 8017, A.1"),
    "1.2.840.113549.1.1.2": Explanation("RSA with MD2", _BROKEN, "RFC 3279, 2.2.1"),
    "1.2.840.113549.1.1.4": Explanation("RSA with MD5", _BROKEN, "RFC 3279, 2.2.1; RFC 6151"),
    "1.2.840.113549.1.1.5": Explanation("RSA with SHA-1", _WEAK, "RFC 3279, 2.2.1; RFC 9155"),
    "1.2.840.113549.1.1.10": Explanation("RSASSA-PSS", "RSA with a randomized padding that has a proof; its hash and salt are in the parameters.", "RFC 4055, 3"),
    "1.2.840.113549.1.1.11": Explanation("RSA with SHA-256", _RSA, "RFC 4055, 5"),
    "1.2.840.113549.1.1.12": Explanation("RSA with SHA-384", _RSA, "RFC 4055, 5"),
    "1.2.840.113549.1.1.13": Explanation("RSA with SHA-512", _RSA, "RFC 4055, 5"),
    "1.2.840.113549.1.1.14": Explanation("RSA with SHA-224", _RSA, "RFC 4055, 5"),
    "1.3.14.3.2.29": Explanation("RSA with SHA-1 (OIW)", _WEAK, "OIW; RFC 9155"),
    "1.2.840.10040.4.1": Explanation("DSA", "Old signature standard; NIST withdrew it for new signatures, and TLS 1.3 has no place for it.", "RFC 3279, 2.3.2; FIPS 186-5"),
    "1.2.840.10040.4.3": Explanation("DSA with SHA-1", _WEAK, "RFC 3279, 2.2.2"),
    "2.16.840.1.101.3.4.3.1": Explanation("DSA with SHA-224", "Old signature standard, withdrawn for new signatures.", "RFC 5758, 3.1"),
    "2.16.840.1.101.3.4.3.2": Explanation("DSA with SHA-256", "Old signature standard, withdrawn for new signatures.", "RFC 5758, 3.1"),
    "1.2.840.10045.2.1": Explanation("Elliptic curve", "A point on the curve that the parameters name; for ECDSA and for key agreement.", "RFC 5480, 2.1"),
    "1.2.840.10045.4.1": Explanation("ECDSA with SHA-1", _WEAK, "RFC 3279, 2.2.3"),
    "1.2.840.10045.4.3.1": Explanation("ECDSA with SHA-224", _ECDSA, "RFC 5758, 3.2"),
    "1.2.840.10045.4.3.2": Explanation("ECDSA with SHA-256", _ECDSA, "RFC 5758, 3.2"),
    "1.2.840.10045.4.3.3": Explanation("ECDSA with SHA-384", _ECDSA, "RFC 5758, 3.2"),
    "1.2.840.10045.4.3.4": Explanation("ECDSA with SHA-512", _ECDSA, "RFC 5758, 3.2"),
    "1.3.101.110": Explanation("X25519", "Key agreement only; it cannot sign.", "RFC 8410, 3"),
    "1.3.101.111": Explanation("X448", "Key agreement only; it cannot sign.", "RFC 8410, 3"),
    "1.3.101.112": Explanation("Ed25519", "Edwards-curve signature: small, fast, no random numbers. Browsers do not take it in certificates yet.", "RFC 8410, 3"),
    "1.3.101.113": Explanation("Ed448", "Edwards-curve signature of a larger curve. Browsers do not take it in certificates yet.", "RFC 8410, 3"),
    "1.2.840.113549.1.3.1": Explanation("Diffie-Hellman", "Key agreement only; it cannot sign.", "PKCS #3"),
    "1.2.840.10046.2.1": Explanation("Diffie-Hellman (X9.42)", "Key agreement only; it cannot sign.", "RFC 3279, 2.3.3"),
    "2.16.840.1.101.3.4.3.17": Explanation("ML-DSA-44", _ML_DSA, "FIPS 204; RFC 9881"),
    "2.16.840.1.101.3.4.3.18": Explanation("ML-DSA-65", _ML_DSA, "FIPS 204; RFC 9881"),
    "2.16.840.1.101.3.4.3.19": Explanation("ML-DSA-87", _ML_DSA, "FIPS 204; RFC 9881"),
    **{f"2.16.840.1.101.3.4.3.{20 + at}": Explanation(f"SLH-DSA-{name}", _SLH_DSA, "FIPS 205; RFC 9909") for at, name in enumerate(_SLH_NAMES)},
    "2.16.840.1.101.3.4.4.1": Explanation("ML-KEM-512", _ML_KEM, "FIPS 203; RFC 9935"),
    "2.16.840.1.101.3.4.4.2": Explanation("ML-KEM-768", _ML_KEM, "FIPS 203; RFC 9935"),
    "2.16.840.1.101.3.4.4.3": Explanation("ML-KEM-1024", _ML_KEM, "FIPS 203; RFC 9935"),
    "1.2.643.2.2.3": Explanation("GOST R 34.10-2001 with GOST R 34.11-94", f"{_GOST} Its hash is withdrawn.", "RFC 4491, 2.2.2"),
    "1.2.643.2.2.19": Explanation("GOST R 34.10-2001", f"{_GOST} Withdrawn in favour of the one of 2012.", "RFC 4491, 2.3.2"),
    "1.2.643.7.1.1.1.1": Explanation("GOST R 34.10-2012, 256 bit", _GOST, "RFC 9215, 4"),
    "1.2.643.7.1.1.1.2": Explanation("GOST R 34.10-2012, 512 bit", _GOST, "RFC 9215, 4"),
    "1.2.643.7.1.1.3.2": Explanation("GOST R 34.10-2012 with GOST R 34.11-2012, 256 bit", _GOST, "RFC 9215, 3"),
    "1.2.643.7.1.1.3.3": Explanation("GOST R 34.10-2012 with GOST R 34.11-2012, 512 bit", _GOST, "RFC 9215, 3"),
    "1.2.156.10197.1.501": Explanation("SM2 with SM3", "Chinese standard signature; few clients outside China know it.", "GM/T 0003; RFC 8998"),
    "1.2.840.113549.1.1.8": Explanation("MGF1", "Stretches a digest into a mask, inside RSASSA-PSS.", "RFC 8017, B.2.1"),
    "1.3.14.3.2.26": Explanation("SHA-1", "Digest with known collisions.", "FIPS 180-4"),
    "2.16.840.1.101.3.4.2.1": Explanation("SHA-256", "Digest of 256 bits.", "FIPS 180-4"),
    "2.16.840.1.101.3.4.2.2": Explanation("SHA-384", "Digest of 384 bits.", "FIPS 180-4"),
    "2.16.840.1.101.3.4.2.3": Explanation("SHA-512", "Digest of 512 bits.", "FIPS 180-4"),
    "2.16.840.1.101.3.4.2.4": Explanation("SHA-224", "Digest of 224 bits.", "FIPS 180-4"),
}  # fmt: skip
"""OID as numbers -> explanation; the title is what the algorithm is called in every row."""

CURVES: dict[str, Explanation] = {
    "1.2.840.10045.3.1.7": Explanation("P-256", "NIST's curve of 256 bits, also called prime256v1 and secp256r1; every client knows it.", "RFC 5480, 2.1.1.1"),
    "1.3.132.0.34": Explanation("P-384", "NIST's curve of 384 bits, also called secp384r1.", "RFC 5480, 2.1.1.1"),
    "1.3.132.0.35": Explanation("P-521", "NIST's curve of 521 bits, also called secp521r1; some browsers refuse it in certificates.", "RFC 5480, 2.1.1.1"),
    "1.3.132.0.10": Explanation("secp256k1", "Koblitz's curve of 256 bits, known from Bitcoin; TLS clients refuse it.", "SEC 2, 2.4.1"),
}  # fmt: skip
"""OID as numbers -> explanation."""
