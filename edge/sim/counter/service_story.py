"""A phone is topped up, as a passage of the short day: read back, quoted, paid with the bill, done."""

from __future__ import annotations

from collections.abc import Callable

from edge.sim.counter.shop import Shop
from edge.sim.counter.stage import Stage

PHONE = "13800138000"
"""A phone whose provider does what it should (reference_cloud/providers.py)."""
DONE_S = 10.0
"""From the money to the provider's word."""


class ServicePassage:
    """`papers`: how many the printer gave for services so far."""

    def __init__(self, shop: Shop, stage: Stage, tell: Callable[[str], None]) -> None:
        self.papers = 0
        self._shop = shop
        self._stage = stage
        self._tell = tell

    def top_up(self) -> None:
        stage = self._stage
        stage.card("Phone top-up")
        stage.hear("svc.phone")
        stage.keys(*PHONE, "Enter")
        stage.hear("svc.amount")
        stage.card("Top up ¥10")
        read_back = stage.hear("svc.readback").text
        stage.keys("Enter")
        price = stage.hear("svc.price", within_s=DONE_S).text
        self._tell(f"A phone is topped up: {read_back}. Enter. The provider: {price}, and a slip with a barcode.")
        stage.keys("Enter")
        stage.hear("item.added")
        sale = stage.exact_cash()
        done = stage.hear("svc.ok", within_s=DONE_S).text
        self.papers += 2
        proof = "it was done, which a slip proves"
        stage.until(lambda: any("办理成功" in slip.text for slip in self._shop.bench.slips()), proof, within_s=DONE_S)
        texts = [slip.text for slip in self._shop.bench.slips()]
        stage.insist("no paper has the whole number", expected=0, got=sum(PHONE in text for text in texts))
        self._tell(f"It goes into the bill and is paid, ¥{sale.amount}; then it is done. The voice: {done}.")
