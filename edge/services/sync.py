"""The outbox on its way: batches, the cloud's acknowledgement, retransmission, resends, pace (contract P3–P9)."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import get_args

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.json_text import pack
from edge.codec.topics import Topics, Up
from edge.codec.wire_batch import batch_text, event_text
from edge.codec.wire_down import Ack, Pace, Rebirth, Resend
from edge.codec.wire_term import MAX_BATCH_OCTETS, MAX_EVENTS
from edge.codec.wire_up import Gone
from edge.messages import CloudAccepted, MessageFailed, Nudge, Publish
from edge.model.ledger_rows import OutboxRow, ResendOrder
from edge.model.records import Record, Stream
from edge.ports import Transaction
from edge.services.link import LinkLost, Welcomed

WINDOW = 16
"""Batches beyond `acked` in each stream (P3)."""
LINGER_S = 0.2
"""How long a first row waits for company unless the cloud's pace says otherwise; parcels never wait."""
RTO_FIRST_S = 15.0
RTO_LAST_S = 300.0
MAX_RESENDS = 4
LIVE_PER_RESEND = 2
CURSOR_S = 1.0
"""How long an acknowledgement waits for a write to travel with, before it goes to the file by itself (ADR 18)."""
CURSOR_AGAIN_S = 60.0
"""When it is tried again after the disk had no room for it."""
RESEND_GAP_S = 0.05
"""Between two resend batches on a free line: no acknowledgement slows them down, and the session's queue is short."""
HEAD_OCTETS = 512
"""What surrounds the events of a batch, counted against its 48 KiB."""
ROWS_A_READ = 25
"""A batch is read in such steps until it is full: a hundred sales would fill one and a half."""
ENVELOPE_OCTETS = 150
"""What an event has at least beside its body."""
NOT_AUTHORIZED_S = 900.0
QUOTA_S = 60.0
_NO_SUBSCRIBER, _NOT_AUTHORIZED, _QUOTA = 0x10, 0x87, 0x97

_log = logging.getLogger("edge.sync")


@dataclass(frozen=True, slots=True)
class RowsWaiting(Nudge):
    """A record was committed to this stream."""

    stream: Stream


@dataclass(frozen=True, slots=True)
class FlushDue:
    serial: int


@dataclass(frozen=True, slots=True)
class RetransmitDue:
    stream: Stream
    serial: int


@dataclass(frozen=True, slots=True)
class CursorDue:
    """What the cloud acknowledged has waited long enough for a write."""


@dataclass(slots=True)
class _Lane:
    """One stream's way out. All of it is forgotten at a restart: the journal's cursor is the truth."""

    stream: Stream
    window: int = WINDOW
    batch: int = MAX_EVENTS
    gap_s: float = 0.0
    linger_s: float = LINGER_S
    sent: int = 0
    in_flight: deque[int] = field(default_factory=deque)
    """The last seq of each batch that is on its way."""
    rto_s: float = RTO_FIRST_S
    deadline: float = float("inf")
    ready_mono: float = 0.0
    """No batch before this: the pace's gap, a limit on messages."""
    barred_mono: float = 0.0
    """No batch before this: the broker's quota or refusal, which no welcome lifts."""
    timer: int = 0
    """The serial of the time-out that counts; those of before the welcome do not."""
    first_mono: float | None = None
    """When the oldest row that is not sent came."""


class Sync:
    """Sends while the link is welcomed. `max_payload` is the broker's limit, `max_rate` in messages/s or None."""

    def __init__(
        self, bus: Bus, *, tid: str, topics: Topics, chance: Random, max_payload: int, max_rate: float | None
    ) -> None:
        self._bus = bus
        self._tid = tid
        self._topics = topics
        self._chance = chance
        self._max_payload = max_payload
        self._pause_s = 1.0 / max_rate if max_rate else 0.0
        self._lanes = {stream: _Lane(stream) for stream in Stream}
        self._open = False
        self._cursor_timer = False
        self._serial = 0
        self._timers = 0
        self._resend_mono = 0.0
        self._flush_mono = float("inf")
        self._live_since_resend = 0
        self.ingest_absent = 0
        for kind in get_args(Record):
            bus.on(kind, self._recorded)
        bus.on(RowsWaiting, self._rows_waiting)
        bus.on(FlushDue, self._flush_due)
        bus.on(RetransmitDue, self._retransmit)
        bus.on(Welcomed, self._welcomed)
        bus.on(LinkLost, self._lost)
        bus.on(Rebirth, self._reborn)
        bus.on(Ack, self._acknowledged)
        bus.on(Resend, self._resend_asked)
        bus.on(CursorDue, self._keep_cursors)
        bus.on(MessageFailed, self._not_kept)
        bus.on(CloudAccepted, self._accepted)

    # --- what starts sending ---------------------------------------------------------------------------------------

    def _recorded(self, record: Record, tx: Transaction) -> None:
        if self._open:
            tx.after_commit(RowsWaiting(record.stream))

    def _rows_waiting(self, waiting: RowsWaiting, tx: Transaction) -> None:
        self._pump(tx)

    def _flush_due(self, due: FlushDue, tx: Transaction) -> None:
        if due.serial == self._serial:
            self._flush_mono = float("inf")
            self._pump(tx)

    def _welcomed(self, welcomed: Welcomed, tx: Transaction) -> None:
        self._open = True
        for stream, lane in self._lanes.items():
            fresh = _Lane(stream)
            fresh.sent = tx.outbox.position(stream).acked
            fresh.rto_s, fresh.barred_mono = lane.rto_s, lane.barred_mono
            self._lanes[stream] = fresh
            self._obey((welcomed.welcome.pace or {}).get(stream.value), fresh)
        self._cursor_moved()
        self._pump(tx)

    def _lost(self, _: LinkLost, tx: Transaction) -> None:
        self._open = False

    def _reborn(self, _: Rebirth, tx: Transaction) -> None:
        for lane in self._lanes.values():
            lane.rto_s = RTO_FIRST_S

    # --- the cloud's word ------------------------------------------------------------------------------------------

    def _acknowledged(self, ack: Ack, tx: Transaction) -> None:
        """Cumulative; other epochs and numbers beyond head are ignored, lower ones never rewind (P4).

        Before the welcome it may be meant for the box that this one is an old copy of: other rows, same numbers.
        """
        if not self._open or ack.epoch != tx.outbox.epoch:
            return
        stream = Stream(ack.stream)
        lane = self._lanes[stream]
        for rejection in ack.rej:
            tx.outbox.reject(stream, rejection.seq, rejection.code)
            _log.warning("the cloud parked %s %d: %s", stream, rejection.seq, rejection.code)
        if tx.outbox.acknowledge(stream, ack.upto):
            while lane.in_flight and lane.in_flight[0] <= ack.upto:
                lane.in_flight.popleft()
            lane.sent = max(lane.sent, ack.upto)
            lane.rto_s = RTO_FIRST_S
            self._arm(lane, tx.stamp.mono)
            self._cursor_moved()
        self._obey(ack.pace, lane)
        self._pump(tx)

    def _cursor_moved(self) -> None:
        if not self._cursor_timer:
            self._cursor_timer = True
            self._bus.after(CURSOR_S, CursorDue())

    def _keep_cursors(self, _: CursorDue, tx: Transaction) -> None:
        self._cursor_timer = False
        tx.outbox.keep_cursors()

    def _not_kept(self, failed: MessageFailed, tx: Transaction) -> None:
        if isinstance(failed.message, CursorDue):
            self._cursor_timer = True
            self._bus.after(CURSOR_AGAIN_S, failed.message)

    def _obey(self, pace: Pace | None, lane: _Lane) -> None:
        if pace is None:
            return
        lane.window = pace.window or lane.window
        lane.batch = pace.batch or lane.batch
        lane.gap_s = pace.gap_ms / 1000 if pace.gap_ms is not None else lane.gap_s
        lane.linger_s = pace.linger_ms / 1000 if pace.linger_ms is not None else lane.linger_s

    def _accepted(self, accepted: CloudAccepted, tx: Transaction) -> None:
        """A PUBACK frees nothing; its reason codes slow a stream down (B1)."""
        if accepted.token not in self._lanes:
            return
        lane = self._lanes[Stream(accepted.token)]
        if accepted.code == _NO_SUBSCRIBER:
            self.ingest_absent += 1
        elif accepted.code == _NOT_AUTHORIZED:
            lane.barred_mono = tx.stamp.mono + NOT_AUTHORIZED_S
            _log.error("the broker refuses stream %s: waiting 15 minutes", lane.stream)
        elif accepted.code == _QUOTA:
            lane.window = max(1, lane.window // 2)
            lane.barred_mono = tx.stamp.mono + QUOTA_S

    def _retransmit(self, due: RetransmitDue, tx: Transaction) -> None:
        """No progress for RTO: back to acked + 1 (P5)."""
        lane = self._lanes[due.stream]
        if due.serial != lane.timer:
            return
        if not self._open or not lane.in_flight:
            lane.deadline = float("inf")
            return
        if tx.stamp.mono < lane.deadline:
            self._bus.at(lane.deadline, due)
            return
        lane.sent = tx.outbox.position(lane.stream).acked
        lane.in_flight.clear()
        lane.deadline = float("inf")
        lane.rto_s = min(lane.rto_s * 2, RTO_LAST_S)
        self._pump(tx)

    def _arm(self, lane: _Lane, now: float) -> None:
        """One timer a lane. A later deadline is looked at when it rings; for an earlier one there is a new timer."""
        before, lane.deadline = lane.deadline, now + lane.rto_s * self._chance.uniform(0.8, 1.2)
        if lane.deadline < before:
            self._timers += 1
            lane.timer = self._timers
            self._bus.at(lane.deadline, RetransmitDue(lane.stream, lane.timer))

    # --- sending ---------------------------------------------------------------------------------------------------

    def _pump(self, tx: Transaction) -> None:
        if not self._open:
            return
        for lane in self._lanes.values():
            while self._send_next(lane, tx):
                if self._live_since_resend >= LIVE_PER_RESEND:
                    self._send_resend(tx)
        if tx.stamp.mono >= self._resend_mono:
            self._send_resend(tx)  # nothing live may go now: the line is free

    def _send_next(self, lane: _Lane, tx: Transaction) -> bool:
        """One batch of this stream, if window, linger and pace let it go now."""
        head = tx.outbox.position(lane.stream).head
        waiting = head - lane.sent
        if waiting <= 0:
            lane.first_mono = None
            return False
        now = tx.stamp.mono
        if lane.first_mono is None:
            lane.first_mono = now
        linger_s = 0.0 if lane.stream is Stream.PK else lane.linger_s
        ready = max(lane.ready_mono, lane.barred_mono, lane.first_mono + linger_s if waiting < lane.batch else now)
        if len(lane.in_flight) >= lane.window:
            return False
        if now < ready:
            self._flush_at(ready)
            return False
        self._send_batch(lane, head, tx)
        lane.ready_mono = now + max(lane.gap_s, self._pause_s)
        return True

    def _send_batch(self, lane: _Lane, head: int, tx: Transaction) -> None:
        first = lane.sent + 1
        rows = _full_batch(tx, lane.stream, first, lane.sent + lane.batch)
        if not rows or rows[0].seq != first:
            # Events given up for room are declared, so that the cloud's watermark can pass them (B2).
            kept = tx.outbox.first_row(lane.stream, first, head, epoch=tx.outbox.epoch)
            last = kept - 1 if kept is not None else head
            self._publish(lane.stream, tx.outbox.epoch, first, [], tx, gone=(Gone(lo=first, hi=last, why="dropped"),))
            lane.sent = last
        else:
            lane.sent = self._publish(lane.stream, tx.outbox.epoch, first, _unbroken(rows), tx)
        if lane.sent >= head:
            lane.first_mono = None  # what is left behind by a full batch has lingered with it
        lane.in_flight.append(lane.sent)
        self._live_since_resend += 1
        self._arm(lane, tx.stamp.mono)

    def _publish(
        self, stream: Stream, epoch: str, base: int, rows: list[OutboxRow], tx: Transaction,
        *, rid: str | None = None, gone: tuple[Gone, ...] = (),
    ) -> int:  # fmt: skip
        """Publish as many of `rows` as fit one payload; returns the seq of the last one."""
        events = _fitting([event_text(row) for row in rows])
        while True:
            octets = pack(
                batch_text(
                    events, tid=self._tid, stream=stream.value, epoch=epoch, base=base, sent=iso_ms(tx.stamp.at),
                    rid=rid, gone=gone,
                )
            )  # fmt: skip
            if len(octets) <= self._max_payload or len(events) <= 1:
                break
            events = events[: len(events) // 2]
        tx.after_commit(Publish(self._topics.up(self._tid, Up(stream.value)), octets, qos=1, token=stream.value))
        return base + len(events) - 1

    def _flush_at(self, mono: float) -> None:
        if mono < self._flush_mono:
            self._flush_mono = mono
            self._serial += 1
            self._bus.at(mono, FlushDue(self._serial))

    # --- resends ---------------------------------------------------------------------------------------------------

    def _resend_asked(self, asked: Resend, tx: Transaction) -> None:
        """Only this rewinds; idempotent by rid, at most four open (P8)."""
        waiting, stream, hi = tx.outbox.resends(), Stream(asked.stream), asked.hi
        if asked.epoch == tx.outbox.epoch:
            hi = min(hi, tx.outbox.position(stream).head)  # what is not written yet must not be declared gone
        if hi >= asked.lo and (len(waiting) < MAX_RESENDS or any(order.rid == asked.rid for order in waiting)):
            tx.outbox.add_resend(ResendOrder(asked.rid, stream, asked.epoch, asked.lo, hi))
            self._pump(tx)

    def _send_resend(self, tx: Transaction) -> None:
        """One batch of the oldest open resend; what is gone is declared."""
        orders = tx.outbox.resends()
        self._live_since_resend = 0
        if not orders:
            return
        order = orders[0]
        rows = tx.outbox.rows(order.stream, order.lo, min(order.hi, order.lo + MAX_EVENTS - 1), epoch=order.epoch)
        if rows and rows[0].seq == order.lo:
            last = self._publish(order.stream, order.epoch, order.lo, _unbroken(rows), tx, rid=order.rid)
        else:
            last = self._first_kept(order, tx) - 1
            gone = Gone(lo=order.lo, hi=last, why="pruned")
            self._publish(order.stream, order.epoch, order.lo, [], tx, rid=order.rid, gone=(gone,))
        if last >= order.hi:
            tx.outbox.end_resend(order.rid)
        else:
            tx.outbox.advance_resend(order.rid, last + 1)
        self._resend_mono = tx.stamp.mono + max(RESEND_GAP_S, self._lanes[order.stream].gap_s, self._pause_s)
        self._flush_at(self._resend_mono)

    def _first_kept(self, order: ResendOrder, tx: Transaction) -> int:
        return tx.outbox.first_row(order.stream, order.lo, order.hi, epoch=order.epoch) or order.hi + 1


def _full_batch(tx: Transaction, stream: Stream, first: int, last: int) -> list[OutboxRow]:
    """The rows from `first` to `last`, or as many of them as are sure to fill a batch."""
    rows: list[OutboxRow] = []
    room = MAX_BATCH_OCTETS
    for lo in range(first, last + 1, ROWS_A_READ):
        found = tx.outbox.rows(stream, lo, min(lo + ROWS_A_READ - 1, last))
        rows += found
        room -= sum(len(row.body) + ENVELOPE_OCTETS for row in found)
        if room <= 0 or not found or found[-1].seq != lo + ROWS_A_READ - 1:
            break
    return rows


def _unbroken(rows: list[OutboxRow]) -> list[OutboxRow]:
    """The rows up to the first missing number: a batch is contiguous."""
    for index, row in enumerate(rows):
        if row.seq != rows[0].seq + index:
            return rows[:index]
    return rows


def _fitting(events: list[str]) -> list[str]:
    """The first events that together stay below 48 KiB; at least one."""
    total = 0
    for index, event in enumerate(events):
        total += len(event.encode()) + 1
        if total > MAX_BATCH_OCTETS - HEAD_OCTETS and index:
            return events[:index]
    return events
