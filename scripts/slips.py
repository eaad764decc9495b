"""Draws the slips of docs/slips: `.venv/bin/python scripts/slips.py`. Each in both languages and on both papers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from edge.codec.escpos import PAPER_58, PAPER_80, encode_slip
from edge.model.day_records import CashMoved, DayClosed, ShiftClosed
from edge.model.day_slip import OddStock, x_slip, z_slip
from edge.model.item import Item
from edge.model.money import Fen, Milli, Rounding
from edge.model.receipt import ReceiptText
from edge.model.sale import Event, Sale, add_item, moved
from edge.model.settlement import tender_cash
from edge.model.shift_slip import cash_slip, shift_slip
from edge.model.slip import Slip
from edge.model.takings import Takings
from edge.model.training_slip import training_slip
from edge.sim.receipt_picture import render_png

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "slips"
PAPERS = {"58": PAPER_58, "80": PAPER_80}
SHOPS = {"zh-CN": "幸福超市", "en": "Corner Shop"}
SHIFT, DAY = "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f", date(2026, 11, 23)
SINCE, NOW = "2026-11-23 07:31", "2026-11-23 22:04"
TOOK = Takings(
    (("back.cash", 1, 1_050), ("cancelled", 3, 4_200), ("disc", 9, 1_350), ("expired", 1, 350), ("no_sale", 2, 0),
     ("over_short", 1, -50), ("pay.alipay", 38, 51_480), ("pay.cash", 61, 75_300), ("pay.wechat", 44, 69_400),
     ("pay_in", 1, 10_000), ("pay_out", 1, 20_000), ("refund", 1, 1_050), ("rounding", 40, -120),
     ("sale", 142, 196_300))
)  # fmt: skip
REPORT = DayClosed(212, DAY, "1", TOOK, "261123-1-0001", "261123-1-0142")
ODD = (OddStock("可口可乐 330ml", Milli(-3_000)), OddStock("康师傅红烧牛肉面", Milli(1_500)))


def slips(language: str) -> Iterator[tuple[str, Slip]]:
    shop = SHOPS[language]
    closed = ShiftClosed(SHIFT, DAY, "1", Fen(30_000), TOOK, Fen(94_200))
    out = CashMoved(SHIFT, DAY, "pay_out", Fen(20_000))
    yield "x-report", x_slip(REPORT, shop=shop, now=NOW, language=language)
    yield "z-report", z_slip(REPORT, ODD, shop=shop, now=NOW, language=language)
    yield "shift", shift_slip(closed, shop=shop, since=SINCE, now=NOW, language=language, counted_start=True)
    yield "cash-out", cash_slip(out, shop=shop, till="1", now=NOW, language=language)
    yield "training", training_slip(practised(), till="1", local_time=NOW, text=ReceiptText(shop, language))


def practised() -> Sale:
    sale = Sale(SHIFT, training=True)
    for name, price in (("可口可乐 330ml", 350), ("康师傅红烧牛肉面", 450)):
        sale = add_item(sale, Item(sku=name, name=name, price=Fen(price)))
    return tender_cash(moved(sale, Event.SUBTOTAL), Fen(1_000), Rounding.NONE)


def main(say: Callable[[str], object] = print) -> int:
    FOLDER.mkdir(exist_ok=True)
    for language in SHOPS:
        for name, slip in slips(language):
            for width, paper in PAPERS.items():
                path = FOLDER / f"{name}-{language[:2]}-{width}.png"
                path.write_bytes(render_png(encode_slip(slip, paper), paper))
                say(str(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
