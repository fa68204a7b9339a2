"""index.txt: what `openssl ca` writes, and what is none."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tlsca.pki.index_txt import BadLine, IndexEntry, is_index, read_index
from tlsca.pki.moment import moment
from tlsca.pki.revoke import Revocation

AT = datetime(2026, 11, 21, 6, 38, 4, tzinfo=UTC)
SINCE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_Flags = x509.ReasonFlags


def one(revocation: str):
    line = f"R\t300101000000Z\t{revocation}\t6CF8\tunknown\t/CN=bob\n"
    (entry,) = read_index(line.encode())
    return entry


def test_each_line_is_one_certificate():
    text = (
        b"# a comment\n"
        b"V\t301231235959Z\t\t1000\tunknown\t/C=DE/CN=www.example\r\n"
        b"\n"
        b"E\t20510101000000Z\t\t0A\tunknown\t/CN=old\n"
    )
    assert list(read_index(text)) == [
        IndexEntry(0x1000, datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC), "/C=DE/CN=www.example"),
        IndexEntry(10, datetime(2051, 1, 1, tzinfo=UTC), "/CN=old"),
    ]


@pytest.mark.parametrize(
    ("written", "reason", "since"),
    [
        ("", None, None),
        (",unspecified", _Flags.unspecified, None),
        (",keyCompromise", _Flags.key_compromise, None),
        (",CACompromise", _Flags.ca_compromise, None),
        (",cessationOfOperation", _Flags.cessation_of_operation, None),
        (",certificateHold", _Flags.certificate_hold, None),
        (",holdInstruction,holdInstructionReject", _Flags.certificate_hold, None),
        (",keyTime,20260102030405Z", _Flags.key_compromise, SINCE),
        (",CAkeyTime,20260102030405Z", _Flags.ca_compromise, SINCE),
    ],
)
def test_a_revocation_has_its_time_reason_and_beginning(written, reason, since):
    assert one(f"261121063804Z{written}").revocation == Revocation(0x6CF8, AT, reason, since)


def test_a_tab_behind_a_backslash_belongs_to_the_subject():
    (entry,) = read_index(b"V\t301231235959Z\t\t01\tunknown\t/CN=a\\\tb\n")
    assert entry.subject == "/CN=a\\\tb"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("V\t301231235959Z\t\t01\tunknown", "six columns"),
        ("X\t301231235959Z\t\t01\tunknown\t/CN=a", "six columns"),
        ("V\t301331235959Z\t\t01\tunknown\t/CN=a", "no time"),
        ("V\t301231235959Z\t\tnine\tunknown\t/CN=a", "not hexadecimal"),
        ("R\t301231235959Z\t\t01\tunknown\t/CN=a", "no time"),
        ("R\t301231235959Z\t261121063804Z,boredom\t01\tunknown\t/CN=a", "none of OpenSSL's"),
        ("R\t301231235959Z\t261121063804Z,keyTime\t01\tunknown\t/CN=a", "no time"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(line, why):
    good = "V\t301231235959Z\t\t02\tunknown\t/CN=b"
    bad, entry = read_index(f"{line}\n{good}\n".encode())
    assert isinstance(bad, BadLine)
    assert (bad.number, why in bad.why) == (1, True)
    assert entry.serial == 2


@given(st.binary(max_size=400))
def test_whatever_the_octets_reading_them_ends(data):
    assert all(isinstance(line, IndexEntry | BadLine) for line in read_index(b"V\t" + data))


def test_an_index_is_told_by_its_first_line():
    assert is_index(b"V\t301231235959Z\t\t01\tunknown\t/CN=a\n")
    for other in (
        b"",
        b"\n",
        b"01\n",
        b"unique_subject = no\n",
        b"Very\tlong",
        b"-----BEGIN CERTIFICATE-----",
    ):
        assert not is_index(other)


@pytest.mark.parametrize(
    ("text", "year"), [("491231000000Z", 2049), ("500101000000Z", 1950), ("20500101000000Z", 2050)]
)
def test_two_digits_of_a_year_mean_1950_to_2049(text, year):
    assert moment(text).year == year


@pytest.mark.parametrize(
    "text", ["", "261121063804", "26112106380Z", "2611210638044Z", "٢61121063804Z", "269999999999Z"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="time"):
        moment(text)
