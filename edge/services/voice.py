"""Prompts become sentences in the shop's language, volume and pace; cards change these. Who speaks is the speaker.

Where the loudspeaker is missing, what somebody must do stands on the customer's display for a moment instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from edge.bus import Bus
from edge.codec.prompts import Prompts
from edge.errors import CodecError
from edge.messages import Asked, DeviceDown, DeviceUp, Hush, KeyPressed, Say, ScanData, Show, Speech, Tone, View
from edge.model.counter import Verb
from edge.model.manner import LOUDEST, QUIETEST, Manner, Pace, Weight
from edge.model.sale import Sale
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.spoken_manner import keep_manner, manner_of
from edge.services.tendering import money_said

WORDS_OF_A_START = ("sys.ready", "sys.power")
"""Whoever asks again after a power cut did not hear what came before it."""
READ_S = 5.0
"""How long a sentence stands on the display before the basket comes back: two lines, read twice."""

_JOINS = {"zh-CN": "，", "en": ". "}

_TO_BE_READ = (Tone.ATTENTION, Tone.ERROR, Tone.ALARM)
"""What asks somebody to do something. What was sold and paid stands on the display anyway."""
_PACES = {Pace.USUAL: "voice.usual", Pace.SLOW: "voice.slow", Pace.SLOWEST: "voice.slowest"}

_NOT_REPEATED = frozenset(
    {"voice.loudest", "voice.louder", "voice.quietest", "voice.quieter", *_PACES.values(), "ads.line"}
)
"""Nobody who asks again means these."""

_log = logging.getLogger("edge.voice")


@dataclass(frozen=True, slots=True)
class SayAgain:
    """An effect: the newest sentence once more."""


@dataclass(frozen=True, slots=True)
class TextRead:
    """A timer: a sentence has stood on the display for READ_S."""


class Voice:
    """Not durable: what was said before a restart is not said again by itself (decisions 1).

    The card 再说一遍 repeats the newest sentence; a second time, or after a restart, the money of the last sale.
    `speaker` is the loudspeaker's name in the settings; None: the shop has none, and misses none.
    `yao`: 1 is 幺 in phone numbers.
    """

    def __init__(
        self, bus: Bus, prompts: Prompts, *, language: str, speaker: str | None = None, yao: bool = False
    ) -> None:
        self._bus = bus
        self._prompts = prompts
        self._language = language
        self._speaker = speaker
        self._yao = yao
        self._is_mute = False
        self._newest: Speech | None = None
        self._repeated = False
        bus.on(Asked, self._asked)
        bus.on(Say, self._say)
        bus.on(SayAgain, self._again)
        if speaker is not None:
            bus.on(ScanData, self._hush)
            bus.on(KeyPressed, self._hush)
            bus.on(DeviceUp, self._up)
            bus.on(DeviceDown, self._down)
            bus.on(TextRead, lambda _, tx: tx.after_commit(basket_view(tx.counter)))

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.SAY_AGAIN:
            self._repeat(tx)
        elif asked.verb in _CHANGES:
            manner, confirmed = _CHANGES[asked.verb](manner_of(tx, self._language))
            keep_manner(manner, tx)
            tx.after_commit(Say(confirmed))  # the first sentence in the new manner

    def _repeat(self, tx: Transaction) -> None:
        newest = self._newest
        if newest is not None and not self._repeated and newest.prompt not in WORDS_OF_A_START:
            tx.after_commit(SayAgain())
        elif (last := tx.sales.last()) is not None:
            tx.after_commit(_money_again(last.sale))
        else:
            tx.after_commit(Say("say.nothing", Tone.ATTENTION))

    def _again(self, _: SayAgain, tx: Transaction) -> None:
        if self._newest is not None:
            self._repeated = True
            tx.after_commit(replace(self._newest, tone=Tone.OK, manner=manner_of(tx, self._language)))

    def _say(self, say: Say, tx: Transaction) -> None:
        manner = manner_of(tx, self._language)
        text = self._text(say, manner.language)
        fixed = self._prompts.is_fixed(say.prompt) and not say.then
        has_phone = any(name == "phone" for name, _ in say.words)
        written = self._text(_without_phones(say), manner.language) if has_phone else text
        speech = Speech(say.prompt, say.tone, text, manner, self._weight(say), fixed, written)
        if say.prompt not in _NOT_REPEATED:  # who makes it louder has missed what came before
            self._newest, self._repeated = speech, False
        tx.after_commit(speech)
        if self._is_mute and say.tone in _TO_BE_READ:
            tx.after_commit(Show(View.TEXT, name=text, name_en=self._text(say, "en"), private=has_phone))
            self._bus.after(READ_S, TextRead())

    def _text(self, say: Say, language: str) -> str:
        parts = [self._phrase(part, language) for part in (say, *say.then)]
        return _JOINS[language].join(part for part in parts if part)

    def _phrase(self, say: Say, language: str) -> str:
        try:
            return self._prompts.text(say.prompt, language, say.amounts, say.words, yao=self._yao)
        except CodecError as error:
            # A missing word must not stop the counter; the tone is still heard, and the log tells us.
            _log.error("a prompt cannot be spoken: %s", error)
            return ""

    def _weight(self, say: Say) -> Weight:
        if say.tone is Tone.ALARM:
            return Weight.ALARM
        return Weight.MONEY if say.tone is Tone.MONEY_IN or self._prompts.is_money(say.prompt) else Weight.ROUTINE

    def _hush(self, _: ScanData | KeyPressed, tx: Transaction) -> None:
        tx.after_commit(Hush())

    def _up(self, up: DeviceUp, tx: Transaction) -> None:
        if up.device == self._speaker:
            self._is_mute = False

    def _down(self, down: DeviceDown, tx: Transaction) -> None:
        if down.device == self._speaker:
            self._is_mute = True


def _without_phones(say: Say) -> Say:
    """The same, with the end of a phone for the phone."""
    return replace(say, words=tuple((name, value[-4:] if name == "phone" else value) for name, value in say.words))


def _money_again(sale: Sale) -> Say:
    """What the last customer paid. No money comes in now."""
    if len(sale.tenders) > 1:
        return Say("pay.was_all", amounts=(("a", sale.paid),))
    return replace(money_said(sale.tenders[-1]), tone=Tone.OK)


def _louder(manner: Manner) -> tuple[Manner, str]:
    return manner.louder(), "voice.loudest" if manner.volume == LOUDEST else "voice.louder"


def _quieter(manner: Manner) -> tuple[Manner, str]:
    return manner.quieter(), "voice.quietest" if manner.volume == QUIETEST else "voice.quieter"


def _slower(manner: Manner) -> tuple[Manner, str]:
    slower = manner.slower()
    return slower, _PACES[slower.pace]


_CHANGES: Mapping[Verb, Callable[[Manner], tuple[Manner, str]]] = MappingProxyType(
    {
        Verb.LOUDER: _louder,
        Verb.QUIETER: _quieter,
        Verb.SLOWER: _slower,
        Verb.LANGUAGE: lambda manner: (manner.other_language(), "voice.language"),
    }
)
"""What a card makes of the manner, and the prompt that confirms it."""
