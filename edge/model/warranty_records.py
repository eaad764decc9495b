"""The record of goods that were sold without their serial number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class SerialSkipped:
    """Somebody said that there is none to be read, of line `n` of the sale `sale`."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "serial.skipped"
    sale: str
    n: int
    sku: str
