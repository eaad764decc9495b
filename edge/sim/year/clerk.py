"""The one behind the counter: scans, keys and cards, looks whether the box did what was asked, tries again if not.

Nothing went wrong: the basket must be exactly as asked. Something did (the power, a cable, a torn code): after one
gesture it is as before or as asked, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.model.item import is_goods
from edge.sim.year.bill import seen_in
from edge.sim.year.box import Box
from edge.sim.year.clock import YearClock
from edge.sim.year.day_errands import ERRANDS
from edge.sim.year.faults import Faults
from edge.sim.year.goods import Shelf
from edge.sim.year.hands import TRIES_MAX
from edge.sim.year.paying import HOLD, SAY_AGAIN, THINK_S
from edge.sim.year.stock_hands import StockHands
from edge.sim.year.witness import Witness

REMOVE_NEXT, UNDO, CANCEL, PRICE_CHECK, REPRINT, OPEN_DRAWER, HELP, TRAINING = (
    card_code(number) for number in (104, 105, 106, 109, 111, 163, 181, 187)
)
PRACTICE_ON, PRACTICE_OFF = "train.on", "train.off"
MEMBERS = tuple(slip_code(OwnSlip(SlipKind.MEMBER, f"13800{n:06d}")) for n in range(20))
HELD_MAX = 5
"""Baskets that a mishap left aside; with more nobody is asked to wait."""
PIECES_CARDS = {card_code(121): 2, card_code(122): 3, card_code(125): 10}
WISHES_MAX = 7
PRACTICE, POST_VOIDS, REPRINTS, LOOKS_INTO_DRAWER = 0.02, 0.04, 0.05, 0.05
"""How often beside a customer."""
MORE_AT_THE_DESK, DESK, DESK_OF_STATION = 0.7, (6, 4, 4, 4), (6, 4, 4, 0)
"""How often something else follows a service: loans, slips of a bank, orders from apps, parcels to be sent. Where there
is a wall what others send is not mixed with what lies here.
"""
ON_OFFER = 0.15
"""How often a customer takes what is on offer."""


class Clerk(StockHands):
    """Serves one customer after the other, and does what a shop day needs between two of them. `services`: how many of
    the wishes are for one.
    """

    def __init__(
        self, box: Box, shelf: Shelf, witness: Witness, clock: YearClock, chance: Random, faults: Faults,
        complain: Callable[[str], None], busy: Callable[[], None], services: float,
    ) -> None:  # fmt: skip
        super().__init__(box, witness, clock, chance, faults, complain, busy)
        self._shelf = shelf
        self._services = services
        self._ajar, self._applied = [], []
        self.customers = 0
        self.sent_away = 0
        """Customers who left without what they had put on the counter."""
        self._keyed: dict[str, set[int]] = {}
        """Prices that were keyed, or came of a key that was lost, by the barcode that they were for."""
        self._ways: tuple[tuple[int, Callable[[], Iterator[float]]], ...] = (
            (60, self._scan_goods), (8, self._scan_stranger), (6, self._key_open_price), (6, self._change_pieces),
            (5, self._repeat), (6, self._remove_last), (4, self._remove_by_scan), (5, self._undo),
            (3, self._check_price), (2, self._scan_nonsense), (2, self._ask_for_help), (1, self._cancel),
            (2, self._hold_and_recall), (3, self._show_member_card),
        )  # fmt: skip

    def serve(self) -> Iterator[float]:
        """One customer, from the first code to the shut drawer."""
        yield from self._until_nothing_is_asked()
        self._is_another_box()
        self.bill.begin_anew(seen_in(self._box.counter), knows_history=self._box.counter.sale is None)
        if self._chance.random() < ERRANDS:
            yield from self._errand()
        if self._chance.random() < PRACTICE:
            yield from self._practise()
        ways = [way for _, way in self._ways]
        weights = [weight for weight, _ in self._ways]
        for _ in range(self._chance.randint(1, WISHES_MAX)):
            yield from self._until_nothing_is_asked()
            if self._part_paid() or self._waits():  # by the customer before, whom a mishap interrupted
                break
            wants_service = self._chance.random() < self._services
            yield from self._want_service() if wants_service else self._chance.choices(ways, weights)[0]()
            if wants_service and self._chance.random() < MORE_AT_THE_DESK:
                yield from self._until_nothing_is_asked()
                desk = (self._loan, self._bank_note, self._app_order, self._send)
                yield from self._chance.choices(desk, DESK if self._witness.post is None else DESK_OF_STATION)[0]()
                yield from self._until_nothing_is_asked()
            yield self._chance.uniform(*THINK_S)
        self.customers += 1
        yield from self._pay()
        self.sent_away += bool(self.bill.entries)
        yield self._chance.uniform(*THINK_S)
        self._box.ware.drawer.shut()
        if self._chance.random() < POST_VOIDS and not self.bill.entries:
            yield from self._take_back()
        if self._chance.random() < REPRINTS:
            yield from self._gesture(self._scan(REPRINT), self.bill.entries)
        if self._chance.random() < LOOKS_INTO_DRAWER:
            yield from self._gesture(self._scan(OPEN_DRAWER), self.bill.entries)
            self._box.ware.drawer.shut()

    # --- wishes ----------------------------------------------------------------------------------------------------

    def _scan_goods(self) -> Iterator[float]:
        offers = self._witness.deals.skus if self._chance.random() < ON_OFFER else []
        code = self._chance.choice(offers or self._shelf.codes)
        for _ in range(TRIES_MAX):
            price = self._price(code)
            if price is None:
                return  # no catalogue has come yet
            before = self.bill.entries
            yield from self._gesture(self._scan(code, faulty=True), self.bill.added(code, price))
            if len(self.bill.entries) > len(before):
                return

    def _scan_stranger(self) -> Iterator[float]:
        """A code that nobody knows: the box asks for its price, until a sale with it is paid."""
        code = self._chance.choice(self._shelf.strangers)
        price = self._price(code)
        if price is not None:
            yield from self._gesture(self._scan(code), self.bill.added(code, price))
            return
        yield from self._gesture(self._scan(code), self.bill.entries)
        if self._box.counter.waiting is Waiting.PRICE:
            fen = self._chance.randint(1, 99) * 10
            yield from self._gesture(
                self._keys(f"{fen / 100:.1f}", Key.ENTER), self.bill.added(code, fen), single=False
            )
            self._keyed.setdefault(code, {fen}).update(price for sku, _, price in self.bill.entries if sku == code)

    def _key_open_price(self) -> Iterator[float]:
        fen = self._chance.randint(1, 990) * 10
        yield from self._gesture(
            self._keys(f"{fen / 100:.1f}", Key.PLUS), self.bill.added("open", fen), single=False
        )  # fmt: skip

    def _change_pieces(self) -> Iterator[float]:
        if not self.bill.entries:
            return
        if self._chance.random() < 0.5:
            card, pieces = self._chance.choice(list(PIECES_CARDS.items()))
            yield from self._gesture(self._scan(card), self.bill.resized(pieces))
        else:
            pieces = self._chance.randint(1, 99)
            yield from self._gesture(self._keys(str(pieces), Key.TIMES), self.bill.resized(pieces), single=False)

    def _repeat(self) -> Iterator[float]:
        if self.bill.entries:
            yield from self._gesture(self._keys("", Key.PLUS), self.bill.repeated())

    def _remove_last(self) -> Iterator[float]:
        yield from self._gesture(self._keys("", Key.MINUS), self.bill.without_last())

    def _remove_by_scan(self) -> Iterator[float]:
        yield from self._gesture(self._scan(REMOVE_NEXT), self.bill.entries)
        if self._box.counter.waiting is Waiting.REMOVE:
            code = self._chance.choice([sku for sku, _, _ in self.bill.entries if is_goods(sku)] or self._shelf.codes)
            yield from self._gesture(self._scan(code), self.bill.without(code))

    def _undo(self) -> Iterator[float]:
        if not self.bill.knows_history:
            return
        marks, sale, of_card = self._marks(), self._box.counter.sale, self.bill.undoes_no_goods
        yield from self._gesture(self._scan(UNDO), self.bill.undone(), is_undo=True)
        if sale is not None and (of_card or marks != self._marks()):
            self._witness.doubt_card(sale.id)

    def _check_price(self) -> Iterator[float]:
        yield from self._gesture(self._scan(PRICE_CHECK), self.bill.entries)
        if self._box.counter.waiting is Waiting.PRICE_CHECK:
            yield from self._gesture(self._scan(self._chance.choice(self._shelf.codes)), self.bill.entries)

    def _scan_nonsense(self) -> Iterator[float]:
        yield from self._gesture(self._scan("%%nonsense%%"), self.bill.entries)

    def _ask_for_help(self) -> Iterator[float]:
        yield from self._gesture(self._scan(self._chance.choice([HELP, SAY_AGAIN])), self.bill.entries)

    def _hold_and_recall(self) -> Iterator[float]:
        """The purse is in the car: the next customer would be served, then the slip brings the basket back."""
        kept, sale = self.bill.entries, self._box.counter.sale
        left_of_practice = sale is not None and sale.training  # its slip opens nothing once practice is over
        if not kept or left_of_practice or len(self._held()) >= HELD_MAX:
            return
        yield from self._gesture(self._scan(HOLD), [])
        held = self._held()
        if held and not self.bill.entries:
            slip = slip_code(OwnSlip(SlipKind.HOLD, f"{held[-1]:06d}"))
            yield from self._gesture(self._scan(slip), kept)
        self.bill.knows_history = False  # what an undo takes back is of before

    def _show_member_card(self) -> Iterator[float]:
        marks, before, member = self._marks(), self._box.counter.sale, self._member()
        yield from self._gesture(self._scan(self._chance.choice(MEMBERS)), self.bill.entries)
        now, is_sure = self._box.counter.sale, marks == self._marks()
        if self._member() != member:
            self.bill.note_step()
        if is_sure and self._part_paid():
            return  # too late for it
        for sale in (before, now):
            if sale is not None:
                self._witness.show_card(sale.id, surely=is_sure)
        if is_sure and not self._member():
            self._complain("a member card was scanned, and the sale is nobody's")

    def _practise(self) -> Iterator[float]:
        """A sale that is none."""
        code = self._shelf.codes[0]
        if self.bill.entries or (price := self._price(code)) is None:
            return
        marks = self._marks()
        yield from self._turn_practice(PRACTICE_ON)
        yield from self._gesture(self._scan(code), self.bill.added(code, price))
        sale = self._box.counter.sale
        if sale is not None and sale.training:
            self._witness.practised.add(sale.id)
            self._witness.deeds["practised"] += 1
        elif marks == self._marks():
            self._complain(f"practice is on, and the sale is {sale}")
        if self.bill.entries:
            yield from self._settle(self._exactly)
        if not self.bill.entries:
            yield from self._turn_practice(PRACTICE_OFF)

    def _turn_practice(self, wanted: str) -> Iterator[float]:
        """The card turns it over, and the box says which it is now. A power cut ends it unasked, and a card that waited
        for the cable begins it late: whoever hears the other word scans once more.
        """
        for _ in range(2):
            said = self._box.said
            yield from self._gesture(self._scan(TRAINING), [])
            told = [prompt for prompt in self._since(said) if prompt in (PRACTICE_ON, PRACTICE_OFF)]
            if not told or told[-1] == wanted:
                return

    def _cancel(self) -> Iterator[float]:
        yield from self._gesture(self._scan(CANCEL), self.bill.entries)
        if self._box.counter.waiting is Waiting.CANCEL:
            yield from self._gesture(self._scan(CANCEL), [])
        if not self.bill.entries:
            self.bill.close()

    def _codes(self) -> list[str]:
        return self._shelf.codes

    def _price(self, code: str) -> int | None:
        """What the box would ask for it."""
        terminal = self._box.terminal
        if terminal is None:
            return None
        item = terminal.catalogue.by_sku(code)
        if item is not None:
            self._look_at_price(code, item.price, self._shelf.prices(code, terminal.catalogue.version))
            return item.price
        tx = terminal.ledger.begin(lambda record, tx: None)
        learned = tx.learned.price(code)
        tx.rollback()
        if learned is not None:
            self._look_at_price(code, learned, self._keyed.get(code, set()))
            return learned
        return next((price for sku, _, price in reversed(self.bill.entries) if sku == code), None)

    def _look_at_price(self, code: str, price: int | None, right: set[int]) -> None:
        if price not in right:
            self._complain(f"{code} costs {price} fen, it was told {sorted(right)}")
