"""A receipt printer: real bytes in, real status bytes out, a paper roll that ends, a cover, a cutter, a drawer.

What it does to a receipt in mid-print is the worst that real ones do. Paper end: it stops, and after a refill the rest
comes out of its buffer, long after the terminal has given the job up. Cover: the line under the head is lost, and as
the cover closes the firmware starts anew with an empty buffer, so that the rest never comes. Real-time commands are
answered as they arrive, in data too, as the manuals warn.
"""

from __future__ import annotations

import re
from collections import deque
from enum import Enum

from edge.codec.escpos_stream import Command, CommandStream, Op
from edge.paper.roll import PaperRoll
from edge.sim.drawer import Drawer
from edge.sim.model import Bench

BUFFER_OCTETS = 4096
"""What cheap printers have; beyond it the cable holds back, but only while the printer stands still."""
ROLL_MM = 30_000
NEAR_END_MM = 1_000
DOTS_A_MM = 8
CUT_S = 0.2

_REAL_TIME = re.compile(rb"\x10\x04[\x01-\x04]|\x10\x14\x01[\x00\x01][\x01-\x08]")
"""DLE EOT n and DLE DC4 1 m t: acted upon when they arrive, in front of all that waits."""
_REAL_TIME_LONGEST = 5
_MOVES_PAPER = (
    Op.LINE_FEED, Op.FEED_LINES, Op.FEED_DOTS, Op.CUT, Op.BARCODE, Op.QR, Op.PICTURE, Op.BIT_IMAGE
)  # fmt: skip


class Answers(Enum):
    """How much of the status protocol a printer speaks."""

    FULL = "full"
    NO_MARKER = "no_marker"
    """Real-time status only: GS r is swallowed."""
    IDLE_ONLY = "idle_only"
    """Real-time status only while nothing is printing, as many USB clones."""
    SILENT = "silent"
    BABBLE = "babble"
    """Answers 00 to everything, which looks like the answer to GS r."""


class PrinterModel:
    """`paper` is what came out and can be looked at; `drawer` hangs on its connector."""

    def __init__(
        self,
        *,
        width_dots: int = 384,
        roll_mm: float = ROLL_MM,
        speed_mm_s: float = 100.0,
        cut_s: float = CUT_S,
        answers: Answers = Answers.FULL,
        cutter: bool = True,
        drawer: Drawer | None = None,
    ) -> None:
        self.paper = PaperRoll(width_dots)
        self.drawer = drawer or Drawer()
        self.answers = answers
        self.cover_open = False
        self.jammed = False
        self.powered = True
        self.remaining_mm = roll_mm
        self._speed_mm_s = speed_mm_s
        self._cut_s = cut_s
        self._cutter = cutter
        self._stream = CommandStream()
        self._queue: deque[Command] = deque()
        self._line: list[Command] = []
        self._arriving = b""
        self._out = bytearray()
        self._now = 0.0
        self._free_mono = 0.0
        self._asb = 0
        self._asb_sent = b""

    # --- the cable ---

    def receive(self, octets: bytes) -> None:
        if not self.powered:
            return
        if not self._queue:
            self._free_mono = max(self._free_mono, self._now)
        self._queue.extend(self._stream.feed(octets))
        self._obey_real_time(octets)
        self._run()

    def transmit(self) -> bytes:
        octets = bytes(self._out)
        self._out.clear()
        return octets

    def advance(self, now_mono: float) -> None:
        self._now = max(self._now, now_mono)
        self._run()

    def room(self) -> int:
        """A printer that moves empties its buffer within the writer's patience; one that stands still does not."""
        return max(0, BUFFER_OCTETS - self._waiting) if self.stopped and self.powered else BUFFER_OCTETS

    # --- what a person does ---

    def out_of_paper(self) -> None:
        self.run_down(0.0)

    def run_down(self, remaining_mm: float) -> None:
        """Leave that much paper on the roll."""
        self.remaining_mm = remaining_mm
        self._tell()

    def refill(self, roll_mm: float = ROLL_MM) -> None:
        """A new roll. What waits in the buffer is printed on it."""
        self.remaining_mm = roll_mm
        self._resume()

    def open_cover(self) -> None:
        self.cover_open = True
        self._line.clear()
        self._tell()

    def close_cover(self) -> None:
        if self.cover_open:
            self.cover_open = False
            self._restart()

    def jam(self) -> None:
        """The cutter is stuck."""
        self.jammed = True
        self._tell()

    def clear_jam(self) -> None:
        self.jammed = False
        self._resume()

    def switch_off(self) -> None:
        self._line.clear()
        self._queue.clear()
        self._out.clear()
        self.powered = False
        self._asb = 0

    def switch_on(self) -> None:
        if not self.powered:
            self.powered = True
            self._restart()

    @property
    def stopped(self) -> bool:
        return self.cover_open or self.paper_out or self.jammed or not self.powered

    @property
    def paper_out(self) -> bool:
        return self.remaining_mm <= 0

    @property
    def busy(self) -> bool:
        """Bytes wait, or the motor still runs."""
        return bool(self._queue) or self._now < self._free_mono

    # --- firmware ---

    def _restart(self) -> None:
        self._queue.clear()
        self._stream = CommandStream()
        self._arriving = b""
        self.paper.feed(b"\x1b@")
        self._resume()

    def _resume(self) -> None:
        self._free_mono = max(self._free_mono, self._now)
        self._tell()
        self._run()

    @property
    def _waiting(self) -> int:
        return sum(len(command.octets) for command in self._queue) + len(self._stream.unfinished)

    def _run(self) -> None:
        while self._queue and not self.stopped and self._now >= self._free_mono:
            self._execute(self._queue.popleft())

    def _execute(self, command: Command) -> None:
        if _REAL_TIME.fullmatch(command.octets):
            return  # obeyed when it arrived
        match command.op:
            case Op.DRAWER:
                self._pulse(command)
            case Op.ASK_PAPER:
                if self.answers in (Answers.FULL, Answers.IDLE_ONLY):
                    self._out.append(0x03 * self._near_end | 0x0C * self.paper_out)
            case Op.AUTO_STATUS:
                self._asb = command.args[0] if self.answers is Answers.FULL else 0
                self._asb_sent = b""
                self._tell()
            case Op.CUT if not self._cutter:
                return
            case Op.INITIALISE:
                self._line.clear()  # ESC @ empties the line under the head
                self.paper.put(command)
            case op if op in _MOVES_PAPER:
                self._print(command)
            case _:
                self._line.append(command)

    def _print(self, command: Command) -> None:
        before = self.paper.fed_dots
        for part in (*self._line, command):
            self.paper.put(part)
        self._line.clear()
        mm = (self.paper.fed_dots - before) / DOTS_A_MM
        self._free_mono += mm / self._speed_mm_s + self._cut_s * (command.op is Op.CUT)
        self.remaining_mm -= mm
        self._tell()

    def _pulse(self, command: Command) -> None:
        self.paper.put(command)
        self.drawer.pulse(5 if command.args[0] & 1 else 2)
        self._tell()

    # --- status ---

    @property
    def _near_end(self) -> bool:
        return self.remaining_mm <= NEAR_END_MM

    def _obey_real_time(self, octets: bytes) -> None:
        self._arriving += octets
        end = 0
        for match in _REAL_TIME.finditer(self._arriving):
            end = match.end()
            octets = match.group()
            if octets[1] == 0x14:
                self._pulse(Command(Op.DRAWER, octets, octets[3:], 0))
            else:
                self._answer(octets[2])
        self._arriving = self._arriving[end:][1 - _REAL_TIME_LONGEST :]

    def _answer(self, question: int) -> None:
        match self.answers:
            case Answers.SILENT:
                return
            case Answers.IDLE_ONLY if self._printing:
                return
            case Answers.BABBLE:
                self._out.append(0x00)
            case _:
                self._out.append(self._real_time_status(question))

    @property
    def _printing(self) -> bool:
        """More waits than the question itself."""
        return not self.stopped and (self._now < self._free_mono or self._waiting > _REAL_TIME_LONGEST)

    def _real_time_status(self, question: int) -> int:
        bits = {
            1: 0x04 * self.drawer.pin3_high | 0x08 * self.stopped,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * self.jammed,
            3: 0x08 * self.jammed,
            4: 0x0C * self._near_end | 0x60 * self.paper_out,
        }
        return 0x12 | bits[question]

    def _tell(self) -> None:
        """Automatic status back: four bytes on each change, once it is switched on."""
        if not self._asb or not self.powered:
            return
        block = bytes(
            (
                0x10 | 0x04 * self.drawer.pin3_high | 0x08 * self.stopped | 0x20 * self.cover_open,
                0x08 * self.jammed,
                0x03 * self._near_end | 0x0C * self.paper_out,
                0,
            )
        )
        if block != self._asb_sent:
            self._asb_sent = block
            self._out += block


MODELS = {"printer_escpos": Bench(PrinterModel)}
