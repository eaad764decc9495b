"""docs/asyncapi.json says what the models say, and says all of it; that it is AsyncAPI, `make asyncapi` shows."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncapi
import pytest
from asyncapi_schemas import WHERE, Model, Schemas
from contract import CARRIED
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import create_model
from wire_types import COMMANDS, REQUESTS, SIGNED

import edge.codec
from edge.codec import campaign, jws, licence, wire_down
from edge.codec.bodies import BODIES
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire_down import SIGNED_TYPES
from edge.codec.wire_term import Part
from edge.codec.wire_up import Batch

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT: dict[str, Any] = json.loads(asyncapi.text())
SCHEMAS = Schemas(asyncapi.roots())
MODELS = {SCHEMAS.name(model): model for model in asyncapi.roots()}
TITLE_OF_A_TYPE = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \| (up/req|dn/cmd)", re.MULTILINE)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def test_the_document_is_what_the_models_say() -> None:
    assert asyncapi.main(["--check"]) == 0, f"run: {asyncapi.COMMAND}"


def test_a_document_that_is_behind_is_told_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = tmp_path / "docs" / "asyncapi.json"
    behind.parent.mkdir()
    behind.write_text(asyncapi.text().replace('"qos": 1', '"qos": 0', 1), encoding="utf-8")
    monkeypatch.setattr(asyncapi, "DOCUMENT", behind)
    assert asyncapi.main(["--check"]) == 1
    assert asyncapi.COMMAND in capsys.readouterr().err
    assert asyncapi.main([]) == 0
    assert asyncapi.main(["--check"]) == 0


@pytest.mark.parametrize("topic", CARRIED)
def test_a_topic_is_a_channel_with_its_address_its_messages_and_how_mqtt_carries_it(topic: str) -> None:
    way, leaf = topic.split("/")
    address = Topics().up("{tid}", Up(leaf)) if way == "up" else Topics().down("{tid}", Down(leaf))
    channel = next(one for one in DOCUMENT["channels"].values() if one["address"] == address)
    action = "send" if way == "up" else "receive"
    operation = DOCUMENT["operations"][f"{action}{leaf.capitalize()}"]
    qos, retain, models, _ = CARRIED[topic]
    assert operation["action"] == action
    assert (operation["bindings"]["mqtt"]["qos"], operation["bindings"]["mqtt"]["retain"]) == (qos, retain)
    assert set(channel["messages"]) == set(re.split(r", | or ", models))
    assert {ref["$ref"].rpartition("/")[2] for ref in operation["messages"]} == set(channel["messages"])


def test_every_reference_leads_to_something_in_the_document() -> None:
    found = list(_references(DOCUMENT))
    assert len(found) > 500
    for reference in found:
        assert reference.startswith("#/"), reference
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize("name", DOCUMENT["components"]["messages"])
def test_every_example_of_a_message_is_read_strictly(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    assert message["payload"] == {"$ref": WHERE + name}
    assert message["examples"]
    for example in message["examples"]:
        MODELS[name].model_validate_json(json.dumps(example["payload"]), strict=True)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in DOCUMENT["components"]["messages"]])
def test_every_body_and_argument_has_an_example_that_is_read_strictly(name: str) -> None:
    examples = DOCUMENT["components"]["schemas"][name].get("examples", [])
    assert examples, f"no example of {name}: add one to {asyncapi.ARGS_EXAMPLES.relative_to(ROOT)}"
    for example in examples:
        MODELS[name].model_validate_json(json.dumps(example), strict=True)


def test_the_events_in_the_examples_of_batches_have_good_bodies() -> None:
    batches = [one.fields for one in asyncapi.examples() if one.model == "Batch"]
    events = [event for fields in batches for event in Batch.model_validate(fields).evs]
    assert len(events) > 3
    for event in events:
        BODIES[event.type].model_validate_json(json.dumps(event.data), strict=True)


def test_every_event_is_there_with_its_stream_and_version() -> None:
    events = DOCUMENT["x-events"]
    assert events.keys() == BODIES.keys()
    for kind, body in BODIES.items():
        assert events[kind]["sv"] == body.SV
        assert events[kind]["stream"] in ("tx", "pk", "ev")
    assert (events["sale.completed"]["stream"], events["parcel.stored"]["stream"]) == ("tx", "pk")


def test_every_request_and_command_of_the_contract_page_is_there() -> None:
    page = (ROOT / "docs" / "cloud-contract.md").read_text(encoding="utf-8")
    told = TITLE_OF_A_TYPE.findall(page)
    assert len(told) > 20
    for kind, topic in told:
        table = DOCUMENT["x-requests" if topic == "up/req" else "x-commands"]
        assert kind in table, f"{kind} is not in scripts/wire_types.py"


def test_which_commands_are_signed_is_told() -> None:
    assert {kind for kind, told in DOCUMENT["x-commands"].items() if told["signed"]} == SIGNED_TYPES


def test_every_wire_model_is_in_the_document() -> None:
    for module in pkgutil.iter_modules(edge.codec.__path__):
        importlib.import_module(f"edge.codec.{module.name}")
    schemas = DOCUMENT["components"]["schemas"]
    for model in _leaves(Part):
        stem = model.__module__.rpartition(".")[2].removeprefix("wire_").removesuffix("_bodies")
        names = {model.__name__, "".join(map(str.capitalize, stem.split("_"))) + model.__name__}
        assert names & schemas.keys(), f"{model.__module__}.{model.__name__}: name its type in scripts/wire_types.py"


def test_types_of_one_name_are_told_apart_by_their_area() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert "oid" in schemas["OrderPlaceArgs"]["properties"]
    assert "po" in schemas["PurchasePlaceArgs"]["properties"]
    assert not [name for name in schemas if not re.fullmatch(r"[A-Za-z0-9]+", name)]


def test_a_message_keeps_its_name_where_something_else_is_called_so() -> None:
    other = create_model("Signed", __module__="edge.codec.wire_bell", by=(str, ...))
    schemas = Schemas([*asyncapi.roots(), other])
    assert (schemas.name(wire_down.Signed), schemas.name(other)) == ("Signed", "BellSigned")


def test_what_every_message_carries_is_required() -> None:
    for name in DOCUMENT["components"]["messages"]:
        schema = DOCUMENT["components"]["schemas"][name]
        assert {"v", "tid", "t"} & schema["properties"].keys() <= set(schema["required"]), name


def test_what_is_signed_in_the_examples_bears_a_good_signature() -> None:
    public = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert jws.key_text(public) == asyncapi.EXAMPLE_KEY
    keys = {"cmd-2026q4": public, "alibaba-2026": public}
    shown = {one.model: one.fields for one in reversed(asyncapi.examples(asyncapi.ARGS_EXAMPLES))}
    commands = [one.fields for one in asyncapi.examples() if one.model in ("Signed", "Command")]
    assert jws.read_jws(commands[0]["jws"], keys) == commands[1]
    signed = jws.read_jws(shown["CampaignArgs"]["campaign"], keys, typ=campaign.CAMPAIGN_TYP)
    assert signed == shown["CampaignBundle"]
    assert jws.read_jws(shown["LicenceArgs"]["licence"], keys, typ=licence.LICENCE_TYP) == shown["LicenceBody"]
    assert jws.read_jws(shown["Authorized"]["grant"], keys)["args"] == shown["GrantArgs"]


def test_an_answer_in_the_examples_has_a_state_that_its_request_may_have() -> None:
    answer = next(one.fields for one in asyncapi.examples() if one.model == "Response" and "state" in one.fields)
    assert "pid" in answer["out"]
    assert answer["state"] in DOCUMENT["x-requests"]["payment.pay"]["states"]


def test_the_tables_of_types_overlap_nowhere() -> None:
    assert not REQUESTS.keys() & COMMANDS.keys()
    assert all(typ.endswith("+jws") for typ in SIGNED)


def test_the_lock_of_the_parser_pins_by_hash_and_names_no_host() -> None:
    text = (ROOT / "tests" / "asyncapi_parser" / "package-lock.json").read_text()
    assert "://" not in text, "the lock names a host; write it with `make lock`"
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert packages["node_modules/@asyncapi/parser"]["version"]
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _leaves(kind: Model) -> Iterator[Model]:
    """Models of the codec of which no other is made."""
    for inner in kind.__subclasses__():
        if not inner.__module__.startswith("edge.codec."):
            continue
        if not inner.__subclasses__():
            yield inner
        yield from _leaves(inner)
