"""Records of a box that was put into service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.first_setup import Checked
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class SetupChecked:
    """All devices were tried before the box was handed over: an installation without one was not (product row 117)."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "setup.checked"
    checked: Checked
