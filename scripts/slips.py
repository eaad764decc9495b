"""Draws the slips of docs/slips: `.venv/bin/python scripts/slips.py`. Each in both languages and on both papers."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from cash_slips import cash_slips
from purchase_slips import purchase_slips
from service_slips import service_slips

from edge.codec.command_card import OwnSlip, SlipKind, receipt_code, slip_code
from edge.codec.escpos import PAPER_58, PAPER_80, encode_slip
from edge.model.app_order import AppLine, AppOrder
from edge.model.app_order_slip import bag_label, off_slip, pick_slip
from edge.model.campaign import CampaignPaper, Wording
from edge.model.campaign_slip import with_campaign
from edge.model.count_slip import count_slip, recount_slip
from edge.model.day_records import CashMoved, DayClosed, ShiftClosed
from edge.model.day_slip import OddStock, x_slip, z_slip
from edge.model.erase_slip import Erasure, erase_slip, void_slip
from edge.model.evening import Dead, Hour, Margin, SoldLine
from edge.model.evening_slip import (
    best_rows,
    dead_rows,
    evening_slip,
    expiring_rows,
    hour_rows,
    margin_rows,
    sold_out_rows,
)
from edge.model.expiry_slip import DatedGoods, expiry_slip
from edge.model.first_setup import Checked, Found, Part, Verdict
from edge.model.handover_slip import handover_slip
from edge.model.hotspot_slip import hotspot_slip, trial_slip
from edge.model.item import Item
from edge.model.leaving_slip import leaving_slip, switched_slip
from edge.model.licence import Licence
from edge.model.licence_slip import licence_slip
from edge.model.masking import Recipient
from edge.model.money import Fen, Milli, Rounding
from edge.model.network import Hotspot
from edge.model.parcel import Parcel, ParcelState
from edge.model.parcel_slip import desk_slip, shelf_label
from edge.model.plan import Advice, PlanLine
from edge.model.plan_slip import plan_slip
from edge.model.promotion_pricing import Pricing
from edge.model.receipt import ReceiptText, receipt_slip
from edge.model.receiving_slip import receiving_slip
from edge.model.refund import Refund, RefundKind, RefundLine
from edge.model.refund_slip import refund_slip
from edge.model.repricing import repriced
from edge.model.sale import Event, Method, Sale, Tender, add_item, moved
from edge.model.send_slip import label_slip, tracking_slip
from edge.model.set_up_slip import PageWays, set_up_slip
from edge.model.settlement import tender_cash, tender_paid
from edge.model.shift_slip import cash_slip, shift_slip
from edge.model.shipment import Shipment
from edge.model.slip import Slip
from edge.model.stock import Arrived, Counted, Delivery
from edge.model.tab import Movement, Tab, TabMove
from edge.model.tab_slip import tab_slip
from edge.model.takings import Takings
from edge.model.training_slip import training_slip
from edge.model.warranty_slip import warranty_slip
from edge.model.write_off_slip import write_off_slip
from edge.paper.picture import render_png
from edge.platform_file import load_carriers
from edge.promotion_file import read_promotions
from edge.toml_file import TomlFile

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "slips"
PAPERS = {"58": PAPER_58, "80": PAPER_80}
SHOPS = {"zh-CN": "幸福超市", "en": "Corner Shop"}
SHIFT, DAY = "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f", date(2026, 11, 23)
SINCE, NOW = "2026-11-23 07:31", "2026-11-23 22:04"
TOOK = Takings(
    (("back.cash", 2, 1_050), ("cancelled", 3, 4_200), ("collected.SF", 31, 0), ("collected.YTO", 44, 0),
     ("disc", 9, 1_350), ("expired", 1, 350), ("handed_over.SF", 3, 0),
     ("no_receipt", 1, 350), ("no_sale", 2, 0),
     ("over_short", 1, -50), ("pay.alipay", 38, 51_480), ("pay.cash", 62, 76_280), ("pay.tab", 1, 1_100),
     ("pay.wechat", 44, 69_400),
     ("pay_in", 1, 10_000), ("pay_out", 1, 20_000), ("refund", 2, 1_050), ("rounding", 40, -120),
     ("returned.YTO", 2, 0), ("sale", 143, 197_400), ("stored.SF", 36, 0), ("stored.YTO", 52, 0),
     ("svc", 6, 21_640), ("svc_back", 1, 1_000),
     ("tab_repaid", 1, 980))
)  # fmt: skip
ZONE = ZoneInfo("Asia/Shanghai")
OWED = Tab("87654321", Fen(50_000), Fen(13_550))
MOVEMENTS = (
    Movement("2026-11-02T02:11:00.000Z", TabMove.CHARGED, SHIFT, Fen(4_250), Fen(12_250)),
    Movement("2026-11-05T10:40:00.000Z", TabMove.CHARGED, SHIFT, Fen(16_400), Fen(28_650)),
    Movement("2026-11-06T03:02:00.000Z", TabMove.RETURNED, SHIFT, Fen(850), Fen(27_800)),
    Movement("2026-11-20T09:15:00.000Z", TabMove.REPAID, SHIFT, Fen(15_000), Fen(12_800)),
    Movement("2026-11-23T13:58:00.000Z", TabMove.CHARGED, SHIFT, Fen(750), Fen(13_550)),
)
REPORT = DayClosed(212, DAY, "1", TOOK, "261123-1-0001", "261123-1-0146")
FOOTERS = {"zh-CN": ("退换凭小票，七天内",), "en": ("Keep this receipt for returns",)}
DEALS = """
[cola]
kind = "multi_buy"
name = "可乐3件10元"
skus = ["可口可乐 330ml"]
count = 3
price_fen = 1000
"""
LICENCE = Licence(
    "A-2026-00817", 1, "alibaba", "天猫小店", "S-00817", "", frozenset({"top_up"}), date(2025, 12, 7), date(2026, 12, 6)
)  # fmt: skip
WHOSE = Recipient("", "张*", "5678")
UNTIL = datetime(2026, 11, 23, 15, tzinfo=UTC)
PARCEL = Shipment(
    "s-1", "SF1000000000017", "SF", 1_250, Fen(2_300), UNTIL, WHOSE, ("顺丰标快", "寄方付", "021-B12-07")
)  # fmt: skip
LETTER = Shipment("s-2", "RA000000014CN", "CHINA_POST", 85, Fen(600), UNTIL, WHOSE, ("挂号信", "REGISTERED"))
APP_ORDER = AppOrder(
    "T-17", "17", "alibaba", "",
    (AppLine("6901", "可口可乐 330ml", 2, Fen(350)), AppLine("6902", "康师傅红烧牛肉面", 1, Fen(450))), UNTIL,
)  # fmt: skip
BACK = Refund(
    SHIFT, SHIFT, "261123-1-0042",
    (RefundLine(1, "6901", "可口可乐 330ml", Milli(2_000), Fen(667), "罐"),
     RefundLine(3, "2100045", "红富士苹果", Milli(735), Fen(573), weighed=True)),
)  # fmt: skip
COUPON = "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoiY21kLTIwMjZxNCIsInR5cCI6ImNvdXBvbitqd3MifQ.eyJpZCI6ImMtN2YzYTkxIn0.c2ln"
CAMPAIGN = CampaignPaper(
    "milk", (Wording("本周鲜奶第二件半价", "Second milk half price this week"),), COUPON
)  # fmt: skip
PLAN = tuple(
    PlanLine(advice, sku, name, Wording(zh, en), price, number, "p-2026w48", date(2026, 12, 7))
    for number, (advice, sku, name, zh, en, price) in enumerate((
        (Advice.ADD, "6909999999990", "酸奶 200g", "4家同类店3家在卖，每周约12件",
         "3 of 4 shops sell it, 12 a week", None),
        (Advice.DROP, "6901", "丝带", "八周一件没卖", "None sold in eight weeks", None),
        (Advice.REPRICE, "6902", "可口可乐 330ml", "4家同类店多卖3.50，您卖4.20",
         "4 shops: 3.50, you: 4.20", Fen(350)),
    ), 41)
)  # fmt: skip
SOLD = tuple(
    SoldLine(name, name, Milli(qty), Fen(fen), weighed)
    for name, qty, fen, weighed in (
        ("康师傅红烧牛肉面", 48_000, 21_600, False), ("可口可乐 330ml", 61_000, 20_350, False),
        ("红富士苹果", 18_640, 18_602, True), ("鲜牛奶 1L", 14_000, 16_800, False), ("抽纸三层", 12_000, 15_012, False),
    )
)  # fmt: skip
DEAD = (
    Dead("黄豆酱 800g", Milli(18_000), 64, Fen(19_800)), Dead("铅笔 2B", Milli(140_000), 41, Fen(9_800)),
    Dead("洗衣粉 1.5kg", Milli(6_000), 29, Fen(7_740)),
)  # fmt: skip
EXPIRING = (
    ("鲜牛奶 1L", Milli(2_000), DAY), ("桃李面包", Milli(5_000), DAY + timedelta(days=1)),
    ("蒙牛酸奶 8连杯", Milli(4_000), DAY + timedelta(days=5)),
)  # fmt: skip
GONE = (("康师傅红烧牛肉面", Milli(0)), ("鲜牛奶 1L", Milli(-1_000)))
ODD = (OddStock("可口可乐 330ml", Milli(-3_000)), OddStock("康师傅红烧牛肉面", Milli(1_500)))

ORDERED = Delivery("P26112300017", "1688 零售通", ())
CAME = (
    Arrived("1", "可口可乐 330ml", Milli(22_000), Milli(2_000), Milli(24_000), Fen(210)),
    Arrived("2", "康师傅红烧牛肉面 五连包", Milli(12_000), Milli(0), Milli(12_000)),
    Arrived("3", "蒙牛纯牛奶 250ml×24", Milli(3_000), Milli(0), Milli(2_000)),
    Arrived("4", "心相印纸巾", Milli(0), Milli(0), Milli(6_000)),
)
CAME_SO = (
    Arrived("1", "可口可乐 330ml", Milli(24_000), Milli(0)),
    Arrived("5", "红富士苹果", Milli(10_500), Milli(0), weighed=True),
)
COUNTED = (
    Counted("6901234567892", "可口可乐 330ml", Milli(17_000), Milli(24_000), Milli(0), again=True),
    Counted("6901234567885", "康师傅红烧牛肉面 五连包", Milli(9_000), Milli(8_000), Milli(0)),
    Counted("3", "红富士苹果", Milli(4_350), None, Milli(0), weighed=True),
    Counted("4", "心相印纸巾", Milli(2_000), Milli(6_000), Milli(0)),
    Counted("5", "矿泉水", Milli(12_000), Milli(12_000), Milli(0)),
)
DATED = (
    DatedGoods("1", "蒙牛纯牛奶 250ml", Milli(3_000), date(2026, 11, 20)),
    DatedGoods("2", "桃李面包", Milli(2_000), date(2026, 11, 23)),
    DatedGoods("3", "双汇火腿肠 五支装", Milli(11_000), date(2026, 11, 27)),
    DatedGoods("1", "蒙牛纯牛奶 250ml", Milli(24_000), date(2026, 11, 30)),
)


def slips(language: str) -> Iterator[tuple[str, Slip]]:
    shop = SHOPS[language]
    closed = ShiftClosed(SHIFT, DAY, "1", Fen(30_000), TOOK, Fen(95_180))
    out = CashMoved(SHIFT, DAY, "pay_out", Fen(20_000))
    yield "evening", evening(language)
    yield "leaving", leaving_slip(paused=False, shop=shop, now=NOW, language=language)
    yield "switched", switched_slip(paused=True, shop=shop, now=NOW, language=language)
    yield "z-report", z_slip(REPORT, ODD, load_carriers(), shop=shop, now=NOW, language=language)
    yield "shift", shift_slip(closed, shop=shop, since=SINCE, now=NOW, language=language)
    yield "cash-out", cash_slip(out, shop=shop, till="1", now=NOW, language=language)
    text = ReceiptText(shop, language, footer=FOOTERS[language])
    yield (
        "receipt",
        receipt_slip(
            bought(), receipt="261123-1-0042", code=receipt_code("261123-1-0042"), till="1", local_time=NOW, text=text
        ),
    )
    yield "refund", refund_slip(
        BACK, money=(Tender(Method.WECHAT, Fen(1_000)), Tender(Method.CASH, Fen(240))), receipt="261123-1-0043",
        till="1", local_time=NOW, text=text,
    )  # fmt: skip
    yield "post-void", refund_slip(
        replace(BACK, kind=RefundKind.POST_VOID, receipt="261123-1-0043"),
        money=(Tender(Method.CASH, Fen(1_240)),), receipt="261123-1-0044",
        till="1", local_time=NOW, text=text,
    )  # fmt: skip
    yield "tab-statement", tab_slip(OWED, MOVEMENTS, shop=shop, now=NOW, zone=ZONE, language=language)
    yield (
        "tab-sale",
        receipt_slip(
            on_the_tab(),
            receipt="261123-1-0042",
            code=receipt_code("261123-1-0042"),
            till="1",
            local_time=NOW,
            text=ReceiptText(shop, language),
            owes=OWED.balance,
        ),
    )
    yield from insight(language, text)
    yield from parcels(language)
    platform = {"zh-CN": "阿里巴巴", "en": "Alibaba"}[language]
    yield "licence-ending", licence_slip(LICENCE, 14, platform, shop=shop, now=NOW, language=language)
    yield from goods(language)
    yield from purchase_slips(shop, NOW, language)
    yield from cash_slips(shop, NOW, language)
    yield from service_slips(shop, NOW, language)
    yield from app_orders(language)
    yield from set_up(language)
    yield "training", training_slip(practised(), till="1", local_time=NOW, text=ReceiptText(shop, language))


def set_up(language: str) -> Iterator[tuple[str, Slip]]:
    """The way to the page: on the shop's network, and on this machine alone."""
    draw = partial(set_up_slip, tid="T7K3M9Q2", store="S-00817", pin="8JGP9PRMVS9XR", language=language)
    shown = hashlib.sha256(b"a page's certificate").digest().hex(" ").upper()
    ways = PageWays(("https://192.168.1.36/",), "https://t7k3m9q2.local/", shown, is_for_phones=True)
    yield "set-up", draw(ways=ways)
    yield "set-up-no-network", draw(ways=replace(ways, urls=()))
    yield "set-up-wait", draw(ways=replace(ways, urls=(), service="http://10.11.12.1/"))
    found = (
        Found("counter_scanner", Part.SCANNER, Verdict.WORKS, seen=True),
        Found("receipt_printer", Part.PRINTER, Verdict.WORKS, seen=True),
        Found("receipt_printer", Part.DRAWER, Verdict.WORKS, seen=False),
        Found("keypad", Part.KEYPAD, Verdict.UNTRIED),
        Found("customer_display", Part.DISPLAY, Verdict.WORKS),
        Found("scale", Part.SCALE, Verdict.FAILED, "hw.device_offline"), Found("", Part.SPEAKER, Verdict.ABSENT),
    )  # fmt: skip
    checked = Checked("2026-11-23T14:04:00.000Z", "technician", "0.1.0", found)
    yield "hand-over", handover_slip(checked, tid="T7K3M9Q2", store="S-00817", now=NOW, language=language)
    own = Hotspot("EDGE-K3M9Q2", "7f3k9m2q8vxt", "10.11.12.1")
    yield "hotspot", hotspot_slip(own, tid="T7K3M9Q2", url="http://10.11.12.1/", language=language, is_new=True)
    yield (
        "hotspot-trial",
        trial_slip({"zh-CN": "小店", "en": "Corner Shop"}[language], ways, "/network", language=language),
    )
    yield "set-up-alone", draw(ways=PageWays(("http://127.0.0.1:8081/",)))
    erasure = Erasure("6A1B2C3D4E5F", "T7K3M9Q2", "S-00817", 48_211, is_sent=True)
    yield "erase", erase_slip(erasure, now=NOW, language=language)
    yield "erase-void", void_slip(erasure.number, tid=erasure.tid, now=NOW, language=language)


def insight(language: str, text: ReceiptText) -> Iterator[tuple[str, Slip]]:
    """What the platform advises, and what it has at the foot of a receipt."""
    code = receipt_code("261123-1-0042")
    plain = receipt_slip(bought(), receipt="261123-1-0042", code=code, till="1", local_time=NOW, text=text)
    yield "receipt-campaign", with_campaign(plain, CAMPAIGN, language)
    yield "plan", plan_slip(
        PLAN, code=lambda line: slip_code(OwnSlip(SlipKind.ADVICE, f"{line.number:06d}")), shop=text.shop, now=NOW,
        language=language,
    )  # fmt: skip


def evening(language: str) -> Slip:
    """今日报告 of a busy day."""
    summed = x_slip(REPORT, load_carriers(), shop=SHOPS[language], now=NOW, language=language)
    hours = (Hour(7, 21, Fen(23_050)), Hour(12, 18, Fen(25_480)), Hour(18, 27, Fen(41_260)))
    parts = (
        margin_rows(Margin(Fen(38_460), Fen(181_200), 6, Fen(14_850)), language), best_rows(SOLD, language),
        hour_rows(hours, language), sold_out_rows(GONE, 0, language), dead_rows(DEAD, language),
        expiring_rows(EXPIRING, 0, DAY, language),
    )  # fmt: skip
    return evening_slip(summed, parts, language)


def parcels(language: str) -> Iterator[tuple[str, Slip]]:
    """Of the station: what is stuck on parcels, and what couriers and customers take along."""
    shop, carriers = SHOPS[language], load_carriers()
    stored = Parcel("p", "YT7512345678901", "YTO", ParcelState.STORED, WHOSE, shelf="3-1-3001")
    post = carriers.named(LETTER.carrier)
    yield "shelf-label", shelf_label(stored, carrier=carriers.named("YTO").spoken(language), lines=(), day=NOW[5:10])
    yield "desk", desk_slip((40, 6, 2), NOW, by="小李", language=language)
    for name, shipment in (("send-label", PARCEL), ("letter-label", LETTER)):
        carrier = carriers.named(shipment.carrier).spoken(language)
        yield name, label_slip(shipment, carrier=carrier, shop=shop, language=language)
    yield "tracking", tracking_slip(
        LETTER, carrier=post.spoken(language), lines=post.slip.lines(language), receipt="261123-1-0042", shop=shop,
        local_time=NOW, language=language,
    )  # fmt: skip


def goods(language: str) -> Iterator[tuple[str, Slip]]:
    """Of the store room."""
    shop = SHOPS[language]
    day = date(2026, 11, 23)
    yield "received", receiving_slip(CAME, ORDERED, shop=shop, now=NOW, language=language)
    yield "received-no-order", receiving_slip(CAME_SO, None, shop=shop, now=NOW, language=language)
    yield "count", count_slip(COUNTED, {"6901234567892", "4"}, shop=shop, now=NOW, language=language)
    yield "recount", recount_slip(COUNTED[:2], shop=shop, now=NOW, language=language)
    yield "expiry", expiry_slip(DATED, day, shop=shop, now=NOW, language=language)
    yield "write-off", write_off_slip(CAME_SO[:2], "expired", Fen(4_210), shop=shop, now=NOW, language=language)


def app_orders(language: str) -> Iterator[tuple[str, Slip]]:
    """Of what customers order in an app."""
    platform = {"zh-CN": "阿里巴巴", "en": "Alibaba"}[language]
    words = {"shop": SHOPS[language], "local_time": NOW, "language": language}
    yield "app-pick", pick_slip(APP_ORDER, "V4711081520263", platform=platform, **words)
    picked = replace(APP_ORDER, lines=(replace(APP_ORDER.lines[0], picked=2), APP_ORDER.lines[1]))
    yield "app-bag", bag_label(picked, "V4711081520263", platform=platform, **words)
    yield "app-off", off_slip(picked, **words)
    kettle = add_item(Sale(SHIFT), Item(sku="6902", name="电热水壶 1.5L", price=Fen(5_900), name_en="Kettle 1.5 l"))
    told = {"zh-CN": ("凭此单和发票保修",), "en": ("Keep it with the receipt",)}
    yield "warranty", warranty_slip(
        replace(kettle.lines[0], serial="JDK2026A00817"), told[language], shop=SHOPS[language],
        receipt="261123-1-0042", bought=DAY, months=12, language=language,
    )  # fmt: skip


def bought() -> Sale:
    """Cola in a deal, apples over the scale, paid in part in cash, the rest by a wallet."""
    sale = Sale(SHIFT)
    for name, price, pieces in (("可口可乐 330ml", 350, 3), ("康师傅红烧牛肉面", 450, 1)):
        sale = add_item(sale, Item(sku=name, name=name, price=Fen(price)), qty=Milli(pieces * 1_000))
    sale = add_item(sale, Item(sku="2100045", name="红富士苹果", price=Fen(998), weighed=True), qty=Milli(735))
    priced = Pricing(read_promotions(TomlFile("slips.toml", DEALS))).priced(
        sale, datetime(2026, 11, 23, 12, tzinfo=UTC)
    )
    part = tender_cash(moved(priced, Event.SUBTOTAL), Fen(1_000), Rounding.NONE)
    return tender_paid(part, Tender(Method.WECHAT, part.due, payment=SHIFT, reference="4200002211"))


def on_the_tab() -> Sale:
    """Something cheaper than its list price, put on the tab."""
    sale = Sale(SHIFT)
    for name, price in (("可口可乐 330ml", 350), ("康师傅红烧牛肉面", 450)):
        sale = add_item(sale, Item(sku=name, name=name, price=Fen(price)))
    sale = moved(repriced(sale, 2, Fen(400)), Event.SUBTOTAL)
    return tender_paid(sale, Tender(Method.TAB, sale.due, reference=OWED.customer))


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
