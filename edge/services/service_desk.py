"""A customer wants a service: what for, how much, its price; then into the bill, or later by its slip (rows 68, 73).

card 生活缴费, scan or number ────────────────────────────────────────────────────────────────────┐
     (a bill that leaves it open: from … to …, how much? read back ──Enter──► asked once more)    │
card 车票旅游, scan of an app's code ─────────────────────────────────────────────────────────────┤
card 话费充值 ──► number, Enter ──► amount: card, or keyed ──► read back ──Enter──► up/req service.quote
                                                                                              │
                                           bill ◄──Enter── price, until when, service slip ◄──┘

The number is in RAM until the question leaves, and in that question. Whatever goes wrong is one sentence, and no money
has moved: it is taken with the bill, and not before.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from edge.bus import Bus
from edge.codec import wire_service as wire
from edge.codec.speech import moment_spoken
from edge.codec.wire_down import Response
from edge.errors import ModelError
from edge.messages import AppCodeScanned, Asked, AskedAtDesk, NumberKeyed, Say, Show, Tone, View
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.money import Fen, parse_yuan
from edge.model.platform import Platforms, ServiceKind, ServiceOffer
from edge.model.service_order import in_groups, masked_number
from edge.model.service_records import ServiceQuoted
from edge.model.spoken_day import spoken_day
from edge.ports import Licences, Transaction
from edge.services.basket import basket_view, question, unanswered
from edge.services.quoted import order_of
from edge.services.quoting import AGAIN_S, Quoting
from edge.services.refusal import refuse, told
from edge.services.service_papers import ServicePapers
from edge.services.service_slips import ServiceSlips

LASTS_S = 120.0
"""Of nothing done: the customer has gone, and the number is forgotten."""

_ERRORS = {
    "auth.denied": "svc.number_wrong", "quota.exceeded": "svc.too_much", "service.refused": "svc.refused",
    "cmd.unsupported": "svc.none",
}  # fmt: skip
"""What the cloud refuses, in words."""

_KINDS = {Verb.TOP_UP: ServiceKind.TOP_UP, Verb.PAY_BILL: ServiceKind.BILL, Verb.TICKETS: ServiceKind.TRAVEL}
"""What a card asks for."""

_log = logging.getLogger("edge.service")


@dataclass(frozen=True, slots=True)
class DeskDue:
    """A timer of the step `serial`. `asked`: so often the cloud was asked, and had its time. Else: who is there?"""

    serial: int
    asked: int = 0


@dataclass(slots=True)
class _InHand:
    """What is remembered between two steps, and by nobody after a power cut: then the customer begins again."""

    serial: int = 0
    kind: ServiceKind | None = None
    offer: ServiceOffer | None = None
    number: str = field(default="", repr=False)
    amount: Fen = Fen(0)
    least: Fen = Fen(0)
    most: Fen = Fen(0)
    """Between which the customer chooses what of a bill is paid; zero: not asked."""


class ServiceDesk:
    def __init__(
        self, bus: Bus, quoting: Quoting, papers: ServicePapers, slips: ServiceSlips, licences: Licences
    ) -> None:
        self._bus = bus
        self._quoting = quoting
        self._papers = papers
        self._slips = slips
        self._platforms: Platforms = papers.platforms
        self._licences = licences
        self._hand = _InHand()
        bus.on(Asked, self._asked)
        bus.on(NumberKeyed, self._keyed)
        bus.on(AppCodeScanned, self._scanned)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(Response, self._answered)
        bus.on(DeskDue, self._due)

    # --- what is wanted --------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        match asked.verb:
            case Verb.STOP:
                self._clear()
            case verb if (kind := _KINDS.get(verb)) is not None:
                self._begin(kind, verb, tx)
            case Verb.TOP_UP_AMOUNT if tx.counter.waiting is Waiting.SERVICE:
                self._take_amount(Fen(asked.value), tx)
            case Verb.TOP_UP_AMOUNT:
                tx.after_commit(Say("svc.card_first", Tone.ATTENTION))
            case Verb.CANCEL_SERVICE if self.is_busy(tx):
                self._end("svc.dropped", tx, tone=Tone.OK)

    def is_busy(self, tx: Transaction) -> bool:
        """Whether something is being ordered now."""
        return tx.counter.waiting is Waiting.SERVICE and tx.counter.verb is not Verb.CANCEL_SERVICE

    def _begin(self, kind: ServiceKind, verb: Verb, tx: Transaction) -> None:
        offers = self._offers(kind)
        if self._quoting.is_closed(offers, tx):
            return
        if not _is_ours(tx) and (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        else:
            self._clear()
            self._hand.kind = kind
            self._step(tx, verb)
            tx.after_commit(Show(View.TEXT, name=offers[0].spoken(self._papers.language_of(tx))))
            tx.after_commit(question(tx.counter))

    def _step(self, tx: Transaction, verb: Verb, value: int = 0, *, order: str | None = None) -> int:
        """The next thing that is waited for; the number of this wait."""
        self._hand.serial += 1
        tx.keep(Counter(tx.counter.sale, Waiting.SERVICE, order, verb, value))
        self._bus.after(LASTS_S, DeskDue(self._hand.serial))
        return self._hand.serial

    # --- for whom, and how much ------------------------------------------------------------------------------------

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.SERVICE:
            return
        match counter.verb:
            case Verb.TOP_UP | Verb.PAY_BILL:
                self._take_number(keyed.text, tx)
            case Verb.TOP_UP_AMOUNT | Verb.BILL_AMOUNT:
                self._take_amount(_fen(keyed.text), tx)
            case _:
                tx.after_commit(question(counter))

    def _scanned(self, scanned: AppCodeScanned, tx: Transaction) -> None:
        """The barcode of a bill, or what an app shows."""
        counter, kind = tx.counter, self._hand.kind
        if counter.waiting is not Waiting.SERVICE:
            return
        if counter.verb in (Verb.TOP_UP, Verb.PAY_BILL):
            self._take_number(scanned.text, tx)
        elif counter.verb is not Verb.TICKETS or kind is None:
            tx.after_commit(question(counter))
        elif offers := self._licensed(kind, tx):
            self._hand.offer, self._hand.number = offers[0], scanned.text
            self._ask(tx)

    def _take_number(self, text: str, tx: Transaction) -> None:
        """The first offer whose numbers look like this, of those that the shop may sell."""
        kind = self._hand.kind
        if kind is None:
            self._end("svc.again", tx)
            return
        offers = self._licensed(kind, tx)
        offer = next((offer for offer in offers if offer.fits(text)), None)
        if offer is None:
            refuse(Say("svc.number_wrong", Tone.ERROR), tx)
            return
        self._hand.offer, self._hand.number = offer, text
        if offer.kind is not ServiceKind.TOP_UP:
            tx.after_commit(Show(View.TEXT, name=in_groups(text), private=True))
            self._ask(tx)
            return
        self._step(tx, Verb.TOP_UP_AMOUNT)
        tx.after_commit(Show(View.TEXT, name=in_groups(text), private=True))
        tx.after_commit(Say("svc.amount", Tone.ATTENTION, words=(("phone", text),)))

    def _licensed(self, kind: ServiceKind, tx: Transaction) -> list[ServiceOffer]:
        now = tx.stamp.at
        return [offer for offer in self._offers(kind) if self._licences.why_not(offer.id, now) is None]

    def _offers(self, kind: ServiceKind) -> tuple[ServiceOffer, ...]:
        """A loan is paid back like a bill: by a reference, which tells whose it is."""
        repaid = self._platforms.of_kind(ServiceKind.REPAYMENT) if kind is ServiceKind.BILL else ()
        return (*self._platforms.of_kind(kind), *repaid)

    def _take_amount(self, amount: Fen, tx: Transaction) -> None:
        """Another amount before Enter is the one that counts; both are read back once more."""
        offer, number = self._hand.offer, self._hand.number
        if tx.counter.verb is Verb.BILL_AMOUNT:
            self._take_part(amount, tx)
        elif tx.counter.verb is not Verb.TOP_UP_AMOUNT:
            tx.after_commit(question(tx.counter))
        elif offer is None or not number:
            self._end("svc.again", tx)
        elif not offer.takes(amount):
            most = amount > offer.most
            amounts = (("a", offer.most),) if most else ()
            refuse(Say("svc.most" if most else "svc.amount_wrong", Tone.ERROR, amounts=amounts), tx, offer=offer.id)
        else:
            self._hand.amount = amount
            self._step(tx, Verb.TOP_UP_AMOUNT, amount)
            tx.after_commit(Show(View.PRICE, name=in_groups(number), name_en=in_groups(number), price=amount,
                                 amount=amount))  # fmt: skip
            words = (("phone", number),)
            tx.after_commit(Say("svc.readback", Tone.ATTENTION, amounts=(("a", amount),), words=words))

    def _ask_part(self, limits: wire.ServiceRange, offer: ServiceOffer, tx: Transaction) -> None:
        """How much of a bill that leaves it open, within the offer's own limits."""
        least, most = Fen(max(limits.min, offer.least)), Fen(min(limits.max, offer.most))
        if least > most:
            self._end("svc.most" if limits.min > offer.most else "svc.amount_wrong", tx, amount=offer.most)
            return
        self._hand.least, self._hand.most = least, most
        self._step(tx, Verb.BILL_AMOUNT)
        tx.after_commit(Say("svc.range", Tone.ATTENTION, amounts=(("a", least), ("b", most))))

    def _take_part(self, amount: Fen, tx: Transaction) -> None:
        hand = self._hand
        if hand.offer is None or not hand.number:
            self._end("svc.again", tx)
        elif not hand.least <= amount <= hand.most:
            amounts = (("a", hand.least), ("b", hand.most))
            refuse(Say("svc.range", Tone.ERROR, amounts=amounts), tx, offer=hand.offer.id)
        elif not hand.offer.takes(amount):
            refuse(Say("svc.amount_wrong", Tone.ERROR), tx, offer=hand.offer.id)
        else:
            hand.amount = amount
            self._step(tx, Verb.BILL_AMOUNT, amount)
            shown = in_groups(hand.number)
            tx.after_commit(Show(View.PRICE, name=shown, name_en=shown, price=amount, amount=amount))
            tx.after_commit(question(tx.counter))

    # --- what it costs ---------------------------------------------------------------------------------------------

    def _ask(self, tx: Transaction) -> None:
        offer, hand = self._hand.offer, self._hand
        if offer is None:
            self._end("svc.again", tx)
            return
        about = wire.ServiceQuoteArgs(
            soid=tx.new_id(), offer=offer.id, kind=offer.kind.value, ref=hand.number or None, amt=hand.amount or None
        )
        if not self._quoting.ask(about, tx):
            self._end("svc.offline", tx)
            return
        serial = self._step(tx, Verb.SERVICE_QUOTE, hand.amount)
        self._bus.after(AGAIN_S, DeskDue(serial, asked=1))
        tx.after_commit(question(tx.counter))

    def _ask_again(self, due: DeskDue, tx: Transaction) -> None:
        if self._quoting.ask_again(due.asked, tx):
            self._bus.after(AGAIN_S, DeskDue(due.serial, due.asked + 1))
        else:
            self._end("svc.no_answer", tx)

    def _answered(self, response: Response, tx: Transaction) -> None:
        """Believed by the question that is out; what comes later is for nobody any more."""
        is_awaited = tx.counter.waiting is Waiting.SERVICE and tx.counter.verb is Verb.SERVICE_QUOTE
        if not is_awaited or not self._quoting.is_answered(response):
            return
        quote = wire.read_quote(response.out)
        offer = self._quoted(quote, tx) if quote is not None else None
        limits = wire.read_range(response.out) if quote is None else None
        if not response.ok:
            code = response.err.code if response.err else "internal"
            _log.info("a service was not quoted: %s", code)
            self._end(_ERRORS.get(code, "svc.refused"), tx)
        elif limits is not None and self._is_open(limits) and self._hand.offer is not None:
            self._ask_part(limits, self._hand.offer, tx)
        elif quote is None or offer is None:
            _log.error("what a service costs was answered for something else")
            self._end("svc.differs", tx)
        elif not offer.least <= quote.price <= offer.most:
            self._end("svc.most", tx, amount=offer.most)
        else:
            self._offer(quote, offer, tx)

    def _is_open(self, limits: wire.ServiceRange) -> bool:
        """Whether it is about what was asked, and nobody has named an amount yet."""
        asked = self._quoting.question
        return asked is not None and asked.amt is None and (limits.soid, limits.offer) == (asked.soid, asked.offer)

    def _quoted(self, quote: wire.ServiceQuote, tx: Transaction) -> ServiceOffer | None:
        """The offer that the answer is about; None: it is not what was asked. What an app shows names no platform: of
        its kind it may be any that the shop may sell.
        """
        asked, offer = self._quoting.question, self._hand.offer
        if asked is None or offer is None or quote.soid != asked.soid or quote.amt != (asked.amt or quote.amt):
            return None
        by_token = offer.kind is ServiceKind.TRAVEL
        allowed = self._licensed(offer.kind, tx) if by_token else [offer]
        return next((one for one in allowed if one.id == quote.offer), None)

    def _offer(self, quote: wire.ServiceQuote, offer: ServiceOffer, tx: Transaction) -> None:
        """From here on it is in the ledger, without its number, and its slip can be paid until it runs out."""
        language, number = self._papers.language_of(tx), self._hand.number
        subject = masked_number(number) if number and offer.kind is not ServiceKind.TRAVEL else ""
        order = order_of(quote, offer, self._papers, tx, subject=subject)
        tx.append(ServiceQuoted(order))
        self._papers.quote(order, tx)
        self._clear()
        self._step(tx, Verb.SERVICE_OFFER, order.price, order=order.id)
        tx.after_commit(Show(View.PRICE, name=order.name, name_en=order.name_en, price=order.price,
                             amount=order.price))  # fmt: skip
        self._read_back(quote, language, tx)
        words = (("what", offer.spoken(language)),)
        tx.after_commit(Say("svc.price", Tone.ATTENTION, amounts=(("a", order.price),), words=words))

    def _read_back(self, quote: wire.ServiceQuote, language: str, tx: Transaction) -> None:
        """What there is to hear beside the price: a route and its date, or until when a bill is to be paid."""
        due, today, when = quote.due_on, self._papers.today(tx), quote.when_at
        what = (quote.what_en if language == "en" else None) or quote.what
        if what is not None and when is not None:
            local = when.astimezone(self._papers.zone) if isinstance(when, datetime) else when
            told = (("what", what), ("t", moment_spoken(local, today, language)), ("n", str(quote.nights)))
            tx.after_commit(Say("svc.stay" if quote.nights else "svc.route", Tone.ATTENTION, words=told))
        if due is not None and due < today:
            tx.after_commit(Say("svc.overdue", Tone.ATTENTION))
        elif due is not None:
            tx.after_commit(Say("svc.due", Tone.ATTENTION, words=(("t", spoken_day(due, today, language)),)))

    # --- into the bill, or not -------------------------------------------------------------------------------------

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if not self.is_busy(tx):
            return
        if asked.verb is not Verb.ENTER:
            self._end("svc.later" if counter.verb is Verb.SERVICE_OFFER else "svc.dropped", tx, tone=Tone.OK)
        elif counter.verb in (Verb.TOP_UP_AMOUNT, Verb.BILL_AMOUNT) and counter.value:
            self._ask(tx)
        elif counter.verb is Verb.SERVICE_OFFER and (order := tx.services.find(counter.barcode or "")) is not None:
            self._clear()
            self._slips.take(order, tx)
        else:
            tx.after_commit(question(counter))

    # --- out of it -------------------------------------------------------------------------------------------------

    def _due(self, due: DeskDue, tx: Transaction) -> None:
        if due.serial != self._hand.serial:
            return
        if not self.is_busy(tx):
            self._clear()
        elif due.asked:
            self._ask_again(due, tx)
        else:
            self._end("svc.later" if tx.counter.verb is Verb.SERVICE_OFFER else "svc.dropped", tx, tone=Tone.ATTENTION)

    def _end(self, prompt: str, tx: Transaction, *, tone: Tone = Tone.ERROR, amount: Fen | None = None) -> None:
        """Nothing is ordered; the basket stands as before, and a slip that was printed stays good."""
        offer, asked = self._hand.offer, self._quoting.question
        order = asked.soid if asked is not None else tx.counter.barcode or ""
        self._clear()
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        say = Say(prompt, tone, amounts=(("a", amount),) if amount is not None else ())
        told(say, tx, offer=offer.id if offer is not None else "", order=order)

    def _clear(self) -> None:
        """Nothing is remembered, and timers of before are of nothing."""
        self._quoting.forget()
        self._hand = _InHand(self._hand.serial + 1)


def _is_ours(tx: Transaction) -> bool:
    return tx.counter.waiting is Waiting.SERVICE


def _fen(text: str) -> Fen:
    """Zero for what is no amount."""
    try:
        return Fen(parse_yuan(text))
    except (ModelError, ValueError):
        return Fen(0)
