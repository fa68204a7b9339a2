"""What each field of a certificate, a request, a list and their parts is for."""

from tlsca.pki.explanations.explanation import Explanation

CERTIFICATE = Explanation("Certificate", "An authority's signed statement that this key belongs to this name, for this time and these uses.", "RFC 5280, 4.1")  # fmt: skip
SIGNED_PART = Explanation("Signed part", "Everything that the signature protects; a change of one bit breaks it.", "RFC 5280, 4.1.1.1")  # fmt: skip
VERSION = Explanation("Version", "Extensions need version 3, which is written as 2; every certificate of today has it.", "RFC 5280, 4.1.2.1")  # fmt: skip
SERIAL = Explanation("Serial number", "Names the certificate among all of its issuer's; revocation lists refer to it. Positive, at most 20 octets, and hard to guess.", "RFC 5280, 4.1.2.2")  # fmt: skip
INNER_ALGORITHM = Explanation("Signature algorithm (signed)", "How the issuer signed, inside what is signed, so that nobody can claim another way; it must equal the one outside.", "RFC 5280, 4.1.2.3")  # fmt: skip
OUTER_ALGORITHM = Explanation("Signature algorithm", "How the issuer signed; it must equal the one in the signed part.", "RFC 5280, 4.1.1.2")  # fmt: skip
SIGNATURE = Explanation("Signature", "The issuer's signature over the encoding of the signed part.", "RFC 5280, 4.1.1.3")  # fmt: skip
ISSUER = Explanation("Issuer", "Who signed: the subject of the certificate above, octet for octet.", "RFC 5280, 4.1.2.4")  # fmt: skip
VALIDITY = Explanation("Validity", "From when until when the issuer vouches for the certificate, both ends included.", "RFC 5280, 4.1.2.5")  # fmt: skip
NOT_BEFORE = Explanation("Not before", "The first second of its life; a clock that runs behind refuses a brand-new certificate.", "RFC 5280, 4.1.2.5")  # fmt: skip
NOT_AFTER = Explanation("Not after", "The last second of its life; 99991231235959Z means that it has no good end.", "RFC 5280, 4.1.2.5")  # fmt: skip
SUBJECT = Explanation("Subject", "Whose certificate it is. It may be empty when the alternative names say it.", "RFC 5280, 4.1.2.6")  # fmt: skip
SPKI = Explanation("Subject public key info", "The key that the certificate is about, and for which algorithm it is.", "RFC 5280, 4.1.2.7")  # fmt: skip
PUBLIC_KEY = Explanation("Public key", "The key itself, encoded as its algorithm wants.", "RFC 5280, 4.1.2.7")  # fmt: skip
ISSUER_ID = Explanation("Issuer unique ID", "Told issuers of one name apart, in version 2; not to be used.", "RFC 5280, 4.1.2.8")  # fmt: skip
SUBJECT_ID = Explanation("Subject unique ID", "Told subjects of one name apart, in version 2; not to be used.", "RFC 5280, 4.1.2.8")  # fmt: skip
EXTENSIONS = Explanation("Extensions", "What version 3 added: names, uses, constraints, addresses. Each at most once.", "RFC 5280, 4.1.2.9")  # fmt: skip

REQUEST = Explanation("Certificate request", "A wish for a certificate, signed with the key that is to stand in it, which proves that the requester has that key.", "RFC 2986")  # fmt: skip
REQUEST_PART = Explanation("Signed part", "Everything that the requester's signature protects.", "RFC 2986, 4.1")  # fmt: skip
REQUEST_VERSION = Explanation("Version", "Always version 1, which is written as 0.", "RFC 2986, 4.1")  # fmt: skip
REQUEST_SUBJECT = Explanation("Subject", "The name that the requester would like; the authority may change it.", "RFC 2986, 4.1")  # fmt: skip
REQUEST_ATTRIBUTES = Explanation("Attributes", "Whatever else the requester tells, wanted extensions above all.", "RFC 2986, 4.1")  # fmt: skip
REQUEST_SIGNATURE = Explanation("Signature", "Made with the private key that belongs to the public key in the request.", "RFC 2986, 4.2")  # fmt: skip

CRL = Explanation("Certificate revocation list", "An issuer's signed list of the certificates that it has taken back.", "RFC 5280, 5.1")  # fmt: skip
CRL_PART = Explanation("Signed part", "Everything that the signature protects.", "RFC 5280, 5.1.1.1")  # fmt: skip
CRL_VERSION = Explanation("Version", "Extensions need version 2, which is written as 1.", "RFC 5280, 5.1.2.1")  # fmt: skip
CRL_ISSUER = Explanation("Issuer", "Who signed the list, and, unless it says otherwise, who issued the certificates on it.", "RFC 5280, 5.1.2.3")  # fmt: skip
THIS_UPDATE = Explanation("This update", "When the list was made.", "RFC 5280, 5.1.2.4")  # fmt: skip
NEXT_UPDATE = Explanation("Next update", "Until when the next list comes; clients take an older list for stale, and some then refuse every certificate.", "RFC 5280, 5.1.2.5")  # fmt: skip
REVOKED = Explanation("Revoked certificates", "Each by its serial number and when it was revoked; left out when there are none.", "RFC 5280, 5.1.2.6")  # fmt: skip
REVOKED_ENTRY = Explanation("Entry", "One revoked certificate.", "RFC 5280, 5.1.2.6")  # fmt: skip
REVOKED_SERIAL = Explanation("Serial number", "The serial number of the certificate that was revoked.", "RFC 5280, 5.1.2.6")  # fmt: skip
REVOCATION_DATE = Explanation("Revocation date", "When the issuer processed the revocation.", "RFC 5280, 5.1.2.6")  # fmt: skip
ENTRY_EXTENSIONS = Explanation("Entry extensions", "Reason, invalidity date and the like, of this one certificate.", "RFC 5280, 5.3")  # fmt: skip
CRL_EXTENSIONS = Explanation("Extensions", "Number, authority key identifier and scope of the list.", "RFC 5280, 5.1.2.7")  # fmt: skip

ALGORITHM_OID = Explanation("Identifier", "Says which algorithm this is.", "RFC 5280, 4.1.1.2")  # fmt: skip
PARAMETERS = Explanation("Parameters", "What the algorithm needs to be told: a curve, a digest, or NULL for nothing.", "RFC 5280, 4.1.1.2")  # fmt: skip
CURVE = Explanation("Curve", "The elliptic curve, by name.", "RFC 5480, 2.1.1")  # fmt: skip

UTC_TIME = "Written as UTCTime, with two digits for the year: 50 to 99 are the 1900s, 00 to 49 the 2000s. Dates through 2049 have to be written so (RFC 5280, 4.1.2.5.1)."  # fmt: skip
GENERALIZED_TIME = "Written as GeneralizedTime, with four digits for the year, which dates from 2050 on need (RFC 5280, 4.1.2.5.2)."  # fmt: skip

MODULUS = Explanation("Modulus", "The product of two secret primes; who can factor it has the private key.", "RFC 8017, 3.1")  # fmt: skip
EXPONENT = Explanation("Public exponent", "Odd, and 65,537 nearly always; very small ones have been attacked.", "RFC 8017, 3.1")  # fmt: skip
POINT_FORM = Explanation("Form", "4 for both coordinates in full, 2 or 3 for a compressed point.", "SEC 1, 2.3.3")  # fmt: skip
POINT_X = Explanation("X", "The first coordinate of the point.", "SEC 1, 2.3.3")  # fmt: skip
POINT_Y = Explanation("Y", "The second coordinate of the point.", "SEC 1, 2.3.3")  # fmt: skip

IS_AUTHORITY = Explanation("Authority", "True for a certificate that may sign others. False is the default.", "RFC 5280, 4.2.1.9")  # fmt: skip
PATH_LENGTH = Explanation("Path length", "How many authorities may stand between this one and a leaf; 0 means that it signs leaves only.", "RFC 5280, 4.2.1.9")  # fmt: skip

GENERAL_NAMES: tuple[Explanation, ...] = (
    Explanation("Other name", "A kind of name that an OID defines: a Windows log-on name, an address in Unicode.", "RFC 5280, 4.2.1.6"),
    Explanation("E-mail", "A mailbox, local-part@domain, in ASCII.", "RFC 5280, 4.2.1.6"),
    Explanation("DNS", "A host name in ASCII (IDNs as xn--…). A * stands for one whole leftmost label.", "RFC 5280, 4.2.1.6; RFC 9525, 6.3"),
    Explanation("X.400 address", "An address of X.400 mail; nobody uses it.", "RFC 5280, 4.2.1.6"),
    Explanation("Directory name", "A distinguished name.", "RFC 5280, 4.2.1.6"),
    Explanation("EDI party name", "A party of electronic data interchange; nobody uses it.", "RFC 5280, 4.2.1.6"),
    Explanation("URI", "A URI with its scheme: a web address, a SIP address, a SPIFFE identity.", "RFC 5280, 4.2.1.6"),
    Explanation("IP", "An address of 4 or 16 octets. In name constraints a mask follows it.", "RFC 5280, 4.2.1.6"),
    Explanation("Registered ID", "An OID as a name.", "RFC 5280, 4.2.1.6"),
)  # fmt: skip
"""Tag number -> explanation."""
