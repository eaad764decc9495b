"""Notes of the bank's agent, as services see them."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from edge.model.agent_note import Way
from edge.model.money import Fen


class AgentNotes(Protocol):
    """They come with the record that is about them."""

    def is_noted(self, offer: str, slip: str) -> bool:
        """Whether that slip was noted already, as far back as notes are kept."""
        ...

    def so_far(self, offer: str, way: Way, business_day: date) -> Fen:
        """What was noted on that day."""
        ...

    def forget(self, before_at: str, *, limit: int) -> int:
        """Those noted before; how many."""
        ...
