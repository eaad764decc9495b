"""One [services.ID] of a platform file (docs/platforms.md)."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from edge.model.loan import Way
from edge.model.money import MAX_FEN, Fen
from edge.model.platform import QUOTE_S, ServiceKind, ServiceOffer
from edge.platform_row import NamedRow, NumberPattern, PaperRow, SomeSum

MAX_AMOUNTS = 12
"""To choose from at a keypad: more are a list that nobody hears to its end."""
QUOTE_S_MAX = 24 * 3600
MAX_CARRIERS = 20

_KINDS = ", ".join(kind.value for kind in ServiceKind)


class ServiceRow(NamedRow):
    """Limits are given, or follow from the amounts that there are to choose from."""

    kind: ServiceKind = Field(description=f"one of {_KINDS}")
    min_fen: SomeSum = None
    max_fen: SomeSum = None
    day_max_fen: SomeSum = None
    step_fen: Annotated[int, Field(ge=1, le=MAX_FEN)] = 1
    amounts_fen: tuple[Annotated[int, Field(ge=1, le=MAX_FEN)], ...] = Field(
        (), max_length=MAX_AMOUNTS, description=f"up to {MAX_AMOUNTS} sums in fen, such as [1000, 5000]"
    )
    reference: NumberPattern | None = Field(None, description='a pattern, such as "1[3-9][0-9]{9}", or left out')
    quote_s: int = Field(QUOTE_S, ge=60, le=QUOTE_S_MAX, description=f"seconds, 60 to {QUOTE_S_MAX}")
    payout: tuple[Way, ...] | None = Field(
        None, min_length=1, max_length=len(Way), description=f"of a loan, some of {', '.join(Way)}"
    )
    carriers: tuple[Annotated[str, Field(max_length=16)], ...] = Field(
        (), max_length=MAX_CARRIERS, description=f'of kind sending, up to {MAX_CARRIERS} carriers, such as ["YTO"]'
    )
    cancellable: bool = False
    on_arrival: bool = False
    cancel: PaperRow = PaperRow()
    slip: PaperRow = PaperRow()
    home: PaperRow = PaperRow()

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if not self.amounts_fen and (self.min_fen is None or self.max_fen is None):
            raise ValueError("says no limits, expected min_fen and max_fen, or amounts_fen")
        if self.least > self.most:
            raise ValueError(f"takes nothing, expected min_fen, {self.least}, up to max_fen, {self.most}")
        if self.most // self.step_fen * self.step_fen < self.least:
            limits = f"{self.least} to {self.most}"
            raise ValueError(f"takes nothing, expected a multiple of step_fen, {self.step_fen}, within {limits}")
        for amount in self.amounts_fen:
            if not self.least <= amount <= self.most:
                raise ValueError(f"its amount {amount} is not within min_fen and max_fen, {self.least} to {self.most}")
        if self.payout is not None and self.kind is not ServiceKind.LOAN:
            raise ValueError(f"is of kind {self.kind.value} and pays nothing out, expected payout with kind loan alone")
        if (self.kind is ServiceKind.SENDING) is not bool(self.carriers):
            raise ValueError("says no carriers, or has no use for them, expected carriers with kind sending alone")
        if self.home.zh and self.kind is not ServiceKind.ORDER:
            raise ValueError(
                f"is of kind {self.kind.value} and brings nothing home, expected home with kind order alone"
            )
        if self.day_max_fen is not None and self.day_max_fen < self.least:
            raise ValueError(f"takes nothing, expected day_max_fen from min_fen on, which is {self.least}")
        return self

    @property
    def least(self) -> int:
        return self.min_fen if self.min_fen is not None else min(self.amounts_fen)

    @property
    def most(self) -> int:
        return self.max_fen if self.max_fen is not None else max(self.amounts_fen)

    def brought(self, service_id: str, platform: str) -> ServiceOffer:
        return ServiceOffer(
            service_id, platform, self.kind, self.name, self.name_en, Fen(self.least), Fen(self.most),
            None if self.day_max_fen is None else Fen(self.day_max_fen), tuple(map(Fen, self.amounts_fen)),
            re.compile(self.reference) if self.reference is not None else None, self.quote_s,
            frozenset(self.payout or Way), self.cancellable, self.on_arrival,
            self.cancel.lines, self.slip.lines, Fen(self.step_fen), self.carriers, self.home.lines,
        )  # fmt: skip
