"""Orders of suppliers for the pictures of `scripts/slips.py`: proposed, filled, ordered, changed, refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.model.money import Fen, Milli
from edge.model.purchase import Compared, PurchaseEvent, PurchaseLine, PurchaseOrder, PurchaseState, slip_number
from edge.model.purchase_slip import SlipHead, change_slip, end_slip, order_slip, suggestion_slip
from edge.model.slip import Slip
from edge.platform_file import load_platforms

AT = datetime(2026, 11, 23, 14, 4, tzinfo=UTC)
NEAR, FAR = "LST", "ULE"
LINES = (
    PurchaseLine(1, "6901", "可口可乐 330ml", 24, 2, Fen(4_800), on_hand=Milli(7_000), daily=Milli(6_400)),
    PurchaseLine(2, "6902", "康师傅红烧牛肉面", 12, 3, Fen(3_600), on_hand=Milli(2_000), why="cheaper",
                 daily=Milli(3_000),
                 compared=(Compared(NEAR, Fen(311), 12, 2), Compared(FAR, Fen(325), 24, 3))),
    PurchaseLine(3, "6903", "金龙鱼食用植物调和油家庭装 5L", 4, 1, Fen(21_600), on_hand=Milli(-1_000), why="in_time",
                 daily=Milli(230),
                 compared=(Compared(NEAR, Fen(5_630), 4, 2), Compared(FAR, Fen(5_410), 4, 3))),
)  # fmt: skip
FILLER = PurchaseLine(
    4, "6904", "维达抽纸", 10, 1, Fen(2_350), 1, on_hand=Milli(14_000), fills=True, daily=Milli(1_500)
)
TOO_MUCH = PurchaseLine(
    3, "6905", "蚊香 10盘", 60, 1, Fen(9_600), on_hand=Milli(4_000), daily=Milli(260), too_much=True
)
PROPOSED = PurchaseOrder(
    "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "041772935", NEAR, PurchaseState.PROPOSED, (*LINES[:2], TOO_MUCH), Fen(0),
    AT, AT, Fen(28_800), Fen(1_500),
)  # fmt: skip


def purchase_slips(shop: str, now: str, language: str) -> Iterator[tuple[str, Slip]]:
    platforms = load_platforms()

    def name(supplier_id: str) -> str:
        found = platforms.supplier(supplier_id)
        return found.spoken(language) if found is not None else supplier_id

    supplier = platforms.supplier(NEAR)
    notes = supplier.slip.lines(language) if supplier is not None else ()
    head = SlipHead(shop, now, language, name, lambda _: notes)

    def code(line: int = 0) -> str:
        return slip_code(OwnSlip(SlipKind.PURCHASE, slip_number(PROPOSED.number, line)))

    yield "to-order", suggestion_slip(PROPOSED, head, code, more=3, uncounted=2)
    filled = replace(PROPOSED, lines=LINES).with_all(AT).with_lines((FILLER,), AT)
    yield "to-order-filled", suggestion_slip(filled, head, code)
    ordered = filled.moved(PurchaseEvent.CONFIRM, AT)
    yield "ordered", order_slip(ordered, head, code())
    offered = (ordered.lines[0], replace(ordered.lines[1], packs=1), replace(ordered.lines[2], packs=0))
    changed = replace(ordered.moved(PurchaseEvent.PLACE, AT), offered=offered, offered_fee=Fen(1_500),
                      why={"zh-CN": "缺货", "en": "Short of stock"}[language])  # fmt: skip
    yield "order-changed", change_slip(changed, head, code())
    refused = replace(ordered, why={"zh-CN": "本区不送", "en": "Not delivered here"}[language])
    yield "order-refused", end_slip(refused, head, refused=True)
