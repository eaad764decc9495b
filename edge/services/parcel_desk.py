"""Who stands at the parcel desk, and where the next parcel goes: card 快递入库, a courier's badge, keys.

    3.1 Enter    shelf 3, layer 1 from now on         1 2 3 Enter    into the smallest free cell of that size
    0 Enter      onto the shelf again

The desk stays for DESK_S after the last scan, and ends with a slip that counts (product row 67b).
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import (
    Asked,
    AskedAtDesk,
    BadgeAccepted,
    NumberKeyed,
    ParcelScanned,
    Say,
    Show,
    Started,
    Tone,
    View,
)
from edge.model.badge import Role
from edge.model.carrier import Carriers
from edge.model.cell import Size
from edge.model.counter import DESK, Verb, Waiting, at_rest
from edge.model.parcel import ParcelState
from edge.model.parcel_slip import desk_slip
from edge.ports import Badges, Transaction
from edge.services.basket import basket_view, question, wallet_words
from edge.services.door_verdicts import SHUT
from edge.services.questions import asked_first, is_meanwhile
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of

DESK_S = 60.0
"""After the last scan (row 67b)."""

AT_DOOR_S = 600.0
"""While a door is open for a parcel, which is to be on the slip."""
ASKED_S = 20.0
"""To an answer to whether a waybill is to be taken in."""

_DESK = "parcel.desk"
"""In `meta`: the desk as JSON; empty: nobody is there."""
_SHELF = "parcel.shelf"
"""In `meta`: the place of the next parcel, such as 3-1."""
_CUSTOMERS = frozenset({Waiting.SEND, Waiting.SERVICE, Waiting.BANK_SLIP, Waiting.LOAN, Waiting.ORDER})
"""What a customer may ask for between two parcels of the courier."""
_PLACE = re.compile(r"([0-9]{1,3})\.([0-9]{1,2})")
_SIZES = {"1": Size.S, "2": Size.M, "3": Size.L, "4": Size.XL}

_SIZE_WORDS = {
    Size.S: "parcel.size_s",
    Size.M: "parcel.size_m",
    Size.L: "parcel.size_l",
    Size.XL: "parcel.size_xl",
}

_log = logging.getLogger("edge.parcel")


@dataclass(frozen=True, slots=True)
class Desk:
    """`by`: the id of the courier's badge, empty: the shop itself. `size` None: parcels go onto the shelf.

    `count` of parcels that were stored, `sent` of those of customers that went with the courier, `back` of those that
    were taken back, `last_mono` when the last was scanned.
    """

    by: str = ""
    size: Size | None = None
    count: int = 0
    last_mono: float = 0.0
    sent: int = 0
    back: int = 0


@dataclass(frozen=True, slots=True)
class DeskDue:
    """A timer: is anybody still there?"""


@dataclass(frozen=True, slots=True)
class TakeInOver:
    """A timer: nobody has said whether the waybill of the `serial`th question is to be taken in."""

    serial: int


@dataclass(frozen=True, slots=True)
class DeskEnded:
    """An effect: nobody is at the desk any more."""


@dataclass(frozen=True, slots=True)
class CourierCame:
    """An effect: a courier is at the desk; `badge` is the id."""

    badge: str


def desk_of(tx: Transaction) -> Desk | None:
    """Who is there; None: nobody, or nobody can read it."""
    text = tx.get(_DESK)
    if not text:
        return None
    try:
        by, size, count, last, sent, back = json.loads(text)
        return Desk(str(by), None if size is None else Size(size), int(count), float(last), int(sent), int(back))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        _log.error("who stood at the desk cannot be read: %s", error)
        return None


def keep_desk(desk: Desk, tx: Transaction) -> None:
    size = None if desk.size is None else int(desk.size)
    tx.put(_DESK, json.dumps([desk.by, size, desk.count, desk.last_mono, desk.sent, desk.back]))


def shelf_place(tx: Transaction, usual: str) -> str:
    """Where the next parcel goes on the shelf."""
    return tx.get(_SHELF) or usual


class ParcelDesk:
    def __init__(
        self, bus: Bus, carriers: Carriers, badges: Badges, *, zone: ZoneInfo, language: str, sizes: frozenset[Size]
    ) -> None:  # fmt: skip
        self._bus = bus
        self._carriers = carriers
        self._badges = badges
        self._asked_serial = 0
        self._zone = zone
        self._language = language
        self._sizes = sizes
        self._armed = False
        bus.on(Started, self._start)
        bus.on(Asked, self._asked)
        bus.on(BadgeAccepted, self._badge)
        bus.on(NumberKeyed, self._keyed)
        bus.on(DeskDue, self._due)
        bus.on(ParcelScanned, self._scanned)
        bus.on(AskedAtDesk, self._answered)
        bus.on(TakeInOver, self._over)

    def _start(self, _: Started, tx: Transaction) -> None:
        """The power went: whoever stood here begins again, and what was stored is counted on the slip."""
        if desk_of(tx) is not None:
            self._end(tx)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        match asked.verb:
            case Verb.PARCEL_IN:
                self._begin("", tx)
            case Verb.STOP if desk_of(tx) is not None:
                self._end(tx)

    def _badge(self, accepted: BadgeAccepted, tx: Transaction) -> None:
        if accepted.role is not Role.COURIER:
            return
        if (first := asked_first(Verb.PARCEL_IN, tx.counter)) is not None:
            tx.after_commit(first)
        elif is_meanwhile(Verb.PARCEL_IN, tx.counter):
            tx.after_commit(Say("parcel.later", Tone.ATTENTION))
        else:
            self._begin(accepted.badge, tx)
            tx.after_commit(CourierCame(accepted.badge))

    def _begin(self, by: str, tx: Transaction) -> None:
        desk = desk_of(tx) or Desk()
        if by and desk.by not in ("", by):  # another courier: what the first one brought is on a slip of its own
            self._end(tx)
            desk = Desk()
        keep_desk(replace(desk, by=by or desk.by, last_mono=tx.stamp.mono), tx)
        tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.PARCEL_IN))
        self._watch()
        tx.after_commit(Show(View.TEXT, name=self._title(tx)))
        tx.after_commit(Say("parcel.scan", Tone.ATTENTION))

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        desk = desk_of(tx)
        if tx.counter.waiting is not Waiting.PARCEL_IN or tx.counter.verb is not None or desk is None:
            return  # an answer to a question, if anything
        size, place = _SIZES.get(keyed.text), _PLACE.fullmatch(keyed.text)
        if size is not None and any(one >= size for one in self._sizes):
            keep_desk(replace(desk, size=size, last_mono=tx.stamp.mono), tx)
            tx.after_commit(Say(_SIZE_WORDS[size]))
        elif place is not None:
            shelf = f"{int(place.group(1))}-{int(place.group(2))}"
            tx.put(_SHELF, shelf)
            keep_desk(replace(desk, size=None, last_mono=tx.stamp.mono), tx)
            tx.after_commit(Say("parcel.shelf", words=(("shelf", shelf),)))
        elif keyed.text == "0":
            keep_desk(replace(desk, size=None, last_mono=tx.stamp.mono), tx)
            tx.after_commit(Say("parcel.to_shelf"))
        else:
            tx.after_commit(Say("parcel.keys", Tone.ERROR))

    # --- a waybill while goods are sold (product 0.2, rule 6) -------------------------------------------------------

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting not in (Waiting.NOTHING, Waiting.TAKE_IN) or counter.pieces is not None:
            return
        known = tx.parcels.by_waybill(scan.waybill)
        if known is not None and tx.shipments.find(known.id) is not None:  # it leaves from here: `Labelling`
            if counter.waiting is Waiting.TAKE_IN:
                tx.keep(at_rest(counter.sale))
                tx.after_commit(scan)
            return
        if is_meanwhile(Verb.PARCEL_IN, counter):
            tx.after_commit(wallet_words(counter))
            return
        tx.keep(replace(at_rest(counter.sale), waiting=Waiting.TAKE_IN, barcode=scan.waybill))
        tx.after_commit(question(tx.counter))
        self._asked_serial += 1
        self._bus.after(ASKED_S, TakeInOver(self._asked_serial))

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        waybill = tx.counter.barcode
        if tx.counter.waiting is not Waiting.TAKE_IN or waybill is None:
            return
        if answer.verb is Verb.ENTER:
            self._begin("", tx)
            carriers = tuple(carrier.id for carrier in self._carriers.candidates(waybill))
            tx.after_commit(ParcelScanned("", waybill, waybill, carriers, answer.asked_mono))
        else:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say("ask.dropped"))

    def _over(self, over: TakeInOver, tx: Transaction) -> None:
        """An Enter of later is for the till."""
        if over.serial == self._asked_serial and tx.counter.waiting is Waiting.TAKE_IN:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(basket_view(tx.counter))

    # --- how it ends ------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        if not self._armed:
            self._armed = True
            self._bus.after(DESK_S, DeskDue())

    def _due(self, _: DeskDue, tx: Transaction) -> None:
        self._armed = False
        desk = desk_of(tx)
        if desk is None:
            return
        idle_s = tx.stamp.mono - desk.last_mono
        if _is_at_door(tx) and DESK_S <= idle_s < AT_DOOR_S:
            self._armed = True
            self._bus.after(DESK_S, DeskDue())
        elif idle_s >= DESK_S:
            self._end(tx)
        else:
            self._armed = True
            self._bus.at(desk.last_mono + DESK_S, DeskDue())

    def _end(self, tx: Transaction) -> None:
        desk = desk_of(tx)
        tx.put(_DESK, "")
        tx.after_commit(DeskEnded())
        if tx.counter.waiting in DESK - _CUSTOMERS:
            tx.keep(at_rest(tx.counter.sale))
        if tx.counter.waiting not in _CUSTOMERS:
            tx.after_commit(basket_view(tx.counter))
        if desk is not None and (desk.count or desk.sent or desk.back):
            language, now = manner_of(tx, self._language).language, local_time(tx.stamp.at, self._zone)
            counts = (desk.count, desk.sent, desk.back)
            print_slip(desk_slip(counts, now, by=self._name(desk.by), language=language), tx)
        if desk is not None and desk.count:
            tx.after_commit(Say("parcel.done", words=(("n", str(desk.count)),)))
        if desk is not None and desk.sent:
            tx.after_commit(Say("send.done", words=(("n", str(desk.sent)),)))

    def _name(self, badge_id: str) -> str:
        """As it is on the badge."""
        badge = self._badges.find(badge_id) if badge_id else None
        return badge.name if badge is not None else badge_id

    def _title(self, tx: Transaction) -> str:
        return {"en": "Parcels in"}.get(manner_of(tx, self._language).language, "快递入库")


def _is_at_door(tx: Transaction) -> bool:
    """A door is open for a parcel, or is about to."""
    pulses = [tx.pulses.of_cell(one.cell) for one in tx.parcels.in_state({ParcelState.CHECKING_IN}) if not one.doubt]
    return any(pulse is not None and pulse.reason != SHUT for pulse in pulses)
