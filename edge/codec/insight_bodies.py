"""The bodies of events for insight."""

from __future__ import annotations

from typing import Any, ClassVar

from edge.codec.sale_bodies import EventBody, Sku


class StockOutBody(EventBody):
    """By the shop's books the last piece was sold; it is there again with the next event that moves or sells one."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"sku": "6901234567892"}

    sku: Sku


class InsightSwitchedBody(EventBody):
    """`on` False: until it is true again, no sale of this shop counts in any analysis, and no insight event comes."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"on": False}

    on: bool


INSIGHT_BODIES: dict[str, type[EventBody]] = {"stock.out": StockOutBody, "insight.switched": InsightSwitchedBody}
"""Their part of `bodies.BODIES`."""
