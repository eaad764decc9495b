"""What a story needs: hands that wait for the terminal's answer, and a way to insist."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge.clock import Clock
from edge.errors import EdgeError
from edge.model.money import Fen, parse_yuan
from edge.paper.mark import PaperSlip
from edge.sim.counter.goods import Good, cards, goods
from edge.sim.counter.shop import Shop
from edge.sim.counter.terminal import SaleLine, Sentence

PATIENCE_S = 6.0
"""For what happens at the counter; nobody waits longer at a till."""
LOOK_EVERY_S = 0.02
PROOF = "办理成功"
"""The title of what proves that a service was done."""
QUIET_S = 1.5
"""A printer that stood still for so long, while nothing waits, is done: the terminal's page is up to a second old."""


class NotSo(EdgeError):
    """The demo claims something that did not come true.

    A sale that no cloud has; a receipt that was printed twice; a basket that a power cut has emptied.
    """


class Stage:
    """The shop in the hands of a script. Every method raises NotSo when the terminal does not answer as it must."""

    def __init__(self, shop: Shop, clock: Clock, stop: threading.Event) -> None:
        self.shop = shop
        self.booked: list[SaleLine] = []
        self.takings = Fen(0)
        self._clock = clock
        self._stop = stop
        self._heard = 0
        self._goods = {good.name_en: good for good in goods()}
        self._cards = {card.name_en: card for card in cards()}

    def good(self, name_en: str) -> Good:
        return self._goods[name_en]

    def scan(self, name_en: str) -> str:
        """Scan a good and hear it; returns the sentence."""
        self.shop.bench.scan(self.good(name_en).code)
        return self.hear("item.added").text

    def card(self, name_en: str) -> None:
        self.shop.bench.scan(self._cards[name_en].code)

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.shop.press(key)

    def hear(self, *prompts: str, within_s: float = PATIENCE_S) -> Sentence:
        """The next sentence that is one of `prompts`; what was said before it is passed over."""
        found: list[Sentence] = []

        def said() -> bool:
            found[:] = [s for s in list(self.shop.talk.sentences) if s.no > self._heard and s.prompt in prompts]
            return bool(found)

        self.until(said, f"the terminal says {' or '.join(prompts)}", within_s=within_s)
        self._heard = found[0].no
        return found[0]

    def paid(self, *prompts: str) -> SaleLine:
        """Hear the money spoken, and find the sale booked."""
        before = len(self.booked)
        self.hear(*prompts)
        self.until(lambda: len(self.shop.talk.sales) > before, "the console shows the sale")
        sale = self.shop.talk.sales[before]
        self.booked.append(sale)
        self.takings = Fen(self.takings + parse_yuan(sale.amount))
        return sale

    def exact_cash(self) -> SaleLine:
        self.card("Exact cash")
        return self.paid("sale.exact")

    def until(self, holds: Callable[[], bool], claim: str, *, within_s: float = PATIENCE_S) -> float:
        """Wait for it; returns after how many seconds it held."""
        started = self._clock.mono()
        while not holds():
            if self._stop.wait(LOOK_EVERY_S):
                raise NotSo("somebody stopped the story", where=claim)
            if self._clock.mono() - started > within_s:
                last = self.shop.talk.lines[-1] if self.shop.talk.lines else ""
                raise NotSo(f"it is not so that {claim}", expected=f"within {within_s:.0f} s", got=f"last line: {last}")
        return self._clock.mono() - started

    def pause(self, seconds: float) -> None:
        """What a hand takes."""
        self._stop.wait(seconds)

    def insist(self, claim: str, *, expected: object, got: object) -> None:
        if expected != got:
            raise NotSo(f"it is not so that {claim}", expected=str(expected), got=str(got))

    # --- what can be known -----------------------------------------------------------------------------------------

    def prints(self, which: str) -> int:
        """Print jobs that are `waiting` or `unknown`; -1 while nobody answers."""
        health = self.shop.terminal.health()
        return int(health[f"{which}_prints"]) if health else -1

    def papers(self, receipt: str, *, copies: bool = False) -> int:
        """Receipts with that number, whole or torn; the proof of a service names its receipt, too, and is none."""
        found = [slip for slip in self.shop.bench.slips() if receipt in slip.text and PROOF not in slip.text]
        return sum(slip.is_copy == copies for slip in found)

    def is_receipt(self, slip: PaperSlip) -> bool:
        """Whether it is an original that names one of the sales, whole or torn."""
        named = any(sale.receipt in slip.text for sale in self.booked)
        return named and PROOF not in slip.text and not slip.is_copy

    def wait_for_paper(self, within_s: float) -> None:
        """Until the paper has stood still for a while and nothing waits."""
        quiet_since = self._clock.mono()

        def still() -> bool:
            nonlocal quiet_since
            with self.shop.bench.at_the_printer() as printer:
                busy = printer.busy
            if busy or self.prints("waiting") != 0:
                quiet_since = self._clock.mono()
            return self._clock.mono() - quiet_since >= QUIET_S

        self.until(still, "every receipt is printed", within_s=within_s)

    def drawer_pulses(self) -> int:
        with self.shop.bench.at_the_printer() as printer:
            return printer.drawer.pulses

    def online(self) -> bool:
        health = self.shop.terminal.health()
        return health is not None and health["link"] == "online"

    def in_cloud(self, receipt: str) -> bool:
        self.shop.unsent()
        return any(row.data.get("receipt") == receipt for row in self.shop.books.newest)

    def all_confirmed(self) -> bool:
        return self.shop.unsent() == 0 and self.shop.balance.cloud > 0
