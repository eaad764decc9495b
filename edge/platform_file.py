"""What a platform brings to a shop, as a file: edge/platforms/NAME.toml, and a shop's own of the same form.

    [carriers.SF]
    zh-CN = "顺丰"
    en = "SF Express"
    numbers = ["SF[A-Z0-9][0-9]{12}"]
    locker_days = 1

A shop's own file is laid over those of its platforms by id: of a carrier that they have it names what is another, a new
one says everything (docs/carriers.md). A table that nobody reads is refused; suppliers, wallets and services would be
tables beside this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from edge.codec.number_pattern import meant_for_others, read_pattern
from edge.codec.waybill import EAN13
from edge.errors import CodecError, SettingsError
from edge.model.carrier import (
    LOCKER_DAYS,
    REMIND_HOURS,
    SHELF_DAYS,
    Carrier,
    Carriers,
    CheckDigit,
    PaperLines,
    Rights,
    TakeBack,
)
from edge.model.cell import Size
from edge.settings_table import WrongSettings, meant_or_known, shown, shown_key, validate_table
from edge.toml_file import TomlFile

CARRIERS = "carriers"
TABLES = (CARRIERS,)
"""Those of a platform file that are read."""
MAX_CARRIERS = 50
"""Of a shop; each is tried on each scan."""
MAX_NUMBERS = 8
"""Patterns of one carrier."""
MAX_DAYS = 30
MAX_LINES = 3
MAX_WIDTH = 32
"""Columns of 58 mm paper; a Chinese character takes two."""
ID_EXPECTED = "2 to 16 capitals, digits and _, a capital first, such as YTO"

_FOLDER = "edge.platforms"
_ID = re.compile(r"[A-Z][A-Z0-9_]{1,15}")


def _readable(text: str) -> str:
    try:
        pattern = read_pattern(text)
    except CodecError as error:
        raise ValueError(f"{error.what}, expected {error.expected}") from error
    if other := meant_for_others(pattern):
        raise ValueError(f"this pattern takes {other} for a parcel, expected one that is narrower")
    return text


def _fits(line: str) -> str:
    if sum(1 if c.isascii() else 2 for c in line) > MAX_WIDTH:
        raise ValueError(f"too long for the paper, expected at most {MAX_WIDTH // 2} Chinese or {MAX_WIDTH} letters")
    return line


_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Pattern = Annotated[str, AfterValidator(_readable)]
Lines = Annotated[
    tuple[Annotated[str, Field(pattern=_PRINTABLE), AfterValidator(_fits)], ...],
    Field(max_length=MAX_LINES, description=f"up to {MAX_LINES} lines in quotes"),
]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PaperRow(_Row):
    """Lines in Chinese and in English: a paper speaks the shop's language."""

    zh: Lines = Field((), alias="zh-CN")
    en: Lines = ()

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.zh) != bool(self.en):
            raise ValueError("speaks one language, expected lines in zh-CN and in en")
        return self


class CarrierRow(_Row):
    """One [carriers.ID]."""

    name: str = Field(
        alias="zh-CN",
        min_length=1,
        max_length=6,
        pattern=_PRINTABLE,
        description="1 to 6 characters, as the voice says it",
    )
    name_en: str = Field(
        alias="en",
        min_length=1,
        max_length=24,
        pattern=r"^[ -~]+$",
        description="1 to 24 letters, as the voice says it",
    )
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

    def carrier(self, carrier_id: str) -> Carrier:
        return Carrier(
            carrier_id, self.name, self.name_en, tuple(re.compile(text) for text in self.numbers), self.check_digit,
            self.suffix_after, self.shelf_days, self.locker_days, self.remind_hours,
            Rights(frozenset(Size[size] for size in self.cells), self.take_back),
            PaperLines(self.label.zh, self.label.en), PaperLines(self.slip.zh, self.slip.en),
        )  # fmt: skip


def platform_names() -> tuple[str, ...]:
    """The platforms that came with us, in the order in which their carriers are named."""
    names = (file.name for file in resources.files(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_carriers(platforms: Iterable[str] | None = None, own: Path | None = None) -> Carriers:
    """Those of `platforms` (None: of all), by the alphabet whatever their order, then what the shop's `own` file adds.

    Raises SettingsError, or WrongSettings with all that is wrong in the file.
    """
    wanted = platform_names() if platforms is None else tuple(sorted(platforms))
    return _our_carriers(wanted) if own is None else read_carriers(*map(_ours, wanted), TomlFile.read(own))


def read_carriers(*files: TomlFile) -> Carriers:
    """The carriers of all `files`, a later one laid over those before it by id. Raises as load_carriers."""
    raw: dict[str, Mapping[str, Any]] = {}
    home: dict[str, TomlFile] = {}
    errors: list[SettingsError] = []
    for file in files:
        for carrier_id, table in _tables(file, errors):
            raw[carrier_id] = {**raw.get(carrier_id, {}), **table}
            home[carrier_id] = file
    if len(raw) > MAX_CARRIERS:
        expected, got = f"at most {MAX_CARRIERS}", str(len(raw))
        errors.append(SettingsError("too many carriers", where=files[-1].name, expected=expected, got=got))
        raw.clear()
    carriers = tuple(_carriers(raw, home, errors))
    if errors:
        raise WrongSettings(errors)
    return Carriers(carriers)


@cache  # the simulation boots many a time
def _our_carriers(platforms: tuple[str, ...]) -> Carriers:
    return read_carriers(*map(_ours, platforms))


@cache
def _ours(name: str) -> TomlFile:
    text = resources.files(_FOLDER).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return TomlFile(f"edge/platforms/{name}.toml", text)


def _tables(file: TomlFile, errors: list[SettingsError]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The [carriers.ID] of a file; what else stands in it goes to `errors`."""
    for name, value in file.tables.items():
        where = file.where((name,))
        if name not in TABLES:
            what = f"unknown table [{shown_key(name)}], {meant_or_known(name, TABLES)}"
            errors.append(SettingsError(what, where=where, cure="A carrier is [carriers.ID], its settings below it."))
        elif not isinstance(value, Mapping):
            expected = "[carriers.ID] on a line of its own, such as [carriers.YTO]"
            errors.append(SettingsError(f"'{name}' is not a table", where=where, expected=expected))
        else:
            yield from _carrier_tables(file, value, errors)


def _carrier_tables(
    file: TomlFile, tables: Mapping[str, Any], errors: list[SettingsError]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for carrier_id, table in tables.items():
        where = file.where((CARRIERS, carrier_id))
        if not isinstance(table, Mapping):
            what = f"'{shown_key(carrier_id)}' is not a carrier"
            expected = "[carriers.ID] on a line of its own, its settings below it"
            errors.append(SettingsError(what, where=where, expected=expected, got=shown(table)))
        elif _ID.fullmatch(carrier_id) is None or carrier_id == EAN13:
            what = "this is no id for a carrier"
            errors.append(SettingsError(what, where=where, expected=ID_EXPECTED, got=shown(carrier_id)))
        else:
            yield carrier_id, table


def _carriers(
    raw: Mapping[str, Mapping[str, Any]], home: Mapping[str, TomlFile], errors: list[SettingsError]
) -> Iterator[Carrier]:
    for carrier_id, table in raw.items():
        try:
            row = validate_table(CarrierRow, table, table=(CARRIERS, carrier_id), file=home[carrier_id])
        except SettingsError as error:
            errors.append(error)
        else:
            yield row.carrier(carrier_id)
