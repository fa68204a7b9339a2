"""What the commands really print is what their schemas say, and a schema admits nothing else."""

import json

import jsonschema
import pytest

from tlsca.probe.deep import Depth, Staple
from tlsca.probe.enumeration import Accepted, Capabilities
from tlsca.probe.suites import suite
from tlsca.probe.target import parse_target
from tlsca.schemas import NAMES, schema


@pytest.fixture
def loaded():
    return True


@pytest.fixture
def served(store, listen):
    """The port at which the store's certificate for localhost is served."""
    return listen("localhost").port


def hold(name: str, document) -> None:
    jsonschema.Draft202012Validator(schema(name)).validate(document)


def objects(part):
    """Yield each part of a schema that describes an object with named members."""
    if isinstance(part, dict):
        if "properties" in part:
            yield part
        for inner in part.values():
            yield from objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from objects(inner)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_and_admits_nothing_that_it_does_not_name(name, done):
    read = schema(name)
    jsonschema.Draft202012Validator.check_schema(read)
    assert read["$schema"].endswith("2020-12/schema")
    assert [part for part in objects(read) if part.get("additionalProperties") is not False] == []
    assert done("schema", name).json == read


def test_there_is_no_schema_of_what_prints_none(cli, environment):
    answer = cli("schema", "isue")
    assert answer.status == 3
    assert "list, inspect, probe, doctor and log" in answer.talk


def test_the_list_and_the_log_are_as_their_schemas_say(done, store):
    done("revoke", "localhost", "--reason", "superseded", "--yes")
    listed = done("list", "--json").json
    assert {one["status"] for one in listed} == {"valid", "revoked"}
    hold("list", listed)
    hold("list", done("ca", "list", "--json").json)
    acts = done("log", "--json").json_lines
    assert len(acts) > 5
    for act in acts:
        hold("log", act)


def test_what_is_inspected_is_as_its_schema_says(done, store, tmp_path):
    chain = tmp_path / "chain.pem"
    chain.write_bytes(done("export", "localhost", "--as", "chain").out)
    assert len(done("inspect", str(chain), "--json").json) == 2
    hold("inspect", done("inspect", str(chain), "--json").json)
    hold("inspect", done("inspect", "localhost", "--json").json)


def test_the_doctor_is_as_its_schema_says(cli, store):
    (store / "journal.jsonl").chmod(0o644)
    found = cli("doctor", "--json").json
    assert found["remarks"]
    hold("doctor", found)


@pytest.mark.parametrize("target", ["127.0.0.1:{port}", "nowhere.invalid:99999"])
def test_a_probe_is_as_its_schema_says(cli, store, served, target):
    probed = cli("probe", target.format(port=served), "--json")
    (found,) = probed.json_lines
    hold("probe", found)
    assert (found["tls"] is None) == target.startswith("nowhere")


def test_what_more_a_probe_can_learn_is_as_its_schema_says(cli, store, served):
    (found,) = cli("probe", f"localhost:{served}", "--address", "127.0.0.1", "--json").json_lines
    assert found["verdict"] == "trusted"
    accepted = Accepted(version="TLSv1.2", suites=(suite(0x009C),), own_order=None, groups=("x25519",))
    found["accepts"] = Capabilities(
        target=parse_target("localhost"), accepted=(accepted,), handshakes=2
    ).to_json()
    found["deep"] = Depth(group="X25519MLKEM768", staple=Staple(status="good")).to_json()
    hold("probe", json.loads(json.dumps(found)))


def test_a_member_that_nobody_named_is_noticed(done, store):
    listed = done("list", "--json").json
    listed[0]["colour"] = "blue"
    with pytest.raises(jsonschema.ValidationError):
        hold("list", listed)
