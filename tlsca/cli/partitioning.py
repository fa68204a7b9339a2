"""`tlsca ca partition`."""

from typing import Any

import click

from tlsca.authority.listing import entry
from tlsca.authority.partitioning import Partitioned, PartitionForm, partitions, set_partitions
from tlsca.authority.partitions import MOST_PARTITIONS, list_url
from tlsca.cli.context import json_option, open_desk, store_options, text_only
from tlsca.cli.output import say_json, talk
from tlsca.errors import UsageError
from tlsca.text import printable


@click.command("partition")
@click.argument("reference", metavar="REF", callback=text_only)
@click.argument("count", metavar="[N]", type=click.IntRange(1, MOST_PARTITIONS), required=False)
@click.option(
    "--url",
    callback=text_only,
    metavar="URL",
    help="Where clients fetch the lists: http://crl.example.com/ca-{partition}.crl.",
)
@store_options
@json_option
def partition_command(*, reference: str, count: int | None, url: str | None, as_json: bool) -> None:
    """Part what an authority issues among N revocation lists; without N, say how many there are.

    Each new certificate names the list of its partition, and stays there: N never gets less. What was issued before is on the whole CRL,
    which names all. tlsca crl REF --all --out DIR publishes every list.
    """
    desk = open_desk()
    if count is None:
        if url is not None:
            raise UsageError("An address alone makes no partitions.", hint="Say how many there are to be.")
        found = partitions(desk, reference)
    else:
        found = set_partitions(desk, PartitionForm(reference=reference, count=count, url=url))
    if as_json:
        say_json(_json(found))
        return
    if found is None:
        talk("It has no partitions: all that it issues is on one CRL.")
        return
    first, last = (printable(list_url(found.partitions, number)) for number in (1, found.partitions.count))
    talk(f"{printable(found.authority.subject)} has {found.partitions.count} partitions: {first} to {last}.")
    if found.found:
        talk(f"Certificates from before that name one of these lists: {found.found}.")
    if count is not None:
        talk(f"Publish the lists: tlsca crl {entry(desk, found.authority).ref} --all --out DIR")


def _json(found: Partitioned | None) -> dict[str, Any]:
    if found is None:
        return {"partitions": 0, "url": None, "urls": []}
    parted = found.partitions
    urls = [list_url(parted, number) for number in range(1, parted.count + 1)]
    return {"partitions": parted.count, "url": parted.url, "urls": urls}
