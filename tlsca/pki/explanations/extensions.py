"""What each extension is for, by its OID: every one that OpenSSL 3.0 knows how to print, and those met beside them."""

from tlsca.pki.explanations.explanation import Explanation

_NETSCAPE = "Netscape certificate extensions, obsolete"
_NEVER = "Not to be critical: who does not know it can go on without it."
_MICROSOFT = "Microsoft [MS-WCCE] and [MS-CRTD]"

EXTENSIONS: dict[str, Explanation] = {
    # Certificates: RFC 5280, section 4.2
    "2.5.29.9": Explanation(
        "Subject directory attributes",
        "Attributes of the subject that are no part of its name, such as nationality or date of birth.",
        "RFC 5280, 4.2.1.8",
        "Must not be critical.",
    ),
    "2.5.29.14": Explanation(
        "Subject key identifier",
        "Names this certificate's key, usually by a hash of it. Certificates below refer to it, so that an issuer is found quickly among several with the same name.",
        "RFC 5280, 4.2.1.2",
        "Must not be critical: it helps to find the issuer, and decides nothing.",
    ),
    "2.5.29.15": Explanation(
        "Key usage",
        "What the key may do at all, as bits. A key that may only sign certificates cannot serve TLS, and the other way round.",
        "RFC 5280, 4.2.1.3",
        "Should be critical: who passes over it would let the key do what its issuer did not grant.",
    ),
    "2.5.29.16": Explanation(
        "Private key usage period",
        "When the private key may sign, which can end before the certificate does. RFC 5280 dropped it; some document signers still carry it.",
        "RFC 3280, 4.2.1.4",
        "Must not be critical.",
    ),
    "2.5.29.17": Explanation(
        "Subject alternative name",
        "The names that the certificate is good for. Clients compare the host they dialled with these, and no longer look at the common name.",
        "RFC 5280, 4.2.1.6; RFC 9525",
        "Must be critical if the subject is empty, because nothing else then says whose it is; should not be otherwise.",
    ),
    "2.5.29.18": Explanation(
        "Issuer alternative name",
        "Other names of the issuer, such as an address to write to. Chains are built without it.",
        "RFC 5280, 4.2.1.7",
        "Should not be critical: nothing is decided by it.",
    ),
    "2.5.29.19": Explanation(
        "Basic constraints",
        "Says whether this is an authority that may sign certificates, and how many authorities may stand below it.",
        "RFC 5280, 4.2.1.9",
        "Must be critical in an authority: a client that passed over it could take any certificate for an authority.",
    ),
    "2.5.29.30": Explanation(
        "Name constraints",
        "Only names inside the permitted subtrees, and none inside the excluded ones, may stand in certificates below this authority.",
        "RFC 5280, 4.2.1.10",
        "Must be critical: a client that cannot check it has to refuse, or the fence would have a gap.",
    ),
    "2.5.29.31": Explanation(
        "CRL distribution points",
        "Where the list is that would say that this certificate has been revoked.",
        "RFC 5280, 4.2.1.13",
        "Should not be critical: revocation can also be learnt elsewhere.",
    ),
    "2.5.29.32": Explanation(
        "Certificate policies",
        "Under which rules the certificate was issued, by OID; the rules themselves are at the CPS pointer.",
        "RFC 5280, 4.2.1.4",
        "May be critical: then a client that does not understand the policies and their qualifiers has to refuse.",
    ),
    "2.5.29.33": Explanation(
        "Policy mappings",
        "Which policies of the issuer this authority holds to be equal to its own.",
        "RFC 5280, 4.2.1.5",
        "Should be critical: without it the policies below mean something else.",
    ),
    "2.5.29.35": Explanation(
        "Authority key identifier",
        "Names the key that signed this certificate: the subject key identifier of the issuer. It chooses between issuers of one name, after a renewal for example.",
        "RFC 5280, 4.2.1.1",
        "Must not be critical: the signature decides, this only finds the key to check it with.",
    ),
    "2.5.29.36": Explanation(
        "Policy constraints",
        "Asks that each certificate further down names a policy, or forbids that policies are mapped.",
        "RFC 5280, 4.2.1.11",
        "Must be critical.",
    ),
    "2.5.29.37": Explanation(
        "Extended key usage",
        "The purposes that the key is for, by OID: a TLS server, a client, signing code. In an authority it limits, by practice, what stands below.",
        "RFC 5280, 4.2.1.12",
        "May be critical; time stamping wants it so (RFC 3161, 2.3), and public TLS certificates leave it not critical.",
    ),
    "2.5.29.46": Explanation(
        "Freshest CRL",
        "Where the delta CRL is, which holds what changed since the last full list.",
        "RFC 5280, 4.2.1.15 and 5.2.6",
        "Must not be critical.",
    ),
    "2.5.29.54": Explanation(
        "Inhibit any policy",
        "After so many more certificates, “any policy” no longer stands for every policy.",
        "RFC 5280, 4.2.1.14",
        "Must be critical.",
    ),
    "2.5.29.56": Explanation(
        "No revocation available",
        "This certificate lives so briefly that its issuer will never revoke it, and nobody need ask.",
        "RFC 9608, 2",
        "Must not be critical.",
    ),
    "1.3.6.1.5.5.7.1.1": Explanation(
        "Authority information access",
        "Where to get the issuer's certificate, when a server forgot to send it, and where to ask about revocation (OCSP).",
        "RFC 5280, 4.2.2.1",
        "Must not be critical: it holds addresses, no conditions.",
    ),
    "1.3.6.1.5.5.7.1.2": Explanation(
        "Biometric information",
        "Hashes of a picture or a signature of the subject, in a qualified certificate.",
        "RFC 3739, 3.2.5",
        "Must not be critical.",
    ),
    "1.3.6.1.5.5.7.1.3": Explanation(
        "Qualified certificate statements",
        "What the issuer declares about a qualified certificate: its kind, limits of value, where its terms can be read.",
        "RFC 3739, 3.2.6; ETSI EN 319 412-5",
        "May be critical.",
    ),
    "1.3.6.1.5.5.7.1.7": Explanation(
        "IP address blocks",
        "The addresses that the subject holds, with which it may sign routes (RPKI).",
        "RFC 3779, 2",
        "Should be critical: its certificates are about these resources and nothing else.",
    ),
    "1.3.6.1.5.5.7.1.8": Explanation(
        "Autonomous system identifiers",
        "The numbers of the networks that the subject holds (RPKI).",
        "RFC 3779, 3",
        "Should be critical: its certificates are about these resources and nothing else.",
    ),
    "1.3.6.1.5.5.7.1.11": Explanation(
        "Subject information access",
        "Where an authority publishes what it issues, or where a service of the subject is.",
        "RFC 5280, 4.2.2.2",
        "Must not be critical: it holds addresses, no conditions.",
    ),
    "1.3.6.1.5.5.7.1.12": Explanation(
        "Logotypes",
        "Pictures of the subject's or the issuer's brand, by address and hash.",
        "RFC 9399, 4.1",
        "Must not be critical.",
    ),
    "1.3.6.1.5.5.7.1.14": Explanation(
        "Proxy certificate information",
        "This certificate was signed by an ordinary one, to act in its name for a while; grids use it.",
        "RFC 3820, 3.8",
        "Must be critical: a client that does not know proxies has to refuse.",
    ),
    "1.3.6.1.5.5.7.1.24": Explanation(
        "TLS feature (must-staple)",
        "The TLS extensions that a server with this certificate promises to send; 5 is a stapled OCSP answer. A client may refuse a server that does not.",
        "RFC 7633, 4",
        "Should not be critical.",
    ),
    "1.3.6.1.5.5.7.1.31": Explanation(
        "ACME identifier",
        "Proves control of a name to an ACME server over tls-alpn-01; no certificate for anything else has it.",
        "RFC 8737, 3",
        "Must be critical, so that the certificate is of no other use.",
    ),
    "1.3.6.1.5.5.7.48.1.5": Explanation(
        "OCSP no check",
        "Nobody need ask whether this OCSP responder's own certificate is revoked; it lives briefly instead.",
        "RFC 6960, 4.2.2.2.1",
        "Should not be critical.",
    ),
    # Certificate transparency
    "1.3.6.1.4.1.11129.2.4.2": Explanation(
        "Signed certificate timestamps",
        "Promises of public logs to list this certificate. Browsers ask for some of at least two logs, so that no certificate is issued unseen.",
        "RFC 6962, 3.3",
        _NEVER,
    ),
    "1.3.6.1.4.1.11129.2.4.3": Explanation(
        "Precertificate poison",
        "This is a precertificate, made only to be shown to transparency logs; no client may accept it.",
        "RFC 6962, 3.1",
        "Must be critical: that nobody knows what to do with it is its purpose.",
    ),
    "1.3.6.1.4.1.11129.2.4.5": Explanation(
        "Signed certificate timestamps (OCSP)",
        "Promises of public logs to list the certificate, brought along in an OCSP answer.",
        "RFC 6962, 3.3",
        _NEVER,
    ),
    "1.3.6.1.4.1.44363.44": Explanation(
        "Delegation usage",
        "The key may sign short-lived delegated credentials, which then serve TLS in its place.",
        "RFC 9345, 4.2",
        "Must not be critical.",
    ),
    # CRLs and their entries: RFC 5280, sections 5.2 and 5.3
    "2.5.29.20": Explanation(
        "CRL number",
        "Grows with each list of this issuer, so that an older list cannot pass for a newer one.",
        "RFC 5280, 5.2.3",
        "Must not be critical.",
    ),
    "2.5.29.21": Explanation(
        "Reason code",
        "Why the certificate was revoked.",
        "RFC 5280, 5.3.1",
        "Must not be critical: revoked is revoked, whatever the reason.",
    ),
    "2.5.29.23": Explanation(
        "Hold instruction",
        "What to do with a certificate on hold. RFC 5280 dropped it.",
        "RFC 3280, 5.3.2",
        "Must not be critical.",
    ),
    "2.5.29.24": Explanation(
        "Invalidity date",
        "Since when the key is known or suspected to be compromised; that can be long before the revocation.",
        "RFC 5280, 5.3.2",
        "Must not be critical.",
    ),
    "2.5.29.27": Explanation(
        "Delta CRL indicator",
        "This list only holds what changed since the full list with this number.",
        "RFC 5280, 5.2.4",
        "Must be critical: read as a full list, it would seem to acquit everything that it does not name.",
    ),
    "2.5.29.28": Explanation(
        "Issuing distribution point",
        "Which part of the issuer's certificates this list is about: only authorities, only some reasons, only one address.",
        "RFC 5280, 5.2.5",
        "Must be critical: a certificate outside that part is not acquitted by being absent.",
    ),
    "2.5.29.29": Explanation(
        "Certificate issuer",
        "Who issued the revoked certificate, in a list that also speaks for other authorities; it holds for the entries that follow too.",
        "RFC 5280, 5.3.3",
        "Must be critical: without it the serial number would be another authority's.",
    ),
    "2.5.29.60": Explanation(
        "Expired certificates on CRL",
        "Entries stay on this list after the certificate has expired, from this time on.",
        "X.509 (2019), 9.5.2.6",
        "Must not be critical.",
    ),
    # OCSP: RFC 6960, section 4.4
    "1.3.6.1.5.5.7.48.1.2": Explanation(
        "Nonce", "A random number that binds an answer to its question, so that an old answer cannot be replayed.", "RFC 9654, 2.1", _NEVER
    ),
    "1.3.6.1.5.5.7.48.1.3": Explanation("CRL reference", "The list in which the responder found the revocation.", "RFC 6960, 4.4.2", _NEVER),
    "1.3.6.1.5.5.7.48.1.4": Explanation("Acceptable responses", "The kinds of answer that the client understands.", "RFC 6960, 4.4.3", _NEVER),
    "1.3.6.1.5.5.7.48.1.6": Explanation(
        "Archive cutoff", "Until how long ago the responder still knows expired certificates.", "RFC 6960, 4.4.4", _NEVER
    ),
    "1.3.6.1.5.5.7.48.1.7": Explanation(
        "Service locator", "Asks a responder to pass the question on to the one that the certificate names.", "RFC 6960, 4.4.6", _NEVER
    ),
    # Netscape
    "2.16.840.1.113730.1.1": Explanation("Netscape certificate type", "What the certificate was for before key usages existed; clients of today ignore it.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.2": Explanation("Netscape base URL", "Put in front of the other Netscape addresses.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.3": Explanation("Netscape revocation URL", "Where to ask whether the certificate is revoked.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.4": Explanation("Netscape CA revocation URL", "Where to ask whether the authority is revoked.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.7": Explanation("Netscape renewal URL", "A form to renew the certificate with.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.8": Explanation("Netscape CA policy URL", "The authority's policy.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.12": Explanation("Netscape SSL server name", "A pattern of host names; subject alternative names took its place.", _NETSCAPE, _NEVER),
    "2.16.840.1.113730.1.13": Explanation("Netscape comment", "A remark for people; OpenSSL's example configuration wrote one into many certificates.", _NETSCAPE, _NEVER),
    # Microsoft
    "1.3.6.1.4.1.311.20.2": Explanation("Certificate template name", "The template of Active Directory that the certificate was made from, by name.", _MICROSOFT, _NEVER),
    "1.3.6.1.4.1.311.21.1": Explanation("CA version", "How often the authority's certificate and key were renewed.", _MICROSOFT, _NEVER),
    "1.3.6.1.4.1.311.21.2": Explanation("Previous CA certificate hash", "SHA-1 of the authority's certificate before its renewal.", _MICROSOFT, _NEVER),
    "1.3.6.1.4.1.311.21.7": Explanation("Certificate template", "The template of Active Directory that the certificate was made from, by OID and version.", _MICROSOFT, _NEVER),
    "1.3.6.1.4.1.311.21.10": Explanation("Application policies", "Microsoft's own form of the extended key usage.", _MICROSOFT, _NEVER),
    "1.3.6.1.4.1.311.25.2": Explanation(
        "NTDS CA security", "The security identifier of the account, which domain controllers compare at log-on.", "Microsoft [MS-WCCE], 2.2.2.7.7.4", _NEVER
    ),
    # Others
    "1.3.101.1.4.1": Explanation("Strong extranet identifiers", "Identifiers of the subject within zones; Thawte's, long unused.", "OpenSSL, SXNetID", _NEVER),
    "1.3.36.8.3.3": Explanation("Admission", "The profession that a body attests: lawyer, notary, physician.", "Common PKI 2.0, part 1, 3.1.2", _NEVER),
    "1.2.643.100.111": Explanation("Subject's signature tool", "The program that the subject signs with, in Russian qualified certificates.", "RFC 9215", _NEVER),
    "1.2.643.100.112": Explanation("Issuer's signature tool", "The programs that the issuer signs with, and what certified them, in Russian qualified certificates.", "RFC 9215", _NEVER),
    "2.23.140.3.1": Explanation(
        "CA/Browser Forum organization identifier", "The organization's number in a public register.", "CA/Browser Forum, Guidelines for Extended Validation, 9.8.2", _NEVER
    ),
    "1.2.840.113533.7.65.0": Explanation("Entrust version", "The version of the program that made the certificate.", "Entrust, obsolete", _NEVER),
}  # fmt: skip
"""OID as numbers -> explanation."""

UNKNOWN = "tlsca has no explanation of this extension; it is shown as ASN.1, if it is any."
"""What stands by an extension that is not in the table."""

CRITICAL = "Critical: a client that does not know it has to refuse (RFC 5280, 4.2)."
NOT_CRITICAL = "Not critical: a client that does not know it may pass over it (RFC 5280, 4.2)."


def criticality(oid: str, *, critical: bool) -> str:
    """Return what it means that an extension is critical or not, and how the standards want this one."""
    known = EXTENSIONS.get(oid)
    meaning = CRITICAL if critical else NOT_CRITICAL
    return f"{meaning} {known.critical}" if known and known.critical else meaning
