"""Small wrong clouds: the reference cloud, with one thing bent between it and its broker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from edge.clock import SystemClock
from edge.codec.bodies import BODIES, is_known
from edge.codec.json_text import pack_object, read_object
from edge.codec.topics import Topics
from edge.codec.wire_up import BatchHead, Event
from edge.errors import WireError
from edge.messages import Publish
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.mqtt import Bell, Broker, Link
from edge.reference_cloud.store import CloudStore

Wire = dict[str, Any]
READY_S = 20.0


@dataclass
class Bend:
    """What a wrong cloud remembers; `take` and `say` are what it does wrong with what comes and what goes."""

    noted: dict[object, Any] = field(default_factory=dict)
    extra: list[Publish] = field(default_factory=list)

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        """None: the cloud does not see it. `message` is None for what cannot be read."""
        return octets

    def say(self, leaf: str, message: Wire) -> Wire | None:
        return message


class BentIngest(Ingest):
    """Between the broker and the cloud."""

    bend: Bend

    def take(self, topic: str, octets: bytes) -> None:
        try:
            message: Wire | None = read_object(octets)
        except WireError:
            message = None
        bent = self.bend.take(topic.rpartition("/")[2], octets, message)
        if bent is not None:
            super().take(topic, bent)

    def commit(self) -> list[Publish]:
        return list(self._bent(super().commit()))

    def _bent(self, messages: Iterable[Publish]) -> Iterator[Publish]:
        for one in messages:
            said = self.bend.say(one.topic.rpartition("/")[2], read_object(one.payload))
            if said is not None:
                yield Publish(one.topic, pack_object(said), one.qos)
        yield from self.bend.extra
        self.bend.extra = []


@contextmanager
def bent_cloud(port: int, db: Path, bend: Bend | None = None) -> Iterator[None]:
    """A cloud that runs beside the test; without a bend it is the reference cloud as it is."""
    ready, bell = threading.Event(), Bell()

    def serve() -> None:
        store, clock = CloudStore(db), SystemClock()
        store.open()
        ingest = BentIngest(store, clock, Random(1), spread_s=0)
        ingest.bend = bend or Bend()
        Link(
            Broker("127.0.0.1", port), ingest, clock, Random(1), client_id="cloud", topics=Topics(), bell=bell,
            ready=ready.set, trouble=lambda error: None,
        ).run()  # fmt: skip
        store.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert ready.wait(READY_S)
        yield
    finally:
        bell.ring()
        thread.join()
        bell.close()


# --- what comes is taken wrongly --------------------------------------------------------------------------------------


class Drops(Bend):
    """Is blocked by what `is_bad` says of a batch, and sees it never."""

    def __init__(self, is_bad: Callable[[Wire], bool]) -> None:
        super().__init__()
        self._is_bad = is_bad

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        batch = message if message is not None and isinstance(message.get("evs"), list) else None
        return None if batch is not None and self._is_bad(batch) else octets


def events(batch: Wire) -> list[Wire]:
    return [event for event in batch["evs"] if isinstance(event, dict) and "type" in event]


def has_unknown_type(batch: Wire) -> bool:
    return any(not is_known(event["type"]) for event in events(batch))


def has_later_body(batch: Wire) -> bool:
    return any(event.get("sv", 0) > 1 for event in events(batch))


def has_bad_body(batch: Wire) -> bool:
    return any(
        "total" not in event["data"] or event["data"]["total"] == "much"
        for event in events(batch) if event["type"] == "sale.completed" and event["sv"] == BODIES[event["type"]].SV
    )  # fmt: skip


def has_no_event(batch: Wire) -> bool:
    return any(not isinstance(event, dict) for event in batch["evs"])


def has_later_fields(batch: Wire) -> bool:
    known = BatchHead.model_fields.keys() | {"v"}
    return bool(batch.keys() - known) or any(event.keys() - Event.model_fields.keys() for event in events(batch))


class Gzip(Bend):
    """Does not know it."""

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        return None if octets[:2] == b"\x1f\x8b" else octets


class DiesOf(Bend):
    """Reads nothing any more after a payload that it cannot read, of so many bytes at least."""

    def __init__(self, octets: int) -> None:
        super().__init__()
        self._least = octets

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if message is None and len(octets) >= self._least:
            self.noted["dead"] = True
        return None if self.noted else octets


class KnowsIds(Bend):
    """Takes a batch with an id that it knows for a copy, whatever epoch or number it comes under."""

    def __init__(self, *, by_seq: bool) -> None:
        super().__init__()
        self._by_seq = by_seq

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if message is None or "evs" not in message or not isinstance(message["evs"], list):
            return octets
        for event in events(message):
            key = (message.get("epoch"), leaf, event["seq"]) if self._by_seq else event["id"]
            place = event["id"] if self._by_seq else (message.get("epoch"), leaf, event["seq"])
            if self.noted.setdefault(str(key), place) != place:
                return None
        return octets


class BelievesPayload(Bend):
    """Whatever tid stands in it."""

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if message is None or message.get("tid") != "ZZZZ9999":
            return octets
        return pack_object(message | {"tid": "CONFORM1"})


class NoPast(Bend):
    """Does not look at epochs that are over."""

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if message is None or leaf != "hello":
            return octets
        return pack_object({name: value for name, value in message.items() if name != "past"})


# --- what goes is wrong -----------------------------------------------------------------------------------------------


class Says(Bend):
    """Changes one kind of message: a `t`, or res."""

    def __init__(self, kind: str, change: Callable[[Wire], Wire | None]) -> None:
        super().__init__()
        self._kind, self._change = kind, change

    def say(self, leaf: str, message: Wire) -> Wire | None:
        return self._change(message) if self._kind == message.get("t", leaf) else message


class Remembers(Bend):
    """Notes what came, by (kind, epoch), and says something else for it."""

    def __init__(self, kind: str, change: Callable[[Wire, dict[object, Any]], Wire | None]) -> None:
        super().__init__()
        self._kind, self._change = kind, change

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if message is not None and "epoch" in message:
            if leaf == "hello":
                self.noted["hello", message["epoch"]] = message
            elif isinstance(message.get("n"), int) and isinstance(message.get("base"), int):
                last = message["base"] + message["n"] - 1
                key = "last", message["epoch"]
                self.noted[key] = max(self.noted.get(key, 0), last)
        return octets

    def say(self, leaf: str, message: Wire) -> Wire | None:
        return self._change(message, self.noted) if self._kind == message.get("t", leaf) else message


def by_puback(ack: Wire, noted: dict[object, Any]) -> Wire:
    """All that came is acknowledged, gap or not."""
    return ack | {"upto": max(ack["upto"], noted.get(("last", ack["epoch"]), 0))}


def by_head(ack: Wire, noted: dict[object, Any]) -> Wire:
    """What the hello says there is."""
    hello = noted.get(("hello", ack["epoch"]))
    return ack | {"upto": max(ack["upto"], hello["streams"]["tx"]["head"] if hello else 0)}


def echo(welcome: Wire, noted: dict[object, Any]) -> Wire:
    acked = noted["hello", welcome["epoch"]]["streams"]["tx"]["acked"]
    return welcome | {"upto": welcome["upto"] | {"tx": acked}}


def once(message: Wire, noted: dict[object, Any]) -> Wire | None:
    """The first of its session, of its watermark."""
    key = "said", message.get("sess"), message["epoch"], message.get("stream"), str(message["upto"])
    return None if noted.setdefault(str(key), message) is not message else message


def anew(answer: Wire, noted: dict[object, Any]) -> Wire:
    noted["answers"] = noted.get("answers", 0) + 1
    return answer | {"ok": True, "out": {"price": noted["answers"]}}


def without(*names: str) -> Callable[[Wire], Wire]:
    return lambda message: {name: value for name, value in message.items() if name not in names}


class Stale(Bend):
    """Tells old acks to whoever comes online, as a broker does that keeps them."""

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if leaf == "status" and message is not None:
            ack = {"v": 1, "tid": message["tid"], "t": "ack", "stream": "tx", "epoch": "01KAQ3Z8F0S7J6W2R9XDBN4V5C",
                   "upto": 1, "at": "2026-11-23T02:16:12.190Z"}  # fmt: skip
            self.extra.append(Publish(Topics().prefix.replace("{tid}", message["tid"]) + "dn/ack", pack_object(ack), 0))
        return octets


class OldStatus(Bend):
    """Counts what the newest status says, whatever came before."""

    def take(self, leaf: str, octets: bytes, message: Wire | None) -> bytes | None:
        if leaf == "status" and message is not None:
            self.noted["sess"] = message["sess"]
        return octets

    def say(self, leaf: str, message: Wire) -> Wire | None:
        return message | {"sess_min": self.noted["sess"]} if message.get("t") == "welcome" else message


class Shares(Bend):
    """Acks of one terminal go to the other, too."""

    def say(self, leaf: str, message: Wire) -> Wire | None:
        if message.get("t") == "ack" and message["tid"] == "CONFORM1":
            told = pack_object(message | {"tid": "CONFORM2"})
            self.extra.append(Publish("stores/v1/CONFORM2/dn/ack", told, 0))
        return message


class Late(Bend):
    """Holds each ack until the next message of anybody comes."""

    def say(self, leaf: str, message: Wire) -> Wire | None:
        if message.get("t") == "ack":
            threading.Event().wait(1.0)
        return message
