"""What the dispatcher tells the live pages: it notes, and goes on; whatever is to be read or drawn is so elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from edge.codec.line_display import screen_lines
from edge.messages import Show, Speech
from edge.ports import ScanSeen, Snapshot
from edge.web.feed import Feed
from edge.web.site import Shown

_STARRED = re.compile(r"[0-9A-Za-z]")
DISPLAY, BASKET, SPEECH, SCAN, ROWS, STATE = "display", "basket", "speech", "scan", "rows", "state"
PRESSED = "pressed"


class DisplayShown(Shown):
    """Two lines of twenty cells, as they stand on the customer's display."""

    upper: str
    lower: str


class SpeechShown(Shown):
    prompt: str
    tone: str
    sentence: str


class ScanShown(Shown):
    """See `ports.ScanSeen`."""

    device: str
    at: str
    text: str
    aim: str
    mode: str
    kind: str
    rule: str
    fate: str
    raw: str = ""
    """What the scanner sent: bytes in hexadecimal, or codes of keys."""


class Watch:
    """`raw`: what a scanner sent for a scan; empty where nobody looks."""

    def __init__(self, feed: Feed, raw: Callable[[ScanSeen], str] = lambda _: "") -> None:
        self._feed = feed
        self._raw = raw
        self._state: object = None
        self._journal_n = 0

    def shown(self, show: Show) -> None:
        """The basket changes whenever the display does."""
        upper, lower = screen_lines(show, chinese=True)
        if show.private:
            upper, lower = _STARRED.sub("*", upper), _STARRED.sub("*", lower)
        self._feed.note(DISPLAY, DisplayShown(upper=upper, lower=lower))
        self._feed.note(BASKET, None)

    def spoke(self, speech: Speech) -> None:
        said = speech.written or speech.text
        self._feed.note(SPEECH, SpeechShown(prompt=speech.prompt, tone=speech.tone.value, sentence=said))

    def scanned(self, seen: ScanSeen) -> None:
        self._feed.note(SCAN, ScanShown(
            device=seen.device, at=seen.at, text=seen.text, aim=seen.aim, mode=seen.mode, kind=seen.kind,
            rule=seen.rule, fate=seen.fate, raw=self._raw(seen),
        ))  # fmt: skip

    def pressed(self, device: str) -> None:
        self._feed.note(PRESSED, device)

    def look(self, snapshot: Snapshot, beside: object = None) -> None:
        """Five times a second; noted is only what changed. `beside`: what else the first page
        tells of, such as how it stands with the newest change of settings.
        """
        state = (
            snapshot.link, snapshot.journal_n, snapshot.unsent, snapshot.troubles, snapshot.devices, snapshot.items,
            snapshot.waiting_prints, snapshot.unknown_prints, beside,
        )  # fmt: skip
        if state != self._state:
            self._state = state
            self._feed.note(STATE, None)
        if snapshot.journal_n != self._journal_n:
            self._feed.note(ROWS, (self._journal_n + 1, snapshot.journal_n))
            self._journal_n = snapshot.journal_n
