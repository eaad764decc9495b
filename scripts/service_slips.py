"""Slips of service orders for the pictures of `scripts/slips.py`: what customers get who order what others do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.model.service_order import ServiceOrder, ServiceState
from edge.model.service_slip import (
    SlipSide,
    back_lines,
    back_slip,
    due_lines,
    failure_slip,
    owing_slip,
    pending_slip,
    proof_slip,
    quote_slip,
    reversed_slip,
)
from edge.model.slip import Slip
from edge.platform_file import load_platforms

ID, DAY = "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f", date(2026, 11, 23)
CUT_OFF = datetime(2026, 11, 24, 9, tzinfo=UTC)
UNTIL = datetime(2026, 11, 23, 15, tzinfo=UTC)
PHONE = ServiceOrder(
    ID, ServiceKind.TOP_UP, "PHONE", "话费充值", "Phone top-up", Fen(1_000), Fen(1_000), UNTIL, UNTIL,
    subject="138****8000",
)  # fmt: skip
GOODS = ServiceOrder(
    ID, ServiceKind.ORDER, "ALI_ORDER", "电饭锅 3L ×2", "Rice cooker 3 l ×2", Fen(9_800), Fen(9_800), UNTIL, UNTIL,
    cancellable=True,
)  # fmt: skip
COMES = {"zh-CN": "预计2026-11-26到货", "en": "Expected 2026-11-26"}


def service_slips(shop: str, now: str, language: str) -> Iterator[tuple[str, Slip]]:
    """Quoted, paid, done, failed, taken back; goods that are ordered."""
    platforms = load_platforms(["alibaba"])
    side = SlipSide(shop, language, "V4711081520263", now, help=platforms.foot("ALI_TOP_UP", language))
    paid = replace(side, receipt="261123-1-0042")
    told = replace(paid, help=platforms.text("alibaba").help.lines(language))
    travelled = replace(paid, help=platforms.foot("ALI_TRAVEL", language))
    phone = replace(PHONE, sale=ID)
    done = replace(phone, reference="T20261123000017")
    yield "service-quote", quote_slip(PHONE, side, until="2026-11-23 22:34")
    bill = replace(
        PHONE, name="生活缴费", name_en="Bill payment", subject="330****5682", price=Fen(8_640), amount=Fen(8_640),
        lines=(*due_lines(date(2026, 11, 20), DAY, language), "户名 *明"),
    )  # fmt: skip
    yield "service-bill", quote_slip(bill, side, until="2026-11-23 22:34")
    trip = replace(
        done, name="车票酒店", name_en="Travel", subject="", price=Fen(7_300), amount=Fen(7_300), cancellable=True,
        lines=(*back_lines(CUT_OFF, Fen(730), DAY, language), "杭州东 - 上海虹桥", "2026-11-24 09:30", "二等座 1人"),
    )  # fmt: skip
    seat = ("检票口 12A", "08车 06F")
    yield (
        "service-ticket",
        proof_slip(trip, travelled, lines=seat, ticket="TICKET:019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f"),
    )
    yield "service-back", back_slip(replace(trip, fee=Fen(730)), told, back=Fen(6_570))
    yield "service-pending", pending_slip(phone, paid)
    yield "service-proof", proof_slip(done, paid)
    yield "service-failure", failure_slip(phone, told, back=phone.price, later=False)
    yield "service-failure-later", failure_slip(phone, told, back=phone.price, later=True)
    late = replace(GOODS, state=ServiceState.COMPLETED)
    owing = (replace(PHONE, state=ServiceState.UNKNOWN), replace(bill, state=ServiceState.FAILED), late)
    yield "service-owing", owing_slip(owing, shop=shop, now=now, language=language)
    yield "service-reversed", reversed_slip(done, told)
    fetch = replace(paid, help=platforms.foot("ALI_ORDER", language))
    goods = replace(GOODS, lines=(COMES[language],))
    ordered = replace(goods, sale="s-1", state=ServiceState.COMPLETED, reference="T20261123000018")
    yield "order-quote", quote_slip(goods, replace(side, help=fetch.help), until="2026-11-23 22:34")
    yield "order-paid", proof_slip(ordered, fetch)
    yield "order-later", proof_slip(replace(ordered, sale=""), replace(fetch, receipt=""))
    off = replace(goods, state=ServiceState.CANCELLED)
    yield "order-off", failure_slip(off, replace(told, receipt=""), back=Fen(0), later=False)
