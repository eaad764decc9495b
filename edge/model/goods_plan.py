"""Goods that come in a file, held against those that the shop has: what would be new, what would cost something else.

the shop has it    another price: the shop's own from now on, as `price.set` has it
                   another name: in the catalogue, where that is the shop's own
it has it not      new in the catalogue, where that is the shop's own; else it is left out: the cloud's is the cloud's
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from edge.model.item import is_goods
from edge.model.money import Fen
from edge.model.repricing import far_below

MAX_TOLD = 20
"""Wrong lines told one by one; the others are counted."""
AT_ONCE = 500
"""Lines that are looked up together."""
WRONG = (
    "encoding", "empty", "head", "column_twice", "cells", "long", "many", "quote", "missing", "text", "shortened",
    "barcode", "check", "twice", "taken", "price", "bounds", "yes_no", "plu", "age",
)  # fmt: skip
"""What can be wrong with a line, or with the whole file in its first one."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """`column`: code, barcode, name, price …; empty: the whole line. `what`: why, a word for which the page has a
    sentence that names what was `expected` and what was `got`.
    """

    line: int
    column: str
    what: str
    expected: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """`price` None: nothing stands there. `more`: unit, weighed, plu, age, those that stand there."""

    line: int
    code: str
    gtin: str | None
    name: str
    price: Fen | None
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KnownGoods:
    """`listed` is false for goods that no catalogue names. `price`: what they cost here; None: it is asked for."""

    sku: str
    name: str
    gtin: str | None
    plu: str | None
    price: Fen | None
    listed: bool


@dataclass(frozen=True, slots=True)
class Put:
    """Goods that the catalogue is to have: only the fields of Item that are named."""

    sku: str
    values: Mapping[str, Any]


Known = Callable[[Sequence[str], Sequence[str], Sequence[str]], Sequence[KnownGoods]]
"""(skus, gtins, PLUs) → the goods that have one of them."""
Barcode = Callable[[int, str, str], Wrong | None]


@dataclass(slots=True)
class GoodsPlan:
    """What would be done. `far`: prices so far below the ones until now that only the owner goes there; `left_out`:
    goods that only the cloud could name; `wrong`: the first lines that are, of `wrong_lines`.
    """

    puts: list[Put] = field(default_factory=list)
    prices: list[tuple[str, Fen]] = field(default_factory=list)
    new: int = 0
    named: int = 0
    same: int = 0
    far: int = 0
    left_out: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    wrong_lines: int = 0


def plan_goods(
    lines: Iterable[GoodsLine | Wrong], known: Known, *, wrong_barcode: Barcode, limit_percent: int, is_managed: bool
) -> GoodsPlan:  # fmt: skip
    """`is_managed`: the catalogue is the cloud's. `limit_percent`: as of `repricing.far_below`."""
    planning = _Planning(known, wrong_barcode, limit_percent, is_managed=is_managed)
    left = iter(lines)
    while part := list(islice(left, AT_ONCE)):
        planning.add(part)
    return planning.plan


class _Planning:
    def __init__(self, known: Known, wrong_barcode: Barcode, limit_percent: int, *, is_managed: bool) -> None:
        self.plan = GoodsPlan()
        self._known = known
        self._wrong_barcode = wrong_barcode
        self._limit_percent = limit_percent
        self._is_managed = is_managed
        self._first: dict[tuple[str, str], int] = {}
        """(column, value) → the line in which it stood first."""

    def add(self, part: Sequence[GoodsLine | Wrong]) -> None:
        lines = [one for one in part if isinstance(one, GoodsLine)]
        gtins = [one.gtin for one in lines if one.gtin]
        plus = [str(one.more["plu"]) for one in lines if one.more.get("plu")]
        found = self._known([one.code for one in lines], gtins, plus)
        by_sku = {one.sku: one for one in found}
        by_gtin = {one.gtin: one for one in found if one.gtin}
        by_plu = {one.plu: one.sku for one in found if one.plu}
        for one in part:
            if isinstance(one, Wrong):
                self._complain(one)
                continue
            here = by_sku.get(one.code) or (by_gtin.get(one.gtin) if one.gtin else None)
            wrong = next(self._wrong(one, here, by_plu), None)
            if wrong is not None:
                self._complain(wrong)
            elif here is None:
                self._take_new(one)
            else:
                self._take_known(one, here)

    def _complain(self, wrong: Wrong) -> None:
        self.plan.wrong_lines += 1
        if len(self.plan.wrong) < MAX_TOLD:
            self.plan.wrong.append(wrong)

    def _wrong(self, one: GoodsLine, here: KnownGoods | None, by_plu: Mapping[str, str]) -> Iterator[Wrong]:
        sku = here.sku if here is not None else one.code
        if not is_goods(sku):
            yield Wrong(one.line, "code", "text", got=sku[:40])
        if (first := self._first.setdefault(("code", sku), one.line)) != one.line:
            yield Wrong(one.line, "code", "twice", expected=str(first), got=one.code)
        if here is not None:
            return
        if one.code.isascii() and one.code.isdigit() and len(one.code) in (8, 12, 13, 14) and not one.gtin:
            wrong = self._wrong_barcode(one.line, "code", one.code)
            if wrong is not None:
                yield wrong
        if not one.name:
            yield Wrong(one.line, "name", "missing")
        for column, value in (("barcode", one.gtin), ("plu", one.more.get("plu"))):
            if value and (first := self._first.setdefault((column, str(value)), one.line)) != one.line:
                yield Wrong(one.line, column, "twice", expected=str(first), got=str(value))
        if one.more.get("plu") in by_plu:
            yield Wrong(one.line, "plu", "taken", expected=by_plu[one.more["plu"]], got=str(one.more["plu"]))

    def _take_new(self, one: GoodsLine) -> None:
        if self._is_managed:
            self.plan.left_out += 1
            return
        self.plan.new += 1
        self.plan.puts.append(Put(one.code, {"name": one.name, "price": one.price, "gtin": one.gtin, **one.more}))

    def _take_known(self, one: GoodsLine, here: KnownGoods) -> None:
        plan, before = self.plan, len(self.plan.prices)
        if one.price is not None and one.price != here.price:
            plan.prices.append((here.sku, one.price))
            plan.far += bool(here.price and far_below(here.price, one.price, self._limit_percent))
        is_named = bool(one.name) and one.name != here.name and not self._is_managed
        if is_named:
            plan.named += 1
            more = {} if here.listed else {"gtin": one.gtin, **one.more}
            plan.puts.append(Put(here.sku, {"name": one.name, **more}))
        plan.same += len(plan.prices) == before and not is_named
