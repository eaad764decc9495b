"""The bodies of events that tell what the cloud did to a terminal."""

from __future__ import annotations

from typing import Any, ClassVar

from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Text


class TerminalSuspendedBody(EventBody):
    """`on`: new services and new parcels are refused from now on, cash is taken as ever; else they are back."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"on": True, "by": "user:ops-17", "why": "contract ended"}

    on: bool
    by: Text
    why: Text | None = None


CLOUD_BODIES: dict[str, type[EventBody]] = {"terminal.suspended": TerminalSuspendedBody}
"""Their part of `bodies.BODIES`."""
