"""Names as people type them and as certificates carry them."""

import ipaddress
import re

import idna
import pytest
from cryptography import x509
from hypothesis import example, given
from hypothesis import strategies as st

from tlsca.errors import NotAnIdentity, TlscaError
from tlsca.pki.addresses import address_text
from tlsca.pki.identity import Identity, IdentityKind, general_name_text, identity, is_identity
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
        ("::ffff:10.0.0.1", "IP:::ffff:10.0.0.1"),
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
    assert identity(str(address)) == Identity(IdentityKind.IP, address_text(address))
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
