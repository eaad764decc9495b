"""Batches into the database: what is new is stored, what is known is absorbed, what is bad is parked, nothing waits.

event ──► seq known? ──yes──► same id: absorbed        other id: stored too, seq.conflict
              │ no
              └──► id known? ──yes──► received again, in another epoch (P6)
                       │ no
                       └──► valid? ──no──► parked and named in `rej` (P7)
                              └──yes──► stored
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from edge.codec.bodies import BODIES, is_known
from edge.codec.json_text import compact
from edge.codec.wire import invalid
from edge.codec.wire_down import Rejection
from edge.codec.wire_up import BatchHead, Event
from edge.errors import WireError
from edge.reference_cloud.rows import Rows
from edge.reference_cloud.spans import Spans

MAX_LANES = 10_000
"""Lanes kept in memory; with more, they are read from the database again."""

PARKED = ""
"""Stands for the id of a row that could only be parked."""

_EVENTS = TypeAdapter(list[Event])
_INSERT = (
    "INSERT INTO event(tid, lane, seq, id, type, sv, at, boot, up, clk, body, received_at, code)"
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)

_log = logging.getLogger("edge.reference_cloud")


@dataclass(frozen=True, slots=True)
class Arrival:
    """On which topic and when a payload came."""

    topic: str
    at: str


@dataclass(slots=True)
class Lane:
    """One stream of one epoch of one terminal. `again` counts events that came more than once."""

    number: int
    tid: str
    epoch: str
    stream: str
    spans: Spans
    again: int = 0
    rejections: dict[int, str] = field(default_factory=dict)

    def told(self) -> list[Rejection]:
        """What the next ack must name as parked; told once."""
        rejections = [Rejection(seq=seq, code=code) for seq, code in sorted(self.rejections.items())]
        self.rejections = {}
        return rejections


@dataclass(frozen=True, slots=True)
class StoredSale:
    """A sale that this commit made last."""

    tid: str
    seq: int
    id: str
    receipt: str
    total: int
    currency: str


class Intake:
    """Takes batches within the store's open transaction. `touched` and `sales` are of that transaction.

    `alone`: nobody else writes to this database, so that lanes may be remembered from one transaction to the next.
    """

    def __init__(self, store: Rows, *, alone: bool = True) -> None:
        self._store = store
        self._max_lanes = MAX_LANES if alone else 0
        self._lanes: dict[tuple[str, str, str], Lane] = {}
        self.touched: dict[int, Lane] = {}
        self.sales: list[StoredSale] = []

    def take(self, tid: str, batch: BatchHead, arrival: Arrival, *, head: int) -> None:
        """Store one batch. `head` is the last row that the terminal said it has in this epoch.

        Raises WireError, with nothing changed, for what has no place in the stream.
        """
        lane = self._own(tid, batch.epoch, batch.stream)
        last = batch.base + batch.n - 1
        _check_gone(batch, at_most=max(last, head, lane.spans.top))
        known = self._known(lane, lo=batch.base, hi=last)
        spans = lane.spans.copy()
        spans.add(batch.base, last)
        holes = [(*hole, part.why) for part in batch.gone for hole in spans.missing(part.lo, part.hi)]
        for part in batch.gone:
            spans.add(part.lo, part.hi)
        self._insert(lane, list(self._sifted(lane, batch, known, arrival)), arrival.at)
        self._store.run_many(
            "INSERT INTO lost(lane, lo, hi, why) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(lane.number, *hole) for hole in holes],
        )
        lane.spans = spans
        self.touched[lane.number] = lane

    def reject(self, batch: BatchHead, octets: bytes, error: WireError, arrival: Arrival) -> bool:
        """Park a whole batch that cannot be read strictly; its bytes stand at its first row (P7). False: no room."""
        lane = self._own(batch.tid, batch.epoch, batch.stream)
        last = batch.base + batch.n - 1
        known = self._known(lane, lo=batch.base, hi=last)
        spans = lane.spans.copy()
        try:
            spans.add(batch.base, last)
        except WireError as full:
            _log.warning("%s %s: %s", lane.tid, lane.stream, full)
            return False
        raw = octets
        for seq in range(batch.base, last + 1):
            if not known.get(seq, set()) - {PARKED}:
                self._park(lane, seq, error, raw, arrival)
                raw = b""
        lane.spans = spans
        self.touched[lane.number] = lane
        return True

    def lane(self, tid: str, epoch: str, stream: str) -> Lane:
        """The lane, read or made when it is not in memory. To look at: who changes it takes it with `_own`."""
        key = (tid, epoch, stream)
        if key not in self._lanes:
            self._lanes[key] = self._read_lane(*key, locking="")
        return self._lanes[key]

    def tops(self, tid: str) -> list[tuple[tuple[str, str], int]]:
        """((epoch, stream), the highest seq held) of every lane of a terminal."""
        lanes = self._store.rows("SELECT epoch, stream FROM lane WHERE tid = ? ORDER BY lane", (tid,))
        return [((epoch, stream), self.lane(tid, epoch, stream).spans.top) for epoch, stream in lanes]

    def last(self, lane: Lane) -> tuple[int, str] | None:
        """(seq, id) of the highest row held of this lane, whichever way it came."""
        found = self._store.rows(
            "SELECT seq, id FROM ("
            " SELECT * FROM (SELECT seq, id FROM event WHERE lane = ?1 ORDER BY seq DESC, n LIMIT 1) AS first"
            " UNION ALL SELECT * FROM (SELECT seq, id FROM again WHERE lane = ?1 ORDER BY seq DESC LIMIT 1) AS later"
            ") AS held ORDER BY seq DESC LIMIT 1",
            (lane.number,),
        )
        return (found[0][0], found[0][1]) if found else None

    def flush(self) -> None:
        """Write what changed in memory, just before the commit."""
        self._store.run_many(
            "UPDATE lane SET upto = ?, spans = ?, again = ? WHERE lane = ?",
            [(lane.spans.upto, lane.spans.text(), lane.again, lane.number) for lane in self.touched.values()],
        )

    def forget(self) -> None:
        """After a commit: begin the next transaction's account."""
        self.touched, self.sales = {}, []
        if len(self._lanes) > self._max_lanes:
            self._lanes = {}

    def abandon(self) -> None:
        """After a rollback: what is in memory is not true."""
        self.forget()
        self._lanes = {}

    def _own(self, tid: str, epoch: str, stream: str) -> Lane:
        """The lane as it is now, and nobody else's until this transaction ends."""
        lane = self._lanes.get((tid, epoch, stream))
        if lane is None or (self._store.locking and lane.number not in self.touched):
            lane = self._lanes[tid, epoch, stream] = self._read_lane(tid, epoch, stream, locking=self._store.locking)
        return lane

    def _read_lane(self, tid: str, epoch: str, stream: str, *, locking: str) -> Lane:
        query = f"SELECT lane, spans, again FROM lane WHERE tid = ? AND epoch = ? AND stream = ?{locking}"
        found = self._store.rows(query, (tid, epoch, stream))
        if not found:
            self._store.run(
                "INSERT INTO lane(tid, epoch, stream) VALUES(?, ?, ?) ON CONFLICT DO NOTHING", (tid, epoch, stream)
            )
            found = self._store.rows(query, (tid, epoch, stream))
        number, spans, again = found[0]
        return Lane(number, tid, epoch, stream, Spans.read(spans), again)

    def _known(self, lane: Lane, *, lo: int, hi: int) -> dict[int, set[str]]:
        """Ids by seq of rows that are there already; PARKED for a parked one."""
        known: dict[int, set[str]] = {}
        if lane.spans.missing(lo, hi) == [(lo, hi)]:
            return known
        for seq, event_id in self._store.rows(
            "SELECT seq, id FROM event WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3"
            " UNION ALL SELECT seq, id FROM again WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3"
            " UNION ALL SELECT seq, '' FROM parked WHERE lane = ?1 AND seq BETWEEN ?2 AND ?3",
            (lane.number, lo, hi),
        ):
            known.setdefault(seq, set()).add(event_id)
        return known

    def _sifted(
        self, lane: Lane, batch: BatchHead, known: dict[int, set[str]], arrival: Arrival
    ) -> Iterator[tuple[Event, str | None]]:
        """Events to insert, each with the code to mark it by; the rest is parked or counted on the way."""
        for seq, event in enumerate(_events(batch), batch.base):
            there = known.get(seq, set())
            try:
                checked = _placed(event, seq)
                if checked.id in there:
                    lane.again += 1
                    continue
                code = _judged(checked)
            except WireError as error:
                index = seq - batch.base
                raw = compact(batch.evs[index] if index < len(batch.evs) else None).encode()
                self._park(lane, seq, error, raw, arrival)
                continue
            if there - {PARKED}:
                _log.error("%s %s %s: a second row at %d: a cloned card?", lane.tid, lane.epoch, lane.stream, seq)
                code = "seq.conflict"
            yield checked, code

    def _insert(self, lane: Lane, events: list[tuple[Event, str | None]], now: str) -> None:
        rows = [
            (lane.tid, lane.number, event.seq, event.id, event.type, event.sv, event.at, event.boot, event.up,
             event.clk, to_json(event.data).decode(), now, code)
            for event, code in events
        ]  # fmt: skip
        changed = self._store.run_many(_INSERT, rows) if rows else 0
        if changed < len(rows):
            events = list(self._absorbed(lane, events))
        for event, _ in events:
            if event.type == "sale.completed" and _is_understood(event):
                self.sales.append(_stored_sale(lane.tid, event))
            elif event.type == "clock.stepped" and _is_understood(event):
                self._store.run(
                    "INSERT INTO step(tid, boot, up, step_ms) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (lane.tid, event.boot, event.up, event.data["step_ms"]),
                )

    def _absorbed(self, lane: Lane, events: list[tuple[Event, str | None]]) -> Iterator[tuple[Event, str | None]]:
        """Account for events whose id was known from another place; yields those that were new."""
        for event, code in events:
            place = self._store.rows("SELECT lane, seq FROM event WHERE id = ? AND tid = ?", (event.id, lane.tid))[0]
            if place == (lane.number, event.seq):
                yield event, code
                continue
            lane.again += 1
            self._store.run(
                "INSERT INTO again(lane, seq, id) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
                (lane.number, event.seq, event.id),
            )

    def _park(self, lane: Lane, seq: int, error: WireError, raw: bytes, arrival: Arrival) -> None:
        lane.rejections[seq] = error.code
        self._store.run(
            "INSERT INTO parked(tid, topic, lane, seq, code, why, raw, received_at)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (lane.tid, arrival.topic, lane.number, seq, error.code, str(error), raw, arrival.at),
        )


def _check_gone(batch: BatchHead, *, at_most: int) -> None:
    for part in batch.gone:
        if part.lo > part.hi or part.hi > at_most:
            raise WireError("schema.invalid", "gone rows that never were", where=f"{batch.tid} {batch.stream}",
                            expected=f"at most {at_most}", got=f"{part.lo} to {part.hi}")  # fmt: skip


def _events(batch: BatchHead) -> list[Event | object]:
    """The events as models where they are valid, exactly `n` of them; a missing one is None."""
    raw = (batch.evs + [None] * batch.n)[: batch.n]
    try:
        return list(_EVENTS.validate_python(raw))
    except ValidationError:
        return list(raw)


def _placed(event: Event | object, seq: int) -> Event:
    """`event` as a model, at its place; raises WireError schema.invalid."""
    if not isinstance(event, Event):
        try:
            event = Event.model_validate(event)
        except ValidationError as error:
            raise invalid(error, where=f"event {seq}") from error
    if event.seq != seq:
        raise WireError("schema.invalid", "not the next event", expected=str(seq), got=str(event.seq))
    return event


def _judged(event: Event) -> str | None:
    """None for an event that we understand, else the code it is kept under; raises WireError when its body is bad."""
    body = BODIES.get(event.type)
    if body is None:
        return None if is_known(event.type) else "schema.unknown_type"
    if not _is_understood(event):
        return "schema.unknown_type"
    try:
        body.model_validate(event.data)
    except ValidationError as error:
        raise invalid(error, where=f"{event.type} {event.seq}") from error
    return None


def _is_understood(event: Event) -> bool:
    """Whether the body was checked against the model that we have."""
    return event.sv <= BODIES[event.type].SV


def _stored_sale(tid: str, event: Event) -> StoredSale:
    told = event.data
    return StoredSale(
        tid=tid, seq=event.seq, id=event.id, receipt=str(told.get("receipt", "")),
        total=int(told.get("total", 0)) + int(told.get("rounding", 0)), currency=str(told.get("cur", "")),
    )  # fmt: skip
