"""What is in the store, in which state, and how it is filtered."""

from datetime import timedelta

import pytest

from tlsca.authority import listing
from tlsca.store.records import Reason


def test_an_entry_tells_what_only_the_whole_store_can(desk, shop):
    root, issuing, www, alice, _ = listing.entries(desk)
    assert (www.issuer_ref, issuing.issuer_ref, root.issuer_ref) == (issuing.ref, root.ref, root.ref)
    assert [entry.title for entry in (root, www, alice)] == ["Acme Root", "www.corp.example", "Alice Smith"]
    assert www.has_key
    assert www.remaining == timedelta(days=90, seconds=-61)


def test_json_has_the_fields_that_scripts_rely_on(desk, shop):
    entry = listing.entries(desk)[2]
    shown = entry.to_json()
    assert list(shown) == [
        "ref", "serial", "sha256", "subject", "issuer", "issuer_ref", "profile", "names", "not_before", "not_after",
        "status", "key", "has_key", "revoked_at", "reason", "renewed_by", "last_seen",
        "last_seen_at", "partition", "label", "note", "tags", "contacts",
    ]  # fmt: skip
    assert shown["names"] == ["www.corp.example", "10.0.0.1"]
    assert shown["sha256"].startswith(shown["ref"])
    assert shown["not_before"] == "2030-01-31T09:29:00Z"


def test_the_tree_of_authorities_stands_each_below_its_issuer(desk, shop, create):
    create("Second Root")
    create("Deeper", issuer="Acme Issuing")
    assert [(depth, entry.title) for depth, entry in listing.authorities(desk)] == [
        (0, "Acme Root"),
        (1, "Acme Issuing"),
        (2, "Deeper"),
        (0, "Second Root"),
    ]


@pytest.mark.parametrize(
    ("moved", "status"),
    [
        (timedelta(minutes=-2), "not-yet-valid"),
        (timedelta(0), "valid"),
        (timedelta(days=59), "valid"),
        (timedelta(days=61), "expiring"),
        (timedelta(days=90, seconds=-61), "expiring"),
        (timedelta(days=90, seconds=-60), "expired"),
    ],
)
def test_a_certificates_state_follows_the_clock(desk, shop, clock, moved, status):
    clock.time += moved
    assert listing.entries(desk)[2].status == status


def test_a_short_lived_certificate_expires_soon_only_in_its_last_third(desk, shop, clock):
    assert listing.entries(desk)[3].status == "valid"
    clock.move(days=7)
    assert listing.entries(desk)[3].status == "expiring"


def test_revocation_counts_before_dates(desk, shop, change, clock):
    www = listing.entries(desk)[2].record
    www = change(www, revoked_at=clock(), reason=Reason.HOLD)
    clock.move(days=1000)
    assert listing.entry(desk, www).status == "held"
    www = change(www, reason=Reason.SUPERSEDED)
    assert listing.entry(desk, www).status == "revoked"
    assert listing.entry(desk, www).to_json()["reason"] == "superseded"


def test_a_certificate_whose_issuer_was_removed_is_still_listed(desk, shop, change):
    issuing, www = (entry.record for entry in listing.entries(desk)[1:3])
    change(www, renewed_by=issuing.id)
    with desk.ledger.transaction("remove", at=desk.now()) as transaction:
        transaction.remove_certificate(issuing)
    entry = next(entry for entry in listing.entries(desk) if entry.record.id == www.id)
    assert (entry.issuer_ref, entry.renewed_by_ref) == (None, None)
    assert [link.id for link in desk.chain(entry.record)] == [www.id]
