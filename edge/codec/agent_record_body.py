"""Records of the bank agent's notes → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model.agent_records import AgentNoted


def _noted(record: AgentNoted) -> dict[str, object]:
    note = record.note
    return {
        "service": note.offer, "slip": note.slip, "way": note.way.value, "cur": CURRENCY, "amt": note.amount,
        "shift": record.shift, "bday": record.business_day.isoformat(), "till": record.till,
    }  # fmt: skip


AGENT_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType({AgentNoted: _noted})
"""Their part of `record_body`."""
