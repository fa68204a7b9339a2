import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.probe.target import BadTarget, Target, parse_target
from tlsca.text import printable


@pytest.mark.parametrize(
    ("text", "host", "port", "starttls"),
    [
        ("www.example.com", "www.example.com", 443, None),
        ("  WWW.Example.COM.  ", "www.example.com", 443, None),
        ("www.example.com:8443", "www.example.com", 8443, None),
        ("mail.example.com:587", "mail.example.com", 587, "smtp"),
        ("10.0.0.1", "10.0.0.1", 443, None),
        ("10.0.0.1:993", "10.0.0.1", 993, None),
        ("::1", "::1", 443, None),
        ("[::1]", "::1", 443, None),
        ("[2001:DB8::1]:389", "2001:db8::1", 389, "ldap"),
        ("[fe80::1%eth0]:443", "fe80::1%eth0", 443, None),
        ("https://example.com/a/path?query#part", "example.com", 443, None),
        ("https://user:secret@example.com:8443/", "example.com", 8443, None),
        ("HTTPS://[::1]:8443", "::1", 8443, None),
        ("smtp://mail.example.com", "mail.example.com", 25, "smtp"),
        ("smtps://mail.example.com", "mail.example.com", 465, None),
        ("postgres://db.example.com/name", "db.example.com", 5432, "postgresql"),
        ("postgresql://u:p@db.example.com:6432/name", "db.example.com", 6432, "postgresql"),
        ("ldap://dc.example.com", "dc.example.com", 389, "ldap"),
        ("ldaps://dc.example.com", "dc.example.com", 636, None),
        ("imap://mail.example.com", "mail.example.com", 143, "imap"),
        ("mysql://db.example.com", "db.example.com", 3306, "mysql"),
        ("xmpp-server://chat.example.com", "chat.example.com", 5269, "xmpp-server"),
        ("mqtts://broker.example.com", "broker.example.com", 8883, None),
        ("made-up://example.com:1234", "example.com", 1234, None),
        ("straße.example", "xn--strae-oqa.example", 443, None),
        ("müller.example。", "xn--mller-kva.example", 443, None),
        ("_service.example.com", "_service.example.com", 443, None),
    ],
)
def test_what_is_typed_becomes_a_host_a_port_and_a_protocol(text, host, port, starttls):
    target = parse_target(text)
    assert (target.host, target.port, target.starttls) == (host, port, starttls)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ":443",
        "host:",
        "host:0",
        "host:65536",
        "host:99999",
        "host:http",
        "host:-1",
        "host:4 3",
        "host:٤٤٣",
        "a b",
        "a..b",
        ".example.com",
        "-a.example",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "0x7f000001",
        "2130706433",
        "[::1",
        "[::1]x",
        "[1.2.3.4.5]",
        "::g",
        "host:1:2",
        "https://",
        "https:///path",
        "made-up://example.com",
        "x" * 64 + ".example",
        "a." * 130 + "example",
        "\x1b[2J",
        "ex\0ample.com",
        "\u2603\u202e.example",
    ],
)
def test_what_cannot_be_dialled_is_refused_in_a_sentence(text):
    with pytest.raises(BadTarget) as refusal:
        parse_target(text)
    assert refusal.value.hint
    assert printable(refusal.value.sentence) == refusal.value.sentence


def test_a_refusal_does_not_repeat_a_password():
    with pytest.raises(BadTarget) as refusal:
        parse_target("postgres://admin:hunter2@db.example.com:99999/x")
    assert "hunter2" not in str(refusal.value)


def test_no_server_name_is_sent_for_an_address():
    assert parse_target("10.0.0.1").server_name is None
    assert parse_target("10.0.0.1").verify_name == "10.0.0.1"
    assert parse_target("www.example.com").server_name == "www.example.com"


def test_names_and_address_can_be_given_apart():
    target = parse_target("10.0.0.1:443", server_name="WWW.Example.com", address="[2001:db8::1]")
    assert target == Target("10.0.0.1", 443, "2001:db8::1", "www.example.com", "www.example.com", None)
    assert parse_target("www.example.com", verify_name="other.example").verify_name == "other.example"
    assert parse_target("www.example.com", server_name="").server_name is None
    assert parse_target("www.example.com", server_name="").verify_name == "www.example.com"


def test_a_zone_is_dialled_and_not_verified():
    target = parse_target("[fe80::1%eth0]:443")
    assert (target.host, target.verify_name) == ("fe80::1%eth0", "fe80::1")


def test_the_protocol_can_be_said_or_forbidden():
    assert parse_target("mail.example.com:2500", starttls="smtp").starttls == "smtp"
    assert parse_target("db.example.com", starttls="POSTGRES").starttls == "postgresql"
    assert parse_target("mail.example.com:25", starttls="none").starttls is None
    with pytest.raises(BadTarget, match="gopher"):
        parse_target("mail.example.com", starttls="gopher")


def test_what_is_dialled_is_an_address():
    with pytest.raises(BadTarget):
        parse_target("www.example.com", address="www.example.com")


def read(text):
    """Return the target, or the sentence of its refusal."""
    try:
        return parse_target(text)
    except BadTarget as refusal:
        return refusal.sentence


@given(st.text(max_size=80))
def test_any_text_is_a_target_or_refused(text):
    answer = read(text)
    if isinstance(answer, str):
        assert printable(answer) == answer
    else:
        assert answer.host.isascii()
        assert 1 <= answer.port <= 65535


@given(st.ip_addresses(), st.integers(1, 65535))
def test_every_address_and_port_survives(address, port):
    shown = f"[{address}]" if address.version == 6 else str(address)
    target = parse_target(f"{shown}:{port}")
    assert (ipaddress.ip_address(target.host), target.port) == (address, port)
    assert parse_target(str(target), starttls=target.starttls or "none") == target
