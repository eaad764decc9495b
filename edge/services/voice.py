"""Prompts become sentences in the shop's language; who hears them is wired in the daemon."""

from __future__ import annotations

import logging
from collections.abc import Callable

from edge.bus import Bus
from edge.codec.prompts import Prompts
from edge.errors import CodecError
from edge.messages import Say, Speech

_log = logging.getLogger("edge.voice")


class Voice:
    """Not durable: what was said before a restart is not said again (decisions 1)."""

    def __init__(self, bus: Bus, prompts: Prompts, *, language: str, hear: Callable[[Speech], None]) -> None:
        self._prompts = prompts
        self._language = language
        self._hear = hear
        bus.route(Say, self._say)

    def _say(self, say: Say) -> None:
        try:
            text = self._prompts.text(say.prompt, self._language, say.amounts, say.words)
        except CodecError as error:
            # A missing word must not stop the counter; the tone is still heard, and the log tells us.
            _log.error("a prompt cannot be spoken: %s", error)
            text = ""
        self._hear(Speech(say.prompt, say.tone, text))
