"""A cloud that stores nothing: welcomes, counts, acknowledges. A process of its own, so that it can keep up.

    python -m bench.cloud_stub PORT [PACE]      PACE: the welcome's pace as JSON, {"tx": {"window": 1, "batch": 1}}

Answers the first hello when a line comes on its input, later ones at once. On its output, one JSON object a line:
{"greeted": monotonic seconds}, {"welcomed": …}, then after each lull the tally so far.
"""

from __future__ import annotations

import json
import select
import sys
import zlib
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.clock import SystemClock, iso_ms
from edge.codec.json_text import pack_object, read_object
from edge.codec.wire_term import MAX_EVENTS

PREFIX = "stores/v1"
LULL_S = 0.1
"""So long without a batch, and what came so far is told."""
HEAD_OCTETS = 400
"""Of a batch's JSON, its head is well within."""
_GZIP = 31


@dataclass
class Tally:
    """All streams together. `wire` and `text`: octets of the payloads as they came and unpacked.

    `nearly_events` had come at `nearly_mono`: less than a batch was left, and that waits for company (contract P3).
    """

    events: int = 0
    batches: int = 0
    wire: int = 0
    text: int = 0
    first_mono: float = 0.0
    last_mono: float = 0.0
    nearly_events: int = 0
    nearly_mono: float = 0.0
    upto: dict[str, int] = field(default_factory=dict)


class CloudStub:
    """One terminal's cloud. Batches must come in order and without a gap, as from a terminal that loses nothing."""

    def __init__(self, port: int, pace: dict[str, Any] | None) -> None:
        self._pace = pace
        self._batch = (pace or {}).get("tx", {}).get("batch", MAX_EVENTS)
        self._clock = SystemClock()
        self._tally = Tally()
        self._told = 0
        self._heads: dict[str, int] = {}
        self._hello: tuple[str, dict[str, Any]] | None = None
        self._may_welcome = False
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{PREFIX}/+/up/#", qos=1)
        self._client.on_subscribe = lambda *_: tell({"ready": monotonic()})
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)

    def run(self) -> None:
        while True:
            sock = self._client.socket()
            if sock is None:
                return
            readable, _, _ = select.select([sock, *([] if self._may_welcome else [sys.stdin])], [], [], LULL_S)
            if sys.stdin in readable:
                sys.stdin.readline()
                self._may_welcome = True
                self._welcome()
            elif readable:
                self._client.loop_read()
            elif self._tally.batches > self._told:
                self._told = self._tally.batches
                tell(asdict(self._tally))
            if self._client.want_write():
                self._client.loop_write()
            self._client.loop_misc()

    def _on_message(self, _: object, __: object, message: mqtt.MQTTMessage) -> None:
        _, _, tid, _, leaf = message.topic.split("/")
        if leaf == "hello":
            self._hello = tid, read_object(bytes(message.payload))
            tell({"greeted": monotonic()})
            self._welcome()
        elif leaf in ("tx", "pk", "ev"):
            self._count(tid, leaf, bytes(message.payload))

    def _welcome(self) -> None:
        if self._hello is None or not self._may_welcome:
            return
        tid, hello = self._hello
        upto = {stream: places["acked"] for stream, places in hello["streams"].items()}
        self._tally.upto = upto
        self._heads = {stream: places["head"] for stream, places in hello["streams"].items()}
        more = {"pace": self._pace} if self._pace else {}
        self._say(tid, "ctl", {"t": "welcome", "sess": hello["sess"], "epoch": hello["epoch"], "upto": upto,
                               "cfg_ver": 0, "cat_ver": hello["cat_ver"], **more})  # fmt: skip
        tell({"welcomed": monotonic()})

    def _count(self, tid: str, stream: str, octets: bytes) -> None:
        head, text = opened(octets)
        base, count, epoch = int(between(head, b'"base":')), int(between(head, b'"n":')), between(head, b'"epoch":"')
        tally = self._tally
        if base > tally.upto[stream] + 1:
            raise SystemExit(f"a gap in {stream}: {tally.upto[stream]}, then {base}")
        upto = base + count - 1
        if upto > tally.upto[stream]:
            tally.events += upto - tally.upto[stream]
            tally.upto[stream] = upto
        self._say(tid, "ack", {"t": "ack", "stream": stream, "epoch": epoch.decode(), "upto": tally.upto[stream]})
        tally.batches += 1
        tally.wire += len(octets)
        tally.text += text
        tally.last_mono = monotonic()
        tally.first_mono = tally.first_mono or tally.last_mono
        if not tally.nearly_mono and sum(self._heads.values()) - sum(tally.upto.values()) < self._batch:
            tally.nearly_events, tally.nearly_mono = tally.events, tally.last_mono

    def _say(self, tid: str, leaf: str, message: dict[str, Any]) -> None:
        told = {"v": 1, "tid": tid, "at": iso_ms(self._clock.wall())} | message
        self._client.publish(f"{PREFIX}/{tid}/dn/{leaf}", pack_object(told), qos=0)


def opened(octets: bytes) -> tuple[bytes, int]:
    """(the first octets of the JSON text, how many there are in all); gzip says the length at its end."""
    if octets[:2] != b"\x1f\x8b":
        return octets[:HEAD_OCTETS], len(octets)
    return zlib.decompressobj(wbits=_GZIP).decompress(octets, HEAD_OCTETS), int.from_bytes(octets[-4:], "little")


def between(head: bytes, key: bytes) -> bytes:
    """What stands behind `key` up to the next comma or quote."""
    found = head.partition(key)[2]
    return found.partition(b",")[0].partition(b'"')[0]


def tell(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    CloudStub(int(sys.argv[1]), json.loads(sys.argv[2]) if len(sys.argv) > 2 else None).run()
