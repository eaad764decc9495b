"""A curated plan as it comes from the cloud (product row 92).

    plan.publish {plan, until, lines: [{do, sku, name, why: {zh, en?}, price?}]}      class N

It is not signed: no line does anything before the shopkeeper has scanned it, and no price changes before Enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from edge.codec.campaign import Worded
from edge.codec.wire import checked
from edge.codec.wire_term import Day, Part
from edge.model.item import is_goods
from edge.model.money import Fen
from edge.model.plan import MAX_LINES, MAX_NAME, Advice, PlanLine

PUBLISH = "plan.publish"
MAX_PRICE = 10_000_000
"""As what a shopkeeper can key."""


class PlannedLine(Part):
    """One piece of advice, with its reason. `price` in fen, for reprice alone."""

    do: Literal["add", "drop", "reprice"]
    sku: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
    why: Worded
    price: Annotated[int, Field(ge=1, le=MAX_PRICE)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.do == "reprice") is not (self.price is not None):
            raise ValueError("a price belongs to reprice, and to nothing else")
        if not is_goods(self.sku):
            raise ValueError("this sku is no goods")
        if not (self.name + self.why.zh + (self.why.en or "")).isprintable():
            raise ValueError("a text has signs that nobody can print")
        return self


class PlanArgs(Part):
    """Takes the place of the plan before it: what of that was not accepted is over. `until` is its last day."""

    plan: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    until: Day
    lines: Annotated[tuple[PlannedLine, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        date.fromisoformat(self.until)
        if len({line.sku for line in self.lines}) != len(self.lines):
            raise ValueError("two lines about the same goods")
        return self


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    until: date
    lines: tuple[PlanLine, ...]


def read_plan(args: Mapping[str, Any]) -> Plan:
    """Raises WireError schema.invalid."""
    told = checked(PlanArgs, args, where="the arguments")
    until = date.fromisoformat(told.until)
    lines = tuple(
        PlanLine(
            Advice(line.do), line.sku, line.name, line.why.wording, None if line.price is None else Fen(line.price),
            plan=told.plan, until=until,
        )
        for line in told.lines
    )  # fmt: skip
    return Plan(told.plan, until, lines)
