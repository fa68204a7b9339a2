"""What each attribute of a name is, and each attribute of a certificate request, by OID."""

from tlsca.pki.explanations.explanation import Explanation

_NAME = "RFC 5280, 4.1.2.4; X.520"

NAME_ATTRIBUTES: dict[str, Explanation] = {
    "2.5.4.3": Explanation("CN", "Common name: what people call it. Clients no longer match host names with it; the alternative names count.", "RFC 9525, 2"),
    "2.5.4.4": Explanation("SN", "Surname of a person.", _NAME),
    "2.5.4.5": Explanation("serialNumber", "A number of the subject in some register; nothing to do with the certificate's own serial number.", _NAME),
    "2.5.4.6": Explanation("C", "Country, as two letters of ISO 3166-1.", _NAME),
    "2.5.4.7": Explanation("L", "Locality: a town or the like.", _NAME),
    "2.5.4.8": Explanation("ST", "State or province.", _NAME),
    "2.5.4.9": Explanation("STREET", "Street and house.", _NAME),
    "2.5.4.10": Explanation("O", "Organization: the legal name.", _NAME),
    "2.5.4.11": Explanation("OU", "Organizational unit; public authorities no longer issue it, because nobody can verify it.", "RFC 5280, 4.1.2.4; CA/Browser Forum, Baseline Requirements, 7.1.4"),
    "2.5.4.12": Explanation("title", "Title or position of a person.", _NAME),
    "2.5.4.13": Explanation("description", "A description for people.", "X.520"),
    "2.5.4.15": Explanation("businessCategory", "What kind of organization it is, in extended-validation certificates.", "CA/Browser Forum, EV Guidelines, 9.2"),
    "2.5.4.17": Explanation("postalCode", "Postal code.", "X.520"),
    "2.5.4.41": Explanation("name", "A name in general.", _NAME),
    "2.5.4.42": Explanation("GN", "Given name of a person.", _NAME),
    "2.5.4.43": Explanation("initials", "Initials of a person.", _NAME),
    "2.5.4.44": Explanation("generationQualifier", "Jr., III and the like.", _NAME),
    "2.5.4.45": Explanation("x500UniqueIdentifier", "Bits that tell namesakes apart.", "X.520"),
    "2.5.4.46": Explanation("dnQualifier", "Tells apart entries whose names would be the same.", _NAME),
    "2.5.4.65": Explanation("pseudonym", "A pseudonym of a person.", _NAME),
    "2.5.4.97": Explanation("organizationIdentifier", "The organization's number in a register, with the register's letters before it.", "ETSI EN 319 412-1, 5.1.4"),
    "0.9.2342.19200300.100.1.1": Explanation("UID", "User id: the log-in name.", "RFC 4519, 2.39"),
    "0.9.2342.19200300.100.1.25": Explanation("DC", "Domain component: one label of a domain name, as directories write it.", "RFC 4519, 2.4"),
    "1.2.840.113549.1.9.1": Explanation("emailAddress", "Mail address; new certificates carry it as an alternative name instead.", "RFC 5280, 4.1.2.6"),
    "1.3.6.1.4.1.311.60.2.1.1": Explanation("jurisdictionL", "Town where the organization is registered.", "CA/Browser Forum, EV Guidelines, 9.2"),
    "1.3.6.1.4.1.311.60.2.1.2": Explanation("jurisdictionST", "State where the organization is registered.", "CA/Browser Forum, EV Guidelines, 9.2"),
    "1.3.6.1.4.1.311.60.2.1.3": Explanation("jurisdictionC", "Country where the organization is registered.", "CA/Browser Forum, EV Guidelines, 9.2"),
}  # fmt: skip
"""OID as numbers -> explanation; the title is what stands before `=` in a name."""

REQUEST_ATTRIBUTES: dict[str, Explanation] = {
    "1.2.840.113549.1.9.14": Explanation("Extension request", "The extensions that the requester would like; the authority decides which of them it grants.", "RFC 2985, 5.4.2"),
    "1.3.6.1.4.1.311.2.1.14": Explanation("Extension request (Microsoft)", "The extensions that the requester would like, as old Windows asked.", "Microsoft"),
    "1.2.840.113549.1.9.7": Explanation("Challenge password", "A word by which to ask for revocation later, or that lets a device enrol; anybody who has the request can read it.", "RFC 2985, 5.4.1"),
    "1.2.840.113549.1.9.2": Explanation("Unstructured name", "Another name of the subject, as text.", "RFC 2985, 5.4.3"),
    "1.2.840.113549.1.9.8": Explanation("Unstructured address", "An address of the subject, as text.", "RFC 2985, 5.4.4"),
    "1.3.6.1.4.1.311.13.2.1": Explanation("Enrolment name and value", "A name and a value for the authority's form.", "Microsoft [MS-WCCE]"),
    "1.3.6.1.4.1.311.13.2.2": Explanation("Cryptographic provider", "The Windows provider that holds the key.", "Microsoft [MS-WCCE]"),
    "1.3.6.1.4.1.311.13.2.3": Explanation("Operating system version", "The version of Windows that asks.", "Microsoft [MS-WCCE]"),
    "1.3.6.1.4.1.311.21.20": Explanation("Client information", "The machine, the user and the program that ask.", "Microsoft [MS-WCCE]"),
    "1.2.840.113549.1.9.3": Explanation("Content type", "What the signed content is.", "RFC 2985, 5.3.1"),
    "1.2.840.113549.1.9.4": Explanation("Message digest", "The hash of the signed content.", "RFC 2985, 5.3.2"),
    "1.2.840.113549.1.9.5": Explanation("Signing time", "When the signer says that it signed; nobody vouches for it.", "RFC 2985, 5.3.3"),
    "1.2.840.113549.1.9.20": Explanation("Friendly name", "What a key store calls the entry.", "RFC 2985, 5.5.1"),
    "1.2.840.113549.1.9.21": Explanation("Local key id", "Ties a certificate to its key inside a key store.", "RFC 2985, 5.5.2"),
}  # fmt: skip
"""OID as numbers -> explanation."""
