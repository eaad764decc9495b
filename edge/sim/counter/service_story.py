"""A phone is topped up, as a passage of the short day: read back, quoted, paid with the bill, done."""

from __future__ import annotations

from collections.abc import Callable

from edge.sim.counter.shop import Shop
from edge.sim.counter.stage import PROOF, Stage

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
        self._until_printed("业务单", "its slip is on paper")
        stage.keys("Enter")
        stage.hear("item.added")
        sale = stage.exact_cash()
        done = stage.hear("svc.ok", within_s=DONE_S).text
        self.papers += 2
        self._until_printed(PROOF, "it was done, which a slip proves")
        texts = [slip.text for slip in self._shop.bench.slips()]
        stage.insist("no paper has the whole number", expected=0, got=sum(PHONE in text for text in texts))
        self._tell(f"It goes into the bill and is paid, ¥{sale.amount}; then it is done. The voice: {done}.")

    def _until_printed(self, title: str, claim: str) -> None:
        self._stage.until(lambda: any(title in slip.text for slip in self._shop.bench.slips()), claim, within_s=DONE_S)
