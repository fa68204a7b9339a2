"""Partitioned revocation lists: which certificate is on which, what outsiders make of them, and what never changes again."""

import json
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority import bulk, calendar, doctor, keeping
from tlsca.authority.importing import import_files
from tlsca.authority.issuing import CertificateForm
from tlsca.authority.lists import keep_number, newest_crls
from tlsca.authority.partitioning import PartitionForm, partitions, plan_partitions, set_partitions
from tlsca.authority.partitions import list_url, partition_at
from tlsca.authority.publishing import CrlForm, Why, attention, crl_states, publish_all, publish_crl
from tlsca.authority.renewing import RenewalForm, renew
from tlsca.authority.requesting import RequestForm, SignForm, make_request, sign_request
from tlsca.authority.revoking import RevocationForm, revoke, unhold
from tlsca.authority.scope import WHOLE, Scope
from tlsca.authority.showing_status import show_partitions
from tlsca.authority.verifying import VerifyForm, verify
from tlsca.errors import Refused, UsageError
from tlsca.pki.revoke import Only
from tlsca.store.records import PartitionsRecord

URL = "http://crl.example/acme-{partition}.crl"


@pytest.fixture
def part(desk):
    """Part what the issuing authority issues."""

    def part(count=2, url=URL, reference="Acme Issuing"):
        return set_partitions(desk, PartitionForm(reference=reference, count=count, url=url))

    return part


@pytest.fixture
def shop(create, issue, part):
    """A root, and an intermediate with two partitions: a certificate of before, and two in each partition."""
    made = {"root": create("Acme Root"), "issuing": create("Acme Issuing", issuer="Acme Root")}
    made["before"] = issue("before.example", issuer="Acme Issuing")
    part()
    for number in range(100):
        record = issue(f"n{number}.example", issuer="Acme Issuing")
        made.setdefault(record.partition, []).append(record)
        if all(len(made.get(partition, ())) > 1 for partition in (1, 2)):
            break
    return made


@pytest.fixture
def take_back(desk):
    """Revoke certificates by their records."""

    def take_back(*records, **fields):
        return revoke(desk, RevocationForm(references=tuple(one.sha256 for one in records), **fields))

    return take_back


@pytest.fixture
def publish(desk):
    """Publish one list of the intermediate; return it."""

    def publish(scope=WHOLE, **fields):
        return publish_crl(desk, CrlForm(reference="Acme Issuing", scope=scope, **fields))

    return publish


def points(certificate):
    try:
        value = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name.value for point in value for name in point.full_name]


def serials(published):
    return {entry.serial_number for entry in x509.load_der_x509_crl(published.der)}


def numbers_of(*records):
    return {int(record.serial, 16) for record in records}


def issuing_point(published):
    """Return the addresses of a list's issuing distribution point, and whether it is critical; None where there is none."""
    crl = x509.load_der_x509_crl(published.der)
    try:
        found = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    except x509.ExtensionNotFound:
        return None
    return [name.value for name in found.value.full_name or ()], found.critical


# Which certificate is in which partition


def test_a_certificate_names_the_list_of_its_partition(desk, shop):
    for partition in (1, 2):
        for record in shop[partition]:
            assert points(desk.certificate(record)) == [f"http://crl.example/acme-{partition}.crl"]
    assert (shop["before"].partition, points(desk.certificate(shop["before"]))) == (None, [])


def test_a_thousand_certificates_spread_evenly_and_a_plan_says_where_each_will_be(desk, shop, part):
    part(8, url=None)
    rows = [bulk.Row(n, CertificateForm(names=(f"{n}.bulk.example",), issuer="Acme Issuing")) for n in range(400)]  # fmt: skip
    planned = [
        next(item.value for item in one.draft.extensions if item.oid == x509.CRLDistributionPoints.oid)
        for one in bulk.plan_many(desk, rows)
    ]
    counts = [sum(f"acme-{n}.crl" in str(value) for value in planned) for n in range(1, 9)]
    assert sum(counts) == 400
    assert min(counts) > 25
    few = bulk.issue_many(desk, rows[:10])
    assert [f"acme-{one.record.partition}.crl" in str(value) for one, value in zip(few, planned, strict=False)] == [True] * 10  # fmt: skip


def test_a_signed_request_and_a_subordinate_authority_are_in_partitions_too(desk, shop, create, part):
    pem = make_request(desk, RequestForm(names=("asked.example",))).pem
    form = SignForm(request=pem, source="asked", issuer="Acme Issuing", profile="server")
    done = sign_request(desk, form)
    assert done.issued.record.partition in {1, 2}
    assert [row.won for row in done.rows if row.extension == "crlDistributionPoints"] == ["profile"]
    part(3, "http://crl.example/root-{partition}.crl", "Acme Root")
    assert create("Below", issuer="Acme Root").partition in {1, 2, 3}


def test_an_address_that_is_given_wins_and_may_name_a_partition(shop, issue):
    elsewhere = issue("else.example", issuer="Acme Issuing", crl_urls=("http://crl.example/other.crl",))
    chosen = issue("chosen.example", issuer="Acme Issuing", crl_urls=("http://crl.example/acme-2.crl",))
    beyond = issue("beyond.example", issuer="Acme Issuing", crl_urls=("http://crl.example/acme-3.crl",))
    assert (elsewhere.partition, chosen.partition, beyond.partition) == (None, 2, None)


def test_a_certificate_stays_where_it_is_when_there_are_more_partitions(desk, shop, part, take_back, publish):
    part(16, url=None)
    take_back(shop[1][0])
    for record in (*shop[1], *shop[2]):
        assert desk.ledger.certificate(record.id).partition == record.partition
    assert serials(publish(Scope(1))) == numbers_of(shop[1][0])


def test_a_renewed_certificate_stays_and_one_of_before_comes_into_a_partition(desk, shop):
    (renewed,) = renew(desk, RenewalForm(references=(shop[1][0].sha256,)))
    assert renewed.record.partition == 1
    (renewed,) = renew(desk, RenewalForm(references=(shop["before"].sha256,), rekey=True))
    assert renewed.record.partition in {1, 2}


def test_a_new_key_has_lists_of_its_own_and_what_it_renews_names_none_of_the_old_ones(
    desk, clock, shop, part
):
    clock.move(days=1)
    (renewed,) = renew(desk, RenewalForm(references=("Acme Issuing",), rekey=True))
    assert any("tlsca ca partition" in note for note in renewed.notes)
    (below,) = renew(desk, RenewalForm(references=(shop[1][0].sha256,)))
    assert (below.record.issuer_id, below.record.partition) == (renewed.record.id, None)
    assert points(desk.certificate(below.record)) == []
    with pytest.raises(Refused, match="another key"):
        part(2, URL, renewed.record.sha256)
    part(2, "http://crl.example/new-{partition}.crl", renewed.record.sha256)
    (below,) = renew(desk, RenewalForm(references=(shop[2][0].sha256,)))
    assert points(desk.certificate(below.record)) == [f"http://crl.example/new-{below.record.partition}.crl"]


def test_what_comes_in_from_elsewhere_is_in_the_partition_that_it_names(
    desk, new_store, shop, tmp_path, take_back
):
    chain = [*shop[2], shop["issuing"], shop["root"]]
    (tmp_path / "chain.pem").write_bytes(b"".join(desk.ledger.object_pem(one.sha256) for one in chain))
    (tmp_path / "leaf.pem").write_bytes(desk.ledger.object_pem(shop[1][0].sha256))
    other = new_store(tmp_path / "other")
    import_files(other, [tmp_path / "chain.pem"], passphrase=None)
    set_partitions(other, PartitionForm(reference="Acme Issuing", count=2, url=URL))
    import_files(other, [tmp_path / "leaf.pem"], passphrase=None)
    found = {one.sha256: one.partition for one in other.ledger.certificates()}
    assert [found[one.sha256] for one in (*shop[2], shop[1][0])] == [2, 2, 1]


@given(st.from_regex(r"[a-z0-9./?=%&-]{0,8}", fullmatch=True), st.from_regex(r"[a-z0-9./?=%&-]{0,8}", fullmatch=True), st.integers(1, 1000))  # fmt: skip
def test_an_address_leads_back_to_its_partition(before, after, number):
    parted = PartitionsRecord(count=1000, url=f"http://a.example/{before}{{partition}}{after}")
    assert [partition_at(parted, list_url(parted, number + more)) for more in (0, 1000)] == [number, None]


# What is on each list


def test_each_partition_lists_its_own_and_the_whole_list_lists_all(shop, take_back, publish):
    take_back(shop["before"], shop[1][0], shop[2][0], reason="superseded")
    assert serials(publish(Scope(1))) == numbers_of(shop[1][0])
    assert serials(publish(Scope(2))) == numbers_of(shop[2][0])
    assert serials(publish()) == numbers_of(shop["before"], shop[1][0], shop[2][0])


def test_a_certificate_that_the_store_never_saw_may_be_in_any_partition(desk, shop, publish):
    revoke(desk, RevocationForm(references=("abcdef0123",), issuer="Acme Issuing"))
    assert [serials(publish(scope)) for scope in (WHOLE, Scope(1), Scope(2))] == [{0xABCDEF0123}] * 3


def test_a_list_says_critically_what_it_is_about_in_the_words_of_its_certificates(desk, shop, publish):
    assert issuing_point(publish()) is None
    for partition in (1, 2):
        assert issuing_point(publish(Scope(partition))) == (
            points(desk.certificate(shop[partition][0])),
            True,
        )


def test_a_list_of_one_kind_names_no_other(desk, shop, create, take_back, publish):
    below = create("Below", issuer="Acme Issuing")
    take_back(shop["before"], below)
    for only, named in ((Only.USERS, shop["before"]), (Only.AUTHORITIES, below)):
        published = publish(Scope(only=only))
        assert serials(published) == numbers_of(named)
        (scope,) = (
            one.value
            for one in x509.load_der_x509_crl(published.der).extensions
            if isinstance(one.value, x509.IssuingDistributionPoint)
        )
        assert (scope.only_contains_user_certs, scope.only_contains_ca_certs) == (only is Only.USERS, only is Only.AUTHORITIES)  # fmt: skip


def test_a_delta_of_a_partition_amends_the_list_of_that_partition(desk, shop, take_back, publish):
    take_back(shop[1][0], reason="hold")
    full = {scope: publish(scope) for scope in (Scope(1), Scope(2))}
    unhold(desk, [shop[1][0].sha256])
    take_back(shop[1][1], shop[2][1])
    delta = publish(Scope(1), delta=True)
    assert delta.record.base == full[Scope(1)].record.number
    assert serials(delta) == numbers_of(*shop[1])
    assert issuing_point(delta) == issuing_point(full[Scope(1)])
    assert serials(publish(Scope(2), delta=True)) == numbers_of(shop[2][1])
    with pytest.raises(Refused, match="no full CRL of"):
        publish(delta=True)


# Numbers


def test_the_numbers_of_each_list_rise_also_after_a_restore(desk, clock, shop, publish, directory, tmp_path):
    scopes = (WHOLE, Scope(1), Scope(2))
    numbers = {scope: [publish(scope).record.number, publish(scope).record.number] for scope in scopes}
    desk.ledger.close()
    shutil.copytree(directory, tmp_path / "backup")
    for days, place in ((1, directory), (2, tmp_path / "backup")):
        clock.move(hours=days)
        again = keeping.open_store(place, clock=clock)
        keeping.unlock(again, "correct horse battery")
        for scope in scopes:
            one = publish_crl(again, CrlForm(reference="Acme Issuing", scope=scope))
            numbers[scope].append(one.record.number)
        again.close()
    for found in numbers.values():
        assert found == sorted(set(found))


def test_a_number_from_elsewhere_is_passed_by_every_list(desk, shop, publish):
    with desk.ledger.transaction("test", at=desk.now()) as change:
        keep_number(desk, change, shop["issuing"], 10**15)
    assert {publish(scope).record.number for scope in (WHOLE, Scope(1), Scope(2))} == {10**15 + 1}


# All at once, and what is due


def test_all_lists_are_published_in_one_transaction(desk, shop, take_back):
    take_back(shop[1][0])
    before = len(keeping.history(desk))
    made = publish_all(desk, CrlForm(reference="Acme Issuing"))
    assert [(one.scope, one.record.entries) for one in made] == [(WHOLE, 1), (Scope(1), 1), (Scope(2), 0)]
    (act,) = keeping.history(desk)[before:]
    assert (act.act, act.detail["count"]) == ("publish-crl", 3)
    assert newest_crls(desk, shop["issuing"]) == tuple(one.der for one in made)
    assert attention(desk) == ()


def test_a_partition_wants_a_list_from_the_beginning(desk, shop, publish):
    publish(Scope(2))
    assert [state.sentence(desk.now()) for state in attention(desk)] == [
        "The CRL for partition 1 of CN=Acme Issuing was never published."
    ]
    (remark,) = [one for one in doctor.examine(desk).remarks if one.culprit == "CRL"]
    assert (remark.code, remark.repair.command[-14:]) == ("crl-missing", " --partition 1")
    publish(Scope(1))
    assert attention(desk) == ()


def test_every_list_that_lacks_a_revocation_or_goes_stale_is_named(desk, clock, shop, take_back, publish):
    publish_all(desk, CrlForm(reference="Acme Issuing", days=8))
    take_back(shop[2][0])
    assert {(state.scope, state.why) for state in attention(desk)} == {
        (WHOLE, Why.UNPUBLISHED),
        (Scope(2), Why.UNPUBLISHED),
    }
    publish()
    publish(Scope(2), days=30)
    clock.move(days=9)
    sentences = {state.sentence(clock.time) for state in attention(desk)}
    assert "The CRL for partition 1 of CN=Acme Issuing went stale 24 hours ago." in sentences
    assert len(sentences) == 2
    (stale,) = [one for one in doctor.examine(desk).remarks if one.code == "crl-stale"]
    assert "The same is true of 1 more of its lists." in stale.message
    assert stale.repair.command == f"tlsca crl {shop['issuing'].sha256[:12]} --all --out DIR"
    events = [one for one in calendar.events(desk) if one.category == "CRL"]
    assert len({one.uid for one in events}) == len(crl_states(desk)) == 3
    assert any(one.summary == "CRL for partition 2 goes stale: Acme Issuing" for one in events)


# What is no partition


@pytest.mark.parametrize(
    ("form", "error", "words"),
    [
        ({"count": 1}, Refused, "never fewer"),
        ({"count": 0}, UsageError, "1 to 1000"),
        ({"count": 1001}, UsageError, "1001"),
        ({"count": 4, "url": "http://elsewhere.example/{partition}"}, Refused, "stay there"),
        ({"count": 4, "reference": "Acme Root"}, UsageError, "name the list"),
        ({"count": 4, "reference": "Acme Root", "url": "http://crl.example/ca.crl"}, UsageError, "number"),
        ({"count": 4, "reference": "Acme Root", "url": "file:///{partition}"}, UsageError, "no URL"),
        ({"count": 4, "reference": "Acme Root", "url": URL}, Refused, "another authority"),
        ({"count": 4, "reference": "n0.example"}, Refused, "no authority"),
    ],
)
def test_what_cannot_be_parted_is_refused_and_changes_nothing(desk, shop, unchanged, form, error, words):
    unchanged()
    with pytest.raises(error, match=words):
        plan_partitions(desk, PartitionForm(**{"reference": "Acme Issuing", **form}))


def test_a_partition_that_there_is_not_has_no_list(desk, shop, publish):
    with pytest.raises(Refused, match="no partition 3: CN=Acme Issuing has 2 partitions"):
        publish(Scope(3))
    with pytest.raises(Refused, match="has no partitions"):
        publish_crl(desk, CrlForm(reference="Acme Root", scope=Scope(1)))
    with pytest.raises(UsageError, match="address of its own"):
        publish_all(desk, CrlForm(reference="Acme Issuing", freshest=("http://crl.example/delta",)))
    assert partitions(desk, "Acme Root") is None
    assert partitions(desk, "Acme Issuing").partitions.count == 2


# What outsiders say


@pytest.fixture
def verified(desk, shop, tmp_path, clock):
    """Let OpenSSL verify a certificate with lists alone; return what it says against it."""

    def verified(record, *lists, deltas=False):
        (tmp_path / "leaf.pem").write_bytes(desk.ledger.object_pem(record.sha256))
        for name in ("issuing", "root"):
            (tmp_path / f"{name}.pem").write_bytes(desk.ledger.object_pem(shop[name].sha256))
        (tmp_path / "lists.pem").write_bytes(b"".join(one.pem for one in lists))
        words = ["-extended_crl", "-use_deltas"] if deltas else []
        ran = subprocess.run(
            ["openssl", "verify", "-x509_strict", "-crl_check", *words, "-attime", str(int(clock.time.timestamp()) + 1),
             "-CAfile", "root.pem", "-untrusted", "issuing.pem", "-CRLfile", "lists.pem", "leaf.pem"],
            cwd=tmp_path, capture_output=True, check=False, timeout=30,
        )  # fmt: skip
        assert (ran.returncode == 0) is (b"leaf.pem: OK" in ran.stdout)
        return ran.stderr.decode()

    return verified


def test_openssl_takes_a_partitions_list_for_its_own_certificates_alone(shop, take_back, publish, verified):
    take_back(shop[1][0], reason="key-compromise")
    first, second = publish(Scope(1)), publish(Scope(2))
    assert "certificate revoked" in verified(shop[1][0], first, second)
    assert verified(shop[1][1], first) == ""
    assert verified(shop[2][0], second) == ""
    assert "different CRL scope" in verified(shop[1][0], second)
    assert "different CRL scope" in verified(shop["before"], first, second)
    assert verified(shop["before"], publish()) == ""


def test_openssl_takes_a_list_of_one_kind_for_that_kind_alone(shop, take_back, publish, verified):
    take_back(shop["before"])
    users, authorities = (publish(Scope(only=only)) for only in (Only.USERS, Only.AUTHORITIES))
    assert "certificate revoked" in verified(shop["before"], users)
    assert verified(shop[1][0], users) == ""
    assert "different CRL scope" in verified(shop[1][0], authorities)


def test_openssl_applies_a_partitions_delta(desk, shop, take_back, publish, verified):
    full = publish(Scope(1), freshest=("http://crl.example/delta-1.crl",))
    take_back(shop[1][0])
    delta = publish(Scope(1), delta=True)
    assert verified(shop[1][0], full) == ""
    assert "certificate revoked" in verified(shop[1][0], full, delta, deltas=True)
    assert verified(shop[1][1], full, delta, deltas=True) == ""


def test_our_own_eye_agrees_with_openssl(desk, shop, take_back, publish, tmp_path):
    take_back(shop[1][0])
    first, second = publish(Scope(1)), publish(Scope(2))

    def codes(record, *lists):
        paths = []
        for number, one in enumerate(lists):
            paths.append(tmp_path / f"{number}.crl")
            paths[-1].write_bytes(one.der)
        form = VerifyForm(what=record.sha256, crls=tuple(paths))
        return [finding.code for finding in verify(desk, form).findings if finding.is_error]

    assert codes(shop[1][0], first) == ["revoked"]
    assert codes(shop[1][1], first) == codes(shop[2][0], second) == []
    assert codes(shop[1][0], second) == codes(shop["before"], second) == ["crl-missing"]


def test_an_authority_stands_for_all_its_newest_lists(desk, shop, take_back):
    def codes(record):
        form = VerifyForm(what=record.sha256, crls=("Acme Issuing",))
        return [finding.code for finding in verify(desk, form).findings if finding.is_error]

    with pytest.raises(Refused, match="has published no CRL"):
        codes(shop["before"])
    take_back(shop[1][0], shop["before"])
    publish_all(desk, CrlForm(reference="Acme Issuing"))
    assert [codes(one) for one in (shop[1][0], shop["before"], shop[2][0])] == [["revoked"], ["revoked"], []]


def test_gnutls_verifies_every_list(desk, clock, create, issue, part, take_back, tmp_path):
    clock.time = datetime.now(UTC).replace(microsecond=0)
    create("Acme Root")
    issuing = create("Acme Issuing", issuer="Acme Root")
    part()
    take_back(issue("n.example", issuer="Acme Issuing"), reason="superseded")
    (tmp_path / "issuing.pem").write_bytes(desk.ledger.object_pem(issuing.sha256))
    for one in publish_all(desk, CrlForm(reference="Acme Issuing")):
        (tmp_path / "list.crl").write_bytes(one.pem)
        ran = subprocess.run(
            ["certtool", "--verify-crl", "--load-ca-certificate", "issuing.pem", "--infile", "list.crl"],
            cwd=tmp_path, capture_output=True, check=False, timeout=30,
        )  # fmt: skip
        assert b"Verification output: Verified." in ran.stdout, ran.stdout + ran.stderr


def test_pkilint_finds_nothing_in_any_list(desk, shop, take_back, tmp_path, capsys):
    program = pytest.importorskip("pkilint.bin.lint_crl", reason="pkilint is not installed")
    take_back(shop[1][0], reason="superseded")
    made = [*publish_all(desk, CrlForm(reference="Acme Issuing"))]
    made += [publish_crl(desk, CrlForm(reference="Acme Issuing", scope=Scope(1), delta=True))]
    made += [publish_crl(desk, CrlForm(reference="Acme Issuing", scope=Scope(only=only))) for only in Only]
    for one in made:
        (tmp_path / "list.crl").write_bytes(one.pem)
        kind = "ARL" if one.scope.only is Only.AUTHORITIES else "CRL"
        program.main(
            ["lint", "-t", kind, "-p", "PKIX", "-s", "WARNING", "-f", "JSON", str(tmp_path / "list.crl")]
        )
        assert json.loads(capsys.readouterr().out)["results"] == [], one.scope


def test_the_commands_write_the_extensions_of_each_partition(desk, create, tmp_path):
    create("Acme Root")
    form = PartitionForm(
        reference="Acme Root", count=2, url="http://crl.example/$(id)/ca-{partition}.crl?a&b"
    )
    subprocess.run(["sh", "-eu"], input=show_partitions(desk, form).encode(), cwd=tmp_path, check=True)
    names = sorted(path.name for path in tmp_path.glob("*.cnf"))
    assert names == [f"Acme-Root.partition-{n}.{what}.cnf" for n in (1, 2) for what in ("certificate", "crl")]
    url = "URI:http://crl.example/$(id)/ca-2.crl?a&b"
    assert (tmp_path / names[2]).read_text() == f"crlDistributionPoints = {url}\n"
    assert (tmp_path / names[3]).read_text().splitlines() == [
        "issuingDistributionPoint = critical, @idp",
        "[idp]",
        f"fullname = {url}",
    ]
