"""The hands that act the day out: a gesture, a look at what it brought; what a power cut undid is done again.

The day is played once in calm, and each look is kept: the tape. Every other player, on real cables or with its plug
pulled, must come by the same looks. After a cut the hands go on from where the counter stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from day_eyes import Eyes, View, booked_in
from day_script import Booked, Deal, Gesture, Script

from edge.card_table import load_cards
from edge.codec.command_card import card_code
from edge.messages import Key
from edge.sim.owner import OWNERS_CARD

Tape = list[list[View]]
"""For each deal the look before it, and after each of its gestures."""

LANDS_S = 30.0
"""A gesture has had its effect by then."""
SETTLES_S = 300.0
"""A payment has its end by then."""
ONLINE_S = 1_200.0
"""The link is back by then, whatever its back-off has come to."""
AFTER_CUT_S = 60.0
"""After a power cut link and open questions are up by then."""
WEIGH_AGAIN = "scale.again"
TRIES_MAX = 40
"""Of gestures in one deal beyond its own."""
_PREFIX = {"alipay": "28", "wechat": "13", "unionpay": "62", "jdpay": "18", "ecny": "01"}
_LENGTH = {"unionpay": 19, "ecny": 19}
_KEYS = {"E": Key.ENTER, "B": Key.BACKSPACE}


class Stage(Protocol):
    """A shop to act in. What hands do takes effect at once or soon; `pass_s` lets it."""

    eyes: Eyes
    look_s: float
    """Between two looks."""

    @property
    def cuts(self) -> int: ...
    def scan(self, code: str) -> None: ...
    def press(self, key: Key) -> None: ...
    def weigh(self, grams: int) -> None:
        """So much lies on the scale; 0: nothing."""
        ...

    def paper(self, *, there: bool) -> None: ...
    def cover(self, *, shut: bool) -> None: ...
    def network(self, *, up: bool) -> None: ...
    def shut_drawer(self) -> None: ...
    def is_online(self) -> bool: ...
    def said(self, prompt: str = "") -> int:
        """How often, so far; of any prompt when none is named."""
        ...

    def pass_s(self, seconds: float) -> None: ...
    def until_clock(self, at_s: int) -> None:
        """Seconds since the shop's midnight; nothing where it is later."""
        ...

    def wake(self) -> None:
        """Until there is power again; at once where there is."""
        ...


class Hands:
    """`tape` None: nobody has played the day yet, and this becomes it."""

    def __init__(self, script: Script, stage: Stage, tape: Tape | None = None) -> None:
        self.tape: Tape = []
        self.repeated = 0
        """Gestures that were done again after a cut."""
        self.unsaid: list[str] = []
        """Deals whose prompt was not heard."""
        self._script = script
        self._stage = stage
        self._known = tape
        self._codes = {(card.verb, card.value): card_code(number) for number, card in load_cards(None).items()}
        self._receipts: dict[str, str] = {}
        self._customers = 0
        self._cut = False

    def play(self) -> None:
        """The whole day."""
        due: Counter[Booked] = Counter()
        for number, deal in enumerate(self._script.deals):
            self._stage.wake()
            self._stage.until_clock(deal.at_s)
            self._stage.wake()
            heard = self._stage.said(deal.says)
            looks = self._known[number] if self._known is not None else None
            self.tape.append(self._act(deal, looks))
            self._stage.shut_drawer()
            if self._stage.said(deal.says) == heard and not self._cut:
                self.unsaid.append(f"{deal.what}: {deal.says}")
            due.update(deal.gives)
            if looks is None and not self._stage.eyes.unsettled():
                self._compare(due, deal)
            if deal.name:
                self._receipts[deal.name] = self._stage.eyes.last_receipt()

    def _compare(self, due: Counter[Booked], deal: Deal) -> None:
        booked = Counter(booked_in(self._stage.eyes.journal()))
        assert booked == due, f"{deal.what}: booked {booked - due}, expected {due - booked}"

    # --- one deal --------------------------------------------------------------------------------------------------

    def _act(self, deal: Deal, looks: list[View] | None) -> list[View]:
        before, done, tries, self._cut = self._stage.eyes.view(), 0, 0, False
        seen = [before.since(before, parks=deal.parks)]
        while done < len(deal.do):
            tries += 1
            assert tries <= len(deal.do) + TRIES_MAX, f"{deal.what}: {deal.do[done]} has no effect"
            cuts = self._stage.cuts
            heard, again = self._stage.said(), self._stage.said(WEIGH_AGAIN)
            self._do(deal.do[done])
            if looks is None:
                self._let_land()
                seen.append(self._look(before, deal))
                done += 1
            elif self._lands(looks, done, before, deal, heard) and cuts == self._stage.cuts:
                done += 1
            elif self._stage.cuts and self._stage.said(WEIGH_AGAIN) > again:
                self._weigh_again(deal)
            else:
                self._cut = self._cut or cuts != self._stage.cuts
                assert self._cut, (
                    f"{deal.what}: after {deal.do[done]} {self._look(before, deal)}, not {looks[done + 1]}"
                )
                here = self._where(looks, done, before, deal)
                self.repeated += here <= done
                done = here
        return looks or seen

    def _weigh_again(self, deal: Deal) -> None:
        """A box that lost its power while goods lay on the scale wants to see it empty first."""
        grams = next(int(gesture.rest) for gesture in deal.do if gesture.word == "weigh")
        self.repeated += 1
        for load in (0, grams):
            self._stage.weigh(load)
            self._stage.pass_s(1.0)

    def _look(self, before: View, deal: Deal) -> View:
        return self._stage.eyes.view().since(before, parks=deal.parks)

    def _let_land(self) -> None:
        """In calm nobody knows what to wait for, but goods on the scale take their time."""
        self._stage.pass_s(self._stage.look_s)
        waited = 0.0
        while "weight weigh" in self._stage.eyes.view().waiting and waited < LANDS_S:
            self._stage.pass_s(self._stage.look_s)
            waited += self._stage.look_s

    def _lands(self, looks: list[View], done: int, before: View, deal: Deal, heard: int) -> bool:
        """Whether the counter came to look as it should; what changes nothing to see is answered by words."""
        wanted, waited, cuts = looks[done + 1], 0.0, self._stage.cuts
        is_quiet = wanted == looks[done]
        while waited < LANDS_S:
            self._stage.pass_s(self._stage.look_s)
            waited += self._stage.look_s
            if self._stage.cuts != cuts:
                return False
            is_answered = not is_quiet or deal.do[done].word not in ("card", "scan", "code", "offer", "keys", "owner")
            if self._look(before, deal) == wanted and (is_answered or self._stage.said() > heard):
                return True
            if self._cut and waited > AFTER_CUT_S / 10:
                return False  # it may never look so any more
        return False

    def _where(self, looks: list[View], done: int, before: View, deal: Deal) -> int:
        """After which gestures the counter looks as it does now: the next one, this one, later or earlier ones."""
        waited = 0.0
        while True:
            self._stage.wake()
            seen = self._look(before, deal)
            order: list[int] = [done + 1, done, *range(done + 2, len(looks)), *range(done - 1, -1, -1)]
            for alike in _ALIKE:
                for place in order:
                    if alike(seen, looks[place]):
                        return place
            assert waited < SETTLES_S, f"{deal.what}: after a cut in {deal.do[done]} it is {seen}, of {looks}"
            self._stage.pass_s(2.0)
            waited += 2.0

    # --- gestures --------------------------------------------------------------------------------------------------

    def _do(self, gesture: Gesture) -> None:
        stage, word, rest = self._stage, gesture.word, gesture.rest
        match word:
            case "scan":
                self._scan_goods(rest)
            case "code":
                stage.scan(rest)
            case "member":
                stage.scan(self._script.member)
            case "receipt":
                stage.scan(self._receipts[rest])
            case "slip":
                stage.scan(stage.eyes.newest_slip())
            case "card":
                stage.scan(self._card(rest))
            case "owner":
                stage.scan(OWNERS_CARD.text)
                stage.pass_s(1.0)
                stage.scan(self._card(rest))
            case "keys":
                for key in rest:
                    stage.press(_KEYS.get(key) or Key(key))
            case "pay" | "offer":
                self._show_code(rest, is_wanted=word == "pay")
            case _:
                self._act_beside_the_counter(word, rest)

    def _act_beside_the_counter(self, word: str, rest: str) -> None:
        stage = self._stage
        match word:
            case "weigh":
                stage.weigh(int(rest))
            case "clear":
                stage.weigh(0)
            case "pause":
                stage.pass_s(float(rest))
            case "await":
                self._await(rest)
            case "park":
                self._park()
            case "practice":
                self._practise(wanted=rest == "on")
            case "paper":
                stage.paper(there=rest == "in")
            case "cover":
                stage.cover(shut=rest == "shut")
            case "network":
                stage.network(up=rest == "up")
            case _:
                raise AssertionError(f"nobody knows how to {word} {rest}")

    def _scan_goods(self, name: str) -> None:
        goods = self._script.goods[name]
        assert goods.has_barcode, f"{name} has no barcode"
        self._stage.scan(goods.code)

    def _card(self, text: str) -> str:
        verb, _, value = text.partition(" ")
        return next(
            code for (of, fen), code in self._codes.items() if of == verb and (not value or fen == int(value))
        )  # fmt: skip

    def _show_code(self, text: str, *, is_wanted: bool) -> None:
        """A fresh code each time, as a phone makes them."""
        channel, _, customer = text.partition(" ")
        waited = 0.0
        while is_wanted and not self._stage.is_online() and waited < ONLINE_S:
            self._stage.wake()
            self._stage.pass_s(1.0)
            waited += 1.0
        self._customers += 1
        width = _LENGTH.get(channel, 18) - 2 - len(customer)
        self._stage.scan(f"{_PREFIX[channel]}{self._customers:0{width}d}{customer}")

    def _await(self, what: str) -> None:
        eyes, waited, cuts = self._stage.eyes, 0.0, self._stage.cuts
        while eyes.is_paying() if what == "paid" else eyes.unsettled():
            if self._stage.cuts != cuts:
                return
            assert waited < SETTLES_S, f"waited in vain until {what}"
            self._stage.pass_s(self._stage.look_s)
            waited += self._stage.look_s

    def _park(self) -> None:
        """After a cut the cloud may have the answer at once, so that there is nothing to put aside."""
        waited = 0.0
        while self._cut and self._stage.eyes.is_doubtful() and waited < AFTER_CUT_S:
            self._stage.pass_s(self._stage.look_s)
            waited += self._stage.look_s
        if self._stage.eyes.is_doubtful():
            self._stage.scan(self._card("hold"))

    def _practise(self, *, wanted: bool) -> None:
        found = self._stage.eyes.rows("SELECT v FROM meta WHERE k = 'training'")
        if bool(found and found[0][0]) is not wanted:
            self._stage.scan(self._card("training"))


def _same(seen: View, look: View) -> bool:
    return seen == look


def _nearly(seen: View, look: View) -> bool:
    """A payment that never reached the cloud is cancelled and made anew: one more of them than in calm, and goods on
    the counter whose total was asked for already.
    """
    return _without_payments(seen) == _without_payments(look)


def _without_payments(view: View) -> View:
    is_asked = view.state in ("open", "subtotal")
    counts = ((key, min(n, 1)) if key == "payments" else (key, n) for key, n in view.booked)
    kept = tuple((key, n) for key, n in counts if not (is_asked and key == "payments"))
    return replace(view, state="open" if is_asked else view.state, booked=kept)


_ALIKE: tuple[Callable[[View, View], bool], ...] = (_same, _nearly)
