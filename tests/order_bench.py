"""A counter where goods are ordered for customers: a booklet, a parcel station, and a marketplace behind the cloud."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from counter_bench import Habits, ean
from link_bench import online
from parcel_bench import IN, STOP, ParcelBench
from service_bench import ServiceBench
from test_jws import KEYS

from edge.clock import iso_ms
from edge.codec.command_card import card_code
from edge.codec.gtin import to_gtin14
from edge.codec.topics import Down
from edge.codec.wire_parcel import EXPECT
from edge.model.booklet import Booklet, BookletItem
from edge.model.ids import uuid7
from edge.model.money import Fen
from edge.model.online_order import OnlineOrder
from edge.model.parcel import Parcel
from edge.model.service_order import ServiceOrder
from edge.reference_cloud.marketplace import parcel_of

ORDER, COLLECT = card_code(147), card_code(148)
CHANCE = Random(7)


def article(plan: int) -> str:
    """A barcode whose provider does as the reference cloud's plan says: its last two digits."""
    return next(code for n in range(1_000) if (code := ean(f"690123{n:06d}")).endswith(f"{plan:02d}"))


RICE_COOKER, FAN = article(0), article(1)
BOOKLET = Booklet(
    [
        BookletItem(to_gtin14(RICE_COOKER), RICE_COOKER, "电饭锅 3L", "Rice cooker 3 l", Fen(4_900), 3),
        BookletItem(to_gtin14(FAN), FAN, "电风扇", "", Fen(5_000), 2, "JD_ORDER"),
    ]
)


class OrderBench(ServiceBench, ParcelBench):
    def __init__(self, folder: Path, habits: Habits | None = None, **more: Any) -> None:
        habits = habits or Habits(parcels=True, command_keys=KEYS, booklet=BOOKLET)
        super().__init__(folder, habits, boards=1, **more)

    # --- the customer ----------------------------------------------------------------------------------------------

    def quote_goods(self, barcode: str = RICE_COOKER, pieces: int = 1) -> ServiceOrder:
        """Card, barcode, pieces, Enter; the marketplace's price."""
        before = len(self.asked())
        self.card(ORDER)
        self.scan(barcode)
        if pieces > 1:
            self.keys(f"{pieces}E")
        self.keys("E")
        assert len(self.asked()) == before + 1, f"nothing was asked: {self.prompts[-3:]}"
        self.answer(self.asked()[-1])
        return self.orders()[-1]

    def bought(self, barcode: str = RICE_COOKER) -> ServiceOrder:
        """Ordered, and paid in cash at once."""
        order = self.quote_goods(barcode)
        self.keys("E")
        self.card(card_code(102))
        self.serve(2)
        return self.order(order.id)

    def placed(self, barcode: str = RICE_COOKER) -> ServiceOrder:
        """Ordered, to be paid when it is fetched."""
        order = self.quote_goods(barcode)
        self.card(COLLECT)
        self.serve(2)
        return self.order(order.id)

    # --- the cloud -------------------------------------------------------------------------------------------------

    def announce(self, order: ServiceOrder) -> str:
        """The cloud tells of the parcel that brings it; its waybill."""
        (parcel,) = parcel_of(order.id)
        now = self.clock.wall()
        told = {"parcels": [parcel.model_dump(mode="json", exclude_none=True)]}
        self.hear(
            Down.CMD,
            {"cid": uuid7(now, CHANCE), "type": EXPECT, "iat": iso_ms(now), "ttl_s": 600, "args": told, "by": "svc:m"},
        )
        return parcel.waybill

    def arrive(self, order: ServiceOrder, *, announced: bool = True) -> str:
        """Its parcel is put onto the shelf; its waybill."""
        waybill = self.announce(order) if announced else parcel_of(order.id)[0].waybill
        self.card(IN)
        self.scan(waybill)
        self.card(STOP)
        return waybill

    def news(self, order: ServiceOrder | None = None, state: str = "", **more: Any) -> None:
        """The signed notice service.changed; without an order, what time has brought at the providers."""
        if order is None:
            super().news()
            return
        self.signed_news({"soid": order.id, "cur": "CNY", "price": order.price, "state": state} | more)

    # --- what is known ---------------------------------------------------------------------------------------------

    def goods(self, order: ServiceOrder) -> OnlineOrder:
        tx = self.begin()
        found: OnlineOrder | None = tx.online_orders.find(order.id)
        tx.rollback()
        assert found is not None
        return found

    def parcel(self, order: ServiceOrder) -> Parcel:
        return self.known(parcel_of(order.id)[0].waybill)

    def said(self, prompt: str) -> bool:
        return prompt in self.prompts


def open_shop(folder: Path, **more: Any) -> OrderBench:
    """Online, paper in the printer, and nothing said yet."""
    shop = OrderBench(folder, **more)
    shop.printer_ready()
    online(shop)
    shop.hush()
    return shop
