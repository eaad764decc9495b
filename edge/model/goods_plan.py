"""Goods that come in a file, held against those that the shop has: what would be new, what would cost something else.

the shop has it    another price: the shop's own from now on, as `price.set` has it
                   another name, barcode, unit …: in the catalogue, where that is the shop's own; else it is left out
it has it not      new in the catalogue, where that is the shop's own; else it is left out: the cloud's is the cloud's
                   without a name it is left out: a shop sells what nobody ever named, and its export says so
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
_GTIN = 14
"""Digits: a barcode as it is kept."""


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
    unit: str = ""
    weighed: bool = False
    age: int | None = None


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
    """What would be done. `altered`: goods of which more than price and name changes; `far`: prices so far below the
    ones until now that only the owner goes there; `left_out`: lines of which something is the cloud's to say;
    `nameless`: new goods that are left out, as they have no name; `wrong`: the first lines that are, of `wrong_lines`.
    """

    puts: list[Put] = field(default_factory=list)
    prices: list[tuple[str, Fen]] = field(default_factory=list)
    new: int = 0
    named: int = 0
    altered: int = 0
    same: int = 0
    far: int = 0
    left_out: int = 0
    nameless: int = 0
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
        taken = {("barcode", one.gtin): one.sku for one in found if one.gtin}
        taken |= {("plu", one.plu): one.sku for one in found if one.plu}
        for one in part:
            if isinstance(one, Wrong):
                self._complain(one)
                continue
            here = by_sku.get(one.code) or (by_gtin.get(one.gtin) if one.gtin else None)
            wrong = next(self._wrong(one, here, taken), None)
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

    def _wrong(self, one: GoodsLine, here: KnownGoods | None, taken: Mapping[tuple[str, str], str]) -> Iterator[Wrong]:
        """`taken`: (column, value) → the goods that have it."""
        sku = here.sku if here is not None else one.code
        if not is_goods(sku):
            yield Wrong(one.line, "code", "text", got=sku[:40])
        if (first := self._first.setdefault(("code", sku), one.line)) != one.line:
            yield Wrong(one.line, "code", "twice", expected=str(first), got=one.code)
        if here is None and one.name and one.code.isascii() and one.code.isdigit() and not one.gtin:
            wrong = self._wrong_barcode(one.line, "code", one.code) if len(one.code) in (8, 12, 13, 14) else None
            if wrong is not None:
                yield wrong
        for column, value in self._keys(one, here):
            if (first := self._first.setdefault((column, value), one.line)) != one.line:
                yield Wrong(one.line, column, "twice", expected=str(first), got=value)
            if (other := taken.get((column, value), sku)) != sku:
                yield Wrong(one.line, column, "taken", expected=other, got=value)

    def _keys(self, one: GoodsLine, here: KnownGoods | None) -> Iterator[tuple[str, str]]:
        """What this line would give to its goods and no others may have."""
        if here is None:
            named: Mapping[str, Any] = {"gtin": one.gtin, **one.more} if one.name else {}
        else:
            named = {} if self._is_managed else self._details(one, here)
        for column, key in (("barcode", "gtin"), ("plu", "plu")):
            if named.get(key):
                yield column, str(named[key])

    def _take_new(self, one: GoodsLine) -> None:
        if self._is_managed:
            self.plan.left_out += 1
            return
        if not one.name:
            self.plan.nameless += 1
            return
        self.plan.new += 1
        self.plan.puts.append(Put(one.code, {"name": one.name, "price": one.price, "gtin": one.gtin, **one.more}))

    def _take_known(self, one: GoodsLine, here: KnownGoods) -> None:
        plan, details = self.plan, self._details(one, here)
        is_priced = one.price is not None and one.price != here.price
        if one.price is not None and is_priced:
            plan.prices.append((here.sku, one.price))
            plan.far += bool(here.price and far_below(here.price, one.price, self._limit_percent))
        if details and self._is_managed:
            plan.left_out += 1
        elif details:
            plan.named += "name" in details
            plan.altered += here.listed and details.keys() != {"name"}
            plan.puts.append(Put(here.sku, details))
        plan.same += not is_priced and not details

    def _details(self, one: GoodsLine, here: KnownGoods) -> dict[str, Any]:
        """What the line says of them, price apart, that is not so here. Without a name no catalogue takes them."""
        if not here.listed:
            return {"name": one.name, "gtin": one.gtin, **one.more} if one.name else {}
        now = {"name": here.name, "gtin": here.gtin, "plu": here.plu, "unit": here.unit, "weighed": here.weighed,
               "age": here.age}  # fmt: skip
        barcode = one.gtin if one.gtin != one.code.zfill(_GTIN) else None  # else it is but the code once more
        told = {"name": one.name or None, "gtin": barcode, **one.more}
        return {key: value for key, value in told.items() if value is not None and value != now[key]}
