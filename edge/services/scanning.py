"""From a scanned text to its meaning: double reads, floods, then the classification of product 0.2."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge.bus import Bus
from edge.codec.classification import Classified, Known, Mode, ScanCandidates, ScanKind, candidates, classify
from edge.codec.command_card import SlipKind
from edge.codec.coupon import looks_like_coupon
from edge.codec.gs1 import Elements
from edge.codec.instore import InstoreLabel, LabelTemplate, label_readings
from edge.codec.pickup_code import is_pickup_code
from edge.codec.pseudonym import Pseudonyms
from edge.messages import (
    AppCodeScanned,
    BadgeScanned,
    CouponScanned,
    DeliveryScanned,
    HoldSlipScanned,
    ItemScanned,
    Key,
    KeyPressed,
    LabelScanned,
    MemberScanned,
    NumberKeyed,
    OrderScanned,
    ParcelScanned,
    PayCodeScanned,
    PickupCodeScanned,
    PlanLineScanned,
    PurchaseSlipScanned,
    Say,
    ScanData,
    ScanRefused,
    ScanTrouble,
    ServiceSlipScanned,
    SlipScanned,
    Tone,
    TotalCardScanned,
    UnknownScanned,
)
from edge.model.card import Card
from edge.model.counter import DESK, ENDS_NUMBER, STORE_ROOM, Counter, Verb, Waiting
from edge.model.item import Gtin14
from edge.model.money import Fen, Milli
from edge.model.parcel import TO_BE_SENT, ParcelState
from edge.model.platform import Platforms
from edge.model.purchase import read_slip_number
from edge.model.sale import State
from edge.ports import Catalogue, Deliveries, ScanSeen, Transaction
from edge.services.basket import refunding
from edge.services.goods_scan import goods_scanned
from edge.services.owner_gate import ask
from edge.services.questions import STOP_FIRST, scanned_first
from edge.services.scan_seen import FLOOD, REPEATED, not_read, not_taken, scan_seen
from edge.services.shelf_life import ShelfLife

_log = logging.getLogger("edge.scan")

FLOOD_CODES = 100
FLOOD_WINDOW_S = 1.0
"""More than FLOOD_CODES within any second is no hand: the rest is dropped until a second of silence (decisions 3)."""


_STORE_ROOM = frozenset({Mode.RECEIVING, Mode.COUNT})
_ANYWHERE = frozenset({ScanKind.CARD, ScanKind.BADGE, ScanKind.MISREAD, ScanKind.UNKNOWN, ScanKind.DELIVERY})
_AWAITED = TO_BE_SENT | {ParcelState.EXPECTED}


@dataclass(slots=True)
class _Scanner:
    """What is remembered of one scanner. Lost at a restart, which no double read survives either."""

    text: str = ""
    at_mono: float = float("-inf")
    newest: deque[float] = field(default_factory=lambda: deque(maxlen=FLOOD_CODES + 1))
    """When the last codes came, the oldest first: all of them within a second are a flood."""
    flooded: bool = False


class Scanning:
    """Posts what a scan means (messages/requests.py, or a key of the pad); says what it cannot make sense of."""

    def __init__(
        self, bus: Bus, catalogue: Catalogue, cards: Mapping[int, Card], labels: tuple[LabelTemplate, ...],
        shelf_life: ShelfLife, platforms: Platforms, deliveries: Deliveries, members: Pseudonyms, *,
        double_read_s: float, station: bool, see: Callable[[ScanSeen], None] = lambda seen: None,
    ) -> None:  # fmt: skip
        """`labels`: what this shop's scale prints; without any, such digits are barcodes like others.

        `platforms`: whose numbers are waybills, which wallets are taken; `deliveries`: which waybills are of what the
        shop ordered itself; `members`: the number of a member's card goes no further than here; `station`: whether it
        takes parcels in, or refuses them.
        `double_read_s`: the same text as the immediately preceding scan of that scanner within this time is one scan
        (row 3); 0: each counts. `see` hears of each scan, whatever became of it.
        """
        self._catalogue = catalogue
        self._cards = cards
        self._labels = labels
        self._shelf_life = shelf_life
        self._platforms = platforms
        self._taken = frozenset(wallet.id.value for wallet in platforms.wallets)
        self._members = members
        self._deliveries = deliveries
        self._station = station
        self._double_read_s = double_read_s
        self._scanners: dict[str, _Scanner] = {}
        self._see = see
        self.refused = 0
        bus.on(ScanData, self._scanned)
        bus.on(ScanRefused, self._not_read)

    def _scanned(self, scan: ScanData, tx: Transaction) -> None:
        scanner = self._scanners.setdefault(scan.device, _Scanner())
        if self._floods(scanner, scan, tx):
            self._see(not_taken(scan, FLOOD, tx))
            return
        if self._repeats(scanner, scan):
            self._see(not_taken(scan, REPEATED, tx))
            return
        self._announce(candidates(f"{scan.aim or ''}{scan.text}", self._labels, self._platforms.carriers), scan, tx)

    def _announce(self, found: ScanCandidates, scan: ScanData, tx: Transaction) -> None:
        at_mono = scan.at_mono
        mode = mode_of(tx.counter)
        known = Known(
            self._knows, lambda number: self._expects(number, tx), lambda number: bool(self._order(number, tx))
        )
        meaning = classify(found, mode, known)
        self._see(scan_seen(scan, mode, meaning, tx))
        is_member = found.slip is not None and found.slip.kind is SlipKind.MEMBER  # reprices, and leaves what is asked
        first = None if is_member else scanned_first(meaning.kind, _sku(meaning.gtin), tx.counter)
        if first is not None:
            self.refused += 1
            tx.after_commit(first)
            return
        if meaning.kind is ScanKind.SLIP and found.slip is not None and found.slip.kind is SlipKind.PURCHASE:
            tx.after_commit(PurchaseSlipScanned(*read_slip_number(found.slip.number), at_mono))
            return
        if mode in _STORE_ROOM and (meaning.kind not in _ANYWHERE or looks_like_coupon(found.text)):
            self._goods(found, meaning, at_mono, tx)
            return
        match meaning.kind:
            case ScanKind.CARD if found.card is not None:
                self._card(found.card, scan, tx)
            case ScanKind.BADGE if found.badge is not None:
                tx.after_commit(BadgeScanned(scan.device, found.badge.hash, at_mono))
            case ScanKind.ITEM if meaning.gtin is not None:
                self._item(meaning.gtin, found.elements, at_mono, tx)
            case ScanKind.LABEL:
                self._label(found.text, found.labels[0], at_mono, tx)
            case ScanKind.SLIP if found.slip and found.slip.kind is SlipKind.RECEIPT and found.slip.receipt:
                tx.after_commit(SlipScanned(found.slip.receipt, at_mono))
            case ScanKind.SLIP if found.slip and found.slip.kind is SlipKind.HOLD:
                tx.after_commit(HoldSlipScanned(int(found.slip.number), at_mono))
            case ScanKind.SLIP if found.slip and found.slip.kind is SlipKind.MEMBER:
                number = found.slip.number
                tx.after_commit(MemberScanned(self._members.of(number), at_mono, self._members.former(number)))
            case ScanKind.SLIP if found.slip and found.slip.kind is SlipKind.SERVICE:
                tx.after_commit(ServiceSlipScanned(found.slip.number, at_mono))
            case ScanKind.SLIP if found.slip and found.slip.kind is SlipKind.ADVICE:
                tx.after_commit(PlanLineScanned(int(found.slip.number), at_mono))
            case ScanKind.PAY_CODE:
                self._pay_code(found, at_mono, tx)
            case ScanKind.WAYBILL | ScanKind.SSCC | ScanKind.PICKUP_CODE:
                self._parcel(found, meaning, mode, scan, tx)
            case ScanKind.BANK_SLIP:
                tx.after_commit(NumberKeyed(scan.device, found.text, at_mono))
            case ScanKind.DELIVERY:
                tx.after_commit(DeliveryScanned(self._order(found.waybill, tx), at_mono))
            case ScanKind.APP_CODE:
                tx.after_commit(AppCodeScanned(scan.device, at_mono, found.text))
            case ScanKind.UNKNOWN | ScanKind.MISREAD if looks_like_coupon(found.text):
                tx.after_commit(CouponScanned(found.text, at_mono))
            case ScanKind.MISREAD:
                is_empty = any(label.check_ok for label in label_readings(found.text, self._labels))
                self._refuse("label.empty" if is_empty else "scan.bad", tx)
            case _:
                self._refuse("scan.unknown", tx)

    def _goods(self, found: ScanCandidates, meaning: Classified, at_mono: float, tx: Transaction) -> None:
        """Goods are not sold here, and nothing else is done: what an element string says of them counts."""
        scanned = goods_scanned(found, meaning, at_mono)
        if scanned is None:
            self.refused += 1
        tx.after_commit(scanned or STOP_FIRST)

    def _parcel(self, found: ScanCandidates, meaning: Classified, mode: Mode, scan: ScanData, tx: Transaction) -> None:
        """Digits alone are a parcel where one is awaited or expected; Enter would make one of a misread barcode.

        A pick-up code is one only where it is awaited. A place on a shelf looks like other stations' codes: it opens
        nothing, and is no guess either.
        """
        if self._station and mode is Mode.PICKUP and is_pickup_code(found.text):
            tx.after_commit(PickupCodeScanned(scan.device, scan.at_mono, found.text))
        elif self._station and meaning.kind is ScanKind.WAYBILL and not meaning.refused:
            self._waybill(found.waybill, found.carriers, scan, tx)
        elif self._station and mode is Mode.PARCEL_IN and found.elements is not None and found.elements.sscc:
            self._waybill(found.elements.sscc, (), scan, tx)
        else:
            self._refuse("scan.unknown", tx)

    def _waybill(self, number: str, carriers: tuple[str, ...], scan: ScanData, tx: Transaction) -> None:
        tx.after_commit(ParcelScanned(scan.device, number, scan.text, carriers, scan.at_mono))

    def _expects(self, number: str, tx: Transaction) -> bool:
        """Whether the cloud told of this parcel and it has not come, or its label is of here."""
        parcel = tx.parcels.by_waybill(number) if self._station else None
        return parcel is not None and parcel.state in _AWAITED

    def _order(self, number: str, tx: Transaction) -> str:
        """The order that a supplier sent in this parcel; empty: none, or a customer's parcel has the same number."""
        order = self._deliveries.of_waybill(number, tx)
        return order if order is not None and tx.parcels.by_waybill(number) is None else ""

    def _pay_code(self, found: ScanCandidates, at_mono: float, tx: Transaction) -> None:
        """The likeliest wallet of those that this shop takes; the cloud knows better, and says so."""
        channel = next((name for name in found.pay_channels if name in self._taken), None)
        if channel is None:
            self._refuse("pay.not_taken", tx)
        else:
            tx.after_commit(PayCodeScanned(channel, at_mono, found.text))

    def _card(self, number: int, scan: ScanData, tx: Transaction) -> None:
        card = self._cards.get(number)
        if card is None:
            self._refuse("card.unknown", tx)
        elif card.verb in ENDS_NUMBER:
            tx.after_commit(TotalCardScanned(card.verb, scan.at_mono))
        elif card.verb is not None:
            ask(card.verb, card.value, scan.at_mono, tx)
        elif card.key is not None:
            tx.after_commit(KeyPressed(scan.device, Key(card.key), scan.at_mono))

    def _item(self, gtin: Gtin14, elements: Elements | None, at_mono: float, tx: Transaction) -> None:
        item = self._catalogue.by_gtin(gtin)
        counter = tx.counter
        if counter.waiting is Waiting.ORDER:
            tx.after_commit(OrderScanned(gtin, item, at_mono))
            return
        is_for_sale = counter.waiting not in (Waiting.PRICE_CHECK, Waiting.REMOVE) and not refunding(counter)
        if elements is not None and is_for_sale and self._shelf_life.is_over(elements, tx):
            self._refuse("item.expired", tx)
        elif item is not None:
            tx.after_commit(ItemScanned(item, at_mono))
        else:
            tx.after_commit(UnknownScanned(short_gtin(gtin), at_mono))

    def _label(self, text: str, label: InstoreLabel, at_mono: float, tx: Transaction) -> None:
        if label.check_rule != "gs1":
            _log.info("a label of prefix %s: its check digit is counted from the left", label.prefix)
        tx.after_commit(_label_scanned(text, label, at_mono))

    def _knows(self, gtin: Gtin14) -> bool:
        return self._catalogue.by_gtin(gtin) is not None

    def _repeats(self, scanner: _Scanner, scan: ScanData) -> bool:
        """A bounce of the trigger, or a stand that keeps reading what lies before it: one scan, however often."""
        again = scan.text == scanner.text and scan.at_mono - scanner.at_mono < self._double_read_s
        scanner.text, scanner.at_mono = scan.text, scan.at_mono
        return again

    def _floods(self, scanner: _Scanner, scan: ScanData, tx: Transaction) -> bool:
        newest = scanner.newest
        if newest and scan.at_mono - newest[-1] >= FLOOD_WINDOW_S:
            newest.clear()
            scanner.flooded = False
        newest.append(scan.at_mono)
        begins = len(newest) > FLOOD_CODES and scan.at_mono - newest[0] < FLOOD_WINDOW_S
        if begins and not scanner.flooded:
            scanner.flooded = True
            tx.after_commit(Say("scan.flood", Tone.ERROR))
        if scanner.flooded:
            self.refused += 1
        return scanner.flooded

    def _not_read(self, refused: ScanRefused, tx: Transaction) -> None:
        self._see(not_read(refused, tx))
        self._refuse("scan.long" if refused.trouble is ScanTrouble.TOO_LONG else "scan.bad", tx)

    def _refuse(self, prompt: str, tx: Transaction) -> None:
        self.refused += 1
        tx.after_commit(Say(prompt, Tone.ERROR))


def mode_of(counter: Counter) -> Mode:
    """What the terminal is waiting for, for the classification."""
    if counter.waiting is Waiting.PRICE_CHECK:
        return Mode.PRICE_CHECK
    if counter.waiting is Waiting.RECEIPT:
        return Mode.REFUND
    if counter.waiting is Waiting.PICKUP:
        return Mode.PICKUP
    if counter.waiting is Waiting.SEND:
        return Mode.SEND
    if counter.waiting is Waiting.BANK_SLIP:
        return Mode.BANK_SLIP
    if counter.waiting is Waiting.LOAN:
        return Mode.LOAN
    is_fetched = (counter.waiting, counter.verb) == (Waiting.ORDER, Verb.COLLECT_ORDER)
    if counter.waiting in (Waiting.SERVICE, Waiting.SERIAL) or is_fetched:
        return Mode.SERVICE
    if counter.waiting in DESK and counter.waiting is not Waiting.ORDER:
        return Mode.PARCEL_IN
    if counter.waiting in STORE_ROOM:
        return Mode.RECEIVING if counter.waiting is Waiting.RECEIVE else Mode.COUNT
    if counter.sale is None:
        return Mode.IDLE
    if counter.sale.state in (State.PAYING, State.PAY_UNKNOWN):
        return Mode.PAYING
    return Mode.SUBTOTAL if counter.sale.state is State.SUBTOTAL else Mode.OPEN


def _sku(gtin: Gtin14 | None) -> str | None:
    return None if gtin is None else short_gtin(gtin)


def short_gtin(gtin: Gtin14) -> str:
    """The GTIN as it is printed on the goods: 13 digits, 8 where the rest are zeros."""
    return gtin[6:] if gtin.startswith("000000") else gtin.removeprefix("0")


def _label_scanned(text: str, label: InstoreLabel, at_mono: float) -> LabelScanned:
    return LabelScanned(
        text, label.item,
        amount=None if label.amount_fen is None else Fen(label.amount_fen),
        grams=None if label.weight_g is None else Milli(label.weight_g),
        pieces=None if label.pieces is None else Milli(label.pieces * 1000),
        unit_price=None if label.unit_price_fen is None else Fen(label.unit_price_fen),
        amount_step=Fen(label.amount_step_fen), grams_step=Milli(label.weight_step_g),
        asked_mono=at_mono,
    )  # fmt: skip
