"""The shop's promotions as it writes them: one TOML table each, its id the table's name (docs/promotions.md).

[cola-3]
kind = "multi_buy"
name = "可乐3件10元"
skus = ["6901234567892"]
count = 3
price_fen = 1000
ends = 2026-12-31
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from edge.config_tables import Table
from edge.errors import SettingsError
from edge.model.money import MAX_FEN, Fen
from edge.model.promotion import (
    MAX_COUNT,
    MAX_PROMOTIONS,
    MAX_SLOTS,
    Cut,
    CutKind,
    Goods,
    Kind,
    Promotion,
    Slot,
    Span,
    bogo,
    mix_match,
    multi_buy,
    nth_item,
    one_piece,
)
from edge.settings_table import WrongSettings, meant_or_known, place, shown, shown_key, validate_table
from edge.toml_file import TomlFile

MAX_GOODS = 1000
"""Skus of one promotion; a department is named by `depts`."""
ID_EXPECTED = "1 to 24 small letters, digits, _ and -, such as cola-3"
NAME_EXPECTED = "1 to 20 characters, as the receipt shall print it"
DAY_EXPECTED = "a date such as 2026-12-31"
HOURS_EXPECTED = 'two times of the day such as "18:00-20:00"'

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")

Name = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f\x7f]+$", description=NAME_EXPECTED)]
Skus = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=128)], ...],
    Field(max_length=MAX_GOODS, description=f'up to {MAX_GOODS} skus, such as ["6901234567892"]'),
]
Depts = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=64)], ...],
    Field(max_length=100, description='up to 100 departments of the catalogue, such as ["drinks"]'),
]
Price = Annotated[int, Field(ge=1, le=MAX_FEN, description=f"fen, 1 to {MAX_FEN}")]
SomePrice = Annotated[int | None, Field(ge=1, le=MAX_FEN, description=f"fen, 1 to {MAX_FEN}")]
Percent = Annotated[int | None, Field(ge=1, le=99, description="percent that is taken off, 1 to 99")]
FullPercent = Annotated[int | None, Field(ge=1, le=100, description="percent that is taken off, 1 to 100")]
Pieces = Annotated[int, Field(ge=1, le=MAX_COUNT, description=f"pieces, 1 to {MAX_COUNT}")]
SeveralPieces = Annotated[int, Field(ge=2, le=MAX_COUNT, description=f"pieces, 2 to {MAX_COUNT}")]
Limit = Annotated[int | None, Field(ge=1, le=999, description="how often in one sale, 1 to 999")]


class Weekday(StrEnum):
    """In the order of Python's `date.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Offer(Table):
    """What every promotion has: a name, and when it holds."""

    kind: Kind
    name: Name
    starts: date | None = Field(None, description=DAY_EXPECTED)
    ends: date | None = Field(None, description=DAY_EXPECTED)
    weekdays: tuple[Weekday, ...] = Field((), max_length=7, description='days such as ["sat", "sun"]')
    hours: str | None = Field(None, description=HOURS_EXPECTED)

    @field_validator("hours")
    @classmethod
    def _two_times(cls, hours: str | None) -> str | None:
        match = _HOURS.fullmatch(hours) if hours is not None else None
        if hours is not None and (match is None or match.group(1, 2) == match.group(3, 4)):
            raise ValueError(f"expected {HOURS_EXPECTED}")
        return hours

    @model_validator(mode="after")
    def _starts_first(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError(f"ends on {self.ends}, before it starts on {self.starts}")
        return self

    @property
    def span(self) -> Span:
        days = frozenset(list(Weekday).index(day) for day in self.weekdays)
        match = _HOURS.fullmatch(self.hours) if self.hours else None
        hours = (time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))) if match else None
        return Span(self.starts, self.ends, days, hours)

    def promotion(self, promotion_id: str) -> Promotion:
        limit: int | None = getattr(self, "limit", None)
        return Promotion(promotion_id, self.name, self.kind, slots=self.slots(), limit=limit, span=self.span)

    def slots(self) -> tuple[Slot, ...]:
        return ()


class ForGoods(Table):
    """Goods by sku, by department, or both."""

    skus: Skus = ()
    depts: Depts = ()

    @property
    def goods(self) -> Goods:
        return Goods(frozenset(self.skus), frozenset(self.depts))

    @model_validator(mode="after")
    def _some_goods(self) -> Self:
        if not (self.skus or self.depts) and self.needs_goods:
            raise ValueError("names no goods, expected skus or depts with at least one in it")
        return self

    @property
    def needs_goods(self) -> bool:
        return True


class OneCut(Table):
    """Exactly one of a price, so many fen less, so many percent less."""

    CUTS: ClassVar[Sequence[tuple[str, CutKind]]] = (
        ("price_fen", CutKind.AT), ("off_fen", CutKind.OFF), ("percent", CutKind.PERCENT)
    )  # fmt: skip
    off_fen: SomePrice = None
    percent: Percent = None

    @property
    def cut(self) -> Cut:
        return next(self._cuts())

    @model_validator(mode="after")
    def _one_cut(self) -> Self:
        names = [name for name, _ in self.CUTS if name in type(self).model_fields]
        if len(list(self._cuts())) != 1:
            raise ValueError(f"must say what is paid, expected exactly one of {', '.join(names)}")
        return self

    def _cuts(self) -> Iterator[Cut]:
        for name, kind in self.CUTS:
            if (value := getattr(self, name, None)) is not None:
                yield Cut(kind, value)


class Simple(Offer, ForGoods, OneCut):
    """Kinds simple and member_price: each piece, or kilogram."""

    price_fen: SomePrice = None
    limit: Limit = None

    def slots(self) -> tuple[Slot, ...]:
        return one_piece(self.goods, self.cut)


class MultiBuy(Offer, ForGoods):
    count: SeveralPieces
    price_fen: Price
    limit: Limit = None

    def slots(self) -> tuple[Slot, ...]:
        return multi_buy(self.goods, count=self.count, price=Fen(self.price_fen))


class Bogo(Offer, ForGoods):
    buy: Pieces = 1
    get: Pieces = 1
    get_skus: Skus = ()
    get_depts: Depts = ()
    limit: Limit = None

    def slots(self) -> tuple[Slot, ...]:
        other = Goods(frozenset(self.get_skus), frozenset(self.get_depts))
        free = other if self.get_skus or self.get_depts else None
        return bogo(self.goods, buy=self.buy, get=self.get, free=free)


class NthItem(Offer, ForGoods, OneCut):
    nth: SeveralPieces = 2
    percent: FullPercent = None
    price_fen: SomePrice = None
    limit: Limit = None

    def slots(self) -> tuple[Slot, ...]:
        return nth_item(self.goods, nth=self.nth, cut=self.cut)


class MixPart(ForGoods):
    count: Pieces = 1


class MixMatch(Offer):
    parts: tuple[MixPart, ...] = Field(
        min_length=2, max_length=MAX_SLOTS, description=f"2 to {MAX_SLOTS} parts such as {{ depts = ['drinks'] }}"
    )
    price_fen: Price
    limit: Limit = None

    def slots(self) -> tuple[Slot, ...]:
        return mix_match([(part.goods, part.count) for part in self.parts], Fen(self.price_fen))


class Threshold(Offer, OneCut):
    from_fen: Price

    @model_validator(mode="after")
    def _less_than_all(self) -> Self:
        if self.off_fen is not None and self.off_fen >= self.from_fen:
            raise ValueError(f"takes off all of it, expected off_fen below from_fen, which is {self.from_fen}")
        return self

    def promotion(self, promotion_id: str) -> Promotion:
        return Promotion(
            promotion_id, self.name, self.kind, bill=self.cut, from_fen=Fen(self.from_fen), span=self.span
        )  # fmt: skip


class Coupon(Offer, ForGoods, OneCut):
    """For one piece of its goods; without goods for the bill, from `from_fen` on."""

    price_fen: SomePrice = None
    from_fen: Annotated[int, Field(ge=0, le=MAX_FEN, description=f"fen, 0 to {MAX_FEN}")] = 0
    limit: Limit = 1

    @property
    def needs_goods(self) -> bool:
        return self.price_fen is not None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if self.from_fen and (self.skus or self.depts):
            raise ValueError("has goods and from_fen, expected goods, or from_fen for the whole bill")
        return self

    def promotion(self, promotion_id: str) -> Promotion:
        if self.skus or self.depts:
            slots = one_piece(self.goods, self.cut)
            return Promotion(promotion_id, self.name, self.kind, slots=slots, limit=self.limit, span=self.span)
        start = Fen(self.from_fen)
        return Promotion(promotion_id, self.name, self.kind, bill=self.cut, from_fen=start, span=self.span)


TABLES: Mapping[Kind, type[Offer]] = MappingProxyType({
    Kind.SIMPLE: Simple, Kind.MEMBER_PRICE: Simple, Kind.MULTI_BUY: MultiBuy, Kind.BOGO: Bogo, Kind.NTH_ITEM: NthItem,
    Kind.MIX_MATCH: MixMatch, Kind.THRESHOLD: Threshold, Kind.COUPON: Coupon,
})  # fmt: skip


def load_promotions(path: Path) -> tuple[Promotion, ...]:
    """The promotions of a file. Raises SettingsError, or WrongSettings with all that is wrong in it, a line each."""
    return read_promotions(TomlFile.read(path))


def read_promotions(file: TomlFile) -> tuple[Promotion, ...]:
    """The same of a file that is read already."""
    return _read(file.tables, file)


def read_told(tables: Mapping[str, object]) -> tuple[Promotion, ...]:
    """The same tables as the cloud tells them, where no line can be named. Raises SettingsError with all that is wrong
    in them.
    """
    return _read(tables, None)


def _read(tables: Mapping[str, object], file: TomlFile | None) -> tuple[Promotion, ...]:
    if len(tables) > MAX_PROMOTIONS:
        expected, got = f"at most {MAX_PROMOTIONS}", str(len(tables))
        raise SettingsError("too many promotions", where=file.name if file else "", expected=expected, got=got)
    found: list[Promotion] = []
    errors: list[SettingsError] = []
    for name, raw in tables.items():
        try:
            found.append(_promotion(name, raw, file))
        except SettingsError as error:
            errors.append(error)
    if errors:
        raise WrongSettings(errors)
    return tuple(found)


def _promotion(name: str, raw: object, file: TomlFile | None) -> Promotion:
    where = place(file, (name,))
    if not isinstance(raw, Mapping):
        expected = "[an-id] on a line of its own, its settings below it"
        raise SettingsError(f"'{shown_key(name)}' is not a promotion", where=where, expected=expected)
    if _ID.fullmatch(name) is None:
        raise SettingsError("this is no id for a promotion", where=where, expected=ID_EXPECTED, got=shown(name))
    kind = raw.get("kind")
    if kind is None:
        expected = f"one of {', '.join(TABLES)}"
        raise SettingsError(f"the setting 'kind' is missing in [{name}]", where=where, expected=expected)
    if not isinstance(kind, str) or kind not in TABLES:
        hint = meant_or_known(str(kind), [known.value for known in TABLES])
        where = place(file, (name, "kind"))
        raise SettingsError(f"[{name}] has an unknown kind, {hint}", where=where, got=shown(kind))
    return validate_table(TABLES[Kind(kind)], raw, table=(name,), file=file).promotion(name)
