"""A message of the cloud: told of, and read once somebody wants it by Enter (message.show, row 130).

    message.show ──► kept ──► counter at rest: "有一条通知，按确认打印" ──Enter──► spoken, shown, printed; done is told
                           └── a sale, a question: asked when the counter is at rest again ◄── minus: later

Nothing waits for it: goods, cards and parcels go before. It outlives a power cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.wire import checked
from edge.codec.wire_command import MESSAGE, MessageArgs
from edge.errors import WireError
from edge.messages import AskedAtDesk, Say, Show, Started, Tone, View
from edge.model.cloud_message import CloudNote
from edge.model.cloud_slip import message_slip
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.receipt import ReceiptText
from edge.ports import Transaction
from edge.services.basket import basket_view, question
from edge.services.commands import Answered, Ordered
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import on_paper

MAX_UNREAD = 20
"""More than a slow day brings; whoever reads none of them is told of no more."""
LOOK_S = 20.0
"""How soon a message that found the counter busy looks again."""
LATER_S = 1800.0
"""After minus: nobody is nagged."""


@dataclass(frozen=True, slots=True)
class MessageDue:
    """A timer: is there a message, and nobody at the counter? Only the newest `serial` counts."""

    serial: int


class RemoteMessages:
    """`printer`: whether messages can be printed here."""

    def __init__(self, bus: Bus, text: ReceiptText, *, zone: ZoneInfo, printer: bool) -> None:
        self._bus = bus
        self._text = text
        self._zone = zone
        self._printer = printer
        self._serial = 0
        self._put_off_until_mono = 0.0
        bus.on(Started, lambda _, tx: self._look_in(LOOK_S) if tx.cloud_notes.unread() else None)
        bus.on(MessageDue, self._due)
        bus.on(AskedAtDesk, self._answered)

    def show(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of MESSAGE: accepted, and done when it is read."""
        try:
            args = checked(MessageArgs, dict(ordered.args), where=MESSAGE)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        if len(tx.cloud_notes.unread()) >= MAX_UNREAD:
            return Answered(ordered.cid, "rejected", "quota.exceeded", f"{MAX_UNREAD} messages are not read yet")
        tx.cloud_notes.keep(CloudNote(ordered.cid, args.text, args.paper and self._printer))
        self._put_off_until_mono = 0.0
        self._look(tx)
        return Answered(ordered.cid, "accepted")

    def resumed(self, cid: str, tx: Transaction) -> Answered | None:
        """After a start it still waits to be read."""
        return None

    def _look_in(self, seconds: float) -> None:
        self._serial += 1
        self._bus.after(seconds, MessageDue(self._serial))

    def _due(self, due: MessageDue, tx: Transaction) -> None:
        if due.serial == self._serial:
            self._look(tx)

    def _look(self, tx: Transaction) -> None:
        """Ask whether the oldest one may be read out, where nobody is served; else look again.

        A scan takes the question's place: it comes again when that customer is gone.
        """
        unread, counter = tx.cloud_notes.unread(), tx.counter
        if not unread:
            return
        self._look_in(LOOK_S)
        is_free = counter.sale is None and counter.refund is None and counter.waiting is Waiting.NOTHING
        if is_free and tx.stamp.mono >= self._put_off_until_mono:
            tx.keep(Counter(None, Waiting.MESSAGE, unread[0].cid, value=int(unread[0].paper)))
            tx.after_commit(question(tx.counter))

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.MESSAGE:
            return
        tx.keep(at_rest(counter.sale))
        if answer.verb is not Verb.ENTER:
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say("ask.dropped"))
            self._put_off_until_mono = tx.stamp.mono + LATER_S
            return
        note = next((one for one in tx.cloud_notes.unread() if one.cid == counter.barcode), None)
        if note is None:
            tx.after_commit(basket_view(tx.counter))
            return
        tx.cloud_notes.drop(note.cid)
        if note.paper:
            text, now = on_paper(self._text, tx), local_time(tx.stamp.at, self._zone)
            print_slip(message_slip(note.text, shop=text.shop, now=now, language=text.language), tx, of=note.cid)
        tx.after_commit(Show(View.TEXT, name=note.text))
        tx.after_commit(Say("msg.text", Tone.ATTENTION, words=(("what", note.text),)))
        tx.after_commit(Answered(note.cid, "done"))
        self._look_in(LOOK_S)
