"""Any hand at any key: nothing breaks in the store room, and the journal alone tells what lies there."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, STRANGE, Habits
from parcel_bench import waybill
from stock_bench import BEEF, CHIPS_CARTON, COLA_CARTON, MILK, MILK_CARTON, StockBench
from tab_bench import MEMBER

from edge.bus import Bus
from edge.codec.command_card import card_code
from edge.messages import MessageFailed
from edge.model.counter import STORE_ROOM
from edge.services.store_room import QUIET_S

ROOM_CARDS = (171, 172, 175, 176)
CARDS = (190, 106, 101, 102, 105, 107, 109, 111, 180, 201, 128)
PAID, STOP = card_code(102), card_code(190)
GOODS = (COLA, NOODLES, BEEF, MILK, COLA_CARTON, MILK_CARTON, CHIPS_CARTON, STRANGE)
OTHERS = (waybill(1), MEMBER, "134567890123456789", "]C10106901234567892", "x", "690")
KEYS = ("E", "EE", "-", "+", "*", "3*", "*3E", "7E", "0E", "2.5E", "311226E", "000000E", "999999E", "12345E", "C", "/")
PACKED = {COLA_CARTON: (COLA, 24), MILK_CARTON: (MILK, 12)}


class Hands(StockBench):
    def __init__(self, folder: Path, habits: Habits) -> None:
        self.failed: list[MessageFailed] = []
        super().__init__(folder, habits)

    def _routes(self, bus: Bus) -> None:
        super()._routes(bus)
        bus.on(MessageFailed, lambda failed, _: self.failed.append(failed))


@pytest.mark.parametrize("seed", range(8))
def test_no_hand_breaks_the_store_room(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    shop = Hands(tmp_path / "shop", Habits(pieces_before_scan=bool(seed % 2), parcels=True))
    for sku in (COLA, MILK):
        shop.count(sku, 50)
    for _ in range(250):
        match chance.randrange(12):
            case 0 | 1 | 2:
                shop.scan(chance.choice(GOODS))
            case 3:
                shop.scan(chance.choice(OTHERS))
            case 4 | 5 | 6:
                shop.keys(chance.choice(KEYS))
            case 7:
                shop.card(card_code(chance.choice(ROOM_CARDS)))
            case 8:
                shop.card(card_code(chance.choice(CARDS)))
            case 9 if shop.counter.waiting in STORE_ROOM:
                shop.done()
            case 9 | 10 if shop.counter.waiting not in STORE_ROOM:
                shop.card(STOP, PAID, card_code(chance.choice(ROOM_CARDS)))
            case _ if chance.random() < 0.3:
                shop.restart()
            case _:
                shop.pass_s(chance.choice((1.0, 40.0, QUIET_S)))
        if shop.counter.waiting in STORE_ROOM:
            assert shop.sale is None, "goods are either sold or counted"
    assert len([row for row in shop.records() if row["type"].startswith(("stock.", "sale.com"))]) > 5, "hands were idle"
    assert ([str(failed.error) for failed in shop.failed], shop.verdict()) == ([], "")
    for sku in (COLA, MILK, NOODLES):
        assert shop.on_hand(sku) == by_journal(sku, shop.records())


def by_journal(sku: str, rows: list[dict[str, Any]]) -> int | None:
    """What is on hand after all these rows, by them alone."""
    on_hand: int | None = None
    for row in rows:
        data = row["data"]
        match row["type"]:
            case "sale.completed":
                moved = -sum(pieces(line, sku) for line in data["lines"])
            case "stock.moved":
                moved = sum(pieces(move, sku) for move in data["moves"])
            case "stock.counted":
                for line in data["lines"]:
                    if line["sku"] == sku:
                        on_hand = milli(line["qty"]) + milli(line.get("moved", "0"))
                continue
            case _:
                continue
        on_hand = None if on_hand is None else on_hand + moved
    return on_hand


def pieces(line: dict[str, Any], sku: str) -> int:
    of, each = PACKED.get(line["sku"], (line["sku"], 1))
    return milli(line["qty"]) * each if of == sku else 0


def milli(text: str) -> int:
    return round(float(text) * 1000)
