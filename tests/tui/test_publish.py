"""Revocation lists by the keyboard where an authority has several: all of them at once into a directory, or one of them."""

import pytest
from cryptography import x509

from tlsca.authority.keeping import open_store, unlock
from tlsca.authority.partitioning import PartitionForm, set_partitions


@pytest.fixture
def parted(demo, passphrase, tmp_path, monkeypatch):
    """A demo whose issuing authority parts its certificates in two; lists go to the working directory `lists`."""
    desk = open_store(demo)
    unlock(desk, passphrase)
    url = "http://crl.home.arpa/ca-{partition}.crl"
    set_partitions(desk, PartitionForm(reference="Home Issuing CA", count=2, url=url))
    desk.close()
    (tmp_path / "lists").mkdir()
    monkeypatch.chdir(tmp_path / "lists")
    return demo


async def test_all_lists_are_published_at_once_and_nothing_is_left_to_do(
    operate, parted, passphrase, tmp_path
):
    async with operate(parted) as op:
        await op.opened()
        await op.until("≡ 2 CRLs missing")
        await op.press("1", "end")
        await op.until("The CRL")  # whole, in 80 columns
        await op.press("escape")
        await op.go_to("Home Issuing CA")
        await op.press("P")
        await op.dialog("PublishDialog")
        await op.until("0 of 3 lists")
        assert op.find("#out").value == str(tmp_path / "lists")
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
        await op.until(lambda: "CN=Home Issuing CA,O=Home published 3 CRLs, 0 entries, in " in op.told())
        await op.until(lambda: "CRLs missing" not in op.text())
    names = sorted(path.name for path in (tmp_path / "lists").iterdir())
    assert names == ["Home-Issuing-CA.crl", *(f"Home-Issuing-CA.partition-{number}.crl" for number in (1, 2))]


async def test_one_list_is_published_where_it_was_told_with_the_address_of_its_deltas(
    operate, parted, passphrase, tmp_path
):
    async with operate(parted) as op:
        await op.opened()
        await op.go_to("Home Issuing CA")
        await op.press("P")
        await op.dialog("PublishDialog")
        await op.choose("2")
        await op.until(lambda: op.find("#out").value.endswith("Home-Issuing-CA.partition-2.crl"))
        await op.press("tab")
        await op.replace("mine.crl")
        await op.press("shift+tab")
        await op.choose("users")
        await op.press("tab", "tab", "tab", "tab")
        await op.type("http://crl.home.arpa/delta.crl")
        assert op.find("#out").value == "mine.crl"
        await op.press("ctrl+s")
        await op.unlock(passphrase)
        await op.home()
    crl = x509.load_der_x509_crl((tmp_path / "lists" / "mine.crl").read_bytes())
    point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    assert point.only_contains_user_certs
    (delta,) = crl.extensions.get_extension_for_class(x509.FreshestCRL).value
    assert delta.full_name[0].value == "http://crl.home.arpa/delta.crl"


async def test_several_lists_do_not_go_into_one_file(operate, parted, tmp_path):
    async with operate(parted) as op:
        await op.opened()
        await op.go_to("Home Issuing CA")
        await op.press("P")
        await op.dialog("PublishDialog")
        await op.until("0 of 3 lists")
        await op.press("tab")
        await op.replace("all.crl")
        await op.press("ctrl+s")
        await op.until("all.crl is no directory, and there are several lists. Name a directory.")
        assert list((tmp_path / "lists").iterdir()) == []


async def test_the_lists_of_an_authority_are_parted_and_then_wait_to_be_published(operate, demo):
    async with operate(demo) as op:
        await op.opened()
        await op.go_to("Home Issuing CA")
        await op.press("A")
        await op.dialog("PartitionDialog")
        await op.type("2")
        await op.press("ctrl+s")
        await op.until("Certificates have to name the list of their partition.")
        await op.press("tab")
        await op.type("http://crl.home.arpa/ca-{partition}.crl")
        await op.press("f3")
        await op.dialog("CommandDialog")
        await op.until("for n in $(seq 1 2); do")
        await op.press("escape")
        await op.dialog("PartitionDialog")
        await op.press("ctrl+s")
        await op.home()
        await op.until("≡ 2 CRLs missing")
