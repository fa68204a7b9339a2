"""Names as people type them, as certificates carry them, and as text again."""

import ipaddress
import re

import idna
import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tlsca.errors import NotAName, NotAnIdentity, TlscaError
from tlsca.pki.identity import Identity, IdentityKind, general_name_text, identity, is_identity
from tlsca.pki.names import common_name, common_name_of, dn, dn_text, fits_common_name, is_dn
from tlsca.text import printable


def assert_safe(refusal: TlscaError) -> None:
    assert printable(refusal.sentence) == refusal.sentence
    assert printable(refusal.hint) == refusal.hint


LABEL = st.from_regex(r"[a-z]([a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(LABEL, min_size=1, max_size=5).map(".".join)


@pytest.mark.parametrize(
    ("typed", "labelled"),
    [
        ("www.example.com", "DNS:www.example.com"),
        ("  WWW.Example.COM. ", "DNS:www.example.com"),
        ("localhost", "DNS:localhost"),
        ("*.example.com", "DNS:*.example.com"),
        ("xn--bcher-kva.example", "DNS:xn--bcher-kva.example"),
        ("10.0.0.1", "IP:10.0.0.1"),
        ("2001:DB8:0::1", "IP:2001:db8::1"),
        ("[2001:db8::1]", "IP:2001:db8::1"),
        ("::ffff:10.0.0.1", "IP:::ffff:a00:1"),
        ("Ada@Example.com", "email:Ada@example.com"),
        ("ada+tls@bücher.example", "email:ada+tls@xn--bcher-kva.example"),
        ("spiffe://example.com/service", "URI:spiffe://example.com/service"),
        ("https://[2001:db8::1]:8443/", "URI:https://[2001:db8::1]:8443/"),
        (
            "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
            "URI:urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
        ),
        ("DNS:www.example.com", "DNS:www.example.com"),
        ("ip:10.0.0.1", "IP:10.0.0.1"),
        ("EMAIL:ada@example.com", "email:ada@example.com"),
        ("uri:tag:example.com,2030:x", "URI:tag:example.com,2030:x"),
    ],
)
def test_a_name_is_recognised_by_its_form(typed, labelled):
    assert identity(typed).labelled == labelled


# IDNA 2008 (RFC 5891): letters that IDNA 2003 mapped away keep their own A-label; symbols and emoji have none.
@pytest.mark.parametrize(
    ("typed", "a_label"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
    ],
)
def test_international_names_become_a_labels_by_idna_2008(typed, a_label):
    assert identity(typed).value == a_label


@pytest.mark.parametrize(
    "typed", ["☃.example", "💩.example", "xn--ls8h.example", "xn--a.example", "a\u200db.example"]
)
def test_what_idna_2008_does_not_allow_is_refused(typed):
    with pytest.raises(NotAnIdentity):
        identity(typed)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("www.*.example.com", "wildcard stands alone"),
        ("w*.example.com", "wildcard stands alone"),
        ("*.*.example.com", "wildcard stands alone"),
        ("*", "wildcard stands alone"),
        ("www.example.com:443", "port is no part"),
        ("under_score.example", "no underscore"),
        ("two words", "no spaces"),
        ("a..b", "at least one character"),
        ("", "at least one character"),
        ("10.0.0.0/8", "single addresses"),
        ("-a.example", "letters, digits and inner hyphens"),
        ("a" * 64 + ".example", "up to 63 letters"),
        (".".join(["a" * 63] * 4), "up to 63 letters"),
        ("256.1.1.1", "four numbers"),
        ("010.0.0.1", "four numbers"),
        ("10.0.0", "four numbers"),
        ("fe80::1%eth0", "from % on"),
        ("ada@", ""),
        ("@example.com", "name@example.com"),
        ("ada@*.example.com", "wildcard"),
        ("ada@[10.0.0.1]", "name@example.com"),
        ("ädä@example.com", "in ASCII"),
        ('"a b"@example.com', "name@example.com"),
        ("a" * 65 + "@example.com", "name@example.com"),
        ("https://", "spiffe://"),
        ("https://@/", "spiffe://"),
        ("https://a b/", "spiffe://"),
        ("https://bücher.example/", "in ASCII"),
        ("https://[::1/", "spiffe://"),
        ("dns:10.0.0.1", ""),
        ("host.0x7f", ""),
        ("ip:www.example.com", "four numbers"),
    ],
)  # fmt: skip
def test_what_nobody_could_match_is_refused_with_a_hint(typed, hint):
    with pytest.raises(NotAnIdentity) as refusal:
        identity(typed)
    assert hint in refusal.value.hint
    assert printable(refusal.value.sentence) == refusal.value.sentence


@given(HOSTS)
def test_a_host_name_is_its_own_identity(host):
    found = identity(host)
    assert (found.kind, found.value) == (IdentityKind.DNS, host)
    assert identity(host.upper() + ".") == found
    assert identity("*." + host).value == "*." + host


@given(st.ip_addresses())
def test_an_address_is_itself_in_canonical_form(address):
    assert identity(str(address)) == Identity(IdentityKind.IP, str(address))
    assert identity(address.exploded) == identity(str(address))
    assert identity(str(address)).general_name() == x509.IPAddress(ipaddress.ip_address(str(address)))


@given(st.from_regex(r"[a-z0-9+]{1,20}(\.[a-z0-9]{1,9})?", fullmatch=True), HOSTS)
def test_a_mailbox_keeps_its_local_part_as_typed(local, host):
    assert identity(f"{local.upper()}@{host.upper()}").value == f"{local.upper()}@{host}"


@given(st.text(max_size=60) | st.text(alphabet="a.*-:@[]/%0x1ü\u202e\n ", max_size=30))
@example("a@b@c")
@example("https://[")
@example("https://a:99999999/")
@example("xn--")
@example("\ud800")
@example("\uff11\uff10.0.0.1")
def test_any_text_is_an_identity_that_reads_back_or_refused_in_a_safe_sentence(text):
    try:
        found = identity(text)
    except NotAnIdentity as refusal:
        assert_safe(refusal)
        assert not is_identity(text)
        return
    assert identity(found.value) == found or identity(found.labelled) == found
    assert found.value.isascii()
    assert printable(found.value) == found.value
    assert general_name_text(found.general_name()) == found.value
    if found.kind is IdentityKind.DNS:
        host = found.value.removeprefix("*.")
        assert "*" not in host
        assert len(host) <= 253
        assert all(re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", label) for label in host.split("."))
        assert all(idna.ulabel(label) for label in host.split(".") if label.startswith("xn--"))


# Distinguished names


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
