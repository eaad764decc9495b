"""The one behind the counter: scans, looks, scans again where nothing happened, as a person would."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random
from time import monotonic

from counter_devices import LOOK_AGAIN_S
from shop_bench import EXACT_CASH, PRICES, Shop

GLANCE_S = 0.6
"""Without a reaction for so long, a person tries again. Above the time within which the same code is a double read."""
GIVE_UP_S = 30.0
MAX_GOODS = 3
CUSTOMER_S = (0.0, 0.1)
"""Until the next one has put down the basket."""
UNPRINTED_MAX = 20
"""Customers that wait for their paper, which comes more slowly than scans; with more of them nobody is served."""


class Clerk:
    """Looks only at what a person sees: the basket, as the display shows it, and whether the sale is done."""

    def __init__(self, shop: Shop, chance: Random) -> None:
        self.again = 0
        """Scans that had to be repeated."""
        self._shop = shop
        self._chance = chance
        self._last = ""
        self._pause = threading.Event()

    def sell(self) -> None:
        """One customer: goods until there is a basket as wanted, then cash until the sale is booked."""
        books = self._shop.books
        self._pause.wait(self._chance.uniform(*CUSTOMER_S))
        self._hand_out_receipts()
        wanted, sold = self._chance.randint(1, MAX_GOODS), books.sold
        deadline = monotonic() + GIVE_UP_S
        while books.sold == sold and books.basket < wanted:
            assert monotonic() < deadline, "goods cannot be put in the basket"
            self._put_in_basket(self._chance.choice([code for code in PRICES if code != self._last]))
        deadline = monotonic() + GIVE_UP_S
        while books.sold == sold:
            assert monotonic() < deadline, "a sale cannot be paid"
            if books.basket == 0:
                return  # an earlier scan was booked after all, and what it left is sold
            self._try(EXACT_CASH, lambda: books.sold > sold)

    def _hand_out_receipts(self) -> None:
        deadline = monotonic() + GIVE_UP_S
        waiting = "SELECT count(*) FROM print_job WHERE state = 'queued'"
        while self._shop.books.rows(waiting)[0][0] > UNPRINTED_MAX:
            assert monotonic() < deadline, "the receipts do not come out"
            self._pause.wait(LOOK_AGAIN_S)

    def _put_in_basket(self, code: str) -> None:
        lines = self._shop.books.basket
        self._try(code, lambda: self._shop.books.basket > lines)

    def _try(self, code: str, came: Callable[[], bool]) -> None:
        """Scan once and look for a moment."""
        self.again += code == self._last
        self._last = code
        self._shop.devices.scan(code)
        deadline = monotonic() + GLANCE_S
        while not came() and monotonic() < deadline:
            self._pause.wait(LOOK_AGAIN_S / 2)
