"""The plaintext steps before TLS, each against a server that speaks its protocol to the letter."""

import ssl
import time

import pytest


def codes(result):
    return [problem.code for problem in result.problems]


class Script:
    """Plays a server's part: `>` what it says, `<` what it must hear before going on."""

    def __init__(self, *steps):
        self.steps = steps
        self.heard = []

    def __call__(self, connection):
        for step in self.steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                self.heard.append(step(connection))


def line(connection):
    got = b""
    while not got.endswith(b"\r\n"):
        piece = connection.recv(1)
        if not piece:
            raise EOFError
        got += piece
    return got


def exactly(count):
    def read(connection):
        got = b""
        while len(got) < count:
            piece = connection.recv(count - len(got))
            if not piece:
                raise EOFError
            got += piece
        return got

    return read


MYSQL_GREETING = b"\x0a8.0.36\0" + b"\x01\0\0\0" + b"12345678" + b"\0" + b"\xff\xff" + bytes(20)
MYSQL_WITHOUT_TLS = b"\x0a8.0.36\0" + b"\x01\0\0\0" + b"12345678" + b"\0" + b"\xff\xf7" + bytes(20)
XMPP_HEADER = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1' version='1.0'>"
XMPP_TLS = b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
LDAP_YES = bytes.fromhex("300c02010178070a010004000400")
LDAP_YES_LONG = bytes.fromhex("308400000010020101788400000007 0a0100 0400 0400".replace(" ", ""))
LDAP_NO = bytes.fromhex("300c02010178070a010204000400")


def packet(body):
    return len(body).to_bytes(3, "little") + b"\0" + body


WILLING = {
    "smtp": Script(
        b"220-hello\r\n220 mail ESMTP\r\n",
        line,
        b"250-mail\r\n250-SIZE\r\n250-STARTTLS\r\n250 HELP\r\n",
        line,
        b"220 go\r\n",
    ),
    "lmtp": Script(b"220 mail LMTP\r\n", line, b"250-mail\r\n250 STARTTLS\r\n", line, b"220 go\r\n"),
    "imap": Script(
        b"* OK ready\r\n", line, b"* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n", line, b"a2 OK go\r\n"
    ),
    "pop3": Script(b"+OK ready\r\n", line, b"+OK go\r\n"),
    "ftp": Script(b"220-welcome\r\n to this server\r\n220 ready\r\n", line, b"234 go\r\n"),
    "nntp": Script(b"201 ready\r\n", line, b"382 go\r\n"),
    "sieve": Script(b'"IMPLEMENTATION" "x"\r\n"STARTTLS"\r\nOK "ready"\r\n', line, b'OK "go"\r\n'),
    "ldap": Script(exactly(31), LDAP_YES),
    "postgresql": Script(exactly(8), b"S"),
    "mysql": Script(packet(MYSQL_GREETING), exactly(36)),
    "xmpp": Script(line, XMPP_HEADER, XMPP_TLS, line, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
    "xmpp-server": Script(
        line, XMPP_HEADER, XMPP_TLS, line, b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    ),
}

ASKED = {
    "smtp": [b"EHLO tlsca.invalid\r\n", b"STARTTLS\r\n"],
    "lmtp": [b"LHLO tlsca.invalid\r\n", b"STARTTLS\r\n"],
    "imap": [b"a1 CAPABILITY\r\n", b"a2 STARTTLS\r\n"],
    "pop3": [b"STLS\r\n"],
    "ftp": [b"AUTH TLS\r\n"],
    "nntp": [b"STARTTLS\r\n"],
    "sieve": [b"STARTTLS\r\n"],
    "ldap": [bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"],
    "postgresql": [bytes.fromhex("0000000804d2162f")],
}

UNWILLING = [
    ("smtp", Script(b"220 mail\r\n", line, b"250-mail\r\n250 HELP\r\n")),
    ("smtp", Script(b"220 mail\r\n", line, b"250 STARTTLS\r\n", line, b"454 not now\r\n")),
    ("imap", Script(b"* PREAUTH welcome\r\n")),
    ("imap", Script(b"* OK ready\r\n", line, b"* CAPABILITY IMAP4rev1\r\na1 OK done\r\n")),
    ("imap", Script(b"* OK ready\r\n", line, b"* CAPABILITY STARTTLS\r\na1 OK\r\n", line, b"a2 BAD no\r\n")),
    ("pop3", Script(b"+OK ready\r\n", line, b"-ERR no\r\n")),
    ("ftp", Script(b"220 ready\r\n", line, b"530 please log in\r\n")),
    ("nntp", Script(b"200 ready\r\n", line, b"580 no\r\n")),
    ("sieve", Script(b'"IMPLEMENTATION" "x"\r\nOK "ready"\r\n')),
    ("ldap", Script(exactly(31), LDAP_NO)),
    ("postgresql", Script(exactly(8), b"N")),
    ("mysql", Script(packet(MYSQL_WITHOUT_TLS))),
    ("mysql", Script(packet(b"\xff\x6a\x04Host is blocked"))),
    ("xmpp", Script(line, XMPP_HEADER, b"<stream:features/>")),
    ("xmpp", Script(line, XMPP_HEADER, XMPP_TLS, line, b"<failure/>")),
]

STRANGE = [
    ("smtp", Script(b"554 go away\r\n")),
    ("smtp", Script(b"220 mail\r\n", line, b"500 what\r\n")),
    ("imap", Script(b"* BYE\r\n")),
    ("pop3", Script(b"-ERR busy\r\n")),
    ("ftp", Script(b"421 busy\r\n")),
    ("nntp", Script(b"400 busy\r\n")),
    ("sieve", Script(b'BYE "busy"\r\n')),
    ("ldap", Script(exactly(31), b"\x31\x00")),
    ("ldap", Script(exactly(31), bytes.fromhex("300c02010161070a010004000400"))),
    ("ldap", Script(exactly(31), bytes.fromhex("3003020101"))),
    ("ldap", Script(exactly(31), bytes.fromhex("3085ffffffffff"))),
    ("postgresql", Script(exactly(8), b"E")),
    ("mysql", Script(packet(b"\x09"))),
    ("xmpp", Script(line, XMPP_HEADER, b"<stream:error><host-unknown/></stream:error>")),
]


@pytest.mark.parametrize("protocol", WILLING)
def test_a_service_that_is_upgraded(serve_tls, look, hierarchy, protocol):
    script = Script(*WILLING[protocol].steps)
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], before=script)
    result = look(server, target={"starttls": protocol})
    assert (result.verdict, codes(result)) == ("trusted", [])
    assert result.timings_ms.starttls > 0
    assert script.heard == ASKED.get(protocol, script.heard)
    assert result.transcript[0].message != "ClientHello"
    assert "ClientHello" in [said.message for said in result.transcript]


def test_the_dialogue_is_kept_in_the_transcript(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], before=Script(*WILLING["pop3"].steps))
    said = [(one.direction, one.message) for one in look(server, target={"starttls": "pop3"}).transcript]
    assert said[:3] == [("received", "+OK ready"), ("sent", "STLS"), ("received", "+OK go")]


def test_active_directory_s_long_lengths_are_read(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], before=Script(exactly(31), LDAP_YES_LONG))
    assert look(server, target={"starttls": "ldap"}).verdict == "trusted"


def test_mysql_is_sent_an_ssl_request_of_32_octets_with_the_next_number(serve_tls, look, hierarchy):
    script = Script(*WILLING["mysql"].steps)
    look(serve_tls([hierarchy.leaf, hierarchy.intermediate], before=script), target={"starttls": "mysql"})
    (request,) = script.heard
    assert request[:4] == b"\x20\0\0\x01"
    assert int.from_bytes(request[4:8], "little") & 0x0800


def test_an_xmpp_stream_is_opened_to_the_domain(serve_tls, look, hierarchy):
    leaf = hierarchy.server(names=["chat.example"])
    script = Script(*WILLING["xmpp"].steps)
    server = serve_tls([leaf, hierarchy.intermediate], before=script)
    result = look(server, target={"starttls": "xmpp", "server_name": "chat.example"})
    assert result.verdict == "trusted"
    assert b"to='chat.example'" in script.heard[0]


@pytest.mark.parametrize(("protocol", "script"), UNWILLING)
def test_a_service_that_does_not_offer_tls(serve, look, protocol, script):
    result = look(serve(script), target={"starttls": protocol})
    assert (result.verdict, codes(result)) == ("failed", ["starttls-refused"])


@pytest.mark.parametrize(("protocol", "script"), STRANGE)
def test_a_service_that_speaks_something_else(serve, look, protocol, script):
    result = look(serve(script), target={"starttls": protocol})
    assert (result.verdict, codes(result)) == ("failed", ["starttls-failed"])


@pytest.mark.parametrize("protocol", WILLING)
def test_a_service_that_hangs_up(serve, look, protocol):
    result = look(serve(lambda _connection: None), target={"starttls": protocol})
    assert (result.verdict, codes(result)) == ("failed", ["starttls-failed"])


@pytest.mark.parametrize("protocol", ["imap", "smtp", "xmpp", "sieve"])
def test_an_endless_reply_is_cut_at_64_kilobytes(serve, look, protocol):
    def drone(connection):
        while True:
            connection.sendall(
                {"xmpp": b"<a>" * 3000, "smtp": b"220-x\r\n" * 1000}.get(protocol, b"* \r\n" * 2000)
            )

    begun = time.monotonic()
    result = look(serve(drone), target={"starttls": protocol}, timeout=10)
    assert codes(result) == ["starttls-failed"]
    assert time.monotonic() - begun < 8


def test_a_line_without_an_end_is_cut_at_64_kilobytes(serve, look):
    def drone(connection):
        while True:
            connection.sendall(b"x" * 4096)

    result = look(serve(drone), target={"starttls": "smtp"})
    assert codes(result) == ["starttls-failed"]
    assert "64 kB" in result.problems[0].message


def test_what_is_said_in_the_clear_after_the_go_ahead_is_thrown_away_and_reported(serve_tls, look, hierarchy):
    injected = Script(b"+OK ready\r\n", line, b"+OK go\r\n+OK \x1b[2Jinjected\r\n")
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], before=injected)
    result = look(server, target={"starttls": "pop3"})
    assert [(one.code, one.severity) for one in result.problems] == [("starttls-failed", "warning")]
    assert "\\x1b[2Jinjected" in result.problems[0].message
    assert result.tls.version == "TLSv1.3"


def test_a_service_behind_the_wrong_protocol_shows_its_words_safely(serve, look):
    result = look(serve(Script(b"\x1b]0;boo\x07 hello\r\n")), target={"starttls": "imap"})
    assert "\x1b" not in result.problems[0].message + "".join(said.message for said in result.transcript)


def test_tls_at_once_where_a_plaintext_greeting_was_awaited_ends_at_the_deadline(serve_tls, look, hierarchy):
    server = serve_tls([hierarchy.leaf, hierarchy.intermediate], version=ssl.TLSVersion.TLSv1_3)
    result = look(server, target={"starttls": "smtp"}, timeout=0.3)
    assert codes(result) == ["starttls-failed"]
    assert "--starttls none" in result.problems[0].fix
