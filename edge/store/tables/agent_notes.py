"""Notes of the bank's agent: which slips were noted, and how much on a business day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from edge.model.agent_note import Way
from edge.model.agent_records import AgentNoted
from edge.model.money import Fen

Run = Callable[..., Any]


class AgentNoteTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def book(self, record: AgentNoted) -> None:
        """Projection of `service.agent_note`."""
        note = record.note
        self._write(
            "INSERT INTO agent_note VALUES (?, ?, ?, ?, ?, ?)",
            (note.offer, note.slip, note.way.value, note.amount, record.business_day.isoformat(), self._at),
        )

    def is_noted(self, offer: str, slip: str) -> bool:
        return bool(self._read("SELECT 1 FROM agent_note WHERE offer = ? AND slip = ?", (offer, slip)))

    def so_far(self, offer: str, way: Way, business_day: date) -> Fen:
        (fen,) = self._read(
            "SELECT coalesce(sum(amount), 0) FROM agent_note WHERE bday = ? AND offer = ? AND way = ?",
            (business_day.isoformat(), offer, way.value),
        ).fetchone()
        return Fen(fen)

    def forget(self, before_at: str, *, limit: int) -> int:
        """At most `limit` of those that were noted before; how many it was."""
        return int(
            self._write(
                "DELETE FROM agent_note WHERE (offer, slip) IN"
                " (SELECT offer, slip FROM agent_note WHERE at < ? ORDER BY at LIMIT ?)",
                (before_at, limit),
            ).rowcount
        )
