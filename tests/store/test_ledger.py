import os
import stat
from datetime import timedelta

import pytest

from tlsca.errors import (
    Ambiguous,
    Duplicate,
    NotFound,
    StoreConflict,
    StoreDamaged,
    StoreExists,
    StoreMissing,
    StoreReadOnly,
)
from tlsca.store.ledger import Ledger
from tlsca.store.records import KeyRecord, Reason


def test_a_certificate_that_was_added_is_there_after_the_next_start(directory, ledger, make, now):
    record, pem = make(1)
    with ledger.transaction("issue", at=now, detail={"names": ["host1.example.com"]}) as change:
        change.add_certificate(record, pem)
    with Ledger.open(directory) as again:
        assert again.certificates() == [record]
        assert again.certificate(record.id) == record
        assert again.object_pem(record.sha256) == pem
        assert again.read_only is None
        assert again.notices == ()


def test_a_transaction_that_raises_changes_nothing_and_leaves_no_object(directory, ledger, make, now):
    record, pem = make(1)
    with pytest.raises(ZeroDivisionError), ledger.transaction("issue", at=now) as change:
        change.add_certificate(record, pem)
        1 / 0
    assert ledger.certificates() == []
    assert ledger.position == 1
    assert not list(directory.rglob("*.pem"))
