"""A shop whose goods are received, counted, dated and written off: what its hands do, and what the books then say."""

from __future__ import annotations

from pathlib import Path

from counter_bench import COLA, SHELF, CounterBench, ean, goods
from habits import Habits

from edge.codec.command_card import card_code
from edge.codec.gtin import check_digit
from edge.messages import Outcome
from edge.model.counter import Counter
from edge.model.item import Gtin14, Item
from edge.model.money import Fen, Milli

RECEIVE, COUNT, EXPIRY, WRITE_OFF = (card_code(number) for number in (171, 172, 175, 176))
STOP, CANCEL, EXACT_CASH = card_code(190), card_code(106), card_code(102)
BEEF, MILK, JUICE = ean("690555555555"), ean("690444444444"), ean("690333333333")


def carton(barcode: str, indicator: int = 1) -> str:
    """The GTIN-14 on the carton of these goods."""
    head = f"{indicator}{barcode[:12]}"
    return head + check_digit(head)


CHIPS = ean("690222222222")
COLA_CARTON, MILK_CARTON, CHIPS_CARTON = carton(COLA), carton(MILK, 2), carton(CHIPS)
STOCKED = (
    *SHELF,
    goods(BEEF, "牛肉", 6000, weighed=True, plu="12"),
    goods(MILK, "牛奶", 500, pack=12),  # its carton is in no catalogue
    goods(JUICE, "果汁", 700),
    goods(CHIPS, "薯片", 800),  # nobody knows how many are in its carton
    Item(COLA_CARTON, "可乐整箱", Fen(7000), gtin=Gtin14(COLA_CARTON), pack=24),
)


class StockBench(CounterBench):
    def __init__(self, folder: Path, habits: Habits | None = None) -> None:
        super().__init__(folder, habits, items=STOCKED)

    def on_hand(self, sku: str) -> int | None:
        """In thousandths; None: nobody knows."""
        tx = self.begin()
        found: Milli | None = tx.stock.on_hand(sku)
        tx.rollback()
        return found

    def pieces(self, sku: str) -> int | None:
        found = self.on_hand(sku)
        return None if found is None else found // 1000

    @property
    def counter(self) -> Counter:
        tx = self.begin()
        counter: Counter = tx.counter
        tx.rollback()
        return counter

    def done(self) -> None:
        """All is scanned: Enter, and yes."""
        self.keys("EE")

    def received(self, *scans: str) -> None:
        self.card(RECEIVE)
        self.scan(*scans)
        self.done()

    def count(self, sku: str, pieces: int) -> None:
        """A count of these goods alone, from card to slip, whatever the books say."""
        self.card(COUNT)
        self.scan(sku)
        self.keys(f"{pieces}E")
        self.done()
        if "count.again" in self.prompts[-3:]:
            self.done()

    def slip(self) -> list[str]:
        """The newest paper, as texts from top to bottom: all that waits is printed first."""
        if not self.printed:
            self.printer_ready()
        printed = -1
        while printed != len(self.printed):
            printed = len(self.printed)
            self.paper(Outcome.DONE)
        return [text for block in self.printed[-1].slip.blocks for text in texts(block)]


def texts(block: object) -> list[str]:
    return [getattr(block, name) for name in ("text", "left", "right") if hasattr(block, name)]
