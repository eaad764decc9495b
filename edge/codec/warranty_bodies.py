"""The body of the event of a serial number that was not captured."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Uuid7, Word


class SerialSkippedBody(EventBody):
    """Line `n` of the sale, which may not be completed yet, is of goods whose serial number nobody could read."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "sale": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "n": 1, "sku": "6901234567892"
    }  # fmt: skip

    sale: Uuid7
    n: Annotated[int, Field(ge=1, le=10**6)]
    sku: Word


WARRANTY_BODIES: dict[str, type[EventBody]] = {"serial.skipped": SerialSkippedBody}
"""Their part of `bodies.BODIES`."""
