"""What people bring to the counter beside goods and money, grouped by the trade that it is for (trades.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from edge.clock import Clock
from edge.codec.booklet_csv import read_booklet
from edge.codec.command_card import card_code
from edge.model.platform import ServiceKind
from edge.platform_file import load_platforms
from edge.sim.counter.bench import Bench
from edge.sim.counter.goods import appliances
from edge.sim.counter.shop_file import BOOKLET, PLATFORMS, TIME_ZONE
from edge.sim.counter.supply import cartons
from edge.sim.counter.terminal import Talk

TRADES = "trades.toml"
LISTS = frozenset({"booklet", "cartons", "appliances"})
DIGITS, LETTERS = "0123456789", "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
OVER = frozenset({"loan.bad", "loan.used", "loan.declined", "loan.cancelled", "loan.wallet_done", "loan.paid"})
"""Said of a code that is shown until it is good for nothing any more."""
_DAY = re.compile(r"\{(-?[0-9]+)\}")


@dataclass(frozen=True, slots=True)
class Example:
    """`code` as trades.toml has it; `look`: phone, paper, box or keys."""

    id: str
    name: str
    name_en: str
    look: str
    code: str
    once: bool = False

    @property
    def is_keyed(self) -> bool:
        return self.look == "keys"

    def show(self, today: date, chance: Random) -> str:
        """A code of this pattern."""
        dated = _DAY.sub(lambda found: f"{today + timedelta(days=int(found[1])):%y%m%d}", self.code)
        return "".join(
            chance.choice(DIGITS) if sign == "#" else chance.choice(LETTERS) if sign == "@" else sign for sign in dated
        )


@dataclass(frozen=True, slots=True)
class Trade:
    """`cards` by their codes; `also`: buttons that the page has."""

    id: str
    name: str
    name_en: str
    how: str
    how_en: str
    cards: tuple[str, ...]
    also: tuple[str, ...]
    examples: tuple[Example, ...]


def trades() -> tuple[Trade, ...]:
    written = tomllib.loads(_read(TRADES).decode())
    return tuple(_trade(id, table) for id, table in written.items())


def booklet_bytes() -> bytes:
    return _read(BOOKLET)


class Desk:
    """Hands that show an example to the scanner, or key it."""

    def __init__(self, bench: Bench, talk: Talk, clock: Clock, chance: Random) -> None:
        self._bench = bench
        self._talk = talk
        self._clock = clock
        self._chance = chance
        self._examples = {example.id: example for trade in trades() for example in trade.examples}
        self._shown: dict[str, tuple[str, int]] = {}

    def show(self, id: str) -> bool:
        """False when nothing reads it. Raises KeyError for what nobody has."""
        example = self._examples[id]
        code = self._code(example)
        if example.is_keyed:
            self._bench.type(code)
            return True
        return self._bench.scan(code)

    def _code(self, example: Example) -> str:
        """The one of before, where it is still good for something."""
        last, heard = self._shown.get(example.id, ("", 0))
        said = {sentence.prompt for sentence in list(self._talk.sentences) if sentence.no > heard}
        if not (last and example.once) or said & OVER:
            last = example.show(self._clock.wall().astimezone(ZoneInfo(TIME_ZONE)).date(), self._chance)
        self._shown[example.id] = last, self._talk.spoken
        return last


def _trade(id: str, table: dict[str, Any]) -> Trade:
    also = table.get("also", [])
    lists = [example for name in also if name in LISTS for example in _list(name)]
    brings = [
        Example(f"{id}-{n}", one["zh-CN"], one["en"], one["look"], one["code"], bool(one.get("once")))
        for n, one in enumerate(table.get("brings", []))
    ]
    return Trade(
        id, table["name"]["zh-CN"], table["name"]["en"], table["how"]["zh-CN"], table["how"]["en"],
        tuple(card_code(number) for number in table["cards"]), tuple(name for name in also if name not in LISTS),
        (*lists, *brings),
    )  # fmt: skip


def _list(name: str) -> list[Example]:
    """Goods that the shop has, or can have."""
    if name == "booklet":
        offers = {offer.id for offer in load_platforms(PLATFORMS).of_kind(ServiceKind.ORDER)}
        items = read_booklet(booklet_bytes(), name=BOOKLET, offers=offers).items
        return [Example(item.barcode, item.name, item.name_en, "paper", item.barcode) for item in items]
    goods = [(good.code, good.name, good.name_en) for good in (cartons() if name == "cartons" else appliances())]
    return [Example(code, own, name_en, "box", code) for code, own, name_en in goods]


def _read(name: str) -> bytes:
    return resources.files(__package__).joinpath(name).read_bytes()
