"""What the pages of the shop's own data read, as a test gives it: one day, a few goods, one promotion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from edge.model.badge import Badge, Role
from edge.model.cell import Cell, CellState, Place, Size
from edge.model.day_rows import DayOver, MethodSum, ShiftOver
from edge.model.goods_row import GoodsRow
from edge.model.masking import Recipient
from edge.model.money import Fen, Milli
from edge.model.parcel import Parcel, ParcelState
from edge.model.promotion import Cut, CutKind, Goods, Kind, Promotion, Span, multi_buy, one_piece
from edge.model.slip import Slip, Text
from edge.model.sold_day import HOURS, RanOut, SoldDay, SoldGoods
from edge.model.tab_row import TabRow, TabSum
from edge.web.shop_facts import ShopFacts

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 23)
COLA, TEA = "6901234567892", "6909999999990"
NAMES = {COLA: "可口可乐 500ml"}
SOLD = SoldDay(
    DAY, tuple((2, Fen(700)) if hour == 9 else (0, Fen(0)) for hour in range(HOURS)), Fen(-350),
    {COLA: SoldGoods("可口可乐 500ml", Milli(3000), Fen(1050))},
)  # fmt: skip
CLOSED = DayOver(
    n=40, at="2026-11-23T14:00:00.000Z", no=212, day="2026-11-23", sales=142, total=Fen(196_300), refunds=1,
    refunded=Fen(1050), paid=(MethodSum("cash", 61, Fen(75_300)),), back=(MethodSum("cash", 1, Fen(1050)),),
    over_short=Fen(-50), first="261123-1-0001", last="261123-1-0142", by_itself=False,
    report="z212.2026-11-23",
)  # fmt: skip
SHIFT = ShiftOver(
    n=41, at="2026-11-23T13:59:00.000Z", day="2026-11-23", sales=61, opened=Fen(30_000), expected=Fen(84_250),
    counted=Fen(84_200), over_short=Fen(-50),
)  # fmt: skip
GOODS = (
    GoodsRow(COLA, "可口可乐 500ml", Fen(350), Fen(300), Milli(17_000), weighed=False),
    GoodsRow(TEA, "", None, Fen(880), None, weighed=False),
)
PROMOTIONS = (
    Promotion("over", "去年的", Kind.SIMPLE, one_piece(Goods(frozenset({TEA})), Cut(CutKind.PERCENT, 10)),
              span=Span(ends=date(2025, 12, 31))),
    Promotion("cola-3", "可乐3件10元", Kind.MULTI_BUY, multi_buy(Goods(frozenset({COLA})), count=3, price=Fen(1000)),
              span=Span(ends=date(2026, 12, 31))),
)  # fmt: skip

TABS = (
    TabRow("8817", Fen(50_000), Fen(30_000), "2026-10-01T02:00:00.000Z", "2026-11-20T02:00:00.000Z"),
    TabRow("0042", Fen(5_000), Fen(-250), "", "2026-11-20T02:00:00.000Z"),
)
PARCELS = (
    Parcel("p1", "SF1000000000817", "SF", ParcelState.OVERDUE, Recipient("k", "张*", "5678"), cell="B01", code="hash",
           at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
    Parcel("p2", "SF1000000000818", "SF", ParcelState.STORED, Recipient("k", "张*", "5678"), shelf="1-1-0003",
           at=datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
)  # fmt: skip
CELLS = (
    (Place("B01", 1, "wall", 1, 1, Size.S), Cell("B01", CellState.OCCUPIED, "p1")),
    (Place("B02", 2, "wall", 1, 2, Size.L), Cell("B02", CellState.FAULT)),
)

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BADGES = (
    Badge("3f9a1c", "hash-of-a-code", Role.OWNER, "王小姐", AT),
    Badge("77bb01", "hash-of-a-code", Role.COURIER, "小李", AT, expires_at=AT + timedelta(days=1), carrier="SF"),
    Badge("902e11", "hash-of-a-code", Role.OWNER, "王小姐", AT, revoked_at=AT + timedelta(days=2)),
)
SALE = json.dumps({
    "receipt": "261123-1-0001", "bday": "2026-11-23", "total": 350, "disc": 0, "rounding": 0,
    "lines": [
        {"n": 1, "kind": "item", "sku": COLA, "name": "=cmd|' /C calc'!A0", "qty": "1", "price": 350, "amt": 350},
    ],
    "pay": [{"m": "cash", "amt": 350, "tendered": 400, "change": 50}],
})  # fmt: skip


def shop_of_one_day() -> ShopFacts:
    return ShopFacts(
        newest_day=lambda: DAY, sold_days=lambda last, count: [SOLD],
        ran_out=lambda first, last: [RanOut(COLA, 2, DAY, is_out=True)],
        days_over=lambda before, most: [CLOSED], shifts_over=lambda before, most: [SHIFT],
        waited=lambda: [("2026-11-23T02:00:00.000Z", 4), ("2026-11-23T02:10:00.000Z", 0)], goods=_goods,
        goods_after=lambda sku, most: [one for one in GOODS if one.sku > sku][:most], every_tab=lambda: TABS,
        tabs=lambda skip, most: TABS[skip : skip + most], owed=lambda: TabSum(2, Fen(31_500)), parcels=lambda: PARCELS,
        cells=lambda: CELLS, badges=lambda: BADGES, money_of=_money, zone=ZONE,
        receipt_lines=lambda: (("幸福路 12 号",), ()),
        receipt_slip=lambda header, footer: Slip(tuple(map(Text, (*header, *footer)))),
        receipt_picture=lambda slip: b"PNG", carrier_name=lambda carrier, language: "顺丰速运",
        promotions=lambda: PROMOTIONS, local=lambda: datetime(2026, 11, 23, 10, 0, tzinfo=ZONE),
        item_names=lambda skus: {sku: NAMES[sku] for sku in skus if sku in NAMES},
    )  # fmt: skip


def _goods(word: str, skip: int, most: int) -> Sequence[GoodsRow]:
    return [one for one in GOODS if word in one.name or word in one.sku][skip : skip + most]


def _money(day: date) -> Sequence[tuple[str, str, str]]:
    damaged = ("sale.completed", "2026-11-23T02:14:02.000Z", "{}")
    return [("sale.completed", "2026-11-23T02:14:01.000Z", SALE), damaged] if day == DAY else []
