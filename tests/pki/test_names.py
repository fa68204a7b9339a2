"""Distinguished names as people type them, and as RFC 4514 text again."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tlsca.errors import NotAName, TlscaError
from tlsca.pki.names import common_name, common_name_of, dn, dn_text, fits_common_name, is_dn
from tlsca.text import printable


def assert_safe(refusal: TlscaError) -> None:
    assert printable(refusal.sentence) == refusal.sentence
    assert printable(refusal.hint) == refusal.hint


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("CN=Alice,O=Example,C=SE", "CN=Alice,O=Example,C=SE"),
        (" cn = Alice , o = Example ", "CN=Alice,O=Example"),
        ("E=ada@example.com,CN=Ada", "emailAddress=ada@example.com,CN=Ada"),
        ("CN=Ada+serialNumber=7,O=Example", "CN=Ada+serialNumber=7,O=Example"),
        (r"O=Example\, Inc.,C=SE", r"O=Example\, Inc.,C=SE"),
        (r"O=Example\2C Inc.", r"O=Example\, Inc."),
        (r"CN=back\\, o=slash", r"CN=back\\,O=slash"),
        ("CN=a\\ ,O=b", "CN=a\\ ,O=b"),
        ("2.5.4.3=Alice", "CN=Alice"),
        ("1.2.3.4=x", "1.2.3.4=x"),
        ("CN=a=b", "CN=a=b"),
        ("Alice Smith", "CN=Alice Smith"),
        ("Acme, Inc.", r"CN=Acme\, Inc."),
        ("DC=www,DC=example", "DC=www,DC=example"),
    ],
)
def test_a_distinguished_name_is_read_as_people_type_it(typed, text):
    assert dn_text(dn(typed)) == text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("O=Acme, Inc.", "nothing says what “Inc.” is"),
        ("CN=a,", "nothing says what “” is"),
        ("XX=1", "“XX” is no attribute"),
        ("CN=a;O=b", "would need a backslash"),
        ("CN=", "octets"),
        ("CN=a\\", "is no distinguished name"),
        ("CN=\\00", "no place in a name"),
        ("CN=a\u202eb", "no place in a name"),
        ("C=SWE", "is no distinguished name"),
        ("C=S1", "cannot stand in C"),
        ("emailAddress=ü@example.com", "cannot stand in emailAddress"),
        ("DC=bücher", "cannot stand in DC"),
        ("serialNumber=7_7", "cannot stand in serialNumber"),
        ("O=" + "a" * 65, "64 are the most"),
        ("", "1 to 64 octets"),
        ("x" * 65, "has 65"),
        ("ж" * 40, "has 80"),
        ("CN=" + "ж" * 40, "octets"),
        ("CN=\x1b[2J", "no place in a name"),
    ],
)
def test_what_is_no_distinguished_name_is_refused_with_the_reason(typed, sentence):
    with pytest.raises(NotAName) as refusal:
        dn(typed)
    assert sentence in refusal.value.sentence
    assert printable(refusal.value.sentence) == refusal.value.sentence


def attribute(oid, values):
    return values.map(lambda value: x509.NameAttribute(oid, value))


VALUE = st.text(st.characters(codec="utf-8"), min_size=1, max_size=16).filter(
    lambda text: printable(text) == text and bool(text.strip())
)
ATTRIBUTES = st.one_of(
    attribute(NameOID.COMMON_NAME, VALUE.filter(fits_common_name)),
    attribute(NameOID.ORGANIZATION_NAME, VALUE),
    attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, VALUE),
    attribute(NameOID.SURNAME, VALUE),
    attribute(x509.ObjectIdentifier("1.2.3.4"), VALUE),
    attribute(NameOID.COUNTRY_NAME, st.sampled_from(["SE", "de"])),
    attribute(NameOID.EMAIL_ADDRESS, st.just("a,b@example.com")),
)
RDNS = st.lists(ATTRIBUTES, min_size=1, max_size=3, unique_by=lambda item: item.oid).map(
    x509.RelativeDistinguishedName
)
NAMES = st.lists(RDNS, min_size=1, max_size=4).map(x509.Name)


@given(NAMES)
@example(dn(r"CN=\#ab,O=\ a\ ,OU=a\\\,b\+c\=d\;\<\>\""))
def test_a_name_written_as_text_is_read_back_as_the_same_name(name):
    assert dn(dn_text(name)) == name


@given(st.text(max_size=40) | st.text(alphabet='CNO=,+\\ #";a0\n', max_size=30))
def test_any_text_is_a_name_or_refused_in_a_safe_sentence(text):
    try:
        name = dn(text)
    except NotAName as refusal:
        assert_safe(refusal)
        return
    assert list(name)
    assert dn(dn_text(name)) == name


@given(st.text(max_size=70))
def test_a_common_name_fits_or_is_refused(text):
    assume(not is_dn(text))
    try:
        name = common_name(text)
    except NotAName:
        return
    assert fits_common_name(common_name_of(name))
    assert common_name_of(name) == text.strip()


def test_the_most_specific_common_name_is_the_name():
    assert common_name_of(dn("CN=inner,CN=outer,O=Example")) == "inner"
    assert common_name_of(dn("O=Example")) is None
