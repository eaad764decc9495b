"""Terminals and clouds of every release understand those of this tree, and what would part them is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncapi
import compatibility
import pytest
from asyncapi_schemas import Model
from json_schema import Components
from pydantic import ValidationError
from wire_types import COMMANDS, HTTPS, REQUESTS, SIGNED

from edge.codec.bodies import BODIES
from edge.codec.json_text import pack_object
from edge.codec.topics import Topics
from edge.codec.wire import read_down, read_up

Document = dict[str, Any]

NOW: Document = json.loads(asyncapi.text())
RELEASES = sorted((Path(__file__).parent / "contract").glob("release-*.json"))
ACCEPTED: dict[str, str] = {}
"""Breaches that are meant: the line of scripts/compatibility.py, and why no terminal and no cloud is hurt by it."""

releases = pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)


def test_there_is_a_release_to_compare_with() -> None:
    assert RELEASES


@releases
def test_nothing_has_changed_that_a_release_cannot_live_with(release: Path) -> None:
    found = set(compatibility.breaches(_read(release), NOW)) - ACCEPTED.keys()
    assert not found, "\n".join(("give it a new name or let it be optional; see docs/asyncapi.md", *sorted(found)))


def test_what_is_accepted_still_needs_to_be() -> None:
    found = {line for release in RELEASES for line in compatibility.breaches(_read(release), NOW)}
    assert ACCEPTED.keys() <= found


@releases
def test_what_a_release_sends_is_read_by_the_models_of_now(release: Path) -> None:
    shown = list(_shown(_read(release)))
    assert len(shown) > 200
    for use, example in shown:
        assert any(_reads(model, example) for model in _models_of(use)), f"{use}: {example}"


@releases
def test_the_bytes_of_a_release_are_read_by_who_gets_them(release: Path) -> None:
    document = _read(release)
    carried = [
        (channel["address"], example["payload"])
        for channel in document["channels"].values()
        for name in channel["messages"]
        for example in document["components"]["messages"][name]["examples"]
        if example["payload"].get("stream") in (None, channel["address"].rpartition("/")[2]) or name != "Batch"
    ]
    assert len(carried) > 30
    for address, fields in carried:
        topic = address.replace("{tid}", fields.get("tid", asyncapi.TID_EXAMPLE))
        read = read_up if "/up/" in topic else read_down
        tid, _, message = read(Topics(), topic, pack_object(fields))
        assert tid == asyncapi.TID_EXAMPLE
        assert message.wire().items() <= fields.items()


@releases
def test_what_is_sent_now_is_read_by_a_release(release: Path) -> None:
    before = _read(release)
    known = {use.name: use.schema for use in compatibility.uses(before)}
    components = Components(before)
    for use, example in _shown(NOW):
        if use in known:
            assert list(components.faults(example, known[use])) == [], use


Plant = Callable[[Document], object]


def _schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def _field(document: Document, name: str, field: str) -> Document:
    found: Document = _schema(document, name)["properties"][field]
    return found


def _put(document: Document, name: str, field: str, schema: Document) -> Document:
    _schema(document, name)["properties"][field] = schema
    return schema


OLDER, NEWER = "sent by the older, refused by the newer", "sent by the newer, refused by the older"
_STATES = ["online", "offline"]

PLANTED: dict[str, tuple[Plant, str]] = {
    "a field that is gone": (
        lambda d: _schema(d, "SaleLine")["properties"].pop("serial"),
        f"event sale.completed.lines[].serial is there: {OLDER}",
    ),
    "a field that must be there now": (
        lambda d: _schema(d, "Hello")["required"].append("os"), f"message Hello.os is missing: {OLDER}",
    ),
    "a new field that must be there": (
        lambda d: (_put(d, "Ack", "why", {"type": "string"}), _schema(d, "Ack")["required"].append("why")),
        f"message Ack.why is missing: {OLDER}",
    ),
    "a field that need not be there any more": (
        lambda d: _schema(d, "Hello")["required"].remove("epoch"), f"message Hello.epoch is missing: {NEWER}",
    ),
    "another type": (
        lambda d: _put(d, "Ack", "upto", {"type": "string"}), f"message Ack.upto is integer and not string: {OLDER}",
    ),
    "another type for who reads": (
        lambda d: _put(d, "Ack", "upto", {"type": "string"}), f"message Ack.upto is string and not integer: {NEWER}",
    ),
    "a wider type": (
        lambda d: _put(d, "Ack", "upto", {"type": "number"}), f"message Ack.upto is number and not integer: {NEWER}",
    ),
    "a value that is taken no more": (
        lambda d: _field(d, "Status", "state").update(enum=_STATES), f'message Status.state is "sleep": {OLDER}',
    ),
    "a value that is new in a closed list": (
        lambda d: _field(d, "Status", "state")["enum"].append("lost"), f'message Status.state is "lost": {NEWER}',
    ),
    "another constant": (lambda d: _field(d, "Ack", "v").update(const=2), f"message Ack.v is 1: {OLDER}"),
    "a closed list where any word was": (
        lambda d: _put(d, "Gone", "why", {"type": "string", "enum": ["pruned"]}),
        f'message Batch.gone[].why is none of ["pruned"]: {OLDER}',
    ),
    "any word where a closed list was": (
        lambda d: _put(d, "Status", "state", {"type": "string"}),
        f'message Status.state is none of ["online", "offline", "sleep"]: {NEWER}',
    ),
    "null that is taken no more": (
        lambda d: _put(d, "CatOp", "price", {"$ref": "#/components/schemas/Count"}),
        f"message CatNotice.inline[].price is null and not integer: {OLDER}",
    ),
    "null that is new": (
        lambda d: _put(d, "Ack", "upto", {"anyOf": [{"$ref": "#/components/schemas/Count"}, {"type": "null"}]}),
        f"message Ack.upto is null and not integer: {NEWER}",
    ),
    "a higher minimum": (
        lambda d: _field(d, "Request", "exp_s").update(minimum=5),
        f"message Request.exp_s has minimum 1 and not 5: {OLDER}",
    ),
    "no minimum any more": (
        lambda d: _field(d, "Request", "exp_s").pop("minimum"),
        f"message Request.exp_s has minimum none and not 1: {NEWER}",
    ),
    "a lower maximum": (
        lambda d: _field(d, "Command", "ttl_s").update(maximum=60),
        "message Command.ttl_s has maximum 2592000 and not 60",
    ),
    "a higher maximum": (
        lambda d: _field(d, "Command", "ttl_s").update(maximum=10**8),
        f"message Command.ttl_s has maximum 100000000 and not 2592000: {NEWER}",
    ),
    "shorter text": (
        lambda d: _schema(d, "Text").update(maxLength=200),
        f"answer to parcel.check.name has maxLength 256 and not 200: {OLDER}",
    ),
    "longer text": (
        lambda d: _schema(d, "Word").update(maxLength=80), f"event auth.ok.dev has maxLength 80 and not 64: {NEWER}",
    ),
    "text that may be empty now": (
        lambda d: _schema(d, "Word").pop("minLength"), f"message Hello.app has minLength 0 and not 1: {NEWER}",
    ),
    "another pattern": (
        lambda d: _schema(d, "Currency").update(pattern="^CNY$"),
        f"event sale.completed.cur is like ^[A-Z]{{3}}$ and not ^CNY$: {OLDER}",
    ),
    "fewer items": (
        lambda d: _field(d, "Hello", "proto").update(maxItems=4),
        f"message Hello.proto has maxItems 16 and not 4: {OLDER}",
    ),
    "more items": (
        lambda d: _field(d, "Batch", "evs").update(maxItems=500),
        f"message Batch.evs has maxItems 500 and not 100: {NEWER}",
    ),
    "more entries of a map": (
        lambda d: _field(d, "Tele", "m").update(maxProperties=500),
        f"message Tele.m has maxProperties 500 and not 200: {NEWER}",
    ),
    "another stream in a map": (
        lambda d: _field(d, "Welcome", "upto")["propertyNames"]["enum"].append("lg"),
        f'message Welcome.upto\'s names is "lg": {NEWER}',
    ),
    "other values in a map": (
        lambda d: _field(d, "Welcome", "upto").update(additionalProperties={"type": "string"}),
        f"message Welcome.upto.* is integer and not string: {OLDER}",
    ),
    "arguments of a command": (
        lambda d: _schema(d, "OpenArgs")["required"].append("parcel"),
        f"command locker.open.parcel is missing: {OLDER}",
    ),
    "an answer": (
        lambda d: _schema(d, "Quote")["properties"].pop("fee"), f"answer to parcel.quote.fee is there: {OLDER}",
    ),
    "what is signed": (
        lambda d: _schema(d, "CampaignBundle")["properties"].pop("voice"),
        f"signed campaign+jws.voice is there: {OLDER}",
    ),
    "arguments that are free now": (
        lambda d: d["x-requests"]["parcel.check"].pop("args"), "request parcel.check: is gone",
    ),
    "an event that is gone": (lambda d: d["x-events"].pop("boot"), "event boot: is gone"),
    "a command that is gone": (lambda d: d["x-commands"].pop("reboot"), "x-commands reboot: is gone"),
    "an event in another stream": (
        lambda d: d["x-events"]["boot"].update(stream="tx"), "x-events boot: stream tx was ev",
    ),
    "a body of another version": (lambda d: d["x-events"]["boot"].update(sv=2), "x-events boot: sv 2 was 1"),
    "a state that is new": (
        lambda d: d["x-requests"]["parcel.notify"]["states"].append("later"),
        "x-requests parcel.notify: states ['done', 'failed', 'later'] was ['done', 'failed']",
    ),
    "a command that needs no signature": (
        lambda d: d["x-commands"]["locker.open"].update(signed=False), "x-commands locker.open: signed False was True",
    ),
    "a topic that is gone": (lambda d: d["channels"].pop("up_tele"), "channel up_tele: is gone"),
    "another topic": (
        lambda d: d["channels"]["up_tele"].update(address="stores/v2/{tid}/up/tele"),
        "channel up_tele: stores/v2/{tid}/up/tele was stores/v1/{tid}/up/tele",
    ),
    "another QoS": (
        lambda d: d["operations"]["sendTx"]["bindings"]["mqtt"].update(qos=0), "operation sendTx: qos 0 was 1",
    ),
    "a message that is retained": (
        lambda d: d["operations"]["receiveCmd"]["bindings"]["mqtt"].update(retain=True),
        "operation receiveCmd: retain True was False",
    ),
    "an operation that is gone": (lambda d: d["operations"].pop("sendTele"), "operation sendTele: is gone"),
    "a message that a topic carries no more": (
        lambda d: d["operations"]["receiveAck"]["messages"].pop(), "operation receiveAck: Resend is gone",
    ),
}  # fmt: skip
"""What is done to the document, and the line that must tell of it."""

FREE: dict[str, Plant] = {
    "a new field that may be left out": lambda d: _put(d, "SaleLine", "colour", {"type": "string"}),
    "a new event": lambda d: d["x-events"].update({"bell.rung": d["x-events"]["boot"]}),
    "a new command": lambda d: d["x-commands"].update({"bell.ring": {"signed": True}}),
    "a new request": lambda d: d["x-requests"].update({"bell.why": {"args": {"$ref": "#/components/schemas/Ack"}}}),
    "arguments where any object was": lambda d: next(
        told for told in d["x-requests"].values() if "args" not in told
    ).update(args={"type": "object"}),
    "a new topic": lambda d: d["channels"].update(up_bell=d["channels"]["up_tele"] | {"address": "bell"}),
    "other words": lambda d: _schema(d, "Ack").update(description="", examples=[]),
    "a component of another name": lambda d: (
        d["components"]["schemas"].update(Point=_schema(d, "Ack")),
        d["components"]["messages"]["Ack"].update(payload={"$ref": "#/components/schemas/Point"}),
    ),
    "a limit that is written in another way": lambda d: _field(d, "PayArgs", "amt").update(minimum=1),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_breach_is_found(case: str) -> None:
    plant, line = PLANTED[case]
    changed = copy.deepcopy(NOW)
    plant(changed)
    found = list(compatibility.breaches(NOW, changed))
    assert any(one.startswith(line) for one in found), "\n".join(found)


@pytest.mark.parametrize("case", FREE)
def test_what_nobody_is_hurt_by_is_free(case: str) -> None:
    changed = copy.deepcopy(NOW)
    FREE[case](changed)
    assert changed != NOW
    assert list(compatibility.breaches(NOW, changed)) == []


def test_two_documents_are_compared_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(NOW), encoding="utf-8")
    changed = copy.deepcopy(NOW)
    changed["x-events"].pop("boot")
    new.write_text(json.dumps(changed), encoding="utf-8")
    assert compatibility.main([str(old), str(old)]) == 0
    assert compatibility.main([str(old)]) == 0
    assert compatibility.main([str(old), str(new)]) == 1
    assert "event boot: is gone" in capsys.readouterr().out
    assert compatibility.main([]) == 2


def test_a_file_that_is_no_such_document_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content, said in (("{", "no JSON"), ("[]", "channels, operations"), ('{"channels": {}}', "x-signed missing")):
        file = tmp_path / "other.json"
        file.write_text(content)
        assert compatibility.main([str(file)]) == 2
        told = capsys.readouterr().err
        assert str(file) in told
        assert said in told
    assert compatibility.main([str(tmp_path / "none.json")]) == 2


def _read(release: Path) -> Document:
    found: Document = json.loads(release.read_text(encoding="utf-8"))
    return found


def _shown(document: Document) -> Iterator[tuple[str, Any]]:
    """(use, example) of each example in a document."""
    components = Components(document)
    for name, message in document["components"]["messages"].items():
        for example in message["examples"]:
            yield f"message {name}", example["payload"]
    for use in compatibility.uses(document):
        schema = components.resolved(use.schema)
        for option in schema.get("anyOf", [schema]):
            for example in components.resolved(option).get("examples", []):
                yield use.name, example


def _models_of(use: str) -> tuple[Model, ...]:
    word, _, kind = use.partition(" ")
    match word:
        case "message":
            return (asyncapi.MESSAGES[kind],)
        case "event":
            return (BODIES[kind],)
        case "signed":
            return SIGNED[kind]
        case "answer":
            return (REQUESTS | COMMANDS | HTTPS)[kind.removeprefix("to ")].outs
    args = (REQUESTS | COMMANDS | HTTPS)[kind].args
    return (args,) if args is not None else ()


def _reads(model: Model, example: Any) -> bool:
    try:
        model.model_validate_json(json.dumps(example), strict=True)
    except ValidationError:
        return False
    return True
