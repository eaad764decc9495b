"""银行取款 and 银行存款: cash against a slip of the bank's own terminal (product row 79).

    card ──► the most that can be ──► slip number, scanned or keyed ──► amount ──► Enter ──► booked, drawer, papers

The card says how much is possible before the bank's terminal is touched: what is refused after it printed its slip must
be taken back there. Nothing is booked before Enter; a power cut forgets the question, and the card asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, Confirmed, DrawerWanted, NumberKeyed, Say, Tone
from edge.model.agent_note import AgentNote, Room, Way, may_be_card, slip_number
from edge.model.agent_records import AgentNoted
from edge.model.agent_slip import agent_slip
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.money import Fen
from edge.model.platform import ServiceOffer
from edge.ports import Licences, Transaction
from edge.services.basket import ask_confirm, basket_view, question, unanswered
from edge.services.drawer_count import SlipWords, answer_to, known_in_drawer, short_words
from edge.services.licences import licensed
from edge.services.refusal import refuse
from edge.services.slips import local_time, print_slip
from edge.services.till_day import TillRules, day_and_shift, day_of

WAYS = {Verb.AGENT_OUT: Way.OUT, Verb.AGENT_IN: Way.IN}
_ASKS = frozenset(WAYS)


class AgentDesk:
    """`offers`: the bank services of the shop's platforms; the first one that is licensed counts.

    `online` tells whether the cloud is there, `full` whether there is no more room but for cash sales (P11).
    """

    def __init__(
        self, bus: Bus, offers: Sequence[ServiceOffer], rules: TillRules, words: SlipWords,
        licences: Licences, *, online: Callable[[], bool], full: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._offers = tuple(offers)
        self._rules = rules
        self._words = words
        self._licences = licences
        self._online = online
        self._full = full
        if offers:
            bus.on(Asked, self._asked)
            bus.on(AskedAtDesk, self._by_hand)
            bus.on(NumberKeyed, self._slip)
            bus.on(Confirmed, self._confirmed)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb in WAYS:
            self._begin(asked.verb, tx)
        elif asked.verb is Verb.COUNTED:
            self._amount(Fen(asked.value), tx)

    def _begin(self, verb: Verb, tx: Transaction) -> None:
        offer, way = self._offer(tx), WAYS[verb]
        first = unanswered(tx.counter)
        if first is not None:
            tx.after_commit(first)
        elif offer is not None:
            room = self._room(offer, way, tx)
            most = room.most(offer, way)
            if most < offer.least:
                self._refuse(room, offer, way, offer.least, tx)
            else:
                tx.keep(Counter(tx.counter.sale, Waiting.BANK_SLIP, None, verb, most))
                tx.after_commit(question(tx.counter))

    def _offer(self, tx: Transaction) -> ServiceOffer | None:
        """The one that may be noted now; None, with a word: none may."""
        offer = next(iter(licensed(self._offers, self._licences, tx)), None)
        if offer is not None and not self._online():
            refuse(Say("svc.offline", Tone.ERROR), tx, offer=offer.id)
        elif offer is not None and self._full():
            tx.after_commit(Say("store.full", Tone.ERROR))
        else:
            return offer
        return None

    def _room(self, offer: ServiceOffer, way: Way, tx: Transaction) -> Room:
        return Room(tx.agent_notes.so_far(offer.id, way, day_of(tx, self._rules)), known_in_drawer(tx))

    def _refuse(self, room: Room, offer: ServiceOffer, way: Way, amount: Fen, tx: Transaction) -> None:
        match room.why_not(offer, way, amount):
            case "agent.short", _:
                refuse(short_words("agent.short", "agent.count", tx), tx, offer=offer.id)
            case prompt, fen:
                refuse(Say(prompt, Tone.ERROR, amounts=(("a", fen),)), tx, offer=offer.id)

    # --- the slip of the bank's terminal ---------------------------------------------------------------------------

    def _slip(self, keyed: NumberKeyed, tx: Transaction) -> None:
        """A number that could be a card's is not kept, nor shown, nor said."""
        counter = tx.counter
        if counter.waiting is not Waiting.BANK_SLIP or (offer := self._offer(tx)) is None:
            return
        number = slip_number(keyed.text)
        if may_be_card(keyed.text):
            refuse(Say("agent.card", Tone.ERROR), tx, offer=offer.id)
        elif not number or (offer.reference is not None and not offer.fits(number)):
            refuse(Say("agent.bad", Tone.ERROR), tx, offer=offer.id)
        elif tx.agent_notes.is_noted(offer.id, number):
            refuse(Say("agent.used", Tone.ERROR), tx, offer=offer.id)
        else:
            tx.keep(Counter(counter.sale, Waiting.AMOUNT, number, counter.verb))
            tx.after_commit(question(tx.counter))

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        if tx.counter.waiting is not Waiting.BANK_SLIP:
            return
        if asked.verb is Verb.ENTER:
            tx.after_commit(question(tx.counter))
            return
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("ask.dropped"))

    # --- the amount ------------------------------------------------------------------------------------------------

    def _amount(self, amount: Fen, tx: Transaction) -> None:
        """What cannot be is said, and the question stands: the number may have been a slip of the hand."""
        asked = tx.counter
        verb = answer_to(_ASKS, amount, tx)
        if verb is None or asked.barcode is None:
            return
        tx.keep(asked)
        if self._may_be(WAYS[verb], asked.barcode, amount, tx) is not None:
            ask_confirm(verb, amount, tx)

    def _may_be(self, way: Way, slip: str, amount: Fen, tx: Transaction) -> ServiceOffer | None:
        """The service that it can be noted for; None, with a word."""
        offer = self._offer(tx)
        if offer is None:
            return None
        if tx.agent_notes.is_noted(offer.id, slip):
            refuse(Say("agent.used", Tone.ERROR), tx, offer=offer.id)
            return None
        room = self._room(offer, way, tx)
        if room.why_not(offer, way, amount) is None:
            return offer
        self._refuse(room, offer, way, amount, tx)
        return None

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """All is looked at once more: midnight or a licence's end may lie between the amount and Enter."""
        way, slip, amount = WAYS.get(confirmed.verb), confirmed.barcode, Fen(confirmed.value)
        if way is None or slip is None:
            return
        tx.after_commit(basket_view(tx.counter))
        offer = self._may_be(way, slip, amount, tx)
        if offer is not None:
            self._book(offer, AgentNote(offer.id, slip, way, amount), tx)

    def _book(self, offer: ServiceOffer, note: AgentNote, tx: Transaction) -> None:
        """Two papers; the customer's copy is the one that 重打 prints again."""
        day, shift = day_and_shift(tx, self._rules)
        noted = AgentNoted(note, shift, day, self._rules.till)
        tx.append(noted)
        words, now = self._words, local_time(tx.stamp.at, self._rules.zone)
        for customers in (False, True):
            print_slip(
                agent_slip(
                    noted, offer, shop=words.shop, now=now, language=words.spoken(tx), customers=customers
                ), tx,
            )  # fmt: skip
        tx.after_commit(DrawerWanted(f"agent_{note.way}"))
        tx.after_commit(Say(f"agent.{note.way}_ok", amounts=(("a", note.amount),)))
