"""The shop orders what runs out, as a passage of the short day: proposed, a line dropped, ordered, received."""

from __future__ import annotations

from collections.abc import Callable

from edge.reference_cloud.report import CloudReport
from edge.sim.counter.shop import Shop
from edge.sim.counter.shop_file import TID
from edge.sim.counter.stage import Stage
from edge.sim.counter.supply import cartons

PRINTED_S = 10.0
"""Two long slips."""
ORDERED_S = 10.0
"""From the owner's yes to a supplier who has it."""
PROPOSAL, ORDER, RECEIVED = "补货建议", "订货单", "收货单"
"""Titles of papers."""
FIRST = "Ham sausage"
"""What runs out first."""
PURCHASED, MOVED = "purchase.received", "stock.moved"
TWICE_S = 1.0
"""Enter so soon after Enter is a hand that trembles."""


class SupplyPassage:
    """`papers`: how many the printer gave for what the shop buys so far."""

    def __init__(self, shop: Shop, stage: Stage, tell: Callable[[str], None]) -> None:
        self.papers = 0
        self._shop = shop
        self._stage = stage
        self._tell = tell

    def orders_and_receives(self) -> None:
        stage = self._stage
        stage.card("Suggested order")
        proposed = stage.hear("buy.printed").text
        self._until_printed(PROPOSAL, "a proposal is on paper")
        wanted, unwanted, *_, whole = self._codes()
        self._tell(f"What runs out is proposed on paper, by what was sold in four weeks. The voice: {proposed}.")
        self._shop.bench.scan(wanted)
        stage.hear("buy.line")
        stage.keys("1", "*")
        taken = stage.hear("buy.line").text
        self._shop.bench.scan(unwanted)
        stage.hear("buy.line")
        stage.keys("-")
        dropped = stage.hear("buy.dropped").text
        stage.keys("Enter")
        refused = stage.hear("buy.owner").text
        self._shop.bench.scan(self._shop.bench.owners_code() or "")
        stage.hear("buy.enter")
        stage.keys("Enter")
        stage.hear("buy.confirmed")
        placed = stage.hear("buy.placed", within_s=ORDERED_S).text
        self._until_printed(ORDER, "what was ordered is on paper")
        self._tell(f"{taken}. {dropped}. Enter: {refused}. The owner's card, Enter: {placed}.")
        self._receive(whole)

    def _receive(self, slip: str) -> None:
        """The carton comes; its pieces are in the books, and the cloud knows of both."""
        stage = self._stage
        stage.card("Receive goods")
        stage.hear("recv.scan")
        self._shop.bench.scan(slip)
        stage.hear("recv.order")
        (carton,) = [one.code for one in cartons() if one.name_en.startswith(FIRST)]
        self._shop.bench.scan(carton)
        came = stage.hear("stock.recv").text
        stage.keys("Enter")
        stage.hear("recv.all_q")
        stage.pause(TWICE_S)
        stage.keys("Enter")
        done = stage.hear("recv.done").text
        self._until_printed(RECEIVED, "what came is on paper")
        stage.until(lambda: self._in_cloud() == (1, 1), "the cloud has one order and its goods", within_s=ORDERED_S)
        self._tell(f"The carton comes and is scanned: {came}. {done}.")

    def _until_printed(self, title: str, claim: str) -> None:
        slips = self._shop.bench.slips
        self._stage.until(lambda: any(title in slip.text for slip in slips()), claim, within_s=PRINTED_S)
        self.papers += 1

    def _in_cloud(self) -> tuple[int, int]:
        rows = CloudReport(self._shop.cloud_file).rows(TID, "tx")
        kinds = [row.type for row in rows if row.type != MOVED or row.data.get("why") == "received"]
        return kinds.count(PURCHASED), kinds.count(MOVED)

    def _codes(self) -> list[str]:
        """Of the newest paper, from its first line to the slip as a whole."""
        number = self._shop.bench.look()["slips"][-1]
        return [code for _, code in self._shop.bench.slip_codes(number)]
