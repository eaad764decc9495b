"""Customers who send a parcel: the app's code, the weight, the fee into the bill, the label; or not after all."""

from __future__ import annotations

from collections.abc import Iterator

from edge.codec.command_card import card_code
from edge.messages import Key
from edge.model.counter import Verb, Waiting
from edge.reference_cloud.sending import TARIFFS
from edge.sim.year.app_hands import AppHands
from edge.sim.year.bill import SENDING, Entry
from edge.sim.year.send_invariants import KIND

SEND_CARD = card_code(136)
CARRIERS = (*TARIFFS, *TARIFFS, "NOBODY")
GRAMS = (50, 300, 1_250, 1_900, 4_000, 31_000)
"""The last is more than any carrier takes; a letter is light."""
ASKED_S, LOOK_S = 14.0, 0.8
LOOKED_AT_S = 7.0
"""A fee that ran out is looked for again, if something else stood in the way."""
NOT_AFTER_ALL, TOO_SLOW, TOO_SLOW_S = 0.12, 0.12, (620.0, 1500.0)
DECLINED = ("send.unknown", "send.heavy", "send.refused", "send.number", "send.differs")
ENDS = (
    ("decline", DECLINED), ("time-out", ("send.no_answer",)), ("offline", ("send.offline",)),
    ("expiry", ("send.expired",)),
)  # fmt: skip


class SendHands(AppHands):
    """`_send` is one of them, from the card to the fee in the bill; with the payment comes the label."""

    def _send(self) -> Iterator[float]:
        said, cuts = self._box.said, self._box.cuts
        yield from self._ask_for_fee()
        for end, prompts in ENDS:
            self._count(KIND, end, is_so=self._was_said(said, prompts))
        self._count(KIND, "restart", is_so=cuts != self._box.cuts)

    def _ask_for_fee(self) -> Iterator[float]:
        chance, same = self._chance, self.bill.entries
        carrier, grams = chance.choice(CARRIERS), chance.choice(GRAMS)
        whom = f"Li 138{chance.randrange(10**8):08d}"
        yield from self._gesture(self._scan(SEND_CARD), same)
        if not self._is_asked(Waiting.SEND):
            return
        yield from self._gesture(self._scan(f"SEND:{carrier}:{whom}:{chance.randrange(10**8):08d}"), same)
        if not self._is_send_step(Verb.COUNTED):
            return
        self.disturb()
        marks = self._marks()
        yield from self._gesture(self._keys(str(grams), Key.ENTER), same, single=False)
        until = self._clock.mono_s + ASKED_S
        while self._is_send_step(Verb.SEND_QUOTE) and self._clock.mono_s < until:
            self._busy()
            yield LOOK_S
        if not self._is_send_step(Verb.SEND_OFFER):
            return
        fee = self._box.counter.value
        if marks == self._marks() and fee != TARIFFS[carrier].fee(grams):
            self._complain(f"{fee} fen are asked for {grams} g with {carrier}, it takes {TARIFFS[carrier].fee(grams)}")
        if chance.random() < NOT_AFTER_ALL:
            yield from self._gesture(self._keys("", Key.MINUS), same)
            self._count(KIND, "cancel", is_so=self._box.counter.waiting is Waiting.NOTHING)
        else:
            yield from self._take_fee(self._box.counter.barcode or "", fee)

    def _take_fee(self, parcel: str, fee: int) -> Iterator[float]:
        """Into the bill; some talk until it is good no more."""
        said, marks, wanted = self._box.said, self._marks(), self.bill.added(SENDING + parcel, fee)
        yield from self._gesture(self._keys("", Key.ENTER), wanted, may_refuse=True)
        is_in = SENDING + parcel in {sku for sku, _, _ in self.bill.entries}
        if marks == self._marks() and not is_in and not self._was_said(said, ("send.", "sale.")):
            self._complain(f"the fee of parcel {parcel} is not in the bill, and nobody says why")
        if is_in and self._chance.random() < TOO_SLOW:
            yield from self._talk_too_long(SENDING + parcel)

    def _talk_too_long(self, sku: str) -> Iterator[float]:
        yield self._chance.uniform(*TOO_SLOW_S)
        yield from self._nothing(None)
        marks = self._marks()
        self._busy()
        yield LOOKED_AT_S
        yield from self._nothing(None)
        is_in = sku in {entry[0] for entry in self.bill.entries}
        if marks == self._marks() and is_in and self._has_run_out(sku) and not self._part_paid():
            self._complain(f"the fee {sku} ran out and is in the bill")

    def _is_send_step(self, verb: Verb) -> bool:
        counter = self._box.counter
        return counter.waiting is Waiting.SEND and counter.verb is verb

    def _still(self, entries: list[Entry], seen: list[Entry]) -> list[Entry]:
        kept, there = super()._still(entries, seen), {sku for sku, _, _ in seen}
        return [entry for entry in kept if entry[0] in there or not self._has_run_out(entry[0])]

    def _has_run_out(self, sku: str) -> bool:
        """Whether it is a fee that is good no more, by the box's own clock."""
        parcel = sku.removeprefix(SENDING) if sku.startswith(SENDING) else ""
        sql = "SELECT 1 FROM shipment WHERE parcel = ? AND until <= ?"
        return bool(parcel and self._witness.rows(sql, parcel, self._clock.wall().isoformat(timespec="milliseconds")))
