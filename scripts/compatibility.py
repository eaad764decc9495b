"""What a new docs/asyncapi.json changes that terminals and clouds of an older release cannot live with.

.venv/bin/python scripts/compatibility.py OLD [NEW]    a line for each; exit 1 when there is one

Terminals and clouds are never renewed together, so each meets the older and the newer of the other. Whoever writes a
message by one document must be read by the other: in both directions nothing that one allows may the other refuse. New
fields that may be left out, new types and new topics are free.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from json_schema import Components, Schema

NEW = Path(__file__).resolve().parent.parent / "docs" / "asyncapi.json"
LOWER = ("minLength", "minItems", "minProperties")
UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
PARTS = ("channels", "operations", "components", "x-events", "x-requests", "x-commands", "x-signed")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a schema is used: `name` such as `event sale.completed`; the same in each release."""

    name: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Side:
    """A document that one side lives by."""

    document: Document
    components: Components

    @classmethod
    def of(cls, document: Document) -> Side:
        return cls(document, Components(document))


def main(words: Sequence[str]) -> int:
    if not 1 <= len(words) <= 2:
        print("usage: .venv/bin/python scripts/compatibility.py OLD [NEW]", file=sys.stderr)
        return 2
    try:
        old, new = (_document(Path(word)) for word in (*words, str(NEW))[:2])
    except (OSError, ValueError) as error:
        print(f"{error}; such a document is docs/asyncapi.json of a release", file=sys.stderr)
        return 2
    found = list(breaches(old, new))
    for line in found:
        print(line)
    print(f"{len(found)} breaches" if found else "compatible")
    return 1 if found else 0


def breaches(old: Document, new: Document) -> Iterator[str]:
    """Every change that an older side cannot live with, as `place: what`."""
    yield from _topics(old, new)
    yield from _types(old, new)
    before, after = Side.of(old), Side.of(new)
    now = {use.name: use.schema for use in uses(new)}
    for use in uses(old):
        if use.name not in now:
            yield f"{use.name}: is gone"
            continue
        for what in _refusals(before, use.schema, after, now[use.name], keeps=True):
            yield f"{use.name}{what}: sent by the older, refused by the newer"
        for what in _refusals(after, now[use.name], before, use.schema, keeps=False):
            yield f"{use.name}{what}: sent by the newer, refused by the older"


def uses(document: Document) -> Iterator[Use]:
    """Whatever has a schema, by what it is for: component names are our own business."""
    for name, message in document["components"]["messages"].items():
        yield Use(f"message {name}", message["payload"])
    for kind, told in document["x-events"].items():
        yield Use(f"event {kind}", told["data"])
    for table, word in (("x-requests", "request"), ("x-commands", "command"), ("x-https", "request")):
        for kind, told in document.get(table, {}).items():
            if "args" in told:
                yield Use(f"{word} {kind}", told["args"])
            if "out" in told:
                yield Use(f"answer to {kind}", {"anyOf": told["out"]})
    for typ, schemas in document["x-signed"].items():
        yield Use(f"signed {typ}", {"anyOf": schemas})


def _document(path: Path) -> Document:
    """Raises OSError, and ValueError for what is no document of this contract."""
    try:
        found: Document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: no JSON: {error}") from error
    missing = [word for word in PARTS if not isinstance(found, dict) or word not in found]
    if missing:
        raise ValueError(f"{path}: no document of this contract: {', '.join(missing)} missing")
    return found


def _topics(old: Document, new: Document) -> Iterator[str]:
    for name, channel in old["channels"].items():
        if name not in new["channels"]:
            yield f"channel {name}: is gone"
        elif (address := new["channels"][name]["address"]) != channel["address"]:
            yield f"channel {name}: {address} was {channel['address']}"
    for name, operation in old["operations"].items():
        if name not in new["operations"]:
            yield f"operation {name}: is gone"
            continue
        for word, value in operation["bindings"]["mqtt"].items():
            if (now := new["operations"][name]["bindings"]["mqtt"].get(word)) != value:
                yield f"operation {name}: {word} {now} was {value}"
        for message in operation["messages"]:
            if message not in new["operations"][name]["messages"]:
                yield f"operation {name}: {message['$ref'].rpartition('/')[2]} is gone"


def _types(old: Document, new: Document) -> Iterator[str]:
    """What is told of a type beside its schemas. Bodies of an older `sv` come for months, and need to be read."""
    for table, words in (("x-events", ("stream", "sv")), ("x-requests", ("states",)), ("x-commands", ("signed",))):
        for kind, told in old[table].items():
            if kind not in new[table]:
                yield f"{table} {kind}: is gone"
                continue
            for word in words:
                if word in told and (now := new[table][kind].get(word)) != told[word]:
                    yield f"{table} {kind}: {word} {now} was {told[word]}"


def _refusals(writer: Side, sent: Schema, reader: Side, read: Schema, *, keeps: bool) -> Iterator[str]:
    """What may be sent and is refused. `keeps`: a field that the reader does not know any more counts as refused."""
    for option in _options(writer, sent):
        tries = [list(_one(writer, option, reader, other, keeps)) for other in _options(reader, read)]
        yield from min(tries, key=len)


def _options(side: Side, schema: Schema) -> list[Schema]:
    schema = side.components.resolved(schema)
    if "anyOf" not in schema:
        return [schema]
    return [option for inner in schema["anyOf"] for option in _options(side, inner)]


def _one(writer: Side, sent: Schema, reader: Side, read: Schema, keeps: bool) -> Iterator[str]:
    if (values := _values(sent)) is not None:
        for value in values:
            if list(reader.components.faults(value, read)):
                yield f" is {json.dumps(value, ensure_ascii=False)}"
        return
    if (allowed := _values(read)) is not None:
        yield f" is none of {json.dumps(allowed, ensure_ascii=False)}"
        return
    kind, wanted = sent.get("type"), read.get("type")
    if wanted is not None and kind != wanted and (kind, wanted) != ("integer", "number"):
        yield f" is {kind or 'anything'} and not {wanted}"
        return
    yield from _bounds(sent, read)
    yield from _inside(writer, sent, reader, read, keeps)


def _bounds(sent: Schema, read: Schema) -> Iterator[str]:
    for word in LOWER:
        if sent.get(word, 0) < read.get(word, 0):
            yield f" has {word} {sent.get(word, 0)} and not {read[word]}"
    for word in UPPER:
        if word in read and sent.get(word, read[word] + 1) > read[word]:
            yield f" has {word} {sent.get(word, 'none')} and not {read[word]}"
    least, wanted = _least(sent), _least(read)
    if wanted is not None and (least is None or least < wanted):
        yield f" has minimum {'none' if least is None else least} and not {wanted}"
    if read.get("pattern", sent.get("pattern")) != sent.get("pattern"):
        yield f" is like {sent.get('pattern', 'any text')} and not {read['pattern']}"


def _inside(writer: Side, sent: Schema, reader: Side, read: Schema, keeps: bool) -> Iterator[str]:
    for name in read.get("required", ()):
        if name not in sent.get("required", ()):
            yield f".{name} is missing"
    known = read.get("properties", {})
    for name, field in sent.get("properties", {}).items():
        if name in known:
            for what in _refusals(writer, field, reader, known[name], keeps=keeps):
                yield f".{name}{what}"
        elif keeps:
            yield f".{name} is there"
    for word, place in (("items", "[]"), ("additionalProperties", ".*"), ("propertyNames", "'s names")):
        wanted = read.get(word, {})
        if isinstance(wanted, dict) and wanted:
            given = sent.get(word, {})
            for what in _refusals(writer, given if isinstance(given, dict) else {}, reader, wanted, keeps=keeps):
                yield f"{place}{what}"


def _values(schema: Schema) -> list[Any] | None:
    """All that it allows; None: too many to name."""
    allowed: list[Any] | None = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return allowed


def _least(schema: Schema) -> float | None:
    """The least whole number."""
    least = [schema["minimum"]] if "minimum" in schema else []
    least += [schema["exclusiveMinimum"] + 1] if "exclusiveMinimum" in schema else []
    return max(least) if least else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
