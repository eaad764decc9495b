"""The conversation about a printer's state: which question to write next, and what the answers add up to.

    round:   10 04 01 → 1x   10 04 02 → 1x   10 04 03 → 1x   10 04 04 → 1x     one question at a time
    silence: the first question unanswered ends the round; a later one is passed over
    mark:    1D 72 01 behind a receipt is answered when all before it has been printed

Silence is never "paper adequate" (devices.md 5.2, 5.5). A printer that never answered is UNKNOWN: it may well print.
One that used to answer and no longer does is OFFLINE: what is sent to it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.codec.escpos_status import (
    ASB_SILENCE_S,
    REQUESTS,
    Ask,
    AutoStatus,
    ErrorCauseReply,
    FlowControl,
    OfflineCauseReply,
    PaperReply,
    PaperSensor,
    PrinterReply,
    RealTime,
    Reply,
    StatusStream,
    decode_reply,
)
from edge.messages import PrinterState

ANSWER_S = 0.3
"""200 to 500 ms is what the manuals give a printer (devices.md 5.2)."""
MUTE_ANSWER_S = 0.02
"""For one that never answered: a print must not wait for it. A late answer still restores ANSWER_S."""
SILENT_ROUNDS = 2
"""One lost answer is a disturbed cable; two are silence."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a printer says about itself, all answers together; None where it did not say."""

    offline: bool | None = None
    cover_open: bool | None = None
    paper_end: bool | None = None
    near_end: bool | None = None
    fault: bool | None = None
    pin3_high: bool | None = None

    @property
    def state(self) -> PrinterState:
        """The cover comes first: with it open, sensors of paper say anything."""
        if self.cover_open:
            return PrinterState.COVER_OPEN
        if self.paper_end:
            return PrinterState.PAPER_OUT
        if self.fault:
            return PrinterState.FAULT
        if self.offline:
            return PrinterState.OFFLINE
        return PrinterState.UNKNOWN if self.offline is None else PrinterState.READY


@dataclass(frozen=True, slots=True)
class Round:
    """One ended round of questions."""

    begun_mono: float
    ended_mono: float
    answered: bool


class StatusTalk:
    """Pure: the driver writes what `question` returns and passes what it reads to `hear`."""

    def __init__(self) -> None:
        self.health = Health()
        self.health_mono = float("-inf")
        """`health` is not older than this."""
        self.talks = False
        self.silent_rounds = 0
        self.excuse_silence = False
        """While it prints: many USB clones answer only when idle."""
        self.last: Round | None = None
        self.marks = 0
        """How many marks have been answered; 0: this printer may not know GS r."""
        self.mark_mono = float("-inf")
        """When an answer to GS r was last heard, ours or of whoever held the printer before."""
        self._owed_marks = 0
        self._stream = StatusStream()
        self._heard_mono = float("-inf")
        self._questions: list[Ask] = []
        self._asked: Ask | None = None
        self._begun_mono = 0.0
        self._deadline_mono = 0.0
        self._replies: list[Reply] = []

    @property
    def state(self) -> PrinterState:
        if self.silent_rounds >= SILENT_ROUNDS:
            return PrinterState.OFFLINE if self.talks else PrinterState.UNKNOWN
        return self.health.state

    @property
    def running(self) -> bool:
        """A round has begun and not ended."""
        return self._asked is not None or bool(self._questions)

    @property
    def all_marked(self) -> bool:
        """No mark is owed: all that was written has been printed."""
        return self._owed_marks == 0

    def begin(self, now_mono: float) -> None:
        """Begin a round, unless one is running."""
        if not self.running:
            self._questions = list(Ask)
            self._replies = []
            self._begun_mono = now_mono

    def question(self, now_mono: float) -> bytes | None:
        """What to write now; None while an answer is awaited or no round is running."""
        if self._asked is not None and now_mono >= self._deadline_mono:
            self._pass_over(now_mono)
        if self._asked is not None or not self._questions:
            return None
        self._asked = self._questions.pop(0)
        self._deadline_mono = now_mono + self._answer_s
        return REQUESTS[self._asked]

    def hear(self, octets: bytes, now_mono: float) -> None:
        """Take what the printer sent, at any split; noise is passed over."""
        if self._stream.in_block and now_mono - self._heard_mono > ASB_SILENCE_S:
            self._stream.give_up_block()
        if not octets:
            return
        self._heard_mono = now_mono
        for heard in self._stream.feed(octets):
            match heard:
                case RealTime(octet):
                    self._answered(octet, now_mono)
                case AutoStatus():
                    self._learn(health_of_block(heard), now_mono)
                case PaperSensor():
                    self.mark_mono = now_mono
                    self._marked(heard)
                case FlowControl():
                    continue  # the kernel's business when a port is set to it, noise when not

    def expect_mark(self) -> None:
        """GS r has been written behind a receipt."""
        self._owed_marks += 1

    def forgive_marks(self) -> None:
        """What is still owed will not come: the printer has thrown its buffer away."""
        self._owed_marks = 0

    def forget_marks(self) -> None:
        """What was taken for a mark may have been noise: the printer has to show again that it knows GS r."""
        self._owed_marks = self.marks = 0

    @property
    def _answer_s(self) -> float:
        return MUTE_ANSWER_S if not self.talks and self.silent_rounds >= SILENT_ROUNDS else ANSWER_S

    def _answered(self, octet: int, now_mono: float) -> None:
        self.silent_rounds = 0
        if self._asked is None:
            return
        self._replies.append(decode_reply(self._asked, octet))
        self._asked = None
        if not self._questions:
            self._end(now_mono)

    def _pass_over(self, now_mono: float) -> None:
        self._asked = None
        if not self._replies:
            self._questions.clear()
        if not self._questions:
            self._end(now_mono)

    def _end(self, now_mono: float) -> None:
        self.last = Round(self._begun_mono, now_mono, answered=bool(self._replies))
        if self._replies:
            self._learn(health_of(self._replies), self._begun_mono)
        elif not self.excuse_silence:
            self.silent_rounds += 1
            if self.silent_rounds >= SILENT_ROUNDS:
                self.health = Health()

    def _learn(self, health: Health, at_mono: float) -> None:
        self.health, self.health_mono = health, at_mono
        self.talks = True
        self.silent_rounds = 0

    def _marked(self, sensor: PaperSensor) -> None:
        if not self._owed_marks:
            return
        self._owed_marks -= 1
        self.marks += 1
        if sensor.paper_end:
            self.health = replace(self.health, paper_end=True)


def health_of(replies: Iterable[Reply]) -> Health:
    """The answers of one round; questions that were not answered leave None."""
    pin3: bool | None = None
    offline: bool | None = None
    cover: bool | None = None
    end: bool | None = None
    near: bool | None = None
    fault: bool | None = None
    for reply in replies:
        match reply:
            case PrinterReply(drawer_pin3_high=pin3, offline=offline):
                pass
            case OfflineCauseReply(cover_open=cover, paper_end_stop=end, error=fault):
                pass
            case ErrorCauseReply(recoverable, cutter, unrecoverable, auto_recoverable):
                fault = bool(fault) or recoverable or cutter or unrecoverable or auto_recoverable
            case PaperReply(near_end=near, paper_end=out):
                end = bool(end) or out
    return Health(offline=offline, cover_open=cover, paper_end=end, near_end=near, fault=fault, pin3_high=pin3)


def health_of_block(block: AutoStatus) -> Health:
    """An ASB block says everything at once."""
    return Health(
        offline=block.offline,
        cover_open=block.cover_open,
        paper_end=block.paper_end,
        near_end=block.near_end,
        fault=block.recoverable or block.cutter or block.unrecoverable or block.auto_recoverable,
        pin3_high=block.drawer_pin3_high,
    )
