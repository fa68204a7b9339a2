"""What each bit of key usage, each purpose, each reason of a revocation means."""

from tlsca.pki.explanations.explanation import Explanation

KEY_USAGES: tuple[Explanation, ...] = (
    Explanation("Digital signature", "May sign data that is no certificate and no CRL: TLS handshakes, mail, documents.", "RFC 5280, 4.2.1.3"),
    Explanation("Content commitment", "Its signatures are meant to bind the signer later; once called non-repudiation.", "RFC 5280, 4.2.1.3"),
    Explanation("Key encipherment", "May decrypt keys that others encrypted to it: RSA key transport, in TLS 1.2 and before, and in S/MIME.", "RFC 5280, 4.2.1.3"),
    Explanation("Data encipherment", "May decrypt data directly, without a key in between; rarely right.", "RFC 5280, 4.2.1.3"),
    Explanation("Key agreement", "May agree on keys: Diffie-Hellman with the certificate's own key.", "RFC 5280, 4.2.1.3"),
    Explanation("Certificate sign", "May sign certificates; only an authority has it, with basic constraints that say so.", "RFC 5280, 4.2.1.3"),
    Explanation("CRL sign", "May sign revocation lists.", "RFC 5280, 4.2.1.3"),
    Explanation("Encipher only", "With key agreement: only to encipher.", "RFC 5280, 4.2.1.3"),
    Explanation("Decipher only", "With key agreement: only to decipher.", "RFC 5280, 4.2.1.3"),
)  # fmt: skip
"""Bit -> explanation."""

_NETSCAPE = "Netscape certificate extensions, obsolete"
NETSCAPE_TYPES: tuple[Explanation, ...] = tuple(
    Explanation(title, "", _NETSCAPE)
    for title in ("SSL client", "SSL server", "S/MIME", "Object signing", "Reserved", "SSL CA", "S/MIME CA", "Object signing CA")
)  # fmt: skip
"""Bit -> explanation."""

_PURPOSE = "RFC 5280, 4.2.1.12"
_WINDOWS = "Microsoft"
PURPOSES: dict[str, Explanation] = {
    "2.5.29.37.0": Explanation("Any purpose", "Good for everything; public authorities may not issue it.", _PURPOSE),
    "1.3.6.1.5.5.7.3.1": Explanation("TLS server", "May answer as a TLS server for the names in the certificate.", _PURPOSE),
    "1.3.6.1.5.5.7.3.2": Explanation("TLS client", "May introduce itself as a client to a TLS server.", _PURPOSE),
    "1.3.6.1.5.5.7.3.3": Explanation("Code signing", "May sign programs that people download.", _PURPOSE),
    "1.3.6.1.5.5.7.3.4": Explanation("E-mail protection", "May sign and decrypt mail (S/MIME).", _PURPOSE),
    "1.3.6.1.5.5.7.3.5": Explanation("IPsec end system", "Obsolete; use IPsec IKE.", "RFC 4945, 5.1.3.12"),
    "1.3.6.1.5.5.7.3.6": Explanation("IPsec tunnel", "Obsolete; use IPsec IKE.", "RFC 4945, 5.1.3.12"),
    "1.3.6.1.5.5.7.3.7": Explanation("IPsec user", "Obsolete; use IPsec IKE.", "RFC 4945, 5.1.3.12"),
    "1.3.6.1.5.5.7.3.8": Explanation("Time stamping", "May attest that something existed at a time. Must be critical, and the only purpose.", "RFC 3161, 2.3"),
    "1.3.6.1.5.5.7.3.9": Explanation("OCSP signing", "May answer for its issuer whether certificates are revoked.", "RFC 6960, 4.2.2.2"),
    "1.3.6.1.5.5.7.3.10": Explanation("DVCS", "May validate data and certificates for others.", "RFC 3029"),
    "1.3.6.1.5.5.7.3.13": Explanation("EAP over PPP", "May take part in EAP on dial-up links.", "RFC 4334, 2"),
    "1.3.6.1.5.5.7.3.14": Explanation("EAP over LAN", "May take part in EAP on wired and wireless networks (802.1X).", "RFC 4334, 2"),
    "1.3.6.1.5.5.7.3.15": Explanation("SCVP server", "May build and check chains for clients.", "RFC 5055, 3.9"),
    "1.3.6.1.5.5.7.3.16": Explanation("SCVP client", "May sign questions to such a server.", "RFC 5055, 3.9"),
    "1.3.6.1.5.5.7.3.17": Explanation("IPsec IKE", "May take part in IKE, which sets IPsec up.", "RFC 4945, 5.1.3.12"),
    "1.3.6.1.5.5.7.3.18": Explanation("CAPWAP access controller", "May control wireless access points.", "RFC 5415, 2.4.4.3"),
    "1.3.6.1.5.5.7.3.19": Explanation("CAPWAP access point", "Is a wireless access point.", "RFC 5415, 2.4.4.3"),
    "1.3.6.1.5.5.7.3.20": Explanation("SIP domain", "May answer for the SIP domain in the certificate.", "RFC 5924"),
    "1.3.6.1.5.5.7.3.21": Explanation("SSH client", "May log in over SSH.", "RFC 6187, 2.2.2"),
    "1.3.6.1.5.5.7.3.22": Explanation("SSH server", "May answer as an SSH server.", "RFC 6187, 2.2.2"),
    "1.3.6.1.5.5.7.3.23": Explanation("SEND router", "May announce itself as a router to hosts of IPv6.", "RFC 6494, 7"),
    "1.3.6.1.5.5.7.3.24": Explanation("SEND proxied router", "May announce a router in its place.", "RFC 6494, 7"),
    "1.3.6.1.5.5.7.3.25": Explanation("SEND owner", "May claim an IPv6 address of its own.", "RFC 6494, 7"),
    "1.3.6.1.5.5.7.3.26": Explanation("SEND proxied owner", "May claim IPv6 addresses for others.", "RFC 6494, 7"),
    "1.3.6.1.5.5.7.3.27": Explanation("CMC certificate authority", "May answer as an authority over CMC or CMP.", "RFC 6402, 2.10; RFC 9480, 2.2"),
    "1.3.6.1.5.5.7.3.28": Explanation("CMC registration authority", "May pass requests on to an authority over CMC or CMP.", "RFC 6402, 2.10; RFC 9480, 2.2"),
    "1.3.6.1.5.5.7.3.29": Explanation("CMC archive", "May archive private keys for an authority.", "RFC 6402, 2.10"),
    "1.3.6.1.5.5.7.3.30": Explanation("BGPsec router", "May sign routes.", "RFC 8209, 3.1.3.2"),
    "1.3.6.1.5.5.7.3.31": Explanation("Brand indicator", "May vouch for the logo beside a mail.", "BIMI Group, Verified Mark Certificates"),
    "1.3.6.1.5.5.7.3.32": Explanation("Key generation authority", "May make keys for others over CMP.", "RFC 9480, 2.2"),
    "1.3.6.1.5.5.7.3.36": Explanation("Document signing", "May sign documents that people read.", "RFC 9336, 3.1"),
    "1.3.6.1.4.1.311.2.1.21": Explanation("Individual code signing", "May sign programs, as a person.", _WINDOWS),
    "1.3.6.1.4.1.311.2.1.22": Explanation("Commercial code signing", "May sign programs, as a company.", _WINDOWS),
    "1.3.6.1.4.1.311.10.3.1": Explanation("Trust list signing", "May sign lists of trusted certificates.", _WINDOWS),
    "1.3.6.1.4.1.311.10.3.3": Explanation("Server gated cryptography", "Once allowed strong ciphers abroad; obsolete.", _WINDOWS),
    "1.3.6.1.4.1.311.10.3.4": Explanation("Encrypted file system", "May decrypt files on NTFS.", _WINDOWS),
    "1.3.6.1.4.1.311.10.3.12": Explanation("Document signing (Microsoft)", "May sign Office documents.", _WINDOWS),
    "1.3.6.1.4.1.311.20.2.2": Explanation("Smart card log-on", "May log on to Windows.", _WINDOWS),
    "2.16.840.1.113730.4.1": Explanation("Netscape server gated cryptography", "Once allowed strong ciphers abroad; obsolete.", _NETSCAPE),
    "1.3.6.1.5.2.3.4": Explanation("Kerberos client", "May log in to Kerberos with its certificate.", "RFC 4556, 3.2.2"),
    "1.3.6.1.5.2.3.5": Explanation("Kerberos KDC", "May answer as a Kerberos server.", "RFC 4556, 3.2.4"),
    "1.3.6.1.4.1.11129.2.4.4": Explanation("Precertificate signing", "May sign precertificates for transparency logs in its issuer's place.", "RFC 6962, 3.1"),
}  # fmt: skip
"""OID as numbers -> explanation."""

_REASON = "RFC 5280, 5.3.1"
REASONS: dict[int, Explanation] = {
    0: Explanation("Unspecified", "No reason is given; better leave the reason out.", _REASON),
    1: Explanation("Key compromise", "Somebody else has, or may have, the private key.", _REASON),
    2: Explanation("CA compromise", "Somebody else has, or may have, the private key of the authority.", _REASON),
    3: Explanation("Affiliation changed", "The name or the organization no longer fits; the key is not suspected.", _REASON),
    4: Explanation("Superseded", "Another certificate took its place; the key is not suspected.", _REASON),
    5: Explanation("Cessation of operation", "It is no longer needed; the key is not suspected.", _REASON),
    6: Explanation("Certificate hold", "Suspended; the only state that can be undone.", _REASON),
    8: Explanation("Remove from CRL", "In a delta CRL: a hold that ended, or a certificate that expired.", _REASON),
    9: Explanation("Privilege withdrawn", "Something that the certificate says of its holder's rights no longer holds.", _REASON),
    10: Explanation("AA compromise", "The attribute authority's key is known by others.", _REASON),
}  # fmt: skip
"""Code of an entry -> explanation."""

REASON_FLAGS: tuple[Explanation, ...] = (
    Explanation("Unused", "", "RFC 5280, 4.2.1.13"),
    *(REASONS[code] for code in (1, 2, 3, 4, 5, 6, 9, 10)),
)
"""Bit of a distribution point's reasons -> explanation."""
