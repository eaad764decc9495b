"""A counter with a cloud made by hand: what the terminal published, read by the contract, and what it is told."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from counter_bench import TID, TOPICS, CounterBench

from edge.clock import iso_ms
from edge.codec.json_text import pack_object, read_object
from edge.codec.topics import Down, Up
from edge.codec.wire import Upward, read_up
from edge.codec.wire_up import Batch
from edge.messages import CloudAccepted, CloudDown, CloudMessage, CloudUp, Connect, Publish, Refusal
from edge.model.money import Fen
from edge.model.records import CatalogueApplied, ItemUnknown, Stream
from edge.ports import Transaction
from edge.services.link import Phase

LONG_S = 2_000.0
"""Longer than any wait of the reconnect rule at its cap of 900 s."""


class LinkBench(CounterBench):
    """See `CounterBench`; the cloud does nothing by itself."""

    @property
    def sess(self) -> int:
        return self._connects[-1].sess

    @property
    def epoch(self) -> str:
        return self.ledger.epoch

    @property
    def _connects(self) -> list[Connect]:
        return [effect for effect in self.connected if isinstance(effect, Connect)]

    # --- the network -----------------------------------------------------------------------------------------------

    def dial(self) -> float:
        """Wait for the next Connect, if none is under way (a sale may have caused one); how long it took."""
        if self.link.phase is Phase.CONNECTING:
            return 0.0
        before, asked = self.clock.mono_s, len(self.connected)
        while len(self.connected) == asked:
            due = self.bus.next_due()
            assert due is not None
            assert due - before <= LONG_S, "it never connects"
            self.pass_s(max(0.0, due - self.clock.mono_s))
        return self.clock.mono_s - before

    def up(self) -> None:
        """Connected and subscribed."""
        self.tell(CloudUp(self.sess, 5))

    def down(self, cause: Refusal = Refusal.NETWORK, *, tls: bool = False) -> None:
        self.tell(CloudDown(self.sess, cause, "gone", tls=tls))

    def go_online(self, **more: Any) -> None:
        """Connect, greet, be welcomed."""
        self.dial()
        self.up()
        self.welcome(**more)

    # --- what the cloud says ---------------------------------------------------------------------------------------

    def hear(self, leaf: Down, message: dict[str, Any]) -> None:
        told = {"v": 1, "tid": TID, "at": iso_ms(self.clock.wall())} | message
        self.tell(CloudMessage(TOPICS.down(TID, leaf), pack_object(told)))

    def hear_raw(self, message: dict[str, Any]) -> None:
        """A message without an envelope of its own: a signed command."""
        self.tell(CloudMessage(TOPICS.down(TID, Down.CMD), pack_object(message)))

    def welcome(self, **more: Any) -> None:
        plain = {"t": "welcome", "sess": self.sess, "epoch": self.epoch, "upto": {}, "cfg_ver": 0, "cat_ver": 0}
        self.hear(Down.CTL, plain | more)

    def ack(self, upto: int, *, stream: str = "ev", **more: Any) -> None:
        self.hear(Down.ACK, {"t": "ack", "stream": stream, "epoch": self.epoch, "upto": upto} | more)

    def resend(self, lo: int, hi: int, *, rid: str = "rs-1", stream: str = "ev", **more: Any) -> None:
        plain = {"t": "resend", "stream": stream, "epoch": self.epoch, "lo": lo, "hi": hi, "rid": rid, "why": "loss"}
        self.hear(Down.ACK, plain | more)

    def puback(self, code: int, *, stream: str = "ev") -> None:
        self.tell(CloudAccepted(stream, code))

    # --- what the terminal said ------------------------------------------------------------------------------------

    def sent(self, leaf: str) -> list[Any]:
        """The messages published on one topic so far, each valid by the contract."""
        found = []
        for publish in self.published:
            up, message = _read(publish.topic, publish.payload)
            if up.value == leaf:
                found.append(message)
        return found

    def batches(self, stream: str = "ev") -> list[Batch]:
        """Batches of one stream, each event valid too."""
        return [Batch.model_validate(head.model_dump(exclude_unset=True)) for head in self.sent(stream)]

    def seqs(self, stream: str = "ev") -> list[tuple[int, int]]:
        """(first, last) of each batch with events."""
        return [(batch.base, batch.base + batch.n - 1) for batch in self.batches(stream) if batch.n]

    # --- rows ------------------------------------------------------------------------------------------------------

    def write(self, rows: int, *, stream: Stream = Stream.EV, octets: int = 0) -> None:
        """So many rows, each with its own commit, as the shop would make them."""
        for _ in range(rows):
            if stream is Stream.TX:
                self.sell()
            else:
                self.tell(Note("x" * octets))

    def boot(self) -> None:
        super().boot()
        self.bus.on(Note, _write_note)
        self.bus.on(Notes, _write_notes)


@lru_cache(maxsize=10_000)
def _read(topic: str, payload: bytes) -> tuple[Up, Upward]:
    """A test asks again and again what was sent, and a message does not change: each is read once."""
    tid, up, message = read_up(TOPICS, topic, payload)
    assert tid == TID
    return up, message


class Note:
    """Have one event written."""

    def __init__(self, text: str = "") -> None:
        self.text = text


class Notes:
    """Have many events written in one transaction."""

    def __init__(self, rows: int) -> None:
        self.rows = rows


def _write_note(note: Note, tx: Transaction) -> None:
    tx.append(ItemUnknown(note.text or "690", Fen(100)))


def _write_notes(notes: Notes, tx: Transaction) -> None:
    for n in range(notes.rows):
        tx.append(CatalogueApplied(n, n))


def online(shop: LinkBench) -> LinkBench:
    """Online, the boot event acknowledged, nothing on its way: the next event has seq 2."""
    shop.go_online()
    shop.pass_s(1)
    shop.ack(1)
    shop.published.clear()
    return shop


def octets_of(publish: Publish) -> int:
    """The JSON of a payload, unpacked."""
    return len(pack_json(read_object(publish.payload)))


def pack_json(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
