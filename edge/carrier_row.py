"""One [carriers.ID] of a platform file (docs/platforms.md)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from edge.codec.number_pattern import meant_for_others, read_pattern
from edge.codec.waybill import EAN13
from edge.errors import CodecError
from edge.model.carrier import LOCKER_DAYS, REMIND_HOURS, SHELF_DAYS, Carrier, CheckDigit, Rights, TakeBack
from edge.model.cell import Size
from edge.platform_row import MAX_DAYS, NamedRow, PaperRow, is_id

MAX_NUMBERS = 8
"""Patterns of one carrier."""


def is_carrier_id(text: str) -> bool:
    return is_id(text) and text != EAN13


def _readable(text: str) -> str:
    try:
        pattern = read_pattern(text)
    except CodecError as error:
        raise ValueError(f"{error.what}, expected {error.expected}") from error
    if other := meant_for_others(pattern):
        raise ValueError(f"this pattern takes {other} for a parcel, expected one that is narrower")
    return text


Pattern = Annotated[str, AfterValidator(_readable)]


class CarrierRow(NamedRow):
    numbers: tuple[Pattern, ...] = Field(
        min_length=1,
        max_length=MAX_NUMBERS,
        description=f'1 to {MAX_NUMBERS} patterns, such as ["SF[A-Z0-9][0-9]{{12}}"]',
    )
    check_digit: CheckDigit | None = Field(None, description='"s10", or left out')
    suffix_after: str = Field(
        "",
        pattern="^([A-Z]{2,8})?$",
        description="2 to 8 capitals that begin numbers with -1-2- behind them, such as JD",
    )
    shelf_days: int = Field(SHELF_DAYS, ge=1, le=MAX_DAYS, description=f"days, 1 to {MAX_DAYS}")
    locker_days: int = Field(LOCKER_DAYS, ge=1, le=MAX_DAYS, description=f"days, 1 to {MAX_DAYS}")
    remind_hours: tuple[Annotated[int, Field(ge=1, le=24 * MAX_DAYS)], ...] = Field(
        REMIND_HOURS,
        max_length=4,
        description=f"up to 4 numbers of hours before the free time ends, 1 to {24 * MAX_DAYS}",
    )
    cells: tuple[str, ...] = Field(
        tuple(size.name for size in Size), min_length=1, max_length=len(Size), description='some of "S", "M", "L", "XL"'
    )
    take_back: TakeBack = Field(TakeBack.CARRIER, description='"carrier" or "own"')
    label: PaperRow = PaperRow()
    slip: PaperRow = PaperRow()

    @field_validator("cells")
    @classmethod
    def _sizes(cls, cells: tuple[str, ...]) -> tuple[str, ...]:
        for size in cells:
            if size not in Size.__members__:
                raise ValueError(f"there is no size {size[:8]!r}, expected some of {', '.join(Size.__members__)}")
        return cells

    def brought(self, carrier_id: str, _platform: str) -> Carrier:
        return Carrier(
            carrier_id, self.name, self.name_en, tuple(re.compile(text) for text in self.numbers), self.check_digit,
            self.suffix_after, self.shelf_days, self.locker_days, self.remind_hours,
            Rights(frozenset(Size[size] for size in self.cells), self.take_back), self.label.lines, self.slip.lines,
        )  # fmt: skip
