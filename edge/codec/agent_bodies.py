"""The bodies of the bank agent's notes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from edge.codec.day_bodies import SHIFT
from edge.codec.sale_bodies import Currency, EventBody
from edge.codec.wire_term import Day, Word
from edge.model.agent_note import may_be_card


def _no_card(number: str) -> str:
    if may_be_card(number):
        raise ValueError("this could be the number of a bank card")
    return number


class AgentNotedBody(EventBody):
    """Cash against a slip of the bank's own terminal: `out` to the customer, `in` from them.

    `slip` is the number on that slip, once for each `service` and shop; never the number of a card.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "service": "post_cash", "slip": "000123-004512", "way": "out", "cur": "CNY", "amt": 50_000, "shift": SHIFT,
        "bday": "2026-11-23", "till": "1",
    }  # fmt: skip

    service: Word
    slip: Annotated[Word, AfterValidator(_no_card)]
    way: Literal["in", "out"]
    cur: Currency
    amt: Annotated[int, Field(gt=0, le=10**9)]
    shift: Word
    bday: Day
    till: Word


AGENT_BODIES: dict[str, type[EventBody]] = {"service.agent_note": AgentNotedBody}
"""Their part of `bodies.BODIES`."""
