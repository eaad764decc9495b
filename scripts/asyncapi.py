"""docs/asyncapi.json: the contract with the cloud as an AsyncAPI 3 document, from the models that both sides read by.

.venv/bin/python scripts/asyncapi.py            writes the document
.venv/bin/python scripts/asyncapi.py --check    exit 1 when the document is not what the models say
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from asyncapi_schemas import Model, Schemas
from contract import CARRIED, without_rules
from generated import write_or_check
from json_layout import laid_out
from wire_types import COMMANDS, HTTPS, REQUESTS, SIGNED, Carried

from edge import __version__
from edge.cloud.session import MAX_PACKET_OCTETS, SESSION_EXPIRY_S, WILL_DELAY_S
from edge.codec import wire_down, wire_up
from edge.codec.bodies import BODIES
from edge.codec.topics import TID, Down, Topics, Up
from edge.model.records import Record
from edge.services.link import KEEPALIVE_S

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "asyncapi.json"
EXAMPLES = ROOT / "tests" / "wire_examples.jsonc"
ARGS_EXAMPLES = ROOT / "tests" / "wire_args.jsonc"
COMMAND = ".venv/bin/python scripts/asyncapi.py"

Json = dict[str, Any]

TID_EXAMPLE = "T7K3M9Q2"
EXAMPLE_KEY = "ebVWLo_mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ"
"""The public half of the key that signs the examples; its private half, of no use to anybody, is the octets 1 to 32."""
BINDING = "0.2.0"
"""Of the MQTT binding, which is versioned by itself."""
ANSWERED = {
    "up/hello": ("dn/ctl", "Welcome"),
    "up/tx": ("dn/ack", "Ack"),
    "up/pk": ("dn/ack", "Ack"),
    "up/ev": ("dn/ack", "Ack"),
    "up/req": ("dn/res", "Response"),
    "dn/cmd": ("up/res", "Result"),
    "dn/cfg": ("up/cfg", "CfgReported"),
}
"""By what each topic's messages are answered, where they are."""
CORRELATED = ("Request", "Response", "Command", "Result")
"""Messages whose `cid` says what belongs together."""
ABOUT = f"""\
What a terminal in a shop and its cloud say to each other over MQTT, version 1. `send` and `receive` are the
terminal's: a cloud does the reverse. The document says what may stand in a message; what must hold between messages
(commit before acknowledging, know rows by their `id`, park what is bad) stands in cloud-contract.md beside it. Whoever
reads ignores fields that it does not know. `x-events` says what `data` of an event holds by its `type`; `x-requests`
and `x-commands` say what `args` hold, and what `out` and `state` of the answer are; `x-signed` says what is inside a
JWS of each type, `x-https` what is asked over HTTPS before there is a certificate.
Where one of them names no schema, any object may come. What is signed in the examples is signed by
the Ed25519 key {EXAMPLE_KEY}, whose private half is the octets 1 to 32.""".replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Example:
    """`topic` such as up/tx, or the type of a request, a command or a JWS."""

    topic: str
    model: str
    about: str
    fields: Json


def main(words: list[str]) -> int:
    """Write the document, or with --check compare it; 1 when it is not what the models say."""
    return write_or_check(words, DOCUMENT, text, COMMAND)


def text() -> str:
    return laid_out(document(), "") + "\n"


def document() -> Json:
    """The whole document."""
    schemas = Schemas(roots())
    _show_examples(schemas)
    messages = {name: _message(name, model, schemas) for name, model in MESSAGES.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Edge terminal and its cloud", "version": __version__, "description": ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"broker": _server()},
        "channels": {_key(topic): _channel(topic) for topic in TOPICS},
        "operations": {f"{action}{leaf.capitalize()}": _operation(topic) for topic, action, leaf in _actions()},
        "components": {
            "parameters": {"tid": {"description": f"the terminal's id, ^{TID}$", "examples": [TID_EXAMPLE]}},
            "securitySchemes": {
                "certificate": {"type": "X509", "description": "one of its own for each terminal, CN is its id"}
            },
            "messages": messages,
            "schemas": schemas.by_name,
        },
        "x-events": dict(sorted(_events(schemas))),
        "x-requests": {kind: _carried(carried, schemas) for kind, carried in sorted(REQUESTS.items())},
        "x-commands": {
            kind: {"signed": kind in wire_down.SIGNED_TYPES} | _carried(carried, schemas)
            for kind, carried in sorted(COMMANDS.items())
        },
        "x-https": {asked: _carried(carried, schemas) for asked, carried in HTTPS.items()},
        "x-signed": {typ: [schemas.ref(model) for model in models] for typ, models in SIGNED.items()},
    }  # fmt: skip


def examples(path: Path = EXAMPLES) -> list[Example]:
    """Of a file in which a comment names topic and model of the line below it."""
    found, title = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            head, _, about = title.removeprefix("// ").partition(": ")
            topic, _, model = head.rpartition(" ")
            found.append(Example(topic, model, about, json.loads(line)))
        title = line
    return found


def model_of(kind: str, name: str) -> Model:
    """The model of this name that a request, command or JWS of this type carries."""
    carried = [table[kind] for table in (REQUESTS, COMMANDS, HTTPS) if kind in table]
    models = [model for one in carried for model in (one.args, *one.outs) if model] + list(SIGNED.get(kind, ()))
    return next(model for model in models if model.__name__ == name)


def roots() -> Iterator[Model]:
    """Every model that a message is, or that stands inside one by its type."""
    yield from MESSAGES.values()
    yield from BODIES.values()
    for carried in (*REQUESTS.values(), *COMMANDS.values(), *HTTPS.values()):
        yield from (model for model in (carried.args, *carried.outs) if model is not None)
    for models in SIGNED.values():
        yield from models


def _show_examples(schemas: Schemas) -> None:
    for body in dict.fromkeys(BODIES.values()):
        schemas.show(body, body.EXAMPLE)
    for example in examples(ARGS_EXAMPLES):
        schemas.show(model_of(example.topic, example.model), example.fields)


def _server() -> Json:
    status = next(one.fields for one in examples() if one.fields.get("reason") == "lwt")
    will = {
        "topic": Topics().up(TID_EXAMPLE, Up.STATUS), "qos": CARRIED["up/status"][0], "retain": CARRIED["up/status"][1],
        "message": json.dumps(status),
    }  # fmt: skip
    return {
        "host": "{host}:{port}",
        "protocol": "secure-mqtt",
        "protocolVersion": "5.0",
        "description": "MQTT 5, or 3.1.1 where the broker knows no better. The will is published"
        f" {WILL_DELAY_S} s after the connection broke, by MQTT 5; a planned stop sends its own status first.",
        "variables": {
            "host": {"description": "`[cloud] url` of the settings", "examples": ["broker.example"]},
            "port": {"default": "8883"},
        },
        "security": [{"$ref": "#/components/securitySchemes/certificate"}],
        "bindings": {
            "mqtt": {
                "clientId": TID_EXAMPLE, "cleanSession": False, "lastWill": will, "keepAlive": KEEPALIVE_S,
                "sessionExpiryInterval": SESSION_EXPIRY_S, "maximumPacketSize": MAX_PACKET_OCTETS,
                "bindingVersion": BINDING,
            }
        },
    }  # fmt: skip


def _channel(topic: str) -> Json:
    way, leaf = topic.split("/")
    address = Topics().up("{tid}", Up(leaf)) if way == "up" else Topics().down("{tid}", Down(leaf))
    return {
        "address": address,
        "description": CARRIED[topic][3],
        "parameters": {"tid": {"$ref": "#/components/parameters/tid"}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _carries(topic)},
    }


def _operation(topic: str) -> Json:
    qos, retain, _, meaning = CARRIED[topic]
    told: Json = {
        "action": _action(topic),
        "channel": {"$ref": f"#/channels/{_key(topic)}"},
        "summary": meaning,
        "messages": [_message_ref(topic, name) for name in _carries(topic)],
        "bindings": {"mqtt": {"qos": qos, "retain": retain, "bindingVersion": BINDING}},
    }
    if topic in ANSWERED:
        answer, name = ANSWERED[topic]
        told["reply"] = {"channel": {"$ref": f"#/channels/{_key(answer)}"}, "messages": [_message_ref(answer, name)]}
    return told


def _message(name: str, model: Model, schemas: Schemas) -> Json:
    told: Json = {
        "name": name,
        "contentType": "application/json",
        "summary": without_rules(inspect.cleandoc(model.__doc__ or "")),
        "payload": schemas.ref(model),
        "examples": [
            {"name": f"{name}{number}", "summary": f"{one.topic}: {one.about}", "payload": one.fields}
            for number, one in enumerate((one for one in examples() if one.model == name), 1)
        ],
    }
    if name in CORRELATED:
        told["correlationId"] = {"location": "$message.payload#/cid"}
    return {key: value for key, value in told.items() if value}


def _events(schemas: Schemas) -> Iterator[tuple[str, Json]]:
    streams = {kind.type: kind.stream.value for kind in get_args(Record)}
    for kind, body in BODIES.items():
        yield kind, {"stream": streams.get(kind, "ev"), "sv": body.SV, "data": schemas.ref(body)}


def _carried(carried: Carried, schemas: Schemas) -> Json:
    args = {"args": schemas.ref(carried.args)} if carried.args else {}
    outs = {"out": [schemas.ref(model) for model in carried.outs]} if carried.outs else {}
    states = {"states": sorted(carried.states)} if carried.states else {}
    return args | outs | states


def _actions() -> Iterator[tuple[str, str, str]]:
    """(topic, action, leaf) of each; a leaf that both sides have is told apart by the action."""
    for topic in TOPICS:
        yield topic, _action(topic), topic.split("/")[1]


def _action(topic: str) -> str:
    return "send" if topic.startswith("up/") else "receive"


def _carries(topic: str) -> list[str]:
    """Names of the models of a topic, out of words such as `Signed or Command`."""
    return re.findall(r"[A-Z]\w+", CARRIED[topic][2])


def _key(topic: str) -> str:
    return topic.replace("/", "_")


def _message_ref(topic: str, name: str) -> Json:
    return {"$ref": f"#/channels/{_key(topic)}/messages/{name}"}


TOPICS = (*(f"up/{leaf}" for leaf in Up), *(f"dn/{leaf}" for leaf in Down))
MESSAGES: dict[str, Model] = {
    name: getattr(wire_up if topic.startswith("up/") else wire_down, name)
    for topic in TOPICS
    for name in _carries(topic)
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
