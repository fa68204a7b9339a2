"""Public keys in finite fields: DSA, and Diffie-Hellman of PKCS #3 and X9.42."""

import hashlib
from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.dump import numbers
from tlsca.pki.dump.page import hex_rows

_ROW = 15

# SHA-256 over prime and generator -> OpenSSL's name of the group, and SHA-256 over the order of its subgroup. The numbers are
# those of RFC 7919 (ffdhe), RFC 3526 (modp) and RFC 5114 (dh), taken from keys that OpenSSL generated.
_GROUPS = {
    "139ec189a7be1393a11aacbab8ba6c72f13211fc787c411265bf1577f6d88a96": (
        "ffdhe2048",
        "3072ed775345bbd8721aeb890833aa381bf5a19a889fb8c2b71ebd5cead60fe1",
    ),
    "01ec9a489eed4d3eed3c0e2624519ad511a1c9a23cd25b74f8e2013a1206e591": (
        "ffdhe3072",
        "181f68e06ad73585303cbcab43a6ac96ce2ce8e4927e8dbf2251a469108b72a3",
    ),
    "4414b0b055675989927acb60abe0757a1f09d3a502dca7474495498bd061a3ce": (
        "ffdhe4096",
        "657f638a3039e247a4b0506feac04910ce72777b6ebbeccbc08d0db08e4c6302",
    ),
    "f64ce94ae664a8b58011c1579de2e5ca481644c8815f539f046255ef700195a3": (
        "ffdhe6144",
        "941d2ad245277a59089d4ecd97468aefb32907a408ce0b4000aa5d92826b93f4",
    ),
    "f343e4a6730e9669eedaf13b1462e4290e3a4a9ccf11ab20028a2a863d9de388": (
        "ffdhe8192",
        "1ae557d6e35b0cbae49aa5bf2032a02721cfa723b09eefcf652aee0f31845925",
    ),
    "d4cc40b903320ccba9897eaf0e27418fbd6490b273bf01f63f1278b91a470a9b": (
        "modp_1536",
        "758d9312f39b6715bdff07a577c265ec6d7dd7c30617fca06001d12437a86d96",
    ),
    "f3253b3139b8a3f08f8a10e4ad301681db4dc91c72cffc843bddf4f07de9bd4c": (
        "modp_2048",
        "a638f55d63c78f6d9ca04f0de138b1699fd6ff9737d926f4c24f318fc1d0f572",
    ),
    "dde5e0a319d90762f48931c4025aacca8b498c16223207cac98c204b60f03a81": (
        "modp_3072",
        "018089836b3704979e9c4ed47a717e61440ff98b4deba0e7e95e56514442e52c",
    ),
    "0e24ae1ce382c7a941bb58309a9dfc16cb5f9f3366a293da919edcce6f7ad3c4": (
        "modp_4096",
        "e42aff7fcbae0ec2e7a3b98feba4047d64b39dc651a7863bddfae726ed9fb336",
    ),
    "86624e5df87416bd0ff7c6b5629f1339c0b6fd33976eda7cf9d6020ab4beace5": (
        "modp_6144",
        "9ef372ff1ed8e94504ef9907c5d36e3452762844ecd8b8480623d413151ecb1e",
    ),
    "6307549cef8b65fe3172ff578eb6046f90014995071397b5ce02f6832da656d9": (
        "modp_8192",
        "f057944ee2943fe085b350a3e9ea8e107076148c0862f99537f562af26adfc5f",
    ),
    "1ce4be245cbb570227a0e44b562f54cc94cfb1ecb00ca3a73c7f377656adf033": (
        "dh_1024_160",
        "fbedfd793f4cc1b732c947825495cf09a5d21dc4d16f71b6252ef8c368f350d2",
    ),
    "dc56bfae4093fc0eb7f4e1305ba742efa059d682bd3995cfb8515cb17730dc6c": (
        "dh_2048_224",
        "768c6aabc742dc9802b1b74a500ca17aa67dadb506d624233cd1df47cf55c6e9",
    ),
    "130874a604cadc34eb85636c15fe7cc351fcc70e6fb35eda87b39239a343c7ff": (
        "dh_2048_256",
        "f0db115b384f879f40f2f4dbae5dbd1681afdabdcd1be002dca609e6869aae0f",
    ),
}


@dataclass(frozen=True, slots=True)
class _Group:
    """The numbers of a group; what is missing is None."""

    prime: int
    generator: int
    order: int | None = None
    factor: int | None = None
    seed: bytes | None = None
    counter: int | None = None

    @property
    def name(self) -> str | None:
        """OpenSSL's name of a standard group."""
        name, order = _GROUPS.get(_digest(self.prime, self.generator), (None, ""))
        return name if self.order is None or _digest(self.order) == order else None


def _digest(*values: int) -> str:
    return hashlib.sha256(b"".join(map(numbers.magnitude, values))).hexdigest()


def dsa(parameters: Tlv | None, content: bytes, *, indent: int) -> bytes:
    """Return a DSA key as text. Raises `DerError`, also for one that inherits its parameters."""
    if parameters is None:
        raise DerError("a DSA key that inherits its parameters", offset=0)
    fields = der.sequence(parameters)
    prime, order, generator = (der.unsigned_integer(fields.any()) for _ in range(3))
    fields.end()
    return (
        _title(b"Public-Key", prime, indent)
        + numbers.labelled(b"pub: ", der.integer(der.read(content)), indent=indent)
        + _group_lines(_Group(prime, generator, order), indent)
    )


def diffie_hellman(parameters: Tlv | None, content: bytes, *, indent: int) -> bytes:
    """Return a Diffie-Hellman key of PKCS #3 as text. Raises `DerError`."""
    fields = _fields(parameters)
    prime, generator = (der.unsigned_integer(fields.any()) for _ in range(2))
    length = fields.maybe(der.INTEGER)
    fields.end()
    bits = 0 if length is None else der.integer(length)
    if not -(2**31) <= bits < 2**31:
        raise DerError("a length of a private value that is too large", offset=0)
    hint = b"%*srecommended-private-length: %d bits\n" % (indent, b"", bits) if bits > 0 else b""
    return _diffie_hellman(_Group(prime, generator), content, indent) + hint


def diffie_hellman_x942(parameters: Tlv | None, content: bytes, *, indent: int) -> bytes:
    """Return a Diffie-Hellman key of X9.42 (RFC 3279 section 2.3.3) as text. Raises `DerError`."""
    fields = _fields(parameters)
    prime, generator, order = (der.unsigned_integer(fields.any()) for _ in range(3))
    factor = fields.maybe(der.INTEGER)
    validation = fields.maybe(der.SEQUENCE)
    fields.end()
    seed, counter = (None, None) if validation is None else _validation(validation)
    group = _Group(
        prime, generator, order, None if factor is None else der.unsigned_integer(factor), seed, counter
    )
    return _diffie_hellman(group, content, indent)


def _fields(parameters: Tlv | None) -> der.Fields:
    if parameters is None:
        raise DerError("a key without parameters", offset=0)
    return der.sequence(parameters)


def _validation(element: Tlv) -> tuple[bytes, int]:
    fields = der.sequence(element)
    seed = der.bit_string(fields.take(der.BIT_STRING)).content
    counter = der.unsigned_integer(fields.any())
    fields.end()
    return seed, numbers.as_int(min(counter, 2**64 - 1))


def _diffie_hellman(group: _Group, content: bytes, indent: int) -> bytes:
    return (
        _title(b"DH Public-Key", group.prime, indent)
        + numbers.labelled(b"public-key:", der.integer(der.read(content)), indent=indent)
        + _group_lines(group, indent)
    )


def _title(label: bytes, prime: int, indent: int) -> bytes:
    return b"%*s%s: (%d bit)\n" % (indent, b"", label, prime.bit_length())


def _group_lines(group: _Group, indent: int) -> bytes:
    margin = b" " * indent
    if group.name is not None:
        return margin + b"GROUP: %s\n" % group.name.encode()
    labelled = (
        (b"P:   ", group.prime),
        (b"Q:   ", group.order),
        (b"G:   ", group.generator),
        (b"J:   ", group.factor),
    )
    text = b"".join(
        numbers.labelled(label, number, indent=indent) for label, number in labelled if number is not None
    )
    if group.seed:
        text += margin + b"SEED:\n" + hex_rows(group.seed, indent=indent + 4, width=_ROW)
    if group.counter not in {None, -1}:
        text += margin + b"pcounter: %d\n" % group.counter
    return text
