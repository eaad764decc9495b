"""What is seen of one terminal from beside it: effects that leave, messages that come. It changes nothing."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from edge.bus import Bus
from edge.clock import Clock
from edge.codec.json_text import read_object
from edge.codec.wire_down import Ack
from edge.messages import CloudAccepted, CloudUp, Connect, MessageFailed, Publish, Started
from edge.model.records import Record, Stream
from edge.ports import Transaction
from edge.services.link import LinkLost, Welcomed
from edge.services.reconnect import DEFAULT_SPREAD_S
from edge.sim.fleet.shop import Sold
from edge.sim.fleet.tally import Return, Tally

EARLY_WITHIN_S = 0.05
"""An attempt that follows a sale so closely was caused by it."""
_STREAMS = {stream.value: stream for stream in Stream}


@dataclass(frozen=True, slots=True)
class Written:
    """This row is on the disk."""

    stream: Stream
    seq: int


class Watch:
    """Made once a life of a terminal, after its services; `sold` are the ids of sales that were committed."""

    def __init__(self, bus: Bus, clock: Clock, tally: Tally, sold: list[str], *, begin_mono: float) -> None:
        self._clock = clock
        self._tally = tally
        self._sold = sold
        self.begin_mono = begin_mono
        self._born: dict[Stream, deque[tuple[int, float]]] = {stream: deque() for stream in Stream}
        """(seq, when it was written) of rows that the cloud has not acknowledged."""
        self._sent: dict[Stream, deque[tuple[int, float]]] = {stream: deque() for stream in Stream}
        """(seq of the last row, when it left) of batches that the cloud has not acknowledged."""
        self._given: dict[Stream, deque[float]] = {stream: deque() for stream in Stream}
        """When batches left that the broker has not acknowledged."""
        self.late_s = 0.0
        """How late this turn of the terminal is: no delay of its own."""
        self._customer_mono = -math.inf
        self._lost_mono: float | None = None
        self._spread_s = DEFAULT_SPREAD_S
        self._head, self._upto = dict.fromkeys(Stream, 0), dict.fromkeys(Stream, 0)
        """The last row of each stream, and the last that the cloud has acknowledged."""
        for kind in get_args(Record):
            bus.on(kind, self._recorded)
        for message, see in (
            (Started, self._started), (CloudUp, self._up), (CloudAccepted, self._accepted), (Ack, self._acked),
            (Welcomed, self._welcomed), (LinkLost, self._lost), (MessageFailed, self._failed),
        ):  # fmt: skip
            bus.on(message, see)
        sinks: tuple[tuple[type, Callable[..., None]], ...] = (
            (Written, self._written), (Sold, self._was_sold), (Publish, self._leaves), (Connect, self._dials)
        )  # fmt: skip
        for effect, sink in sinks:
            bus.route(effect, sink)

    @property
    def waiting(self) -> int:
        """Rows that the cloud has not acknowledged."""
        return sum(self._head.values()) - sum(self._upto.values())

    def oldest_s(self, now: float) -> float:
        """How long the oldest row of this life waits for the cloud's acknowledgement."""
        return max((now - born[0][1] for born in self._born.values() if born), default=0.0)

    # --- rows ------------------------------------------------------------------------------------------------------

    def _started(self, _: Started, tx: Transaction) -> None:
        self._spread_s = json.loads(tx.get("reconnect") or "{}").get("spread_s", DEFAULT_SPREAD_S)
        self._look(tx)

    def _recorded(self, record: Record, tx: Transaction) -> None:
        tx.after_commit(Written(record.stream, tx.outbox.position(record.stream).head))

    def _written(self, written: Written) -> None:
        self._head[written.stream] = max(self._head[written.stream], written.seq)
        self._born[written.stream].append((written.seq, self._clock.mono()))
        self._tally.made += 1

    def _was_sold(self, sold: Sold) -> None:
        self._sold.append(sold.sale_id)
        self._customer_mono = self._clock.mono()

    def _acked(self, ack: Ack, tx: Transaction) -> None:
        stream, now = Stream(ack.stream), tx.stamp.mono
        if ack.epoch != tx.outbox.epoch:
            return
        upto = tx.outbox.position(stream).acked
        for waiting, durations in ((self._born, self._tally.ages), (self._sent, self._tally.to_cloud)):
            queue = waiting[stream]
            while queue and queue[0][0] <= upto:
                durations.note(now - queue.popleft()[1])
        self._look(tx)

    def _look(self, tx: Transaction) -> None:
        for stream in Stream:
            position = tx.outbox.position(stream)
            self._head[stream], self._upto[stream] = position.head, position.acked

    # --- batches ---------------------------------------------------------------------------------------------------

    def _leaves(self, publish: Publish) -> None:
        stream = _STREAMS.get(publish.token)
        if stream is None:
            return
        now, batch = self._clock.mono(), read_object(publish.payload)
        self._given[stream].append(now)
        base, rows = batch.get("base"), batch.get("n")
        if "rid" not in batch and isinstance(base, int) and isinstance(rows, int):
            self._sent[stream].append((base + rows - 1, now))

    def _accepted(self, accepted: CloudAccepted, tx: Transaction) -> None:
        stream = _STREAMS.get(accepted.token)
        if stream is not None and self._given[stream]:
            self._tally.to_broker.note(tx.stamp.mono - self._given[stream].popleft())
        if accepted.code >= 0x80:
            self._tally.trouble[f"PUBACK {accepted.code:#04x}"] += 1

    # --- connections -----------------------------------------------------------------------------------------------

    def _dials(self, _: Connect) -> None:
        now = self._clock.mono()
        self._tally.attempts.append(now - self.begin_mono)
        if self._lost_mono is not None:
            lost_s = self._lost_mono - self.begin_mono
            delay_s = max(0.0, now - self._lost_mono - self.late_s)
            early = now - self._customer_mono < EARLY_WITHIN_S
            self._tally.returns.append(Return(lost_s, delay_s, self._spread_s, early))
            self._lost_mono = None

    def _up(self, _: CloudUp, tx: Transaction) -> None:
        self._tally.connects.append(tx.stamp.mono - self.begin_mono)

    def _welcomed(self, welcomed: Welcomed, tx: Transaction) -> None:
        if welcomed.welcome.reconnect is not None:
            self._spread_s = welcomed.welcome.reconnect.spread_s
        self._look(tx)

    def _lost(self, _: LinkLost, tx: Transaction) -> None:
        self._lost_mono = tx.stamp.mono
        for stream in Stream:
            self._sent[stream].clear()
            self._given[stream].clear()

    def _failed(self, failed: MessageFailed, tx: Transaction) -> None:
        self._tally.trouble[f"{type(failed.message).__name__}: {failed.error}"] += 1
