"""Whatever happens in a shop, its reports are the sums of the rows of the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, TISSUES, CounterBench, Habits
from tab_bench import enrol, on_the_tab, repay

from edge.codec.command_card import card_code, receipt_code
from edge.model.money import Rounding
from edge.model.takings import Takings, added
from edge.promotion_file import read_promotions
from edge.services.owner_gate import ARMED_S
from edge.toml_file import TomlFile

HOURS = 3_600.0
GESTURES = 200
OPEN, CLOSE, IN, OUT, REPORT, DAY_CLOSE, HOLD, RECALL, CANCEL, NO_SALE, EXACT, TRAINING, REFUND, POST_VOID = (
    card_code(number) for number in (161, 162, 164, 165, 166, 201, 107, 108, 106, 163, 102, 187, 110, 202)
)


DEALS = f"""\
[cola-two]
kind = "multi_buy"
name = "可乐2件5元"
skus = ["{COLA}"]
count = 2
price_fen = 500
"""


def live(shop: CounterBench, chance: Random) -> None:
    """One gesture of a shopkeeper, sensible or not."""
    match chance.randrange(16):
        case 0:
            shop.scan(OPEN)
            shop.keys(f"{chance.randrange(500)}EE")
        case 1:
            shop.scan(CLOSE)
            shop.keys(f"{chance.randrange(500)}EE")
        case 2:
            shop.scan(chance.choice((IN, OUT)))
            shop.keys(f"{chance.randrange(300)}.{chance.randrange(10)}E")
        case 3:
            shop.end_day()
            shop.keys(f"{chance.randrange(500)}E" if chance.random() < 0.8 else "C")
        case 4:
            shop.scan(chance.choice((HOLD, RECALL, NO_SALE, REPORT, TRAINING)))
        case 5:
            shop.scan(CANCEL, CANCEL)
        case 6:
            shop.clock.pass_s(chance.choice((0.5, 3.0, 9.0, 30.0)) * HOURS)
        case 7:
            shop.restart(clean=chance.random() < 0.5)
            shop.printer_ready()
        case 8:
            shop.as_owner(POST_VOID)
            shop.pass_s(2)
            shop.keys("E")
        case 9 if (last := shop.begin().sales.last()) is not None:
            shop.scan(REFUND, receipt_code(last.receipt), chance.choice((COLA, NOODLES)))
            shop.keys("E")
            shop.pass_s(2)
            shop.keys("E" if chance.random() < 0.8 else "C")
        case 10:
            shop.pass_s(ARMED_S)  # after an owner's card that was scanned in vain 记账 sets a limit
            on_the_tab(shop, COLA, NOODLES)
        case 11:
            shop.pass_s(ARMED_S)
            repay(shop, f"{chance.randrange(1, 5)}.{chance.randrange(10)}")
        case _:
            shop.scan(*chance.choices((COLA, NOODLES, TISSUES), k=chance.randint(1, 3)))
            if chance.random() < 0.8:
                shop.scan(EXACT)


def summed(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """What a report must say of these rows, by nothing but what they say."""
    return {what: (times, fen) for what, times, fen in added(addend for row in rows for addend in told(row)).sums}


def told(row: dict[str, Any]) -> Iterator[tuple[str, int, int]]:
    data = row["data"]
    match row["type"]:
        case "sale.completed":
            goods, repaid = goods_and_repaid(data)
            if repaid:
                yield "tab_repaid", 1, repaid
            if goods or not repaid:
                yield "sale", 1, goods
            if data["disc"]:
                yield "disc", 1, data["disc"]
            if data["rounding"]:
                yield "rounding", 1, data["rounding"]
            yield from ((f"pay.{part['m']}", 1, part["amt"]) for part in data["pay"])
        case "sale.refunded" | "sale.voided":
            yield (
                {"sale.refunded": "refund", "sale.voided": "void"}[row["type"]],
                1,
                sum(line["amt"] for line in data["lines"]),
            )
            yield from ((f"back.{part['m']}", 1, part["amt"]) for part in data["pay"])
        case "sale.cancelled" if data["why"] != "empty":
            yield data["why"], 1, data["total"]
        case "cash.moved":
            yield data["why"], 1, data["amt"]
        case "drawer.opened" if data["why"] == "no_sale":
            yield "no_sale", 1, 0
        case "shift.closed" if "over_short" in data:
            yield "over_short", 1, data["counted"] - data["expected"]


def goods_and_repaid(sale: dict[str, Any]) -> tuple[int, int]:
    repaid = sum(line["amt"] for line in sale["lines"] if line["sku"].startswith("tab:"))
    return sum(line["amt"] for line in sale["lines"]) - repaid, repaid


def of_z(data: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The sums of a Z report, as `summed` names them; what is nought is left out."""
    found = {
        "sale": (data["sales"], data["total"]), "cancelled": (data["cancelled"], None), "no_sale": (data["no_sale"], 0),
        "expired": (data["expired"], None), "over_short": (data["shifts"], data["over_short"]),
        "rounding": (None, data["rounding"]), "disc": (None, data["disc"]), "pay_in": (None, data["paid_in"]),
        "pay_out": (None, data["paid_out"]), "tab_repaid": (None, data["repaid"]),
        "refund": (data["refunds"], data["refunded"]), "void": (data["voids"], data["voided"]),
        **{f"pay.{part['m']}": (part["n"], part["amt"]) for part in data["pay"]},
        **{f"back.{part['m']}": (part["n"], part["amt"]) for part in data["back"]},
    }  # fmt: skip
    return {what: pair for what, pair in found.items() if any(pair)}


def agree(report: dict[str, tuple[Any, Any]], journal: dict[str, tuple[int, int]]) -> None:
    """None: the report does not say it."""
    assert report.keys() == {what for what, pair in journal.items() if any(pair)}
    for what, pair in report.items():
        assert all(said in (None, booked) for said, booked in zip(pair, journal[what], strict=True)), what


def cash(rows: list[dict[str, Any]]) -> int:
    sums = summed(rows)
    signs = {"pay.cash": 1, "pay_in": 1, "pay_out": -1, "back.cash": -1}
    return sum(sign * sums.get(what, (0, 0))[1] for what, sign in signs.items())


@pytest.mark.parametrize("seed", range(1, 9))
def test_every_report_is_the_sum_of_the_rows_since_the_one_before(seed: int) -> None:
    chance = Random(seed)
    with TemporaryDirectory() as folder:
        offers = read_promotions(TomlFile("promotions.toml", DEALS)) if chance.random() < 0.5 else ()
        habits = Habits(rounding=chance.choice(list(Rounding)), promotions=offers)
        shop = CounterBench(Path(folder) / "shop", habits, seed=seed)
        shop.printer_ready()
        enrol(shop, "9000")
        for _ in range(GESTURES):
            live(shop, chance)
        rows = shop.records()
        since_z, shift, happened, day = 0, 0, Counter[str](), ""
        for place, row in enumerate(rows):
            data = row["data"]
            happened[row["type"]] += 1
            match row["type"]:
                case "shift.opened":
                    shift = place
                case "shift.closed":
                    assert data["expected"] == rows[shift]["data"]["float"] + cash(rows[shift:place])
                    assert data["sales"] == summed(rows[shift:place]).get("sale", (0, 0))[0]
                case "sale.completed":
                    assert data["shift"] == rows[shift]["id"]
                case "report.z":
                    covered = rows[since_z:place]
                    agree(of_z(data), summed(covered))
                    sales = [one["data"] for one in covered if one["type"] == "sale.completed"]
                    assert {sale["bday"] for sale in sales} <= {data["bday"]} and data["bday"] >= day
                    assert (data.get("first"), data.get("last")) == (
                        (sales[0]["receipt"], sales[-1]["receipt"]) if sales else (None, None)
                    )
                    since_z, day = place + 1, data["bday"]
        assert [row["data"]["no"] for row in rows if row["type"] == "report.z"] == list(
            range(1, happened["report.z"] + 1)
        )
        tx = shop.begin()
        assert dict_of(tx.day.takings()) == summed(rows[since_z:])
        if tx.day.shift() is not None:
            assert dict_of(tx.day.takings(tx.day.shift().id)) == summed(rows[shift:])
        assert happened["report.z"] > 2 and happened["shift.closed"] > 2 and happened["cash.moved"] > 2, happened
        assert happened["tab.charged"] > 2 and happened["tab.repaid"] > 0, happened


def dict_of(takings: Takings) -> dict[str, tuple[int, int]]:
    return {what: (times, fen) for what, times, fen in takings.sums}
