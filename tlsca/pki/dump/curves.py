"""Public keys on elliptic curves, whether the curve is named or spelled out."""

from dataclasses import dataclass

from tlsca.errors import DerError
from tlsca.pki import der
from tlsca.pki.der import Tlv
from tlsca.pki.dump import numbers, objects
from tlsca.pki.dump.named_curves import CURVES, BinaryCurve, PrimeCurve
from tlsca.pki.dump.page import hex_rows

_Curve = PrimeCurve | BinaryCurve

_ROW = 15
_MAXIMUM_FIELD_BITS = 661  # OPENSSL_ECC_MAX_FIELD_BITS
_COMPRESSED, _UNCOMPRESSED, _HYBRID = 2, 4, 6
_FORMS = {_COMPRESSED: b"compressed", _UNCOMPRESSED: b"uncompressed", _HYBRID: b"hybrid"}


def print_point(parameters: Tlv | None, point: bytes, *, indent: int) -> bytes:
    """Return a public key as text. Raises `DerError` for an unknown curve and for a point that is not on it."""
    if parameters is None:
        raise DerError("a key without a curve", offset=0)
    if parameters.tag == der.SEQUENCE:
        curve, description = _explicit_curve(parameters, indent)
    else:
        curve, description = _named_curve(parameters, indent)
    _check_point(curve, point)
    margin = b" " * indent
    return (
        b"%sPublic-Key: (%d bit)\n%spub:\n" % (margin, curve.bits, margin)
        + hex_rows(point, indent=indent + 4, width=_ROW)
        + description
    )


def _named_curve(parameters: Tlv, indent: int) -> tuple[_Curve, bytes]:
    name = objects.known_as(der.object_identifier(parameters)) or ""
    curve = CURVES.get(name)
    if curve is None:
        raise DerError("a curve that OpenSSL does not know", offset=0)
    margin = b" " * indent
    text = b"%sASN1 OID: %s\n" % (margin, name.encode())
    if curve.nist_name:
        text += b"%sNIST CURVE: %s\n" % (margin, curve.nist_name.encode())
    return curve, text


def _check_point(curve: _Curve, point: bytes) -> None:
    """Raise `DerError` unless the octets are a point of the curve in one of the forms of SEC 1 section 2.3.4."""
    form = point[0] & 0xFE if point else 0
    size = curve.field_octets
    if form not in _FORMS or len(point) != 1 + size * (1 if form == _COMPRESSED else 2):
        raise DerError("a point of another length", offset=0)
    if form == _UNCOMPRESSED and point[0] & 1:
        raise DerError("a point in an unknown form", offset=0)
    x = int.from_bytes(point[1 : 1 + size], "big")
    y = int.from_bytes(point[1 + size :], "big")
    if not _is_on_curve(curve, _Coordinates(form, x, y, is_odd=bool(point[0] & 1))):
        raise DerError("a point that is not on the curve", offset=0)


@dataclass(frozen=True, slots=True)
class _Coordinates:
    """A point as its octets give it; `is_odd` is the bit that tells y from its opposite."""

    form: int
    x: int
    y: int
    is_odd: bool


def _is_on_curve(curve: _Curve, point: _Coordinates) -> bool:
    return _is_on_prime(curve, point) if isinstance(curve, PrimeCurve) else _is_on_binary(curve, point)


def _is_on_prime(curve: PrimeCurve, point: _Coordinates) -> bool:
    x, y, prime = point.x, point.y, curve.prime
    square = (pow(x, 3, prime) + curve.a * x + curve.b) % prime
    if x >= prime or y >= prime:
        return False
    if point.form == _COMPRESSED:
        return square == 0 or pow(square, (prime - 1) // 2, prime) == 1
    if point.form == _HYBRID and point.is_odd != y & 1:
        return False
    return (y * y - square) % prime == 0


def _is_on_binary(curve: BinaryCurve, point: _Coordinates) -> bool:
    """Check y² + xy = x³ + ax² + b in the binary field."""
    x, y = point.x, point.y
    if max(x, y).bit_length() > curve.degree:
        return False
    squared = _multiply(x, x, curve)
    right = _multiply(squared, x ^ curve.a, curve) ^ curve.b
    if point.form == _COMPRESSED:
        return _has_root(right, squared, curve) if x else not point.is_odd
    if point.form == _HYBRID and point.is_odd != (_divide(y, x, curve) & 1 if x else 0):
        return False
    return _multiply(y, x ^ y, curve) == right


def _has_root(right: int, squared: int, curve: BinaryCurve) -> bool:
    """Whether z² + z = right / x² has a solution: its trace is zero."""
    element = trace = _divide(right, squared, curve)
    for _ in range(curve.degree - 1):
        element = _reduce(int(f"{element:b}", 4), curve)  # squaring spreads the bits apart
        trace ^= element
    return trace == 0


def _multiply(left: int, right: int, curve: BinaryCurve) -> int:
    """Multiply in the binary field: shift and add without carries, reduce by the polynomial."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        right >>= 1
        left <<= 1
    return _reduce(product, curve)


def _reduce(number: int, curve: BinaryCurve) -> int:
    excess = number.bit_length() - 1 - curve.degree
    while excess >= 0:
        number ^= curve.polynomial << excess
        excess = number.bit_length() - 1 - curve.degree
    return number


def _divide(numerator: int, denominator: int, curve: BinaryCurve) -> int:
    """Divide by the inverse that Euclid's algorithm gives. Raises `DerError` if the polynomial is reducible."""
    remainder, other = denominator, curve.polynomial
    inverse, cofactor = 1, 0
    while remainder != 1:
        shift = remainder.bit_length() - other.bit_length()
        if shift < 0:
            remainder, other, inverse, cofactor, shift = other, remainder, cofactor, inverse, -shift
        if not other or not remainder:
            raise DerError("a field that is none", offset=0)
        remainder ^= other << shift
        inverse ^= cofactor << shift
    return _multiply(numerator, _reduce(inverse, curve), curve)


@dataclass(frozen=True, slots=True)
class _Field:
    """The field of a curve that is spelled out: its prime or its polynomial."""

    modulus: int
    basis: bytes | None

    @property
    def degree(self) -> int:
        """The bits of an element of the field."""
        return self.modulus.bit_length() - (self.basis is not None)


def _explicit_curve(parameters: Tlv, indent: int) -> tuple[_Curve, bytes]:
    """Read ECParameters (SEC 1 section C.2) and return the curve and its description."""
    fields = der.sequence(parameters)
    der.integer(fields.any())
    field = _field(fields.any())
    a, b, seed = _coefficients(fields.any())
    generator = der.octets(fields.take(der.OCTET_STRING))
    order = der.integer(fields.any())
    cofactor_element = fields.maybe(der.INTEGER)
    fields.end()
    cofactor = None if cofactor_element is None else der.integer(cofactor_element)
    if field.degree > _MAXIMUM_FIELD_BITS or not 0 < order.bit_length() <= field.degree + 1 or order < 0:
        raise DerError("a curve of an impossible size", offset=parameters.offset)
    curve = _curve(field, order.bit_length(), a, b)
    _check_point(curve, generator)
    return curve, _description(field, (curve.a, curve.b), generator, (order, cofactor, seed), indent)


def _curve(field: _Field, bits: int, a: int, b: int) -> _Curve:
    if field.basis is None:
        return PrimeCurve(bits, "", field.modulus, a % field.modulus, b % field.modulus)
    if max(a, b).bit_length() > field.degree:
        raise DerError("a coefficient that is larger than the field", offset=0)
    return BinaryCurve(bits, "", field.modulus, a, b)


def _field(element: Tlv) -> _Field:
    fields = der.sequence(element)
    kind = objects.known_as(der.object_identifier(fields.any()))
    parameters = fields.any()
    fields.end()
    if kind == "prime-field":
        prime = _positive(parameters)
        if prime < 5 or prime % 2 == 0:
            raise DerError("a field that is none", offset=parameters.offset)
        return _Field(prime, None)
    if kind != "characteristic-two-field":
        raise DerError("a field of an unknown kind", offset=parameters.offset)
    return _binary_field(der.sequence(parameters))


def _binary_field(fields: der.Fields) -> _Field:
    degree = _positive(fields.any())
    basis = objects.known_as(der.object_identifier(fields.any()))
    parameters = fields.any()
    fields.end()
    if basis == "tpBasis":
        exponents = [_positive(parameters)]
    elif basis == "ppBasis":
        exponents = [_positive(child) for child in parameters.children()]
    else:
        raise DerError("a basis of an unknown kind", offset=parameters.offset)
    if degree > _MAXIMUM_FIELD_BITS or not 0 < exponents[0] <= max(exponents) < degree:
        raise DerError("a field that is none", offset=parameters.offset)
    return _Field(1 << degree | sum(1 << exponent for exponent in exponents) | 1, basis.encode())


def _positive(element: Tlv) -> int:
    number = der.integer(element)
    if number <= 0:
        raise DerError("a positive INTEGER was expected", offset=element.offset)
    return number


def _coefficients(element: Tlv) -> tuple[int, int, bytes | None]:
    fields = der.sequence(element)
    a, b = (int.from_bytes(der.octets(fields.take(der.OCTET_STRING)), "big") for _ in range(2))
    seed = fields.maybe(der.BIT_STRING)
    fields.end()
    return a, b, None if seed is None else der.bit_string(seed).content


def _description(
    field: _Field,
    coefficients: tuple[int, int],
    generator: bytes,
    rest: tuple[int, int | None, bytes | None],
    indent: int,
) -> bytes:
    order, cofactor, seed = rest
    margin = b" " * indent
    lines = [margin + b"Field Type: prime-field\n"]
    if field.basis is not None:
        lines = [
            margin + b"Field Type: characteristic-two-field\n",
            margin + b"Basis Type: %s\n" % field.basis,
        ]
    label = b"Prime:" if field.basis is None else b"Polynomial:"
    lines.append(numbers.labelled(label, field.modulus, indent=indent))
    for name, coefficient in zip((b"A:   ", b"B:   "), coefficients, strict=True):
        lines.append(numbers.labelled(name, coefficient, indent=indent))
    lines.append(b"%sGenerator (%s):\n" % (margin, _FORMS[generator[0] & 0xFE]))
    lines.append(hex_rows(generator, indent=indent + 4, width=_ROW))
    lines.append(numbers.labelled(b"Order: ", order, indent=indent))
    if cofactor is not None:
        lines.append(numbers.labelled(b"Cofactor: ", cofactor, indent=indent))
    if seed:
        lines.append(margin + b"Seed:\n" + hex_rows(seed, indent=indent + 4, width=_ROW))
    return b"".join(lines)
