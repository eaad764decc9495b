"""Prompts become sentences in the shop's language; who hears them is wired in the daemon."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.codec.prompts import Prompts
from edge.errors import CodecError
from edge.messages import Asked, Say, Speech, Tone
from edge.model.counter import Verb
from edge.ports import Transaction
from edge.services.tendering import money_said

WORDS_OF_A_START = ("sys.ready", "sys.power")
"""Whoever asks again after a power cut did not hear what came before it."""

_log = logging.getLogger("edge.voice")


@dataclass(frozen=True, slots=True)
class SayAgain:
    """An effect: the newest sentence once more."""


class Voice:
    """Not durable: what was said before a restart is not said again by itself (decisions 1).

    The card 再说一遍 repeats the newest sentence; a second time, or after a restart, the money of the last sale.
    """

    def __init__(self, bus: Bus, prompts: Prompts, *, language: str, hear: Callable[[Speech], None]) -> None:
        self._prompts = prompts
        self._language = language
        self._hear = hear
        self._newest: Speech | None = None
        self._repeated = False
        bus.on(Asked, self._asked)
        bus.route(Say, self._say)
        bus.route(SayAgain, self._again)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.SAY_AGAIN:
            return
        newest = self._newest
        if newest is not None and not self._repeated and newest.prompt not in WORDS_OF_A_START:
            tx.after_commit(SayAgain())
        elif (last := tx.sales.last()) is not None:
            tx.after_commit(replace(money_said(last.sale.tenders[-1]), tone=Tone.OK))  # no money comes in now
        else:
            tx.after_commit(Say("say.nothing", Tone.ATTENTION))

    def _again(self, _: SayAgain) -> None:
        if self._newest is not None:
            self._repeated = True
            self._hear(replace(self._newest, tone=Tone.OK))

    def _say(self, say: Say) -> None:
        try:
            text = self._prompts.text(say.prompt, self._language, say.amounts, say.words)
        except CodecError as error:
            # A missing word must not stop the counter; the tone is still heard, and the log tells us.
            _log.error("a prompt cannot be spoken: %s", error)
            text = ""
        self._newest, self._repeated = Speech(say.prompt, say.tone, text), False
        self._hear(self._newest)
