"""The paper in a receipt printer: takes the bytes that a printer gets and keeps what they leave on it.

An independent reader: it knows devices.md 5, not our encoder. `picture` draws what is kept here. It powers on
with Chinese off, so that a stream that forgot `1C 26` shows; of GB18030 it knows two bytes only, as firmware does.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from edge.codec.escpos_stream import Command, CommandStream, Op
from edge.errors import CodecError
from edge.paper.barcode import bar_symbol, qr_modules
from edge.paper.mark import CHINESE_DOTS, Bars, Blank, Mark, PaperSlip, Qr, Raster, Span, TextLine

if TYPE_CHECKING:
    from PIL import Image

SPACING_DOTS = 30
"""From line to line, as printers power on: 3.75 mm."""
CUTTER_DOTS = 100
"""From the print head to the cutter, 12.5 mm: what `1D 56 42` feeds by itself."""

SLIPS_KEPT = 200
MARKS_MAX = 4096
"""Things on one slip; the oldest of a slip that never ends are forgotten."""
LINE_MAX = 4096
"""Bytes of one line before it is printed without a line feed: far more than any line is wide."""
TROUBLES_KEPT = 100
KICKS_KEPT = 1000

_CHARACTER = re.compile(rb"[\x20-\x7e]+|(?:[\x81-\xfe][\x40-\x7e\x80-\xfe])+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kick:
    """A pulse on the drawer's connector. `at` is its place in the stream."""

    pin: int
    on_ms: int
    off_ms: int
    at: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Bytes that no printer understands, or that it refuses to print, and why."""

    at: int
    octets: bytes
    why: str


@dataclass
class _Style:
    """Everything that ESC @ resets."""

    span: Span = field(default_factory=lambda: Span(""))
    chinese_wide: int = 1
    chinese_tall: int = 1
    chinese: bool = False
    align: int = 0
    spacing: int = SPACING_DOTS
    bar_height: int = 162
    bar_module: int = 3
    bar_text: int = 0
    qr_module: int = 3
    qr_level: int = 48
    qr_content: bytes = b""


class PaperRoll:
    """A roll as wide as the print head. `slips` are cut off, `open_slip` still hangs out of the printer.

    `gs_scales_chinese` False is a clone whose `1D 21` leaves Chinese characters small.
    """

    def __init__(self, width_dots: int, *, gs_scales_chinese: bool = True) -> None:
        self.width_dots = width_dots
        self.slips: deque[PaperSlip] = deque(maxlen=SLIPS_KEPT)
        self.cuts = 0
        self.fed_dots = 0
        self.kicks: deque[Kick] = deque(maxlen=KICKS_KEPT)
        self.troubles: deque[Trouble] = deque(maxlen=TROUBLES_KEPT)
        self.trouble_count = 0
        self._gs_scales_chinese = gs_scales_chinese
        self._stream = CommandStream()
        self._style = _Style()
        self._marks: deque[Mark] = deque(maxlen=MARKS_MAX)
        self._run = bytearray()
        self._run_at = 0
        self._line: list[Span] = []

    def feed(self, octets: bytes) -> list[Command]:
        """Print. Returns the commands that ask for an answer or a noise instead: statuses, beeps."""
        return [command for command in self._stream.feed(octets) if not self.put(command)]

    def put(self, command: Command) -> bool:
        """Print one command; False when it has nothing to do with paper or drawer. For a model that can run out."""
        if command.op is Op.TEXT:
            self._take_text(command)
            return True
        self._end_run()
        return self._restyle(command) or self._act(command)

    @property
    def open_slip(self) -> PaperSlip:
        """What hangs out; a line without its line feed is still in the printer's buffer."""
        return PaperSlip(tuple(self._marks), self.width_dots)

    def picture(self) -> Image.Image:
        """All slips that are kept and what hangs out, as paper."""
        from edge.paper.picture import draw_papers

        return draw_papers([*self.slips, self.open_slip])

    # --- text ------------------------------------------------------------------------------------------------------

    def _take_text(self, command: Command) -> None:
        if not self._run:
            self._run_at = command.at
        self._run += command.octets
        if len(self._run) > LINE_MAX:
            self._end_line()

    def _end_run(self) -> None:
        """Characters from the bytes since the last command."""
        if not self._run:
            return
        run, self._run = bytes(self._run), bytearray()
        style = self._style
        for found in _CHARACTER.finditer(run):
            octets = found.group()
            if octets[0] < 0x7F:
                self._line.append(style.span.of(octets.decode("ascii")))
            elif style.chinese and len(octets) > 1:
                text = octets.decode("gb18030", errors="replace")
                self._line.append(style.span.of(text, wide=style.chinese_wide, tall=style.chinese_tall))
            else:
                self._complain(self._run_at + found.start(), octets, "not a character of the mode it is in")
                self._line.append(style.span.of("?" * len(octets)))

    def _end_line(self) -> bool:
        """Print the line buffer, on as many lines as it needs; False when it was empty."""
        self._end_run()
        spans, self._line = self._line, []
        for line in _broken(spans, self.width_dots):
            tallest = max(span.tall for span in line)
            self._add(TextLine(line, self._style.align, max(self._style.spacing, tallest * CHINESE_DOTS)))
        return bool(spans)

    # --- commands --------------------------------------------------------------------------------------------------

    def _restyle(self, command: Command) -> bool:
        """Commands that only change how later ones print."""
        style, n = self._style, command.args[0] if command.args else 0
        match command.op:
            case Op.INITIALISE:
                self._style = _Style()
                self._line.clear()
            case Op.CHINESE_ON | Op.CHINESE_OFF:
                style.chinese = command.op is Op.CHINESE_ON
            case Op.BOLD | Op.DOUBLE_STRIKE:
                style.span = replace(style.span, bold=bool(n & 1))
            case Op.UNDERLINE | Op.CHINESE_UNDERLINE:
                style.span = replace(style.span, underline=bool(n & 3))
            case Op.REVERSE:
                style.span = replace(style.span, reverse=bool(n & 1))
            case Op.FONT:
                style.span = replace(style.span, small=bool(n & 1))
            case Op.SIZE | Op.MODE | Op.CHINESE_MODE | Op.CHINESE_QUADRUPLE:
                self._resize(command.op, n)
            case Op.ALIGN:
                style.align = n & 3 if n & 3 < 3 else style.align
            case Op.LINE_SPACING | Op.LINE_SPACING_DEFAULT:
                style.spacing = n if command.args else SPACING_DOTS
            case Op.BARCODE_HEIGHT:
                style.bar_height = n or style.bar_height
            case Op.BARCODE_WIDTH:
                style.bar_module = n if 1 <= n <= 6 else style.bar_module
            case Op.BARCODE_TEXT:
                style.bar_text = n & 3
            case Op.CODE_PAGE | Op.BARCODE_FONT | Op.SETTING | Op.RETURN | Op.TAB | Op.EXTENDED:
                pass  # nothing that this paper shows
            case _:
                return False
        return True

    def _resize(self, op: Op, n: int) -> None:
        style = self._style
        wide, tall = (n >> 4 & 7) + 1, (n & 7) + 1
        if op is Op.MODE:
            wide, tall = 1 + (n >> 5 & 1), 1 + (n >> 4 & 1)
            style.span = replace(style.span, small=bool(n & 1), bold=bool(n & 8), underline=bool(n & 0x80))
        if op in (Op.MODE, Op.SIZE):
            style.span = replace(style.span, wide=wide, tall=tall)
        if op is Op.SIZE and self._gs_scales_chinese:
            style.chinese_wide, style.chinese_tall = wide, tall
        if op is Op.CHINESE_MODE:
            style.chinese_wide, style.chinese_tall = 1 + (n >> 2 & 1), 1 + (n >> 3 & 1)
        if op is Op.CHINESE_QUADRUPLE:
            style.chinese_wide = style.chinese_tall = 1 + (n & 1)

    def _act(self, command: Command) -> bool:
        """Commands that move paper, print or pulse."""
        n = command.args[0] if command.args else 0
        match command.op:
            case Op.LINE_FEED:
                self._feed_lines(1)
            case Op.FEED_LINES:
                self._feed_lines(n)
            case Op.FEED_DOTS:
                self._end_line()
                self._add(Blank(n))
            case Op.CUT:
                self._cut(command.args)
            case Op.DRAWER:
                self._kick(command)
            case Op.BARCODE | Op.QR | Op.PICTURE:
                self._end_line()
                self._print(command)
            case Op.BIT_IMAGE | Op.UNKNOWN:
                self._complain(command.at, command.octets, command.op)
            case _:
                return False
        return True

    def _feed_lines(self, count: int) -> None:
        blank = count - self._end_line()
        if blank > 0:
            self._add(Blank(blank * self._style.spacing))

    def _cut(self, args: bytes) -> None:
        self._end_line()
        if len(args) > 1:
            self._add(Blank(CUTTER_DOTS + args[1]))
        self.slips.append(PaperSlip(tuple(self._marks), self.width_dots))
        self._marks.clear()
        self.cuts += 1

    def _kick(self, command: Command) -> None:
        if len(command.args) == 3:
            pin, on_ms, off_ms = command.args[0], 2 * command.args[1], 2 * command.args[2]
        else:  # 10 14 01 m t
            pin, on_ms = command.args[0], 100 * command.args[1]
            off_ms = on_ms
        self.kicks.append(Kick(5 if pin & 1 else 2, on_ms, off_ms, command.at))

    def _print(self, command: Command) -> None:
        try:
            mark = self._symbol(command)
        except CodecError as err:
            self._complain(command.at, command.octets, str(err))
            return
        if mark is None:
            return
        if mark.width > self.width_dots:
            self._complain(command.at, command.octets, f"{command.op} of {mark.width} dots is wider than the paper")
            return
        self._add(mark)

    def _symbol(self, command: Command) -> Bars | Qr | Raster | None:
        style, args = self._style, command.args
        if command.op is Op.QR:
            return self._qr(args)
        if command.op is Op.BARCODE:
            content = args[2:] if args[0] >= 0x41 else args[1:-1]
            symbol = bar_symbol(args[0], content)
            return Bars(symbol, style.bar_module, style.bar_height, bool(style.bar_text & 2), style.align)
        mode, row_octets = args[0], int.from_bytes(args[1:3], "little")
        if not row_octets:
            return None
        return Raster(args[5:], row_octets, 1 + (mode & 1), 1 + (mode >> 1 & 1), style.align)

    def _qr(self, args: bytes) -> Qr | None:
        """pL pH 31 fn …: sets, stores or prints."""
        style, function, content = self._style, args[3:4], args[4:]
        match function:
            case b"\x43":
                style.qr_module = max(1, min(content[0], 16)) if content else style.qr_module
            case b"\x45":
                style.qr_level = content[0] if content else style.qr_level
            case b"\x50":
                style.qr_content = content[1:]
            case b"\x51" if style.qr_content:
                modules = tuple(map(tuple, qr_modules(style.qr_content, style.qr_level)))
                return Qr(style.qr_content.decode(errors="replace"), modules, style.qr_module, style.align)
        return None

    def _add(self, mark: Mark) -> None:
        self._marks.append(mark)
        self.fed_dots += mark.height

    def _complain(self, at: int, octets: bytes, why: str) -> None:
        self.trouble_count += 1
        self.troubles.append(Trouble(at, octets, why))


def _broken(spans: Sequence[Span], width_dots: int) -> list[tuple[Span, ...]]:
    """Lines no wider than the paper: a printer starts a new one when the next character does not fit."""
    if not spans or sum(span.width for span in spans) <= width_dots:
        return [tuple(spans)] if spans else []
    lines: list[tuple[Span, ...]] = []
    line: list[Span] = []
    room = width_dots
    for span in spans:
        start = 0
        for index in range(len(span.text)):
            if span.advance > room:
                line.append(span.of(span.text[start:index], wide=span.wide, tall=span.tall))
                lines.append(tuple(line))
                line, room, start = [], width_dots, index
            room -= span.advance
        line.append(span.of(span.text[start:], wide=span.wide, tall=span.tall))
    return [*lines, tuple(line)]
