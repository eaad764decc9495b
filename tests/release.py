"""What a release knows of the contract, by the document that it was published with: a stand-in for its programs."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from json_schema import Components, Schema

from edge.codec.json_text import pack_object, read_object
from edge.messages import Publish

Document = dict[str, Any]
FOLDER = Path(__file__).parent / "contract"


class Release:
    """Reads as the models of its time do: a field that it does not know is not there for it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._components = Components(document)
        self._channels = {
            channel["address"].partition("{tid}/")[2]: list(channel["messages"])
            for channel in document["channels"].values()
        }

    @classmethod
    def read(cls, path: Path) -> Release:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def without(self, *fields: tuple[str, str]) -> Release:
        """An older one, that did not have these (schema, field) yet."""
        document = copy.deepcopy(self.document)
        for schema, field in fields:
            document["components"]["schemas"][schema]["properties"].pop(field)
        return Release(document)

    def shown(self, way: str) -> Iterator[tuple[str, Document]]:
        """(leaf, payload) of each example of a message `up` or `dn`."""
        for leaf, names in self._channels.items():
            for name in names if leaf.startswith(way) else ():
                for example in self.document["components"]["messages"][name]["examples"]:
                    payload = example["payload"]
                    if name != "Batch" or payload["stream"] == leaf.rpartition("/")[2]:
                        yield leaf, payload

    def events(self, stream: str) -> Iterator[tuple[str, int, Document]]:
        """(type, sv, body) of an example of each event in a stream."""
        for kind, told in self.document["x-events"].items():
            if told["stream"] == stream:
                yield kind, told["sv"], self._components.resolved(told["data"])["examples"][0]

    def asked(self) -> Iterator[tuple[str, Document]]:
        """(type, args) of an example of each request whose args have a schema."""
        for kind, told in self.document["x-requests"].items():
            if "args" in told:
                yield kind, self._components.resolved(told["args"])["examples"][0]

    def faults(self, publish: Publish) -> list[str]:
        """Why this release would not read it."""
        message = read_object(publish.payload)
        found = list(self._components.faults(message, self._schema(publish.topic, message)))
        evs = message.get("evs")
        for event in evs if isinstance(evs, list) else ():
            if (known := self.document["x-events"].get(event["type"])) is not None and event["sv"] <= known["sv"]:
                found += [f"{event['type']}{fault}" for fault in self._components.faults(event["data"], known["data"])]
        return found

    def cut(self, publish: Publish) -> Publish:
        """What is left of it for this release; bodies of events are kept as they come."""
        message = read_object(publish.payload)
        known = self._cut(message, self._schema(publish.topic, message))
        return Publish(publish.topic, pack_object(known), publish.qos, publish.token, publish.retain)

    def _schema(self, topic: str, message: Document) -> Schema:
        leaf = "/".join(topic.split("/")[-2:])
        options = [self.document["components"]["messages"][name]["payload"] for name in self._channels[leaf]]
        return min(options, key=lambda option: len(list(self._components.faults(message, option))))

    def _cut(self, value: Any, schema: Schema) -> Any:
        schema = self._components.resolved(schema)
        if "anyOf" in schema:
            schema = self._components.resolved(
                min(schema["anyOf"], key=lambda option: len(list(self._components.faults(value, option))))
            )
        if isinstance(value, list) and "items" in schema:
            return [self._cut(item, schema["items"]) for item in value]
        if not isinstance(value, dict):
            return value
        if "properties" in schema:
            known = schema["properties"]
            return {name: self._cut(inner, known[name]) for name, inner in value.items() if name in known}
        inner = schema.get("additionalProperties")
        return {name: self._cut(item, inner) for name, item in value.items()} if isinstance(inner, dict) else value


RELEASES = tuple(sorted(FOLDER.glob("release-*.json")))
