"""The views of a result as lines: what they say, and that none is wider than the place where it is drawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.keeping import open_store
from tlsca.pki.certificate import certificate
from tlsca.pki.finding import error, warning
from tlsca.probe.deep import Depth, Staple
from tlsca.probe.enumeration import Accepted, Capabilities
from tlsca.probe.result import ClientAuth, Direction, Inventory, Message, Outcome, Result, Timings, Tls
from tlsca.probe.suites import suite
from tlsca.probe.target import parse_target
from tlsca.probe.transcript import Event, Stage
from tlsca.tui.widgets.accepted import accepts_lines
from tlsca.tui.widgets.ladder import events_of, ladder_lines
from tlsca.tui.widgets.proof import Proof
from tlsca.tui.widgets.served_chain import chain_lines
from tlsca.tui.widgets.setting import plain
from tlsca.tui.widgets.verdict import verdict_lines

NOW = datetime.now(UTC)
RC4, AES = suite(0x0005), suite(0x009C)
STEPS = (
    Message(1.0, Direction.SENT, "EHLO tlsca.example"),
    Message(2.1, Direction.SENT, "ClientHello", octets=b"\1\0\1\xfc" + bytes(508)),
    Message(3.5, Direction.RECEIVED, "alert 116 (certificate_required)", "fatal"),
)


@pytest.fixture
def proof(demo):
    """A host that sends an expired certificate for another name, and wants one of ours; no path was found."""
    desk = open_store(demo)
    record = desk.ledger.find("old.home.arpa", now=desk.now())
    leaf, issuer, root = (certificate(desk.certificate_der(link)) for link in desk.chain(record))
    desk.close()
    result = Result(
        target=parse_target("a-rather-long-name-of-a-host.example.com:8443"),
        address="192.0.2.7",
        verdict=Outcome.UNTRUSTED,
        problems=(
            error("expired", "It expired long ago.", "Renew it.", certificate=leaf.sha256),
            error(
                "missing-intermediate", "Nobody knows who signed it.", "Send it.", certificate=issuer.sha256
            ),
            warning("expires-soon", "The root ends soon.", "Plan for it.", certificate=root.sha256),
        ),
        tls=Tls(
            version="TLSv1.2",
            cipher=("AES128-GCM-SHA256", "TLSv1.2", 128),
            group=None,
            signature=None,
            alpn="h2",
            peercert={"subject": ((("commonName", "x" * 300),),)},
        ),
        chain_sent=(leaf, root),
        chain_verified=(),
        client_auth=ClientAuth(requested=True, required=None, acceptable_cas=("CN=One", "CN=" + "Two" * 40)),
        inventory=Inventory("superseded", "0123456789ab", "ba9876543210"),
        strict=("no-authority-key-id",),
        timings_ms=Timings(dns=0.5, tcp=0.5, starttls=1.0, tls=2.0, total=4.0),
        transcript=STEPS,
        depth=Depth(group="X25519MLKEM768", staple=Staple(status="revoked", next_update=NOW)),
    )
    return Proof(form=ProbeForm(target="x"), result=result, at=NOW)


CAPABILITIES = Capabilities(
    target=parse_target("localhost"),
    accepted=(
        Accepted(version="TLSv1.2", suites=(AES, RC4), own_order=True, groups=("x25519",), prime_bits=1024),
        Accepted(version="TLSv1", suites=(RC4,), own_order=None),
    ),
    handshakes=12,
)


@pytest.mark.parametrize("width", [40, 54, 78, 99, 160])
def test_no_line_is_wider_than_its_place(proof, width):
    for lines in (
        verdict_lines(proof, width, proof.at),
        chain_lines(proof, width, beside=False),
        chain_lines(proof, width, beside=width > 76),
        ladder_lines(events_of(proof.result), width, result=proof.result),
        accepts_lines(CAPABILITIES, width),
    ):
        assert [line.plain for line in lines if line.cell_length > width] == []


def test_the_verdict_names_every_problem_with_its_culprit(proof):
    told = plain(verdict_lines(proof, 78, proof.at))
    assert "It expired long ago; and 2 more problems." in told
    assert "at fault  the leaf, old.home.arpa" in told
    assert "at fault  not sent, " in told
    assert "at fault  number 2 of the chain, Home Root CA" in told


def test_a_suite_without_forward_secrecy_is_told_apart(proof):
    told = plain(verdict_lines(proof, 78, proof.at))
    assert "✘ no: whoever gets the server's key" in told
    assert "RSA key transport" in told


def test_what_cannot_be_told_of_a_client_certificate_is_not_guessed(proof):
    told = plain(verdict_lines(proof, 78, proof.at))
    assert told.count("cannot be told") == 2
    assert "there is no client certificate with its key in this store" in told


def test_a_modern_client_learns_of_the_staple(proof):
    told = plain(verdict_lines(proof, 99, proof.at))
    assert "X25519MLKEM768  ✔ post-quantum" in told
    assert "revoked" in told
    unknown = replace(proof, result=replace(proof.result, depth=Depth(unknown="Nobody answered.")))
    assert "not known: Nobody answered." in plain(verdict_lines(unknown, 99, unknown.at))


def test_the_link_that_fails_is_marked(proof):
    told = plain(chain_lines(proof, 99, beside=False))
    assert "✘ the chain breaks here: Home Root CA is not the name of its issuer" in told
    assert "✘ No path leads to anything that is trusted here." in told


def test_what_is_weak_is_said_once_and_marked_where_it_stands():
    told = plain(accepts_lines(CAPABILITIES, 99))
    assert "retired: TLSv1 (RFC 8996)" in told
    assert told.count("RC4 leaks plaintext (RFC 7465): ") == 1
    assert "  1 ! AES128-GCM-SHA256" in told
    assert "  2 ✘ " in told
    assert "✘ 1024 bits" in told
    assert "TLSv1.3, TLSv1.1 and SSLv3" in told


def test_the_ladder_has_direction_size_and_time(proof):
    lines = [line.plain for line in ladder_lines(events_of(proof.result), 99, result=proof.result)]
    hello = next(line for line in lines if "ClientHello" in line)
    assert hello.index("ClientHello") < hello.index("▶")
    assert "512" in hello
    assert hello.lstrip().startswith("2.1")
    refusal = next(line for line in lines if "alert 116" in line)
    assert refusal.index("◀") < refusal.index("alert 116")
    places = [line.index("●") for line in lines if "●" in line]
    assert places == sorted(places)
    assert any("STARTTLS" in line and "1.0 ms" in line for line in lines)


def test_a_stage_under_way_has_no_end_yet():
    (_, stage) = ladder_lines([Event(Stage.TCP, 0.2)], 78)
    assert "TCP" in stage.plain
    assert "…" in stage.plain


def test_the_scale_seldom_changes_while_the_ladder_grows():
    ends = []
    for ms in range(1, 200):
        head = ladder_lines([Event(Stage.TLS, float(ms))], 78)[0].plain
        ends.append(head.split()[-2])
    assert len(set(ends)) == 8
    assert timedelta(milliseconds=int(ends[-1])) >= timedelta(milliseconds=199)
