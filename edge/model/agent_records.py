"""The record of a bank agent's note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.agent_note import AgentNote
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class AgentNoted:
    """Cash changed hands against a slip of the bank's terminal; what the bank did is between the bank and its card."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.agent_note"
    note: AgentNote
    shift: str
    business_day: date
    till: str
