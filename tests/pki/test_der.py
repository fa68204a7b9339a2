"""The reader takes what OpenSSL takes, says where bytes break the rules, and never runs away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import DerError, Unreadable
from tlsca.pki import der


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + der.encoded_length(len(content)) + content


def test_an_element_knows_its_tag_its_place_and_its_content():
    element = der.read(b"\xff" + tlv(0xA3, tlv(0x02, b"\x05")), 1)
    assert (element.tag, element.tag_class, element.number) == (der.CONTEXT | 3, der.CONTEXT, 3)
    assert element.constructed
    assert (element.offset, element.header_length, element.next_offset) == (1, 2, 6)
    assert element.content == b"\x02\x01\x05"
    assert [der.integer(child) for child in element.children()] == [5]


def test_bytes_behind_an_element_are_left_alone():
    element = der.read(tlv(0x04, b"ab") + b"rest")
    assert element.encoding == b"\x04\x02ab"


def test_high_tag_numbers_keep_class_and_number():
    element = der.read(b"\xdf\x8a\x39\x00")
    assert (element.tag_class, element.number) == (der.PRIVATE, 1337)


def test_a_small_number_in_the_high_form_is_the_same_tag():
    assert der.read(b"\x1f\x02\x01\x07").tag == der.INTEGER


def test_lengths_with_leading_zeros_are_ber_and_are_read():
    assert der.read(b"\x04\x85\0\0\0\0\x02ab").content == b"ab"


def test_an_indefinite_length_ends_at_its_own_end_of_contents():
    element = der.read(bytes.fromhex("3080 3080 020101 0000 020102 0000 ff"))
    assert element.is_indefinite
    assert [child.tag for child in element.children()] == [der.SEQUENCE, der.INTEGER]
    assert element.next_offset == 14


@pytest.mark.parametrize(
    ("source", "offset"),
    [
        pytest.param(b"", 0, id="nothing"),
        pytest.param(b"\x30", 0, id="no length"),
        pytest.param(b"\x04\x05abc", 0, id="shorter than announced"),
        pytest.param(b"\x04\x82\x01", 2, id="length cut short"),
        pytest.param(b"\x04\x89" + b"\xff" * 9, 2, id="length of nine octets"),
        pytest.param(b"\x04\x80ab\0\0", 0, id="primitive and indefinite"),
        pytest.param(b"\x30\x80\x02\x01\x05", 2, id="never closed"),
        pytest.param(b"\x1f\xff\xff\xff\xff\xff\xff\x7f\x00", 0, id="tag number of 49 bits"),
        pytest.param(b"\x1f\x81", 0, id="tag number cut short"),
    ],
)
def test_what_breaks_the_rules_is_reported_with_its_place(source, offset):
    with pytest.raises(DerError) as caught:
        der.read(source)
    assert caught.value.offset == offset
    assert f"at byte {offset}" in caught.value.sentence
    assert isinstance(caught.value, Unreadable)


def test_end_of_contents_inside_a_definite_length_is_an_error():
    with pytest.raises(DerError, match="end-of-contents"):
        der.read(tlv(0x30, tlv(0x02, b"\1"), b"\0\0")).children()


def test_nesting_ten_thousand_deep_ends_at_the_limit():
    source = b"\x30\x80" * 10_000 + b"\0\0" * 10_000
    element = der.read(source)
    for _ in range(der.MAXIMUM_DEPTH):
        element = element.children()[0]
    with pytest.raises(DerError, match="nest deeper"):
        element.children()


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ("00", 0),
        ("7f", 127),
        ("0080", 128),
        ("ff", -1),
        ("80", -128),
        ("ff00", -256),
        ("ff7f", -129),
        ("00" + "ff" * 20, 2**160 - 1),
    ],
)
def test_integers_of_any_size_and_sign(content, number):
    assert der.integer(der.read(tlv(0x02, bytes.fromhex(content)))) == number


@pytest.mark.parametrize("content", ["", "0001", "ff80", "0000"])
def test_integers_with_no_or_superfluous_octets_are_refused(content):
    with pytest.raises(DerError):
        der.integer(der.read(tlv(0x02, bytes.fromhex(content))))


@given(st.integers())
def test_every_integer_comes_back(number):
    bits = (number if number >= 0 else ~number).bit_length()  # two's complement has one negative number more
    content = number.to_bytes(bits // 8 + 1, "big", signed=True)
    assert der.integer(der.read(tlv(0x02, content))) == number


@given(st.lists(st.integers(min_value=0, max_value=2**70), max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_every_object_identifier_comes_back_as_text(rest, root, second):
    arcs = [root * 40 + second, *rest]
    content = b"".join(base128(arc) for arc in arcs)
    element = der.read(tlv(0x06, content))
    assert der.dotted(der.object_identifier(element)) == ".".join(map(str, [root, second, *rest]))


def base128(number):
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


@pytest.mark.parametrize("content", ["", "80", "2a80", "2a8001", "2aff"])
def test_octets_that_are_no_object_identifier_are_refused(content):
    with pytest.raises(DerError):
        der.object_identifier(der.read(tlv(0x06, bytes.fromhex(content))))


def test_unused_bits_that_are_set_are_cleared():
    bits = der.bit_string(der.read(tlv(0x03, b"\x03\xaa\xff")))
    assert bits == der.BitString(3, b"\xaa\xf8")
    assert [bit for bit in range(20) if bits.has(bit)] == [0, 2, 4, 6, 8, 9, 10, 11, 12]


@pytest.mark.parametrize("content", [b"", b"\x08\xff"])
def test_a_bit_string_needs_a_count_of_unused_bits(content):
    with pytest.raises(DerError):
        der.bit_string(der.read(tlv(0x03, content)))


def test_segments_of_a_string_are_joined():
    element = der.read(tlv(0x24, tlv(0x04, b"ab"), tlv(0x24, tlv(0x04, b"cd"), tlv(0x04)), tlv(0x04, b"e")))
    assert der.octets(element) == b"abcde"


def test_segments_nest_five_deep_at_most():
    segments = tlv(0x04, b"x")
    for _ in range(6):
        segments = tlv(0x24, segments)
    assert der.octets(der.read(segments)) == b"x"
    with pytest.raises(DerError, match="segments"):
        der.octets(der.read(tlv(0x24, segments)))


def test_fields_skip_what_is_optional_and_refuse_what_is_left():
    fields = der.sequence(der.read(tlv(0x30, tlv(0x02, b"\1"), tlv(0x04, b"x"), tlv(0x05))))
    assert fields.maybe(der.BOOLEAN) is None
    assert der.integer(fields.take(der.INTEGER)) == 1
    assert fields.take(der.OCTET_STRING, der.UTF8_STRING).content == b"x"
    with pytest.raises(DerError, match="further"):
        fields.end()
    der.null(fields.any())
    fields.end()
    with pytest.raises(DerError, match="missing"):
        fields.any()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source):
    offset = first_defect(source)
    assert offset is None or 0 <= offset <= len(source)


def first_defect(source):
    """Read every element there is; return where the first one breaks the rules."""
    try:
        waiting = [der.read(source)]
        while waiting:
            element = waiting.pop()
            if element.constructed:
                waiting += element.children()
            else:
                der.any_content(element)
    except DerError as error:
        return error.offset
    return None
