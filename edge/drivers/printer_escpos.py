"""Receipt printer with ESC/POS, and the cash drawer on its connector (devices.md 5 and 6.1; Epson's ESC/POS reference).

One receipt: ask the state; write in chunks; put GS r behind it as a mark, which is answered in order, so not before all
is printed; watch until the mark and a healthy answer are there. No question is written into a receipt: inside a picture
its bytes would become dots. So a drawer pulse waits for the writing, not for the printing; and since a printer carries
out `ESC p` in order, too, a service sends the pulse of a sale before its print.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from edge.codec.escpos import PAPERS, copy_mark, encode_slip, kick, kick_at_once, paper_of
from edge.codec.escpos_status import REQUEST_PAPER_SENSOR
from edge.codec.printer_talk import SILENT_ROUNDS, StatusTalk
from edge.codec.slip_length import slip_mm
from edge.errors import CodecError, DeviceError
from edge.messages import (
    CommandRefused,
    KickOutcome,
    Outcome,
    PrinterState,
    PrinterStatus,
    PrintOutcome,
    SendKick,
    SendPrint,
)
from edge.ports import DeviceContext, Port, SerialLine

INITIALISE = b"\x1b@"
CHUNK_OCTETS = 512
"""Half a second at 9600 baud: what one pump may take when the port blocks."""
WRITE_S = 2.0
"""A chunk's deadline: four times what a slow line needs. A printer that takes nothing for so long has stopped."""
READS_A_PUMP = 8
READ_OCTETS = 256
"""A port that babbles without end must not hold the pump."""
LOOK_S = 0.01
"""How often an awaited answer is looked for; real printers take 5 to 20 ms."""
WATCH_S = 0.2
"""Between two rounds of questions while a receipt is being printed."""
SENSE_S = 0.8
SENSE_AGAIN_S = 0.05
"""A drawer springs open within 0.2 s of its pulse; one that is still shut after four times that has not."""
SLOW_MM_S = 40.0
"""The slowest printer of the trade. Used only for those that do not answer GS r."""
MUTE_GRACE_S = 1.0
JOB_MAX_S = 60.0
"""A receipt that is not known to be printed by then is `unknown`: the counter must not wait longer for it."""
FENCE_S = 5.0
FENCE_QUIET_S = 0.15
"""After `open` a mark is asked for, and a first receipt waits until it has been answered and nothing came for a moment:
a process that was killed in mid-receipt leaves an answer behind that must not be taken for the end of ours."""
PRINTS_MAX = 64
"""Taken and waiting, so that a pulse behind them is seen; as many as the inbox holds."""

_STOPPED = (PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.FAULT, PrinterState.OFFLINE)


class Settings(BaseModel):
    """`columns`: 32 or 42 or 48, when the head is not as wide as the paper. `baud` is for serial ports.

    `drawer_open_level`: the level of pin 3 with the drawer open, found at set-up; unknown: no sensor is believed.
    `poll_s`: how often an idle printer is asked for its state; one that is not ready is asked twice as often.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str
    baud: int = Field(9600, ge=1200, le=921_600)
    paper_width_mm: Literal[58, 80] = 58
    columns: Literal[32, 42, 48] | None = None
    drawer: bool = True
    drawer_pin: Literal[2, 5] = 2
    drawer_open_level: Literal["high", "low", "unknown"] = "unknown"
    cut: bool = True
    poll_s: float = Field(2.0, ge=0.5, le=3600)

    @model_validator(mode="after")
    def _paper_exists(self) -> Self:
        if self.columns is not None and (self.paper_width_mm, self.columns) not in PAPERS:
            raise ValueError(f"no head prints {self.columns} columns on {self.paper_width_mm} mm paper")
        return self


@dataclass(slots=True)
class _Job:
    """The receipt in hand. `end_mono`: when its last byte was written; `answered`: the printer did, just before."""

    command: SendPrint
    taken_mono: float
    octets: bytes = b""
    sent: int = 0
    begun: bool = False
    end_mono: float | None = None
    print_s: float = 0.0
    marks_before: int = 0
    answered: bool = False

    @property
    def writing(self) -> bool:
        return self.begun and self.end_mono is None


@dataclass(frozen=True, slots=True)
class _Pulse:
    """A pulse that has been written and whose effect is awaited."""

    kick: str
    at_mono: float
    patience_s: float


class EscPosPrinter:
    """POSPrinter and CashDrawer on one cable."""

    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        self._settings = settings
        self._context = context
        self._paper = paper_of(settings.paper_width_mm, settings.columns)
        self._mute = settings.port.startswith("file://")
        self._open_level = {"high": True, "low": False, "unknown": None}[settings.drawer_open_level]
        self._port: Port | None = None
        self._pulse_octets = b""
        self._torn_octets = 0
        self._prints: deque[SendPrint] = deque()
        self._job: _Job | None = None
        self._pulse: _Pulse | None = None
        self._talk = StatusTalk()
        self._said: PrinterStatus | None = None
        self._opened_mono = 0.0
        self._fenced = False

    def open(self) -> None:
        settings = self._settings
        self._port = self._context.open_port(settings.port, SerialLine(settings.baud))
        self._talk = StatusTalk()
        self._said = None
        self._pulse_octets = kick(settings.drawer_pin)
        self._write(INITIALISE)
        if not self._mute:
            self._write(REQUEST_PAPER_SENSOR)
            self._talk.expect_mark()
        self._opened_mono = self._context.clock.mono()
        self._fenced = self._mute

    def pump(self) -> float:
        now = self._context.clock.mono()
        try:
            self._take_commands(now)
            if not self._mute:
                self._converse(now)
            self._say_state()
            self._sense_drawer(now)
            self._advance_job(now)
        except DeviceError as error:
            self._settle(str(error))
            raise
        return self._pause_s(now)

    def close(self) -> None:
        self._settle("the printer was closed")
        if self._port is not None:
            self._port.close()
            self._port = None

    # --- the channel ---
    def _open_port(self) -> Port:
        if self._port is None:
            raise DeviceError("the printer is not open", where=self._context.name)
        return self._port

    def _write(self, octets: bytes) -> None:
        self._open_port().write(octets, WRITE_S)

    def _listen(self, now: float) -> None:
        for _ in range(READS_A_PUMP):
            octets = self._open_port().read(READ_OCTETS, 0)
            self._talk.hear(octets, now)
            if len(octets) < READ_OCTETS:
                return

    # --- state ---
    def _converse(self, now: float) -> None:
        """Read what came, and ask what is due. What comes unasked is stale by then and goes nowhere."""
        self._listen(now)
        if now >= self._round_due_mono(now):
            self._talk.begin(now)
        while (question := self._talk.question(now)) is not None:
            self._write(question)
            self._listen(now)

    def _round_due_mono(self, now: float) -> float:
        """When to ask next; never while a receipt is being written."""
        last, job = self._talk.last, self._job
        if last is None:
            return now
        if self._pulse is not None:
            return last.ended_mono + SENSE_AGAIN_S
        if job is not None and job.end_mono is None:
            return math.inf if self._is_asked(job) else now
        if job is not None:
            return last.ended_mono + WATCH_S
        poll_s = self._settings.poll_s
        return last.ended_mono + (poll_s if self._state is PrinterState.READY else poll_s / 2)

    @property
    def _state(self) -> PrinterState:
        return PrinterState.READY if self._mute else self._talk.state

    def _say_state(self) -> None:
        if self._talk.last is None and not self._mute:
            return
        health = self._talk.health
        status = PrinterStatus(self._context.name, self._state, bool(health.near_end), health.pin3_high)
        if status != self._said:
            self._said = status
            self._context.post(status)

    # --- commands ---
    def _take_commands(self, now: float) -> None:
        while self._pulse is None and len(self._prints) < PRINTS_MAX and not (self._job and self._job.writing):
            match self._context.inbox.take():
                case None:
                    break
                case SendPrint() as command:
                    self._prints.append(command)
                case SendKick() as command:
                    self._kick(command, now)
                case command:
                    self._context.post(CommandRefused(self._context.name, command))
        if self._job is None and self._prints:
            self._job = _Job(self._prints.popleft(), now)

    def _settle(self, reason: str) -> None:
        """Give every command that was taken its outcome: the device is about to go.

        A printer that kept its power may wait for the rest of a picture and take the next receipt for it. As many zeros
        as were not written go before that receipt: they end the picture, and mean nothing outside one.
        """
        if self._pulse is not None:
            self._end_kick(self._pulse.kick, Outcome.UNKNOWN, reason)
        if self._job is not None:
            if self._job.writing:
                self._torn_octets = len(self._job.octets) - self._job.sent
            self._end_job(self._job, Outcome.UNKNOWN if self._job.begun else Outcome.NOT_STARTED, reason)
        while self._prints:
            self._post_print(self._prints.popleft(), Outcome.NOT_STARTED, reason)

    # --- the drawer ---
    def _kick(self, command: SendKick, now: float) -> None:
        """Pulse without a question. A printer that stands still gets the real-time pulse, as `ESC p` would stay in its
        buffer and open the drawer when somebody puts paper in.
        """
        if not self._settings.drawer:
            self._end_kick(command.kick, Outcome.NOT_STARTED, "no drawer is connected")
            return
        if now > command.expires_mono:
            self._end_kick(command.kick, Outcome.NOT_STARTED, "expired")
            return
        stopped = self._state in _STOPPED
        before_s = self._job.print_s if self._job is not None and self._job.begun and not stopped else 0.0
        self._pulse = _Pulse(command.kick, now, SENSE_S + before_s)  # it comes after what is being printed
        self._write(kick_at_once(self._settings.drawer_pin) if stopped else self._pulse_octets)
        if self._open_level is None or self._talk.health.pin3_high is None:
            outcome = Outcome.UNKNOWN if stopped else Outcome.DONE
            self._end_kick(command.kick, outcome, self._state.value if stopped else "")

    def _sense_drawer(self, now: float) -> None:
        if self._pulse is None:
            return
        if self._talk.health_mono > self._pulse.at_mono and self._talk.health.pin3_high == self._open_level:
            self._end_kick(self._pulse.kick, Outcome.DONE)
        elif now >= self._pulse.at_mono + self._pulse.patience_s:
            self._end_kick(self._pulse.kick, Outcome.UNKNOWN, "the drawer did not open")

    def _end_kick(self, kick_id: str, outcome: Outcome, reason: str = "") -> None:
        self._pulse = None
        self._context.post(KickOutcome(self._context.name, kick_id, outcome, reason))

    # --- receipts ---
    def _advance_job(self, now: float) -> None:
        job = self._job
        if job is None:
            return
        if job.end_mono is not None:
            self._watch(job, job.end_mono, now)
        elif job.begun:
            self._write_chunk(job)
        elif self._pulse is None and (self._mute or self._is_asked(job)):
            self._begin(job)

    def _is_asked(self, job: _Job) -> bool:
        """Whether a round of questions ended since the job was taken, with an answer or in silence that is certain."""
        last = self._talk.last
        if last is None or self._talk.running or last.ended_mono < job.taken_mono:
            return False
        return last.answered or self._talk.silent_rounds >= SILENT_ROUNDS

    def _begin(self, job: _Job) -> None:
        if self._state in _STOPPED:
            self._end_job(job, Outcome.NOT_STARTED, self._state.value)
            return
        if not self._is_fenced(self._context.clock.mono()):
            return
        mark = copy_mark(job.command.copy_no)
        try:
            slip = encode_slip(job.command.slip, self._paper, mark=mark, cut=self._settings.cut)
        except CodecError as error:
            self._end_job(job, Outcome.FAILED, str(error))
            return
        job.octets = slip if self._mute else bytes(self._torn_octets) + slip + REQUEST_PAPER_SENSOR
        line_s = len(job.octets) * 10 / self._settings.baud
        job.print_s = max(line_s, slip_mm(job.command.slip, self._paper.columns) / SLOW_MM_S)
        job.marks_before = self._talk.marks
        job.answered = self._talk.last is not None and self._talk.last.answered
        job.begun = True
        self._talk.excuse_silence = True
        self._write_chunk(job)

    def _is_fenced(self, now: float) -> bool:
        """Whether what is heard from now on belongs to this process; a printer that says nothing cannot mislead."""
        talk = self._talk
        if not self._fenced and (now >= self._opened_mono + FENCE_S or not talk.talks):
            talk.forget_marks()
            self._fenced = True
        elif not self._fenced:
            self._fenced = talk.all_marked and now >= talk.mark_mono + FENCE_QUIET_S
        return self._fenced

    def _write_chunk(self, job: _Job) -> None:
        """A file gets its receipt in one piece: `write` returns when it is on the disk, and that is its end."""
        size = len(job.octets) if self._mute else CHUNK_OCTETS
        chunk = job.octets[job.sent : job.sent + size]
        self._write(chunk)
        job.sent += len(chunk)
        if job.sent < len(job.octets):
            return
        job.end_mono = self._context.clock.mono()
        self._torn_octets = 0
        if self._mute:
            self._end_job(job, Outcome.DONE)
        else:
            self._talk.expect_mark()

    def _watch(self, job: _Job, end_mono: float, now: float) -> None:
        talk, last = self._talk, self._talk.last
        well_mono = last.begun_mono if last is not None and last.answered else -math.inf
        healthy = well_mono >= end_mono
        if talk.state in _STOPPED:
            self._end_job(job, Outcome.UNKNOWN, talk.state.value)
        elif healthy and talk.all_marked:
            self._end_job(job, Outcome.DONE)
        elif well_mono >= end_mono + job.print_s and self._is_markless(job):
            # It has had the time of a slow printer, and then said that it is well: clones without GS r say no more.
            if talk.marks:
                talk.forgive_marks()
            self._end_job(job, Outcome.DONE)
        elif now >= end_mono + self._limit_s(job):
            talk.forget_marks()
            self._end_job(job, Outcome.UNKNOWN, "the printer does not answer" if not healthy else "no end was seen")

    def _is_markless(self, job: _Job) -> bool:
        """Never answered GS r; or answered the mark of an earlier receipt just now, so that ours cannot be told.

        One that was mute as the receipt began was perhaps not even switched on: what it says later proves nothing.
        """
        return job.answered and (self._talk.marks == 0 or self._talk.marks > job.marks_before)

    def _limit_s(self, job: _Job) -> float:
        if not self._talk.talks:
            return min(job.print_s + MUTE_GRACE_S, JOB_MAX_S)
        return min(2 * job.print_s + 10, JOB_MAX_S)

    def _end_job(self, job: _Job, outcome: Outcome, reason: str = "") -> None:
        self._job = None
        self._talk.excuse_silence = False
        self._post_print(job.command, outcome, reason)

    def _post_print(self, command: SendPrint, outcome: Outcome, reason: str) -> None:
        self._context.post(PrintOutcome(self._context.name, command.job, outcome, reason))

    def _pause_s(self, now: float) -> float:
        if self._job.writing if self._job else self._prints:
            return 0.0
        if self._mute:
            return math.inf
        if self._talk.running or (self._job is not None and not self._fenced):
            return LOOK_S
        return max(0.0, self._round_due_mono(now) - now)


Driver = EscPosPrinter
OBEYS = (SendPrint, SendKick)
