"""The script of the shop day (day.toml) as gestures and what they are to bring."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.model.money import parse_yuan

DAY = Path(__file__).with_name("day.toml")
LOOSE_SKU = 7
"""Goods with so short a code have no barcode."""
_PART = re.compile(r"(\w+) ([\d.]+)(?: of ([\d.]+))?")
_PARTED = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Gesture:
    """One thing that hands do: a word of day.toml, or `scan` with the name of goods."""

    word: str
    rest: str = ""

    def __str__(self) -> str:
        return f"{self.word} {self.rest}".strip()


@dataclass(frozen=True, slots=True, order=True)
class Booked:
    """A record by what it says of money. `pay`: (method, fen, fen handed over); for a wallet and exact cash nothing is
    handed over.
    """

    kind: str
    fen: int = 0
    pay: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Deal:
    """What one customer, or the shop itself, wants of the till. `name`: its receipt is asked for later."""

    at_s: int
    kind: str
    what: str
    do: tuple[Gesture, ...]
    gives: tuple[Booked, ...]
    says: str
    text: Mapping[str, Any]
    """As it stands in the file."""
    name: str = ""

    @property
    def parks(self) -> bool:
        """Whether what is put aside depends on what a wallet does meanwhile."""
        return any(gesture.word == "park" for gesture in self.do)


@dataclass(frozen=True, slots=True)
class Goods:
    """`fen` None: the till must ask."""

    code: str
    name: str
    fen: int | None
    more: Mapping[str, Any]

    @property
    def has_barcode(self) -> bool:
        return len(self.code) > LOOSE_SKU


@dataclass(frozen=True, slots=True)
class Script:
    goods: Mapping[str, Goods]
    promotions: Mapping[str, Mapping[str, Any]]
    member: str
    deals: tuple[Deal, ...]

    @property
    def booked(self) -> Counter[Booked]:
        """All that the day must have in its books."""
        return Counter(booked for deal in self.deals for booked in deal.gives)


def read_script(path: Path = DAY) -> Script:
    with path.open("rb") as file:
        tables = tomllib.load(file)
    goods = {name: _goods(dict(values)) for name, values in tables["goods"].items()}
    deals = tuple(_deal(values, goods) for values in tables["day"]["deals"])
    return Script(goods, tables["promotions"], tables["day"]["member"], deals)


def _goods(values: dict[str, Any]) -> Goods:
    price = values.pop("price", None)
    return Goods(values.pop("code"), values.pop("name"), None if price is None else parse_yuan(price), values)


def _deal(values: dict[str, Any], goods: Mapping[str, Goods]) -> Deal:
    hours, _, minutes = values["at"].partition(":")
    return Deal(
        at_s=int(hours) * 3600 + int(minutes) * 60, kind=values["kind"], what=values["what"],
        do=tuple(_gesture(text, goods) for text in _PARTED.split(values["do"])),
        gives=tuple(_booked(values["gives"])), says=values["says"], name=values.get("name", ""),
        text=values,
    )  # fmt: skip


def _gesture(text: str, goods: Mapping[str, Goods]) -> Gesture:
    word, _, rest = text.partition(" ")
    return Gesture("scan", word) if word in goods else Gesture(word, rest)


def _booked(text: str) -> Iterator[Booked]:
    """ "sale 5.50: cash 5.50 of 20.00; void 5.50: cash 5.50", "pay_in 100.00", "no_sale", "nothing"."""
    for part in text.split(";"):
        head, _, pay = part.strip().partition(":")
        kind, _, amount = head.partition(" ")
        if kind != "nothing":
            tenders = tuple(_tender(*found) for found in _PART.findall(pay))
            yield Booked(kind, parse_yuan(amount) if amount else 0, tenders)


def _tender(method: str, fen: str, given: str) -> tuple[str, int, int]:
    handed = parse_yuan(given) if given else 0
    return (method, parse_yuan(fen), 0 if handed == parse_yuan(fen) else handed)
