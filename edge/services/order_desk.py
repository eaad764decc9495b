"""Goods that the shop does not stock are ordered for a customer, out of the booklet or by what lies here (row 75).

card 代下单 ──► barcode ──► pieces: Enter, or keyed ──Enter──► up/req service.quote ──► price, day, service slip
                                                                                       │
          bill, paid now ◄──Enter──┬── offered for two minutes ──card 到店自提──► ordered, and paid when it is fetched

From the quote on it is a service order like all others: what is paid now goes through the bill. Nothing is remembered
of it before: after a power cut the customer begins again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from edge.bus import Bus
from edge.codec import wire_service as wire
from edge.codec.wire_down import Response
from edge.messages import Asked, AskedAtDesk, NumberKeyed, OrderScanned, Say, Show, Tone, View
from edge.model.booklet import Booklet
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.item import Gtin14
from edge.model.money import Fen
from edge.model.online_order import OnlineOrder
from edge.model.platform import ServiceKind, ServiceOffer
from edge.model.service_records import ServiceQuoted
from edge.model.service_slip import comes_line
from edge.ports import Licences, Transaction
from edge.services.basket import basket_view, question, unanswered
from edge.services.counter_services import CounterServices
from edge.services.licences import bars
from edge.services.quoted import order_of
from edge.services.quoting import AGAIN_S, Quoting
from edge.services.refusal import refuse, told
from edge.services.scanning import short_gtin
from edge.services.service_desk import LASTS_S
from edge.services.service_orders import PlaceOrder

MAX_PIECES = 99
"""As the wire has it; more is a purchase of the shop, not of a customer."""
_ERRORS = {"auth.denied": "ord.unknown", "quota.exceeded": "svc.too_much", "cmd.unsupported": "svc.none"}
"""What the cloud refuses, in words."""
_STEPS = frozenset({Verb.ORDER, Verb.PIECES, Verb.SERVICE_QUOTE, Verb.ORDER_SLOT, Verb.SERVICE_OFFER})

_log = logging.getLogger("edge.service")


@dataclass(frozen=True, slots=True)
class OrderDue:
    """A timer of the step `serial`. `asked`: so often the cloud was asked, and has it answered? Else: who is there?"""

    serial: int
    asked: int = 0


@dataclass(slots=True)
class _InHand:
    """What is remembered between two steps. `days` as the booklet has them."""

    serial: int = 0
    gtin: Gtin14 | None = None
    name: str = ""
    name_en: str = ""
    days: int | None = None
    offer: ServiceOffer | None = None
    pieces: int = 1
    quote: wire.ServiceQuote | None = None
    """While one of its slots is to be chosen."""


def is_offered(counter: Counter) -> bool:
    """Whether an order is offered now, to be paid or placed."""
    return counter.waiting is Waiting.ORDER and counter.verb is Verb.SERVICE_OFFER


class OrderDesk:
    def __init__(self, bus: Bus, quoting: Quoting, desk: CounterServices, booklet: Booklet, licences: Licences) -> None:
        self._bus = bus
        self._quoting = quoting
        self._desk = desk
        self._booklet = booklet
        self._licences = licences
        self._hand = _InHand()
        bus.on(Asked, self._asked)
        bus.on(OrderScanned, self._scanned)
        bus.on(NumberKeyed, self._keyed)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(Response, self._answered)
        bus.on(OrderDue, self._due)

    def _is_busy(self, tx: Transaction) -> bool:
        return tx.counter.waiting is Waiting.ORDER and tx.counter.verb in _STEPS

    # --- what is wanted --------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        match asked.verb:
            case Verb.STOP:
                self._clear()
            case Verb.ORDER:
                self._begin(tx)
            case Verb.COLLECT_ORDER if is_offered(tx.counter):
                self._place(tx)
            case Verb.CANCEL_SERVICE if self._is_busy(tx):
                self._end("svc.dropped", tx, tone=Tone.OK)

    def _begin(self, tx: Transaction) -> None:
        offers = self._desk.papers.platforms.of_kind(ServiceKind.ORDER)
        if self._quoting.is_closed(offers, tx):
            return
        if tx.counter.waiting is not Waiting.ORDER and (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        else:
            self._clear()
            self._step(tx, Verb.ORDER)
            tx.after_commit(Show(View.TEXT, name={"en": "Order"}.get(self._language(tx), "代下单")))
            tx.after_commit(question(tx.counter))

    def _step(self, tx: Transaction, verb: Verb, value: int = 0, *, order: str | None = None) -> int:
        """The next thing that is waited for; the number of this wait."""
        self._hand.serial += 1
        tx.keep(Counter(tx.counter.sale, Waiting.ORDER, order, verb, value))
        self._bus.after(LASTS_S, OrderDue(self._hand.serial))
        return self._hand.serial

    def _scanned(self, scanned: OrderScanned, tx: Transaction) -> None:
        """Once more is one more piece; other goods before Enter are the ones that count."""
        if tx.counter.verb is Verb.PICK_ORDER:
            return  # `OrderPicking` takes it
        if tx.counter.verb not in (Verb.ORDER, Verb.PIECES):
            tx.after_commit(question(tx.counter))
            return
        listed, item = self._booklet.find(scanned.gtin), scanned.item
        wanted = listed.offer if listed is not None else ""
        offer = self._offer_of(wanted, tx)
        if offer is None:
            if not bars(wanted, self._licences, tx):
                refuse(Say("svc.none", Tone.ERROR), tx, offer=wanted)
            return
        if self._hand.gtin == scanned.gtin and tx.counter.verb is Verb.PIECES:
            self._count(self._hand.pieces + 1, tx)
            return
        name = listed.name if listed else item.name if item else short_gtin(scanned.gtin)
        name_en = (listed.name_en if listed else item.name_en if item else "") or name
        days = listed.days if listed is not None else None
        self._hand = _InHand(self._hand.serial, scanned.gtin, name, name_en, days, offer)
        self._step(tx, Verb.PIECES, 1)
        price = listed.price if listed is not None else None
        tx.after_commit(Show(View.PRICE, name=name, name_en=name_en, price=price or Fen(0), amount=price or Fen(0))
                        if price else Show(View.TEXT, name=name, name_en=name_en))  # fmt: skip
        words = (("item", name_en if self._language(tx) == "en" else name),)
        amounts = (("a", price),) if price is not None else ()
        tx.after_commit(Say("ord.pieces" if price else "ord.how_many", Tone.ATTENTION, words=words, amounts=amounts))

    def _offer_of(self, wanted: str, tx: Transaction) -> ServiceOffer | None:
        """The service that brings it, of those that the shop may sell; any, where the booklet names none."""
        offers = self._desk.papers.platforms.of_kind(ServiceKind.ORDER)
        fit = (offer for offer in offers if wanted in ("", offer.id))
        return next((offer for offer in fit if self._licences.why_not(offer.id, tx.stamp.at) is None), None)

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        if not self._is_busy(tx):
            return
        if tx.counter.verb is Verb.PIECES and keyed.text.isdigit():
            self._count(int(keyed.text), tx)
        elif tx.counter.verb is Verb.ORDER_SLOT and keyed.text.isdigit():
            self._choose(int(keyed.text), tx)
        else:
            tx.after_commit(question(tx.counter))

    def _count(self, pieces: int, tx: Transaction) -> None:
        if not 1 <= pieces <= MAX_PIECES:
            refuse(Say("ord.most", Tone.ERROR, words=(("n", str(MAX_PIECES)),)), tx)
            return
        self._hand.pieces = pieces
        self._step(tx, Verb.PIECES, pieces)
        tx.after_commit(Show(View.TEXT, name=f"{pieces} × {self._hand.name}", name_en=self._hand.name_en))
        tx.after_commit(question(tx.counter))

    # --- what it costs, and when it comes --------------------------------------------------------------------------

    def _ask(self, tx: Transaction) -> None:
        hand = self._hand
        if hand.offer is None or hand.gtin is None:
            self._end("svc.again", tx)
            return
        about = wire.ServiceQuoteArgs(
            soid=tx.new_id(), offer=hand.offer.id, kind=ServiceKind.ORDER.value, ref=short_gtin(hand.gtin),
            qty=hand.pieces,
        )  # fmt: skip
        if not self._quoting.ask(about, tx):
            self._end("svc.offline", tx)
            return
        serial = self._step(tx, Verb.SERVICE_QUOTE)
        self._bus.after(AGAIN_S, OrderDue(serial, asked=1))
        tx.after_commit(question(tx.counter))

    def _ask_again(self, due: OrderDue, tx: Transaction) -> None:
        if self._quoting.ask_again(due.asked, tx):
            self._bus.after(AGAIN_S, OrderDue(due.serial, due.asked + 1))
        else:
            self._end("svc.no_answer", tx)

    def _answered(self, response: Response, tx: Transaction) -> None:
        """Believed by the question that is out; what comes later is for nobody any more."""
        is_awaited = tx.counter.waiting is Waiting.ORDER and tx.counter.verb is Verb.SERVICE_QUOTE
        asked, offer, quote = self._quoting.question, self._hand.offer, wire.read_quote(response.out)
        if not is_awaited or asked is None or not self._quoting.is_answered(response):
            return
        if not response.ok:
            code = response.err.code if response.err else "internal"
            _log.info("goods were not quoted: %s", code)
            self._end(_ERRORS.get(code, "svc.refused"), tx)
        elif offer is None or quote is None or (quote.soid, quote.offer) != (asked.soid, offer.id):
            _log.error("what goods cost was answered for something else")
            self._end("svc.differs", tx)
        elif not offer.least <= quote.price <= offer.most:
            self._end("svc.most", tx, amount=offer.most)
        elif quote.slots:
            self._hand.quote = quote
            self._step(tx, Verb.ORDER_SLOT, len(quote.slots))
            for number, slot in enumerate(quote.slots, 1):
                tx.after_commit(Say("ord.slot", Tone.ATTENTION, words=(("n", str(number)), ("what", slot))))
            tx.after_commit(question(tx.counter))
        else:
            self._offer(quote, offer, "", tx)

    def _choose(self, number: int, tx: Transaction) -> None:
        """The day on which the goods are brought home and installed."""
        quote, offer = self._hand.quote, self._hand.offer
        if quote is None or offer is None:
            self._end("svc.again", tx)
        elif not 1 <= number <= len(quote.slots):
            tx.after_commit(question(tx.counter))
        else:
            self._offer(quote, offer, quote.slots[number - 1], tx)

    def _offer(self, quote: wire.ServiceQuote, offer: ServiceOffer, slot: str, tx: Transaction) -> None:
        """From here on it is in the ledger, and its slip can be paid until it runs out."""
        hand, language = self._hand, self._language(tx)
        comes_on = self._comes_on(quote, tx.stamp.at)
        many = f" ×{hand.pieces}" if hand.pieces > 1 else ""
        names = (hand.name + many, hand.name_en + many)
        order = order_of(quote, offer, self._desk.papers, tx, names=names, lines=comes_line(comes_on, slot, language))
        may_wait = offer.on_arrival and quote.later and not slot
        assert hand.gtin is not None
        tx.append(ServiceQuoted(order))
        tx.online_orders.keep(OnlineOrder(
            order.id, short_gtin(hand.gtin), hand.pieces, comes_on, may_wait, slot=slot
        ))  # fmt: skip
        self._desk.papers.quote(order, tx)
        self._clear()
        self._step(tx, Verb.SERVICE_OFFER, order.price, order=order.id)
        tx.after_commit(Show(View.PRICE, name=order.name, name_en=order.name_en, price=order.price,
                             amount=order.price))  # fmt: skip
        days = (comes_on - self._today(tx.stamp.at)).days if comes_on is not None else None
        words = (("what", order.named(language)), ("n", str(max(0, days or 0))))
        prompt = "svc.price" if days is None else "ord.price"
        tx.after_commit(Say(prompt, Tone.ATTENTION, amounts=(("a", order.price),), words=words))
        if may_wait:
            tx.after_commit(Say("ord.or_later", Tone.ATTENTION))

    def _comes_on(self, quote: wire.ServiceQuote, at: datetime) -> date | None:
        """As the provider says, else as the booklet does."""
        if quote.eta_on is not None:
            return quote.eta_on
        return None if self._hand.days is None else self._today(at) + timedelta(days=self._hand.days)

    def _today(self, at: datetime) -> date:
        return at.astimezone(self._desk.papers.zone).date()

    # --- ordered, or not -------------------------------------------------------------------------------------------

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if not self._is_busy(tx):
            return
        if asked.verb is not Verb.ENTER:
            self._end("svc.later" if is_offered(counter) else "svc.dropped", tx, tone=Tone.OK)
        elif counter.verb is Verb.PIECES:
            self._ask(tx)
        elif counter.verb is Verb.ORDER_SLOT:
            self._choose(1, tx)
        elif is_offered(counter) and (order := tx.services.find(counter.barcode or "")) is not None:
            self._clear()
            self._desk.slips.take(order, tx)
        else:
            tx.after_commit(question(counter))

    def _place(self, tx: Transaction) -> None:
        """It is to be paid when it is fetched, where the provider and the platform's offer let it wait."""
        goods = tx.online_orders.find(tx.counter.barcode or "")
        order = tx.services.find(tx.counter.barcode or "")
        if goods is None or order is None or not goods.later:
            refuse(Say("ord.pay_now", Tone.ERROR), tx, order=tx.counter.barcode or "")
        elif tx.stamp.at >= order.until:
            self._end("svc.expired", tx)
        else:
            self._rest(tx)
            tx.after_commit(PlaceOrder(order.id))

    def _due(self, due: OrderDue, tx: Transaction) -> None:
        if due.serial != self._hand.serial:
            return
        if not self._is_busy(tx):
            self._clear()
        elif due.asked:
            self._ask_again(due, tx)
        else:
            self._end("svc.later" if is_offered(tx.counter) else "svc.dropped", tx, tone=Tone.ATTENTION)

    def _end(self, prompt: str, tx: Transaction, *, tone: Tone = Tone.ERROR, amount: Fen | None = None) -> None:
        """Nothing is ordered; the basket stands as before, and a slip that was printed stays good."""
        offer, asked = self._hand.offer, self._quoting.question
        order = asked.soid if asked is not None else tx.counter.barcode or ""
        self._rest(tx)
        say = Say(prompt, tone, amounts=(("a", amount),) if amount is not None else ())
        told(say, tx, offer=offer.id if offer is not None else "", order=order)

    def _rest(self, tx: Transaction) -> None:
        self._clear()
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))

    def _clear(self) -> None:
        """Nothing is remembered, and timers of before are of nothing."""
        self._quoting.forget()
        self._hand = _InHand(self._hand.serial + 1)

    def _language(self, tx: Transaction) -> str:
        return self._desk.papers.language_of(tx)
