"""A customer sends a parcel: what an app shows, its weight, what it costs, and the fee in the bill (product row 65).

    card 寄快递 ──► the app's code ──► scale, or grams and Enter ──► up/req parcel.quote ──► fee, carrier, to whom
                                                                                                   └──Enter──► basket

Nothing is booked here. The code is in RAM until the question leaves, and in that question; an answer names it by its
mark. Whatever goes wrong is one sentence, and the customer shows the code again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from edge.bus import Bus
from edge.codec import wire_parcel as wire
from edge.codec.waybill import is_number_of
from edge.codec.wire_down import Response
from edge.messages import (
    AppCodeScanned,
    Asked,
    AskedAtDesk,
    CommandRefused,
    DeviceDown,
    NumberKeyed,
    Say,
    Show,
    Tone,
    View,
    Weigh,
    WeightRead,
    WeightTaken,
)
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.model.shipment import MAX_GRAMS, Shipment, add_fee, spoken_name, weight_text
from edge.ports import Licences, Transaction
from edge.services.basket import basket_view, question, unanswered
from edge.services.fee_expiry import FeeTaken, parcels_in_baskets
from edge.services.licences import licensed
from edge.services.new_line import put_in
from edge.services.offers import Offers
from edge.services.parcel_requests import ParcelRequests
from edge.services.refusal import refuse, told
from edge.services.spoken_manner import manner_of
from edge.services.weighing import why_not

WEIGH_S = 30.0
"""A parcel is heavy, and lies elsewhere when the code is scanned."""
WATCH_S = 60.0
"""How long after a weight was taken the scale is looked at, to see the parcel leave it."""
ANSWER_S = 12.0
"""An answer that has not come by then is too late for who stands here."""
LASTS_S = 120.0
"""Of nothing done: the customer has gone, and the code is forgotten."""
KEPT = timedelta(days=7)
"""A held sale may have a fee in it."""

_ERRORS = {"auth.denied": "send.unknown", "cmd.unsupported": "send.heavy"}
"""What the cloud refuses, in words."""

_log = logging.getLogger("edge.parcel")


@dataclass(frozen=True, slots=True)
class SendDue:
    """A timer of the step `serial`. `weigh`: the scale had its time; `answer`: the cloud had. Else: who is there?"""

    serial: int
    weigh: bool = False
    answer: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    """One that is out; `quote` once it is answered."""

    cid: str
    mark: str
    grams: int
    quote: wire.Quote | None = None


@dataclass(slots=True)
class _InHand:
    """What is remembered between two steps, and by nobody after a power cut: then the customer begins again."""

    serial: int = 0
    token: str = field(default="", repr=False)
    newest: WeightRead | None = None
    question: _Question | None = None
    late: str = ""
    """The cid of the question that had no answer in time."""


class Sending:
    """`scale` is the device's name in the settings, None where the shop has none. `full`: no room for parcels (P11)."""

    def __init__(
        self, bus: Bus, requests: ParcelRequests, licences: Licences, offers: Offers, *, scale: str | None,
        language: str, full: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._requests = requests
        self._licences = licences
        self._platforms = licences.platforms
        self._carriers = licences.platforms.carriers
        self._offers = offers
        self._scale = scale
        self._language = language
        self._full = full
        self._hand = _InHand()
        bus.on(Asked, self._asked)
        bus.on(AppCodeScanned, self._code)
        bus.on(NumberKeyed, self._keyed)
        bus.on(WeightRead, self._read)
        bus.on(Response, self._answered)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(SendDue, self._due)
        bus.on(DeviceDown, self._scale_down)
        bus.on(CommandRefused, self._scale_gone)

    # --- card and code ---------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.STOP:
            self._hand = _InHand(self._hand.serial + 1)
        if asked.verb is not Verb.SEND_PARCEL:
            return
        if not self._requests.online():
            refuse(Say("send.offline", Tone.ERROR), tx)
        elif self._full():
            tx.after_commit(Say("parcel.no_room", Tone.ERROR))
        elif not licensed(self._platforms.of_kind(ServiceKind.SENDING), self._licences, tx):
            pass
        elif (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        else:
            tx.shipments.forget_unpaid(tx.stamp.at - KEPT, but=parcels_in_baskets(tx))
            self._begin(tx)

    def _begin(self, tx: Transaction, why: Say | None = None, *, parcel: str = "") -> None:
        """The code is awaited. `why`: what went wrong before, with this `parcel`."""
        self._hand = _InHand(self._hand.serial, late=self._hand.late)
        self._step(tx)
        tx.after_commit(Show(View.TEXT, name="Send a parcel" if self._spoken(tx) == "en" else "寄快递"))
        told(why or question(tx.counter), tx, order=parcel)

    def _step(self, tx: Transaction, verb: Verb | None = None, value: int = 0, *, parcel: str | None = None) -> int:
        """The next thing that is waited for; the number of this wait."""
        self._hand.serial += 1
        tx.keep(Counter(tx.counter.sale, Waiting.SEND, parcel, verb, value))
        self._bus.after(LASTS_S, SendDue(self._hand.serial))
        return self._hand.serial

    def _code(self, scanned: AppCodeScanned, tx: Transaction) -> None:
        """Also another one, or the same again: what was asked before is for nobody any more."""
        if tx.counter.waiting is not Waiting.SEND:
            return
        if not self._requests.online():
            self._end("send.offline", tx)
            return
        self._hand.token, self._hand.question, self._hand.newest = scanned.text, None, None
        if self._scale is None:
            self._key_grams(tx)
            return
        serial = self._step(tx, Verb.WEIGH, int(tx.stamp.mono * 1000))
        tx.after_commit(Weigh(tx.stamp.mono + WEIGH_S))
        self._bus.after(WEIGH_S, SendDue(serial, weigh=True))
        tx.after_commit(question(tx.counter))

    # --- its weight ------------------------------------------------------------------------------------------------

    def _read(self, read: WeightRead, tx: Transaction) -> None:
        if read.device != self._scale or not _is_weighing(tx) or read.at_mono * 1000 < tx.counter.value:
            return
        self._hand.newest = read
        grams = read.reading.grams
        if read.emptied and read.reading.sellable and grams is not None and 0 < grams <= MAX_GRAMS:
            tx.after_commit(WeightTaken(WATCH_S))
            self._ask(int(grams), tx)

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.SEND:
            return
        grams = int(keyed.text) if keyed.text.isdecimal() else 0
        if counter.verb is Verb.COUNTED and 0 < grams <= MAX_GRAMS:
            self._ask(grams, tx)
        elif (again := question(counter)) is not None:
            tx.after_commit(replace(again, tone=Tone.ERROR))

    def _scale_down(self, down: DeviceDown, tx: Transaction) -> None:
        if down.device == self._scale and _is_weighing(tx):
            self._key_grams(tx)

    def _scale_gone(self, refused: CommandRefused, tx: Transaction) -> None:
        is_begun = isinstance(refused.command, Weigh) and refused.command.until_mono > tx.stamp.mono
        if is_begun and _is_weighing(tx):
            self._key_grams(tx)

    def _key_grams(self, tx: Transaction) -> None:
        self._step(tx, Verb.COUNTED)
        tx.after_commit(question(tx.counter))

    def _not_weighed(self, tx: Transaction) -> None:
        """A scale that says nothing at all is not waited for: grams are keyed."""
        tx.after_commit(Weigh(0.0))
        if self._hand.newest is None:
            self._key_grams(tx)
        else:
            self._end(why_not(self._hand.newest), tx)

    # --- what it costs ---------------------------------------------------------------------------------------------

    def _ask(self, grams: int, tx: Transaction) -> None:
        token, self._hand.token = self._hand.token, ""
        if not token:
            self._begin(tx)
            return
        mark = wire.token_mark(token)
        cid = self._requests.send(wire.QUOTE, wire.QuoteArgs(token=token, grams=grams), about=mark, tx=tx)
        if not cid:
            self._end("send.offline", tx)
            return
        self._hand.question = _Question(cid, mark, grams)
        serial = self._step(tx, Verb.SEND_QUOTE, grams)
        self._bus.after(ANSWER_S, SendDue(serial, answer=True))
        tx.after_commit(Show(View.TEXT, name=weight_text(grams)))
        tx.after_commit(question(tx.counter))

    def _answered(self, response: Response, tx: Transaction) -> None:
        """Believed by the question that is out; of what nobody waits for any more only a late one is told, once."""
        if response.more or self._requests.about(wire.QUOTE, response.cid) is None:
            return
        asked = self._hand.question
        if asked is None or asked.cid != response.cid:
            if response.cid == self._hand.late:
                self._hand.late = ""
                tx.after_commit(Say("send.late", Tone.ATTENTION))
        elif tx.counter.waiting is not Waiting.SEND:
            self._hand.question = None
        elif asked.quote is not None:
            if wire.read_quote(response.out) != asked.quote:
                self._begin(tx, Say("send.differs", Tone.ERROR), parcel=asked.quote.parcel)
        elif why := self._why_not(response, asked, tx):
            self._begin(tx, Say(why, Tone.ERROR))
        elif (quote := wire.read_quote(response.out)) is not None:
            self._hand.question = replace(asked, quote=quote)
            self._offer_if_sold(quote, tx)

    def _why_not(self, response: Response, asked: _Question, tx: Transaction) -> str:
        """The prompt for what is wrong with an answer; empty: nothing."""
        if not response.ok:
            code = response.err.code if response.err else "internal"
            _log.info("a parcel cannot be sent: %s", code)
            return _ERRORS.get(code, "send.refused")
        quote = wire.read_quote(response.out)
        if quote is None or (quote.mark, quote.grams) != (asked.mark, asked.grams):
            _log.error("what a parcel costs was answered for something else")
            return "send.differs"
        if self._carriers.named(quote.carrier).id != quote.carrier or not self._platforms.sending(quote.carrier):
            _log.error("a parcel would go with %s, with whom nothing is sent from here", quote.carrier)
            return "send.refused"
        is_taken = tx.parcels.find(quote.parcel) is not None or self._is_known(quote, tx)
        if is_taken or not is_number_of(quote.waybill, self._carriers.named(quote.carrier), self._carriers):
            _log.error("a parcel was given the number %s, which is wrong or taken", quote.waybill)
            return "send.number"
        return ""

    def _is_known(self, quote: wire.Quote, tx: Transaction) -> bool:
        """Whether the number is a parcel's already, or the id one that was paid for."""
        before = tx.shipments.find(quote.parcel)
        is_paid = before is not None and (bool(before.sale) or before.waybill != quote.waybill)
        return is_paid or tx.parcels.by_waybill(quote.waybill) is not None or quote.parcel in parcels_in_baskets(tx)

    def _offer_if_sold(self, quote: wire.Quote, tx: Transaction) -> None:
        """By a platform that sends with this carrier, licenses it to this shop, and takes such a fee."""
        offers, fee = self._platforms.sending(quote.carrier), Fen(quote.fee)
        sold = licensed(offers, self._licences, tx)
        if not sold:
            self._rest(tx)
        elif any(offer.takes(fee) for offer in sold):
            self._offer(quote, tx)
        elif fee > (most := max(offer.most for offer in sold)):
            self._begin(tx, Say("svc.most", Tone.ERROR, amounts=(("a", most),)), parcel=quote.parcel)
        else:
            self._begin(tx, Say("send.refused", Tone.ERROR), parcel=quote.parcel)

    def _offer(self, quote: wire.Quote, tx: Transaction) -> None:
        shipment = Shipment(
            quote.parcel, quote.waybill, quote.carrier, quote.grams, Fen(quote.fee),
            tx.stamp.at + timedelta(seconds=quote.valid_s), quote.recipient, quote.label_lines,
        )  # fmt: skip
        tx.shipments.keep(shipment)
        self._step(tx, Verb.SEND_OFFER, quote.fee, parcel=quote.parcel)
        carrier, language = self._carriers.named(quote.carrier), self._spoken(tx)
        whom = quote.recipient.text
        tx.after_commit(Show(View.PRICE, name=f"{carrier.name} {whom}", name_en=f"{carrier.name_en} {whom}",
                             price=shipment.fee, amount=shipment.fee))  # fmt: skip
        words = (("item", carrier.spoken(language)), ("what", spoken_name(quote.recipient, language)))
        tx.after_commit(Say("send.fee", Tone.ATTENTION, amounts=(("a", shipment.fee),), words=words))

    # --- into the bill ---------------------------------------------------------------------------------------------

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.SEND:
            return
        if asked.verb is not Verb.ENTER:
            self._end("send.dropped", tx, tone=Tone.OK)
        elif counter.verb is Verb.SEND_OFFER and counter.barcode is not None:
            self._take(counter.barcode, Fen(counter.value), tx)
        else:
            tx.after_commit(question(counter))

    def _take(self, parcel: str, fee: Fen, tx: Transaction) -> None:
        """Paid it is with the bill, by whatever pays that; until then it is a line like others."""
        shipment = tx.shipments.find(parcel)
        if shipment is None or shipment.fee != fee:
            self._begin(tx, Say("send.differs", Tone.ERROR), parcel=parcel)
        elif tx.stamp.at >= shipment.until:
            self._begin(tx, Say("send.expired", Tone.ERROR), parcel=parcel)
        elif not licensed(self._platforms.sending(shipment.carrier), self._licences, tx):
            self._rest(tx)
        else:
            self._hand = _InHand(self._hand.serial + 1)
            tx.keep(at_rest(tx.counter.sale))
            put_in(lambda sale, _: add_fee(sale, shipment), self._offers, tx)
            tx.after_commit(FeeTaken(parcel))

    # --- out of it -------------------------------------------------------------------------------------------------

    def _due(self, due: SendDue, tx: Transaction) -> None:
        if due.serial != self._hand.serial:
            return
        is_here = tx.counter.waiting is Waiting.SEND
        if due.answer and self._hand.question is not None:
            late = self._hand.question.cid
            self._hand = _InHand(self._hand.serial, late=late)
            if is_here and tx.counter.verb is Verb.SEND_QUOTE:
                self._begin(tx, Say("send.no_answer", Tone.ERROR))
        elif due.weigh:
            if _is_weighing(tx):
                self._not_weighed(tx)
        elif is_here:
            self._end("send.dropped", tx, tone=Tone.ATTENTION)
        else:
            self._hand = _InHand(self._hand.serial)

    def _end(self, prompt: str, tx: Transaction, *, tone: Tone = Tone.ERROR) -> None:
        """Nothing is sent; the basket stands as before."""
        parcel = tx.counter.barcode or ""
        self._rest(tx)
        told(Say(prompt, tone), tx, order=parcel)

    def _rest(self, tx: Transaction) -> None:
        if tx.counter.verb is Verb.WEIGH:
            tx.after_commit(Weigh(0.0))
        self._hand = _InHand(self._hand.serial + 1, late=self._hand.late)
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))

    def _spoken(self, tx: Transaction) -> str:
        return manner_of(tx, self._language).language


def _is_weighing(tx: Transaction) -> bool:
    return tx.counter.waiting is Waiting.SEND and tx.counter.verb is Verb.WEIGH
