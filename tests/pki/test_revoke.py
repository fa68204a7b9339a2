"""Revocation lists as OpenSSL, GnuTLS, NSS and pkilint read them, and deltas that lead from one list to the next."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from tlsca.errors import Refused
from tlsca.pki.revoke import (
    LARGEST_SERIAL,
    REASONS,
    ListForm,
    Revocation,
    changes,
    check_serial,
    listed,
    next_number,
    revocation_list,
)

NOW = datetime(2030, 1, 31, 9, 30, tzinfo=UTC)
PRESENT = datetime.now(UTC).replace(microsecond=0)
"""GnuTLS and NSS verify a list at the present time and no other."""

Flags = x509.ReasonFlags
SIGNERS = ["ec-p256", "ec-p384", "ec-p521", "rsa-2048", "ed25519", "ed448"]
POST_QUANTUM = ["ml-dsa-44", "ml-dsa-65", "ml-dsa-87"]

EVERY_REASON = [
    Revocation(100 + place, NOW - timedelta(days=place), reason, NOW - timedelta(days=400))
    for place, reason in enumerate((None, *REASONS.values()))
]


def form(number=1, at=NOW, **said):
    return ListForm(number=number, this_update=at, next_update=at + timedelta(days=7), **said)


def signed(authority, *entries, at=NOW, **said):
    return revocation_list(authority.certificate, authority.key, entries, form(at=at, **said))


def revoked(made, *, reason=None, ago=1):
    return Revocation(made.certificate.serial_number, NOW - timedelta(days=ago), reason)


def pem(crl):
    return crl.public_bytes(Encoding.PEM)


@pytest.fixture
def lint(tmp_path, capsys):
    """What pkilint has to say of a list; nothing if it is content."""
    program = pytest.importorskip("pkilint.bin.lint_crl", reason="pkilint is not installed")

    def lint(crl, *, authorities=False):
        file = tmp_path / "lint.crl"
        file.write_bytes(pem(crl))
        kind = "ARL" if authorities else "CRL"
        program.main(["lint", "-t", kind, "-p", "PKIX", "-s", "WARNING", "-f", "JSON", str(file)])
        said = capsys.readouterr()
        assert not said.err
        return json.loads(said.out)["results"]

    return lint


# What outsiders say


@pytest.fixture
def judged(run, tmp_path):
    """Let OpenSSL verify a certificate of an intermediate with the CRLs of both authorities."""

    def judged(leaf, *crls):
        files = {
            "leaf.pem": leaf.pem,
            "between.pem": leaf.chain[1].public_bytes(Encoding.PEM),
            "root.pem": leaf.chain[2].public_bytes(Encoding.PEM),
            "crls.pem": b"".join(map(pem, crls)),
        }
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        done = run(
            "openssl", "verify", "-x509_strict", "-crl_check_all", "-attime", str(int(NOW.timestamp())),
            "-CAfile", tmp_path / "root.pem", "-untrusted", tmp_path / "between.pem", "-CRLfile", tmp_path / "crls.pem",
            tmp_path / "leaf.pem",
        )  # fmt: skip
        return done.returncode == 0, done.stderr.decode()

    return judged


@pytest.mark.parametrize("kind", SIGNERS)
def test_openssl_refuses_what_is_on_the_list_and_nothing_else(make, judged, kind):
    root = make("root", "CN=Root", kind=kind)
    between = make("intermediate", "CN=Between", issuer=root, kind=kind)
    good, bad = (make("server", name, issuer=between) for name in ("good.example", "bad.example"))
    crls = signed(root), signed(between, revoked(bad, reason=Flags.key_compromise))
    assert judged(good, *crls) == (True, "")
    accepted, why = judged(bad, *crls)
    assert not accepted
    assert "certificate revoked" in why


def test_openssl_refuses_everything_below_a_revoked_intermediate(judged, root, intermediate, server):
    accepted, why = judged(server, signed(root, revoked(intermediate)), signed(intermediate))
    assert not accepted
    assert "certificate revoked" in why


def test_openssl_prints_what_was_said(run, root):
    since = Revocation(0xABCD, NOW - timedelta(days=1), Flags.superseded, NOW - timedelta(days=30))
    crl = signed(root, since, number=77, freshest=("http://crl.example/delta.crl",))
    words = ("openssl", "crl", "-noout", "-text", "-nameopt", "oneline")  # as it is by itself before 3.2
    said = " ".join(run(*words, input=pem(crl)).stdout.decode().split())
    for line in (
        "Issuer: C = SE, O = Acme, CN = Acme Root",
        "Last Update: Jan 31 09:30:00 2030 GMT",
        "Next Update: Feb 7 09:30:00 2030 GMT",
        "X509v3 Authority Key Identifier",
        "URI:http://crl.example/delta.crl",
        "Serial Number: ABCD",
        "Superseded",
        "Invalidity Date: Jan 1 09:30:00 2030 GMT",
    ):
        assert line in said
    assert "X509v3 CRL Number: 77 " in said


@pytest.mark.parametrize("kind", ["ec-p256", "rsa-2048", "ed25519"])
def test_gnutls_verifies_the_list(run, make, tmp_path, kind):
    root = make("root", "CN=Root", kind=kind, now=PRESENT)
    crl = signed(root, Revocation(7, PRESENT, Flags.superseded), at=PRESENT)
    (tmp_path / "root.pem").write_bytes(root.pem)
    (tmp_path / "list.crl").write_bytes(pem(crl))
    done = run(
        "certtool",
        "--verify-crl",
        "--load-ca-certificate",
        tmp_path / "root.pem",
        "--infile",
        tmp_path / "list.crl",
    )
    assert b"Verification output: Verified." in done.stdout, done.stdout + done.stderr


def test_nss_refuses_what_is_on_the_list_and_nothing_else(run, make, tmp_path):
    store = f"sql:{tmp_path}"
    root = make("root", "CN=Root", now=PRESENT)
    good, bad = (make("server", name, issuer=root, now=PRESENT) for name in ("good.example", "bad.example"))
    run("certutil", "-N", "-d", store, "--empty-password")
    for name, made, trust in (("root", root, "CT,,"), ("good", good, ",,"), ("bad", bad, ",,")):
        (tmp_path / name).write_bytes(made.pem)
        run("certutil", "-A", "-d", store, "-n", name, "-t", trust, "-a", "-i", tmp_path / name)
    (tmp_path / "crl").write_bytes(
        signed(root, Revocation(bad.certificate.serial_number, PRESENT), at=PRESENT).public_bytes(
            Encoding.DER
        )
    )
    taken = run("crlutil", "-I", "-d", store, "-t", "1", "-i", tmp_path / "crl")
    assert taken.returncode == 0, taken.stderr
    said = {name: run("certutil", "-V", "-d", store, "-u", "V", "-n", name) for name in ("good", "bad")}
    assert b"certificate is valid" in said["good"].stdout, said["good"].stderr
    assert b"has been revoked" in said["bad"].stdout


@pytest.mark.parametrize("kind", SIGNERS)
def test_pkilint_finds_nothing_in_lists_of_any_classical_key(lint, make, kind):
    assert lint(signed(make("root", "CN=Root", kind=kind), *EVERY_REASON)) == []


def test_pkilint_finds_nothing_in_an_empty_list_a_delta_or_one_of_authorities(lint, root):
    assert lint(signed(root)) == []
    assert lint(signed(root, *EVERY_REASON, number=9, base=8)) == []
    assert lint(signed(root, *EVERY_REASON, freshest=("http://crl.example/delta.crl",))) == []
    assert lint(signed(root, *EVERY_REASON), authorities=True) == []


@pytest.mark.parametrize("kind", POST_QUANTUM)
def test_lists_of_post_quantum_keys_verify(make, kind):
    root = make("root", "CN=Root", kind=kind)
    crl = signed(root, *EVERY_REASON)
    assert crl.is_signature_valid(root.certificate.public_key())


# What is in a list


def test_entries_come_back_as_they_were_given(root):
    crl = signed(root, *EVERY_REASON)
    unspecified_is_not_said = [
        entry if entry.reason is not Flags.unspecified else Revocation(entry.serial, entry.revoked_at, None, entry.invalid_since)
        for entry in EVERY_REASON
    ]  # fmt: skip
    assert list(listed(crl)) == unspecified_is_not_said


def test_a_delta_names_its_base_critically_and_says_nothing_of_deltas(root):
    crl = signed(root, number=9, base=8, freshest=("http://crl.example/delta.crl",))
    indicator = crl.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    assert (indicator.critical, indicator.value.crl_number) == (True, 8)
    assert {extension.oid for extension in crl.extensions} == {
        x509.DeltaCRLIndicator.oid,
        x509.CRLNumber.oid,
        x509.AuthorityKeyIdentifier.oid,
    }


def test_the_list_points_to_the_key_that_signed_it(root):
    above = root.extension(x509.SubjectKeyIdentifier).value.digest
    assert (
        signed(root).extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        == above
    )


def test_only_an_authority_signs_and_only_with_its_own_key(root, intermediate, server):
    with pytest.raises(Refused, match="key usage of CN=www"):
        signed(server)
    with pytest.raises(Refused, match="not that of the issuer"):
        revocation_list(root.certificate, intermediate.key, (), form())


@pytest.mark.parametrize("serial", [0, -1, LARGEST_SERIAL + 1])
def test_a_serial_number_that_no_list_can_hold_is_refused(serial):
    with pytest.raises(Refused, match="cannot hold the serial number"):
        check_serial(serial)


def test_the_largest_serial_number_fits(root):
    check_serial(LARGEST_SERIAL)
    (entry,) = listed(signed(root, Revocation(LARGEST_SERIAL, NOW)))
    assert entry.serial == LARGEST_SERIAL


# Numbers


@given(st.integers(0, 2**159), st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 -- made aware below
def test_the_next_number_is_above_the_last(last, moment):
    assert next_number(last, moment.replace(tzinfo=UTC)) > last


def test_a_number_is_above_those_of_a_later_state_that_was_lost():
    given_out = 0
    for day in range(5):
        given_out = next_number(given_out, NOW + timedelta(days=day))
    assert next_number(0, NOW + timedelta(days=6)) > given_out


# Deltas


def applied(before, delta):
    """What a client knows after a delta."""
    known = {entry.serial: entry for entry in before}
    for entry in delta:
        known.pop(entry.serial, None)
        if entry.reason is not Flags.remove_from_crl:
            known[entry.serial] = entry
    return set(known.values())


entries = st.dictionaries(
    st.integers(1, 12),
    st.tuples(st.integers(0, 3), st.sampled_from([None, Flags.certificate_hold, Flags.superseded])),
).map(
    lambda found: tuple(
        Revocation(serial, NOW + timedelta(hours=hours), reason) for serial, (hours, reason) in found.items()
    )
)


@given(entries, st.lists(entries, min_size=1, max_size=4))
def test_whichever_list_a_client_has_since_the_full_one_the_next_delta_leads_to_the_present(full, states):
    known = [set(full)]
    amendment = ()
    for current in states:
        amendment = changes(full, amendment, current)
        for before in known:
            assert applied(before, amendment) == set(current)
        known.append(set(current))


def test_what_did_not_change_is_not_repeated():
    full = (Revocation(1, NOW), Revocation(2, NOW))
    assert changes(full, (), (*full, Revocation(3, NOW))) == (Revocation(3, NOW),)


def test_a_hold_that_was_lifted_is_removed_from_the_list():
    hold = Revocation(1, NOW, Flags.certificate_hold)
    assert changes((hold,), (), ()) == (Revocation(1, NOW, Flags.remove_from_crl),)
