"""The journal as three queues towards the cloud: positions, cursor, resends, poison, epochs (contract P2–P8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from edge.model.ledger_rows import OutboxRow, Position, ResendOrder
from edge.model.records import Stream
from edge.store.journal import DROPPED

PAST_EPOCHS = 16
"""Epochs that are over and still told of: what a hello has room for (`Hello.past`)."""
KEEP_CURSOR = "UPDATE pos SET acked = ? WHERE stream = ?"
_PAST = "past"
_FIELDS = "seq, id, type, sv, at, boot, up, clk, body"

Read = Callable[..., Any]
Write = Callable[..., Any]


@dataclass(slots=True)
class Positions:
    """By stream: the newest seq, what the cloud has, and what the file says that it has.

    An acknowledgement alone is not worth a write of its own: lost with the power, it makes the box send once more what
    the cloud knows already. It goes to the file with the next write (ADR 18).
    """

    head: dict[str, int]
    acked: dict[str, int]
    kept: dict[str, int]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int, int]]) -> Positions:
        """`rows`: (stream, head, acked) as the file has them."""
        positions = cls({}, {}, {})
        for stream, head, acked in rows:
            positions.head[stream], positions.acked[stream], positions.kept[stream] = head, acked, acked
        return positions

    def copy(self) -> Positions:
        return Positions(dict(self.head), dict(self.acked), dict(self.kept))

    def unkept(self) -> list[tuple[int, str]]:
        """(acked, stream) of each cursor that the file does not have yet."""
        if self.acked == self.kept:
            return []
        return [(acked, stream) for stream, acked in self.acked.items() if acked != self.kept[stream]]


class OutboxTable:
    """`read` and `write` run one statement in the transaction at hand; `epoch` and `positions` are as it sees them."""

    def __init__(self, read: Read, write: Write, epoch: list[str], positions: Positions) -> None:
        self._read = read
        self._write = write
        self._epoch = epoch
        self._positions = positions

    @property
    def epoch(self) -> str:
        return self._epoch[0]

    def position(self, stream: Stream) -> Position:
        return Position(self._positions.head[stream], self._positions.acked[stream])

    def oldest(self, stream: Stream) -> int:
        (first,) = self._read(
            "SELECT min(seq) FROM journal WHERE stream = ? AND epoch = ?", (stream, self.epoch)
        ).fetchone()
        return int(first) if first is not None else self.position(stream).head + 1

    def rows(self, stream: Stream, lo: int, hi: int, *, epoch: str | None = None) -> list[OutboxRow]:
        found = self._read(
            f"SELECT {_FIELDS} FROM journal WHERE stream = ? AND epoch = ? AND seq BETWEEN ? AND ?"
            " AND rej IS NOT 'dropped' ORDER BY seq",
            (stream, epoch or self.epoch, lo, hi),
        )
        return [OutboxRow(*row) for row in found]

    def acknowledge(self, stream: Stream, upto: int) -> int:
        acked = self._positions.acked[stream]
        if not acked < upto <= self._positions.head[stream]:
            return 0
        self._positions.acked[stream] = upto
        return upto - acked

    def keep_cursors(self) -> None:
        for acked, stream in self._positions.unkept():
            self._write(KEEP_CURSOR, (acked, stream))
            self._positions.kept[stream] = acked

    def reject(self, stream: Stream, seq: int, code: str) -> None:
        self._write(
            "UPDATE journal SET rej = ? WHERE stream = ? AND epoch = ? AND seq = ? AND rej IS NULL",
            (code if code != DROPPED else "rejected", stream, self.epoch, seq),
        )

    def rejected(self) -> int:
        (count,) = self._read("SELECT count(*) FROM journal WHERE rej IS NOT NULL AND rej <> 'dropped'").fetchone()
        return int(count)

    def past(self) -> list[tuple[str, dict[str, int]]]:
        row = self._read("SELECT v FROM meta WHERE k = ?", (_PAST,)).fetchone()
        try:
            return [(str(epoch), dict(acked)) for epoch, acked in json.loads(row[0])] if row else []
        except (ValueError, TypeError):
            return []  # a damaged text: the hello goes out without it, and no row is lost for that

    def rotate(self, epoch: str) -> str:
        old = self.epoch
        past = [(old, self._positions.acked), *self.past()][:PAST_EPOCHS]
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_PAST, json.dumps(past)))
        for stream in Stream:
            head, acked = self._positions.head[stream], self._positions.acked[stream]
            self._write(
                "UPDATE journal SET epoch = ?, seq = seq - ? WHERE stream = ? AND epoch = ? AND seq > ?",
                (epoch, acked, stream, old, acked),
            )
            self._write("UPDATE pos SET head = ?, acked = 0 WHERE stream = ?", (head - acked, stream))
            self._positions.head[stream], self._positions.acked[stream] = head - acked, 0
            self._positions.kept[stream] = 0
        self._write("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (epoch,))
        self._epoch[0] = epoch
        return old

    def row_id(self, stream: Stream, seq: int) -> str | None:
        row = self._read(
            "SELECT id FROM journal WHERE stream = ? AND epoch = ? AND seq = ?", (stream, self.epoch, seq)
        ).fetchone()
        return str(row[0]) if row else None

    def first_row(self, stream: Stream, lo: int, hi: int, *, epoch: str) -> int | None:
        (seq,) = self._read(
            "SELECT min(seq) FROM journal WHERE stream = ? AND epoch = ? AND seq BETWEEN ? AND ?"
            " AND rej IS NOT 'dropped'",
            (stream, epoch, lo, hi),
        ).fetchone()
        return int(seq) if seq is not None else None

    def resends(self) -> Sequence[ResendOrder]:
        found = self._read("SELECT rid, stream, epoch, lo, hi FROM resend ORDER BY no").fetchall()
        return [ResendOrder(rid, Stream(stream), epoch, lo, hi) for rid, stream, epoch, lo, hi in found]

    def add_resend(self, order: ResendOrder) -> None:
        self._write(
            "INSERT OR IGNORE INTO resend(rid, stream, epoch, lo, hi) VALUES (?, ?, ?, ?, ?)",
            (order.rid, order.stream, order.epoch, order.lo, order.hi),
        )

    def advance_resend(self, rid: str, lo: int) -> None:
        self._write("UPDATE resend SET lo = ? WHERE rid = ?", (lo, rid))

    def end_resend(self, rid: str) -> None:
        self._write("DELETE FROM resend WHERE rid = ?", (rid,))
