"""Whom a probe trusts, and what OpenSSL is told before a handshake."""

import ssl

import pytest

from tlsca.errors import Unreadable, UsageError
from tlsca.probe.session import Connection, overhear
from tlsca.probe.trust import Policy, Trust, context, system_roots


def made(trust=None, **policy):
    return context(trust or Trust(system=False), Policy(**policy), overhear, Connection)


def test_equal_values_share_a_context(hierarchy):
    trust = Trust(system=False, roots=(hierarchy.root.der,))
    again = Trust(system=False, roots=(bytes(hierarchy.root.der),))
    assert made(trust) is made(again)
    assert made(trust) is not made(trust, max_version="1.2")


def test_a_peer_is_verified_and_its_name_looked_at_without_the_common_name():
    one = made()
    assert (one.verify_mode, one.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not one.hostname_checks_common_name


def test_the_flags_do_not_depend_on_the_interpreter(hierarchy):
    assert made().verify_flags == ssl.VERIFY_X509_TRUSTED_FIRST
    partial = Trust(system=False, roots=(hierarchy.intermediate.der,), partial=True)
    assert made(partial).verify_flags == ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN


def test_an_intermediate_among_the_roots_is_known_and_not_trusted(hierarchy):
    trust = Trust(system=False, roots=(hierarchy.root.der, hierarchy.intermediate.der))
    assert trust.anchors == (hierarchy.root.der,)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("ciphers", [None, "ALL:aNULL:eNULL"])
def test_no_suite_without_authentication_or_encryption_is_ever_offered(legacy, ciphers):
    suites = made(legacy=legacy, ciphers=ciphers).get_ciphers()
    assert suites
    assert not [suite for suite in suites if suite["auth"] == "auth-null" or suite["strength_bits"] == 0]


def test_what_openssl_cannot_take_is_refused_in_a_sentence():
    with pytest.raises(UsageError, match="made-up"):
        made(ciphers="made-up")
    with pytest.raises(UsageError, match=r"2\.0"):
        made(min_version="2.0")
    with pytest.raises(UsageError):
        made(alpn=("x" * 300,))
    with pytest.raises(Unreadable):
        made(Trust(system=False, roots=(b"garbage",)))


def test_the_roots_of_this_machine_can_be_listed():
    listed = system_roots()
    loaded = ssl.create_default_context()
    assert set(loaded.get_ca_certs(binary_form=True)) <= set(listed)
    assert all(der[:1] == b"\x30" for der in listed)
